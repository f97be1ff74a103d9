//! Claims about a leader and its handlers, one input at a time.
//!
//! Whether its learners live is in `liveness_tests`, which uses the driver that is here.

use super::*;
use crate::protocol::config::{Ensemble, PeerConfig, QuorumSpec};
use crate::protocol::ids::{Epoch, LearnerType};
use crate::protocol::message::{ElectionMessage, LearnerInfo};
use crate::protocol::status::LearnerPhase;
use crate::protocol::testkit::{Rig, at, disk, info, packet};

pub(super) const A: ConnId = ConnId(1);
pub(super) const B: ConnId = ConnId(2);
pub(super) const C: ConnId = ConnId(3);

pub(super) struct Lead {
    pub(super) rig: Rig,
    pub(super) leader: Leader,
}

impl Lead {
    /// Server 3 of three, which has accepted epoch 4 and is at (4, 7); accepts learners.
    pub(super) fn new() -> Self {
        Self::of(PeerConfig::sample(Sid(3), Ensemble::plain(3, 1)))
    }

    pub(super) fn of(config: PeerConfig) -> Self {
        let mut lead = Self::loading(config);
        lead.written().expect("stays");
        lead
    }

    pub(super) fn loading(config: PeerConfig) -> Self {
        let mut rig = Rig::new(config, &disk(4, 4, at(4, 7)));
        let leader = rig.with(Leader::enter);
        Self { rig, leader }
    }

    pub(super) fn take(&mut self, input: Input) -> Result<(), Why> {
        let leader = &mut self.leader;
        self.rig.with(|host| leader.on_input(input, host))
    }

    pub(super) fn does(&mut self, input: Input) {
        self.take(input).expect("the leader stays");
    }

    pub(super) fn written(&mut self) -> Result<(), Why> {
        let input = self.rig.written();
        self.take(input)
    }

    pub(super) fn connect(&mut self, conn: ConnId) {
        self.does(Input::Opened(conn, Route::Accepted(Port::Quorum)));
    }

    pub(super) fn join(&mut self, conn: ConnId, sid: i64, accepted: i64) {
        self.connect(conn);
        self.does(packet(
            conn,
            at(accepted, 0),
            QuorumBody::FollowerInfo(info(sid)),
        ));
    }

    pub(super) fn ack_epoch(&mut self, conn: ConnId, current: i64, last: Zxid) {
        let current_epoch = Epoch(current);
        self.does(packet(conn, last, QuorumBody::AckEpoch { current_epoch }));
    }

    pub(super) fn ack(&mut self, conn: ConnId, zxid: Zxid) {
        self.does(packet(conn, zxid, QuorumBody::Ack));
    }

    /// Server 1 joined on A and synchronises under epoch 5; currentEpoch is written.
    pub(super) fn syncing() -> Self {
        let mut lead = Self::new();
        lead.join(A, 1, 4);
        lead.written().expect("stays");
        lead.ack_epoch(A, 4, at(4, 7));
        lead.written().expect("stays");
        lead
    }

    /// As [`Self::syncing`], and serving.
    pub(super) fn serving() -> Self {
        let mut lead = Self::syncing();
        lead.ack(A, at(5, 0));
        lead
    }

    /// The handler comes to the snapshot's header, then to its content.
    pub(super) fn serialize(&mut self, conn: ConnId) {
        for _ in 0..2 {
            self.does(Input::Fired(Timer::HandlerSnapshot(conn)));
        }
    }

    pub(super) fn half_ticks(&mut self, n: u32) -> Result<(), Why> {
        (0..n).try_for_each(|_| self.take(Input::Fired(Timer::LeaderTick)))
    }

    pub(super) fn dropped(&self) -> Vec<DropReason> {
        let notes = self.rig.notes().into_iter();
        notes
            .filter_map(|note| {
                if let Note::LearnerDropped { why, .. } = note {
                    Some(why)
                } else {
                    None
                }
            })
            .collect()
    }

    pub(super) fn status(&self) -> PeerStatus {
        let mut status = PeerStatus::default();
        self.leader.fill_status(Sid(3), &mut status);
        status
    }
}

#[test]
fn it_binds_its_port_and_writes_a_snapshot_named_by_its_zxid() {
    let lead = Lead::loading(PeerConfig::sample(Sid(3), Ensemble::plain(3, 0)));
    assert!(lead.rig.out.contains(&Effect::Listen(Port::Quorum)));
    let (record, _) = lead.rig.persist().expect("a write");
    let Record::Snapshot(snapshot) = record else {
        panic!("{record:?}");
    };
    assert_eq!(snapshot.zxid, at(4, 7));
}

#[test]
fn who_connects_before_the_snapshot_is_written_waits_in_the_backlog() {
    let mut lead = Lead::loading(PeerConfig::sample(Sid(3), Ensemble::plain(3, 0)));
    let snapshot = lead.rig.written();
    lead.join(A, 1, 4);
    assert_eq!(lead.rig.notes(), []);
    lead.does(snapshot);
    let joined = Note::LearnerJoined {
        sid: Sid(1),
        accepted_epoch: Epoch(4),
    };
    assert!(lead.rig.notes().contains(&joined));
}

#[test]
fn the_epoch_is_on_disk_before_anybody_is_told() {
    let mut lead = Lead::new();
    lead.join(A, 1, 6);
    let (record, _) = lead.rig.persist().expect("a write");
    assert_eq!(record, Record::AcceptedEpoch(Epoch(7)));
    assert_eq!(lead.rig.labels(), [""; 0]);
    assert_eq!(lead.rig.core.accepted_epoch, Epoch(4));
    lead.written().expect("stays");
    assert_eq!(lead.rig.core.accepted_epoch, Epoch(7));
    assert_eq!(
        lead.rig.sent(),
        [(
            A,
            QuorumBody::LeaderInfo {
                protocol_version: 0x1_0000
            },
            at(7, 0)
        )]
    );
}

#[test]
fn who_comes_while_the_epoch_is_written_is_told_with_the_others() {
    let mut lead = Lead::new();
    lead.join(A, 1, 4);
    let write = lead.rig.written();
    lead.join(B, 2, 9);
    assert_eq!(lead.rig.labels(), [""; 0]);
    lead.does(write);
    assert_eq!(lead.rig.labels(), ["LEADERINFO", "LEADERINFO"]);
    assert!(lead.rig.sent().iter().all(|(_, _, zxid)| *zxid == at(5, 0)));
}

#[test]
fn an_observer_raises_the_epoch_but_does_not_decide_it() {
    let mut lead = Lead::new();
    lead.connect(A);
    lead.does(packet(A, at(8, 0), QuorumBody::ObserverInfo(info(4))));
    assert_eq!(lead.rig.persist(), None);
    lead.join(B, 1, 4);
    let (record, _) = lead.rig.persist().expect("a write");
    assert_eq!(record, Record::AcceptedEpoch(Epoch(9)));
}

#[test]
fn a_phantom_leader_waits_init_limit_for_its_epoch_and_goes() {
    let mut lead = Lead::new();
    assert_eq!(
        lead.rig.armed(Timer::LeaderWait),
        Some(Micros::from_ms(20_000))
    );
    assert_eq!(
        lead.take(Input::Fired(Timer::LeaderWait)),
        Err(Why::NoEpochQuorum)
    );
}

#[test]
fn each_wait_of_the_leader_has_its_own_name_and_starts_anew() {
    let mut lead = Lead::new();
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    assert_eq!(
        lead.rig.armed(Timer::LeaderWait),
        Some(Micros::from_ms(20_000))
    );
    let fired = Input::Fired(Timer::LeaderWait);
    assert_eq!(lead.take(fired.clone()), Err(Why::NoEpochAckQuorum));
    let mut lead = Lead::syncing();
    assert!(lead.rig.armed(Timer::LeaderWait).is_some());
    assert_eq!(lead.take(fired), Err(Why::NoNewLeaderQuorum));
}

#[test]
fn a_handler_that_waited_too_long_closes_its_learner_which_stays_counted() {
    let mut lead = Lead::of(PeerConfig::sample(Sid(3), Ensemble::plain(5, 0)));
    lead.join(A, 1, 4);
    assert!(lead.rig.armed(Timer::HandlerWait(A)).is_some());
    lead.does(Input::Fired(Timer::HandlerWait(A)));
    assert_eq!(lead.dropped(), [DropReason::WaitedTooLong]);
    assert_eq!(lead.rig.hung_up(), [A]);
    lead.join(B, 2, 4);
    assert!(lead.rig.persist().is_some(), "1, 2 and 3 are a quorum");
}

#[test]
fn a_learner_ahead_of_the_leader_is_refused() {
    let mut lead = Lead::new();
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    lead.ack_epoch(A, 4, at(4, 8));
    assert_eq!(lead.dropped(), [DropReason::Ahead]);
}

#[test]
fn once_a_quorum_has_acknowledged_histories_are_not_compared() {
    let mut lead = Lead::syncing();
    lead.join(B, 2, 4);
    lead.ack_epoch(B, 4, at(4, 9));
    assert_eq!(lead.dropped(), []);
    // It is cut back instead.
    assert_eq!(lead.rig.labels(), ["TRUNC", "NEWLEADER"]);
}

#[test]
fn an_epoch_acknowledged_before_does_not_count_again() {
    let mut lead = Lead::new();
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    lead.ack_epoch(A, -1, at(4, 7));
    assert_eq!(lead.rig.persist(), None);
    assert!(lead.rig.armed(Timer::HandlerWait(A)).is_some());
}

#[test]
fn an_untrusted_database_does_not_count_either() {
    let mut lead = Lead::new();
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    lead.ack_epoch(A, 0, Zxid::UNTRUSTED);
    assert_eq!(lead.rig.persist(), None);
}

#[test]
fn equal_histories_get_diff_and_newleader_without_waiting_for_the_leaders_disk() {
    let mut lead = Lead::new();
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    lead.ack_epoch(A, 4, at(4, 7));
    assert_eq!(
        lead.rig.sent(),
        [
            (A, QuorumBody::Diff, at(4, 7)),
            (A, QuorumBody::NewLeader, at(5, 0))
        ]
    );
    let (record, _) = lead.rig.persist().expect("a write");
    assert_eq!(record, Record::CurrentEpoch(Epoch(5)));
    assert_eq!(lead.rig.core.zab, ZabState::Discovery);
    lead.written().expect("stays");
    assert_eq!(lead.rig.core.zab, ZabState::Synchronization);
    assert_eq!(lead.status().learners[&Sid(1)].phase, LearnerPhase::Syncing);
}

#[test]
fn a_quorum_of_acks_makes_it_serve_and_tells_those_it_waited_for() {
    let mut lead = Lead::syncing();
    lead.ack(A, at(5, 0));
    assert_eq!(lead.rig.sent(), [(A, QuorumBody::UpToDate, Zxid(-1))]);
    assert_eq!(lead.rig.core.zab, ZabState::Broadcast);
    assert_eq!(lead.rig.core.db.last_processed(), at(5, 0));
    assert_eq!(
        lead.rig.armed(Timer::LeaderTick),
        Some(Micros::from_ms(1_000))
    );
    assert_eq!(
        lead.rig.armed(Timer::HandlerRead(A)),
        Some(Micros::from_ms(10_000))
    );
    let established = Note::Established {
        epoch: Epoch(5),
        acks: vec![Sid(1), Sid(3)],
    };
    assert!(lead.rig.notes().contains(&established));
    assert!(lead.status().serving);
    assert_eq!(lead.status().learners[&Sid(1)].phase, LearnerPhase::Serving);
}

#[test]
fn followers_alone_may_be_the_quorum_but_wait_until_the_leader_serves() {
    let mut lead = Lead::new();
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    lead.ack_epoch(A, 4, at(4, 7));
    let write = lead.rig.written();
    lead.join(B, 2, 4);
    lead.ack_epoch(B, 4, at(4, 7));
    lead.ack(A, at(5, 0));
    lead.ack(B, at(5, 0));
    assert_eq!(lead.rig.labels(), [""; 0]);
    assert_eq!(lead.status().learners[&Sid(1)].phase, LearnerPhase::Acked);
    lead.does(write);
    assert_eq!(lead.rig.labels(), ["UPTODATE", "UPTODATE"]);
}

#[test]
fn an_ack_of_another_zxid_does_not_count_but_its_handler_goes_on() {
    // QUIRK(wrong-newleader-ack)
    let mut lead = Lead::syncing();
    lead.ack(A, at(4, 0));
    assert!(!lead.status().serving);
    assert_eq!(lead.status().learners[&Sid(1)].phase, LearnerPhase::Acked);
    lead.join(B, 2, 4);
    lead.ack_epoch(B, 4, at(4, 7));
    lead.ack(B, at(5, 0));
    assert_eq!(lead.rig.labels(), ["UPTODATE", "UPTODATE"]);
}

#[test]
fn who_joins_a_serving_leader_gets_a_snapshot_and_waits_for_nobody() {
    let mut lead = Lead::serving();
    lead.join(B, 2, 4);
    assert_eq!(lead.rig.labels(), ["LEADERINFO"]);
    lead.ack_epoch(B, 4, at(4, 7));
    assert_eq!(lead.rig.labels(), [""; 0]);
    lead.serialize(B);
    assert_eq!(lead.rig.labels(), ["SNAP", "NEWLEADER"]);
    assert!(lead.rig.sent().iter().all(|(_, _, zxid)| *zxid == at(5, 0)));
    lead.ack(B, at(5, 0));
    assert_eq!(lead.rig.labels(), ["UPTODATE"]);
}

#[test]
fn what_does_not_belong_ends_the_connection() {
    for first in [
        QuorumBody::Ack,
        QuorumBody::Ping,
        QuorumBody::FollowerInfo(LearnerInfo {
            protocol_version: 1,
            ..info(1)
        }),
    ] {
        let mut lead = Lead::new();
        lead.connect(A);
        lead.does(packet(A, Zxid(0), first));
        assert_eq!(lead.dropped(), [DropReason::IllegalPacket]);
    }
    let mut lead = Lead::new();
    lead.connect(A);
    let bytes = [0_u8; 3].into();
    let raw = Message::Election(ElectionMessage::Raw { bytes });
    lead.does(Input::Received(A, raw));
    assert_eq!(lead.dropped(), [DropReason::IllegalPacket]);
    let mut lead = Lead::syncing();
    lead.does(packet(A, Zxid(0), QuorumBody::Ping));
    assert_eq!(lead.dropped(), [DropReason::IllegalPacket]);
}

#[test]
fn a_learner_with_a_newer_configuration_is_closed() {
    let mut lead = Lead::new();
    lead.connect(A);
    let newer = LearnerInfo {
        config_version: 1,
        ..info(1)
    };
    lead.does(packet(A, at(4, 0), QuorumBody::FollowerInfo(newer)));
    assert_eq!(lead.dropped(), [DropReason::NewerConfig]);
}

#[test]
fn a_silent_learner_is_dropped_after_init_limit_until_its_newleader_ack_and_sync_limit_after() {
    let mut lead = Lead::new();
    lead.connect(A);
    let read = Timer::HandlerRead(A);
    assert_eq!(lead.rig.armed(read), Some(Micros::from_ms(20_000)));
    lead.does(Input::Fired(read));
    assert_eq!(lead.dropped(), [DropReason::Silent]);
    let mut lead = Lead::serving();
    lead.does(packet(A, at(5, 0), QuorumBody::Ping));
    assert_eq!(lead.rig.armed(read), Some(Micros::from_ms(10_000)));
}

#[test]
fn the_end_of_the_stream_is_noticed_only_by_a_thread_that_reads() {
    let mut lead = Lead::of(PeerConfig::sample(Sid(3), Ensemble::plain(5, 0)));
    lead.join(A, 1, 4);
    lead.does(Input::Closed(A));
    assert_eq!(lead.dropped(), []);
    lead.join(B, 2, 4);
    lead.written().expect("stays");
    assert_eq!(lead.dropped(), [DropReason::Closed]);
}

#[path = "liveness_tests.rs"]
mod liveness;
