//! Clients' processes: each runs one client, and an application that asks it for things.
//!
//! The session machine is `protocol::client`'s; here are its process, its deadlines and what its
//! application does. What reaches it (`network`) and what it causes there is in `act`.

mod act;
mod command;
mod json;
mod process;
pub(crate) mod worker;
pub mod workload;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::World;
use super::event::Event;
use super::node::ClientId;
use super::step::Power;
use crate::base::Micros;
use crate::protocol::client::{ClientState, ClientTimer, Pass, Profile, Standing};
use crate::protocol::{Address, ErrorCode, SessionId, Sid, Zxid};

pub(crate) use command::command;
pub use json::{read_op, write_op};
pub(crate) use process::ClientProcess;
pub use workload::{Pace, Workload};

/// How many clients a run may have.
pub const CLIENTS_MAX: u32 = 1_000;

/// A client before it runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClientSpec {
    /// Which library it uses.
    pub profile: Profile,
    /// The servers of its connect string; all there are where it names none.
    pub hosts: Vec<Sid>,
    /// The machine it runs on, which servers count connections by; one of its own where not given.
    pub host: Option<Arc<str>>,
    /// The session timeout it asks for, ms.
    pub timeout_ms: i64,
    /// What its application does.
    pub workload: Workload,
    /// When it starts, in the run's time; at once where that is past.
    pub start: Micros,
    /// How long after the end of its session its application opens another one; never where not
    /// given. kazoo asks for another session by itself.
    pub reopen: Option<Micros>,
    /// Whose session it comes with, instead of asking for one of its own.
    pub resume: Option<Resume>,
}

/// Another client's session, which that client may go on using: whoever shows a session's password
/// has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resume {
    /// Whose session, as it is when this client starts.
    pub of: ClientId,
    /// The password it shows.
    pub password: Shown,
    /// The newest transaction it says it has seen; libraries that begin say 0.
    pub last_zxid: Zxid,
}

/// A password that is shown to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shown {
    /// The session's.
    Right,
    /// Another one.
    Wrong,
}

impl Default for ClientSpec {
    fn default() -> Self {
        Self {
            profile: Profile::Java,
            hosts: Vec::new(),
            host: None,
            timeout_ms: 6_000,
            workload: Workload::Idle,
            start: Micros::ZERO,
            reopen: None,
            resume: None,
        }
    }
}

/// A client as it can be seen from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientStatus {
    /// Its number.
    pub id: ClientId,
    /// Whether its process runs: `Up`, `Paused`, `Killed`, or `Off` before its start.
    pub power: Power,
    /// The state of its client.
    pub state: ClientState,
    /// Since when the state is as it is.
    pub since: Micros,
    /// The server it tries or is connected to.
    pub host: Option<Sid>,
    /// Its session; 0 before it has one.
    pub session: SessionId,
    /// The session's timeout, ms: requested until it is negotiated.
    pub timeout_ms: i64,
    /// True where a session of it has expired and it has had no other since.
    pub expired: bool,
    /// How many sessions of it have expired.
    pub expiries: u32,
    /// The newest transaction it has seen.
    pub last_zxid: Zxid,
    /// When it heard from a server last.
    pub heard_at: Micros,
    /// How many calls have no outcome yet.
    pub in_flight: u32,
    /// When the oldest of those was made.
    pub oldest_call_at: Option<Micros>,
    /// How many calls were done.
    pub acknowledged: u64,
    /// How many were refused.
    pub failed: u64,
    /// Of how many nobody knows whether they were done.
    pub unknown: u64,
    /// Where its recipe stands, where it follows one.
    pub standing: Option<Standing>,
}

/// True where a call was answered that it cannot be done, by a server and not by the end of the
/// session.
pub(crate) fn is_refusal(code: ErrorCode) -> bool {
    code != ErrorCode::SessionExpired
}

impl World {
    /// Adds a client that will start when its spec says; its number.
    pub(super) fn insert_client(&mut self, spec: ClientSpec) -> ClientId {
        let id = ClientId(self.clients_added);
        self.clients_added += 1;
        let everybody = self.processes.keys().copied();
        let hosts = if spec.hosts.is_empty() {
            everybody.collect()
        } else {
            spec.hosts.clone()
        };
        let rng = self.root.fork(&("client", id));
        let at = self.now.max(spec.start);
        let mut process = ClientProcess::new(id, spec, hosts, rng);
        process.start = Some(self.queue.push(at, Event::ClientStart(id)));
        self.clients.insert(id, Arc::new(process));
        id
    }

    /// What a client that is about to start shows its server, where its spec says so.
    fn pass_of(&self, id: ClientId) -> Option<Pass> {
        let resume = self.clients.get(&id)?.spec.resume?;
        let mut pass = self.clients.get(&resume.of)?.client.pass();
        pass.last_zxid = resume.last_zxid;
        if resume.password == Shown::Wrong {
            pass.password = pass.password.map(|byte| !byte);
        }
        Some(pass)
    }

    /// The address of a client's host: the number of the first client there.
    pub(super) fn address_of(&self, id: ClientId) -> Address {
        let host = |process: &ClientProcess| process.spec.host.clone();
        let mine = self.clients.get(&id).and_then(|process| host(process));
        let mut all = self.clients.iter();
        let first = all.find(|(_, process)| mine.is_some() && host(process) == mine);
        Address(first.map_or(id, |(first, _)| *first).0)
    }

    /// All clients, by number.
    pub fn clients(&self) -> impl Iterator<Item = ClientStatus> + '_ {
        self.clients.values().map(|process| process.status())
    }

    /// One client.
    pub fn client(&self, id: ClientId) -> Option<ClientStatus> {
        self.clients.get(&id).map(|process| process.status())
    }

    /// What a client was made from.
    pub fn client_spec(&self, id: ClientId) -> Option<&ClientSpec> {
        Some(&self.clients.get(&id)?.spec)
    }

    /// When a client's deadline was set and when it is due, in the world's time.
    pub fn client_deadline(&self, id: ClientId, timer: ClientTimer) -> Option<(Micros, Micros)> {
        let deadline = self.clients.get(&id)?.deadline(timer)?;
        Some((deadline.armed_at, deadline.due_at))
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "workload_tests.rs"]
mod workload_tests;
