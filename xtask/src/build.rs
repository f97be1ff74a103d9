//! `cargo xtask build`: the release in `dist/`, its sizes, and the budget they must keep.

use crate::lean;
use crate::parts;
use crate::run::{self, Failure, Outcome, Stopwatch, human};
use crate::shop::Shop;
use crate::tools::{self, Need};
use crate::wasm_target::Toolchain;
use crate::{node, run::Said};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the first picture needs, and all of `dist/`; both after gzip, in bytes.
const BUDGETS_GZIP: [u64; 2] = [220_000, 600_000];

/// What every browser of the last years has; rustc emits no more than this.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// wasm-opt's passes, in two runs: the second sees what the first has left.
const PASSES: [&[&str]; 2] = [
    &[
        "--flatten",
        "--rereloop",
        "-Oz",
        "-Oz",
        // What is alike stays a function of its own and stands together: gzip looks back 32 kB.
        "--one-caller-inline-max-function-size=0",
        "--reorder-functions-by-name",
        "--strip-debug",
    ],
    &[
        "--gufa",
        "-Oz",
        "--dealign",
        "--strip-producers",
        "--strip-target-features",
    ],
];

/// The command.
pub(crate) fn build(shop: &Shop) -> Outcome<ExitCode> {
    let watch = Stopwatch::start();
    println!("looking for what the build needs");
    let toolchain = tools::ensure(shop, Need::PageAndNpm)?;
    release(shop, toolchain)?;
    println!("\nThe page is in dist/ after {}.", human(watch.elapsed()));
    println!("Any web server can serve that folder, from any path.");
    Ok(ExitCode::SUCCESS)
}

/// Builds `dist/` and checks the budget; everything needed is installed already.
pub(crate) fn release(shop: &Shop, toolchain: Toolchain) -> Outcome {
    println!("      1 of 4: compiling the release (a minute or two)");
    let dist = shop.root.join("dist");
    let mut trunk = shop.command("trunk");
    trunk
        .args([
            "build",
            "--release",
            "--offline",
            "--skip-version-check",
            "--dist",
        ])
        .arg(&dist)
        .env_remove("NO_COLOR")
        .env("RUST_LIB_BACKTRACE", "0");
    toolchain.apply(&mut trunk);
    lean::apply(&mut trunk);
    succeed(
        &run::show("release build", &mut trunk)?,
        "mend the error above",
    )?;
    println!("      2 of 4: wasm-opt");
    for wasm in files(&dist, "wasm")? {
        optimise(shop, &wasm)?;
        println!("      3 of 4: what the first picture needs, esbuild and xz");
        parts::divide(shop, &dist, &wasm)?;
    }
    let mut pack = node::script(shop, "xtask/src/pack.cjs");
    succeed(
        &run::show("packing", pack.arg(&dist))?,
        "see what the line above says of dist/",
    )?;
    println!("      4 of 4: sizes");
    let mut sizes = node::script(shop, "xtask/src/sizes.mjs");
    let said = run::show(
        "sizes",
        sizes
            .arg(&dist)
            .args(BUDGETS_GZIP.map(|most| most.to_string())),
    )?;
    succeed(
        &said,
        "see what grew (`git stash; cargo xtask build` shows the sizes before) and shrink it",
    )
}

/// Makes a wasm file smaller in place.
pub(crate) fn optimise(shop: &Shop, wasm: &Path) -> Outcome {
    let small = wasm.with_extension("wasm-opt");
    for passes in PASSES {
        let mut wasm_opt = node::program(shop, "wasm-opt");
        wasm_opt.args(FEATURES).args(passes);
        wasm_opt.arg(wasm).arg("-o").arg(&small);
        succeed(
            &run::show("wasm-opt", &mut wasm_opt)?,
            "check the features listed in xtask/src/build.rs",
        )?;
        std::fs::rename(&small, wasm)
            .map_err(|e| Failure::new(format!("{}: {e}", wasm.display()), "make dist/ writable"))?;
    }
    Ok(())
}

/// The files of the folder that end so; there must be one.
fn files(dist: &Path, extension: &str) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dist)
        .map_err(|e| Failure::new(format!("{}: {e}", dist.display()), "run the build again"))?;
    let files = entries.flatten().map(|entry| entry.path());
    let found: Vec<PathBuf> = files
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .collect();
    if found.is_empty() {
        return Err(Failure::new(
            format!("the build made no .{extension} file"),
            "check index.html's rust link",
        ));
    }
    Ok(found)
}

fn succeed(said: &Said, next: &str) -> Outcome {
    if said.ok {
        Ok(())
    } else {
        Err(Failure::new("that step failed", next))
    }
}
