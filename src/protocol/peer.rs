//! One server process: its four states, and which of them an input is for.
//!
//! Elections, leading and following live in their folders; this file starts the process, hands
//! every input to whoever owns it, and leads from one state to the next. Source: `QuorumPeer.java,
//! start, loadDataBase, run`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bugs::Bug;
use super::config::PeerConfig;
use super::durable::Durable;
use super::effect::{ConnId, Ctx, Effect, ExitCause, Input, Port, Record, Route, Ticket, Timer};
use super::election::{ElectionSide, Outcome};
use super::host::{Core, Host};
use super::ids::{Cxid, LearnerType, ServerState, SessionId, Sid, Zxid};
use super::leader::Leader;
use super::learner::{self, Learner};
use super::note::{Note, Why};
use super::server::{Database, Server, TxnBody};
use super::status::PeerStatus;
use crate::base::Set;

/// A server process. Nothing happens until [`Input::Boot`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Peer {
    core: Core,
    election: ElectionSide,
    role: Role,
}

/// What the process does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Role {
    /// Has not been started.
    Off,
    /// Creates epoch files that are missing.
    Booting(Set<Ticket>),
    /// Elects.
    Looking,
    /// LOOKING already, but an observer sleeps before it elects.
    Sleeping,
    /// Leads, or tries to.
    Leading(Box<Leader>),
    /// Follows or observes, or tries to.
    Learning(Box<Learner>),
    /// Leaves a role: the log stage finishes what it has.
    Draining(Box<Draining>),
    /// Ended itself.
    Ended,
}

/// A role that is over but for its log.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Draining {
    why: Why,
    /// Its learners are closed last.
    leader: Option<Leader>,
}

/// What to do after a role or an election has spoken.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// Nothing: wait for the next input.
    Wait,
    /// Start an election.
    Look,
    /// An election ended.
    Enter(Outcome),
    /// The role is over.
    Leave(Why),
    /// Its server is shut down.
    Left(Why),
}

impl Peer {
    /// The image of a process that will run with `config` on the disk `durable`.
    pub fn new(config: Arc<PeerConfig>, durable: Durable) -> Self {
        Self {
            election: ElectionSide::new(&config),
            core: Core::new(config, durable),
            role: Role::Off,
        }
    }

    /// Shares with another server's process what both hold alike; nothing changes by that.
    pub(crate) fn share(&mut self, other: &Self) {
        self.core.disk.log.share(&other.core.disk.log);
        self.core.db.share(&other.core.db);
    }

    /// Takes one input: one atomic transition, whose effects are appended to `ctx.out`.
    pub fn step(&mut self, input: Input, ctx: &mut Ctx<'_>) {
        if let Input::Oracle { says_one } = input {
            self.core.oracle.says_one = says_one;
            return;
        }
        let mut then = match &mut self.role {
            Role::Off if input == Input::Boot => self.boot(ctx),
            Role::Off | Role::Ended => Then::Wait,
            Role::Booting(_) => self.boot_further(&input, ctx),
            Role::Looking
            | Role::Sleeping
            | Role::Leading(_)
            | Role::Learning(_)
            | Role::Draining(_) => self.route(input, ctx),
        };
        while !matches!(then, Then::Wait) {
            then = self.go(then, ctx);
        }
    }

    fn go(&mut self, then: Then, ctx: &mut Ctx<'_>) -> Then {
        match then {
            Then::Wait => Then::Wait,
            Then::Look => self.look(ctx),
            Then::Enter(outcome) => self.enter(outcome, ctx),
            Then::Leave(why) => self.leave(why, ctx),
            Then::Left(why) => self.left(why, ctx),
        }
    }

    /// Lets a leader that serves propose a transaction of `session`; its zxid, or `None` where this
    /// peer does not serve as leader or steps down instead.
    pub fn propose(
        &mut self,
        request: (SessionId, Cxid),
        body: TxnBody,
        ctx: &mut Ctx<'_>,
    ) -> Option<Zxid> {
        let (role, mut host) = self.parts(ctx);
        let Role::Leading(leader) = role else {
            return None;
        };
        match leader.propose(request, body, &mut host) {
            Ok(zxid) => zxid,
            Err(why) => {
                let mut then = Then::Leave(why);
                while !matches!(then, Then::Wait) {
                    then = self.go(then, ctx);
                }
                None
            }
        }
    }

    /// What serves its clients; `None` while it does not serve.
    pub fn server(&self) -> Option<&Server> {
        self.core.server.as_deref()
    }

    /// The peer as it can be seen from outside.
    pub fn status(&self) -> PeerStatus {
        let mut status = PeerStatus {
            state: self.core.state,
            zab: self.core.zab,
            accepted_epoch: self.core.accepted_epoch,
            current_epoch: self.core.current_epoch,
            last_zxid: self.core.db.last_processed(),
            ..PeerStatus::default()
        };
        self.election.fill_status(&mut status);
        match &self.role {
            Role::Leading(leader) => leader.fill_status(self.core.config.my_id, &mut status),
            Role::Learning(learner) => learner.fill_status(&mut status),
            Role::Off
            | Role::Booting(_)
            | Role::Looking
            | Role::Sleeping
            | Role::Draining(_)
            | Role::Ended => {}
        }
        status
    }

    /// The process's memory of its clients' data.
    pub const fn database(&self) -> &Database {
        &self.core.db
    }

    /// What the process was started with.
    pub fn config(&self) -> &PeerConfig {
        &self.core.config
    }

    // Starting.

    /// The start-up checks, then the epoch files that are missing are created.
    fn boot(&mut self, ctx: &mut Ctx<'_>) -> Then {
        let config = &self.core.config;
        if !config.ensemble.members.contains_key(&config.my_id) {
            return self.exit(ExitCause::NotInPeerList, ctx);
        }
        let loaded = match self.core.disk.load(&config.storage, config.bugs) {
            Ok(loaded) => loaded,
            Err(cause) => return self.exit(cause, ctx),
        };
        let created = loaded.created;
        self.core.load(loaded);
        let tickets = self.complete_files(ctx);
        if created {
            // It is not waited for: this one is written without fsync.
            let snapshot = Arc::new(self.core.db.snapshot());
            self.core.persist(Record::Snapshot(snapshot), ctx);
        }
        if tickets.is_empty() {
            return self.booted(ctx);
        }
        self.role = Role::Booting(tickets);
        Then::Wait
    }

    /// Writes what the checks assumed where the files do not say it.
    fn complete_files(&mut self, ctx: &mut Ctx<'_>) -> Set<Ticket> {
        let mut tickets = Set::new();
        let current = self.core.current_epoch;
        if self.core.disk.current_epoch != Some(current) {
            let record = Record::CurrentEpoch(current);
            tickets.insert(self.core.persist(record, ctx));
        }
        if self.core.disk.accepted_epoch.is_none() {
            let record = Record::AcceptedEpoch(self.core.accepted_epoch);
            tickets.insert(self.core.persist(record, ctx));
        }
        tickets
    }

    fn boot_further(&mut self, input: &Input, ctx: &mut Ctx<'_>) -> Then {
        let (Role::Booting(tickets), Input::Persisted(ticket)) = (&mut self.role, input) else {
            return Then::Wait;
        };
        tickets.remove(ticket);
        let done = tickets.is_empty();
        self.core.persisted(*ticket);
        if done { self.booted(ctx) } else { Then::Wait }
    }

    fn booted(&mut self, ctx: &mut Ctx<'_>) -> Then {
        ctx.emit(Effect::Listen(Port::Client));
        self.election.boot(&self.core.me(), ctx);
        self.core.set_state(ServerState::Looking, Why::Booted, ctx);
        Then::Look
    }

    fn exit(&mut self, cause: ExitCause, ctx: &mut Ctx<'_>) -> Then {
        self.role = Role::Ended;
        ctx.note(Note::Exiting { cause });
        ctx.emit(Effect::Exit(cause));
        Then::Wait
    }

    // Routing.

    fn route(&mut self, input: Input, ctx: &mut Ctx<'_>) -> Then {
        match self.owner(&input) {
            Owner::Election => self.hear(&input, ctx),
            Owner::Role => self.act(input, ctx),
            Owner::Log => {
                self.core.log_polled(ctx);
                Then::Wait
            }
            Owner::Peer if matches!(self.role, Role::Sleeping) => Then::Look,
            Owner::Peer | Owner::Nobody => Then::Wait,
        }
    }

    /// Connections and timers belong to who opened or armed them; a finished write must be awaited.
    fn owner(&mut self, input: &Input) -> Owner {
        match input {
            Input::Opened(_, Route::Client(_)) => Owner::Role,
            Input::Opened(_, Route::To(_, port) | Route::Accepted(port))
            | Input::Refused(_, port) => match port {
                Port::Election => Owner::Election,
                Port::Quorum | Port::Client => Owner::Role,
            },
            Input::Closed(conn) | Input::Received(conn, _) => self.owner_of(*conn),
            Input::Fired(timer) => match timer {
                Timer::ObserverElection => Owner::Peer,
                Timer::LogPoll => Owner::Log,
                Timer::Notification | Timer::Finalize | Timer::Handshake(_) => Owner::Election,
                Timer::ObserverReconnect
                | Timer::ConnectRetry
                | Timer::LearnerRead
                | Timer::LeaderWait
                | Timer::LeaderTick
                | Timer::HandlerRead(_)
                | Timer::HandlerWait(_)
                | Timer::HandlerSnapshot(_)
                | Timer::SessionExpiry => Owner::Role,
            },
            Input::Persisted(ticket) if self.core.persisted(*ticket) => Owner::Role,
            Input::Persisted(_) | Input::Boot | Input::Oracle { .. } => Owner::Nobody,
        }
    }

    fn owner_of(&self, conn: ConnId) -> Owner {
        if self.election.owns(conn) {
            Owner::Election
        } else {
            Owner::Role
        }
    }

    fn hear(&mut self, input: &Input, ctx: &mut Ctx<'_>) -> Then {
        let heard = self.election.on_input(input, &self.core.me(), ctx);
        if let Some(outcome) = heard.outcome {
            return Then::Enter(outcome);
        }
        if heard.looking_voter.is_some()
            && let (Role::Leading(leader), host) = self.parts(ctx)
        {
            return leader
                .report_looking(&host)
                .map_or_else(Then::Leave, |()| Then::Wait);
        }
        Then::Wait
    }

    fn act(&mut self, input: Input, ctx: &mut Ctx<'_>) -> Then {
        if let Role::Draining(draining) = &self.role {
            let why = draining.why;
            return self.drain(&input, why, ctx);
        }
        let (role, mut host) = self.parts(ctx);
        let acted = match role {
            Role::Leading(leader) => leader.on_input(input, &mut host),
            Role::Learning(learner) => learner.on_input(input, &mut host),
            Role::Off
            | Role::Booting(_)
            | Role::Looking
            | Role::Sleeping
            | Role::Draining(_)
            | Role::Ended => {
                // It came for a role that was left.
                host.take_late(&input);
                Ok(())
            }
        };
        acted.map_or_else(Then::Leave, |()| Then::Wait)
    }

    // From state to state.

    fn look(&mut self, ctx: &mut Ctx<'_>) -> Then {
        self.role = Role::Looking;
        self.election
            .look(&self.core.me(), ctx)
            .map_or(Then::Wait, Then::Enter)
    }

    fn enter(&mut self, outcome: Outcome, ctx: &mut Ctx<'_>) -> Then {
        let leader = outcome.vote.leader;
        let to = self.state_under(leader);
        self.core.set_state(to, Why::Elected, ctx);
        let (role, mut host) = self.parts(ctx);
        if to == ServerState::Leading {
            *role = Role::Leading(Box::new(Leader::enter(&mut host)));
            return Then::Wait;
        }
        match Learner::enter(leader, &mut host) {
            Ok(learner) => {
                *role = Role::Learning(Box::new(learner));
                Then::Wait
            }
            Err(why) => Then::Leave(why),
        }
    }

    fn state_under(&self, leader: Sid) -> ServerState {
        if leader == self.core.config.my_id {
            return ServerState::Leading;
        }
        match self.core.config.learner_type() {
            LearnerType::Participant => ServerState::Following,
            LearnerType::Observer => ServerState::Observing,
        }
    }

    /// Any end of a role. Where its server had started, what the log stage has is made durable
    /// first: soft shutdown.
    fn leave(&mut self, why: Why, ctx: &mut Ctx<'_>) -> Then {
        if let Why::Fatal { cause } = why {
            return self.exit(cause, ctx);
        }
        let (role, mut host) = self.parts(ctx);
        host.stop_server();
        let (served, leader) = match core::mem::replace(role, Role::Looking) {
            Role::Leading(leader) => {
                Leader::stop_accepting(&mut host);
                (leader.serves(), Some(*leader))
            }
            Role::Learning(mut learner) => {
                learner.leave(&mut host);
                (learner.serves(), None)
            }
            Role::Off
            | Role::Booting(_)
            | Role::Looking
            | Role::Sleeping
            | Role::Draining(_)
            | Role::Ended => (false, None),
        };
        if host.core.config.bugs.has(Bug::LogStageSurvives) {
            host.core.log.silence();
        } else if served && !host.core.log.is_idle() {
            host.core.close_log(host.ctx);
            *role = Role::Draining(Box::new(Draining { why, leader }));
            return Then::Wait;
        }
        if served {
            host.core.fast_forward();
        }
        if let Some(mut leader) = leader {
            leader.close_learners(&mut host);
        }
        Then::Left(why)
    }

    /// The log stage works off what it has; everything else came too late.
    fn drain(&mut self, input: &Input, why: Why, ctx: &mut Ctx<'_>) -> Then {
        let (role, mut host) = self.parts(ctx);
        host.take_late(input);
        if !host.core.log.is_idle() {
            return Then::Wait;
        }
        host.core.fast_forward();
        if let Role::Draining(draining) = role
            && let Some(leader) = &mut draining.leader
        {
            leader.close_learners(&mut host);
        }
        Then::Left(why)
    }

    /// LOOKING at once; only an observer sleeps before it elects.
    fn left(&mut self, why: Why, ctx: &mut Ctx<'_>) -> Then {
        let observing = self.core.state == ServerState::Observing;
        let (role, mut host) = self.parts(ctx);
        host.core.set_state(ServerState::Looking, why, host.ctx);
        let delay = observing
            .then(|| learner::election_delay(&mut host))
            .flatten();
        match delay {
            Some(delay) => {
                host.ctx.arm(Timer::ObserverElection, delay);
                *role = Role::Sleeping;
                Then::Wait
            }
            None => Then::Look,
        }
    }

    /// The role beside what it is lent.
    fn parts<'a, 'c>(&'a mut self, ctx: &'a mut Ctx<'c>) -> (&'a mut Role, Host<'a, 'c>) {
        let host = Host {
            core: &mut self.core,
            election: &mut self.election,
            ctx,
        };
        (&mut self.role, host)
    }
}

/// Whom an input is for.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Election,
    Log,
    Role,
    Peer,
    Nobody,
}

#[cfg(test)]
#[path = "peer_tests.rs"]
mod tests;
