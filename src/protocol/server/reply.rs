//! What a request comes to, as the session that made it is told.
//!
//! Source: `OpResult.java`, `FinalRequestProcessor.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::txn::ErrorCode;
use super::znode::Stat;

/// The outcome of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OpResult {
    /// Done; there is nothing to tell.
    Done,
    /// A znode was created: its path, the sequence number in it.
    Created(Arc<str>),
    /// A content was replaced.
    Set(Stat),
    /// A content was read.
    Data(Arc<str>, Stat),
    /// The znode exists.
    Exists(Stat),
    /// The names of a znode's children, ascending.
    Children(Vec<Arc<str>>, Stat),
    /// The parts of a multi.
    Multi(Vec<Self>),
    /// Would have been done, but a later part of the same multi was refused.
    RolledBack,
    /// Refused.
    Error(ErrorCode),
}

impl OpResult {
    /// The error the whole request ended with.
    pub fn error(&self) -> Option<ErrorCode> {
        match self {
            Self::Error(code) => Some(*code),
            Self::Multi(parts) => parts.iter().find_map(Self::error),
            Self::Done
            | Self::Created(_)
            | Self::Set(_)
            | Self::Data(..)
            | Self::Exists(_)
            | Self::Children(..)
            | Self::RolledBack => None,
        }
    }
}
