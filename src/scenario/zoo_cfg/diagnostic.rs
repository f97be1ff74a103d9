//! Problems with their place in the text, gathered and bounded.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::base::text::Position;

/// The most errors kept, and the most warnings; what is beyond is only counted.
const KEPT: usize = 100;

/// Whether the configuration can be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can.
    Warning,
}

/// One problem and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// The offending key or value; `None` where something is missing.
    pub at: Option<Position>,
    /// What.
    pub problem: Problem,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = self.at {
            write!(f, "{at}: ")?;
        }
        write!(f, "{}", self.problem)?;
        if let Some(original) = self.problem.zookeeper() {
            write!(f, " (ZooKeeper: {original})")?;
        }
        Ok(())
    }
}

/// All that was found in one text, errors in the order `ZooKeeper` would meet them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics {
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    omitted: u32,
}

impl Diagnostics {
    /// What makes the configuration unusable.
    pub fn errors(&self) -> &[Diagnostic] {
        &self.errors
    }

    /// What does not.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// How many more there were than are kept.
    pub fn omitted(&self) -> u32 {
        self.omitted
    }

    /// Errors and warnings in the order of the text; those without a place come first.
    pub fn by_position(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.errors.iter().chain(&self.warnings).collect();
        all.sort_by_key(|d| (d.at, d.severity));
        all
    }

    pub(super) fn error(&mut self, at: Option<Position>, problem: Problem) {
        self.push(Severity::Error, at, problem);
    }

    pub(super) fn warn(&mut self, at: Option<Position>, problem: Problem) {
        self.push(Severity::Warning, at, problem);
    }

    pub(super) fn into_warnings(self) -> Vec<Diagnostic> {
        self.warnings
    }

    #[inline(never)]
    fn push(&mut self, severity: Severity, at: Option<Position>, problem: Problem) {
        let list = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() == KEPT {
            self.omitted = self.omitted.saturating_add(1);
        } else {
            list.push(Diagnostic {
                severity,
                at,
                problem,
            });
        }
    }
}

impl fmt::Display for Diagnostics {
    /// One line each: errors, then warnings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.errors {
            writeln!(f, "{error}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        if self.omitted > 0 {
            writeln!(f, "and {} more", self.omitted)?;
        }
        Ok(())
    }
}

impl core::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_not_kept() {
        let mut found = Diagnostics::default();
        for _ in 0..250 {
            found.error(Some(Position::START), Problem::MalformedEscape {});
        }
        found.warn(None, Problem::ByteOrderMark {});
        assert_eq!(found.errors().len(), KEPT);
        assert_eq!(found.warnings().len(), 1);
        assert_eq!(found.omitted(), 150);
        assert!(found.to_string().ends_with("and 150 more\n"));
    }

    #[test]
    fn a_diagnostic_says_where_what_and_what_zookeeper_says() {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            at: Some(Position { line: 3, column: 9 }),
            problem: Problem::PortOutOfRange { port: 70_000 },
        };
        assert_eq!(
            diagnostic.to_string(),
            "line 3, column 9: 70000 is no port: ports go from 0 to 65535 \
             (ZooKeeper: port out of range:70000)"
        );
    }
}
