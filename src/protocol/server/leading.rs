//! What a leader alone does for sessions: prepares, revalidates, expires.
//!
//! Source: `LeaderZooKeeperServer.java`; `LearnerHandler.java, revalidateSession`;
//! `SessionTrackerImpl.java, run`.

use serde::{Deserialize, Serialize};

use super::pipeline::{Limits, OWN, elapsed_ms};
use super::prep::{Grounds, Prep};
use super::request::{Op, Request};
use super::session_tracker::{LeaderSessions, Owner, SessionTable};
use super::tree::DataTree;
use super::txn::{ErrorCode, TxnBody};
use crate::base::Micros;
use crate::protocol::ids::{Cxid, SessionId, Sid, Zxid};

/// A leader's sessions and its prep stage.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leading {
    pub(super) sessions: LeaderSessions,
    pub(super) prep: Prep,
}

impl Leading {
    pub(super) fn new(sid: Sid, limits: Limits, table: &SessionTable, now_ms: i64) -> Self {
        let settings = (limits.tick_time_ms, limits.local_sessions);
        Self {
            sessions: LeaderSessions::new(sid, settings, table, now_ms),
            prep: Prep::default(),
        }
    }

    /// Makes the transaction that will have `zxid` of a request that came through `owner`.
    pub fn prepare(
        &mut self,
        (request, zxid): (&Request, Zxid),
        owner: Option<Owner>,
        tree: &DataTree,
        now: Micros,
    ) -> TxnBody {
        let mut grounds = Grounds {
            tree,
            sessions: &mut self.sessions,
            owner,
            now_ms: elapsed_ms(now),
        };
        self.prep.prepare(request, zxid, &mut grounds)
    }

    /// Through whom a request of this server's own client comes. A new session has no owner until
    /// it asks for something. Source: `ZooKeeperServer.java, createSession`.
    pub const fn own_owner(request: &Request) -> Option<Owner> {
        if matches!(request.op, Op::CreateSession { .. }) {
            None
        } else {
            OWN
        }
    }

    /// Why a read over an own connection is refused.
    pub(super) fn check_read(&mut self, session: SessionId) -> Option<ErrorCode> {
        self.sessions.check(session, OWN).err().map(ErrorCode::from)
    }

    /// A client has come back with an old session: it is touched and belongs to `owner` now, or
    /// false where it is gone.
    pub fn revalidate(
        &mut self,
        owner: Option<Owner>,
        (session, timeout_ms): (SessionId, i64),
        now_ms: i64,
    ) -> bool {
        let lives = self.sessions.global.touch(session, timeout_ms, now_ms);
        if lives {
            // What was touched just now is not closing.
            let _ = self.sessions.global.set_owner(session, owner);
        }
        lives
    }

    /// The same for a learner that asks. Source: `LearnerHandler.java, revalidateSession`.
    pub fn revalidate_for(
        &mut self,
        handler: Owner,
        session: (SessionId, i64),
        now: Micros,
    ) -> bool {
        self.revalidate(Some(handler), session, elapsed_ms(now))
    }

    /// A learner has said whom it heard of. Too late for those that are closing.
    pub fn touched(&mut self, table: &[(SessionId, i64)], now: Micros) {
        for (session, timeout_ms) in table {
            let now_ms = elapsed_ms(now);
            self.sessions.global.touch(*session, *timeout_ms, now_ms);
        }
    }

    /// Takes every bucket that is due: the requests to close its sessions, which have no owner.
    pub fn expire(&mut self, now: Micros) -> Vec<Request> {
        let now_ms = elapsed_ms(now);
        let mut closing = Vec::new();
        while self.sessions.global.next_expiry_ms() <= now_ms {
            for session in self.sessions.global.expire(now_ms) {
                closing.push(Request {
                    session,
                    cxid: Cxid(0),
                    op: Op::CloseSession,
                });
            }
        }
        closing
    }

    /// When a session expires unless it is touched, ms of the leader's clock.
    pub fn expires_at(&self, session: SessionId) -> Option<i64> {
        self.sessions.global.expires_at(session)
    }

    /// Through whom a session's requests come.
    pub fn owner(&self, session: SessionId) -> Option<Owner> {
        self.sessions.global.owner(session)
    }

    /// How many changes are proposed and not applied.
    pub const fn outstanding(&self) -> usize {
        self.prep.len()
    }
}
