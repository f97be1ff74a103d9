//! A leader commits what a quorum has acknowledged, one after the other, and a follower commits
//! what it waits for.
//!
//! The acknowledgements are counted again here, from the packets.

use super::{Began, Broken, Invariant, Property, Seen};
use crate::base::{Map, Set};
use crate::protocol::{ExitCause, Note, QuorumBody, Sid, ZabState, Zxid};

/// S18: who acknowledged what is not committed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    leaders: Map<Sid, Count>,
}

/// One leader's proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Count {
    committed: Zxid,
    acks: Map<Zxid, Set<Sid>>,
}

impl Commits {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a check reads few of the notes"
    )]
    fn take(&mut self, sid: Sid, note: &Note, seen: &Seen<'_>) -> Result<(), Broken> {
        if let Note::Exiting {
            cause: ExitCause::CommitMismatch { committed, pending },
        } = note
        {
            let text = "was told to commit {z} and waits for {z}";
            return Err(Broken::of(&[sid], text, &[committed.0, pending.0]));
        }
        let Some(count) = self.leaders.get_mut(&sid) else {
            return Ok(());
        };
        match note {
            Note::Proposed { zxid } => {
                count.acks.insert(*zxid, Set::new());
            }
            Note::Logged { zxid } => {
                for (proposed, acks) in count.acks.iter_mut() {
                    if proposed <= zxid {
                        acks.insert(sid);
                    }
                }
            }
            Note::Committed { zxid } => return count.commit(sid, *zxid, seen),
            _ => {}
        }
        Ok(())
    }
}

impl Count {
    fn commit(&mut self, sid: Sid, zxid: Zxid, seen: &Seen<'_>) -> Result<(), Broken> {
        let before = core::mem::replace(&mut self.committed, zxid);
        let acks = self.acks.remove(&zxid).unwrap_or_default();
        if zxid.0 != before.0.wrapping_add(1) {
            let text = "committed {z} after {z}";
            return Err(Broken::of(&[sid], text, &[zxid.0, before.0]));
        }
        // An oracle's word may stand for acknowledgements.
        if !seen.quorum.has_oracle() && !seen.is_quorum(acks.iter().copied()) {
            let text = "committed {z} with {} acknowledgements";
            let count = i64::try_from(acks.len()).unwrap_or(i64::MAX);
            return Err(Broken::of(&[sid], text, &[zxid.0, count]));
        }
        Ok(())
    }
}

impl Invariant for Commits {
    const PROPERTY: Property = Property {
        key: "commits",
        names: "S18; commitInconsistent",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        if let Some((from, packet)) = seen.delivered()
            && matches!(packet.body, QuorumBody::Ack)
            && let Some(count) = self.leaders.get_mut(&sid)
            && let Some(acks) = count.acks.get_mut(&packet.zxid)
        {
            acks.insert(from);
        }
        if let Some(server) = seen.server {
            if seen.news.began == Some(Began::Leader) {
                let count = Count {
                    committed: seen.reached(server.peer.current_epoch),
                    acks: Map::new(),
                };
                self.leaders.insert(sid, count);
            } else if server.peer.zab != ZabState::Broadcast {
                self.leaders.remove(&sid);
            }
        }
        let mut notes = seen.step.notes.iter();
        notes.try_for_each(|note| self.take(sid, note, seen))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet};
    use super::*;

    /// A leader of epoch 9 that proposed two.
    fn leader() -> (Scene, Commits) {
        let mut scene = Scene::new(3, 2);
        let mut check = Commits::default();
        scene.leads(&mut check, (1, 9), &[]).expect("leads");
        for n in 1..=2 {
            let step = scene.notes(1, vec![Note::Proposed { zxid: at(9, n) }]);
            scene.show(&mut check, &step).expect("fine");
        }
        (scene, check)
    }

    fn commit(scene: &mut Scene, check: &mut Commits, n: i64) -> Result<(), Broken> {
        let step = scene.notes(1, vec![Note::Committed { zxid: at(9, n) }]);
        scene.show(check, &step)
    }

    fn ack(scene: &mut Scene, check: &mut Commits, from: i64, n: i64) {
        let step = scene.delivered(1, from, packet(at(9, n), QuorumBody::Ack));
        scene.show(check, &step).expect("fine");
    }

    #[test]
    fn a_quorum_of_acks_in_order_is_fine_with_or_without_the_leaders_own() {
        let (mut scene, mut check) = leader();
        let step = scene.notes(1, vec![Note::Logged { zxid: at(9, 1) }]);
        scene.show(&mut check, &step).expect("fine");
        ack(&mut scene, &mut check, 2, 1);
        assert_eq!(commit(&mut scene, &mut check, 1), Ok(()));
        ack(&mut scene, &mut check, 2, 2);
        ack(&mut scene, &mut check, 3, 2);
        assert_eq!(commit(&mut scene, &mut check, 2), Ok(()));
    }

    #[test]
    fn too_few_acks_break_it_and_observers_do_not_count() {
        let (mut scene, mut check) = leader();
        for from in [2, 4, 5] {
            ack(&mut scene, &mut check, from, 1);
        }
        assert!(commit(&mut scene, &mut check, 1).is_err());
    }

    #[test]
    fn committing_the_second_first_breaks_it() {
        let (mut scene, mut check) = leader();
        ack(&mut scene, &mut check, 2, 2);
        ack(&mut scene, &mut check, 3, 2);
        assert!(commit(&mut scene, &mut check, 2).is_err());
    }

    #[test]
    fn a_follower_told_to_commit_another_breaks_it() {
        let (mut scene, mut check) = leader();
        let cause = ExitCause::CommitMismatch {
            committed: at(9, 2),
            pending: at(9, 1),
        };
        let step = scene.notes(2, vec![Note::Exiting { cause }]);
        let broken = scene.show(&mut check, &step).expect_err("fires");
        assert_eq!(broken.sids, [Sid(2)]);
    }
}
