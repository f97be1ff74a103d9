//! Claims about a disk: order, group commit, crashes.

use std::sync::Arc;

use super::*;
use crate::protocol::{Cxid, Epoch, SessionId, Txn, TxnBody, Zxid};
use crate::sim::queue::EventQueue;

const SID: Sid = Sid(1);
const FSYNC: Micros = Micros(700);

fn accepted(epoch: i64, ticket: u64) -> (Record, Ticket) {
    (Record::AcceptedEpoch(Epoch(epoch)), Ticket(ticket))
}

fn append(zxid: i64) -> Record {
    Record::Append(Arc::new(Txn {
        zxid: Zxid(zxid),
        session: SessionId(0),
        cxid: Cxid(0),
        body: TxnBody::Multi(Vec::new()),
    }))
}

const fn moment(queue: &mut EventQueue) -> Moment<'_> {
    Moment {
        now: Micros(100),
        queue,
    }
}

#[test]
fn files_become_durable_one_after_another() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    disk.persist(SID, accepted(1, 7), FSYNC, &mut moment);
    disk.persist(SID, accepted(2, 8), FSYNC, &mut moment);
    assert_eq!(disk.durable().accepted_epoch, None);
    assert_eq!(moment.queue.next_at(), Some(Micros(800)));
    moment.queue.pop();
    moment.now = Micros(800);
    assert_eq!(disk.synced(SID, Part::Files, &mut moment), [Ticket(7)]);
    assert_eq!(disk.durable().accepted_epoch, Some(Epoch(1)));
    assert_eq!(moment.queue.next_at(), Some(Micros(1_500)));
}

#[test]
fn one_fsync_covers_what_was_appended_before_it_began_and_nothing_later() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    disk.write(append(1));
    disk.write(append(2));
    disk.fsync(SID, Ticket(1), FSYNC, &mut moment);
    disk.write(append(3));
    assert_eq!(disk.durable().last_zxid(), Zxid(0));
    assert_eq!(disk.synced(SID, Part::Log, &mut moment), [Ticket(1)]);
    assert_eq!(disk.durable().last_zxid(), Zxid(2));
}

#[test]
fn syncs_asked_for_meanwhile_become_one() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    for n in 1..=3 {
        disk.write(append(n));
        disk.fsync(SID, Ticket(n.unsigned_abs()), FSYNC, &mut moment);
    }
    assert_eq!(moment.queue.len(), 1);
    assert_eq!(disk.synced(SID, Part::Log, &mut moment), [Ticket(1)]);
    assert_eq!(disk.durable().last_zxid(), Zxid(1));
    let both = [Ticket(2), Ticket(3)];
    assert_eq!(disk.synced(SID, Part::Log, &mut moment), both);
    assert_eq!(disk.durable().last_zxid(), Zxid(3));
}

#[test]
fn a_file_does_not_wait_for_the_log() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    disk.write(append(1));
    disk.fsync(SID, Ticket(1), Micros(9_000), &mut moment);
    disk.persist(SID, accepted(1, 2), FSYNC, &mut moment);
    assert_eq!(moment.queue.next_at(), Some(Micros(800)));
}

#[test]
fn a_crash_loses_files_under_way_and_keeps_any_prefix_of_the_log() {
    let mut seen = [false; 4];
    for seed in 0..64 {
        let mut queue = EventQueue::new();
        let mut disk = Disk::default();
        let mut moment = moment(&mut queue);
        disk.write(append(1));
        disk.fsync(SID, Ticket(0), FSYNC, &mut moment);
        disk.synced(SID, Part::Log, &mut moment);
        moment.queue.pop();
        for n in 2..=4 {
            disk.write(append(n));
        }
        disk.fsync(SID, Ticket(1), FSYNC, &mut moment);
        disk.persist(SID, accepted(1, 2), FSYNC, &mut moment);
        disk.crash(&mut Rng::new(seed), &mut moment);
        assert!(moment.queue.is_empty());
        assert_eq!(disk.synced(SID, Part::Files, &mut moment), []);
        assert_eq!(disk.synced(SID, Part::Log, &mut moment), []);
        assert_eq!(disk.durable().accepted_epoch, None);
        let last = disk.durable().last_zxid().0;
        assert_eq!(
            disk.durable().log.txns().count() as u64,
            last.unsigned_abs()
        );
        seen[usize::try_from(last - 1).expect("the synced one stays")] = true;
    }
    assert_eq!(seen, [true; 4]);
}

#[test]
fn a_crash_may_leave_the_temporary_file_of_current_epoch() {
    let mut left = [false; 2];
    for seed in 0..32 {
        let mut queue = EventQueue::new();
        let mut disk = Disk::default();
        let mut moment = moment(&mut queue);
        let record = (Record::CurrentEpoch(Epoch(2)), Ticket(1));
        disk.persist(SID, record, FSYNC, &mut moment);
        disk.crash(&mut Rng::new(seed), &mut moment);
        assert_eq!(disk.durable().current_epoch, None);
        left[usize::from(disk.durable().current_epoch_tmp.is_some())] = true;
    }
    assert_eq!(left, [true; 2]);
}

#[test]
fn the_queue_of_writes_is_bounded() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    for n in 0..70_000 {
        disk.persist(SID, accepted(1, n), FSYNC, &mut moment);
        disk.write(append(1));
    }
    assert_eq!(disk.files.len(), Disk::CAPACITY);
    assert_eq!(disk.appended.len(), Disk::CAPACITY);
    assert_eq!(moment.queue.len(), 1);
}

const STALLED: Trouble = Trouble {
    slower_by: Micros::ZERO,
    stalled: true,
};

#[test]
fn a_stalled_disk_reports_nothing_and_begins_anew_when_it_goes_on() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    disk.persist(SID, accepted(1, 7), FSYNC, &mut moment);
    disk.write(append(1));
    disk.fsync(SID, Ticket(1), FSYNC, &mut moment);
    disk.suffer(SID, STALLED, &mut moment);
    assert!(moment.queue.is_empty());
    disk.fsync(SID, Ticket(2), FSYNC, &mut moment);
    disk.persist(SID, accepted(2, 8), FSYNC, &mut moment);
    assert!(moment.queue.is_empty());
    moment.now = Micros(5_000);
    disk.suffer(SID, Trouble::default(), &mut moment);
    assert_eq!(moment.queue.len(), 2);
    assert_eq!(moment.queue.next_at(), Some(Micros(5_700)));
    assert_eq!(disk.synced(SID, Part::Log, &mut moment), [Ticket(1)]);
}

#[test]
fn a_sync_asked_for_while_the_disk_is_stalled_is_done_afterwards() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    disk.suffer(SID, STALLED, &mut moment);
    disk.write(append(1));
    disk.fsync(SID, Ticket(1), FSYNC, &mut moment);
    assert!(moment.queue.is_empty());
    disk.suffer(SID, Trouble::default(), &mut moment);
    assert_eq!(moment.queue.next_at(), Some(Micros(800)));
    assert_eq!(disk.synced(SID, Part::Log, &mut moment), [Ticket(1)]);
    assert_eq!(disk.durable().last_zxid(), Zxid(1));
}

#[test]
fn a_slow_disk_delays_the_syncs_that_begin_from_now_on() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    let slow = Trouble {
        slower_by: Micros(9_000),
        stalled: false,
    };
    disk.suffer(SID, slow, &mut moment);
    disk.write(append(1));
    disk.fsync(SID, Ticket(1), FSYNC, &mut moment);
    assert_eq!(moment.queue.next_at(), Some(Micros(9_800)));
}

#[test]
fn power_loss_takes_every_unsynced_write_and_an_orderly_end_what_no_sync_covers() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let mut queue = EventQueue::new();
        let mut moment = moment(&mut queue);
        let mut disk = Disk::default();
        disk.write(append(1));
        disk.write(append(2));
        disk.fsync(SID, Ticket(1), FSYNC, &mut moment);
        disk.write(append(3));
        let mut ended = disk.clone();
        disk.lose_unsynced();
        disk.crash(&mut rng, &mut moment);
        assert_eq!(disk.durable().last_zxid(), Zxid(0));
        ended.settle();
        ended.crash(&mut rng, &mut moment);
        assert!(ended.durable().last_zxid() >= Zxid(2));
    }
}

#[test]
fn a_wiped_disk_is_empty_and_as_slow_as_before() {
    let mut queue = EventQueue::new();
    let mut disk = Disk::default();
    let mut moment = moment(&mut queue);
    disk.suffer(SID, STALLED, &mut moment);
    disk.write(append(1));
    disk.settle();
    disk.wipe();
    assert_eq!(disk.durable(), &Durable::default());
    disk.fsync(SID, Ticket(1), FSYNC, &mut moment);
    assert!(moment.queue.is_empty());
}
