//! At most one established leader per epoch, ever.
//!
//! Two LEADING servers of different epochs are legal for a bounded time; two that both had a quorum
//! acknowledge the same epoch are not.

use serde::{Deserialize, Serialize};

use super::{Broken, Invariant, Property};
use crate::base::Map;
use crate::protocol::{Epoch, Note, Sid};
use crate::sim::{ServerStatus, Step};

/// S1 and S2: who was established in which epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leadership {
    established: Map<Epoch, Sid>,
}

impl Invariant for Leadership {
    const PROPERTY: Property = Property {
        key: "leadership",
        names: "S1, S2; Leadership1, Leadership2",
    };

    fn observe(&mut self, step: &Step, _server: Option<&ServerStatus>) -> Result<(), Broken> {
        let Some(sid) = step.sid else { return Ok(()) };
        for note in &step.notes {
            if let Note::Established { epoch, .. } = note {
                let first = *self.established.get_or_insert_with(*epoch, || sid);
                if first != sid {
                    return Err(Broken {
                        sids: vec![first, sid],
                        detail: format!("epoch {epoch} was established by {first} and by {sid}"),
                    });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Micros;
    use crate::sim::Cause;

    fn established(sid: i64, epoch: i64) -> Step {
        Step {
            seq: 0,
            at: Micros(1),
            sid: Some(Sid(sid)),
            cause: Cause::Internal,
            sent: vec![],
            notes: vec![Note::Established {
                epoch: Epoch(epoch),
                acks: vec![Sid(sid)],
            }],
        }
    }

    #[test]
    fn two_leaders_of_one_epoch_break_it() {
        let mut check = Leadership::default();
        assert!(check.observe(&established(3, 1), None).is_ok());
        assert!(check.observe(&established(3, 1), None).is_ok());
        let broken = check.observe(&established(2, 1), None).expect_err("fires");
        assert_eq!(broken.sids, [Sid(3), Sid(2)]);
    }

    #[test]
    fn two_leaders_of_different_epochs_are_legal() {
        let mut check = Leadership::default();
        assert!(check.observe(&established(3, 1), None).is_ok());
        assert!(check.observe(&established(2, 2), None).is_ok());
    }
}
