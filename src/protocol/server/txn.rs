//! Transactions: what is ordered, logged, replicated and applied.
//!
//! A transaction says what to do, not what was asked: the leader's prep stage has checked the
//! request, so applying one gives the same state on every server that has applied the same ones
//! before. Source: `TxnHeader.java`, `org/apache/zookeeper/txn/*`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::protocol::ids::{Cxid, SessionId, Zxid};

/// One transaction with its header.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Txn {
    /// Its place in the one order of all transactions.
    pub zxid: Zxid,
    /// The session that asked for it.
    pub session: SessionId,
    /// That session's number of the request.
    pub cxid: Cxid,
    /// What it does.
    pub body: TxnBody,
}

/// What a transaction does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TxnBody {
    /// A session begins.
    CreateSession {
        /// Its negotiated timeout.
        timeout_ms: i64,
    },
    /// A session ends, and its ephemeral znodes with it.
    CloseSession {
        /// Their paths, as the leader's prep stage found them.
        ephemerals: Vec<Arc<str>>,
    },
    /// A znode begins.
    Create {
        /// Its whole path, the sequence number already in it.
        path: Arc<str>,
        /// Its content.
        data: Arc<str>,
        /// Whether the session of the header owns it.
        is_ephemeral: bool,
        /// How many children its parent has had, this one included.
        parent_cversion: i32,
    },
    /// A znode ends.
    Delete {
        /// Its path.
        path: Arc<str>,
    },
    /// A znode has another content.
    SetData {
        /// Its path.
        path: Arc<str>,
        /// The content.
        data: Arc<str>,
        /// The version it then has.
        version: i32,
    },
    /// Part of a [`TxnBody::Multi`] that only looked.
    Check {
        /// The znode looked at.
        path: Arc<str>,
        /// The version it had.
        version: i32,
    },
    /// Several at once, or, where one was refused, the errors of all.
    Multi(Vec<Self>),
    /// A request the leader refused: it takes a place in the order and changes nothing.
    Error(ErrorCode),
}

impl TxnBody {
    /// Why it changes nothing; `None` where it was not refused. Of a multi, the first part that
    /// was.
    pub fn refusal(&self) -> Option<ErrorCode> {
        match self {
            Self::Error(code) => Some(*code),
            Self::Multi(parts) => parts.iter().find_map(Self::refusal),
            Self::CreateSession { .. }
            | Self::CloseSession { .. }
            | Self::Create { .. }
            | Self::Delete { .. }
            | Self::SetData { .. }
            | Self::Check { .. } => None,
        }
    }
}

/// Why a request was refused, with the code clients see.
///
/// Source: `KeeperException.java, Code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// `RUNTIMEINCONSISTENCY`: another part of the same multi was refused.
    RuntimeInconsistency,
    /// `CONNECTIONLOSS`: the outcome is unknown.
    ConnectionLoss,
    /// `UNIMPLEMENTED`.
    Unimplemented,
    /// `BADARGUMENTS`.
    BadArguments,
    /// `NONODE`.
    NoNode,
    /// `BADVERSION`.
    BadVersion,
    /// `NOCHILDRENFOREPHEMERALS`.
    NoChildrenForEphemerals,
    /// `NODEEXISTS`.
    NodeExists,
    /// `NOTEMPTY`.
    NotEmpty,
    /// `SESSIONEXPIRED`.
    SessionExpired,
    /// `SESSIONMOVED`.
    SessionMoved,
    /// `EPHEMERALONLOCALSESSION`.
    EphemeralOnLocalSession,
}

impl ErrorCode {
    /// The number on the wire.
    pub const fn number(self) -> i32 {
        match self {
            Self::RuntimeInconsistency => -2,
            Self::ConnectionLoss => -4,
            Self::Unimplemented => -6,
            Self::BadArguments => -8,
            Self::NoNode => -101,
            Self::BadVersion => -103,
            Self::NoChildrenForEphemerals => -108,
            Self::NodeExists => -110,
            Self::NotEmpty => -111,
            Self::SessionExpired => -112,
            Self::SessionMoved => -118,
            Self::EphemeralOnLocalSession => -120,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_clients_know() {
        let known = [
            (ErrorCode::ConnectionLoss, -4),
            (ErrorCode::NoNode, -101),
            (ErrorCode::BadVersion, -103),
            (ErrorCode::NodeExists, -110),
            (ErrorCode::NotEmpty, -111),
            (ErrorCode::SessionExpired, -112),
            (ErrorCode::SessionMoved, -118),
        ];
        for (code, number) in known {
            assert_eq!(code.number(), number, "{code:?}");
        }
    }
}
