//! What a configuration says about disks and synchronisation, as a peer takes it.

use super::{Key, Value, ZooCfg};
use crate::protocol::{StorageRules, SyncRules};

/// `snapshotSizeFactor`'s default.
const SIZE_FACTOR_PPM: u32 = 330_000;

impl ZooCfg {
    /// `snapCount` below 2 counts as 2, `commitLogCount` below 500 as 500; what is negative
    /// elsewhere is off. `observer.syncEnabled` overrides `syncEnabled`.
    pub(super) fn storage_rules(&self) -> StorageRules {
        let observers_log = match self.text(Key::ObserverSyncEnabled) {
            Some(text) => text.eq_ignore_ascii_case("true"),
            None => self.flag(Key::SyncEnabled),
        };
        let amount = |key| u64::try_from(self.int(key)).unwrap_or(0);
        let flush_delay_ms = amount(Key::FlushDelay);
        StorageRules {
            snap_count: amount(Key::SnapCount).max(2),
            snap_size_limit_kb: amount(Key::SnapSizeLimitInKb),
            commit_log_count: amount(Key::CommitLogCount).max(500),
            flush_delay_ms,
            max_poll_ms: match self.given(Key::MaxWriteQueuePollTime) {
                Some(_) => amount(Key::MaxWriteQueuePollTime),
                None => flush_delay_ms / 3,
            },
            max_batch_size: amount(Key::MaxBatchSize),
            autocreate: self.says_true(Key::DbAutocreate),
            trust_empty: self.says_true(Key::SnapshotTrustEmpty),
            observers_log,
            pre_alloc_kb: amount(Key::PreAllocSize),
        }
    }

    pub(super) fn sync_rules(&self) -> SyncRules {
        let most = |key| u32::try_from(self.int(key)).unwrap_or(0);
        let factor = self.text(Key::SnapshotSizeFactor);
        SyncRules {
            snapshot_size_factor_ppm: factor.map_or(Some(SIZE_FACTOR_PPM), size_factor),
            max_snap_syncs: most(Key::MaxConcurrentSnapSyncs),
            max_diff_syncs: most(Key::MaxConcurrentDiffSyncs),
            force_snapshot: self.says_true(Key::ForceSnapshotSync),
        }
    }

    /// `Boolean.getBoolean` of a property given as text.
    fn says_true(&self, key: Key) -> bool {
        match (self.text(key), key.default_value()) {
            (Some(text), _) => text.eq_ignore_ascii_case("true"),
            (None, Some(Value::Text(text))) => text == "true",
            (None, _) => false,
        }
    }
}

/// A ratio in parts per million; what is above 1 or no number counts as the default, a negative one
/// switches the sending of the log off.
fn size_factor(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || digits.len() <= usize::from(digits.contains('.')) {
        return Some(SIZE_FACTOR_PPM);
    }
    let mut ppm: u64 = whole.parse().unwrap_or(0);
    for place in 0..6 {
        let digit = part.as_bytes().get(place).map_or(0, |b| b - b'0');
        ppm = ppm * 10 + u64::from(digit);
    }
    if ppm > 0 && digits.len() < text.len() {
        None
    } else if ppm > 1_000_000 {
        Some(SIZE_FACTOR_PPM)
    } else {
        u32::try_from(ppm).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Sid;

    fn rules(lines: &str) -> (StorageRules, SyncRules) {
        let text = format!("dataDir=d\ninitLimit=5\nsyncLimit=2\nserver.1=a:1:2\n{lines}");
        let cfg = ZooCfg::parse(&text).expect("valid");
        let config = cfg.peer_config(Sid(1)).expect("listed");
        (config.storage, config.sync)
    }

    #[test]
    fn nothing_said_is_the_default() {
        assert_eq!(rules(""), (StorageRules::default(), SyncRules::default()));
    }

    #[test]
    fn what_is_said_counts() {
        let (storage, sync) = rules(
            "snapCount=1\nsnapSizeLimitInKb=-1\ncommitLogCount=700\nflushDelay=30\n\
             maxBatchSize=7\ndb.autocreate=false\nsnapshot.trust.empty=TRUE\nsyncEnabled=false\n\
             preAllocSize=64\nforceSnapshotSync=true\nleader.maxConcurrentSnapSyncs=2\n\
             snapshotSizeFactor=-1",
        );
        let expected = StorageRules {
            snap_count: 2,
            snap_size_limit_kb: 0,
            commit_log_count: 700,
            flush_delay_ms: 30,
            max_poll_ms: 10,
            max_batch_size: 7,
            autocreate: false,
            trust_empty: true,
            observers_log: false,
            pre_alloc_kb: 64,
        };
        assert_eq!(storage, expected);
        assert!(sync.force_snapshot && sync.snapshot_size_factor_ppm.is_none());
        assert_eq!((sync.max_snap_syncs, sync.max_diff_syncs), (2, 100));
    }

    #[test]
    fn what_is_too_small_or_negative_counts_as_the_least_or_as_off() {
        let (storage, _) =
            rules("commitLogCount=10\nmaxBatchSize=-5\nflushDelay=-1\nmaxWriteQueuePollTime=4");
        assert_eq!((storage.commit_log_count, storage.max_batch_size), (500, 0));
        assert_eq!((storage.flush_delay_ms, storage.max_poll_ms), (0, 4));
    }

    #[test]
    fn the_observers_property_overrides() {
        let (storage, _) = rules("syncEnabled=true\nobserver.syncEnabled=false");
        assert!(!storage.observers_log);
    }

    #[test]
    fn a_ratio_is_read_without_floats() {
        for (text, ppm) in [
            ("0.33", Some(330_000)),
            ("1", Some(1_000_000)),
            ("0", Some(0)),
            (".5", Some(500_000)),
            ("0.1234567", Some(123_456)),
            ("1.1", Some(330_000)),
            ("third", Some(330_000)),
            (".", Some(330_000)),
            ("-0.1", None),
        ] {
            assert_eq!(size_factor(text), ppm, "{text}");
        }
    }
}
