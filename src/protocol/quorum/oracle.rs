//! The voting oracle: a majority, or with at most two participants an outsider's word.
//!
//! Source: `flexible/QuorumOracleMaj.java`.

use serde::{Deserialize, Serialize};

use super::majority::Majority;

/// What a peer knows of the oracle at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OracleView {
    /// `needOracle`: true until a leader has a follower in its forwarding set.
    pub need_oracle: bool,
    /// `askOracle()`: the oracle file's first character is `1`.
    pub says_one: bool,
}

impl Default for OracleView {
    /// As a process starts: the oracle is needed, and there is no file.
    fn default() -> Self {
        Self {
            need_oracle: true,
            says_one: false,
        }
    }
}

/// `askOracle`: what an oracle file of this content says; `None` is a missing or unreadable file.
pub fn oracle_says_one(content: Option<&str>) -> bool {
    content.is_some_and(|text| text.starts_with('1'))
}

/// The rule of an ensemble with an oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct OracleMajority {
    majority: Majority,
    /// True where the oracle is heard at all: at most two participants.
    few: bool,
}

impl OracleMajority {
    pub(super) fn new(participants: u64) -> Self {
        Self {
            majority: Majority::new(participants),
            few: participants <= 2,
        }
    }

    pub(super) fn contains_quorum(self, acks: u64, oracle: OracleView) -> bool {
        self.majority.contains_quorum(acks) || (self.few && oracle.need_oracle && oracle.says_one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_leading_one_counts() {
        for (content, one) in [
            (Some("1"), true),
            (Some("1\n"), true),
            (Some("10"), true),
            (Some(" 1"), false),
            (Some("01"), false),
            (Some("true"), false),
            (Some(""), false),
            (None, false),
        ] {
            assert_eq!(oracle_says_one(content), one, "{content:?}");
        }
    }

    #[test]
    fn the_oracle_is_heard_by_at_most_two_and_only_where_needed() {
        let yes = OracleView {
            need_oracle: true,
            says_one: true,
        };
        let not_needed = OracleView {
            need_oracle: false,
            ..yes
        };
        assert!(OracleMajority::new(2).contains_quorum(1, yes));
        assert!(OracleMajority::new(2).contains_quorum(0, yes));
        assert!(!OracleMajority::new(2).contains_quorum(1, not_needed));
        assert!(!OracleMajority::new(3).contains_quorum(1, yes));
        assert!(OracleMajority::new(3).contains_quorum(2, OracleView::default()));
    }
}
