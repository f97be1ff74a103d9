//! What one notification does to the loop, outside finalizeWait.
//!
//! Source: `FastLeaderElection.java, lookForLeader`, `receivedFollowingNotification`,
//! `receivedLeadingNotification` and `checkLeader`.

use super::{FastLeaderElection, Step, WeightUnknown, compare, looking_vote};
use crate::base::Map;
use crate::protocol::bugs::Bug;
use crate::protocol::election::{Booth, Outcome};
use crate::protocol::ids::{Round, ServerState, Sid, Zxid};
use crate::protocol::message::Notification;
use crate::protocol::note::{ElectedHow, Ignored, Note};
use crate::protocol::vote::Vote;

impl FastLeaderElection {
    /// One notification of the loop outside finalizeWait.
    pub(super) fn count(&mut self, from: Sid, n: &Notification, booth: &mut Booth<'_, '_>) -> Step {
        if !booth.configs.is_voter(from) || !booth.configs.is_voter(n.leader) {
            booth.ignored(from, Ignored::NotAVoter);
            return Ok(None);
        }
        match n.state {
            ServerState::Looking => self.count_looking(from, n, booth),
            ServerState::Observing => {
                booth.ignored(from, Ignored::Observing);
                Ok(None)
            }
            ServerState::Following => Ok(self.count_settled(from, n, booth)),
            ServerState::Leading => Ok(self.count_leading(from, n, booth)),
        }
    }

    fn count_looking(&mut self, from: Sid, n: &Notification, booth: &mut Booth<'_, '_>) -> Step {
        let Some(initial) = self.poll.as_ref().map(|poll| poll.initial) else {
            return Ok(None);
        };
        let ignored = if initial.zxid == Zxid::UNTRUSTED {
            Some(Ignored::MyZxidUntrusted)
        } else if n.zxid == Zxid::UNTRUSTED {
            Some(Ignored::UntrustedZxid)
        } else if n.election_epoch < self.logical_clock {
            // Not stored. The receiver has answered it already.
            Some(Ignored::StaleRound)
        } else {
            None
        };
        if let Some(why) = ignored {
            booth.ignored(from, why);
            return Ok(None);
        }
        if n.election_epoch > self.logical_clock {
            self.join_round(from, n, initial, booth)?;
        } else {
            self.compare(from, n, booth)?;
        }
        let probe = self.proposal;
        if let Some(poll) = &mut self.poll {
            poll.recvset.insert(from, looking_vote(n));
            let vote_set = booth.configs.tracker(&poll.recvset, &probe);
            poll.finalizing = vote_set.has_all_quorums(booth.me.oracle);
            if poll.finalizing {
                booth.ctx.note(Note::QuorumSeen {
                    leader: probe.leader,
                    supporters: vote_set.acks(),
                });
            }
            poll.vote_set = Some(vote_set);
        }
        let ends = booth.has(Bug::FinishWhenAllVoted) && self.have_all_voted(booth);
        Ok(ends.then(|| self.agreed(ElectedHow::Agreed, booth)))
    }

    /// As before ZOOKEEPER-975: the votes are counted, not what they say.
    fn have_all_voted(&self, booth: &Booth<'_, '_>) -> bool {
        let votes = self.poll.as_ref().map_or(0, |poll| poll.recvset.len());
        votes == booth.configs.voters().len()
    }

    /// A later round: the votes so far are forgotten.
    ///
    /// QUIRK(initial-vote): n is compared with the initial vote; a better proposal of the former
    /// round is forgotten with it.
    fn join_round(
        &mut self,
        from: Sid,
        n: &Notification,
        initial: Vote,
        booth: &mut Booth<'_, '_>,
    ) -> Result<(), WeightUnknown> {
        let old = self.logical_clock;
        self.logical_clock = n.election_epoch;
        if let Some(poll) = &mut self.poll {
            poll.recvset.clear();
        }
        let theirs = looking_vote(n);
        let (greater, _) = compare(&theirs, &initial, booth)?;
        self.propose(if greater { theirs } else { initial });
        booth.ctx.note(Note::RoundJoined {
            heard_from: from,
            old,
            new: self.logical_clock,
            proposal: self.proposal,
        });
        self.broadcast(booth);
        Ok(())
    }

    /// The same round: a greater vote is taken over and told to everybody, another is not answered.
    fn compare(
        &mut self,
        from: Sid,
        n: &Notification,
        booth: &mut Booth<'_, '_>,
    ) -> Result<(), WeightUnknown> {
        let old = self.proposal;
        let theirs = looking_vote(n);
        let (greater, deciding) = compare(&theirs, &old, booth)?;
        if greater {
            self.propose(theirs);
            booth.ctx.note(Note::VoteChanged {
                heard_from: from,
                old: old.leader,
                new: self.proposal,
                deciding,
            });
            self.broadcast(booth);
        } else if from != booth.me.config.my_id {
            booth.ctx.note(Note::VoteKept {
                heard_from: from,
                theirs: theirs.leader,
                mine: old.leader,
                deciding,
            });
        }
        Ok(())
    }

    /// `receivedFollowingNotification`: joins an established ensemble, without finalizeWait.
    fn count_settled(
        &mut self,
        from: Sid,
        n: &Notification,
        booth: &mut Booth<'_, '_>,
    ) -> Option<Outcome> {
        let clock = self.logical_clock;
        let my_id = booth.me.config.my_id;
        let poll = self.poll.as_mut()?;
        let probe = settled_vote(n);
        // A vote of one that looks agrees only with its equal, as all did before ZOOKEEPER-1732.
        let asked_for = if booth.has(Bug::StrictOutOfElectionMatch) {
            looking_vote(n)
        } else {
            probe
        };
        let believes = n.leader == my_id && booth.has(Bug::CheckLeaderSelfUnconditional);
        let enough = |votes: &Map<Sid, Vote>, clock| {
            let tracker = booth.configs.tracker(votes, &asked_for);
            tracker.has_all_quorums(booth.me.oracle)
                && (believes || check_leader(votes, n.leader, n.election_epoch, (my_id, clock)))
        };
        if n.election_epoch == clock {
            // QUIRK(mixed-versions): stored without a version and asked for with one, so settled
            // votes agree by leader alone, while LOOKING ones must agree in everything.
            poll.recvset.insert(
                from,
                Vote {
                    version: 0,
                    ..probe
                },
            );
            if enough(&poll.recvset, clock) {
                return Some(self.joined(n, ElectedHow::Joined, booth));
            }
        }
        // QUIRK(outofelection-accumulates): never cleared within one call, whatever the round.
        poll.outofelection.insert(from, probe);
        if enough(&poll.outofelection, clock) {
            // QUIRK(clock-goes-back): the ensemble's round is taken over even where it is lower.
            self.logical_clock = n.election_epoch;
            return Some(self.joined(n, ElectedHow::Joined, booth));
        }
        None
    }

    /// `receivedLeadingNotification`: of two servers, the one the oracle does not name takes the
    /// other's word, without `checkLeader` and with its clock unchanged.
    fn count_leading(
        &mut self,
        from: Sid,
        n: &Notification,
        booth: &mut Booth<'_, '_>,
    ) -> Option<Outcome> {
        if let Some(outcome) = self.count_settled(from, n, booth) {
            return Some(outcome);
        }
        let oracle = booth.me.oracle;
        let takes_word = booth.configs.quorum().has_oracle() && oracle.need_oracle;
        if takes_word && !oracle.says_one {
            return Some(self.joined(n, ElectedHow::Oracle, booth));
        }
        None
    }

    fn joined(&mut self, n: &Notification, how: ElectedHow, booth: &mut Booth<'_, '_>) -> Outcome {
        self.finish(looking_vote(n), how, booth)
    }
}

/// What is stored of a notification of a settled peer.
fn settled_vote(n: &Notification) -> Vote {
    Vote {
        version: n.version,
        state: n.state,
        ..looking_vote(n)
    }
}

/// `checkLeader`: a leader other than me has said itself that it leads; where it is me, the round
/// is mine.
///
/// Keeps peers from electing, over and over, a leader that is dead but still followed, and a
/// restarted server from believing followers who say that it leads.
pub fn check_leader(
    votes: &Map<Sid, Vote>,
    leader: Sid,
    round: Round,
    (my_id, my_clock): (Sid, Round),
) -> bool {
    if leader == my_id {
        return my_clock == round;
    }
    votes
        .get(&leader)
        .is_some_and(|vote| vote.state == ServerState::Leading)
}
