//! One text for a whole ensemble, and the peers it describes.
//!
//! A pasted `zoo.cfg` is every server's file at once, so there is no `myid`, one `clientPort`
//! stands for all, and what only a real machine needs is assumed. What `ZooKeeper` leaves unchecked
//! but would make a simulation endless or empty is refused with its place.

use super::problem::quoted;
use super::quorum::List;
use super::reader::Reader;
use super::{Diagnostics, Key, Problem, Properties, Value, ZooCfg};
use crate::protocol::config::{Ensemble, LocalSessions, Member, PeerConfig};
use crate::protocol::{Bugs, LearnerType, Sid};

/// The most servers that run together: as many as there are practical ids.
const MAX_SERVERS: usize = 255;

/// Values of the sample file, for limits that are not given.
const SAMPLE_LIMITS: [(Key, i64); 2] = [(Key::InitLimit, 10), (Key::SyncLimit, 5)];

/// An hour, ms: more than anybody waits.
const HOUR_MS: i64 = 3_600_000;

/// What can be simulated: key, least, most. Least −1 or 0 where that switches something off.
const BOUNDS: [(Key, i64, i64); 14] = [
    (Key::TickTime, 1, HOUR_MS),
    (Key::InitLimit, 1, 10_000),
    (Key::SyncLimit, 1, 10_000),
    (Key::ConnectToLearnerMasterLimit, 0, 10_000),
    (Key::MinSessionTimeout, -1, i32::MAX as i64),
    (Key::MaxSessionTimeout, -1, i32::MAX as i64),
    (Key::MinNotificationInterval, 1, HOUR_MS),
    (Key::MaxNotificationInterval, 1, HOUR_MS),
    (Key::CnxTimeout, 1, HOUR_MS),
    (Key::QuorumCnxnTimeoutMs, -1, HOUR_MS),
    (Key::LeaderConnectDelayDuringRetryMs, 0, HOUR_MS),
    (Key::MaxTimeToWaitForEpoch, -1, HOUR_MS),
    (Key::ObserverReconnectDelayMs, 0, HOUR_MS),
    (Key::ObserverElectionDelayMs, 0, HOUR_MS),
];

/// Reads one text for all servers.
pub(super) fn read(properties: &Properties) -> Result<ZooCfg, Diagnostics> {
    let mut reader = Reader::read(properties)?;
    reader.check_settings();
    match reader.cfg.text(Key::DynamicConfigFile).map(quoted) {
        Some(path) => {
            let at = reader.place(Key::DynamicConfigFile);
            let problem = Problem::DynamicFileElsewhere { path };
            reader.found.error(at, problem);
        }
        None => reader.check_ensemble(),
    }
    reader.assume_missing();
    reader.check_bounds();
    reader.finish()
}

impl Reader<'_> {
    fn check_ensemble(&mut self) {
        if self.take_quorum() == List::Broken {
            return;
        }
        self.check_members();
        let servers = self.cfg.servers.len();
        if servers == 0 && self.cfg.flag(Key::StandaloneEnabled) {
            self.found.error(None, Problem::NoServers {});
        }
        if servers > MAX_SERVERS {
            let problem = Problem::TooManyServers {
                count: u32::try_from(servers).unwrap_or(u32::MAX),
                limit: u32::try_from(MAX_SERVERS).unwrap_or(u32::MAX),
            };
            self.found.error(None, problem);
        }
        self.check_client_ports();
    }

    fn assume_missing(&mut self) {
        if self.lacks(Key::DataDir) {
            self.assume(Key::DataDir, "a simulated disk");
        }
        for (key, ticks) in SAMPLE_LIMITS {
            if self.knows(key) && self.cfg.int(key) == 0 {
                self.assume(key, &ticks.to_string());
                self.cfg.settings.insert(key, Value::Int(ticks));
            }
        }
    }

    fn assume(&mut self, key: Key, value: &str) {
        let at = self.place(key);
        let (key, value) = (key.name().to_owned(), value.to_owned());
        self.found.warn(at, Problem::Assumed { key, value });
    }

    fn check_bounds(&mut self) {
        for (key, least, most) in BOUNDS {
            let value = self.cfg.int(key);
            // A tickTime of 0 has been reported as not set.
            let reported = key == Key::TickTime && value == 0;
            if self.knows(key) && !reported && !(least..=most).contains(&value) {
                let problem = Problem::OutOfRange {
                    key: key.name().to_owned(),
                    value,
                    least,
                    most,
                };
                self.found.error(self.place(key), problem);
            }
        }
        // QUIRK(cnx-timeout): the one property whose text ZooKeeper does not forgive.
        if let Some(text) = self.cfg.text(Key::CnxTimeout).map(quoted) {
            let key = Key::CnxTimeout.name().to_owned();
            let problem = Problem::NotANumber { key, value: text };
            self.found.error(self.place(Key::CnxTimeout), problem);
        }
    }

    fn check_client_ports(&mut self) {
        let Some(own) = self.cfg.client_addr() else {
            return;
        };
        let at = self.place(Key::ClientPort);
        for (sid, line) in &self.cfg.servers {
            if let Some(listed) = line.client.as_ref().filter(|c| c.port != own.port) {
                let (sid, listed) = (sid.0, listed.to_string());
                let problem = Problem::ClientPortOverruled { sid, listed };
                self.found.warn(at, problem);
            }
        }
    }
}

impl ZooCfg {
    /// The server list and quorum system as the protocol knows them.
    pub fn ensemble(&self) -> Ensemble {
        let member = |(sid, line): (&Sid, &super::ServerLine)| {
            let member = Member {
                learner_type: line.role,
                election_addr: line.election_addr(),
                line: line.to_string(),
            };
            (*sid, member)
        };
        Ensemble {
            members: self.servers.iter().map(member).collect(),
            quorum: self.quorum.clone(),
            version: self.version(),
        }
    }

    /// What the peer `my_id` of this ensemble is started with.
    ///
    /// # Errors
    /// Where there is no such server: `ZooKeeper`'s peer refuses to start.
    pub fn peer_config(&self, my_id: Sid) -> Result<PeerConfig, Problem> {
        if !self.servers.contains_key(&my_id) {
            return Err(Problem::MyIdNotListed { sid: my_id.0 });
        }
        Ok(PeerConfig {
            my_id,
            ensemble: self.ensemble(),
            tick_time_ms: self.amount(Key::TickTime),
            init_limit: self.amount(Key::InitLimit),
            sync_limit: self.amount(Key::SyncLimit),
            connect_to_learner_master_limit: self.amount(Key::ConnectToLearnerMasterLimit),
            min_notification_interval_ms: self.amount(Key::MinNotificationInterval),
            max_notification_interval_ms: self.amount(Key::MaxNotificationInterval),
            cnx_timeout_ms: self.amount(Key::CnxTimeout),
            quorum_cnxn_timeout_ms: self.optional(Key::QuorumCnxnTimeoutMs),
            leader_connect_delay_ms: self.amount(Key::LeaderConnectDelayDuringRetryMs),
            max_time_to_wait_for_epoch_ms: self.optional(Key::MaxTimeToWaitForEpoch),
            observer_reconnect_delay_ms: self.amount(Key::ObserverReconnectDelayMs),
            observer_election_delay_ms: self.amount(Key::ObserverElectionDelayMs),
            min_session_timeout_ms: self.min_session_timeout_ms(),
            max_session_timeout_ms: self.max_session_timeout_ms(),
            max_client_cnxns: self.amount(Key::MaxClientCnxns),
            local_sessions: self.local_sessions(),
            reconfig_enabled: self.flag(Key::ReconfigEnabled),
            storage: self.storage_rules(),
            sync: self.sync_rules(),
            bugs: Bugs::NONE,
        })
    }

    /// The role of a server; a stranger counts as participant.
    pub fn role(&self, sid: Sid) -> LearnerType {
        let line = self.servers.get(&sid);
        line.map_or(LearnerType::Participant, |line| line.role)
    }

    fn local_sessions(&self) -> LocalSessions {
        if !self.flag(Key::LocalSessionsEnabled) {
            LocalSessions::Disabled
        } else if self.flag(Key::LocalSessionsUpgradingEnabled) {
            LocalSessions::Upgrading
        } else {
            LocalSessions::Enabled
        }
    }

    fn amount(&self, key: Key) -> u64 {
        self.optional(key).unwrap_or(0)
    }

    /// The number of `key`, where it is not negative.
    fn optional(&self, key: Key) -> Option<u64> {
        u64::try_from(self.int(key)).ok()
    }
}
