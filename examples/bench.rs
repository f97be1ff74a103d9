//! How fast the engine is: `cargo xtask bench` runs this natively and as wasm in Chromium.
//!
//! Five idle servers with heartbeats, and beside them an empty push/pop loop on the same event
//! queue in the same run: the ratio of the two is what can be compared between machines. The clock
//! differs between the two worlds, so it stands outside of [`Bench`].

use zabscope::base::Micros;
use zabscope::protocol::{ServerState, Sid};
use zabscope::sim::event::Event;
use zabscope::sim::{ClusterSpec, EventQueue, World};

/// Servers of the measured ensemble.
const SERVERS: i64 = 5;

/// By then a leader leads and only heartbeats are left.
const WARM: Micros = Micros::from_ms(10_000);

/// What is measured, without a clock.
#[derive(Debug)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub struct Bench {
    world: World,
    queue: EventQueue,
}

impl Bench {
    /// Five servers that have elected, and a queue as full as theirs.
    fn warm() -> Self {
        let mut world = World::new(&ClusterSpec::plain(SERVERS, 0), 1);
        while world.next_at().is_some_and(|at| at < WARM) {
            world.step();
        }
        let leads = world
            .servers()
            .any(|server| server.peer.state == ServerState::Leading);
        assert!(
            leads,
            "after ten seconds nobody leads: there are no heartbeats to measure"
        );
        let mut queue = EventQueue::new();
        for i in 0..world.pending_events() as u64 {
            queue.push(Micros(i * 997), Event::Boot(Sid(1)));
        }
        Self { world, queue }
    }

    /// Executes `n` events; says how many there were.
    fn run_events(&mut self, n: u32) -> u32 {
        let done = (0..n).map_while(|_| self.world.step()).count();
        u32::try_from(done).unwrap_or(n)
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
    #[expect(
        clippy::new_without_default,
        reason = "it is the constructor JavaScript calls"
    )]
    impl Bench {
        /// See [`Bench::warm`].
        #[wasm_bindgen(constructor)]
        pub fn new() -> Self {
            Self::warm()
        }

        /// See [`Bench::run_events`].
        pub fn events(&mut self, n: u32) -> u32 {
            self.run_events(n)
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
    let mut bench = Bench::warm();
    let events = native::rate(|| bench.run_events(200_000));
    let queue = native::rate(|| bench.turn_queue(1_000_000));
    println!(
        "native: {events:.0} events/s, queue {queue:.0} push+pop/s, ratio {:.4}",
        events / queue
    );
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    //! The native clock.

    #[expect(
        clippy::disallowed_types,
        reason = "a benchmark measures time, it does not use it"
    )]
    type Clock = std::time::Instant;

    /// How many per second; the best of five, because everything else a machine does only slows it.
    pub(super) fn rate(mut work: impl FnMut() -> u32) -> f64 {
        let mut best = 0.0_f64;
        for _ in 0..5 {
            let start = Clock::now();
            let done = f64::from(work());
            best = best.max(done / start.elapsed().as_secs_f64());
        }
        best
    }
}
