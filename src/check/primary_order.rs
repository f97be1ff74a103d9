//! What a leader proposes is applied in its order, without gaps, epoch after epoch.
//!
//! Within an epoch counters begin at 1 and grow by one, both where they are given and where they
//! are applied; a later epoch comes after all earlier ones.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Epoch, Note, Sid, ZabState, Zxid};

/// S7 and S8: the last transaction each leader proposed and each server applied since it serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrimaryOrder {
    /// The epoch led, and the last proposal.
    proposed: Map<Sid, (Epoch, Zxid)>,
    applied: Map<Sid, Option<Zxid>>,
}

impl PrimaryOrder {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a check reads few of the notes"
    )]
    fn take(&mut self, sid: Sid, note: &Note, seen: &Seen<'_>) -> Result<(), Broken> {
        match note {
            Note::Serving { epoch, .. } => {
                self.proposed.insert(sid, (*epoch, seen.reached(*epoch)));
                self.applied.insert(sid, None);
            }
            Note::Proposed { zxid } => {
                if let Some((epoch, last)) = self.proposed.get_mut(&sid) {
                    let before = core::mem::replace(last, *zxid);
                    if zxid.0 != before.0.wrapping_add(1) || zxid.epoch() != *epoch {
                        let text = "proposed {z} after {z} in epoch {}";
                        return Err(Broken::of(&[sid], text, &[zxid.0, before.0, epoch.0]));
                    }
                }
            }
            Note::Applied { zxid } => {
                if let Some(last) = self.applied.get_mut(&sid)
                    && let Some(before) = last.replace(*zxid)
                    && !follows(*zxid, before)
                {
                    let text = "applied {z} after {z}";
                    return Err(Broken::of(&[sid], text, &[zxid.0, before.0]));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn follows(zxid: Zxid, before: Zxid) -> bool {
    zxid.0 == before.0.wrapping_add(1) || (zxid.epoch() > before.epoch() && zxid.counter() == 1)
}

impl Invariant for PrimaryOrder {
    const PROPERTY: Property = Property {
        key: "primary-order",
        names: "S7, S8; LocalPrimaryOrder, GlobalPrimaryOrder",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(server) = seen.server else {
            return Ok(());
        };
        if server.peer.zab != ZabState::Broadcast {
            self.proposed.remove(&server.sid);
            self.applied.remove(&server.sid);
            return Ok(());
        }
        let mut notes = seen.step.notes.iter();
        notes.try_for_each(|note| self.take(server.sid, note, seen))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at};
    use super::*;

    const PROPOSED: fn(Zxid) -> Note = |zxid| Note::Proposed { zxid };
    const APPLIED: fn(Zxid) -> Note = |zxid| Note::Applied { zxid };

    fn run(note: fn(Zxid) -> Note, zxids: &[Zxid]) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        let mut check = PrimaryOrder::default();
        scene.serves(&mut check, 1, 2).expect("serves");
        zxids.iter().try_for_each(|&zxid| {
            let step = scene.notes(1, vec![note(zxid)]);
            scene.show(&mut check, &step)
        })
    }

    #[test]
    fn counters_that_grow_by_one_are_fine() {
        assert_eq!(run(PROPOSED, &[at(2, 1), at(2, 2)]), Ok(()));
        assert_eq!(run(APPLIED, &[at(1, 7), at(1, 8), at(2, 1)]), Ok(()));
    }

    #[test]
    fn a_gap_in_what_is_proposed_breaks_it() {
        assert!(run(PROPOSED, &[at(2, 2)]).is_err(), "the first is 1");
        assert!(run(PROPOSED, &[at(2, 1), at(2, 3)]).is_err());
        let last = at(2, 0xffff_ffff);
        assert_eq!(Zxid(last.0 + 1), at(3, 0));
        assert!(run(PROPOSED, &[at(3, 0)]).is_err(), "another epoch");
    }

    #[test]
    fn what_is_applied_out_of_order_breaks_it() {
        assert!(run(APPLIED, &[at(1, 7), at(1, 9)]).is_err(), "a gap");
        assert!(run(APPLIED, &[at(2, 2), at(2, 2)]).is_err(), "twice");
        assert!(run(APPLIED, &[at(2, 1), at(1, 9)]).is_err(), "back");
    }

    #[test]
    fn a_server_that_serves_anew_begins_anew() {
        let mut scene = Scene::new(3, 0);
        let mut check = PrimaryOrder::default();
        scene.serves(&mut check, 1, 1).expect("serves");
        let step = scene.notes(1, vec![APPLIED(at(1, 1))]);
        scene.show(&mut check, &step).expect("fine");
        scene.server(1).status.peer.zab = ZabState::Election;
        scene.show(&mut check, &step).expect("not judged");
        scene.server(1).status.peer.zab = ZabState::Broadcast;
        scene.serves(&mut check, 1, 2).expect("serves");
        let step = scene.notes(1, vec![APPLIED(at(2, 5))]);
        assert_eq!(scene.show(&mut check, &step), Ok(()));
    }
}
