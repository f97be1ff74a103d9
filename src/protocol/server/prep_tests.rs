//! What the leader's prep stage makes of requests.

use super::*;
use crate::protocol::LocalSessions;
use crate::protocol::ids::{Cxid, Sid};
use crate::protocol::server::session_tracker::SessionTable;
use crate::protocol::server::txn::Txn;

const ME: SessionId = SessionId(0x100);
const OTHER: SessionId = SessionId(0x200);
const OWN: Option<Owner> = Some(Owner::Me);

/// A prep stage with a tree, whose transactions are applied when the test says so.
struct Stage {
    prep: Prep,
    tree: DataTree,
    sessions: LeaderSessions,
    zxid: i64,
    proposed: Vec<Txn>,
}

impl Stage {
    fn new() -> Self {
        let table = SessionTable::from([(ME, 4_000), (OTHER, 4_000)]);
        let settings = (2_000, LocalSessions::Disabled);
        Self {
            prep: Prep::default(),
            tree: DataTree::default(),
            sessions: LeaderSessions::new(Sid(1), settings, &table, 0),
            zxid: 0,
            proposed: Vec::new(),
        }
    }

    fn ask_as(&mut self, session: SessionId, owner: Option<Owner>, op: Op) -> TxnBody {
        self.zxid += 1;
        let cxid = Cxid(1);
        let mut grounds = Grounds {
            tree: &self.tree,
            sessions: &mut self.sessions,
            owner,
            now_ms: 0,
        };
        let request = Request { session, cxid, op };
        let zxid = Zxid(self.zxid);
        let body = self.prep.prepare(&request, zxid, &mut grounds);
        self.proposed.push(Txn {
            zxid,
            session,
            cxid,
            body: body.clone(),
        });
        body
    }

    fn ask(&mut self, op: Op) -> TxnBody {
        self.ask_as(ME, OWN, op)
    }

    /// Commits and applies everything proposed so far.
    fn commit(&mut self) {
        for txn in self.proposed.drain(..) {
            self.tree.apply(&txn);
            self.prep.applied(txn.zxid);
        }
    }
}

fn create(path: &str, mode: CreateMode) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from(""),
        mode,
    }
}

fn delete(path: &str, version: i32) -> Op {
    Op::Delete {
        path: Arc::from(path),
        version,
    }
}

fn set(path: &str, version: i32) -> Op {
    Op::SetData {
        path: Arc::from(path),
        data: Arc::from("x"),
        version,
    }
}

fn created(body: &TxnBody) -> (&str, i32) {
    let TxnBody::Create {
        path,
        parent_cversion,
        ..
    } = body
    else {
        panic!("not created: {body:?}");
    };
    (path, *parent_cversion)
}

#[test]
fn sequence_numbers_count_every_create_whether_committed_or_not() {
    let mut stage = Stage::new();
    stage.ask(create("/e", CreateMode::Persistent));
    let numbered = |stage: &mut Stage| {
        let body = stage.ask(create("/e/n_", CreateMode::EphemeralSequential));
        created(&body).0.to_owned()
    };
    assert_eq!(numbered(&mut stage), "/e/n_0000000000");
    assert_eq!(numbered(&mut stage), "/e/n_0000000001");
    stage.commit();
    stage.ask(delete("/e/n_0000000001", -1));
    stage.ask(create("/e/plain", CreateMode::Persistent));
    assert_eq!(numbered(&mut stage), "/e/n_0000000003", "gaps are normal");
    stage.commit();
    assert!(stage.prep.is_empty());
    let body = stage.ask(create("/e/x", CreateMode::Persistent));
    assert_eq!(created(&body), ("/e/x", 5));
}

#[test]
fn requests_are_checked_against_what_is_outstanding() {
    let mut stage = Stage::new();
    stage.ask(create("/a", CreateMode::Persistent));
    let again = stage.ask(create("/a", CreateMode::Persistent));
    assert_eq!(again, TxnBody::Error(ErrorCode::NodeExists));
    stage.ask(create("/a/b", CreateMode::Persistent));
    let not_empty = stage.ask(delete("/a", -1));
    assert_eq!(not_empty, TxnBody::Error(ErrorCode::NotEmpty));
    stage.ask(delete("/a/b", 0));
    assert!(matches!(stage.ask(delete("/a", 0)), TxnBody::Delete { .. }));
    let gone = stage.ask(set("/a", -1));
    assert_eq!(gone, TxnBody::Error(ErrorCode::NoNode));
    stage.commit();
    assert_eq!(stage.tree.len(), DataTree::default().len());
}

#[test]
fn a_version_must_fit_unless_it_is_minus_one() {
    let mut stage = Stage::new();
    stage.ask(create("/a", CreateMode::Persistent));
    for (expected, becomes) in [(0, Some(1)), (0, None), (1, Some(2)), (-1, Some(3))] {
        match (stage.ask(set("/a", expected)), becomes) {
            (TxnBody::SetData { version, .. }, Some(becomes)) => assert_eq!(version, becomes),
            (body, None) => assert_eq!(body, TxnBody::Error(ErrorCode::BadVersion)),
            (body, becomes) => panic!("{body:?} instead of {becomes:?}"),
        }
    }
    stage.commit();
    assert_eq!(stage.tree.get("/a").expect("there").version, 3);
}

#[test]
fn what_cannot_be_created_is_refused_with_its_reason() {
    let mut stage = Stage::new();
    stage.ask(create("/e", CreateMode::Ephemeral));
    for (path, code) in [
        ("/e/child", ErrorCode::NoChildrenForEphemerals),
        ("/no/child", ErrorCode::NoNode),
        ("no_slash", ErrorCode::BadArguments),
        ("/a//b", ErrorCode::NoNode),
        ("/a\u{1}", ErrorCode::BadArguments),
        ("/", ErrorCode::BadArguments),
    ] {
        let body = stage.ask(create(path, CreateMode::Persistent));
        let code = if path == "/" {
            ErrorCode::NodeExists
        } else {
            code
        };
        assert_eq!(body, TxnBody::Error(code), "{path}");
    }
    for path in ["/", "/zookeeper", "/zookeeper/config"] {
        let body = stage.ask(delete(path, -1));
        assert_eq!(body, TxnBody::Error(ErrorCode::BadArguments), "{path}");
    }
}

#[test]
fn a_refused_multi_leaves_no_trace_in_the_outlook() {
    let mut stage = Stage::new();
    let check = Op::Check {
        path: Arc::from("/a"),
        version: 7,
    };
    let ops = vec![
        create("/a", CreateMode::Persistent),
        check,
        create("/b", CreateMode::Persistent),
    ];
    let TxnBody::Multi(parts) = stage.ask(Op::Multi(ops)) else {
        panic!("a multi stays one");
    };
    assert!(matches!(parts[0], TxnBody::Create { .. }));
    assert_eq!(parts[1], TxnBody::Error(ErrorCode::BadVersion));
    assert_eq!(parts[2], TxnBody::Error(ErrorCode::RuntimeInconsistency));
    assert!(stage.prep.is_empty());
    let body = stage.ask(create("/a", CreateMode::Persistent));
    assert_eq!(created(&body), ("/a", 1));
}

#[test]
fn parts_of_a_multi_see_one_another() {
    let mut stage = Stage::new();
    let ops = vec![
        create("/a", CreateMode::Persistent),
        create("/a/b", CreateMode::Persistent),
        set("/a", 0),
    ];
    stage.ask(Op::Multi(ops));
    stage.commit();
    assert_eq!(stage.tree.get("/a").expect("there").version, 1);
    assert!(stage.tree.get("/a/b").is_some());
}

#[test]
fn only_the_owner_may_write_and_closing_needs_none() {
    let mut stage = Stage::new();
    let handler = Some(Owner::Handler(crate::protocol::ConnId(3)));
    stage.ask(create("/a", CreateMode::Persistent));
    let moved = stage.ask_as(ME, handler, set("/a", -1));
    assert_eq!(moved, TxnBody::Error(ErrorCode::SessionMoved));
    let multi = stage.ask_as(ME, handler, Op::Multi(vec![set("/a", -1)]));
    let refused = TxnBody::Multi(vec![TxnBody::Error(ErrorCode::SessionMoved)]);
    assert_eq!(multi, refused);
    let closed = stage.ask_as(ME, handler, Op::CloseSession);
    assert!(matches!(closed, TxnBody::CloseSession { .. }));
}

#[test]
fn nothing_of_a_closing_session_is_accepted() {
    let mut stage = Stage::new();
    stage.ask(Op::CloseSession);
    let late = stage.ask(create("/e", CreateMode::Ephemeral));
    assert_eq!(late, TxnBody::Error(ErrorCode::SessionExpired));
    let stranger = stage.ask_as(SessionId(9), OWN, create("/p", CreateMode::Persistent));
    assert_eq!(stranger, TxnBody::Error(ErrorCode::SessionExpired));
}

#[test]
fn closing_a_session_names_what_it_will_own_then() {
    let mut stage = Stage::new();
    stage.ask(create("/kept", CreateMode::Ephemeral));
    stage.ask(create("/dropped", CreateMode::Ephemeral));
    stage.commit();
    stage.ask(create("/coming", CreateMode::Ephemeral));
    stage.ask_as(OTHER, OWN, create("/theirs", CreateMode::Ephemeral));
    stage.ask(delete("/dropped", -1));
    let TxnBody::CloseSession { ephemerals } = stage.ask(Op::CloseSession) else {
        panic!("closed");
    };
    assert_eq!(ephemerals, [Arc::from("/coming"), Arc::from("/kept")]);
    // A new /kept may be proposed at once.
    let body = stage.ask_as(OTHER, OWN, create("/kept", CreateMode::Ephemeral));
    assert_eq!(created(&body).0, "/kept");
    stage.commit();
    assert_eq!(stage.tree.ephemerals(ME), []);
    assert_eq!(stage.tree.ephemerals(OTHER).len(), 2);
}

#[test]
fn a_parent_emptied_by_a_closing_session_counts_as_full_until_that_is_applied() {
    let mut stage = Stage::new();
    stage.ask(create("/p", CreateMode::Persistent));
    stage.ask(create("/p/e", CreateMode::Ephemeral));
    stage.ask(Op::CloseSession);
    let early = stage.ask_as(OTHER, OWN, delete("/p", -1));
    assert_eq!(early, TxnBody::Error(ErrorCode::NotEmpty));
    stage.commit();
    let late = stage.ask_as(OTHER, OWN, delete("/p", -1));
    assert!(matches!(late, TxnBody::Delete { .. }));
}

#[test]
fn a_new_session_is_tracked_before_its_transaction_commits() {
    let mut stage = Stage::new();
    let new = SessionId(0x300);
    let timeout_ms = 4_000;
    let body = stage.ask_as(new, None, Op::CreateSession { timeout_ms });
    assert_eq!(body, TxnBody::CreateSession { timeout_ms });
    assert!(stage.sessions.global.is_tracking(new));
    assert_eq!(stage.sessions.global.owner(new), None);
    stage.ask_as(new, OWN, create("/e", CreateMode::Ephemeral));
    assert_eq!(stage.sessions.global.owner(new), OWN);
}

#[test]
fn a_read_is_no_transaction() {
    let mut stage = Stage::new();
    let op = Op::Sync {
        path: Arc::from("/"),
    };
    assert_eq!(stage.ask(op), TxnBody::Error(ErrorCode::Unimplemented));
}
