//! Chains lead from what is seen to the act that began it.

use super::*;
use crate::protocol::note::Why;
use crate::run::{Run, Tape};
use crate::scenario::Scenario;
use crate::sim::Fault;

fn ms(ms: u64) -> Micros {
    Micros::from_ms(ms)
}

/// Five servers; at 4 s `fault` befalls them; what happened until `until`.
fn after(fault: Fault, until: u64) -> Tape {
    let mut run = Run::new(Scenario::plain(5), 2);
    run.advance_to(ms(4_000));
    run.dispatch(Command::Inject { fault }).expect("applies");
    run.advance_to(ms(until));
    run.replay(Micros::ZERO, run.now())
}

fn why(tape: &Tape, question: Question, at: u64) -> Chain {
    Trace::of(tape).why(question, ms(at)).expect("an answer")
}

fn is_kill(entry: &LogEntry) -> bool {
    matches!(entry.what, Fact::Command(Command::Inject { .. }))
}

fn notes(chain: &Chain) -> Vec<&Note> {
    let notes = chain.links.iter().filter_map(|entry| match &entry.what {
        Fact::Note(note) => Some(note),
        Fact::Told(_) | Fact::Command(_) | Fact::Booted | Fact::Halted => None,
    });
    notes.collect()
}

#[test]
fn a_new_leader_leads_because_the_old_one_was_killed() {
    let tape = after(Fault::Kill { sid: Sid(5) }, 8_000);
    let chain = why(&tape, Question::State(Sid(4)), 8_000);
    assert!(chain.is_whole, "{chain:?}");
    assert!(is_kill(&chain.links[0]), "it begins with the act");
    assert!(!chain.frames.is_empty(), "messages carried it");
    let notes = notes(&chain);
    for wanted in [
        |note: &Note| matches!(note, Note::ElectionStarted { .. }),
        |note: &Note| matches!(note, Note::QuorumSeen { .. }),
        |note: &Note| matches!(note, Note::Elected { .. }),
    ] {
        assert!(notes.iter().any(|note| wanted(note)), "{notes:?}");
    }
    assert!(matches!(notes.last(), Some(Note::Serving { .. })));
}

#[test]
fn times_never_go_back_within_a_chain() {
    let tape = after(Fault::Kill { sid: Sid(5) }, 8_000);
    for sid in 1..=4 {
        let chain = why(&tape, Question::State(Sid(sid)), 8_000);
        assert!(chain.links.is_sorted_by_key(|entry| entry.seq), "S{sid}");
    }
}

#[test]
fn a_vote_is_explained_by_the_comparison_that_changed_it() {
    let tape = after(Fault::Kill { sid: Sid(5) }, 4_150);
    let changed = (1..=3).any(|sid| {
        let chain = why(&tape, Question::Vote(Sid(sid)), 4_150);
        matches!(notes(&chain).last(), Some(Note::VoteChanged { .. }))
    });
    assert!(changed, "somebody has changed its vote by now");
}

#[test]
fn who_hears_nothing_from_its_leader_leaves_because_the_plug_was_pulled() {
    let tape = after(Fault::PullPlug { sid: Sid(5) }, 40_000);
    let left = tape.steps().iter().find(|taped| {
        let silent = |note: &Note| {
            let Note::State { why, .. } = note else {
                return false;
            };
            matches!(why, Why::LeaderSilent { .. })
        };
        taped.step.notes.iter().any(silent)
    });
    let left = &left.expect("a follower gives up").step;
    let chain = Trace::of(&tape).why_step(left.seq).expect("an answer");
    assert!(is_kill(&chain.links[0]), "{chain:?}");
}

#[test]
fn a_killed_server_is_down_because_it_was_killed() {
    let tape = after(Fault::Kill { sid: Sid(5) }, 8_000);
    let chain = why(&tape, Question::State(Sid(5)), 8_000);
    assert!(chain.is_whole && is_kill(&chain.links[0]));
    assert_eq!(chain.links.len(), 1);
}

#[test]
fn before_anything_there_is_no_answer() {
    let tape = after(Fault::Kill { sid: Sid(5) }, 4_100);
    let trace = Trace::of(&tape);
    assert_eq!(trace.why(Question::Client(ClientId(7)), ms(4_000)), None);
    assert_eq!(trace.why_step(u64::MAX), None);
}
