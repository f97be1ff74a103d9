//! An ephemeral znode goes only with a transaction: the end of its session, or its deletion.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Sid, Txn, TxnBody, ZabState};

/// C5: how many sessions own something, by the server that serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EphemeralEnd {
    owners: Map<Sid, usize>,
}

fn may_end(txn: &Txn) -> bool {
    match &txn.body {
        TxnBody::CloseSession { .. } | TxnBody::Delete { .. } | TxnBody::Multi(_) => true,
        TxnBody::CreateSession { .. }
        | TxnBody::Create { .. }
        | TxnBody::SetData { .. }
        | TxnBody::Check { .. }
        | TxnBody::Error(_) => false,
    }
}

impl Invariant for EphemeralEnd {
    const PROPERTY: Property = Property {
        key: "ephemeral-end",
        names: "C5",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(server) = seen.server else {
            return Ok(());
        };
        let sid = server.sid;
        let serves = seen.running().is_some() && server.peer.zab == ZabState::Broadcast;
        let Some(database) = seen.database().filter(|_| serves) else {
            self.owners.remove(&sid);
            return Ok(());
        };
        let now = database.tree().owner_count();
        let before = self.owners.insert(sid, now);
        if seen.news.began.is_none()
            && before.is_some_and(|before| now < before)
            && !seen.news.applied.iter().any(|txn| may_end(txn))
        {
            let text = "took ephemeral znodes away without a transaction";
            return Err(Broken::of(&[sid], text, &[]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, create, txn};
    use super::*;
    use crate::base::Map;

    #[test]
    fn an_ephemeral_that_goes_by_itself_breaks_it() {
        for is_ended in [true, false] {
            let mut scene = Scene::new(3, 0);
            let check = &mut EphemeralEnd::default();
            scene.leads(check, (1, 1), &[]).expect("leads");
            let start = TxnBody::CreateSession { timeout_ms: 1 };
            for txn in [txn(at(1, 1), 7, start), create(at(1, 2), 7, "/mine")] {
                scene.commits(check, 1, &txn).expect("fine");
            }
            if is_ended {
                let ephemerals = vec!["/mine".into()];
                let end = txn(at(1, 3), 7, TxnBody::CloseSession { ephemerals });
                assert_eq!(scene.commits(check, 1, &end), Ok(()));
                continue;
            }
            let mut tree = scene.server(1).database.tree().clone();
            tree.kill_unknown_sessions(&Map::new(), at(1, 2));
            scene.server(1).database.replace_tree(tree);
            let step = scene.notes(1, vec![]);
            assert!(scene.show(check, &step).is_err());
        }
    }
}
