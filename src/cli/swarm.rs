//! `zabscope swarm`: as many seeds as asked for, and how fast they went.

use std::io::{IsTerminal as _, Write as _};

use super::args::Args;
use super::{Stop, say};
use crate::base::Micros;
use crate::lab::swarm::Case;

/// Seeds of a swarm that is told no number.
const USUAL: u64 = 1_000;

#[expect(
    clippy::disallowed_types,
    reason = "the speed of a swarm is measured in real time"
)]
type Clock = std::time::Instant;

/// Runs the seeds; each failure is printed as the line that shows it again.
pub(super) fn swarm(args: &mut Args) -> Result<String, Stop> {
    let plan = args.has("--plan");
    let seeds = args.seeds()?.unwrap_or(0..USUAL);
    args.end()?;
    let count = seeds.end - seeds.start;
    let (mut steps, mut failed, mut slowest) = (0_u64, 0_u64, (Micros::ZERO, seeds.start));
    let start = Clock::now();
    let mut shown = 0;
    for (done, seed) in (1_u64..).zip(seeds) {
        let case = Case::draw(seed);
        if plan {
            say(&format!("seed {seed}: {}", case.describe()));
        }
        match case.run() {
            Ok(well) => {
                steps += well.steps;
                slowest = slowest.max((well.recovered_in, seed));
            }
            Err(failure) => {
                failed += 1;
                say(&failure.to_string());
            }
        }
        let elapsed = start.elapsed().as_millis() / 200;
        if elapsed > shown {
            shown = elapsed;
            progress(&format!("{done} of {count} seeds, {failed} failed"));
        }
    }
    progress("");
    let ms = u64::try_from(start.elapsed().as_millis().max(1)).unwrap_or(u64::MAX);
    let (seed_rate, step_rate) = (count * 1_000 / ms, steps.saturating_mul(1_000) / ms);
    let text = format!(
        "{count} seeds, {failed} failed, {steps} events in {ms} ms: \
         {seed_rate} seeds/s, {step_rate} events/s; slowest recovery {} (seed {})",
        slowest.0, slowest.1
    );
    if failed == 0 {
        Ok(text)
    } else {
        say(&text);
        Err(Stop::NotWell)
    }
}

/// One line that is written over, where somebody looks.
fn progress(text: &str) {
    let mut err = std::io::stderr();
    if err.is_terminal() {
        let _gone = write!(err, "\r\x1b[K{text}");
        let _gone = err.flush();
    }
}
