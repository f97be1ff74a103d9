//! What a configuration says about disks and about bringing learners up to date.
//!
//! Source: `QuorumPeerConfig.java`; the system properties of `ZKDatabase`, `FileTxnSnapLog` and
//! `LearnerMaster`.

use serde::{Deserialize, Serialize};

/// What a server keeps on its disk, and what it makes of an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageRules {
    /// `snapCount`: transactions between snapshots; at least 2.
    pub snap_count: u64,
    /// `snapSizeLimitInKb`: KiB of log between snapshots; 0 is off.
    pub snap_size_limit_kb: u64,
    /// `commitLogCount`: transactions the committed log holds; at least 500.
    pub commit_log_count: u64,
    /// `flushDelay`, ms: what is logged may wait so long for more; 0 is off.
    pub flush_delay_ms: u64,
    /// `maxWriteQueuePollTime`, ms: how long it waits for the next at most.
    pub max_poll_ms: u64,
    /// `maxBatchSize`: how many transactions one fsync covers; 0 is any number.
    pub max_batch_size: u64,
    /// `db.autocreate`: an empty disk is an empty database and may vote.
    pub autocreate: bool,
    /// `snapshot.trust.empty`: a log without a snapshot is accepted.
    pub trust_empty: bool,
    /// `syncEnabled`: observers write log and snapshots.
    pub observers_log: bool,
    /// `preAllocSize`, KiB: how long a file of the log is made in advance.
    pub pre_alloc_kb: u64,
}

impl Default for StorageRules {
    fn default() -> Self {
        Self {
            snap_count: 100_000,
            snap_size_limit_kb: 4_194_304,
            commit_log_count: 500,
            flush_delay_ms: 0,
            max_poll_ms: 0,
            max_batch_size: 1_000,
            autocreate: true,
            trust_empty: false,
            observers_log: true,
            pre_alloc_kb: 65_536,
        }
    }
}

/// How a leader brings learners to its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRules {
    /// `snapshotSizeFactor` in parts per million; `None` where the log on disk is not sent.
    pub snapshot_size_factor_ppm: Option<u32>,
    /// `leader.maxConcurrentSnapSyncs`.
    pub max_snap_syncs: u32,
    /// `leader.maxConcurrentDiffSyncs`.
    pub max_diff_syncs: u32,
    /// `forceSnapshotSync`.
    pub force_snapshot: bool,
}

impl SyncRules {
    /// How much of the log may be sent in place of a snapshot of `snapshot_bytes`: 0 is unlimited,
    /// `None` is nothing at all.
    pub const fn log_limit(&self, snapshot_bytes: u64) -> Option<u64> {
        match self.snapshot_size_factor_ppm {
            Some(ppm) => Some(snapshot_bytes.saturating_mul(ppm as u64) / 1_000_000),
            None => None,
        }
    }
}

impl Default for SyncRules {
    fn default() -> Self {
        Self {
            snapshot_size_factor_ppm: Some(330_000),
            max_snap_syncs: 10,
            max_diff_syncs: 100,
            force_snapshot: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logs_limit_is_a_third_of_the_snapshot_and_a_tiny_one_is_none() {
        let rules = SyncRules::default();
        assert_eq!(rules.log_limit(1_000), Some(330));
        assert_eq!(rules.log_limit(3), Some(0));
        let off = SyncRules {
            snapshot_size_factor_ppm: None,
            ..rules
        };
        assert_eq!(off.log_limit(1_000), None);
    }
}
