//! Splits the page's program in two: what the first picture runs, and the rest.
//!
//! `splitter mark IN OUT` writes a program that notes which of its pieces run, and prints where.
//! `splitter split IN RAN FIRST REST NAMES` writes the two parts; `RAN` lists the notes that were
//! made, one number per line, and `NAMES` gets the new names of what comes from outside. What
//! belongs where is a matter of speed alone: either part calls the other, and the first asks for
//! the rest where it has not come yet.

mod bodies;
mod cold;
mod flow;
mod mark;
mod outline;
mod program;
#[cfg(test)]
mod random_tests;
mod split;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use program::Program;

/// Anything that may go wrong with a file or what is in it.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["mark", whole, marked] => mark(whole, marked),
        ["split", whole, ran, first, rest, names] => split([whole, ran, first, rest, names]),
        _ => Err("usage: splitter mark IN OUT | splitter split IN RAN FIRST REST NAMES".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("splitter: {error}");
            ExitCode::FAILURE
        }
    }
}

fn mark(whole: &str, marked: &str) -> Outcome<()> {
    let bytes = fs::read(whole)?;
    let program = Program::read(&bytes)?;
    let (out, notes) = mark::marked(&bytes, &program)?;
    fs::write(marked, out)?;
    println!("{} {}", notes.start, notes.end);
    Ok(())
}

fn split([whole, ran, first, rest, names]: [&str; 5]) -> Outcome<()> {
    let bytes = fs::read(whole)?;
    let program = Program::read(&bytes)?;
    let mut notes = vec![false; usize::try_from(mark::count(&program)?)?];
    for line in fs::read_to_string(ran)?.lines() {
        let at: usize = line.trim().parse()?;
        *notes.get_mut(at).ok_or("no such note")? = true;
    }
    let outlined = outline::outlined(&bytes, &program, &notes)?;
    let program = Program::read(&outlined.program)?;
    println!("{} pieces of functions that run do not", outlined.pieces);
    let parts = split::split(&program, &outlined.ran)?;
    fs::write(first, &parts.first)?;
    fs::write(rest, &parts.rest)?;
    let lines = parts.names.iter().map(|(was, is)| format!("{was} {is}\n"));
    fs::write(names, lines.collect::<String>())?;
    println!("{}", parts.summary);
    Ok(())
}
