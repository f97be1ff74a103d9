//! The txn log of a dataDir: files of transactions, cheap to copy.
//!
//! A file begins where a process begins to write, after a roll and after a truncation; which file
//! a transaction is in decides what a leader may send from disk. Source: `FileTxnLog.java`.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::Zxid;
use super::server::Txn;
use crate::base::Chain;

/// All transactions on a disk, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxnLog {
    txns: Chain<Arc<Txn>>,
    /// The places at which a file begins, ascending.
    files: Vec<u64>,
    /// True while a file is open: appending does not begin another one.
    is_open: bool,
}

impl TxnLog {
    /// All transactions, oldest first.
    pub fn txns(&self) -> impl DoubleEndedIterator<Item = &Arc<Txn>> {
        self.txns.iter()
    }

    /// The newest transaction's zxid.
    pub fn last(&self) -> Option<Zxid> {
        self.txns.last().map(|txn| txn.zxid)
    }

    /// The transaction `zxid`, where it was logged and not truncated.
    pub fn find(&self, zxid: Zxid) -> Option<&Arc<Txn>> {
        let at = self.txns.partition_point(|txn| txn.zxid < zxid);
        self.txns.get(at).filter(|txn| txn.zxid == zxid)
    }

    /// True where nothing was ever logged.
    pub const fn is_empty(&self) -> bool {
        self.txns.is_empty()
    }

    /// Writes a transaction behind all others.
    pub fn append(&mut self, txn: Arc<Txn>) {
        if !self.is_open {
            self.files.push(self.txns.len() as u64);
        }
        self.txns.push(txn);
        self.is_open = true;
    }

    /// The next transaction begins a file: the process is another one, or the log was rolled.
    pub const fn roll(&mut self) {
        self.is_open = false;
    }

    /// Forgets every transaction above `zxid`.
    pub fn truncate(&mut self, zxid: Zxid) {
        while self.last().is_some_and(|last| last > zxid) {
            self.txns.pop();
        }
        let left = self.txns.len() as u64;
        self.files.retain(|start| *start < left);
        self.is_open = false;
    }

    /// Shares with another server's log what both hold at the same places.
    pub(crate) fn share(&mut self, other: &Self) {
        self.txns.share(&other.txns, Arc::ptr_eq);
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
        let place = |start: u64| usize::try_from(start).unwrap_or(usize::MAX);
        let first = |start: u64| self.txns.get(place(start)).map_or(Zxid(0), |txn| txn.zxid);
        let mut start = 0;
        let mut later = 0_u64;
        for &file in self.files.iter().rev() {
            start = file;
            if first(file) < peer {
                break;
            }
            later += 1;
        }
        let head = self.txns.get(place(start))?.zxid;
        if head >= peer {
            // The oldest of all: it was counted as a later one.
            later = later.saturating_sub(1);
        }
        if head > peer || (limit > 0 && later.saturating_mul(preallocated) > limit) {
            return None;
        }
        Some(self.txns.iter_from(place(start)).cloned().collect())
    }
}

/// In parts of this many, each with whether a file begins with it.
impl Hash for TxnLog {
    fn hash<H: Hasher>(&self, state: &mut H) {
        const PART: usize = 256;
        let all = self.txns.len() as u64;
        let ends = self.files.iter().skip(1).copied().chain([all]);
        let files = || self.files.iter().zip(ends.clone());
        let parts = |(start, end): (&u64, u64)| (end - start).div_ceil(PART as u64);
        state.write_usize(usize::try_from(files().map(parts).sum::<u64>()).unwrap_or(usize::MAX));
        let mut txns = self.txns.iter();
        for (start, end) in files() {
            let mut left = usize::try_from(end - start).unwrap_or(usize::MAX);
            let mut begins_file = true;
            while left > 0 {
                begins_file.hash(state);
                begins_file = false;
                let part = left.min(PART);
                state.write_usize(part);
                for txn in txns.by_ref().take(part) {
                    txn.hash(state);
                }
                left -= part;
            }
        }
        self.is_open.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest_of;
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
    fn a_truncation_forgets_what_is_above_and_ends_the_file() {
        let mut cut = log(1..=600);
        assert_eq!(cut.files, [0]);
        cut.truncate(at(1, 256));
        assert_eq!((cut.txns().count(), cut.last()), (256, Some(at(1, 256))));
        cut.append(set(at(2, 1), "/a", ""));
        assert_eq!(cut.files, [0, 256]);
        cut.truncate(at(0, 9));
        assert!(cut.is_empty() && cut.last().is_none() && cut.files.is_empty());
    }

    #[test]
    fn logs_with_the_same_transactions_in_other_files_differ() {
        let (one, mut other) = (log(1..=3), log(1..=2));
        other.roll();
        other.append(Arc::clone(one.find(at(1, 3)).expect("is logged")));
        assert_ne!(digest_of(&one), digest_of(&other));
        assert_ne!(one, other);
        other.share(&one);
        assert_ne!(one, other, "sharing changes nothing");
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
