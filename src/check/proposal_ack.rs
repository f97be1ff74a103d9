//! A proposal is acknowledged only when it is on disk.

use super::seen::holds;
use super::{Broken, Invariant, Property, Seen};
use crate::protocol::QuorumBody;

/// S16.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposalAck;

impl Invariant for ProposalAck {
    const PROPERTY: Property = Property {
        key: "proposal-ack",
        names: "S16",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        for packet in seen.sent_after_write() {
            if !matches!(packet.body, QuorumBody::Ack) || packet.zxid.is_new_epoch() {
                continue;
            }
            let disk = seen.servers.durable(sid);
            if !disk.is_some_and(|disk| holds(disk, packet.zxid)) {
                let text = "acknowledged {z} without having it on disk";
                return Err(Broken::of(&[sid], text, &[packet.zxid.0]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet, set};
    use super::*;

    #[test]
    fn an_ack_of_what_is_not_on_disk_breaks_it() {
        let mut scene = Scene::new(3, 0);
        scene.logs(2, &set(at(1, 1), "x"));
        for (counter, fine) in [(1, true), (0, true), (2, false)] {
            let ack = packet(at(1, counter), QuorumBody::Ack);
            let step = scene.wrote(2, vec![ack]);
            assert_eq!(scene.show(&mut ProposalAck, &step).is_ok(), fine);
        }
    }
}
