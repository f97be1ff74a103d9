//! The overview over the time bar: who led when, what you did when, and a ruler.
//!
//! Shares of the width, not pixels, except where marks would touch: pins within 16 px merge.

use super::chronicle::{Chronicle, Reign};
use super::narrate::FOLD_WITHIN;
use super::snapshot::seconds;
use super::texts::Texts;
use crate::base::Micros;
use crate::protocol::Sid;
use crate::sim::{Command, Fault};
use crate::view::decimal::decimal;

/// How a band is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandKind {
    /// Blue tint: a leader that can commit.
    Leads,
    /// Hatched: leads without a quorum.
    Hollow,
    /// Solid amber: nobody.
    Nobody,
}

/// A stretch of the leader's lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Where it begins, 0 to 1.
    pub from: f64,
    /// Where it ends, 0 to 1.
    pub to: f64,
    /// Its fill.
    pub kind: BandKind,
    /// What it says where it is wide enough: `S5 · e7`, `election`.
    pub label: Option<String>,
}

/// A stretch of the clients' lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Served {
    /// Where it begins, 0 to 1.
    pub from: f64,
    /// Where it ends, 0 to 1.
    pub to: f64,
    /// The share of the clients that is connected, 0 to 1.
    pub share: f64,
}

/// What a pin shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinKind {
    /// A bolt: killed or unplugged.
    Bolt,
    /// Two bars.
    Pause,
    /// Scissors: cut or partitioned.
    Cut,
    /// An arrow back: restarted, resumed, healed.
    Back,
}

/// An act of the reader, or several that lie too close.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pin {
    /// Where, 0 to 1.
    pub at: f64,
    /// When the first of them was.
    pub time: Micros,
    /// What the first of them was.
    pub kind: PinKind,
    /// How many lie here.
    pub count: usize,
}

/// A mark of the ruler.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where, 0 to 1.
    pub at: f64,
    /// `12 s`.
    pub label: String,
}

/// The whole overview.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The leader's lane.
    pub bands: Vec<Band>,
    /// The clients' lane; empty where a run has none.
    pub served: Vec<Served>,
    /// Magenta pins.
    pub pins: Vec<Pin>,
    /// The ruler.
    pub ticks: Vec<Tick>,
}

/// Pins closer than this merge, px.
const PIN_ROOM: f64 = 16.0;
/// A band narrower than this has no label, px.
const LABEL_ROOM: f64 = 60.0;
/// Marks of the ruler lie at least this far apart, px.
const TICK_ROOM: f64 = 56.0;

/// The overview from the beginning to `end`, for a track `width` px wide; what is known reaches to
/// `known`.
pub fn timeline(
    story: &Chronicle,
    known: Micros,
    end: Micros,
    width: f64,
    texts: &Texts,
) -> Timeline {
    let whole = seconds(end).max(0.001);
    let at = |t: Micros| (seconds(t) / whole).clamp(0.0, 1.0);
    let bands = story
        .reigns_until(known.min(end))
        .into_iter()
        .filter(|(from, to, _)| to.saturating_sub(*from) > FOLD_WITHIN || *to == known)
        .map(|(from, to, reign)| {
            let (kind, label) = band(reign, texts);
            let (from, to) = (at(from), at(to));
            Band {
                from,
                to,
                kind,
                label: Some(label).filter(|_| (to - from) * width > LABEL_ROOM),
            }
        })
        .collect();
    let mut pins: Vec<Pin> = Vec::new();
    for act in story.acts_until(end) {
        let here = at(act.at);
        match pins.last_mut() {
            Some(last) if (here - last.at) * width < PIN_ROOM => last.count += 1,
            _ => pins.push(Pin {
                at: here,
                time: act.at,
                kind: pin_kind(&act.command),
                count: 1,
            }),
        }
    }
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let served = story.served_until(known.min(end)).into_iter();
    Timeline {
        bands,
        served: served
            .map(|(from, to, (have, of))| Served {
                from: at(from),
                to: at(to),
                share: count(have) / count(of.max(1)),
            })
            .collect(),
        pins,
        ticks: ticks(whole, width, texts),
    }
}

fn band(reign: Reign, texts: &Texts) -> (BandKind, String) {
    let named = |sid: Sid, epoch: crate::protocol::Epoch| {
        let args = vec![("leader", sid.into()), ("epoch", epoch.into())];
        texts.with("lane-reign", &args)
    };
    match reign {
        Reign::Nobody => (BandKind::Nobody, texts.get("lane-election")),
        Reign::Leads(sid, epoch) => (BandKind::Leads, named(sid, epoch)),
        Reign::Hollow(sid, epoch) => (BandKind::Hollow, named(sid, epoch)),
    }
}

const fn pin_kind(command: &Command) -> PinKind {
    match command {
        Command::Inject { fault } => match fault {
            Fault::Kill { .. }
            | Fault::PullPlug { .. }
            | Fault::Terminate { .. }
            | Fault::PowerLoss { .. }
            | Fault::WipeDisk { .. } => PinKind::Bolt,
            Fault::Pause { .. }
            | Fault::Drift { .. }
            | Fault::SlowDisk { .. }
            | Fault::StallDisk { .. } => PinKind::Pause,
            Fault::Cut { .. }
            | Fault::CutClient { .. }
            | Fault::Partition { .. }
            | Fault::Delay { .. }
            | Fault::Loss { .. }
            | Fault::DelayMessage { .. }
            | Fault::DropMessage { .. } => PinKind::Cut,
            Fault::Restart { .. } | Fault::Resume { .. } => PinKind::Back,
        },
        Command::Heal { .. }
        | Command::HealAll
        | Command::AddClient { .. }
        | Command::ResumeClient { .. }
        | Command::Request { .. } => PinKind::Back,
        Command::KillClient { .. } | Command::CloseClient { .. } => PinKind::Bolt,
        Command::PauseClient { .. } => PinKind::Pause,
        Command::DisconnectClient { .. } => PinKind::Cut,
    }
}

/// A mark every 1, 2 or 5 times a power of ten seconds, as many as there is room for.
fn ticks(whole: f64, width: f64, texts: &Texts) -> Vec<Tick> {
    let least = whole * TICK_ROOM / width.max(1.0);
    let mut step = 0.001;
    let mut factors = [2.0, 2.5, 2.0].into_iter().cycle();
    while step < least {
        step *= factors.next().unwrap_or(10.0);
    }
    let decimals = u32::from(step < 0.999) + u32::from(step < 0.0999);
    let mut marks = Vec::new();
    let mut index = 0_u32;
    while f64::from(index) * step <= whole {
        let value = f64::from(index) * step;
        let label = decimal(value, decimals);
        marks.push(Tick {
            at: value / whole,
            label: texts.with("seconds", &vec![("value", label.into())]),
        });
        index += 1;
    }
    marks
}
