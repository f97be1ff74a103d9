//! Who led when: the painted lane of the overview.
//!
//! A band begins where a quorum acknowledged a leader's epoch and ends where that leader leaves
//! LEADING or its process ends. Bands of different epochs may overlap: a cut-off leader that has
//! not noticed.

use crate::base::Micros;
use crate::protocol::{Epoch, Note, ServerState, Sid};
use crate::sim::{Cause, Command, Fault, Step};

/// One reign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// The leader.
    pub leader: Sid,
    /// Its epoch.
    pub epoch: Epoch,
    /// Since when.
    pub from: Micros,
    /// Until when; `None` while it lasts.
    pub to: Option<Micros>,
}

/// All reigns of a branch.
#[derive(Clone, Debug, Default)]
pub(super) struct Bands(Vec<Band>);

impl Bands {
    pub(super) fn all(&self) -> &[Band] {
        &self.0
    }

    pub(super) fn take(&mut self, step: &Step) {
        let Some(sid) = step.sid else { return };
        if process_ends(step) {
            self.end(sid, step.at);
        }
        for note in &step.notes {
            if let Note::Established { epoch, .. } = note {
                self.0.push(Band {
                    leader: sid,
                    epoch: *epoch,
                    from: step.at,
                    to: None,
                });
            }
            let left = matches!(
                note,
                Note::State {
                    from: ServerState::Leading,
                    ..
                }
            );
            if left || matches!(note, Note::Exiting { .. }) {
                self.end(sid, step.at);
            }
        }
    }

    fn end(&mut self, leader: Sid, at: Micros) {
        for band in self
            .0
            .iter_mut()
            .filter(|b| b.leader == leader && b.to.is_none())
        {
            band.to = Some(at);
        }
    }

    /// Forgets what happened after `at`.
    pub(super) fn truncate_after(&mut self, at: Micros) {
        self.0.retain(|band| band.from <= at);
        for band in &mut self.0 {
            band.to = band.to.filter(|&to| to <= at);
        }
    }
}

const fn process_ends(step: &Step) -> bool {
    matches!(
        step.cause,
        Cause::Halted
            | Cause::Commanded {
                command: Command::Inject {
                    fault: Fault::Kill { .. } | Fault::PullPlug { .. } | Fault::PowerLoss { .. }
                }
            }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(sid: i64, at: u64, cause: Cause, notes: Vec<Note>) -> Step {
        Step {
            seq: at,
            at: Micros(at),
            sid: Some(Sid(sid)),
            cause,
            sent: vec![],
            client: None,
            told: Vec::new(),
            notes,
        }
    }

    fn established(sid: i64, epoch: i64, at: u64) -> Step {
        let note = Note::Established {
            epoch: Epoch(epoch),
            acks: vec![],
        };
        step(sid, at, Cause::Internal, vec![note])
    }

    #[test]
    fn a_killed_leader_ends_its_band() {
        let mut bands = Bands::default();
        bands.take(&established(3, 1, 5));
        let command = Command::Inject {
            fault: Fault::Kill { sid: Sid(3) },
        };
        bands.take(&step(3, 9, Cause::Commanded { command }, vec![]));
        assert_eq!(bands.all()[0].to, Some(Micros(9)));
    }

    #[test]
    fn a_cut_off_leader_and_a_new_one_overlap() {
        let mut bands = Bands::default();
        bands.take(&established(3, 1, 5));
        bands.take(&established(2, 2, 9));
        assert!(bands.all().iter().all(|b| b.to.is_none()));
        bands.truncate_after(Micros(7));
        assert_eq!(bands.all().len(), 1);
    }
}
