//! What a leader does for clients, its own and its learners': prepares, revalidates, expires.
//!
//! Source: `LeaderZooKeeperServer.java`; `LearnerHandler.java, run, revalidateSession`.

use super::{Leader, Stage, send};
use crate::protocol::effect::ConnId;
use crate::protocol::host::Host;
use crate::protocol::ids::{SessionId, Zxid};
use crate::protocol::message::QuorumBody;
use crate::protocol::note::Why;
use crate::protocol::server::pipeline::Upstream;
use crate::protocol::server::{Leading, Op, Owner, Request};

impl Leader {
    /// Takes what the leader's own clients want.
    ///
    /// # Errors
    /// Why the leader must go.
    pub(super) fn take_own(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        for upstream in host.take_upstream() {
            match upstream {
                Upstream::Request(request) => {
                    let owner = Leading::own_owner(&request);
                    self.submit(&request, owner, host)?;
                }
                // Only a learner's server asks.
                Upstream::Revalidate { .. } => {}
            }
        }
        Ok(())
    }

    /// The prep stage, then the proposal.
    ///
    /// # Errors
    /// Why the leader must go.
    fn submit(
        &mut self,
        request: &Request,
        owner: Option<Owner>,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        if self.stage != Stage::Serving {
            return Ok(());
        }
        let zxid = Zxid(self.last_proposed.0.wrapping_add(1));
        let prepared = host.with_server(|server, desk| {
            let now = desk.ctx.now;
            let leading = server.as_leader()?;
            Some(leading.prepare((request, zxid), owner, desk.tree, now))
        });
        if let Some(body) = prepared.flatten() {
            self.propose((request.session, request.cxid), body, host)?;
        }
        Ok(())
    }

    /// A bucket of sessions is due: their ends are proposed.
    ///
    /// # Errors
    /// Why the leader must go.
    pub(super) fn expire_sessions(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        for request in host.expire_sessions() {
            self.submit(&request, None, host)?;
        }
        Ok(())
    }

    /// REQUEST: a learner's client wants something.
    ///
    /// # Errors
    /// Why the leader must go.
    pub(super) fn take_request(
        &mut self,
        conn: ConnId,
        request: &Request,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        if matches!(request.op, Op::Sync { .. }) {
            self.process_sync(conn, host);
            return Ok(());
        }
        self.submit(request, Some(Owner::Handler(conn)), host)
    }

    /// REVALIDATE: a client has come back to a learner, through which it speaks from now on.
    pub(super) fn revalidate(
        &self,
        conn: ConnId,
        session: (SessionId, i64),
        host: &mut Host<'_, '_>,
    ) {
        let lives = host.with_server(|server, desk| {
            let now = desk.ctx.now;
            let leading = server.as_leader()?;
            Some(leading.revalidate_for(Owner::Handler(conn), session, now))
        });
        let body = QuorumBody::Revalidated {
            session: session.0,
            is_valid: lives.flatten() == Some(true),
        };
        if self.handlers.contains_key(&conn) {
            send(conn, Zxid(-1), body, host);
        }
    }

    /// A learner has said whom it heard of.
    pub(super) fn touch_sessions(sessions: &[(SessionId, i64)], host: &mut Host<'_, '_>) {
        host.with_server(|server, desk| {
            if let Some(leading) = server.as_leader() {
                leading.touched(sessions, desk.ctx.now);
            }
        });
    }
}
