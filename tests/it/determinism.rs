//! One run, one stream of digests: executed twice, in slices, from a copy, from JSON.

use std::collections::BTreeSet;

use expect_test::expect_file;
use zabscope::base::Micros;
use zabscope::sim::{CATALOGUE, Cause, Command, World};

use crate::golden::{self, GoldenRun, run_to};

/// The digest after every step. Where two streams differ, the first difference is what matters.
fn stream(run: &GoldenRun) -> Vec<(u64, Micros, u64)> {
    let mut digests = Vec::new();
    run.execute(|step, world| digests.push((step.seq, step.at, world.digest())));
    digests
}

#[track_caller]
fn assert_same(run: &GoldenRun, one: &[(u64, Micros, u64)], other: &[(u64, Micros, u64)]) {
    for (a, b) in one.iter().zip(other) {
        assert_eq!(a, b, "{} with seed {}", run.name, run.seed);
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn a_run_executed_twice_gives_one_stream() {
    for run in golden::all() {
        assert_same(&run, &stream(&run), &stream(&run));
    }
}

#[test]
fn slices_of_any_length_give_the_same_stream() {
    let run = golden::kill_and_pause();
    let whole = stream(&run);
    for slice_us in [1_000, 7_000, 16_700, 66_700] {
        let mut digests = Vec::new();
        let mut see = |step: &zabscope::sim::Step, world: &World| {
            digests.push((step.seq, step.at, world.digest()));
        };
        let mut world = World::new(&run.spec, run.seed);
        let mut commands = run.commands.iter().peekable();
        let mut t = Micros::ZERO;
        while t < run.until {
            t = (t + Micros(slice_us)).min(run.until);
            while let Some(timed) = commands.next_if(|timed| timed.at_us <= t) {
                run_to(&mut world, timed.at_us, &mut see);
                let step = world.apply(&timed.command).expect("makes sense");
                see(&step, &world);
            }
            run_to(&mut world, t, &mut see);
        }
        assert_same(&run, &whole, &digests);
    }
}

#[test]
fn a_copy_and_a_world_read_back_from_json_go_on_the_same() {
    for run in golden::all() {
        let mut world = World::new(&run.spec, run.seed);
        let mut steps = 0;
        while world.now() < run.until {
            let Some(step) = world.step() else { break };
            steps = step.seq;
            if step.seq % 997 != 0 {
                continue;
            }
            let text = serde_json::to_string(&world).expect("serialises");
            let mut back: World = serde_json::from_str(&text).expect("parses");
            assert_eq!(back, world, "{} step {}", run.name, step.seq);
            let mut copy = world.clone();
            for _ in 0..50 {
                let next = copy.step();
                assert_eq!(back.step(), next);
            }
            assert_eq!(back.digest(), copy.digest());
        }
        assert!(steps > 100, "{} lives", run.name);
    }
}

#[test]
fn another_seed_is_another_run() {
    let run = golden::kill_and_pause();
    let other = GoldenRun {
        seed: run.seed + 1,
        ..run.clone()
    };
    assert_ne!(run.text(), other.text());
}

#[test]
fn a_pinned_run_has_every_fault_and_clients_that_are_acknowledged() {
    let mut taken = BTreeSet::new();
    let world = golden::every_fault().execute(|step, _| {
        if let Cause::Commanded {
            command: Command::Inject { fault },
        } = &step.cause
        {
            taken.insert(fault.kind().key);
        }
    });
    let all: BTreeSet<_> = CATALOGUE.iter().map(|kind| kind.key).collect();
    assert_eq!(taken, all);
    assert_eq!(world.clients().count(), 3);
    assert!(world.clients().all(|client| client.acknowledged > 20));
}

#[test]
fn digests_are_pinned() {
    let [kill, partition, far, every] = golden::all();
    expect_file!["../data/golden/every_fault.txt"].assert_eq(&every.text());
    expect_file!["../data/golden/kill_and_pause.txt"].assert_eq(&kill.text());
    expect_file!["../data/golden/partition_and_cut.txt"].assert_eq(&partition.text());
    expect_file!["../data/golden/far_and_staggered.txt"].assert_eq(&far.text());
}

#[test]
fn a_run_played_in_any_frames_has_one_pinned_stream() {
    let texts = crate::played::FRAMES_US.map(crate::played::text);
    expect_file!["../data/golden/played.txt"].assert_eq(&texts[0]);
    assert_eq!(texts[1], texts[0]);
    assert_eq!(texts[2], texts[0]);
}
