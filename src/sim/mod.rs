//! Where it happens: the world that owns time, chance, wires, disks and processes.
//!
//! A world is a plain value: copy it, compare it, write it down. It changes in two ways only: a
//! person's command ([`World::apply`]) and the next event ([`World::step`]), each of which yields
//! a [`Step`]. Faults live here, never in the protocol: a killed process is a dropped `Peer`
//! whose `Durable` stays.
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

pub mod client;
pub mod clock;
pub mod command;
mod disk;
mod effects;
mod engine;
pub mod event;
pub mod fault;
mod json;
pub mod network;
mod node;
mod pairs;
mod parameter;
mod process;
pub mod queue;
pub mod spec;
pub mod step;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use client::ClientProcess;
use disk::Disk;
use event::{Event, Part};
use network::{Moment, Network, Outcome, Signal};
use process::{Process, Task};

pub use client::{CLIENTS_MAX, ClientSpec, ClientStatus, Pace, Resume, Shown, Workload};
pub use clock::Clock;
pub use command::{Command, Rejected, TimedCommand};
pub use event::Side;
pub use fault::{
    ActiveFault, CATALOGUE, Direction, Fault, FaultId, FaultKind, Trouble, Ways, describe, resolve,
    survivable,
};
pub use network::{Connection, LinkProfile, Profile};
pub use node::{ClientId, Node};
pub use parameter::{Argument, Parameter, Takes, read_sid};
pub use queue::EventQueue;
pub use spec::ClusterSpec;
pub use step::{Cause, Flight, Frame, Power, ServerStatus, Step};

use crate::base::{Map, Micros, Rng, Set, digest_of};
use crate::protocol::{Database, Durable, Input, PeerConfig, Sid, Timer, Zxid};

/// A cluster that lives: processes, wires, disks, clocks, faults, and what happens next.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct World {
    now: Micros,
    steps: u64,
    /// The seed's generator; only ever forked.
    root: Rng,
    queue: EventQueue,
    network: Network,
    processes: Map<Sid, Process>,
    oracle_says_one: Set<Sid>,
    faults: Vec<ActiveFault>,
    injected: u32,
    /// Shared between copies of a world until one of them goes on.
    clients: Map<ClientId, Arc<ClientProcess>>,
    clients_added: u32,
}

impl World {
    /// The world of `spec` at instant 0, before anything has happened.
    pub fn new(spec: &ClusterSpec, seed: u64) -> Self {
        let root = Rng::new(seed);
        let mut queue = EventQueue::new();
        let mut processes = Map::new();
        for &sid in spec.config.ensemble.members.keys() {
            let mut config = spec.config.clone();
            config.my_id = sid;
            let clock = spec.clocks.get(&sid).copied().unwrap_or_default();
            let disk = Disk::new(spec.disks.get(&sid).cloned().unwrap_or_default());
            let mut process = Process::new(config, clock, disk);
            let at = spec.starts.get(&sid).copied().unwrap_or_default();
            process.boot = Some(queue.push(at, Event::Start(sid)));
            processes.insert(sid, process);
        }
        let members = processes.keys().copied().collect();
        let mut world = Self {
            now: Micros::ZERO,
            steps: 0,
            network: Network::new(root.clone(), spec.profile, &spec.link_profiles, members),
            root,
            queue,
            processes,
            oracle_says_one: spec.oracle_says_one.clone(),
            faults: Vec::new(),
            injected: 0,
            clients: Map::new(),
            clients_added: 0,
        };
        for client in &spec.clients {
            world.insert_client(client.clone());
        }
        world
    }

    /// The present instant.
    pub const fn now(&self) -> Micros {
        self.now
    }

    /// When the next event is due; `None` where nothing will ever happen by itself.
    pub fn next_at(&self) -> Option<Micros> {
        self.queue.next_at()
    }

    /// Lets time pass without an event, to `t` or to the next event, whichever is earlier; never
    /// back. For a command that is given between two events.
    pub fn idle_until(&mut self, t: Micros) {
        let limit = self.next_at().map_or(t, |next| t.min(next));
        self.now = self.now.max(limit);
    }

    /// Lets a person's command take effect now.
    ///
    /// # Errors
    /// [`Rejected`] where it makes no sense now; the world is unchanged then.
    pub fn apply(&mut self, command: &Command) -> Result<Step, Rejected> {
        let mut step = self.empty_step(Cause::Commanded {
            command: command.clone(),
        });
        step.client = client::command(self, command, &mut step)?;
        if step.client.is_none() {
            step.sid = fault::command(self, command)?;
        }
        step.seq = self.number_step();
        Ok(step)
    }

    /// Lets exactly one event happen, the next in the order (instant, sequence number).
    pub fn step(&mut self) -> Option<Step> {
        let (at, event) = self.queue.pop()?;
        self.now = at;
        let mut step = self.record(Cause::Internal);
        match event {
            Event::Start(sid) => {
                step.sid = Some(sid);
                fault::crash::start(self, sid);
            }
            Event::Boot(sid) => self.boot(sid, &mut step),
            Event::Fire(sid, timer) => self.fire(sid, timer, &mut step),
            Event::Work(sid) => self.work_off(sid, &mut step),
            Event::Synced(sid, part) => self.synced(sid, part, &mut step),
            Event::Halt(sid) => {
                step.sid = Some(sid);
                step.cause = Cause::Halted;
                fault::terminate::halt(self, sid);
            }
            Event::Teardown(sid) => {
                if let Some(process) = self.processes.get_mut(&sid) {
                    process.teardown = None;
                }
                let (network, mut moment) = self.wires();
                network.sockets_closed(sid.into(), &mut moment);
            }
            Event::ClientStart(id) => self.client_starts(id, &mut step),
            Event::ClientFire(id, timer) => self.client_fires(id, timer, &mut step),
            Event::ClientWork(id) => self.client_works(id, &mut step),
            Event::ClientDrain(id) => self.client_drains(id, &mut step),
            Event::ClientTeardown(id) => self.client_torn_down(id),
            Event::Wire(wire) => {
                let (network, mut moment) = self.wires();
                match network.happen(wire, &mut moment) {
                    Outcome::Nothing => {}
                    Outcome::Tell(Node::Client(id), signal) => {
                        self.tell_client(id, signal, &mut step);
                    }
                    Outcome::Tell(Node::Server(sid), signal) => {
                        self.deliver(sid, Task::Signal(signal), &mut step);
                    }
                    Outcome::Lost(frame) => {
                        (step.sid, step.client) = (frame.to.server(), frame.to.client());
                        step.cause = Cause::Lost { frame };
                    }
                }
            }
        }
        Some(step)
    }

    fn boot(&mut self, sid: Sid, step: &mut Step) {
        let Some(process) = self.processes.get_mut(&sid) else {
            return;
        };
        let rng = self.root.fork(&("peer", sid, process.incarnation));
        process.come_up(rng, self.now);
        step.sid = Some(sid);
        step.cause = Cause::Booted;
        if self.oracle_says_one.contains(&sid) {
            self.run(sid, Input::Oracle { says_one: true }, step);
        }
        self.run(sid, Input::Boot, step);
    }

    fn fire(&mut self, sid: Sid, timer: Timer, step: &mut Step) {
        let task = self
            .processes
            .get_mut(&sid)
            .and_then(|process| process.fire(timer));
        if let Some(task) = task {
            self.hand(sid, task, step);
        }
    }

    fn synced(&mut self, sid: Sid, part: Part, step: &mut Step) {
        let mut moment = Moment {
            now: self.now,
            queue: &mut self.queue,
        };
        let tickets = match self.processes.get_mut(&sid) {
            Some(process) => process.disk.synced(sid, part, &mut moment),
            None => return,
        };
        for ticket in tickets {
            self.deliver(sid, Task::Persisted(ticket), step);
        }
    }

    fn record(&mut self, cause: Cause) -> Step {
        Step {
            seq: self.number_step(),
            ..self.empty_step(cause)
        }
    }

    const fn number_step(&mut self) -> u64 {
        let seq = self.steps;
        self.steps += 1;
        seq
    }

    const fn empty_step(&self, cause: Cause) -> Step {
        Step {
            seq: self.steps,
            at: self.now,
            sid: None,
            client: None,
            cause,
            sent: Vec::new(),
            notes: Vec::new(),
            told: Vec::new(),
        }
    }

    /// The network, and the moment for it to act in.
    const fn wires(&mut self) -> (&mut Network, Moment<'_>) {
        let moment = Moment {
            now: self.now,
            queue: &mut self.queue,
        };
        (&mut self.network, moment)
    }

    /// Lets the servers share what they hold alike: logs, znodes. Nothing changes by that but how
    /// much a copy weighs; whoever is about to keep one calls it.
    pub fn share(&mut self) {
        let model = self.processes.values().max_by_key(|process| {
            let last = process.disk.durable().log.last();
            (process.engine.is_some(), last)
        });
        let Some((disk, engine)) = model.map(|m| (m.disk.durable().clone(), m.engine.clone()))
        else {
            return;
        };
        for process in self.processes.values_mut() {
            process.disk.share(&disk);
            if let (Some(mine), Some(its)) = (&mut process.engine, &engine) {
                mine.share(its);
            }
        }
    }

    /// A number for everything that determines the future; equal on x86-64 and wasm32.
    pub fn digest(&self) -> u64 {
        digest_of(self)
    }

    /// All servers, by id.
    pub fn servers(&self) -> impl Iterator<Item = ServerStatus> + '_ {
        self.processes.values().map(Process::status)
    }

    /// One server.
    pub fn server(&self, sid: Sid) -> Option<ServerStatus> {
        self.processes.get(&sid).map(Process::status)
    }

    /// The servers' ids, ascending.
    pub fn sids(&self) -> impl Iterator<Item = Sid> + '_ {
        self.processes.keys().copied()
    }

    /// Whether a server's process runs.
    pub fn power(&self, sid: Sid) -> Power {
        let process = self.processes.get(&sid);
        process.map_or(Power::Off, |process| process.power)
    }

    /// What a server was started with.
    pub fn config(&self, sid: Sid) -> Option<&PeerConfig> {
        Some(&self.processes.get(&sid)?.config)
    }

    /// What a crash of a server now would leave on its disk at the least.
    pub fn durable(&self, sid: Sid) -> Option<&Durable> {
        self.processes
            .get(&sid)
            .map(|process| process.disk.durable())
    }

    /// The transactions a server has appended to its log that no fsync has made durable yet, oldest
    /// first.
    pub fn unsynced(&self, sid: Sid) -> impl Iterator<Item = Zxid> + '_ {
        let process = self.processes.get(&sid);
        process
            .into_iter()
            .flat_map(|process| process.disk.unsynced())
    }

    /// What a running server has in memory of its clients' data.
    pub fn database(&self, sid: Sid) -> Option<&Database> {
        self.processes.get(&sid)?.engine.as_ref()?.database()
    }

    /// Frames under way, by connection, oldest first in each direction.
    pub fn frames(&self) -> impl Iterator<Item = &Frame> + '_ {
        self.network.frames()
    }

    /// The same as plain values that say who dialled.
    pub fn flights(&self) -> impl Iterator<Item = Flight> + '_ {
        let frames = self.network.sided_frames();
        frames.map(|(side, frame)| Flight::of(frame, side))
    }

    /// How many frames are under way.
    pub fn flight_count(&self) -> usize {
        self.network.frames().count()
    }

    /// Connections that are open at both ends, by number.
    pub fn connections(&self) -> impl Iterator<Item = Connection> + '_ {
        self.network.connections()
    }

    /// The faults that stand, in the order of injection.
    pub fn faults(&self) -> &[ActiveFault] {
        &self.faults
    }

    /// True where packets from the first to the second server are dropped on the way.
    pub fn link_is_cut(&self, from: Sid, to: Sid) -> bool {
        self.network.links().is_cut(from.into(), to.into())
    }

    /// When a deadline was set and when it is due, in the world's time.
    pub fn deadline(&self, sid: Sid, timer: Timer) -> Option<(Micros, Micros)> {
        let deadline = self.processes.get(&sid)?.deadline(timer)?;
        Some((deadline.armed_at, deadline.due_at))
    }

    /// All deadlines of a server: (timer, set at, due at), in the world's time.
    pub fn deadlines(&self, sid: Sid) -> impl Iterator<Item = (Timer, Micros, Micros)> + '_ {
        self.processes
            .get(&sid)
            .into_iter()
            .flat_map(Process::deadlines)
            .map(|(timer, deadline)| (timer, deadline.armed_at, deadline.due_at))
    }

    /// How many events are pending: a figure for tests of the bounds.
    pub fn pending_events(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
#[path = "world_tests.rs"]
mod world_tests;
