//! `cargo xtask bench`: the engine's speed natively and in the browser.

use crate::run::{self, Failure, Outcome};
use crate::shop::Shop;
use std::process::ExitCode;

/// The command.
pub(crate) fn bench(shop: &Shop) -> Outcome<ExitCode> {
    println!("[1/1] native");
    let mut native = shop.cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--profile",
        "bench-native",
        "--example",
        "bench",
    ]);
    let said = run::show("native bench", &mut native)?;
    if !said.ok {
        return Err(Failure::new(
            "the native bench failed",
            "mend the error above",
        ));
    }
    Ok(ExitCode::SUCCESS)
}
