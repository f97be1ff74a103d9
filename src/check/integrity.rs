//! Nothing is applied that no leader proposed.

use super::{Began, Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Epoch, Note, Zxid};

/// S4: up to where each epoch of this run was proposed. Epochs before the first come from disks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Integrity {
    proposed: Map<Epoch, Zxid>,
}

impl Integrity {
    /// How many epochs are remembered; what is older is not judged.
    const EPOCHS: usize = 64;

    fn propose(&mut self, zxid: Zxid) {
        let last = self.proposed.get_or_insert_with(zxid.epoch(), || zxid);
        *last = zxid.max(*last);
        let oldest = self.proposed.keys().next().copied();
        if self.proposed.len() > Self::EPOCHS
            && let Some(oldest) = oldest
        {
            self.proposed.remove(&oldest);
        }
    }

    fn knows(&self, zxid: Zxid) -> bool {
        let Some((first, _)) = self.proposed.first() else {
            return true;
        };
        let epoch = zxid.epoch();
        epoch < *first || self.proposed.get(&epoch).is_some_and(|last| zxid <= *last)
    }
}

impl Invariant for Integrity {
    const PROPERTY: Property = Property {
        key: "integrity",
        names: "S4; Integrity",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        for note in &seen.step.notes {
            if let Note::Proposed { zxid } = note {
                self.propose(*zxid);
            } else if let Note::Serving { epoch, .. } = note
                && seen.news.began == Some(Began::Leader)
            {
                self.propose(Zxid::make(*epoch, 0));
            }
        }
        for txn in &seen.news.applied {
            if !self.knows(txn.zxid) {
                let sids: Vec<_> = seen.step.sid.into_iter().collect();
                let text = "applied {z}, which no leader proposed";
                return Err(Broken::of(&sids, text, &[txn.zxid.0]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, set};
    use super::*;

    #[test]
    fn only_what_was_proposed_may_be_applied() {
        let mut scene = Scene::new(3, 0);
        let mut check = Integrity::default();
        let old = [set(at(1, 1), "of a disk")];
        scene.leads(&mut check, (1, 2), &old).expect("fine");
        let step = scene.notes(1, vec![Note::Proposed { zxid: at(2, 1) }]);
        scene.show(&mut check, &step).expect("fine");
        let fine = scene.commits(&mut check, 1, &set(at(2, 1), "x"));
        assert_eq!(fine, Ok(()));
        let broken = scene.commits(&mut check, 1, &set(at(2, 2), "x"));
        assert!(broken.is_err());
        let broken = scene.commits(&mut check, 1, &set(at(3, 1), "x"));
        assert!(broken.is_err(), "an epoch nobody leads");
    }

    #[test]
    fn a_bounded_number_of_epochs_is_remembered() {
        let mut check = Integrity::default();
        for epoch in 1..200 {
            check.propose(at(epoch, 1));
        }
        assert_eq!(check.proposed.len(), Integrity::EPOCHS);
        assert!(check.knows(at(1, 9)) && !check.knows(at(199, 2)));
    }
}
