//! Everything a person may do to a world.

use serde::{Deserialize, Serialize};

use super::fault::{Fault, FaultId};
use crate::base::Micros;
use crate::protocol::Sid;

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
    /// So many faults cannot stand at once.
    #[error("no more than {limit} faults can stand at once")]
    TooManyFaults {
        /// The bound.
        limit: u32,
    },
}
