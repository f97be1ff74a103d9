//! A write that was acknowledged was committed, as that write, and is on the disks of a quorum.
//!
//! The leader's own disk may lack it. A disk that a person wiped takes its word back.

use super::calls::Ended;
use super::seen::holds;
use super::{Broken, Invariant, Property, Seen};
use crate::protocol::client::Outcome;
use crate::protocol::{Cxid, Sid, TxnBody, Zxid};

/// S11.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    is_void: bool,
}

impl Acknowledged {
    fn look(
        &self,
        ended: &Ended,
        (cxid, zxid): (Cxid, Zxid),
        seen: &Seen<'_>,
    ) -> Result<(), Broken> {
        let is_done = matches!(ended.outcome, Outcome::Acknowledged { .. });
        if !is_done || !ended.op.is_write() || !seen.history.covers(zxid) {
            return Ok(());
        }
        let session = seen.heard.session;
        let Some(txn) = seen.history.find(zxid) else {
            let text = "session {} was told of {z}, which nobody committed";
            return Err(Broken::of(&[], text, &[session.0, zxid.0]));
        };
        let is_it = txn.session == session && txn.cxid == cxid;
        if !is_it || matches!(txn.body, TxnBody::Error(_)) {
            let text = "session {} was told of {z}, which is another write";
            return Err(Broken::of(&[], text, &[session.0, zxid.0]));
        }
        let lacks = |sid: &Sid| {
            let disk = seen.servers.durable(*sid);
            !disk.is_some_and(|disk| holds(disk, zxid))
        };
        let lacking = seen.quorum.voting_members().iter().copied().filter(lacks);
        if !self.is_void && seen.is_quorum(lacking) {
            let text = "session {} was told of {z}, which a quorum has not on disk";
            return Err(Broken::of(&[], text, &[session.0, zxid.0]));
        }
        Ok(())
    }
}

impl Invariant for Acknowledged {
    const PROPERTY: Property = Property {
        key: "acknowledged",
        names: "S11",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        self.is_void |= seen.wiped().is_some();
        let Some(reply) = seen.heard.reply else {
            return Ok(());
        };
        let mut ended = seen.heard.ended.iter();
        ended.try_for_each(|ended| self.look(ended, reply, seen))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, called, connected, create, done, txn};
    use super::*;
    use crate::protocol::Op;

    /// Server 1 has committed what `others` have on disk, too; its client is told of `told`.
    fn told(others: &[i64], counter: i64, session: i64) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        let check = &mut Acknowledged::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        let write = txn(at(1, 1), 7, create(at(1, 1), 0, "/a").body.clone());
        for sid in [1].iter().chain(others) {
            scene.logs(*sid, &write);
        }
        scene.commits(check, 1, &write).expect("fine");
        let op = Op::Delete {
            path: "/a".into(),
            version: -1,
        };
        let step = scene.told(1, vec![connected(1, session), called(1, op)]);
        scene.show(check, &step).expect("fine");
        let zxid = at(1, counter);
        let step = scene.replied(1, zxid, vec![done(1, zxid.0)]);
        scene.show(check, &step)
    }

    #[test]
    fn what_was_committed_by_a_quorum_may_be_acknowledged() {
        assert_eq!(told(&[2], 1, 7), Ok(()));
        assert!(told(&[2], 2, 7).is_err(), "not committed");
        assert!(told(&[2], 1, 8).is_err(), "another's");
        assert!(told(&[], 1, 7).is_err(), "not durable");
    }
}
