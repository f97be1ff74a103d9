//! Claims about what a learner does with transactions, before it serves and after.

use std::sync::Arc;

use super::super::tests::Learn;
use super::*;
use crate::protocol::bugs::Bugs;
use crate::protocol::config::{Ensemble, PeerConfig};
use crate::protocol::effect::Input;
use crate::protocol::ids::{Epoch, Sid};
use crate::protocol::storage::StorageRules;
use crate::protocol::testkit::{at, create, disk, set};

impl Learn {
    fn with_bug(bug: Bug) -> Self {
        let config = PeerConfig {
            bugs: Bugs::NONE.with(bug),
            ..follower()
        };
        Self::register(Self::of(config, &disk(4, 3, at(3, 7))))
    }

    fn diff(mut self) -> Self {
        self.hears(at(3, 9), QuorumBody::Diff).expect("stays");
        self
    }

    fn proposal(&mut self, zxid: Zxid) -> Result<(), Why> {
        let path = format!("/{}", zxid.counter());
        self.hears(zxid, QuorumBody::Proposal(create(zxid, &path, "")))
    }

    fn commit(&mut self, zxid: Zxid) -> Result<(), Why> {
        self.hears(zxid, QuorumBody::Commit)
    }

    fn both(&mut self, zxid: Zxid) {
        self.proposal(zxid).expect("stays");
        self.commit(zxid).expect("stays");
    }

    fn new_leader(&mut self) {
        self.hears(at(5, 0), QuorumBody::NewLeader).expect("stays");
    }

    fn up_to_date(&mut self) {
        self.hears(Zxid(-1), QuorumBody::UpToDate).expect("stays");
    }

    fn last_processed(&self) -> Zxid {
        self.rig.core.db.last_processed()
    }

    /// Durable, of what this test let be written.
    fn logged(&self) -> Option<Zxid> {
        self.rig.core.disk.log.last()
    }
}

fn follower() -> PeerConfig {
    PeerConfig::sample(Sid(1), Ensemble::plain(3, 1))
}

fn observer(storage: StorageRules) -> Learn {
    let config = PeerConfig {
        storage,
        ..PeerConfig::sample(Sid(4), Ensemble::plain(3, 1))
    };
    Learn::register(Learn::of(config, &disk(4, 3, at(3, 7))))
}

#[test]
fn a_diff_is_logged_applied_and_synced_before_the_epoch_and_the_ack() {
    let mut learn = Learn::registered().diff();
    learn.both(at(3, 8));
    learn.both(at(3, 9));
    learn.proposal(at(3, 10)).expect("stays");
    assert_eq!(learn.last_processed(), at(3, 7), "nothing before NEWLEADER");
    learn.new_leader();
    assert_eq!(learn.rig.appended(), [at(3, 8), at(3, 9)]);
    assert_eq!(learn.last_processed(), at(3, 9));
    assert_eq!(learn.rig.core.db.committed().max(), Some(at(3, 9)));
    assert!(learn.rig.persist().is_none(), "the epoch waits for the log");
    learn.written();
    let (record, _) = learn.rig.persist().expect("a write");
    assert_eq!(record, Record::CurrentEpoch(Epoch(5)));
    learn.written();
    assert_eq!(learn.rig.labels(), ["ACK"]);
    learn.up_to_date();
    assert_eq!(learn.rig.labels(), ["ACK"]);
    assert_eq!(learn.rig.appended(), [at(3, 10)], "the ordinary way");
    learn.written();
    assert_eq!(
        learn.rig.sent(),
        [(super::super::tests::CONN, QuorumBody::Ack, at(3, 10))]
    );
}

#[test]
fn what_is_committed_after_newleader_is_applied_after_uptodate() {
    let mut learn = Learn::registered().diff();
    learn.proposal(at(5, 1)).expect("stays");
    learn.new_leader();
    learn.written();
    learn.commit(at(5, 1)).expect("stays");
    assert_eq!(learn.last_processed(), at(3, 7));
    learn.up_to_date();
    assert_eq!(
        (learn.last_processed(), learn.logged()),
        (at(5, 1), Some(at(5, 1)))
    );
}

#[test]
fn after_snap_commits_go_to_memory_and_the_snapshot_holds_them() {
    let mut learn = Learn::registered();
    learn
        .hears(at(4, 9), QuorumBody::Snap(Arc::default()))
        .expect("stays");
    learn.both(at(4, 10));
    learn.commit(at(4, 12)).expect_err("nothing waits");
    let mut learn = Learn::registered();
    learn
        .hears(at(4, 9), QuorumBody::Snap(Arc::default()))
        .expect("stays");
    learn.both(at(4, 10));
    learn.proposal(at(4, 11)).expect("stays");
    learn.commit(at(4, 12)).expect("only warned about");
    assert_eq!(learn.last_processed(), at(4, 10));
    learn.new_leader();
    let (record, _) = learn.rig.persist().expect("a write");
    let Record::Snapshot(snapshot) = record else {
        panic!("{record:?}");
    };
    assert_eq!((snapshot.zxid, learn.logged()), (at(4, 10), None));
}

#[test]
fn a_gap_within_an_epoch_ends_the_synchronisation_and_a_higher_epoch_does_not() {
    let mut learn = Learn::registered().diff();
    learn
        .proposal(at(3, 8))
        .expect("the first is unconstrained");
    learn.proposal(at(4, 3)).expect("a higher epoch");
    assert!(learn.proposal(at(4, 5)).is_err());
}

#[test]
fn a_commit_of_another_than_the_head_is_skipped_at_newleader() {
    let mut learn = Learn::registered().diff();
    learn.proposal(at(3, 8)).expect("stays");
    learn.proposal(at(3, 9)).expect("stays");
    learn.commit(at(3, 9)).expect("taken whatever the head");
    learn.commit(at(3, 8)).expect("stays");
    learn.new_leader();
    assert_eq!(learn.rig.appended(), [at(3, 8)]);
}

#[test]
fn a_log_that_is_not_there_cannot_be_cut_back() {
    let cause = ExitCause::TruncateFailed { to: at(3, 5) };
    let cut = Learn::registered().hears(at(3, 5), QuorumBody::Trunc);
    assert_eq!(cut, Err(Why::Fatal { cause }));
    let mut learn = Learn::with_bug(Bug::IgnoreTruncFailure);
    learn.hears(at(3, 5), QuorumBody::Trunc).expect("stays");
    assert_eq!(learn.last_processed(), at(3, 5));
    assert_eq!(
        learn.rig.core.disk.last_zxid(),
        at(3, 7),
        "the history stays"
    );
}

#[test]
fn a_proposal_is_acknowledged_once_it_is_durable_and_applied_once_committed() {
    let mut learn = Learn::serving();
    learn.proposal(at(5, 1)).expect("stays");
    assert_eq!(learn.rig.labels(), [""; 0]);
    learn.written();
    assert_eq!(learn.rig.labels(), ["ACK"]);
    learn.commit(at(5, 1)).expect("stays");
    assert_eq!(learn.last_processed(), at(5, 1));
    learn.commit(at(5, 2)).expect("nothing waits: a warning");
    assert_eq!(learn.rig.notes().len(), 1);
}

#[test]
fn a_commit_of_another_than_the_oldest_ends_the_process() {
    let mut learn = Learn::serving();
    learn.proposal(at(5, 1)).expect("stays");
    let cause = ExitCause::CommitMismatch {
        committed: at(5, 2),
        pending: at(5, 1),
    };
    assert_eq!(learn.commit(at(5, 2)), Err(Why::Fatal { cause }));
    assert_eq!(
        cause.to_string(),
        "Committing zxid 0x500000002 but next pending txn 0x500000001"
    );
}

#[test]
fn an_observer_applies_what_it_is_informed_of_and_acknowledges_nothing() {
    for observers_log in [true, false] {
        let storage = StorageRules {
            observers_log,
            ..StorageRules::default()
        };
        let mut learn = observer(storage).diff();
        learn.both(at(3, 8));
        learn.new_leader();
        assert_eq!(learn.last_processed(), at(3, 7), "not before UPTODATE");
        learn.written();
        learn.up_to_date();
        assert_eq!(learn.last_processed(), at(3, 8));
        if observers_log {
            learn.written();
        }
        let inform = QuorumBody::Inform(set(at(3, 9), "/8", "x"));
        learn.hears(at(3, 9), inform).expect("stays");
        assert_eq!(learn.last_processed(), at(3, 9));
        if observers_log {
            learn.written();
        }
        assert_eq!(learn.rig.labels(), [""; 0]);
        assert_eq!(learn.logged().is_some(), observers_log);
        learn.proposal(at(3, 10)).expect("only warned about");
        assert_eq!(learn.rig.appended(), []);
    }
}

#[test]
fn before_4643_the_epoch_was_durable_before_the_data() {
    let mut learn = Learn::with_bug(Bug::EpochBeforeLog).diff();
    learn.both(at(3, 8));
    learn.new_leader();
    let (record, _) = learn.rig.persist().expect("a write");
    assert_eq!(
        (record, learn.logged()),
        (Record::CurrentEpoch(Epoch(5)), None)
    );
    learn.written();
    assert_eq!(
        (learn.rig.labels().len(), learn.logged()),
        (0, Some(at(3, 8)))
    );
    learn.written();
    assert_eq!(learn.rig.labels(), ["ACK"]);
}

#[test]
fn before_3911_the_data_came_after_uptodate() {
    let mut learn = Learn::with_bug(Bug::LogDiffAfterUptodate).diff();
    learn.both(at(3, 8));
    learn.new_leader();
    learn.written();
    assert_eq!((learn.rig.labels(), learn.logged()), (vec!["ACK"], None));
    learn.up_to_date();
    assert_eq!(
        (learn.last_processed(), learn.logged()),
        (at(3, 8), Some(at(3, 8)))
    );
}

#[test]
fn before_4646_newleader_was_acknowledged_before_the_fsync() {
    let mut learn = Learn::with_bug(Bug::AckNewLeaderBeforeFsync).diff();
    learn.both(at(3, 8));
    learn.new_leader();
    assert!(learn.rig.fsync().is_some(), "asked for, not waited for");
    let (_, ticket) = learn.rig.persist().expect("the epoch at once");
    assert!(learn.rig.core.persisted(ticket));
    learn.does(Input::Persisted(ticket));
    assert_eq!(learn.rig.labels(), ["ACK"]);
}

#[test]
fn before_4685_a_proposal_could_be_acknowledged_first() {
    let mut learn = Learn::with_bug(Bug::AckProposalsBeforeNewLeader).diff();
    learn.both(at(3, 8));
    learn.new_leader();
    let log = learn.rig.fsync().expect("asked for");
    assert!(learn.rig.core.persisted(log));
    learn.does(Input::Persisted(log));
    assert_eq!(learn.rig.sent()[0].2, at(3, 8));
}

#[test]
fn before_4394_a_commit_of_an_outstanding_proposal_ended_the_synchronisation() {
    let mut learn = Learn::with_bug(Bug::DropOutstandingAtNewLeader).diff();
    learn.proposal(at(5, 1)).expect("stays");
    learn.new_leader();
    learn.written();
    learn.written();
    assert!(learn.commit(at(5, 1)).is_err());
    let mut late = Learn::with_bug(Bug::DropOutstandingAtNewLeader).diff();
    late.proposal(at(5, 1)).expect("stays");
    late.new_leader();
    late.written();
    late.written();
    late.up_to_date();
    late.commit(at(5, 1)).expect("stays");
    assert_eq!(late.last_processed(), at(5, 1));
}

#[test]
fn in_393_the_synchronised_bypassed_the_committed_log() {
    let mut learn = Learn::with_bug(Bug::SkipCommittedLog).diff();
    learn.both(at(3, 8));
    learn.new_leader();
    assert_eq!(learn.last_processed(), at(3, 8));
    assert_eq!(learn.rig.core.db.committed().max(), None);
}

#[test]
fn before_3642_a_half_taken_snapshot_stayed_in_memory() {
    let mut learn = Learn::with_bug(Bug::KeepMemoryAfterPartialSnap);
    learn
        .hears(at(4, 9), QuorumBody::Snap(Arc::default()))
        .expect("stays");
    learn.leave();
    assert_eq!(learn.last_processed(), at(4, 9));
}
