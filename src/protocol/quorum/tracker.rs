//! Counting acknowledgements against the configurations in force.
//!
//! Source: `SyncedLearnerTracker.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{OracleView, Quorum};
use crate::base::Set;
use crate::protocol::ids::Sid;

/// `SyncedLearnerTracker`: who acknowledged, per configuration that must be satisfied.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VoteTracker {
    committed: Pair,
    /// Present where a newer configuration was proposed but not committed yet.
    last_seen: Option<Pair>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Pair {
    quorum: Arc<Quorum>,
    acks: Set<Sid>,
}

impl Pair {
    fn new(quorum: &Arc<Quorum>) -> Self {
        Self {
            quorum: Arc::clone(quorum),
            acks: Set::new(),
        }
    }

    fn add(&mut self, sid: Sid) -> bool {
        self.quorum.voting_members().contains(&sid) && {
            self.acks.insert(sid);
            true
        }
    }
}

impl VoteTracker {
    /// An empty tracker for the committed configuration, and for the last seen one where it is
    /// newer.
    pub fn new(committed: &Arc<Quorum>, last_seen: Option<&Arc<Quorum>>) -> Self {
        Self {
            committed: Pair::new(committed),
            last_seen: last_seen
                .filter(|seen| seen.version() > committed.version())
                .map(Pair::new),
        }
    }

    /// Adds `sid` wherever it votes; false where it votes nowhere.
    pub fn add_ack(&mut self, sid: Sid) -> bool {
        let here = self.committed.add(sid);
        let there = self.last_seen.as_mut().is_some_and(|pair| pair.add(sid));
        here || there
    }

    /// True where every configuration's quorum system is satisfied.
    pub fn has_all_quorums(&self, oracle: OracleView) -> bool {
        self.pairs()
            .all(|pair| pair.quorum.contains_quorum(&pair.acks, oracle))
    }

    /// Who acknowledged, ascending.
    pub fn acks(&self) -> Vec<Sid> {
        let both: Set<Sid> = self.pairs().flat_map(|pair| &pair.acks).copied().collect();
        both.into_iter().collect()
    }

    fn pairs(&self) -> impl Iterator<Item = &Pair> {
        core::iter::once(&self.committed).chain(&self.last_seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::config::Ensemble;

    fn quorum(participants: i64, version: i64) -> Arc<Quorum> {
        let ensemble = Ensemble {
            version,
            ..Ensemble::plain(participants, 1)
        };
        Arc::new(Quorum::of(&ensemble))
    }

    #[test]
    fn strangers_and_observers_are_not_admitted() {
        let mut tracker = VoteTracker::new(&quorum(3, 0), None);
        assert!(tracker.add_ack(Sid(1)));
        assert!(!tracker.add_ack(Sid(4)), "the observer");
        assert!(!tracker.add_ack(Sid(77)));
        assert!(!tracker.has_all_quorums(OracleView::default()));
        tracker.add_ack(Sid(2));
        assert!(tracker.has_all_quorums(OracleView::default()));
        assert_eq!(tracker.acks(), [Sid(1), Sid(2)]);
    }

    #[test]
    fn a_newer_last_seen_configuration_must_be_satisfied_too() {
        let mut tracker = VoteTracker::new(&quorum(3, 1), Some(&quorum(5, 2)));
        tracker.add_ack(Sid(1));
        tracker.add_ack(Sid(2));
        assert!(!tracker.has_all_quorums(OracleView::default()));
        tracker.add_ack(Sid(5));
        assert!(tracker.has_all_quorums(OracleView::default()));
        assert_eq!(tracker.acks(), [Sid(1), Sid(2), Sid(5)]);
    }

    #[test]
    fn an_older_last_seen_configuration_is_not_asked() {
        let mut tracker = VoteTracker::new(&quorum(3, 2), Some(&quorum(5, 2)));
        tracker.add_ack(Sid(1));
        tracker.add_ack(Sid(2));
        assert!(tracker.has_all_quorums(OracleView::default()));
    }
}
