//! How the release is made small: the standard library compiled anew, with the page.
//!
//! The library that comes with a compiler is built for speed and carries a message and a place
//! for every way to panic; a tenth of the page would be that. Built from its source for size, with
//! panics that stop at once, the same page does without. The switches are unstable in cargo, so
//! they are given to this one build only, by the environment; `serve` and every test that does not
//! need the release use the ordinary library.

use crate::run::{self, Outcome};
use crate::shop::Shop;
use crate::wasm_target::{TRIPLE, Toolchain};
use std::process::Command;

/// What cargo and rustc are told for the release of the page.
const ENVIRONMENT: [(&str, &str); 7] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_RELEASE_PANIC", "immediate-abort"),
    // Every test runs with them, natively and as wasm; here they would cost 5 kB after gzip.
    ("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "false"),
    // Debug output and places are for tests; what is inlined early makes the page larger.
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Zlocation-detail=none -Zfmt-debug=none -Zinline-mir=no",
    ),
];

/// Makes a cargo, or a program that starts one, build the small way.
pub(crate) fn apply(command: &mut Command) {
    command.envs(ENVIRONMENT);
}

/// Downloads what the standard library depends on, so that the release can be built offline.
pub(crate) fn fetch(shop: &Shop, toolchain: Toolchain) -> Outcome {
    let mut command = shop.cargo(&["fetch", "--locked", "--target", TRIPLE]);
    toolchain.apply(&mut command);
    apply(&mut command);
    run::log(
        "fetching dependencies",
        &mut command,
        &shop.cache.join("logs/fetch.log"),
    )
}
