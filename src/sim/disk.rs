//! A server's disk: what was appended becomes durable later.
//!
//! Two things go on side by side: files that are replaced or written whole (epochs, snapshots),
//! one after another, each reported when it is durable; and the log, where appending is one thing
//! and the fsync another, which covers everything appended before it began. A crash, of the process
//! or of the host alike, keeps what was synced, and of the log any prefix of what was not. The disk
//! outlives the process; the process only learns of a write by its ticket.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::event::{Event, Part};
use super::network::Moment;
use super::queue::Key;
use crate::base::{Micros, Rng};
use crate::protocol::{Durable, Record, Sid, Ticket, Zxid};

/// A dataDir with the writes under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Disk {
    durable: Durable,
    /// Files under way; oldest first, with how long each one takes.
    files: VecDeque<(Record, Ticket, Micros)>,
    file_sync: Option<Key>,
    /// Appended to the log, not yet durable; oldest first.
    appended: VecDeque<Record>,
    log_sync: Option<LogSync>,
    /// Syncs asked for while one was under way, with how long each one takes.
    waiting: VecDeque<(Ticket, Micros)>,
    trouble: Trouble,
}

/// What standing faults make of a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Trouble {
    /// Added to every sync that begins.
    pub(crate) slower_by: Micros,
    /// Nothing becomes durable.
    pub(crate) stalled: bool,
}

/// An fsync of the log under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct LogSync {
    /// `None` while the disk is stalled.
    event: Option<Key>,
    /// How long it takes.
    takes: Micros,
    /// How many of the appended it covers.
    covers: usize,
    tickets: Vec<Ticket>,
}

impl Disk {
    /// How many writes of a kind may wait. What comes beyond is dropped and never reported as
    /// durable; a peer waits for its epoch files and batches its log, so that it stays far below.
    pub(crate) const CAPACITY: usize = 65_536;

    pub(crate) fn new(durable: Durable) -> Self {
        Self {
            durable,
            ..Self::default()
        }
    }

    /// What a crash now would leave at the least.
    pub(crate) const fn durable(&self) -> &Durable {
        &self.durable
    }

    /// Shares with another disk what both hold alike.
    pub(crate) fn share(&mut self, other: &Durable) {
        self.durable.log.share(&other.log);
    }

    #[cfg(test)]
    pub(crate) const fn durable_mut(&mut self) -> &mut Durable {
        &mut self.durable
    }

    /// The transactions that a crash now might lose, oldest first.
    pub(crate) fn unsynced(&self) -> impl Iterator<Item = Zxid> + '_ {
        self.appended.iter().filter_map(|record| match record {
            Record::Append(txn) => Some(txn.zxid),
            Record::AcceptedEpoch(_)
            | Record::CurrentEpoch(_)
            | Record::Snapshot(_)
            | Record::Truncate(_)
            | Record::Roll => None,
        })
    }

    /// Writes a file, which takes `fsync` once those before it are done.
    pub(crate) fn persist(
        &mut self,
        sid: Sid,
        (record, ticket): (Record, Ticket),
        fsync: Micros,
        moment: &mut Moment<'_>,
    ) {
        if self.files.len() >= Self::CAPACITY {
            return;
        }
        self.files.push_back((record, ticket, fsync));
        self.schedule_file(sid, moment);
    }

    /// Appends to the log.
    pub(crate) fn write(&mut self, record: Record) {
        if self.appended.len() < Self::CAPACITY {
            self.appended.push_back(record);
        }
    }

    /// Makes durable what was appended before the sync begins: now, or when one that is under way
    /// has ended, together with all others asked for meanwhile.
    pub(crate) fn fsync(
        &mut self,
        sid: Sid,
        ticket: Ticket,
        fsync: Micros,
        moment: &mut Moment<'_>,
    ) {
        if self.waiting.len() < Self::CAPACITY {
            self.waiting.push_back((ticket, fsync));
            self.schedule_log(sid, moment);
        }
    }

    fn schedule_file(&mut self, sid: Sid, moment: &mut Moment<'_>) {
        if self.file_sync.is_none()
            && !self.trouble.stalled
            && let Some((_, _, fsync)) = self.files.front()
        {
            let at = moment.now + *fsync + self.trouble.slower_by;
            self.file_sync = Some(moment.queue.push(at, Event::Synced(sid, Part::Files)));
        }
    }

    fn schedule_log(&mut self, sid: Sid, moment: &mut Moment<'_>) {
        if self.log_sync.is_none()
            && let Some((_, fsync)) = self.waiting.front()
        {
            let takes = *fsync + self.trouble.slower_by;
            let mut tickets = Vec::new();
            while let Some((ticket, _)) = self.waiting.pop_front() {
                tickets.push(ticket);
            }
            let goes_on = !self.trouble.stalled;
            let done = Event::Synced(sid, Part::Log);
            self.log_sync = Some(LogSync {
                event: goes_on.then(|| moment.queue.push(moment.now + takes, done)),
                takes,
                covers: self.appended.len(),
                tickets,
            });
        }
    }

    /// A sync has ended; the tickets it was asked for with, in order.
    pub(crate) fn synced(&mut self, sid: Sid, part: Part, moment: &mut Moment<'_>) -> Vec<Ticket> {
        match part {
            Part::Files => {
                self.file_sync = None;
                let Some((record, ticket, _)) = self.files.pop_front() else {
                    return Vec::new();
                };
                self.durable.take(&record);
                self.schedule_file(sid, moment);
                vec![ticket]
            }
            Part::Log => {
                let Some(sync) = self.log_sync.take() else {
                    return Vec::new();
                };
                self.keep(sync.covers);
                self.schedule_log(sid, moment);
                sync.tickets
            }
        }
    }

    /// Other faults stand from now on. A sync that was stalled begins anew when it can go on.
    pub(crate) fn suffer(&mut self, sid: Sid, trouble: Trouble, moment: &mut Moment<'_>) {
        let was_stalled = self.trouble.stalled;
        self.trouble = trouble;
        if trouble.stalled {
            moment.queue.clear(&mut self.file_sync);
            if let Some(sync) = &mut self.log_sync {
                moment.queue.clear(&mut sync.event);
            }
        } else if was_stalled {
            self.schedule_file(sid, moment);
            if let Some(sync) = &mut self.log_sync {
                let done = Event::Synced(sid, Part::Log);
                sync.event = Some(moment.queue.push(moment.now + sync.takes, done));
            }
        }
    }

    /// The process ends in order: what a sync under way covers was handed to the kernel, and stays.
    pub(crate) fn settle(&mut self) {
        if let Some(sync) = &mut self.log_sync {
            let covers = core::mem::take(&mut sync.covers);
            self.keep(covers);
        }
    }

    /// The power is gone: whatever was not synced never was.
    pub(crate) fn lose_unsynced(&mut self) {
        self.appended.clear();
        self.files.clear();
    }

    /// The data directory is emptied. The machine under it stays as it is.
    pub(crate) fn wipe(&mut self) {
        *self = Self {
            trouble: self.trouble,
            ..Self::default()
        };
    }

    /// The oldest of the appended are durable.
    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(record) = self.appended.pop_front() {
                self.durable.take(&record);
            }
        }
    }

    /// The process or the host died. Of the log's unsynced end any prefix may have reached the
    /// disk; of a file under way nothing but, perhaps, a complete `currentEpoch.tmp`.
    pub(crate) fn crash(&mut self, rng: &mut Rng, moment: &mut Moment<'_>) {
        moment.queue.clear(&mut self.file_sync);
        if let Some(mut sync) = self.log_sync.take().map(|sync| sync.event) {
            moment.queue.clear(&mut sync);
        }
        if let Some((Record::CurrentEpoch(epoch), ..)) = self.files.front()
            && rng.below(2) == 0
        {
            self.durable.current_epoch_tmp = Some(*epoch);
        }
        if !self.appended.is_empty() {
            let most = self.appended.len() as u64;
            self.keep(usize::try_from(rng.below(most + 1)).unwrap_or_default());
        }
        self.durable.close_log();
        self.files.clear();
        self.appended.clear();
        self.waiting.clear();
    }
}

#[cfg(test)]
#[path = "disk_tests.rs"]
mod tests;
