//! The leader's first stage: makes a transaction of each request, or an error one.
//!
//! Checks against the tree as it will be when everything proposed so far is committed: what is
//! outstanding is kept in change records until it is applied. Source: `PrepRequestProcessor.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::request::{CreateMode, Op, Request};
use super::session_tracker::{LeaderSessions, Owner};
use super::tree::DataTree;
use super::txn::{ErrorCode, TxnBody};
use crate::protocol::client::sequential_path;
use crate::protocol::ids::{SessionId, Zxid};
use crate::protocol::path;

/// What is proposed and not applied yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Prep {
    /// In the order of their zxids.
    outstanding: Vec<ChangeRecord>,
}

/// A znode as it will be. Source: `ZooKeeperServer.java, ChangeRecord`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct ChangeRecord {
    zxid: Zxid,
    path: Arc<str>,
    /// `None` where the znode will be gone.
    node: Option<Outlook>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Outlook {
    version: i32,
    creates: i32,
    children: usize,
    owner: SessionId,
}

/// What the stage looks at besides its own records.
#[derive(Debug)]
pub struct Grounds<'a> {
    /// The leader's tree.
    pub tree: &'a DataTree,
    /// The leader's sessions.
    pub sessions: &'a mut LeaderSessions,
    /// Through whom the request came.
    pub owner: Option<Owner>,
    /// The leader's monotonic clock, ms.
    pub now_ms: i64,
}

impl Prep {
    /// Makes the transaction that will have `zxid`.
    ///
    /// A refused request takes its zxid all the same and is broadcast as an error.
    pub fn prepare(&mut self, request: &Request, zxid: Zxid, on: &mut Grounds<'_>) -> TxnBody {
        let made = match &request.op {
            Op::CreateSession { timeout_ms } => {
                on.sessions.track(request.session, *timeout_ms, on.now_ms);
                // It was tracked just now, or is closing: then nothing it asks will be accepted.
                let _ = on.sessions.global.set_owner(request.session, on.owner);
                Ok(TxnBody::CreateSession {
                    timeout_ms: *timeout_ms,
                })
            }
            Op::CloseSession => Ok(self.close_session(request.session, zxid, on)),
            Op::Multi(ops) => Ok(self.multi(request.session, ops, zxid, on)),
            op @ (Op::Create { .. }
            | Op::Delete { .. }
            | Op::SetData { .. }
            | Op::Check { .. }
            | Op::GetData { .. }
            | Op::Exists { .. }
            | Op::GetChildren { .. }
            | Op::Sync { .. }
            | Op::SetWatches(_)
            | Op::Ping) => self.one(request.session, op, zxid, on),
        };
        made.unwrap_or_else(TxnBody::Error)
    }

    /// Forgets what has been applied up to `zxid`.
    pub fn applied(&mut self, zxid: Zxid) {
        self.outstanding.retain(|record| record.zxid > zxid);
    }

    /// How many change records wait.
    pub const fn len(&self) -> usize {
        self.outstanding.len()
    }

    /// Whether nothing waits.
    pub const fn is_empty(&self) -> bool {
        self.outstanding.is_empty()
    }

    /// After the first refused part the rest is not tried, and what was prepared is taken back.
    fn multi(
        &mut self,
        session: SessionId,
        ops: &[Op],
        zxid: Zxid,
        on: &mut Grounds<'_>,
    ) -> TxnBody {
        let before = self.outstanding.len();
        let mut parts = Vec::with_capacity(ops.len());
        let mut is_refused = false;
        for op in ops {
            let part = if is_refused {
                Err(ErrorCode::RuntimeInconsistency)
            } else {
                self.one(session, op, zxid, on)
            };
            if part.is_err() && !is_refused {
                is_refused = true;
                self.outstanding.truncate(before);
            }
            parts.push(part.unwrap_or_else(TxnBody::Error));
        }
        TxnBody::Multi(parts)
    }

    fn one(
        &mut self,
        session: SessionId,
        op: &Op,
        zxid: Zxid,
        on: &mut Grounds<'_>,
    ) -> Result<TxnBody, ErrorCode> {
        if let Op::Create { path, data, mode } = op {
            check_creator(session, *mode, on)?;
            return self.create((session, zxid), (path, data, *mode), on.tree);
        }
        on.sessions.check(session, on.owner)?;
        match op {
            Op::Delete { path, version } => self.delete(path, *version, zxid, on.tree),
            Op::SetData {
                path,
                data,
                version,
            } => {
                let mut node = self.outlook(path, on.tree)?;
                node.version = next_version(node.version, *version)?;
                let version = node.version;
                self.record(zxid, path, Some(node));
                Ok(TxnBody::SetData {
                    path: Arc::clone(path),
                    data: Arc::clone(data),
                    version,
                })
            }
            Op::Check { path, version } => {
                let node = self.outlook(path, on.tree)?;
                Ok(TxnBody::Check {
                    path: Arc::clone(path),
                    version: next_version(node.version, *version)?,
                })
            }
            Op::Create { .. }
            | Op::Multi(_)
            | Op::GetData { .. }
            | Op::Exists { .. }
            | Op::GetChildren { .. }
            | Op::Sync { .. }
            | Op::SetWatches(_)
            | Op::Ping
            | Op::CreateSession { .. }
            | Op::CloseSession => Err(ErrorCode::Unimplemented),
        }
    }

    /// Source: `PrepRequestProcessor.java, pRequest2TxnCreate`.
    fn create(
        &mut self,
        (session, zxid): (SessionId, Zxid),
        (path, data, mode): (&Arc<str>, &Arc<str>, CreateMode),
        tree: &DataTree,
    ) -> Result<TxnBody, ErrorCode> {
        let (above, _) = path.rsplit_once('/').ok_or(ErrorCode::BadArguments)?;
        let parent_path = Arc::from(if above.is_empty() { "/" } else { above });
        let mut parent = self.outlook(&parent_path, tree)?;
        let path = if mode.is_sequential() {
            Arc::from(sequential_path(path, parent.creates))
        } else {
            Arc::clone(path)
        };
        path::validate(&path).map_err(|_| ErrorCode::BadArguments)?;
        if self.outlook(&path, tree).is_ok() {
            return Err(ErrorCode::NodeExists);
        }
        if parent.owner != SessionId(0) {
            return Err(ErrorCode::NoChildrenForEphemerals);
        }
        parent.creates = parent.creates.wrapping_add(1);
        parent.children += 1;
        let is_ephemeral = mode.is_ephemeral();
        let node = Outlook {
            version: 0,
            creates: 0,
            children: 0,
            owner: if is_ephemeral { session } else { SessionId(0) },
        };
        self.record(zxid, &parent_path, Some(parent));
        self.record(zxid, &path, Some(node));
        Ok(TxnBody::Create {
            path,
            data: Arc::clone(data),
            is_ephemeral,
            parent_cversion: parent.creates,
        })
    }

    fn delete(
        &mut self,
        path: &Arc<str>,
        version: i32,
        zxid: Zxid,
        tree: &DataTree,
    ) -> Result<TxnBody, ErrorCode> {
        if RESERVED.contains(&&**path) {
            return Err(ErrorCode::BadArguments);
        }
        let (parent_path, _) = path::split(path).ok_or(ErrorCode::BadArguments)?;
        let parent_path = Arc::from(parent_path);
        let mut parent = self.outlook(&parent_path, tree)?;
        let node = self.outlook(path, tree)?;
        next_version(node.version, version)?;
        if node.children > 0 {
            return Err(ErrorCode::NotEmpty);
        }
        parent.children = parent.children.saturating_sub(1);
        self.record(zxid, &parent_path, Some(parent));
        self.record(zxid, path, None);
        Ok(TxnBody::Delete {
            path: Arc::clone(path),
        })
    }

    /// The znodes the session will own then. Asked without an owner check: expiry has none.
    ///
    /// QUIRK(children-stay-counted): the parents' outlook keeps counting what is deleted here, so
    /// until this is applied a delete of an emptied parent is refused as `NotEmpty`.
    fn close_session(&mut self, session: SessionId, zxid: Zxid, on: &mut Grounds<'_>) -> TxnBody {
        let mut owned: crate::base::Set<Arc<str>> = crate::base::Set::new();
        for path in on.tree.ephemerals(session) {
            owned.insert(Arc::clone(path));
        }
        for record in &self.outstanding {
            match &record.node {
                None => {
                    owned.remove(&record.path);
                }
                Some(node) if node.owner == session => {
                    owned.insert(Arc::clone(&record.path));
                }
                Some(_) => {}
            }
        }
        let ephemerals = owned.as_slice().to_vec();
        for path in &ephemerals {
            self.record(zxid, path, None);
        }
        on.sessions.global.set_closing(session);
        TxnBody::CloseSession { ephemerals }
    }

    fn record(&mut self, zxid: Zxid, path: &Arc<str>, node: Option<Outlook>) {
        self.outstanding.push(ChangeRecord {
            zxid,
            path: Arc::clone(path),
            node,
        });
    }

    /// A znode as it will be. Source: `getRecordForPath`.
    fn outlook(&self, path: &Arc<str>, tree: &DataTree) -> Result<Outlook, ErrorCode> {
        let newest = self.outstanding.iter().rev().find(|r| r.path == *path);
        if let Some(record) = newest {
            return record.node.ok_or(ErrorCode::NoNode);
        }
        let node = tree.get(path).ok_or(ErrorCode::NoNode)?;
        Ok(Outlook {
            version: node.version,
            creates: node.creates,
            children: node.children.len(),
            owner: node.ephemeral_owner,
        })
    }
}

/// What nobody may delete. Source: `DataTree.java, isSpecialPath`.
const RESERVED: [&str; 4] = ["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"];

fn check_creator(
    session: SessionId,
    mode: CreateMode,
    on: &mut Grounds<'_>,
) -> Result<(), ErrorCode> {
    if mode.is_ephemeral() {
        on.sessions.check_global(session, on.owner)?;
    } else {
        on.sessions.check(session, on.owner)?;
    }
    Ok(())
}

/// The version after a change, where the one expected is there; −1 expects any.
const fn next_version(current: i32, expected: i32) -> Result<i32, ErrorCode> {
    if expected != -1 && expected != current {
        return Err(ErrorCode::BadVersion);
    }
    Ok(current.wrapping_add(1))
}

#[cfg(test)]
#[path = "prep_tests.rs"]
mod tests;
