//! SIGTERM: a process that is asked to end, and does in a while.
//!
//! A quorum peer has no shutdown hook of its own: the virtual machine runs those of its libraries
//! while all threads go on, then halts, and the kernel closes the sockets. What was flushed to be
//! synced is in the kernel's hands and stays. A stopped process has the signal waiting until it is
//! continued.
//! Source: `QuorumPeerMain.java`, `initializeAndRun`; `java.lang.Runtime`, shutdown sequence.

use super::{Fault, FaultKind, SERVER, crash, one_server, process};
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::command::Rejected;
use crate::sim::event::Event;
use crate::sim::step::Power;

pub(super) const TERMINATE: FaultKind = FaultKind {
    key: "terminate",
    verb: "Stop the process",
    help: "fault-terminate-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::Terminate {
            sid: one_server(args)?,
        })
    },
};

/// Asking twice changes nothing.
pub(super) fn terminate(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    match process(world, sid)?.power {
        Power::Off | Power::Killed | Power::Unplugged => return Err(Rejected::Down { sid }),
        Power::Starting | Power::Up | Power::Paused => {}
    }
    if let Some(process) = world.processes.get_mut(&sid) {
        process.asked_to_end = true;
    }
    take_signal(world, sid);
    Ok(Some(sid))
}

/// A process that runs and was asked to end begins to.
pub(super) fn take_signal(world: &mut World, sid: Sid) {
    let table = world.network.links().tables().halt;
    let Some(process) = world.processes.get_mut(&sid) else {
        return;
    };
    if process.asked_to_end && process.halt.is_none() && process.power != Power::Paused {
        let at = world.now + world.network.links_mut().of_process(sid, table);
        process.halt = Some(world.queue.push(at, Event::Halt(sid)));
    }
}

/// The virtual machine halts. A process that was stopped meanwhile halts when it is continued.
pub(in crate::sim) fn halt(world: &mut World, sid: Sid) {
    let Some(process) = world.processes.get_mut(&sid) else {
        return;
    };
    process.halt = None;
    if process.power != Power::Paused {
        process.disk.settle();
        crash::end_process(world, sid, Power::Off);
    }
}
