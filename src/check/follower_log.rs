//! A follower's log is a prefix of its leader's history: nothing in it contradicts what was agreed
//! on, and nothing in it is missing.
//!
//! Looked at when a follower begins to serve, all above its newest snapshot, and then only at what
//! is new. Who does not know yet that another leader has come is judged when it does: until then it
//! may log what its former leader proposed in vain.

use super::{Began, Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Note, Sid, ZabState, Zxid};

/// S17: up to where each follower's log was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowerLog {
    looked: Map<Sid, Zxid>,
}

impl Invariant for FollowerLog {
    const PROPERTY: Property = Property {
        key: "follower-log",
        names: "S17",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(server) = seen.running() else {
            return Ok(());
        };
        let sid = server.sid;
        let logged = |note: &Note| matches!(note, Note::Logged { .. });
        let begins = seen.news.began == Some(Began::Learner);
        let agreed = seen.history.last().map(|txn| txn.zxid.epoch());
        let is_of_today = agreed.is_none_or(|epoch| server.peer.current_epoch >= epoch);
        let serves = server.peer.zab == ZabState::Broadcast && is_of_today;
        let goes_on = serves && seen.step.notes.iter().any(logged);
        let disk = seen.servers.durable(sid);
        let Some(disk) = disk.filter(|_| begins || goes_on) else {
            return Ok(());
        };
        let snapshot = disk.snapshot().map_or(Zxid(0), |newest| newest.zxid);
        let looked = self.looked.get(&sid).copied().filter(|_| !begins);
        let from = looked.map_or(snapshot, |looked| looked.max(snapshot));
        self.looked.insert(sid, disk.last_zxid());
        let mut later: Option<Zxid> = None;
        for txn in disk.log.txns().rev() {
            if let Some(later) = later
                && later.0 != txn.zxid.0.wrapping_add(1)
                && (later.epoch() <= txn.zxid.epoch() || later.counter() != 1)
                && txn.zxid >= snapshot
            {
                let text = "has {z} right after {z} in its log";
                return Err(Broken::of(&[sid], text, &[later.0, txn.zxid.0]));
            }
            if txn.zxid <= from {
                break;
            }
            if !seen.history.allows_in(server.peer.current_epoch, txn) {
                let text = "has {z} in its log, against what was agreed on";
                return Err(Broken::of(&[sid], text, &[txn.zxid.0]));
            }
            later = Some(txn.zxid);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, set};
    use super::*;

    /// A leader with (1,1), (1,2), (2,1) and a follower that logged `zxids` and serves.
    fn follower(zxids: &[Zxid]) -> (Scene, FollowerLog, Result<(), Broken>) {
        let mut scene = Scene::new(3, 0);
        let mut check = FollowerLog::default();
        let agreed = [at(1, 1), at(1, 2), at(2, 1)].map(|zxid| set(zxid, "x"));
        scene.leads(&mut check, (1, 3), &agreed).expect("leads");
        for zxid in zxids {
            scene.logs(2, &set(*zxid, "x"));
        }
        let shown = scene.serves(&mut check, 2, 3);
        (scene, check, shown)
    }

    #[test]
    fn a_prefix_and_what_is_not_decided_yet_are_fine() {
        assert_eq!(follower(&[at(1, 1), at(1, 2)]).2, Ok(()));
        let all = [at(1, 1), at(1, 2), at(2, 1), at(3, 1)];
        assert_eq!(follower(&all).2, Ok(()));
    }

    #[test]
    fn a_tail_that_was_never_cut_breaks_it() {
        let zxids = [at(1, 1), at(1, 2), at(1, 3), at(2, 1)];
        assert!(follower(&zxids).2.is_err());
    }

    #[test]
    fn a_hole_breaks_it_when_it_is_logged() {
        let (mut scene, mut check, shown) = follower(&[at(1, 1), at(1, 2), at(2, 1)]);
        assert_eq!(shown, Ok(()));
        for (zxid, fine) in [(at(3, 1), true), (at(3, 3), false)] {
            scene.logs(2, &set(zxid, "x"));
            let step = scene.notes(2, vec![Note::Logged { zxid }]);
            assert_eq!(scene.show(&mut check, &step).is_ok(), fine);
        }
    }
}
