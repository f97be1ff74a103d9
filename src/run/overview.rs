//! What the reader did and what broke: the pins of the overview.

use super::branch::Branch;
use crate::base::Micros;
use crate::check::Violation;
use crate::sim::Command;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin<'a> {
    /// When.
    pub at: Micros,
    /// What.
    pub what: Pinned<'a>,
}

/// What a pin stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinned<'a> {
    /// The reader did something.
    Command(&'a Command),
    /// A promise was broken.
    Broken(&'a Violation),
}

/// All of a branch up to its horizon, in order; what a command broke follows it.
pub(super) fn pins(branch: &Branch) -> Vec<Pin<'_>> {
    let horizon = branch.horizon();
    let mut pins: Vec<Pin<'_>> = Vec::new();
    for timed in branch.commands() {
        if timed.at_us <= horizon {
            let what = Pinned::Command(&timed.command);
            pins.push(Pin {
                at: timed.at_us,
                what,
            });
        }
    }
    for violation in branch.violations() {
        let at = violation.at;
        let what = Pinned::Broken(violation);
        let place = pins.partition_point(|pin| pin.at <= at);
        pins.insert(place, Pin { at, what });
    }
    pins
}
