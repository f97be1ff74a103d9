//! One message on its way: late, or lost.
//!
//! TCP loses nothing and keeps the order. A message that is late makes everything behind it on its
//! connection late; one that is lost is sent again at the next retransmission time, 200 ms after it
//! was sent and then doubling, with everything behind it waiting in the receiver's kernel.

use super::{Argument, Fault, FaultKind, Parameter, Takes};
use crate::base::Micros;
use crate::protocol::Sid;
use crate::sim::World;
use crate::sim::command::Rejected;

const MESSAGE: Parameter = Parameter {
    name: "message",
    takes: Takes::Number {
        unit: "",
        least: 0,
        most: u64::MAX,
    },
    default: None,
};

pub(super) const DELAY_MESSAGE: FaultKind = FaultKind {
    key: "delayMessage",
    verb: "Delay the message",
    help: "fault-delay-message-help",
    parameters: &[
        MESSAGE,
        Parameter {
            name: "ms",
            takes: Takes::Number {
                unit: "ms",
                least: 1,
                most: 600_000,
            },
            default: Some(1_000),
        },
    ],
    make: |args| match args {
        [Argument::Number(message), Argument::Number(ms)] => Some(Fault::DelayMessage {
            message: *message,
            ms: *ms,
        }),
        _ => None,
    },
};

pub(super) const DROP_MESSAGE: FaultKind = FaultKind {
    key: "dropMessage",
    verb: "Drop the message",
    help: "fault-drop-message-help",
    parameters: &[MESSAGE],
    make: |args| match args {
        [Argument::Number(message)] => Some(Fault::DropMessage { message: *message }),
        _ => None,
    },
};

/// Only what is on the wire can be late or lost: not what a cut holds up, nor what waits to be sent
/// again.
pub(super) fn interfere(
    world: &mut World,
    message: u64,
    by: Option<Micros>,
) -> Result<Option<Sid>, Rejected> {
    let frame = world.network.frame(message);
    let frame = frame.ok_or(Rejected::UnknownMessage { message })?;
    let sender = frame.from.server();
    let on_the_wire = frame.arrives_at.is_some() && frame.sent_at <= world.now;
    let (network, mut moment) = world.wires();
    if on_the_wire && network.interfere(message, by, &mut moment) {
        Ok(sender)
    } else {
        Err(Rejected::HeldUp { message })
    }
}
