//! The command line: scenarios run and checked, swarms, digests, without a browser.
//!
//! Native only. Exit codes: 0 all is well; 1 a promise was broken, a seed failed or a file is no
//! scenario; 2 the command itself makes no sense, or a file cannot be read.

mod args;
mod run;
mod swarm;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use crate::scenario::Scenario;
use args::Args;

const USAGE: &str = "\
zabscope: a ZooKeeper ensemble, run without a browser

  zabscope run SCENARIO.json [--seeds A..B | --seed N] [--until MS] [--events FILE.jsonl] [--json]
      runs a scenario, under its own seed or under each of A to B-1
  zabscope swarm [--seeds N | --seeds A..B | --seed N] [--threads N] [--plan]
      random ensembles with clients under random faults, healed, each promise watched at every
      step, on all cores; --plan shows what each seed draws
  zabscope digest [SCENARIO.json] [--seed N] [--until MS]
      a number for everything a run did: equal on every machine
  zabscope scenario check FILE
      says what is wrong with a scenario, with line and column

exit codes: 0 all is well; 1 a promise was broken, a seed failed, a file is no scenario;
2 the command makes no sense or a file cannot be read";

/// Why a command ends without success.
#[derive(Debug)]
enum Stop {
    /// What was run is not well; it has been said on the standard output.
    NotWell,
    /// A file is not what it should be.
    Wrong(String),
    /// The command makes no sense, or a file cannot be read or written.
    Unusable(String),
}

/// Runs the command the process was started with.
pub fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match command(&words) {
        Ok(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Err(Stop::NotWell) => ExitCode::from(1),
        Err(Stop::Wrong(why)) => {
            complain(&why);
            ExitCode::from(1)
        }
        Err(Stop::Unusable(why)) => {
            complain(&why);
            ExitCode::from(2)
        }
    }
}

/// Does what the words say; what is to be printed at the end.
fn command(words: &[String]) -> Result<String, Stop> {
    let mut args = Args::of(words);
    let text = match args.word().as_deref() {
        Some("run") => run::run(&mut args)?,
        Some("swarm") => swarm::swarm(&mut args)?,
        Some("digest") => run::digest(&mut args)?,
        Some("scenario") => match args.word().as_deref() {
            Some("check") => check(&mut args)?,
            _ => return Err(Stop::Unusable("it is `scenario check FILE`".to_owned())),
        },
        Some("help" | "--help" | "-h") => USAGE.to_owned(),
        None => return Err(Stop::Unusable(USAGE.to_owned())),
        Some(other) => {
            return Err(Stop::Unusable(format!(
                "there is no command {other:?}; `zabscope help` names them"
            )));
        }
    };
    args.end()?;
    Ok(text)
}

fn check(args: &mut Args) -> Result<String, Stop> {
    let file = args.file()?;
    let scenario = read(&file)?;
    let mut text = format!("{file}: a scenario");
    if !scenario.name.is_empty() {
        let _ = write!(text, ", {:?}", scenario.name);
    }
    let (servers, commands) = (scenario.zoo_cfg.servers().len(), scenario.commands.len());
    let _ = write!(text, ", {servers} servers, {commands} commands");
    Ok(text)
}

/// The scenario in a file.
fn read(file: &str) -> Result<Scenario, Stop> {
    let bytes = std::fs::read(Path::new(file))
        .map_err(|error| Stop::Unusable(format!("{file} cannot be read: {error}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Stop::Wrong(format!("{file}: this is no UTF-8 text")))?;
    Scenario::from_json(&text).map_err(|error| Stop::Wrong(format!("{file}: {error}")))
}

/// Prints a line. A reader that has gone away is no reason to fail.
fn say(text: &str) {
    let _gone = writeln!(std::io::stdout(), "{text}");
}

fn complain(text: &str) {
    let _gone = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
