//! Every decision as a sentence: notes, commands and events become [`Line`]s, lines become text.
//!
//! A line is a key with values, not a text: it is spoken in whatever language is read, and
//! identical lines fold ("S1, S3 and S4 lost their leader.").

mod acts;
mod caption;
mod notes;
mod told;

use super::scene::Token;
use super::shadow::Shadow;
use super::texts::{Args, Texts, Value};
use crate::base::Micros;
use crate::protocol::Sid;
use crate::run::{Fact, LogEntry};
use crate::sim::ClientId;

pub use caption::{Caption, caption};
pub(crate) use notes::phase_name;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For those who want everything.
    Verbose,
    /// A decision of one server: shown, not spoken.
    Decision,
    /// Spoken by a screen reader too.
    News,
    /// The turning points.
    Headline,
}

/// Which layer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// The election.
    Election,
    /// Discovery, synchronisation, leadership.
    Zab,
    /// Clients and their sessions.
    Client,
    /// Processes, disks, wires.
    Machine,
    /// The reader.
    You,
}

impl Voice {
    /// Its hue.
    pub const fn hue(self) -> Token {
        match self {
            Self::Election => Token::Elect,
            Self::Zab => Token::Zab,
            Self::Client => Token::Client,
            Self::Machine => Token::Down,
            Self::You => Token::You,
        }
    }
}

/// What is said, before it is known who says it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    level: Level,
    voice: Voice,
    key: &'static str,
    args: Args,
    why: Option<&'static str>,
}

impl Saying {
    const fn new(level: Level, voice: Voice, key: &'static str) -> Self {
        Self {
            level,
            voice,
            key,
            args: Args::new(),
            why: None,
        }
    }

    fn arg(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    const fn why(mut self, key: &'static str) -> Self {
        self.why = Some(key);
        self
    }
}

/// One sentence of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Micros,
    /// The step it belongs to.
    pub seq: u64,
    /// How much it matters.
    pub level: Level,
    /// Which layer speaks.
    pub voice: Voice,
    /// Which sentence.
    pub key: &'static str,
    /// Its values, without the subject.
    pub args: Args,
    /// Its subject: whom it is about, ascending.
    pub sids: Vec<Sid>,
    /// The clients among its subject, ascending.
    pub clients: Vec<ClientId>,
    /// The sentence that explains it.
    pub why: Option<&'static str>,
}

impl Line {
    /// The sentence.
    pub fn text(&self, texts: &Texts) -> String {
        texts.with(self.key, &self.values())
    }

    /// The explaining sentence.
    pub fn why_text(&self, texts: &Texts) -> Option<String> {
        Some(texts.with(self.why?, &self.values()))
    }

    /// True where the two say the same of different servers.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.key == other.key && self.args == other.args && self.voice != Voice::You
    }

    fn values(&self) -> Args {
        let mut values = self.args.clone();
        values.push(("who", Value::Sids(self.sids.clone())));
        values.push(("clients", Value::Clients(self.clients.clone())));
        let count = self.sids.len().max(self.clients.len());
        values.push(("count", count.into()));
        values
    }
}

/// Within this span identical sentences fold into one.
pub const FOLD_WITHIN: Micros = Micros::from_ms(50);

/// Folds identical sentences; `lines` ascend in time, and each keeps its first instant.
pub fn fold<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Vec<Line> {
    let mut folded: Vec<Line> = Vec::new();
    for line in lines {
        let twin = folded
            .iter_mut()
            .rev()
            .take_while(|earlier| line.at.saturating_sub(earlier.at) <= FOLD_WITHIN)
            .find(|earlier| earlier.says_the_same(line));
        match twin {
            Some(twin) => {
                for sid in &line.sids {
                    if let Err(place) = twin.sids.binary_search(sid) {
                        twin.sids.insert(place, *sid);
                    }
                }
                for id in &line.clients {
                    if let Err(place) = twin.clients.binary_search(id) {
                        twin.clients.insert(place, *id);
                    }
                }
            }
            None => folded.push(line.clone()),
        }
    }
    folded
}

/// What one fact of a run says, in a cluster of which `known` is known before it.
///
/// `None` for a command that says nothing and a note without a server.
pub(super) fn narrate(entry: &LogEntry, known: &Shadow) -> Option<Line> {
    let own = || entry.sid.map(|sid| vec![sid]);
    let mut clients: Vec<ClientId> = entry.client.into_iter().collect();
    let (sids, said) = match &entry.what {
        Fact::Command(command) => {
            let (sids, said) = acts::command(command, known.faults());
            clients.extend(acts::client(command));
            clients.dedup();
            (sids, said)
        }
        Fact::Booted => (
            own()?,
            Saying::new(Level::Verbose, Voice::Machine, "say-booted"),
        ),
        Fact::Halted => (
            own()?,
            Saying::new(Level::News, Voice::Machine, "say-halted"),
        ),
        Fact::Note(note) => (own()?, notes::note(entry.sid?, note)),
        Fact::Told(note) => (Vec::new(), told::note(known.client(entry.client?), note)?),
    };
    Some(Line {
        at: entry.at,
        seq: entry.seq,
        level: said.level,
        voice: said.voice,
        key: said.key,
        args: said.args,
        sids,
        clients,
        why: said.why,
    })
}

#[cfg(test)]
#[path = "narrate_tests.rs"]
mod tests;
