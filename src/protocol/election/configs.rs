//! The configurations an election counts in: the committed one, and a newer one seen meanwhile.
//!
//! Source: `QuorumPeer.java, getQuorumVerifier, getLastSeenQuorumVerifier` and
//! `getCurrentAndNextConfigVoters`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::config_text;
use crate::base::{Map, Set};
use crate::protocol::config::Ensemble;
use crate::protocol::ids::{LearnerType, Sid};
use crate::protocol::quorum::{Quorum, VoteTracker};
use crate::protocol::vote::Vote;

/// The committed and the last seen configuration, prepared for counting. Cheap to copy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Configs {
    committed: Arc<Ensemble>,
    quorum: Arc<Quorum>,
    /// The last seen configuration's quorum system; `None` where it is the committed one.
    last_seen: Option<Arc<Quorum>>,
    /// `voters()`: the voting members of both.
    voters: Arc<Set<Sid>>,
    /// The committed configuration as it travels.
    text: Arc<str>,
}

impl Configs {
    pub(super) fn new(committed: Ensemble) -> Self {
        let quorum = Quorum::of(&committed);
        Self {
            voters: Arc::new(quorum.voting_members().clone()),
            text: Arc::from(config_text::render(&committed)),
            quorum: Arc::new(quorum),
            last_seen: None,
            committed: Arc::new(committed),
        }
    }

    /// A configuration was proposed and is not committed yet: its members vote too.
    pub(super) fn see(&mut self, proposed: &Ensemble) {
        let seen = Quorum::of(proposed);
        let voters = self.quorum.voting_members().union(seen.voting_members());
        self.voters = Arc::new(voters);
        self.last_seen = Some(Arc::new(seen));
    }

    pub(super) fn committed(&self) -> &Ensemble {
        &self.committed
    }

    pub(super) fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }

    pub(super) fn voters(&self) -> &Set<Sid> {
        &self.voters
    }

    /// `validVoter`.
    pub(super) fn is_voter(&self, sid: Sid) -> bool {
        self.voters.contains(&sid)
    }

    /// PARTICIPANT also where the committed configuration does not list `sid`.
    pub(super) fn learner_type(&self, sid: Sid) -> LearnerType {
        let member = self.committed.members.get(&sid);
        member.map_or(LearnerType::Participant, |member| member.learner_type)
    }

    /// `getVoteTracker`: who of `votes` agrees with `probe`.
    pub(super) fn tracker(&self, votes: &Map<Sid, Vote>, probe: &Vote) -> VoteTracker {
        let mut tracker = VoteTracker::new(&self.quorum, self.last_seen.as_ref());
        for (sid, vote) in votes {
            if vote.agrees_with(probe) {
                tracker.add_ack(*sid);
            }
        }
        tracker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voters_are_those_of_both_configurations() {
        let mut configs = Configs::new(Ensemble::plain(3, 1));
        assert!(!configs.is_voter(Sid(4)));
        assert_eq!(configs.learner_type(Sid(4)), LearnerType::Observer);
        assert_eq!(configs.learner_type(Sid(9)), LearnerType::Participant);
        configs.see(&Ensemble {
            version: 1,
            ..Ensemble::plain(5, 0)
        });
        assert!(configs.is_voter(Sid(5)) && configs.is_voter(Sid(1)));
        assert_eq!(configs.voters().len(), 5);
    }
}
