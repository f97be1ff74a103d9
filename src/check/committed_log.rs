//! The last transactions a server keeps in memory, which it sends to others, have no hole within
//! an epoch.
//!
//! ZOOKEEPER-4925.

use super::{Broken, Invariant, Property, Seen};
use crate::protocol::{ExitCause, Note, Sid, Zxid};

/// S20.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommittedLog;

fn hole(sid: Sid, last: Zxid, next: Zxid) -> Broken {
    let text = "keeps {z} right after {z} in memory";
    Broken::of(&[sid], text, &[next.0, last.0])
}

impl Invariant for CommittedLog {
    const PROPERTY: Property = Property {
        key: "committed-log",
        names: "S20",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        for note in &seen.step.notes {
            if let Note::Exiting {
                cause: ExitCause::CommittedLogGap { max, next },
            } = note
            {
                return Err(hole(sid, *max, *next));
            }
        }
        let looked_at = match seen.news.began {
            Some(_) => usize::MAX,
            None if seen.news.applied.is_empty() => return Ok(()),
            None => seen.news.applied.len() + 1,
        };
        let Some(database) = seen.database() else {
            return Ok(());
        };
        let mut later: Option<Zxid> = None;
        for txn in database.committed().txns().rev().take(looked_at) {
            if let Some(later) = later
                && later.0 != txn.zxid.0.wrapping_add(1)
                && later.epoch() <= txn.zxid.epoch()
            {
                return Err(hole(sid, txn.zxid, later));
            }
            later = Some(txn.zxid);
        }
        // What was applied is the newest there is, a new epoch's beginning aside.
        let last = database.last_processed();
        match database.committed().max() {
            Some(max) if max < last && !last.is_new_epoch() => Err(hole(sid, max, last)),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, set};
    use super::*;

    #[test]
    fn a_hole_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut CommittedLog;
        scene.applies(2, &set(at(1, 1), "x"));
        assert_eq!(scene.serves(check, 2, 1), Ok(()));
        assert_eq!(scene.commits(check, 2, &set(at(1, 2), "x")), Ok(()));
        // Past the log, as before 3.9.4.
        let database = &mut scene.server(2).database;
        database.process(&set(at(1, 3), "x"));
        assert!(scene.serves(check, 2, 1).is_err());
    }

    #[test]
    fn a_process_that_ends_for_a_hole_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let cause = ExitCause::CommittedLogGap {
            max: at(1, 1),
            next: at(1, 3),
        };
        let step = scene.notes(2, vec![Note::Exiting { cause }]);
        let broken = scene.show(&mut CommittedLog, &step).expect_err("fires");
        assert_eq!(broken.sids, [Sid(2)]);
    }

    #[test]
    fn a_new_epoch_is_no_hole() {
        let mut scene = Scene::new(3, 0);
        for zxid in [at(1, 1), at(3, 1)] {
            scene.applies(2, &set(zxid, "x"));
        }
        scene.server(2).database.set_last_processed(at(4, 0));
        assert_eq!(scene.serves(&mut CommittedLog, 2, 4), Ok(()));
    }
}
