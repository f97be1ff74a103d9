//! The border of a peer: everything it can perceive and everything it can cause.
//!
//! No waiting, no callbacks: one [`Input`] is one atomic transition that appends to `Ctx::out`.

use core::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::{Epoch, Sid, Zxid};
use super::message::Message;
use super::note::Note;
use super::server::Txn;
use super::server::database::Snapshot;
use crate::base::{Micros, Rng};

/// A connection, numbered by the world; never reused within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnId(pub u64);

/// A listening port of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Port {
    /// The third field of `server.N`: votes.
    Election,
    /// The second field: leader and learners. Bound by the leader only.
    Quorum,
    /// Behind the semicolon: clients.
    Client,
}

/// The host a client connects from, as a server tells clients' addresses apart.
///
/// Numbered by the world; what of it counts is whether two are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub u32);

/// How a connection came to be, as its holder sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Route {
    /// Dialled by this peer.
    To(Sid, Port),
    /// Accepted on this peer's port; who dialled is known only from what it says.
    Accepted(Port),
    /// Accepted on this peer's client port, from that host.
    Client(Address),
}

/// A write in progress, numbered by the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ticket(pub u64);

/// Everything a peer can perceive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Input {
    /// The process starts; volatile state is fresh, [`super::Durable`] is what the disk kept.
    Boot,
    /// A dial succeeded, or somebody connected.
    Opened(ConnId, Route),
    /// A dial failed or timed out.
    Refused(Sid, Port),
    /// The other side closed or reset the connection, or the transport gave it up.
    Closed(ConnId),
    /// A message arrived, in order.
    Received(ConnId, Message),
    /// A deadline passed.
    Fired(Timer),
    /// The write asked for under this ticket is durable.
    Persisted(Ticket),
    /// The oracle file was written, or is as it is at the start. May come before `Boot`.
    Oracle {
        /// True where its first character is `1`; false as well where there is no file.
        says_one: bool,
    },
}

/// Everything a peer can cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// Accept connections on a port from now on.
    Listen(Port),
    /// Stop accepting; connections already open stay.
    Unlisten(Port),
    /// Open a connection; answered by exactly one of `Opened` or `Refused`, at the latest after
    /// `within`.
    Dial {
        /// Whom to dial.
        to: Sid,
        /// Which of its ports.
        port: Port,
        /// When to give up.
        within: Micros,
    },
    /// Send on a connection, in order; silently lost where it is gone.
    Send(ConnId, Message),
    /// Close a connection; no `Closed` follows on this side.
    Hangup(ConnId),
    /// Set a deadline that lies `after` from now on the peer's own clock; replaces the key's former
    /// one.
    Arm {
        /// The deadline's key.
        timer: Timer,
        /// How far away it is.
        after: Micros,
    },
    /// Forget a deadline.
    Disarm(Timer),
    /// Make a record durable; answered by `Persisted`.
    Persist(Record, Ticket),
    /// Append to the log; durable only after a later [`Self::Fsync`], or by luck.
    Write(Record),
    /// Make everything appended to the log so far durable; answered by `Persisted`.
    Fsync(Ticket),
    /// End the process, as `ZooKeeper` does here.
    Exit(ExitCause),
    /// A typed fact for checks, timeline and narration.
    Note(Note),
}

/// The deadlines a peer may have: one per key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Timer {
    /// The wait for the next notification: 200, 400, … ms.
    Notification,
    /// finalizeWait.
    Finalize,
    /// An accepted election connection has not said who it is.
    Handshake(ConnId),
    /// An observer's random pause before the next election.
    ObserverElection,
    /// An observer's random pause before it dials.
    ObserverReconnect,
    /// The pause between two attempts to reach the leader.
    ConnectRetry,
    /// A learner's read time-out.
    LearnerRead,
    /// The leader's own wait for the epoch quorum, then its ack, then NEWLEADER's ack.
    LeaderWait,
    /// Half a tick of the leader's loop.
    LeaderTick,
    /// The leader's read time-out of one learner.
    HandlerRead(ConnId),
    /// A handler's own wait within discovery or for NEWLEADER's quorum.
    HandlerWait(ConnId),
    /// The end of a leader's next bucket of sessions.
    SessionExpiry,
    /// A handler has come further with the snapshot it sends.
    HandlerSnapshot(ConnId),
    /// The log stage has waited for more long enough.
    LogPoll,
}

/// What can be written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Record {
    /// Replace the file `acceptedEpoch`.
    AcceptedEpoch(Epoch),
    /// Replace the file `currentEpoch`.
    CurrentEpoch(Epoch),
    /// Write a snapshot.
    Snapshot(Arc<Snapshot>),
    /// Forget every logged transaction above this zxid.
    Truncate(Zxid),
    /// Append a transaction to the log.
    Append(Arc<Txn>),
    /// Begin a new file of the log with the next transaction.
    Roll,
}

/// Why a process ended itself. Shown in `ZooKeeper`'s words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExitCause {
    /// The log is of a later epoch than the file `currentEpoch`.
    CurrentEpochBehind {
        /// The file's.
        current: Epoch,
        /// The last zxid found.
        last: Zxid,
    },
    /// The file `acceptedEpoch` is below the file `currentEpoch`.
    AcceptedEpochBehind {
        /// The one.
        accepted: Epoch,
        /// The other.
        current: Epoch,
    },
    /// There is a log, but no snapshot it could belong to.
    NoSnapshot,
    /// Its own id is not in the server list.
    NotInPeerList,
    /// The leader commits another transaction than the oldest that waits for it.
    CommitMismatch {
        /// What the leader commits.
        committed: Zxid,
        /// What waits.
        pending: Zxid,
    },
    /// The log could not be cut back: there is none.
    TruncateFailed {
        /// What was to be kept.
        to: Zxid,
    },
    /// The committed log would have a hole.
    CommittedLogGap {
        /// Its newest transaction.
        max: Zxid,
        /// What was applied next.
        next: Zxid,
    },
}

impl fmt::Display for ExitCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CurrentEpochBehind { current, last } => write!(
                f,
                "The current epoch, {:x}, is older than the last zxid, {}",
                current.0, last.0
            ),
            Self::AcceptedEpochBehind { accepted, current } => write!(
                f,
                "The accepted epoch, {:x} is less than the current epoch, {:x}",
                accepted.0, current.0
            ),
            Self::NoSnapshot => {
                f.write_str("No snapshot found, but there are log entries. Something is broken!")
            }
            Self::NotInPeerList => f.write_str("my id is not in the peer list"),
            Self::CommitMismatch { committed, pending } => write!(
                f,
                "Committing zxid {committed} but next pending txn {pending}"
            ),
            Self::TruncateFailed { to } => write!(f, "Not able to truncate the log {to}"),
            Self::CommittedLogGap { max, next } => {
                write!(f, "committed log ends at {max}, cannot add {next}")
            }
        }
    }
}

/// What a peer is handed with each input.
#[derive(Debug)]
pub struct Ctx<'a> {
    /// The peer's own clock.
    pub now: Micros,
    /// The peer's own generator.
    pub rng: &'a mut Rng,
    /// Where effects go, in order.
    pub out: &'a mut Vec<Effect>,
}

impl Ctx<'_> {
    /// Appends an effect.
    pub fn emit(&mut self, effect: Effect) {
        self.out.push(effect);
    }

    /// States a fact.
    pub fn note(&mut self, note: Note) {
        self.out.push(Effect::Note(note));
    }

    /// Sets a deadline.
    pub fn arm(&mut self, timer: Timer, after: Micros) {
        self.out.push(Effect::Arm { timer, after });
    }

    /// Forgets a deadline.
    pub fn disarm(&mut self, timer: Timer) {
        self.out.push(Effect::Disarm(timer));
    }

    /// Sends on a connection.
    pub fn send(&mut self, conn: ConnId, message: Message) {
        self.out.push(Effect::Send(conn, message));
    }

    /// Closes a connection.
    pub fn hangup(&mut self, conn: ConnId) {
        self.out.push(Effect::Hangup(conn));
    }
}
