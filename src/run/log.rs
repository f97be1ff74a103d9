//! What was said and done in a run: the facts narration, the events list and the overview are made
//! of.
//!
//! Bounded: the oldest entries go first.

use crate::base::Micros;
use crate::protocol::client::ClientNote;
use crate::protocol::{Note, Sid};
use crate::sim::{Cause, ClientId, Command, Frame, Step};

/// One fact of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// When.
    pub at: Micros,
    /// The number of the step it belongs to.
    pub seq: u64,
    /// The server it is about.
    pub sid: Option<Sid>,
    /// The client it is about.
    pub client: Option<ClientId>,
    /// What.
    pub what: Fact,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A peer stated it.
    Note(Note),
    /// A client told its application.
    Told(ClientNote),
    /// The reader did it.
    Command(Command),
    /// A server's process began to run.
    Booted,
    /// A server's process got SIGTERM and has ended.
    Halted,
}

/// A message that ended where nobody was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// When.
    pub at: Micros,
    /// The number of the step it is.
    pub seq: u64,
    /// The message.
    pub frame: Frame,
}

/// The facts of the current branch.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    entries: Vec<LogEntry>,
    losses: Vec<Loss>,
}

impl Log {
    /// The most entries kept.
    const BOUND: usize = 50_000;
    /// The most losses kept.
    const LOSSES: usize = 1_000;

    pub(super) fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    pub(super) fn losses(&self) -> &[Loss] {
        &self.losses
    }

    pub(super) fn take(&mut self, step: &Step) {
        if let Cause::Lost { frame } = &step.cause {
            if self.losses.len() >= Self::LOSSES {
                self.losses.drain(..Self::LOSSES / 10);
            }
            let (at, seq) = (step.at, step.seq);
            let frame = frame.clone();
            self.losses.push(Loss { at, seq, frame });
        }
        if let Cause::Commanded { command } = &step.cause {
            self.push(step, Fact::Command(command.clone()));
        }
        if step.cause == Cause::Booted {
            self.push(step, Fact::Booted);
        }
        if step.cause == Cause::Halted {
            self.push(step, Fact::Halted);
        }
        for note in &step.notes {
            if !is_routine(note) {
                self.push(step, Fact::Note(note.clone()));
            }
        }
        for note in &step.told {
            if note.is_about_connection() {
                self.push(step, Fact::Told(note.clone()));
            }
        }
    }

    fn push(&mut self, step: &Step, what: Fact) {
        if self.entries.len() >= Self::BOUND {
            self.entries.drain(..Self::BOUND / 10);
        }
        self.entries.push(LogEntry {
            at: step.at,
            seq: step.seq,
            sid: step.sid,
            client: step.client,
            what,
        });
    }

    /// What is in it up to `at`, before the step of that number.
    pub(super) fn until(&self, at: Micros, next_seq: u64) -> Self {
        let is_past = |entry: &LogEntry| entry.at <= at && entry.seq < next_seq;
        let entries = self.entries.partition_point(is_past);
        let losses = self.losses.partition_point(|loss| loss.seq < next_seq);
        Self {
            entries: self.entries.get(..entries).unwrap_or_default().to_vec(),
            losses: self.losses.get(..losses).unwrap_or_default().to_vec(),
        }
    }
}

/// True for what happens to every transaction at every server: it would drive all else out.
const fn is_routine(note: &Note) -> bool {
    matches!(
        note,
        Note::Proposed { .. } | Note::Logged { .. } | Note::Committed { .. } | Note::Applied { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ZabState;

    fn step(seq: u64, at: u64, notes: Vec<Note>) -> Step {
        let cause = Cause::Internal;
        Step {
            seq,
            at: Micros(at),
            sid: Some(Sid(3)),
            cause,
            sent: vec![],
            client: None,
            told: Vec::new(),
            notes,
        }
    }

    fn phase() -> Note {
        Note::Phase {
            to: ZabState::Discovery,
        }
    }

    #[test]
    fn the_past_of_a_log_goes_on_in_another_future() {
        let mut log = Log::default();
        log.take(&step(0, 5, vec![phase()]));
        log.take(&step(1, 9, vec![phase()]));
        let mut other = log.until(Micros(7), 1);
        assert_eq!(other.entries(), &log.entries()[..1]);
        other.take(&step(1, 8, vec![phase()]));
        let at: Vec<_> = other.entries().iter().map(|entry| entry.at).collect();
        assert_eq!(at, [Micros(5), Micros(8)]);
        assert_eq!(log.entries().len(), 2);
    }

    #[test]
    fn the_log_is_bounded() {
        let mut log = Log::default();
        for seq in 0..(Log::BOUND as u64 + 10) {
            log.take(&step(seq, seq, vec![phase()]));
        }
        assert!(log.entries().len() <= Log::BOUND);
        assert_eq!(
            log.entries().last().map(|e| e.seq),
            Some(Log::BOUND as u64 + 9)
        );
    }
}
