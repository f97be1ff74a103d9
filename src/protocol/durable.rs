//! What survives a crash: the epoch files and the history.
//!
//! The world owns it while the process is down; a peer reads it at boot and changes it only through
//! `Effect::Persist`. Source: zab.md's persistent state; `QuorumPeer.java, loadDataBase`.

use serde::{Deserialize, Serialize};

use super::effect::{ExitCause, Record};
use super::ids::{Epoch, Zxid};

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
    /// What loading the newest snapshot and replaying the log yields.
    pub last_zxid: Zxid,
    /// The last transaction of the txn log; `None` where there is none.
    pub log_end: Option<Zxid>,
}

/// What a peer knows after reading its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Loaded {
    /// acceptedEpoch.
    pub accepted_epoch: Epoch,
    /// currentEpoch.
    pub current_epoch: Epoch,
    /// Last logged zxid.
    pub last_zxid: Zxid,
}

impl Durable {
    /// The disk of a server that took part in `epoch` and logged up to `last`.
    pub const fn with_log(epoch: Epoch, last: Zxid) -> Self {
        Self {
            accepted_epoch: Some(epoch),
            current_epoch: Some(epoch),
            current_epoch_tmp: None,
            last_zxid: last,
            log_end: Some(last),
        }
    }

    /// The start-up checks.
    ///
    /// # Errors
    /// [`ExitCause::EpochFiles`] where acceptedEpoch is below currentEpoch, or the log is of a
    /// later epoch than currentEpoch and no `currentEpoch.tmp` explains it.
    pub fn load(&self) -> Result<Loaded, ExitCause> {
        let of_log = self.last_zxid.epoch();
        let mut current_epoch = self.current_epoch.unwrap_or(of_log);
        if of_log > current_epoch {
            current_epoch = self.current_epoch_tmp.ok_or(ExitCause::EpochFiles)?;
        }
        let accepted_epoch = self.accepted_epoch.unwrap_or(of_log);
        if accepted_epoch < current_epoch || of_log > current_epoch {
            return Err(ExitCause::EpochFiles);
        }
        Ok(Loaded {
            accepted_epoch,
            current_epoch,
            last_zxid: self.last_zxid,
        })
    }

    /// Takes one record that has become durable.
    pub const fn take(&mut self, record: &Record) {
        match record {
            Record::AcceptedEpoch(epoch) => self.accepted_epoch = Some(*epoch),
            Record::CurrentEpoch(epoch) => {
                self.current_epoch = Some(*epoch);
                self.current_epoch_tmp = None;
            }
            // The newest snapshot wins at start-up, so an older one changes nothing.
            Record::Snapshot(zxid) => {
                if zxid.0 > self.last_zxid.0 {
                    self.last_zxid = *zxid;
                }
            }
            Record::Truncate(zxid) => {
                if zxid.0 < self.last_zxid.0 {
                    self.last_zxid = *zxid;
                    self.log_end = Some(*zxid);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_files_take_the_epoch_of_the_log() {
        let disk = Durable {
            last_zxid: Zxid::make(Epoch(3), 7),
            ..Durable::default()
        };
        let loaded = disk.load().expect("starts");
        assert_eq!(
            (loaded.accepted_epoch, loaded.current_epoch),
            (Epoch(3), Epoch(3))
        );
    }

    #[test]
    fn accepted_below_current_refuses_to_start() {
        let disk = Durable {
            accepted_epoch: Some(Epoch(1)),
            current_epoch: Some(Epoch(2)),
            ..Durable::default()
        };
        assert_eq!(disk.load(), Err(ExitCause::EpochFiles));
    }

    #[test]
    fn a_log_ahead_of_current_epoch_needs_the_tmp_file() {
        let mut disk = Durable {
            accepted_epoch: Some(Epoch(2)),
            current_epoch: Some(Epoch(1)),
            last_zxid: Zxid::make(Epoch(2), 1),
            ..Durable::default()
        };
        assert_eq!(disk.load(), Err(ExitCause::EpochFiles));
        disk.current_epoch_tmp = Some(Epoch(2));
        assert_eq!(disk.load().expect("starts").current_epoch, Epoch(2));
        disk.take(&Record::CurrentEpoch(Epoch(2)));
        assert_eq!(
            (disk.current_epoch, disk.current_epoch_tmp),
            (Some(Epoch(2)), None)
        );
    }
    #[test]
    fn an_older_snapshot_changes_nothing_and_a_truncation_only_lowers() {
        let mut disk = Durable {
            last_zxid: Zxid(5),
            ..Durable::default()
        };
        for (record, last) in [
            (Record::Snapshot(Zxid(3)), 5),
            (Record::Snapshot(Zxid(9)), 9),
            (Record::Truncate(Zxid(12)), 9),
            (Record::Truncate(Zxid(4)), 4),
        ] {
            disk.take(&record);
            assert_eq!(disk.last_zxid, Zxid(last), "{record:?}");
        }
    }
}
