//! Who acknowledges NEWLEADER has on disk what was committed ahead of it, and the epoch.
//!
//! The leader counts that acknowledgement as a copy of its history. ZOOKEEPER-3911, -4646.

use super::{Broken, Invariant, Property, Seen};
use crate::protocol::QuorumBody;

/// S15.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewLeaderAck;

impl Invariant for NewLeaderAck {
    const PROPERTY: Property = Property {
        key: "new-leader-ack",
        names: "S15",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        let Some(debt) = seen.owed.by(sid) else {
            return Ok(());
        };
        let acks = |packet: &crate::protocol::QuorumPacket| {
            matches!(packet.body, QuorumBody::Ack) && packet.zxid.is_new_epoch()
        };
        if !seen.sent_after_write().any(acks) {
            return Ok(());
        }
        let on_disk = seen
            .servers
            .durable(sid)
            .and_then(|disk| disk.current_epoch);
        if on_disk != Some(debt.epoch) {
            let text = "acknowledged epoch {} with epoch {} on disk";
            let epoch = on_disk.unwrap_or_default();
            return Err(Broken::of(&[sid], text, &[debt.epoch.0, epoch.0]));
        }
        if !debt.is_paid(sid, seen.servers) {
            let text = "acknowledged epoch {} without {z} on disk";
            return Err(Broken::of(&[sid], text, &[debt.epoch.0, debt.data.0]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet, set};
    use super::*;
    use crate::protocol::{Epoch, QuorumBody as Body};

    fn acks(epoch: i64, logged: i64) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        let check = &mut NewLeaderAck;
        let info = Body::LeaderInfo {
            protocol_version: 0x1_0000,
        };
        for (zxid, body) in [(at(2, 0), info), (at(1, 3), Body::Commit)] {
            let step = scene.delivered(2, 3, packet(zxid, body));
            scene.show(check, &step)?;
        }
        scene.logs(2, &set(at(1, logged), "x"));
        scene.server(2).disk.current_epoch = Some(Epoch(epoch));
        let step = scene.wrote(2, vec![packet(at(2, 0), Body::Ack)]);
        scene.show(check, &step)
    }

    #[test]
    fn an_ack_ahead_of_epoch_or_data_breaks_it() {
        assert_eq!(acks(2, 3), Ok(()));
        assert!(acks(1, 3).is_err(), "no epoch");
        assert!(acks(2, 2).is_err(), "no data");
    }
}
