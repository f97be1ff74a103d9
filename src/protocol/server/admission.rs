//! How a client gets in: the first message of a connection, a new session or an old one.
//!
//! Source: `ZooKeeperServer.java, processConnectRequest, reopenSession, finishSessionInit`;
//! `LearnerZooKeeperServer.java, revalidateSession`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::pipeline::{Desk, OWN, Part, Server, Upstream};
use super::request::{ClientMessage, ConnectRequest, ConnectResponse, Op};
use super::session_id::{is_password_of, password};
use crate::protocol::effect::{Address, ConnId, Ctx};
use crate::protocol::ids::{Cxid, SessionId};
use crate::protocol::note::Note;

/// One client's connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Connection {
    /// The host it comes from.
    address: Address,
    /// 0 until the client has said who it is.
    pub(super) session: SessionId,
    /// Negotiated on this connection.
    pub(super) timeout_ms: i64,
    phase: Phase,
    /// Requests that came while nothing was read.
    unread: VecDeque<(Cxid, Op)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Phase {
    /// The client has to say who it is.
    Fresh,
    /// Its session is being created or looked up; nothing is read.
    Opening,
    /// Requests are read.
    Open,
}

impl Server {
    /// A client has connected; one too many from its host is refused.
    ///
    /// Source: `NIOServerCnxnFactory.java, AcceptThread.doAccept`.
    pub fn opened(&mut self, conn: ConnId, address: Address, ctx: &mut Ctx<'_>) {
        let most = self.limits.max_client_cnxns;
        let is_of_host = |c: &&Connection| c.address == address;
        if most > 0 && self.conns.values().filter(is_of_host).count() >= most {
            ctx.note(Note::TooManyConnections { address, most });
            return ctx.hangup(conn);
        }
        let fresh = Connection {
            address,
            session: SessionId(0),
            timeout_ms: 0,
            phase: Phase::Fresh,
            unread: VecDeque::new(),
        };
        self.conns.insert(conn, fresh);
    }

    /// A connection is gone. Its watches go, its session and what it asked for stay.
    pub fn closed(&mut self, conn: ConnId) {
        self.conns.remove(&conn);
        self.watches.forget(conn);
        self.revalidating.retain(|_, waiting| *waiting != conn);
    }

    /// A client has sent something.
    pub fn received(&mut self, conn: ConnId, message: ClientMessage, desk: &mut Desk<'_, '_>) {
        let Some(connection) = self.conns.get_mut(&conn) else {
            return;
        };
        match (connection.phase, message) {
            (Phase::Fresh, ClientMessage::Connect(asked)) => self.connect(conn, &asked, desk),
            (Phase::Opening, ClientMessage::Request { cxid, op }) => {
                connection.unread.push_back((cxid, op));
            }
            (Phase::Open, ClientMessage::Request { cxid, op }) => {
                let session = connection.session;
                self.submit((conn, session), (cxid, op), desk);
            }
            (Phase::Fresh | Phase::Opening | Phase::Open, _) => self.hangup(conn, desk.ctx),
        }
    }

    fn connect(&mut self, conn: ConnId, asked: &ConnectRequest, desk: &mut Desk<'_, '_>) {
        if asked.last_zxid_seen > desk.last_processed {
            // It has seen what this server has not: here it would go back in time.
            return self.hangup(conn, desk.ctx);
        }
        let timeout_ms = self.limits.timeouts().negotiate(asked.timeout_ms);
        let is_new = asked.session == SessionId(0);
        let session = if is_new {
            self.create_session(timeout_ms, desk)
        } else {
            self.close_session(asked.session, desk.ctx);
            asked.session
        };
        let Some(connection) = self.conns.get_mut(&conn) else {
            return;
        };
        connection.session = session;
        connection.timeout_ms = timeout_ms;
        connection.phase = Phase::Opening;
        if self.is_local(session) && is_new {
            self.finish_session(conn, desk);
        } else if is_new {
            let op = Op::CreateSession { timeout_ms };
            self.submit((conn, session), (Cxid(0), op), desk);
        } else if is_password_of(session, &asked.password) {
            self.revalidate(conn, session, desk);
        } else {
            self.refuse_session(conn, desk);
        }
    }

    fn create_session(&mut self, timeout_ms: i64, desk: &Desk<'_, '_>) -> SessionId {
        match &mut self.part {
            Part::Leader(leading) => leading.sessions.create(timeout_ms, desk.now_ms()),
            Part::Learner(sessions) => sessions.create(timeout_ms, desk.now_ms()),
        }
    }

    /// A leader knows whether the session lives; a learner asks.
    fn revalidate(&mut self, conn: ConnId, session: SessionId, desk: &mut Desk<'_, '_>) {
        let timeout_ms = self.conns.get(&conn).map_or(0, |c| c.timeout_ms);
        if self.is_local(session) {
            if self.touch(session, timeout_ms, desk) {
                self.finish_session(conn, desk);
            } else {
                self.refuse_session(conn, desk);
            }
            return;
        }
        match &mut self.part {
            Part::Leader(leading) => {
                if leading.revalidate(OWN, (session, timeout_ms), desk.now_ms()) {
                    self.finish_session(conn, desk);
                } else {
                    self.refuse_session(conn, desk);
                }
            }
            Part::Learner(_) => {
                self.revalidating.insert(session, conn);
                self.ask(Upstream::Revalidate {
                    session,
                    timeout_ms,
                });
            }
        }
    }

    /// The leader has said that a session lives.
    pub fn revalidated(&mut self, session: SessionId, desk: &mut Desk<'_, '_>) {
        if let Some(conn) = self.revalidating.remove(&session) {
            self.finish_session(conn, desk);
        }
    }

    /// The leader has said that a session is gone.
    pub fn not_revalidated(&mut self, session: SessionId, desk: &mut Desk<'_, '_>) {
        if let Some(conn) = self.revalidating.remove(&session) {
            self.refuse_session(conn, desk);
        }
    }

    /// The session is established: the client is told, and what it has sent meanwhile is read.
    pub(super) fn finish_session(&mut self, conn: ConnId, desk: &mut Desk<'_, '_>) {
        let Some(connection) = self.conns.get_mut(&conn) else {
            return;
        };
        connection.phase = Phase::Open;
        let session = connection.session;
        let response = ConnectResponse {
            timeout_ms: connection.timeout_ms,
            session,
            password: password(session),
        };
        let unread = core::mem::take(&mut connection.unread);
        desk.send(conn, ClientMessage::Connected(response));
        for request in unread {
            self.submit((conn, session), request, desk);
        }
    }

    fn refuse_session(&mut self, conn: ConnId, desk: &mut Desk<'_, '_>) {
        desk.send(conn, ClientMessage::Connected(ConnectResponse::EXPIRED));
        self.hangup(conn, desk.ctx);
    }

    /// Closes whatever connection has this session.
    pub(super) fn close_session(&mut self, session: SessionId, ctx: &mut Ctx<'_>) {
        let having = self.conns.iter().find(|(_, c)| c.session == session);
        if let Some(conn) = having.map(|(conn, _)| *conn) {
            self.hangup(conn, ctx);
        }
    }
}
