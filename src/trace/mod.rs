//! What led to what: the steps of a window read as messages, causes and reasons.
//!
//! A step has one cause. Where that is a message, the step that sent it comes before; where it is
//! a deadline or a closed connection, what the deadline waited for, or what ended the other side.
//! Followed back, step by step, this is the causal past of anything, and its spine is the answer
//! to "why?".
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

mod past;
mod why;

pub use past::Past;
pub use why::{Chain, Question, is_telling};

use crate::base::{Map, Micros};
use crate::run::{Tape, Taped};
use crate::sim::{Cause, Frame, Node, Step};

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Handed to its receiver.
    Delivered,
    /// Where nobody was.
    Lost,
}

/// A message that ended in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow<'a> {
    /// The message.
    pub frame: &'a Frame,
    /// When it was sent.
    pub sent_at: Micros,
    /// When it ended.
    pub end_at: Micros,
    /// How.
    pub end: End,
}

/// The steps of a window, and which of them sent what.
#[derive(Clone, Debug)]
pub struct Trace<'a> {
    steps: &'a [Taped],
    /// The frames sent in the window, and the index of the step that sent each.
    senders: Map<u64, usize>,
}

impl<'a> Trace<'a> {
    /// Reads a tape.
    pub fn of(tape: &'a Tape) -> Self {
        let steps = tape.steps();
        let mut senders = Map::new();
        for (index, taped) in steps.iter().enumerate() {
            for id in &taped.step.sent {
                senders.insert(*id, index);
            }
        }
        Self { steps, senders }
    }

    /// The step at `index`.
    fn step(&self, index: usize) -> Option<&'a Step> {
        self.steps.get(index).map(|taped| &taped.step)
    }

    /// The step of that number.
    fn index_of(&self, seq: u64) -> Option<usize> {
        let index = self.steps.partition_point(|taped| taped.step.seq < seq);
        self.step(index).filter(|step| step.seq == seq)?;
        Some(index)
    }

    /// The newest step before the one at `index` that is `wanted`.
    fn before(&self, index: usize, wanted: impl Fn(&Step) -> bool) -> Option<usize> {
        let earlier = self.steps.get(..index)?;
        earlier.iter().rposition(|taped| wanted(&taped.step))
    }

    /// The messages that ended in the window, in that order.
    pub fn arrows(&self) -> impl DoubleEndedIterator<Item = Arrow<'a>> + '_ {
        self.steps.iter().filter_map(|taped| {
            let (frame, end) = if let Cause::Delivered { frame } = &taped.step.cause {
                (frame, End::Delivered)
            } else if let Cause::Lost { frame } = &taped.step.cause {
                (frame, End::Lost)
            } else {
                return None;
            };
            Some(Arrow {
                frame,
                sent_at: self.sent_at(frame),
                end_at: taped.step.at,
                end,
            })
        })
    }

    /// When a message was sent first; what was sent before the window says when it was sent last.
    pub fn sent_at(&self, frame: &Frame) -> Micros {
        let sender = self.senders.get(&frame.id);
        let step = sender.and_then(|index| self.step(*index));
        step.map_or(frame.sent_at, |step| step.at)
    }
}

/// Where a step happened; `None` for what concerns links only.
pub fn place(step: &Step) -> Option<Node> {
    let server = step.sid.map(Node::Server);
    server.or_else(|| step.client.map(Node::Client))
}
