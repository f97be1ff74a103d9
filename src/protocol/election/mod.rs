//! Everything behind the election port: who answers what, who is elected, over which connections.
//!
//! Three parts, as in the original: the connection manager carries messages, the receiver answers
//! what must be answered whatever the loop is doing, and the algorithm counts. There are no
//! threads: a message's answer happens at delivery, and the loop consumes its queue afterwards at
//! the same instant. What comes after an election (discovery and all that follows) is not here.
//! Source: `FastLeaderElection.java`, `QuorumCnxManager.java`, and
//! `QuorumPeer.java, startLeaderElection`.

mod answer;
mod config_text;
mod configs;
mod connection;
mod fast;
mod queue;
pub mod wire;

use serde::{Deserialize, Serialize};

use super::bugs::Bug;
use super::config::{Ensemble, PeerConfig};
use super::effect::{ConnId, Ctx, Effect, Input, Port, Timer};
use super::ids::{Epoch, Round, ServerState, Sid, Zxid};
use super::message::{Message, Notification};
use super::note::{ElectedHow, Ignored, Malformed, Note};
use super::status::PeerStatus;
use super::vote::Vote;
use configs::Configs;

pub use super::quorum::OracleView;
pub use config_text::{parse as parse_config_text, render as config_text};
pub use connection::{ConnectionManager, RECV_CAPACITY, SEND_CAPACITY};
pub use fast::{FastLeaderElection, check_leader};
pub use queue::CircularQueue;

/// What the election side must know of its peer with every input.
#[derive(Clone, Copy, Debug)]
pub struct Me<'a> {
    /// The configuration the peer was started with.
    pub config: &'a PeerConfig,
    /// Its state at this moment.
    pub state: ServerState,
    /// Its last logged zxid.
    pub last_zxid: Zxid,
    /// Its currentEpoch.
    pub current_epoch: Epoch,
    /// What it knows of the voting oracle.
    pub oracle: OracleView,
}

/// How an election ended for this peer: it leads where the vote's leader is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The end vote.
    pub vote: Vote,
    /// How it came about.
    pub how: ElectedHow,
}

/// What an input meant to the peer around the election side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Heard {
    /// The election ended.
    pub outcome: Option<Outcome>,
    /// A voter is LOOKING while this peer leads: the argument of `reportLookingSid`.
    pub looking_voter: Option<Sid>,
}

/// What an algorithm works with during one call.
#[derive(Debug)]
pub struct Booth<'a, 'c> {
    me: &'a Me<'a>,
    configs: &'a Configs,
    connections: &'a mut ConnectionManager,
    ctx: &'a mut Ctx<'c>,
}

impl Booth<'_, '_> {
    /// Sends a LOOKING notification of `vote` to every voter, this peer included; observers are
    /// never addressed.
    fn broadcast(&mut self, vote: &Vote) {
        let n = answer::notification(vote, ServerState::Looking, self.configs.text());
        for &sid in self.configs.voters() {
            self.connections.to_send(sid, n.clone(), self.ctx);
        }
    }

    /// True where a former behaviour is switched on.
    const fn has(&self, bug: Bug) -> bool {
        self.me.config.bugs.has(bug)
    }

    /// States that a notification had no effect; of its own copies a peer does not speak.
    fn ignored(&mut self, heard_from: Sid, why: Ignored) {
        if heard_from != self.me.config.my_id {
            self.ctx.note(Note::NotificationIgnored { heard_from, why });
        }
    }
}

/// What taking one notification from `recvqueue` came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// There was none, or no election is under way.
    Nothing,
    /// It was dealt with.
    One,
    /// It ended the election.
    Ended(Outcome),
}

/// An election algorithm, driven by its [`ElectionSide`].
pub trait Election {
    /// `lookForLeader` begins; the peer is LOOKING.
    fn start(&mut self, booth: &mut Booth<'_, '_>);
    /// Appends a voter's notification to `recvqueue`.
    fn deliver(&mut self, from: Sid, n: Notification);
    /// The loop takes one notification from `recvqueue`.
    fn take(&mut self, booth: &mut Booth<'_, '_>) -> Taken;
    /// `recvqueue` is empty: the loop waits, so its deadline is set.
    fn settle(&mut self, booth: &mut Booth<'_, '_>);
    /// A deadline of the loop passed.
    fn on_timer(&mut self, timer: Timer, booth: &mut Booth<'_, '_>) -> Option<Outcome>;
    /// The election is given up.
    fn stop(&mut self, ctx: &mut Ctx<'_>);
    /// True between `start` and the end.
    fn is_running(&self) -> bool;
    /// What the peer proposes, or proposed last.
    fn proposal(&self) -> Vote;
    /// `logicalclock`.
    fn logical_clock(&self) -> Round;
    /// Copies what can be seen from outside.
    fn fill_status(&self, status: &mut PeerStatus);
}

/// The number and name of an election algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Algorithm {
    /// `electionAlg`.
    pub number: i64,
    /// The name accepted besides the number.
    pub name: &'static str,
    /// An election object at clock 0.
    pub create: fn() -> AnyElection,
}

/// The election algorithms there are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AnyElection {
    /// `electionAlg` 3.
    Fast(FastLeaderElection),
}

impl AnyElection {
    /// Every algorithm there is.
    pub const ALL: [Algorithm; 1] = [Algorithm {
        number: 3,
        name: "fast",
        create: || Self::Fast(FastLeaderElection::new()),
    }];

    /// The algorithm of an `electionAlg` value, by number or name.
    pub fn of_config(text: &str) -> Option<Algorithm> {
        Self::ALL.into_iter().find(|algorithm| {
            text.eq_ignore_ascii_case(algorithm.name) || text.parse() == Ok(algorithm.number)
        })
    }

    fn inner(&self) -> &dyn Election {
        match self {
            Self::Fast(fast) => fast,
        }
    }

    fn inner_mut(&mut self) -> &mut dyn Election {
        match self {
            Self::Fast(fast) => fast,
        }
    }
}

/// Everything behind the election port: `QuorumCnxManager`, the receiver rules, and the algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ElectionSide {
    configs: Configs,
    connections: ConnectionManager,
    algorithm: AnyElection,
    /// `currentVote`: what a settled peer answers with.
    current_vote: Option<Vote>,
}

impl ElectionSide {
    /// The election side of a process that has not booted yet.
    pub fn new(config: &PeerConfig) -> Self {
        Self {
            configs: Configs::new(config.ensemble.clone()),
            connections: ConnectionManager::new(config, &config.ensemble),
            algorithm: AnyElection::Fast(FastLeaderElection::new()),
            current_vote: None,
        }
    }

    /// One in the middle of a process's life: its clock has run, and it holds a vote.
    #[must_use]
    pub fn with_memory(mut self, clock: Round, current_vote: Option<Vote>) -> Self {
        self.algorithm = AnyElection::Fast(FastLeaderElection::with_clock(clock));
        self.current_vote = current_vote;
        self
    }

    /// The process starts: listens, and votes for itself.
    pub fn boot(&mut self, me: &Me<'_>, ctx: &mut Ctx<'_>) {
        ctx.emit(Effect::Listen(Port::Election));
        self.current_vote = Some(own_vote(me));
    }

    /// `lookForLeader` begins. It may end at once, by what was heard before.
    pub fn look(&mut self, me: &Me<'_>, ctx: &mut Ctx<'_>) -> Option<Outcome> {
        let (election, mut booth) = self.parts(me, ctx);
        election.start(&mut booth);
        self.pump(me, ctx).outcome
    }

    /// The election is aborted: `currentVote` is nothing. Without an election nothing happens.
    pub fn stop(&mut self, ctx: &mut Ctx<'_>) {
        if self.algorithm.inner().is_running() {
            self.algorithm.inner_mut().stop(ctx);
            self.current_vote = None;
        }
    }

    /// A newer configuration was proposed and is not committed yet: its members vote, too.
    pub fn see_proposed(&mut self, proposed: &Ensemble) {
        self.configs.see(proposed);
        self.connections.learn(proposed);
    }

    /// Takes one input; ignores what is not its own.
    pub fn on_input(&mut self, input: &Input, me: &Me<'_>, ctx: &mut Ctx<'_>) -> Heard {
        if me.state != ServerState::Looking {
            // The state was changed under a running election.
            self.stop(ctx);
        }
        match input {
            Input::Opened(conn, route) => self.connections.on_opened(*conn, *route, ctx),
            Input::Refused(sid, Port::Election) => self.connections.on_refused(*sid),
            Input::Closed(conn) => self.connections.on_closed(*conn, ctx),
            Input::Received(conn, message) => self.on_received(*conn, message, ctx),
            Input::Fired(Timer::Handshake(conn)) => {
                self.connections.on_handshake_timeout(*conn, ctx);
            }
            Input::Fired(timer @ (Timer::Notification | Timer::Finalize)) => {
                let (election, mut booth) = self.parts(me, ctx);
                if let Some(outcome) = election.on_timer(*timer, &mut booth) {
                    return self.ended(outcome);
                }
            }
            Input::Boot
            | Input::Oracle { .. }
            | Input::Refused(_, Port::Quorum | Port::Client)
            | Input::Fired(_)
            | Input::Persisted(_) => {
                return Heard::default();
            }
        }
        self.pump(me, ctx)
    }

    /// True for a connection of the election port.
    pub fn owns(&self, conn: ConnId) -> bool {
        self.connections.owns(conn)
    }

    /// `updateElectionVote`: the epoch settled by synchronisation replaces the vote's.
    pub const fn update_election_vote(&mut self, epoch: Epoch) {
        if let Some(vote) = &mut self.current_vote {
            vote.peer_epoch = epoch;
        }
    }

    /// Copies what can be seen from outside.
    pub fn fill_status(&self, status: &mut PeerStatus) {
        self.algorithm.inner().fill_status(status);
        status.current_vote = self.current_vote;
    }

    /// `currentVote`.
    pub const fn current_vote(&self) -> Option<Vote> {
        self.current_vote
    }

    /// What this peer proposes, or proposed last; leader −1 before its first election.
    pub fn proposal(&self) -> Vote {
        self.algorithm.inner().proposal()
    }

    /// `logicalclock`.
    pub fn logical_clock(&self) -> Round {
        self.algorithm.inner().logical_clock()
    }

    /// The committed configuration, as adopted from newer ones heard of while LOOKING.
    pub fn committed(&self) -> &Ensemble {
        self.configs.committed()
    }

    fn on_received(&mut self, conn: ConnId, message: &Message, ctx: &mut Ctx<'_>) {
        match message {
            Message::Election(message) => self.connections.on_received(conn, message, ctx),
            Message::Quorum(_) | Message::Client(_) if self.owns(conn) => {
                let heard_from = self.connections.peer_of(conn);
                connection::malformed(heard_from, Malformed::Unexpected, ctx);
            }
            Message::Quorum(_) | Message::Client(_) => {}
        }
    }

    /// Receiver and loop, by turns, until neither has anything to do at this instant.
    fn pump(&mut self, me: &Me<'_>, ctx: &mut Ctx<'_>) -> Heard {
        let mut looking_voter = None;
        loop {
            while let Some((from, message)) = self.connections.poll() {
                let reported = self.receive(from, message, me, ctx);
                looking_voter = looking_voter.or(reported);
            }
            let (election, mut booth) = self.parts(me, ctx);
            match election.take(&mut booth) {
                Taken::One => {}
                Taken::Ended(outcome) => return self.ended(outcome),
                Taken::Nothing => {
                    election.settle(&mut booth);
                    return Heard {
                        outcome: None,
                        looking_voter,
                    };
                }
            }
        }
    }

    /// The main loop stores the end vote; its own state field stays LOOKING.
    fn ended(&mut self, outcome: Outcome) -> Heard {
        self.current_vote = Some(outcome.vote);
        // Only own copies of a last broadcast can be here, and nobody waits for them any more.
        while self.connections.poll().is_some() {}
        Heard {
            outcome: Some(outcome),
            looking_voter: None,
        }
    }

    fn deliver(&mut self, from: Sid, mut n: Notification) {
        // The configuration has been dealt with; what waits in the queue need not carry it.
        n.config = None;
        self.algorithm.inner_mut().deliver(from, n);
    }

    fn adopt(&mut self, committed: Ensemble) {
        self.connections.learn(&committed);
        self.configs = Configs::new(committed);
    }

    /// `startLeaderElection` with a new election object and a new connection manager.
    fn restart(&mut self, me: &Me<'_>, ctx: &mut Ctx<'_>) {
        let was_running = self.algorithm.inner().is_running();
        self.algorithm.inner_mut().stop(ctx);
        self.connections.halt(ctx);
        self.connections = ConnectionManager::new(me.config, self.configs.committed());
        self.algorithm = AnyElection::Fast(FastLeaderElection::new());
        self.current_vote = Some(own_vote(me));
        if was_running {
            let (election, mut booth) = self.parts(me, ctx);
            election.start(&mut booth);
        }
    }

    fn parts<'a, 'c>(
        &'a mut self,
        me: &'a Me<'a>,
        ctx: &'a mut Ctx<'c>,
    ) -> (&'a mut dyn Election, Booth<'a, 'c>) {
        let booth = Booth {
            me,
            configs: &self.configs,
            connections: &mut self.connections,
            ctx,
        };
        (self.algorithm.inner_mut(), booth)
    }
}

/// What a peer votes when its election object is created.
const fn own_vote(me: &Me<'_>) -> Vote {
    Vote::looking(me.config.my_id, me.last_zxid, Round(-1), me.current_epoch)
}
