//! Epochs never go back: acceptedEpoch and currentEpoch only grow on a server, across restarts too,
//! currentEpoch never exceeds acceptedEpoch, and nobody serves data of a later epoch than its own.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{Epoch, Sid, ZabState};

/// S12: the epochs each server was last seen with: accepted, current.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Epochs {
    seen: Map<Sid, (Epoch, Epoch)>,
}

impl Invariant for Epochs {
    const PROPERTY: Property = Property {
        key: "epochs",
        names: "S12",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        if let Some(sid) = seen.wiped() {
            self.seen.remove(&sid);
        }
        let Some(server) = seen.running() else {
            return Ok(());
        };
        let peer = &server.peer;
        let now = (peer.accepted_epoch, peer.current_epoch);
        let before = self.seen.insert(server.sid, now).unwrap_or(now);
        if now.0 < before.0 || now.1 < before.1 || now.1 > now.0 {
            let text = "accepted {} and current {} after accepted {} and current {}";
            let numbers = [now.0.0, now.1.0, before.0.0, before.1.0];
            return Err(Broken::of(&[server.sid], text, &numbers));
        }
        if peer.zab == ZabState::Broadcast && peer.last_zxid.epoch() > now.1 {
            let text = "serves {z} with current {}";
            let numbers = [peer.last_zxid.0, now.1.0];
            return Err(Broken::of(&[server.sid], text, &numbers));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at};
    use super::*;
    use crate::protocol::Zxid;

    fn look(check: &mut Epochs, accepted: i64, current: i64, last: Zxid) -> Result<(), Broken> {
        let mut scene = Scene::new(1, 0);
        let peer = &mut scene.server(1).status.peer;
        peer.accepted_epoch = Epoch(accepted);
        peer.current_epoch = Epoch(current);
        peer.last_zxid = last;
        let step = scene.notes(1, vec![]);
        scene.show(check, &step)
    }

    #[test]
    fn an_epoch_that_goes_back_breaks_it() {
        let mut check = Epochs::default();
        assert!(look(&mut check, 2, 1, at(1, 5)).is_ok());
        assert!(look(&mut check, 2, 2, at(1, 5)).is_ok());
        assert!(look(&mut check, 1, 1, at(1, 5)).is_err());
    }

    #[test]
    fn current_above_accepted_breaks_it() {
        assert!(look(&mut Epochs::default(), 1, 2, at(1, 5)).is_err());
    }

    #[test]
    fn serving_data_of_a_later_epoch_breaks_it() {
        let broken = look(&mut Epochs::default(), 2, 1, at(2, 1));
        assert_eq!(broken.expect_err("fires").sids, [Sid(1)]);
    }
}
