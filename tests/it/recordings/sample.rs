//! What one seed of one scenario gave, under the recording's names.

use std::fmt::Display;

use serde_json::Value;
use zabscope::base::Micros;

use super::cluster::Cluster;

/// One seed's results.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// By the names of `results.deterministic`.
    pub(super) facts: Vec<(&'static str, Value)>,
    /// By the names of `results.timing_summary_ms`, µs; `None` where it did not happen.
    pub(super) timings: Vec<(&'static str, Option<i64>)>,
    /// By the names of `results.facts`: what is counted over the seeds.
    pub(super) tallies: Vec<(&'static str, String)>,
    /// Promises broken.
    pub(super) broken: Vec<String>,
}

impl Sample {
    pub(super) fn fact(&mut self, name: &'static str, value: impl Into<Value>) {
        self.facts.push((name, value.into()));
    }

    pub(super) fn tally(&mut self, name: &'static str, value: impl Display) {
        self.tallies.push((name, format!("{value}")));
    }

    /// From one instant to another; negative where the other is earlier.
    pub(super) fn span(&mut self, name: &'static str, from: Option<Micros>, to: Option<Micros>) {
        let us = |t: Micros| i64::try_from(t.0).expect("a run of less than 292 000 years");
        let span = from.zip(to).map(|(from, to)| us(to) - us(from));
        self.timings.push((name, span));
    }

    /// Closes the sample with what the checks have to say.
    pub(super) fn of(mut self, cluster: &Cluster) -> Self {
        self.broken = cluster.broken();
        self
    }
}
