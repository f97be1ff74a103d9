//! Links that are worse than usual, one way or both: cut, slow, uneven, lossy.
//!
//! Nobody is told. Where packets are dropped, kernels send again, dials find no answer, and whoever
//! waits has to time out. Where some are lost, each loss costs a retransmission time that doubles,
//! as if a loss were always found by time-out and never by what arrives after it; what is lost
//! sixteen times in a row is given up when its kernel gives up. Standing faults compose: delays
//! add up, and a packet has to survive every loss.

use super::{Argument, Direction, Fault, FaultKind, Parameter, Takes, Ways, process};
use crate::base::{Map, Micros, Set};
use crate::protocol::Sid;
use crate::sim::command::Rejected;
use crate::sim::network::{LinkFaults, Shape};
use crate::sim::{ClientId, Node, World};

const FROM: Parameter = Parameter::server("from");
const TO: Parameter = Parameter::server("to");
const DIRECTION: Parameter = Parameter {
    name: "direction",
    takes: Takes::Choice(&["both", "oneWay"]),
    default: Some(0),
};

pub(super) const CUT: FaultKind = FaultKind {
    key: "cut",
    verb: "Cut the link",
    help: "fault-cut-help",
    parameters: &[FROM, TO, DIRECTION],
    make: |args| {
        let [from, to, way] = args else { return None };
        let (from, to, direction) = link(from, to, way)?;
        Some(Fault::Cut {
            from,
            to,
            direction,
        })
    },
};

pub(super) const DELAY: FaultKind = FaultKind {
    key: "delay",
    verb: "Slow the link",
    help: "fault-delay-help",
    parameters: &[
        FROM,
        TO,
        DIRECTION,
        Parameter {
            name: "ms",
            takes: Takes::Number {
                unit: "ms",
                least: 0,
                most: 60_000,
            },
            default: Some(100),
        },
        Parameter {
            name: "jitterMs",
            takes: Takes::Number {
                unit: "ms",
                least: 0,
                most: 60_000,
            },
            default: Some(0),
        },
    ],
    make: |args| {
        let [
            from,
            to,
            way,
            Argument::Number(ms),
            Argument::Number(jitter_ms),
        ] = args
        else {
            return None;
        };
        let (from, to, direction) = link(from, to, way)?;
        Some(Fault::Delay {
            from,
            to,
            direction,
            ms: *ms,
            jitter_ms: *jitter_ms,
        })
    },
};

pub(super) const LOSS: FaultKind = FaultKind {
    key: "loss",
    verb: "Lose packets",
    help: "fault-loss-help",
    parameters: &[
        FROM,
        TO,
        DIRECTION,
        Parameter {
            name: "permille",
            takes: Takes::Number {
                unit: "‰",
                least: 1,
                most: 1_000,
            },
            default: Some(100),
        },
    ],
    make: |args| {
        let [from, to, way, Argument::Number(permille)] = args else {
            return None;
        };
        let (from, to, direction) = link(from, to, way)?;
        Some(Fault::Loss {
            from,
            to,
            direction,
            permille: *permille,
        })
    },
};

pub(super) const CUT_CLIENT: FaultKind = FaultKind {
    key: "cutClient",
    verb: "Cut a client off",
    help: "fault-cut-client-help",
    parameters: &[
        Parameter {
            name: "id",
            takes: Takes::Client,
            default: None,
        },
        Parameter::server("sid"),
        Parameter {
            name: "direction",
            takes: Takes::Choice(&["both", "toServer", "toClient"]),
            default: Some(0),
        },
    ],
    make: |args| {
        let [
            Argument::Client(id),
            Argument::Server(sid),
            Argument::Number(ways),
        ] = args
        else {
            return None;
        };
        let direction = match ways {
            0 => Ways::Both,
            1 => Ways::ToServer,
            2 => Ways::ToClient,
            _ => return None,
        };
        Some(Fault::CutClient {
            id: *id,
            sid: *sid,
            direction,
        })
    },
};

fn link(from: &Argument, to: &Argument, way: &Argument) -> Option<(Sid, Sid, Direction)> {
    let (Argument::Server(from), Argument::Server(to), Argument::Number(way)) = (from, to, way)
    else {
        return None;
    };
    let direction = match way {
        0 => Direction::Both,
        1 => Direction::OneWay,
        _ => return None,
    };
    Some((*from, *to, direction))
}

/// A link needs two ends that exist.
pub(super) fn check(world: &World, from: Sid, to: Sid) -> Result<Option<Sid>, Rejected> {
    process(world, from)?;
    process(world, to)?;
    if from == to {
        return Err(Rejected::SameServer { sid: from });
    }
    Ok(None)
}

/// Refused where other cuts already do all that this one would. A partition across the same link
/// does not count: it may be healed before.
pub(super) fn check_cut(
    world: &World,
    (from, to, direction): (Sid, Sid, Direction),
) -> Result<Option<Sid>, Rejected> {
    check(world, from, to)?;
    let is_cut = |from, to| {
        world.faults.iter().any(|active| {
            matches!(active.fault, Fault::Cut { .. }) && concerns(&active.fault, from, to)
        })
    };
    if is_cut(from, to) && (direction == Direction::OneWay || is_cut(to, from)) {
        return Err(Rejected::AlreadyCut { from, to });
    }
    Ok(None)
}

/// Refused where there are no such ends, or where other cuts already do all that this one would.
pub(super) fn check_client(
    world: &World,
    (id, sid, direction): (ClientId, Sid, Ways),
) -> Result<Option<Sid>, Rejected> {
    if !world.clients.contains_key(&id) {
        return Err(Rejected::UnknownClient { id });
    }
    process(world, sid)?;
    let mut cuts = Set::new();
    for active in &world.faults {
        cut_client(&mut cuts, &active.fault);
    }
    let before = cuts.len();
    let fault = Fault::CutClient { id, sid, direction };
    cut_client(&mut cuts, &fault);
    if cuts.len() == before {
        return Err(Rejected::ClientCut { id, sid });
    }
    Ok(None)
}

/// Adds the ways that a client's cut takes away.
fn cut_client(cuts: &mut Set<(Node, Node)>, fault: &Fault) {
    let Fault::CutClient { id, sid, direction } = fault else {
        return;
    };
    let (client, server) = (Node::Client(*id), Node::Server(*sid));
    if *direction != Ways::ToClient {
        cuts.insert((client, server));
    }
    if *direction != Ways::ToServer {
        cuts.insert((server, client));
    }
}

/// True where what travels from one server to the other is meant.
fn concerns(fault: &Fault, from: Sid, to: Sid) -> bool {
    fault.link().is_some_and(|(one, other, direction)| {
        (from, to) == (one, other) || direction == Direction::Both && (from, to) == (other, one)
    })
}

/// Lets the wires follow the standing faults.
pub(super) fn follow(world: &mut World) {
    let mut found = LinkFaults {
        cuts: Set::new(),
        shapes: Map::new(),
    };
    for &from in world.processes.keys() {
        for &to in world.processes.keys().filter(|to| **to != from) {
            let way = (Node::Server(from), Node::Server(to));
            for active in &world.faults {
                worsen(&mut found, &active.fault, (from, to), way);
            }
        }
    }
    for active in &world.faults {
        cut_client(&mut found.cuts, &active.fault);
    }
    let (network, mut moment) = world.wires();
    network.set_faults(found, &mut moment);
}

fn worsen(found: &mut LinkFaults, fault: &Fault, (from, to): (Sid, Sid), way: (Node, Node)) {
    if let Fault::Partition { side } = fault
        && side.contains(&from) != side.contains(&to)
    {
        found.cuts.insert(way);
    }
    if !concerns(fault, from, to) {
        return;
    }
    if let Fault::Cut { .. } = fault {
        found.cuts.insert(way);
        return;
    }
    let shape: &mut Shape = found.shapes.or_default(way);
    if let Fault::Delay { ms, jitter_ms, .. } = fault {
        shape.delay += Micros::from_ms(*ms);
        shape.jitter += Micros::from_ms(*jitter_ms);
    }
    if let Fault::Loss { permille, .. } = fault {
        let lost = u32::try_from(*permille).unwrap_or(1_000).min(1_000);
        // What the one lets through, the other may still lose.
        shape.loss_permille += (1_000 - shape.loss_permille) * lost / 1_000;
    }
}
