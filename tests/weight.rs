//! What a run weighs: bytes kept after so many simulated minutes, counted by the allocator.
//!
//! A binary of its own with one test: whatever else ran in the process would be counted too. The
//! whole hour is measured by `cargo xtask bench`; here is what a change of the engine must not
//! make heavier unnoticed.
#![cfg(not(target_arch = "wasm32"))]

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use zabscope::base::Micros;
use zabscope::run::Run;
use zabscope::scenario::Scenario;
use zabscope::sim::{ClientSpec, Pace, Workload};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn live() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
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

/// The bytes kept after so many minutes of five servers with so many clients, and again after
/// going everywhere in them.
fn kept(clients: usize, minutes: u64) -> (usize, usize) {
    let mut scenario = Scenario::plain(5);
    scenario.clients = vec![writer(); clients];
    let before = live();
    let mut run = Run::new(scenario, 1);
    let end = Micros::from_ms(60_000 * minutes);
    run.advance_to(end);
    let there = live() - before;
    for turn in 0..20 {
        run.seek(Micros(end.0 / 1_000 * (turn * 617 % 1_000)));
    }
    (there, live() - before)
}

#[test]
fn a_run_weighs_no_more_than_its_budget_and_seeking_adds_little() {
    for (clients, minutes, budget) in [(0, 10, 400_000), (3, 2, 7_000_000)] {
        let (there, seeked) = kept(clients, minutes);
        println!("{clients} clients, {minutes} min: {there} bytes, {seeked} after seeking");
        assert!(there <= budget, "{clients} clients: {there} bytes");
        assert!(seeked <= there + there / 4 + 200_000, "{clients}: {seeked}");
    }
}
