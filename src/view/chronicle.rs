//! The story so far: what was said, who led when, what the reader did.
//!
//! It reads a run's log, which says everything once, and answers for any instant of it: seeking
//! back reads less of it. Where the log was cut because the reader acted in the past, it is read
//! again.
//! Not part of a run: nothing reads it but the page.

use super::narrate::{FOLD_WITHIN, Level, Line, fold, narrate};
use super::shadow::Shadow;
use crate::base::{Map, Micros, Set};
use crate::protocol::client::ClientNote;
use crate::protocol::{Epoch, Note, PeerConfig, Sid};
use crate::run::{Fact, LogEntry, Run};
use crate::sim::{ClientId, Command};

/// Who leads, as the overview's first lane shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reign {
    /// Nobody.
    Nobody,
    /// A leader that reaches a quorum.
    Leads(Sid, Epoch),
    /// A leader without a quorum.
    Hollow(Sid, Epoch),
}

/// An act of the reader, for a pin on the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Micros,
    /// What.
    pub command: Command,
}

/// The story of one run.
#[derive(Clone, Debug)]
pub struct Chronicle {
    config: PeerConfig,
    shadow: Shadow,
    /// How many entries of the log were read, and which was the last.
    read: (usize, Option<LogEntry>),
    lines: Vec<Line>,
    reigns: Vec<(Micros, Reign)>,
    acts: Vec<Act>,
    /// Which client got which server.
    homes: Vec<(Micros, ClientId, Sid)>,
    /// How many clients are connected and how many want to be, since when.
    served: Vec<(Micros, (usize, usize))>,
    established: Vec<(Micros, Epoch, Sid)>,
}

impl Chronicle {
    /// The empty story of a cluster of that configuration.
    pub fn new(config: &PeerConfig) -> Self {
        Self {
            shadow: Shadow::new(config),
            config: config.clone(),
            read: (0, None),
            lines: Vec::new(),
            reigns: vec![(Micros::ZERO, Reign::Nobody)],
            acts: Vec::new(),
            homes: Vec::new(),
            served: Vec::new(),
            established: Vec::new(),
        }
    }

    /// Reads what is new in the run's log; all of it where its past has changed.
    pub fn follow(&mut self, run: &Run) {
        self.read_log(run.log());
    }

    /// Reads what is new in `log`.
    pub fn read_log(&mut self, log: &[LogEntry]) {
        let (count, last) = &self.read;
        let is_same_past = match last {
            None => true,
            Some(last) => log.get(count.saturating_sub(1)) == Some(last),
        };
        if !is_same_past {
            *self = Self::new(&self.config);
        }
        for entry in log.iter().skip(self.read.0) {
            self.take(entry);
        }
        self.read = (log.len(), log.last().cloned());
    }

    fn take(&mut self, entry: &LogEntry) {
        self.lines.extend(narrate(entry, &self.shadow));
        self.shadow.take(entry);
        match (&entry.what, entry.sid) {
            (Fact::Note(Note::Established { epoch, .. }), Some(sid)) => {
                self.established.push((entry.at, *epoch, sid));
            }
            (Fact::Command(command), _) => self.acts.push(Act {
                at: entry.at,
                command: command.clone(),
            }),
            (Fact::Told(ClientNote::Connected { to, .. }), _) => {
                self.homes
                    .extend(entry.client.map(|id| (entry.at, id, *to)));
            }
            _ => {}
        }
        let served = self.shadow.served();
        if self
            .served
            .last()
            .map(|(_, last)| *last)
            .unwrap_or_default()
            != served
        {
            self.served.push((entry.at, served));
        }
        let reign = self.shadow.reign();
        if self.reigns.last().is_none_or(|(_, last)| *last != reign) {
            self.reigns.push((entry.at, reign));
        }
    }

    /// The latest line up to `t` that `wanted` accepts, folded with its twins up to `t`.
    pub fn latest(&self, t: Micros, wanted: impl Fn(&Line) -> bool) -> Option<Line> {
        let end = self.lines.partition_point(|line| line.at <= t);
        let lines = self.lines.get(..end)?;
        let latest = lines.iter().rev().find(|line| wanted(line))?;
        let twins = lines
            .iter()
            .rev()
            .take_while(|line| latest.at.saturating_sub(line.at) <= FOLD_WITHIN)
            .filter(|line| line.says_the_same(latest) || core::ptr::eq(*line, latest));
        let mut twins: Vec<&Line> = twins.collect();
        twins.reverse();
        fold(twins).pop()
    }

    /// The last `most` sentences of at least `level` up to `t`, folded, newest first.
    pub fn lines_until(&self, t: Micros, level: Level, most: usize) -> Vec<Line> {
        let end = self.lines.partition_point(|line| line.at <= t);
        let lines = self.lines.get(..end).unwrap_or_default();
        // Folding shortens: more are taken than are asked for.
        let mut recent: Vec<&Line> = lines
            .iter()
            .rev()
            .filter(|line| line.level >= level)
            .take(most.saturating_mul(4))
            .collect();
        recent.reverse();
        let mut folded = fold(recent);
        folded.reverse();
        folded.truncate(most);
        folded
    }

    /// The sentences of these steps, by number, ascending: all but the most verbose, oldest first.
    pub fn lines_at(&self, seqs: &[u64]) -> Vec<Line> {
        let lines = self.lines.iter();
        let wanted = lines
            .filter(|line| line.level >= Level::Decision && seqs.binary_search(&line.seq).is_ok());
        wanted.cloned().collect()
    }

    /// Spans of who led, from the beginning to `end`.
    pub fn reigns_until(&self, end: Micros) -> Vec<(Micros, Micros, Reign)> {
        let known = self.reigns.iter().filter(|(at, _)| *at <= end);
        let starts: Vec<(Micros, Reign)> = known.copied().collect();
        let ends = starts
            .iter()
            .skip(1)
            .map(|(at, _)| *at)
            .chain(core::iter::once(end));
        starts
            .iter()
            .zip(ends)
            .filter(|((from, _), to)| from < to)
            .map(|((from, reign), to)| (*from, to, *reign))
            .collect()
    }

    /// Who leads at `t`, and since when that is so.
    pub fn reign_at(&self, t: Micros) -> (Micros, Reign) {
        let known = self.reigns.iter().rev().find(|(at, _)| *at <= t);
        known.copied().unwrap_or((Micros::ZERO, Reign::Nobody))
    }

    /// The server a client was connected to last, up to `t`.
    pub fn home_of(&self, id: ClientId, t: Micros) -> Option<Sid> {
        let end = self.homes.partition_point(|(at, ..)| *at <= t);
        let mut back = self.homes.get(..end)?.iter().rev();
        back.find(|(_, known, _)| *known == id)
            .map(|(_, _, home)| *home)
    }

    /// Spans of how many clients were connected, and how many wanted to be, from the first one to
    /// `end`.
    pub fn served_until(&self, end: Micros) -> Vec<(Micros, Micros, (usize, usize))> {
        let mut spans = Vec::with_capacity(self.served.len());
        for (index, (from, count)) in self.served.iter().enumerate() {
            let next = self.served.get(index + 1).map_or(end, |(at, _)| *at);
            if *from < next.min(end) && count.1 > 0 {
                spans.push((*from, next.min(end), *count));
            }
        }
        spans
    }

    /// Since when nobody has led at `t`; `None` while somebody does.
    pub fn leaderless_since(&self, t: Micros) -> Option<Micros> {
        let (since, reign) = self.reign_at(t);
        (reign == Reign::Nobody).then_some(since)
    }

    /// Since when the leader of `t` leads, with or without a quorum.
    pub fn leading_since(&self, t: Micros) -> Option<Micros> {
        let end = self.reigns.partition_point(|(at, _)| *at <= t);
        let mut back = self.reigns.get(..end)?.iter().rev();
        let (mut since, now) = *back.next()?;
        let who = ruler(now)?;
        for (at, reign) in back {
            if ruler(*reign) != Some(who) {
                break;
            }
            since = *at;
        }
        Some(since)
    }

    /// What the reader did up to `t`.
    pub fn acts_until(&self, t: Micros) -> &[Act] {
        let end = self.acts.partition_point(|act| act.at <= t);
        self.acts.get(..end).unwrap_or_default()
    }

    /// Who was established as leader of each epoch up to `t`: more than one would break a promise.
    pub fn established(&self, t: Micros) -> Map<Epoch, Set<Sid>> {
        let mut epochs: Map<Epoch, Set<Sid>> = Map::new();
        for (_, epoch, sid) in self.established.iter().filter(|(at, ..)| *at <= t) {
            epochs.or_default(*epoch).insert(*sid);
        }
        epochs
    }
}

const fn ruler(reign: Reign) -> Option<(Sid, Epoch)> {
    match reign {
        Reign::Nobody => None,
        Reign::Leads(sid, epoch) | Reign::Hollow(sid, epoch) => Some((sid, epoch)),
    }
}
