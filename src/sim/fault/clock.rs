//! A clock that runs fast or slow.
//!
//! `ZooKeeper` measures all its time-outs with `System.nanoTime`, which never jumps: a clock that
//! is merely wrong does nothing to it, one that runs at another rate shortens or lengthens every
//! deadline, those already set included.
//! Source: `Time.java`, `currentElapsedTime`.

use super::{Argument, Fault, FaultKind, Parameter, Takes};
use crate::protocol::Sid;
use crate::sim::network::Moment;
use crate::sim::{Clock, World};

pub(super) const DRIFT: FaultKind = FaultKind {
    key: "drift",
    verb: "Let the clock drift",
    help: "fault-drift-help",
    parameters: &[
        Parameter::server("sid"),
        Parameter {
            name: "ppm",
            takes: Takes::Signed {
                unit: "ppm",
                least: -Clock::MAX_DRIFT_PPM,
                most: Clock::MAX_DRIFT_PPM,
            },
            default: None,
        },
    ],
    make: |args| match args {
        [Argument::Server(sid), Argument::Signed(ppm)] => Some(Fault::Drift {
            sid: *sid,
            ppm: *ppm,
        }),
        _ => None,
    },
};

/// Lets a server's clock follow the standing faults: they add up.
pub(super) fn follow(world: &mut World, sid: Sid) {
    let mut added = 0;
    for active in &world.faults {
        if let Fault::Drift { sid: whose, ppm } = active.fault
            && whose == sid
        {
            added += ppm;
        }
    }
    let mut moment = Moment {
        now: world.now,
        queue: &mut world.queue,
    };
    if let Some(process) = world.processes.get_mut(&sid) {
        process.drift(added, &mut moment);
    }
}
