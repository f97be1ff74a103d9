//! `zabscope swarm`: as many seeds as asked for, and how fast they went.

use std::io::{IsTerminal as _, Write as _};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;

use super::args::Args;
use super::{Stop, say};
use crate::base::Micros;
use crate::lab::swarm::{Case, Done, Failure};

/// Seeds of a swarm that is told no number.
const USUAL: u64 = 1_000;

#[expect(
    clippy::disallowed_types,
    reason = "the speed of a swarm is measured in real time"
)]
type Clock = std::time::Instant;

/// What a swarm came to.
#[derive(Debug)]
struct Tally {
    done: u64,
    failed: u64,
    steps: u64,
    acknowledged: u64,
    /// Cases that ran into a defect of ZooKeeper's own.
    defects: u64,
    slowest: (Micros, u64),
}

/// Runs the seeds on all cores; each failure is printed as the line that shows it again.
pub(super) fn swarm(args: &mut Args) -> Result<String, Stop> {
    let plan = args.has("--plan");
    let threads = args.number("--threads")?;
    let seeds = args.seeds()?.unwrap_or(0..USUAL);
    args.end()?;
    if plan {
        for seed in seeds.clone() {
            say(&format!("seed {seed}: {}", Case::draw(seed).describe()));
        }
    }
    let cores = || std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let threads = threads.unwrap_or_else(cores).max(1);
    let start = Clock::now();
    let tally = run_all(&seeds, threads, start);
    progress("");
    let count = tally.done;
    let ms = u64::try_from(start.elapsed().as_millis().max(1)).unwrap_or(u64::MAX);
    let rate = |number: u64| number.saturating_mul(1_000) / ms;
    let Tally {
        failed,
        steps,
        acknowledged,
        defects,
        slowest,
        ..
    } = tally;
    let text = format!(
        "{count} seeds, {failed} failed, {steps} events in {ms} ms: \
         {} seeds/s, {} events/s; {acknowledged} calls acknowledged; \
         {defects} met a known defect of ZooKeeper; \
         slowest recovery {} (seed {})",
        rate(count),
        rate(steps),
        slowest.0,
        slowest.1
    );
    if failed == 0 {
        Ok(text)
    } else {
        say(&text);
        Err(Stop::NotWell)
    }
}

/// Hands out the seeds one by one; what comes of them is counted here.
fn run_all(seeds: &Range<u64>, threads: u64, start: Clock) -> Tally {
    let (count, next) = (seeds.end - seeds.start, AtomicU64::new(seeds.start));
    let (sender, results) = channel();
    let mut tally = Tally {
        done: 0,
        failed: 0,
        steps: 0,
        acknowledged: 0,
        defects: 0,
        slowest: (Micros::ZERO, seeds.start),
    };
    let mut shown = 0;
    std::thread::scope(|scope| {
        for _ in 0..threads.min(count) {
            let (sender, next, end) = (sender.clone(), &next, seeds.end);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || sender.send((seed, run_one(seed))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (seed, result) in results {
            tally.take(seed, &result);
            let elapsed = start.elapsed().as_millis() / 200;
            if elapsed > shown {
                shown = elapsed;
                progress(&bar(&tally, count));
            }
        }
    });
    tally
}

/// A panic of the engine is a failure of its seed.
fn run_one(seed: u64) -> Result<Done, Failure> {
    let run = || Case::draw(seed).run();
    std::panic::catch_unwind(run).unwrap_or_else(|_| {
        let (at, what) = (Micros::ZERO, "the engine panicked".to_owned());
        Err(Failure { seed, at, what })
    })
}

impl Tally {
    fn take(&mut self, seed: u64, result: &Result<Done, Failure>) {
        self.done += 1;
        match result {
            Ok(well) => {
                self.steps += well.steps;
                self.acknowledged += well.acknowledged;
                self.defects += u64::from(well.defect.is_some());
                self.slowest = self.slowest.max((well.recovered_in, seed));
            }
            Err(failure) => {
                self.failed += 1;
                say(&failure.to_string());
            }
        }
    }
}

fn bar(tally: &Tally, count: u64) -> String {
    const WIDTH: u64 = 30;
    let full = tally.done * WIDTH / count.max(1);
    let mut text = String::from("[");
    for n in 0..WIDTH {
        text.push(if n < full { '#' } else { '.' });
    }
    text + &format!("] {} of {count} seeds, {} failed", tally.done, tally.failed)
}

/// One line that is written over, where somebody looks.
fn progress(text: &str) {
    let mut err = std::io::stderr();
    if err.is_terminal() {
        let _gone = write!(err, "\r\x1b[K{text}");
        let _gone = err.flush();
    }
}
