//! Claims about a leader that serves: proposals, acks, commits, and what a new learner is sent.

use std::sync::Arc;

use super::tests::{A, B, C, Lead};
use super::*;
use crate::protocol::bugs::{Bug, Bugs};
use crate::protocol::config::{Ensemble, PeerConfig};
use crate::protocol::ids::{Cxid, Epoch, SessionId};
use crate::protocol::server::TxnBody;
use crate::protocol::storage::SyncRules;
use crate::protocol::testkit::{at, info, packet};

impl Lead {
    fn propose(&mut self, data: &str) -> Result<Option<Zxid>, Why> {
        let body = TxnBody::Create {
            path: format!("/{data}").into(),
            data: data.into(),
            is_ephemeral: false,
            parent_cversion: 1,
        };
        let leader = &mut self.leader;
        let request = (SessionId(7), Cxid(1));
        self.rig.with(|host| leader.propose(request, body, host))
    }

    fn proposes(&mut self, data: &str) -> Zxid {
        let zxid = self.propose(data).expect("the leader stays");
        zxid.expect("it serves")
    }

    /// An observer has joined on `conn` and is served.
    fn observed(&mut self, conn: ConnId) {
        self.connect(conn);
        self.does(packet(conn, at(4, 0), QuorumBody::ObserverInfo(info(4))));
        self.ack_epoch(conn, 4, at(4, 7));
        self.serialize(conn);
        self.ack(conn, at(5, 0));
    }

    fn last_processed(&self) -> Zxid {
        self.rig.core.db.last_processed()
    }
}

fn three() -> PeerConfig {
    PeerConfig::sample(Sid(3), Ensemble::plain(3, 1))
}

fn serving_with(config: PeerConfig) -> Lead {
    let mut lead = Lead::of(config);
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    lead.ack_epoch(A, 4, at(4, 7));
    lead.written().expect("stays");
    lead.ack(A, at(5, 0));
    lead
}

#[test]
fn a_leader_that_does_not_serve_yet_proposes_nothing() {
    assert_eq!(Lead::syncing().propose("x"), Ok(None));
}

#[test]
fn a_proposal_goes_to_the_followers_and_to_the_own_log() {
    let mut lead = Lead::serving();
    lead.observed(B);
    assert_eq!(lead.proposes("x"), at(5, 1));
    assert_eq!(lead.rig.labels(), ["PROPOSAL"], "not to the observer");
    assert_eq!(lead.rig.appended(), [at(5, 1)]);
    assert!(lead.rig.fsync().is_some());
    assert_eq!(lead.last_processed(), at(5, 0), "nothing is applied yet");
}

#[test]
fn a_quorum_of_acks_commits_the_leaders_own_counting_once_it_is_durable() {
    let mut lead = Lead::serving();
    lead.observed(B);
    lead.proposes("x");
    let durable = lead.rig.written();
    lead.ack(A, at(5, 1));
    assert_eq!(lead.rig.labels(), [""; 0]);
    lead.does(durable);
    assert_eq!(lead.rig.labels(), ["COMMIT", "INFORM"]);
    assert_eq!(lead.last_processed(), at(5, 1));
    assert!(
        lead.rig
            .notes()
            .contains(&Note::Committed { zxid: at(5, 1) })
    );
    assert!(lead.rig.core.db.data("/x").is_some());
}

#[test]
fn the_leaders_own_ack_is_not_needed() {
    let mut lead = Lead::serving();
    lead.join(B, 2, 4);
    lead.ack_epoch(B, 4, at(4, 7));
    lead.serialize(B);
    lead.ack(B, at(5, 0));
    lead.proposes("x");
    lead.ack(A, at(5, 1));
    lead.ack(B, at(5, 1));
    assert_eq!(lead.rig.labels(), ["COMMIT", "COMMIT"]);
}

#[test]
fn observers_and_strangers_do_not_commit() {
    let mut lead = Lead::serving();
    lead.observed(B);
    lead.proposes("x");
    lead.ack(B, at(5, 1));
    lead.ack(A, at(5, 9));
    assert_eq!(lead.last_processed(), at(5, 0));
}

#[test]
fn a_later_proposal_waits_for_the_earlier_one() {
    let mut lead = Lead::serving();
    lead.proposes("x");
    lead.proposes("y");
    let leader = &mut lead.leader;
    let me = Sid(3);
    let early = lead.rig.with(|host| {
        leader.process_ack(me, at(5, 2), host)?;
        leader.process_ack(Sid(1), at(5, 2), host)
    });
    assert_eq!((early, lead.rig.labels().len()), (Ok(()), 0));
    let leader = &mut lead.leader;
    let both = lead.rig.with(|host| {
        leader.process_ack(me, at(5, 1), host)?;
        leader.process_ack(Sid(1), at(5, 1), host)
    });
    assert_eq!((both, lead.rig.labels().len()), (Ok(()), 1));
    assert_eq!(
        lead.last_processed(),
        at(5, 1),
        "the later one needs an ack"
    );
}

#[test]
fn what_comes_while_the_log_is_synced_is_the_next_batch() {
    let mut lead = Lead::serving();
    lead.proposes("x");
    let first = lead.rig.written();
    lead.proposes("y");
    assert_eq!(lead.rig.appended(), []);
    lead.proposes("z");
    lead.does(first);
    assert_eq!(lead.rig.appended(), [at(5, 2), at(5, 3)]);
}

#[test]
fn the_last_counter_is_not_proposed_and_the_leader_steps_down() {
    for (bugs, expected) in [
        (Bugs::NONE, Err(Why::RolledOver)),
        (
            Bugs::NONE.with(Bug::NoRolloverGuard),
            Ok(Some(Zxid(0x5_ffff_ffff))),
        ),
    ] {
        let mut lead = serving_with(PeerConfig { bugs, ..three() });
        lead.leader.last_proposed = at(5, 0xffff_fffe);
        assert_eq!(lead.propose("x"), expected);
        assert_eq!(lead.rig.labels().is_empty(), expected.is_err());
    }
}

#[test]
fn a_sync_is_released_at_once_or_with_the_last_commit() {
    let mut lead = Lead::serving();
    let ask = |lead: &mut Lead, sync| {
        let leader = &mut lead.leader;
        lead.rig.with(|host| leader.process_sync(sync, host));
    };
    ask(&mut lead, A);
    assert_eq!(lead.rig.labels(), ["SYNC"]);
    lead.proposes("x");
    let durable = lead.rig.written();
    ask(&mut lead, A);
    assert_eq!(lead.rig.labels().len(), 0);
    lead.does(durable);
    lead.ack(A, at(5, 1));
    assert_eq!(lead.rig.labels(), ["COMMIT", "SYNC"]);
}

#[test]
fn a_follower_that_owes_an_ack_for_sync_limit_is_dropped_at_a_ping() {
    let mut lead = Lead::serving();
    lead.proposes("x");
    lead.rig.now = Micros::from_ms(9_999);
    lead.half_ticks(1).expect("stays");
    assert_eq!(lead.dropped(), []);
    lead.rig.now = Micros::from_ms(10_000);
    lead.half_ticks(1)
        .expect("the quorum is looked at with the next tick");
    assert_eq!(lead.dropped(), [DropReason::ProposalUnacknowledged]);
}

#[test]
fn who_synchronises_is_sent_what_is_outstanding_and_what_comes_meanwhile() {
    let mut lead = Lead::serving();
    lead.proposes("x");
    lead.join(B, 2, 4);
    lead.ack_epoch(B, 4, at(4, 7));
    lead.proposes("y");
    assert_eq!(lead.rig.labels(), ["PROPOSAL"], "to A alone: B's waits");
    lead.serialize(B);
    let to_b = lead.rig.sent().into_iter().map(|(conn, body, zxid)| {
        assert_eq!(conn, B);
        (Message::Quorum(QuorumPacket { zxid, body }).label(), zxid)
    });
    assert_eq!(
        to_b.collect::<Vec<_>>(),
        [
            ("SNAP", at(5, 0)),
            ("PROPOSAL", at(5, 1)),
            ("PROPOSAL", at(5, 2)),
            ("NEWLEADER", at(5, 0))
        ]
    );
}

/// While B's snapshot is on its way, a transaction is committed before its header and another
/// before its content. Their zxids, and everything sent in the end.
fn fuzzy(bugs: Bugs) -> (Zxid, Zxid, Vec<&'static str>) {
    let mut lead = serving_with(PeerConfig { bugs, ..three() });
    lead.join(B, 2, 4);
    lead.ack_epoch(B, 4, at(4, 7));
    for (n, data) in ["x", "y"].into_iter().enumerate() {
        let zxid = lead.proposes(data);
        lead.written().expect("stays");
        lead.ack(A, zxid);
        assert_eq!(
            lead.last_processed(),
            at(5, 1 + i64::try_from(n).expect("few"))
        );
        lead.does(Input::Fired(Timer::HandlerSnapshot(B)));
    }
    let (_, body, header) = lead.rig.sent().remove(0);
    let QuorumBody::Snap(content) = body else {
        panic!("{body:?}");
    };
    (header, content.zxid, lead.rig.labels())
}

#[test]
fn a_snapshot_is_fuzzy_its_header_older_than_its_content() {
    let (header, content, labels) = fuzzy(Bugs::NONE);
    assert_eq!((header, content), (at(5, 1), at(5, 2)));
    let pairs = ["PROPOSAL", "COMMIT", "PROPOSAL", "COMMIT"];
    assert_eq!(labels[1..5], pairs);
    assert_eq!(
        labels[5..],
        ["NEWLEADER"],
        "after everything queued meanwhile"
    );
}

#[test]
fn before_3104_newleader_overtook_what_the_snapshot_contains() {
    let bugs = Bugs::NONE.with(Bug::NewLeaderBeforeSnapshot);
    let (header, content, labels) = fuzzy(bugs);
    assert_eq!((header, content), (at(5, 2), at(5, 2)));
    let queued = ["PROPOSAL", "COMMIT", "NEWLEADER", "PROPOSAL", "COMMIT"];
    assert_eq!(labels[1..], queued);
}

#[test]
fn an_observer_too_many_is_disconnected_and_a_participant_never() {
    let sync = SyncRules {
        max_snap_syncs: 0,
        ..SyncRules::default()
    };
    let mut lead = serving_with(PeerConfig { sync, ..three() });
    lead.join(B, 2, 4);
    lead.ack_epoch(B, 4, at(4, 7));
    assert_eq!(lead.dropped(), []);
    lead.connect(C);
    lead.does(packet(C, at(4, 0), QuorumBody::ObserverInfo(info(4))));
    lead.ack_epoch(C, 4, at(4, 7));
    assert_eq!(lead.dropped(), [DropReason::TooManySyncs]);
}

#[test]
fn before_1192_the_leader_went_on_without_an_ack_quorum() {
    for (bugs, writes) in [
        (Bugs::NONE, false),
        (Bugs::NONE.with(Bug::EpochAckNotAwaited), true),
    ] {
        let mut lead = Lead::of(PeerConfig { bugs, ..three() });
        lead.join(A, 1, 4);
        lead.written().expect("stays");
        let epoch = lead.rig.persist().map(|(record, _)| record);
        assert_eq!(epoch, writes.then_some(Record::CurrentEpoch(Epoch(5))));
    }
}

#[test]
fn before_1343_an_equal_epoch_was_proposed_again() {
    let bugs = Bugs::NONE.with(Bug::StrictGreater);
    for (bugs, epoch) in [(Bugs::NONE, 6), (bugs, 5)] {
        let mut lead = Lead::of(PeerConfig { bugs, ..three() });
        lead.join(A, 1, 5);
        let (record, _) = lead.rig.persist().expect("a write");
        assert_eq!(record, Record::AcceptedEpoch(Epoch(epoch)));
    }
}

#[test]
fn before_1294_observers_kept_a_leader_in_office() {
    let bugs = Bugs::NONE.with(Bug::CountObserversAlive);
    for (bugs, stays) in [(Bugs::NONE, false), (bugs, true)] {
        let mut lead = serving_with(PeerConfig { bugs, ..three() });
        lead.observed(B);
        lead.does(Input::Closed(A));
        assert_eq!(lead.half_ticks(2).is_ok(), stays);
    }
}

#[test]
fn a_learner_that_lacks_little_is_sent_it_from_the_committed_log() {
    let mut lead = Lead::serving();
    for data in ["x", "y"] {
        let zxid = lead.proposes(data);
        lead.written().expect("stays");
        lead.ack(A, zxid);
    }
    lead.join(B, 2, 5);
    lead.ack_epoch(B, 5, at(5, 1));
    let labels = ["DIFF", "PROPOSAL", "COMMIT", "NEWLEADER"];
    assert_eq!(lead.rig.labels(), labels);
    let (_, body, _) = lead.rig.sent().remove(1);
    assert!(matches!(body, QuorumBody::Proposal(txn) if Arc::strong_count(&txn) > 1));
}
