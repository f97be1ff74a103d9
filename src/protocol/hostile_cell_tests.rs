//! One peer in the hands of a test that is all its neighbours, its disk and its clock.
//!
//! What it does with hostile inputs is in `hostile_tests`.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::hostile_messages::{message, message_for};
use super::*;
use crate::base::{Map, Rng};
use crate::protocol::effect::Address;
use crate::protocol::ids::{Epoch, Round};
use crate::protocol::message::{
    ElectionMessage, Handshake, Message, Notification, QuorumBody, QuorumPacket,
};

/// A peer in the middle of its life.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) peer: Peer,
    disk: Durable,
    rng: Rng,
    now: Micros,
    timers: Map<Timer, Micros>,
    pub(super) conns: Vec<(ConnId, Port)>,
    /// Who is behind which election connection, of those the test itself made.
    voters: Map<Sid, ConnId>,
    dials: Vec<(Sid, Port)>,
    writes: Vec<(Vec<Record>, Ticket)>,
    appended: Vec<Record>,
    pub(super) sent: Vec<(ConnId, Message)>,
    next_conn: u64,
    exit: Option<ExitCause>,
}

/// What a test does to it.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Says something of the port's kind on a connection of that port, the newest first.
    Say(Port, Index, Message),
    /// Says anything on any connection, or on one that never was.
    Shout(Index, Message),
    Open(Port),
    Close(Index),
    /// Its next deadline passes.
    Fire,
    /// Its oldest write is durable.
    Written,
    /// Its oldest dial succeeds, or fails.
    Dialled(bool),
}

pub(super) fn act() -> BoxedStrategy<Act> {
    let ports = vec![Port::Election, Port::Quorum, Port::Quorum, Port::Client];
    let say = select(ports.clone()).prop_flat_map(|port| {
        let said = (any::<Index>(), message_for(port));
        said.prop_map(move |(at, message)| Act::Say(port, at, message))
    });
    let shout = (any::<Index>(), message()).prop_map(|(at, message)| Act::Shout(at, message));
    prop_oneof![
        12 => say,
        2 => shout,
        1 => select(ports).prop_map(Act::Open),
        1 => any::<Index>().prop_map(Act::Close),
        2 => Just(Act::Fire),
        4 => Just(Act::Written),
        2 => any::<bool>().prop_map(Act::Dialled),
    ]
    .boxed()
}

impl Cell {
    fn input(&mut self, input: Input) {
        let mut out = Vec::new();
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut self.rng,
            out: &mut out,
        };
        self.peer.step(input, &mut ctx);
        self.sent.clear();
        for effect in out {
            self.effect(effect);
        }
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Listen(_) | Effect::Unlisten(_) | Effect::Note(_) => {}
            Effect::Dial { to, port, .. } => self.dials.push((to, port)),
            Effect::Send(conn, message) => self.sent.push((conn, message)),
            Effect::Hangup(conn) => self.forget(conn),
            Effect::Arm { timer, after } => {
                self.timers.insert(timer, self.now + after);
            }
            Effect::Disarm(timer) => {
                self.timers.remove(&timer);
            }
            Effect::Persist(record, ticket) => self.writes.push((vec![record], ticket)),
            Effect::Write(record) => self.appended.push(record),
            Effect::Fsync(ticket) => {
                let covered = core::mem::take(&mut self.appended);
                self.writes.push((covered, ticket));
            }
            Effect::Exit(cause) => self.exit = Some(cause),
        }
    }

    fn forget(&mut self, gone: ConnId) {
        self.conns.retain(|(conn, _)| *conn != gone);
        self.voters.retain(|_, conn| *conn != gone);
    }

    fn open(&mut self, route: Route) -> ConnId {
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        let port = match route {
            Route::To(_, port) | Route::Accepted(port) => port,
            Route::Client(_) => Port::Client,
        };
        self.conns.push((conn, port));
        self.input(Input::Opened(conn, route));
        conn
    }

    /// Somebody dials a port of it; clients come from one host.
    pub(super) fn accept(&mut self, port: Port) -> ConnId {
        self.open(match port {
            Port::Election | Port::Quorum => Route::Accepted(port),
            Port::Client => Route::Client(Address(7)),
        })
    }

    pub(super) fn say(&mut self, conn: ConnId, message: Message) {
        self.input(Input::Received(conn, message));
    }

    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::Say(port, at, message) => {
                let of_port = self.conns.iter().filter(|(_, p)| *p == port);
                let of_port: Vec<ConnId> = of_port.map(|(conn, _)| *conn).collect();
                let conn = if of_port.is_empty() {
                    self.accept(port)
                } else {
                    *at.get(&of_port)
                };
                self.say(conn, message);
            }
            Act::Shout(at, message) => {
                let stranger = ConnId(u64::MAX);
                let conn = at.index(self.conns.len() + 1);
                let conn = self.conns.get(conn).map_or(stranger, |(conn, _)| *conn);
                self.say(conn, message);
            }
            Act::Open(port) => {
                self.accept(port);
            }
            Act::Close(at) if !self.conns.is_empty() => {
                let (conn, _) = *at.get(&self.conns);
                self.forget(conn);
                self.input(Input::Closed(conn));
            }
            Act::Fire => self.fire(),
            Act::Written => self.write(),
            Act::Dialled(works) => self.answer_dial(|_| works),
            Act::Close(_) => {}
        }
    }

    fn fire(&mut self) {
        let first = self.timers.iter().min_by_key(|(_, at)| **at);
        if let Some((timer, at)) = first.map(|(timer, at)| (*timer, *at)) {
            self.now = self.now.max(at);
            self.timers.remove(&timer);
            self.input(Input::Fired(timer));
        }
    }

    fn write(&mut self) {
        if self.writes.is_empty() {
            return;
        }
        let (records, ticket) = self.writes.remove(0);
        for record in &records {
            self.disk.take(record);
        }
        self.input(Input::Persisted(ticket));
    }

    fn answer_dial(&mut self, works: impl Fn(Port) -> bool) {
        if self.dials.is_empty() {
            return;
        }
        let (sid, port) = self.dials.remove(0);
        if works(port) {
            let conn = self.open(Route::To(sid, port));
            if port == Port::Election && self.conns.iter().any(|(open, _)| *open == conn) {
                self.voters.insert(sid, conn);
            }
        } else {
            self.input(Input::Refused(sid, port));
        }
    }

    /// The disk is done with everything, and nobody answers but voters.
    fn settle(&mut self) {
        while !self.writes.is_empty() || !self.dials.is_empty() {
            while !self.writes.is_empty() {
                self.write();
            }
            self.answer_dial(|port| port == Port::Election);
        }
    }

    /// A process that ended itself is started again; false where its disk says it must not.
    pub(super) fn restart(&mut self) -> bool {
        if self.exit.take().is_none() {
            return true;
        }
        let config = Arc::new(self.peer.config().clone());
        self.peer = Peer::new(config, self.disk.clone());
        self.timers.clear();
        self.conns.clear();
        self.voters.clear();
        self.dials.clear();
        self.writes.clear();
        self.appended.clear();
        self.input(Input::Boot);
        self.settle();
        match self.exit {
            None => true,
            Some(ExitCause::CurrentEpochBehind { .. }) => false,
            Some(cause) => panic!("a disk this process has written: {cause}"),
        }
    }

    // Afterwards.

    /// Whoever is connected goes; two honest servers come, one of which leads.
    pub(super) fn recovers(mut self) {
        let me = self.peer.config().my_id;
        for (conn, _) in core::mem::take(&mut self.conns) {
            self.voters.clear();
            self.input(Input::Closed(conn));
        }
        let honest: Vec<Sid> = (1..=3).map(Sid).filter(|sid| *sid != me).collect();
        let (leader, other) = (honest[1], honest[0]);
        for _ in 0..2_000 {
            self.settle();
            if !self.restart() {
                return;
            }
            let status = self.peer.status();
            let learns = matches!(
                status.state,
                ServerState::Following | ServerState::Observing
            );
            if learns && status.leader == Some(leader) && !self.timers.is_empty() {
                return self.synchronises_with(leader);
            }
            for (sid, state) in [
                (leader, ServerState::Leading),
                (other, ServerState::Following),
            ] {
                self.vote(sid, leader, state);
            }
            if self.dials.contains(&(leader, Port::Quorum)) {
                return self.synchronises_with(leader);
            }
            self.fire();
        }
        panic!("no leader was found: {:?}", self.peer.status());
    }

    /// The election connection of an honest server, made by whoever may; it says what it follows.
    fn vote(&mut self, from: Sid, leader: Sid, state: ServerState) {
        if !self.voters.contains_key(&from) && from > self.peer.config().my_id {
            let conn = self.open(Route::Accepted(Port::Election));
            let greeting = Handshake {
                protocol_version: -65_536,
                sid: from,
                addresses: "zk:3888".to_owned(),
            };
            self.voters.insert(from, conn);
            self.say(
                conn,
                Message::Election(ElectionMessage::Handshake(greeting)),
            );
        }
        let Some(conn) = self.voters.get(&from).copied() else {
            return;
        };
        let vote = Notification {
            state,
            leader,
            zxid: Zxid(0),
            election_epoch: Round(1),
            peer_epoch: Epoch(1),
            version: 2,
            config: None,
        };
        self.say(conn, Message::Election(ElectionMessage::Notification(vote)));
    }

    fn synchronises_with(mut self, leader: Sid) {
        while !self.dials.contains(&(leader, Port::Quorum)) {
            assert!(!self.timers.is_empty(), "it waits for nothing");
            self.fire();
        }
        let accepted = self.peer.status().accepted_epoch;
        if accepted.0 >= i64::from(i32::MAX) {
            // It was talked into the last epoch there is: nobody can lead it any more.
            return;
        }
        let epoch = Zxid::make(Epoch(accepted.0 + 1), 0);
        self.dials.retain(|dial| *dial != (leader, Port::Quorum));
        let conn = self.open(Route::To(leader, Port::Quorum));
        assert!(
            matches!(self.sent[..], [(_, Message::Quorum(_))]),
            "{:?}",
            self.sent
        );
        let protocol_version = 0x1_0000;
        let bodies = [
            QuorumBody::LeaderInfo { protocol_version },
            QuorumBody::Snap(Arc::new(Database::empty(epoch).snapshot())),
            QuorumBody::NewLeader,
            QuorumBody::UpToDate,
        ];
        for body in bodies {
            self.say(conn, Message::Quorum(QuorumPacket { zxid: epoch, body }));
            while !self.writes.is_empty() {
                self.write();
            }
        }
        let status = self.peer.status();
        assert!(
            status.serving && status.leader == Some(leader),
            "{status:?}"
        );
        assert_eq!(status.current_epoch, epoch.epoch());
    }
}

/// A peer of the bus with all that is its own.
pub(super) fn take_out(bus: &Bus, sid: Sid) -> Option<Cell> {
    let server = &bus.servers[&sid];
    let peer = server.peer.clone()?;
    let mut conns = Vec::new();
    for (conn, (_, other)) in &bus.conns {
        if bus.conns.get(other).is_some_and(|(owner, _)| *owner == sid) {
            let is_client = peer.server().is_some_and(|server| server.owns(*conn));
            let port = match (peer.election.owns(*conn), is_client) {
                (true, _) => Port::Election,
                (false, true) => Port::Client,
                (false, false) => Port::Quorum,
            };
            conns.push((*conn, port));
        }
    }
    let mut cell = Cell {
        disk: server.durable.clone(),
        rng: server.rng.clone(),
        now: bus.now,
        timers: server.timers.clone(),
        conns,
        voters: Map::new(),
        dials: Vec::new(),
        writes: Vec::new(),
        appended: server.appended.clone(),
        sent: Vec::new(),
        next_conn: 1 << 40,
        exit: None,
        peer,
    };
    for event in bus.queue.values() {
        match event {
            Event::Dial(from, life, to, port, _) if (*from, *life) == (sid, server.life) => {
                cell.dials.push((*to, *port));
            }
            Event::Input(to, life, Input::Refused(whom, port))
                if (*to, *life) == (sid, server.life) =>
            {
                cell.dials.push((*whom, *port));
            }
            Event::Input(to, life, Input::Opened(_, Route::To(whom, port)))
                if (*to, *life) == (sid, server.life) =>
            {
                cell.dials.push((*whom, *port));
            }
            Event::Written(to, life, record, ticket) if (*to, *life) == (sid, server.life) => {
                cell.writes.push((vec![record.clone()], *ticket));
            }
            Event::Synced(to, life, records, ticket) if (*to, *life) == (sid, server.life) => {
                cell.writes.push((records.clone(), *ticket));
            }
            Event::Input(..)
            | Event::Dial(..)
            | Event::Written(..)
            | Event::Synced(..)
            | Event::Call(..)
            | Event::Answer(..) => {}
        }
    }
    Some(cell)
}
