//! Passed and total per kind of case row, and what failed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::{KINDS, Outcome, rows, run_kind};

/// The outcome of all rows.
#[derive(Debug, Default)]
pub(crate) struct Report {
    tallies: BTreeMap<String, Tally>,
    failures: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    passed: u32,
    failed: u32,
    disputed: u32,
    not_built: u32,
}

impl Tally {
    fn total(self) -> u32 {
        self.passed + self.failed + self.disputed + self.not_built
    }
}

impl Report {
    /// Runs the project's own rows and those of further folders.
    pub(crate) fn of(more: &[PathBuf]) -> Self {
        let mut report = Self::default();
        let mut disputed = rows::disputed();
        for row in rows::load(more) {
            let tally = report.tallies.entry(row.kind.clone()).or_default();
            if disputed.remove(&row.id) {
                tally.disputed += 1;
                continue;
            }
            let outcome = row
                .body
                .map_or_else(Outcome::Fail, |body| run_kind(&row.kind, &body));
            match outcome {
                Outcome::Pass => tally.passed += 1,
                Outcome::NotBuilt => tally.not_built += 1,
                Outcome::Fail(why) => {
                    tally.failed += 1;
                    report.failures.push(format!("{}: {why}", row.id));
                }
            }
        }
        for id in disputed {
            report.failures.push(format!(
                "{id}: listed in DISPUTED.md, but there is no such row"
            ));
        }
        report
    }

    /// True where every row of every built kind passed or is disputed.
    pub(crate) fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    /// The number of rows of `kind`, whatever became of them.
    #[cfg(test)]
    pub(crate) fn total(&self, kind: &str) -> u32 {
        self.tallies.get(kind).map_or(0, |tally| tally.total())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strangers = self.tallies.keys().map(String::as_str);
        let strangers = strangers.filter(|kind| !KINDS.contains(kind));
        let mut not_built = Vec::new();
        for kind in KINDS.into_iter().chain(strangers) {
            let tally = self.tallies.get(kind).copied().unwrap_or_default();
            if tally.not_built > 0 {
                not_built.push(format!("{kind} ({} rows)", tally.not_built));
            }
            if tally.not_built == tally.total() {
                continue;
            }
            write!(f, "{kind:24} {}/{}", tally.passed, tally.total())?;
            if tally.disputed > 0 {
                write!(f, "  {} disputed", tally.disputed)?;
            }
            writeln!(f)?;
        }
        if !not_built.is_empty() {
            writeln!(f, "not built yet: {}", not_built.join(", "))?;
        }
        for failure in &self.failures {
            writeln!(f, "FAILED {failure}")?;
        }
        Ok(())
    }
}
