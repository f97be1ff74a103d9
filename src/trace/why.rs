//! "Why?": the chain of reasons from a state, a vote, a missing client or a broken promise back to
//! the act that began it.
//!
//! Each link is a step that decided something. The chain is one path through the causal past: at
//! each step the cause that decided, not all that were heard before it.

use super::{Trace, place};
use crate::base::Micros;
use crate::protocol::client::ClientNote;
use crate::protocol::{Note, ServerState, Sid, Timer};
use crate::run::{Fact, LogEntry};
use crate::sim::{Cause, ClientId, Command, Node, Step};

/// What is asked about, at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Why a server is in the state it is in.
    State(Sid),
    /// Why it votes as it does.
    Vote(Sid),
    /// Why a client has or has not a connection.
    Client(ClientId),
    /// Why what happened at the newest step no later than now, at any of its servers, happened.
    Moment,
}

/// The answer, oldest reason first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// What was decided on the way.
    pub links: Vec<LogEntry>,
    /// The messages that carried it, by number, ascending.
    pub frames: Vec<u64>,
    /// True where it ends at a person's act or at the start of a process: nothing came before.
    pub is_whole: bool,
}

/// The most steps followed back.
const LONGEST: usize = 400;

/// The most facts said.
const MOST_LINKS: usize = 24;

impl Trace<'_> {
    /// The chain that answers `question` at `at`; `None` where the window has no answer.
    pub fn why(&self, question: Question, at: Micros) -> Option<Chain> {
        let end = self.steps.partition_point(|taped| taped.step.at <= at);
        let start = self.before(end, |step| answers(step, question))?;
        Some(self.chain(start))
    }

    /// The chain that leads to the step of this number.
    pub fn why_step(&self, seq: u64) -> Option<Chain> {
        Some(self.chain(self.index_of(seq)?))
    }

    fn chain(&self, start: usize) -> Chain {
        let mut chain = Chain::default();
        let mut next = Some(start);
        for _ in 0..LONGEST {
            let Some((index, step)) = next.and_then(|index| Some((index, self.step(index)?)))
            else {
                break;
            };
            let is_first = index == start;
            if is_first || chain.links.len() < MOST_LINKS || is_root(step) {
                say(step, &mut chain.links);
            }
            if let Cause::Delivered { frame } = &step.cause {
                chain.frames.push(frame.id);
            }
            chain.is_whole = is_root(step);
            next = if chain.is_whole {
                None
            } else {
                self.cause_of(index, step)
            };
        }
        chain.links.reverse();
        chain.frames.sort_unstable();
        chain
    }

    /// The step that made the one at `index` happen.
    fn cause_of(&self, index: usize, step: &Step) -> Option<usize> {
        let me = place(step)?;
        let mine = |wanted: fn(&Step) -> bool| {
            self.before(index, |earlier| {
                place(earlier) == Some(me) && wanted(earlier)
            })
        };
        let decided = || mine(|earlier| earlier.notes.iter().any(is_decision) || is_root(earlier));
        match &step.cause {
            Cause::Delivered { frame } => self.senders.get(&frame.id).copied().or_else(decided),
            Cause::Booted => self.before(index, |earlier| is_start_of(earlier, me)),
            Cause::Closed { peer, .. } => self.end_of(index, *peer).or_else(decided),
            Cause::Refused { peer, .. } => self.end_of(index, Node::Server(*peer)).or_else(decided),
            Cause::Fired {
                timer: Timer::Finalize,
            } => mine(|earlier| {
                let sees = |note: &Note| matches!(note, Note::QuorumSeen { .. });
                earlier.notes.iter().any(sees)
            }),
            Cause::Fired { .. } | Cause::ClientFired { .. } if changes_state(step) => {
                self.harm_before(index, me).or_else(decided)
            }
            Cause::Commanded { .. } => None,
            Cause::Lost { .. }
            | Cause::Opened { .. }
            | Cause::Fired { .. }
            | Cause::ClientFired { .. }
            | Cause::ClientStarted
            | Cause::Halted
            | Cause::Persisted
            | Cause::Worked
            | Cause::Internal => decided(),
        }
    }

    /// What ended `peer`'s side of a connection: the act upon it, or its own change of state.
    fn end_of(&self, index: usize, peer: Node) -> Option<usize> {
        self.before(index, |step| {
            let ends = is_harm(step) || step.cause == Cause::Halted || changes_state(step);
            place(step) == Some(peer) && ends
        })
    }

    /// The newest act that makes somebody else silent: upon another server, or upon links.
    fn harm_before(&self, index: usize, me: Node) -> Option<usize> {
        self.before(index, |step| is_harm(step) && place(step) != Some(me))
    }
}

/// True for a step that decided something worth pointing at.
pub fn is_telling(step: &Step) -> bool {
    is_harm(step)
        || step.notes.iter().any(is_decision)
        || step.told.iter().any(ClientNote::is_about_connection)
}

fn answers(step: &Step, question: Question) -> bool {
    match question {
        Question::State(sid) => {
            let is_state = |note: &Note| {
                matches!(
                    note,
                    Note::State { .. } | Note::Serving { .. } | Note::Exiting { .. }
                )
            };
            let acted = is_harm(step) || step.cause == Cause::Halted;
            step.sid == Some(sid) && (acted || step.notes.iter().any(is_state))
        }
        Question::Vote(sid) => {
            let is_vote = |note: &Note| {
                matches!(
                    note,
                    Note::ElectionStarted { .. }
                        | Note::VoteChanged { .. }
                        | Note::RoundJoined { .. }
                        | Note::Elected { .. }
                )
            };
            step.sid == Some(sid) && step.notes.iter().any(is_vote)
        }
        Question::Client(id) => {
            let acted = matches!(step.cause, Cause::Commanded { .. });
            step.client == Some(id)
                && (acted || step.told.iter().any(ClientNote::is_about_connection))
        }
        Question::Moment => is_telling(step),
    }
}

/// True for the end of a chain.
const fn is_root(step: &Step) -> bool {
    matches!(step.cause, Cause::Commanded { .. })
}

/// True for an act that may take something away.
fn is_harm(step: &Step) -> bool {
    let Cause::Commanded { command } = &step.cause else {
        return false;
    };
    match command {
        Command::Inject { .. }
        | Command::KillClient { .. }
        | Command::PauseClient { .. }
        | Command::DisconnectClient { .. }
        | Command::CloseClient { .. } => true,
        Command::Heal { .. }
        | Command::HealAll
        | Command::AddClient { .. }
        | Command::ResumeClient { .. }
        | Command::Request { .. } => false,
    }
}

/// True for the act that let the process of `node` begin.
fn is_start_of(step: &Step, node: Node) -> bool {
    place(step) == Some(node) && is_root(step)
}

fn changes_state(step: &Step) -> bool {
    let leaves = |note: &Note| {
        matches!(
            note,
            Note::State {
                to: ServerState::Looking,
                ..
            } | Note::Exiting { .. }
                | Note::SessionExpiring { .. }
                | Note::LearnerDropped { .. }
        )
    };
    step.notes.iter().any(leaves) || step.told.iter().any(ClientNote::is_about_connection)
}

/// True for a note that tells a decision.
const fn is_decision(note: &Note) -> bool {
    matches!(
        note,
        Note::State { .. }
            | Note::ElectionStarted { .. }
            | Note::VoteChanged { .. }
            | Note::RoundJoined { .. }
            | Note::QuorumSeen { .. }
            | Note::FinalizeInterrupted { .. }
            | Note::Elected { .. }
            | Note::EpochDecided { .. }
            | Note::EpochAccepted { .. }
            | Note::EpochRefused { .. }
            | Note::Established { .. }
            | Note::Serving { .. }
            | Note::SessionExpiring { .. }
            | Note::QuorumChecked { enough: false, .. }
            | Note::Exiting { .. }
    )
}

/// The facts of a step that belong into a chain, newest first.
fn say(step: &Step, links: &mut Vec<LogEntry>) {
    let mut push = |what: Fact| {
        links.push(LogEntry {
            at: step.at,
            seq: step.seq,
            sid: step.sid,
            client: step.client,
            what,
        });
    };
    for note in step
        .told
        .iter()
        .rev()
        .filter(|note| note.is_about_connection())
    {
        push(Fact::Told(note.clone()));
    }
    for note in step.notes.iter().rev().filter(|note| is_decision(note)) {
        push(Fact::Note(note.clone()));
    }
    if let Cause::Commanded { command } = &step.cause {
        push(Fact::Command(command.clone()));
    }
    if step.cause == Cause::Halted {
        push(Fact::Halted);
    }
}

#[cfg(test)]
#[path = "why_tests.rs"]
mod tests;
