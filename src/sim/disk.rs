//! A server's disk: what was appended becomes durable later, one write after another.
//!
//! A crash, of the process or of the host alike, keeps what was synced and loses the rest. The
//! disk outlives the process; the process only learns of a write by its ticket.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::network::Moment;
use super::queue::Key;
use crate::base::Micros;
use crate::protocol::{Durable, Record, Sid, Ticket};

/// A dataDir with the writes under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Disk {
    durable: Durable,
    /// Appended, not yet synced; oldest first, with how long its sync takes.
    pending: VecDeque<(Record, Ticket, Micros)>,
    sync: Option<Key>,
}

impl Disk {
    /// How many writes may wait. A peer waits for its epoch files before it goes on, so that a
    /// handful is normal; what comes beyond is dropped and never reported as durable.
    pub(crate) const CAPACITY: usize = 1_024;

    pub(crate) fn new(durable: Durable) -> Self {
        Self {
            durable,
            ..Self::default()
        }
    }

    /// What a crash now would leave.
    pub(crate) const fn durable(&self) -> &Durable {
        &self.durable
    }

    /// Appends a record whose fsync takes `fsync` once those before it are done.
    pub(crate) fn append(
        &mut self,
        sid: Sid,
        (record, ticket): (Record, Ticket),
        fsync: Micros,
        moment: &mut Moment<'_>,
    ) {
        if self.pending.len() >= Self::CAPACITY {
            return;
        }
        self.pending.push_back((record, ticket, fsync));
        self.schedule(sid, moment);
    }

    fn schedule(&mut self, sid: Sid, moment: &mut Moment<'_>) {
        if self.sync.is_none()
            && let Some((_, _, fsync)) = self.pending.front()
        {
            let at = moment.now + *fsync;
            self.sync = Some(moment.queue.push(at, Event::Synced(sid)));
        }
    }

    /// The oldest write is durable; which one it was.
    pub(crate) fn synced(&mut self, sid: Sid, moment: &mut Moment<'_>) -> Option<Ticket> {
        self.sync = None;
        let (record, ticket, _) = self.pending.pop_front()?;
        self.durable.take(&record);
        self.schedule(sid, moment);
        Some(ticket)
    }

    /// The process or the host died: what was not synced never was.
    pub(crate) fn crash(&mut self, moment: &mut Moment<'_>) {
        moment.queue.clear(&mut self.sync);
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Epoch;
    use crate::sim::queue::EventQueue;

    const SID: Sid = Sid(1);
    const FSYNC: Micros = Micros(700);

    fn accepted(epoch: i64, ticket: u64) -> (Record, Ticket) {
        (Record::AcceptedEpoch(Epoch(epoch)), Ticket(ticket))
    }

    #[test]
    fn writes_become_durable_one_after_another() {
        let mut queue = EventQueue::new();
        let mut disk = Disk::default();
        let mut moment = Moment {
            now: Micros(100),
            queue: &mut queue,
        };
        disk.append(SID, accepted(1, 7), FSYNC, &mut moment);
        disk.append(SID, accepted(2, 8), FSYNC, &mut moment);
        assert_eq!(disk.durable().accepted_epoch, None);
        assert_eq!(moment.queue.next_at(), Some(Micros(800)));
        moment.queue.pop();
        moment.now = Micros(800);
        assert_eq!(disk.synced(SID, &mut moment), Some(Ticket(7)));
        assert_eq!(disk.durable().accepted_epoch, Some(Epoch(1)));
        assert_eq!(moment.queue.next_at(), Some(Micros(1_500)));
    }

    #[test]
    fn a_crash_loses_what_was_not_synced() {
        let mut queue = EventQueue::new();
        let mut disk = Disk::default();
        let mut moment = Moment {
            now: Micros::ZERO,
            queue: &mut queue,
        };
        disk.append(SID, accepted(1, 0), FSYNC, &mut moment);
        disk.crash(&mut moment);
        assert!(moment.queue.is_empty());
        assert_eq!(disk.synced(SID, &mut moment), None);
        assert_eq!(disk.durable(), &Durable::default());
    }

    #[test]
    fn the_queue_of_writes_is_bounded() {
        let mut queue = EventQueue::new();
        let mut disk = Disk::default();
        let mut moment = Moment {
            now: Micros::ZERO,
            queue: &mut queue,
        };
        for n in 0..3_000 {
            disk.append(SID, accepted(1, n), FSYNC, &mut moment);
        }
        assert_eq!(disk.pending.len(), Disk::CAPACITY);
        assert_eq!(moment.queue.len(), 1);
    }
}
