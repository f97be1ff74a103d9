//! What a server's disk holds when a scenario begins, as it is written in JSON:
//! `{ "sid": 1, "epoch": 6, "lastZxid": "0x60000003c" }`.
//!
//! A server without one starts empty, as a freshly installed one does.

use crate::protocol::{Durable, Epoch, Sid, Zxid};

/// The history a server has behind it: both epoch files, and a log that ends with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Disk {
    /// The server.
    pub sid: Sid,
    /// acceptedEpoch and currentEpoch.
    pub epoch: Epoch,
    /// The last transaction of its log, as `ZooKeeper` writes it: `0x60000003c`.
    pub last_zxid: Zxid,
}

impl Disk {
    /// True where a server can start from it: the log is not of a later epoch than the files say.
    pub(super) fn is_consistent(&self) -> bool {
        let of_log = self.last_zxid.epoch();
        Epoch(0) <= of_log && of_log <= self.epoch && !self.last_zxid.is_new_epoch()
    }

    /// The same for the world.
    pub(super) fn durable(&self) -> Durable {
        Durable::with_log(self.epoch, self.last_zxid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_a_later_epoch_is_inconsistent() {
        let disk = |epoch, last_zxid| Disk {
            sid: Sid(1),
            epoch: Epoch(epoch),
            last_zxid,
        };
        assert!(!disk(5, Zxid::make(Epoch(6), 60)).is_consistent());
        assert!(!disk(6, Zxid::make(Epoch(6), 0)).is_consistent());
        let fine = disk(7, Zxid::make(Epoch(6), 60));
        assert!(fine.is_consistent() && fine.durable().last_zxid() == fine.last_zxid);
    }
}
