//! All scenarios, and in the end the figures that sum them up.

use std::fmt;

use super::outcome::Outcome;

/// What became of all scenarios that were run.
#[derive(Debug)]
pub(crate) struct Report {
    seeds: u64,
    outcomes: Vec<Outcome>,
}

impl Report {
    pub(super) const fn new(seeds: u64, outcomes: Vec<Outcome>) -> Self {
        Self { seeds, outcomes }
    }

    /// True where there was something to run and nothing differs.
    pub(crate) fn holds(&self) -> bool {
        !self.outcomes.is_empty() && self.outcomes.iter().all(Outcome::holds)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for outcome in &self.outcomes {
            writeln!(f, "{outcome}")?;
        }
        let sum = |of: fn(&Outcome) -> usize| self.outcomes.iter().map(of).sum::<usize>();
        let compared = sum(Outcome::facts_compared);
        writeln!(
            f,
            "{} scenarios, {} seeds each",
            self.outcomes.len(),
            self.seeds
        )?;
        writeln!(
            f,
            "facts held in every seed: {}/{compared}",
            sum(Outcome::facts_held)
        )?;
        writeln!(
            f,
            "fixed waits that agree: {}/{}",
            sum(|outcome| outcome.waits().1),
            sum(|outcome| outcome.waits().0)
        )?;
        writeln!(f, "disputed: {}", sum(Outcome::disputed))?;
        for failure in self.outcomes.iter().flat_map(Outcome::failures) {
            writeln!(f, "FAILED {failure}")?;
        }
        Ok(())
    }
}
