//! Who has a session, when it ends, and through which server its requests may come.
//!
//! A leader expires and owns the global sessions, a learner only notes who was heard of. Local
//! sessions, where they are on, live in the connected server alone. The table of global sessions is
//! the database's. Source: `SessionTrackerImpl.java`, `LeaderSessionTracker.java`,
//! `LearnerSessionTracker.java`.

use serde::{Deserialize, Serialize};

use super::expiry::ExpiryQueue;
use super::session_id::first_session_id;
use super::txn::ErrorCode;
use crate::base::{Map, Set};
pub use crate::protocol::config::LocalSessions;
use crate::protocol::effect::ConnId;
use crate::protocol::ids::{SessionId, Sid};

/// The table of global sessions with their timeouts, ms.
pub type SessionTable = Map<SessionId, i64>;

/// Through whom a session's requests reach the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    /// A connection to this very server. Source: `ServerCnxn.java, me`.
    Me,
    /// The handler of a learner, by its connection.
    Handler(ConnId),
}

/// Why a session's request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionFault {
    /// `UnknownSession`: it is not tracked.
    Unknown,
    /// `SessionExpired`: it is closing, or gone.
    Expired,
    /// `SessionMoved`: its requests come another way now.
    Moved,
}

impl From<SessionFault> for ErrorCode {
    fn from(fault: SessionFault) -> Self {
        match fault {
            SessionFault::Unknown | SessionFault::Expired => Self::SessionExpired,
            SessionFault::Moved => Self::SessionMoved,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Tracked {
    timeout_ms: i64,
    is_closing: bool,
    owner: Option<Owner>,
}

/// Sessions with their deadlines and owners. Source: `SessionTrackerImpl.java`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionTracker {
    sessions: Map<SessionId, Tracked>,
    expiry: ExpiryQueue,
    next_id: SessionId,
}

impl SessionTracker {
    /// Tracks every session of `table`, each with its full timeout from now.
    pub fn new(sid: Sid, tick_time_ms: i64, table: &SessionTable, now_ms: i64) -> Self {
        let mut tracker = Self {
            sessions: Map::new(),
            expiry: ExpiryQueue::new(tick_time_ms, now_ms),
            next_id: first_session_id(sid, now_ms),
        };
        for (session, timeout_ms) in table {
            tracker.track(*session, *timeout_ms, now_ms);
        }
        tracker
    }

    /// A new session.
    pub fn create(&mut self, timeout_ms: i64, now_ms: i64) -> SessionId {
        let session = take_id(&mut self.next_id);
        self.track(session, timeout_ms, now_ms);
        session
    }

    /// Tracks a session from now on; false where it was tracked already.
    pub fn track(&mut self, session: SessionId, timeout_ms: i64, now_ms: i64) -> bool {
        let is_new = !self.sessions.contains_key(&session);
        if is_new {
            let tracked = Tracked {
                timeout_ms,
                is_closing: false,
                owner: None,
            };
            self.sessions.insert(session, tracked);
        }
        self.expiry.update(session, timeout_ms, now_ms);
        is_new
    }

    /// The session was heard of; false where that comes too late.
    pub fn touch(&mut self, session: SessionId, timeout_ms: i64, now_ms: i64) -> bool {
        let lives = self
            .sessions
            .get(&session)
            .is_some_and(|tracked| !tracked.is_closing);
        if lives {
            self.expiry.update(session, timeout_ms, now_ms);
        }
        lives
    }

    /// Whether the session is tracked, closing or not.
    pub fn is_tracking(&self, session: SessionId) -> bool {
        self.sessions.contains_key(&session)
    }

    /// The timeout a session was created with, ms.
    pub fn timeout_ms(&self, session: SessionId) -> Option<i64> {
        Some(self.sessions.get(&session)?.timeout_ms)
    }

    /// When the session expires unless it is touched, ms.
    pub fn expires_at(&self, session: SessionId) -> Option<i64> {
        self.expiry.expires_at(session)
    }

    /// Who owns the session.
    pub fn owner(&self, session: SessionId) -> Option<Owner> {
        self.sessions.get(&session)?.owner
    }

    /// Nothing of the session is accepted from now on.
    pub fn set_closing(&mut self, session: SessionId) {
        if let Some(tracked) = self.sessions.get_mut(&session) {
            tracked.is_closing = true;
        }
    }

    /// Forgets a session.
    pub fn remove(&mut self, session: SessionId) {
        self.sessions.remove(&session);
        self.expiry.remove(session);
    }

    /// Whether a request of the session may come through `owner`; the first to ask is the owner.
    ///
    /// # Errors
    /// Any [`SessionFault`].
    pub fn check(&mut self, session: SessionId, owner: Option<Owner>) -> Result<(), SessionFault> {
        let tracked = self
            .sessions
            .get_mut(&session)
            .ok_or(SessionFault::Unknown)?;
        if tracked.is_closing {
            return Err(SessionFault::Expired);
        }
        if tracked.owner.is_none() {
            tracked.owner = owner;
        } else if tracked.owner != owner {
            return Err(SessionFault::Moved);
        }
        Ok(())
    }

    /// Gives a session to another owner.
    ///
    /// # Errors
    /// [`SessionFault::Expired`] where it is closing or gone.
    pub fn set_owner(
        &mut self,
        session: SessionId,
        owner: Option<Owner>,
    ) -> Result<(), SessionFault> {
        match self.sessions.get_mut(&session) {
            Some(tracked) if !tracked.is_closing => {
                tracked.owner = owner;
                Ok(())
            }
            Some(_) | None => Err(SessionFault::Expired),
        }
    }

    /// Takes the bucket that is due, if one is: its sessions are closing from now on.
    pub fn expire(&mut self, now_ms: i64) -> Vec<SessionId> {
        let due = self.expiry.poll(now_ms);
        for session in &due {
            self.set_closing(*session);
        }
        due
    }

    /// When the next bucket is due, ms.
    pub const fn next_expiry_ms(&self) -> i64 {
        self.expiry.next_ms()
    }
}

/// A leader's sessions. Source: `LeaderSessionTracker.java`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LeaderSessions {
    /// Those of the whole ensemble.
    pub global: SessionTracker,
    /// Those of this server alone.
    pub(super) local: Option<SessionTracker>,
    sid: Sid,
}

impl LeaderSessions {
    /// The sessions of a new leader.
    pub fn new(
        sid: Sid,
        (tick_time_ms, locals): (i64, LocalSessions),
        table: &SessionTable,
        now_ms: i64,
    ) -> Self {
        Self {
            global: SessionTracker::new(sid, tick_time_ms, table, now_ms),
            local: local_tracker(sid, (tick_time_ms, locals), now_ms),
            sid,
        }
    }

    /// A new session: local where those are on.
    pub fn create(&mut self, timeout_ms: i64, now_ms: i64) -> SessionId {
        match &mut self.local {
            Some(local) => local.create(timeout_ms, now_ms),
            None => self.global.create(timeout_ms, now_ms),
        }
    }

    /// Tracks a session as global.
    pub fn track(&mut self, session: SessionId, timeout_ms: i64, now_ms: i64) -> bool {
        let added = self.global.track(session, timeout_ms, now_ms);
        if added && let Some(local) = &mut self.local {
            local.remove(session);
        }
        added
    }

    /// The session was heard of; false where that comes too late.
    pub fn touch(&mut self, session: SessionId, timeout_ms: i64, now_ms: i64) -> bool {
        let local = self.local.as_mut();
        local.is_some_and(|local| local.touch(session, timeout_ms, now_ms))
            || self.global.touch(session, timeout_ms, now_ms)
    }

    /// Whether a request of the session may come through `owner`.
    ///
    /// With local sessions on, one nobody knows here is another server's and may pass.
    ///
    /// # Errors
    /// [`SessionFault::Expired`] or [`SessionFault::Moved`].
    pub fn check(&mut self, session: SessionId, owner: Option<Owner>) -> Result<(), SessionFault> {
        if let Some(local) = &mut self.local {
            let checked = local.check(session, owner);
            if checked != Err(SessionFault::Unknown) && !self.global.is_tracking(session) {
                return checked;
            }
        }
        match self.global.check(session, owner) {
            Err(SessionFault::Unknown) => {
                if self.local.is_some() && (session.0 >> 56) != self.sid.0 {
                    Ok(())
                } else {
                    Err(SessionFault::Expired)
                }
            }
            checked => checked,
        }
    }

    /// The same for what only a global session may do.
    ///
    /// # Errors
    /// [`SessionFault::Expired`] or [`SessionFault::Moved`].
    pub fn check_global(
        &mut self,
        session: SessionId,
        owner: Option<Owner>,
    ) -> Result<(), SessionFault> {
        match self.global.check(session, owner) {
            Err(SessionFault::Unknown) => Err(SessionFault::Expired),
            checked => checked,
        }
    }

    /// Forgets a session.
    pub fn remove(&mut self, session: SessionId) {
        if let Some(local) = &mut self.local {
            local.remove(session);
        }
        self.global.remove(session);
    }
}

/// A learner's sessions. Source: `LearnerSessionTracker.java`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LearnerSessions {
    /// Who was heard of since the leader last asked, with the timeout.
    touched: Map<SessionId, i64>,
    /// Those of this server alone.
    pub(super) local: Option<SessionTracker>,
    /// Those that were, and whose creation is not committed.
    upgrading: Set<SessionId>,
    next_id: SessionId,
}

impl LearnerSessions {
    /// The sessions of a learner that begins to serve.
    pub fn new(sid: Sid, (tick_time_ms, locals): (i64, LocalSessions), now_ms: i64) -> Self {
        Self {
            touched: Map::new(),
            upgrading: Set::new(),
            local: local_tracker(sid, (tick_time_ms, locals), now_ms),
            next_id: first_session_id(sid, now_ms),
        }
    }

    /// A new session: local where those are on, else an id the leader has yet to hear of.
    pub fn create(&mut self, timeout_ms: i64, now_ms: i64) -> SessionId {
        match &mut self.local {
            Some(local) => local.create(timeout_ms, now_ms),
            None => take_id(&mut self.next_id),
        }
    }

    /// The session was heard of. Without local sessions nobody here can know that it is too late.
    pub fn touch(
        &mut self,
        session: SessionId,
        timeout_ms: i64,
        (table, now_ms): (&SessionTable, i64),
    ) -> bool {
        if let Some(local) = &mut self.local {
            if local.touch(session, timeout_ms, now_ms) {
                return true;
            }
            if !table.contains_key(&session) && !self.upgrading.contains(&session) {
                return false;
            }
        }
        self.touched.insert(session, timeout_ms);
        true
    }

    /// Whether the session is alive as far as this server can say.
    ///
    /// # Errors
    /// [`SessionFault::Expired`] or [`SessionFault::Moved`].
    pub fn check(
        &mut self,
        session: SessionId,
        owner: Option<Owner>,
        table: &SessionTable,
    ) -> Result<(), SessionFault> {
        if let Some(local) = &mut self.local {
            let checked = local.check(session, owner);
            if checked != Err(SessionFault::Unknown) && !table.contains_key(&session) {
                return checked;
            }
        }
        if table.contains_key(&session) {
            Ok(())
        } else {
            Err(SessionFault::Expired)
        }
    }

    /// A local session is to become global: the leader will hear of it.
    pub fn upgrade(&mut self, session: SessionId) {
        if let Some(local) = &mut self.local {
            local.remove(session);
            self.upgrading.insert(session);
        }
    }

    /// The session is global from now on.
    pub fn committed(&mut self, session: SessionId) {
        self.upgrading.remove(&session);
    }

    /// Takes the touch table out, for the answer to a leader's PING.
    pub fn take_touched(&mut self) -> Vec<(SessionId, i64)> {
        let mut touched = Vec::with_capacity(self.touched.len());
        for (session, timeout_ms) in &self.touched {
            touched.push((*session, *timeout_ms));
        }
        self.touched.clear();
        touched
    }

    /// Forgets a session.
    pub fn remove(&mut self, session: SessionId) {
        if let Some(local) = &mut self.local {
            local.remove(session);
        }
        self.touched.remove(&session);
    }
}

fn local_tracker(
    sid: Sid,
    (tick_time_ms, locals): (i64, LocalSessions),
    now_ms: i64,
) -> Option<SessionTracker> {
    match locals {
        LocalSessions::Disabled => None,
        LocalSessions::Enabled | LocalSessions::Upgrading => Some(SessionTracker::new(
            sid,
            tick_time_ms,
            &SessionTable::new(),
            now_ms,
        )),
    }
}

const fn take_id(next: &mut SessionId) -> SessionId {
    let id = *next;
    *next = SessionId(id.0.wrapping_add(1));
    id
}

#[cfg(test)]
#[path = "session_tracker_tests.rs"]
mod tests;
