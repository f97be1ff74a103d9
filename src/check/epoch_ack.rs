//! An epoch is accepted once: a server never says twice that a leader may have it.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Epoch, QuorumBody, Sid};

/// S13: the last epoch each server has acknowledged so that it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpochAck {
    acked: Map<Sid, Epoch>,
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
}
