//! The causal past: everything that could have made a moment of a server what it is.

use super::{End, Trace};
use crate::base::{Map, Micros, Set};
use crate::sim::Node;

/// Up to where each lane belongs to the past of one moment, and the messages that carried it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The latest instant of each lane that belongs to it; lanes that are absent have no part.
    pub reach: Map<Node, Micros>,
    /// The messages within it, by number.
    pub frames: Set<u64>,
}

impl Trace<'_> {
    /// The past of what `node` was at `at`, as far as the window goes back.
    ///
    /// A message belongs to it where it was delivered to a lane no later than that lane's reach;
    /// its sender's lane then reaches at least as far as the sending.
    pub fn past(&self, node: Node, at: Micros) -> Past {
        let mut past = Past::default();
        past.reach.insert(node, at);
        let mut frames = Vec::new();
        for arrow in self.arrows().rev() {
            let reach = past.reach.get(&arrow.frame.to);
            if arrow.end != End::Delivered || reach.is_none_or(|reach| arrow.end_at > *reach) {
                continue;
            }
            frames.push(arrow.frame.id);
            let from = past
                .reach
                .get_or_insert_with(arrow.frame.from, || arrow.sent_at);
            *from = arrow.sent_at.max(*from);
        }
        frames.sort_unstable();
        for id in frames {
            past.frames.insert(id);
        }
        past
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Note, Sid};
    use crate::run::{Run, Tape};
    use crate::scenario::Scenario;

    fn tape() -> Tape {
        let mut run = Run::new(Scenario::plain(3), 5);
        run.advance_to(Micros::from_ms(3_000));
        run.replay(Micros::ZERO, run.now())
    }

    fn elected(tape: &Tape) -> (Node, Micros) {
        let elected = tape.steps().iter().find(|taped| {
            let is_end = |note: &Note| matches!(note, Note::Elected { .. });
            taped.step.notes.iter().any(is_end)
        });
        let step = &elected.expect("somebody is elected").step;
        (super::super::place(step).expect("a server"), step.at)
    }

    #[test]
    fn the_past_of_an_election_has_the_ballots_that_led_to_it_and_nothing_later() {
        let tape = tape();
        let trace = Trace::of(&tape);
        let (node, at) = elected(&tape);
        let past = trace.past(node, at);
        assert!(!past.frames.is_empty());
        assert_eq!(past.reach.get(&node), Some(&at));
        for arrow in trace.arrows() {
            if past.frames.contains(&arrow.frame.id) {
                assert!(arrow.end_at <= at);
                assert!(past.reach.get(&arrow.frame.from) >= Some(&arrow.sent_at));
            }
        }
    }

    #[test]
    fn it_is_closed_what_reached_a_member_before_its_reach_is_a_member() {
        let tape = tape();
        let trace = Trace::of(&tape);
        let (node, at) = elected(&tape);
        let past = trace.past(node, at);
        for arrow in trace.arrows().filter(|arrow| arrow.end == End::Delivered) {
            let reach = past.reach.get(&arrow.frame.to);
            let belongs = reach.is_some_and(|reach| arrow.end_at <= *reach);
            assert_eq!(belongs, past.frames.contains(&arrow.frame.id));
        }
    }

    #[test]
    fn before_anything_was_delivered_there_is_only_oneself() {
        let tape = tape();
        let past = Trace::of(&tape).past(Node::Server(Sid(2)), Micros::ZERO);
        assert_eq!((past.reach.len(), past.frames.len()), (1, 0));
    }
}
