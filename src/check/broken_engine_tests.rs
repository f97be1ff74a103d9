//! Whole worlds with a former version's behaviour switched on: which promises it breaks, and that
//! the same run breaks none without it.

use super::lab::{Lab, assert_breaks, disks};
use crate::protocol::{Bug, Sid};
use crate::sim::ClusterSpec;

fn settle(lab: &mut Lab) {
    lab.run_ms(8_000);
}

/// Three servers with logs of these lengths come together.
#[track_caller]
fn at_start(counters: [i64; 3], bug: Bug, wanted: &[&str]) {
    assert_breaks(&disks(&counters), &[bug], wanted, settle);
}

#[test]
fn zookeeper_4643_the_epoch_before_the_log() {
    at_start([2, 5, 5], Bug::EpochBeforeLog, &["epoch-data"]);
}

#[test]
fn zookeeper_3911_the_diff_after_uptodate() {
    let wanted = ["epoch-data", "new-leader-ack"];
    at_start([2, 5, 5], Bug::LogDiffAfterUptodate, &wanted);
}

#[test]
fn zookeeper_4646_new_leader_acknowledged_before_the_fsync() {
    let wanted = ["epoch-data", "new-leader-ack"];
    at_start([2, 2, 5], Bug::AckNewLeaderBeforeFsync, &wanted);
}

#[test]
fn zookeeper_4925_past_the_committed_log() {
    at_start([2, 5, 5], Bug::SkipCommittedLog, &["committed-log"]);
}

/// A leader that is cut off writes; the others go on; then it comes back.
fn a_deposed_leader_returns(lab: &mut Lab) -> Sid {
    settle(lab);
    let old = lab.leader();
    lab.write(old, "/before");
    lab.run_ms(100);
    lab.cut(old);
    lab.write(old, "/lost");
    lab.run_ms(8_000);
    let new = lab.leader();
    assert_ne!(old, new);
    lab.heal();
    lab.run_ms(60_000);
    old
}

#[test]
fn zookeeper_2845_a_failed_write_comes_back() {
    let wanted = ["follower-log", "order", "session-table"];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, &[Bug::KeepTreeWithoutReplay], &wanted, |lab| {
        let old = a_deposed_leader_returns(lab);
        let new = lab.leader();
        lab.write(new, "/after");
        lab.run_ms(100);
        lab.kill(old);
        lab.start(old);
        lab.run_ms(8_000);
    });
}

#[test]
fn zookeeper_1154_the_tail_of_a_deposed_leader_stays() {
    let wanted = ["follower-log", "order", "session-table"];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, &[Bug::NoTruncInsideCommittedLog], &wanted, |lab| {
        settle(lab);
        let old = lab.leader();
        lab.write(old, "/before");
        lab.run_ms(100);
        lab.cut(old);
        lab.write(old, "/lost");
        lab.run_ms(8_000);
        let new = lab.leader();
        for path in ["/a", "/b"] {
            lab.write(new, path);
        }
        lab.run_ms(100);
        lab.heal();
        lab.run_ms(60_000);
    });
}

#[test]
fn zookeeper_335_no_epoch_files() {
    let wanted = ["epoch-ack", "epochs", "leadership"];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, &[Bug::EpochFromZxidOnly], &wanted, |lab| {
        settle(lab);
        let old = lab.leader();
        for sid in [1, 2, 3].map(Sid) {
            lab.kill(sid);
        }
        for sid in [1, 2, 3].map(Sid).into_iter().filter(|sid| *sid != old) {
            lab.start(sid);
        }
        lab.run_ms(8_000);
    });
}

#[test]
fn zookeeper_1294_observers_keep_a_leader_in_office() {
    let wanted = ["quorum-use"];
    let spec = ClusterSpec::plain(3, 2);
    assert_breaks(&spec, &[Bug::CountObserversAlive], &wanted, |lab| {
        settle(lab);
        let leader = lab.leader();
        for sid in [1, 2, 3].map(Sid).into_iter().filter(|sid| *sid != leader) {
            lab.kill(sid);
        }
        lab.run_ms(4_000);
    });
}

#[test]
fn a_thousand_writes_with_faults_break_nothing() {
    for seed in 0..4 {
        let mut lab = Lab::new(ClusterSpec::plain(5, 1), &[], seed);
        settle(&mut lab);
        for round in 0..20 {
            let leader = lab.leader();
            for n in 0..50 {
                lab.write(leader, &format!("/{round}-{n}"));
                lab.run_ms(3);
            }
            let victim = Sid(1 + round % 5);
            lab.kill(victim);
            lab.run_ms(500 * u64::try_from(round % 3).expect("small"));
            lab.start(victim);
            lab.run_ms(20_000);
            assert_eq!(lab.checks.violations(), [], "seed {seed}, round {round}");
        }
        assert!(lab.checks.history.last().is_some());
    }
}
