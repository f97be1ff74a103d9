//! Who has watched every step of a branch once: its checks, its log, and what the overview is drawn
//! from.
//!
//! It stands at the branch's horizon. What is executed again is not watched again: steps already
//! seen are recognised by their number.

use super::bands::Bands;
use super::highlight::Highlights;
use super::line::Head;
use super::log::Log;
use super::series::{Series, Totals};
use crate::base::Micros;
use crate::check::{Checks, Violation};
use crate::sim::{Cause, Step, World};

/// What cannot be cut off at an instant, as it was at a checkpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Audit {
    checks: Checks,
    totals: Totals,
}

/// Everything seen up to the horizon of a branch.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    checks: Checks,
    pub(super) log: Log,
    pub(super) bands: Bands,
    pub(super) series: Series,
    pub(super) highlights: Highlights,
    /// How many steps were seen: the number of the next one.
    steps: u64,
}

impl Witness {
    pub(super) fn new() -> Self {
        Self {
            checks: Checks::default(),
            log: Log::default(),
            bands: Bands::default(),
            series: Series::default(),
            highlights: Highlights::default(),
            steps: 0,
        }
    }

    /// How many steps were seen.
    pub(super) const fn steps(&self) -> u64 {
        self.steps
    }

    /// Looks at one step, unless it was seen before.
    pub(super) fn watch(&mut self, step: &Step, world: &World) {
        if step.seq < self.steps {
            return;
        }
        self.steps = step.seq + 1;
        let known = self.checks.violations().len();
        self.checks.observe(step, world);
        self.log.take(step);
        self.bands.take(step);
        self.series.take(step, world);
        self.highlights.take(step);
        let violations = self.checks.violations();
        self.highlights
            .take_broken(step, violations.get(known..).unwrap_or_default());
    }

    /// Nothing more happens up to the horizon.
    pub(super) fn until(&mut self, horizon: Micros) {
        self.series.until(horizon);
    }

    /// Promises broken up to `t`, oldest first.
    pub(super) fn violations(&self, t: Micros) -> &[Violation] {
        let all = self.checks.violations();
        let end = all.partition_point(|violation| violation.at <= t);
        all.get(..end).unwrap_or_default()
    }

    pub(super) fn audit(&self) -> Audit {
        Audit {
            checks: self.checks.clone(),
            totals: self.series.totals(),
        }
    }

    /// What was seen up to a checkpoint.
    pub(super) fn rewound(&self, at: Micros, head: &Head, audit: &Audit) -> Self {
        Self {
            checks: audit.checks.clone(),
            log: self.log.until(at, head.steps),
            bands: self.bands.until(at),
            series: self.series.rewound(at, audit.totals, &head.world),
            highlights: self.highlights.until(head.steps),
            steps: head.steps,
        }
    }
}

/// True for a step that somebody can see.
pub(super) const fn is_visible(step: &Step) -> bool {
    let is_quiet = matches!(step.cause, Cause::Internal | Cause::Persisted);
    !is_quiet || !step.notes.is_empty() || !step.sent.is_empty()
}
