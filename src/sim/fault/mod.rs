//! Faults: what can go wrong, one file a kind, one row each in the catalogue.
//!
//! A file holds what its kind checks, does, heals and is called. Standing faults compose: a link
//! is cut while any of them cuts it, and ends of faults undo only their own.

mod clock;
pub(super) mod crash;
mod disk;
mod kind;
mod link;
mod message;
mod partition;
mod pause;
mod plan;
pub(super) mod terminate;
mod wipe;

use serde::{Deserialize, Serialize};

use super::World;
use super::command::{Command, Rejected};
use super::parameter::{Argument, Parameter, Takes};
use super::process::Process;
use crate::base::Micros;
use crate::protocol::Sid;

pub use kind::{Direction, Fault, Ways};
pub use plan::{Trouble, describe, resolve, survivable};

/// A standing fault's number: the how-manieth injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u32);

/// A fault that stands until it is healed: a pause, a cut, a slow link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveFault {
    /// Its number.
    pub id: FaultId,
    /// What it is.
    pub fault: Fault,
    /// Since when.
    pub since: Micros,
}

/// A row of the catalogue: what menus and forms need to know of a kind of fault.
#[derive(Clone, Copy, Debug)]
pub struct FaultKind {
    /// Its name in JSON (`type`).
    pub key: &'static str,
    /// What the act is called.
    pub verb: &'static str,
    /// The key of its explanation among the texts.
    pub help: &'static str,
    /// What is asked for, in this order.
    pub parameters: &'static [Parameter],
    /// The fault these arguments make, one for each parameter; `None` where they do not fit.
    pub make: fn(&[Argument]) -> Option<Fault>,
}

impl PartialEq for FaultKind {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// The parameters of what concerns one server.
const SERVER: &[Parameter] = &[Parameter::server("sid")];

fn one_server(args: &[Argument]) -> Option<Sid> {
    match args {
        [Argument::Server(sid)] => Some(*sid),
        _ => None,
    }
}

/// All kinds of faults, in the order menus show them.
pub const CATALOGUE: [FaultKind; 18] = [
    crash::KILL,
    crash::PULL_PLUG,
    crash::RESTART,
    pause::PAUSE,
    pause::RESUME,
    link::CUT,
    partition::PARTITION,
    terminate::TERMINATE,
    crash::POWER_LOSS,
    wipe::WIPE_DISK,
    disk::SLOW_DISK,
    disk::STALL_DISK,
    link::DELAY,
    link::LOSS,
    link::CUT_CLIENT,
    message::DELAY_MESSAGE,
    message::DROP_MESSAGE,
    clock::DRIFT,
];

/// How many faults may stand at once.
pub const FAULTS_MAX: u32 = 256;

/// Lets a command take effect; the server it concerns, where it concerns one.
pub(super) fn command(world: &mut World, command: &Command) -> Result<Option<Sid>, Rejected> {
    match command {
        Command::Inject { fault } => inject(world, fault),
        Command::Heal { id } => {
            let found = world.faults.iter().position(|active| active.id == *id);
            let index = found.ok_or(Rejected::UnknownFault { id: *id })?;
            let healed = world.faults.remove(index);
            Ok(heal(world, &healed.fault))
        }
        Command::HealAll => {
            for healed in std::mem::take(&mut world.faults) {
                heal(world, &healed.fault);
            }
            Ok(None)
        }
        Command::AddClient { .. }
        | Command::KillClient { .. }
        | Command::PauseClient { .. }
        | Command::ResumeClient { .. }
        | Command::DisconnectClient { .. }
        | Command::CloseClient { .. }
        | Command::Request { .. } => Ok(None),
    }
}

fn inject(world: &mut World, fault: &Fault) -> Result<Option<Sid>, Rejected> {
    if fault.stands() && world.faults.len() >= FAULTS_MAX as usize {
        return Err(Rejected::TooManyFaults { limit: FAULTS_MAX });
    }
    let sid = begin(world, fault)?;
    let id = FaultId(world.injected);
    world.injected += 1;
    if fault.stands() {
        world.faults.push(ActiveFault {
            id,
            fault: fault.clone(),
            since: world.now,
        });
        follow(world, fault);
    }
    Ok(sid)
}

/// Lets a fault begin; the server it concerns, where it concerns one.
fn begin(world: &mut World, fault: &Fault) -> Result<Option<Sid>, Rejected> {
    match fault {
        Fault::Kill { sid } => crash::kill(world, *sid),
        Fault::PullPlug { sid } => crash::pull_plug(world, *sid),
        Fault::Restart { sid } => crash::restart(world, *sid),
        Fault::Pause { sid } => pause::pause(world, *sid),
        Fault::Resume { sid } => pause::resume(world, *sid),
        Fault::Cut {
            from,
            to,
            direction,
        } => link::check_cut(world, (*from, *to, *direction)),
        Fault::Delay { from, to, .. } | Fault::Loss { from, to, .. } => {
            link::check(world, *from, *to)
        }
        Fault::CutClient { id, sid, direction } => {
            link::check_client(world, (*id, *sid, *direction))
        }
        Fault::Partition { side } => partition::check(world, side),
        Fault::Terminate { sid } => terminate::terminate(world, *sid),
        Fault::WipeDisk { sid } => wipe::wipe(world, *sid),
        Fault::DelayMessage { message, ms } => {
            message::interfere(world, *message, Some(Micros::from_ms(*ms)))
        }
        Fault::DropMessage { message } => message::interfere(world, *message, None),
        Fault::PowerLoss { sid } => crash::power_loss(world, *sid),
        Fault::Drift { sid, .. } | Fault::SlowDisk { sid, .. } | Fault::StallDisk { sid } => {
            process(world, *sid).map(|_| Some(*sid))
        }
    }
}

/// Undoes a fault that no longer stands; the server it concerned, where it concerned one.
fn heal(world: &mut World, fault: &Fault) -> Option<Sid> {
    if let Fault::Pause { sid } = fault {
        pause::go_on(world, *sid);
        return Some(*sid);
    }
    follow(world, fault)
}

/// Lets wires, disks and clocks follow the standing faults, of which this one has come or gone; the
/// server it concerns, where it concerns one.
fn follow(world: &mut World, fault: &Fault) -> Option<Sid> {
    match fault {
        Fault::Cut { .. }
        | Fault::CutClient { .. }
        | Fault::Partition { .. }
        | Fault::Delay { .. }
        | Fault::Loss { .. } => {
            link::follow(world);
            None
        }
        Fault::Drift { sid, .. } => {
            clock::follow(world, *sid);
            Some(*sid)
        }
        Fault::SlowDisk { sid, .. } | Fault::StallDisk { sid } => {
            disk::follow(world, *sid);
            Some(*sid)
        }
        Fault::Kill { .. }
        | Fault::PullPlug { .. }
        | Fault::PowerLoss { .. }
        | Fault::Restart { .. }
        | Fault::Pause { .. }
        | Fault::Resume { .. }
        | Fault::Terminate { .. }
        | Fault::WipeDisk { .. }
        | Fault::DelayMessage { .. }
        | Fault::DropMessage { .. } => None,
    }
}

fn process(world: &World, sid: Sid) -> Result<&Process, Rejected> {
    world
        .processes
        .get(&sid)
        .ok_or(Rejected::UnknownServer { sid })
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
