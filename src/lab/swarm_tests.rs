//! Claims about the swarm: what seeds draw, and how cases end.

use super::*;
use crate::base::Set;
use crate::protocol::{Epoch, LearnerType};

#[test]
fn seeds_draw_every_size_with_observers_weights_and_groups() {
    let mut sizes = Set::new();
    let (mut groups, mut weightless, mut observers) = (0, 0, 0);
    for seed in 0..200 {
        let case = Case::draw(seed);
        let ensemble = &case.spec.config.ensemble;
        sizes.insert(ensemble.members.len());
        observers += usize::from(ensemble.observers().count() > 0);
        assert!(ensemble.participants().count() >= 3);
        if let QuorumSpec::Hierarchical {
            groups: of,
            weights,
        } = &ensemble.quorum
        {
            groups += usize::from(of.len() > 1);
            weightless += usize::from(weights.values().any(|weight| *weight == 0));
        }
        let observes = |sid: &Sid| ensemble.members[sid].learner_type == LearnerType::Observer;
        assert_eq!(
            ensemble.observers().count(),
            ensemble.members.keys().filter(|s| observes(s)).count()
        );
    }
    assert_eq!(
        sizes.iter().copied().collect::<Vec<_>>(),
        [3, 4, 5, 6, 7, 8, 9]
    );
    assert!(groups > 10 && weightless > 10 && observers > 50);
}

#[test]
fn a_seed_does_the_same_every_time() {
    let case = Case::draw(4);
    let first = case.run().expect("goes well");
    assert_eq!(Case::draw(4).run(), Ok(first));
    assert!(first.steps > 1_000);
}

#[test]
fn an_ensemble_without_a_quorum_is_not_called_well() {
    let mut case = Case::draw(1);
    let last = case.commands.len() - 1;
    // Nobody is healed or started, and everybody dies.
    let sids: Vec<Sid> = case.spec.config.ensemble.members.keys().copied().collect();
    case.commands.truncate(last - sids.len());
    for sid in sids {
        let fault = Fault::PullPlug { sid };
        case.commands.push(TimedCommand {
            at_us: TROUBLE,
            command: Command::Inject { fault },
        });
    }
    let failure = case.run().expect_err("nobody can serve");
    assert!(failure.what.starts_with("not well"), "{failure}");
    let line = failure.to_string();
    assert!(
        line.starts_with("zabscope swarm --seed 1   # at "),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1);
}

#[test]
fn a_server_ahead_of_its_leader_stays_out_until_the_others_have_caught_up() {
    // Found by the swarm: server 5 has accepted epoch 4, the others have established 2.
    let kinds: Vec<_> = survivable().collect();
    let mut case = Case::of_kinds(21, &kinds);
    case.spec.clients.clear();
    let mut world = World::new(&case.spec, case.seed);
    let go = |world: &mut World, until: Micros| {
        while world.next_at().is_some_and(|next| next < until) {
            world.step();
        }
        world.idle_until(until);
    };
    for timed in &case.commands {
        go(&mut world, timed.at_us);
        let _senseless = world.apply(&resolve(&timed.command, &world));
    }
    go(&mut world, TROUBLE + RECOVERY);
    assert!(has_recovered(&world) && !is_well(&world));
    let leads = leader(&world).expect("has recovered");
    let ahead: Vec<ServerStatus> = world
        .servers()
        .filter(|s| s.peer.accepted_epoch > leads.peer.accepted_epoch)
        .collect();
    assert!(ahead.iter().all(|s| !s.peer.serving) && !ahead.is_empty());
    // Each election raises the epoch by one at least: two are enough for 2 to reach 4.
    for _ in 0..2 {
        let sid = leader(&world).expect("leads").sid;
        let fault = Fault::Kill { sid };
        world.apply(&Command::Inject { fault }).expect("runs");
        let later = world.now() + Micros::from_ms(60_000);
        go(&mut world, later);
        let fault = Fault::Restart { sid };
        world.apply(&Command::Inject { fault }).expect("is down");
        let later = world.now() + Micros::from_ms(120_000);
        go(&mut world, later);
    }
    assert!(is_well(&world), "{}", states(&world));
}

#[test]
fn a_broken_promise_ends_a_case() {
    let mut watched = Watched {
        seed: 9,
        world: World::new(&ClusterSpec::plain(3, 0), 9),
        checks: Checks::default(),
        steps: 0,
        defect: None,
    };
    let mut step = watched.world.step().expect("starts");
    step.notes = vec![Note::Established {
        epoch: Epoch(4),
        acks: vec![Sid(1), Sid(2)],
    }];
    step.sid = Some(Sid(1));
    watched.observe(&step).expect("the first of its epoch");
    step.sid = Some(Sid(2));
    let failure = watched.observe(&step).expect_err("the second");
    assert!(failure.what.starts_with("leadership: "), "{failure}");
}

/// Seed 20283: server 7 gets a snapshot over a tail that died with its leader, leads two epochs
/// later, and sends that tail to server 6, which comes back. Seed 24014: the leader's own log has a
/// hole where it was sent a snapshot.
#[test]
fn a_case_in_which_a_leader_goes_on_from_a_log_with_a_hole_or_a_dead_tail_ends_there() {
    for seed in [20_283, 24_014] {
        let done = Case::draw(seed).run().expect("not judged further");
        assert_eq!(done.defect, Some(Defect::LogUnderSnapshot), "{seed}");
    }
}

#[test]
fn a_case_in_which_a_counted_acknowledgement_is_cut_off_again_ends_there() {
    let done = Case::draw(43_527).run().expect("not judged further");
    assert_eq!(done.defect, Some(Defect::AckBeforeTrunc));
}
