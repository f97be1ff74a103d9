//! A link on which packets are silently dropped, one way or both.
//!
//! Nobody is told: kernels send again, dials find no answer, and whoever waits has to time out.

use super::{Argument, Direction, Fault, FaultKind, Parameter, Takes, Verdict, process};
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::command::Rejected;

pub(super) const CUT: FaultKind = FaultKind {
    key: "cut",
    verb: "Cut the link",
    help: "fault-cut-help",
    parameters: &[
        Parameter::server("from"),
        Parameter::server("to"),
        Parameter {
            name: "direction",
            takes: Takes::Choice(&["both", "oneWay"]),
            default: Some(0),
        },
    ],
    make,
};

fn make(args: &[Argument]) -> Option<Fault> {
    let [
        Argument::Server(from),
        Argument::Server(to),
        Argument::Number(index),
    ] = args
    else {
        return None;
    };
    let direction = match index {
        0 => Direction::Both,
        1 => Direction::OneWay,
        _ => return None,
    };
    Some(Fault::Cut {
        from: *from,
        to: *to,
        direction,
    })
}

/// A link and the ways of it that are meant.
type Link = (Sid, Sid, Direction);

pub(super) fn judge((one, other, direction): Link, from: Sid, to: Sid) -> Verdict {
    let forth = (from, to) == (one, other);
    let back = direction == Direction::Both && (from, to) == (other, one);
    if forth || back {
        Verdict::Drop
    } else {
        Verdict::Pass
    }
}

/// Refused where other cuts already do all that this one would. A partition across the same link
/// does not count: it may be healed before.
pub(super) fn check(world: &World, (from, to, direction): Link) -> Result<Option<Sid>, Rejected> {
    process(world, from)?;
    process(world, to)?;
    if from == to {
        return Err(Rejected::SameServer { sid: from });
    }
    let is_cut = |from, to| {
        world.faults.iter().any(|active| {
            matches!(active.fault, Fault::Cut { .. })
                && active.fault.judge(from, to) == Verdict::Drop
        })
    };
    if is_cut(from, to) && (direction == Direction::OneWay || is_cut(to, from)) {
        return Err(Rejected::AlreadyCut { from, to });
    }
    Ok(None)
}
