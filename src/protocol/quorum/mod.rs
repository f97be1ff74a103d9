//! Who votes, what a vote weighs, and which sets of votes are enough.
//!
//! Not the order on votes (that is `vote.rs`) and not the reading of groups and weights from a
//! file.
//! Source: `flexible/QuorumVerifier.java` and its implementations, `SyncedLearnerTracker.java`.

mod hierarchical;
mod majority;
mod oracle;
mod tracker;

use serde::{Deserialize, Serialize};

use super::config::{Ensemble, QuorumSpec};
use super::ids::Sid;
use crate::base::Set;
use hierarchical::Hierarchical;
use majority::Majority;
use oracle::OracleMajority;

pub use oracle::{OracleView, oracle_says_one};
pub use tracker::VoteTracker;

/// `QuorumVerifier`: the quorum system of one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quorum {
    rule: Rule,
    voting_members: Set<Sid>,
    version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Rule {
    Majority(Majority),
    Hierarchical(Hierarchical),
    Oracle(OracleMajority),
}

impl Quorum {
    /// The quorum system of `ensemble`.
    pub fn of(ensemble: &Ensemble) -> Self {
        let voting_members: Set<Sid> = ensemble.participants().collect();
        let participants = voting_members.len() as u64;
        let rule = match &ensemble.quorum {
            QuorumSpec::Majority => Rule::Majority(Majority::new(participants)),
            QuorumSpec::Hierarchical { groups, weights } => {
                Rule::Hierarchical(Hierarchical::new(&voting_members, groups, weights))
            }
            QuorumSpec::Oracle { .. } => Rule::Oracle(OracleMajority::new(participants)),
        };
        Self {
            rule,
            voting_members,
            version: ensemble.version,
        }
    }

    /// The participants.
    pub const fn voting_members(&self) -> &Set<Sid> {
        &self.voting_members
    }

    /// The version of the configuration.
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// True for an oracle configuration.
    pub const fn has_oracle(&self) -> bool {
        matches!(self.rule, Rule::Oracle(_))
    }

    /// `getWeight`: 1 for everybody without groups, even for strangers; with groups `None` where
    /// the configuration does not weigh the id, which ends the running election of the original
    /// with an exception.
    pub fn weight(&self, sid: Sid) -> Option<i64> {
        match &self.rule {
            Rule::Majority(_) | Rule::Oracle(_) => Some(1),
            Rule::Hierarchical(rule) => rule.weight(sid),
        }
    }

    /// Number of groups that weigh anything; `None` without groups.
    pub const fn counted_groups(&self) -> Option<i64> {
        match &self.rule {
            Rule::Majority(_) | Rule::Oracle(_) => None,
            Rule::Hierarchical(rule) => Some(rule.counted_groups()),
        }
    }

    /// `containsQuorum`. Callers filter `acks` by [`Self::voting_members`]; see [`VoteTracker`].
    pub fn contains_quorum(&self, acks: &Set<Sid>, oracle: OracleView) -> bool {
        let count = acks.len() as u64;
        match &self.rule {
            Rule::Majority(rule) => rule.contains_quorum(count),
            Rule::Hierarchical(rule) => rule.contains_quorum(acks),
            Rule::Oracle(rule) => rule.contains_quorum(count, oracle),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::base::Map;

    use super::*;

    #[test]
    fn observers_are_no_voting_members() {
        let quorum = Quorum::of(&Ensemble::plain(3, 2));
        let voters: Vec<_> = quorum.voting_members().iter().map(|sid| sid.0).collect();
        assert_eq!(voters, [1, 2, 3]);
    }

    #[test]
    fn majority_weighs_even_strangers_and_groups_do_not() {
        let mut ensemble = Ensemble::plain(3, 0);
        assert_eq!(Quorum::of(&ensemble).weight(Sid(99)), Some(1));
        ensemble.quorum = QuorumSpec::Hierarchical {
            groups: Map::from([(1, vec![Sid(1), Sid(2), Sid(3)])]),
            weights: Map::from([(Sid(2), 0)]),
        };
        let quorum = Quorum::of(&ensemble);
        assert_eq!(quorum.weight(Sid(1)), Some(1));
        assert_eq!(quorum.weight(Sid(2)), Some(0));
        assert_eq!(quorum.weight(Sid(99)), None);
        assert_eq!(quorum.counted_groups(), Some(1));
    }
}
