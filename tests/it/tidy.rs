//! The rules of `ARCHITECTURE.md` and `CONTRIBUTING.md` that a machine can check.
//!
//! Every rule is a function from text to complaints, and has a test in `tidy_tests.rs` that makes
//! it fire: a rule that has never complained is not a rule.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[path = "tidy_tests.rs"]
mod tidy_tests;

/// The layers from left to right; those in one row are siblings and do not know each other.
const LAYERS: [&[&str]; 8] = [
    &["base"],
    &["protocol"],
    &["sim"],
    &["check", "scenario"],
    &["run"],
    &["trace", "lab"],
    &["view"],
    &["ui", "cli"],
];

/// Only `ui` and the binaries name these.
const BROWSER_CRATES: [&str; 5] = ["yew", "web_sys", "js_sys", "wasm_bindgen", "gloo"];

/// Folders whose files must be named in their own `mod.rs`, which is the catalogue of the kind.
const CATALOGUES: [&str; 5] = [
    "src/sim/fault",
    "src/check",
    "src/scenario/builtin",
    "src/scenario/lessons",
    "src/ui/panels",
];

/// Folders whose `mod.rs` must refuse floats, wildcards over enums and unchecked indexing.
const STRICT: [&str; 5] = ["src/protocol", "src/sim", "src/check", "src/run", "src/lab"];

const STRICT_ATTRIBUTES: [&str; 3] = [
    "clippy::float_arithmetic",
    "clippy::wildcard_enum_match_arm",
    "clippy::indexing_slicing",
];

const COLUMNS: usize = 100;
const LINES_EXPLAINED: usize = 500;
const LINES_MAX: usize = 800;

/// One file of the repository.
struct File {
    /// From the root, with forward slashes.
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|ext| ext == "rs")
    }

    fn is_markdown(&self) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|ext| ext == "md")
    }

    /// The layer of a library file: `src/sim/queue.rs` is in `sim`.
    fn layer(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let name = rest.split('/').next()?;
        let name = name.strip_suffix(".rs").unwrap_or(name);
        LAYERS.iter().any(|row| row.contains(&name)).then_some(name)
    }
}

type Rule = fn(&File) -> Vec<String>;

const RULES: [(&str, Rule); 9] = [
    ("layers", layers),
    ("browser crates", browser_crates),
    ("file size", file_size),
    ("columns", columns),
    ("header", header),
    ("strict folders", strict_folders),
    ("unfinished work", unfinished_work),
    ("places of one machine", machine_places),
    ("markdown", markdown),
];

#[test]
fn the_repository_is_tidy() {
    let files = repository();
    assert!(files.len() > 20, "tidy found only {} files", files.len());
    let mut complaints = String::new();
    for file in &files {
        for (name, rule) in RULES {
            for complaint in rule(file) {
                let _ = writeln!(complaints, "{}: {complaint} [{name}]", file.path);
            }
        }
    }
    for complaint in registration(&files) {
        let _ = writeln!(complaints, "{complaint} [registration]");
    }
    assert!(
        complaints.is_empty(),
        "the repository is not tidy:\n{complaints}"
    );
}

/// Imports go only leftwards along [`LAYERS`], never between siblings.
fn layers(file: &File) -> Vec<String> {
    let Some(mine) = file.layer() else {
        return Vec::new();
    };
    let rank = |name: &str| LAYERS.iter().position(|row| row.contains(&name));
    let mut complaints = Vec::new();
    for (n, line) in code_lines(&file.text) {
        for other in imported_layers(line) {
            if other != mine && rank(&other) >= rank(mine) {
                complaints.push(format!("line {n}: `{mine}` must not know `{other}`"));
            }
        }
    }
    complaints
}

/// The layers a line of code names as `crate::x` or inside `crate::{x::…, y::…}`.
fn imported_layers(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.push(first_word(rest)),
            Some(list) => found.extend(top_level_items(list)),
        }
    }
    found.retain(|name| LAYERS.iter().any(|row| row.contains(&name.as_str())));
    found
}

fn top_level_items(list: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let mut items = vec![String::new()];
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ => {
                if let Some(item) = items.last_mut().filter(|_| depth == 0) {
                    item.push(c);
                }
            }
        }
    }
    items.iter().map(|item| first_word(item.trim())).collect()
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Only `ui` and the binaries name the browser.
fn browser_crates(file: &File) -> Vec<String> {
    let allowed = file.layer() == Some("ui")
        || file.path == "src/main.rs"
        || file.path.starts_with("src/bin/")
        || !file.path.starts_with("src/");
    if allowed || !file.is_rust() {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (n, line) in code_lines(&file.text) {
        for krate in BROWSER_CRATES {
            if names_crate(line, krate) {
                complaints.push(format!("line {n}: names `{krate}`; only `ui` may"));
            }
        }
    }
    complaints
}

fn names_crate(line: &str, krate: &str) -> bool {
    line.match_indices(krate).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + krate.len()..];
        let starts = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
        let rest = if krate == "gloo" {
            after.trim_start_matches(is_word)
        } else {
            after
        };
        starts && (rest.starts_with("::") || rest.starts_with(';') || line.contains("extern crate"))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Files stay readable: at most 800 lines, and above 500 the header says why.
fn file_size(file: &File) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    let lines = file.text.lines().count();
    if lines > LINES_MAX {
        return vec![format!("has {lines} lines; split it (at most {LINES_MAX})")];
    }
    let header: Vec<&str> = file
        .text
        .lines()
        .take_while(|l| l.starts_with("//!"))
        .collect();
    let explained = header
        .iter()
        .any(|line| line.to_lowercase().contains("long because"));
    if lines > LINES_EXPLAINED && !explained {
        return vec![format!(
            "has {lines} lines; its header must say \"Long because …\" above {LINES_EXPLAINED}"
        )];
    }
    Vec::new()
}

fn columns(file: &File) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    let long = |line: &str| line.chars().count() > COLUMNS;
    let lines = (1_usize..)
        .zip(file.text.lines())
        .filter(|(_, line)| long(line));
    lines
        .map(|(n, _)| format!("line {n} is wider than {COLUMNS} columns"))
        .collect()
}

/// Every Rust file says what it is before anything else.
fn header(file: &File) -> Vec<String> {
    let first = file.text.lines().next().unwrap_or_default();
    let says_something = first
        .strip_prefix("//!")
        .is_some_and(|text| text.trim().len() > 10);
    if file.is_rust() && !says_something {
        return vec!["must open with `//!` and a sentence".to_owned()];
    }
    Vec::new()
}

fn strict_folders(file: &File) -> Vec<String> {
    if !STRICT
        .iter()
        .any(|folder| file.path == format!("{folder}/mod.rs"))
    {
        return Vec::new();
    }
    let attributes: Vec<&str> = file.text.lines().filter(|l| l.starts_with("#![")).collect();
    let missing = |lint: &&str| !attributes.iter().any(|line| line.contains(lint));
    STRICT_ATTRIBUTES
        .iter()
        .filter(|lint| missing(lint))
        .map(|lint| format!("its head must warn about or deny {lint}"))
        .collect()
}

/// No test that is switched off, no hole to be filled later.
fn unfinished_work(file: &File) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    // Written in two halves, or this file would complain about itself.
    let banned = [
        concat!("#[ig", "nore"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("#[al", "low("),
        concat!("db", "g!("),
    ];
    let mut complaints = Vec::new();
    for (n, line) in code_lines(&file.text) {
        for word in banned.iter().filter(|word| line.contains(**word)) {
            complaints.push(format!("line {n}: `{word}` is not for this repository"));
        }
    }
    complaints
}

/// Nothing names a place that exists on one machine only.
fn machine_places(file: &File) -> Vec<String> {
    let banned = [
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/wo", "rk/"),
        concat!("/Us", "ers/"),
    ];
    let mut complaints = Vec::new();
    for (n, line) in (1_usize..).zip(file.text.lines()) {
        for place in banned.iter().filter(|place| starts_a_path(line, place)) {
            complaints.push(format!(
                "line {n}: names `{place}…`, a place of one machine"
            ));
        }
    }
    complaints
}

/// Whether `place` stands in `line` as the beginning of a path, not inside an address or another
/// path.
fn starts_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !is_word(c) && !"./-}~".contains(c))
    })
}

/// One title, no trailing blanks, code fences closed, relative links that lead somewhere.
fn markdown(file: &File) -> Vec<String> {
    if !file.is_markdown() {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    if !file.text.starts_with("# ") {
        complaints.push("must open with its title, `# …`".to_owned());
    }
    let fences = file
        .text
        .lines()
        .filter(|line| line.trim_start().starts_with("```"))
        .count();
    if fences % 2 == 1 {
        complaints.push("has a code fence that is not closed".to_owned());
    }
    for (n, line) in (1_usize..).zip(file.text.lines()) {
        if line.ends_with(' ') {
            complaints.push(format!("line {n} ends in a blank"));
        }
        for target in links(line).filter(|target| !leads_somewhere(&file.path, target)) {
            complaints.push(format!("line {n}: the link to `{target}` leads nowhere"));
        }
    }
    complaints
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next())
}

fn leads_somewhere(path: &str, target: &str) -> bool {
    let outside = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
    let folder = root()
        .join(path)
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default();
    outside || folder.join(target).exists()
}

/// Every file and folder below `src` is declared by the module above it, and in the catalogue
/// folders it is listed too.
fn registration(files: &[File]) -> Vec<String> {
    let library = files
        .iter()
        .filter(|f| f.is_rust() && f.path.starts_with("src/"));
    library
        .filter_map(|file| unregistered(file, files))
        .collect()
}

fn unregistered(file: &File, files: &[File]) -> Option<String> {
    let module = file
        .path
        .strip_suffix("/mod.rs")
        .or_else(|| file.path.strip_suffix(".rs"))?;
    let (folder, name) = module.rsplit_once('/')?;
    let is_root = folder == "src/bin" || (folder == "src" && matches!(name, "lib" | "main"));
    // A test file belongs to the file beside it, which names it by its path.
    if is_root || name.ends_with("_tests") {
        return None;
    }
    let parents = match folder {
        "src" => ["src/lib.rs".to_owned(), "src/main.rs".to_owned()],
        _ => [format!("{folder}/mod.rs"), format!("{folder}.rs")],
    };
    let mut listings = files.iter().filter(|f| parents.contains(&f.path));
    // `mod x;` alone compiles a file; a catalogue must also use it.
    let wanted = if CATALOGUES.contains(&folder) { 2 } else { 1 };
    let declared = listings.any(|listing| mentions(&listing.text, name) >= wanted);
    let duty = if wanted == 2 {
        "declare and list"
    } else {
        "declare"
    };
    (!declared).then(|| format!("{}: {} must {duty} `{name}`", file.path, parents[0]))
}

/// How often a word stands in the code of a file.
fn mentions(text: &str, word: &str) -> usize {
    let on_line = |line: &str| line.split(|c| !is_word(c)).filter(|w| *w == word).count();
    code_lines(text).map(|(_, line)| on_line(line)).sum()
}

/// The lines that are not comments, numbered from 1.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1_usize..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All text files that people write here, in order.
fn repository() -> Vec<File> {
    const TOP: [&str; 9] = [
        "src",
        "tests/it",
        "tests/e2e",
        "xtask",
        "examples",
        "static",
        ".ci",
        ".cargo",
        "docs",
    ];
    let mut paths = Vec::new();
    for folder in TOP {
        collect(&root().join(folder), &mut paths);
    }
    let top = std::fs::read_dir(root()).expect("the repository can be read");
    paths.extend(
        top.flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file() && !path.ends_with(".git")),
    );
    paths.push(root().join("tests/web.rs"));
    paths.sort();
    let root = root();
    let file = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).ok()?;
        let path = path
            .strip_prefix(&root)
            .ok()?
            .to_string_lossy()
            .replace('\\', "/");
        Some(File { path, text })
    };
    paths.into_iter().filter_map(file).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    const SKIPPED: [&str; 3] = ["target", "node_modules", "dist"];
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
            collect(&path, paths);
        } else if path.is_file() {
            paths.push(path);
        }
    }
}
