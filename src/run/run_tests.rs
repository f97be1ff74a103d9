//! A run goes anywhere and arrives the same.

use super::*;
use crate::base::Ppm;
use crate::protocol::Sid;
use crate::sim::Fault;

fn run(seed: u64) -> Run {
    Run::new(Scenario::plain(5), seed)
}

fn kill(sid: i64) -> Command {
    Command::Inject {
        fault: Fault::Kill { sid: Sid(sid) },
    }
}

fn s(seconds: u64) -> Micros {
    Micros::from_ms(seconds * 1_000)
}

fn leader(run: &Run) -> Option<Sid> {
    run.world()
        .servers()
        .find(|s| s.peer.serving && s.peer.leader == Some(s.sid))
        .map(|s| s.sid)
}

fn fingerprint(run: &Run) -> (u64, u64, u64, Micros) {
    (run.world().digest(), run.stream(), run.steps(), run.now())
}

#[test]
fn a_plain_ensemble_gets_a_leader_and_another_after_a_kill() {
    let mut run = run(1);
    run.advance_to(s(5));
    let first = leader(&run).expect("a leader serves");
    run.dispatch(kill(first.0)).expect("applies");
    run.advance_to(s(10));
    let second = leader(&run).expect("another leader serves");
    assert_ne!(first, second);
    assert_eq!(run.bands().len(), 2);
    assert!(run.violations().is_empty(), "{:?}", run.violations());
}

#[test]
fn slices_seeks_and_one_stride_arrive_at_the_same_digest() {
    let mut stride = run(7);
    stride.advance_to(s(3));
    stride.dispatch(kill(5)).expect("applies");
    stride.advance_to(s(8));
    let mut sliced = run(7);
    for ms in 1..=3_000 {
        sliced.advance_to(Micros::from_ms(ms));
    }
    sliced.dispatch(kill(5)).expect("applies");
    for frame in 0..500 {
        sliced.advance_to(s(3) + Micros(frame * 16_700));
        if sliced.now() + Micros(16_700) > s(8) {
            break;
        }
    }
    sliced.advance_to(s(8));
    assert_eq!(fingerprint(&stride), fingerprint(&sliced));
    let arrived = fingerprint(&stride);
    let (log, bands) = (stride.log().to_vec(), stride.bands().to_vec());
    for ms in [500, 7_900, 0, 3_000, 2_999, 3_001, 8_000] {
        stride.seek(Micros::from_ms(ms));
        assert_eq!(stride.now(), Micros::from_ms(ms));
    }
    assert_eq!(fingerprint(&stride), arrived);
    assert_eq!((stride.log(), stride.bands()), (&log[..], &bands[..]));
}

#[test]
fn acting_in_the_past_forks_and_the_old_future_stays() {
    let mut run = run(3);
    run.advance_to(s(9));
    let main = fingerprint(&run);
    run.seek(s(4));
    let fork = run.dispatch(kill(5)).expect("applies");
    assert_ne!(fork, BranchId(0));
    run.advance_to(s(9));
    let forked = fingerprint(&run);
    assert_ne!(forked, main);
    assert!(run.switch_to(BranchId(0)));
    assert_eq!(fingerprint(&run), main);
    assert!(run.switch_to(fork));
    assert_eq!(fingerprint(&run), forked);
    assert!(!run.switch_to(BranchId(9)));
}

#[test]
fn undo_takes_back_the_last_command_and_keeps_the_instant() {
    let mut run = run(3);
    run.advance_to(s(9));
    let untouched = fingerprint(&run);
    run.seek(s(4));
    run.dispatch(kill(5)).expect("applies");
    run.advance_to(s(9));
    assert!(run.undo());
    assert_eq!(fingerprint(&run), untouched);
    assert!(!run.undo());
}

#[test]
fn a_rejected_command_changes_nothing() {
    let mut run = run(3);
    run.advance_to(s(4));
    run.seek(s(2));
    let before = fingerprint(&run);
    assert!(run.dispatch(kill(77)).is_err());
    assert_eq!(fingerprint(&run), before);
    assert_eq!((run.branches().len(), run.horizon()), (1, s(4)));
}

#[test]
fn stepping_shows_something_new_each_time_and_matches_a_stride() {
    let mut stepped = run(2);
    for _ in 0..400 {
        let before = stepped.now();
        assert!(stepped.step_event());
        assert!(stepped.now() >= before);
    }
    let mut stride = run(2);
    stride.advance_to(stepped.now());
    assert_eq!(fingerprint(&stepped), fingerprint(&stride));
}

#[test]
fn playing_at_any_frame_rate_and_speed_gives_one_stream() {
    let arrive = |frame_us: u64, speed: Speed| {
        let mut run = run(11);
        let mut player = Playback::default();
        (player.playing, player.speed) = (true, speed);
        while run.now() < s(2) {
            player.frame(&mut run, Micros(frame_us));
        }
        run.seek(s(2));
        fingerprint(&run)
    };
    let reference = arrive(7_000, Speed::Fixed(Ppm(10_000_000)));
    for frame in [16_700, 66_700] {
        assert_eq!(arrive(frame, Speed::Fixed(Ppm::ONE)), reference);
        assert_eq!(arrive(frame, Speed::Auto), reference);
    }
}

#[test]
fn as_fast_as_the_machine_can_stops_when_the_time_is_up_and_says_how_fast_it_was() {
    let mut run = run(11);
    let mut player = Playback::default();
    (player.playing, player.speed) = (true, Speed::Fastest);
    let wall = Micros(16_700);
    let mut batches = 5;
    let rate = player.frame_while(&mut run, wall, &mut || {
        batches -= 1;
        batches > 0
    });
    let most = 5 * Playback::BATCH;
    assert!((most..most + 50).contains(&run.steps()), "{}", run.steps());
    assert_eq!(rate, Ppm(run.now().0 * Ppm::ONE.0 / wall.0));
    let mut stride = self::run(11);
    stride.advance_to(run.now());
    assert_eq!(fingerprint(&run), fingerprint(&stride));
}

#[test]
fn checkpoints_stay_bounded_over_a_long_run() {
    let mut run = run(4);
    run.advance_to(s(600));
    assert!(run.line().checkpoints.iter().count() <= Line::BOUND + 1);
    let at_end = fingerprint(&run);
    run.seek(s(30));
    run.seek(s(600));
    assert_eq!(fingerprint(&run), at_end);
}

#[test]
fn what_was_on_its_way_to_a_killed_server_is_lost_once_however_often_it_is_watched() {
    let mut run = run(5);
    run.advance_to(s(4));
    let leader = leader(&run).expect("a leader serves");
    while !run
        .world()
        .flights()
        .any(|flight| flight.to == leader.into())
    {
        assert!(run.step_event());
    }
    run.dispatch(kill(leader.0)).expect("applies");
    let before = run.now();
    run.advance_to(before + s(1));
    let lost = run.losses().to_vec();
    assert!(
        lost.iter().any(|loss| loss.frame.to == leader.into()),
        "{lost:?}"
    );
    run.seek(before);
    run.advance_to(before + s(1));
    assert_eq!(run.losses(), lost);
}
