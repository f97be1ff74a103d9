//! A compiler that can build for wasm32: rustup's target, or Debian's compiler and a standard
//! library built from Debian's source, where rustup cannot download.

use crate::run::{self, Failure, Outcome, Stopwatch, human};
use crate::shop::{Shop, which};
use crate::system;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The page's target.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// The name under which rustup knows Debian's compiler.
const LINKED: &str = "wasm-debian";

/// Debian's compiler, its cargo, source, clippy and a linker that knows wasm.
const PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-clippy",
    "lld-19",
];

const BY_HAND: &str = "install Rust from https://rustup.rs and run \
    `rustup target add wasm32-unknown-unknown` where the network allows it";

/// Which toolchain builds for wasm32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that runs us.
    Ordinary,
    /// Debian's, linked into rustup as `wasm-debian`.
    Debian,
}

impl Toolchain {
    /// Makes a command use this toolchain.
    pub(crate) fn apply(self, command: &mut Command) {
        if self == Self::Debian && which(&["rustup"]).is_some() {
            command.env("RUSTUP_TOOLCHAIN", LINKED);
        }
    }
}

/// Finds or makes a toolchain with a wasm32 standard library.
pub(crate) fn ensure(shop: &Shop) -> Outcome<Toolchain> {
    let forced = std::env::var("ZABSCOPE_WASM_TOOLCHAIN").is_ok_and(|value| value == "debian");
    if !forced {
        if complete(shop) {
            return Ok(Toolchain::Ordinary);
        }
        if which(&["rustup"]).is_some() {
            println!("      adding {TRIPLE} to the Rust toolchain");
            // Whether it worked is asked right after.
            let _ = run::show(
                "rustup",
                shop.command("rustup").args(["target", "add", TRIPLE]),
            );
            // The release compiles the library from its source, see `lean`.
            let _ = run::show(
                "rustup",
                shop.command("rustup")
                    .args(["component", "add", "rust-src"]),
            );
            if complete(shop) {
                return Ok(Toolchain::Ordinary);
            }
        }
    }
    debian(shop)?;
    Ok(Toolchain::Debian)
}

/// Whether the toolchain that runs us has the library for wasm32, and its source.
fn complete(shop: &Shop) -> bool {
    let rustc = Path::new("rustc");
    has_std(shop, rustc) && sysroot(shop, rustc).is_ok_and(|root| has_source(&root))
}

/// Whether the standard library's source is where cargo looks for it.
fn has_source(sysroot: &Path) -> bool {
    sysroot
        .join("lib/rustlib/src/rust/library/Cargo.lock")
        .exists()
}

fn has_std(shop: &Shop, rustc: &Path) -> bool {
    let mut command = shop.command(rustc);
    command.args(["--print", "target-libdir", "--target", TRIPLE]);
    let Some(said) = run::ask(&mut command).filter(|said| said.ok) else {
        return false;
    };
    let Ok(entries) = std::fs::read_dir(said.text.trim()) else {
        return false;
    };
    entries.flatten().map(|entry| entry.path()).any(|path| {
        let is_std = path
            .file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with("libstd-"));
        is_std && path.extension().is_some_and(|ext| ext == "rlib")
    })
}

/// Debian's way: packages, a standard library built once, a linker, a name in rustup.
fn debian(shop: &Shop) -> Outcome {
    let rustc = PathBuf::from("/usr/bin/rustc");
    let cargo = PathBuf::from("/usr/bin/cargo");
    let complete = rustc.exists()
        && cargo.exists()
        && Path::new("/usr/bin/wasm-ld-19").exists()
        && Path::new("/usr/bin/cargo-clippy").exists()
        && has_source(&sysroot(shop, &rustc)?);
    if !complete {
        system::install(shop, &PACKAGES, BY_HAND)?;
    }
    let sysroot = sysroot(shop, &rustc)?;
    // The library must be the one of this very compiler, so its version is kept beside it.
    let version = run::ask(shop.command(&rustc).arg("-vV")).map_or(String::new(), |said| said.text);
    let lib = sysroot.join("lib/rustlib").join(TRIPLE).join("lib");
    let stamp = lib.join("zabscope-built-for");
    let fresh = std::fs::read_to_string(&stamp).is_ok_and(|text| text == version);
    if !fresh || !has_std(shop, &rustc) {
        build_std(shop, &rustc, &cargo, &lib)?;
        let note = shop.cache.join("wasm-debian-version");
        std::fs::write(&note, &version).map_err(|e| unwritable(&note, &e))?;
        as_root("cp", &[&note, &stamp])?;
        let stale = shop.target.join(TRIPLE);
        // Everything compiled against the old library cannot find its crate any more.
        let _ = std::fs::remove_dir_all(stale);
    }
    let linker = sysroot.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    if !linker.exists() {
        if let Some(folder) = linker.parent() {
            as_root("mkdir", &[Path::new("-p"), folder])?;
        }
        as_root(
            "ln",
            &[Path::new("-sf"), Path::new("/usr/bin/wasm-ld-19"), &linker],
        )?;
    }
    link_in_rustup(shop)
}

fn sysroot(shop: &Shop, rustc: &Path) -> Outcome<PathBuf> {
    run::ask(shop.command(rustc).args(["--print", "sysroot"]))
        .filter(|said| said.ok)
        .map(|said| PathBuf::from(said.text.trim()))
        .ok_or_else(|| Failure::new(format!("{} does not answer", rustc.display()), BY_HAND))
}

/// Builds the standard library from an empty crate and copies it beside the compiler.
fn build_std(shop: &Shop, rustc: &Path, cargo: &Path, lib: &Path) -> Outcome {
    println!("      building the wasm32 standard library from Debian's source (once, 1–2 minutes)");
    let watch = Stopwatch::start();
    let empty = shop.cache.join("install/wasm-std");
    let manifest =
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    let source = empty.join("src");
    std::fs::create_dir_all(&source).map_err(|e| unwritable(&source, &e))?;
    for (path, text) in [
        (empty.join("Cargo.toml"), manifest),
        (source.join("lib.rs"), ""),
    ] {
        std::fs::write(&path, text).map_err(|e| unwritable(&path, &e))?;
    }
    let mut command = shop.command(cargo);
    command
        .current_dir(&empty)
        .args([
            "build",
            "--release",
            "-Zbuild-std=std,panic_abort,test,proc_macro",
            "--target",
            TRIPLE,
        ])
        .env("RUSTC", rustc)
        .env("CARGO_TARGET_DIR", empty.join("target"))
        // For this one build only: set for the project it would make crates probe for nightly.
        .env("RUSTC_BOOTSTRAP", "1")
        // Without the bitcode, `lto = true` has nothing to work on.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("RUSTUP_TOOLCHAIN");
    run::log(
        "building the wasm32 standard library",
        &mut command,
        &shop.cache.join("logs/std.log"),
    )?;
    let built = empty.join("target").join(TRIPLE).join("release/deps");
    let rlibs: Vec<PathBuf> = std::fs::read_dir(&built)
        .map_err(|e| unwritable(&built, &e))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "rlib"))
        .filter(|path| {
            !path
                .file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with("libempty"))
        })
        .collect();
    as_root("rm", &[Path::new("-rf"), lib])?;
    as_root("mkdir", &[Path::new("-p"), lib])?;
    let mut copy: Vec<&Path> = rlibs.iter().map(PathBuf::as_path).collect();
    copy.push(lib);
    as_root("cp", &copy)?;
    let _ = std::fs::remove_dir_all(&empty);
    println!(
        "      the wasm32 standard library is ready after {}",
        human(watch.elapsed())
    );
    Ok(())
}

fn link_in_rustup(shop: &Shop) -> Outcome {
    if which(&["rustup"]).is_none() {
        return Ok(());
    }
    let linked = run::ask(
        shop.command("rustup")
            .args(["run", LINKED, "rustc", "--version"]),
    );
    if linked.is_some_and(|said| said.ok) {
        return Ok(());
    }
    let said = run::show(
        "rustup",
        shop.command("rustup")
            .args(["toolchain", "link", LINKED, "/usr"]),
    )?;
    if said.ok {
        return Ok(());
    }
    Err(Failure::new(
        "rustup cannot link Debian's compiler",
        BY_HAND,
    ))
}

fn as_root(program: &str, args: &[&Path]) -> Outcome {
    let failed = || {
        Failure::new(
            format!("`{program}` into the system's Rust folder failed"),
            BY_HAND,
        )
    };
    let mut command = system::as_root(program).ok_or_else(failed)?;
    run::ask(command.args(args))
        .filter(|said| said.ok)
        .map(|_| ())
        .ok_or_else(failed)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{}: {error}", path.display()),
        "make that folder writable and try again",
    )
}
