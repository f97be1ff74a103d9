//! A server whose disk says "epoch e" has what the leader of e had committed before.
//!
//! Whoever breaks it may win an election against a server that has more. ZOOKEEPER-4643.

use super::{Broken, Invariant, Property, Seen};

/// S14.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpochData;

impl Invariant for EpochData {
    const PROPERTY: Property = Property {
        key: "epoch-data",
        names: "S14",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(server) = seen.server else {
            return Ok(());
        };
        let sid = server.sid;
        let Some(debt) = seen.owed.by(sid) else {
            return Ok(());
        };
        let on_disk = seen
            .servers
            .durable(sid)
            .and_then(|disk| disk.current_epoch);
        let is_new = on_disk == Some(debt.epoch) && debt.before != on_disk;
        if is_new && debt.is_complete && !debt.is_paid(sid, seen.servers) {
            let text = "wrote epoch {} before {z}, which belongs to it";
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

    fn synced(logged_first: i64) -> Result<(), Broken> {
        let (mut scene, check) = (Scene::new(3, 0), &mut EpochData);
        let info = Body::LeaderInfo {
            protocol_version: 0x1_0000,
        };
        let txn = set(at(1, 3), "x");
        for (zxid, body) in [
            (at(2, 0), info),
            (at(1, 3), Body::Diff),
            (at(1, 3), Body::Proposal(txn.clone())),
            (at(1, 3), Body::Commit),
            (at(2, 0), Body::NewLeader),
        ] {
            let step = scene.delivered(2, 3, packet(zxid, body));
            scene.show(check, &step)?;
        }
        scene.logs(2, &set(at(1, logged_first), "x"));
        scene.server(2).disk.current_epoch = Some(Epoch(2));
        let step = scene.wrote(2, vec![]);
        scene.show(check, &step)
    }

    #[test]
    fn the_epoch_before_its_data_breaks_it() {
        assert_eq!(synced(3), Ok(()));
        assert!(synced(2).is_err());
    }
}
