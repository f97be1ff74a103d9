//! How a leader brings one learner to its own history: DIFF, TRUNC or SNAP, and what follows them.
//!
//! A pure decision; the learner's handler sends what it says. Source: `LearnerHandler.java,
//! syncFollower, queueCommittedProposals`.

use core::fmt;
use std::sync::Arc;

use crate::protocol::ids::Zxid;
use crate::protocol::message::{QuorumBody, QuorumPacket};
use crate::protocol::note::SyncMode;
use crate::protocol::server::Txn;

/// What the leader has of its own history.
#[derive(Clone)]
pub struct History<'a> {
    /// The leader's last processed zxid.
    pub last_processed: Zxid,
    /// The committed log, oldest first.
    pub committed: Vec<Arc<Txn>>,
    /// Whether only a snapshot may be sent, whatever there is.
    pub policy: Policy,
    /// Reads the log on disk from the file that may contain a zxid; `None` where it is of no use.
    pub on_disk: &'a dyn Fn(Zxid) -> Option<Vec<Arc<Txn>>>,
}

impl fmt::Debug for History<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "History up to {}", self.last_processed)
    }
}

/// What may be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Whatever fits.
    #[default]
    Any,
    /// `forceSnapshotSync`: SNAP alone.
    Snapshot,
    /// As before ZOOKEEPER-1154: whoever is within the committed log gets DIFF.
    NoTrunc,
}

/// What a learner is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncPlan {
    /// The kind of synchronisation.
    pub mode: SyncMode,
    /// The packets queued before forwarding starts; none for SNAP.
    pub queued: Vec<QuorumPacket>,
    /// From which zxid on the learner is forwarded to.
    pub forward_from: Zxid,
}

/// What is queued on the way to a plan.
struct Queue {
    peer: Zxid,
    policy: Policy,
    op: Option<SyncMode>,
    packets: Vec<QuorumPacket>,
}

impl Queue {
    fn push(&mut self, zxid: Zxid, body: QuorumBody) {
        self.packets.push(QuorumPacket { zxid, body });
    }

    fn op(&mut self, mode: SyncMode, zxid: Zxid) {
        self.op = Some(mode);
        let body = match mode {
            SyncMode::Trunc => QuorumBody::Trunc,
            SyncMode::Diff | SyncMode::Snap => QuorumBody::Diff,
        };
        self.push(zxid, body);
    }

    /// `queueCommittedProposals`: queues what of `txns` the learner lacks, and first what it must
    /// do with what it has; `from` is where it stands. Returns the last zxid queued.
    fn committed(&mut self, txns: &[Arc<Txn>], from: Zxid, limit: Option<Zxid>, to: Zxid) -> Zxid {
        let mut queued = from;
        let mut previous = Zxid(-1);
        for txn in txns {
            let zxid = txn.zxid;
            if limit.is_some_and(|limit| zxid > limit) {
                break;
            }
            if zxid < from {
                previous = zxid;
                continue;
            }
            if self.op.is_none() {
                if zxid == from {
                    self.op(SyncMode::Diff, to);
                    continue;
                }
                if from.is_new_epoch() || self.policy == Policy::NoTrunc {
                    self.op(SyncMode::Diff, to);
                } else if zxid.epoch() != from.epoch() {
                    // A truncation never goes across epochs.
                    return queued;
                } else {
                    self.op(SyncMode::Trunc, previous);
                }
            }
            if zxid <= queued {
                continue;
            }
            self.push(zxid, QuorumBody::Proposal(Arc::clone(txn)));
            self.push(zxid, QuorumBody::Commit);
            queued = zxid;
        }
        if self.op.is_none() && from.is_new_epoch() {
            self.op(SyncMode::Diff, to);
        }
        queued
    }

    /// The log on disk up to the committed log, then the committed log; `None` where the two do not
    /// meet.
    fn read_disk(&mut self, history: &History<'_>, min: Zxid, max: Zxid) -> Option<Zxid> {
        let txns = (history.on_disk)(self.peer)?;
        let reached = self.committed(&txns, self.peer, Some(min), max);
        if reached < min {
            self.op = None;
            self.packets.clear();
            return None;
        }
        Some(self.committed(&history.committed, reached, None, max))
    }
}

/// Chooses for a learner whose last logged zxid is `peer`.
///
/// A leader that serves an epoch has processed `(epoch, 0)`, which no newcomer has: one that holds
/// its last transaction is sent an empty DIFF.
pub fn choose(peer: Zxid, history: &History<'_>) -> SyncPlan {
    let last = history.last_processed;
    let min = history.committed.first().map_or(last, |txn| txn.zxid);
    let max = history.committed.last().map_or(last, |txn| txn.zxid);
    let mut queue = Queue {
        peer,
        policy: history.policy,
        op: None,
        packets: Vec::new(),
    };
    // Where the queued part ends; `None` is SNAP.
    let reached = if history.policy == Policy::Snapshot {
        None
    } else if peer == last {
        queue.op(SyncMode::Diff, peer);
        Some(peer)
    } else if peer > max && !peer.is_new_epoch() {
        queue.op(SyncMode::Trunc, max);
        Some(max)
    } else if min <= peer && peer <= max {
        Some(queue.committed(&history.committed, peer, None, max))
    } else if peer < min {
        queue.read_disk(history, min, max)
    } else {
        None
    };
    match (reached, queue.op) {
        (Some(forward_from), Some(mode)) => SyncPlan {
            mode,
            queued: queue.packets,
            forward_from,
        },
        // QUIRK(fall-back): where nothing can be queued after all, forwarding has been started from
        // the learner's zxid already; what is forwarded is newer than the snapshot anyway.
        (reached, _) => SyncPlan {
            mode: SyncMode::Snap,
            queued: Vec::new(),
            forward_from: reached.unwrap_or(last),
        },
    }
}

#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
