//! How a leader brings one learner to its own history: DIFF, TRUNC or SNAP.
//!
//! A pure decision; the learner's handler sends what it says. Until transactions are broadcast the
//! committed log holds at most what a start-up replayed, of which only the end matters here.
//! Source: `LearnerHandler.java, syncFollower`.

use crate::protocol::ids::Zxid;
use crate::protocol::message::{QuorumBody, QuorumPacket};
use crate::protocol::note::SyncMode;

/// What a learner is sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncPlan {
    /// The kind of synchronisation.
    pub mode: SyncMode,
    /// The zxid of its packet.
    pub zxid: Zxid,
}

impl SyncPlan {
    /// The packet that opens the synchronisation.
    pub const fn packet(&self) -> QuorumPacket {
        QuorumPacket {
            zxid: self.zxid,
            body: match self.mode {
                SyncMode::Diff => QuorumBody::Diff,
                SyncMode::Trunc => QuorumBody::Trunc,
                SyncMode::Snap => QuorumBody::Snap,
            },
        }
    }
}

/// Chooses for a learner whose last logged zxid is `peer`, with a leader that has processed up to
/// `last_processed`. `committed` is the newest transaction of its committed log, which a start-up
/// fills by replaying the txn log; where it is empty, `min = max = last_processed`.
///
/// A leader that serves an epoch has processed `(epoch, 0)`, which no newcomer has: one that holds
/// its last transaction is sent an empty DIFF, any other SNAP.
pub fn choose(peer: Zxid, last_processed: Zxid, committed: Option<Zxid>) -> SyncPlan {
    let plan = |mode, zxid| SyncPlan { mode, zxid };
    let max = committed.unwrap_or(last_processed);
    if peer == last_processed || peer == max {
        plan(SyncMode::Diff, peer)
    } else if peer > max && !peer.is_new_epoch() {
        plan(SyncMode::Trunc, max)
    } else {
        plan(SyncMode::Snap, last_processed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Epoch;

    fn chosen(peer: (i64, i64), leader: (i64, i64)) -> (SyncMode, Zxid) {
        let zxid = |(epoch, counter)| Zxid::make(Epoch(epoch), counter);
        let plan = choose(zxid(peer), zxid(leader), None);
        (plan.mode, plan.zxid)
    }

    #[test]
    fn equal_histories_need_nothing() {
        let zxid = Zxid::make(Epoch(1), 2);
        assert_eq!(chosen((1, 2), (1, 2)), (SyncMode::Diff, zxid));
    }

    #[test]
    fn a_learner_ahead_within_an_epoch_is_cut_back_to_the_leader() {
        let zxid = Zxid::make(Epoch(1), 2);
        assert_eq!(chosen((1, 5), (1, 2)), (SyncMode::Trunc, zxid));
    }

    #[test]
    fn a_learner_ahead_by_an_epoch_marker_alone_is_sent_a_snapshot() {
        let zxid = Zxid::make(Epoch(1), 2);
        assert_eq!(chosen((2, 0), (1, 2)), (SyncMode::Snap, zxid));
    }

    #[test]
    fn whoever_joins_a_serving_leader_late_is_sent_a_snapshot() {
        assert_eq!(
            chosen((0, 0), (1, 0)),
            (SyncMode::Snap, Zxid::make(Epoch(1), 0))
        );
        let untrusted = choose(Zxid::UNTRUSTED, Zxid(0), None);
        assert_eq!((untrusted.mode, untrusted.zxid), (SyncMode::Snap, Zxid(0)));
    }

    #[test]
    fn whoever_holds_the_leaders_last_transaction_needs_nothing_although_the_epoch_moved_on() {
        let (last, serving) = (Zxid::make(Epoch(6), 60), Zxid::make(Epoch(7), 0));
        let mode = |peer| choose(peer, serving, Some(last)).mode;
        assert_eq!(mode(last), SyncMode::Diff);
        assert_eq!(mode(serving), SyncMode::Diff);
        assert_eq!(mode(Zxid::make(Epoch(6), 61)), SyncMode::Trunc);
        assert_eq!(mode(Zxid::make(Epoch(6), 59)), SyncMode::Snap);
    }

    #[test]
    fn the_packet_carries_the_plan() {
        let packet = choose(Zxid(3), Zxid(3), None).packet();
        assert_eq!((packet.type_number(), packet.zxid), (13, Zxid(3)));
        assert_eq!(choose(Zxid(5), Zxid(3), None).packet().type_number(), 14);
        assert_eq!(choose(Zxid(2), Zxid(3), None).packet().type_number(), 15);
    }
}
