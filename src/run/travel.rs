//! Going from one thing worth seeing to the next: event by event, or turn by turn, both ways.

use super::Run;
use super::highlight::Highlight;
use crate::base::Micros;

/// How a search for something ahead ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The run stands there now.
    Here(Highlight),
    /// The run stands as far as it was allowed to go; ask again to go on.
    NotYet,
    /// Nothing will ever happen again.
    Nothing,
}

impl Run {
    /// Goes on to the instant of the next event somebody can see, executing everything due then.
    /// False where nothing will ever happen again.
    pub fn step_event(&mut self) -> bool {
        let line = self.line_mut();
        let before = line.head.steps;
        let seen = line.seen;
        while line.seen == seen
            && let Some(at) = line.next_at()
        {
            line.execute_to(at);
        }
        let went_on = line.head.steps != before;
        self.keep_step();
        went_on
    }

    /// Goes back to the instant before this one at which somebody could see something; to the
    /// first instant where there was none. False where that is shown already.
    ///
    /// Nothing runs backwards: the stretch since the checkpoint before is executed again.
    pub fn step_back(&mut self) -> bool {
        let now = self.now();
        if now == Micros::ZERO {
            return false;
        }
        // What happened at a checkpoint's own instant is found from the checkpoint before.
        let (mut start, mut end) = (now, now);
        let at = loop {
            start = self.seek_checkpoint_before(start);
            match self.last_event_before(end) {
                Some(at) => break at,
                None if start == Micros::ZERO => break start,
                None => end = start + Micros(1),
            }
        };
        self.seek(at);
        true
    }

    /// Goes to the checkpoint before an instant; where that is.
    fn seek_checkpoint_before(&mut self, t: Micros) -> Micros {
        let line = self.line_mut();
        let at = line.checkpoints.at_or_before(Micros(t.0.saturating_sub(1)));
        let at = at.at;
        line.seek(at);
        at
    }

    /// Executes up to just before `end`; the last instant at which something was seen.
    fn last_event_before(&mut self, end: Micros) -> Option<Micros> {
        let line = self.line_mut();
        let mut last = None;
        while let Some(at) = line.next_at().filter(|&at| at < end) {
            let seen = line.seen;
            line.execute_to(at);
            if line.seen != seen {
                last = Some(at);
            }
        }
        last
    }

    /// What turned at the instant shown.
    pub fn highlights(&self) -> &[Highlight] {
        let line = self.line();
        line.witness.highlights.at(line.now)
    }

    /// The first thing that turned after the instant shown, as far as the branch was executed.
    pub fn next_highlight(&self) -> Option<Highlight> {
        let line = self.line();
        line.witness.highlights.after(line.now).copied()
    }

    /// The last thing that turned before the instant shown; of several at one instant the first.
    pub fn previous_highlight(&self) -> Option<Highlight> {
        let line = self.line();
        line.witness.highlights.before(line.now).copied()
    }

    /// Goes to the next thing that turns, beyond the horizon too; there it executes `most` steps
    /// or a few more, if that long nothing comes.
    pub fn to_next_highlight(&mut self, most: u64) -> Found {
        if let Some(next) = self.next_highlight() {
            self.seek(next.at);
            return Found::Here(next);
        }
        let horizon = self.horizon();
        self.seek(horizon);
        let line = self.line_mut();
        let last = line.head.steps.saturating_add(most);
        let mut found = Found::Nothing;
        while let Some(at) = line.next_at() {
            if line.head.steps >= last {
                found = Found::NotYet;
                break;
            }
            line.execute_to(at);
            if let Some(highlight) = line.witness.highlights.after(horizon) {
                found = Found::Here(*highlight);
                break;
            }
        }
        self.keep_step();
        found
    }

    /// Goes back to the last thing that turned before; `None` where there was none.
    pub fn to_previous_highlight(&mut self) -> Option<Highlight> {
        let previous = self.previous_highlight()?;
        self.seek(previous.at);
        Some(previous)
    }
}
