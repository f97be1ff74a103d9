//! The same transactions give the same state: znodes, and sessions with their timeouts.
//!
//! Compared when a learner begins to serve exactly where its leader is, whenever a session ends,
//! and at every 64th transaction.

use super::{Began, Broken, Invariant, Property, Seen};
use crate::base::{Map, digest_of};
use crate::protocol::{Database, TxnBody, Zxid};

/// C1: what the state was after some transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTable {
    states: Map<Zxid, u64>,
}

impl SessionTable {
    /// How many states are remembered.
    const KEPT: usize = 64;

    /// How many transactions lie between two that are compared.
    const STRIDE: i64 = 64;

    fn compare(&mut self, zxid: Zxid, database: &Database) -> bool {
        let now = digest_of(&(database.sessions(), database.tree()));
        let first = *self.states.get_or_insert_with(zxid, || now);
        let oldest = self.states.keys().next().copied();
        if self.states.len() > Self::KEPT
            && let Some(oldest) = oldest
        {
            self.states.remove(&oldest);
        }
        first == now
    }
}

impl Invariant for SessionTable {
    const PROPERTY: Property = Property {
        key: "session-table",
        names: "C1",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let (Some(server), Some(database)) = (seen.server, seen.database()) else {
            return Ok(());
        };
        let sid = server.sid;
        if seen.news.began == Some(Began::Learner)
            && let Some(leader) = server.peer.leader
            && let Some(theirs) = seen.servers.database(leader)
            && seen.servers.status(leader).is_some_and(|s| s.peer.serving)
            && seen.history.is_same_place(database, theirs)
            && (database.sessions() != theirs.sessions() || database.tree() != theirs.tree())
        {
            let text = "serves at {z} with another state than {}";
            let numbers = [database.last_processed().0, leader.0];
            return Err(Broken::of(&[sid, leader], text, &numbers));
        }
        let Some(last) = seen.news.applied.last() else {
            return Ok(());
        };
        let is_due = last.zxid.counter() % Self::STRIDE == 0
            || matches!(last.body, TxnBody::CloseSession { .. });
        if seen.news.began.is_none() && is_due && !self.compare(last.zxid, database) {
            let text = "has another state after {z} than the first to apply it";
            return Err(Broken::of(&[sid], text, &[last.zxid.0]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, create, set, txn};
    use super::*;
    use crate::protocol::Sid;

    #[test]
    fn another_state_after_the_same_transaction_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionTable::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        for sid in [2, 3] {
            scene.serves(check, sid, 1).expect("serves");
        }
        scene.server(3).database.process(&set(at(1, 0), "differs"));
        for n in 1..=64 {
            let txn = create(at(1, n), 0, "/a");
            for sid in [1, 2] {
                assert_eq!(scene.commits(check, sid, &txn), Ok(()));
            }
            assert_eq!(scene.commits(check, 3, &txn).is_ok(), n < 64, "{n}");
        }
    }

    #[test]
    fn the_end_of_a_session_is_compared_at_once() {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionTable::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        scene.serves(check, 2, 1).expect("serves");
        let start = TxnBody::CreateSession { timeout_ms: 1 };
        scene.server(2).database.process(&txn(at(1, 0), 7, start));
        let body = TxnBody::CloseSession { ephemerals: vec![] };
        let end = txn(at(1, 1), 8, body);
        scene.commits(check, 1, &end).expect("the first");
        assert!(scene.commits(check, 2, &end).is_err());
    }

    #[test]
    fn a_learner_that_begins_with_another_state_than_its_leaders_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionTable::default();
        let history = [create(at(1, 1), 0, "/a")];
        scene.leads(check, (1, 2), &history).expect("leads");
        for (sid, fine) in [(2, true), (3, false)] {
            scene.applies(sid, &history[0]);
            if !fine {
                scene
                    .server(sid)
                    .database
                    .process(&set(at(1, 1), "differs"));
            }
            scene.server(sid).status.peer.leader = Some(Sid(1));
            assert_eq!(scene.serves(check, sid, 2).is_ok(), fine);
        }
    }

    #[test]
    fn a_leader_that_no_longer_serves_may_hold_what_nobody_agreed_on() {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionTable::default();
        let history = [create(at(1, 1), 0, "/a")];
        scene.leads(check, (1, 2), &history).expect("leads");
        scene.server(1).database.process(&set(at(1, 2), "tail"));
        scene.server(1).status.peer.serving = false;
        scene.applies(3, &history[0]);
        scene.server(3).status.peer.leader = Some(Sid(1));
        assert_eq!(scene.serves(check, 3, 2), Ok(()));
    }

    #[test]
    fn a_bounded_number_of_states_is_remembered() {
        let mut check = SessionTable::default();
        for n in 0..200 {
            check.compare(at(1, n), &Database::default());
        }
        assert_eq!(check.states.len(), SessionTable::KEPT);
    }
}
