//! The file of one server, judged as `ZooKeeper` judges it before it starts.
//!
//! Source: `QuorumPeerConfig.java`, parseProperties, parseDynamicConfig, setupMyId,
//! setupClientPort, setupPeerType, checkValidity.

use super::keys::Value;
use super::problem::quoted;
use super::properties::{Properties, trim};
use super::quorum::List;
use super::reader::Reader;
use super::server_line::role_name;
use super::{Diagnostics, HostPort, Key, Problem, ZooCfg, value};
use crate::protocol::{LearnerType, Sid};

/// What one server makes of its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerCfg {
    /// The configuration.
    pub cfg: ZooCfg,
    /// Its id; a standalone server needs none.
    pub my_id: Option<Sid>,
    /// What the server list makes of it.
    pub role: LearnerType,
    /// Where its clients connect.
    pub client_addr: Option<HostPort>,
    /// Where they connect over TLS.
    pub secure_client_addr: Option<HostPort>,
}

/// Reads the properties of one server; `myid` is the first line of its `myid` file, if it has one.
///
/// # Errors
/// All that `ZooKeeper` would refuse to start for, the first of them being the one it would name.
pub fn parse_for(properties: &Properties, myid: Option<&str>) -> Result<ServerCfg, Diagnostics> {
    let mut reader = Reader::read(properties)?;
    if reader.lacks(Key::DataDir) {
        let key = Key::DataDir.name().to_owned();
        reader.found.error(None, Problem::NotSet { key });
    }
    reader.check_settings();
    reader.finish_server(myid)
}

impl Reader<'_> {
    /// The rest of the work once the server list, from wherever, is among the entries.
    pub(super) fn finish_server(mut self, myid: Option<&str>) -> Result<ServerCfg, Diagnostics> {
        let mut server = ServerCfg {
            cfg: ZooCfg::default(),
            my_id: None,
            role: LearnerType::Participant,
            client_addr: self.cfg.client_addr(),
            secure_client_addr: self.cfg.secure_client_addr(),
        };
        if self.lacks(Key::DynamicConfigFile) {
            let list = self.take_quorum();
            if list == List::Whole {
                self.check_members();
            }
            server.my_id = self.my_id(myid);
            if let Some(sid) = server.my_id {
                self.own_addresses(sid, &mut server);
            }
            server.role = self.own_role(server.my_id);
            if list == List::Broken || self.is_distributed() {
                self.check_limits();
                if myid.is_none() {
                    self.found.error(None, Problem::MyIdMissing {});
                }
            }
        }
        server.cfg = self.finish()?;
        Ok(server)
    }

    /// The configuration, unless there are errors.
    pub(super) fn finish(mut self) -> Result<ZooCfg, Diagnostics> {
        if !self.found.errors().is_empty() {
            return Err(self.found);
        }
        self.cfg.warnings = self.found.into_warnings();
        Ok(self.cfg)
    }

    /// What is judged before the server list is looked at, `dataDir` apart.
    pub(super) fn check_settings(&mut self) {
        let retained = self.cfg.int(Key::SnapRetainCount);
        if retained < 3 {
            let (key, value, least) = (Key::SnapRetainCount.name().to_owned(), retained, 3);
            let at = self.place(Key::SnapRetainCount);
            self.found.warn(at, Problem::Raised { key, value, least });
            let least = Value::Int(least);
            self.cfg.settings.insert(Key::SnapRetainCount, least);
        }
        self.check_address(Key::ClientPortAddress, Key::ClientPort);
        self.check_address(Key::SecureClientPortAddress, Key::SecureClientPort);
        if self.knows(Key::TickTime) && self.cfg.tick_time_ms() == 0 {
            let key = Key::TickTime.name().to_owned();
            let at = self.place(Key::TickTime);
            self.found.error(at, Problem::NotSet { key });
            return;
        }
        let keys = [
            Key::TickTime,
            Key::MinSessionTimeout,
            Key::MaxSessionTimeout,
        ];
        let (min, max) = (
            self.cfg.min_session_timeout_ms(),
            self.cfg.max_session_timeout_ms(),
        );
        if min > max && keys.iter().all(|key| self.knows(*key)) {
            let at = self.place(Key::MinSessionTimeout);
            let at = at.or_else(|| self.place(Key::MaxSessionTimeout));
            self.found
                .error(at, Problem::SessionLimitsCross { min, max });
        }
    }

    /// The number of participants and observers.
    pub(super) fn check_members(&mut self) {
        let standalone = self.cfg.flag(Key::StandaloneEnabled);
        let participants = self.cfg.participants().count();
        let observers = self.cfg.observers().count();
        match participants {
            0 if !standalone => {
                let at = self.place(Key::StandaloneEnabled);
                self.found.error(at, Problem::NobodyVotes {});
            }
            0 if observers > 0 => {
                let problem = Problem::ObserversWithoutParticipants {};
                self.found.error(None, problem);
            }
            0 => {}
            1 if standalone => {
                self.found.warn(None, Problem::OneServer {});
                if observers > 0 {
                    self.found.error(None, Problem::ObserversWithoutQuorum {});
                }
            }
            1 | 2 => self.found.warn(None, Problem::NoFailureTolerated {}),
            n if n % 2 == 0 => {
                let count = u32::try_from(n).unwrap_or(u32::MAX);
                self.found.warn(None, Problem::EvenNumber { count });
            }
            _ => {}
        }
    }

    /// More than one participant, or standalone switched off.
    pub(super) fn is_distributed(&self) -> bool {
        !self.cfg.flag(Key::StandaloneEnabled) || self.cfg.participants().count() > 1
    }

    fn check_limits(&mut self) {
        for limit in [Key::InitLimit, Key::SyncLimit] {
            if self.knows(limit) && self.cfg.int(limit) == 0 {
                let key = limit.name().to_owned();
                let at = self.place(limit);
                self.found.error(at, Problem::NotSet { key });
            }
        }
    }

    fn check_address(&mut self, address: Key, port: Key) {
        if self.lacks(port) && !self.lacks(address) {
            let at = self.place(address);
            let (address, port) = (address.name().to_owned(), port.name().to_owned());
            self.found
                .error(at, Problem::AddressWithoutPort { address, port });
        }
    }

    fn my_id(&mut self, myid: Option<&str>) -> Option<Sid> {
        let text = trim(myid?);
        let sid = value::long(text);
        if sid.is_none() {
            let text = quoted(text);
            self.found.error(None, Problem::MyIdNotANumber { text });
        }
        sid.map(Sid)
    }

    /// The own server line supplies the client address, and must not contradict the static file's.
    fn own_addresses(&mut self, sid: Sid, server: &mut ServerCfg) {
        let Some(line) = self.cfg.servers.get(&sid).cloned() else {
            if self.is_distributed() {
                let problem = Problem::MyIdNotListed { sid: sid.0 };
                self.found.warn(None, problem);
            }
            return;
        };
        if let Some((own, listed)) =
            contradiction(server.client_addr.as_ref(), line.client.as_ref())
        {
            let at = self.place(Key::ClientPort);
            let sid = sid.0;
            let problem = Problem::ClientAddressDiffers { sid, own, listed };
            self.found.error(at, problem);
        }
        let secure = server.secure_client_addr.as_ref();
        if let Some((own, listed)) = contradiction(secure, line.secure_client.as_ref()) {
            let at = self.place(Key::SecureClientPort);
            let sid = sid.0;
            let problem = Problem::SecureAddressDiffers { sid, own, listed };
            self.found.error(at, problem);
        }
        server.client_addr = line.client.or_else(|| server.client_addr.take());
        server.secure_client_addr = line
            .secure_client
            .or_else(|| server.secure_client_addr.take());
    }

    fn own_role(&mut self, my_id: Option<Sid>) -> LearnerType {
        let line = my_id.and_then(|sid| self.cfg.servers.get(&sid));
        let role = line.map_or(LearnerType::Participant, |line| line.role);
        let said = self.cfg.text(Key::PeerType).unwrap_or("participant");
        if self.knows(Key::PeerType) && said != role_name(role) {
            let listed = role_name(role).to_owned();
            let at = self.place(Key::PeerType);
            self.found.warn(at, Problem::PeerTypeDiffers { listed });
        }
        role
    }
}

/// Both addresses, where the static file's is not what the server line says.
///
/// A wildcard in the static file only has to agree on the port.
fn contradiction(own: Option<&HostPort>, listed: Option<&HostPort>) -> Option<(String, String)> {
    let (own, listed) = (own?, listed?);
    let agrees = if own.is_wildcard() {
        own.port == listed.port
    } else {
        own.port == listed.port && resolved(&own.host) == resolved(&listed.host)
    };
    (!agrees).then(|| (own.to_string(), listed.to_string()))
}

/// The one name whose address everybody knows.
fn resolved(host: &str) -> &str {
    if host == "localhost" {
        "127.0.0.1"
    } else {
        host
    }
}
