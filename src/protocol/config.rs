//! What a peer knows about itself and its ensemble before it starts.
//!
//! Values only; reading a `zoo.cfg` is `scenario::zoo_cfg`'s work. Source: `QuorumPeerConfig.java`.

use serde::{Deserialize, Serialize};

use super::bugs::Bugs;
use super::ids::{LearnerType, Sid};
use super::storage::{StorageRules, SyncRules};
use crate::base::{Map, Micros};

/// One line of the server list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Participant or observer.
    pub learner_type: LearnerType,
    /// `host:port` the election port is reached at; what a handshake carries.
    pub election_addr: String,
    /// The canonical text of the `server.N` value, for configuration texts.
    pub line: String,
}

/// How a set of acknowledging servers is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum QuorumSpec {
    /// More than half of the participants.
    #[default]
    Majority,
    /// More than half of the weight in more than half of the groups.
    Hierarchical {
        /// Group number to the ids it lists.
        groups: Map<i64, Vec<Sid>>,
        /// Weights given; participants without one weigh 1.
        weights: Map<Sid, i64>,
    },
    /// A majority, or with at most two participants the oracle's word.
    Oracle {
        /// Path of the oracle file.
        path: String,
        /// Its content as the run starts; `None` where it is missing or unreadable.
        #[serde(default)]
        says: Option<String>,
    },
}

/// Whether sessions may live in the connected server alone: `localSessionsEnabled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LocalSessions {
    /// No.
    #[default]
    Disabled,
    /// Every new one does, and owns no ephemeral znode.
    Enabled,
    /// Every new one does until it creates an ephemeral znode: `localSessionsUpgradingEnabled`.
    Upgrading,
}

/// A configuration of the ensemble, as `/zookeeper/config` holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ensemble {
    /// All members by id.
    pub members: Map<Sid, Member>,
    /// The quorum system.
    pub quorum: QuorumSpec,
    /// The configuration's version; 0 for a static file.
    pub version: i64,
}

impl Ensemble {
    /// Plain members `1..=participants`, the following `observers` ids observing; for tests and
    /// defaults.
    pub fn plain(participants: i64, observers: i64) -> Self {
        let members = (1..=participants + observers)
            .map(|n| {
                let learner_type = if n <= participants {
                    LearnerType::Participant
                } else {
                    LearnerType::Observer
                };
                (Sid(n), Member::plain(n, learner_type))
            })
            .collect();
        Self {
            members,
            quorum: QuorumSpec::Majority,
            version: 0,
        }
    }

    /// Ids of the voting members, ascending.
    pub fn participants(&self) -> impl Iterator<Item = Sid> + '_ {
        self.of_type(LearnerType::Participant)
    }

    /// Ids of the observers, ascending.
    pub fn observers(&self) -> impl Iterator<Item = Sid> + '_ {
        self.of_type(LearnerType::Observer)
    }

    /// True where `sid` is a voting member.
    pub fn is_participant(&self, sid: Sid) -> bool {
        self.members
            .get(&sid)
            .is_some_and(|m| m.learner_type == LearnerType::Participant)
    }

    fn of_type(&self, wanted: LearnerType) -> impl Iterator<Item = Sid> + '_ {
        self.members
            .iter()
            .filter(move |(_, m)| m.learner_type == wanted)
            .map(|(sid, _)| *sid)
    }
}

impl Member {
    /// Member `n` with the addresses the page invents for a plain ensemble.
    pub fn plain(n: i64, learner_type: LearnerType) -> Self {
        let role = match learner_type {
            LearnerType::Participant => "participant",
            LearnerType::Observer => "observer",
        };
        Self {
            learner_type,
            election_addr: format!("zk{n}:3888"),
            line: format!("zk{n}:2888:3888:{role};0.0.0.0:2181"),
        }
    }
}

/// Everything a peer is started with. Times in milliseconds, limits in ticks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerConfig {
    /// `myid`.
    pub my_id: Sid,
    /// The committed configuration at start.
    pub ensemble: Ensemble,
    /// `tickTime`, ms.
    pub tick_time_ms: u64,
    /// `initLimit`, ticks.
    pub init_limit: u64,
    /// `syncLimit`, ticks.
    pub sync_limit: u64,
    /// `connectToLearnerMasterLimit`, ticks; 0 uses `initLimit`.
    pub connect_to_learner_master_limit: u64,
    /// `fastleader.minNotificationInterval`, ms.
    pub min_notification_interval_ms: u64,
    /// `fastleader.maxNotificationInterval`, ms.
    pub max_notification_interval_ms: u64,
    /// `cnxTimeout`, ms.
    pub cnx_timeout_ms: u64,
    /// `quorumCnxnTimeoutMs`; `None` is tickTime × syncLimit.
    pub quorum_cnxn_timeout_ms: Option<u64>,
    /// `leaderConnectDelayDuringRetryMs`.
    pub leader_connect_delay_ms: u64,
    /// `leader.maxTimeToWaitForEpoch`, ms; `None` is off.
    pub max_time_to_wait_for_epoch_ms: Option<u64>,
    /// `observer.reconnectDelayMs`.
    pub observer_reconnect_delay_ms: u64,
    /// `observer.election.DelayMs`.
    pub observer_election_delay_ms: u64,
    /// `minSessionTimeout`, ms; −1 is two ticks.
    pub min_session_timeout_ms: i64,
    /// `maxSessionTimeout`, ms; −1 is twenty ticks.
    pub max_session_timeout_ms: i64,
    /// `maxClientCnxns`: connections of one client host; 0 is any number.
    pub max_client_cnxns: u64,
    /// `localSessionsEnabled` and `localSessionsUpgradingEnabled`.
    #[serde(default)]
    pub local_sessions: LocalSessions,
    /// `reconfigEnabled`.
    pub reconfig_enabled: bool,
    /// Its disk.
    #[serde(default)]
    pub storage: StorageRules,
    /// How it brings learners up to date.
    #[serde(default)]
    pub sync: SyncRules,
    /// Former behaviour that is switched on.
    #[serde(default)]
    pub bugs: Bugs,
}

impl PeerConfig {
    /// `FastLeaderElection.finalizeWait`: a constant of the real thing.
    pub const FINALIZE_WAIT: Micros = Micros::from_ms(200);

    /// The sample file's values for member `my_id` of `ensemble`.
    pub fn sample(my_id: Sid, ensemble: Ensemble) -> Self {
        Self {
            my_id,
            ensemble,
            tick_time_ms: 2_000,
            init_limit: 10,
            sync_limit: 5,
            connect_to_learner_master_limit: 0,
            min_notification_interval_ms: 200,
            max_notification_interval_ms: 60_000,
            cnx_timeout_ms: 5_000,
            quorum_cnxn_timeout_ms: None,
            leader_connect_delay_ms: 100,
            max_time_to_wait_for_epoch_ms: None,
            observer_reconnect_delay_ms: 0,
            observer_election_delay_ms: 200,
            min_session_timeout_ms: -1,
            max_session_timeout_ms: -1,
            max_client_cnxns: 60,
            local_sessions: LocalSessions::Disabled,
            reconfig_enabled: false,
            storage: StorageRules::default(),
            sync: SyncRules::default(),
            bugs: Bugs::NONE,
        }
    }

    /// Whether this peer votes. A peer in neither list counts as PARTICIPANT without a vote.
    pub fn learner_type(&self) -> LearnerType {
        self.ensemble
            .members
            .get(&self.my_id)
            .map_or(LearnerType::Participant, |m| m.learner_type)
    }

    /// tickTime.
    pub const fn tick(&self) -> Micros {
        bounded(self.tick_time_ms)
    }

    /// The time between a leader's pings: half a tick.
    pub const fn ping_interval(&self) -> Micros {
        Micros(self.tick().0 / 2)
    }

    /// tickTime × initLimit: discovery, epoch-ack, NEWLEADER-ack waits and the sync read time-out.
    pub const fn init_time(&self) -> Micros {
        bounded(self.tick_time_ms.saturating_mul(self.init_limit))
    }

    /// tickTime × syncLimit: the established connection's read time-out.
    pub const fn sync_time(&self) -> Micros {
        bounded(self.tick_time_ms.saturating_mul(self.sync_limit))
    }

    /// A learner's total budget for dialling its leader.
    pub const fn connect_budget(&self) -> Micros {
        let ticks = if self.connect_to_learner_master_limit > 0 {
            self.connect_to_learner_master_limit
        } else {
            self.init_limit
        };
        bounded(self.tick_time_ms.saturating_mul(ticks))
    }

    /// How long an election handshake may take.
    pub fn handshake_timeout(&self) -> Micros {
        match self.quorum_cnxn_timeout_ms {
            Some(ms) if ms > 0 => bounded(ms),
            _ => self.sync_time(),
        }
    }
}

/// `ms` milliseconds, at most what fits the `int` the original keeps every limit in: 24.8 days.
///
/// A configuration may state any number; what is computed from it must not overflow the clock.
pub(super) const fn bounded(ms: u64) -> Micros {
    const MOST: u64 = i32::MAX as u64;
    Micros::from_ms(if ms > MOST { MOST } else { ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_times_follow_the_sample_file() {
        let config = PeerConfig::sample(Sid(1), Ensemble::plain(3, 1));
        assert_eq!(config.tick(), Micros::from_ms(2_000));
        assert_eq!(config.ping_interval(), Micros::from_ms(1_000));
        assert_eq!(config.init_time(), Micros::from_ms(20_000));
        assert_eq!(config.sync_time(), Micros::from_ms(10_000));
        assert_eq!(config.connect_budget(), Micros::from_ms(20_000));
        assert_eq!(config.handshake_timeout(), Micros::from_ms(10_000));
    }

    #[test]
    fn no_configuration_overflows_the_clock() {
        let config = PeerConfig {
            tick_time_ms: u64::MAX,
            connect_to_learner_master_limit: u64::MAX,
            quorum_cnxn_timeout_ms: Some(u64::MAX),
            ..PeerConfig::sample(Sid(1), Ensemble::plain(3, 0))
        };
        let most = Micros::from_ms(2_147_483_647);
        assert_eq!(config.tick(), most);
        assert_eq!(config.init_time(), most);
        assert_eq!(config.sync_time(), most);
        assert_eq!(config.connect_budget(), most);
        assert_eq!(config.handshake_timeout(), most);
        assert!(config.ping_interval() < most);
    }

    #[test]
    fn groups_and_weights_survive_json() {
        let quorum = QuorumSpec::Hierarchical {
            groups: [(1, vec![Sid(1), Sid(2)])].into(),
            weights: [(Sid(2), 0)].into(),
        };
        let text = serde_json::to_string(&quorum).expect("writes");
        let again: QuorumSpec = serde_json::from_str(&text).expect("reads");
        assert_eq!(again, quorum);
    }

    #[test]
    fn observers_do_not_participate_and_strangers_count_as_participants() {
        let ensemble = Ensemble::plain(3, 1);
        assert_eq!(
            ensemble.participants().collect::<Vec<_>>(),
            [Sid(1), Sid(2), Sid(3)]
        );
        assert_eq!(ensemble.observers().collect::<Vec<_>>(), [Sid(4)]);
        let observer = PeerConfig::sample(Sid(4), ensemble.clone());
        assert_eq!(observer.learner_type(), LearnerType::Observer);
        let stranger = PeerConfig::sample(Sid(9), ensemble);
        assert_eq!(stranger.learner_type(), LearnerType::Participant);
        assert!(!stranger.ensemble.is_participant(Sid(9)));
    }
}
