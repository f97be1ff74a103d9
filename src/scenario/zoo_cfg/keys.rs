//! The keys of `zoo.cfg`: names, types, defaults, in the order they are printed.
//!
//! First those `QuorumPeerConfig` reads itself, then those that become system properties
//! `zookeeper.<key>` and are read where they are used. Keys of other families (`server.N`,
//! `group.G`, `weight.N`, `version`) are not settings and not here. Source:
//! `QuorumPeerConfig.java`, parseProperties.

use serde::{Deserialize, Serialize};

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Integer.parseInt`: a 32-bit number or an error.
    Int,
    /// A client or quorum port: a number, and between 0 and 65535.
    Port,
    /// `true` or `false` in any case, or an error.
    Bool,
    /// Any text.
    Text,
    /// `participant` or `observer` in any case.
    Role,
    /// The number or name of an election algorithm.
    Algorithm,
    /// A system property `Integer.getInteger` reads: what does not parse counts as not given.
    PropertyInt,
    /// The same, 64 bits.
    PropertyLong,
    /// A system property where exactly one text means something.
    PropertyText,
}

impl Kind {
    /// True for numbers that fall back to their default where they do not parse.
    pub const fn is_property_number(self) -> bool {
        matches!(self, Self::PropertyInt | Self::PropertyLong)
    }
}

/// A value of a known key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number.
    Int(i64),
    /// A choice.
    Bool(bool),
    /// A text; also a property that should be a number and is not.
    Text(String),
}

impl core::fmt::Display for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

macro_rules! keys {
    ($($(#[$doc:meta])+ $name:ident $text:literal $kind:ident $(= $default:literal)?;)+) => {
        /// A key this build knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($(#[$doc])+ $name,)+ }

        impl Key {
            /// All keys, in printing order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            const ROWS: &'static [(&'static str, Kind, Option<&'static str>)] =
                &[$(($text, Kind::$kind, keys!(@default $($default)?))),+];
        }
    };
    (@default) => { None };
    (@default $default:literal) => { Some($default) };
}

keys! {
    /// Length of a tick, ms.
    TickTime "tickTime" Int = "3000";
    /// Ticks for discovery and synchronisation; 0 is not set.
    InitLimit "initLimit" Int = "0";
    /// Ticks of silence on an established connection; 0 is not set.
    SyncLimit "syncLimit" Int = "0";
    /// Ticks to dial the leader; 0 is initLimit.
    ConnectToLearnerMasterLimit "connectToLearnerMasterLimit" Int = "0";
    /// Directory of snapshots, and of `myid`.
    DataDir "dataDir" Text;
    /// Directory of the transaction log; not given, that of the snapshots.
    DataLogDir "dataLogDir" Text;
    /// Port for clients.
    ClientPort "clientPort" Port;
    /// Host for clients; not given, every address.
    ClientPortAddress "clientPortAddress" Text;
    /// Port for clients over TLS.
    SecureClientPort "secureClientPort" Port;
    /// Host for clients over TLS.
    SecureClientPortAddress "secureClientPortAddress" Text;
    /// Connections waiting to be accepted; −1 is the system's number.
    ClientPortListenBacklog "clientPortListenBacklog" Int = "-1";
    /// Connections of one client address; 0 is any number.
    MaxClientCnxns "maxClientCnxns" Int = "60";
    /// Least session timeout, ms; −1 is two ticks.
    MinSessionTimeout "minSessionTimeout" Int = "-1";
    /// Largest session timeout, ms; −1 is twenty ticks.
    MaxSessionTimeout "maxSessionTimeout" Int = "-1";
    /// Sessions known to one server only.
    LocalSessionsEnabled "localSessionsEnabled" Bool = "false";
    /// Whether those become global when they need to.
    LocalSessionsUpgradingEnabled "localSessionsUpgradingEnabled" Bool = "false";
    /// The election algorithm.
    ElectionAlg "electionAlg" Algorithm = "3";
    /// What this server is; the server list wins.
    PeerType "peerType" Role = "participant";
    /// Whether observers write log and snapshots.
    SyncEnabled "syncEnabled" Bool = "true";
    /// Whether a single server runs without elections.
    StandaloneEnabled "standaloneEnabled" Bool = "true";
    /// Dynamic membership.
    ReconfigEnabled "reconfigEnabled" Bool = "false";
    /// Where the server lines are instead.
    DynamicConfigFile "dynamicConfigFile" Text;
    /// File of the oracle that decides for two servers.
    OraclePath "oraclePath" Text;
    /// Port for observers of a follower; 0 is off.
    ObserverMasterPort "observerMasterPort" Int = "0";
    /// Bind quorum and election ports on every address.
    QuorumListenOnAllIps "quorumListenOnAllIPs" Bool = "false";
    /// Several addresses for one server.
    MultiAddressEnabled "multiAddress.enabled" Bool = "false";
    /// Try them before use.
    MultiAddressReachabilityCheckEnabled "multiAddress.reachabilityCheckEnabled" Bool = "true";
    /// How long, ms.
    MultiAddressReachabilityCheckTimeoutMs "multiAddress.reachabilityCheckTimeoutMs" Int = "1000";
    /// Threads of the connection manager; only more than 20 has effect.
    QuorumCnxnThreadsSize "quorum.cnxn.threads.size" Int = "20";
    /// Snapshots kept; at least 3.
    SnapRetainCount "autopurge.snapRetainCount" Int = "3";
    /// Hours between purges; 0 is never.
    PurgeInterval "autopurge.purgeInterval" Int = "0";
    /// TLS between servers.
    SslQuorum "sslQuorum" Bool = "false";
    /// TLS and plain text on one quorum port.
    PortUnification "portUnification" Bool = "false";
    /// SASL between servers.
    QuorumAuthEnableSasl "quorum.auth.enableSasl" Bool = "false";
    /// Learners must use it.
    QuorumAuthLearnerRequireSasl "quorum.auth.learnerRequireSasl" Bool = "false";
    /// Servers must use it.
    QuorumAuthServerRequireSasl "quorum.auth.serverRequireSasl" Bool = "false";
    /// Its section for learners.
    QuorumAuthLearnerLoginContext "quorum.auth.learner.saslLoginContext" Text = "QuorumLearner";
    /// Its section for servers.
    QuorumAuthServerLoginContext "quorum.auth.server.saslLoginContext" Text = "QuorumServer";
    /// Its principal.
    QuorumAuthKerberosPrincipal "quorum.auth.kerberos.servicePrincipal" Text = "zkquorum/localhost";

    /// First notification timeout, ms.
    MinNotificationInterval "fastleader.minNotificationInterval" PropertyInt = "200";
    /// Largest notification timeout, ms.
    MaxNotificationInterval "fastleader.maxNotificationInterval" PropertyInt = "60000";
    /// Election connect timeout, ms.
    CnxTimeout "cnxTimeout" PropertyInt = "5000";
    /// Election handshake timeout, ms; −1 is syncLimit ticks.
    QuorumCnxnTimeoutMs "quorumCnxnTimeoutMs" PropertyInt = "-1";
    /// Tries to bind the election port; 0 is for ever.
    ElectionPortBindRetry "electionPortBindRetry" PropertyInt = "3";
    /// Keep-alive on election sockets.
    TcpKeepAlive "tcpKeepAlive" PropertyText = "false";
    /// Pause between tries to dial the leader, ms.
    LeaderConnectDelayDuringRetryMs "leaderConnectDelayDuringRetryMs" PropertyInt = "100";
    /// Time in discovery after which a leader gives up, ms; −1 is off.
    MaxTimeToWaitForEpoch "leader.maxTimeToWaitForEpoch" PropertyInt = "-1";
    /// The leader accepts clients unless this is exactly `no`.
    LeaderServes "leaderServes" PropertyText = "yes";
    /// Snapshots the leader sends at once.
    MaxConcurrentSnapSyncs "leader.maxConcurrentSnapSyncs" PropertyInt = "10";
    /// Diffs the leader sends at once.
    MaxConcurrentDiffSyncs "leader.maxConcurrentDiffSyncs" PropertyInt = "100";
    /// Always send a snapshot; for tests.
    ForceSnapshotSync "forceSnapshotSync" PropertyText = "false";
    /// Transactions between snapshots; at least 2.
    SnapCount "snapCount" PropertyInt = "100000";
    /// Log size between snapshots, KiB; 0 or less is off.
    SnapSizeLimitInKb "snapSizeLimitInKb" PropertyLong = "4194304";
    /// How long a file of the log is made in advance, KiB.
    PreAllocSize "preAllocSize" PropertyLong = "65536";
    /// Transactions kept for learners; at least 500.
    CommitLogCount "commitLogCount" PropertyInt = "500";
    /// Log size, as part of a snapshot's, up to which the log is sent.
    SnapshotSizeFactor "snapshotSizeFactor" PropertyText = "0.33";
    /// Wait before flushing the log, ms.
    FlushDelay "flushDelay" PropertyLong = "0";
    /// Transactions flushed at once.
    MaxBatchSize "maxBatchSize" PropertyInt = "1000";
    /// Wait for more of them, ms; not given, a third of flushDelay.
    MaxWriteQueuePollTime "maxWriteQueuePollTime" PropertyLong;
    /// The log is forced to disk unless this is exactly `no`.
    ForceSync "forceSync" PropertyText = "yes";
    /// Requests in the pipeline.
    GlobalOutstandingLimit "globalOutstandingLimit" PropertyInt = "1000";
    /// An empty database is trusted.
    DbAutocreate "db.autocreate" PropertyText = "true";
    /// A log without snapshot is accepted.
    SnapshotTrustEmpty "snapshot.trust.empty" PropertyText = "false";
    /// Overrides syncEnabled.
    ObserverSyncEnabled "observer.syncEnabled" PropertyText;
    /// An observer waits below this before connecting again, ms.
    ObserverReconnectDelayMs "observer.reconnectDelayMs" PropertyLong = "0";
    /// An observer waits below this before looking, ms.
    ObserverElectionDelayMs "observer.election.DelayMs" PropertyInt = "200";
    /// Counter of a new leader; for tests.
    InitialZxid "testingonly.initialZxid" PropertyLong;
    /// Serve reads while LOOKING. As a system property it has no prefix, so `zoo.cfg` cannot set
    /// it.
    ReadOnlyModeEnabled "readonlymode.enabled" PropertyText = "false";
}

/// Election algorithms of this build: number and name.
pub const ALGORITHMS: &[(i64, &str)] = &[(3, "fast")];

impl Key {
    const fn row(self) -> (&'static str, Kind, Option<&'static str>) {
        Self::ROWS[self as usize]
    }

    /// As `zoo.cfg` writes it.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// How its value is read.
    pub const fn kind(self) -> Kind {
        self.row().1
    }

    /// What counts where it is not given, as it would be written.
    pub const fn default_text(self) -> Option<&'static str> {
        self.row().2
    }

    /// The key of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// A key that `name` may have been meant to be: other case, or with the prefix of system
    /// properties.
    pub fn meant_by(name: &str) -> Option<Self> {
        let bare = name.strip_prefix("zookeeper.").unwrap_or(name);
        Self::ALL
            .iter()
            .copied()
            .find(|key| key.name().eq_ignore_ascii_case(bare))
    }

    /// The value that counts where the key is not given.
    pub fn default_value(self) -> Option<Value> {
        let text = self.default_text()?;
        Some(match self.kind() {
            Kind::Bool => Value::Bool(text == "true"),
            Kind::Text | Kind::PropertyText | Kind::Role => Value::Text(text.to_owned()),
            Kind::Int | Kind::Port | Kind::Algorithm | Kind::PropertyInt | Kind::PropertyLong => {
                Value::Int(text.parse().ok()?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_name_and_has_a_default_of_its_kind() {
        for &key in Key::ALL {
            assert_eq!(Key::named(key.name()), Some(key));
            let parses = key.default_value().is_some();
            assert_eq!(parses, key.default_text().is_some(), "{}", key.name());
        }
    }

    #[test]
    fn misspellings_are_recognised_by_case_and_prefix() {
        assert_eq!(Key::meant_by("ticktime"), Some(Key::TickTime));
        assert_eq!(Key::meant_by("zookeeper.snapCount"), Some(Key::SnapCount));
        assert_eq!(Key::meant_by("4lw.commands.whitelist"), None);
    }
}
