//! What becomes of servers whose histories differ when they meet, in the simulated world.
//!
//! Source: `LearnerHandler.java, syncFollower`; `Learner.java, syncWithLeader`;
//! `FileTxnSnapLog.java, restore`.

use zabscope::base::Micros;
use zabscope::protocol::note::SyncMode;
use zabscope::protocol::{Durable, Epoch, ExitCause, Note, Sid, ZabState, Zxid};
use zabscope::sim::{ClusterSpec, Command, Fault, Step, World};

const LATE: Sid = Sid(3);

const fn at(counter: i64) -> Zxid {
    Zxid::make(Epoch(6), counter)
}

/// Servers 1 and 2 hold `(6, 60)` and serve before server 3 starts on `disk`; all that happens in
/// 12 s.
fn joined_late(disk: Durable) -> (World, Vec<Step>) {
    let mut spec = ClusterSpec::plain(3, 0);
    for sid in [Sid(1), Sid(2)] {
        spec.disks.insert(sid, Durable::with_log(Epoch(6), at(60)));
    }
    spec.disks.insert(LATE, disk);
    spec.starts.insert(LATE, Micros::from_ms(5_000));
    let mut world = World::new(&spec, 1);
    let steps = run_to(&mut world, 12_000);
    (world, steps)
}

fn run_to(world: &mut World, ms: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    while world.next_at().is_some_and(|at| at <= Micros::from_ms(ms)) {
        steps.extend(world.step());
    }
    steps
}

fn notes(steps: &[Step]) -> impl Iterator<Item = &Note> {
    steps.iter().flat_map(|step| &step.notes)
}

fn chosen(steps: &[Step]) -> Vec<SyncMode> {
    let modes = notes(steps).filter_map(|note| match note {
        Note::SyncChosen { to, mode, .. } if *to == LATE => Some(*mode),
        _ => None,
    });
    modes.collect()
}

/// The znode that the histories wrote to, in memory and on disk.
fn found(world: &World) -> (Option<&str>, Zxid) {
    let database = world.database(LATE).expect("runs");
    let data = database.data(Durable::INVENTED).map(|data| &**data);
    (data, world.durable(LATE).expect("a member").last_zxid())
}

#[test]
fn what_the_committed_log_still_holds_is_sent_and_is_on_disk_when_the_server_serves() {
    for missing in 1..=4 {
        let (world, steps) = joined_late(Durable::with_log(Epoch(6), at(60 - missing)));
        assert_eq!(chosen(&steps), [SyncMode::Diff], "{missing}");
        let applied = notes(&steps).filter(|note| matches!(note, Note::Applied { .. }));
        assert_eq!(i64::try_from(applied.count()), Ok(missing));
        assert_eq!(found(&world), (Some("60"), at(60)));
    }
}

#[test]
fn who_is_older_than_the_leaders_log_takes_the_whole_state() {
    for disk in [Durable::with_log(Epoch(6), at(50)), Durable::default()] {
        let (world, steps) = joined_late(disk);
        assert_eq!(chosen(&steps), [SyncMode::Snap]);
        // The zxid of the new epoch's beginning.
        let serving = Zxid::make(Epoch(7), 0);
        assert_eq!(found(&world), (Some("60"), serving));
    }
}

#[test]
fn who_holds_what_nobody_else_does_is_cut_back_once_a_quorum_has_decided_without_it() {
    let (world, steps) = joined_late(Durable::with_log(Epoch(6), at(63)));
    assert_eq!(chosen(&steps), [SyncMode::Trunc]);
    let log = &world.durable(LATE).expect("a member").log;
    assert_eq!(log.last(), Some(at(60)));
    assert_eq!(found(&world).0, Some("60"));
}

#[test]
fn a_restart_finds_the_same_state_and_needs_nothing() {
    let (mut world, _) = joined_late(Durable::with_log(Epoch(6), at(58)));
    for fault in [Fault::Kill { sid: LATE }, Fault::Restart { sid: LATE }] {
        world.apply(&Command::Inject { fault }).expect("possible");
    }
    let steps = run_to(&mut world, 20_000);
    assert_eq!(chosen(&steps), [SyncMode::Diff]);
    assert!(!notes(&steps).any(|note| matches!(note, Note::Applied { .. })));
    assert_eq!(found(&world), (Some("60"), at(60)));
    let zab = world.server(LATE).expect("a member").peer.zab;
    assert_eq!(zab, ZabState::Broadcast);
}

#[test]
fn a_disk_that_contradicts_itself_ends_the_process_before_it_votes() {
    let disk = Durable {
        current_epoch: Some(Epoch(5)),
        ..Durable::with_log(Epoch(6), at(60))
    };
    let (_, steps) = joined_late(disk);
    let cause = ExitCause::CurrentEpochBehind {
        current: Epoch(5),
        last: at(60),
    };
    assert!(notes(&steps).any(|note| *note == Note::Exiting { cause }));
    assert_eq!(chosen(&steps), []);
}
