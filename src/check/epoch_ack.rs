//! An epoch is accepted once: a server never says twice that a leader may have it, and no leader
//! asks for one that a server of its quorum says it has accepted.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Epoch, Note, QuorumBody, Sid};

/// S13: the last epoch each server has acknowledged so that it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpochAck {
    acked: Map<Sid, Epoch>,
    /// What each leader's learners have said that they accepted.
    said: Map<Sid, Map<Sid, Epoch>>,
}

impl EpochAck {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a check reads few of the notes"
    )]
    fn take(&mut self, leader: Sid, note: &Note) -> Result<(), Broken> {
        match note {
            Note::ElectionStarted { .. } => {
                self.said.remove(&leader);
            }
            Note::LearnerJoined {
                sid,
                accepted_epoch,
            } => {
                let said = self.said.get_or_insert_with(leader, Map::new);
                said.insert(*sid, *accepted_epoch);
            }
            Note::EpochDecided { epoch, connecting } => {
                let said = self.said.remove(&leader).unwrap_or_default();
                let has = |sid: &&Sid| said.get(*sid).is_some_and(|accepted| accepted >= epoch);
                if let Some(sid) = connecting.iter().find(has) {
                    let text = "asks for epoch {}, which {} has accepted";
                    return Err(Broken::of(&[leader, *sid], text, &[epoch.0, sid.0]));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Invariant for EpochAck {
    const PROPERTY: Property = Property {
        key: "epoch-ack",
        names: "S13",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        if let Some(sid) = seen.wiped() {
            self.acked.remove(&sid);
        }
        let Some(server) = seen.running() else {
            return Ok(());
        };
        for note in &seen.step.notes {
            self.take(server.sid, note)?;
        }
        for packet in seen.sent_after_write() {
            if let QuorumBody::AckEpoch { current_epoch } = packet.body
                && current_epoch != Epoch(-1)
            {
                let epoch = server.peer.accepted_epoch;
                let before = self.acked.insert(server.sid, epoch);
                if let Some(before) = before.filter(|before| *before >= epoch) {
                    let text = "acknowledged epoch {} after epoch {}";
                    return Err(Broken::of(&[server.sid], text, &[epoch.0, before.0]));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet};
    use super::*;

    fn acks(check: &mut EpochAck, accepted: i64, stated: i64) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        scene.server(2).status.peer.accepted_epoch = Epoch(accepted);
        let body = QuorumBody::AckEpoch {
            current_epoch: Epoch(stated),
        };
        let step = scene.wrote(2, vec![packet(at(1, 1), body)]);
        scene.show(check, &step)
    }

    #[test]
    fn a_second_ack_that_counts_breaks_it() {
        let mut check = EpochAck::default();
        assert!(acks(&mut check, 2, 1).is_ok());
        assert!(acks(&mut check, 2, -1).is_ok(), "does not count");
        assert!(acks(&mut check, 3, 2).is_ok());
        assert!(acks(&mut check, 3, 2).is_err());
        assert!(acks(&mut check, 2, 1).is_err());
    }

    #[test]
    fn a_leader_that_asks_for_an_epoch_its_quorum_has_accepted_breaks_it() {
        let joined = |sid, accepted| Note::LearnerJoined {
            sid: Sid(sid),
            accepted_epoch: Epoch(accepted),
        };
        let decided = |connecting: &[i64]| Note::EpochDecided {
            epoch: Epoch(3),
            connecting: connecting.iter().copied().map(Sid).collect(),
        };
        for (notes, fine) in [
            (vec![joined(1, 2), decided(&[1, 3])], true),
            (vec![joined(1, 3), decided(&[1, 3])], false),
            (vec![joined(1, 3), decided(&[2, 3])], true),
        ] {
            let mut scene = Scene::new(3, 0);
            let step = scene.notes(3, notes);
            let shown = scene.show(&mut EpochAck::default(), &step);
            assert_eq!(shown.is_ok(), fine, "{shown:?}");
        }
    }
}
