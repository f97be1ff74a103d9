//! A leader that begins to serve holds everything that anybody applied in earlier epochs.

use super::{Began, Broken, Invariant, Parting, Property, Seen};

/// S9.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrimaryIntegrity;

impl Invariant for PrimaryIntegrity {
    const PROPERTY: Property = Property {
        key: "primary-integrity",
        names: "S9; PrimaryIntegrity",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        if seen.news.began != Some(Began::Leader) {
            return Ok(());
        }
        match (seen.step.sid, seen.news.parting) {
            (Some(sid), Some(Parting::Short(zxid) | Parting::Lacks(zxid))) => {
                let text = "leads without {z}, which was applied before";
                Err(Broken::of(&[sid], text, &[zxid.0]))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, set};
    use super::*;

    #[test]
    fn a_leader_that_lacks_what_was_applied_breaks_it() {
        let history = [set(at(1, 1), "x"), set(at(1, 2), "x"), set(at(1, 3), "x")];
        for (held, fine) in [(3, true), (2, false), (0, false)] {
            let mut scene = Scene::new(3, 0);
            let check = &mut PrimaryIntegrity;
            scene.leads(check, (1, 2), &history).expect("the first");
            let second = scene.leads(check, (2, 3), &history[..held]);
            assert_eq!(second.is_ok(), fine, "{held}");
        }
    }

    #[test]
    fn a_leader_that_begins_late_may_lack_what_later_epochs_agreed_on() {
        let mut scene = Scene::new(3, 0);
        let check = &mut PrimaryIntegrity;
        let history = [set(at(1, 1), "x"), set(at(3, 1), "x")];
        scene.leads(check, (1, 3), &history).expect("the first");
        assert_eq!(scene.leads(check, (2, 2), &history[..1]), Ok(()));
    }

    #[test]
    fn a_learner_may_be_behind() {
        let mut scene = Scene::new(3, 0);
        let check = &mut PrimaryIntegrity;
        scene
            .leads(check, (1, 2), &[set(at(1, 1), "x")])
            .expect("leads");
        assert_eq!(scene.serves(check, 2, 2), Ok(()));
    }
}
