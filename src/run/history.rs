//! Going back: checkpoints to start again from, and the branches left behind.
//!
//! A checkpoint holds everything execution changes, so restoring one and executing the journal
//! again is all there is to time travel. Checkpoints are bounded: when there are too many, every
//! second of the older ones goes and their spacing doubles, so that the recent past stays cheap to
//! visit.

use super::Head;
use crate::base::Micros;
use crate::sim::TimedCommand;

/// A branch's number: the how-manieth future of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

/// A future of this run: the journal that makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its number.
    pub id: BranchId,
    /// When it left its parent.
    pub forked_at: Micros,
    /// The branch it left; `None` for the first.
    pub parent: Option<BranchId>,
    /// Its commands. Up to date for branches that are not shown.
    pub journal: Vec<TimedCommand>,
    /// How far it was executed. Up to date for branches that are not shown.
    pub horizon: Micros,
}

impl Branch {
    /// The first branch.
    pub(super) const fn main() -> Self {
        Self {
            id: BranchId(0),
            forked_at: Micros::ZERO,
            parent: None,
            journal: Vec::new(),
            horizon: Micros::ZERO,
        }
    }

    /// Adds a branch that leaves `parent` at `at`.
    pub(super) fn fork(branches: &mut Vec<Self>, parent: BranchId, at: Micros) -> BranchId {
        let id = BranchId(u32::try_from(branches.len()).unwrap_or(u32::MAX));
        branches.push(Self {
            id,
            forked_at: at,
            parent: Some(parent),
            ..Self::main()
        });
        id
    }
}

/// The instant from which two journals differ; `None` where they are equal.
pub(super) fn parting(one: &[TimedCommand], other: &[TimedCommand]) -> Option<Micros> {
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let first = |journal: &[TimedCommand]| journal.get(common).map(|timed| timed.at_us);
    match (first(one), first(other)) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A state to start again from: all events at or before `at` are executed.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    pub(super) at: Micros,
    pub(super) head: Head,
}

/// The checkpoints of the current branch, oldest first. Never empty.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    first: Box<Checkpoint>,
    later: Vec<Checkpoint>,
    spacing: Micros,
}

impl Checkpoints {
    /// The most checkpoints kept beside the first.
    const BOUND: usize = 128;
    /// The spacing to begin with.
    const SPACING: Micros = Micros::from_ms(1_000);

    pub(super) fn new(first: Checkpoint) -> Self {
        Self {
            first: Box::new(first),
            later: Vec::new(),
            spacing: Self::SPACING,
        }
    }

    pub(super) fn at_or_before(&self, t: Micros) -> &Checkpoint {
        let after = self.later.partition_point(|checkpoint| checkpoint.at <= t);
        after
            .checked_sub(1)
            .and_then(|index| self.later.get(index))
            .unwrap_or(&self.first)
    }

    /// True where `at` lies a whole spacing beyond the newest checkpoint.
    pub(super) fn due(&self, at: Micros) -> bool {
        let newest = self
            .later
            .last()
            .map_or(self.first.at, |checkpoint| checkpoint.at);
        at >= newest + self.spacing
    }

    pub(super) fn keep(&mut self, checkpoint: Checkpoint) {
        self.later.push(checkpoint);
        if self.later.len() > Self::BOUND {
            let mut index = 0_u32;
            self.later.retain(|_| {
                index += 1;
                index.is_multiple_of(2)
            });
            self.spacing = self.spacing + self.spacing;
        }
    }

    #[cfg(test)]
    pub(super) const fn count(&self) -> usize {
        self.later.len() + 1
    }

    pub(super) fn truncate_after(&mut self, at: Micros) {
        self.later.retain(|checkpoint| checkpoint.at <= at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Command;

    fn at(ms: u64) -> TimedCommand {
        TimedCommand {
            at_us: Micros::from_ms(ms),
            command: Command::HealAll,
        }
    }

    #[test]
    fn journals_part_at_their_first_difference() {
        assert_eq!(
            parting(&[at(1), at(5)], &[at(1), at(4)]),
            Some(Micros::from_ms(4))
        );
        assert_eq!(parting(&[at(1)], &[at(1), at(4)]), Some(Micros::from_ms(4)));
        assert_eq!(parting(&[at(1)], &[at(1)]), None);
    }
}
