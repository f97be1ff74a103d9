//! `cargo xtask recordings`: the simulated world beside recordings (`examples/recordings.rs`).

use crate::run::{self, Outcome};
use crate::shop::Shop;
use std::process::ExitCode;

/// Passes its arguments and its exit code through.
pub(crate) fn recordings(shop: &Shop, args: &[String]) -> Outcome<ExitCode> {
    let mut command = shop.cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--profile",
        "fast",
        "--example",
        "recordings",
    ]);
    command
        .arg("--manifest-path")
        .arg(shop.root.join("Cargo.toml"))
        .arg("--")
        .args(args);
    let status = command
        .status()
        .map_err(|e| run::cannot_start(&command, &e))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
