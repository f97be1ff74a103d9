//! Everybody applies the same transactions in the same order; one may only be behind another.
//!
//! All servers are compared with one record of what was agreed on, so that any two of them are.

use super::{Broken, Invariant, Parting, Property, Seen};

/// S3, S5 and S6.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order;

impl Invariant for Order {
    const PROPERTY: Property = Property {
        key: "order",
        names: "S3, S5, S6; PrefixConsistency, Agreement, TotalOrder",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let (Some(sid), Some(parting)) = (seen.step.sid, seen.news.parting) else {
            return Ok(());
        };
        let text = match parting {
            Parting::Differs(_) => "applied another {z} than was agreed on",
            Parting::Lacks(_) => "went on without {z}, which was agreed on",
            Parting::Stray(_) => "holds {z}, which nobody agreed on",
            // A leader that is behind has parted from nobody yet: `kept` speaks of it.
            Parting::Short(_) => return Ok(()),
        };
        Err(Broken::of(&[sid], text, &[parting.zxid().0]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, set};
    use super::*;
    use crate::protocol::Zxid;

    /// A leader of epoch 1 that committed three, and a follower that applies what is given.
    fn follower(txns: &[(Zxid, &str)]) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        let check = &mut Order;
        scene.leads(check, (1, 1), &[]).expect("leads");
        scene.serves(check, 2, 1).expect("serves");
        for n in 1..=3 {
            scene.commits(check, 1, &set(at(1, n), "x")).expect("leads");
        }
        txns.iter()
            .try_for_each(|(zxid, data)| scene.commits(check, 2, &set(*zxid, data)))
    }

    #[test]
    fn a_prefix_is_fine() {
        assert_eq!(follower(&[(at(1, 1), "x"), (at(1, 2), "x")]), Ok(()));
    }

    #[test]
    fn another_content_breaks_it() {
        let broken = follower(&[(at(1, 1), "x"), (at(1, 2), "y")]).expect_err("fires");
        assert!(broken.detail.contains("another"), "{broken:?}");
    }

    #[test]
    fn leaving_one_out_breaks_it() {
        let broken = follower(&[(at(2, 3), "x")]).expect_err("fires");
        assert!(broken.detail.contains("without"), "{broken:?}");
    }

    #[test]
    fn what_the_leader_never_committed_breaks_it() {
        let all = [(at(1, 1), "x"), (at(1, 2), "x"), (at(1, 3), "x")];
        assert_eq!(follower(&all), Ok(()));
        let more = [all[0], all[1], all[2], (at(1, 4), "x")];
        let broken = follower(&more).expect_err("fires");
        assert!(broken.detail.contains("nobody"), "{broken:?}");
    }

    #[test]
    fn a_learner_that_begins_with_an_unknown_tail_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut Order;
        let agreed = [set(at(1, 1), "x"), set(at(1, 2), "x")];
        scene.leads(check, (1, 2), &agreed).expect("leads");
        for txn in [&agreed[0], &agreed[1], &set(at(1, 3), "lost")] {
            scene.applies(2, txn);
        }
        assert!(scene.serves(check, 2, 2).is_err());
        scene.server(3).database.set_last_processed(at(1, 3));
        assert!(scene.serves(check, 3, 2).is_err(), "by a snapshot alone");
    }
}
