//! Votes: the total order on them, and the two equalities that drive every quorum count.
//!
//! Source: `Vote.java`; `FastLeaderElection.java, totalOrderPredicate`.

use serde::{Deserialize, Serialize};

use super::ids::{Epoch, Round, ServerState, Sid, Zxid};

/// Who should lead, and on what grounds.
///
/// Not `PartialEq` as a protocol notion: `==` compares all fields, [`Vote::agrees_with`] is
/// `ZooKeeper`'s `equals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// Notification format version of the sender; 0 where the vote was made without one.
    pub version: i32,
    /// The proposed leader.
    pub leader: Sid,
    /// The proposed leader's last logged zxid.
    pub zxid: Zxid,
    /// The round the vote was cast in; −1 where not said.
    pub election_epoch: Round,
    /// The proposed leader's currentEpoch; −1 where not said.
    pub peer_epoch: Epoch,
    /// The state of the vote's sender when it was sent.
    pub state: ServerState,
}

/// Which component decided a comparison of two votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deciding {
    /// The peer epochs differ.
    PeerEpoch,
    /// Equal epochs, the zxids differ.
    Zxid,
    /// Equal epochs and zxids, the ids differ.
    Sid,
    /// The proposed leader has weight zero and can never be adopted.
    ZeroWeight,
    /// All three are equal.
    Nothing,
}

impl Vote {
    /// A vote cast while LOOKING: version 0.
    pub const fn looking(
        leader: Sid,
        zxid: Zxid,
        election_epoch: Round,
        peer_epoch: Epoch,
    ) -> Self {
        Self {
            version: 0,
            leader,
            zxid,
            election_epoch,
            peer_epoch,
            state: ServerState::Looking,
        }
    }

    /// `Vote.equals`: all four values while either vote is LOOKING, else the leader (and, when both
    /// or neither come from a versioned notification, the peer epoch).
    ///
    /// Not transitive across states.
    pub fn agrees_with(&self, other: &Self) -> bool {
        if self.state == ServerState::Looking || other.state == ServerState::Looking {
            return self.leader == other.leader
                && self.zxid == other.zxid
                && self.election_epoch == other.election_epoch
                && self.peer_epoch == other.peer_epoch;
        }
        // QUIRK(mixed-versions): an unversioned vote cannot be trusted to carry the epoch.
        let mixed = (self.version > 0) != (other.version > 0);
        self.leader == other.leader && (mixed || self.peer_epoch == other.peer_epoch)
    }

    /// Compares the total order of two votes and says which component decided.
    ///
    /// Returns `(new is greater, what decided)`. `weight` is the weight of `new.leader`.
    /// QUIRK(zero-weight): only the new leader's weight is looked at.
    pub fn compare(new: &Self, current: &Self, weight: i64) -> (bool, Deciding) {
        if weight == 0 {
            return (false, Deciding::ZeroWeight);
        }
        if new.peer_epoch != current.peer_epoch {
            return (new.peer_epoch > current.peer_epoch, Deciding::PeerEpoch);
        }
        if new.zxid != current.zxid {
            return (new.zxid > current.zxid, Deciding::Zxid);
        }
        if new.leader != current.leader {
            return (new.leader > current.leader, Deciding::Sid);
        }
        (false, Deciding::Nothing)
    }

    /// `totalOrderPredicate`: true where `self` must replace `current` as the proposal.
    pub fn supersedes(&self, current: &Self, weight: i64) -> bool {
        Self::compare(self, current, weight).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote(leader: i64, zxid: i64, round: i64, epoch: i64, state: ServerState) -> Vote {
        Vote {
            version: 2,
            leader: Sid(leader),
            zxid: Zxid(zxid),
            election_epoch: Round(round),
            peer_epoch: Epoch(epoch),
            state,
        }
    }

    #[test]
    fn order_is_epoch_then_zxid_then_sid() {
        let base = vote(2, 10, 1, 1, ServerState::Looking);
        for (other, deciding) in [
            (vote(1, 1, 1, 2, ServerState::Looking), Deciding::PeerEpoch),
            (vote(1, 11, 1, 1, ServerState::Looking), Deciding::Zxid),
            (vote(3, 10, 1, 1, ServerState::Looking), Deciding::Sid),
        ] {
            assert_eq!(Vote::compare(&other, &base, 1), (true, deciding));
            assert_eq!(Vote::compare(&base, &other, 1), (false, deciding));
        }
        assert_eq!(Vote::compare(&base, &base, 1), (false, Deciding::Nothing));
    }

    #[test]
    fn a_zero_weight_leader_never_supersedes() {
        let (low, high) = (
            vote(1, 1, 1, 1, ServerState::Looking),
            vote(9, 9, 9, 9, ServerState::Looking),
        );
        assert_eq!(Vote::compare(&high, &low, 0), (false, Deciding::ZeroWeight));
    }

    #[test]
    fn settled_votes_ignore_zxid_and_round() {
        let a = vote(4, 1, 1, 2, ServerState::Following);
        let b = vote(4, 99, 7, 2, ServerState::Leading);
        assert!(a.agrees_with(&b));
        assert!(!a.agrees_with(&Vote {
            state: ServerState::Looking,
            ..b
        }));
        assert!(!a.agrees_with(&Vote {
            peer_epoch: Epoch(3),
            ..b
        }));
        assert!(a.agrees_with(&Vote {
            peer_epoch: Epoch(3),
            version: 0,
            ..b
        }));
    }
}
