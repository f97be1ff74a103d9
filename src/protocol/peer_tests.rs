//! Whole processes on a trivial bus: boot, elect, discover, serve, fail, elect again.
//!
//! The bus delivers everything after one fixed delay and in order; it knows dead processes, links
//! that are cut, and disks that take a millisecond. The simulated world is another matter.
//! Long because the bus and what runs on it are read together.

use std::collections::BTreeMap;

use super::*;
use crate::base::{Map, Micros, Rng, Set, digest_of};
use crate::protocol::client::ClientInput;
use crate::protocol::config::{Ensemble, Member};
use crate::protocol::ids::{Epoch, ZabState, Zxid};
use crate::protocol::message::Message;
use crate::protocol::note::{DropReason, SyncMode};

const DELAY: Micros = Micros(500);
const DISK: Micros = Micros(1_000);

/// One server: its process, where it runs, and its disk.
struct Server {
    config: Arc<PeerConfig>,
    durable: Durable,
    peer: Option<Peer>,
    /// Distinguishes what was meant for an earlier process.
    life: u64,
    rng: Rng,
    timers: Map<Timer, Micros>,
    listening: Set<Port>,
    /// Of the log, no fsync asked for.
    appended: Vec<Record>,
}

enum Event {
    Input(Sid, u64, Input),
    Dial(Sid, u64, Sid, Port, Micros),
    Written(Sid, u64, Record, Ticket),
    Synced(Sid, u64, Vec<Record>, Ticket),
    /// A client dials a server.
    Call(Sid, Sid, Micros),
    /// A client perceives something.
    Answer(Sid, ClientInput),
}

struct Bus {
    now: Micros,
    seq: u64,
    queue: BTreeMap<(Micros, u64), Event>,
    servers: Map<Sid, Server>,
    /// Both ends of every connection, each under its own number.
    conns: Map<ConnId, (Sid, ConnId)>,
    cut: Set<Sid>,
    people: Map<Sid, client_tests::Person>,
    notes: Vec<(Micros, Sid, Note)>,
    exits: Vec<(Sid, ExitCause)>,
}

impl Bus {
    fn new(ensemble: &Ensemble) -> Self {
        Self::with(ensemble, |config| config)
    }

    fn with(ensemble: &Ensemble, tune: impl Fn(PeerConfig) -> PeerConfig) -> Self {
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
    fn started(ensemble: &Ensemble) -> Self {
        let mut bus = Self::new(ensemble);
        bus.start_all();
        bus
    }

    fn start_all(&mut self) {
        for sid in self.servers.keys().copied().collect::<Vec<_>>() {
            self.start(sid);
        }
    }

    fn start(&mut self, sid: Sid) {
        let server = self.servers.get_mut(&sid).expect("a member");
        server.life += 1;
        server.peer = Some(Peer::new(server.config.clone(), server.durable.clone()));
        self.input(sid, Input::Boot);
    }

    /// The process dies; its sockets close.
    fn kill(&mut self, sid: Sid) {
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

    fn schedule(&mut self, after: Micros, event: Event) {
        self.seq += 1;
        self.queue.insert((self.now + after, self.seq), event);
    }

    fn post(&mut self, to: Sid, input: Input) {
        if client_tests::is_client(to) {
            return self.post_to_client(to, input);
        }
        let life = self.servers[&to].life;
        self.schedule(DELAY, Event::Input(to, life, input));
    }

    fn is_cut(&self, a: Sid, b: Sid) -> bool {
        self.cut.contains(&a) != self.cut.contains(&b)
    }

    fn close_other_end_of(&mut self, conn: ConnId) {
        let Some((to, other)) = self.conns.remove(&conn) else {
            return;
        };
        let from = self.conns.remove(&other).map(|(sid, _)| sid);
        if !from.is_some_and(|from| self.is_cut(from, to)) {
            self.post(to, Input::Closed(other));
        }
    }

    fn input(&mut self, sid: Sid, input: Input) {
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

    fn effect(&mut self, sid: Sid, life: u64, effect: Effect) {
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

    fn send(&mut self, from: Sid, conn: ConnId, message: Message) {
        if let Some(&(to, other)) = self.conns.get(&conn)
            && !self.is_cut(from, to)
        {
            self.post(to, Input::Received(other, message));
        }
    }

    fn dial(&mut self, from: Sid, to: Sid, port: Port, within: Micros) {
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
    fn step(&mut self, until: Micros) -> bool {
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

    fn happen(&mut self, event: Event) {
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

    fn run_ms(&mut self, ms: u64) {
        let until = self.now + Micros::from_ms(ms);
        while self.step(until) {}
        self.now = until;
    }

    fn status(&self, sid: i64) -> PeerStatus {
        let peer = self.servers[&Sid(sid)].peer.as_ref();
        peer.map(Peer::status).expect("runs")
    }

    fn states(&self) -> Vec<(i64, ServerState)> {
        let running = self.servers.iter().filter(|(_, s)| s.peer.is_some());
        running
            .map(|(sid, _)| (sid.0, self.status(sid.0).state))
            .collect()
    }

    /// Ids that serve, ascending, and the epochs they serve under.
    fn serving(&self) -> (Vec<i64>, Set<Epoch>) {
        let running = self.servers.iter().filter(|(_, s)| s.peer.is_some());
        let serving = running
            .map(|(sid, _)| (sid.0, self.status(sid.0)))
            .filter(|(_, status)| status.serving);
        serving.map(|(sid, s)| (sid, s.current_epoch)).unzip()
    }

    fn leader(&self) -> i64 {
        let all = self.states();
        let mut leaders = all.iter().filter(|(_, s)| *s == ServerState::Leading);
        let (leader, _) = leaders.next().expect("somebody leads");
        assert_eq!(leaders.next(), None, "one alone");
        *leader
    }

    fn notes_of(&self, sid: i64) -> Vec<&Note> {
        let of = self.notes.iter().filter(|(_, s, _)| *s == Sid(sid));
        of.map(|(.., note)| note).collect()
    }

    fn left(&self, sid: i64) -> Vec<Why> {
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

    fn syncs(&self) -> Vec<(i64, SyncMode)> {
        let mut syncs = Vec::new();
        for (.., note) in &self.notes {
            if let Note::SyncChosen { to, mode, .. } = note {
                syncs.push((to.0, *mode));
            }
        }
        syncs
    }
}

#[test]
fn three_servers_elect_the_highest_discover_epoch_one_and_serve() {
    use ServerState::{Following, Leading};
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(1_000);
    assert_eq!(bus.states(), [(1, Following), (2, Following), (3, Leading)]);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(1)])));
    for sid in 1..=3 {
        let status = bus.status(sid);
        assert_eq!(status.zab, ZabState::Broadcast);
        assert_eq!(status.leader, Some(Sid(3)));
        assert_eq!(status.accepted_epoch, Epoch(1));
        assert_eq!(status.current_vote.expect("a vote").peer_epoch, Epoch(1));
        assert_eq!(bus.servers[&Sid(sid)].durable.current_epoch, Some(Epoch(1)));
    }
    assert_eq!(bus.status(3).last_zxid, Zxid::make(Epoch(1), 0));
}

#[test]
fn first_come_gets_diff_and_whoever_comes_after_service_began_gets_snap() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    bus.start(Sid(1));
    bus.start(Sid(2));
    bus.run_ms(1_000);
    bus.start(Sid(3));
    bus.run_ms(2_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.syncs(), [(1, SyncMode::Diff), (3, SyncMode::Snap)]);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(1)])));
    assert_eq!(bus.status(3).last_zxid, Zxid::make(Epoch(1), 0));
    assert_eq!(bus.status(1).last_zxid, Zxid(0));
}

#[test]
fn nothing_changes_while_heartbeats_flow() {
    let mut bus = Bus::started(&Ensemble::plain(5, 1));
    bus.run_ms(3_000);
    let states = bus.states();
    let notes = bus.notes.len();
    bus.run_ms(120_000);
    assert_eq!(bus.states(), states);
    assert_eq!(bus.notes.len() - notes, 0, "{:?}", &bus.notes[notes..]);
    assert_eq!(bus.status(5).tick, 61);
}

#[test]
fn a_killed_leader_is_replaced_at_once_in_the_next_epoch() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(5_000);
    bus.kill(Sid(3));
    bus.run_ms(1_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2], Set::from([Epoch(2)])));
    let closed = Why::LeaderClosed { leader: Sid(3) };
    assert_eq!(bus.left(1), [Why::Booted, closed]);
    bus.start(Sid(3));
    bus.run_ms(5_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
}

#[test]
fn five_servers_survive_two_deaths_and_stop_at_the_third() {
    let mut bus = Bus::started(&Ensemble::plain(5, 0));
    bus.run_ms(2_000);
    for expected in [2, 3] {
        let leader = bus.leader();
        bus.kill(Sid(leader));
        bus.run_ms(5_000);
        let (serving, epochs) = bus.serving();
        assert_eq!(serving.len(), 6 - expected, "{:?}", bus.states());
        assert_eq!(epochs.len(), 1);
    }
    bus.kill(Sid(bus.leader()));
    bus.run_ms(30_000);
    assert_eq!(bus.serving(), (vec![], Set::new()));
}

#[test]
fn a_cut_off_leader_and_its_successor_both_lead_for_a_bounded_while() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(5_000);
    bus.cut.insert(Sid(3));
    bus.run_ms(10_900);
    let leading = bus.states().into_iter();
    let leading: Vec<i64> = leading
        .filter(|(_, s)| *s == ServerState::Leading)
        .map(|(sid, _)| sid)
        .collect();
    assert_eq!(leading, [2, 3]);
    assert_ne!(bus.status(2).current_epoch, bus.status(3).current_epoch);
    let silent = Why::LeaderSilent {
        leader: Sid(3),
        limit_ms: 10_000,
    };
    assert_eq!(bus.left(1), [Why::Booted, silent]);
    bus.run_ms(3_000);
    assert_eq!(bus.status(3).state, ServerState::Looking);
    assert_eq!(bus.left(3), [Why::Booted, Why::QuorumLost]);
    bus.cut.clear();
    bus.run_ms(30_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
}

#[test]
fn a_leader_without_followers_steps_down_at_its_next_check() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(5_000);
    bus.kill(Sid(1));
    bus.kill(Sid(2));
    bus.run_ms(2_100);
    assert_eq!(bus.left(3), [Why::Booted, Why::QuorumLost]);
    assert_eq!(bus.status(3).state, ServerState::Looking);
}

#[test]
fn an_observer_observes_does_not_vote_and_finds_the_next_leader_later() {
    let mut bus = Bus::started(&Ensemble::plain(3, 1));
    bus.run_ms(3_000);
    assert_eq!(bus.status(4).state, ServerState::Observing);
    assert_eq!(bus.serving().0, [1, 2, 3, 4]);
    bus.kill(Sid(3));
    bus.run_ms(10_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2, 4], Set::from([Epoch(2)])));
    bus.kill(Sid(1));
    bus.run_ms(30_000);
    assert_eq!(bus.serving().0, [0_i64; 0], "an observer is no quorum");
}

#[test]
fn a_phantom_leader_sits_init_limit_and_never_serves() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    bus.start(Sid(1));
    bus.start(Sid(2));
    // Server 1 has voted for 2, then dies before 2 leads.
    while bus.status(2).state == ServerState::Looking {
        if bus.status(2).finalizing {
            bus.kill(Sid(1));
        }
        let until = bus.now + Micros::from_ms(5_000);
        assert!(bus.step(until));
    }
    bus.run_ms(19_990);
    assert_eq!(bus.status(2).state, ServerState::Leading);
    assert_eq!(bus.status(2).zab, ZabState::Discovery);
    bus.run_ms(20);
    assert_eq!(bus.left(2), [Why::Booted, Why::NoEpochQuorum]);
    assert_eq!(bus.servers[&Sid(2)].durable.current_epoch, Some(Epoch(0)));
}

#[test]
fn a_higher_accepted_epoch_raises_the_next_one() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    let ahead = Durable {
        accepted_epoch: Some(Epoch(7)),
        current_epoch: Some(Epoch(0)),
        ..Durable::default()
    };
    bus.servers.get_mut(&Sid(1)).expect("a member").durable = ahead;
    bus.start(Sid(1));
    bus.start(Sid(2));
    bus.run_ms(2_000);
    assert_eq!(bus.serving(), (vec![1, 2], Set::from([Epoch(8)])));
}

#[test]
fn history_decides_before_the_id_and_laggards_are_brought_up() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    for (sid, counter) in [(1, 5), (2, 3), (3, 3)] {
        let server = bus.servers.get_mut(&Sid(sid)).expect("a member");
        server.durable = Durable::with_log(Epoch(1), Zxid::make(Epoch(1), counter));
    }
    bus.start_all();
    bus.run_ms(3_000);
    assert_eq!(bus.leader(), 1);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
    for sid in 2..=3 {
        assert_eq!(
            bus.status(sid).last_zxid.epoch(),
            bus.servers[&Sid(sid)].durable.last_zxid().epoch()
        );
        assert!(bus.servers[&Sid(sid)].durable.last_zxid() >= Zxid::make(Epoch(1), 5));
    }
}

#[test]
fn a_learner_whose_accepted_epoch_is_higher_stays_out_until_the_next_epoch() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.kill(Sid(1));
    bus.servers
        .get_mut(&Sid(1))
        .expect("a member")
        .durable
        .accepted_epoch = Some(Epoch(9));
    bus.run_ms(3_000);
    bus.start(Sid(1));
    bus.run_ms(10_000);
    assert_eq!(bus.serving(), (vec![2, 3], Set::from([Epoch(1)])));
    assert!(bus.left(1).contains(&Why::EpochTooOld { leader: Sid(3) }));
    bus.kill(Sid(3));
    bus.run_ms(60_000);
    assert_eq!(bus.serving(), (vec![1, 2], Set::from([Epoch(10)])));
}

#[test]
fn a_leader_that_wins_again_without_writes_sends_snapshots() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(3_000);
    bus.kill(Sid(1));
    bus.kill(Sid(2));
    bus.run_ms(3_000);
    bus.start(Sid(1));
    bus.start(Sid(2));
    bus.run_ms(70_000);
    assert_eq!(bus.leader(), 3, "it holds (1, 0), the others nothing");
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
    let modes: Vec<SyncMode> = bus.syncs().into_iter().map(|(_, mode)| mode).collect();
    assert_eq!(modes[..2], [SyncMode::Diff; 2]);
    assert_eq!(modes[2..], [SyncMode::Snap; 2]);
}

#[test]
fn dropped_learners_are_named() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(3_000);
    bus.kill(Sid(1));
    bus.run_ms(1_000);
    let dropped = Note::LearnerDropped {
        sid: Some(Sid(1)),
        why: DropReason::Closed,
    };
    assert!(bus.notes_of(3).contains(&&dropped));
    assert_eq!(bus.status(3).learners.keys().collect::<Vec<_>>(), [&Sid(2)]);
    assert_eq!(bus.leader(), 3);
}

// One process alone.

fn step(peer: &mut Peer, input: Input) -> Vec<Effect> {
    let (mut rng, mut out) = (Rng::new(1), Vec::new());
    let mut ctx = Ctx {
        now: Micros::ZERO,
        rng: &mut rng,
        out: &mut out,
    };
    peer.step(input, &mut ctx);
    out
}

fn peer(durable: Durable) -> Peer {
    let config = PeerConfig::sample(Sid(1), Ensemble::plain(3, 0));
    Peer::new(Arc::new(config), durable)
}

#[test]
fn nothing_happens_before_boot() {
    let mut peer = peer(Durable::default());
    for input in [
        Input::Fired(Timer::LearnerRead),
        Input::Opened(ConnId(1), Route::Accepted(Port::Quorum)),
        Input::Persisted(Ticket(0)),
        Input::Oracle { says_one: true },
    ] {
        assert_eq!(step(&mut peer, input), []);
    }
    assert!(peer.core.oracle.says_one);
    assert_eq!(peer.config().my_id, Sid(1));
}

#[test]
fn missing_epoch_files_are_written_before_it_votes() {
    let mut peer = peer(Durable {
        accepted_epoch: None,
        current_epoch: None,
        ..Durable::with_log(Epoch(3), Zxid::make(Epoch(3), 7))
    });
    let out = step(&mut peer, Input::Boot);
    let [Effect::Persist(current, a), Effect::Persist(accepted, b)] = out.as_slice() else {
        panic!("two writes and nothing else: {out:?}");
    };
    assert_eq!(*current, Record::CurrentEpoch(Epoch(3)));
    assert_eq!(*accepted, Record::AcceptedEpoch(Epoch(3)));
    assert_eq!(step(&mut peer, Input::Persisted(*b)), []);
    let out = step(&mut peer, Input::Persisted(*a));
    assert!(out.contains(&Effect::Listen(Port::Election)), "{out:?}");
    assert_eq!(peer.status().current_epoch, Epoch(3));
}

#[test]
fn an_adopted_tmp_file_becomes_current_epoch() {
    let mut peer = peer(Durable {
        accepted_epoch: Some(Epoch(3)),
        current_epoch_tmp: Some(Epoch(3)),
        ..Durable::with_log(Epoch(2), Zxid::make(Epoch(3), 1))
    });
    let out = step(&mut peer, Input::Boot);
    assert!(
        matches!(
            out.as_slice(),
            [Effect::Persist(Record::CurrentEpoch(Epoch(3)), _)]
        ),
        "{out:?}"
    );
}

#[test]
fn contradicting_epoch_files_end_the_process() {
    let mut peer = peer(Durable {
        accepted_epoch: Some(Epoch(1)),
        current_epoch: Some(Epoch(2)),
        ..Durable::default()
    });
    let cause = ExitCause::AcceptedEpochBehind {
        accepted: Epoch(1),
        current: Epoch(2),
    };
    let out = step(&mut peer, Input::Boot);
    assert_eq!(
        out,
        [Effect::Note(Note::Exiting { cause }), Effect::Exit(cause)]
    );
    assert_eq!(step(&mut peer, Input::Boot), []);
    assert_eq!(step(&mut peer, Input::Fired(Timer::Notification)), []);
}

#[test]
fn a_stranger_does_not_start() {
    let mut ensemble = Ensemble::plain(2, 0);
    ensemble
        .members
        .insert(Sid(9), Member::plain(9, LearnerType::Participant));
    let config = PeerConfig::sample(Sid(3), ensemble);
    let mut peer = Peer::new(Arc::new(config), Durable::default());
    let out = step(&mut peer, Input::Boot);
    assert!(out.contains(&Effect::Exit(ExitCause::NotInPeerList)));
}

#[test]
fn a_connection_for_a_role_that_was_left_is_closed() {
    let disk = Durable {
        accepted_epoch: Some(Epoch(0)),
        current_epoch: Some(Epoch(0)),
        ..Durable::default()
    };
    let mut peer = peer(disk);
    step(&mut peer, Input::Boot);
    let conn = ConnId(77);
    for route in [
        Route::Accepted(Port::Quorum),
        Route::To(Sid(2), Port::Quorum),
    ] {
        let out = step(&mut peer, Input::Opened(conn, route));
        assert_eq!(out, [Effect::Hangup(conn)]);
    }
    let before = peer.clone();
    for input in [
        Input::Persisted(Ticket(9)),
        Input::Fired(Timer::LeaderTick),
        Input::Fired(Timer::HandlerRead(conn)),
        Input::Fired(Timer::ObserverElection),
        Input::Closed(conn),
        Input::Refused(Sid(2), Port::Quorum),
        Input::Boot,
    ] {
        assert_eq!(step(&mut peer, input), []);
    }
    assert_eq!(peer, before);
}

#[test]
fn an_observer_is_looking_already_while_it_sleeps_before_its_election() {
    let mut bus = Bus::started(&Ensemble::plain(3, 1));
    bus.run_ms(3_000);
    bus.kill(Sid(3));
    while bus.status(4).state == ServerState::Observing {
        let until = bus.now + Micros::from_ms(1_000);
        assert!(bus.step(until));
    }
    let server = &bus.servers[&Sid(4)];
    let wake = server.timers[&Timer::ObserverElection];
    assert!(wake < bus.now + Micros::from_ms(200));
    let round = bus.status(4).logical_clock;
    bus.run_ms(200);
    assert_eq!(bus.status(4).logical_clock.0, round.0 + 1);
}

#[test]
fn a_peer_survives_json_in_every_role() {
    let mut bus = Bus::started(&Ensemble::plain(3, 1));
    for n in 0..20_000 {
        for server in bus.servers.values().filter(|_| n % 10 == 0) {
            let peer = server.peer.as_ref().expect("runs");
            let text = serde_json::to_string(peer).expect("serialises");
            let back: Peer = serde_json::from_str(&text).expect("parses");
            assert_eq!(back, *peer);
            assert_eq!(digest_of(&back), digest_of(peer));
        }
        if bus.serving().0 == [1, 2, 3, 4] {
            return;
        }
        let until = bus.now + Micros::from_ms(5_000);
        bus.step(until);
    }
    panic!("not everybody serves: {:?}", bus.states());
}

#[test]
fn the_same_inputs_give_the_same_notes() {
    let play = || {
        let mut bus = Bus::started(&Ensemble::plain(5, 1));
        bus.run_ms(2_000);
        bus.kill(Sid(5));
        bus.run_ms(5_000);
        bus.start(Sid(5));
        bus.run_ms(5_000);
        bus.notes
    };
    assert_eq!(play(), play());
}

#[path = "client_tests.rs"]
mod client_tests;
#[path = "zab_tests.rs"]
mod zab;
