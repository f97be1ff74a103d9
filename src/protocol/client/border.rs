//! The border of a client: everything it can perceive and everything it can cause.
//!
//! As with a peer: one [`ClientInput`] is one atomic transition that appends effects.

use serde::{Deserialize, Serialize};

use crate::base::{Micros, Rng};
use crate::protocol::effect::ConnId;
use crate::protocol::ids::{SessionId, Sid, Zxid};
use crate::protocol::server::{Change, ClientMessage, ErrorCode, Op, OpResult};

/// A call of the application, numbered by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u64);

/// Everything a client can perceive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClientInput {
    /// The application opens it.
    Start,
    /// Its dial succeeded.
    Opened(ConnId),
    /// Its dial failed or timed out.
    Refused,
    /// The server closed the connection, or the transport gave it up.
    Closed(ConnId),
    /// A message arrived, in order.
    Received(ConnId, ClientMessage),
    /// A deadline passed.
    Fired(ClientTimer),
    /// The application asks for something.
    Call(CallId, Op),
    /// The application closes it, and with it its session.
    Close,
}

/// Everything a client can cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClientEffect {
    /// Open a connection to a server's client port; answered by exactly one of `Opened` or
    /// `Refused`, at the latest after `within`.
    Dial {
        /// Whom to dial.
        to: Sid,
        /// When to give up.
        within: Micros,
    },
    /// Send on the connection, in order.
    Send(ConnId, ClientMessage),
    /// Close the connection; no `Closed` follows on this side.
    Hangup(ConnId),
    /// Set a deadline; replaces the key's former one.
    Arm {
        /// The deadline's key.
        timer: ClientTimer,
        /// How far away it is.
        after: Micros,
    },
    /// Forget a deadline.
    Disarm(ClientTimer),
    /// The application, and whoever looks on, is told.
    Note(ClientNote),
}

/// The deadlines a client may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientTimer {
    /// It sleeps: after a lost connection, or before the next attempt.
    Pause,
    /// The server has been silent for too long.
    Read,
    /// Time for a ping.
    Ping,
    /// The session is over by the client's own reckoning.
    Expiry,
}

/// What a client tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientNote {
    /// It tries a server.
    Connecting {
        /// Which.
        to: Sid,
    },
    /// Its session stands on a server: event `SyncConnected`.
    Connected {
        /// Which server.
        to: Sid,
        /// Which session.
        session: SessionId,
        /// The negotiated timeout, ms.
        timeout_ms: i64,
    },
    /// Event `Disconnected`: whether the session lives nobody can say.
    Disconnected {
        /// The server it was connected to or tried.
        from: Sid,
        /// The reason.
        why: Lost,
    },
    /// Event `Expired`: the session is over.
    Expired {
        /// Which.
        session: SessionId,
        /// Who said so.
        by: ExpiredBy,
    },
    /// Closed by its application.
    Closed,
    /// It has no server to try any more.
    Ended,
    /// A watch has fired.
    Watch(Change),
    /// Its application asks for something.
    Called {
        /// The call.
        call: CallId,
        /// What is asked.
        op: Op,
    },
    /// A call has ended.
    Done {
        /// Which.
        call: CallId,
        /// How.
        outcome: Outcome,
    },
}

impl ClientNote {
    /// True for what becomes of the connection and the session.
    pub const fn is_about_connection(&self) -> bool {
        matches!(
            self,
            Self::Connected { .. }
                | Self::Disconnected { .. }
                | Self::Expired { .. }
                | Self::Closed
                | Self::Ended
        )
    }
}

/// Why a client lost its connection, or did not get one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lost {
    /// Nobody answered the dial.
    Refused,
    /// The server closed it.
    Closed,
    /// Nothing was heard for the read or connect time-out.
    Silent,
    /// A message came that makes no sense here.
    Illegal,
}

/// Who found a session to be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExpiredBy {
    /// A server said so on reconnecting.
    Server,
    /// The client's own clock, 3.9.3 and later.
    Client,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It was done.
    Acknowledged {
        /// The newest transaction the server had applied.
        zxid: Zxid,
        /// The result.
        result: OpResult,
    },
    /// It was not done, and never will be.
    Failed(ErrorCode),
    /// `CONNECTIONLOSS`: it may have been done, or be done later.
    Unknown,
}

/// What a client is handed with each input.
#[derive(Debug)]
pub struct ClientCtx<'a> {
    /// Its own clock.
    pub now: Micros,
    /// Its own generator.
    pub rng: &'a mut Rng,
    /// Where effects go, in order.
    pub out: &'a mut Vec<ClientEffect>,
}

impl ClientCtx<'_> {
    pub(super) fn emit(&mut self, effect: ClientEffect) {
        self.out.push(effect);
    }

    pub(super) fn note(&mut self, note: ClientNote) {
        self.out.push(ClientEffect::Note(note));
    }

    pub(super) fn arm(&mut self, timer: ClientTimer, after: Micros) {
        self.out.push(ClientEffect::Arm { timer, after });
    }

    pub(super) fn disarm(&mut self, timer: ClientTimer) {
        self.out.push(ClientEffect::Disarm(timer));
    }
}
