//! What can be seen of a world: the record of one event, frames in flight, servers from outside.

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::event::Side;
use super::node::{ClientId, Node};
use crate::base::Micros;
use crate::protocol::client::{ClientNote, ClientTimer};
use crate::protocol::{ConnId, Message, Note, PeerStatus, Port, Sid, Timer};

/// The record of what one event did.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its number, from 0, without gaps.
    pub seq: u64,
    /// Its instant.
    pub at: Micros,
    /// The server it happened at; `None` for a command that concerns links only, and for what
    /// happens at a client.
    pub sid: Option<Sid>,
    /// The client it happened at.
    pub client: Option<ClientId>,
    /// What it was.
    pub cause: Cause,
    /// Numbers of the frames sent in reaction, in order.
    pub sent: Vec<u64>,
    /// Facts stated in reaction, in order.
    pub notes: Vec<Note>,
    /// What the client told its application, in order.
    pub told: Vec<ClientNote>,
}

/// What kind of event a step was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "cause")]
pub enum Cause {
    /// A person's act.
    Commanded {
        /// The act.
        command: Command,
    },
    /// A process began to run.
    Booted,
    /// A frame was handed to its receiver.
    Delivered {
        /// The frame.
        frame: Frame,
    },
    /// A frame ended where nobody was, or on a closed connection.
    Lost {
        /// The frame.
        frame: Frame,
    },
    /// A connection opened at this server or client.
    Opened {
        /// The connection.
        conn: ConnId,
        /// The other end.
        peer: Node,
        /// The port it ends at.
        port: Port,
    },
    /// A dial failed.
    Refused {
        /// Who was dialled.
        peer: Sid,
        /// The port dialled.
        port: Port,
    },
    /// This server or client learned that a connection is gone.
    Closed {
        /// The connection.
        conn: ConnId,
        /// The other end.
        peer: Node,
    },
    /// A deadline passed.
    Fired {
        /// Which.
        timer: Timer,
    },
    /// A process that got SIGTERM has shut down.
    Halted,
    /// A write became durable.
    Persisted,
    /// A client's process began, or its application opened another session.
    ClientStarted,
    /// A deadline of a client passed.
    ClientFired {
        /// Which.
        timer: ClientTimer,
    },
    /// A client's application acted by itself.
    Worked,
    /// Nothing anybody can see: the wire's own work.
    Internal,
}

/// A message on its way, whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    /// Its number, from 0, in order of sending.
    pub id: u64,
    /// The connection it travels on.
    pub conn: ConnId,
    /// The sender.
    pub from: Node,
    /// The receiver.
    pub to: Node,
    /// When it was sent, or will be sent again.
    pub sent_at: Micros,
    /// When it arrives if nothing changes; `None` while a cut or a dead host holds it up.
    pub arrives_at: Option<Micros>,
    /// What it says.
    pub message: Message,
}

/// A message on its way, with who dialled the connection it travels on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flight {
    /// Its number, from 0, in order of sending.
    pub id: u64,
    /// The connection it travels on.
    pub conn: ConnId,
    /// The sender.
    pub from: Node,
    /// The receiver.
    pub to: Node,
    /// Which end of the connection the sender is.
    pub side: Side,
    /// When it was sent.
    pub sent_at: Micros,
    /// When it arrives if nothing changes; `None` while a cut or a dead host holds it up.
    pub arrives_at: Option<Micros>,
    /// What it says.
    pub message: Message,
}

impl Flight {
    /// A frame sent by that end of its connection.
    pub(crate) fn of(frame: &Frame, side: Side) -> Self {
        Self {
            id: frame.id,
            conn: frame.conn,
            from: frame.from,
            to: frame.to,
            side,
            sent_at: frame.sent_at,
            arrives_at: frame.arrives_at,
            message: frame.message.clone(),
        }
    }
}

/// Whether a server's process runs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Power {
    /// Not started yet, or ended itself.
    #[default]
    Off,
    /// Started, not yet ready.
    Starting,
    /// Runs.
    Up,
    /// Stopped by SIGSTOP.
    Paused,
    /// Killed: the host answers, the process is gone.
    Killed,
    /// Without power: the host is silent.
    Unplugged,
}

impl Power {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Starting => "starting",
            Self::Up => "up",
            Self::Paused => "paused",
            Self::Killed => "killed",
            Self::Unplugged => "unplugged",
        }
    }
}

/// A server as it can be seen from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerStatus {
    /// Its id.
    pub sid: Sid,
    /// Whether its process runs.
    pub power: Power,
    /// Since when `power` is as it is.
    pub power_since: Micros,
    /// The peer; its last status where the process is frozen, a default one where it is down.
    pub peer: PeerStatus,
}
