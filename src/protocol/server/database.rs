//! A server's memory: the tree, the sessions, and the last transactions applied to them.
//!
//! Who may change it and when is the roles' matter; here is what a change does.
//! Source: `ZKDatabase.java`, `DataTree.java, processTxn`.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::tree::{Applied, DataTree};
use super::txn::Txn;
use crate::base::{Chain, Map};
use crate::protocol::ids::{SessionId, Zxid};

/// How many transactions the committed log holds: `commitLogCount`'s least and default value.
const COMMIT_LOG_COUNT: usize = 500;

/// What a server knows of its clients' data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Database {
    /// Shared with copies and snapshots until one of them changes.
    tree: Arc<DataTree>,
    /// The global sessions with their timeouts, ms.
    sessions: Map<SessionId, i64>,
    last_processed: Zxid,
    committed: CommittedLog,
}

/// A state of the database as it is written to disk or sent to a learner.
///
/// Its zxid is what the writer had processed as it began; with a fuzzy one the content may be ahead
/// of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Snapshot {
    /// The zxid in its name.
    pub zxid: Zxid,
    tree: Arc<DataTree>,
    sessions: Map<SessionId, i64>,
}

impl Snapshot {
    /// About as many bytes as its file would have.
    pub fn bytes(&self) -> u64 {
        let mut bytes = 500 + 12 * self.sessions.len() as u64;
        for (path, znode) in self.tree.iter() {
            // Lengths, an ACL reference and a `StatPersisted`.
            bytes += (path.len() + znode.data.len()) as u64 + 76;
        }
        bytes
    }
}

/// The log of what this process applied has a hole: the original ends with an internal error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Its newest transaction.
    pub max: Zxid,
    /// What came next.
    pub next: Zxid,
}

impl Database {
    /// An empty database that has processed up to `zxid`.
    pub fn empty(zxid: Zxid) -> Self {
        Self {
            last_processed: zxid,
            ..Self::default()
        }
    }

    /// The same, whose committed log holds `count` transactions: `commitLogCount`.
    #[must_use]
    pub fn holding(mut self, count: u64) -> Self {
        self.committed.capacity = usize::try_from(count).unwrap_or(usize::MAX);
        self
    }

    /// The zxid of the last transaction processed, or the epoch's first zxid where a leader began
    /// one: what votes and ACKEPOCH carry.
    pub const fn last_processed(&self) -> Zxid {
        self.last_processed
    }

    /// A leader starts its epoch; a learner has taken a state over.
    pub const fn set_last_processed(&mut self, zxid: Zxid) {
        self.last_processed = zxid;
    }

    /// The last transactions applied.
    pub const fn committed(&self) -> &CommittedLog {
        &self.committed
    }

    /// The global sessions with their timeouts, ms.
    pub const fn sessions(&self) -> &Map<SessionId, i64> {
        &self.sessions
    }

    /// All znodes.
    pub fn tree(&self) -> &DataTree {
        &self.tree
    }

    /// The content of a znode.
    pub fn data(&self, path: &str) -> Option<&Arc<str>> {
        self.tree.get(path).map(|znode| &znode.data)
    }

    /// Applies a transaction to tree and sessions and adds it to the committed log.
    ///
    /// One that is applied a second time, after a fuzzy snapshot, takes the state back for a moment
    /// and never the zxid.
    ///
    /// # Errors
    /// [`Gap`] where the committed log would get a hole; the state has changed all the same.
    pub fn apply(&mut self, txn: &Arc<Txn>) -> Result<Applied, Gap> {
        let applied = self.process(txn);
        self.committed.push(txn).map(|()| applied)
    }

    /// As [`Self::apply`], past the committed log.
    pub fn process(&mut self, txn: &Txn) -> Applied {
        let applied = Arc::make_mut(&mut self.tree).apply(txn);
        if let Some(change) = applied.session {
            change.write_to(&mut self.sessions);
        }
        self.last_processed = self.last_processed.max(txn.zxid);
        applied
    }

    /// The present state, named by the last zxid processed.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            zxid: self.last_processed,
            tree: Arc::clone(&self.tree),
            sessions: self.sessions.clone(),
        }
    }

    /// Takes a snapshot's state in place of everything it held.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        *self = Self {
            tree: Arc::clone(&snapshot.tree),
            sessions: snapshot.sessions.clone(),
            last_processed: snapshot.zxid,
            committed: CommittedLog {
                txns: Chain::default(),
                gone: 0,
                capacity: self.committed.capacity,
            },
        };
    }

    /// Shares with another server's database what both hold alike.
    pub(crate) fn share(&mut self, other: &Self) {
        self.committed
            .txns
            .share(&other.committed.txns, Arc::ptr_eq);
        if Arc::ptr_eq(&self.tree, &other.tree) {
            return;
        }
        // Where copies hold it, it is theirs as well.
        if let Some(tree) = Arc::get_mut(&mut self.tree) {
            tree.share(&other.tree);
        }
    }

    #[cfg(test)]
    pub(crate) fn replace_tree(&mut self, tree: DataTree) {
        self.tree = Arc::new(tree);
    }

    /// Removes the ephemeral znodes of sessions that are not in the table.
    ///
    /// Source: `ZooKeeperServer.java, loadData`.
    pub fn remove_orphans(&mut self) {
        let known = |session| self.sessions.contains_key(&session);
        if self.tree.owners().any(|(session, _)| !known(session)) {
            let tree = Arc::make_mut(&mut self.tree);
            tree.kill_unknown_sessions(&self.sessions, self.last_processed);
        }
    }
}

/// The last transactions this process applied, replayed ones included.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommittedLog {
    /// Those that it holds come last.
    txns: Chain<Arc<Txn>>,
    /// How many came before and are forgotten.
    gone: usize,
    /// How many it holds.
    capacity: usize,
}

impl Default for CommittedLog {
    fn default() -> Self {
        Self {
            txns: Chain::default(),
            gone: 0,
            capacity: COMMIT_LOG_COUNT,
        }
    }
}

impl CommittedLog {
    /// Its oldest transaction's zxid; `None` where it is empty.
    pub fn min(&self) -> Option<Zxid> {
        self.txns.get(self.gone).map(|txn| txn.zxid)
    }

    /// Its newest transaction's zxid; `None` where it is empty.
    pub fn max(&self) -> Option<Zxid> {
        self.txns.last().map(|txn| txn.zxid)
    }

    /// Its transactions, oldest first.
    pub fn txns(&self) -> impl DoubleEndedIterator<Item = &Arc<Txn>> + ExactSizeIterator {
        self.txns.iter_from(self.gone)
    }

    /// Adds a transaction; one that is not newer is ignored.
    fn push(&mut self, txn: &Arc<Txn>) -> Result<(), Gap> {
        let next = txn.zxid;
        if let Some(max) = self.max() {
            if next <= max {
                return Ok(());
            }
            if next.0 != max.0.wrapping_add(1) && next.epoch() <= max.epoch() {
                return Err(Gap { max, next });
            }
        }
        if self.txns.len() - self.gone >= self.capacity {
            self.gone += 1;
        }
        if self.gone >= 2 * self.capacity.max(COMMIT_LOG_COUNT) {
            self.txns = self.txns().cloned().collect();
            self.gone = 0;
        }
        self.txns.push(Arc::clone(txn));
        Ok(())
    }
}

impl PartialEq for CommittedLog {
    fn eq(&self, other: &Self) -> bool {
        self.capacity == other.capacity && self.txns().eq(other.txns())
    }
}

impl Eq for CommittedLog {}

/// As a list of what it holds.
impl Hash for CommittedLog {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let txns = self.txns();
        state.write_usize(txns.len());
        txns.for_each(|txn| txn.hash(state));
        self.capacity.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest_of;
    use crate::protocol::TxnBody;
    use crate::protocol::testkit::{at, create, set};

    #[test]
    fn what_is_applied_is_processed_and_in_the_committed_log() {
        let mut db = Database::default();
        db.apply(&create(at(1, 1), "/a", "x")).expect("no gap");
        db.apply(&set(at(1, 2), "/a", "y")).expect("no gap");
        assert_eq!(db.last_processed(), at(1, 2));
        assert_eq!(db.data("/a").map(|data| &**data), Some("y"));
        let log = db.committed();
        assert_eq!((log.min(), log.max()), (Some(at(1, 1)), Some(at(1, 2))));
    }

    #[test]
    fn the_committed_log_holds_the_last_500() {
        let mut db = Database::default();
        for n in 1..=501 {
            db.apply(&set(at(1, n), "/a", "")).expect("no gap");
        }
        let log = db.committed();
        assert_eq!((log.min(), log.max()), (Some(at(1, 2)), Some(at(1, 501))));
        assert_eq!(log.txns().count(), 500);
        for n in 502..=5_000 {
            db.apply(&set(at(1, n), "/a", "")).expect("no gap");
        }
        let log = db.committed();
        assert_eq!(
            (log.min(), log.max()),
            (Some(at(1, 4_501)), Some(at(1, 5_000)))
        );
        assert!(
            log.txns.len() <= 3 * COMMIT_LOG_COUNT,
            "what is gone is let go"
        );
        let text = serde_json::to_string(log).expect("serialises");
        let back: CommittedLog = serde_json::from_str(&text).expect("parses");
        assert_eq!(&back, log);
        assert_eq!(digest_of(&back), digest_of(log), "whatever came before");
    }

    #[test]
    fn a_committed_log_holds_as_many_as_are_set_after_a_snapshot_too() {
        let mut db = Database::default().holding(700);
        db.restore(&Database::default().snapshot());
        for n in 1..=701 {
            db.apply(&set(at(1, n), "/a", "")).expect("no gap");
        }
        assert_eq!(db.committed().min(), Some(at(1, 2)));
    }

    #[test]
    fn a_hole_within_an_epoch_is_an_error_and_a_new_epoch_none() {
        let mut db = Database::default();
        db.apply(&set(at(1, 1), "/a", "")).expect("no gap");
        let gap = Gap {
            max: at(1, 1),
            next: at(1, 3),
        };
        assert_eq!(db.apply(&set(at(1, 3), "/a", "")), Err(gap));
        assert!(db.apply(&set(at(2, 5), "/a", "")).is_ok());
        assert!(db.apply(&set(at(1, 1), "/a", "")).is_ok(), "ignored");
        assert_eq!(db.committed().max(), Some(at(2, 5)));
    }

    #[test]
    fn applying_again_takes_the_state_back_but_not_the_zxid() {
        let mut db = Database::default();
        db.apply(&create(at(1, 1), "/a", "0")).expect("no gap");
        db.apply(&set(at(1, 2), "/a", "1")).expect("no gap");
        db.apply(&set(at(1, 3), "/a", "2")).expect("no gap");
        db.apply(&set(at(1, 2), "/a", "1")).expect("ignored");
        assert_eq!(db.data("/a").map(|data| &**data), Some("1"));
        assert_eq!(db.last_processed(), at(1, 3));
    }

    #[test]
    fn a_restored_snapshot_has_the_state_and_no_committed_log() {
        let mut db = Database::default();
        db.apply(&create(at(1, 1), "/a", "1")).expect("no gap");
        let snapshot = db.snapshot();
        db.apply(&set(at(1, 2), "/a", "2")).expect("no gap");
        db.restore(&snapshot);
        assert_eq!(db.last_processed(), at(1, 1));
        assert_eq!(db.data("/a").map(|data| &**data), Some("1"));
        assert_eq!(db.committed().max(), None);
    }

    #[test]
    fn a_session_ends_with_its_ephemerals_and_those_of_unknown_sessions_go_on_load() {
        let ephemeral = |zxid, session, path: &str| {
            Arc::new(Txn {
                zxid,
                session: SessionId(session),
                cxid: crate::protocol::Cxid(0),
                body: TxnBody::Create {
                    path: path.into(),
                    data: "".into(),
                    is_ephemeral: true,
                    parent_cversion: 1,
                },
            })
        };
        let mut db = Database::default();
        let start = Txn {
            body: TxnBody::CreateSession { timeout_ms: 4_000 },
            ..(*ephemeral(at(1, 1), 7, "")).clone()
        };
        db.apply(&Arc::new(start)).expect("no gap");
        db.apply(&ephemeral(at(1, 2), 7, "/mine")).expect("no gap");
        db.apply(&ephemeral(at(1, 3), 8, "/orphan"))
            .expect("no gap");
        assert_eq!(db.sessions().get(&SessionId(7)), Some(&4_000));
        db.remove_orphans();
        assert!(db.data("/mine").is_some() && db.data("/orphan").is_none());
        let end = Txn {
            body: TxnBody::CloseSession {
                ephemerals: vec!["/mine".into()],
            },
            ..(*ephemeral(at(1, 4), 7, "")).clone()
        };
        db.apply(&Arc::new(end)).expect("no gap");
        assert!(db.data("/mine").is_none() && db.sessions().is_empty());
    }
}
