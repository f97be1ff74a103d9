//! The stage that makes transactions durable: appends what waits, one fsync for all of it.
//!
//! One thread: while an fsync is under way nothing is appended; what comes meanwhile is the next
//! batch. It flushes when nothing more waits, when a batch is full, or, with `flushDelay`, when the
//! last flush is that long ago. Source: `SyncRequestProcessor.java`.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::log_size::LogSize;
use super::txn::Txn;
use crate::base::{Micros, Rng};
use crate::protocol::effect::Ticket;
use crate::protocol::ids::Zxid;
use crate::protocol::storage::StorageRules;

/// Transactions on their way to the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in crate::protocol) struct LogStage {
    queue: VecDeque<Arc<Txn>>,
    /// Appended, and no fsync is under way for them: `toFlush`.
    appended: Vec<Zxid>,
    /// The fsync under way, and what it covers.
    flushing: Option<(Ticket, Vec<Zxid>)>,
    /// When the last one ended, on the peer's clock.
    flushed_at: Micros,
    /// An fsync is due, whatever more waits.
    is_due: bool,
    /// It waits for more to append before it flushes.
    is_polling: bool,
    /// Its server is shut down: nothing is waited for.
    is_closing: bool,
    /// How many of the oldest nobody is to be told of.
    silent: usize,
    since_snapshot: u64,
    size: LogSize,
    /// When a snapshot is taken; drawn anew each time.
    snapshot_after: Option<Limits>,
}

/// When a snapshot is taken: beyond so many transactions, or so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Limits {
    txns: u64,
    /// `None` where the size does not count.
    bytes: Option<u64>,
}

/// Whether a transaction calls for a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) enum After {
    /// No.
    Nothing,
    /// The log is rolled and a snapshot taken.
    Snapshot,
}

/// What the stage's thread does now that nothing is to be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) enum Next {
    /// Nothing is appended, or an fsync is under way.
    Rest,
    /// Waits for more, so long at most.
    Poll(Micros),
    /// What is appended is made durable.
    Flush,
}

impl LogStage {
    /// A server starts with a thread of its own for this.
    pub(in crate::protocol) const fn started(&mut self, now: Micros) {
        self.flushed_at = now;
        self.is_closing = false;
    }

    /// The server is shut down: what is appended is flushed, whatever might come.
    pub(in crate::protocol) const fn close(&mut self) {
        self.is_closing = true;
    }

    /// A transaction waits from now on.
    pub(in crate::protocol) fn push(&mut self, txn: Arc<Txn>) {
        self.queue.push_back(txn);
    }

    /// The next to append: none while an fsync is under way or due.
    pub(in crate::protocol) fn next(&mut self) -> Option<Arc<Txn>> {
        if self.flushing.is_some() || self.is_due {
            return None;
        }
        self.queue.pop_front()
    }

    /// `shouldFlush`: a batch is full, or the last flush is long ago.
    fn must_flush(&self, rules: &StorageRules, now: Micros) -> bool {
        let is_late = rules.flush_delay_ms > 0 && self.remaining_delay(rules, now) == 0;
        is_late || (rules.max_batch_size > 0 && self.appended.len() as u64 >= rules.max_batch_size)
    }

    /// `getRemainingDelay`, ms.
    const fn remaining_delay(&self, rules: &StorageRules, now: Micros) -> u64 {
        let since = now.as_ms().saturating_sub(self.flushed_at.as_ms());
        rules.flush_delay_ms.saturating_sub(since)
    }

    /// What the thread does where [`Self::next`] gave nothing.
    pub(in crate::protocol) fn turn(&self, rules: &StorageRules, now: Micros) -> Next {
        if self.flushing.is_some() || self.appended.is_empty() {
            return Next::Rest;
        }
        let poll_ms = rules.max_poll_ms.min(self.remaining_delay(rules, now));
        if self.is_closing || self.is_due || poll_ms == 0 {
            Next::Flush
        } else {
            Next::Poll(Micros::from_ms(poll_ms))
        }
    }

    /// It waits for more from now on.
    pub(in crate::protocol) const fn poll(&mut self) {
        self.is_polling = true;
    }

    /// It waits no longer; true where it did.
    pub(in crate::protocol) const fn end_poll(&mut self) -> bool {
        core::mem::replace(&mut self.is_polling, false)
    }

    /// A transaction was appended. Says whether it calls for a snapshot.
    ///
    /// Source: `shouldSnapshot, resetSnapshotStats`: between half of `snapCount` and all of it, and
    /// the same of `snapSizeLimitInKb`.
    pub(in crate::protocol) fn append(
        &mut self,
        txn: &Txn,
        (rules, now): (&StorageRules, Micros),
        rng: &mut Rng,
    ) -> After {
        self.appended.push(txn.zxid);
        self.is_due = self.must_flush(rules, now);
        let limits = *self.snapshot_after.get_or_insert_with(|| {
            let half = rules.snap_count / 2;
            let txns = half + rng.below(half.max(1));
            let bytes = (rules.snap_size_limit_kb > 0).then(|| {
                let half = rules.snap_size_limit_kb.saturating_mul(512);
                half.saturating_add(rng.fork("snapSizeLimitInKb").below(half))
            });
            Limits { txns, bytes }
        });
        self.since_snapshot += 1;
        self.size
            .append(txn, rules.pre_alloc_kb.saturating_mul(1_024));
        let is_large = limits.bytes.is_some_and(|bytes| self.size.total() > bytes);
        if self.since_snapshot <= limits.txns && !is_large {
            return After::Nothing;
        }
        self.since_snapshot = 0;
        self.size = LogSize::default();
        self.snapshot_after = None;
        After::Snapshot
    }

    /// The log was cut back: the next transaction begins a file, and the count of bytes.
    pub(in crate::protocol) fn truncated(&mut self) {
        self.size = LogSize::default();
    }

    /// An fsync of everything appended is under way.
    pub(in crate::protocol) fn flush(&mut self, ticket: Ticket) {
        self.size.commit();
        self.is_due = false;
        self.flushing = Some((ticket, core::mem::take(&mut self.appended)));
    }

    /// An fsync has ended: what is to be acknowledged, where it was this stage's.
    pub(in crate::protocol) fn flushed(
        &mut self,
        ticket: Ticket,
        now: Micros,
    ) -> Option<Vec<Zxid>> {
        let (_, mut zxids) = self
            .flushing
            .take_if(|(under_way, _)| *under_way == ticket)?;
        self.flushed_at = now;
        let unheard = self.silent.min(zxids.len());
        self.silent -= unheard;
        zxids.drain(..unheard);
        Some(zxids)
    }

    /// True where everything is durable.
    pub(in crate::protocol) fn is_idle(&self) -> bool {
        self.flushing.is_none() && self.appended.is_empty() && self.queue.is_empty()
    }

    /// Whoever wanted to be told of what is under way is gone.
    pub(in crate::protocol) fn silence(&mut self) {
        let flushing = self.flushing.as_ref().map_or(0, |(_, zxids)| zxids.len());
        self.silent = flushing + self.appended.len() + self.queue.len();
    }
}

#[cfg(test)]
#[path = "log_stage_tests.rs"]
mod tests;
