//! The way of a request through the connected server: in its session's order, reads behind writes.
//!
//! A write waits here until its transaction is applied; what it becomes is decided by the leader.
//! How a client is taken in is in `admission`, what a read is told in `answer`, what only a leader
//! does in `leading`. Source: `CommitProcessor.java`, `FinalRequestProcessor.java`,
//! `FollowerRequestProcessor.java`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::admission::Connection;
use super::leading::Leading;
use super::reply::OpResult;
use super::request::{ClientMessage, Op, Reply, Request};
use super::session_id::TimeoutLimits;
use super::session_tracker::{LearnerSessions, Owner, SessionTable};
use super::tree::{Applied, DataTree, SessionChange};
use super::txn::{ErrorCode, Txn, TxnBody};
use super::watch::Watches;
use crate::base::{Map, Micros};
use crate::protocol::config::LocalSessions;
use crate::protocol::effect::{ConnId, Ctx};
use crate::protocol::ids::{Cxid, SessionId, Sid, Zxid};
use crate::protocol::message::Message;

/// What a serving peer has for its clients, from the moment it serves until it leaves its role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Server {
    pub(super) part: Part,
    pub(super) limits: Limits,
    pub(super) conns: Map<ConnId, Connection>,
    pub(super) watches: Watches,
    /// Whom the leader has been asked about, and which connection waits for the answer.
    pub(super) revalidating: Map<SessionId, ConnId>,
    /// Each session's requests that are not answered, where the first waits for a commit.
    pending: Map<SessionId, VecDeque<Queued>>,
    /// What of this server's clients waits for a commit, in the order it was sent to the leader.
    own_writes: VecDeque<(SessionId, Cxid)>,
    pending_syncs: VecDeque<(SessionId, Cxid)>,
    upstream: Vec<Upstream>,
}

/// What differs between a leader and a learner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Part {
    Leader(Box<Leading>),
    Learner(LearnerSessions),
}

/// What a server allows its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// tickTime, ms.
    pub tick_time_ms: i64,
    /// `minSessionTimeout`, ms; −1 is two ticks.
    pub min_session_timeout_ms: i64,
    /// `maxSessionTimeout`, ms; −1 is twenty ticks.
    pub max_session_timeout_ms: i64,
    /// `maxClientCnxns`: connections of one host; 0 is any number.
    pub max_client_cnxns: usize,
    /// Whether sessions may live in this server alone.
    pub local_sessions: LocalSessions,
}

impl Limits {
    pub(super) const fn timeouts(&self) -> TimeoutLimits {
        let (min_ms, max_ms) = (self.min_session_timeout_ms, self.max_session_timeout_ms);
        TimeoutLimits::new(self.tick_time_ms, min_ms, max_ms)
    }
}

/// What the connected server wants of the leader, which may be itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Upstream {
    /// A write, or a learner's sync.
    Request(Request),
    /// Is this session alive? Only a learner asks.
    Revalidate {
        /// Which.
        session: SessionId,
        /// The timeout it has with this server, ms.
        timeout_ms: i64,
    },
}

/// What the server is shown with each call: the state that is applied, and the world.
#[derive(Debug)]
pub struct Desk<'a, 'c> {
    /// The data tree.
    pub tree: &'a DataTree,
    /// The table of global sessions.
    pub sessions: &'a SessionTable,
    /// The newest transaction applied.
    pub last_processed: Zxid,
    /// Clock and effects.
    pub ctx: &'a mut Ctx<'c>,
}

impl Desk<'_, '_> {
    pub(super) fn now_ms(&self) -> i64 {
        elapsed_ms(self.ctx.now)
    }

    pub(super) fn send(&mut self, conn: ConnId, message: ClientMessage) {
        self.ctx.send(conn, Message::Client(message));
    }
}

/// A request that waits for its turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Queued {
    /// Whom to tell; `None` for what the server itself asks.
    pub(super) conn: Option<ConnId>,
    pub(super) cxid: Cxid,
    pub(super) op: Op,
    /// False where it is answered without the leader.
    pub(super) needs_commit: bool,
    /// Why it is refused: a read, as the leader's prep stage found; an ephemeral znode, for want of
    /// a global session.
    pub(super) fault: Option<ErrorCode>,
}

impl Server {
    /// The server of a leader; every session has its full timeout from now.
    pub fn leading(sid: Sid, limits: Limits, table: &SessionTable, now: Micros) -> Self {
        let leading = Leading::new(sid, limits, table, elapsed_ms(now));
        Self::new(Part::Leader(Box::new(leading)), limits)
    }

    /// The server of a follower or an observer.
    pub fn learning(sid: Sid, limits: Limits, now: Micros) -> Self {
        let settings = (limits.tick_time_ms, limits.local_sessions);
        let sessions = LearnerSessions::new(sid, settings, elapsed_ms(now));
        Self::new(Part::Learner(sessions), limits)
    }

    const fn new(part: Part, limits: Limits) -> Self {
        Self {
            part,
            limits,
            conns: Map::new(),
            watches: Watches::EMPTY,
            revalidating: Map::new(),
            pending: Map::new(),
            own_writes: VecDeque::new(),
            pending_syncs: VecDeque::new(),
            upstream: Vec::new(),
        }
    }

    /// What only a leader does; `None` for a learner's server.
    pub fn as_leader(&mut self) -> Option<&mut Leading> {
        match &mut self.part {
            Part::Leader(leading) => Some(leading),
            Part::Learner(_) => None,
        }
    }

    /// What is to go to the leader because of the last call, in order.
    pub fn take_upstream(&mut self) -> Vec<Upstream> {
        core::mem::take(&mut self.upstream)
    }

    /// Whether a client is connected here.
    pub fn owns(&self, conn: ConnId) -> bool {
        self.conns.contains_key(&conn)
    }

    /// Every connection with its session; 0 where none is established yet.
    pub fn clients(&self) -> impl Iterator<Item = (ConnId, SessionId)> {
        self.conns.iter().map(|(conn, c)| (*conn, c.session))
    }

    /// How many watches are set here.
    pub fn watch_count(&self) -> usize {
        self.watches.len()
    }

    /// How many requests of this server's clients wait for a commit.
    pub fn waiting(&self) -> usize {
        self.own_writes.len()
    }

    /// A learner's touch table, for the answer to PING; empty afterwards.
    pub fn take_touched(&mut self) -> Vec<(SessionId, i64)> {
        match &mut self.part {
            Part::Leader(_) => Vec::new(),
            Part::Learner(sessions) => sessions.take_touched(),
        }
    }

    /// The role ends: every client is disconnected.
    pub fn close_all(&mut self, ctx: &mut Ctx<'_>) {
        for conn in self.conns.keys() {
            ctx.hangup(*conn);
        }
        self.conns.clear();
        self.watches = Watches::default();
        self.revalidating.clear();
    }

    /// A request of an established session. Source: `ZooKeeperServer.java, submitRequestNow`.
    pub(super) fn submit(
        &mut self,
        (conn, session): (ConnId, SessionId),
        (cxid, op): (Cxid, Op),
        desk: &mut Desk<'_, '_>,
    ) {
        let timeout_ms = self.conns.get(&conn).map_or(0, |c| c.timeout_ms);
        if !self.touch(session, timeout_ms, desk) {
            // `MissingSessionException`: the request is dropped and nobody is told.
            return;
        }
        let fault = match &mut self.part {
            Part::Leader(leading) if !op.is_write() => leading.check_read(session),
            Part::Leader(_) | Part::Learner(_) => self.upgrade(session, &op),
        };
        let queued = Queued {
            conn: Some(conn),
            cxid,
            needs_commit: self.needs_commit(session, &op),
            op: op.clone(),
            fault,
        };
        if !queued.needs_commit {
            if let Some(queue) = self.pending.get_mut(&session) {
                queue.push_back(queued);
            } else {
                self.answer(&queued, desk);
            }
            return;
        }
        if matches!(op, Op::Sync { .. }) {
            self.pending_syncs.push_back((session, cxid));
        }
        self.send_up(session, queued);
    }

    /// A request goes to the leader and waits for its commit.
    pub(super) fn send_up(&mut self, session: SessionId, queued: Queued) {
        let (cxid, op) = (queued.cxid, queued.op.clone());
        self.pending.or_default(session).push_back(queued);
        self.own_writes.push_back((session, cxid));
        self.ask(Upstream::Request(Request { session, cxid, op }));
    }

    pub(super) fn ask(&mut self, upstream: Upstream) {
        self.upstream.push(upstream);
    }

    pub(super) fn touch(
        &mut self,
        session: SessionId,
        timeout_ms: i64,
        desk: &Desk<'_, '_>,
    ) -> bool {
        let now_ms = desk.now_ms();
        match &mut self.part {
            Part::Leader(leading) => leading.sessions.touch(session, timeout_ms, now_ms),
            Part::Learner(sessions) => sessions.touch(session, timeout_ms, (desk.sessions, now_ms)),
        }
    }

    /// On a leader a sync passes like a read, anywhere the end of a local session.
    fn needs_commit(&self, session: SessionId, op: &Op) -> bool {
        if *op == Op::CloseSession && self.is_local(session) {
            return false;
        }
        op.is_write() || (matches!(op, Op::Sync { .. }) && matches!(self.part, Part::Learner(_)))
    }

    /// A transaction has been applied: watches fire, then its request is answered, then the reads
    /// that waited for it. `desk` shows the state with it.
    pub fn committed(&mut self, txn: &Txn, applied: &Applied, desk: &mut Desk<'_, '_>) {
        for change in &applied.changes {
            for conn in &self.watches.fire(change) {
                desk.send(*conn, ClientMessage::Event(change.clone()));
            }
        }
        if let Part::Leader(leading) = &mut self.part {
            leading.prep.applied(txn.zxid);
        }
        if let (Some(SessionChange::Opened { session, .. }), Part::Learner(sessions)) =
            (applied.session, &mut self.part)
        {
            sessions.committed(session);
        }
        if let Some(SessionChange::Closed(session)) = applied.session {
            match &mut self.part {
                Part::Leader(leading) => leading.sessions.remove(session),
                Part::Learner(sessions) => sessions.remove(session),
            }
        }
        let is_own = self.release((txn.session, txn.cxid), &applied.result, desk);
        if !is_own && matches!(txn.body, TxnBody::CloseSession { .. }) {
            // Expired, or closed through another server: whoever has it here is disconnected.
            self.close_session(txn.session, desk.ctx);
        }
    }

    /// The leader has answered this learner's oldest sync.
    pub fn synced(&mut self, desk: &mut Desk<'_, '_>) {
        if let Some(sync) = self.pending_syncs.pop_front() {
            self.release(sync, &OpResult::Done, desk);
        }
    }

    /// Answers the oldest own write where it is this one, and the reads behind it.
    ///
    /// Anything else that commits is another server's.
    fn release(
        &mut self,
        id: (SessionId, Cxid),
        result: &OpResult,
        desk: &mut Desk<'_, '_>,
    ) -> bool {
        if self.own_writes.front() != Some(&id) {
            return false;
        }
        self.own_writes.pop_front();
        let session = id.0;
        let first = self.pending.get_mut(&session).and_then(VecDeque::pop_front);
        if let Some(queued) = first {
            self.finish(&queued, result, desk);
        }
        while let Some(next) = self.next_read(session) {
            self.answer(&next, desk);
        }
        if self.pending.get(&session).is_some_and(VecDeque::is_empty) {
            self.pending.remove(&session);
        }
        true
    }

    /// The session's next request where it waits for no commit of its own.
    fn next_read(&mut self, session: SessionId) -> Option<Queued> {
        if self.pending.get(&session)?.front()?.needs_commit {
            return None;
        }
        self.pending.get_mut(&session)?.pop_front()
    }

    /// A write's outcome reaches its client, where that is still connected.
    fn finish(&mut self, queued: &Queued, result: &OpResult, desk: &mut Desk<'_, '_>) {
        let Some(conn) = queued.conn.filter(|conn| self.conns.contains_key(conn)) else {
            return;
        };
        if result.error() == Some(ErrorCode::SessionMoved) {
            self.hangup(conn, desk.ctx);
        } else if matches!(queued.op, Op::CreateSession { .. }) {
            self.finish_session(conn, desk);
        } else {
            // What this server knows better than the leader.
            let better = queued
                .fault
                .filter(|_| matches!(result, OpResult::Error(_)));
            let result = better.map_or_else(|| result.clone(), OpResult::Error);
            self.reply(queued, result, desk);
            if queued.op == Op::CloseSession {
                self.hangup(conn, desk.ctx);
            }
        }
    }

    pub(super) fn reply(&self, queued: &Queued, result: OpResult, desk: &mut Desk<'_, '_>) {
        if let Some(conn) = queued.conn.filter(|conn| self.conns.contains_key(conn)) {
            let reply = Reply {
                cxid: queued.cxid,
                zxid: desk.last_processed,
                result,
            };
            desk.send(conn, ClientMessage::Reply(reply));
        }
    }

    /// Closes a connection from this side.
    pub(in crate::protocol) fn hangup(&mut self, conn: ConnId, ctx: &mut Ctx<'_>) {
        if self.conns.contains_key(&conn) {
            ctx.hangup(conn);
            self.closed(conn);
        }
    }
}

/// The owner of what comes over this server's own connections.
pub(super) const OWN: Option<Owner> = Some(Owner::Me);

pub(super) fn elapsed_ms(now: Micros) -> i64 {
    i64::try_from(now.as_ms()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "pipeline_tests.rs"]
mod tests;
