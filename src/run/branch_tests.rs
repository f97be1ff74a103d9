//! Many futures: named, deleted, undone and redone, compared; and whatever is done, what a branch
//! shows is what its journal makes when it is executed straight.

use proptest::prelude::*;

use super::*;
use crate::protocol::Sid;
use crate::sim::{Cause, ClientSpec, Fault, FaultId, Pace, Workload};

fn run(seed: u64) -> Run {
    Run::new(Scenario::plain(5), seed)
}

/// Three servers with a client that writes all the time.
fn busy(seed: u64) -> Run {
    let mut scenario = Scenario::plain(3);
    scenario.clients = vec![ClientSpec {
        workload: Workload::Mix {
            root: None,
            write_percent: 100,
            paths: 5,
            pace: Pace::Closed {
                think: Micros::from_ms(5),
                outstanding: 1,
            },
        },
        ..ClientSpec::default()
    }];
    Run::new(scenario, seed)
}

fn inject(fault: Fault) -> Command {
    Command::Inject { fault }
}

fn kill(sid: i64) -> Command {
    inject(Fault::Kill { sid: Sid(sid) })
}

fn ms(ms: u64) -> Micros {
    Micros::from_ms(ms)
}

fn fingerprint(run: &Run) -> (u64, u64, u64, Micros) {
    (run.world().digest(), run.stream(), run.steps(), run.now())
}

/// The same journal executed in one stride, to the same instant.
fn straight(run: &Run, horizon: Micros) -> Run {
    let mut scenario = run.scenario().clone();
    scenario.commands = run.commands().to_vec();
    let mut other = Run::new(scenario, run.seed());
    other.advance_to(horizon);
    other
}

#[track_caller]
fn assert_as_executed_straight(run: &Run) {
    let mut other = straight(run, run.horizon());
    assert_eq!(run.log(), other.log());
    assert_eq!(run.losses(), other.losses());
    assert_eq!(run.bands(), other.bands());
    let (here, there) = (run.current.series(), other.current.series());
    assert_eq!(here.totals(), there.totals());
    let sums = |series: &Series| -> u64 { series.buckets().map(|b| b.sums.served_us).sum() };
    assert_eq!(sums(here), sums(there));
    if here.width() == there.width() {
        assert!(here.buckets().eq(there.buckets()));
    }
    other.seek(run.now());
    assert_eq!(fingerprint(run), fingerprint(&other));
    assert_eq!(run.violations(), other.violations());
    assert_eq!(run.highlights(), other.highlights());
    assert_eq!(run.next_highlight(), other.next_highlight());
    assert_eq!(run.previous_highlight(), other.previous_highlight());
}

#[test]
fn a_branch_may_have_a_name_and_lose_it() {
    let mut run = run(1);
    let main = run.branch();
    assert!(run.rename(main, "  as it was  "));
    assert_eq!(run.branches()[0].name(), Some("as it was"));
    assert!(run.rename(main, &"x".repeat(100)));
    let length = run.branches()[0].name().map(str::len);
    assert_eq!(length, Some(Branch::NAME_MAX));
    assert!(run.rename(main, " "));
    assert_eq!(run.branches()[0].name(), None);
    assert!(!run.rename(BranchId(7), "nobody"));
}

#[test]
fn any_branch_but_the_shown_one_can_be_deleted_and_what_left_it_stays_whole() {
    let mut run = run(3);
    run.advance_to(ms(6_000));
    run.seek(ms(4_000));
    let first = run.dispatch(kill(5)).expect("applies");
    run.advance_to(ms(6_000));
    run.seek(ms(5_000));
    let second = run.dispatch(kill(4)).expect("applies");
    run.advance_to(ms(7_000));
    let shown = fingerprint(&run);
    assert_eq!(run.delete(second), Err(Kept::Shown));
    assert_eq!(run.delete(BranchId(9)), Err(Kept::Unknown));
    assert_eq!(run.delete(first), Ok(()));
    let ids: Vec<_> = run.branches().iter().map(|b| b.id()).collect();
    assert_eq!(ids, [BranchId(0), second]);
    let heir = run.find(second).expect("stays");
    assert_eq!(
        (heir.parent(), heir.forked_at()),
        (Some(BranchId(0)), ms(4_000))
    );
    run.seek(ms(4_500));
    run.seek(ms(7_000));
    assert_eq!(fingerprint(&run), shown);
    assert_as_executed_straight(&run);
    run.seek(ms(2_000));
    let third = run.dispatch(kill(1)).expect("applies");
    assert!(third > second, "a number is never given twice");
}

#[test]
fn redo_leads_back_to_where_undo_came_from_until_something_else_is_done() {
    let mut run = run(3);
    run.advance_to(ms(3_000));
    assert!(!run.can_undo() && !run.can_redo());
    for sid in [5, 4] {
        run.dispatch(kill(sid)).expect("applies");
        run.advance_to(run.now() + ms(2_000));
    }
    let both = fingerprint(&run);
    assert!(run.undo());
    let one = fingerprint(&run);
    assert!(run.undo() && !run.can_undo());
    assert!(run.redo());
    assert_eq!(fingerprint(&run), one);
    assert!(run.redo() && !run.can_redo());
    assert_eq!(fingerprint(&run), both);
    let branches = run.branches().len();
    assert!(run.undo());
    assert_eq!(
        run.branches().len(),
        branches,
        "that future was known already"
    );
    run.dispatch(kill(3)).expect("applies");
    assert!(!run.can_redo() && !run.redo());
}

#[test]
fn the_first_difference_of_two_branches_is_what_was_done_in_one_of_them() {
    let mut run = busy(3);
    run.advance_to(ms(20_000));
    assert_eq!(run.first_difference(BranchId(0), BranchId(0)), None);
    run.seek(ms(12_500));
    let before = run.steps();
    let fork = run.dispatch(kill(2)).expect("applies");
    run.advance_to(ms(16_000));
    let found = run
        .first_difference(fork, BranchId(0))
        .expect("they differ");
    assert_eq!((found.at, found.common), (ms(12_500), before));
    let did = found.one.map(|step| step.cause);
    assert_eq!(did, Some(Cause::Commanded { command: kill(2) }));
    let other = found.other.expect("the other one goes on");
    assert_eq!((other.seq, other.at > ms(12_500)), (before, true));
    assert_eq!(run.first_difference(fork, BranchId(8)), None);
}

#[test]
fn an_undone_command_is_the_first_difference_to_the_future_that_has_it() {
    let mut run = run(3);
    run.advance_to(ms(4_000));
    run.dispatch(kill(5)).expect("applies");
    run.advance_to(ms(5_000));
    let with = run.branch();
    assert!(run.undo());
    let found = run.first_difference(with, run.branch()).expect("differ");
    assert_eq!(found.at, ms(4_000));
    let later = found.other.expect("something goes on without it");
    assert!(later.at > found.at);
}

#[test]
fn the_branch_held_beside_is_always_at_the_instant_shown() {
    let mut run = busy(5);
    run.advance_to(ms(8_000));
    run.seek(ms(6_000));
    let leader = run.world().servers().find(|s| s.peer.leader == Some(s.sid));
    let leader = leader.expect("somebody leads").sid;
    let fork = run.dispatch(kill(leader.0)).expect("applies");
    assert!(!run.hold_beside(fork) && !run.hold_beside(BranchId(7)));
    assert!(run.hold_beside(BranchId(0)));
    for at in [6_000, 6_100, 9_500, 7_000, 100, 9_000] {
        run.seek(ms(at));
        let beside = run.world_beside().expect("held");
        let mut other = straight(&Run::new(run.scenario().clone(), run.seed()), ms(at));
        other.seek(ms(at));
        assert_eq!(beside.digest(), other.world().digest(), "at {at} ms");
        assert_eq!(run.contrasts().is_empty(), at < 6_000, "at {at} ms");
    }
    run.seek(ms(6_500));
    assert!(
        run.contrasts()
            .iter()
            .any(|c| matches!(c, Contrast::Power(..)))
    );
    while run.now() < ms(7_000) && run.step_event() {}
    assert!(run.switch_to(BranchId(0)));
    assert!(run.beside().is_none(), "nothing is beside itself");
    assert!(run.hold_beside(fork));
    run.release_beside();
    assert!(run.contrasts().is_empty());
}

#[test]
fn a_branch_that_was_left_for_long_is_shown_as_it_was() {
    let mut run = busy(9);
    run.advance_to(ms(30_000));
    let main = fingerprint(&run);
    run.seek(ms(3_000));
    run.dispatch(kill(2)).expect("applies");
    run.advance_to(ms(30_000));
    assert!(run.switch_to(BranchId(0)));
    assert_eq!(fingerprint(&run), main);
    assert_as_executed_straight(&run);
}

#[test]
fn every_turn_forward_is_a_turn_on_the_way_back() {
    let mut run = run(6);
    run.advance_to(ms(4_000));
    run.dispatch(kill(5)).expect("applies");
    run.advance_to(ms(9_000));
    let end = run.now();
    run.seek(Micros::ZERO);
    let mut forward = vec![];
    while let Some(next) = run.next_highlight() {
        run.seek(next.at);
        assert_eq!(run.highlights().first(), Some(&next));
        forward.push(next);
    }
    assert!(
        forward
            .iter()
            .any(|h| matches!(h.what, Turn::Established { .. }))
    );
    assert!(forward.iter().any(|h| h.what == Turn::Commanded));
    run.seek(end);
    let mut back = vec![];
    while let Some(previous) = run.to_previous_highlight() {
        back.push(previous);
    }
    back.reverse();
    assert_eq!(back, forward);
}

#[test]
fn the_next_turn_beyond_the_horizon_is_executed_until_it_comes_or_the_bound_is_reached() {
    let mut run = run(2);
    let Found::Here(first) = run.to_next_highlight(u64::MAX) else {
        panic!("a server boots");
    };
    assert_eq!((first.at, run.now()), (run.now(), run.horizon()));
    // Once all serve, nothing turns any more.
    while let Found::Here(_) = run.to_next_highlight(2_000) {}
    assert_eq!(run.to_next_highlight(100), Found::NotYet);
    assert!(run.world().servers().all(|server| server.peer.serving));
    let steps = run.steps();
    assert_eq!(run.to_next_highlight(100), Found::NotYet);
    assert!((100..200).contains(&(run.steps() - steps)));
    assert_as_executed_straight(&run);
}

#[test]
fn going_back_event_by_event_leads_through_the_instants_of_the_way_forward() {
    let mut run = busy(2);
    let mut forward = vec![Micros::ZERO];
    while run.now() < ms(1_200) && run.step_event() {
        if forward.last() != Some(&run.now()) {
            forward.push(run.now());
        }
    }
    let mut back = vec![run.now()];
    while run.step_back() {
        back.push(run.now());
    }
    back.reverse();
    assert_eq!(back, forward);
}

#[test]
fn the_overview_shows_a_stale_leader_clients_traffic_and_pins() {
    let mut scenario = Scenario::plain(5);
    scenario.clients = vec![ClientSpec::default(); 2];
    let mut run = Run::new(scenario, 4);
    run.advance_to(ms(5_000));
    let leader = run.bands()[0].leader;
    let side = [leader].into_iter().collect();
    run.dispatch(inject(Fault::Partition { side }))
        .expect("cuts");
    run.advance_to(ms(30_000));
    let [old, new] = run.bands() else {
        panic!("two leaders: {:?}", run.bands());
    };
    assert!(old.stale_from.is_none_or(|at| at == new.from));
    let series = run.current.series();
    let served: Vec<_> = series
        .buckets()
        .filter_map(|bucket| bucket.sums.served_per_mille())
        .collect();
    assert!(served.contains(&1_000) && served.iter().any(|share| *share < 1_000));
    let ballots: u64 = series
        .buckets()
        .filter(|bucket| bucket.from >= ms(5_000))
        .map(|bucket| bucket.sums.messages[crate::protocol::Family::Ballot.index()])
        .sum();
    assert!(ballots > 0, "the others elect");
    let pins = run.current.pins();
    assert_eq!(pins.len(), 1);
    assert_eq!(pins[0].at, ms(5_000));
    assert!(matches!(
        pins[0].what,
        Pinned::Command(Command::Inject { .. })
    ));
}

/// Something a reader may do.
#[derive(Clone, Debug)]
enum Act {
    Advance(u64),
    Seek(u64),
    Do(Command),
    Undo,
    Redo,
    Switch(u32),
    Delete(u32),
    Step,
    StepBack,
    Next,
    Previous,
    Beside(u32),
}

fn command() -> impl Strategy<Value = Command> {
    let sid = (1_i64..=5).prop_map(Sid);
    prop_oneof![
        sid.clone().prop_map(|sid| inject(Fault::Kill { sid })),
        sid.clone().prop_map(|sid| inject(Fault::Restart { sid })),
        sid.clone().prop_map(|sid| inject(Fault::Pause { sid })),
        sid.clone().prop_map(|sid| inject(Fault::PullPlug { sid })),
        sid.prop_map(|sid| inject(Fault::Partition {
            side: [sid].into_iter().collect()
        })),
        (0_u32..3).prop_map(|id| Command::Heal { id: FaultId(id) }),
        Just(Command::HealAll),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0_u64..4_000).prop_map(Act::Advance),
        3 => (0_u64..12_000).prop_map(Act::Seek),
        3 => command().prop_map(Act::Do),
        1 => Just(Act::Undo),
        1 => Just(Act::Redo),
        2 => (0_u32..6).prop_map(Act::Switch),
        1 => (0_u32..6).prop_map(Act::Delete),
        1 => Just(Act::Step),
        1 => Just(Act::StepBack),
        1 => Just(Act::Next),
        1 => Just(Act::Previous),
        1 => (0_u32..6).prop_map(Act::Beside),
    ]
}

fn perform(run: &mut Run, act: &Act) {
    match act {
        Act::Advance(by) => run.advance_to(run.now() + ms(*by)),
        Act::Seek(at) => run.seek(ms(*at)),
        Act::Do(command) => {
            let _ = run.dispatch(command.clone());
        }
        Act::Undo => {
            run.undo();
        }
        Act::Redo => {
            run.redo();
        }
        Act::Switch(id) => {
            run.switch_to(BranchId(*id));
        }
        Act::Delete(id) => {
            let _ = run.delete(BranchId(*id));
        }
        Act::Step => {
            run.step_event();
        }
        Act::StepBack => {
            run.step_back();
        }
        Act::Next => {
            run.to_next_highlight(500);
        }
        Act::Previous => {
            run.to_previous_highlight();
        }
        Act::Beside(id) => {
            run.hold_beside(BranchId(*id));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_a_branch_is_what_its_journal_makes(
        seed in 0_u64..1_000,
        is_busy in any::<bool>(),
        acts in prop::collection::vec(act(), 1..24),
    ) {
        let mut run = if is_busy { busy(seed) } else { run(seed) };
        for act in &acts {
            perform(&mut run, act);
            prop_assert!(run.now() <= run.horizon());
        }
        assert_as_executed_straight(&run);
        if let (Some(beside), Some(world)) = (run.beside(), run.world_beside()) {
            let mut scenario = run.scenario().clone();
            scenario.commands = beside.commands().to_vec();
            let mut other = Run::new(scenario, run.seed());
            other.advance_to(run.now());
            prop_assert_eq!(world.digest(), other.world().digest());
        }
        let ids: Vec<_> = run.branches().iter().map(|b| b.id()).collect();
        for id in ids {
            run.switch_to(id);
            assert_as_executed_straight(&run);
        }
    }
}
