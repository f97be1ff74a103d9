//! Claims about the record of what was agreed on.

use super::super::kit::{Nothing, Scene, at, set};
use super::*;
use crate::protocol::Durable;

fn txns(counters: impl IntoIterator<Item = i64>) -> Vec<Arc<Txn>> {
    let txns = counters.into_iter();
    txns.map(|n| set(at(1, n), "x")).collect()
}

#[test]
fn what_a_leader_holds_is_agreed_when_it_begins_and_what_it_commits_later() {
    let mut scene = Scene::new(3, 0);
    scene
        .leads(&mut Nothing, (1, 2), &txns(1..=600))
        .expect("fine");
    assert_eq!(scene.history.len(), 500, "what is in memory");
    assert_eq!(scene.history.base, Some(at(1, 100)));
    scene
        .commits(&mut Nothing, 1, &set(at(2, 1), "x"))
        .expect("fine");
    assert_eq!(scene.history.last().map(|txn| txn.zxid), Some(at(2, 1)));
    for n in [101, 356, 357, 600] {
        assert!(scene.history.find(at(1, n)).is_some(), "{n}");
    }
    assert_eq!(scene.history.find(at(1, 100)), None);
}

#[test]
fn more_than_a_leader_remembers_may_be_agreed_at_once() {
    let mut scene = Scene::new(3, 0);
    let all = txns(1..=700);
    scene.leads(&mut Nothing, (1, 1), &all[..1]).expect("leads");
    for txn in &all[1..] {
        scene.logs(1, txn);
        scene.applies(1, txn);
    }
    let zxid = at(1, 700);
    let step = scene.notes(1, vec![Note::Applied { zxid }]);
    scene.show(&mut Nothing, &step).expect("fine");
    assert_eq!(scene.history.len(), 700);
}

#[test]
fn a_leader_that_was_paused_goes_on_where_it_was_and_agrees_on_nothing_new() {
    let mut scene = Scene::new(3, 0);
    let held = txns(1..=3);
    scene.leads(&mut Nothing, (1, 1), &held).expect("leads");
    scene.server(1).status.power = Power::Paused;
    let step = scene.notes(1, vec![]);
    scene.show(&mut Nothing, &step).expect("fine");
    let mut later = held.clone();
    later.push(set(at(1, 4), "x"));
    scene.leads(&mut Nothing, (2, 2), &later).expect("leads");
    scene.server(1).status.power = Power::Up;
    let mut check = super::super::Order;
    assert_eq!(scene.commits(&mut check, 1, &later[3]), Ok(()));
    assert_eq!(scene.history.len(), 4);
    assert!(scene.history.allows_in(Epoch(1), &set(at(1, 5), "its own")));
    assert!(!scene.history.allows_in(Epoch(2), &set(at(1, 2), "other")));
}

#[test]
fn a_copy_shares_all_but_the_end() {
    let mut scene = Scene::new(3, 0);
    scene
        .leads(&mut Nothing, (1, 2), &txns(1..=300))
        .expect("fine");
    let copy = scene.history.clone();
    scene
        .commits(&mut Nothing, 1, &set(at(2, 1), "x"))
        .expect("fine");
    assert_eq!((copy.len(), scene.history.len()), (300, 301));
    assert!(Arc::ptr_eq(&copy.chunks[0], &scene.history.chunks[0]));
}

#[test]
fn what_only_a_snapshot_holds_is_common_ground() {
    let mut scene = Scene::new(3, 0);
    let mut leads = |sid: i64, held: Zxid, epoch: i64| {
        let snapshot = Database::empty(held).snapshot();
        scene.server(sid).disk = Durable::with_snapshot(held.epoch(), snapshot);
        scene.leads(&mut Nothing, (sid, epoch), &[]).expect("fine");
        (scene.history.base, scene.history.len())
    };
    assert_eq!(leads(1, at(6, 60), 7), (Some(at(6, 60)), 0));
    assert_eq!(leads(2, at(6, 70), 8), (Some(at(6, 70)), 0));
    assert_eq!(leads(3, at(6, 65), 9), (Some(at(6, 70)), 0));
    assert!(scene.history.allows(&set(at(6, 70), "unknown")));
    assert!(scene.history.allows(&set(at(9, 1), "undecided")));
}

#[test]
fn only_what_was_agreed_is_allowed_among_it() {
    let mut scene = Scene::new(3, 0);
    assert!(scene.history.allows(&set(at(1, 2), "before all")));
    scene
        .leads(&mut Nothing, (1, 2), &txns(1..=3))
        .expect("fine");
    assert!(scene.history.allows(&set(at(1, 2), "x")));
    assert!(!scene.history.allows(&set(at(1, 2), "y")));
    scene
        .commits(&mut Nothing, 1, &set(at(2, 1), "x"))
        .expect("fine");
    assert!(!scene.history.allows(&set(at(1, 4), "x")));
}

#[test]
fn a_server_that_stops_serving_is_compared_anew() {
    let mut scene = Scene::new(3, 0);
    scene
        .leads(&mut Nothing, (1, 2), &txns(1..=3))
        .expect("fine");
    assert!(scene.history.reached.contains_key(&Sid(1)));
    scene.server(1).status.peer.zab = ZabState::Election;
    let step = scene.notes(1, vec![]);
    scene.show(&mut Nothing, &step).expect("fine");
    assert!(!scene.history.reached.contains_key(&Sid(1)));
}

#[test]
fn two_databases_are_at_one_place_though_one_began_an_epoch() {
    let mut scene = Scene::new(3, 0);
    scene
        .leads(&mut Nothing, (1, 2), &txns(1..=3))
        .expect("fine");
    for txn in txns(1..=3) {
        scene.applies(2, &txn);
    }
    scene.applies(3, &txns(1..=1)[0]);
    let database = |sid: i64| &scene.servers.get(&Sid(sid)).expect("a member").database;
    assert!(scene.history.is_same_place(database(1), database(2)));
    assert!(!scene.history.is_same_place(database(1), database(3)));
}
