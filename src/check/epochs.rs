//! Epochs never go back: acceptedEpoch and currentEpoch only grow on a server, across restarts too,
//! and currentEpoch never exceeds acceptedEpoch.

use serde::{Deserialize, Serialize};

use super::{Broken, Invariant, Property};
use crate::base::Map;
use crate::protocol::{Epoch, Sid};
use crate::sim::{Power, ServerStatus, Step};

/// S12: the highest epochs each server was seen with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Epochs {
    seen: Map<Sid, (Epoch, Epoch)>,
}

impl Invariant for Epochs {
    const PROPERTY: Property = Property {
        key: "epochs",
        names: "S12",
    };

    fn observe(&mut self, _step: &Step, server: Option<&ServerStatus>) -> Result<(), Broken> {
        let Some(server) = server.filter(|s| s.power == Power::Up) else {
            return Ok(());
        };
        let now = (server.peer.accepted_epoch, server.peer.current_epoch);
        let before = self.seen.insert(server.sid, now).unwrap_or(now);
        if now.0 < before.0 || now.1 < before.1 || now.1 > now.0 {
            return Err(Broken {
                sids: vec![server.sid],
                detail: format!(
                    "accepted {} and current {} after accepted {} and current {}",
                    now.0, now.1, before.0, before.1
                ),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Micros;
    use crate::protocol::PeerStatus;
    use crate::sim::Cause;

    fn look(check: &mut Epochs, accepted: i64, current: i64) -> Result<(), Broken> {
        let step = Step {
            seq: 0,
            at: Micros(1),
            sid: Some(Sid(1)),
            cause: Cause::Internal,
            sent: vec![],
            notes: vec![],
        };
        let server = ServerStatus {
            sid: Sid(1),
            power: Power::Up,
            power_since: Micros::ZERO,
            peer: PeerStatus {
                accepted_epoch: Epoch(accepted),
                current_epoch: Epoch(current),
                ..PeerStatus::default()
            },
        };
        check.observe(&step, Some(&server))
    }

    #[test]
    fn an_epoch_that_goes_back_breaks_it() {
        let mut check = Epochs::default();
        assert!(look(&mut check, 2, 1).is_ok());
        assert!(look(&mut check, 2, 2).is_ok());
        assert!(look(&mut check, 1, 1).is_err());
    }

    #[test]
    fn current_above_accepted_breaks_it() {
        assert!(look(&mut Epochs::default(), 1, 2).is_err());
    }
}
