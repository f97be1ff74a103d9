//! What transactions make of a data tree.

use super::*;
use crate::base::digest_of;
use crate::protocol::ids::Cxid;

pub(crate) const OWNER: SessionId = SessionId(0x100);

pub(crate) fn create(path: &str, parent_cversion: i32) -> TxnBody {
    TxnBody::Create {
        path: Arc::from(path),
        data: Arc::from("v"),
        is_ephemeral: false,
        parent_cversion,
    }
}

pub(crate) fn ephemeral(path: &str, parent_cversion: i32) -> TxnBody {
    TxnBody::Create {
        path: Arc::from(path),
        data: Arc::from(""),
        is_ephemeral: true,
        parent_cversion,
    }
}

pub(crate) fn delete(path: &str) -> TxnBody {
    TxnBody::Delete {
        path: Arc::from(path),
    }
}

pub(crate) fn set(path: &str, version: i32) -> TxnBody {
    TxnBody::SetData {
        path: Arc::from(path),
        data: Arc::from("new"),
        version,
    }
}

pub(crate) fn txn(zxid: i64, body: TxnBody) -> Txn {
    Txn {
        zxid: Zxid(zxid),
        session: OWNER,
        cxid: Cxid(0),
        body,
    }
}

/// The tree after `txns`, and what the last one did.
pub(crate) fn applied(txns: &[(i64, TxnBody)]) -> (DataTree, Applied) {
    let mut tree = DataTree::default();
    let mut last = Applied {
        result: OpResult::Done,
        changes: Vec::new(),
        session: None,
    };
    for (zxid, body) in txns {
        last = tree.apply(&txn(*zxid, body.clone()));
    }
    (tree, last)
}

fn close(paths: &[&str]) -> TxnBody {
    TxnBody::CloseSession {
        ephemerals: paths.iter().map(|path| Arc::from(*path)).collect(),
    }
}

fn told(applied: &Applied) -> Vec<(EventType, &str)> {
    let changes = applied.changes.iter();
    changes.map(|c| (c.event, &*c.path)).collect()
}

#[test]
fn an_empty_tree_has_the_reserved_znodes_and_shows_cversion_minus_one() {
    let tree = DataTree::default();
    let paths: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        ["/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"]
    );
    assert_eq!(tree.get("/").expect("root").stat().cversion, -1);
    assert!(!tree.is_empty());
}

#[test]
fn a_create_counts_at_its_parent_and_is_told_to_both() {
    let (tree, did) = applied(&[(5, create("/a", 1))]);
    assert_eq!(did.result, OpResult::Created(Arc::from("/a")));
    assert_eq!(
        told(&did),
        [
            (EventType::NodeCreated, "/a"),
            (EventType::NodeChildrenChanged, "/")
        ]
    );
    let root = tree.get("/").expect("root");
    assert_eq!((root.creates, root.pzxid), (1, Zxid(5)));
    let stat = tree.get("/a").expect("created").stat();
    assert_eq!(
        (stat.czxid, stat.mzxid, stat.version),
        (Zxid(5), Zxid(5), 0)
    );
}

#[test]
fn a_deletion_leaves_the_create_counter_and_raises_the_shown_cversion() {
    let (tree, did) = applied(&[(1, create("/a", 1)), (2, delete("/a"))]);
    assert_eq!(
        told(&did),
        [
            (EventType::NodeDeleted, "/a"),
            (EventType::NodeChildrenChanged, "/")
        ]
    );
    let root = tree.get("/").expect("root");
    assert_eq!((root.creates, root.pzxid), (1, Zxid(2)));
    assert_eq!(
        root.stat().cversion,
        1,
        "one create and one delete after -1"
    );
    assert!(tree.get("/a").is_none());
}

#[test]
fn set_data_takes_the_version_of_the_transaction() {
    let (tree, did) = applied(&[(1, create("/a", 1)), (2, set("/a", 1))]);
    let node = tree.get("/a").expect("there");
    assert_eq!((&*node.data, node.version), ("new", 1));
    assert_eq!((node.czxid, node.mzxid), (Zxid(1), Zxid(2)));
    assert_eq!(did.result, OpResult::Set(node.stat()));
    assert_eq!(told(&did), [(EventType::NodeDataChanged, "/a")]);
}

#[test]
fn closing_a_session_deletes_its_znodes_and_no_other() {
    let (mut tree, _) = applied(&[
        (1, create("/kept", 1)),
        (2, ephemeral("/one", 2)),
        (3, ephemeral("/two", 3)),
    ]);
    assert_eq!(tree.ephemerals(OWNER).len(), 2);
    let did = tree.apply(&txn(4, close(&["/one"])));
    assert_eq!(did.session, Some(SessionChange::Closed(OWNER)));
    assert!(tree.get("/one").is_none() && tree.get("/two").is_none());
    assert!(tree.get("/kept").is_some());
    assert_eq!(tree.ephemerals(OWNER), []);
    let deleted = told(&did);
    assert_eq!(deleted.len(), 4, "{deleted:?}");
    assert_eq!(deleted[0], (EventType::NodeDeleted, "/one"), "named first");
}

#[test]
fn the_session_table_follows_the_transactions() {
    let mut table = Map::new();
    let (_, opened) = applied(&[(1, TxnBody::CreateSession { timeout_ms: 4_000 })]);
    opened.session.expect("opened").write_to(&mut table);
    assert_eq!(table.get(&OWNER), Some(&4_000));
    let (_, closed) = applied(&[(2, close(&[]))]);
    closed.session.expect("closed").write_to(&mut table);
    assert!(table.is_empty());
}

#[test]
fn a_multi_is_applied_whole_or_not_at_all() {
    let whole = TxnBody::Multi(vec![create("/a", 1), set("/a", 1)]);
    let (tree, did) = applied(&[(1, whole)]);
    assert_eq!(tree.get("/a").expect("there").version, 1);
    assert_eq!(did.result.error(), None);
    let refused = TxnBody::Multi(vec![
        create("/a", 1),
        TxnBody::Error(ErrorCode::NoNode),
        TxnBody::Error(ErrorCode::RuntimeInconsistency),
    ]);
    let (tree, did) = applied(&[(1, refused)]);
    assert!(tree.get("/a").is_none());
    assert!(did.changes.is_empty());
    let parts = vec![
        OpResult::RolledBack,
        OpResult::Error(ErrorCode::NoNode),
        OpResult::Error(ErrorCode::RuntimeInconsistency),
    ];
    assert_eq!(did.result, OpResult::Multi(parts));
    assert_eq!(did.result.error(), Some(ErrorCode::NoNode));
}

#[test]
fn replaying_over_a_newer_snapshot_gives_the_same_tree() {
    let history = [
        (1, create("/a", 1)),
        (2, create("/a/x", 1)),
        (3, delete("/a/x")),
        (4, create("/a/y", 2)),
        (5, set("/a", 1)),
        (6, ephemeral("/e", 2)),
        (7, close(&["/e"])),
    ];
    let (whole, _) = applied(&history);
    for from in 0..history.len() {
        let mut tree = whole.clone();
        for (zxid, body) in &history[from..] {
            tree.apply(&txn(*zxid, body.clone()));
        }
        assert_eq!(tree, whole, "replayed from {from}");
    }
}

#[test]
fn a_create_that_finds_its_znode_still_counts() {
    // The snapshot holds the znode, but its parent was written before the create.
    let (mut tree, _) = applied(&[(1, create("/a", 1))]);
    let did = tree.apply(&txn(9, create("/a", 4)));
    assert_eq!(did.result, OpResult::Error(ErrorCode::NodeExists));
    assert!(did.changes.is_empty());
    let root = tree.get("/").expect("root");
    assert_eq!((root.creates, root.pzxid), (4, Zxid(9)));
}

#[test]
fn impossible_transactions_are_answered_with_errors() {
    let no_node = OpResult::Error(ErrorCode::NoNode);
    for body in [create("/no/such", 1), delete("/no"), set("/no", 1)] {
        let (_, did) = applied(&[(1, body.clone())]);
        assert_eq!(did.result, no_node, "{body:?}");
    }
    let (_, did) = applied(&[(1, TxnBody::Error(ErrorCode::BadVersion))]);
    assert_eq!(did.result, OpResult::Error(ErrorCode::BadVersion));
}

#[test]
fn ephemerals_of_sessions_nobody_knows_are_cleaned_up() {
    let (mut tree, _) = applied(&[(1, ephemeral("/e", 1)), (2, create("/p", 2))]);
    let mut table = Map::from([(OWNER, 4_000)]);
    tree.kill_unknown_sessions(&table, Zxid(2));
    assert!(tree.get("/e").is_some());
    table.clear();
    tree.kill_unknown_sessions(&table, Zxid(2));
    assert!(tree.get("/e").is_none() && tree.get("/p").is_some());
    assert_eq!(tree.owners().count(), 0);
}

#[test]
fn a_clone_shares_its_znodes_until_one_is_written() {
    let (tree, _) = applied(&[(1, create("/a", 1)), (2, create("/b", 2))]);
    let mut copy = tree.clone();
    copy.apply(&txn(3, set("/a", 1)));
    assert!(std::ptr::eq(
        tree.get("/b").expect("b"),
        copy.get("/b").expect("b")
    ));
    assert_eq!(tree.get("/a").expect("a").version, 0, "the original stays");
    assert_ne!(digest_of(&tree), digest_of(&copy));
}

#[test]
fn the_digest_is_the_same_on_every_platform() {
    let (tree, _) = applied(&[(1, create("/a", 1)), (2, ephemeral("/a/e", 1))]);
    expect_test::expect!["f35abd27bf2867e9"].assert_eq(&format!("{:016x}", digest_of(&tree)));
}
