//! The data tree: every znode by its path, and what each transaction makes of it.
//!
//! A function of the transactions applied, the same on every server; watches, which are not, are in
//! `watch`. Source: `DataTree.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::reply::OpResult;
use super::txn::{ErrorCode, Txn, TxnBody};
use super::znode::{Stat, Znode};
use crate::base::{Map, Set};
use crate::protocol::ids::{SessionId, Zxid};
use crate::protocol::path;

/// The znodes of a server. A clone shares every znode with the original.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DataTree {
    nodes: Map<Arc<str>, Arc<Znode>>,
    /// The paths each session owns.
    ephemerals: Map<SessionId, Set<Arc<str>>>,
}

/// What applying a transaction did.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Applied {
    /// What the session that asked is told.
    pub result: OpResult,
    /// What watches may have waited for, in order.
    pub changes: Vec<Change>,
    /// What became of the session table.
    pub session: Option<SessionChange>,
}

/// What a transaction does to the session table, which its owner keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionChange {
    /// The session exists from now on.
    Opened {
        /// Which.
        session: SessionId,
        /// Its negotiated timeout.
        timeout_ms: i64,
    },
    /// The session has ended.
    Closed(SessionId),
}

impl SessionChange {
    /// Brings a session table up to date. Source: `FinalRequestProcessor.java`,
    /// `ZooKeeperServer.java, processTxnInSessionTracker`.
    pub fn write_to(self, table: &mut Map<SessionId, i64>) {
        match self {
            Self::Opened {
                session,
                timeout_ms,
            } => {
                table.insert(session, timeout_ms);
            }
            Self::Closed(session) => {
                table.remove(&session);
            }
        }
    }
}

/// Something that happened to a znode.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What.
    pub event: EventType,
    /// To which znode.
    pub path: Arc<str>,
}

/// What a watch tells. Source: `Watcher.java, EventType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventType {
    /// The znode exists now.
    NodeCreated,
    /// The znode is gone.
    NodeDeleted,
    /// The content is another.
    NodeDataChanged,
    /// A child came or went.
    NodeChildrenChanged,
}

impl Default for DataTree {
    /// The tree of an empty database: `/`, `/zookeeper`, `/zookeeper/config` and `…/quota`.
    fn default() -> Self {
        let mut tree = Self {
            nodes: Map::new(),
            ephemerals: Map::new(),
        };
        for (node, children) in [
            ("/", &["zookeeper"][..]),
            ("/zookeeper", &["config", "quota"]),
            ("/zookeeper/config", &[]),
            ("/zookeeper/quota", &[]),
        ] {
            let mut znode = Znode::default();
            for child in children {
                znode.children.insert(Arc::from(*child));
            }
            tree.nodes.insert(Arc::from(node), Arc::new(znode));
        }
        tree
    }
}

impl DataTree {
    /// The znode at `path`.
    pub fn get(&self, path: &str) -> Option<&Znode> {
        self.nodes.get(path).map(Arc::as_ref)
    }

    /// Every znode with its path, in order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Znode)> {
        self.nodes
            .iter()
            .map(|(path, znode)| (&**path, znode.as_ref()))
    }

    /// How many znodes there are.
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: `/` is always there.
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The paths `session` owns, ascending.
    pub fn ephemerals(&self, session: SessionId) -> &[Arc<str>] {
        self.ephemerals.get(&session).map_or(&[], Set::as_slice)
    }

    /// Every session that owns a znode, with what it owns.
    pub fn owners(&self) -> impl Iterator<Item = (SessionId, &[Arc<str>])> {
        self.ephemerals
            .iter()
            .map(|(session, paths)| (*session, paths.as_slice()))
    }

    /// How many sessions own a znode.
    pub const fn owner_count(&self) -> usize {
        self.ephemerals.len()
    }

    /// Applies one transaction.
    ///
    /// Never fails: where a snapshot already holds what a transaction replayed over it does, the
    /// error is the result and the tree converges. Source: `DataTree.java, processTxn`.
    pub fn apply(&mut self, txn: &Txn) -> Applied {
        let mut changes = Vec::new();
        let mut session = None;
        let result = match &txn.body {
            TxnBody::CreateSession { timeout_ms } => {
                session = Some(SessionChange::Opened {
                    session: txn.session,
                    timeout_ms: *timeout_ms,
                });
                OpResult::Done
            }
            TxnBody::CloseSession { ephemerals } => {
                self.kill_session(txn, ephemerals, &mut changes);
                session = Some(SessionChange::Closed(txn.session));
                OpResult::Done
            }
            TxnBody::Multi(parts) => OpResult::Multi(self.apply_multi(txn, parts, &mut changes)),
            body @ TxnBody::Create { path, .. } => {
                let result = self.apply_one(txn, body, &mut changes);
                if result == OpResult::Error(ErrorCode::NodeExists) {
                    self.count_create(path, body, txn.zxid);
                }
                result
            }
            body @ (TxnBody::Delete { .. }
            | TxnBody::SetData { .. }
            | TxnBody::Check { .. }
            | TxnBody::Error(_)) => self.apply_one(txn, body, &mut changes),
        };
        Applied {
            result,
            changes,
            session,
        }
    }

    /// Takes out what sessions own that are not in `table`: clean-up of a prospective leader.
    ///
    /// Source: `ZooKeeperServer.java, loadData`.
    pub fn kill_unknown_sessions(&mut self, table: &Map<SessionId, i64>, zxid: Zxid) {
        let mut gone = Vec::new();
        for (session, paths) in self.ephemerals.iter() {
            if !table.contains_key(session) {
                gone.extend(paths.iter().cloned());
            }
        }
        for path in gone {
            // What is owned exists, and nobody watches yet.
            let _ = self.delete(&path, zxid, &mut Vec::new());
        }
    }

    /// All parts, or none where one is an error. QUIRK(multi-ok): parts before the refused one are
    /// answered by an error result whose code is OK. Source: `DataTree.java, processTxn`.
    fn apply_multi(
        &mut self,
        txn: &Txn,
        parts: &[TxnBody],
        changes: &mut Vec<Change>,
    ) -> Vec<OpResult> {
        let refused = parts
            .iter()
            .position(|part| matches!(part, TxnBody::Error(_)));
        let mut results = Vec::with_capacity(parts.len());
        for (n, part) in parts.iter().enumerate() {
            results.push(match (part, refused) {
                (TxnBody::Error(code), _) => OpResult::Error(*code),
                (_, Some(at)) if n < at => OpResult::RolledBack,
                (_, Some(_)) => OpResult::Error(ErrorCode::RuntimeInconsistency),
                (part, None) => self.apply_one(txn, part, changes),
            });
        }
        results
    }

    fn apply_one(&mut self, txn: &Txn, body: &TxnBody, changes: &mut Vec<Change>) -> OpResult {
        let done = match body {
            TxnBody::Create { path, .. } => self
                .create(txn, body, changes)
                .map(|()| OpResult::Created(Arc::clone(path))),
            TxnBody::Delete { path } => self
                .delete(path, txn.zxid, changes)
                .map(|()| OpResult::Done),
            TxnBody::SetData {
                path,
                data,
                version,
            } => self
                .set_data(path, (data, *version), txn.zxid, changes)
                .map(OpResult::Set),
            TxnBody::Error(code) => Err(*code),
            // A check was made by the prep stage; the others are not parts of a multi.
            TxnBody::Check { .. }
            | TxnBody::CreateSession { .. }
            | TxnBody::CloseSession { .. }
            | TxnBody::Multi(_) => Ok(OpResult::Done),
        };
        done.unwrap_or_else(OpResult::Error)
    }

    /// Source: `DataTree.java, createNode`.
    fn create(
        &mut self,
        txn: &Txn,
        body: &TxnBody,
        changes: &mut Vec<Change>,
    ) -> Result<(), ErrorCode> {
        let TxnBody::Create {
            path,
            data,
            is_ephemeral,
            ..
        } = body
        else {
            return Err(ErrorCode::BadArguments);
        };
        let (parent, name) = path::split(path).ok_or(ErrorCode::NodeExists)?;
        let holder = self.nodes.get(parent).ok_or(ErrorCode::NoNode)?;
        if holder.children.contains(&Arc::from(name)) {
            return Err(ErrorCode::NodeExists);
        }
        self.count_create(path, body, txn.zxid);
        self.change(parent, |node| {
            node.children.insert(Arc::from(name));
        });
        let owner = if *is_ephemeral {
            txn.session
        } else {
            SessionId(0)
        };
        let znode = Znode::new(Arc::clone(data), txn.zxid, owner);
        self.nodes.insert(Arc::clone(path), Arc::new(znode));
        if owner != SessionId(0) {
            self.ephemerals.or_default(owner).insert(Arc::clone(path));
        }
        changes.push(Change {
            event: EventType::NodeCreated,
            path: Arc::clone(path),
        });
        changes.push(Change {
            event: EventType::NodeChildrenChanged,
            path: Arc::from(parent),
        });
        Ok(())
    }

    /// Counts a create at its parent; replayed over a snapshot that is newer, it changes nothing.
    ///
    /// Source: `DataTree.java, setCversionPzxid`.
    fn count_create(&mut self, created: &str, body: &TxnBody, zxid: Zxid) {
        let TxnBody::Create {
            parent_cversion, ..
        } = body
        else {
            return;
        };
        let Some((parent, _)) = path::split(created) else {
            return;
        };
        self.change(parent, |node| {
            if *parent_cversion > node.creates {
                node.creates = *parent_cversion;
                node.pzxid = zxid;
            }
        });
    }

    /// Source: `DataTree.java, deleteNode`.
    fn delete(
        &mut self,
        path: &Arc<str>,
        zxid: Zxid,
        changes: &mut Vec<Change>,
    ) -> Result<(), ErrorCode> {
        let (parent, name) = path::split(path).ok_or(ErrorCode::BadArguments)?;
        if !self.nodes.contains_key(parent) {
            return Err(ErrorCode::NoNode);
        }
        // Before it is known whether the child is there: a snapshot may have lost it already.
        self.change(parent, |node| {
            node.children.remove(&Arc::from(name));
            if zxid > node.pzxid {
                node.pzxid = zxid;
            }
        });
        let znode = self.nodes.remove(path).ok_or(ErrorCode::NoNode)?;
        self.disown(znode.ephemeral_owner, path);
        changes.push(Change {
            event: EventType::NodeDeleted,
            path: Arc::clone(path),
        });
        changes.push(Change {
            event: EventType::NodeChildrenChanged,
            path: Arc::from(parent),
        });
        Ok(())
    }

    fn disown(&mut self, owner: SessionId, path: &Arc<str>) {
        let Some(paths) = self.ephemerals.get_mut(&owner) else {
            return;
        };
        paths.remove(path);
        if paths.is_empty() {
            self.ephemerals.remove(&owner);
        }
    }

    /// Source: `DataTree.java, setData`.
    fn set_data(
        &mut self,
        path: &Arc<str>,
        (data, version): (&Arc<str>, i32),
        zxid: Zxid,
        changes: &mut Vec<Change>,
    ) -> Result<Stat, ErrorCode> {
        let znode = self.nodes.get_mut(path).ok_or(ErrorCode::NoNode)?;
        let znode = Arc::make_mut(znode);
        znode.data = Arc::clone(data);
        znode.version = version;
        znode.mzxid = zxid;
        let stat = znode.stat();
        changes.push(Change {
            event: EventType::NodeDataChanged,
            path: Arc::clone(path),
        });
        Ok(stat)
    }

    /// Deletes what the transaction names, then what the session owns beyond that.
    ///
    /// Source: `DataTree.java, killSession`.
    fn kill_session(&mut self, txn: &Txn, named: &[Arc<str>], changes: &mut Vec<Change>) {
        let mut owned = self.ephemerals.get(&txn.session).cloned();
        for path in named {
            if let Some(owned) = &mut owned {
                owned.remove(path);
            }
            // A snapshot may have lost it already.
            let _ = self.delete(path, txn.zxid, changes);
        }
        for path in owned.iter().flatten() {
            let _ = self.delete(path, txn.zxid, changes);
        }
    }

    /// Shares with another tree of the same paths the znodes that are the same in both.
    pub(super) fn share(&mut self, other: &Self) {
        if self.nodes.len() != other.nodes.len() {
            return;
        }
        for ((path, mine), (as_there, its)) in self.nodes.iter_mut().zip(other.nodes.iter()) {
            if !Arc::ptr_eq(mine, its) && path == as_there && mine == its {
                *mine = Arc::clone(its);
            }
        }
    }

    fn change(&mut self, path: &str, change: impl FnOnce(&mut Znode)) {
        if let Some(node) = self.nodes.get_mut(path) {
            change(Arc::make_mut(node));
        }
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
pub(crate) mod tests;
