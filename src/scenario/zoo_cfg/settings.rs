//! The settings of a configuration, typed, with `ZooKeeper`'s defaults and derived values.

use super::host::canonical;
use super::{HostPort, Key, ServerLine, Value, ZooCfg};
use crate::base::Map;
use crate::protocol::Sid;
use crate::protocol::config::QuorumSpec;

impl ZooCfg {
    /// The servers by id, as their lines describe them.
    pub fn servers(&self) -> &Map<Sid, ServerLine> {
        &self.servers
    }

    /// How a quorum is judged. Weights are those given; see [`ZooCfg::weights`].
    pub fn quorum(&self) -> &QuorumSpec {
        &self.quorum
    }

    /// The configuration's version: of a dynamic file or a `version` line, else 0.
    pub fn version(&self) -> i64 {
        self.version.unwrap_or(0)
    }

    /// Keys without effect here and their values.
    pub fn others(&self) -> &Map<String, String> {
        &self.others
    }

    /// The value given for `key`, if it was.
    #[inline(never)]
    pub fn given(&self, key: Key) -> Option<&Value> {
        self.settings.get(&key)
    }

    /// The number that counts for `key`: the one given, else the default, else 0.
    #[inline(never)]
    pub fn int(&self, key: Key) -> i64 {
        match (self.given(key), key.default_value()) {
            (Some(Value::Int(number)), _) => *number,
            (_, Some(Value::Int(number))) => number,
            _ => 0,
        }
    }

    /// The choice that counts for `key`.
    #[inline(never)]
    pub fn flag(&self, key: Key) -> bool {
        match (self.given(key), key.default_value()) {
            (Some(Value::Bool(choice)), _) => *choice,
            (_, Some(Value::Bool(choice))) => choice,
            _ => false,
        }
    }

    /// The text given for `key`.
    #[inline(never)]
    pub fn text(&self, key: Key) -> Option<&str> {
        match self.given(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// `tickTime`, ms.
    pub fn tick_time_ms(&self) -> i64 {
        self.int(Key::TickTime)
    }

    /// `initLimit`, ticks.
    pub fn init_limit(&self) -> i64 {
        self.int(Key::InitLimit)
    }

    /// `syncLimit`, ticks.
    pub fn sync_limit(&self) -> i64 {
        self.int(Key::SyncLimit)
    }

    /// The least session timeout a client is granted, ms; two ticks unless given.
    pub fn min_session_timeout_ms(&self) -> i64 {
        self.session_limit(Key::MinSessionTimeout, 2)
    }

    /// The largest session timeout a client is granted, ms; twenty ticks unless given.
    pub fn max_session_timeout_ms(&self) -> i64 {
        self.session_limit(Key::MaxSessionTimeout, 20)
    }

    /// `maxClientCnxns`: connections of one client address, 0 for any number.
    pub fn max_client_cnxns(&self) -> i64 {
        self.int(Key::MaxClientCnxns)
    }

    /// `autopurge.snapRetainCount`, at least 3.
    pub fn snap_retain_count(&self) -> i64 {
        self.int(Key::SnapRetainCount).max(3)
    }

    /// `dataDir`.
    pub fn data_dir(&self) -> Option<&str> {
        self.text(Key::DataDir)
    }

    /// `dataLogDir`, or else `dataDir`.
    pub fn data_log_dir(&self) -> Option<&str> {
        self.text(Key::DataLogDir).or_else(|| self.data_dir())
    }

    /// Where clients connect, by `clientPort` and `clientPortAddress`.
    pub fn client_addr(&self) -> Option<HostPort> {
        self.address(Key::ClientPort, Key::ClientPortAddress)
    }

    /// Where clients connect over TLS, by `secureClientPort` and `secureClientPortAddress`.
    pub fn secure_client_addr(&self) -> Option<HostPort> {
        self.address(Key::SecureClientPort, Key::SecureClientPortAddress)
    }

    #[inline(never)]
    fn address(&self, port: Key, host: Key) -> Option<HostPort> {
        let port = match self.given(port)? {
            Value::Int(port) => u16::try_from(*port).ok()?,
            Value::Bool(_) | Value::Text(_) => return None,
        };
        Some(match self.text(host) {
            None => HostPort::wildcard(port),
            Some(host) => HostPort {
                host: canonical(host.trim_start_matches('[').trim_end_matches(']')),
                port,
            },
        })
    }

    /// QUIRK(session-limit-wraps): two and twenty ticks are computed in 32 bits and wrap as Java's
    /// do.
    fn session_limit(&self, key: Key, ticks: i32) -> i64 {
        match (self.int(key), i32::try_from(self.tick_time_ms())) {
            (-1, Ok(tick)) => i64::from(tick.wrapping_mul(ticks)),
            (given, _) => given,
        }
    }
}
