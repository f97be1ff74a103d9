//! Claims about clients in a world: how they find servers, what becomes of their calls, and what
//! people can do to them.

use std::sync::Arc;

use super::*;
use crate::protocol::client::{CallId, ClientNote, Lost, Outcome};
use crate::protocol::{CreateMode, Op, Port, ServerState};
use crate::sim::{Cause, ClusterSpec, Command, Fault, Node, Rejected, Step};

/// A world with what its clients were told.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) told: Vec<(Micros, ClientId, ClientNote)>,
    pub(super) steps: Vec<Step>,
}

pub(super) const FIRST: ClientId = ClientId(0);

impl Stage {
    pub(super) fn new(servers: i64, clients: Vec<ClientSpec>) -> Self {
        let mut spec = ClusterSpec::plain(servers, 0);
        spec.clients = clients;
        Self {
            world: World::new(&spec, 5),
            told: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Three servers that serve, and clients that start after that.
    pub(super) fn serving(mut clients: Vec<ClientSpec>) -> Self {
        for client in &mut clients {
            client.start = Micros::from_ms(4_000);
        }
        let mut stage = Self::new(3, clients);
        stage.run_to(5_000);
        stage
    }

    pub(super) fn keep(&mut self, step: Step) {
        if let Some(id) = step.client {
            for note in &step.told {
                self.told.push((step.at, id, note.clone()));
            }
            self.steps.push(step);
        }
    }

    pub(super) fn run_to(&mut self, ms: u64) {
        let until = Micros::from_ms(ms);
        while self.world.next_at().is_some_and(|next| next < until) {
            let step = self.world.step().expect("something is due");
            self.keep(step);
        }
        self.world.idle_until(until);
    }

    pub(super) fn run(&mut self, ms: u64) {
        self.run_to(self.world.now().as_ms() + ms);
    }

    pub(super) fn act(&mut self, command: &Command) {
        let step = self.world.apply(command).expect("makes sense");
        self.keep(step);
    }

    pub(super) fn inject(&mut self, fault: Fault) {
        self.act(&Command::Inject { fault });
    }

    pub(super) fn status(&self, id: ClientId) -> ClientStatus {
        self.world.client(id).expect("a client")
    }

    pub(super) fn host(&self, id: ClientId) -> Option<Sid> {
        let status = self.status(id);
        let is_connected = status.state == ClientState::Connected;
        status.host.filter(|_| is_connected)
    }

    pub(super) fn leader(&self) -> Sid {
        let leads = |sid: &Sid| {
            let peer = self.world.server(*sid).expect("a server").peer;
            peer.serving && peer.state == ServerState::Leading
        };
        self.world.sids().find(leads).expect("somebody leads")
    }

    /// The servers that have this znode.
    pub(super) fn having(&self, path: &str) -> usize {
        let has = |sid: &Sid| {
            let database = self.world.database(*sid);
            database.is_some_and(|db| db.tree().get(path).is_some())
        };
        self.world.sids().filter(has).count()
    }

    pub(super) fn count(&self, id: ClientId, wanted: impl Fn(&ClientNote) -> bool) -> usize {
        let is_it = |told: &&(Micros, ClientId, ClientNote)| told.1 == id && wanted(&told.2);
        self.told.iter().filter(is_it).count()
    }
}

pub(super) fn create(path: &str, mode: CreateMode) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from("x"),
        mode,
    }
}

fn of(hosts: &[i64]) -> ClientSpec {
    ClientSpec {
        hosts: hosts.iter().map(|sid| Sid(*sid)).collect(),
        ..ClientSpec::default()
    }
}

fn ask(stage: &mut Stage, op: Op) {
    stage.act(&Command::Request { id: FIRST, op });
    stage.run(300);
}

#[test]
fn a_client_connects_calls_and_is_answered() {
    let mut stage = Stage::serving(vec![of(&[])]);
    let status = stage.status(FIRST);
    assert_eq!(
        (status.power, status.state),
        (Power::Up, ClientState::Connected)
    );
    assert!(status.session != SessionId(0) && status.host.is_some());
    ask(&mut stage, create("/a", CreateMode::Persistent));
    assert_eq!(stage.having("/a"), 3);
    ask(&mut stage, create("/a", CreateMode::Persistent));
    let status = stage.status(FIRST);
    assert_eq!(
        (status.acknowledged, status.failed, status.unknown),
        (1, 1, 0)
    );
    assert_eq!((status.in_flight, status.oldest_call_at), (0, None));
    assert!(status.heard_at > status.since && status.last_zxid > Zxid(0));
    let calls = stage.count(FIRST, |note| matches!(note, ClientNote::Called { .. }));
    let outcomes = stage.count(FIRST, |note| matches!(note, ClientNote::Done { .. }));
    assert_eq!((calls, outcomes), (2, 2));
}

#[test]
fn a_call_is_stated_before_its_outcome_in_the_step_it_was_made_in() {
    let mut stage = Stage::serving(vec![of(&[])]);
    let op = create("/a", CreateMode::Persistent);
    let command = Command::Request {
        id: FIRST,
        op: op.clone(),
    };
    let step = stage.world.apply(&command).expect("connected");
    assert_eq!(step.client, Some(FIRST));
    assert_eq!(step.sid, None);
    let call = CallId(1);
    assert_eq!(step.told, [ClientNote::Called { call, op }]);
    assert_eq!(step.sent.len(), 1);
    assert_eq!(step.cause, Cause::Commanded { command });
    assert_eq!(stage.status(FIRST).oldest_call_at, Some(stage.world.now()));
}

#[test]
fn a_server_that_is_down_refuses_and_a_dark_host_is_silent() {
    let mut stage = Stage::new(3, vec![of(&[1])]);
    stage.run_to(1_000);
    stage.inject(Fault::Kill { sid: Sid(1) });
    stage.run_to(4_000);
    let refused = |step: &&Step| {
        matches!(
            step.cause,
            Cause::Refused {
                port: Port::Client,
                ..
            }
        )
    };
    assert!(stage.steps.iter().filter(refused).count() >= 2);
    let lost = ClientNote::Disconnected {
        from: Sid(1),
        why: Lost::Refused,
    };
    assert!(stage.count(FIRST, |note| *note == lost) >= 2);
    stage.inject(Fault::PullPlug { sid: Sid(1) });
    let before = stage.steps.iter().filter(refused).count();
    stage.run(3_000);
    // A dial takes the whole session timeout: there is one host.
    assert_eq!(stage.steps.iter().filter(refused).count(), before);
    assert_eq!(stage.status(FIRST).state, ClientState::Connecting);
}

#[test]
fn a_reset_is_learnt_by_both_ends_and_the_session_goes_on() {
    let mut stage = Stage::serving(vec![of(&[])]);
    let session = stage.status(FIRST).session;
    stage.act(&Command::DisconnectClient { id: FIRST });
    stage.run(350);
    assert_eq!(
        stage.count(FIRST, |n| matches!(n, ClientNote::Disconnected { .. })),
        1
    );
    stage.run(5_000);
    assert!(stage.host(FIRST).is_some());
    assert_eq!(stage.status(FIRST).session, session);
    let again = stage
        .world
        .apply(&Command::DisconnectClient { id: ClientId(7) });
    assert_eq!(again, Err(Rejected::UnknownClient { id: ClientId(7) }));
}

#[test]
fn a_session_survives_a_followers_death_with_its_ephemerals() {
    let mut stage = Stage::serving(vec![of(&[])]);
    let session = stage.status(FIRST).session;
    ask(&mut stage, create("/e", CreateMode::Ephemeral));
    let host = stage.host(FIRST).expect("connected");
    stage.inject(Fault::PullPlug { sid: host });
    stage.run(15_000);
    let now = stage.host(FIRST).expect("found another");
    assert_ne!(now, host);
    assert_eq!(stage.status(FIRST).session, session);
    assert_eq!(stage.having("/e"), 2);
}

#[test]
fn an_ephemeral_of_a_killed_client_vanishes_after_its_timeout_and_not_before() {
    let mut stage = Stage::serving(vec![of(&[])]);
    ask(&mut stage, create("/e", CreateMode::Ephemeral));
    stage.act(&Command::KillClient { id: FIRST });
    stage.run(4_000);
    assert_eq!(stage.having("/e"), 3);
    stage.run(6_000);
    assert_eq!(stage.having("/e"), 0);
    let status = stage.status(FIRST);
    assert_eq!(status.power, Power::Killed);
    let twice = stage.world.apply(&Command::KillClient { id: FIRST });
    assert_eq!(twice, Err(Rejected::ClientDown { id: FIRST }));
    let is_its = |c: &crate::sim::Connection| c.dialler == Node::Client(FIRST);
    assert!(!stage.world.connections().any(|c| is_its(&c)));
}

#[test]
fn closing_ends_the_session_at_once_and_nothing_more_can_be_asked() {
    let mut stage = Stage::serving(vec![of(&[])]);
    ask(&mut stage, create("/e", CreateMode::Ephemeral));
    stage.act(&Command::CloseClient { id: FIRST });
    stage.run(300);
    assert_eq!(stage.having("/e"), 0);
    assert_eq!(stage.status(FIRST).state, ClientState::Closed);
    let op = create("/x", CreateMode::Persistent);
    let asked = stage.world.apply(&Command::Request { id: FIRST, op });
    assert_eq!(asked, Err(Rejected::ClientClosed { id: FIRST }));
}

#[test]
fn a_stopped_client_expires_and_learns_it_when_it_goes_on() {
    let mut stage = Stage::serving(vec![ClientSpec {
        profile: Profile::Java38,
        ..of(&[])
    }]);
    ask(&mut stage, create("/e", CreateMode::Ephemeral));
    stage.act(&Command::PauseClient { id: FIRST });
    let (steps, state) = (stage.steps.len(), stage.status(FIRST).state);
    stage.run(12_000);
    assert_eq!(stage.having("/e"), 0);
    assert_eq!(
        (stage.steps.len(), stage.status(FIRST).state),
        (steps, state)
    );
    let op = create("/x", CreateMode::Persistent);
    let asked = stage.world.apply(&Command::Request { id: FIRST, op });
    assert_eq!(asked, Err(Rejected::ClientPaused { id: FIRST }));
    stage.act(&Command::ResumeClient { id: FIRST });
    stage.run(3_000);
    assert!(stage.status(FIRST).expired);
    assert_eq!(
        stage.count(FIRST, |n| matches!(n, ClientNote::Expired { .. })),
        1
    );
    let again = stage.world.apply(&Command::ResumeClient { id: FIRST });
    assert_eq!(again, Err(Rejected::ClientNotPaused { id: FIRST }));
}

#[test]
fn an_application_opens_another_session_where_its_spec_says_so() {
    let mut stage = Stage::serving(vec![ClientSpec {
        reopen: Some(Micros::from_ms(500)),
        ..of(&[])
    }]);
    let session = stage.status(FIRST).session;
    stage.act(&Command::PauseClient { id: FIRST });
    stage.run(12_000);
    stage.act(&Command::ResumeClient { id: FIRST });
    stage.run(5_000);
    let status = stage.status(FIRST);
    assert_eq!(status.state, ClientState::Connected);
    assert!(!status.expired && status.session != session);
}

#[test]
fn clients_are_added_while_it_runs_and_start_when_they_say() {
    let mut stage = Stage::serving(Vec::new());
    assert_eq!(stage.world.clients().count(), 0);
    let mut client = of(&[]);
    client.start = stage.world.now() + Micros::from_ms(1_000);
    stage.act(&Command::AddClient { client });
    assert_eq!(stage.status(FIRST).power, Power::Off);
    stage.run(900);
    assert_eq!(stage.status(FIRST).power, Power::Off);
    stage.run(1_000);
    assert_eq!(stage.status(FIRST).state, ClientState::Connected);
    let nobody = Command::AddClient { client: of(&[9]) };
    let refused = stage.world.apply(&nobody);
    assert_eq!(refused, Err(Rejected::UnknownServer { sid: Sid(9) }));
}

#[test]
fn clients_of_a_cut_off_leader_lose_their_calls_when_it_steps_down() {
    let mut stage = Stage::serving(Vec::new());
    let leader = stage.leader();
    stage.act(&Command::AddClient {
        client: of(&[leader.0]),
    });
    stage.run(500);
    stage.inject(Fault::Partition {
        side: [leader].into(),
    });
    let op = create("/lost", CreateMode::Persistent);
    stage.act(&Command::Request { id: FIRST, op });
    stage.run(20_000);
    let is_unknown = |note: &ClientNote| {
        matches!(
            note,
            ClientNote::Done {
                outcome: Outcome::Unknown,
                ..
            }
        )
    };
    assert_eq!(stage.count(FIRST, is_unknown), 1);
    assert_eq!(stage.status(FIRST).unknown, 1);
}

#[test]
fn a_world_with_clients_is_copied_and_written_down_whole() {
    let mut stage = Stage::serving(vec![of(&[]), of(&[2])]);
    ask(&mut stage, create("/a", CreateMode::Ephemeral));
    let text = serde_json::to_string(&stage.world).expect("serialises");
    let mut back: World = serde_json::from_str(&text).expect("parses");
    assert_eq!(back, stage.world);
    let mut copy = stage.world.clone();
    for _ in 0..400 {
        let next = copy.step();
        assert_eq!(back.step(), next);
    }
    assert_eq!(back.digest(), copy.digest());
    assert_ne!(copy.digest(), stage.world.digest());
}

#[test]
fn a_world_without_clients_draws_the_same_chance_as_one_with_clients_to_come() {
    let plain = ClusterSpec::plain(3, 0);
    let mut crowded = plain.clone();
    crowded.clients = vec![ClientSpec {
        start: Micros::from_ms(60_000),
        ..of(&[])
    }];
    let (mut one, mut other) = (World::new(&plain, 9), World::new(&crowded, 9));
    for _ in 0..400 {
        assert_eq!(one.step(), other.step());
    }
}

fn resuming(of: ClientId, sid: i64) -> ClientSpec {
    ClientSpec {
        profile: Profile::Raw,
        hosts: vec![Sid(sid)],
        resume: Some(Resume {
            of,
            password: Shown::Right,
            last_zxid: Zxid(0),
        }),
        ..ClientSpec::default()
    }
}

/// The last client, once it has had an answer.
fn added(stage: &mut Stage, client: ClientSpec) -> ClientStatus {
    stage.act(&Command::AddClient { client });
    stage.run(300);
    stage.world.clients().last().expect("it was added")
}

#[test]
fn a_session_moves_with_whoever_shows_its_password_and_the_former_connection_ends_with_a_write() {
    for (from, to) in [(1, 2), (1, 3), (3, 2)] {
        let mut stage = Stage::serving(vec![ClientSpec {
            profile: Profile::Raw,
            ..of(&[from])
        }]);
        ask(&mut stage, create("/e", CreateMode::Ephemeral));
        let session = stage.status(FIRST).session;
        let moved = added(&mut stage, resuming(FIRST, to));
        assert_eq!(
            (moved.session, moved.state),
            (session, ClientState::Connected)
        );
        assert_eq!(stage.host(FIRST), Some(Sid(from)), "nobody has told it");
        ask(&mut stage, create("/x", CreateMode::Persistent));
        assert_eq!(
            stage.status(FIRST).state,
            ClientState::Closed,
            "{from} to {to}"
        );
        assert_eq!(stage.count(FIRST, |n| *n == ClientNote::Ended), 1);
        assert_eq!((stage.having("/x"), stage.having("/e")), (0, 3));
        assert_eq!(stage.host(moved.id), Some(Sid(to)));
    }
}

#[test]
fn a_wrong_password_opens_no_session_nor_does_one_that_is_over() {
    let mut stage = Stage::serving(vec![of(&[2])]);
    let mut wrong = resuming(FIRST, 1);
    if let Some(resume) = &mut wrong.resume {
        resume.password = Shown::Wrong;
    }
    assert!(added(&mut stage, wrong).expired);
    assert!(stage.host(FIRST).is_some(), "the session lives");
    stage.act(&Command::CloseClient { id: FIRST });
    stage.run(300);
    assert!(added(&mut stage, resuming(FIRST, 1)).expired);
}

#[test]
fn who_has_seen_more_than_the_server_is_sent_away() {
    let mut stage = Stage::serving(vec![of(&[2])]);
    let mut ahead = resuming(FIRST, 1);
    if let Some(resume) = &mut ahead.resume {
        resume.last_zxid = Zxid(0x7fff_ffff_0000_0000);
    }
    let status = added(&mut stage, ahead);
    assert_eq!((status.state, status.expired), (ClientState::Closed, false));
    let stranger = Command::AddClient {
        client: resuming(ClientId(9), 1),
    };
    let asked = stage.world.apply(&stranger);
    assert_eq!(asked, Err(Rejected::UnknownClient { id: ClientId(9) }));
}

#[test]
fn a_bare_socket_is_granted_a_timeout_no_library_could_connect_within_and_never_pings() {
    let mut stage = Stage::serving(vec![ClientSpec {
        profile: Profile::Raw,
        timeout_ms: 0,
        ..of(&[1])
    }]);
    let status = stage.status(FIRST);
    assert_eq!(
        (status.state, status.timeout_ms),
        (ClientState::Connected, 4_000)
    );
    stage.run(10_000);
    let expired = stage.count(FIRST, |n| matches!(n, ClientNote::Expired { .. }));
    assert_eq!(expired, 0, "a connection that is closed is all it sees");
    assert_eq!(stage.count(FIRST, |n| *n == ClientNote::Ended), 1);
    assert_eq!(stage.status(FIRST).state, ClientState::Closed);
}

#[path = "reach_tests.rs"]
mod reach;
