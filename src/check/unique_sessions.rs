//! No two sessions that live at the same time share an id.

use super::{Began, Broken, Invariant, Property, Seen};
use crate::base::Set;
use crate::protocol::{Epoch, ServerState, SessionId, TxnBody};

/// C11: the sessions that live, as the last leader to apply something knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UniqueSessions {
    live: Set<SessionId>,
    /// The epoch of the leader that began last; who still leads an earlier one is behind.
    epoch: Epoch,
}

impl Invariant for UniqueSessions {
    const PROPERTY: Property = Property {
        key: "unique-sessions",
        names: "C11",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let leads = |server: &crate::sim::ServerStatus| server.peer.state == ServerState::Leading;
        let Some(server) = seen.server.filter(|server| leads(server)) else {
            return Ok(());
        };
        let epoch = server.peer.current_epoch;
        if epoch < self.epoch {
            return Ok(());
        }
        if seen.news.began == Some(Began::Leader) {
            self.epoch = epoch;
            self.live.clear();
            for session in seen
                .database()
                .into_iter()
                .flat_map(|db| db.sessions().keys())
            {
                self.live.insert(*session);
            }
            return Ok(());
        }
        for txn in seen.agreed() {
            if matches!(txn.body, TxnBody::CloseSession { .. }) {
                self.live.remove(&txn.session);
            } else if matches!(txn.body, TxnBody::CreateSession { .. })
                && !self.live.insert(txn.session)
            {
                let text = "created session {} at {z}, which lives already";
                let numbers = [txn.session.0, txn.zxid.0];
                return Err(Broken::of(&[server.sid], text, &numbers));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, txn};
    use super::*;

    #[test]
    fn an_id_may_come_back_only_after_its_session_has_ended() {
        let mut scene = Scene::new(1, 0);
        let check = &mut UniqueSessions::default();
        let start = || TxnBody::CreateSession { timeout_ms: 1 };
        let end = TxnBody::CloseSession { ephemerals: vec![] };
        let held = [txn(at(1, 1), 7, start())];
        scene.leads(check, (1, 2), &held).expect("leads");
        let txns = [
            (txn(at(2, 1), 8, start()), true),
            (txn(at(2, 2), 8, end), true),
            (txn(at(2, 3), 8, start()), true),
            (txn(at(2, 4), 7, start()), false),
        ];
        for (txn, fine) in txns {
            let shown = scene.commits(check, 1, &txn);
            assert_eq!(shown.is_ok(), fine, "{}", txn.zxid);
        }
    }
}
