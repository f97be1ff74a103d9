//! The Events panel: newest first, one sentence a row, identical ones within 50 ms folded.

use super::chronicle::Chronicle;
use super::narrate::{Level, Voice};
use super::texts::Texts;
use crate::base::Micros;
use crate::protocol::Sid;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When: a click seeks there.
    pub at: Micros,
    /// The step it belongs to; with `at` and `text` unique enough for a key.
    pub seq: u64,
    /// `14.597`.
    pub clock: String,
    /// The sentence.
    pub text: String,
    /// Which layer speaks; the reader's own acts are magenta.
    pub voice: Voice,
    /// True for what a screen reader hears too: set in bold.
    pub is_news: bool,
    /// Whom it is about.
    pub sids: Vec<Sid>,
}

/// The last `most` events of at least `level` up to `t`, newest first.
pub fn events(
    story: &Chronicle,
    t: Micros,
    level: Level,
    most: usize,
    texts: &Texts,
) -> Vec<Event> {
    story
        .lines_until(t, level, most)
        .into_iter()
        .map(|line| Event {
            at: line.at,
            seq: line.seq,
            clock: clock(line.at),
            text: line.text(texts),
            voice: line.voice,
            is_news: line.level >= Level::News,
            sids: line.sids,
        })
        .collect()
}

/// `14.597`: seconds to the millisecond, without unit.
pub fn clock(at: Micros) -> String {
    format!("{}.{:03}", at.0 / 1_000_000, at.as_ms() % 1_000)
}
