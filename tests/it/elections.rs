//! What a thousand elections do, beside what recordings of real ensembles did.
//!
//! Each test prints its figures (`cargo nextest run elections --no-capture`) and asserts what must
//! hold:
//! medians and rates over many seeds, and in every seed what is not a race. A failing seed is
//! named.

use std::collections::BTreeMap;
use std::thread;

use zabscope::base::Micros;
use zabscope::check::Checks;
use zabscope::protocol::{Durable, Epoch, Note, ServerState, Sid, ZabState, Zxid};
use zabscope::sim::{ClusterSpec, Command, Fault, Step, World};

const SEEDS: u64 = 1_000;

/// A world watched: when each server last changed its state, and every promise.
struct Watch {
    world: World,
    checks: Checks,
    looking_at: BTreeMap<Sid, Micros>,
    leading_at: Vec<(Sid, Micros)>,
    left_leading: Vec<(Sid, Micros)>,
    established: Vec<(Sid, Micros)>,
}

impl Watch {
    fn new(spec: &ClusterSpec, seed: u64) -> Self {
        Self {
            world: World::new(spec, seed),
            checks: Checks::default(),
            looking_at: BTreeMap::new(),
            leading_at: Vec::new(),
            left_leading: Vec::new(),
            established: Vec::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        self.checks.observe(step, &self.world);
        let Some(sid) = step.sid else { return };
        for note in &step.notes {
            match note {
                Note::State { from, to, .. } => {
                    if *from == ServerState::Leading {
                        self.left_leading.push((sid, step.at));
                    }
                    match to {
                        ServerState::Looking => {
                            self.looking_at.insert(sid, step.at);
                        }
                        ServerState::Leading => self.leading_at.push((sid, step.at)),
                        ServerState::Following | ServerState::Observing => {}
                    }
                }
                Note::Established { .. } => self.established.push((sid, step.at)),
                _ => {}
            }
        }
    }

    fn run_to(&mut self, t: Micros) {
        while self.world.next_at().is_some_and(|at| at <= t) {
            if let Some(step) = self.world.step() {
                self.take(&step);
            }
        }
        self.world.idle_until(t);
    }

    /// Until everybody serves. A cold start may take an initLimit: a second winner that never gets
    /// its epoch quorum, and those that follow it, sit that out.
    fn settle(&mut self, seed: u64, servers: i64) {
        for second in 8..60 {
            self.run_to(Micros::from_ms(second * 1_000));
            let serving = self.world.servers().filter(|s| s.peer.serving).count();
            if i64::try_from(serving) == Ok(servers) {
                return;
            }
        }
        panic!("seed {seed}: not everybody serves after a minute");
    }

    fn command(&mut self, fault: Fault) {
        let step = self
            .world
            .apply(&Command::Inject { fault })
            .expect("applies");
        self.take(&step);
    }

    fn leader(&self) -> Option<Sid> {
        let leads = |s: &&zabscope::sim::ServerStatus| {
            s.peer.state == ServerState::Leading && s.peer.zab == ZabState::Broadcast
        };
        let servers: Vec<_> = self.world.servers().collect();
        servers.iter().find(leads).map(|s| s.sid)
    }

    fn forget(&mut self) {
        self.looking_at.clear();
        self.leading_at.clear();
        self.left_leading.clear();
        self.established.clear();
    }
}

/// Runs `each` for every seed on all cores, results in seed order.
fn over_seeds<T: Send>(each: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let half = SEEDS / 2;
    thread::scope(|scope| {
        let first = scope.spawn(|| (0..half).map(&each).collect::<Vec<_>>());
        let second: Vec<_> = (half..SEEDS).map(&each).collect();
        let mut all = first.join().expect("no panic in a seed");
        all.extend(second);
        all
    })
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted[(sorted.len() - 1) * percent / 100]
}

fn describe(name: &str, values: &[u64]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    format!(
        "{name}: p10 {} median {} p90 {} max {} ms",
        percentile(&sorted, 10),
        percentile(&sorted, 50),
        percentile(&sorted, 90),
        percentile(&sorted, 100)
    )
}

fn median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    percentile(&sorted, 50)
}

struct Failover {
    seed: u64,
    killed: Sid,
    winner: Sid,
    highest: Sid,
    detect_first_ms: u64,
    detect_last_ms: u64,
    election_ms: u64,
}

/// `servers` servers that already share a history, as every ensemble does that was ever written to.
/// Without one, whoever joined by SNAP would hold (epoch, 0) and beat the others.
fn settled(servers: i64) -> ClusterSpec {
    let mut spec = ClusterSpec::plain(servers, 0);
    for sid in 1..=servers {
        let disk = Durable::with_log(Epoch(1), Zxid::make(Epoch(1), 5));
        spec.disks.insert(Sid(sid), disk);
    }
    spec
}

/// Kills the leader of a quiet ensemble and waits for the next one.
fn leader_kill(servers: i64, seed: u64) -> Failover {
    let mut watch = Watch::new(&settled(servers), seed);
    watch.settle(seed, servers);
    watch.run_to(watch.world.now() + Micros(seed * 1_931 % 2_000_000));
    let killed = watch
        .leader()
        .unwrap_or_else(|| panic!("seed {seed}: no leader after 8 s"));
    watch.forget();
    let at = watch.world.now();
    watch.command(Fault::Kill { sid: killed });
    for _ in 0..600 {
        watch.run_to(watch.world.now() + Micros::from_ms(50));
        if !watch.established.is_empty() {
            break;
        }
    }
    let Some(&(winner, _)) = watch.established.first() else {
        panic!("seed {seed}: nobody leads 30 s after {killed} was killed");
    };
    let leading = watch
        .leading_at
        .iter()
        .rev()
        .find(|(sid, _)| *sid == winner)
        .expect("it led")
        .1;
    let looked = watch.looking_at[&winner];
    assert!(
        watch.checks.violations().is_empty(),
        "seed {seed}: {:?}",
        watch.checks.violations()
    );
    let detected: Vec<u64> = watch
        .looking_at
        .values()
        .map(|t| (*t - at).as_ms())
        .collect();
    Failover {
        seed,
        killed,
        winner,
        highest: Sid(if killed == Sid(servers) {
            servers - 1
        } else {
            servers
        }),
        detect_first_ms: *detected.iter().min().expect("some"),
        detect_last_ms: *detected.iter().max().expect("some"),
        election_ms: (leading - looked).as_ms(),
    }
}

fn report(servers: i64, runs: &[Failover]) -> (u64, usize, usize) {
    let elections: Vec<u64> = runs.iter().map(|r| r.election_ms).collect();
    let second = elections
        .iter()
        .filter(|&&ms| (360..=520).contains(&ms))
        .count();
    let lower = runs.iter().filter(|r| r.winner != r.highest).count();
    println!("{servers} servers, leader killed, {} seeds", runs.len());
    for (name, values) in [
        (
            "detect first",
            runs.iter().map(|r| r.detect_first_ms).collect::<Vec<_>>(),
        ),
        (
            "detect last",
            runs.iter().map(|r| r.detect_last_ms).collect(),
        ),
        ("LOOKING→LEADING", elections.clone()),
    ] {
        println!("  {}", describe(name, &values));
    }
    let mut histogram = BTreeMap::<u64, usize>::new();
    for ms in &elections {
        *histogram.entry(ms / 20 * 20).or_default() += 1;
    }
    println!("  histogram (20 ms): {histogram:?}");
    println!("  second mode (360..520 ms): {second}; a lower id won: {lower}");
    (median(&elections), second, lower)
}

#[test]
fn three_servers_elect_the_highest_in_a_little_over_200_ms_or_400() {
    let runs = over_seeds(|seed| leader_kill(3, seed));
    let (median, second, _) = report(3, &runs);
    assert!((205..=240).contains(&median), "median {median} ms");
    assert!(
        (10..=250).contains(&second),
        "{second} of {SEEDS} in the second mode"
    );
    let wrong = runs.iter().find(|r| r.winner != r.highest);
    assert!(
        wrong.is_none(),
        "seed {:?}",
        wrong.map(|r| (r.seed, r.killed, r.winner))
    );
}

#[test]
fn five_servers_sometimes_elect_a_lower_id() {
    let runs = over_seeds(|seed| leader_kill(5, seed));
    let (_, _, lower) = report(5, &runs);
    assert!(
        (5..=100).contains(&lower),
        "a lower id won in {lower} of {SEEDS} seeds"
    );
}

/// Starts servers 4 s apart in the given order; who leads first, and who leads at the end.
fn staggered(order: &[i64], seed: u64) -> (Sid, Sid, usize) {
    let mut spec = ClusterSpec::plain(i64::try_from(order.len()).expect("few"), 0);
    for (index, sid) in (0_u64..).zip(order) {
        spec.starts
            .insert(Sid(*sid), Micros::from_ms(index * 4_000));
    }
    let mut watch = Watch::new(&spec, seed);
    watch.run_to(Micros::from_ms(order.len() as u64 * 4_000 + 8_000));
    assert!(
        watch.checks.violations().is_empty(),
        "seed {seed}: {:?}",
        watch.checks.violations()
    );
    let first = watch
        .established
        .first()
        .unwrap_or_else(|| panic!("seed {seed}: nobody led"))
        .0;
    let last = watch
        .leader()
        .unwrap_or_else(|| panic!("seed {seed}: nobody leads"));
    (first, last, watch.established.len())
}

#[test]
fn staggered_starts_elect_the_server_that_completes_the_quorum() {
    for (order, winner) in [(&[1, 2, 3][..], 2), (&[3, 2, 1], 3), (&[1, 2, 3, 4, 5], 3)] {
        let runs = over_seeds(|seed| (seed, staggered(order, seed)));
        let agree = runs
            .iter()
            .filter(|r| r.1 == (Sid(winner), Sid(winner), 1))
            .count();
        println!("started {order:?} 4 s apart: {winner} leads, unreplaced, in {agree} of {SEEDS}");
        let other = runs.iter().find(|r| r.1 != (Sid(winner), Sid(winner), 1));
        assert!(
            other.is_none(),
            "started {order:?}: (seed, (first, last, reigns)) {other:?}"
        );
    }
}

/// Cuts the leader of three off; how long both it and its successor were LEADING, and the new
/// election.
fn cut_off(seed: u64) -> (u64, u64, i64) {
    let mut spec = settled(3);
    spec.config.tick_time_ms = 500;
    let mut watch = Watch::new(&spec, seed);
    watch.run_to(Micros::from_ms(6_000) + Micros(seed * 1_931 % 1_000_000));
    let old = watch
        .leader()
        .unwrap_or_else(|| panic!("seed {seed}: no leader after 6 s"));
    watch.forget();
    let cut = watch.world.now();
    watch.command(Fault::Partition { side: [old].into() });
    watch.run_to(cut + Micros::from_ms(8_000));
    let ms = |t: Micros| i64::try_from((t - cut).as_ms()).expect("small");
    let new = watch
        .established
        .first()
        .unwrap_or_else(|| panic!("seed {seed}: no new leader"));
    assert_ne!(new.0, old, "seed {seed}");
    let started = watch
        .leading_at
        .iter()
        .rev()
        .find(|(sid, _)| *sid == new.0)
        .expect("led")
        .1;
    let left = watch.left_leading.iter().find(|(sid, _)| *sid == old);
    let left = left
        .unwrap_or_else(|| panic!("seed {seed}: {old} never noticed"))
        .1;
    assert!(
        watch.checks.violations().is_empty(),
        "seed {seed}: {:?}",
        watch.checks.violations()
    );
    (
        (started - cut).as_ms(),
        (left - cut).as_ms(),
        ms(left) - ms(started),
    )
}

#[test]
fn a_cut_off_leader_and_its_successor_both_lead_for_a_bounded_while() {
    let runs = over_seeds(cut_off);
    let (new, left): (Vec<_>, Vec<_>) = runs.iter().map(|r| (r.0, r.1)).unzip();
    let both = runs.iter().filter(|r| r.2 > 0).count();
    let longest = runs.iter().map(|r| r.2).max().expect("some");
    println!("leader of three cut off, tickTime 500, syncLimit 5, {SEEDS} seeds");
    println!(
        "  {}\n  {}",
        describe("new LEADING", &new),
        describe("old leaves LEADING", &left)
    );
    println!("  both LEADING at once in {both} of {SEEDS}, for at most {longest} ms");
    assert!(both > 500, "two leaders at once in only {both} of {SEEDS}");
    assert!(
        left.iter().all(|&ms| ms <= 3_500),
        "bound is (syncLimit + 2) ticks"
    );
    // 2 500 ms after the last packet, which is up to half a tick old, and then 200 ms of election.
    assert!(
        (2_450..=2_850).contains(&median(&new)),
        "new leader after {} ms",
        median(&new)
    );
}
