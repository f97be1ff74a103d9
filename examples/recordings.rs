//! Compares the simulated world with recordings of a real `ZooKeeper`: `cargo xtask recordings`.
//!
//! Usage: `recordings [--seeds N] [--only WORD]`; 200 seeds of every scenario without arguments.
//! Ends with 1 where a recorded fact fails in a seed or a fixed wait differs, with 2 where the
//! arguments are wrong.

use std::process::ExitCode;

#[path = "../tests/it/recordings/mod.rs"]
mod recordings;

/// What is asked for.
struct Options {
    seeds: u64,
    only: String,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("recordings: {why}\nusage: recordings [--seeds N] [--only WORD]");
            return ExitCode::from(2);
        }
    };
    let report = recordings::run(options.seeds, &options.only);
    print!("{report}");
    if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        seeds: 200,
        only: String::new(),
    };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--seeds" => {
                let text = value()?;
                let seeds = text.parse().ok().filter(|n| *n > 0);
                options.seeds = seeds.ok_or_else(|| format!("{text:?} is no number of seeds"))?;
            }
            "--only" => options.only = value()?,
            _ => return Err(format!("unknown argument {arg:?}")),
        }
    }
    Ok(options)
}
