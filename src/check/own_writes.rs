//! Reads show what was agreed on, and to a session its own writes.
//!
//! A reply names the newest transaction its server had applied; the content shown must be the one
//! that the agreed transactions up to there leave, and no acknowledged write of the session may be
//! newer.

use super::calls::Ended;
use super::ledger::Content;
use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::client::Outcome;
use crate::protocol::{ErrorCode, Op, OpResult, SessionId, Zxid};
use crate::sim::ClientId;

/// C8: the newest acknowledged write of each client's session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnWrites {
    written: Map<ClientId, (SessionId, Zxid)>,
}

impl OwnWrites {
    fn look(&mut self, client: ClientId, ended: &Ended, zxid: Zxid, seen: &Seen<'_>) -> bool {
        let session = seen.heard.session;
        if ended.op.is_write() {
            if let Outcome::Acknowledged { zxid, .. } = ended.outcome {
                self.written.insert(client, (session, zxid));
            }
            return true;
        }
        let written = self.written.get(&client);
        let is_new = written.is_none_or(|(of, written)| *of != session || zxid >= *written);
        is_new && shows(ended, zxid, seen)
    }
}

/// True where a read shows the content of its moment, or does not show any.
fn shows(ended: &Ended, zxid: Zxid, seen: &Seen<'_>) -> bool {
    let (Op::GetData { path, .. } | Op::Exists { path, .. }) = &ended.op else {
        return true;
    };
    match (seen.ledger.content(path, zxid), &ended.outcome) {
        (Content::Absent, Outcome::Acknowledged { .. })
        | (Content::Is(..), Outcome::Failed(ErrorCode::NoNode)) => false,
        (Content::Is(data, mzxid), Outcome::Acknowledged { result, .. }) => match result {
            OpResult::Data(shown, stat) => *shown == data && stat.mzxid == mzxid,
            OpResult::Exists(stat) => stat.mzxid == mzxid,
            OpResult::Done
            | OpResult::Created(_)
            | OpResult::Set(_)
            | OpResult::Children(..)
            | OpResult::Multi(_)
            | OpResult::RolledBack
            | OpResult::Error(_) => true,
        },
        (Content::Unknown | Content::Absent | Content::Is(..), _) => true,
    }
}

impl Invariant for OwnWrites {
    const PROPERTY: Property = Property {
        key: "own-writes",
        names: "C8",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let (Some(client), Some((_, zxid))) = (seen.heard.client, seen.heard.reply) else {
            return Ok(());
        };
        for ended in &seen.heard.ended {
            if !self.look(client, ended, zxid, seen) {
                let text = "session {} was shown at {z} what was not so";
                return Err(Broken::of(&[], text, &[seen.heard.session.0, zxid.0]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, called, connected, create, outcome, set_at};
    use super::*;
    use crate::protocol::Stat;

    /// `/a` holds nothing from (1,1) on and `x` from (1,2) on; a client reads it.
    fn reads(counter: i64, result: OpResult) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        let check = &mut OwnWrites::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        for txn in [create(at(1, 1), 0, "/a"), set_at(at(1, 2), "/a", "x")] {
            scene.commits(check, 1, &txn).expect("fine");
        }
        let (path, watch) = ("/a".into(), false);
        let told = vec![connected(1, 7), called(1, Op::GetData { path, watch })];
        let step = scene.told(1, told);
        scene.show(check, &step).expect("fine");
        let zxid = at(1, counter);
        let step = scene.replied(1, zxid, vec![outcome(1, zxid, result)]);
        scene.show(check, &step)
    }

    fn data(data: &str, counter: i64) -> OpResult {
        let stat = Stat {
            mzxid: at(1, counter),
            ..Stat::default()
        };
        OpResult::Data(data.into(), stat)
    }

    #[test]
    fn another_content_than_that_of_the_moment_breaks_it() {
        assert_eq!(reads(1, data("", 1)), Ok(()));
        assert_eq!(reads(2, data("x", 2)), Ok(()));
        assert!(reads(2, data("", 1)).is_err(), "too old");
        assert!(reads(1, data("x", 2)).is_err(), "too new");
        let none = || OpResult::Error(ErrorCode::NoNode);
        assert!(reads(2, none()).is_err(), "it is there");
        assert_eq!(reads(0, none()), Ok(()));
    }

    #[test]
    fn a_state_without_an_own_write_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut OwnWrites::default();
        let path = || "/".into();
        let delete = Op::Delete {
            path: path(),
            version: -1,
        };
        let sync = || Op::Sync { path: path() };
        let asked = vec![
            connected(1, 7),
            called(1, delete),
            called(2, sync()),
            called(3, sync()),
        ];
        let step = scene.told(1, asked);
        scene.show(check, &step).expect("fine");
        for (call, counter, fine) in [(1, 5, true), (2, 5, true), (3, 4, false)] {
            let zxid = at(1, counter);
            let step = scene.replied(1, zxid, vec![outcome(call, zxid, OpResult::Done)]);
            assert_eq!(scene.show(check, &step).is_ok(), fine, "{call}");
        }
    }
}
