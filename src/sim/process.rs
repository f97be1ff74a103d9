//! A server's slot: its power, its process if there is one, the deadlines and the inputs that
//! wait.
//!
//! The peer itself is dropped when its process dies; disk and clock stay. Not here: what reaches a
//! process (`network`) and what its effects do (`effects.rs`).

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::disk::Disk;
use super::engine::Engine;
use super::event::{Event, Side};
use super::network::{Moment, Signal};
use super::node::{ClientId, Node};
use super::pairs;
use super::queue::Key;
use super::step::{Cause, Power, ServerStatus};
use crate::base::{Map, Micros, Rng, Set};
use crate::protocol::{
    Address, ConnId, Effect, Input, PeerConfig, PeerStatus, Route, Sid, Ticket, Timer,
};

/// Something a process is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Task {
    /// By the network.
    Signal(Signal),
    /// By the disk.
    Persisted(Ticket),
    /// By its own clock.
    Fired(Timer),
}

impl Task {
    /// The task as the peer sees it, and as the record of a step has it.
    ///
    /// `address` says where a client's host is.
    pub(crate) fn split(self, address: impl Fn(ClientId) -> Address) -> (Input, Cause) {
        match self {
            Self::Signal(Signal::Opened {
                conn,
                peer,
                port,
                side,
            }) => {
                let route = match (side, peer) {
                    (Side::Dialler, Node::Server(sid)) => Route::To(sid, port),
                    (Side::Acceptor, Node::Server(_)) => Route::Accepted(port),
                    (_, Node::Client(id)) => Route::Client(address(id)),
                };
                let cause = Cause::Opened { conn, peer, port };
                (Input::Opened(conn, route), cause)
            }
            Self::Signal(Signal::Refused { peer, port }) => {
                (Input::Refused(peer, port), Cause::Refused { peer, port })
            }
            Self::Signal(Signal::Closed { conn, peer }) => {
                (Input::Closed(conn), Cause::Closed { conn, peer })
            }
            Self::Signal(Signal::Frame(frame)) => (
                Input::Received(frame.conn, frame.message.clone()),
                Cause::Delivered { frame },
            ),
            Self::Persisted(ticket) => (Input::Persisted(ticket), Cause::Persisted),
            Self::Fired(timer) => (Input::Fired(timer), Cause::Fired { timer }),
        }
    }

    /// True where it concerns this connection.
    const fn is_about(&self, id: ConnId) -> bool {
        match self {
            Self::Signal(Signal::Opened { conn, .. } | Signal::Closed { conn, .. }) => {
                conn.0 == id.0
            }
            Self::Signal(Signal::Frame(frame)) => frame.conn.0 == id.0,
            Self::Signal(Signal::Refused { .. }) | Self::Persisted(_) | Self::Fired(_) => false,
        }
    }
}

/// A deadline of a process, in the world's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Deadline {
    pub(crate) armed_at: Micros,
    pub(crate) due_at: Micros,
    /// `None` where it passed while the process was stopped.
    pub(crate) event: Option<Key>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Process {
    pub(crate) sid: Sid,
    pub(crate) config: Arc<PeerConfig>,
    pub(crate) clock: Clock,
    /// How fast the clock runs where no fault stands, parts per million.
    own_drift_ppm: i64,
    pub(crate) disk: Disk,
    pub(crate) power: Power,
    power_since: Micros,
    /// How many processes this server has had.
    pub(crate) incarnation: u32,
    pub(crate) engine: Option<Engine>,
    /// The peer's own chance.
    rng: Rng,
    #[serde(with = "pairs")]
    timers: Map<Timer, Deadline>,
    inbox: VecDeque<Task>,
    /// The next thing to be worked off; while set, whatever comes has to queue.
    work: Option<Key>,
    /// The start of the process, or its being ready.
    pub(crate) boot: Option<Key>,
    /// It got SIGTERM.
    pub(crate) asked_to_end: bool,
    /// When it ends for that reason.
    pub(crate) halt: Option<Key>,
    /// When the kernel will have closed the last process's sockets.
    pub(crate) teardown: Option<Key>,
    #[cfg(test)]
    pub(crate) runs_probe: bool,
}

impl Process {
    /// How many inputs a stopped process may have waiting; a connection that brings
    /// more is reset.
    pub(crate) const INBOX_CAPACITY: usize = 32_768;

    pub(crate) fn new(config: PeerConfig, clock: Clock, disk: Disk) -> Self {
        Self {
            sid: config.my_id,
            config: Arc::new(config),
            clock,
            own_drift_ppm: clock.drift_ppm,
            disk,
            power: Power::Off,
            power_since: Micros::ZERO,
            incarnation: 0,
            engine: None,
            rng: Rng::new(0),
            timers: Map::new(),
            inbox: VecDeque::new(),
            work: None,
            boot: None,
            asked_to_end: false,
            halt: None,
            teardown: None,
            #[cfg(test)]
            runs_probe: false,
        }
    }

    pub(crate) const fn set_power(&mut self, power: Power, now: Micros) {
        self.power = power;
        self.power_since = now;
    }

    /// The process is ready, with volatile state afresh.
    pub(crate) fn come_up(&mut self, rng: Rng, now: Micros) {
        self.boot = None;
        self.rng = rng;
        self.engine = Some(self.new_engine());
        self.set_power(Power::Up, now);
    }

    fn new_engine(&self) -> Engine {
        #[cfg(test)]
        if self.runs_probe {
            return Engine::Probe(Vec::new());
        }
        Engine::start(&self.config, self.disk.durable())
    }

    /// The process is no more: everything but disk and clock is lost.
    pub(crate) fn die(&mut self, moment: &mut Moment<'_>) {
        for deadline in self.timers.values_mut() {
            moment.queue.clear(&mut deadline.event);
        }
        self.timers.clear();
        self.inbox.clear();
        self.asked_to_end = false;
        for slot in [&mut self.work, &mut self.boot, &mut self.halt] {
            moment.queue.clear(slot);
        }
        self.engine = None;
        self.disk.crash(&mut self.rng, moment);
    }

    /// The clock runs `added` parts per million faster than it does by itself; what it has shown
    /// so far stays true, and deadlines move.
    pub(crate) fn drift(&mut self, added: i64, moment: &mut Moment<'_>) {
        let before = self.clock;
        let drift = self.own_drift_ppm.saturating_add(added);
        self.clock = before.from_now_on(moment.now, drift);
        for (timer, deadline) in self.timers.iter_mut() {
            let left = |at: Micros| {
                let left = before.own_span(at.saturating_sub(moment.now));
                moment.now + self.clock.world_span(left)
            };
            if let Some(event) = deadline.event {
                let late = event.at().saturating_sub(deadline.due_at);
                deadline.due_at = left(deadline.due_at);
                moment.queue.cancel(event);
                let event = Event::Fire(self.sid, *timer);
                deadline.event = Some(moment.queue.push(deadline.due_at + late, event));
            }
        }
    }

    /// Lets the peer take one input; what it causes.
    pub(crate) fn take(&mut self, input: Input, now: Micros) -> Vec<Effect> {
        let own_time = self.clock.read(now);
        match &mut self.engine {
            Some(engine) => engine.step(input, own_time, &mut self.rng),
            None => Vec::new(),
        }
    }

    /// For a client that is not simulated.
    #[cfg(test)]
    pub(crate) const fn engine_and_chance(&mut self) -> (&mut Option<Engine>, &mut Rng) {
        (&mut self.engine, &mut self.rng)
    }

    /// Sets a deadline that the process acts on `late` after it is due.
    pub(crate) fn arm(
        &mut self,
        timer: Timer,
        (after, late): (Micros, Micros),
        moment: &mut Moment<'_>,
    ) {
        self.disarm(timer, moment);
        let due_at = moment.now + self.clock.world_span(after);
        let event = moment
            .queue
            .push(due_at + late, Event::Fire(self.sid, timer));
        let deadline = Deadline {
            armed_at: moment.now,
            due_at,
            event: Some(event),
        };
        self.timers.insert(timer, deadline);
    }

    pub(crate) fn disarm(&mut self, timer: Timer, moment: &mut Moment<'_>) {
        if let Some(mut deadline) = self.timers.remove(&timer) {
            moment.queue.clear(&mut deadline.event);
        }
    }

    pub(crate) fn deadlines(&self) -> impl Iterator<Item = (Timer, Deadline)> + '_ {
        self.timers
            .iter()
            .map(|(timer, deadline)| (*timer, *deadline))
    }

    pub(crate) fn deadline(&self, timer: Timer) -> Option<Deadline> {
        self.timers.get(&timer).copied()
    }

    /// A deadline's event came: the task, unless the process cannot take it now.
    pub(crate) fn fire(&mut self, timer: Timer) -> Option<Task> {
        if self.must_queue() {
            if let Some(deadline) = self.timers.get_mut(&timer) {
                deadline.event = None;
            }
            return None;
        }
        self.timers.remove(&timer).map(|_| Task::Fired(timer))
    }

    /// True where inputs have to wait: the process is stopped, or works off what waited.
    pub(crate) const fn must_queue(&self) -> bool {
        matches!(self.power, Power::Paused) || self.work.is_some()
    }

    /// Lets a task wait; false where there is no room.
    pub(crate) fn queue(&mut self, task: Task) -> bool {
        let fits = self.inbox.len() < Self::INBOX_CAPACITY
            || !matches!(task, Task::Signal(Signal::Frame(_)));
        if fits {
            self.inbox.push_back(task);
        }
        fits
    }

    /// Forgets what waits about a connection that the process closes.
    pub(crate) fn forget(&mut self, conn: ConnId) {
        self.inbox.retain(|task| !task.is_about(conn));
    }

    /// The next thing that waited: what arrived, in order, then overdue deadlines by their due
    /// time.
    ///
    /// Source: a poll that a signal interrupted looks at its sockets before it looks at its
    /// time-out. The thread that counts a leader's ticks polls no socket: which of the threads that
    /// wake comes first is chance. `Leader.java, lead`.
    pub(crate) fn next_waiting(&mut self) -> Option<Task> {
        self.work = None;
        let ticks = self.timers.get(&Timer::LeaderTick);
        if ticks.is_some_and(|deadline| deadline.event.is_none())
            && self.rng.below(self.readers_waiting() + 1) == 0
        {
            self.timers.remove(&Timer::LeaderTick);
            return Some(Task::Fired(Timer::LeaderTick));
        }
        self.inbox.pop_front().or_else(|| {
            let timer = self
                .timers
                .iter()
                .filter(|(_, deadline)| deadline.event.is_none())
                .min_by_key(|(_, deadline)| deadline.due_at)
                .map(|(timer, _)| *timer)?;
            self.timers.remove(&timer);
            Some(Task::Fired(timer))
        })
    }

    /// How many connections have something that waits, each with a thread that reads it.
    fn readers_waiting(&self) -> u64 {
        let mut conns = Set::new();
        for task in &self.inbox {
            if let Task::Signal(Signal::Closed { conn, .. }) = task {
                conns.insert(*conn);
            } else if let Task::Signal(Signal::Frame(frame)) = task {
                conns.insert(frame.conn);
            }
        }
        u64::try_from(conns.len()).unwrap_or(u64::MAX - 1)
    }

    /// True where something waits.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.inbox.is_empty()
            || self
                .timers
                .values()
                .any(|deadline| deadline.event.is_none())
    }

    /// Works on after `pause`, where something waits.
    pub(crate) fn work_on(&mut self, pause: Micros, moment: &mut Moment<'_>) {
        if self.work.is_none() && self.has_waiting() {
            let at = moment.now + pause;
            self.work = Some(moment.queue.push(at, Event::Work(self.sid)));
        }
    }

    /// Stops working.
    pub(crate) fn freeze(&mut self, moment: &mut Moment<'_>) {
        moment.queue.clear(&mut self.work);
        self.set_power(Power::Paused, moment.now);
    }

    pub(crate) fn status(&self) -> ServerStatus {
        ServerStatus {
            sid: self.sid,
            power: self.power,
            power_since: self.power_since,
            peer: self
                .engine
                .as_ref()
                .map_or_else(PeerStatus::default, Engine::status),
        }
    }
}
