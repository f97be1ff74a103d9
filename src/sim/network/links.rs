//! Who can reach whom, and how long it takes: the ground the connections stand on.
//!
//! One generator per ordered pair of nodes and one per process, each forked from the seed by
//! label, so that a new draw in one place does not reshuffle the rest.

use serde::{Deserialize, Serialize};

use super::profile::{Profile, Table, Tables};
use super::tcp;
use crate::base::{Map, Micros, Rng, Set};
use crate::protocol::{Port, Sid};
use crate::sim::node::Node;
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

/// What standing faults make of a way: slower, less even, lossy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// Added to every packet's delay.
    pub(crate) delay: Micros,
    /// Added on top, anything from 0 to this.
    pub(crate) jitter: Micros,
    /// How many of a thousand packets are lost.
    pub(crate) loss_permille: u32,
}

/// What standing faults make of all ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LinkFaults {
    /// The ways on which everything is lost.
    pub(crate) cuts: Set<(Node, Node)>,
    /// The ways that are worse than usual.
    pub(crate) shapes: Map<(Node, Node), Shape>,
}

/// Reachability and delays.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Links {
    root: Rng,
    profile: Profile,
    #[serde(with = "pairs")]
    overrides: Map<(Node, Node), Profile>,
    #[serde(with = "pairs")]
    per_link: Map<(Node, Node), Rng>,
    #[serde(with = "pairs")]
    per_process: Map<Node, Rng>,
    cuts: Set<(Node, Node)>,
    #[serde(with = "pairs")]
    shapes: Map<(Node, Node), Shape>,
    dark: Set<Node>,
    listening: Set<(Sid, Port)>,
}

impl Links {
    pub(crate) fn new(root: Rng, profile: Profile, special: &[LinkProfile]) -> Self {
        let overrides = special
            .iter()
            .flat_map(|l| [(l.from, l.to, l.profile), (l.to, l.from, l.profile)])
            .map(|(from, to, profile)| ((Node::Server(from), Node::Server(to)), profile))
            .collect();
        Self {
            root,
            profile,
            overrides,
            per_link: Map::new(),
            per_process: Map::new(),
            cuts: Set::new(),
            shapes: Map::new(),
            dark: Set::new(),
            listening: Set::new(),
        }
    }

    /// The delays of processes and disks.
    pub(crate) fn tables(&self) -> &'static Tables {
        self.profile.tables()
    }

    /// Draws how long a packet from one node to another is on the wire.
    pub(crate) fn latency(&mut self, from: Node, to: Node) -> Micros {
        let profile = self.overrides.get(&(from, to)).unwrap_or(&self.profile);
        let root = &self.root;
        let rng = self
            .per_link
            .get_or_insert_with((from, to), || root.fork(&("link", from, to)));
        let usual = profile.tables().link.draw(rng);
        match self.shapes.get(&(from, to)) {
            None => usual,
            Some(shape) => usual + shape.delay + rng.span(Micros::ZERO, shape.jitter),
        }
    }

    /// True where a packet is lost by chance.
    pub(crate) fn loses(&mut self, from: Node, to: Node) -> bool {
        let Some(shape) = self.shapes.get(&(from, to)) else {
            return false;
        };
        let root = &self.root;
        let rng = self
            .per_link
            .get_or_insert_with((from, to), || root.fork(&("link", from, to)));
        rng.below(1_000) < u64::from(shape.loss_permille)
    }

    /// Draws how often a segment is lost before it gets through, as the delay of its last
    /// retransmission; `None` where none of them does.
    pub(crate) fn retransmitting(&mut self, from: Node, to: Node) -> Option<Micros> {
        if !self.shapes.contains_key(&(from, to)) {
            return Some(Micros::ZERO);
        }
        (0..=tcp::RETRIES)
            .find(|_| !self.loses(from, to))
            .map(|n| tcp::retransmission(Micros::ZERO, n))
    }

    /// Draws how long a frame takes until a thread of the receiving process has it.
    pub(crate) fn delay(&mut self, from: Node, to: Node) -> Micros {
        let on_the_wire = self.latency(from, to);
        let wake = self.tables().wake;
        on_the_wire
            + self
                .per_link
                .get_mut(&(from, to))
                .map_or(Micros::ZERO, |rng| wake.draw(rng))
    }

    /// Draws one of a process's own delays.
    pub(crate) fn of_process(&mut self, node: impl Into<Node>, table: Table) -> Micros {
        let node = node.into();
        let root = &self.root;
        let rng = self
            .per_process
            .get_or_insert_with(node, || root.fork(&("process", node)));
        table.draw(rng)
    }

    /// True where packets from the first to the second node are dropped on the way.
    pub(crate) fn is_cut(&self, from: Node, to: Node) -> bool {
        !self.cuts.is_empty() && self.cuts.contains(&(from, to))
    }

    /// Takes what stands now; the ways that were slow or lossy and are no more.
    pub(crate) fn set_faults(&mut self, faults: LinkFaults) -> Set<(Node, Node)> {
        self.cuts = faults.cuts;
        let before = core::mem::replace(&mut self.shapes, faults.shapes);
        let mut relieved = Set::new();
        for way in before.keys() {
            if !self.shapes.contains_key(way) {
                relieved.insert(*way);
            }
        }
        relieved
    }

    /// True where the host is without power.
    pub(crate) fn is_dark(&self, node: Node) -> bool {
        self.dark.contains(&node)
    }

    pub(crate) fn go_dark(&mut self, node: Node) {
        self.dark.insert(node);
    }

    pub(crate) fn light_up(&mut self, node: Node) {
        self.dark.remove(&node);
    }

    /// True where nothing from the first node reaches the second one's kernel.
    pub(crate) fn is_blocked(&self, from: Node, to: Node) -> bool {
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

    pub(crate) fn unlisten_all(&mut self, node: Node) {
        self.listening
            .retain(|(listener, _)| Node::Server(*listener) != node);
    }
}
