//! Faults: what can go wrong, one file a kind, one row each in the catalogue.
//!
//! A file holds what its kind checks, does, heals and is called. Standing faults compose: a link
//! is cut while any of them cuts it, and ends of faults undo only their own.

pub(super) mod crash;
mod link;
mod partition;
mod pause;

use serde::{Deserialize, Serialize};

use super::World;
use super::command::{Command, Rejected};
use super::parameter::{Argument, Parameter, Takes};
use super::process::Process;
use crate::base::{Micros, Set};
use crate::protocol::Sid;

/// A standing fault's number: the how-manieth injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u32);

/// Which ways of a link are meant.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Both.
    #[default]
    Both,
    /// Only what travels from the first to the second server.
    OneWay,
}

/// Something that goes wrong, or is put right again. In JSON: `{"type":"kill","sid":3}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type", deny_unknown_fields)]
pub enum Fault {
    /// `kill -9`: the process ends, its sockets close.
    Kill {
        /// The server.
        sid: Sid,
    },
    /// Power off: silence; nobody is told.
    PullPlug {
        /// The server.
        sid: Sid,
    },
    /// Start a process that is down; it boots from its disk.
    Restart {
        /// The server.
        sid: Sid,
    },
    /// SIGSTOP: the process freezes, its sockets stay.
    Pause {
        /// The server.
        sid: Sid,
    },
    /// SIGCONT.
    Resume {
        /// The server.
        sid: Sid,
    },
    /// Packets between two servers are silently dropped.
    Cut {
        /// The sender's side.
        from: Sid,
        /// The receiver's side.
        to: Sid,
        /// Which ways.
        #[serde(default)]
        direction: Direction,
    },
    /// Every link between `side` and the others is cut, both ways.
    Partition {
        /// The servers on one side.
        side: Set<Sid>,
    },
}

/// A fault that stands until it is healed: a pause, a cut, a partition.
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
pub const CATALOGUE: [FaultKind; 7] = [
    crash::KILL,
    crash::PULL_PLUG,
    crash::RESTART,
    pause::PAUSE,
    pause::RESUME,
    link::CUT,
    partition::PARTITION,
];

/// What a standing fault makes of a packet. The first verdict but `Pass` wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It does not concern this packet.
    Pass,
    /// The packet is lost on the way; its kernel will send it again.
    Drop,
}

impl Fault {
    /// What this fault, while it stands, makes of a packet between two servers.
    pub(super) fn judge(&self, from: Sid, to: Sid) -> Verdict {
        match self {
            Self::Cut {
                from: one,
                to: other,
                direction,
            } => link::judge((*one, *other, *direction), from, to),
            Self::Partition { side } => partition::judge(side, from, to),
            Self::Kill { .. }
            | Self::PullPlug { .. }
            | Self::Restart { .. }
            | Self::Pause { .. }
            | Self::Resume { .. } => Verdict::Pass,
        }
    }

    /// What it was made of, one for each parameter of its row.
    pub fn arguments(&self) -> Vec<Argument> {
        match self {
            Self::Kill { sid }
            | Self::PullPlug { sid }
            | Self::Restart { sid }
            | Self::Pause { sid }
            | Self::Resume { sid } => vec![Argument::Server(*sid)],
            Self::Cut {
                from,
                to,
                direction,
            } => vec![
                Argument::Server(*from),
                Argument::Server(*to),
                Argument::Number(u64::from(*direction == Direction::OneWay)),
            ],
            Self::Partition { side } => {
                vec![Argument::Servers(side.clone())]
            }
        }
    }

    /// Its row of the catalogue.
    pub const fn kind(&self) -> &'static FaultKind {
        match self {
            Self::Kill { .. } => &crash::KILL,
            Self::PullPlug { .. } => &crash::PULL_PLUG,
            Self::Restart { .. } => &crash::RESTART,
            Self::Pause { .. } => &pause::PAUSE,
            Self::Resume { .. } => &pause::RESUME,
            Self::Cut { .. } => &link::CUT,
            Self::Partition { .. } => &partition::PARTITION,
        }
    }
}

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
    }
}

fn inject(world: &mut World, fault: &Fault) -> Result<Option<Sid>, Rejected> {
    let standing = world.faults.len() >= FAULTS_MAX as usize;
    let (sid, stands) = match fault {
        Fault::Kill { sid } => (crash::kill(world, *sid)?, false),
        Fault::PullPlug { sid } => (crash::pull_plug(world, *sid)?, false),
        Fault::Restart { sid } => (crash::restart(world, *sid)?, false),
        Fault::Resume { sid } => (pause::resume(world, *sid)?, false),
        Fault::Pause { .. } | Fault::Cut { .. } | Fault::Partition { .. } if standing => {
            return Err(Rejected::TooManyFaults { limit: FAULTS_MAX });
        }
        Fault::Pause { sid } => (pause::pause(world, *sid)?, true),
        Fault::Cut {
            from,
            to,
            direction,
        } => (link::check(world, (*from, *to, *direction))?, true),
        Fault::Partition { side } => (partition::check(world, side)?, true),
    };
    let id = FaultId(world.injected);
    world.injected += 1;
    if stands {
        world.faults.push(ActiveFault {
            id,
            fault: fault.clone(),
            since: world.now,
        });
        recut(world);
    }
    Ok(sid)
}

/// Undoes a fault that no longer stands; the server it concerned, where it concerned one.
fn heal(world: &mut World, fault: &Fault) -> Option<Sid> {
    match fault {
        Fault::Pause { sid } => {
            pause::go_on(world, *sid);
            Some(*sid)
        }
        Fault::Cut { .. } | Fault::Partition { .. } => {
            recut(world);
            None
        }
        Fault::Kill { .. }
        | Fault::PullPlug { .. }
        | Fault::Restart { .. }
        | Fault::Resume { .. } => None,
    }
}

/// Lets the wires follow the standing faults.
fn recut(world: &mut World) {
    let mut cuts = Set::new();
    for &from in world.processes.keys() {
        for &to in world.processes.keys() {
            let verdict = world
                .faults
                .iter()
                .map(|active| active.fault.judge(from, to))
                .find(|verdict| *verdict != Verdict::Pass);
            if from != to && verdict.is_some() {
                cuts.insert((from, to));
            }
        }
    }
    let (network, mut moment) = world.wires();
    network.set_cuts(cuts, &mut moment);
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
