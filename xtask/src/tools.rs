//! Rust tools built from source into the cache: trunk, wasm-bindgen and its test runner.
//!
//! They are built with little optimisation: a tool that runs for a second per build is not worth
//! minutes of compiling. Independent installs run side by side.

use crate::run::{self, Failure, Outcome, Stopwatch, human};
use crate::shop::{Shop, which};
use crate::{lean, node, system, wasm_target};

/// The version of trunk the page is built with (0.22 wants a newer compiler).
const TRUNK: &str = "0.21.14";

/// One crate that installs one or more programs.
struct Tool {
    krate: &'static str,
    program: &'static str,
    version: String,
    extra: &'static [&'static str],
}

/// What the commands need beside cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// What `serve` needs: the wasm32 target, trunk, wasm-bindgen.
    Page,
    /// That, the packages from npm (wasm-opt, esbuild, Playwright, axe), and xz.
    PageAndNpm,
}

/// Sees to everything `need` names, and fetches the project's own dependencies.
pub(crate) fn ensure(shop: &Shop, need: Need) -> Outcome<wasm_target::Toolchain> {
    if need == Need::PageAndNpm {
        node::ensure_node(shop)?;
        ensure_xz(shop)?;
    }
    let toolchain = wasm_target::ensure(shop)?;
    let mut jobs: Vec<Box<dyn FnOnce() -> Outcome + Send + '_>> = Vec::new();
    for tool in missing(shop)? {
        jobs.push(Box::new(move || install(shop, &tool)));
    }
    if need == Need::PageAndNpm && !node::packages_are_there(shop) {
        jobs.push(Box::new(|| node::install_packages(shop)));
    }
    side_by_side(jobs)?;
    lean::fetch(shop, toolchain)?;
    Ok(toolchain)
}

/// xz, which the release is packed with.
fn ensure_xz(shop: &Shop) -> Outcome {
    if which(&["xz"]).is_some() {
        return Ok(());
    }
    let by_hand = "install xz (XZ Utils, https://tukaani.org/xz) so that it is on PATH";
    system::install(shop, &["xz-utils"], by_hand)
}

fn side_by_side(jobs: Vec<Box<dyn FnOnce() -> Outcome + Send + '_>>) -> Outcome {
    std::thread::scope(|scope| {
        let running: Vec<_> = jobs.into_iter().map(|job| scope.spawn(job)).collect();
        let ended = running.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| {
                Err(Failure::new(
                    "an installation ended unexpectedly",
                    "run the command again",
                ))
            })
        });
        // Wait for all of them, then report the first failure.
        ended.collect::<Vec<_>>().into_iter().collect()
    })
}

fn missing(shop: &Shop) -> Outcome<Vec<Tool>> {
    let wanted = [
        Tool {
            krate: "wasm-bindgen-cli",
            program: "wasm-bindgen",
            version: shop.locked_version("wasm-bindgen")?,
            extra: &[],
        },
        Tool {
            krate: "trunk",
            program: "trunk",
            version: TRUNK.to_owned(),
            // Without its daily question to the network whether there is a newer trunk.
            extra: &["--locked", "--no-default-features", "--features", "rustls"],
        },
    ];
    Ok(wanted
        .into_iter()
        .filter(|tool| !is_there(shop, tool))
        .collect())
}

fn is_there(shop: &Shop, tool: &Tool) -> bool {
    let answer = run::ask(shop.command(tool.program).arg("--version"));
    answer.is_some_and(|said| {
        said.ok
            && said
                .text
                .split_whitespace()
                .any(|word| word == tool.version)
    })
}

fn install(shop: &Shop, tool: &Tool) -> Outcome {
    let label = format!("building {} {}", tool.krate, tool.version);
    println!("      {label} (once per machine, some minutes)");
    let watch = Stopwatch::start();
    // A folder of its own: two installs do not wait for each other, and an interrupted one resumes.
    let scratch = shop.cache.join("install").join(tool.krate);
    let mut command = shop.command("cargo");
    command
        .args([
            "install",
            tool.krate,
            "--version",
            &tool.version,
            "--force",
            "--root",
        ])
        .arg(shop.tools())
        .args(tool.extra)
        .env("CARGO_TARGET_DIR", &scratch)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
        .env_remove("RUSTFLAGS");
    run::log(
        &label,
        &mut command,
        &shop.cache.join(format!("logs/{}.log", tool.krate)),
    )?;
    if !is_there(shop, tool) {
        return Err(Failure::new(
            format!(
                "{} was built, but `{} --version` is not {}",
                tool.krate, tool.program, tool.version
            ),
            format!(
                "remove {} and try again",
                shop.tools().join("bin").display()
            ),
        ));
    }
    // Only saves space; the tool is installed.
    let _ = std::fs::remove_dir_all(&scratch);
    println!(
        "      {} is ready after {}",
        tool.krate,
        human(watch.elapsed())
    );
    Ok(())
}

/// `rustfmt` or `clippy`, which a minimal Rust installation lacks.
pub(crate) fn ensure_component(shop: &Shop, subcommand: &str, component: &str) -> Outcome {
    let has = |shop: &Shop| {
        run::ask(shop.cargo(&[subcommand]).arg("--version")).is_some_and(|said| said.ok)
    };
    if has(shop) {
        return Ok(());
    }
    // Whether it worked is asked right after.
    let _ = run::show(
        component,
        shop.command("rustup").args(["component", "add", component]),
    );
    if has(shop) {
        return Ok(());
    }
    Err(Failure::new(
        format!("`cargo {subcommand}` is not installed"),
        format!("run `rustup component add {component}`, or install your system's {component}"),
    ))
}
