//! Everything behind the election port: who answers what, who is elected, over which connections.
//!
//! Source: `FastLeaderElection.java`, `QuorumCnxManager.java`.

use serde::{Deserialize, Serialize};

use super::config::PeerConfig;
use super::effect::{ConnId, Ctx, Effect, Input, Port};
use super::ids::{Epoch, Round, ServerState, Sid, Zxid};
use super::note::ElectedHow;
use super::quorum::OracleView;
use super::status::PeerStatus;
use super::vote::Vote;

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

/// Everything behind the election port: `QuorumCnxManager`, the receiver rules, and the algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ElectionSide {
    current_vote: Option<Vote>,
    logical_clock: Round,
}

impl ElectionSide {
    /// The election side of a process that has not booted yet.
    pub fn new(_config: &PeerConfig) -> Self {
        Self {
            current_vote: None,
            logical_clock: Round(0),
        }
    }

    /// The process starts: listens, and votes for itself.
    pub fn boot(&mut self, me: &Me<'_>, ctx: &mut Ctx<'_>) {
        ctx.emit(Effect::Listen(Port::Election));
        self.current_vote = Some(Vote::looking(
            me.config.my_id,
            me.last_zxid,
            Round(-1),
            me.current_epoch,
        ));
    }

    /// `lookForLeader` begins. It may end at once, by what was heard before.
    pub fn look(&mut self, _me: &Me<'_>, _ctx: &mut Ctx<'_>) -> Option<Outcome> {
        self.logical_clock = self.logical_clock.next();
        None
    }

    /// The election is aborted: `currentVote` is nothing.
    pub fn stop(&mut self, _ctx: &mut Ctx<'_>) {
        self.current_vote = None;
    }

    /// Takes one input; ignores what is not its own.
    pub fn on_input(&mut self, _input: &Input, _me: &Me<'_>, _ctx: &mut Ctx<'_>) -> Heard {
        Heard::default()
    }

    /// True for a connection of the election port.
    pub fn owns(&self, _conn: ConnId) -> bool {
        self.current_vote.is_none()
    }

    /// `updateElectionVote`: the epoch settled by synchronisation replaces the vote's.
    pub fn update_election_vote(&mut self, epoch: Epoch) {
        if let Some(vote) = &mut self.current_vote {
            vote.peer_epoch = epoch;
        }
    }

    /// Copies what can be seen from outside.
    pub fn fill_status(&self, status: &mut PeerStatus) {
        status.logical_clock = self.logical_clock;
        status.current_vote = self.current_vote;
    }

    /// `currentVote`.
    pub const fn current_vote(&self) -> Option<Vote> {
        self.current_vote
    }

    /// `logicalclock`.
    pub const fn logical_clock(&self) -> Round {
        self.logical_clock
    }
}
