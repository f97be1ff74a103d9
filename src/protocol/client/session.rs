//! A client: one session, at most one connection, calls in flight.
//!
//! A value like a peer: input in, effects out. Which server comes next is in `walk`, when it speaks
//! unasked in `timing`, which watches it has in `registry`. Source: `ClientCnxn.java, SendThread`;
//! for kazoo `protocol/connection.py`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::border::{
    CallId, ClientCtx, ClientEffect, ClientInput, ClientNote, ClientTimer, ExpiredBy, Lost, Outcome,
};
use super::registry::Registry;
use super::walk::{Profile, Walk};
use crate::base::{Micros, Rng};
use crate::protocol::effect::ConnId;
use crate::protocol::ids::{Cxid, SessionId, Sid, Zxid};
use crate::protocol::server::session_id::Password;
use crate::protocol::server::{
    ClientMessage, ConnectRequest, ConnectResponse, ErrorCode, Op, PING_XID, Reply, SET_WATCHES_XID,
};

/// A client with its session.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Client {
    pub(super) profile: Profile,
    pub(super) walk: Walk,
    stage: Stage,
    /// The server tried or connected to.
    host: Sid,
    session: SessionId,
    password: Password,
    last_zxid: Zxid,
    /// Requested until it is negotiated.
    pub(super) timeout_ms: i64,
    last_xid: i32,
    /// Calls that wait for a connection.
    outgoing: VecDeque<(CallId, Op)>,
    /// Calls whose reply is due, in order.
    pending: VecDeque<(Cxid, Sent)>,
    watches: Registry,
    pub(super) last_send: Micros,
    /// kazoo: a ping was sent and not answered.
    pub(super) awaits_pong: bool,
    is_closing: bool,
}

/// What the sending thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Stage {
    /// Not opened yet.
    Idle,
    /// Has closed its connection, or its attempt, and sleeps before it says so.
    Cleaning(Lost),
    /// Sleeps before it dials.
    Pausing,
    /// Waits for its dial.
    Dialing,
    /// Connected, waits for the server's first answer.
    Associating(ConnId),
    /// Its session stands.
    Connected(ConnId),
    /// Closed, expired, or without a server to try: nothing more comes.
    Closed,
}

/// What a client shows a server to come back, as its connect request has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Its session; 0 where it has none.
    pub session: SessionId,
    /// The session's password.
    pub password: Password,
    /// The newest transaction it has seen.
    pub last_zxid: Zxid,
}

/// What a client is, in the names its applications see. Source: `ZooKeeper.java, States`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientState {
    /// Not opened yet.
    NotConnected,
    /// Looks for a server.
    Connecting,
    /// Waits for the server's answer.
    Associating,
    /// Connected.
    Connected,
    /// It is over: with its session, or without a server to try.
    Closed,
}

/// What was sent: a call of the application, or the client's own closing of its session.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Sent {
    Call(CallId, Op),
    Close,
}

impl Client {
    /// A client that will ask `hosts` for a session of `timeout_ms`.
    pub fn new(profile: Profile, hosts: Vec<Sid>, timeout_ms: i64, rng: &mut Rng) -> Self {
        Self {
            profile,
            walk: Walk::new(profile, hosts, rng),
            stage: Stage::Idle,
            host: Sid(0),
            session: SessionId(0),
            password: [0; 16],
            last_zxid: Zxid(0),
            timeout_ms,
            last_xid: 0,
            outgoing: VecDeque::new(),
            pending: VecDeque::new(),
            watches: Registry::default(),
            last_send: Micros::ZERO,
            awaits_pong: false,
            is_closing: false,
        }
    }

    /// Lets it come with a session instead of asking for one; before it starts. Source:
    /// `ZooKeeper.java`, the constructor with `sessionId` and `sessionPasswd`; kazoo's `client_id`.
    pub fn come_with(&mut self, pass: Pass) {
        if self.stage == Stage::Idle {
            (self.session, self.password) = (pass.session, pass.password);
            self.last_zxid = pass.last_zxid;
        }
    }

    /// What another client needs to come with its session.
    pub const fn pass(&self) -> Pass {
        Pass {
            session: self.session,
            password: self.password,
            last_zxid: self.last_zxid,
        }
    }

    /// Its state, in the names its applications see.
    pub const fn state(&self) -> ClientState {
        match self.stage {
            Stage::Idle => ClientState::NotConnected,
            Stage::Cleaning(_) | Stage::Pausing | Stage::Dialing => ClientState::Connecting,
            Stage::Associating(_) => ClientState::Associating,
            Stage::Connected(_) => ClientState::Connected,
            Stage::Closed => ClientState::Closed,
        }
    }

    /// Its session; 0 before it has one.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The session's timeout, ms: requested until it is negotiated.
    pub const fn timeout_ms(&self) -> i64 {
        self.timeout_ms
    }

    /// The server it tries or is connected to; `None` where it does neither.
    pub const fn host(&self) -> Option<Sid> {
        match self.stage {
            Stage::Dialing | Stage::Associating(_) | Stage::Connected(_) => Some(self.host),
            Stage::Idle | Stage::Cleaning(_) | Stage::Pausing | Stage::Closed => None,
        }
    }

    /// The newest transaction it has seen.
    pub const fn last_zxid(&self) -> Zxid {
        self.last_zxid
    }

    /// The connection it has.
    pub const fn connection(&self) -> Option<ConnId> {
        self.conn()
    }

    /// How many calls have no outcome yet.
    pub fn in_flight(&self) -> usize {
        self.outgoing.len() + self.pending.len()
    }

    /// Takes one input: one atomic transition.
    pub fn step(&mut self, input: ClientInput, ctx: &mut ClientCtx<'_>) {
        match input {
            ClientInput::Start if self.stage == Stage::Idle => {
                self.arm_expiry(ctx);
                self.try_next(ctx);
            }
            ClientInput::Opened(conn) if self.stage == Stage::Dialing => self.prime(conn, ctx),
            ClientInput::Opened(conn) => ctx.emit(ClientEffect::Hangup(conn)),
            ClientInput::Refused if self.stage == Stage::Dialing => self.lose(Lost::Refused, ctx),
            ClientInput::Closed(conn) if self.conn() == Some(conn) => self.lose(Lost::Closed, ctx),
            ClientInput::Received(conn, message) if self.conn() == Some(conn) => {
                self.receive(conn, message, ctx);
            }
            ClientInput::Fired(timer) => self.fired(timer, ctx),
            ClientInput::Call(call, op) => self.call(call, op, ctx),
            ClientInput::Close => self.close(ctx),
            ClientInput::Start
            | ClientInput::Refused
            | ClientInput::Closed(_)
            | ClientInput::Received(..) => {}
        }
    }

    // Connecting.

    fn try_next(&mut self, ctx: &mut ClientCtx<'_>) {
        let Some((host, pause)) = self.walk.next(ctx.rng) else {
            return self.end(ClientNote::Ended, ctx);
        };
        self.host = host;
        self.stage = Stage::Pausing;
        if pause == Micros::ZERO {
            self.dial(ctx);
        } else {
            ctx.arm(ClientTimer::Pause, pause);
        }
    }

    fn dial(&mut self, ctx: &mut ClientCtx<'_>) {
        self.stage = Stage::Dialing;
        ctx.note(ClientNote::Connecting { to: self.host });
        ctx.emit(ClientEffect::Dial {
            to: self.host,
            within: self.connect_timeout(),
        });
    }

    /// `primeConnection`: says who it is; nothing else is sent before the answer.
    fn prime(&mut self, conn: ConnId, ctx: &mut ClientCtx<'_>) {
        self.walk.primed();
        self.stage = Stage::Associating(conn);
        let request = ConnectRequest {
            last_zxid_seen: self.last_zxid,
            timeout_ms: self.timeout_ms,
            session: self.session,
            password: self.password,
        };
        self.send(conn, ClientMessage::Connect(request), ctx);
        self.arm_associating(ctx);
    }

    fn established(&mut self, conn: ConnId, as_told: &ConnectResponse, ctx: &mut ClientCtx<'_>) {
        if as_told.timeout_ms <= 0 {
            return self.expire(ExpiredBy::Server, ctx);
        }
        self.timeout_ms = as_told.timeout_ms;
        self.session = as_told.session;
        self.password = as_told.password;
        self.walk.established();
        self.awaits_pong = false;
        self.stage = Stage::Connected(conn);
        ctx.note(ClientNote::Connected {
            to: self.host,
            session: self.session,
            timeout_ms: self.timeout_ms,
        });
        self.heard(ctx);
        if let Some(op) = self.watches.to_set_again(self.last_zxid) {
            let cxid = SET_WATCHES_XID;
            self.send(conn, ClientMessage::Request { cxid, op }, ctx);
        }
        while let Some((call, op)) = self.outgoing.pop_front() {
            self.request(conn, Sent::Call(call, op), ctx);
        }
        if self.is_closing {
            self.request(conn, Sent::Close, ctx);
        }
        self.arm_ping(ctx);
    }

    /// The connection is gone, or did not come to be.
    fn lose(&mut self, why: Lost, ctx: &mut ClientCtx<'_>) {
        self.hang_up(ctx);
        let nap = self.cleanup();
        if nap == Micros::ZERO {
            return self.lost(why, ctx);
        }
        self.stage = Stage::Cleaning(why);
        ctx.arm(ClientTimer::Pause, nap);
    }

    /// What has no answer gets none, and what was asked meanwhile gets none either.
    fn lost(&mut self, why: Lost, ctx: &mut ClientCtx<'_>) {
        ctx.note(ClientNote::Disconnected {
            from: self.host,
            why,
        });
        self.end_calls(&Outcome::Unknown, ctx);
        if self.is_closing {
            return self.end(ClientNote::Closed, ctx);
        }
        self.try_next(ctx);
    }

    /// Java's client is closed then, and a bare socket; kazoo asks for another session.
    fn expire(&mut self, by: ExpiredBy, ctx: &mut ClientCtx<'_>) {
        self.hang_up(ctx);
        let session = self.session;
        let note = ClientNote::Expired { session, by };
        self.end_calls(&Outcome::Failed(ErrorCode::SessionExpired), ctx);
        match self.profile {
            Profile::Java38 | Profile::Java | Profile::Raw => self.end(note, ctx),
            Profile::Kazoo => {
                ctx.note(note);
                self.session = SessionId(0);
                self.password = [0; 16];
                self.watches.clear();
                self.try_next(ctx);
            }
        }
    }

    fn end(&mut self, note: ClientNote, ctx: &mut ClientCtx<'_>) {
        ctx.disarm(ClientTimer::Expiry);
        ctx.disarm(ClientTimer::Pause);
        self.stage = Stage::Closed;
        ctx.note(note);
    }

    fn hang_up(&mut self, ctx: &mut ClientCtx<'_>) {
        if let Some(conn) = self.conn() {
            ctx.emit(ClientEffect::Hangup(conn));
            ctx.disarm(ClientTimer::Read);
            ctx.disarm(ClientTimer::Ping);
        }
        self.stage = Stage::Pausing;
    }

    fn end_calls(&mut self, outcome: &Outcome, ctx: &mut ClientCtx<'_>) {
        let sent = core::mem::take(&mut self.pending);
        for (_, sent) in sent {
            if let Sent::Call(call, _) = sent {
                let outcome = outcome.clone();
                ctx.note(ClientNote::Done { call, outcome });
            }
        }
        for (call, _) in core::mem::take(&mut self.outgoing) {
            let outcome = outcome.clone();
            ctx.note(ClientNote::Done { call, outcome });
        }
    }

    // Talking.

    fn call(&mut self, call: CallId, op: Op, ctx: &mut ClientCtx<'_>) {
        let asked = op.clone();
        ctx.note(ClientNote::Called { call, op: asked });
        if self.stage == Stage::Closed || self.is_closing {
            let outcome = Outcome::Failed(ErrorCode::SessionExpired);
            return ctx.note(ClientNote::Done { call, outcome });
        }
        if let Stage::Connected(conn) = self.stage {
            self.request(conn, Sent::Call(call, op), ctx);
            self.wake(conn, ctx);
        } else {
            self.outgoing.push_back((call, op));
        }
    }

    fn close(&mut self, ctx: &mut ClientCtx<'_>) {
        if self.stage == Stage::Closed || core::mem::replace(&mut self.is_closing, true) {
            return;
        }
        match self.stage {
            Stage::Connected(conn) => self.request(conn, Sent::Close, ctx),
            Stage::Associating(_) => {}
            Stage::Idle | Stage::Cleaning(_) | Stage::Pausing | Stage::Dialing | Stage::Closed => {
                // Nobody is told: the session expires.
                self.end_calls(&Outcome::Unknown, ctx);
                self.end(ClientNote::Closed, ctx);
            }
        }
    }

    fn request(&mut self, conn: ConnId, what: Sent, ctx: &mut ClientCtx<'_>) {
        self.last_xid = self.last_xid.checked_add(1).unwrap_or(1);
        let cxid = Cxid(self.last_xid);
        let op = match &what {
            Sent::Call(_, op) => op.clone(),
            Sent::Close => Op::CloseSession,
        };
        self.pending.push_back((cxid, what));
        self.send(conn, ClientMessage::Request { cxid, op }, ctx);
    }

    pub(super) fn send(&mut self, conn: ConnId, message: ClientMessage, ctx: &mut ClientCtx<'_>) {
        self.last_send = ctx.now;
        ctx.emit(ClientEffect::Send(conn, message));
    }

    fn receive(&mut self, conn: ConnId, message: ClientMessage, ctx: &mut ClientCtx<'_>) {
        match (self.stage, message) {
            (Stage::Associating(_), ClientMessage::Connected(response)) => {
                self.established(conn, &response, ctx);
            }
            (Stage::Connected(_), ClientMessage::Event(change)) => {
                self.heard(ctx);
                self.watches.fired(&change);
                ctx.note(ClientNote::Watch(change));
                self.wake(conn, ctx);
            }
            (Stage::Connected(_), ClientMessage::Reply(reply)) => {
                self.heard(ctx);
                if self.take_reply(reply, ctx) {
                    self.wake(conn, ctx);
                }
            }
            _ => self.lose(Lost::Illegal, ctx),
        }
    }

    /// False where the client is no longer connected after this reply.
    fn take_reply(&mut self, reply: Reply, ctx: &mut ClientCtx<'_>) -> bool {
        self.last_zxid = self.last_zxid.max(reply.zxid);
        if reply.cxid == PING_XID {
            self.awaits_pong = false;
            return true;
        }
        if reply.cxid == SET_WATCHES_XID {
            return true;
        }
        match self.pending.pop_front() {
            Some((cxid, Sent::Call(call, op))) if cxid == reply.cxid => {
                self.watches.answered(&op, &reply.result);
                let outcome = outcome_of(reply);
                ctx.note(ClientNote::Done { call, outcome });
                true
            }
            Some((cxid, Sent::Close)) if cxid == reply.cxid => {
                self.hang_up(ctx);
                self.end_calls(&Outcome::Unknown, ctx);
                self.end(ClientNote::Closed, ctx);
                false
            }
            Some(other) => {
                // `Xid out of order`: the original ends the connection.
                self.pending.push_front(other);
                self.lose(Lost::Illegal, ctx);
                false
            }
            None => {
                self.lose(Lost::Illegal, ctx);
                false
            }
        }
    }

    // Timers.

    fn fired(&mut self, timer: ClientTimer, ctx: &mut ClientCtx<'_>) {
        match (timer, self.stage) {
            (ClientTimer::Pause, Stage::Pausing) => self.dial(ctx),
            (ClientTimer::Pause, Stage::Cleaning(why)) => self.lost(why, ctx),
            (ClientTimer::Read, Stage::Associating(_) | Stage::Connected(_)) => {
                self.lose(Lost::Silent, ctx);
            }
            (ClientTimer::Ping, Stage::Connected(conn)) => {
                if self.profile == Profile::Kazoo && self.awaits_pong {
                    return self.lose(Lost::Silent, ctx);
                }
                self.ping(conn, ctx);
                self.arm_ping(ctx);
            }
            (ClientTimer::Expiry, stage) if stage != Stage::Closed => {
                self.expire(ExpiredBy::Client, ctx);
            }
            _ => {}
        }
    }

    const fn conn(&self) -> Option<ConnId> {
        match self.stage {
            Stage::Associating(conn) | Stage::Connected(conn) => Some(conn),
            Stage::Idle | Stage::Cleaning(_) | Stage::Pausing | Stage::Dialing | Stage::Closed => {
                None
            }
        }
    }
}

fn outcome_of(reply: Reply) -> Outcome {
    match reply.result.error() {
        Some(code) => Outcome::Failed(code),
        None => Outcome::Acknowledged {
            zxid: reply.zxid,
            result: reply.result,
        },
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
