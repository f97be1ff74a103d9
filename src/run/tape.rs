//! A window of a run: every step in it, and how those it concerned look after it.
//!
//! The log keeps what is worth a sentence for a whole run; a tape keeps everything, for as long as
//! somebody looks. What was executed before is executed again, beside the run, which stays where it
//! is.

use super::Run;
use crate::base::{Map, Micros};
use crate::protocol::client::ClientState;
use crate::protocol::{Epoch, ServerState, Sid, ZabState};
use crate::sim::{Cause, ClientStatus, Node, Power, ServerStatus, Step, World};

/// How a server or a client looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A server.
    Server {
        /// Whether its process runs.
        power: Power,
        /// Its state.
        state: ServerState,
        /// Its Zab phase.
        zab: ZabState,
        /// True where clients would be served.
        serves: bool,
        /// Its currentEpoch.
        epoch: Epoch,
    },
    /// A client.
    Client {
        /// Whether its process runs.
        power: Power,
        /// The state of its client.
        state: ClientState,
        /// The server it tries or is connected to.
        host: Option<Sid>,
    },
}

/// One step of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taped {
    /// The step.
    pub step: Step,
    /// Who looks otherwise since, and how.
    pub looks: Vec<(Node, Look)>,
}

/// Steps without a gap.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    /// Nothing before this instant is on it.
    since: Micros,
    start: Map<Node, Look>,
    looks: Map<Node, Look>,
    steps: Vec<Taped>,
    /// The number of the step that comes next.
    next_seq: u64,
}

impl From<&ServerStatus> for Look {
    fn from(server: &ServerStatus) -> Self {
        let peer = &server.peer;
        Self::Server {
            power: server.power,
            state: peer.state,
            zab: peer.zab,
            serves: peer.serving,
            epoch: peer.current_epoch,
        }
    }
}

impl From<&ClientStatus> for Look {
    fn from(client: &ClientStatus) -> Self {
        Self::Client {
            power: client.power,
            state: client.state,
            host: client.host,
        }
    }
}

impl Tape {
    /// The most steps kept; the oldest go first.
    const MOST: usize = 40_000;

    /// An empty tape that begins at `since` with `world`, whose next step has the number
    /// `next_seq`.
    fn new(since: Micros, world: &World, next_seq: u64) -> Self {
        let mut looks = Map::new();
        for (node, look) in all(world) {
            looks.insert(node, look);
        }
        Self {
            since,
            start: looks.clone(),
            looks,
            steps: Vec::new(),
            next_seq,
        }
    }

    /// Since when it has everything.
    pub const fn since(&self) -> Micros {
        self.since
    }

    /// How everybody looked before the first step.
    pub const fn start(&self) -> &Map<Node, Look> {
        &self.start
    }

    /// The steps, oldest first.
    pub fn steps(&self) -> &[Taped] {
        &self.steps
    }

    /// Takes the next step; one that does not follow makes the tape begin anew.
    pub(super) fn take(&mut self, step: &Step, world: &World) {
        if step.seq != self.next_seq {
            *self = Self::new(step.at, world, step.seq);
        }
        self.next_seq = step.seq + 1;
        let mut changed: Vec<(Node, Look)> = if matches!(step.cause, Cause::Commanded { .. }) {
            all(world).collect()
        } else if !step.notes.is_empty() || matches!(step.cause, Cause::Booted | Cause::Halted) {
            server(step.sid, world)
        } else {
            client(step, world)
        };
        changed.retain(|(node, look)| self.looks.insert(*node, *look) != Some(*look));
        self.steps.push(Taped {
            step: step.clone(),
            looks: changed,
        });
        if self.steps.len() > Self::MOST {
            let until = self.steps.get(Self::MOST / 4).map(|taped| taped.step.at);
            self.forget_before(until.unwrap_or_default());
        }
    }

    /// Forgets the steps before `at`.
    pub fn forget_before(&mut self, at: Micros) {
        self.since = self.since.max(at);
        let gone = self.steps.partition_point(|taped| taped.step.at < at);
        for taped in self.steps.drain(..gone) {
            for (node, look) in taped.looks {
                self.start.insert(node, look);
            }
        }
    }
}

fn all(world: &World) -> impl Iterator<Item = (Node, Look)> + '_ {
    let servers = world.servers().map(|s| (Node::from(s.sid), Look::from(&s)));
    let clients = world.clients();
    servers.chain(clients.map(|c| (Node::Client(c.id), Look::from(&c))))
}

fn server(sid: Option<Sid>, world: &World) -> Vec<(Node, Look)> {
    let server = sid.and_then(|sid| world.server(sid));
    let look = server.map(|s| (Node::from(s.sid), Look::from(&s)));
    look.into_iter().collect()
}

fn client(step: &Step, world: &World) -> Vec<(Node, Look)> {
    let changes = !step.told.is_empty() || step.cause == Cause::ClientStarted;
    let id = step.client.filter(|_| changes);
    let client = id.and_then(|id| world.client(id));
    let look = client.map(|c| (Node::Client(c.id), Look::from(&c)));
    look.into_iter().collect()
}

impl Run {
    /// Keeps a tape of what is executed from now on in the branch shown.
    pub fn keep_tape(&mut self) {
        let line = self.line_mut();
        line.tape = Some(Tape::new(line.now, &line.head.world, line.head.steps));
    }

    /// Keeps none any more.
    pub fn drop_tape(&mut self) {
        self.line_mut().tape = None;
    }

    /// The tape of what was executed since it was begun or began anew; `None` where none is kept.
    pub const fn tape(&self) -> Option<&Tape> {
        self.line().tape.as_ref()
    }

    /// The same, to forget what is too old.
    pub const fn tape_mut(&mut self) -> Option<&mut Tape> {
        self.line_mut().tape.as_mut()
    }

    /// Begins the tape anew with what happened since `from`, up to now: executed again from the
    /// nearest checkpoint.
    pub fn tape_again(&mut self, from: Micros) {
        let tape = self.replay(from, self.now());
        self.line_mut().tape = Some(tape);
    }

    /// What happened between two instants, both included, as far as the branch shown was
    /// executed; the run stays where it is.
    pub fn replay(&self, from: Micros, until: Micros) -> Tape {
        let line = self.line();
        let checkpoint = line.checkpoints.at_or_before(from);
        let (mut at, mut head) = (checkpoint.at, checkpoint.head.clone());
        let mut tape = (from <= at).then(|| Tape::new(from, &head.world, head.steps));
        let end = until.min(line.horizon);
        while let Some(next) = head.next_at(&line.journal, at).filter(|next| *next <= end) {
            if next >= from && tape.is_none() {
                tape = Some(Tape::new(from, &head.world, head.steps));
            }
            at = next;
            if let Some(step) = head.execute(&line.journal, at)
                && let Some(tape) = &mut tape
            {
                tape.take(&step, &head.world);
            }
        }
        tape.unwrap_or_else(|| Tape::new(from, &head.world, head.steps))
    }
}

#[cfg(test)]
#[path = "tape_tests.rs"]
mod tests;
