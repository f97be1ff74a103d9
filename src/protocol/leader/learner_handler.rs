//! One learner as its leader knows it: how far it has come, and what it sent that is not read yet.
//!
//! The steps of `run`, in order; where a step needs the leader's gates, `super` takes it.
//! Source: `LearnerHandler.java, run, synced, ping`.

use serde::{Deserialize, Serialize};

use super::ack_timer::AckTimer;
use crate::base::Micros;
use crate::protocol::channel::Channel;
use crate::protocol::effect::{ConnId, Timer};
use crate::protocol::ids::{LearnerType, Sid, Zxid};
use crate::protocol::message::QuorumPacket;
use crate::protocol::note::SyncMode;
use crate::protocol::status::{LearnerPhase, LearnerStatus};

/// A learner's connection at the leader.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LearnerHandler {
    conn: ConnId,
    /// Who the learner says it is; `None` until its first packet has been read.
    pub(super) name: Option<Sid>,
    pub(super) learner_type: LearnerType,
    pub(super) step: Step,
    pub(super) ack_deadline: u64,
    pub(super) heard_at: Micros,
    /// Its last logged zxid as ACKEPOCH said.
    pub(super) peer_zxid: Zxid,
    pub(super) channel: Channel,
    /// Queued, in order, until the sender starts.
    pub(super) held: Vec<QuorumPacket>,
    /// Which kind of synchronisation is under way.
    pub(super) syncing: Option<SyncMode>,
    /// Proposals it owes acknowledgements for.
    pub(super) unacked: AckTimer,
}

/// Where the handler's thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Step {
    /// Connected, but the leader accepts nobody yet.
    Backlog,
    /// Reads FOLLOWERINFO or OBSERVERINFO.
    ReadInfo,
    /// Waits in `getEpochToPropose`.
    EpochQuorum,
    /// Reads ACKEPOCH.
    ReadAckEpoch,
    /// Waits in `waitForEpochAck`, to synchronise from there on.
    EpochAckQuorum,
    /// Serialises a snapshot; everything else is queued meanwhile.
    Serializing(Serializing),
    /// Synchronisation data and NEWLEADER are on their way; reads their ACK.
    ReadNewLeaderAck,
    /// Waits in `waitForNewLeaderAck`.
    NewLeaderQuorum,
    /// Waits until the leader serves.
    Startup,
    /// Was sent UPTODATE; reads whatever comes.
    Broadcast,
}

/// How far a snapshot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Serializing {
    /// Its header is not written.
    Header,
    /// Its header says this zxid; its content is not written.
    Content(Zxid),
}

impl LearnerHandler {
    pub(super) fn new(conn: ConnId, step: Step, ack_deadline: u64, now: Micros) -> Self {
        Self {
            conn,
            name: None,
            learner_type: LearnerType::Participant,
            step,
            ack_deadline,
            heard_at: now,
            peer_zxid: Zxid(0),
            channel: Channel::default(),
            held: Vec::new(),
            syncing: None,
            unacked: AckTimer::default(),
        }
    }

    /// Its connection.
    pub(super) const fn conn(&self) -> ConnId {
        self.conn
    }

    /// The id it counts for.
    ///
    /// QUIRK(sid-zero): before its first packet has been read it is registered with id 0, so an
    /// idle connection can count for a voter with that id.
    pub fn sid(&self) -> Sid {
        self.name.unwrap_or(Sid(0))
    }

    /// `synced`: heard from within the limit, whatever its step.
    pub const fn is_synced(&self, tick: u64) -> bool {
        !matches!(self.step, Step::Backlog) && tick <= self.ack_deadline
    }

    /// True once the sender thread runs: from then on it is pinged.
    pub fn has_sender(&self) -> bool {
        self.step >= Step::ReadNewLeaderAck
    }

    /// True for a member of the forwarding set: a participant that synchronises or has done so.
    pub fn is_forwarding(&self) -> bool {
        self.is_forwarded_to() && self.learner_type == LearnerType::Participant
    }

    /// True for a member of the observers' set.
    pub(super) fn is_observing(&self) -> bool {
        self.is_forwarded_to() && self.learner_type == LearnerType::Observer
    }

    fn is_forwarded_to(&self) -> bool {
        self.step > Step::EpochAckQuorum
    }

    /// True where its thread reads; elsewhere packets stay in the socket.
    pub(super) const fn reads(&self) -> bool {
        matches!(
            self.step,
            Step::ReadInfo | Step::ReadAckEpoch | Step::ReadNewLeaderAck | Step::Broadcast
        )
    }

    /// The timer that runs for it, if any.
    pub(super) const fn timer(&self) -> Option<Timer> {
        match self.step {
            Step::Backlog | Step::Startup => None,
            Step::EpochQuorum | Step::EpochAckQuorum | Step::NewLeaderQuorum => {
                Some(Timer::HandlerWait(self.conn))
            }
            Step::Serializing(_) => Some(Timer::HandlerSnapshot(self.conn)),
            Step::ReadInfo | Step::ReadAckEpoch | Step::ReadNewLeaderAck | Step::Broadcast => {
                if self.channel.blocks() {
                    Some(Timer::HandlerRead(self.conn))
                } else {
                    None
                }
            }
        }
    }

    /// As it can be seen from outside.
    pub(super) const fn status(&self) -> LearnerStatus {
        LearnerStatus {
            learner_type: self.learner_type,
            phase: match self.step {
                Step::Backlog
                | Step::ReadInfo
                | Step::EpochQuorum
                | Step::ReadAckEpoch
                | Step::EpochAckQuorum => LearnerPhase::Joining,
                Step::Serializing(_) | Step::ReadNewLeaderAck => LearnerPhase::Syncing,
                Step::NewLeaderQuorum | Step::Startup => LearnerPhase::Acked,
                Step::Broadcast => LearnerPhase::Serving,
            },
            ack_deadline: self.ack_deadline,
            heard_at: self.heard_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handler(step: Step) -> LearnerHandler {
        LearnerHandler::new(ConnId(1), step, 15, Micros(0))
    }

    #[test]
    fn an_idle_connection_counts_for_id_zero_until_it_says_who_it_is() {
        let mut idle = handler(Step::ReadInfo);
        assert_eq!(idle.sid(), Sid(0));
        assert!(idle.is_synced(0));
        idle.name = Some(Sid(4));
        assert_eq!(idle.sid(), Sid(4));
    }

    #[test]
    fn it_counts_up_to_and_including_its_deadline() {
        assert!(handler(Step::Broadcast).is_synced(15));
        assert!(!handler(Step::Broadcast).is_synced(16));
        assert!(!handler(Step::Backlog).is_synced(0));
    }

    #[test]
    fn only_learners_whose_sender_has_started_are_pinged_and_observers_are_not_forwarded_to() {
        assert!(!handler(Step::EpochAckQuorum).has_sender());
        let mut syncing = handler(Step::ReadNewLeaderAck);
        assert!(syncing.has_sender() && syncing.is_forwarding());
        syncing.learner_type = LearnerType::Observer;
        assert!(syncing.has_sender() && !syncing.is_forwarding());
    }

    #[test]
    fn a_thread_that_waits_runs_its_wait_timer_and_one_that_reads_its_read_timer() {
        assert_eq!(
            handler(Step::EpochQuorum).timer(),
            Some(Timer::HandlerWait(ConnId(1)))
        );
        assert_eq!(handler(Step::Startup).timer(), None);
        let mut reader = handler(Step::ReadInfo);
        assert_eq!(reader.timer(), None);
        reader.channel.read();
        assert_eq!(reader.timer(), Some(Timer::HandlerRead(ConnId(1))));
    }
}
