//! What survives a crash: the epoch files, snapshots and the txn log; and what a restart makes of
//! them.
//!
//! The world owns it while the process is down; a peer reads it at boot and changes it only through
//! `Effect::Persist` and `Effect::Write`. Source: `QuorumPeer.java, loadDataBase`;
//! `FileTxnSnapLog.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bugs::{Bug, Bugs};
use super::effect::{ExitCause, Record};
use super::ids::{Cxid, Epoch, SessionId, Zxid};
use super::server::database::{Database, Snapshot};
use super::server::{Txn, TxnBody};
use super::storage::StorageRules;
use super::txn_log::TxnLog;

/// The content of a server's dataDir.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Durable {
    /// The file `acceptedEpoch`; `None` where it is missing.
    pub accepted_epoch: Option<Epoch>,
    /// The file `currentEpoch`; `None` where it is missing.
    pub current_epoch: Option<Epoch>,
    /// The file `currentEpoch.tmp`; `None` where it is missing.
    pub current_epoch_tmp: Option<Epoch>,
    /// True where the file `initialize` says that an empty database is meant to be empty.
    pub has_initialize_file: bool,
    /// By zxid, ascending; the newest few.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// The txn log.
    pub log: TxnLog,
}

/// What a peer knows after reading its disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// acceptedEpoch.
    pub accepted_epoch: Epoch,
    /// currentEpoch.
    pub current_epoch: Epoch,
    /// The newest snapshot with the log replayed on it.
    pub database: Database,
    /// True where nothing was found and the empty database is now written down.
    pub created: bool,
}

impl Durable {
    /// How many snapshots are kept: `autopurge.snapRetainCount`'s least value. Only the newest is
    /// ever read.
    const KEPT: usize = 3;

    /// How many transactions of an invented history are in the log; the rest is in the snapshot.
    const LOGGED: i64 = 5;

    /// The disk of a server that took part in `epoch` and logged up to `last`: a snapshot and, on
    /// top of it, the last few transactions.
    pub fn with_log(epoch: Epoch, last: Zxid) -> Self {
        let of_log = last.epoch();
        let base = (last.counter() - Self::LOGGED).max(0);
        let mut database = Database::default();
        let first = TxnBody::Create {
            path: Self::INVENTED.into(),
            data: base.to_string().into(),
            is_ephemeral: false,
            parent_cversion: 1,
        };
        database.process(&invented(Zxid::make(of_log, base.min(1)), first));
        database.set_last_processed(if base > 0 {
            Zxid::make(of_log, base)
        } else {
            Zxid(0)
        });
        let mut disk = Self::with_snapshot(epoch, database.snapshot());
        for n in base + 1..=last.counter() {
            let body = TxnBody::SetData {
                path: Self::INVENTED.into(),
                data: n.to_string().into(),
                version: i32::try_from(n).unwrap_or(i32::MAX),
            };
            disk.log
                .append(Arc::new(invented(Zxid::make(of_log, n), body)));
        }
        disk.log.roll();
        disk
    }

    /// The znode that an invented history wrote to.
    pub const INVENTED: &'static str = "/history";

    /// The disk of a server that took part in `epoch` and has nothing but `snapshot`.
    pub fn with_snapshot(epoch: Epoch, snapshot: Snapshot) -> Self {
        Self {
            accepted_epoch: Some(epoch),
            current_epoch: Some(epoch),
            snapshots: vec![Arc::new(snapshot)],
            ..Self::default()
        }
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.snapshots.last()
    }

    /// The process that wrote the log is no more: the next one begins a file.
    pub const fn close_log(&mut self) {
        self.log.roll();
    }

    /// The zxid a restart would find: of the newest snapshot, or of a later logged transaction.
    pub fn last_zxid(&self) -> Zxid {
        let snapshot = self.snapshot().map_or(Zxid(0), |snapshot| snapshot.zxid);
        self.log.last().map_or(snapshot, |last| last.max(snapshot))
    }

    /// The start-up checks.
    ///
    /// # Errors
    /// Why the process refuses to start: a log without a snapshot, a log of a later epoch than
    /// currentEpoch that no `currentEpoch.tmp` explains, or acceptedEpoch below currentEpoch.
    pub fn load(&self, rules: &StorageRules, bugs: Bugs) -> Result<Loaded, ExitCause> {
        let database = self.restore(rules)?;
        let last = database.last_processed();
        let of_log = last.epoch();
        let created = self.snapshots.is_empty() && self.log.is_empty() && last == Zxid(0);
        let mut loaded = Loaded {
            accepted_epoch: self.accepted_epoch.unwrap_or(of_log),
            current_epoch: self.current_epoch.unwrap_or(of_log),
            database,
            created,
        };
        if bugs.has(Bug::EpochFromZxidOnly) {
            loaded.accepted_epoch = of_log;
            loaded.current_epoch = of_log;
            return Ok(loaded);
        }
        let (mut current, accepted) = (loaded.current_epoch, loaded.accepted_epoch);
        if of_log > current {
            let tmp = self.current_epoch_tmp;
            let tmp = tmp.filter(|_| !bugs.has(Bug::NoEpochTmpRecovery));
            current = tmp.ok_or(ExitCause::CurrentEpochBehind { current, last })?;
        }
        if accepted < current {
            return Err(ExitCause::AcceptedEpochBehind { accepted, current });
        }
        loaded.current_epoch = current;
        Ok(loaded)
    }

    /// The newest snapshot with every later transaction of the log applied, committed or not.
    ///
    /// # Errors
    /// [`ExitCause::NoSnapshot`] for a log without one.
    pub fn restore(&self, rules: &StorageRules) -> Result<Database, ExitCause> {
        let mut database = Database::default().holding(rules.commit_log_count);
        match self.snapshot() {
            Some(snapshot) => database.restore(snapshot),
            None if !self.log.is_empty() => {
                if !rules.trust_empty {
                    return Err(ExitCause::NoSnapshot);
                }
            }
            None => {
                let is_trusted = rules.autocreate || self.has_initialize_file;
                database.set_last_processed(if is_trusted { Zxid(0) } else { Zxid::UNTRUSTED });
                return Ok(database);
            }
        }
        self.replay(&mut database);
        Ok(database)
    }

    /// Applies what the log has beyond the database: `fastForwardDataBase`.
    pub fn replay(&self, database: &mut Database) {
        let from = database.last_processed();
        for txn in self.log.txns() {
            if txn.zxid > from {
                // What is on disk counts, holes included; only the committed log ends there.
                let _ = database.apply(txn);
            }
        }
    }

    /// Takes one record.
    pub fn take(&mut self, record: &Record) {
        match record {
            Record::AcceptedEpoch(epoch) => self.accepted_epoch = Some(*epoch),
            Record::CurrentEpoch(epoch) => {
                self.current_epoch = Some(*epoch);
                self.current_epoch_tmp = None;
            }
            Record::Snapshot(snapshot) => {
                self.has_initialize_file = false;
                self.keep(snapshot);
            }
            Record::Truncate(zxid) => self.log.truncate(*zxid),
            Record::Append(txn) => self.log.append(Arc::clone(txn)),
            Record::Roll => self.log.roll(),
        }
    }

    fn keep(&mut self, snapshot: &Arc<Snapshot>) {
        self.snapshots.retain(|kept| kept.zxid != snapshot.zxid);
        let at = self
            .snapshots
            .partition_point(|kept| kept.zxid < snapshot.zxid);
        self.snapshots.insert(at, Arc::clone(snapshot));
        if self.snapshots.len() > Self::KEPT {
            self.snapshots.remove(0);
        }
    }
}

fn invented(zxid: Zxid, body: TxnBody) -> Txn {
    Txn {
        zxid,
        session: SessionId::default(),
        cxid: Cxid::default(),
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testkit::{at, disk, set};

    fn load(disk: &Durable) -> Result<Loaded, ExitCause> {
        disk.load(&StorageRules::default(), Bugs::NONE)
    }

    fn logged(txns: &[Zxid]) -> Durable {
        let mut disk = Durable::default();
        for &zxid in txns {
            disk.take(&Record::Append(set(zxid, "/a", "x")));
        }
        disk
    }

    #[test]
    fn missing_files_take_the_epoch_of_the_log() {
        let loaded = load(&Durable {
            accepted_epoch: None,
            current_epoch: None,
            ..disk(0, 0, at(3, 7))
        });
        let loaded = loaded.expect("starts");
        assert_eq!(
            (loaded.accepted_epoch, loaded.current_epoch),
            (Epoch(3), Epoch(3))
        );
    }

    #[test]
    fn accepted_below_current_refuses_to_start() {
        let error = load(&disk(1, 2, Zxid(0))).expect_err("refuses");
        assert_eq!(
            error.to_string(),
            "The accepted epoch, 1 is less than the current epoch, 2"
        );
    }

    #[test]
    fn a_log_ahead_of_current_epoch_needs_the_tmp_file() {
        let mut disk = disk(2, 1, at(2, 1));
        let error = load(&disk).expect_err("refuses");
        assert_eq!(
            error.to_string(),
            "The current epoch, 1, is older than the last zxid, 8589934593"
        );
        disk.current_epoch_tmp = Some(Epoch(2));
        assert_eq!(load(&disk).expect("starts").current_epoch, Epoch(2));
        let legacy = Bugs::NONE.with(Bug::NoEpochTmpRecovery);
        assert!(disk.load(&StorageRules::default(), legacy).is_err());
        disk.take(&Record::CurrentEpoch(Epoch(2)));
        assert_eq!(
            (disk.current_epoch, disk.current_epoch_tmp),
            (Some(Epoch(2)), None)
        );
    }

    #[test]
    fn without_epoch_files_the_log_alone_decides() {
        let legacy = Bugs::NONE.with(Bug::EpochFromZxidOnly);
        let loaded = disk(9, 8, at(3, 1)).load(&StorageRules::default(), legacy);
        assert_eq!(loaded.expect("starts").accepted_epoch, Epoch(3));
    }

    #[test]
    fn a_log_without_a_snapshot_is_refused_unless_trusted() {
        let disk = logged(&[at(1, 1), at(1, 2)]);
        let error = load(&disk).expect_err("refuses");
        assert_eq!(
            error.to_string(),
            "No snapshot found, but there are log entries. Something is broken!"
        );
        let rules = StorageRules {
            trust_empty: true,
            ..StorageRules::default()
        };
        let loaded = disk.load(&rules, Bugs::NONE).expect("starts");
        assert_eq!(loaded.database.last_processed(), at(1, 2));
    }

    #[test]
    fn an_empty_disk_is_trusted_where_it_is_created_or_meant_to_be_empty() {
        let rules = StorageRules {
            autocreate: false,
            ..StorageRules::default()
        };
        let defaults = StorageRules::default();
        let mut disk = Durable::default();
        let last = |disk: &Durable, rules: &StorageRules| {
            let loaded = disk.load(rules, Bugs::NONE).expect("starts");
            (loaded.database.last_processed(), loaded.created)
        };
        assert_eq!(last(&disk, &rules), (Zxid::UNTRUSTED, false));
        assert_eq!(last(&disk, &defaults), (Zxid(0), true));
        disk.has_initialize_file = true;
        assert_eq!(last(&disk, &rules), (Zxid(0), true));
        disk.take(&Record::Snapshot(Arc::default()));
        assert!(!disk.has_initialize_file);
        assert_eq!(last(&disk, &rules), (Zxid(0), false));
    }

    #[test]
    fn a_restart_replays_what_the_newest_snapshot_lacks() {
        let mut kept = logged(&[at(1, 1), at(1, 2), at(1, 3)]);
        for zxid in [at(1, 2), at(1, 1)] {
            kept.take(&Record::Snapshot(Arc::new(
                Database::empty(zxid).snapshot(),
            )));
        }
        let database = load(&kept).expect("starts").database;
        assert_eq!(database.last_processed(), at(1, 3));
        assert_eq!(database.committed().min(), Some(at(1, 3)));
        assert_eq!(kept.last_zxid(), at(1, 3));
    }

    #[test]
    fn a_log_with_holes_and_out_of_order_is_replayed_as_it_stands() {
        let mut kept = logged(&[at(1, 2), at(1, 9), at(1, 5), at(1, 3)]);
        kept.take(&Record::Snapshot(Arc::default()));
        let database = load(&kept).expect("starts").database;
        assert_eq!(database.last_processed(), at(1, 9));
        let committed = database.committed();
        assert_eq!(
            (committed.min(), committed.max()),
            (Some(at(1, 2)), Some(at(1, 3)))
        );
    }

    #[test]
    fn a_truncation_keeps_newer_snapshots_and_three_are_kept() {
        let mut kept = logged(&[at(1, 1), at(1, 2)]);
        for n in 0..5 {
            let snapshot = Database::empty(at(1, n)).snapshot();
            kept.take(&Record::Snapshot(Arc::new(snapshot)));
        }
        kept.take(&Record::Truncate(at(1, 1)));
        assert_eq!(kept.log.last(), Some(at(1, 1)));
        assert_eq!(kept.last_zxid(), at(1, 4));
        assert_eq!(kept.snapshots.len(), Durable::KEPT);
    }

    #[test]
    fn an_invented_history_is_a_snapshot_and_real_transactions_on_top() {
        for (counter, logged, first) in [(60, 5, at(6, 56)), (3, 3, at(6, 1))] {
            let last = at(6, counter);
            let disk = Durable::with_log(Epoch(6), last);
            assert_eq!(disk.log.txns().count(), logged);
            let database = load(&disk).expect("starts").database;
            assert_eq!(database.last_processed(), last);
            assert_eq!(database.committed().min(), Some(first));
            let data = database.data(Durable::INVENTED).map(|data| &**data);
            assert_eq!(data, Some(&*counter.to_string()));
        }
    }
}
