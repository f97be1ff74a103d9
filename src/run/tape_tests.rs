//! A tape says what the run did.

use super::super::{Run, Scenario};
use super::*;
use crate::sim::{Command, Fault};

fn s(seconds: u64) -> Micros {
    Micros::from_ms(seconds * 1_000)
}

fn run() -> Run {
    let mut run = Run::new(Scenario::plain(3), 3);
    run.advance_to(s(3));
    let fault = Fault::Kill { sid: Sid(3) };
    run.dispatch(Command::Inject { fault }).expect("applies");
    run
}

fn power_of(tape: &Tape, sid: i64) -> Option<Power> {
    let Some(Look::Server { power, .. }) = tape.looks.get(&Node::Server(Sid(sid))) else {
        return None;
    };
    Some(*power)
}

#[test]
fn what_is_executed_again_is_what_was_executed() {
    let mut run = run();
    run.keep_tape();
    run.advance_to(s(6));
    let lived = run.tape().expect("kept").clone();
    run.advance_to(s(9));
    let again = run.replay(s(3) + Micros(1), s(6));
    let from = |tape: &Tape| {
        let later = |taped: &&Taped| taped.step.at > s(3);
        tape.steps()
            .iter()
            .filter(later)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert!(!from(&lived).is_empty());
    assert_eq!(from(&lived), from(&again));
    assert_eq!(run.now(), s(9), "the run stays where it is");
}

#[test]
fn a_command_is_on_the_tape_with_what_it_changed() {
    let mut run = run();
    run.advance_to(s(4));
    let tape = run.replay(s(3), s(4));
    let kill = tape
        .steps()
        .iter()
        .find(|taped| matches!(taped.step.cause, Cause::Commanded { .. }))
        .expect("taped");
    let killed = |(node, look): &(Node, Look)| {
        *node == Node::Server(Sid(3))
            && matches!(look, Look::Server { power, .. } if *power != Power::Up)
    };
    assert!(kill.looks.iter().any(killed), "{:?}", kill.looks);
    assert_ne!(power_of(&tape, 3), Some(Power::Up));
    assert_eq!(power_of(&tape, 2), Some(Power::Up));
}

#[test]
fn going_back_begins_the_tape_anew() {
    let mut run = run();
    run.keep_tape();
    run.advance_to(s(6));
    run.seek(s(5));
    run.advance_to(s(6));
    let steps = run.tape().expect("kept").steps();
    let follows = |pair: &[Taped]| pair[0].step.seq + 1 == pair[1].step.seq;
    assert!(steps.windows(2).all(follows), "no gap");
    assert_eq!(steps.last().map(|t| t.step.seq + 1), Some(run.steps()));
}

#[test]
fn what_is_forgotten_is_in_the_start() {
    let run = {
        let mut run = run();
        run.advance_to(s(5));
        run
    };
    let mut tape = run.replay(s(2), s(5));
    let last = tape.looks.clone();
    tape.forget_before(s(6));
    assert!(tape.steps().is_empty());
    assert_eq!(*tape.start(), last);
}

#[test]
fn nothing_lies_beyond_the_horizon() {
    let run = run();
    let tape = run.replay(s(2), s(60));
    assert!(tape.steps().iter().all(|taped| taped.step.at <= run.now()));
}
