//! The watches a client has, by what they wait for: what it sets again after a reconnect.
//!
//! Source: `ZKWatchManager.java, materialize`; `ZooKeeper.java, ExistsWatchRegistration`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::Set;
use crate::protocol::ids::Zxid;
use crate::protocol::server::{Change, ErrorCode, EventType, Op, OpResult, SetWatches};

/// A client's registered watches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Registry {
    data: Set<Arc<str>>,
    exist: Set<Arc<str>>,
    child: Set<Arc<str>>,
}

impl Registry {
    /// Registers what an answered call left on the server.
    pub(super) fn answered(&mut self, op: &Op, result: &OpResult) {
        match (op, result) {
            (Op::GetData { path, watch: true }, OpResult::Data(..))
            | (Op::Exists { path, watch: true }, OpResult::Exists(_)) => {
                self.data.insert(Arc::clone(path));
            }
            (Op::Exists { path, watch: true }, OpResult::Error(ErrorCode::NoNode)) => {
                self.exist.insert(Arc::clone(path));
            }
            (Op::GetChildren { path, watch: true }, OpResult::Children(..)) => {
                self.child.insert(Arc::clone(path));
            }
            _ => {}
        }
    }

    /// Forgets what an event has used up.
    pub(super) fn fired(&mut self, change: &Change) {
        if change.event != EventType::NodeChildrenChanged {
            self.data.remove(&change.path);
            self.exist.remove(&change.path);
        }
        let is_child = [EventType::NodeDeleted, EventType::NodeChildrenChanged];
        if is_child.contains(&change.event) {
            self.child.remove(&change.path);
        }
    }

    /// The request that sets them again; `None` where there is none.
    pub(super) fn to_set_again(&self, relative_zxid: Zxid) -> Option<Op> {
        if self.data.is_empty() && self.exist.is_empty() && self.child.is_empty() {
            return None;
        }
        Some(Op::SetWatches(Arc::new(SetWatches {
            relative_zxid,
            data: self.data.as_slice().to_vec(),
            exist: self.exist.as_slice().to_vec(),
            child: self.child.as_slice().to_vec(),
        })))
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
