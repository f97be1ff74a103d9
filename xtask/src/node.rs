//! Node and the packages of `tests/e2e/package.json`: wasm-opt, esbuild, Playwright, axe.
//!
//! They live in the cache in a folder named after the lock file, so that checkouts with the same
//! lock share them. `NODE_PATH` makes them visible to the scripts in the checkout.

use crate::run::{self, Failure, Outcome, Stopwatch, human};
use crate::shop::{Shop, which};
use crate::system;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::process::Command;

const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];

/// Node and npm, from Debian where they are missing.
pub(crate) fn ensure_node(shop: &Shop) -> Outcome {
    let there = || which(&["node"]).is_some() && which(&["npm"]).is_some();
    if !there() {
        let by_hand = "install Node.js 20 or newer from https://nodejs.org";
        system::install(shop, &["nodejs", "npm"], by_hand)?;
        if !there() {
            return Err(Failure::new("node and npm are not on PATH", by_hand));
        }
    }
    Ok(())
}

pub(crate) fn packages_are_there(shop: &Shop) -> bool {
    // Written last by npm, so an interrupted installation does not look complete.
    modules(shop).join(".package-lock.json").exists()
}

/// `npm ci` into the cache.
pub(crate) fn install_packages(shop: &Shop) -> Outcome {
    println!("      installing wasm-opt, Playwright and axe from npm");
    let watch = Stopwatch::start();
    let folder = folder(shop);
    std::fs::create_dir_all(&folder)
        .map_err(|e| Failure::new(format!("{}: {e}", folder.display()), "make it writable"))?;
    for name in MANIFESTS {
        std::fs::copy(shop.root.join("tests/e2e").join(name), folder.join(name))
            .map_err(|e| Failure::new(format!("tests/e2e/{name}: {e}"), "restore it from git"))?;
    }
    let mut command = shop.command("npm");
    command
        .current_dir(&folder)
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run::log("npm ci", &mut command, &shop.cache.join("logs/npm.log"))?;
    println!(
        "      npm packages are ready after {}",
        human(watch.elapsed())
    );
    Ok(())
}

/// A program of an npm package, run by node.
pub(crate) fn program(shop: &Shop, name: &str) -> Command {
    let mut command = shop.command(modules(shop).join(".bin").join(name));
    command.env("NODE_PATH", modules(shop));
    command
}

/// A script of the checkout, run by node with the packages in reach.
pub(crate) fn script(shop: &Shop, path: &str) -> Command {
    let mut command = shop.command("node");
    command
        .arg(shop.root.join(path))
        .env("NODE_PATH", modules(shop));
    command
}

fn modules(shop: &Shop) -> PathBuf {
    folder(shop).join("node_modules")
}

fn folder(shop: &Shop) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    for name in MANIFESTS {
        std::fs::read(shop.root.join("tests/e2e").join(name))
            .unwrap_or_default()
            .hash(&mut hasher);
    }
    shop.tools().join(format!("npm-{:016x}", hasher.finish()))
}
