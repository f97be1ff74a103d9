//! `cargo xtask conformance` and `recordings`: the engine beside the case rows
//! (`examples/conformance.rs`) and beside recordings (`examples/recordings.rs`).

use crate::run::{self, Outcome};
use crate::shop::Shop;
use std::process::ExitCode;

/// The case rows: quick, so that it is compiled as the tests are.
pub(crate) fn conformance(shop: &Shop, args: &[String]) -> Outcome<ExitCode> {
    example(shop, &["--example", "conformance"], args)
}

/// The recordings: minutes, so that it is optimised.
pub(crate) fn recordings(shop: &Shop, args: &[String]) -> Outcome<ExitCode> {
    let which = ["--profile", "fast", "--example", "recordings"];
    example(shop, &which, args)
}

/// Runs an example; its arguments and its exit code are passed through.
fn example(shop: &Shop, which: &[&str], args: &[String]) -> Outcome<ExitCode> {
    let mut command = shop.cargo(&["run", "--quiet", "--locked"]);
    command
        .args(which)
        .arg("--manifest-path")
        .arg(shop.root.join("Cargo.toml"))
        .arg("--")
        .args(args);
    // The caller's own folder, so that a relative --cases means what it says there.
    if let Ok(here) = std::env::current_dir() {
        command.current_dir(here);
    }
    let status = command
        .status()
        .map_err(|e| run::cannot_start(&command, &e))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
