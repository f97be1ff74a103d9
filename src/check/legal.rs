//! No packet arrives on the quorum port that its receiver's phase does not allow.
//!
//! The engine drops it, leaves, or ends, as `ZooKeeper` does; between correct servers it never has
//! to.

use super::{Broken, Invariant, Property, Seen};
use crate::protocol::Note;
use crate::protocol::note::{DropReason, Malformed, Why};

/// S19.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Legal;

impl Invariant for Legal {
    const PROPERTY: Property = Property {
        key: "legal",
        names: "S19; messageIllegal, proposalInconsistent, ackInconsistent",
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
            let from = match note {
                Note::State {
                    why: Why::IllegalPacket { leader },
                    ..
                } => Some(*leader),
                Note::LearnerDropped {
                    sid: learner,
                    why: DropReason::IllegalPacket,
                } => *learner,
                Note::Malformed {
                    heard_from,
                    fault: Malformed::Unexpected,
                } if seen.delivered().is_some() => *heard_from,
                _ => continue,
            };
            let sids: Vec<_> = [Some(sid), from].into_iter().flatten().collect();
            let text = "received a packet that its phase does not allow";
            return Err(Broken::of(&sids, text, &[]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet};
    use super::*;
    use crate::protocol::{QuorumBody, ServerState, Sid};

    #[test]
    fn what_the_engine_finds_illegal_breaks_it() {
        let illegal = [
            Note::State {
                from: ServerState::Following,
                to: ServerState::Looking,
                why: Why::IllegalPacket { leader: Sid(3) },
            },
            Note::LearnerDropped {
                sid: Some(Sid(3)),
                why: DropReason::IllegalPacket,
            },
            Note::Malformed {
                heard_from: Some(Sid(3)),
                fault: Malformed::Unexpected,
            },
        ];
        for note in illegal {
            let mut scene = Scene::new(3, 0);
            let mut step = scene.delivered(1, 3, packet(at(1, 1), QuorumBody::Commit));
            assert_eq!(scene.show(&mut Legal, &step), Ok(()));
            step.notes.push(note);
            let broken = scene.show(&mut Legal, &step).expect_err("fires");
            assert_eq!(broken.sids, [Sid(1), Sid(3)]);
        }
    }

    #[test]
    fn nonsense_on_the_election_port_is_another_matter() {
        let mut scene = Scene::new(3, 0);
        let note = Note::Malformed {
            heard_from: Some(Sid(3)),
            fault: Malformed::Unexpected,
        };
        let step = scene.notes(1, vec![note]);
        assert_eq!(scene.show(&mut Legal, &step), Ok(()));
    }
}
