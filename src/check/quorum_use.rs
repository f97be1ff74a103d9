//! Observers and servers without weight never decide: no quorum stands by them, none of them leads,
//! and observers acknowledge no proposal.

use super::{Broken, Invariant, Property, Seen};
use crate::protocol::{Note, QuorumBody, Sid};

/// S21.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuorumUse;

impl QuorumUse {
    fn stands(sid: Sid, sids: &[Sid], seen: &Seen<'_>) -> Result<(), Broken> {
        // An oracle's word may stand for voters.
        if seen.quorum.has_oracle() || seen.is_quorum(sids.iter().copied()) {
            return Ok(());
        }
        let text = "counts {} servers as a quorum that are none";
        let count = i64::try_from(sids.len()).unwrap_or(i64::MAX);
        Err(Broken::of(&[sid], text, &[count]))
    }
}

impl Invariant for QuorumUse {
    const PROPERTY: Property = Property {
        key: "quorum-use",
        names: "S21",
    };

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a check reads few of the notes"
    )]
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        for note in &seen.step.notes {
            match note {
                Note::Established { acks, .. } => {
                    Self::stands(sid, acks, seen)?;
                    if !seen.weighs(sid) {
                        return Err(Broken::of(&[sid], "leads without weight", &[]));
                    }
                }
                Note::QuorumChecked { alive, enough } if *enough => {
                    Self::stands(sid, alive, seen)?;
                }
                Note::QuorumSeen { supporters, .. } => Self::stands(sid, supporters, seen)?,
                _ => {}
            }
        }
        if seen.quorum.voting_members().contains(&sid) {
            return Ok(());
        }
        for packet in seen.sent_after_write() {
            if matches!(packet.body, QuorumBody::Ack) && !packet.zxid.is_new_epoch() {
                let text = "observes, and acknowledged {z}";
                return Err(Broken::of(&[sid], text, &[packet.zxid.0]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet};
    use super::*;
    use crate::base::Map;
    use crate::protocol::{Epoch, QuorumSpec};

    fn states(scene: &mut Scene, note: Note) -> Result<(), Broken> {
        let step = scene.notes(1, vec![note]);
        scene.show(&mut QuorumUse, &step)
    }

    fn established(sids: &[i64]) -> Note {
        Note::Established {
            epoch: Epoch(1),
            acks: sids.iter().copied().map(Sid).collect(),
        }
    }

    #[test]
    fn a_quorum_that_needs_observers_breaks_it() {
        let mut scene = Scene::new(3, 2);
        assert_eq!(states(&mut scene, established(&[1, 2])), Ok(()));
        assert!(states(&mut scene, established(&[1, 4, 5])).is_err());
        for (enough, fine) in [(true, false), (false, true)] {
            let alive = vec![Sid(1), Sid(4), Sid(5)];
            let note = Note::QuorumChecked { alive, enough };
            assert_eq!(states(&mut scene, note).is_ok(), fine);
        }
        let note = Note::QuorumSeen {
            leader: Sid(1),
            supporters: vec![Sid(1)],
        };
        assert!(states(&mut scene, note).is_err());
    }

    #[test]
    fn a_leader_without_weight_breaks_it() {
        let mut scene = Scene::new(3, 0);
        scene.config.ensemble.quorum = QuorumSpec::Hierarchical {
            groups: Map::from([(1, vec![Sid(1), Sid(2), Sid(3)])]),
            weights: Map::from([(Sid(1), 0)]),
        };
        assert!(
            states(&mut scene, established(&[1, 2])).is_err(),
            "no quorum"
        );
        let broken = states(&mut scene, established(&[1, 2, 3])).expect_err("fires");
        assert!(broken.detail.contains("weight"), "{broken:?}");
    }

    #[test]
    fn an_observer_that_acknowledges_breaks_it() {
        let mut scene = Scene::new(1, 1);
        for (counter, fine) in [(0, true), (1, false)] {
            let step = scene.wrote(2, vec![packet(at(1, counter), QuorumBody::Ack)]);
            assert_eq!(scene.show(&mut QuorumUse, &step).is_ok(), fine);
        }
    }
}
