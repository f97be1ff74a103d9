//! Claims about a learner, one input at a time.

use super::*;
use crate::protocol::config::{Ensemble, PeerConfig};
use crate::protocol::durable::Durable;
use crate::protocol::message::ElectionMessage;
use crate::protocol::note::Malformed;
use crate::protocol::testkit::{Rig, at, disk, packet};

pub(super) const CONN: ConnId = ConnId(1);
const LEADER: Sid = Sid(3);
const LEADER_INFO: QuorumBody = QuorumBody::LeaderInfo {
    protocol_version: 0x1_0000,
};

/// A state whose zxid does not matter: the packet's counts.
fn snap() -> QuorumBody {
    QuorumBody::Snap(Arc::default())
}

pub(super) struct Learn {
    pub(super) rig: Rig,
    learner: Learner,
}

impl Learn {
    /// Server 1, which has accepted epoch 4, acknowledged 3 and is at (3, 7), dials server 3.
    pub(super) fn new() -> Self {
        Self::of(
            PeerConfig::sample(Sid(1), Ensemble::plain(3, 1)),
            &disk(4, 3, at(3, 7)),
        )
    }

    pub(super) fn of(config: PeerConfig, disk: &Durable) -> Self {
        let mut rig = Rig::new(config, disk);
        let learner = rig
            .with(|host| Learner::enter(LEADER, host))
            .expect("the leader is known");
        Self { rig, learner }
    }

    pub(super) fn take(&mut self, input: Input) -> Result<(), Why> {
        let learner = &mut self.learner;
        self.rig.with(|host| learner.on_input(input, host))
    }

    pub(super) fn does(&mut self, input: Input) {
        self.take(input).expect("the learner stays");
    }

    pub(super) fn hears(&mut self, zxid: Zxid, body: QuorumBody) -> Result<(), Why> {
        self.take(packet(CONN, zxid, body))
    }

    pub(super) fn written(&mut self) {
        let input = self.rig.written();
        self.does(input);
    }

    pub(super) fn leave(&mut self) {
        let learner = &mut self.learner;
        self.rig.with(|host| learner.leave(host));
    }

    pub(super) fn connected() -> Self {
        let mut learn = Self::new();
        learn.does(Input::Opened(CONN, Route::To(LEADER, Port::Quorum)));
        learn
    }

    /// As [`Self::registered`], with its last five transactions in the log.
    pub(super) fn with_a_log() -> Self {
        let config = PeerConfig::sample(Sid(1), Ensemble::plain(3, 1));
        let disk = Durable {
            accepted_epoch: Some(Epoch(4)),
            ..Durable::with_log(Epoch(3), at(3, 7))
        };
        Self::register(Self::of(config, &disk))
    }

    /// Has acknowledged epoch 5.
    pub(super) fn registered() -> Self {
        Self::register(Self::new())
    }

    pub(super) fn register(mut learn: Self) -> Self {
        learn.does(Input::Opened(CONN, Route::To(LEADER, Port::Quorum)));
        learn.hears(at(5, 0), LEADER_INFO).expect("stays");
        learn.written();
        learn
    }

    /// Serves under epoch 5.
    pub(super) fn serving() -> Self {
        let mut learn = Self::registered();
        learn.hears(at(3, 7), QuorumBody::Diff).expect("stays");
        learn.hears(at(5, 0), QuorumBody::NewLeader).expect("stays");
        learn.written();
        learn.hears(Zxid(-1), QuorumBody::UpToDate).expect("stays");
        learn
    }
}

#[test]
fn it_dials_the_quorum_port_within_its_whole_budget() {
    let learn = Learn::new();
    let dial = Effect::Dial {
        to: LEADER,
        port: Port::Quorum,
        within: Micros::from_ms(20_000),
    };
    assert!(learn.rig.out.contains(&dial));
    assert_eq!(learn.rig.core.zab, ZabState::Discovery);
}

#[test]
fn a_leader_outside_the_view_is_not_dialled() {
    let config = PeerConfig::sample(Sid(1), Ensemble::plain(2, 0));
    let mut rig = Rig::new(config, &Durable::default());
    let entered = rig.with(|host| Learner::enter(LEADER, host));
    assert_eq!(entered, Err(Why::LeaderUnknown { leader: LEADER }));
}

#[test]
fn it_says_who_it_is_and_which_epoch_it_accepted() {
    let learn = Learn::connected();
    let info = LearnerInfo {
        sid: Sid(1),
        protocol_version: 0x1_0000,
        config_version: 0,
    };
    assert_eq!(
        learn.rig.sent(),
        [(CONN, QuorumBody::FollowerInfo(info), at(4, 0))]
    );
    assert_eq!(
        learn.rig.armed(Timer::LearnerRead),
        Some(Micros::from_ms(20_000))
    );
}

#[test]
fn an_observer_sleeps_says_so_and_is_one() {
    let config = PeerConfig {
        observer_reconnect_delay_ms: 300,
        ..PeerConfig::sample(Sid(4), Ensemble::plain(3, 1))
    };
    let mut learn = Learn::of(config, &Durable::default());
    let sleep = learn.rig.armed(Timer::ObserverReconnect).expect("sleeps");
    assert!(sleep < Micros::from_ms(300));
    learn.does(Input::Fired(Timer::ObserverReconnect));
    assert!(matches!(learn.rig.out.as_slice(), [Effect::Dial { .. }]));
    learn.does(Input::Opened(CONN, Route::To(LEADER, Port::Quorum)));
    assert_eq!(learn.rig.labels(), ["OBSERVERINFO"]);
}

#[test]
fn without_a_delay_nothing_is_drawn() {
    let config = PeerConfig::sample(Sid(4), Ensemble::plain(3, 1));
    let learn = Learn::of(config, &Durable::default());
    assert_eq!(learn.rig.rng, crate::base::Rng::new(1));
    assert_eq!(learn.rig.armed(Timer::ObserverReconnect), None);
}

#[test]
fn five_refusals_a_pause_apart_end_it() {
    let mut learn = Learn::new();
    for attempt in 1..5 {
        learn.does(Input::Refused(LEADER, Port::Quorum));
        let failed = Note::ConnectFailed {
            leader: LEADER,
            attempt,
            gave_up: false,
        };
        assert_eq!(learn.rig.notes(), [failed]);
        assert_eq!(
            learn.rig.armed(Timer::ConnectRetry),
            Some(Micros::from_ms(100))
        );
        learn.does(Input::Fired(Timer::ConnectRetry));
    }
    assert_eq!(
        learn.take(Input::Refused(LEADER, Port::Quorum)),
        Err(Why::LeaderUnreachable { leader: LEADER })
    );
}

#[test]
fn acceptance_is_on_disk_before_it_is_said() {
    let mut learn = Learn::connected();
    learn.hears(at(5, 0), LEADER_INFO).expect("stays");
    let (record, _) = learn.rig.persist().expect("a write");
    assert_eq!(record, Record::AcceptedEpoch(Epoch(5)));
    assert_eq!(learn.rig.labels(), [""; 0]);
    learn.written();
    let current_epoch = Epoch(3);
    assert_eq!(
        learn.rig.sent(),
        [(CONN, QuorumBody::AckEpoch { current_epoch }, at(3, 7))]
    );
    assert_eq!(learn.rig.core.zab, ZabState::Synchronization);
}

#[test]
fn an_epoch_accepted_before_is_acknowledged_as_uncounted() {
    let mut learn = Learn::connected();
    learn.hears(at(4, 0), LEADER_INFO).expect("stays");
    assert_eq!(learn.rig.persist(), None);
    let current_epoch = Epoch(-1);
    assert_eq!(
        learn.rig.sent(),
        [(CONN, QuorumBody::AckEpoch { current_epoch }, at(3, 7))]
    );
}

#[test]
fn an_epoch_below_the_accepted_one_is_refused() {
    let mut learn = Learn::connected();
    assert_eq!(
        learn.hears(at(3, 0), LEADER_INFO),
        Err(Why::EpochTooOld { leader: LEADER })
    );
    let refused = Note::EpochRefused {
        leader: LEADER,
        offered: Epoch(3),
        accepted: Epoch(4),
    };
    assert_eq!(learn.rig.notes(), [refused]);
}

#[test]
fn what_does_not_belong_in_discovery_or_first_in_sync_makes_it_leave() {
    let illegal = Err(Why::IllegalPacket { leader: LEADER });
    assert_eq!(
        Learn::connected().hears(at(5, 0), QuorumBody::NewLeader),
        illegal
    );
    assert_eq!(
        Learn::registered().hears(at(5, 0), QuorumBody::NewLeader),
        illegal
    );
    let bytes = [0_u8; 3].into();
    let raw = Message::Election(ElectionMessage::Raw { bytes });
    assert_eq!(Learn::connected().take(Input::Received(CONN, raw)), illegal);
}

#[test]
fn the_epoch_is_on_disk_before_newleader_is_acknowledged() {
    let mut learn = Learn::registered();
    learn.hears(at(3, 7), QuorumBody::Diff).expect("stays");
    learn.hears(at(5, 0), QuorumBody::NewLeader).expect("stays");
    let (record, _) = learn.rig.persist().expect("a write");
    assert_eq!(record, Record::CurrentEpoch(Epoch(5)));
    assert_eq!(learn.rig.labels(), [""; 0]);
    learn.written();
    assert_eq!(learn.rig.sent(), [(CONN, QuorumBody::Ack, at(5, 0))]);
    assert_eq!(learn.rig.core.current_epoch, Epoch(5));
    assert_eq!(
        learn.rig.armed(Timer::LearnerRead),
        Some(Micros::from_ms(10_000))
    );
}

#[test]
fn uptodate_is_acknowledged_too_and_starts_service() {
    let learn = Learn::serving();
    assert_eq!(learn.rig.sent(), [(CONN, QuorumBody::Ack, at(5, 0))]);
    assert_eq!(learn.rig.core.zab, ZabState::Broadcast);
    // A DIFF without transactions leaves the history where it was.
    assert_eq!(learn.rig.core.db.last_processed(), at(3, 7));
    let serving = Note::Serving {
        leader: LEADER,
        epoch: Epoch(5),
    };
    assert!(learn.rig.notes().contains(&serving));
}

#[test]
fn a_ping_is_echoed_at_once_when_serving_and_not_at_all_before() {
    let mut learn = Learn::registered();
    learn.hears(at(3, 7), QuorumBody::Diff).expect("stays");
    learn.hears(at(5, 0), QuorumBody::Ping).expect("stays");
    assert_eq!(learn.rig.labels(), [""; 0]);
    assert!(
        learn.rig.armed(Timer::LearnerRead).is_some(),
        "but it was heard"
    );
    let mut learn = Learn::serving();
    learn.hears(at(5, 9), QuorumBody::Ping).expect("stays");
    assert_eq!(learn.rig.sent(), [(CONN, QuorumBody::Ping, at(5, 9))]);
}

#[test]
fn what_means_nothing_to_a_serving_learner_is_only_warned_about() {
    let mut learn = Learn::serving();
    learn.hears(at(5, 0), QuorumBody::NewLeader).expect("stays");
    let unexpected = Note::Malformed {
        heard_from: Some(LEADER),
        fault: Malformed::Unexpected,
    };
    assert_eq!(learn.rig.notes(), [unexpected]);
}

#[test]
fn a_snapshot_is_on_disk_before_the_epoch() {
    let mut learn = Learn::registered();
    learn.hears(at(4, 9), snap()).expect("stays");
    assert_eq!(learn.rig.persist(), None);
    assert_eq!(learn.rig.core.db.last_processed(), at(4, 9));
    learn.hears(at(5, 0), QuorumBody::NewLeader).expect("stays");
    let (first, _) = learn.rig.persist().expect("a write");
    learn.written();
    let (second, _) = learn.rig.persist().expect("a write");
    assert!(matches!(first, Record::Snapshot(snapshot) if snapshot.zxid == at(4, 9)));
    assert_eq!(second, Record::CurrentEpoch(Epoch(5)));
    learn.written();
    assert_eq!(learn.rig.labels(), ["ACK"]);
    assert_eq!(learn.rig.core.disk.last_zxid(), at(4, 9));
}

#[test]
fn a_truncated_log_is_read_again() {
    let mut learn = Learn::with_a_log();
    learn.hears(at(3, 5), QuorumBody::Trunc).expect("stays");
    let (record, _) = learn.rig.persist().expect("a write");
    assert_eq!(record, Record::Truncate(at(3, 5)));
    learn.written();
    assert_eq!(learn.rig.core.db.last_processed(), at(3, 5));
    assert_eq!(learn.rig.core.disk.last_zxid(), at(3, 5));
    learn.hears(at(5, 0), QuorumBody::NewLeader).expect("stays");
    let (record, _) = learn.rig.persist().expect("a write");
    assert!(matches!(record, Record::Snapshot(snapshot) if snapshot.zxid == at(3, 5)));
}

#[test]
fn an_interrupted_snapshot_is_forgotten_and_so_is_memory_at_later_failed_connects() {
    // QUIRK(sync-mode-stays)
    let mut learn = Learn::registered();
    learn.hears(at(4, 9), snap()).expect("stays");
    learn.leave();
    assert_eq!(learn.rig.core.db.last_processed(), at(3, 7));
    learn.rig.core.db.set_last_processed(at(6, 0));
    let again = learn.rig.with(|host| Learner::enter(LEADER, host));
    learn.learner = again.expect("known");
    learn.leave();
    assert_eq!(learn.rig.core.db.last_processed(), at(3, 7));
}

#[test]
fn a_processed_newleader_ends_the_synchronisation_and_memory_stays() {
    let mut learn = Learn::serving();
    learn.rig.core.db.set_last_processed(at(6, 0));
    learn.leave();
    assert_eq!(learn.rig.core.db.last_processed(), at(6, 0));
    assert_eq!(learn.rig.hung_up(), [CONN]);
    assert!(learn.rig.out.contains(&Effect::Disarm(Timer::LearnerRead)));
}

#[test]
fn silence_is_measured_against_the_limit_of_its_phase() {
    for (mut learn, limit_ms) in [(Learn::registered(), 20_000), (Learn::serving(), 10_000)] {
        assert_eq!(
            learn.take(Input::Fired(Timer::LearnerRead)),
            Err(Why::LeaderSilent {
                leader: LEADER,
                limit_ms
            })
        );
    }
}

#[test]
fn the_leaders_close_is_noticed_when_everything_before_it_was_read() {
    let mut learn = Learn::connected();
    learn.hears(at(5, 0), LEADER_INFO).expect("stays");
    let write = learn.rig.written();
    learn.does(Input::Closed(CONN));
    assert_eq!(
        learn.take(write),
        Err(Why::LeaderClosed { leader: LEADER }),
        "its disk kept it busy"
    );
    assert_eq!(learn.rig.core.accepted_epoch, Epoch(5));
    assert_eq!(
        Learn::serving().take(Input::Closed(CONN)),
        Err(Why::LeaderClosed { leader: LEADER })
    );
}

#[test]
fn connections_nobody_asked_for_are_closed() {
    let mut learn = Learn::serving();
    let other = ConnId(9);
    for route in [
        Route::To(LEADER, Port::Quorum),
        Route::To(Sid(2), Port::Quorum),
        Route::Accepted(Port::Quorum),
    ] {
        learn.does(Input::Opened(other, route));
        assert_eq!(learn.rig.hung_up(), [other]);
    }
    let before = learn.learner.clone();
    for input in [
        Input::Closed(other),
        Input::Refused(LEADER, Port::Quorum),
        Input::Fired(Timer::ConnectRetry),
        Input::Fired(Timer::ObserverReconnect),
        Input::Persisted(Ticket(99)),
    ] {
        learn.does(input);
    }
    assert_eq!(learn.learner, before);
}
