//! A session's requests are answered and committed in the order in which it made them.
//!
//! Where a second client comes with a session, that has two series of numbers; of their order among
//! what is committed nothing is said.

use super::calls::Turn;
use super::{Broken, Invariant, Property, Seen};
use crate::base::{Map, Set};
use crate::protocol::client::Outcome;
use crate::protocol::{Cxid, ErrorCode, SessionId, TxnBody};
use crate::sim::ClientId;

/// C6: the last request of each session that was committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionOrder {
    committed: Map<SessionId, Cxid>,
    /// Which client had each session first.
    holders: Map<SessionId, ClientId>,
    shared: Set<SessionId>,
}

impl SessionOrder {
    /// A client is connected: whether the session is its own.
    fn meet(&mut self, client: ClientId, session: SessionId) {
        if *self.holders.get_or_insert_with(session, || client) != client {
            self.shared.insert(session);
        }
    }
}

impl Invariant for SessionOrder {
    const PROPERTY: Property = Property {
        key: "session-order",
        names: "C6",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        if let (Some(client), Some(Turn::Back | Turn::New)) = (seen.heard.client, seen.heard.turn) {
            self.meet(client, seen.heard.session);
        }
        for ended in &seen.heard.ended {
            // A client that is over, or about to be, refuses at once.
            let refused = Outcome::Failed(ErrorCode::SessionExpired);
            if ended.before > 0 && ended.outcome != refused {
                let before = i64::try_from(ended.before).unwrap_or(i64::MAX);
                let text = "session {} was answered ahead of {} earlier requests";
                return Err(Broken::of(&[], text, &[seen.heard.session.0, before]));
            }
        }
        for txn in seen.agreed() {
            if matches!(txn.body, TxnBody::CloseSession { .. }) {
                self.committed.remove(&txn.session);
                continue;
            }
            if self.shared.contains(&txn.session) {
                continue;
            }
            // What a session sent through a former server is refused when it comes, late.
            if txn.cxid.0 <= 0 || txn.body.refusal() == Some(ErrorCode::SessionMoved) {
                continue;
            }
            let before = self.committed.insert(txn.session, txn.cxid);
            if let Some(before) = before.filter(|before| *before >= txn.cxid) {
                let text = "request {} of session {} was committed after {}";
                let numbers = [i64::from(txn.cxid.0), txn.session.0, i64::from(before.0)];
                return Err(Broken::of(&[], text, &numbers));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, called, connected, done, numbered};
    use super::*;
    use crate::protocol::{Op, Txn};

    #[test]
    fn an_answer_ahead_of_an_earlier_one_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionOrder::default();
        let op = || Op::Sync { path: "/".into() };
        let asked = (1..=3).map(|n| called(n, op()));
        let told = [connected(1, 7)].into_iter().chain(asked).collect();
        let step = scene.told(1, told);
        scene.show(check, &step).expect("fine");
        for (call, fine) in [(1, true), (3, false), (2, true)] {
            let step = scene.replied(1, at(1, 1), vec![done(call, at(1, 1).0)]);
            assert_eq!(scene.show(check, &step).is_ok(), fine, "{call}");
        }
    }

    #[test]
    fn a_later_request_committed_first_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionOrder::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        let txns = [
            (1, 7, 4, true),
            (2, 8, 1, true),
            (3, 7, 6, true),
            (4, 7, 5, false),
        ];
        for (n, session, cxid, fine) in txns {
            let txn = numbered(at(1, n), (session, cxid));
            assert_eq!(scene.commits(check, 1, &txn).is_ok(), fine, "{n}");
        }
        let moved = TxnBody::Error(ErrorCode::SessionMoved);
        let rest = TxnBody::Error(ErrorCode::RuntimeInconsistency);
        for body in [moved.clone(), TxnBody::Multi(vec![moved, rest])] {
            let late = Txn {
                body,
                ..(*numbered(at(1, 5), (7, 1))).clone()
            };
            assert_eq!(scene.commits(check, 1, &late.into()), Ok(()), "refused");
        }
    }

    #[test]
    fn a_session_that_two_clients_have_had_is_left_alone() {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionOrder::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        for (n, client) in [(1, 0), (2, 0), (3, 1)] {
            let step = scene.told(client, vec![connected(1, 7)]);
            scene.show(check, &step).expect("nothing is broken by that");
            let txn = numbered(at(1, n), (7, 5 - i32::try_from(n).expect("small")));
            let is_fine = scene.commits(check, 1, &txn).is_ok();
            assert_eq!(is_fine, n != 2, "client {client}");
        }
    }
}
