//! A peer as it can be seen from outside: plain values, copied out for checks, panels and the
//! stage.
//!
//! Reading a status changes nothing and nothing in the protocol reads it.

use serde::{Deserialize, Serialize};

use super::ids::{Epoch, LearnerType, Round, ServerState, Sid, ZabState, Zxid};
use super::vote::Vote;
use crate::base::{Map, Micros};

/// What a running peer knows and believes at one instant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerStatus {
    /// Server state.
    pub state: ServerState,
    /// Zab phase.
    pub zab: ZabState,
    /// acceptedEpoch as in memory.
    pub accepted_epoch: Epoch,
    /// currentEpoch as in memory.
    pub current_epoch: Epoch,
    /// Last logged zxid.
    pub last_zxid: Zxid,
    /// `logicalclock`.
    pub logical_clock: Round,
    /// The proposal, while LOOKING.
    pub proposal: Option<Vote>,
    /// `currentVote`: the last end vote.
    pub current_vote: Option<Vote>,
    /// `recvset` of the election under way.
    pub ballots: Map<Sid, Vote>,
    /// `outofelection` of the election under way.
    pub settled: Map<Sid, Vote>,
    /// True within the 200 ms after a quorum was seen.
    pub finalizing: bool,
    /// The wait for the next notification, ms; 0 outside an election.
    pub notification_wait_ms: u64,
    /// The leader it follows or tries to; itself where it leads.
    pub leader: Option<Sid>,
    /// True where clients would be served.
    pub serving: bool,
    /// A leader's tick counter.
    pub tick: u64,
    /// A leader's learners, by id.
    pub learners: Map<Sid, LearnerStatus>,
}

/// One learner as its leader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LearnerStatus {
    /// Participant or observer.
    pub learner_type: LearnerType,
    /// How far it has come.
    pub phase: LearnerPhase,
    /// The leader's tick up to which it counts as alive.
    pub ack_deadline: u64,
    /// When its last packet arrived, on the leader's clock.
    pub heard_at: Micros,
}

/// How far a learner has come with its leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LearnerPhase {
    /// Has not acknowledged the epoch.
    Joining,
    /// Receives synchronisation data.
    Syncing,
    /// Has acknowledged NEWLEADER.
    Acked,
    /// Was sent UPTODATE.
    Serving,
}
