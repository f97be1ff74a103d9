//! A client's slot: its process, the client in it, its application, deadlines, what waits.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::worker::{Desk, Worker};
use super::{ClientSpec, ClientStatus, is_refusal};
use crate::base::{Map, Micros, Rng};
use crate::protocol::client::{
    CallId, Client, ClientCtx, ClientEffect, ClientInput, ClientNote, ClientState, ClientTimer,
    Outcome, Pass,
};
use crate::protocol::{ConnId, Op, Sid};
use crate::sim::event::Event;
use crate::sim::network::{Moment, Signal};
use crate::sim::node::ClientId;
use crate::sim::process::Deadline;
use crate::sim::queue::Key;
use crate::sim::step::Power;

/// Who made a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum By {
    /// The application.
    Application,
    /// A person's command.
    Hand,
}

/// Something a client's process does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClientTask {
    /// It hears something from the network.
    Signal(Signal),
    /// A deadline of its client passed.
    Fired(ClientTimer),
    /// Its application acts by itself.
    Work,
}

/// One client's process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ClientProcess {
    pub(crate) id: ClientId,
    pub(crate) spec: ClientSpec,
    hosts: Vec<Sid>,
    pub(crate) power: Power,
    pub(crate) client: Client,
    rng: Rng,
    worker: Worker,
    timers: Map<ClientTimer, Deadline>,
    inbox: VecDeque<Signal>,
    /// When it starts, or opens another session.
    pub(crate) start: Option<Key>,
    /// When its application acts by itself.
    work: Option<Key>,
    /// True where that time has passed while it was stopped.
    is_late: bool,
    /// The next thing to be worked off; while set, whatever comes has to queue.
    drain: Option<Key>,
    /// When the kernel will have closed its sockets.
    pub(crate) teardown: Option<Key>,
    /// Calls without an outcome, oldest first.
    calls: VecDeque<(CallId, Micros, By)>,
    called: u64,
    state: ClientState,
    since: Micros,
    heard_at: Micros,
    expired: bool,
    expiries: u32,
    acknowledged: u64,
    failed: u64,
    unknown: u64,
}

impl ClientProcess {
    /// How many frames a stopped client may have waiting; a connection that brings more is reset.
    const INBOX_CAPACITY: usize = 1_024;

    pub(crate) fn new(id: ClientId, spec: ClientSpec, hosts: Vec<Sid>, mut rng: Rng) -> Self {
        let client = Client::new(spec.profile, hosts.clone(), spec.timeout_ms, &mut rng);
        Self {
            id,
            spec,
            hosts,
            power: Power::Off,
            client,
            rng,
            worker: Worker::new(id),
            timers: Map::new(),
            inbox: VecDeque::new(),
            start: None,
            work: None,
            is_late: false,
            drain: None,
            teardown: None,
            calls: VecDeque::new(),
            called: 0,
            state: ClientState::NotConnected,
            since: Micros::ZERO,
            heard_at: Micros::ZERO,
            expired: false,
            expiries: 0,
            acknowledged: 0,
            failed: 0,
            unknown: 0,
        }
    }

    /// The process begins, or its application opens another session.
    pub(crate) fn come_up(&mut self, pass: Option<Pass>) {
        self.start = None;
        self.power = Power::Up;
        if self.client.state() == ClientState::Closed {
            let (profile, timeout_ms) = (self.spec.profile, self.spec.timeout_ms);
            self.client = Client::new(profile, self.hosts.clone(), timeout_ms, &mut self.rng);
            self.worker.begin_anew();
        } else if let Some(pass) = pass {
            self.client.come_with(pass);
        }
    }

    /// The process is no more.
    pub(crate) fn die(&mut self, moment: &mut Moment<'_>) {
        for deadline in self.timers.values_mut() {
            moment.queue.clear(&mut deadline.event);
        }
        self.timers.clear();
        self.inbox.clear();
        for slot in [&mut self.start, &mut self.work, &mut self.drain] {
            moment.queue.clear(slot);
        }
        self.is_late = false;
        self.worker.end();
        self.power = Power::Killed;
    }

    /// Its application asks for nothing more.
    pub(crate) fn retire(&mut self) {
        self.worker.end();
    }

    /// Lets its client take one input.
    pub(crate) fn take(&mut self, input: ClientInput, now: Micros, out: &mut Vec<ClientEffect>) {
        let mut ctx = ClientCtx {
            now,
            rng: &mut self.rng,
            out,
        };
        self.client.step(input, &mut ctx);
        let state = self.client.state();
        if state != self.state {
            (self.state, self.since) = (state, now);
        }
    }

    /// Numbers a call.
    pub(crate) fn call(&mut self, by: By, now: Micros) -> CallId {
        self.called += 1;
        let call = CallId(self.called);
        self.calls.push_back((call, now, by));
        call
    }

    /// Something came from a server.
    pub(crate) const fn heard(&mut self, now: Micros) {
        self.heard_at = now;
    }

    /// Lets its application hear what its client told; what it asks for next.
    pub(crate) fn tell(&mut self, notes: &[ClientNote], now: Micros, calls: &mut Vec<Op>) {
        for note in notes {
            if let ClientNote::Done { call, outcome } = note {
                let by = self.count(*call, outcome);
                let (worker, mut desk) = self.parts(now, calls);
                if by == Some(By::Application) {
                    worker.done(outcome, &mut desk);
                }
                continue;
            }
            if matches!(note, ClientNote::Connected { .. }) {
                self.expired = false;
            } else if matches!(note, ClientNote::Closed | ClientNote::Ended) {
                self.worker.end();
            } else if matches!(note, ClientNote::Expired { .. }) {
                self.expire();
            }
            let (worker, mut desk) = self.parts(now, calls);
            worker.told(note, &mut desk);
        }
    }

    /// kazoo goes on with another session.
    fn expire(&mut self) {
        self.expired = true;
        self.expiries += 1;
        if self.client.state() == ClientState::Closed {
            self.worker.expired();
        } else {
            self.worker.begin_anew();
        }
    }

    /// Lets its application act by itself.
    pub(crate) fn act(&mut self, now: Micros, calls: &mut Vec<Op>) {
        let (worker, mut desk) = self.parts(now, calls);
        worker.act(&mut desk);
    }

    fn parts<'a>(&'a mut self, now: Micros, calls: &'a mut Vec<Op>) -> (&'a mut Worker, Desk<'a>) {
        let desk = Desk {
            now,
            rng: &mut self.rng,
            workload: &self.spec.workload,
            session: self.client.session(),
            calls,
        };
        (&mut self.worker, desk)
    }

    /// Counts an outcome; who had made the call.
    fn count(&mut self, call: CallId, outcome: &Outcome) -> Option<By> {
        match outcome {
            Outcome::Acknowledged { .. } => self.acknowledged += 1,
            Outcome::Failed(code) if is_refusal(*code) => self.failed += 1,
            Outcome::Failed(_) | Outcome::Unknown => self.unknown += 1,
        }
        let at = self.calls.iter().position(|(id, ..)| *id == call)?;
        self.calls.remove(at).map(|(.., by)| by)
    }

    // Deadlines.

    pub(crate) fn arm(
        &mut self,
        timer: ClientTimer,
        (after, late): (Micros, Micros),
        moment: &mut Moment<'_>,
    ) {
        self.disarm(timer, moment);
        let due_at = moment.now + after;
        let event = Event::ClientFire(self.id, timer);
        let deadline = Deadline {
            armed_at: moment.now,
            due_at,
            event: Some(moment.queue.push(due_at + late, event)),
        };
        self.timers.insert(timer, deadline);
    }

    pub(crate) fn disarm(&mut self, timer: ClientTimer, moment: &mut Moment<'_>) {
        if let Some(mut deadline) = self.timers.remove(&timer) {
            moment.queue.clear(&mut deadline.event);
        }
    }

    pub(crate) fn deadline(&self, timer: ClientTimer) -> Option<Deadline> {
        self.timers.get(&timer).copied()
    }

    /// A deadline's event came; false where the process cannot take it now.
    pub(crate) fn fire(&mut self, timer: ClientTimer) -> bool {
        if self.must_queue() {
            if let Some(deadline) = self.timers.get_mut(&timer) {
                deadline.event = None;
            }
            return false;
        }
        self.timers.remove(&timer).is_some()
    }

    /// Its application's time has come; false where the process cannot take it now.
    pub(crate) fn wake(&mut self) -> bool {
        self.work = None;
        self.is_late = self.must_queue();
        !self.is_late
    }

    /// Sets the time its application acts by itself.
    pub(crate) fn plan(&mut self, moment: &mut Moment<'_>) {
        let at = self.worker.next_at().map(|at| at.max(moment.now));
        if self.work.map(Key::at) == at || self.is_late {
            return;
        }
        moment.queue.clear(&mut self.work);
        let event = Event::ClientWork(self.id);
        self.work = at.map(|at| moment.queue.push(at, event));
    }

    // A process that is stopped.

    /// True where it is stopped, or works off what waited.
    pub(crate) const fn must_queue(&self) -> bool {
        matches!(self.power, Power::Paused) || self.drain.is_some()
    }

    /// Forgets what waits about a connection that its client closes.
    pub(crate) fn forget(&mut self, conn: ConnId) {
        self.inbox.retain(|signal| match signal {
            Signal::Opened { conn: other, .. } | Signal::Closed { conn: other, .. } => {
                *other != conn
            }
            Signal::Frame(frame) => frame.conn != conn,
            Signal::Refused { .. } => true,
        });
    }

    /// True where its session has expired and it has had no other since.
    pub(crate) const fn has_expired(&self) -> bool {
        self.expired
    }

    /// Lets a signal wait; false where there is no room.
    pub(crate) fn queue(&mut self, signal: Signal) -> bool {
        let fits = self.inbox.len() < Self::INBOX_CAPACITY || !matches!(signal, Signal::Frame(_));
        if fits {
            self.inbox.push_back(signal);
        }
        fits
    }

    /// The next thing that waited: what arrived, then deadlines by their due time, then work.
    pub(crate) fn next_waiting(&mut self) -> Option<ClientTask> {
        self.drain = None;
        if let Some(signal) = self.inbox.pop_front() {
            return Some(ClientTask::Signal(signal));
        }
        let overdue = self.timers.iter().filter(|(_, d)| d.event.is_none());
        if let Some((&timer, _)) = overdue.min_by_key(|(_, d)| d.due_at) {
            self.timers.remove(&timer);
            return Some(ClientTask::Fired(timer));
        }
        core::mem::take(&mut self.is_late).then_some(ClientTask::Work)
    }

    /// Works on after `pause`, where something waits.
    pub(crate) fn drain_on(&mut self, pause: Micros, moment: &mut Moment<'_>) {
        let waits = !self.inbox.is_empty()
            || self.is_late
            || self
                .timers
                .values()
                .any(|deadline| deadline.event.is_none());
        if self.power == Power::Up && self.drain.is_none() && waits {
            let event = Event::ClientDrain(self.id);
            self.drain = Some(moment.queue.push(moment.now + pause, event));
        }
    }

    /// It is stopped.
    pub(crate) fn freeze(&mut self, moment: &mut Moment<'_>) {
        moment.queue.clear(&mut self.drain);
        self.power = Power::Paused;
    }

    pub(crate) fn status(&self) -> ClientStatus {
        ClientStatus {
            id: self.id,
            power: self.power,
            state: self.state,
            since: self.since,
            host: self.client.host(),
            session: self.client.session(),
            timeout_ms: self.client.timeout_ms(),
            expired: self.expired,
            expiries: self.expiries,
            last_zxid: self.client.last_zxid(),
            heard_at: self.heard_at,
            in_flight: u32::try_from(self.calls.len()).unwrap_or(u32::MAX),
            oldest_call_at: self.calls.front().map(|(_, at, _)| *at),
            acknowledged: self.acknowledged,
            failed: self.failed,
            unknown: self.unknown,
            standing: self.worker.standing(),
        }
    }

    /// What a copy of it may share: nothing is written to it then.
    pub(crate) fn of(slot: &mut Arc<Self>) -> &mut Self {
        Arc::make_mut(slot)
    }
}
