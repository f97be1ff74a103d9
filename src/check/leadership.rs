//! At most one established leader per epoch, ever.
//!
//! Two LEADING servers of different epochs are legal for a bounded time; two that both had a quorum
//! acknowledge the same epoch are not.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Epoch, Note, Sid};

/// S1 and S2: who was established in which epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leadership {
    established: Map<Epoch, Sid>,
}

impl Invariant for Leadership {
    const PROPERTY: Property = Property {
        key: "leadership",
        names: "S1, S2; Leadership1, Leadership2",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        for note in &seen.step.notes {
            if let Note::Established { epoch, .. } = note {
                let first = *self.established.get_or_insert_with(*epoch, || sid);
                if first != sid {
                    let text = "epoch {} was established by {} and by {}";
                    let numbers = [epoch.0, first.0, sid.0];
                    return Err(Broken::of(&[first, sid], text, &numbers));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::Scene;
    use super::*;

    fn establish(check: &mut Leadership, sid: i64, epoch: i64) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        let note = Note::Established {
            epoch: Epoch(epoch),
            acks: vec![Sid(sid)],
        };
        let step = scene.notes(sid, vec![note]);
        scene.show(check, &step)
    }

    #[test]
    fn two_leaders_of_one_epoch_break_it() {
        let mut check = Leadership::default();
        assert!(establish(&mut check, 3, 1).is_ok());
        assert!(establish(&mut check, 3, 1).is_ok());
        let broken = establish(&mut check, 2, 1).expect_err("fires");
        assert_eq!(broken.sids, [Sid(3), Sid(2)]);
    }

    #[test]
    fn two_leaders_of_different_epochs_are_legal() {
        let mut check = Leadership::default();
        assert!(establish(&mut check, 3, 1).is_ok());
        assert!(establish(&mut check, 2, 2).is_ok());
    }
}
