//! One znode and what clients are told of it.
//!
//! No creation and modification times: the simulated world has no wall clock. Source:
//! `DataNode.java`, `StatPersisted`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::Set;
use crate::protocol::ids::{SessionId, Zxid};

/// A znode as a server keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Znode {
    /// Its content.
    pub data: Arc<str>,
    /// The transaction that created it.
    pub czxid: Zxid,
    /// The last one that changed its content.
    pub mzxid: Zxid,
    /// The last one that created or deleted a child.
    pub pzxid: Zxid,
    /// How often its content was changed.
    pub version: i32,
    /// How many children it ever had: what sequence numbers are taken from.
    pub creates: i32,
    /// The session that owns it; 0 for a persistent znode.
    pub ephemeral_owner: SessionId,
    /// The names of its children.
    pub children: Set<Arc<str>>,
}

/// What clients are told of a znode besides its content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stat {
    /// The transaction that created it.
    pub czxid: Zxid,
    /// The last one that changed its content.
    pub mzxid: Zxid,
    /// The last one that created or deleted a child.
    pub pzxid: Zxid,
    /// How often its content was changed.
    pub version: i32,
    /// How often its children changed: `2 × creates − children`.
    pub cversion: i32,
    /// The session that owns it; 0 for a persistent znode.
    pub ephemeral_owner: SessionId,
    /// How many children it has.
    pub num_children: i32,
}

impl Znode {
    /// A znode created by `zxid`.
    pub fn new(data: Arc<str>, zxid: Zxid, ephemeral_owner: SessionId) -> Self {
        Self {
            data,
            czxid: zxid,
            mzxid: zxid,
            pzxid: zxid,
            ephemeral_owner,
            ..Self::default()
        }
    }

    /// What clients are told. Source: `DataNode.java, copyStat`.
    pub fn stat(&self) -> Stat {
        let num_children = i32::try_from(self.children.len()).unwrap_or(i32::MAX);
        Stat {
            czxid: self.czxid,
            mzxid: self.mzxid,
            pzxid: self.pzxid,
            version: self.version,
            cversion: self.creates.wrapping_mul(2).wrapping_sub(num_children),
            ephemeral_owner: self.ephemeral_owner,
            num_children,
        }
    }
}
