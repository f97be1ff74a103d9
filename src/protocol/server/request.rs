//! What clients ask, and the messages between them and their server.
//!
//! Source: `ZooDefs.java, OpCode`; `proto/*`; `ClientCnxn.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::reply::OpResult;
use super::session_id::Password;
use super::tree::Change;
use super::watch::SetWatches;
use crate::protocol::ids::{Cxid, SessionId, Zxid};

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Op {
    /// A znode is to begin.
    Create {
        /// Its path; a sequential one gets ten digits appended.
        path: Arc<str>,
        /// Its content.
        data: Arc<str>,
        /// Persistent or ephemeral, sequential or not.
        mode: CreateMode,
    },
    /// A znode is to end.
    Delete {
        /// Its path.
        path: Arc<str>,
        /// The version it must have; −1 for any.
        version: i32,
    },
    /// A content is to be replaced.
    SetData {
        /// The znode's path.
        path: Arc<str>,
        /// The new content.
        data: Arc<str>,
        /// The version it must have; −1 for any.
        version: i32,
    },
    /// Part of a multi: refuses all of it unless the znode has this version.
    Check {
        /// The znode's path.
        path: Arc<str>,
        /// The version it must have; −1 for any.
        version: i32,
    },
    /// Several at once or none.
    Multi(Vec<Self>),
    /// Asks for a content.
    GetData {
        /// The znode's path.
        path: Arc<str>,
        /// Whether to be told of the next change.
        watch: bool,
    },
    /// Asks whether a znode is there.
    Exists {
        /// Its path.
        path: Arc<str>,
        /// Whether to be told of the next change, its creation too.
        watch: bool,
    },
    /// Asks for the names of a znode's children.
    GetChildren {
        /// Its path.
        path: Arc<str>,
        /// Whether to be told when one comes or goes.
        watch: bool,
    },
    /// Waits until the connected server has what the leader has now.
    Sync {
        /// Means nothing today.
        path: Arc<str>,
    },
    /// The watches of a client that has reconnected.
    SetWatches(Arc<SetWatches>),
    /// I am alive.
    Ping,
    /// Made by the connected server when a client comes without a session.
    CreateSession {
        /// The negotiated timeout.
        timeout_ms: i64,
    },
    /// The session is to end: by its client, or by the leader when it expires.
    CloseSession,
}

/// How a znode is created. Source: `CreateMode.java`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CreateMode {
    /// Stays until it is deleted.
    #[default]
    Persistent,
    /// The same, with a number of its own.
    PersistentSequential,
    /// Ends with its session.
    Ephemeral,
    /// The same, with a number of its own.
    EphemeralSequential,
}

impl CreateMode {
    /// Whether it ends with its session.
    pub const fn is_ephemeral(self) -> bool {
        matches!(self, Self::Ephemeral | Self::EphemeralSequential)
    }

    /// Whether it gets a number.
    pub const fn is_sequential(self) -> bool {
        matches!(self, Self::PersistentSequential | Self::EphemeralSequential)
    }
}

impl Op {
    /// Whether it becomes a transaction.
    pub const fn is_write(&self) -> bool {
        match self {
            Self::Create { .. }
            | Self::Delete { .. }
            | Self::SetData { .. }
            | Self::Check { .. }
            | Self::Multi(_)
            | Self::CreateSession { .. }
            | Self::CloseSession => true,
            Self::GetData { .. }
            | Self::Exists { .. }
            | Self::GetChildren { .. }
            | Self::Sync { .. }
            | Self::SetWatches(_)
            | Self::Ping => false,
        }
    }

    /// The name of its `OpCode`, as a label.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Create { .. } => "CREATE",
            Self::Delete { .. } => "DELETE",
            Self::SetData { .. } => "SETDATA",
            Self::Check { .. } => "CHECK",
            Self::Multi(_) => "MULTI",
            Self::GetData { .. } => "GETDATA",
            Self::Exists { .. } => "EXISTS",
            Self::GetChildren { .. } => "GETCHILDREN",
            Self::Sync { .. } => "SYNC",
            Self::SetWatches(_) => "SETWATCHES",
            Self::Ping => "PING",
            Self::CreateSession { .. } => "CREATESESSION",
            Self::CloseSession => "CLOSESESSION",
        }
    }
}

/// A request on its way to the leader.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Whose it is.
    pub session: SessionId,
    /// That session's number of it.
    pub cxid: Cxid,
    /// What is asked.
    pub op: Op,
}

/// A message between a client and its server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum ClientMessage {
    /// The client's first.
    Connect(ConnectRequest),
    /// A later one.
    Request {
        /// Its number; −2 for a ping, −8 for setWatches.
        cxid: Cxid,
        /// What is asked.
        op: Op,
    },
    /// The server's first.
    Connected(ConnectResponse),
    /// The answer to a request.
    Reply(Reply),
    /// A watch has fired.
    Event(Change),
}

/// The xid of a ping. Source: `ClientCnxn.java, PING_XID`.
pub const PING_XID: Cxid = Cxid(-2);
/// The xid of setWatches. Source: `ClientCnxn.java, SET_WATCHES_XID`.
pub const SET_WATCHES_XID: Cxid = Cxid(-8);

/// What a client says of itself first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectRequest {
    /// The newest zxid it has seen, on any server.
    pub last_zxid_seen: Zxid,
    /// The timeout it asks for, ms.
    pub timeout_ms: i64,
    /// Its session; 0 for a new one.
    pub session: SessionId,
    /// That session's password.
    pub password: Password,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectResponse {
    /// The negotiated timeout, ms; 0 where the session has expired.
    pub timeout_ms: i64,
    /// The session; 0 where it has expired.
    pub session: SessionId,
    /// Its password.
    pub password: Password,
}

impl ConnectResponse {
    /// The answer to a client whose session is gone.
    pub const EXPIRED: Self = Self {
        timeout_ms: 0,
        session: SessionId(0),
        password: [0; 16],
    };
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// The number of the request.
    pub cxid: Cxid,
    /// The newest transaction the server had applied.
    pub zxid: Zxid,
    /// What came of it.
    pub result: OpResult,
}

impl ClientMessage {
    /// True for a ping and for its answer.
    pub const fn is_ping(&self) -> bool {
        match self {
            Self::Request { cxid, .. } | Self::Reply(Reply { cxid, .. }) => cxid.0 == PING_XID.0,
            Self::Connect(_) | Self::Connected(_) | Self::Event(_) => false,
        }
    }

    /// What it is called where messages are named.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Connect(_) => "CONNECT",
            Self::Request { op, .. } => op.label(),
            Self::Connected(_) => "CONNECTED",
            Self::Reply(_) => "REPLY",
            Self::Event(_) => "EVENT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_what_becomes_a_transaction() {
        let path: Arc<str> = Arc::from("/a");
        let watch = false;
        let reads = [
            Op::GetData {
                path: Arc::clone(&path),
                watch,
            },
            Op::Sync {
                path: Arc::clone(&path),
            },
            Op::Ping,
        ];
        assert!(reads.iter().all(|op| !op.is_write()));
        let version = -1;
        let writes = [
            Op::Delete { path, version },
            Op::Multi(Vec::new()),
            Op::CloseSession,
        ];
        assert!(writes.iter().all(Op::is_write));
    }

    #[test]
    fn the_four_modes_differ_in_two_ways() {
        let told = |mode: CreateMode| (mode.is_ephemeral(), mode.is_sequential());
        assert_eq!(told(CreateMode::Persistent), (false, false));
        assert_eq!(told(CreateMode::PersistentSequential), (false, true));
        assert_eq!(told(CreateMode::Ephemeral), (true, false));
        assert_eq!(told(CreateMode::EphemeralSequential), (true, true));
    }
}
