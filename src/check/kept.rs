//! What is committed is never lost: every quorum that may come together has it on a disk.
//!
//! It is enough to look at the newest committed transaction, as logs have no holes (`follower_log`
//! sees to that), and only when there is a newer one or when a disk has less than before. A disk
//! that a person wiped takes its word back: then nothing is promised any more.

use super::seen::holds;
use super::{Began, Broken, Invariant, Parting, Property, Seen};
use crate::base::Map;
use crate::protocol::{Note, Sid, Zxid};

/// S10: up to where each disk was seen to go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    disks: Map<Sid, Zxid>,
    is_void: bool,
}

impl Kept {
    /// True where the step's server has less on its disk than before.
    fn shrank(&mut self, seen: &Seen<'_>) -> bool {
        let Some((sid, disk)) = seen
            .step
            .sid
            .and_then(|sid| Some((sid, seen.servers.durable(sid)?)))
        else {
            return false;
        };
        let now = disk.last_zxid();
        self.disks
            .insert(sid, now)
            .is_some_and(|before| now < before)
    }
}

impl Invariant for Kept {
    const PROPERTY: Property = Property {
        key: "kept",
        names: "S10",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        self.is_void |= seen.wiped().is_some();
        if self.is_void {
            return Ok(());
        }
        let sids: Vec<Sid> = seen.step.sid.into_iter().collect();
        let leads = seen.news.began == Some(Began::Leader);
        if leads && let Some(Parting::Short(zxid) | Parting::Lacks(zxid)) = seen.news.parting {
            let text = "leads without {z}, which was committed";
            return Err(Broken::of(&sids, text, &[zxid.0]));
        }
        let notes = &seen.step.notes;
        let commits = notes
            .iter()
            .any(|note| matches!(note, Note::Committed { .. }));
        let shrank = seen.server.is_some() && self.shrank(seen);
        let Some(last) = seen.history.last().filter(|_| commits || leads || shrank) else {
            return Ok(());
        };
        let lacks = |sid: &Sid| {
            let disk = seen.servers.durable(*sid);
            !disk.is_some_and(|disk| holds(disk, last.zxid))
        };
        let lacking = seen.quorum.voting_members().iter().copied().filter(lacks);
        if seen.is_quorum(lacking) {
            let text = "{z} is committed, and a quorum could elect without it";
            return Err(Broken::of(&sids, text, &[last.zxid.0]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, set};
    use super::*;

    /// Server 1 leads epoch 1 with one transaction that it and `others` have on disk.
    fn committed_on(others: &[i64]) -> (Scene, Kept, Result<(), Broken>) {
        let mut scene = Scene::new(3, 0);
        let mut check = Kept::default();
        scene.leads(&mut check, (1, 1), &[]).expect("leads");
        let txn = set(at(1, 1), "x");
        scene.applies(1, &txn);
        for sid in others.iter().chain(&[1]) {
            scene.logs(*sid, &txn);
        }
        let zxid = txn.zxid;
        let notes = vec![Note::Committed { zxid }, Note::Applied { zxid }];
        let step = scene.notes(1, notes);
        let shown = scene.show(&mut check, &step);
        (scene, check, shown)
    }

    #[test]
    fn a_commit_without_a_quorum_of_disks_breaks_it() {
        assert!(committed_on(&[2]).2.is_ok());
        assert!(committed_on(&[]).2.is_err());
    }

    #[test]
    fn a_truncation_that_takes_it_from_a_quorum_breaks_it() {
        let (mut scene, mut check, _) = committed_on(&[2]);
        let step = scene.wrote(2, vec![]);
        scene.show(&mut check, &step).expect("has it");
        scene.server(2).disk.log.truncate(at(1, 0));
        let step = scene.wrote(2, vec![]);
        assert!(scene.show(&mut check, &step).is_err());
    }

    #[test]
    fn a_leader_without_it_breaks_it() {
        let (mut scene, mut check, _) = committed_on(&[2]);
        assert!(scene.leads(&mut check, (3, 2), &[]).is_err());
    }
}
