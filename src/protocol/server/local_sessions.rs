//! Sessions that live in the connected server alone: no transaction begins or ends them, the leader
//! does not know them, and they are lost where the client moves or the server leaves its role.
//!
//! The first ephemeral znode makes one global, where that is allowed.
//! Source: `QuorumZooKeeperServer.java, checkUpgradeSession, setLocalSessionFlag`;
//! `UpgradeableSessionTracker.java`; `LocalSessionTracker.java`.

use super::pipeline::{Part, Queued, Server, elapsed_ms};
use super::request::Op;
use super::session_tracker::SessionTracker;
use super::txn::ErrorCode;
use crate::base::Micros;
use crate::protocol::config::LocalSessions;
use crate::protocol::effect::{ConnId, Ctx};
use crate::protocol::ids::{Cxid, SessionId};

impl Part {
    const fn local(&self) -> Option<&SessionTracker> {
        match self {
            Self::Leader(leading) => leading.sessions.local.as_ref(),
            Self::Learner(sessions) => sessions.local.as_ref(),
        }
    }

    const fn local_mut(&mut self) -> Option<&mut SessionTracker> {
        match self {
            Self::Leader(leading) => leading.sessions.local.as_mut(),
            Self::Learner(sessions) => sessions.local.as_mut(),
        }
    }
}

impl Server {
    /// True for a session that lives here alone.
    pub(super) fn is_local(&self, session: SessionId) -> bool {
        let local = self.part.local();
        local.is_some_and(|local| local.is_tracking(session))
    }

    /// What a request asks of its session's kind: where a local one is to own a znode, its creation
    /// goes to the leader first, or the request is refused.
    ///
    /// The leader refuses it as well, since it does not know the session, and that refusal is
    /// broadcast; the client is told the reason found here.
    pub(super) fn upgrade(&mut self, session: SessionId, op: &Op) -> Option<ErrorCode> {
        if !makes_ephemeral(op) || !self.is_local(session) {
            return None;
        }
        if self.limits.local_sessions != LocalSessions::Upgrading {
            return Some(ErrorCode::EphemeralOnLocalSession);
        }
        let timeout_ms = self.part.local()?.timeout_ms(session)?;
        if let Some(local) = self.part.local_mut() {
            local.remove(session);
        }
        if let Part::Learner(sessions) = &mut self.part {
            sessions.upgrade(session);
        }
        let creation = Queued {
            conn: None,
            cxid: Cxid(0),
            op: Op::CreateSession { timeout_ms },
            needs_commit: true,
            fault: None,
        };
        self.send_up(session, creation);
        None
    }

    /// A local session is closed by its client.
    pub(super) fn end_local(&mut self, conn: ConnId, ctx: &mut Ctx<'_>) {
        let session = self.conns.get(&conn).map(|c| c.session);
        if let (Some(session), Some(local)) = (session, self.part.local_mut()) {
            local.remove(session);
        }
        self.hangup(conn, ctx);
    }

    /// How long until a bucket of this server's sessions is due; `None` where it expires none.
    pub fn until_expiry(&self, now: Micros) -> Option<Micros> {
        let local = self.part.local().map(SessionTracker::next_expiry_ms);
        let next_ms = match &self.part {
            Part::Leader(leading) => {
                let global_ms = leading.sessions.global.next_expiry_ms();
                local.map_or(global_ms, |local_ms| local_ms.min(global_ms))
            }
            Part::Learner(_) => local?,
        };
        let at = u64::try_from(next_ms).unwrap_or_default();
        Some(Micros::from_ms(at).saturating_sub(now))
    }

    /// Ends the local sessions of which nothing was heard in time.
    pub fn expire_local(&mut self, ctx: &mut Ctx<'_>) {
        let now_ms = elapsed_ms(ctx.now);
        let mut due = Vec::new();
        if let Some(local) = self.part.local_mut() {
            while local.next_expiry_ms() <= now_ms {
                due.extend(local.expire(now_ms));
            }
            for session in &due {
                local.remove(*session);
            }
        }
        for session in due {
            self.close_session(session, ctx);
        }
    }
}

fn makes_ephemeral(op: &Op) -> bool {
    match op {
        Op::Create { mode, .. } => mode.is_ephemeral(),
        Op::Multi(ops) => ops.iter().any(makes_ephemeral),
        Op::Delete { .. }
        | Op::SetData { .. }
        | Op::Check { .. }
        | Op::GetData { .. }
        | Op::Exists { .. }
        | Op::GetChildren { .. }
        | Op::Sync { .. }
        | Op::SetWatches(_)
        | Op::Ping
        | Op::CreateSession { .. }
        | Op::CloseSession => false,
    }
}
