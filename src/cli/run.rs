//! `zabscope run` and `zabscope digest`: one scenario, under one seed or many.

use std::fmt::Write as _;
use std::io::Write as _;

use super::args::Args;
use super::{Stop, read, say};
use crate::base::Micros;
use crate::base::json::Writer;
use crate::run::{LogEntry, Run};
use crate::scenario::Scenario;

/// How far a scenario runs that says nothing of it.
const USUAL: Micros = Micros::from_ms(60_000);

/// Runs a scenario under each seed and says how it went.
pub(super) fn run(args: &mut Args) -> Result<String, Stop> {
    let json = args.has("--json");
    let events = args.value("--events")?;
    let until = args.number("--until")?;
    let seeds = args.seeds()?;
    let file = args.file()?;
    args.end()?;
    let scenario = read(&file)?;
    let until = horizon(&scenario, until);
    let seeds = seeds.unwrap_or_else(|| scenario.seed..scenario.seed.saturating_add(1));
    let mut all_is_well = true;
    let mut lines = String::new();
    for seed in seeds {
        let mut run = Run::new(scenario.clone(), seed);
        run.advance_to(until);
        all_is_well &= run.violations().is_empty();
        if events.is_some() {
            for entry in run.log() {
                lines.push_str(&event(seed, entry));
            }
        }
        let outcome = if json { as_json(&run) } else { as_line(&run) };
        say(&outcome);
    }
    if let Some(path) = events {
        let written = std::fs::File::create(&path).and_then(|mut f| f.write_all(lines.as_bytes()));
        written.map_err(|error| Stop::Unusable(format!("{path} cannot be written: {error}")))?;
    }
    if all_is_well {
        Ok(String::new())
    } else {
        Err(Stop::NotWell)
    }
}

/// Runs a scenario, or the page's first one, and prints what it did as two numbers.
pub(super) fn digest(args: &mut Args) -> Result<String, Stop> {
    let until = args.number("--until")?;
    let seed = args.number("--seed")?;
    let scenario = match args.optional_file()? {
        Some(file) => read(&file)?,
        None => Scenario::first_run(),
    };
    let until = horizon(&scenario, until);
    let seed = seed.unwrap_or(scenario.seed);
    let mut run = Run::new(scenario, seed);
    run.advance_to(until);
    let (steps, world) = (run.steps(), run.world().digest());
    Ok(format!(
        "steps {steps}, stream {:016x}, world {world:016x}",
        run.stream()
    ))
}

fn horizon(scenario: &Scenario, given: Option<u64>) -> Micros {
    let of_scenario = scenario.horizon_ms.map_or(USUAL, Micros::from_ms);
    // A number of milliseconds that long would overflow when counted in microseconds.
    given.map_or(of_scenario, |ms| Micros::from_ms(ms.min(1_000_000_000)))
}

/// What a run came to, for people.
fn as_line(run: &Run) -> String {
    let mut text = format!(
        "seed {}: {} steps to {}, {} elections, without a leader {}, stream {:016x}",
        run.seed(),
        run.steps(),
        run.now(),
        run.bands().len(),
        leaderless(run),
        run.stream()
    );
    let calls = Calls::of(run);
    if calls.clients > 0 {
        let Calls {
            clients,
            acknowledged,
            failed,
            unknown,
            in_flight,
            expired,
        } = calls;
        let _ = write!(
            text,
            "\n  {clients} clients: calls {acknowledged} acknowledged, {failed} failed, \
             {unknown} unknown, {in_flight} under way; {expired} sessions expired"
        );
    }
    for violation in run.violations() {
        let (property, detail) = (&violation.property, &violation.broken.detail);
        let at = violation.at;
        let _ = write!(text, "\n  broken at {at}: {property}: {detail}");
    }
    text
}

/// What a run came to, for programs: one object.
fn as_json(run: &Run) -> String {
    let mut out = Writer::compact();
    out.object();
    out.name("seed").unsigned(run.seed());
    out.name("steps").unsigned(run.steps());
    out.name("untilUs").unsigned(run.now().0);
    out.name("elections").unsigned(run.bands().len() as u64);
    out.name("leaderlessUs").unsigned(leaderless(run).0);
    out.name("lost").unsigned(run.losses().len() as u64);
    let calls = Calls::of(run);
    out.name("clients").object();
    for (name, number) in [
        ("count", calls.clients),
        ("acknowledged", calls.acknowledged),
        ("failed", calls.failed),
        ("unknown", calls.unknown),
        ("inFlight", calls.in_flight),
        ("expiredSessions", calls.expired),
    ] {
        out.name(name).unsigned(number);
    }
    out.end_object();
    out.name("stream").text(&format!("{:016x}", run.stream()));
    out.name("world")
        .text(&format!("{:016x}", run.world().digest()));
    out.name("violations").list();
    for violation in run.violations() {
        out.object();
        out.name("property").text(violation.property);
        out.name("atUs").unsigned(violation.at.0);
        out.name("detail").text(&violation.broken.detail);
        out.end_object();
    }
    out.end_list();
    out.end_object();
    out.finish()
}

/// What became of all clients' calls.
#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    clients: u64,
    acknowledged: u64,
    failed: u64,
    unknown: u64,
    in_flight: u64,
    expired: u64,
}

impl Calls {
    fn of(run: &Run) -> Self {
        let mut calls = Self::default();
        for client in run.world().clients() {
            calls.clients += 1;
            calls.acknowledged += client.acknowledged;
            calls.failed += client.failed;
            calls.unknown += client.unknown;
            calls.in_flight += u64::from(client.in_flight);
            calls.expired += u64::from(client.expiries);
        }
        calls
    }
}

/// How long nobody led.
fn leaderless(run: &Run) -> Micros {
    let (mut led_until, mut without) = (Micros::ZERO, Micros::ZERO);
    for band in run.bands() {
        without += band.from.saturating_sub(led_until);
        led_until = led_until.max(band.to.unwrap_or_else(|| run.now()));
    }
    without + run.now().saturating_sub(led_until)
}

/// One fact as a line of JSON.
fn event(seed: u64, entry: &LogEntry) -> String {
    let mut out = Writer::compact();
    out.object();
    out.name("seed").unsigned(seed);
    out.name("atUs").unsigned(entry.at.0);
    out.name("step").unsigned(entry.seq);
    if let Some(sid) = entry.sid {
        out.name("sid").signed(sid.0);
    }
    out.name("what").text(&format!("{:?}", entry.what));
    out.end_object();
    let mut line = out.finish();
    line.push('\n');
    line
}
