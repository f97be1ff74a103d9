//! A data directory that is emptied while its server is down.
//!
//! The server comes back as a new machine would: no epochs, no history. It may vote again for what
//! it has forgotten, which is the one thing no replicated log survives in a quorum's worth of
//! servers.

use super::{Fault, FaultKind, SERVER, one_server, process};
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::command::Rejected;
use crate::sim::step::Power;

pub(super) const WIPE_DISK: FaultKind = FaultKind {
    key: "wipeDisk",
    verb: "Wipe the disk",
    help: "fault-wipe-disk-help",
    parameters: SERVER,
    make: |args| {
        Some(Fault::WipeDisk {
            sid: one_server(args)?,
        })
    },
};

/// A process keeps its files open: only a server that is down can lose them in one piece.
pub(super) fn wipe(world: &mut World, sid: Sid) -> Result<Option<Sid>, Rejected> {
    match process(world, sid)?.power {
        Power::Starting | Power::Up | Power::Paused => return Err(Rejected::Running { sid }),
        Power::Off | Power::Killed | Power::Unplugged => {}
    }
    if let Some(process) = world.processes.get_mut(&sid) {
        process.disk.wipe();
    }
    Ok(Some(sid))
}
