//! A trivial bus for whole processes, in tests: everything comes after one fixed delay, in order.
//!
//! It knows dead processes, links that are cut, and disks that take a millisecond. The simulated
//! world is another matter.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::client_tests;
use crate::base::{Map, Micros, Rng, Set};
use crate::protocol::client::ClientInput;
use crate::protocol::config::{Ensemble, PeerConfig};
use crate::protocol::durable::Durable;
use crate::protocol::effect::{
    ConnId, Ctx, Effect, ExitCause, Input, Port, Record, Route, Ticket, Timer,
};
use crate::protocol::ids::{Epoch, ServerState, Sid};
use crate::protocol::message::Message;
use crate::protocol::note::{Note, SyncMode, Why};
use crate::protocol::peer::Peer;
use crate::protocol::status::PeerStatus;

pub(super) const DELAY: Micros = Micros(500);
pub(super) const DISK: Micros = Micros(1_000);

/// One server: its process, where it runs, and its disk.
pub(super) struct Server {
    pub(super) config: Arc<PeerConfig>,
    pub(super) durable: Durable,
    pub(super) peer: Option<Peer>,
    /// Distinguishes what was meant for an earlier process.
    pub(super) life: u64,
    pub(super) rng: Rng,
    pub(super) timers: Map<Timer, Micros>,
    pub(super) listening: Set<Port>,
    /// Of the log, no fsync asked for.
    pub(super) appended: Vec<Record>,
}

pub(super) enum Event {
    Input(Sid, u64, Input),
    Dial(Sid, u64, Sid, Port, Micros),
    Written(Sid, u64, Record, Ticket),
    Synced(Sid, u64, Vec<Record>, Ticket),
    /// A client dials a server.
    Call(Sid, Sid, Micros),
    /// A client perceives something.
    Answer(Sid, ClientInput),
}

pub(super) struct Bus {
    pub(super) now: Micros,
    pub(super) seq: u64,
    pub(super) queue: BTreeMap<(Micros, u64), Event>,
    pub(super) servers: Map<Sid, Server>,
    /// Both ends of every connection, each under its own number.
    pub(super) conns: Map<ConnId, (Sid, ConnId)>,
    pub(super) cut: Set<Sid>,
    pub(super) people: Map<Sid, client_tests::Person>,
    pub(super) notes: Vec<(Micros, Sid, Note)>,
    pub(super) exits: Vec<(Sid, ExitCause)>,
}

impl Bus {
    pub(super) fn new(ensemble: &Ensemble) -> Self {
        Self::with(ensemble, |config| config)
    }

    pub(super) fn with(ensemble: &Ensemble, tune: impl Fn(PeerConfig) -> PeerConfig) -> Self {
        let servers = ensemble.members.keys().map(|&sid| {
            let server = Server {
                config: Arc::new(tune(PeerConfig::sample(sid, ensemble.clone()))),
                durable: Durable::default(),
                peer: None,
                life: 0,
                rng: Rng::new(7).fork(&sid),
                timers: Map::new(),
                listening: Set::new(),
                appended: Vec::new(),
            };
            (sid, server)
        });
        Self {
            now: Micros::ZERO,
            seq: 0,
            queue: BTreeMap::new(),
            servers: servers.collect(),
            conns: Map::new(),
            cut: Set::new(),
            people: Map::new(),
            notes: Vec::new(),
            exits: Vec::new(),
        }
    }

    /// Starts every server at once.
    pub(super) fn started(ensemble: &Ensemble) -> Self {
        let mut bus = Self::new(ensemble);
        bus.start_all();
        bus
    }

    pub(super) fn start_all(&mut self) {
        for sid in self.servers.keys().copied().collect::<Vec<_>>() {
            self.start(sid);
        }
    }

    pub(super) fn start(&mut self, sid: Sid) {
        let server = self.servers.get_mut(&sid).expect("a member");
        server.life += 1;
        server.peer = Some(Peer::new(server.config.clone(), server.durable.clone()));
        self.input(sid, Input::Boot);
    }

    /// The process dies; its sockets close.
    pub(super) fn kill(&mut self, sid: Sid) {
        let server = self.servers.get_mut(&sid).expect("a member");
        server.peer = None;
        server.timers.clear();
        server.listening.clear();
        server.appended.clear();
        let dead = self.conns.iter().filter(|(_, (to, _))| *to == sid);
        let survivors: Vec<ConnId> = dead.map(|(conn, _)| *conn).collect();
        for conn in survivors {
            self.close_other_end_of(self.conns[&conn].1);
        }
    }

    pub(super) fn schedule(&mut self, after: Micros, event: Event) {
        self.seq += 1;
        self.queue.insert((self.now + after, self.seq), event);
    }

    pub(super) fn post(&mut self, to: Sid, input: Input) {
        if client_tests::is_client(to) {
            return self.post_to_client(to, input);
        }
        let life = self.servers[&to].life;
        self.schedule(DELAY, Event::Input(to, life, input));
    }

    pub(super) fn is_cut(&self, a: Sid, b: Sid) -> bool {
        self.cut.contains(&a) != self.cut.contains(&b)
    }

    pub(super) fn close_other_end_of(&mut self, conn: ConnId) {
        let Some((to, other)) = self.conns.remove(&conn) else {
            return;
        };
        let from = self.conns.remove(&other).map(|(sid, _)| sid);
        if !from.is_some_and(|from| self.is_cut(from, to)) {
            self.post(to, Input::Closed(other));
        }
    }

    pub(super) fn input(&mut self, sid: Sid, input: Input) {
        let mut out = Vec::new();
        let server = self.servers.get_mut(&sid).expect("a member");
        let Some(peer) = &mut server.peer else {
            return;
        };
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut server.rng,
            out: &mut out,
        };
        peer.step(input, &mut ctx);
        let life = server.life;
        for effect in out {
            self.effect(sid, life, effect);
        }
    }

    pub(super) fn effect(&mut self, sid: Sid, life: u64, effect: Effect) {
        let server = self.servers.get_mut(&sid).expect("a member");
        match effect {
            Effect::Listen(port) => {
                server.listening.insert(port);
            }
            Effect::Unlisten(port) => {
                server.listening.remove(&port);
            }
            Effect::Arm { timer, after } => {
                server.timers.insert(timer, self.now + after);
            }
            Effect::Disarm(timer) => {
                server.timers.remove(&timer);
            }
            Effect::Dial { to, port, within } => {
                self.schedule(DELAY, Event::Dial(sid, life, to, port, within));
            }
            Effect::Send(conn, message) => self.send(sid, conn, message),
            Effect::Hangup(conn) => self.close_other_end_of(conn),
            Effect::Persist(record, ticket) => {
                self.schedule(DISK, Event::Written(sid, life, record, ticket));
            }
            Effect::Write(record) => server.appended.push(record),
            Effect::Fsync(ticket) => {
                let covered = core::mem::take(&mut server.appended);
                self.schedule(DISK, Event::Synced(sid, life, covered, ticket));
            }
            Effect::Exit(cause) => self.exits.push((sid, cause)),
            Effect::Note(note) => self.notes.push((self.now, sid, note)),
        }
    }

    pub(super) fn send(&mut self, from: Sid, conn: ConnId, message: Message) {
        if let Some(&(to, other)) = self.conns.get(&conn)
            && !self.is_cut(from, to)
        {
            self.post(to, Input::Received(other, message));
        }
    }

    pub(super) fn dial(&mut self, from: Sid, to: Sid, port: Port, within: Micros) {
        if self.is_cut(from, to) {
            let life = self.servers[&from].life;
            let refused = Input::Refused(to, port);
            return self.schedule(within, Event::Input(from, life, refused));
        }
        let target = &self.servers[&to];
        if target.peer.is_none() || !target.listening.contains(&port) {
            return self.post(from, Input::Refused(to, port));
        }
        self.seq += 2;
        let (near, far) = (ConnId(self.seq), ConnId(self.seq + 1));
        self.seq += 1;
        self.conns.insert(near, (to, far));
        self.conns.insert(far, (from, near));
        self.post(to, Input::Opened(far, Route::Accepted(port)));
        self.post(from, Input::Opened(near, Route::To(to, port)));
    }

    /// The next thing to happen, if it happens by `until`.
    pub(super) fn step(&mut self, until: Micros) -> bool {
        let timers = self.servers.iter().flat_map(|(sid, server)| {
            let timers = server.timers.iter();
            timers.map(|(timer, at)| (*at, *sid, *timer))
        });
        let timer = timers.min().filter(|(at, ..)| *at <= until);
        if let Some((at, id, timer)) = self.next_of_clients(until, timer.map(|(at, ..)| at)) {
            self.now = self.now.max(at);
            self.client_fires(id, timer);
            return true;
        }
        let queued = self.queue.first_key_value().map(|((at, _), _)| *at);
        match (queued.filter(|at| *at <= until), timer) {
            (Some(at), timer) if timer.is_none_or(|(due, ..)| at <= due) => {
                let Some(((at, _), event)) = self.queue.pop_first() else {
                    return false;
                };
                self.now = at;
                self.happen(event);
                true
            }
            (_, Some((at, sid, timer))) => {
                self.now = self.now.max(at);
                let server = self.servers.get_mut(&sid).expect("a member");
                server.timers.remove(&timer);
                self.input(sid, Input::Fired(timer));
                true
            }
            (_, None) => false,
        }
    }

    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::Input(sid, life, input) if self.servers[&sid].life == life => {
                self.input(sid, input);
            }
            Event::Dial(from, life, to, port, within) if self.servers[&from].life == life => {
                self.dial(from, to, port, within);
            }
            Event::Written(sid, life, record, ticket) if self.servers[&sid].life == life => {
                let server = self.servers.get_mut(&sid).expect("a member");
                if server.peer.is_some() {
                    server.durable.take(&record);
                }
                self.input(sid, Input::Persisted(ticket));
            }
            Event::Synced(sid, life, covered, ticket) if self.servers[&sid].life == life => {
                let server = self.servers.get_mut(&sid).expect("a member");
                if server.peer.is_some() {
                    for record in covered {
                        server.durable.take(&record);
                    }
                }
                self.input(sid, Input::Persisted(ticket));
            }
            Event::Call(from, to, within) => self.client_dial(from, to, within),
            Event::Answer(id, input) => self.client_input(id, input),
            Event::Input(..) | Event::Dial(..) | Event::Written(..) | Event::Synced(..) => {}
        }
    }

    pub(super) fn run_ms(&mut self, ms: u64) {
        let until = self.now + Micros::from_ms(ms);
        while self.step(until) {}
        self.now = until;
    }

    pub(super) fn status(&self, sid: i64) -> PeerStatus {
        let peer = self.servers[&Sid(sid)].peer.as_ref();
        peer.map(Peer::status).expect("runs")
    }

    pub(super) fn states(&self) -> Vec<(i64, ServerState)> {
        let running = self.servers.iter().filter(|(_, s)| s.peer.is_some());
        running
            .map(|(sid, _)| (sid.0, self.status(sid.0).state))
            .collect()
    }

    /// Ids that serve, ascending, and the epochs they serve under.
    pub(super) fn serving(&self) -> (Vec<i64>, Set<Epoch>) {
        let running = self.servers.iter().filter(|(_, s)| s.peer.is_some());
        let serving = running
            .map(|(sid, _)| (sid.0, self.status(sid.0)))
            .filter(|(_, status)| status.serving);
        serving.map(|(sid, s)| (sid, s.current_epoch)).unzip()
    }

    pub(super) fn leader(&self) -> i64 {
        let all = self.states();
        let mut leaders = all.iter().filter(|(_, s)| *s == ServerState::Leading);
        let (leader, _) = leaders.next().expect("somebody leads");
        assert_eq!(leaders.next(), None, "one alone");
        *leader
    }

    pub(super) fn notes_of(&self, sid: i64) -> Vec<&Note> {
        let of = self.notes.iter().filter(|(_, s, _)| *s == Sid(sid));
        of.map(|(.., note)| note).collect()
    }

    pub(super) fn left(&self, sid: i64) -> Vec<Why> {
        let mut left = Vec::new();
        for note in self.notes_of(sid) {
            if let Note::State { to, why, .. } = note
                && *to == ServerState::Looking
            {
                left.push(*why);
            }
        }
        left
    }

    pub(super) fn syncs(&self) -> Vec<(i64, SyncMode)> {
        let mut syncs = Vec::new();
        for (.., note) in &self.notes {
            if let Note::SyncChosen { to, mode, .. } = note {
                syncs.push((to.0, *mode));
            }
        }
        syncs
    }
}
