//! Disks that are slow, or do not answer at all.
//!
//! `ZooKeeper` only warns when an fsync takes more than a second (`fsync.warningthresholdms`); it
//! waits for ever. A server whose disk stalls goes on reading and answering heartbeats and
//! acknowledges nothing.
//! Source: `FileTxnLog.java`, `commit`.

use super::{Argument, Fault, FaultKind, Parameter, SERVER, Takes, one_server};
use crate::base::Micros;
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::disk::Trouble;
use crate::sim::network::Moment;

pub(super) const SLOW_DISK: FaultKind = FaultKind {
    key: "slowDisk",
    verb: "Slow the disk",
    help: "fault-slow-disk-help",
    parameters: &[
        Parameter::server("sid"),
        Parameter {
            name: "ms",
            takes: Takes::Number {
                unit: "ms",
                least: 1,
                most: 60_000,
            },
            default: Some(500),
        },
    ],
    make: |args| match args {
        [Argument::Server(sid), Argument::Number(ms)] => {
            Some(Fault::SlowDisk { sid: *sid, ms: *ms })
        }
        _ => None,
    },
};

pub(super) const STALL_DISK: FaultKind = FaultKind {
    key: "stallDisk",
    verb: "Stall the disk",
    help: "fault-stall-disk-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::StallDisk {
            sid: one_server(args)?,
        })
    },
};

/// Lets a server's disk follow the standing faults: delays add up.
pub(super) fn follow(world: &mut World, sid: Sid) {
    let mut trouble = Trouble::default();
    for active in &world.faults {
        if let Fault::SlowDisk { sid: whose, ms } = active.fault
            && whose == sid
        {
            trouble.slower_by += Micros::from_ms(ms);
        }
        trouble.stalled |= active.fault == Fault::StallDisk { sid };
    }
    let mut moment = Moment {
        now: world.now,
        queue: &mut world.queue,
    };
    if let Some(process) = world.processes.get_mut(&sid) {
        process.disk.suffer(sid, trouble, &mut moment);
    }
}
