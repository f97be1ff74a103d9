//! How fast the engine is: `cargo xtask bench` runs this natively and as wasm in Chromium.
//!
//! An ensemble at work, and beside it an empty push/pop loop on the same event queue in the same
//! run: the ratio of the two is what can be compared between machines. The clock differs between
//! the two worlds, so it stands outside of [`Bench`].

use core::fmt::Write as _;

use zabscope::base::Micros;
use zabscope::protocol::{ServerState, Sid};
use zabscope::run::Run;
use zabscope::scenario::{Scenario, ZooCfg};
use zabscope::sim::event::Event;
use zabscope::sim::{ClientSpec, EventQueue, Pace, Workload, World};

/// By then a leader leads, and clients have sessions.
const WARM: Micros = Micros::from_ms(10_000);

/// What is measured, without a clock.
#[derive(Debug)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub struct Bench {
    scenario: Scenario,
    world: World,
    queue: EventQueue,
    run: Run,
}

/// A client that writes, waits for the answer, and writes again 10 ms later.
fn writer() -> ClientSpec {
    ClientSpec {
        workload: Workload::Mix {
            root: None,
            write_percent: 100,
            paths: 10,
            pace: Pace::Closed {
                think: Micros::from_ms(10),
                outstanding: 1,
            },
        },
        ..ClientSpec::default()
    }
}

impl Bench {
    /// So many servers that have elected, so many clients that write, and a queue as full as
    /// theirs.
    fn warm(servers: u32, clients: u32) -> Self {
        let mut text = String::from("dataDir=/d\ntickTime=2000\ninitLimit=10\nsyncLimit=5\n");
        for sid in 1..=servers {
            let _ = writeln!(text, "server.{sid}=zk{sid}:2888:3888;2181");
        }
        let zoo_cfg = ZooCfg::parse(&text).expect("a plain configuration");
        let mut scenario = Scenario::of(zoo_cfg);
        scenario.clients = vec![writer(); clients as usize];
        let mut world = World::new(&scenario.cluster(), 1);
        while world.next_at().is_some_and(|at| at < WARM) {
            world.step();
        }
        let leads = world
            .servers()
            .any(|server| server.peer.state == ServerState::Leading);
        assert!(leads, "after ten seconds nobody leads: nothing to measure");
        let served = world.clients().filter(|client| client.acknowledged > 0);
        assert_eq!(served.count(), clients as usize, "clients are not served");
        let mut queue = EventQueue::new();
        for i in 0..world.pending_events() as u64 {
            queue.push(Micros(i * 997), Event::Boot(Sid(1)));
        }
        let mut run = Run::new(scenario.clone(), 1);
        run.advance_to(WARM);
        Self {
            scenario,
            world,
            queue,
            run,
        }
    }

    /// Executes `n` events; says how many there were.
    fn run_events(&mut self, n: u32) -> u32 {
        let done = (0..n).map_while(|_| self.world.step()).count();
        u32::try_from(done).unwrap_or(n)
    }

    /// Executes `n` events or a few more, with history, digest and every check; says how many.
    fn run_history(&mut self, n: u32) -> u32 {
        let before = self.run.steps();
        while self.run.steps() - before < u64::from(n) {
            self.run.advance_to(self.run.now() + Micros::from_ms(1));
        }
        u32::try_from(self.run.steps() - before).unwrap_or(n)
    }

    /// A new run of so many simulated minutes, with its history; says how many events it has.
    fn run_minutes(&mut self, minutes: u32) -> u32 {
        let mut run = Run::new(self.scenario.clone(), 1);
        run.advance_to(Micros::from_ms(60_000 * u64::from(minutes)));
        self.run = run;
        u32::try_from(self.run.steps()).unwrap_or(u32::MAX)
    }

    /// Goes to a moment of the run, so many parts of a million of it from its beginning.
    fn seek_to(&mut self, ppm: u32) {
        let all = u128::from(self.run.horizon().0);
        let at = all * u128::from(ppm) / 1_000_000;
        self.run.seek(Micros(u64::try_from(at).unwrap_or(u64::MAX)));
    }

    /// Takes the earliest entry of the queue and puts it back later, `n` times.
    fn turn_queue(&mut self, n: u32) -> u32 {
        for _ in 0..n {
            if let Some((at, event)) = self.queue.pop() {
                self.queue.push(Micros(at.0 + 100_003), event);
            }
        }
        n
    }
}

#[cfg(target_arch = "wasm32")]
mod page {
    //! The same for JavaScript, which brings the clock.
    use super::Bench;
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    impl Bench {
        /// See [`Bench::warm`].
        #[wasm_bindgen(constructor)]
        pub fn new(servers: u32, clients: u32) -> Self {
            Self::warm(servers, clients)
        }

        /// See [`Bench::run_events`].
        pub fn events(&mut self, n: u32) -> u32 {
            self.run_events(n)
        }

        /// See [`Bench::run_history`].
        pub fn history(&mut self, n: u32) -> u32 {
            self.run_history(n)
        }

        /// See [`Bench::run_minutes`].
        pub fn minutes(&mut self, minutes: u32) -> u32 {
            self.run_minutes(minutes)
        }

        /// See [`Bench::seek_to`].
        pub fn seek(&mut self, ppm: u32) {
            self.seek_to(ppm);
        }

        /// See [`Bench::turn_queue`].
        pub fn queue(&mut self, n: u32) -> u32 {
            self.turn_queue(n)
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::measure();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    //! The native clock.

    use super::Bench;

    #[expect(
        clippy::disallowed_types,
        reason = "a benchmark measures time, it does not use it"
    )]
    type Clock = std::time::Instant;

    /// Prints one line per measurement.
    pub(super) fn measure() {
        let mut bench = Bench::warm(5, 0);
        let queue = rate(|| bench.turn_queue(1_000_000));
        println!("native: queue {queue:.0} push+pop/s");
        let line = |what: &str, events: f64| {
            println!(
                "native: {events:9.0} events/s, {:.4} of the queue's: {what}",
                events / queue
            );
        };
        line("5 servers, idle", rate(|| bench.run_events(200_000)));
        let mut bench = Bench::warm(5, 3);
        line(
            "5 servers, 3 clients writing",
            rate(|| bench.run_events(200_000)),
        );
        line(
            "the same with history, digest and checks",
            rate(|| bench.run_history(100_000)),
        );
        line(
            "a simulated minute of that from its start",
            rate(|| bench.run_minutes(1)),
        );
        for (what, clients) in [("idle", 0), ("3 clients writing", 3)] {
            hour(what, clients);
        }
        let mut base = 0.0;
        for servers in [3, 5, 9, 25, 51, 101] {
            let mut bench = Bench::warm(servers, 3);
            let cost = 1e9 / rate(|| bench.run_events(100_000));
            base = if servers == 3 { cost } else { base };
            println!(
                "native: {servers:3} servers: {cost:6.0} ns per event, {:.2} of that with 3",
                cost / base
            );
        }
    }

    /// What a simulated hour weighs, and how long it takes to go to any moment of it.
    fn hour(what: &str, clients: u32) {
        let mut bench = Bench::warm(5, clients);
        let before = resident();
        let events = bench.run_minutes(60);
        let kept = resident().zip(before).map(|(after, before)| after - before);
        let mut took: Vec<f64> = Vec::new();
        for turn in 0..500_u32 {
            // A stride that shares no factor with a million goes everywhere, back and forth.
            let ppm = turn * 617_237 % 1_000_000;
            let start = Clock::now();
            bench.seek_to(ppm);
            took.push(start.elapsed().as_secs_f64() * 1e3);
        }
        took.sort_by(f64::total_cmp);
        println!(
            "native: an hour of {events} events, 5 servers, {what}: {} MB; \
             any moment of it in {:.1} ms, p95 {:.1}, at most {:.1}",
            kept.map_or_else(|| "?".to_owned(), |bytes| (bytes / 1_000_000).to_string()),
            took[250],
            took[475],
            took[499],
        );
    }

    /// The memory this process has, where the system says it.
    fn resident() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/self/statm").ok()?;
        let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
        Some(pages * 4_096)
    }

    /// How many per second; the best of five, because everything else a machine does only slows it.
    fn rate(mut work: impl FnMut() -> u32) -> f64 {
        let mut best = 0.0_f64;
        for _ in 0..5 {
            let start = Clock::now();
            let done = f64::from(work());
            best = best.max(done / start.elapsed().as_secs_f64());
        }
        best
    }
}
