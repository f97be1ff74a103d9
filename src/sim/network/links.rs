//! Who can reach whom, and how long it takes: the ground the connections stand on.
//!
//! One generator per ordered pair of servers and one per process, each forked from the seed by
//! label, so that a new draw in one place does not reshuffle the rest.

use serde::{Deserialize, Serialize};

use super::profile::{Profile, Table, Tables};
use crate::base::{Map, Micros, Rng, Set};
use crate::protocol::{Port, Sid};
use crate::sim::pairs;

/// A link with delays of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkProfile {
    /// One end.
    pub from: Sid,
    /// The other end; both ways are meant.
    pub to: Sid,
    /// Whose delays it has.
    pub profile: Profile,
}

/// Reachability and delays.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Links {
    root: Rng,
    profile: Profile,
    #[serde(with = "pairs")]
    overrides: Map<(Sid, Sid), Profile>,
    #[serde(with = "pairs")]
    per_link: Map<(Sid, Sid), Rng>,
    #[serde(with = "pairs")]
    per_process: Map<Sid, Rng>,
    cuts: Set<(Sid, Sid)>,
    dark: Set<Sid>,
    listening: Set<(Sid, Port)>,
}

impl Links {
    pub(crate) fn new(root: Rng, profile: Profile, special: &[LinkProfile]) -> Self {
        let overrides = special
            .iter()
            .flat_map(|l| [((l.from, l.to), l.profile), ((l.to, l.from), l.profile)])
            .collect();
        Self {
            root,
            profile,
            overrides,
            per_link: Map::new(),
            per_process: Map::new(),
            cuts: Set::new(),
            dark: Set::new(),
            listening: Set::new(),
        }
    }

    /// The delays of processes and disks.
    pub(crate) fn tables(&self) -> &'static Tables {
        self.profile.tables()
    }

    /// Draws how long a packet from one server to another is on the wire.
    pub(crate) fn latency(&mut self, from: Sid, to: Sid) -> Micros {
        let profile = self.overrides.get(&(from, to)).unwrap_or(&self.profile);
        let root = &self.root;
        let rng = self
            .per_link
            .get_or_insert_with((from, to), || root.fork(&("link", from, to)));
        profile.tables().link.draw(rng)
    }

    /// Draws how long a frame takes until a thread of the receiving process has it.
    pub(crate) fn delay(&mut self, from: Sid, to: Sid) -> Micros {
        let on_the_wire = self.latency(from, to);
        let wake = self.tables().wake;
        on_the_wire
            + self
                .per_link
                .get_mut(&(from, to))
                .map_or(Micros::ZERO, |rng| wake.draw(rng))
    }

    /// Draws one of a process's own delays.
    pub(crate) fn of_process(&mut self, sid: Sid, table: Table) -> Micros {
        let root = &self.root;
        let rng = self
            .per_process
            .get_or_insert_with(sid, || root.fork(&("process", sid)));
        table.draw(rng)
    }

    /// True where packets from the first to the second server are dropped on the way.
    pub(crate) fn is_cut(&self, from: Sid, to: Sid) -> bool {
        !self.cuts.is_empty() && self.cuts.contains(&(from, to))
    }

    pub(crate) fn set_cuts(&mut self, cuts: Set<(Sid, Sid)>) {
        self.cuts = cuts;
    }

    /// True where the host is without power.
    pub(crate) fn is_dark(&self, sid: Sid) -> bool {
        self.dark.contains(&sid)
    }

    pub(crate) fn go_dark(&mut self, sid: Sid) {
        self.dark.insert(sid);
    }

    pub(crate) fn light_up(&mut self, sid: Sid) {
        self.dark.remove(&sid);
    }

    /// True where nothing from the first server reaches the second one's kernel.
    pub(crate) fn is_blocked(&self, from: Sid, to: Sid) -> bool {
        self.is_cut(from, to) || self.is_dark(to)
    }

    pub(crate) fn is_listening(&self, sid: Sid, port: Port) -> bool {
        self.listening.contains(&(sid, port))
    }

    pub(crate) fn listen(&mut self, sid: Sid, port: Port) {
        self.listening.insert((sid, port));
    }

    pub(crate) fn unlisten(&mut self, sid: Sid, port: Port) {
        self.listening.remove(&(sid, port));
    }

    pub(crate) fn unlisten_all(&mut self, sid: Sid) {
        self.listening.retain(|(listener, _)| *listener != sid);
    }
}
