//! `cargo xtask conformance`: runs the case rows against the engine (`examples/conformance.rs`).

use crate::run::{self, Outcome};
use crate::shop::Shop;
use std::process::ExitCode;

/// Passes its arguments and its exit code through.
pub(crate) fn conformance(shop: &Shop, args: &[String]) -> Outcome<ExitCode> {
    let mut command = shop.cargo(&["run", "--quiet", "--locked", "--example", "conformance"]);
    command
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
