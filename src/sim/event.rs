//! What can happen next in a world, as the queue holds it: names only, the content lies with its
//! owner.
//!
//! Small and `Copy`: a frame waits in its lane, a timer's deadline in its process.

use serde::{Deserialize, Serialize};

use super::node::ClientId;
use crate::protocol::client::ClientTimer;
use crate::protocol::{ConnId, Sid, Timer};

/// One pending event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// A server is started for the first time, at the instant its spec says.
    Start(Sid),
    /// A started process is ready.
    Boot(Sid),
    /// A deadline passes.
    Fire(Sid, Timer),
    /// A process that was stopped works off what queued up, one thing at a time.
    Work(Sid),
    /// A disk has made a part of its writes durable.
    Synced(Sid, Part),
    /// The kernel has closed a dead process's sockets.
    Teardown(Sid),
    /// A process that got SIGTERM ends.
    Halt(Sid),
    /// The wire's own.
    Wire(WireEvent),
    /// A client's process starts, or its application opens another session.
    ClientStart(ClientId),
    /// A deadline of a client passes.
    ClientFire(ClientId, ClientTimer),
    /// A client's application acts by itself.
    ClientWork(ClientId),
    /// A client that was stopped works off what queued up, one thing at a time.
    ClientDrain(ClientId),
    /// The kernel has closed a dead client's sockets.
    ClientTeardown(ClientId),
}

/// What a disk syncs by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Part {
    /// Epoch files and snapshots.
    Files,
    /// The txn log.
    Log,
}

/// One pending event of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WireEvent {
    /// A SYN is sent again.
    Syn(ConnId),
    /// A SYN reaches the other host.
    SynArrives(ConnId),
    /// The other host's SYN-ACK reaches the dialler.
    SynAck(ConnId),
    /// The other host's RST reaches the dialler.
    SynReset(ConnId),
    /// The dialler's patience ends.
    DialExpires(ConnId),
    /// The acceptor's process takes the connection from its backlog.
    Accept(ConnId),
    /// The head of a lane arrives; named by the side that sent it.
    Arrive(ConnId, Side),
    /// A kernel has retransmitted in vain for too long; named by the side that sent.
    GiveUp(ConnId, Side),
    /// A process notices that its connection is gone.
    Notice(ConnId, Side),
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// Who dialled.
    Dialler,
    /// Who was listening.
    Acceptor,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Dialler, Self::Acceptor];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Dialler => Self::Acceptor,
            Self::Acceptor => Self::Dialler,
        }
    }
}
