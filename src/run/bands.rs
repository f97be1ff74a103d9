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
    /// Since when another leads a later epoch, without this one having noticed.
    pub stale_from: Option<Micros>,
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
                self.begin(sid, *epoch, step.at);
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

    fn begin(&mut self, leader: Sid, epoch: Epoch, from: Micros) {
        let is_outdone = |band: &&mut Band| band.to.is_none() && band.epoch < epoch;
        for band in self.0.iter_mut().filter(is_outdone) {
            band.stale_from = band.stale_from.or(Some(from));
        }
        self.0.push(Band {
            leader,
            epoch,
            from,
            to: None,
            stale_from: None,
        });
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

    /// What had happened by `at`.
    pub(super) fn until(&self, at: Micros) -> Self {
        let begun = self.0.iter().filter(|band| band.from <= at);
        let known = |then: Option<Micros>| then.filter(|&then| then <= at);
        Self(
            begun
                .map(|band| Band {
                    to: known(band.to),
                    stale_from: known(band.stale_from),
                    ..band.clone()
                })
                .collect(),
        )
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
    fn a_leader_is_stale_from_where_a_later_epoch_has_one() {
        let mut bands = Bands::default();
        bands.take(&established(3, 1, 5));
        bands.take(&established(2, 2, 9));
        bands.take(&established(1, 3, 12));
        let stale: Vec<_> = bands.all().iter().map(|band| band.stale_from).collect();
        assert_eq!(stale, [Some(Micros(9)), Some(Micros(12)), None]);
    }

    #[test]
    fn a_cut_off_leader_and_a_new_one_overlap() {
        let mut bands = Bands::default();
        bands.take(&established(3, 1, 5));
        bands.take(&established(2, 2, 9));
        assert!(bands.all().iter().all(|b| b.to.is_none()));
        let before = bands.until(Micros(7));
        assert_eq!(before.all().len(), 1);
        assert_eq!(before.all()[0].stale_from, None);
    }
}
