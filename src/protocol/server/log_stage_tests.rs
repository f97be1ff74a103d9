//! Claims about the log stage: what one fsync covers, when it waits for more, when a snapshot is
//! due.

use super::*;
use crate::protocol::testkit::{at, set};

const MS: fn(u64) -> Micros = Micros::from_ms;

fn rules() -> StorageRules {
    StorageRules::default()
}

fn delaying(flush_delay_ms: u64) -> StorageRules {
    StorageRules {
        flush_delay_ms,
        max_poll_ms: flush_delay_ms / 3,
        ..rules()
    }
}

fn stage(count: i64) -> LogStage {
    let mut stage = LogStage::default();
    for n in 1..=count {
        stage.push(set(at(1, n), "/a", ""));
    }
    stage
}

/// Appends what may be appended now; how many that were.
fn append(stage: &mut LogStage, rules: &StorageRules, now: Micros) -> usize {
    let (mut rng, mut count) = (Rng::new(1), 0);
    while let Some(txn) = stage.next() {
        stage.append(&txn, (rules, now), &mut rng);
        count += 1;
    }
    count
}

#[test]
fn a_lone_transaction_is_a_batch_and_what_comes_meanwhile_the_next() {
    let (rules, now) = (rules(), MS(5));
    let mut stage = stage(1);
    assert_eq!(append(&mut stage, &rules, now), 1);
    assert_eq!(stage.turn(&rules, now), Next::Flush);
    stage.flush(Ticket(7));
    stage.push(set(at(1, 2), "/a", ""));
    stage.push(set(at(1, 3), "/a", ""));
    assert_eq!(append(&mut stage, &rules, now), 0);
    assert_eq!(stage.turn(&rules, now), Next::Rest);
    assert!(!stage.is_idle());
    assert_eq!(stage.flushed(Ticket(6), now), None);
    assert_eq!(stage.flushed(Ticket(7), now), Some(vec![at(1, 1)]));
    assert_eq!(append(&mut stage, &rules, now), 2);
}

#[test]
fn one_fsync_covers_as_many_as_a_batch_has_at_most() {
    for (max_batch_size, batches) in [(1_000, [1_000, 500]), (600, [600, 600]), (0, [1_500, 0])] {
        let rules = StorageRules {
            max_batch_size,
            ..rules()
        };
        let mut stage = stage(1_500);
        for (n, expected) in (0..).zip(batches) {
            assert_eq!(append(&mut stage, &rules, MS(0)), expected);
            stage.flush(Ticket(n));
            stage.flushed(Ticket(n), MS(0));
        }
    }
}

#[test]
fn with_a_flush_delay_more_is_waited_for_a_third_of_it_at_a_time() {
    let rules = delaying(30);
    let mut stage = stage(1);
    stage.started(MS(100));
    append(&mut stage, &rules, MS(101));
    assert_eq!(stage.turn(&rules, MS(101)), Next::Poll(MS(10)));
    stage.push(set(at(1, 2), "/a", ""));
    append(&mut stage, &rules, MS(109));
    assert_eq!(stage.turn(&rules, MS(109)), Next::Poll(MS(10)));
    stage.push(set(at(1, 3), "/a", ""));
    append(&mut stage, &rules, MS(125));
    assert_eq!(
        stage.turn(&rules, MS(125)),
        Next::Poll(MS(5)),
        "the delay is nearly over"
    );
    stage.push(set(at(1, 4), "/a", ""));
    append(&mut stage, &rules, MS(130));
    assert_eq!(stage.turn(&rules, MS(130)), Next::Flush);
    stage.flush(Ticket(1));
    let covered = stage.flushed(Ticket(1), MS(132)).expect("its own");
    assert_eq!(covered.len(), 4);
}

#[test]
fn after_a_pause_longer_than_the_delay_nothing_is_waited_for() {
    let rules = delaying(30);
    let mut stage = stage(2);
    stage.started(MS(100));
    assert_eq!(append(&mut stage, &rules, MS(200)), 1, "each alone is late");
    assert_eq!(stage.turn(&rules, MS(200)), Next::Flush);
}

#[test]
fn a_stage_that_is_closed_waits_for_nothing() {
    let rules = delaying(30);
    let mut stage = stage(1);
    append(&mut stage, &rules, MS(1));
    assert_eq!(stage.turn(&rules, MS(1)), Next::Poll(MS(10)));
    stage.close();
    assert_eq!(stage.turn(&rules, MS(1)), Next::Flush);
    assert!(!stage.is_idle());
}

#[test]
fn a_silenced_stage_goes_on_and_says_nothing() {
    let (rules, now) = (rules(), MS(0));
    let mut stage = stage(1);
    append(&mut stage, &rules, now);
    stage.flush(Ticket(1));
    stage.push(set(at(1, 2), "/a", ""));
    stage.silence();
    stage.push(set(at(2, 1), "/a", ""));
    assert_eq!(stage.flushed(Ticket(1), now), Some(vec![]));
    append(&mut stage, &rules, now);
    stage.flush(Ticket(2));
    assert_eq!(stage.flushed(Ticket(2), now), Some(vec![at(2, 1)]));
}

/// After how many of 10,000 transactions snapshots are taken.
fn intervals(rules: &StorageRules) -> Vec<i64> {
    let (mut rng, mut stage) = (Rng::new(1), LogStage::default());
    let (mut intervals, mut since) = (Vec::new(), 0);
    for n in 1..=10_000 {
        since += 1;
        if stage.append(&set(at(1, n), "/a", ""), (rules, MS(0)), &mut rng) == After::Snapshot {
            intervals.push(since);
            since = 0;
        }
        stage.flush(Ticket(0));
        stage.flushed(Ticket(0), MS(0));
    }
    intervals
}

#[test]
fn a_snapshot_is_taken_between_half_of_snap_count_and_all_of_it() {
    let intervals = intervals(&StorageRules {
        snap_count: 20,
        snap_size_limit_kb: 0,
        ..rules()
    });
    assert!(
        intervals.iter().all(|n| (11..=20).contains(n)),
        "{intervals:?}"
    );
    assert!(intervals.windows(2).any(|pair| pair[0] != pair[1]));
}

#[test]
fn a_snapshot_is_taken_between_half_of_the_size_limit_and_all_of_it() {
    let sized = |snap_size_limit_kb| StorageRules {
        snap_size_limit_kb,
        pre_alloc_kb: 8,
        ..rules()
    };
    let intervals = intervals(&sized(64));
    // 71 bytes each, in steps of 8 KiB that begin 4 KiB before the room ends.
    assert!(
        intervals.iter().all(|n| (288..=752).contains(n)),
        "{intervals:?}"
    );
    assert!(
        intervals.windows(2).any(|pair| pair[0] != pair[1]),
        "{intervals:?}"
    );
    assert_eq!(self::intervals(&sized(0)), [0_i64; 0], "off");
}

#[test]
fn a_size_limit_below_what_is_preallocated_calls_for_a_snapshot_each_time() {
    let intervals = intervals(&StorageRules {
        snap_size_limit_kb: 1_024,
        ..rules()
    });
    assert_eq!(intervals.len(), 10_000);
}
