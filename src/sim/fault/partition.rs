//! A partition: every link between one side and the others drops packets, both ways.

use super::{Argument, Fault, FaultKind, Parameter, Takes, process};
use crate::base::Set;
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::command::Rejected;

pub(super) const PARTITION: FaultKind = FaultKind {
    key: "partition",
    verb: "Partition",
    help: "fault-partition-help",
    parameters: &[Parameter {
        name: "side",
        takes: Takes::Servers,
        default: None,
    }],
    make,
};

fn make(args: &[Argument]) -> Option<Fault> {
    let [Argument::Servers(side)] = args else {
        return None;
    };
    Some(Fault::Partition { side: side.clone() })
}

pub(super) fn check(world: &World, side: &Set<Sid>) -> Result<Option<Sid>, Rejected> {
    for &sid in side {
        process(world, sid)?;
    }
    if side.is_empty() || side.len() == world.processes.len() {
        return Err(Rejected::EmptySide);
    }
    Ok(None)
}
