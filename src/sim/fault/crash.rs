//! Processes and hosts that die, and their coming back.
//!
//! `kill -9` closes a process's sockets, after the kernel has torn it down: the others hear of it
//! in 10 to 30 ms. A host without power says nothing at all: the others have to miss it. Either
//! way the disk keeps what was synced, and everything in memory is gone.

use super::{Fault, FaultKind, SERVER, one_server, process};
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::command::Rejected;
use crate::sim::event::Event;
use crate::sim::network::Moment;
use crate::sim::step::Power;

pub(super) const KILL: FaultKind = FaultKind {
    key: "kill",
    verb: "Kill the process",
    help: "fault-kill-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::Kill {
            sid: one_server(args)?,
        })
    },
};

pub(super) const PULL_PLUG: FaultKind = FaultKind {
    key: "pullPlug",
    verb: "Pull the plug",
    help: "fault-pull-plug-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::PullPlug {
            sid: one_server(args)?,
        })
    },
};

pub(super) const POWER_LOSS: FaultKind = FaultKind {
    key: "powerLoss",
    verb: "Cut the power",
    help: "fault-power-loss-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::PowerLoss {
            sid: one_server(args)?,
        })
    },
};

pub(super) const RESTART: FaultKind = FaultKind {
    key: "restart",
    verb: "Restart",
    help: "fault-restart-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::Restart {
            sid: one_server(args)?,
        })
    },
};

pub(super) fn kill(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    match process(world, sid)?.power {
        Power::Off | Power::Killed | Power::Unplugged => Err(Rejected::Down { sid }),
        Power::Starting | Power::Up | Power::Paused => {
            end_process(world, sid, Power::Killed);
            Ok(Some(sid))
        }
    }
}

/// The plug of a host whose process is down already can be pulled: it then no longer refuses.
pub(super) fn pull_plug(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    if process(world, sid)?.power == Power::Unplugged {
        return Err(Rejected::Down { sid });
    }
    forget_pause(world, sid);
    let now = world.now;
    let mut moment = Moment {
        now,
        queue: &mut world.queue,
    };
    if let Some(process) = world.processes.get_mut(&sid) {
        process.die(&mut moment);
        moment.queue.clear(&mut process.teardown);
        process.set_power(Power::Unplugged, now);
    }
    world.network.host_died(sid.into(), &mut moment);
    Ok(Some(sid))
}

/// The plug is pulled at the worst moment: nothing that was not synced reaches the disk.
pub(super) fn power_loss(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    if process(world, sid)?.power == Power::Unplugged {
        return Err(Rejected::Down { sid });
    }
    if let Some(process) = world.processes.get_mut(&sid) {
        process.disk.lose_unsynced();
    }
    pull_plug(world, sid)
}

pub(super) fn restart(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    match process(world, sid)?.power {
        Power::Starting | Power::Up | Power::Paused => Err(Rejected::Running { sid }),
        Power::Unplugged => {
            let (network, mut moment) = world.wires();
            network.host_is_back(sid.into(), &mut moment);
            start(world, sid);
            Ok(Some(sid))
        }
        Power::Off | Power::Killed => {
            start(world, sid);
            Ok(Some(sid))
        }
    }
}

/// Starts a process: it is ready when its virtual machine is.
pub(in crate::sim) fn start(world: &mut World, sid: Sid) {
    let table = world.network.links().tables().boot;
    let ready_at = world.now + world.network.links_mut().of_process(sid, table);
    if let Some(process) = world.processes.get_mut(&sid) {
        world.queue.clear(&mut process.boot);
        process.boot = Some(world.queue.push(ready_at, Event::Boot(sid)));
        process.incarnation += 1;
        process.set_power(Power::Starting, world.now);
    }
}

/// A process ends, by a signal or by itself; its kernel closes its sockets shortly after.
pub(in crate::sim) fn end_process(world: &mut World, sid: Sid, power: Power) {
    forget_pause(world, sid);
    let table = world.network.links().tables().teardown;
    let closed_at = world.now + world.network.links_mut().of_process(sid, table);
    let now = world.now;
    let mut moment = Moment {
        now,
        queue: &mut world.queue,
    };
    if let Some(process) = world.processes.get_mut(&sid) {
        process.die(&mut moment);
        moment.queue.clear(&mut process.teardown);
        process.teardown = Some(moment.queue.push(closed_at, Event::Teardown(sid)));
        process.set_power(power, now);
    }
    world.network.process_died(sid.into(), &mut moment);
}

/// A process that is no more is not paused either.
fn forget_pause(world: &mut World, sid: Sid) {
    world
        .faults
        .retain(|active| active.fault != Fault::Pause { sid });
}
