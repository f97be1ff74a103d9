//! The workshop: `cargo xtask serve`, `build`, `test`, `conformance`, `recordings`,
//! `bench`.
//!
//! The only place that installs anything. Whatever it installs goes into the user's cache
//! directory, so that the checkout stays clean and the next checkout starts with everything there.
//! One file per command; `shop` knows the folders, `run` starts programs, `tools`, `wasm_target`,
//! `browser` and `node` see to what the commands need.

mod bench;
mod browser;
mod build;
mod examples;
mod lean;
mod node;
mod parts;
mod run;
mod serve;
mod shop;
mod steps;
mod system;
mod test;
mod tools;
mod wasm_target;

use run::{Failure, Outcome};
use shop::Shop;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  serve [--port N] [--no-open]   build the page, serve it on this machine, rebuild on change
  build                          release into dist/, with the size of every file
  test [--only WORDS]            everything: format, lints, native tests, browser, end to end
  conformance [--cases DIR]...   the engine against the case rows, passed/total per kind
  recordings [--seeds N] [--only WORD]
                                 simulated ensembles beside what real ones were recorded to do
  bench                          events per second natively and in wasm, script ms per frame

Tools are installed when first needed, into the user's cache directory.
Environment: XDG_CACHE_HOME, CARGO_TARGET_DIR, CHROME, CHROMEDRIVER;
ZABSCOPE_WASM_TOOLCHAIN=debian takes Debian's compiler for wasm32 even where rustup has a target.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Outcome<ExitCode> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    if matches!(command, "help" | "--help" | "-h") || rest.iter().any(|a| a == "--help") {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    if command == serve::HERALD {
        serve::announce(rest);
        return Ok(ExitCode::SUCCESS);
    }
    let shop = Shop::open()?;
    match command {
        "serve" => serve::serve(&shop, &serve::Options::parse(rest)?),
        "build" => takes_nothing(command, rest).and_then(|()| build::build(&shop)),
        "test" => test::test(&shop, rest),
        "conformance" => examples::conformance(&shop, rest),
        "recordings" => examples::recordings(&shop, rest),
        "bench" => takes_nothing(command, rest).and_then(|()| bench::bench(&shop)),
        other => Err(Failure::new(
            format!("there is no command \"{other}\""),
            "`cargo xtask help` lists the commands",
        )),
    }
}

fn takes_nothing(command: &str, rest: &[String]) -> Outcome {
    match rest.first() {
        None => Ok(()),
        Some(extra) => Err(Failure::new(
            format!("`{command}` takes no arguments, and got \"{extra}\""),
            format!("run `cargo xtask {command}`"),
        )),
    }
}
