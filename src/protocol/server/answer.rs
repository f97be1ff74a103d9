//! What a read is told: the connected server's own state, whatever the leader's is by now.
//!
//! Source: `FinalRequestProcessor.java`; `DataTree.java, statNode, getData, getChildren`.

use std::sync::Arc;

use super::pipeline::{Desk, Queued, Server};
use super::reply::OpResult;
use super::request::{ClientMessage, Op};
use super::txn::ErrorCode;
use super::watch::{SetWatches, WatchKind};
use super::znode::Znode;
use crate::protocol::effect::ConnId;

impl Server {
    /// Answers what needs no commit.
    pub(super) fn answer(&mut self, queued: &Queued, desk: &mut Desk<'_, '_>) {
        let Some(conn) = queued.conn.filter(|conn| self.conns.contains_key(conn)) else {
            return;
        };
        match queued.fault {
            Some(ErrorCode::SessionMoved) => self.hangup(conn, desk.ctx),
            Some(fault) => self.reply(queued, OpResult::Error(fault), desk),
            None if queued.op == Op::CloseSession => {
                self.reply(queued, OpResult::Done, desk);
                self.end_local(conn, desk.ctx);
            }
            None => {
                let result = self.read((conn, queued), desk);
                self.reply(queued, result, desk);
            }
        }
    }

    fn read(&mut self, (conn, queued): (ConnId, &Queued), desk: &mut Desk<'_, '_>) -> OpResult {
        match &queued.op {
            Op::GetData { path, watch } => {
                let told = |node: &Znode| OpResult::Data(Arc::clone(&node.data), node.stat());
                self.look((path, *watch), (WatchKind::Data, conn), told, desk)
            }
            Op::GetChildren { path, watch } => {
                let told = |node: &Znode| {
                    OpResult::Children(node.children.as_slice().to_vec(), node.stat())
                };
                self.look((path, *watch), (WatchKind::Child, conn), told, desk)
            }
            Op::Exists { path, watch } => {
                // Set before it is known whether the znode is there: it waits for its creation too.
                if *watch {
                    self.watches.add(WatchKind::Data, path, conn);
                }
                desk.tree
                    .get(path)
                    .map_or(OpResult::Error(ErrorCode::NoNode), |node| {
                        OpResult::Exists(node.stat())
                    })
            }
            Op::SetWatches(asked) => self.set_watches(asked, conn, desk),
            Op::Sync { .. } | Op::Ping => OpResult::Done,
            Op::Create { .. }
            | Op::Delete { .. }
            | Op::SetData { .. }
            | Op::Check { .. }
            | Op::Multi(_)
            | Op::CreateSession { .. }
            | Op::CloseSession => OpResult::Error(ErrorCode::Unimplemented),
        }
    }

    fn look(
        &mut self,
        (path, watch): (&Arc<str>, bool),
        (kind, conn): (WatchKind, ConnId),
        told: impl Fn(&Znode) -> OpResult,
        desk: &Desk<'_, '_>,
    ) -> OpResult {
        let Some(node) = desk.tree.get(path) else {
            return OpResult::Error(ErrorCode::NoNode);
        };
        if watch {
            self.watches.add(kind, path, conn);
        }
        told(node)
    }

    fn set_watches(
        &mut self,
        asked: &SetWatches,
        conn: ConnId,
        desk: &mut Desk<'_, '_>,
    ) -> OpResult {
        for change in self.watches.set_again(asked, desk.tree, conn) {
            desk.send(conn, ClientMessage::Event(change));
        }
        OpResult::Done
    }
}
