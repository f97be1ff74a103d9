//! `FastLeaderElection`: the loop that gossips votes until a quorum agrees on the best.
//!
//! Rounds, `recvset` and `outofelection`, the 200 ms wait, back-off. What one notification does
//! is in `count.rs`; the answers a peer gives outside its own loop are in `answer.rs`. One call of
//! `lookForLeader` is one [`Poll`].
//! Source: `FastLeaderElection.java, lookForLeader`.

mod count;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Booth, Election, Outcome, Taken};
use crate::base::{Map, Micros};
use crate::protocol::config::PeerConfig;
use crate::protocol::effect::{Ctx, Timer};
use crate::protocol::ids::{Epoch, LearnerType, Round, Sid, Zxid};
use crate::protocol::message::Notification;
use crate::protocol::note::{ElectedHow, Ignored, Note};
use crate::protocol::quorum::VoteTracker;
use crate::protocol::status::PeerStatus;
use crate::protocol::vote::{Deciding, Vote};

pub use count::check_leader;

/// Fast Leader Election, `electionAlg` 3.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FastLeaderElection {
    /// `logicalclock`: survives all elections of one process, lost on restart.
    logical_clock: Round,
    /// `proposedLeader, proposedZxid, proposedEpoch`.
    proposal: Vote,
    /// `recvqueue`.
    recv_queue: VecDeque<(Sid, Notification)>,
    /// The election under way.
    poll: Option<Poll>,
}

/// One call of `lookForLeader`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Poll {
    /// The vote for itself that every later round starts from.
    initial: Vote,
    recvset: Map<Sid, Vote>,
    outofelection: Map<Sid, Vote>,
    /// `notTimeout`.
    wait: Micros,
    /// `voteSet`: the tracker last computed for a LOOKING vote.
    vote_set: Option<VoteTracker>,
    /// Within finalizeWait.
    finalizing: bool,
    /// The deadline that is set, and false where it must be set again.
    armed: Option<Timer>,
    settled: bool,
}

/// The quorum system has no weight for a proposed leader: an exception in the original.
#[derive(Clone, Copy, Debug)]
struct WeightUnknown;

/// How the loop goes on after one notification.
type Step = Result<Option<Outcome>, WeightUnknown>;

impl FastLeaderElection {
    /// A new election object: clock 0, nothing proposed.
    pub const fn new() -> Self {
        Self {
            logical_clock: Round(0),
            proposal: Vote::looking(Sid(-1), Zxid(-1), Round(0), Epoch(0)),
            recv_queue: VecDeque::new(),
            poll: None,
        }
    }

    /// One whose clock has run before.
    pub(super) const fn with_clock(clock: Round) -> Self {
        let mut fresh = Self::new();
        fresh.logical_clock = clock;
        fresh
    }

    /// `getInitId, getInitLastLoggedZxid, getPeerEpoch`.
    fn initial_vote(&self, booth: &Booth<'_, '_>) -> Vote {
        let me = booth.me;
        let my_id = me.config.my_id;
        let votes = booth.configs.quorum().voting_members().contains(&my_id);
        let leader = if votes { my_id } else { Sid::NONE };
        match booth.configs.learner_type(my_id) {
            LearnerType::Participant => {
                Vote::looking(leader, me.last_zxid, self.logical_clock, me.current_epoch)
            }
            LearnerType::Observer => {
                Vote::looking(leader, Zxid::NONE, self.logical_clock, Epoch(i64::MIN))
            }
        }
    }

    fn propose(&mut self, vote: Vote) {
        self.proposal = Vote::looking(vote.leader, vote.zxid, self.logical_clock, vote.peer_epoch);
    }

    /// `sendNotifications`.
    fn broadcast(&self, booth: &mut Booth<'_, '_>) {
        booth.broadcast(&self.proposal);
    }

    fn agreed(&mut self, how: ElectedHow, booth: &mut Booth<'_, '_>) -> Outcome {
        let vote = Vote {
            election_epoch: self.logical_clock,
            ..self.proposal
        };
        self.finish(vote, how, booth)
    }

    /// `leaveInstance`.
    fn finish(&mut self, vote: Vote, how: ElectedHow, booth: &mut Booth<'_, '_>) -> Outcome {
        booth.ctx.note(Note::Elected { vote, how });
        self.recv_queue.clear();
        self.stop(booth.ctx);
        Outcome { vote, how }
    }

    /// One notification within finalizeWait.
    ///
    /// QUIRK(finalize-drops): what does not interrupt is dropped, whatever its sender, state or
    /// round. QUIRK(finalize-interrupts): being greater is the only test for what interrupts, and
    /// afterwards the quorum is not looked at before the next LOOKING vote of the round.
    fn finalize(&mut self, from: Sid, n: Notification, booth: &mut Booth<'_, '_>) -> Step {
        let (greater, _) = compare(&looking_vote(&n), &self.proposal, booth)?;
        if greater {
            booth.ctx.note(Note::FinalizeInterrupted {
                heard_from: from,
                leader: n.leader,
            });
            self.recv_queue.push_back((from, n));
            if let Some(poll) = &mut self.poll {
                poll.finalizing = false;
            }
        } else {
            booth.ignored(from, Ignored::WithinFinalizeWait);
        }
        Ok(None)
    }

    fn on_silence(&mut self, booth: &mut Booth<'_, '_>) -> Option<Outcome> {
        let max = Micros::from_ms(booth.me.config.max_notification_interval_ms);
        let min = Micros::from_ms(booth.me.config.min_notification_interval_ms);
        let resent = booth.connections.have_delivered();
        if resent {
            self.broadcast(booth);
        } else {
            booth.connections.connect_all(booth.ctx);
        }
        let poll = self.poll.as_mut()?;
        poll.settled = false;
        poll.wait = Micros(poll.wait.0.saturating_mul(2)).min(max);
        booth.ctx.note(Note::NotificationTimeout {
            next_wait_ms: poll.wait.as_ms(),
            resent,
        });
        let votes = poll.vote_set.as_ref();
        let enough = votes.is_some_and(|votes| votes.has_all_quorums(booth.me.oracle));
        if booth.configs.quorum().has_oracle() && enough && poll.wait != min {
            return Some(self.agreed(ElectedHow::Oracle, booth));
        }
        None
    }

    /// The original ends its call with an exception, and the main loop starts a new one.
    fn begin_anew(&mut self, from: Sid, booth: &mut Booth<'_, '_>) {
        booth.ctx.note(Note::NotificationIgnored {
            heard_from: from,
            why: Ignored::WeightUnknown,
        });
        self.stop(booth.ctx);
        self.start(booth);
    }
}

impl Election for FastLeaderElection {
    fn start(&mut self, booth: &mut Booth<'_, '_>) {
        self.logical_clock = self.logical_clock.next();
        let initial = self.initial_vote(booth);
        self.poll = Some(Poll {
            initial,
            recvset: Map::new(),
            outofelection: Map::new(),
            wait: Micros::from_ms(booth.me.config.min_notification_interval_ms),
            vote_set: None,
            finalizing: false,
            armed: None,
            settled: false,
        });
        self.propose(initial);
        booth.ctx.note(Note::ElectionStarted {
            round: self.logical_clock,
            vote: initial,
        });
        self.broadcast(booth);
    }

    fn deliver(&mut self, from: Sid, n: Notification) {
        self.recv_queue.push_back((from, n));
    }

    fn take(&mut self, booth: &mut Booth<'_, '_>) -> Taken {
        let Some(poll) = &mut self.poll else {
            return Taken::Nothing;
        };
        let Some((from, n)) = self.recv_queue.pop_front() else {
            return Taken::Nothing;
        };
        poll.settled = false;
        let step = if poll.finalizing {
            self.finalize(from, n, booth)
        } else {
            self.count(from, &n, booth)
        };
        match step {
            Ok(None) => Taken::One,
            Ok(Some(outcome)) => Taken::Ended(outcome),
            Err(WeightUnknown) => {
                self.begin_anew(from, booth);
                Taken::One
            }
        }
    }

    fn settle(&mut self, booth: &mut Booth<'_, '_>) {
        let Some(poll) = &mut self.poll else {
            return;
        };
        if poll.settled {
            return;
        }
        let (timer, after) = if poll.finalizing {
            (Timer::Finalize, PeerConfig::FINALIZE_WAIT)
        } else {
            (Timer::Notification, poll.wait)
        };
        if let Some(other) = poll.armed.filter(|armed| *armed != timer) {
            booth.ctx.disarm(other);
        }
        booth.ctx.arm(timer, after);
        poll.armed = Some(timer);
        poll.settled = true;
    }

    fn on_timer(&mut self, timer: Timer, booth: &mut Booth<'_, '_>) -> Option<Outcome> {
        let poll = self.poll.as_mut()?;
        if poll.armed != Some(timer) {
            return None;
        }
        poll.armed = None;
        if poll.finalizing {
            Some(self.agreed(ElectedHow::Agreed, booth))
        } else {
            self.on_silence(booth)
        }
    }

    fn stop(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(timer) = self.poll.take().and_then(|poll| poll.armed) {
            ctx.disarm(timer);
        }
    }

    fn is_running(&self) -> bool {
        self.poll.is_some()
    }

    fn proposal(&self) -> Vote {
        self.proposal
    }

    fn logical_clock(&self) -> Round {
        self.logical_clock
    }

    fn fill_status(&self, status: &mut PeerStatus) {
        status.logical_clock = self.logical_clock;
        if let Some(poll) = &self.poll {
            status.proposal = Some(self.proposal);
            status.ballots.clone_from(&poll.recvset);
            status.settled.clone_from(&poll.outofelection);
            status.finalizing = poll.finalizing;
            status.notification_wait_ms = poll.wait.as_ms();
        }
    }
}

impl Default for FastLeaderElection {
    fn default() -> Self {
        Self::new()
    }
}

/// What is stored of a LOOKING notification, and what an end vote is made of: no version, LOOKING.
fn looking_vote(n: &Notification) -> Vote {
    Vote::looking(n.leader, n.zxid, n.election_epoch, n.peer_epoch)
}

/// `totalOrderPredicate`, by the committed configuration's weights.
fn compare(
    new: &Vote,
    current: &Vote,
    booth: &Booth<'_, '_>,
) -> Result<(bool, Deciding), WeightUnknown> {
    let weight = booth.configs.quorum().weight(new.leader);
    Ok(Vote::compare(new, current, weight.ok_or(WeightUnknown)?))
}
