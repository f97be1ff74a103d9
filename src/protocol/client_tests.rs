//! Claims about clients of whole ensembles: real clients, real servers, the trivial bus between.

use super::*;
use crate::protocol::client::{
    CallId, Client, ClientCtx, ClientEffect, ClientInput, ClientNote, ClientState, ClientTimer,
    Outcome, Profile,
};
use crate::protocol::effect::Address;
use crate::protocol::server::{CreateMode, ErrorCode, EventType, Op, OpResult};

/// A client, where it runs, and what it was told.
pub(super) struct Person {
    client: Client,
    rng: Rng,
    timers: Map<ClientTimer, Micros>,
    told: Vec<(Micros, ClientNote)>,
    calls: u64,
}

/// Ids from here on are clients'.
const FIRST: i64 = 1_000;
const TIMEOUT_MS: i64 = 6_000;

pub(super) const fn is_client(sid: Sid) -> bool {
    sid.0 >= FIRST
}

impl Bus {
    /// An ensemble that serves.
    fn serving_ensemble(ensemble: &Ensemble) -> Self {
        let mut bus = Self::started(ensemble);
        bus.run_ms(3_000);
        bus
    }

    /// A client that knows these servers and has a session.
    fn person(&mut self, profile: Profile, hosts: &[i64]) -> i64 {
        let id = FIRST + i64::try_from(self.people.len()).expect("few");
        let mut rng = Rng::new(11).fork(&id);
        let hosts = hosts.iter().map(|sid| Sid(*sid)).collect();
        let person = Person {
            client: Client::new(profile, hosts, TIMEOUT_MS, &mut rng),
            rng,
            timers: Map::new(),
            told: Vec::new(),
            calls: 0,
        };
        self.people.insert(Sid(id), person);
        self.client_input(Sid(id), ClientInput::Start);
        self.run_ms(200);
        assert_eq!(self.client(id).state(), ClientState::Connected);
        id
    }

    /// A client at every server, each with a znode of its own on the way.
    pub(super) fn with_clients(&mut self) {
        for server in self.serving().0 {
            let client = self.person(Profile::Java, &[server]);
            self.call(client, create("/own-", CreateMode::EphemeralSequential));
        }
    }

    fn client(&self, id: i64) -> &Client {
        &self.people[&Sid(id)].client
    }

    /// The client vanishes without a word, its machine with it.
    fn vanish(&mut self, id: i64) {
        self.cut.insert(Sid(id));
        let person = self.people.get_mut(&Sid(id)).expect("a client");
        person.timers.clear();
    }

    pub(super) fn client_input(&mut self, id: Sid, input: ClientInput) {
        let person = self.people.get_mut(&id).expect("a client");
        let mut out = Vec::new();
        let mut ctx = ClientCtx {
            now: self.now,
            rng: &mut person.rng,
            out: &mut out,
        };
        person.client.step(input, &mut ctx);
        for effect in out {
            self.client_effect(id, effect);
        }
    }

    fn client_effect(&mut self, id: Sid, effect: ClientEffect) {
        let now = self.now;
        let person = self.people.get_mut(&id).expect("a client");
        match effect {
            ClientEffect::Dial { to, within } => {
                self.schedule(DELAY, Event::Call(id, to, within));
            }
            ClientEffect::Send(conn, message) => self.send(id, conn, Message::Client(message)),
            ClientEffect::Hangup(conn) => self.close_other_end_of(conn),
            ClientEffect::Arm { timer, after } => {
                person.timers.insert(timer, now + after);
            }
            ClientEffect::Disarm(timer) => {
                person.timers.remove(&timer);
            }
            ClientEffect::Note(note) => person.told.push((now, note)),
        }
    }

    pub(super) fn client_dial(&mut self, from: Sid, to: Sid, within: Micros) {
        if self.is_cut(from, to) {
            return self.schedule(within, Event::Answer(from, ClientInput::Refused));
        }
        let target = &self.servers[&to];
        if target.peer.is_none() || !target.listening.contains(&Port::Client) {
            return self.schedule(DELAY, Event::Answer(from, ClientInput::Refused));
        }
        self.seq += 2;
        let (near, far) = (ConnId(self.seq), ConnId(self.seq + 1));
        self.seq += 1;
        self.conns.insert(near, (to, far));
        self.conns.insert(far, (from, near));
        let address = Address(u32::try_from(from.0).expect("a client"));
        self.post(to, Input::Opened(far, Route::Client(address)));
        self.schedule(DELAY, Event::Answer(from, ClientInput::Opened(near)));
    }

    /// What is posted to a client, as the client perceives it.
    pub(super) fn post_to_client(&mut self, to: Sid, input: Input) {
        let perceived = if let Input::Closed(conn) = input {
            ClientInput::Closed(conn)
        } else if let Input::Received(conn, Message::Client(message)) = input {
            ClientInput::Received(conn, message)
        } else {
            panic!("no client perceives {input:?}");
        };
        self.schedule(DELAY, Event::Answer(to, perceived));
    }

    /// The next deadline of a client, where it comes before everything else.
    pub(super) fn next_of_clients(
        &self,
        until: Micros,
        other: Option<Micros>,
    ) -> Option<(Micros, Sid, ClientTimer)> {
        let queued = self.queue.first_key_value().map(|((at, _), _)| *at);
        let mut first = None;
        for (id, person) in &self.people {
            for (timer, at) in &person.timers {
                let deadline = (*at, *id, *timer);
                if first.is_none_or(|first| deadline < first) {
                    first = Some(deadline);
                }
            }
        }
        first.filter(|(at, ..)| {
            let is_before = |other: Option<Micros>| other.is_none_or(|other| *at < other);
            *at <= until && is_before(other) && is_before(queued)
        })
    }

    pub(super) fn client_fires(&mut self, id: Sid, timer: ClientTimer) {
        let person = self.people.get_mut(&id).expect("a client");
        person.timers.remove(&timer);
        self.client_input(id, ClientInput::Fired(timer));
    }

    fn call(&mut self, id: i64, op: Op) -> CallId {
        let person = self.people.get_mut(&Sid(id)).expect("a client");
        person.calls += 1;
        let call = CallId(person.calls);
        self.client_input(Sid(id), ClientInput::Call(call, op));
        call
    }

    /// Asks and waits for the outcome.
    fn ask(&mut self, id: i64, op: Op) -> Outcome {
        let call = self.call(id, op);
        self.run_ms(100);
        self.outcome(id, call).expect("answered").clone()
    }

    fn outcome(&self, id: i64, wanted: CallId) -> Option<&Outcome> {
        self.people[&Sid(id)].told.iter().find_map(|(_, note)| {
            if let ClientNote::Done { call, outcome } = note
                && *call == wanted
            {
                Some(outcome)
            } else {
                None
            }
        })
    }

    fn events(&self, id: i64) -> Vec<(EventType, &str)> {
        let mut events = Vec::new();
        for (_, note) in &self.people[&Sid(id)].told {
            if let ClientNote::Watch(change) = note {
                events.push((change.event, &*change.path));
            }
        }
        events
    }

    fn connected_to(&self, id: i64) -> Option<i64> {
        let client = self.client(id);
        let host = client
            .host()
            .filter(|_| client.state() == ClientState::Connected);
        host.map(|sid| sid.0)
    }

    fn tells_expired(&self, id: i64) -> bool {
        let told = &self.people[&Sid(id)].told;
        told.iter()
            .any(|(_, note)| matches!(note, ClientNote::Expired { .. }))
    }

    fn follower(&self) -> i64 {
        self.leader() % 3 + 1
    }

    /// All servers' trees and session tables are one.
    fn agree(&self) {
        let mut states = Vec::new();
        for server in self.servers.values() {
            if let Some(peer) = &server.peer {
                let db = peer.database();
                states.push(digest_of(&(db.tree(), db.sessions())));
            }
        }
        states.dedup();
        assert_eq!(states.len(), 1, "they differ");
    }
}

fn create(path: &str, mode: CreateMode) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from("v"),
        mode,
    }
}

fn exists(path: &str) -> Op {
    let (path, watch) = (Arc::from(path), true);
    Op::Exists { path, watch }
}

fn sync() -> Op {
    Op::Sync {
        path: Arc::from("/"),
    }
}

fn three() -> Bus {
    Bus::serving_ensemble(&Ensemble::plain(3, 0))
}

fn is_done(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Acknowledged { .. })
}

#[test]
fn a_client_of_any_server_writes_and_everybody_has_it() {
    for kind in 0..3 {
        let mut bus = Bus::serving_ensemble(&Ensemble::plain(3, 1));
        let server = [bus.leader(), bus.follower(), 4][kind];
        let client = bus.person(Profile::Java, &[server]);
        assert_eq!(bus.client(client).session().0 >> 56, server);
        let written = bus.ask(client, create("/a", CreateMode::Persistent));
        assert!(is_done(&written), "{written:?} on {server}");
        assert_eq!(bus.having("/a"), [1, 2, 3, 4]);
        let again = bus.ask(client, create("/a", CreateMode::Persistent));
        assert_eq!(again, Outcome::Failed(ErrorCode::NodeExists));
        assert!(is_done(&bus.ask(client, sync())));
        bus.agree();
    }
}

#[test]
fn a_watch_on_a_follower_tells_of_a_write_through_the_leader() {
    let mut bus = three();
    let (leader, follower) = (bus.leader(), bus.follower());
    let watcher = bus.person(Profile::Java, &[follower]);
    let writer = bus.person(Profile::Java, &[leader]);
    let missing = bus.ask(watcher, exists("/a"));
    assert_eq!(missing, Outcome::Failed(ErrorCode::NoNode));
    bus.ask(writer, create("/a", CreateMode::Persistent));
    assert_eq!(bus.events(watcher), [(EventType::NodeCreated, "/a")]);
}

#[test]
fn a_client_that_vanishes_loses_its_ephemerals_after_its_timeout_and_not_before() {
    let mut bus = three();
    let follower = bus.follower();
    let client = bus.person(Profile::Java, &[follower]);
    bus.ask(client, create("/e", CreateMode::Ephemeral));
    bus.run_ms(20_000);
    assert_eq!(bus.having("/e"), [1, 2, 3], "its pings keep it");
    bus.vanish(client);
    bus.run_ms(4_000);
    assert_eq!(bus.having("/e"), [1, 2, 3]);
    // The timeout, a tick of the bucket, half a tick of the learner's table.
    bus.run_ms(6_000);
    assert!(bus.having("/e").is_empty());
    let expiring =
        |(_, _, note): &&(Micros, Sid, Note)| matches!(note, Note::SessionExpiring { .. });
    assert_eq!(bus.notes.iter().filter(expiring).count(), 1);
    bus.agree();
}

#[test]
fn closing_ends_the_session_at_once() {
    let mut bus = three();
    let follower = bus.follower();
    let client = bus.person(Profile::Java, &[follower]);
    bus.ask(client, create("/e", CreateMode::Ephemeral));
    bus.client_input(Sid(client), ClientInput::Close);
    bus.run_ms(100);
    assert!(bus.having("/e").is_empty());
    assert_eq!(bus.client(client).state(), ClientState::Closed);
}

#[test]
fn a_followers_death_moves_its_clients_with_their_session() {
    for profile in [Profile::Java, Profile::Kazoo] {
        let mut bus = three();
        let client = bus.person(profile, &[1, 2, 3]);
        let (session, server) = (bus.client(client).session(), bus.connected_to(client));
        bus.ask(client, create("/e", CreateMode::Ephemeral));
        bus.ask(client, exists("/other"));
        bus.kill(Sid(server.expect("connected")));
        bus.run_ms(5_000);
        let now = bus.connected_to(client).expect("came back");
        assert_ne!(Some(now), server);
        assert_eq!(bus.client(client).session(), session);
        assert!(!bus.tells_expired(client));
        assert!(bus.having("/e").contains(&now));
        // The watch came along.
        bus.ask(client, create("/other", CreateMode::Persistent));
        assert_eq!(bus.events(client), [(EventType::NodeCreated, "/other")]);
    }
}

#[test]
fn a_leaders_death_disconnects_the_clients_of_followers_too() {
    let mut bus = three();
    let (leader, follower) = (bus.leader(), bus.follower());
    let client = bus.person(Profile::Java, &[follower]);
    let session = bus.client(client).session();
    bus.kill(Sid(leader));
    bus.run_ms(50);
    assert_eq!(bus.connected_to(client), None);
    bus.run_ms(5_000);
    assert_eq!(bus.connected_to(client), Some(follower));
    assert_eq!(
        bus.client(client).session(),
        session,
        "a new leader knows it"
    );
}

#[test]
fn a_new_leader_gives_a_dead_clients_session_its_full_timeout() {
    let mut bus = three();
    let (leader, follower) = (bus.leader(), bus.follower());
    let client = bus.person(Profile::Java, &[follower]);
    bus.ask(client, create("/e", CreateMode::Ephemeral));
    bus.vanish(client);
    bus.run_ms(4_000);
    bus.kill(Sid(leader));
    bus.run_ms(5_500);
    assert!(
        !bus.having("/e").is_empty(),
        "without the failover it were gone"
    );
    bus.run_ms(4_500);
    assert!(bus.having("/e").is_empty());
}

#[test]
fn a_write_of_a_cut_off_leader_is_neither_done_nor_refused() {
    let mut bus = three();
    let leader = bus.leader();
    let client = bus.person(Profile::Java, &[leader]);
    bus.cut.insert(Sid(leader));
    bus.cut.insert(Sid(client));
    let call = bus.call(client, create("/lost", CreateMode::Persistent));
    let read = bus.call(client, exists("/lost"));
    bus.run_ms(1_000);
    assert_eq!(bus.outcome(client, call), None);
    assert_eq!(bus.outcome(client, read), None, "behind the write");
    bus.run_ms(20_000);
    assert_eq!(bus.outcome(client, call), Some(&Outcome::Unknown));
}

#[test]
fn sequential_znodes_of_many_clients_have_numbers_of_their_own() {
    let mut bus = three();
    let clients: Vec<i64> = (1..=3)
        .map(|sid| bus.person(Profile::Java, &[sid]))
        .collect();
    bus.ask(clients[0], create("/q", CreateMode::Persistent));
    let mode = CreateMode::EphemeralSequential;
    let mut calls = Vec::new();
    for client in clients.iter().chain(&clients) {
        calls.push((*client, bus.call(*client, create("/q/n_", mode))));
    }
    bus.run_ms(200);
    let mut paths = Vec::new();
    for (client, call) in calls {
        if let Some(Outcome::Acknowledged { result, .. }) = bus.outcome(client, call)
            && let OpResult::Created(path) = result
        {
            paths.push(path.to_string());
        }
    }
    paths.sort_unstable();
    let numbered = |n: i32| format!("/q/n_{n:010}");
    assert_eq!(paths, (0..6).map(numbered).collect::<Vec<_>>());
    bus.agree();
}

#[test]
fn a_server_that_does_not_serve_closes_its_clients() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    bus.start(Sid(1));
    bus.run_ms(1_000);
    let id = Sid(FIRST);
    let mut rng = Rng::new(1);
    bus.people.insert(
        id,
        Person {
            client: Client::new(Profile::Java, vec![Sid(1)], TIMEOUT_MS, &mut rng),
            rng,
            timers: Map::new(),
            told: Vec::new(),
            calls: 0,
        },
    );
    bus.client_input(id, ClientInput::Start);
    bus.run_ms(300);
    let told = &bus.people[&id].told;
    let is_lost =
        |(_, note): &(Micros, ClientNote)| matches!(note, ClientNote::Disconnected { .. });
    assert!(told.iter().any(is_lost));
    bus.start(Sid(2));
    bus.start(Sid(3));
    bus.run_ms(8_000);
    assert_eq!(bus.client(FIRST).state(), ClientState::Connected);
}
