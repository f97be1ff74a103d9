//! Every ephemeral znode's session exists: none outlives it, none is made after it.
//!
//! Looked at when a server begins to serve and when a session ends or an ephemeral znode is made.

use super::{Broken, Invariant, Property, Seen};
use crate::protocol::TxnBody;

/// C2 and C3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ephemerals;

fn concerns(body: &TxnBody) -> bool {
    match body {
        TxnBody::CloseSession { .. } => true,
        TxnBody::Create { is_ephemeral, .. } => *is_ephemeral,
        TxnBody::Multi(parts) => parts.iter().any(concerns),
        TxnBody::CreateSession { .. }
        | TxnBody::Delete { .. }
        | TxnBody::SetData { .. }
        | TxnBody::Check { .. }
        | TxnBody::Error(_) => false,
    }
}

impl Invariant for Ephemerals {
    const PROPERTY: Property = Property {
        key: "ephemerals",
        names: "C2, C3",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let news = seen.news;
        if news.began.is_none() && !news.applied.iter().any(|txn| concerns(&txn.body)) {
            return Ok(());
        }
        let (Some(sid), Some(database)) = (seen.step.sid, seen.database()) else {
            return Ok(());
        };
        for (session, paths) in database.tree().owners() {
            if !paths.is_empty() && !database.sessions().contains_key(&session) {
                let text = "has ephemeral znodes of session {}, which does not exist, at {z}";
                let numbers = [session.0, database.last_processed().0];
                return Err(Broken::of(&[sid], text, &numbers));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, create, set, txn};
    use super::*;

    #[test]
    fn an_ephemeral_needs_its_session() {
        let mut scene = Scene::new(1, 0);
        let check = &mut Ephemerals;
        scene.leads(check, (1, 1), &[]).expect("leads");
        let start = TxnBody::CreateSession { timeout_ms: 1 };
        let end = |paths: &[&str]| TxnBody::CloseSession {
            ephemerals: paths.iter().map(|path| (*path).into()).collect(),
        };
        let txns = [
            (txn(at(1, 1), 7, start), true),
            (create(at(1, 2), 7, "/mine"), true),
            (txn(at(1, 3), 7, end(&["/mine"])), true),
            (create(at(1, 4), 7, "/late"), false),
            (set(at(1, 5), "not looked at"), true),
        ];
        for (txn, fine) in txns {
            let shown = scene.commits(check, 1, &txn);
            assert_eq!(shown.is_ok(), fine, "{}", txn.zxid);
        }
        assert!(scene.serves(check, 1, 2).is_err(), "looked at again");
    }

    #[test]
    fn those_in_a_multi_count() {
        let part = create(at(1, 1), 7, "/a").body.clone();
        assert!(concerns(&TxnBody::Multi(vec![part])));
        assert!(!concerns(&TxnBody::Multi(vec![])));
    }
}
