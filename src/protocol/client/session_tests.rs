//! A client whose server and network the test is.

use std::sync::Arc;

use super::*;
use crate::protocol::server::session_id::password;
use crate::protocol::server::{Change, EventType, OpResult};

const CONN: ConnId = ConnId(5);
const SESSION: SessionId = SessionId(0x0100_0000_0000_0007);
const TIMEOUT_MS: i64 = 6_000;

struct Rig {
    client: Client,
    rng: Rng,
    now: Micros,
    out: Vec<ClientEffect>,
}

impl Rig {
    fn new(profile: Profile) -> Self {
        let mut rng = Rng::new(2);
        let hosts = vec![Sid(1), Sid(2), Sid(3)];
        Self {
            client: Client::new(profile, hosts, TIMEOUT_MS, &mut rng),
            rng,
            now: Micros::ZERO,
            out: Vec::new(),
        }
    }

    fn step(&mut self, input: ClientInput) -> Vec<ClientEffect> {
        let mut ctx = ClientCtx {
            now: self.now,
            rng: &mut self.rng,
            out: &mut self.out,
        };
        self.client.step(input, &mut ctx);
        core::mem::take(&mut self.out)
    }

    fn hear(&mut self, message: ClientMessage) -> Vec<ClientEffect> {
        self.step(ClientInput::Received(CONN, message))
    }

    fn reply(&mut self, cxid: i32, zxid: i64, result: OpResult) -> Vec<ClientEffect> {
        let (cxid, zxid) = (Cxid(cxid), Zxid(zxid));
        self.hear(ClientMessage::Reply(Reply { cxid, zxid, result }))
    }

    /// What a call causes, besides being stated.
    fn call(&mut self, n: u64, op: Op) -> Vec<ClientEffect> {
        let call = CallId(n);
        let stated = ClientEffect::Note(ClientNote::Called {
            call,
            op: op.clone(),
        });
        let mut did = self.step(ClientInput::Call(call, op));
        assert_eq!(did.remove(0), stated);
        did
    }

    /// A client with an established session.
    fn connected(profile: Profile) -> Self {
        let mut rig = Self::new(profile);
        rig.step(ClientInput::Start);
        rig.step(ClientInput::Opened(CONN));
        rig.hear(welcome());
        assert_eq!(rig.client.state(), ClientState::Connected);
        rig
    }

    /// A step after which the connection is lost, and what comes of it after Java's nap.
    fn lose(&mut self, by: ClientInput) -> Vec<ClientEffect> {
        let mut did = self.step(by);
        if notes(&did).is_empty() {
            did.extend(self.step(ClientInput::Fired(ClientTimer::Pause)));
        }
        did
    }

    /// Loses the connection and comes back to the next server; what was done then.
    fn come_back(&mut self) -> Vec<ClientEffect> {
        self.lose(ClientInput::Closed(CONN));
        if self.client.host().is_none() {
            self.step(ClientInput::Fired(ClientTimer::Pause));
        }
        self.step(ClientInput::Opened(CONN));
        self.hear(welcome())
    }
}

fn welcome() -> ClientMessage {
    ClientMessage::Connected(ConnectResponse {
        timeout_ms: TIMEOUT_MS,
        session: SESSION,
        password: password(SESSION),
    })
}

fn get(path: &str) -> Op {
    let (path, watch) = (Arc::from(path), true);
    Op::GetData { path, watch }
}

fn notes(effects: &[ClientEffect]) -> Vec<&ClientNote> {
    let mut notes = Vec::new();
    for effect in effects {
        if let ClientEffect::Note(note) = effect {
            notes.push(note);
        }
    }
    notes
}

fn sent(effects: &[ClientEffect]) -> Vec<&'static str> {
    let mut sent = Vec::new();
    for effect in effects {
        if let ClientEffect::Send(_, message) = effect {
            sent.push(message.label());
        }
    }
    sent
}

fn armed(effects: &[ClientEffect], wanted: ClientTimer) -> Option<u64> {
    let mut found = None;
    for effect in effects {
        if let ClientEffect::Arm { timer, after } = effect
            && *timer == wanted
        {
            found = Some(after.as_ms());
        }
    }
    found
}

#[test]
fn a_client_dials_within_its_share_of_the_timeout() {
    let mut rig = Rig::new(Profile::Java);
    assert_eq!(rig.client.state(), ClientState::NotConnected);
    let did = rig.step(ClientInput::Start);
    let to = rig.client.host().expect("dials");
    let within = Micros::from_ms(2_000);
    assert!(did.contains(&ClientEffect::Dial { to, within }));
    assert_eq!(armed(&did, ClientTimer::Expiry), Some(8_000));
    let did = rig.step(ClientInput::Opened(CONN));
    assert_eq!(sent(&did), ["CONNECT"]);
    assert_eq!(armed(&did, ClientTimer::Read), Some(2_000));
    assert_eq!(rig.client.state(), ClientState::Associating);
}

#[test]
fn calls_wait_for_the_session_and_go_out_in_order() {
    let mut rig = Rig::new(Profile::Java);
    rig.step(ClientInput::Start);
    rig.call(1, get("/a"));
    rig.step(ClientInput::Opened(CONN));
    assert_eq!(
        rig.call(
            2,
            Op::Sync {
                path: Arc::from("/")
            }
        ),
        []
    );
    let did = rig.hear(welcome());
    assert_eq!(sent(&did), ["GETDATA", "SYNC"]);
    assert_eq!(rig.client.in_flight(), 2);
    assert_eq!(armed(&did, ClientTimer::Read), Some(4_000));
    assert_eq!(armed(&did, ClientTimer::Ping), Some(2_000));
}

#[test]
fn a_lost_connection_leaves_every_call_unknown() {
    let mut rig = Rig::connected(Profile::Java);
    rig.call(1, get("/a"));
    rig.call(2, get("/b"));
    rig.reply(1, 9, OpResult::Error(ErrorCode::NoNode));
    let did = rig.lose(ClientInput::Closed(CONN));
    let outcome = Outcome::Unknown;
    let call = CallId(2);
    assert!(notes(&did).contains(&&ClientNote::Done { call, outcome }));
    assert_eq!(rig.client.in_flight(), 0);
    assert_eq!(rig.client.state(), ClientState::Connecting);
    assert_eq!(rig.client.session(), SESSION, "it hopes");
}

#[test]
fn java_sleeps_a_tenth_of_a_second_before_it_says_that_it_is_disconnected() {
    let mut rig = Rig::connected(Profile::Java);
    rig.call(1, get("/a"));
    let did = rig.step(ClientInput::Closed(CONN));
    assert_eq!((notes(&did), rig.client.in_flight()), (vec![], 1));
    assert_eq!(armed(&did, ClientTimer::Pause), Some(100));
    assert_eq!(rig.call(2, get("/b")), [], "asked meanwhile, it waits too");
    let did = rig.step(ClientInput::Fired(ClientTimer::Pause));
    assert!(matches!(
        notes(&did)[..],
        [
            ClientNote::Disconnected { .. },
            ClientNote::Done { .. },
            ClientNote::Done { .. },
            ..
        ]
    ));
    // A refused attempt is cleaned up after like a lost connection.
    let mut rig = Rig::new(Profile::Java38);
    rig.step(ClientInput::Start);
    let did = rig.step(ClientInput::Refused);
    assert_eq!((notes(&did), rig.client.host()), (vec![], None));
    assert_eq!(armed(&did, ClientTimer::Pause), Some(100));
    let mut rig = Rig::connected(Profile::Kazoo);
    let did = rig.step(ClientInput::Closed(CONN));
    assert!(matches!(notes(&did)[0], ClientNote::Disconnected { .. }));
}

#[test]
fn a_client_that_is_closed_while_it_sleeps_is_closed_at_once() {
    let mut rig = Rig::connected(Profile::Java);
    rig.step(ClientInput::Closed(CONN));
    let did = rig.step(ClientInput::Close);
    assert_eq!(notes(&did), [&ClientNote::Closed]);
    assert!(did.contains(&ClientEffect::Disarm(ClientTimer::Pause)));
    assert_eq!(rig.step(ClientInput::Fired(ClientTimer::Pause)), []);
}

#[test]
fn an_answer_is_success_or_a_definite_failure() {
    let mut rig = Rig::connected(Profile::Java);
    rig.call(
        1,
        Op::Sync {
            path: Arc::from("/"),
        },
    );
    rig.call(2, get("/b"));
    let did = rig.reply(1, 7, OpResult::Done);
    let outcome = Outcome::Acknowledged {
        zxid: Zxid(7),
        result: OpResult::Done,
    };
    let call = CallId(1);
    assert_eq!(notes(&did), [&ClientNote::Done { call, outcome }]);
    let did = rig.reply(2, 8, OpResult::Error(ErrorCode::NoNode));
    let outcome = Outcome::Failed(ErrorCode::NoNode);
    let call = CallId(2);
    assert_eq!(notes(&did), [&ClientNote::Done { call, outcome }]);
    assert_eq!(rig.client.last_zxid(), Zxid(8));
}

#[test]
fn coming_back_names_the_session_and_sets_the_watches_again() {
    let mut rig = Rig::connected(Profile::Java);
    rig.call(1, get("/a"));
    let stat = crate::protocol::server::Stat::default();
    rig.reply(1, 7, OpResult::Data(Arc::from("x"), stat));
    assert_eq!(sent(&rig.come_back()), ["SETWATCHES"]);
    rig.hear(ClientMessage::Event(Change {
        event: EventType::NodeDataChanged,
        path: Arc::from("/a"),
    }));
    assert_eq!(sent(&rig.come_back()), [""; 0], "it has fired");
}

#[test]
fn a_watch_on_what_is_missing_is_set_again_as_one_for_creation() {
    let mut rig = Rig::connected(Profile::Java);
    let (path, watch): (Arc<str>, bool) = (Arc::from("/a"), true);
    rig.call(1, Op::Exists { path, watch });
    rig.reply(1, 7, OpResult::Error(ErrorCode::NoNode));
    let did = rig.come_back();
    let asked = did.iter().find_map(|effect| {
        if let ClientEffect::Send(_, ClientMessage::Request { op, .. }) = effect
            && let Op::SetWatches(asked) = op
        {
            Some(Arc::clone(asked))
        } else {
            None
        }
    });
    let asked = asked.expect("sets it again");
    assert_eq!(asked.exist, [Arc::from("/a")]);
    assert_eq!(asked.relative_zxid, Zxid(7));
}

#[test]
fn java_pings_after_a_third_of_the_timeout_or_a_second_earlier_when_woken() {
    let mut rig = Rig::connected(Profile::Java);
    rig.now = Micros::from_ms(900);
    let event = Change {
        event: EventType::NodeCreated,
        path: Arc::from("/x"),
    };
    let did = rig.hear(ClientMessage::Event(event.clone()));
    assert_eq!(sent(&did), [""; 0]);
    assert_eq!(armed(&did, ClientTimer::Ping), Some(1_100));
    rig.now = Micros::from_ms(1_001);
    let did = rig.hear(ClientMessage::Event(event));
    assert_eq!(sent(&did), ["PING"], "idle for more than a second");
    assert_eq!(armed(&did, ClientTimer::Ping), Some(2_000));
}

#[test]
fn a_silent_server_is_left_after_two_thirds_of_the_timeout() {
    for (profile, silent) in [
        (Profile::Java, ClientTimer::Read),
        (Profile::Kazoo, ClientTimer::Ping),
    ] {
        let mut rig = Rig::connected(profile);
        let did = rig.step(ClientInput::Fired(ClientTimer::Ping));
        assert_eq!(sent(&did), ["PING"]);
        let from = rig.client.host().expect("connected");
        let did = rig.lose(ClientInput::Fired(silent));
        assert!(did.contains(&ClientEffect::Hangup(CONN)), "{profile:?}");
        let why = Lost::Silent;
        assert_eq!(notes(&did)[0], &ClientNote::Disconnected { from, why });
    }
}

#[test]
fn kazoo_stays_when_its_ping_is_answered() {
    let mut rig = Rig::connected(Profile::Kazoo);
    for _ in 0..5 {
        let did = rig.step(ClientInput::Fired(ClientTimer::Ping));
        assert_eq!(sent(&did), ["PING"]);
        let after = armed(&did, ClientTimer::Ping).expect("armed");
        assert!((1_600..=1_990).contains(&after), "{after}");
        rig.reply(PING_XID.0, 1, OpResult::Done);
    }
    assert_eq!(rig.client.state(), ClientState::Connected);
}

#[test]
fn a_server_that_knows_no_such_session_ends_javas_client_and_renews_kazoos() {
    let expired = || ClientMessage::Connected(ConnectResponse::EXPIRED);
    let mut rig = Rig::connected(Profile::Java);
    rig.lose(ClientInput::Closed(CONN));
    rig.step(ClientInput::Fired(ClientTimer::Pause));
    rig.call(7, get("/a"));
    rig.step(ClientInput::Opened(CONN));
    let did = rig.hear(expired());
    let by = ExpiredBy::Server;
    let session = SESSION;
    assert!(notes(&did).contains(&&ClientNote::Expired { session, by }));
    let outcome = Outcome::Failed(ErrorCode::SessionExpired);
    let call = CallId(7);
    assert!(notes(&did).contains(&&ClientNote::Done { call, outcome }));
    assert_eq!(rig.client.state(), ClientState::Closed);
    let mut rig = Rig::connected(Profile::Kazoo);
    rig.step(ClientInput::Closed(CONN));
    rig.step(ClientInput::Opened(CONN));
    let did = rig.hear(expired());
    assert!(notes(&did).contains(&&ClientNote::Expired { session, by }));
    assert_eq!(rig.client.session(), SessionId(0));
    assert_eq!(rig.client.state(), ClientState::Connecting);
}

#[test]
fn only_newer_java_clients_give_up_their_session_themselves() {
    let mut rig = Rig::connected(Profile::Java);
    rig.step(ClientInput::Closed(CONN));
    let did = rig.step(ClientInput::Fired(ClientTimer::Expiry));
    let (by, session) = (ExpiredBy::Client, SESSION);
    assert!(notes(&did).contains(&&ClientNote::Expired { session, by }));
    assert_eq!(rig.client.state(), ClientState::Closed);
    let mut rig = Rig::new(Profile::Java38);
    let did = rig.step(ClientInput::Start);
    assert_eq!(armed(&did, ClientTimer::Expiry), None);
}

#[test]
fn closing_waits_for_its_answer() {
    let mut rig = Rig::connected(Profile::Java);
    assert_eq!(sent(&rig.step(ClientInput::Close)), ["CLOSESESSION"]);
    let outcome = Outcome::Failed(ErrorCode::SessionExpired);
    let call = CallId(1);
    let did = rig.call(1, get("/late"));
    assert_eq!(notes(&did), [&ClientNote::Done { call, outcome }]);
    let did = rig.reply(1, 3, OpResult::Done);
    assert_eq!(notes(&did), [&ClientNote::Closed]);
    assert!(did.contains(&ClientEffect::Hangup(CONN)));
    assert_eq!(rig.client.state(), ClientState::Closed);
}

#[test]
fn a_connection_nobody_waits_for_is_hung_up() {
    let mut rig = Rig::connected(Profile::Java);
    let late = ConnId(77);
    let did = rig.step(ClientInput::Opened(late));
    assert_eq!(did, [ClientEffect::Hangup(late)]);
    assert_eq!(rig.step(ClientInput::Closed(late)), []);
}

#[test]
fn a_reply_out_of_order_ends_the_connection() {
    let mut rig = Rig::connected(Profile::Java);
    rig.call(1, get("/a"));
    rig.call(2, get("/b"));
    let mut did = rig.reply(2, 7, OpResult::Done);
    did.extend(rig.step(ClientInput::Fired(ClientTimer::Pause)));
    for call in [CallId(1), CallId(2)] {
        let outcome = Outcome::Unknown;
        assert!(notes(&did).contains(&&ClientNote::Done { call, outcome }));
    }
    assert_eq!(rig.client.state(), ClientState::Connecting);
}

#[test]
fn a_bare_socket_sets_no_deadlines_and_ends_with_its_connection() {
    let mut rig = Rig::new(Profile::Raw);
    let pass = Pass {
        session: SESSION,
        password: password(SESSION),
        last_zxid: Zxid(9),
    };
    rig.client.come_with(pass);
    let mut did = rig.step(ClientInput::Start);
    did.extend(rig.step(ClientInput::Opened(CONN)));
    assert!(did.iter().any(|effect| matches!(effect,
        ClientEffect::Send(_, ClientMessage::Connect(asked))
            if asked.session == SESSION && asked.last_zxid_seen == Zxid(9))));
    did.extend(rig.hear(welcome()));
    did.extend(rig.call(1, get("/a")));
    assert!(
        !did.iter()
            .any(|effect| matches!(effect, ClientEffect::Arm { .. }))
    );
    rig.client.come_with(Pass {
        session: SessionId(1),
        ..pass
    });
    assert_eq!(rig.client.session(), SESSION, "too late");
    let did = rig.step(ClientInput::Closed(CONN));
    let (call, outcome) = (CallId(1), Outcome::Unknown);
    let told = notes(&did);
    assert!(told.contains(&&ClientNote::Done { call, outcome }));
    assert_eq!(told.last(), Some(&&ClientNote::Ended));
    assert_eq!(rig.client.state(), ClientState::Closed);
}
