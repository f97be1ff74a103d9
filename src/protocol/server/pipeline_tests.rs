//! A server and its clients, without an ensemble: the test is leader, network and database.
//! Long because each claim needs a client that has been taken in.

use std::sync::Arc;

use super::*;
use crate::base::Rng;
use crate::protocol::effect::{Address, Effect};
use crate::protocol::note::Note;
use crate::protocol::server::request::{ConnectRequest, ConnectResponse, CreateMode, PING_XID};
use crate::protocol::server::session_id::password;
use crate::protocol::server::watch::SetWatches;
use crate::protocol::server::{Change, EventType};

const C: ConnId = ConnId(1);
const D: ConnId = ConnId(2);
const LEARNER: Sid = Sid(2);

struct Bench {
    server: Server,
    tree: DataTree,
    sessions: SessionTable,
    zxid: i64,
    now: Micros,
    out: Vec<Effect>,
}

impl Bench {
    fn new(server: impl FnOnce(Limits) -> Server) -> Self {
        let limits = Limits {
            tick_time_ms: 2_000,
            min_session_timeout_ms: -1,
            max_session_timeout_ms: -1,
            max_client_cnxns: 2,
            local_sessions: LocalSessions::Disabled,
        };
        Self {
            server: server(limits),
            tree: DataTree::default(),
            sessions: SessionTable::new(),
            zxid: 0,
            now: Micros::ZERO,
            out: Vec::new(),
        }
    }

    fn learner() -> Self {
        Self::new(|limits| Server::learning(LEARNER, limits, Micros::ZERO))
    }

    fn leader() -> Self {
        Self::new(|limits| Server::leading(Sid(1), limits, &SessionTable::new(), Micros::ZERO))
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Server, &mut Desk<'_, '_>) -> T) -> T {
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut Rng::new(1),
            out: &mut self.out,
        };
        let mut desk = Desk {
            tree: &self.tree,
            sessions: &self.sessions,
            last_processed: Zxid(self.zxid),
            ctx: &mut ctx,
        };
        act(&mut self.server, &mut desk)
    }

    /// A connection's message arrives; what it made the server want of the leader.
    fn hear(&mut self, conn: ConnId, message: ClientMessage) -> Vec<Upstream> {
        self.with(|server, desk| server.received(conn, message, desk));
        self.server.take_upstream()
    }

    fn ask(&mut self, conn: ConnId, cxid: i32, op: Op) -> Vec<Upstream> {
        let cxid = Cxid(cxid);
        self.hear(conn, ClientMessage::Request { cxid, op })
    }

    /// Commits a request as the leader would, and applies it.
    fn commit(&mut self, request: &Request) {
        self.zxid += 1;
        let zxid = Zxid(self.zxid);
        let now = self.now;
        let body = match self.server.as_leader() {
            Some(leading) => {
                let owner = Leading::own_owner(request);
                leading.prepare((request, zxid), owner, &self.tree, now)
            }
            None => plain_body(request),
        };
        self.apply(&Txn {
            zxid,
            session: request.session,
            cxid: request.cxid,
            body,
        });
    }

    fn apply(&mut self, txn: &Txn) {
        self.zxid = txn.zxid.0;
        let applied = self.tree.apply(txn);
        if let Some(change) = applied.session {
            change.write_to(&mut self.sessions);
        }
        self.with(|server, desk| server.committed(txn, &applied, desk));
    }

    /// A transaction of somebody else's.
    fn elsewhere(&mut self, body: TxnBody) {
        let zxid = Zxid(self.zxid + 1);
        self.apply(&Txn {
            zxid,
            session: SessionId(0x999),
            cxid: Cxid(1),
            body,
        });
    }

    /// What the clients were sent since the last look; `None` where one was disconnected.
    fn told(&mut self) -> Vec<(ConnId, Option<ClientMessage>)> {
        let effects = core::mem::take(&mut self.out);
        let mut told = Vec::new();
        for effect in effects {
            if let Effect::Send(conn, Message::Client(message)) = effect {
                told.push((conn, Some(message)));
            } else if let Effect::Hangup(conn) = effect {
                told.push((conn, None));
            }
        }
        told
    }

    fn opened(&mut self, conn: ConnId) {
        self.opened_from(Address(0), conn);
    }

    fn opened_from(&mut self, address: Address, conn: ConnId) {
        self.with(|server, desk| server.opened(conn, address, desk.ctx));
    }

    /// Takes a new client in and returns its session.
    fn join(&mut self, conn: ConnId) -> SessionId {
        self.opened(conn);
        let asked = self.hear(conn, connect(SessionId(0), 0));
        let request = only_request(&asked);
        self.commit(&request);
        let told = self.told();
        let [(to, Some(ClientMessage::Connected(response)))] = &told[..] else {
            panic!("not taken in: {told:?}");
        };
        assert_eq!((*to, response.session), (conn, request.session));
        request.session
    }
}

fn plain_body(request: &Request) -> TxnBody {
    let ephemerals = Vec::new();
    if let Op::CreateSession { timeout_ms } = request.op {
        TxnBody::CreateSession { timeout_ms }
    } else if let Op::Create { path, data, .. } = &request.op {
        TxnBody::Create {
            path: Arc::clone(path),
            data: Arc::clone(data),
            is_ephemeral: false,
            parent_cversion: 1,
        }
    } else {
        assert_eq!(request.op, Op::CloseSession, "no body for it here");
        TxnBody::CloseSession { ephemerals }
    }
}

fn connect(session: SessionId, last_zxid_seen: i64) -> ClientMessage {
    ClientMessage::Connect(ConnectRequest {
        last_zxid_seen: Zxid(last_zxid_seen),
        timeout_ms: 6_000,
        session,
        password: password(session),
    })
}

fn only_request(asked: &[Upstream]) -> Request {
    let [Upstream::Request(request)] = asked else {
        panic!("not one request: {asked:?}");
    };
    request.clone()
}

fn create(path: &str) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from("v"),
        mode: CreateMode::Persistent,
    }
}

fn get(path: &str) -> Op {
    Op::GetData {
        path: Arc::from(path),
        watch: true,
    }
}

fn cxids(told: &[(ConnId, Option<ClientMessage>)]) -> Vec<i32> {
    let cxid = |(_, message): &(ConnId, Option<ClientMessage>)| match message {
        Some(ClientMessage::Reply(reply)) => Some(reply.cxid.0),
        _ => None,
    };
    told.iter().filter_map(cxid).collect()
}

#[test]
fn a_new_client_is_taken_in_when_its_session_is_committed() {
    let mut bench = Bench::learner();
    bench.opened(C);
    let request = only_request(&bench.hear(C, connect(SessionId(0), 0)));
    assert_eq!(request.op, Op::CreateSession { timeout_ms: 6_000 });
    assert_eq!(request.session.0 >> 56, LEARNER.0);
    assert_eq!(bench.told(), [], "not before the commit");
    bench.commit(&request);
    let response = ConnectResponse {
        timeout_ms: 6_000,
        session: request.session,
        password: password(request.session),
    };
    let taken_in = ClientMessage::Connected(response);
    assert_eq!(bench.told(), [(C, Some(taken_in))]);
    assert_eq!(
        bench.server.clients().collect::<Vec<_>>(),
        [(C, request.session)]
    );
}

#[test]
fn a_client_that_has_seen_more_than_the_server_is_refused() {
    let mut bench = Bench::learner();
    bench.zxid = 4;
    bench.opened(C);
    assert_eq!(bench.hear(C, connect(SessionId(0), 5)), []);
    assert_eq!(bench.told(), [(C, None)]);
    assert!(!bench.server.owns(C));
}

#[test]
fn one_connection_too_many_of_a_host_is_closed_at_once_and_said() {
    let mut bench = Bench::learner();
    for conn in [C, D, ConnId(3)] {
        bench.opened(conn);
    }
    let (address, most) = (Address(0), 2);
    let note = Effect::Note(Note::TooManyConnections { address, most });
    assert_eq!(bench.out, [note, Effect::Hangup(ConnId(3))]);
    bench.told();
    bench.opened_from(Address(1), ConnId(4));
    assert_eq!(bench.told(), [], "another host has connections of its own");
    bench.with(|server, _| server.closed(C));
    bench.opened(ConnId(5));
    assert_eq!(bench.told(), [], "one is free again");
}

#[test]
fn where_no_number_is_set_a_host_has_any_number_of_connections() {
    let mut bench = Bench::leader();
    bench.server.limits.max_client_cnxns = 0;
    for n in 0..100 {
        bench.opened(ConnId(n));
    }
    assert_eq!(bench.told(), []);
}

#[test]
fn reads_wait_behind_the_writes_of_their_own_session_only() {
    let mut bench = Bench::learner();
    bench.join(C);
    bench.join(D);
    let write = only_request(&bench.ask(C, 1, create("/a")));
    assert_eq!(bench.ask(C, 2, get("/a")), []);
    assert_eq!(bench.ask(D, 1, get("/a")), []);
    let told = bench.told();
    assert_eq!(cxids(&told), [1], "the other session's read");
    assert_eq!(told[0].0, D);
    bench.ask(C, PING_XID.0, Op::Ping);
    bench.commit(&write);
    let told = bench.told();
    assert_eq!(cxids(&told), [1, 2, PING_XID.0], "in the order asked");
    let Some(ClientMessage::Reply(read)) = &told[1].1 else {
        panic!("no reply");
    };
    assert!(matches!(read.result, OpResult::Data(..)), "its own write");
    assert_eq!(read.zxid, Zxid(bench.zxid));
}

#[test]
fn a_commit_of_another_server_releases_nothing() {
    let mut bench = Bench::learner();
    let session = bench.join(C);
    let write = only_request(&bench.ask(C, 1, create("/a")));
    bench.elsewhere(TxnBody::Error(ErrorCode::NoNode));
    assert_eq!(bench.told(), []);
    assert_eq!(bench.server.waiting(), 1);
    assert_eq!(write.session, session);
    bench.commit(&write);
    assert_eq!(cxids(&bench.told()), [1]);
    assert_eq!(bench.server.waiting(), 0);
}

#[test]
fn a_watch_event_comes_before_the_reply_that_shows_its_cause() {
    let mut bench = Bench::learner();
    bench.join(C);
    bench.ask(
        C,
        1,
        Op::Exists {
            path: Arc::from("/a"),
            watch: true,
        },
    );
    let write = only_request(&bench.ask(C, 2, create("/a")));
    bench.told();
    bench.commit(&write);
    let told = bench.told();
    let event = ClientMessage::Event(Change {
        event: EventType::NodeCreated,
        path: Arc::from("/a"),
    });
    assert_eq!(told[0], (C, Some(event)));
    assert_eq!(cxids(&told), [2]);
    bench.elsewhere(TxnBody::Delete {
        path: Arc::from("/a"),
    });
    assert_eq!(bench.told(), [], "once");
}

#[test]
fn a_sync_of_a_learner_waits_for_the_leader_and_one_of_the_leader_does_not() {
    let sync = Op::Sync {
        path: Arc::from("/"),
    };
    let mut bench = Bench::learner();
    bench.join(C);
    let request = only_request(&bench.ask(C, 1, sync.clone()));
    assert_eq!(request.op, sync);
    bench.ask(C, 2, get("/none"));
    assert_eq!(bench.told(), []);
    bench.with(Server::synced);
    assert_eq!(cxids(&bench.told()), [1, 2]);
    let mut bench = Bench::leader();
    bench.join(C);
    assert_eq!(bench.ask(C, 1, sync), []);
    assert_eq!(cxids(&bench.told()), [1]);
}

#[test]
fn a_learner_asks_the_leader_about_an_old_session() {
    let mut bench = Bench::learner();
    let session = bench.join(C);
    bench.opened(D);
    let asked = bench.hear(D, connect(session, 0));
    let timeout_ms = 6_000;
    let revalidate = Upstream::Revalidate {
        session,
        timeout_ms,
    };
    assert_eq!(asked, [revalidate]);
    assert_eq!(bench.told(), [(C, None)], "its former connection is closed");
    bench.ask(D, 1, get("/zookeeper"));
    assert_eq!(bench.told(), [], "nothing is read meanwhile");
    bench.with(|server, desk| server.revalidated(session, desk));
    let told = bench.told();
    assert!(matches!(told[0].1, Some(ClientMessage::Connected(_))));
    assert_eq!(cxids(&told), [1]);
}

#[test]
fn a_session_that_is_gone_is_answered_with_zeros() {
    let mut bench = Bench::learner();
    let session = SessionId(0x0200_0000_0000_0077);
    bench.opened(C);
    bench.hear(C, connect(session, 0));
    bench.with(|server, desk| server.not_revalidated(session, desk));
    let expired = ClientMessage::Connected(ConnectResponse::EXPIRED);
    assert_eq!(bench.told(), [(C, Some(expired.clone())), (C, None)]);
    let mut bench = Bench::leader();
    bench.opened(C);
    bench.hear(C, connect(session, 0));
    assert_eq!(bench.told(), [(C, Some(expired)), (C, None)]);
}

#[test]
fn a_wrong_password_is_answered_as_an_expired_session() {
    let mut bench = Bench::leader();
    let session = bench.join(C);
    bench.opened(D);
    let ClientMessage::Connect(mut wrong) = connect(session, 0) else {
        panic!("a connect request");
    };
    wrong.password = [1; 16];
    assert_eq!(bench.hear(D, ClientMessage::Connect(wrong)), []);
    let expired = ClientMessage::Connected(ConnectResponse::EXPIRED);
    let told = bench.told();
    assert_eq!(told, [(C, None), (D, Some(expired)), (D, None)]);
}

#[test]
fn a_session_that_came_back_to_the_leader_is_no_longer_the_learners() {
    let mut bench = Bench::leader();
    let session = bench.join(C);
    let handler = Owner::Handler(ConnId(77));
    let now = bench.now;
    let leading = bench.server.as_leader().expect("leads");
    assert!(leading.revalidate_for(handler, (session, 6_000), now));
    assert_eq!(leading.owner(session), Some(handler));
    assert_eq!(bench.ask(C, 1, get("/zookeeper")), []);
    assert_eq!(bench.told(), [(C, None)], "moved: closed without a word");
    bench.opened(D);
    bench.hear(D, connect(session, 0));
    let leading = bench.server.as_leader().expect("leads");
    assert_eq!(leading.owner(session), Some(Owner::Me));
}

#[test]
fn a_write_of_a_moved_session_closes_the_connection_it_came_by() {
    let mut bench = Bench::learner();
    let session = bench.join(C);
    bench.ask(C, 1, create("/a"));
    let zxid = Zxid(bench.zxid + 1);
    bench.apply(&Txn {
        zxid,
        session,
        cxid: Cxid(1),
        body: TxnBody::Error(ErrorCode::SessionMoved),
    });
    assert_eq!(bench.told(), [(C, None)]);
}

#[test]
fn closing_is_answered_and_then_the_connection_ends() {
    let mut bench = Bench::learner();
    bench.join(C);
    let close = only_request(&bench.ask(C, 9, Op::CloseSession));
    bench.commit(&close);
    let told = bench.told();
    assert_eq!(cxids(&told), [9]);
    assert_eq!(told[1], (C, None));
    assert!(bench.sessions.is_empty());
}

#[test]
fn an_expired_session_ends_by_a_transaction_and_its_connection_with_it() {
    let mut bench = Bench::leader();
    let session = bench.join(C);
    let until = bench.server.until_expiry(bench.now);
    assert_eq!(until, Some(Micros::from_ms(2_000)));
    bench.now = Micros::from_ms(7_999);
    assert_eq!(
        bench.server.as_leader().expect("leads").expire(bench.now),
        []
    );
    bench.now = Micros::from_ms(8_000);
    let closing = bench.server.as_leader().expect("leads").expire(bench.now);
    assert_eq!(closing.len(), 1);
    assert_eq!(bench.told(), [], "not before it is committed");
    assert_eq!(bench.ask(C, 1, get("/zookeeper")), []);
    assert_eq!(bench.told(), [], "dropped: the touch came too late");
    assert!(bench.sessions.contains_key(&session));
    bench.commit(&closing[0]);
    assert_eq!(bench.told(), [(C, None)]);
    assert!(bench.sessions.is_empty());
}

#[test]
fn a_learners_touches_keep_a_session_alive() {
    let mut leader = Bench::leader();
    let session = leader.join(C);
    let mut learner = Bench::learner();
    learner.sessions = leader.sessions.clone();
    learner.opened(C);
    learner.hear(C, connect(session, 0));
    learner.with(|server, desk| server.revalidated(session, desk));
    learner.ask(C, PING_XID.0, Op::Ping);
    let touched = learner.server.take_touched();
    assert_eq!(touched, [(session, 6_000)]);
    assert_eq!(learner.server.take_touched(), []);
    let now = Micros::from_ms(5_000);
    let leading = leader.server.as_leader().expect("leads");
    leading.touched(&touched, now);
    assert_eq!(leading.expires_at(session), Some(12_000));
}

#[test]
fn a_client_that_left_is_told_nothing_and_holds_up_nobody() {
    let mut bench = Bench::learner();
    bench.join(C);
    bench.join(D);
    let first = only_request(&bench.ask(C, 1, create("/a")));
    let second = only_request(&bench.ask(D, 1, create("/b")));
    bench.server.closed(C);
    bench.commit(&first);
    assert_eq!(bench.told(), []);
    bench.commit(&second);
    assert_eq!(cxids(&bench.told()), [1]);
}

#[test]
fn watches_set_again_fire_before_they_are_confirmed() {
    let mut bench = Bench::learner();
    bench.join(C);
    bench.elsewhere(TxnBody::Error(ErrorCode::NoNode));
    let asked = SetWatches {
        relative_zxid: Zxid(1),
        data: vec![Arc::from("/gone"), Arc::from("/zookeeper")],
        ..SetWatches::default()
    };
    bench.ask(C, -8, Op::SetWatches(Arc::new(asked)));
    let told = bench.told();
    assert!(matches!(told[0].1, Some(ClientMessage::Event(_))));
    assert_eq!(cxids(&told), [-8]);
    assert_eq!(bench.server.watch_count(), 1);
}

#[test]
fn leaving_the_role_disconnects_everybody() {
    let mut bench = Bench::leader();
    bench.join(C);
    bench.join(D);
    bench.with(|server, desk| server.close_all(desk.ctx));
    assert_eq!(bench.told(), [(C, None), (D, None)]);
    assert_eq!(bench.server.clients().count(), 0);
}

#[test]
fn what_is_no_first_message_ends_the_connection() {
    let mut bench = Bench::leader();
    bench.opened(C);
    bench.ask(C, 1, Op::Ping);
    assert_eq!(bench.told(), [(C, None)]);
    bench.join(C);
    bench.hear(C, connect(SessionId(0), 0));
    assert_eq!(bench.told(), [(C, None)], "one is enough");
}

#[path = "local_sessions_tests.rs"]
mod local_sessions;
