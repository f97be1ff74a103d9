//! Prints how many case rows of each kind this engine passes: `cargo xtask conformance`.
//!
//! Usage: `conformance [--cases DIR]…`; each further folder is laid out like `tests/data/cases`.
//! Ends with 1 where a row fails or cannot be read, with 2 where the arguments are wrong.

use std::path::PathBuf;
use std::process::ExitCode;

#[path = "../tests/it/conformance/mod.rs"]
mod conformance;

fn main() -> ExitCode {
    let folders = match folders(std::env::args().skip(1)) {
        Ok(folders) => folders,
        Err(why) => {
            eprintln!("conformance: {why}\nusage: conformance [--cases DIR]…");
            return ExitCode::from(2);
        }
    };
    let report = conformance::Report::of(&folders);
    print!("{report}");
    if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn folders(mut args: impl Iterator<Item = String>) -> Result<Vec<PathBuf>, String> {
    let mut folders = Vec::new();
    while let Some(arg) = args.next() {
        let folder = match arg.strip_prefix("--cases") {
            Some("") => args.next().ok_or("--cases needs a folder")?,
            Some(rest) if rest.starts_with('=') => rest[1..].to_owned(),
            _ => return Err(format!("unknown argument {arg:?}")),
        };
        let folder = PathBuf::from(folder);
        if !folder.is_dir() {
            return Err(format!("{} is not a folder", folder.display()));
        }
        folders.push(folder);
    }
    Ok(folders)
}
