//! More than half of the participants.
//!
//! Source: `flexible/QuorumMaj.java`.

use serde::{Deserialize, Serialize};

/// The majority rule of an ensemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Majority {
    /// Half the number of participants, rounded down.
    half: u64,
}

impl Majority {
    pub(super) fn new(participants: u64) -> Self {
        Self {
            half: participants / 2,
        }
    }

    /// QUIRK(majority-counts-anybody): the rule counts every element of the set, voter or not; it
    /// is the tracker that admits voters only.
    pub(super) fn contains_quorum(self, acks: u64) -> bool {
        acks > self.half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_not_a_majority() {
        for (participants, enough) in [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3)] {
            let rule = Majority::new(participants);
            assert!(rule.contains_quorum(enough));
            assert!(!rule.contains_quorum(enough - 1), "{participants}");
        }
    }
}
