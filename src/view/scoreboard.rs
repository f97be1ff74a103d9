//! The scoreboard: who leads which epoch, the quorum, the heartbeats, and what is really checked.
//!
//! The third cell shows who is served; where a run has no clients it shows the heartbeats, the one
//! other thing that tells at a glance whether the ensemble is well.

use super::clients::{Service, count};
use super::ring::silence;
use super::snapshot::{Snapshot, seconds};
use super::standing::{Cluster, Standing};
use super::texts::{Args, Texts, Value};
use crate::base::Micros;
use crate::check::PROPERTIES;
use crate::protocol::Sid;
use crate::sim::{ClientId, ServerStatus};
use crate::view::decimal::decimal;

/// How a cell is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// As it should be.
    #[default]
    Calm,
    /// Amber: something is missing.
    Bad,
    /// Red: a promise is broken.
    Broken,
}

/// One cell: a large value over a small line, each with a short form for narrow pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The value.
    pub value: String,
    /// The line under it.
    pub note: String,
    /// The value where room is scarce.
    pub short_value: String,
    /// The line where room is scarce.
    pub short_note: String,
    /// Its colour.
    pub mood: Mood,
}

/// The pips of the quorum cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pips {
    /// How many are lit.
    pub lit: usize,
    /// How many there are.
    pub of: usize,
    /// Behind which one the majority's bar stands; `None` where weights or an oracle decide.
    pub need: Option<usize>,
    /// True where they are votes (amber), not followers (blue).
    pub are_votes: bool,
}

/// All cells, in reading order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scoreboard {
    /// Who leads which epoch.
    pub leader: Cell,
    /// The body drawn in the first cell, and its number.
    pub body: (Standing, Option<Sid>),
    /// The quorum.
    pub quorum: Cell,
    /// Its pips.
    pub pips: Pips,
    /// Who answers the leader's heartbeat.
    pub heartbeats: Cell,
    /// Who is served, in a run with clients.
    pub clients: Option<Cell>,
    /// What is checked.
    pub promises: Cell,
}

/// The scoreboard at `t`.
pub fn scoreboard(snapshot: &Snapshot, t: Micros, texts: &Texts) -> Scoreboard {
    let board = Board {
        cluster: Cluster::of(snapshot),
        t,
        texts,
    };
    let leading = board.cluster.leading();
    let body = leading.map_or((Standing::Looking, None), |leader| {
        (Standing::Leading, Some(leader.sid))
    });
    let (quorum, pips) = leading.map_or_else(|| board.votes(), |leader| board.quorum(leader.sid));
    Scoreboard {
        leader: leading.map_or_else(|| board.nobody(), |leader| board.leader(leader)),
        body,
        quorum,
        pips,
        heartbeats: board.heartbeats(leading),
        clients: (!snapshot.clients.is_empty()).then(|| board.clients()),
        promises: board.promises(),
    }
}

struct Board<'a> {
    cluster: Cluster<'a>,
    t: Micros,
    texts: &'a Texts,
}

impl Board<'_> {
    fn cell(&self, keys: [&str; 4], args: &Args, mood: Mood) -> Cell {
        let [value, note, short_value, short_note] = keys.map(|key| self.texts.with(key, args));
        Cell {
            value,
            note,
            short_value,
            short_note,
            mood,
        }
    }

    fn leader(&self, leader: &ServerStatus) -> Cell {
        let snapshot = self.cluster.snapshot;
        let held = self
            .t
            .saturating_sub(snapshot.leading_since.unwrap_or(self.t));
        let mut args: Args = vec![
            ("leader", leader.sid.into()),
            ("epoch", leader.peer.current_epoch.into()),
            ("seconds", (held.as_ms() / 1_000).into()),
        ];
        let (note, short) = match self.cluster.stale.first() {
            Some(stale) => {
                let epoch = snapshot.server(*stale).map(|s| s.peer.current_epoch);
                let epoch: Value = epoch.unwrap_or_default().into();
                let stale_args: Args = vec![("stale", (*stale).into()), ("epoch", epoch)];
                let mut cell = self.cell(
                    [
                        "score-leads",
                        "score-held",
                        "score-leads-short",
                        "score-held",
                    ],
                    &args,
                    Mood::Calm,
                );
                cell.note = self.texts.with("score-stale", &stale_args);
                cell.short_note = self.texts.with("score-stale-short", &stale_args);
                return cell;
            }
            None if self.cluster.standing(leader.sid) == Standing::WithoutQuorum => {
                ("score-blind", "score-blind")
            }
            None => ("score-held", "score-short-held"),
        };
        args.push(("of", self.cluster.voters.len().into()));
        self.cell(
            ["score-leads", note, "score-leads-short", short],
            &args,
            Mood::Calm,
        )
    }

    fn nobody(&self) -> Cell {
        let since = self.cluster.snapshot.leaderless_since.unwrap_or(self.t);
        let gap = seconds(self.t.saturating_sub(since));
        let args: Args = vec![
            ("looking", self.cluster.looking().into()),
            ("seconds", decimal(gap, 2).into()),
        ];
        let keys = [
            "score-no-leader",
            "score-electing",
            "score-no-leader",
            "score-electing-short",
        ];
        self.cell(keys, &args, Mood::Bad)
    }

    fn quorum(&self, leader: Sid) -> (Cell, Pips) {
        let reached = self.cluster.reached_by(leader);
        let pips = Pips {
            lit: reached.len(),
            of: self.cluster.voters.len(),
            need: self.cluster.need(),
            are_votes: false,
        };
        let args = Self::counts(&pips);
        let (keys, mood) = match (self.cluster.is_quorum(&reached), pips.need) {
            (true, Some(_)) => (
                [
                    "score-quorum",
                    "score-need",
                    "score-quorum-short",
                    "score-need-short",
                ],
                Mood::Calm,
            ),
            (true, None) => (
                [
                    "score-quorum",
                    "score-can-commit",
                    "score-quorum-short",
                    "score-can-commit",
                ],
                Mood::Calm,
            ),
            (false, Some(_)) => (
                [
                    "score-no-quorum",
                    "score-reaches",
                    "score-quorum-short",
                    "score-need-short",
                ],
                Mood::Bad,
            ),
            (false, None) => (
                [
                    "score-no-quorum",
                    "score-reaches-weighted",
                    "score-quorum-short",
                    "score-no-quorum",
                ],
                Mood::Bad,
            ),
        };
        (self.cell(keys, &args, mood), pips)
    }

    fn votes(&self) -> (Cell, Pips) {
        let favourite = self.cluster.favourite();
        let pips = Pips {
            lit: favourite.as_ref().map_or(0, |(_, backers)| backers.len()),
            of: self.cluster.voters.len(),
            need: self.cluster.need(),
            are_votes: true,
        };
        let mut args = Self::counts(&pips);
        let Some((whom, _)) = favourite else {
            let keys = [
                "score-no-quorum",
                "score-nobody-leads",
                "score-quorum-short",
                "score-no-quorum",
            ];
            return (self.cell(keys, &args, Mood::Bad), pips);
        };
        args.push(("for", whom.into()));
        let keys = if pips.need.is_some() {
            [
                "score-agree",
                "score-need-for",
                "score-quorum-short",
                "score-need-for-short",
            ]
        } else {
            [
                "score-agree",
                "score-for",
                "score-quorum-short",
                "score-for",
            ]
        };
        (self.cell(keys, &args, Mood::Bad), pips)
    }

    fn counts(pips: &Pips) -> Args {
        vec![
            ("have", pips.lit.into()),
            ("of", pips.of.into()),
            ("need", pips.need.unwrap_or(0).into()),
        ]
    }

    /// Who has answered within the last tick: a leader pings every half tick.
    fn heartbeats(&self, leader: Option<&ServerStatus>) -> Cell {
        let Some(leader) = leader else {
            let keys = [
                "score-no-heartbeats",
                "score-nobody-leads",
                "score-no-heartbeats-short",
                "score-nobody-leads",
            ];
            return self.cell(keys, &Args::new(), Mood::Bad);
        };
        let snapshot = self.cluster.snapshot;
        let expected = snapshot.servers.len().saturating_sub(1);
        let learners = leader.peer.learners.keys();
        let silences: Vec<Micros> = learners
            .filter_map(|sid| silence(snapshot, leader, *sid, self.t))
            .collect();
        let answering = silences
            .iter()
            .filter(|silent| **silent <= snapshot.limits.tick)
            .count();
        let last = silences.iter().min();
        let args: Args = vec![
            ("leader", leader.sid.into()),
            ("have", answering.into()),
            ("of", expected.into()),
            (
                "seconds",
                decimal(last.map_or(0.0, |silent| seconds(*silent)), 1).into(),
            ),
        ];
        let mood = if answering < expected {
            Mood::Bad
        } else {
            Mood::Calm
        };
        let note = if last.is_some() {
            "score-last-heard"
        } else {
            "score-no-followers"
        };
        let keys = [
            "score-heartbeats",
            note,
            "score-heartbeats-short",
            "score-heartbeats-key",
        ];
        self.cell(keys, &args, mood)
    }

    /// How many clients are served, and what the others do.
    fn clients(&self) -> Cell {
        let snapshot = self.cluster.snapshot;
        let (have, of) = count(snapshot, self.t);
        let mut waits: Option<(Micros, ClientId)> = None;
        let (mut away, mut expired, mut calls) = (0_usize, 0_usize, 0_u64);
        for client in &snapshot.clients {
            let status = &client.status;
            calls += status.acknowledged;
            match Service::of(client, self.t) {
                Service::Waiting => {
                    let since = (status.oldest_call_at.unwrap_or(self.t), status.id);
                    waits = Some(waits.map_or(since, |longest| longest.min(since)));
                }
                Service::Connecting | Service::Reconnecting => away += 1,
                Service::Expired => expired += 1,
                _ => {}
            }
        }
        let mut args: Args = vec![
            ("have", have.into()),
            ("of", of.into()),
            ("calls", calls.into()),
        ];
        let note = match waits {
            _ if expired > 0 => {
                args.push(("count", expired.into()));
                "score-clients-expired"
            }
            _ if away > 0 => {
                args.push(("count", away.into()));
                "score-clients-away"
            }
            Some((since, id)) => {
                let span = seconds(self.t.saturating_sub(since));
                args.push(("clients", Value::Clients(vec![id])));
                args.push(("seconds", decimal(span, 1).into()));
                "score-clients-wait"
            }
            None => "score-clients-calls",
        };
        let mood = if have < of { Mood::Bad } else { Mood::Calm };
        let short = "score-clients-key";
        self.cell(
            ["score-clients", note, "score-clients-short", short],
            &args,
            mood,
        )
    }

    fn promises(&self) -> Cell {
        if let Some(first) = self.cluster.snapshot.violations.first() {
            let promise = super::promises::sentence(first.property, self.texts);
            let keys = [
                "score-broken",
                "score-not-so",
                "score-broken",
                "score-not-so",
            ];
            return self.cell(keys, &vec![("promise", promise.into())], Mood::Broken);
        }
        let args: Args = vec![("promises", PROPERTIES.len().into())];
        let keys = [
            "score-safe",
            "score-safe-key",
            "score-safe",
            "score-safe-short",
        ];
        self.cell(keys, &args, Mood::Calm)
    }
}
