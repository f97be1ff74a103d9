//! The program in two parts: what runs until the first picture, and the rest.
//!
//! Which functions run is not written down anywhere, for such a list is wrong after the next
//! change: the page itself is visited in a headless browser, with a program that notes what runs
//! (`profile.cjs`). The same program needs no second visit; its notes are kept in the target
//! folder. `xtask/splitter` says how the parts find each other. Where there is no browser, the
//! program stays whole, and is only slower to arrive.

use crate::browser::{self, Browser};
use crate::node;
use crate::run::{self, Failure, Outcome};
use crate::shop::Shop;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Puts the rest of a program beside its first part.
pub(crate) fn divide(shop: &Shop, dist: &Path, wasm: &Path) -> Outcome {
    let list = shop.target.join("profile");
    let list = list.join(format!("{:016x}.ran", fingerprint(shop, wasm)));
    if !list.exists() {
        let browser = match browser::ensure(shop) {
            Ok(browser) => browser,
            Err(why) => {
                println!("      {why}");
                println!("      Without it the program stays whole: complete, but later to start.");
                return Ok(());
            }
        };
        visit(shop, &browser, dist, [wasm, &list])?;
    }
    let rest = wasm.with_extension("rest");
    let names = wasm.with_extension("names");
    let whole = wasm.with_extension("whole");
    fs::rename(wasm, &whole).map_err(|e| unwritable(wasm, &e))?;
    let args = [
        OsStr::new("split"),
        whole.as_os_str(),
        list.as_os_str(),
        wasm.as_os_str(),
        rest.as_os_str(),
        names.as_os_str(),
    ];
    let said = splitter(shop, &args)?;
    for line in said.lines() {
        println!("      {line}");
    }
    fs::remove_file(&whole).map_err(|e| unwritable(&whole, &e))
}

/// Visits the page with a program that notes what runs, and lists that.
fn visit(shop: &Shop, browser: &Browser, dist: &Path, [wasm, list]: [&Path; 2]) -> Outcome {
    println!("      visiting the page to see which functions its first picture needs");
    let folder = list.parent().unwrap_or(list);
    let page = folder.join("page");
    // Of an earlier build; that it is not there is no mistake.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(&page).map_err(|e| unwritable(&page, &e))?;
    let files = fs::read_dir(dist).map_err(|e| unwritable(dist, &e))?;
    for entry in files.flatten() {
        let copy = page.join(entry.file_name());
        fs::copy(entry.path(), &copy).map_err(|e| unwritable(&copy, &e))?;
    }
    let marked = page.join(wasm.file_name().unwrap_or_default());
    let args = [OsStr::new("mark"), wasm.as_os_str(), marked.as_os_str()];
    let notes = splitter(shop, &args)?;
    let mut script = node::script(shop, "xtask/src/profile.cjs");
    script.arg(&page).args(notes.split_whitespace()).arg(list);
    if run::show("profile", browser.tell(&mut script))?.ok {
        return Ok(());
    }
    Err(Failure::new(
        "the visit failed",
        "see the error above; the page may not start in Chromium",
    ))
}

/// Runs `xtask/splitter` and gives what it says.
fn splitter(shop: &Shop, args: &[&OsStr]) -> Outcome<String> {
    let mut command = shop.cargo(&["run", "--quiet", "--locked", "--package", "splitter", "--"]);
    let said = run::ask(command.args(args));
    let said = said.ok_or_else(|| Failure::new("cargo did not start", "put cargo on PATH"))?;
    if said.ok {
        return Ok(said.text);
    }
    print!("{}", said.text);
    Err(Failure::new(
        "the program could not be split",
        "see xtask/splitter and the line above",
    ))
}

/// What a list depends on: the program, how its notes are made, and how it is visited.
fn fingerprint(shop: &Shop, wasm: &Path) -> u64 {
    let ours = [
        "profile.cjs",
        "../splitter/src/mark.rs",
        "../splitter/src/flow.rs",
    ];
    let ours = ours.map(|name| shop.root.join("xtask/src").join(name));
    let mut hasher = DefaultHasher::new();
    for path in ours.iter().map(PathBuf::as_path).chain([wasm]) {
        fs::read(path).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()), "make it writable")
}
