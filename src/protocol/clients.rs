//! What a role lends its server for clients, and what it takes from it.
//!
//! The server exists while the role serves. What it wants of the leader is taken by the role, which
//! is the leader or sends it there. Source: `QuorumPeer.java, setZooKeeperServer`;
//! `NIOServerCnxnFactory.java, closeAll`.

use super::config::PeerConfig;
use super::effect::{Input, Route, Timer};
use super::host::Host;
use super::message::Message;
use super::note::Note;
use super::server::pipeline::{Desk, Limits, Server, Upstream};
use super::server::{Applied, Request, Txn};

/// Whether an input was about a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Yes,
    No,
}

fn limits(config: &PeerConfig) -> Limits {
    Limits {
        tick_time_ms: i64::try_from(config.tick().as_ms()).unwrap_or(i64::MAX),
        min_session_timeout_ms: config.min_session_timeout_ms,
        max_session_timeout_ms: config.max_session_timeout_ms,
        max_client_cnxns: usize::try_from(config.max_client_cnxns).unwrap_or(usize::MAX),
        local_sessions: config.local_sessions,
    }
}

impl Host<'_, '_> {
    /// A leader's server starts: every session has its full timeout from now.
    pub(super) fn start_leading_server(&mut self) {
        let config = &self.core.config;
        let table = self.core.db.sessions();
        let server = Server::leading(config.my_id, limits(config), table, self.ctx.now);
        self.core.server = Some(Box::new(server));
        self.core.log.started(self.ctx.now);
        self.arm_expiry();
    }

    /// A learner's server starts.
    pub(super) fn start_learning_server(&mut self) {
        let config = &self.core.config;
        let server = Server::learning(config.my_id, limits(config), self.ctx.now);
        self.core.server = Some(Box::new(server));
        self.core.log.started(self.ctx.now);
        self.arm_expiry();
    }

    /// The role ends: every client is disconnected.
    pub(super) fn stop_server(&mut self) {
        if let Some(mut server) = self.core.server.take() {
            if server.until_expiry(self.ctx.now).is_some() {
                self.ctx.disarm(Timer::SessionExpiry);
            }
            server.close_all(self.ctx);
        }
    }

    /// Lets the server do something, where there is one.
    pub(super) fn with_server<T>(
        &mut self,
        act: impl FnOnce(&mut Server, &mut Desk<'_, '_>) -> T,
    ) -> Option<T> {
        let server = self.core.server.as_deref_mut()?;
        let db = &self.core.db;
        let mut desk = Desk {
            tree: db.tree(),
            sessions: db.sessions(),
            last_processed: db.last_processed(),
            ctx: self.ctx,
        };
        Some(act(server, &mut desk))
    }

    /// Takes what comes over the client port. A server that does not serve accepts and closes.
    pub(super) fn take_client(&mut self, input: &Input) -> Taken {
        match input {
            Input::Opened(conn, Route::Client(from)) => {
                let opened = self.with_server(|server, desk| server.opened(*conn, *from, desk.ctx));
                if opened.is_none() {
                    self.ctx.hangup(*conn);
                }
                Taken::Yes
            }
            Input::Closed(conn) => match &mut self.core.server {
                Some(server) if server.owns(*conn) => {
                    server.closed(*conn);
                    Taken::Yes
                }
                Some(_) | None => Taken::No,
            },
            Input::Received(conn, message) => {
                let owns = self.core.server.as_ref().is_some_and(|s| s.owns(*conn));
                if !owns {
                    return Taken::No;
                }
                self.with_server(|server, desk| match message {
                    Message::Client(message) => server.received(*conn, message.clone(), desk),
                    Message::Election(_) | Message::Quorum(_) => server.hangup(*conn, desk.ctx),
                });
                Taken::Yes
            }
            Input::Opened(..)
            | Input::Refused(..)
            | Input::Boot
            | Input::Oracle { .. }
            | Input::Fired(_)
            | Input::Persisted(_) => Taken::No,
        }
    }

    /// What the server wants of the leader, in order.
    pub(super) fn take_upstream(&mut self) -> Vec<Upstream> {
        let server = self.core.server.as_mut();
        server.map_or_else(Vec::new, |server| server.take_upstream())
    }

    /// A transaction has been applied: watches fire, requests are answered.
    pub(super) fn tell_clients(&mut self, txn: &Txn, applied: &Applied) {
        self.with_server(|server, desk| server.committed(txn, applied, desk));
    }

    /// The oldest sync of this learner's own clients is released.
    pub(super) fn release_sync(&mut self) {
        self.with_server(Server::synced);
    }

    /// The sessions of which nothing was heard in time: the requests that end them.
    pub(super) fn expire_sessions(&mut self) -> Vec<Request> {
        let now = self.ctx.now;
        self.with_server(|server, desk| server.expire_local(desk.ctx));
        let leading = self.core.server.as_mut().and_then(|s| s.as_leader());
        let closing = leading.map_or_else(Vec::new, |leading| leading.expire(now));
        for request in &closing {
            let session = request.session;
            self.ctx.note(Note::SessionExpiring { session });
        }
        self.arm_expiry();
        closing
    }

    fn arm_expiry(&mut self) {
        let now = self.ctx.now;
        let server = self.core.server.as_ref();
        if let Some(until) = server.and_then(|server| server.until_expiry(now)) {
            self.ctx.arm(Timer::SessionExpiry, until);
        }
    }
}
