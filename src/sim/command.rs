//! Everything a person may do to a world.

use serde::{Deserialize, Serialize};

use super::client::ClientSpec;
use super::fault::{Fault, FaultId};
use super::node::ClientId;
use crate::base::Micros;
use crate::protocol::{Op, Sid};

/// One act of the reader. In JSON: `{"do":"inject","fault":{"type":"kill","sid":3}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "do", deny_unknown_fields)]
pub enum Command {
    /// Let a fault happen.
    Inject {
        /// The fault.
        fault: Fault,
    },
    /// End one standing fault.
    Heal {
        /// Its number.
        id: FaultId,
    },
    /// End every standing fault: links whole again, paused processes continued. Starts nobody.
    HealAll,
    /// Add a client; it gets the next number.
    AddClient {
        /// What it is.
        client: ClientSpec,
    },
    /// `kill -9` of a client: its sockets close, its session stays until it expires.
    KillClient {
        /// Its number.
        id: ClientId,
    },
    /// SIGSTOP of a client.
    PauseClient {
        /// Its number.
        id: ClientId,
    },
    /// SIGCONT of a client.
    ResumeClient {
        /// Its number.
        id: ClientId,
    },
    /// Reset a client's connection: both ends learn of it.
    DisconnectClient {
        /// Its number.
        id: ClientId,
    },
    /// Let a client close its session.
    CloseClient {
        /// Its number.
        id: ClientId,
    },
    /// Let a client ask for something.
    Request {
        /// Its number.
        id: ClientId,
        /// What it asks.
        op: Op,
    },
}

/// A command with the instant it is given at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimedCommand {
    /// When, in microseconds of the run.
    pub at_us: Micros,
    /// What.
    pub command: Command,
}

/// Why a command cannot apply now. The world is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase", tag = "rejected")]
pub enum Rejected {
    /// No such server in this ensemble.
    #[error("there is no server {sid}")]
    UnknownServer {
        /// The id given.
        sid: Sid,
    },
    /// The process does not run.
    #[error("server {sid} is down")]
    Down {
        /// The server.
        sid: Sid,
    },
    /// The process runs already.
    #[error("server {sid} is already running")]
    Running {
        /// The server.
        sid: Sid,
    },
    /// The process is paused already.
    #[error("server {sid} is already paused")]
    Paused {
        /// The server.
        sid: Sid,
    },
    /// The process is not paused.
    #[error("server {sid} is not paused")]
    NotPaused {
        /// The server.
        sid: Sid,
    },
    /// A link needs two different ends.
    #[error("a link needs two different servers, not {sid} twice")]
    SameServer {
        /// The id given twice.
        sid: Sid,
    },
    /// The link is already cut that way.
    #[error("the link from {from} to {to} is already cut")]
    AlreadyCut {
        /// One end.
        from: Sid,
        /// The other.
        to: Sid,
    },
    /// The way between the two is already cut.
    #[error("the way between client {id} and server {sid} is already cut")]
    ClientCut {
        /// The client.
        id: ClientId,
        /// The server.
        sid: Sid,
    },
    /// A partition needs servers on both sides.
    #[error("a partition needs at least one server on each side")]
    EmptySide,
    /// No standing fault has this number.
    #[error("there is no fault number {}", id.0)]
    UnknownFault {
        /// The number given.
        id: FaultId,
    },
    /// No message under way has this number.
    #[error("there is no message number {message} under way")]
    UnknownMessage {
        /// The number given.
        message: u64,
    },
    /// The message is not on the wire: a cut holds it up, or it waits to be sent again.
    #[error("message {message} is held up already")]
    HeldUp {
        /// The number given.
        message: u64,
    },
    /// No client has this number.
    #[error("there is no client {id}")]
    UnknownClient {
        /// The number given.
        id: ClientId,
    },
    /// The client's process does not run.
    #[error("client {id} is down")]
    ClientDown {
        /// The client.
        id: ClientId,
    },
    /// The client's process is stopped.
    #[error("client {id} is paused")]
    ClientPaused {
        /// The client.
        id: ClientId,
    },
    /// The client's process is not stopped.
    #[error("client {id} is not paused")]
    ClientNotPaused {
        /// The client.
        id: ClientId,
    },
    /// The client has no session any more.
    #[error("the session of client {id} is over")]
    ClientClosed {
        /// The client.
        id: ClientId,
    },
    /// The client has no connection.
    #[error("client {id} has no connection")]
    NotConnected {
        /// The client.
        id: ClientId,
    },
    /// A run has no more clients than this.
    #[error("no more than {limit} clients can be added")]
    TooManyClients {
        /// The bound.
        limit: u32,
    },
    /// So many faults cannot stand at once.
    #[error("no more than {limit} faults can stand at once")]
    TooManyFaults {
        /// The bound.
        limit: u32,
    },
}
