//! Identities and numbers `ZooKeeper` compares: sid, zxid, epoch, round.
//!
//! All are signed 64-bit on the wire and compared signed; that matters for the −1 and `i64::MIN`
//! values the election uses. Source: `ZxidUtils.java`, `QuorumPeer.java`.

use core::fmt;

use serde::{Deserialize, Serialize};

/// A server id (`myid`). Practical ids are 0 to 255.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Sid(pub i64);

impl Sid {
    /// What a peer that may not be elected proposes as leader.
    pub const NONE: Self = Self(i64::MIN);
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A peer epoch: accepted, current, or carried by a vote. −1 means "not said".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Epoch(pub i64);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An election round: `logicalclock`, or a vote's electionEpoch. Lost on restart.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Round(pub i64);

impl Round {
    /// The following round.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A session's id: in its top byte the server that created it.
///
/// Any `i64`, printed as `ZooKeeper` logs it; 0 is no session. Source: `SessionTrackerImpl.java`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SessionId(pub i64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:x}", self.0)
    }
}

/// A client's own number of a request, ascending within its connection. Source: `RequestHeader`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Cxid(pub i32);

/// A transaction id: epoch in the upper, counter in the lower 32 bits.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Zxid(pub i64);

impl Zxid {
    /// What a server with an empty, untrusted database reports; it takes no part in elections.
    pub const UNTRUSTED: Self = Self(-1);
    /// What an observer proposes.
    pub const NONE: Self = Self(i64::MIN);

    /// `(epoch << 32) | (counter & 0xffffffff)`.
    pub const fn make(epoch: Epoch, counter: i64) -> Self {
        Self((epoch.0 << 32) | (counter & 0xffff_ffff))
    }

    /// The upper half, sign-extended.
    pub const fn epoch(self) -> Epoch {
        Epoch(self.0 >> 32)
    }

    /// The lower half.
    pub const fn counter(self) -> i64 {
        self.0 & 0xffff_ffff
    }

    /// The zxid of a leader's next proposal.
    ///
    /// # Errors
    /// [`RolledOver`] where its counter would be `0xffffffff`: nothing is logged or broadcast, the
    /// leader steps down and a new epoch starts. Source: `Leader.java, propose`.
    pub const fn next_proposal(self) -> Result<Self, RolledOver> {
        let next = Self(self.0.wrapping_add(1));
        if next.counter() == 0xffff_ffff {
            Err(RolledOver { refused: next })
        } else {
            Ok(next)
        }
    }

    /// True where the counter is 0: the zxid a new leader starts its epoch with.
    pub const fn is_new_epoch(self) -> bool {
        self.counter() == 0
    }
}

/// `XidRolloverException`: the counter of an epoch is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RolledOver {
    /// The zxid that was not given to a proposal.
    pub refused: Zxid,
}

impl fmt::Display for Zxid {
    /// As `ZooKeeper` logs it: `0x100000003`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:x}", self.0)
    }
}

/// `ServerState`, in wire order.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum ServerState {
    /// Electing.
    #[default]
    Looking,
    /// Follows a leader.
    Following,
    /// Leads, or tries to.
    Leading,
    /// Observes a leader.
    Observing,
}

impl ServerState {
    /// The wire ordinal: LOOKING 0, FOLLOWING 1, LEADING 2, OBSERVING 3.
    pub const fn ordinal(self) -> i32 {
        match self {
            Self::Looking => 0,
            Self::Following => 1,
            Self::Leading => 2,
            Self::Observing => 3,
        }
    }

    /// The state of a wire ordinal.
    pub const fn from_ordinal(ordinal: i32) -> Option<Self> {
        match ordinal {
            0 => Some(Self::Looking),
            1 => Some(Self::Following),
            2 => Some(Self::Leading),
            3 => Some(Self::Observing),
            _ => None,
        }
    }
}

impl fmt::Display for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Looking => "LOOKING",
            Self::Following => "FOLLOWING",
            Self::Leading => "LEADING",
            Self::Observing => "OBSERVING",
        })
    }
}

/// The Zab phase a peer is in; monitoring only.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum ZabState {
    /// Looking for a leader.
    #[default]
    Election,
    /// Agreeing on the new epoch.
    Discovery,
    /// Bringing learners to the leader's history.
    Synchronization,
    /// Serving.
    Broadcast,
}

/// Whether a member votes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum LearnerType {
    /// Votes.
    #[default]
    Participant,
    /// Does not vote.
    Observer,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zxid_parts_are_sign_extended_epoch_and_unsigned_counter() {
        let zxid = Zxid::make(Epoch(7), 60);
        assert_eq!((zxid.epoch(), zxid.counter()), (Epoch(7), 60));
        assert_eq!(Zxid(-1).epoch(), Epoch(-1));
        assert_eq!(Zxid(-1).counter(), 0xffff_ffff);
        assert_eq!(Zxid::make(Epoch(1), 3).to_string(), "0x100000003");
        assert_eq!(Zxid::UNTRUSTED.to_string(), "0xffffffffffffffff");
    }

    #[test]
    fn the_last_counter_of_an_epoch_is_never_proposed() {
        let last = Zxid::make(Epoch(3), 0xffff_fffd).next_proposal();
        assert_eq!(last, Ok(Zxid(0x3_ffff_fffe)));
        let refused = Zxid(0x3_ffff_ffff);
        let next = last.and_then(Zxid::next_proposal);
        assert_eq!(next, Err(RolledOver { refused }));
    }

    #[test]
    fn ordinals_go_both_ways() {
        for ordinal in 0..4 {
            let state = ServerState::from_ordinal(ordinal).expect("in range");
            assert_eq!(state.ordinal(), ordinal);
        }
        assert_eq!(ServerState::from_ordinal(4), None);
        assert_eq!(ServerState::from_ordinal(-1), None);
    }
}
