//! The stage that makes transactions durable: appends what waits, one fsync for all of it.
//!
//! One thread: while an fsync is under way nothing is appended; what comes meanwhile is the next
//! batch. Source: `SyncRequestProcessor.java`.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::txn::Txn;
use crate::base::Rng;
use crate::protocol::effect::Ticket;
use crate::protocol::ids::Zxid;

/// `maxBatchSize`: how many transactions one fsync may cover.
const MAX_BATCH: usize = 1_000;

/// Transactions on their way to the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in crate::protocol) struct LogStage {
    queue: VecDeque<Arc<Txn>>,
    /// The fsync under way, and what it covers.
    flushing: Option<(Ticket, Vec<Zxid>)>,
    /// How many of the oldest nobody is to be told of.
    silent: usize,
    since_snapshot: u64,
    /// After how many a snapshot is taken; drawn anew each time.
    snapshot_after: Option<u64>,
}

/// Whether a transaction calls for a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) enum After {
    /// No.
    Nothing,
    /// The log is rolled and a snapshot taken.
    Snapshot,
}

impl LogStage {
    /// A transaction waits from now on.
    pub(in crate::protocol) fn push(&mut self, txn: Arc<Txn>) {
        self.queue.push_back(txn);
    }

    /// What is to be appended now: nothing while an fsync is under way.
    pub(in crate::protocol) fn batch(&mut self) -> Vec<Arc<Txn>> {
        if self.flushing.is_some() {
            return Vec::new();
        }
        let count = self.queue.len().min(MAX_BATCH);
        self.queue.drain(..count).collect()
    }

    /// A transaction of the batch was appended.
    ///
    /// Source: `shouldSnapshot`: between half of `snapCount` and all of it.
    pub(in crate::protocol) fn appended(&mut self, snap_count: u64, rng: &mut Rng) -> After {
        let half = snap_count / 2;
        let limit = *self
            .snapshot_after
            .get_or_insert_with(|| half + rng.below(half.max(1)));
        self.since_snapshot += 1;
        if self.since_snapshot <= limit {
            return After::Nothing;
        }
        self.since_snapshot = 0;
        self.snapshot_after = None;
        After::Snapshot
    }

    /// The batch's fsync is under way.
    pub(in crate::protocol) fn flush(&mut self, ticket: Ticket, batch: &[Arc<Txn>]) {
        let zxids = batch.iter().map(|txn| txn.zxid).collect();
        self.flushing = Some((ticket, zxids));
    }

    /// An fsync has ended: what is to be acknowledged, where it was this stage's.
    pub(in crate::protocol) fn flushed(&mut self, ticket: Ticket) -> Option<Vec<Zxid>> {
        let (_, mut zxids) = self
            .flushing
            .take_if(|(under_way, _)| *under_way == ticket)?;
        let unheard = self.silent.min(zxids.len());
        self.silent -= unheard;
        zxids.drain(..unheard);
        Some(zxids)
    }

    /// True where everything is durable.
    pub(in crate::protocol) fn is_idle(&self) -> bool {
        self.flushing.is_none() && self.queue.is_empty()
    }

    /// Whoever wanted to be told of what is under way is gone.
    pub(in crate::protocol) fn silence(&mut self) {
        let flushing = self.flushing.as_ref().map_or(0, |(_, zxids)| zxids.len());
        self.silent = flushing + self.queue.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testkit::{at, set};

    fn stage(count: i64) -> LogStage {
        let mut stage = LogStage::default();
        for n in 1..=count {
            stage.push(set(at(1, n), "/a", ""));
        }
        stage
    }

    #[test]
    fn a_lone_transaction_is_a_batch_and_what_comes_meanwhile_the_next() {
        let mut stage = stage(1);
        let batch = stage.batch();
        stage.flush(Ticket(7), &batch);
        stage.push(set(at(1, 2), "/a", ""));
        stage.push(set(at(1, 3), "/a", ""));
        assert!(stage.batch().is_empty() && !stage.is_idle());
        assert_eq!(stage.flushed(Ticket(6)), None);
        assert_eq!(stage.flushed(Ticket(7)), Some(vec![at(1, 1)]));
        assert_eq!(stage.batch().len(), 2);
    }

    #[test]
    fn one_fsync_covers_a_thousand_at_most() {
        let mut stage = stage(1_500);
        assert_eq!(stage.batch().len(), 1_000);
        assert_eq!(stage.batch().len(), 500);
        assert!(stage.is_idle());
    }

    #[test]
    fn a_silenced_stage_goes_on_and_says_nothing() {
        let mut stage = stage(1);
        let batch = stage.batch();
        stage.flush(Ticket(1), &batch);
        stage.push(set(at(1, 2), "/a", ""));
        stage.silence();
        stage.push(set(at(2, 1), "/a", ""));
        assert_eq!(stage.flushed(Ticket(1)), Some(vec![]));
        let batch = stage.batch();
        stage.flush(Ticket(2), &batch);
        assert_eq!(stage.flushed(Ticket(2)), Some(vec![at(2, 1)]));
    }

    #[test]
    fn a_snapshot_is_taken_between_half_of_snap_count_and_all_of_it() {
        let mut rng = Rng::new(1);
        let mut stage = LogStage::default();
        let mut intervals = Vec::new();
        let mut since = 0;
        for _ in 0..1_000 {
            since += 1;
            if stage.appended(20, &mut rng) == After::Snapshot {
                intervals.push(since);
                since = 0;
            }
        }
        assert!(
            intervals.iter().all(|n| (11..=20).contains(n)),
            "{intervals:?}"
        );
        assert!(intervals.windows(2).any(|pair| pair[0] != pair[1]));
    }
}
