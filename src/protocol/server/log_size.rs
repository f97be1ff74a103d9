//! How long the log on disk is since the last snapshot, as the stage that writes it believes.
//!
//! QUIRK(preallocation-counts): a file is as long as was made in advance, 64 MB unless told, from
//! its first transaction on; a `snapSizeLimitInKb` below that calls for a snapshot at each one.
//! With nothing made in advance only the header ever counts.
//! Source: `FileTxnLog.java, append, commit, getTotalLogSize`; `FilePadding.java, padFile`.

use serde::{Deserialize, Serialize};

use crate::protocol::server::txn::{Txn, TxnBody};

/// A file's header: magic, version, dbId.
const HEADER: u64 = 16;

/// So little room left makes the file longer.
const MARGIN: u64 = 4_096;

/// Bytes of the log's newest file; those before a roll do not count any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct LogSize {
    /// What was written up to the last flush; 0 before the file is begun.
    position: u64,
    unflushed: u64,
    /// As long as it was made in advance.
    padded: u64,
    /// As long as the file is.
    length: u64,
}

impl LogSize {
    /// A transaction is written behind the others.
    pub(super) fn append(&mut self, txn: &Txn, preallocated: u64) {
        if self.position == 0 {
            self.position = HEADER;
            self.padded = HEADER;
        }
        if preallocated > 0 && self.position + MARGIN >= self.padded {
            if self.position > self.padded {
                self.padded = self.position.saturating_add(preallocated);
                self.padded -= self.padded % preallocated;
            } else {
                self.padded = self.padded.saturating_add(preallocated);
            }
        }
        self.length = self.padded;
        self.unflushed += bytes(txn);
    }

    /// Everything written is flushed.
    pub(super) fn commit(&mut self) {
        self.position += self.unflushed;
        self.unflushed = 0;
        self.length = self.length.max(self.position);
    }

    /// How long the log is.
    pub(super) const fn total(&self) -> u64 {
        self.length
    }
}

/// As many bytes as a transaction is in a log: checksum, length, header, record, digest, end.
fn bytes(txn: &Txn) -> u64 {
    8 + 4 + 32 + record(&txn.body) + 12 + 1
}

fn text(text: &str) -> u64 {
    4 + text.len() as u64
}

fn record(body: &TxnBody) -> u64 {
    match body {
        TxnBody::CreateSession { .. } | TxnBody::Error(_) => 4,
        TxnBody::CloseSession { ephemerals } => {
            4 + ephemerals.iter().map(|path| text(path)).sum::<u64>()
        }
        // With the one ACL there is: everything for everybody.
        TxnBody::Create { path, data, .. } => text(path) + text(data) + 27 + 1 + 4,
        TxnBody::Delete { path } => text(path),
        TxnBody::SetData { path, data, .. } => text(path) + text(data) + 4,
        TxnBody::Check { path, .. } => text(path) + 4,
        TxnBody::Multi(parts) => 4 + parts.iter().map(|part| 8 + record(part)).sum::<u64>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testkit::{at, create};

    #[test]
    fn a_file_is_as_long_as_was_made_in_advance_and_grows_by_as_much() {
        let mut size = LogSize::default();
        assert_eq!(size.total(), 0);
        let large = "x".repeat(5_000);
        let mut lengths = Vec::new();
        for n in 1..=5 {
            size.append(&create(at(1, n), "/a", &large), 8_192);
            size.commit();
            lengths.push(size.total());
        }
        // 5,099 bytes each: the last one is written beyond what was made in advance.
        assert_eq!(lengths, [8_208, 16_400, 16_400, 24_592, 25_511]);
    }

    #[test]
    fn without_preallocation_it_is_as_long_as_what_is_flushed() {
        let mut size = LogSize::default();
        let txn = create(at(1, 1), "/a", "xyz");
        size.append(&txn, 0);
        assert_eq!(size.total(), HEADER);
        size.commit();
        assert_eq!(size.total(), HEADER + bytes(&txn));
        assert_eq!(bytes(&txn), 57 + (4 + 2) + (4 + 3) + 32);
    }

    #[test]
    fn what_outgrew_its_file_is_padded_to_a_whole_number_of_steps() {
        let mut size = LogSize::default();
        size.append(&create(at(1, 1), "/a", &"x".repeat(20_000)), 8_192);
        size.commit();
        let written = size.total();
        assert!(written > 20_000);
        size.append(&create(at(1, 2), "/b", ""), 8_192);
        assert_eq!(size.total(), 24_576);
    }
}
