//! The txn log of a dataDir: files of transactions, cheap to copy.
//!
//! A file begins where a process begins to write, after a roll and after a truncation; which file
//! a transaction is in decides what a leader may send from disk. Source: `FileTxnLog.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::Zxid;
use super::server::Txn;

/// How many transactions lie together; only the last part of a log is ever copied.
const CHUNK: usize = 256;

/// All transactions on a disk, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TxnLog {
    chunks: Vec<Arc<Chunk>>,
    /// True while a file is open: appending does not begin another one.
    is_open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Chunk {
    /// True where a file begins with it.
    begins_file: bool,
    txns: Vec<Arc<Txn>>,
}

impl TxnLog {
    /// All transactions, oldest first.
    pub fn txns(&self) -> impl DoubleEndedIterator<Item = &Arc<Txn>> {
        self.chunks.iter().flat_map(|chunk| &chunk.txns)
    }

    /// The newest transaction's zxid.
    pub fn last(&self) -> Option<Zxid> {
        let txn = self.chunks.last()?.txns.last()?;
        Some(txn.zxid)
    }

    /// The transaction `zxid`, where it was logged and not truncated.
    pub fn find(&self, zxid: Zxid) -> Option<&Arc<Txn>> {
        let below = |chunk: &Arc<Chunk>| chunk.txns.last().is_some_and(|txn| txn.zxid < zxid);
        let chunk = self.chunks.get(self.chunks.partition_point(below))?;
        let at = chunk
            .txns
            .binary_search_by_key(&zxid, |txn| txn.zxid)
            .ok()?;
        chunk.txns.get(at)
    }

    /// True where nothing was ever logged.
    pub const fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Writes a transaction behind all others.
    pub fn append(&mut self, txn: Arc<Txn>) {
        match self.chunks.last_mut() {
            Some(chunk) if self.is_open && chunk.txns.len() < CHUNK => {
                Arc::make_mut(chunk).txns.push(txn);
            }
            _ => self.chunks.push(Arc::new(Chunk {
                begins_file: !self.is_open,
                txns: vec![txn],
            })),
        }
        self.is_open = true;
    }

    /// The next transaction begins a file: the process is another one, or the log was rolled.
    pub const fn roll(&mut self) {
        self.is_open = false;
    }

    /// Forgets every transaction above `zxid`.
    pub fn truncate(&mut self, zxid: Zxid) {
        self.chunks.retain_mut(|chunk| {
            if chunk.txns.last().is_some_and(|txn| txn.zxid > zxid) {
                Arc::make_mut(chunk).txns.retain(|txn| txn.zxid <= zxid);
            }
            !chunk.txns.is_empty()
        });
        self.is_open = false;
    }

    /// The transactions from the beginning of the file that may contain `peer`, for a learner that
    /// has them up to there; `None` where that file begins later, or where there is more behind it
    /// than `limit` bytes (0 is no limit). Every file is made `preallocated` bytes long in advance.
    ///
    /// QUIRK(preallocation): that file itself is not counted, and every later one has at least its
    /// preallocated size, 64 MB unless told, so that without a huge snapshot one file is all that
    /// is ever sent.
    /// Source: `ZKDatabase.java, getProposalsFromTxnLog`; `FileTxnIterator, getStorageSize`.
    pub fn from(&self, peer: Zxid, limit: u64, preallocated: u64) -> Option<Vec<Arc<Txn>>> {
        let begins = |chunk: &Chunk| chunk.begins_file;
        let first = |chunk: &Chunk| chunk.txns.first().map_or(Zxid(0), |txn| txn.zxid);
        let files = self.chunks.iter().enumerate();
        let mut files = files.filter(|(_, chunk)| begins(chunk)).rev();
        let mut start = 0;
        let mut later = 0_u64;
        for (at, chunk) in &mut files {
            start = at;
            if first(chunk) < peer {
                break;
            }
            later += 1;
        }
        let chunks = self.chunks.get(start..).unwrap_or_default();
        let head = chunks.first()?;
        if first(head) >= peer {
            // The oldest of all: it was counted as a later one.
            later = later.saturating_sub(1);
        }
        if first(head) > peer || (limit > 0 && later.saturating_mul(preallocated) > limit) {
            return None;
        }
        Some(
            chunks
                .iter()
                .flat_map(|chunk| &chunk.txns)
                .cloned()
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testkit::{at, set};

    const MB64: u64 = 64 * 1_024 * 1_024;

    fn log(zxids: impl IntoIterator<Item = i64>) -> TxnLog {
        let mut log = TxnLog::default();
        for n in zxids {
            log.append(set(at(1, n), "/a", ""));
        }
        log
    }

    fn counters(txns: &[Arc<Txn>]) -> Vec<i64> {
        txns.iter().map(|txn| txn.zxid.counter()).collect()
    }

    #[test]
    fn a_copy_shares_all_but_the_end() {
        let mut long = log(1..=600);
        let copy = long.clone();
        long.append(set(at(1, 601), "/a", ""));
        assert_eq!(copy.last(), Some(at(1, 600)));
        assert_eq!((long.chunks.len(), long.last()), (3, Some(at(1, 601))));
        assert!(Arc::ptr_eq(&copy.chunks[1], &long.chunks[1]));
        assert!(!long.chunks[2].begins_file, "one file all the same");
    }

    #[test]
    fn a_truncation_forgets_what_is_above_and_ends_the_file() {
        let mut cut = log(1..=600);
        cut.truncate(at(1, 256));
        assert_eq!((cut.chunks.len(), cut.last()), (1, Some(at(1, 256))));
        cut.append(set(at(2, 1), "/a", ""));
        assert!(cut.chunks[1].begins_file);
        cut.truncate(at(0, 9));
        assert!(cut.is_empty() && cut.last().is_none());
    }

    #[test]
    fn the_file_that_may_contain_the_peers_zxid_is_sent_from_its_beginning() {
        let mut two = log(1..=3);
        two.roll();
        two.append(set(at(1, 4), "/a", ""));
        two.append(set(at(1, 5), "/a", ""));
        assert_eq!(
            counters(&two.from(at(1, 5), 1, MB64).expect("one file")),
            [4, 5]
        );
        assert_eq!(
            counters(&two.from(at(1, 2), 0, MB64).expect("all")),
            [1, 2, 3, 4, 5]
        );
        assert_eq!(two.from(at(0, 1), 0, MB64), None, "it begins later");
    }

    #[test]
    fn a_later_file_costs_its_preallocated_size() {
        let mut two = log(1..=3);
        two.roll();
        two.append(set(at(1, 4), "/a", ""));
        assert_eq!(two.from(at(1, 2), MB64 - 1, MB64), None);
        assert!(two.from(at(1, 2), MB64, MB64).is_some());
        // The first transaction of a later file may lie in the one before.
        assert_eq!(two.from(at(1, 4), 1, MB64), None);
        assert!(log(1..=3).from(at(1, 1), 1, MB64).is_some());
    }

    #[test]
    fn a_transaction_is_found_until_it_is_truncated() {
        let mut long = log(1..=600);
        for n in [1, 256, 257, 600] {
            assert_eq!(long.find(at(1, n)).map(|txn| txn.zxid), Some(at(1, n)));
        }
        assert_eq!((long.find(at(1, 601)), long.find(at(0, 5))), (None, None));
        long.truncate(at(1, 300));
        assert!(long.find(at(1, 300)).is_some() && long.find(at(1, 301)).is_none());
    }

    #[test]
    fn an_empty_log_has_nothing_to_send() {
        assert_eq!(TxnLog::default().from(at(1, 1), 0, MB64), None);
    }
}
