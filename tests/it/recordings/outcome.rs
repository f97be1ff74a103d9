//! The seeds of one scenario beside its recording: what holds, what agrees, what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::recording::{self, Recording, Timing};
use super::sample::Sample;
use super::{Play, Row};

/// What became of one scenario.
#[derive(Debug)]
pub(crate) struct Outcome {
    id: &'static str,
    title: String,
    /// Facts that were compared, and those of them that held in every seed.
    compared: usize,
    held: usize,
    times: Vec<(String, Comparison)>,
    /// What was counted: name, what was recorded, how often what came out.
    tallies: Vec<(String, String, String)>,
    disputed: BTreeSet<String>,
    failures: Vec<String>,
}

/// A recorded quantity beside the simulated one.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    recorded: Timing,
    /// `None` where it happened in no seed.
    simulated: Option<Timing>,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Made of the machine's delays: shown, not judged.
    Machine,
    /// A fixed wait, within 5 % or 25 ms of the recorded median.
    Agrees,
    /// A fixed wait, further off, but by less than the recorded median can be off itself.
    AgreesWithinError,
    /// A fixed wait that differs.
    Differs,
    /// Listed in `DISPUTED.md`.
    Disputed,
}

impl Outcome {
    pub(super) fn of(row: &Row, recording: &Recording, seeds: &[Result<Sample, String>]) -> Self {
        let mut outcome = Self {
            id: row.id,
            title: recording.title().to_owned(),
            compared: 0,
            held: 0,
            times: Vec::new(),
            tallies: Vec::new(),
            disputed: recording::disputed(row.id),
            failures: Vec::new(),
        };
        outcome.failures.extend(failed(seeds));
        let samples: Vec<(usize, &Sample)> = seeds
            .iter()
            .enumerate()
            .filter_map(|(seed, sample)| Some((seed, sample.as_ref().ok()?)))
            .collect();
        for (name, recorded) in recording.deterministic() {
            outcome.fact((name, recorded), &samples);
        }
        for (name, recorded) in recording.timings() {
            outcome.time(row, (&name, recorded), &samples);
        }
        outcome.count(recording, &samples);
        outcome
    }

    fn fact(&mut self, (name, recorded): (&str, &Value), seeds: &[(usize, &Sample)]) {
        if self.disputed.contains(name) {
            return;
        }
        let of_name = |(seed, sample): &(usize, &Sample)| {
            let found = sample.facts.iter().find(|(n, _)| *n == name);
            found.map(|(_, simulated)| (*seed, simulated.clone()))
        };
        let stated: Vec<(usize, Value)> = seeds.iter().filter_map(of_name).collect();
        let mut wrong = stated.iter().filter(|(_, value)| !holds(recorded, value));
        self.compared += 1;
        if let Some((seed, simulated)) = wrong.next() {
            let more = wrong.count();
            self.failures.push(format!(
                "{name}: {recorded} recorded, {simulated} in seed {seed}, {more} more differ"
            ));
        } else if stated.is_empty() {
            self.failures.push(format!("{name}: nobody states it"));
        } else {
            self.held += 1;
        }
    }

    fn time(&mut self, row: &Row, (name, recorded): (&str, Timing), seeds: &[(usize, &Sample)]) {
        let of_name = |(_, sample): &(usize, &Sample)| {
            let found = sample.timings.iter().find(|(n, _)| *n == name);
            found.map(|(_, span)| *span)
        };
        let measured: Vec<Option<i64>> = seeds.iter().filter_map(of_name).collect();
        if measured.is_empty() {
            self.failures.push(format!("{name}: nobody measures it"));
            return;
        }
        let simulated = summary(measured.into_iter().flatten().collect());
        let verdict = if self.disputed.contains(name) {
            Verdict::Disputed
        } else if row.waits.contains(&name) {
            judge(recorded, simulated, |timing| timing.median)
        } else if row.floors.contains(&name) {
            judge(recorded, simulated, |timing| timing.p10)
        } else {
            Verdict::Machine
        };
        if verdict == Verdict::Differs {
            let told = |t: Timing| format!("p10 {} median {} ms", t.p10, t.median);
            let simulated = simulated.map_or_else(|| "never".to_owned(), told);
            let recorded = told(recorded);
            self.failures.push(format!(
                "{name}: {recorded} recorded, {simulated} simulated"
            ));
        }
        let comparison = Comparison {
            recorded,
            simulated,
            verdict,
        };
        self.times.push((name.to_owned(), comparison));
    }

    fn count(&mut self, recording: &Recording, seeds: &[(usize, &Sample)]) {
        let mut counts = BTreeMap::<&str, BTreeMap<&str, usize>>::new();
        for (name, value) in seeds.iter().flat_map(|(_, sample)| &sample.tallies) {
            *counts.entry(name).or_default().entry(value).or_default() += 1;
        }
        for (name, values) in counts {
            let recorded = match recording.fact(name) {
                Value::Null => "-".to_owned(),
                value => value.to_string().replace('"', ""),
            };
            let of = |(value, n): (&&str, &usize)| format!("{value} × {n}");
            let simulated: Vec<String> = values.iter().map(of).collect();
            self.tallies
                .push((name.to_owned(), recorded, simulated.join(", ")));
        }
    }

    /// True where nothing differs.
    pub(super) const fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    /// True where every fact that was compared held; the times are left aside.
    #[cfg(test)]
    pub(super) fn facts_hold(&self) -> bool {
        let is_time = |failure: &&String| failure.contains(": p10 ");
        self.failures.iter().all(|failure| is_time(&failure))
    }

    /// How many facts were compared.
    pub(super) const fn facts_compared(&self) -> usize {
        self.compared
    }

    /// How many of them held in every seed.
    pub(super) const fn facts_held(&self) -> usize {
        self.held
    }

    /// Fixed waits that were compared, and those of them that agree.
    pub(super) fn waits(&self) -> (usize, usize) {
        let verdicts = self.times.iter().map(|(_, comparison)| comparison.verdict);
        let waits: Vec<Verdict> = verdicts
            .filter(|v| !matches!(v, Verdict::Machine | Verdict::Disputed))
            .collect();
        let agree = waits.iter().filter(|v| **v != Verdict::Differs).count();
        (waits.len(), agree)
    }

    /// What is believed to be recorded wrongly.
    pub(super) fn disputed(&self) -> usize {
        self.disputed.len()
    }

    /// What is wrong.
    pub(super) fn failures(&self) -> impl Iterator<Item = String> + '_ {
        self.failures
            .iter()
            .map(|what| format!("{}: {what}", self.id))
    }
}

/// What went wrong in seeds, each thing once, with the first seed and how many there are.
fn failed(seeds: &[Result<Sample, String>]) -> Vec<String> {
    let mut found = BTreeMap::<String, (usize, usize)>::new();
    for (seed, sample) in seeds.iter().enumerate() {
        let wrong = match sample {
            Err(why) => vec![why.clone()],
            Ok(sample) => sample
                .broken
                .iter()
                .map(|what| format!("promise broken: {what}"))
                .collect(),
        };
        for what in wrong {
            found.entry(what).or_insert((seed, 0)).1 += 1;
        }
    }
    let say = |(what, (seed, n))| format!("{what}: in {n} seeds, {seed} first");
    found.into_iter().map(say).collect()
}

/// True where what came out is what was recorded. Of a table only the entries that came up are
/// compared, each of which must be in the recording.
fn holds(recorded: &Value, simulated: &Value) -> bool {
    match (recorded, simulated) {
        (Value::Object(recorded), Value::Object(simulated)) => simulated
            .iter()
            .all(|(key, value)| recorded.get(key) == Some(value)),
        _ => recorded == simulated,
    }
}

/// Spans in µs as a recording has them.
fn summary(mut spans: Vec<i64>) -> Option<Timing> {
    spans.sort_unstable();
    let last = spans.len().checked_sub(1)?;
    // Rounded to the nearest millisecond, as the recorded ones are.
    let at = |percent: usize| (spans[last * percent / 100] + 500).div_euclid(1_000);
    Some(Timing {
        n: i64::try_from(spans.len()).ok()?,
        p10: at(10),
        median: at(50),
        p90: at(90),
    })
}

/// How far the median of so few values may be off by chance, ms: two standard errors of a median,
/// 2 × 1.25 σ / √n, with σ from the distance between p10 and p90, 2.56 σ in a normal distribution.
const fn error_of_median(recorded: Timing) -> i64 {
    let thousandths = (recorded.n * 1_000_000).isqrt();
    (recorded.p90 - recorded.p10) * 1_000 / thousandths
}

fn judge(recorded: Timing, simulated: Option<Timing>, of: fn(Timing) -> i64) -> Verdict {
    let Some(simulated) = simulated else {
        return Verdict::Differs;
    };
    let off = (of(recorded) - of(simulated)).abs();
    if off <= (of(recorded).abs() / 20).max(25) {
        Verdict::Agrees
    } else if off <= error_of_median(recorded) {
        Verdict::AgreesWithinError
    } else {
        Verdict::Differs
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}  {}", self.id, self.title)?;
        if self.compared > 0 {
            writeln!(
                f,
                "  facts held in every seed: {}/{}",
                self.held, self.compared
            )?;
        }
        if !self.times.is_empty() {
            let head = "p10 median p90 ms";
            writeln!(
                f,
                "  {:<47} {head:<22} {head:<22}",
                "times: recorded | simulated"
            )?;
        }
        for (name, comparison) in &self.times {
            writeln!(f, "    {name:<45} {comparison}")?;
        }
        for (name, recorded, simulated) in &self.tallies {
            writeln!(f, "  count {name}: {recorded} | {simulated}")?;
        }
        for name in &self.disputed {
            writeln!(f, "  disputed: {name}")?;
        }
        for failure in &self.failures {
            writeln!(f, "  FAILED {failure}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |t: Timing| format!("{:>6} {:>6} {:>6}", t.p10, t.median, t.p90);
        let simulated = self.simulated.map_or_else(|| "never".to_owned(), of);
        let verdict = match self.verdict {
            Verdict::Machine => "machine",
            Verdict::Agrees => "wait, agrees",
            Verdict::AgreesWithinError => "wait, agrees within the recording's own error",
            Verdict::Differs => "wait, DIFFERS",
            Verdict::Disputed => "disputed",
        };
        write!(f, "{:<22} {simulated:<22} {verdict}", of(self.recorded))
    }
}

impl Row {
    /// A scenario without waits of fixed length, everything of which is measured.
    pub(super) const fn of(id: &'static str, play: Play) -> Self {
        Self {
            id,
            play,
            waits: &[],
            floors: &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const RECORDED: Timing = Timing {
        n: 16,
        p10: 2_400,
        median: 2_500,
        p90: 3_200,
    };

    const fn simulated(median: i64) -> Timing {
        Timing { median, ..RECORDED }
    }

    #[test]
    fn a_wait_agrees_within_5_percent_or_25_ms_or_the_error_of_a_small_sample() {
        assert_eq!(
            judge(RECORDED, Some(simulated(2_375)), |t| t.median),
            Verdict::Agrees
        );
        assert_eq!(
            judge(RECORDED, Some(simulated(2_626)), |t| t.median),
            Verdict::AgreesWithinError
        );
        assert_eq!(
            judge(RECORDED, Some(simulated(2_701)), |t| t.median),
            Verdict::Differs
        );
        assert_eq!(judge(RECORDED, None, |t| t.median), Verdict::Differs);
        let short = Timing {
            p10: 10,
            median: 12,
            p90: 14,
            ..RECORDED
        };
        assert_eq!(
            judge(short, Some(simulated(37)), |t| t.median),
            Verdict::Agrees
        );
        assert_eq!(
            judge(short, Some(simulated(38)), |t| t.median),
            Verdict::Differs
        );
        let above = Some(simulated(9_000));
        assert_eq!(judge(RECORDED, above, |t| t.p10), Verdict::Agrees);
    }

    #[test]
    fn a_table_holds_where_the_entries_that_came_up_are_in_it() {
        let recorded = json!({"killed 3": 2, "killed 2": 3});
        assert!(holds(&recorded, &json!({"killed 2": 3})));
        assert!(!holds(&recorded, &json!({"killed 2": 1})));
        assert!(!holds(&recorded, &json!({"killed 1": 3})));
        assert!(!holds(&json!(true), &json!(false)));
    }

    #[test]
    fn spans_are_summed_up_in_whole_milliseconds() {
        let spans = (0..=100).map(|n| n * 1_000 - 50_400).collect();
        let of = summary(spans).expect("there are some");
        assert_eq!((of.n, of.p10, of.median, of.p90), (101, -40, 0, 40));
        assert!(summary(Vec::new()).is_none());
    }
}
