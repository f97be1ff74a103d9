//! SIGSTOP and SIGCONT: a process that does nothing while its kernel goes on answering for it.
//!
//! Connections stay, frames are acknowledged and wait, deadlines pass unnoticed. On SIGCONT what
//! waited is worked off first, then the deadlines that passed, by the time they were due.

use super::{Fault, FaultKind, SERVER, one_server, process};
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::command::Rejected;
use crate::sim::network::Moment;
use crate::sim::step::Power;

pub(super) const PAUSE: FaultKind = FaultKind {
    key: "pause",
    verb: "Pause the process",
    help: "fault-pause-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::Pause {
            sid: one_server(args)?,
        })
    },
};

pub(super) const RESUME: FaultKind = FaultKind {
    key: "resume",
    verb: "Resume the process",
    help: "fault-resume-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::Resume {
            sid: one_server(args)?,
        })
    },
};

/// A process that is still starting cannot be paused.
pub(super) fn pause(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    match process(world, sid)?.power {
        Power::Paused => return Err(Rejected::Paused { sid }),
        Power::Off | Power::Starting | Power::Killed | Power::Unplugged => {
            return Err(Rejected::Down { sid });
        }
        Power::Up => {}
    }
    let mut moment = Moment {
        now: world.now,
        queue: &mut world.queue,
    };
    if let Some(process) = world.processes.get_mut(&sid) {
        process.freeze(&mut moment);
    }
    Ok(Some(sid))
}

pub(super) fn resume(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    match process(world, sid)?.power {
        Power::Paused => {}
        Power::Up => return Err(Rejected::NotPaused { sid }),
        Power::Off | Power::Starting | Power::Killed | Power::Unplugged => {
            return Err(Rejected::Down { sid });
        }
    }
    world
        .faults
        .retain(|active| active.fault != Fault::Pause { sid });
    go_on(world, sid);
    Ok(Some(sid))
}

/// The process continues where it was stopped.
pub(super) fn go_on(world: &mut World, sid: Sid) {
    let now = world.now;
    if let Some(process) = world.processes.get_mut(&sid)
        && process.power == Power::Paused
    {
        process.set_power(Power::Up, now);
    }
    super::terminate::take_signal(world, sid);
    world.work_on(sid);
}
