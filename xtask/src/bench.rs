//! `cargo xtask bench`: the engine's speed natively and in the browser, and the page's per frame.
//!
//! Seconds are printed and never asserted; the ratio to the queue's own speed is what compares
//! between machines.

use crate::browser;
use crate::run::{self, Failure, Outcome};
use crate::shop::Shop;
use crate::tools::{self, Need};
use crate::wasm_target::{TRIPLE, Toolchain};
use crate::{build, node};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The command.
pub(crate) fn bench(shop: &Shop) -> Outcome<ExitCode> {
    println!("[1/4] looking for what it needs");
    let browser = browser::ensure(shop)?;
    let toolchain = tools::ensure(shop, Need::PageAndNpm)?;
    println!("[2/4] the page's release");
    build::release(shop, toolchain)?;
    println!("[3/4] the engine as wasm");
    let wasm = wasm_bench(shop, toolchain)?;
    println!("[4/4] measuring (a minute; let the machine rest meanwhile)\n");
    let native = ["--profile", "bench-native", "--example", "bench"];
    must(
        "the native bench",
        shop.cargo(&["run", "--quiet", "--locked"]).args(native),
    )?;
    let mut script = node::script(shop, "tests/e2e/bench.cjs");
    script.arg(shop.root.join("dist")).arg(&wasm);
    must("the browser's bench", browser.tell(&mut script))?;
    Ok(ExitCode::SUCCESS)
}

/// Compiles `examples/bench.rs` like the page and binds it for JavaScript.
fn wasm_bench(shop: &Shop, toolchain: Toolchain) -> Outcome<PathBuf> {
    let mut compile = shop.cargo(&["build", "--locked", "--release", "--example", "bench"]);
    toolchain.apply(compile.args(["--target", TRIPLE]));
    must("compiling the bench for wasm32", &mut compile)?;
    let folder = shop.target.join("bench-wasm");
    let wasm = shop.target.join(TRIPLE).join("release/examples/bench.wasm");
    let mut bind = shop.command("wasm-bindgen");
    bind.args([
        "--target",
        "web",
        "--no-typescript",
        "--out-name",
        "bench",
        "--out-dir",
    ]);
    must("wasm-bindgen", bind.arg(&folder).arg(&wasm))?;
    // The page is optimised by wasm-opt, so what is measured is too.
    build::optimise(shop, &folder.join("bench_bg.wasm"))?;
    Ok(folder)
}

fn must(label: &str, command: &mut Command) -> Outcome {
    if run::show(label, command)?.ok {
        return Ok(());
    }
    Err(Failure::new(
        format!("{label} failed"),
        "mend the error above",
    ))
}
