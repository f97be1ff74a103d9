//! Claims about the choice between DIFF, TRUNC and SNAP.

use super::*;
use crate::protocol::Message;
use crate::protocol::testkit::{at, set};

fn txns(zxids: &[(i64, i64)]) -> Vec<Arc<Txn>> {
    let one = |&(epoch, counter): &(i64, i64)| set(at(epoch, counter), "/a", "");
    zxids.iter().map(one).collect()
}

/// The kind, what is queued as `D`, `T`, `P` and `C` with its counter, and where forwarding starts.
fn chosen(
    peer: (i64, i64),
    last: (i64, i64),
    committed: &[(i64, i64)],
    disk: Option<&[(i64, i64)]>,
) -> (SyncMode, String, Zxid) {
    let history = History {
        last_processed: at(last.0, last.1),
        committed: txns(committed),
        policy: Policy::Any,
        on_disk: &|_| disk.map(txns),
    };
    described(&choose(at(peer.0, peer.1), &history))
}

fn described(plan: &SyncPlan) -> (SyncMode, String, Zxid) {
    let queued = plan.queued.iter().map(|packet| {
        // D, T, P and C: no two of them begin alike.
        let label = Message::Quorum(packet.clone()).label();
        let letter = label.chars().next().unwrap_or('?');
        format!("{letter}{}", packet.zxid.counter())
    });
    let queued: Vec<String> = queued.collect();
    (plan.mode, queued.join(" "), plan.forward_from)
}

fn diff(queued: &str, from: Zxid) -> (SyncMode, String, Zxid) {
    (SyncMode::Diff, queued.to_owned(), from)
}

#[test]
fn equal_histories_need_nothing() {
    assert_eq!(chosen((1, 2), (1, 2), &[], None), diff("D2", at(1, 2)));
}

#[test]
fn a_learner_ahead_within_an_epoch_is_cut_back_to_the_leader() {
    let cut = (SyncMode::Trunc, "T2".to_owned(), at(1, 2));
    assert_eq!(chosen((1, 5), (1, 2), &[], None), cut);
    assert_eq!(chosen((1, 5), (2, 0), &[(1, 1), (1, 2)], None), cut);
}

#[test]
fn a_learner_ahead_by_an_epoch_marker_alone_is_sent_a_snapshot() {
    let snap = (SyncMode::Snap, String::new(), at(1, 2));
    assert_eq!(chosen((2, 0), (1, 2), &[(1, 2)], None), snap);
}

#[test]
fn a_learner_within_the_committed_log_is_sent_what_it_lacks() {
    let log = [(1, 2), (1, 3), (2, 1)];
    let lacks = diff("D1 P3 C3 P1 C1", at(2, 1));
    assert_eq!(chosen((1, 2), (2, 1), &log, None), lacks);
    // It holds the leader's last transaction, although the epoch moved on.
    assert_eq!(chosen((2, 1), (3, 0), &log, None), diff("D1", at(2, 1)));
}

#[test]
fn what_the_leader_lacks_is_cut_off_before_the_rest_is_sent_but_not_across_epochs() {
    let log = [(1, 2), (1, 3), (1, 5)];
    let cut = (SyncMode::Trunc, "T3 P5 C5".to_owned(), at(1, 5));
    assert_eq!(chosen((1, 4), (1, 6), &log, None), cut);
    let log = [(1, 5), (2, 1), (2, 2)];
    // QUIRK(fall-back)
    let snap = (SyncMode::Snap, String::new(), at(1, 6));
    assert_eq!(chosen((1, 6), (2, 2), &log, None), snap);
}

#[test]
fn before_1154_the_learner_kept_what_the_leader_lacks() {
    let history = History {
        last_processed: at(2, 2),
        committed: txns(&[(1, 5), (2, 1), (2, 2)]),
        policy: Policy::NoTrunc,
        on_disk: &|_| None,
    };
    let kept = diff("D2 P1 C1 P2 C2", at(2, 2));
    assert_eq!(described(&choose(at(1, 6), &history)), kept);
}

#[test]
fn whoever_is_older_than_the_committed_log_gets_the_log_on_disk_where_it_meets() {
    let log = [(1, 4), (1, 5)];
    let disk = [(1, 2), (1, 3), (1, 4), (1, 5)];
    let lacks = diff("D5 P3 C3 P4 C4 P5 C5", at(1, 5));
    assert_eq!(chosen((1, 2), (1, 5), &log, Some(&disk)), lacks);
    let snap = (SyncMode::Snap, String::new(), at(1, 5));
    assert_eq!(
        chosen((1, 2), (1, 5), &log, Some(&disk[..1])),
        snap,
        "a gap"
    );
    assert_eq!(chosen((1, 2), (1, 5), &log, None), snap, "nothing to read");
}

#[test]
fn an_epoch_marker_is_no_transaction_and_is_followed_by_the_epochs_first() {
    let log = [(1, 8), (2, 1)];
    assert_eq!(
        chosen((2, 0), (2, 1), &log, None),
        diff("D1 P1 C1", at(2, 1))
    );
}

#[test]
fn a_forced_snapshot_is_sent_even_to_an_equal() {
    let history = History {
        last_processed: at(1, 2),
        committed: Vec::new(),
        policy: Policy::Snapshot,
        on_disk: &|_| None,
    };
    assert_eq!(choose(at(1, 2), &history).mode, SyncMode::Snap);
}
