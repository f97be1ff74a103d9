//! Every recorded scenario of `tests/data/recordings`, done again in the simulated world.
//!
//! One file per family of scenarios, one [`Row`] per scenario. A row's function plays one seed and
//! says what came out under the recording's own names; here the seeds are run and compared.
//! The module is compiled twice: into the native test binary, where a few seeds of each scenario
//! are run, and into `examples/recordings.rs`, which runs hundreds.

mod client_election;
mod cluster;
mod cold_start;
mod freeze;
mod histories;
mod leader_kill;
mod missed;
mod moved;
mod negotiation;
mod outcome;
mod partition;
mod probe;
mod quorum_loss;
mod recording;
mod report;
mod returning;
mod sample;
mod session_expiry;
mod session_failover;
mod under_load;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use outcome::Outcome;
use recording::Recording;
pub(crate) use report::Report;
use sample::Sample;

/// Plays one seed of a scenario.
type Play = fn(&Recording, u64) -> Result<Sample, String>;

/// How a recorded scenario is done again.
#[derive(Debug)]
pub(crate) struct Row {
    /// The recording's name.
    id: &'static str,
    play: Play,
    /// The timings that consist of waits of fixed length: their medians must agree.
    waits: &'static [&'static str],
    /// Those where the recorded machine put something of its own on top of the wait, on which the
    /// row says more: their lower ends, p10, must agree.
    floors: &'static [&'static str],
}

/// All of them, family by family.
fn rows() -> Vec<&'static Row> {
    let families: [&'static [Row]; 14] = [
        &leader_kill::ROWS,
        &cold_start::ROWS,
        &freeze::ROWS,
        &partition::ROWS,
        &quorum_loss::ROWS,
        &histories::ROWS,
        &returning::ROWS,
        &missed::ROWS,
        &under_load::ROWS,
        &client_election::ROWS,
        &session_expiry::ROWS,
        &session_failover::ROWS,
        &moved::ROWS,
        &negotiation::ROWS,
    ];
    families.into_iter().flatten().collect()
}

/// Runs `seeds` seeds of every scenario whose name contains `only`.
pub(crate) fn run(seeds: u64, only: &str) -> Report {
    let chosen = rows().into_iter().filter(|row| row.id.contains(only));
    let outcomes = chosen.map(|row| outcome_of(row, seeds)).collect();
    Report::new(seeds, outcomes)
}

fn outcome_of(row: &'static Row, seeds: u64) -> Outcome {
    let recording = Recording::load(row.id);
    let samples = over_seeds(seeds, |seed| {
        // An engine or a scenario that panics fails its seed, not the whole report.
        catch_unwind(AssertUnwindSafe(|| (row.play)(&recording, seed)))
            .unwrap_or_else(|_| Err("it panicked".to_owned()))
    });
    Outcome::of(row, &recording, &samples)
}

/// `each` for every seed, on all cores, in the order of the seeds.
fn over_seeds<T: Send>(seeds: u64, each: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let each = &each;
    let mut all: Vec<(u64, T)> = thread::scope(|scope| {
        let start = |core| {
            let own = (0..seeds).skip(core).step_by(cores);
            scope.spawn(move || own.map(|seed| (seed, each(seed))).collect::<Vec<_>>())
        };
        let threads: Vec<_> = (0..cores).map(start).collect();
        let end = |thread: thread::ScopedJoinHandle<'_, Vec<(u64, T)>>| {
            thread.join().expect("a seed's panics are caught")
        };
        threads.into_iter().flat_map(end).collect()
    });
    all.sort_unstable_by_key(|(seed, _)| *seed);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recording_has_one_row_and_every_row_a_recording() {
        let mut ids: Vec<&str> = rows().into_iter().map(|row| row.id).collect();
        ids.sort_unstable();
        assert_eq!(ids, Recording::ids());
    }

    /// Facts over a few seeds; the times need more, which `cargo xtask recordings` gives them.
    #[track_caller]
    fn facts_hold(family: &'static [Row]) {
        facts_hold_over(6, family);
    }

    #[track_caller]
    fn facts_hold_over(seeds: u64, family: &'static [Row]) {
        for row in family {
            let outcome = outcome_of(row, seeds);
            assert!(outcome.facts_hold(), "{outcome}");
        }
    }

    #[test]
    fn killed_leaders_are_replaced_as_recorded() {
        facts_hold(&leader_kill::ROWS);
    }

    #[test]
    fn cold_starts_elect_as_recorded() {
        facts_hold(&cold_start::ROWS);
    }

    #[test]
    fn frozen_servers_are_missed_as_recorded() {
        facts_hold(&freeze::ROWS);
    }

    #[test]
    fn cut_links_and_lost_power_are_noticed_as_recorded() {
        facts_hold(&partition::ROWS);
    }

    #[test]
    fn quorums_are_lost_and_found_as_recorded() {
        facts_hold(&quorum_loss::ROWS);
    }

    #[test]
    fn histories_decide_as_recorded() {
        facts_hold(&histories::ROWS);
    }

    #[test]
    fn servers_come_back_as_recorded() {
        facts_hold(&returning::ROWS);
    }

    #[test]
    fn missed_writes_are_made_up_for_as_recorded() {
        // The third seed is the one that misses most.
        facts_hold_over(3, &missed::ROWS);
    }

    #[test]
    fn no_write_is_lost_under_load_as_recorded() {
        facts_hold(&under_load::ROWS);
    }

    #[test]
    fn clients_elect_as_recorded() {
        facts_hold(&client_election::ROWS);
    }

    #[test]
    fn silent_sessions_end_as_recorded() {
        facts_hold_over(3, &session_expiry::ROWS);
    }

    #[test]
    fn clients_survive_the_loss_of_a_server_as_recorded() {
        facts_hold_over(2, &session_failover::ROWS);
    }

    #[test]
    fn sessions_move_as_recorded() {
        facts_hold_over(3, &moved::ROWS);
    }

    #[test]
    fn timeouts_are_negotiated_as_recorded() {
        facts_hold_over(3, &negotiation::ROWS);
    }

    #[test]
    fn a_report_sums_up_what_was_run_and_says_what_was_not() {
        let report = run(3, "higher-");
        let said = report.to_string();
        assert!(report.holds(), "{said}");
        assert!(said.contains("2 scenarios, 3 seeds each"), "{said}");
        assert!(said.contains("facts held in every seed: 5/5"), "{said}");
        assert!(!run(3, "no such scenario").holds());
    }

    #[test]
    fn a_fact_that_differs_or_that_nobody_states_fails() {
        const FAMILY: [Row; 1] = [Row {
            id: "higher-zxid-lower-id-wins",
            play: |_, seed| {
                let mut sample = Sample::default();
                sample.fact("winner", if seed == 2 { 2 } else { 1 });
                Ok(sample)
            },
            waits: &[],
            floors: &[],
        }];
        let outcome = outcome_of(&FAMILY[0], 4);
        assert!(!outcome.facts_hold());
        let said = outcome.to_string();
        assert!(
            said.contains("winner: 1 recorded, 2 in seed 2, 0 more differ"),
            "{said}"
        );
        assert!(said.contains("loser_sync: nobody states it"), "{said}");
    }
}
