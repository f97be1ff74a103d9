//! Checkpoints: states to start again from.
//!
//! A checkpoint holds everything execution changes, so restoring one and executing the journal
//! again is all there is to time travel. They lie a number of *steps* apart, not a span of time, so
//! that going to any moment executes at most so many steps again, however busy it was. Copies of a
//! world share what did not change between them, and branches share the checkpoints of what they
//! have in common.
//!
//! Those of a [`Track`] are bounded: when there are too many, every second one goes and their
//! distance doubles. Where they lie depends on the steps alone, so that branches that share a past
//! keep the same ones.

use std::sync::Arc;

use super::line::Head;
use crate::base::Micros;

/// A state to start again from: all events at or before `at` are executed.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint<T> {
    pub(super) at: Micros,
    pub(super) head: Head,
    /// What is kept with it.
    pub(super) with: T,
}

impl<T> Checkpoint<T> {
    /// Which group of `stride` steps it lies in.
    const fn group(&self, stride: u64) -> u64 {
        self.head.steps / stride
    }
}

/// The checkpoints of a branch, oldest first; the first instant is always among them.
#[derive(Clone, Debug)]
pub(super) struct Track<T> {
    first: Arc<Checkpoint<T>>,
    /// At most one for each group of `stride` steps.
    later: Vec<Arc<Checkpoint<T>>>,
    stride: u64,
    bound: usize,
}

impl<T> Track<T> {
    /// At most `bound` checkpoints beside the first, `stride` steps apart to begin with.
    pub(super) fn new(first: Checkpoint<T>, stride: u64, bound: usize) -> Self {
        Self {
            first: Arc::new(first),
            later: Vec::new(),
            stride,
            bound,
        }
    }

    pub(super) fn at_or_before(&self, t: Micros) -> &Arc<Checkpoint<T>> {
        let after = self.later.partition_point(|checkpoint| checkpoint.at <= t);
        self.before(after)
    }

    fn before(&self, place: usize) -> &Arc<Checkpoint<T>> {
        let last = place.checked_sub(1).and_then(|last| self.later.get(last));
        last.unwrap_or(&self.first)
    }

    /// Where in the list one of so many steps belongs.
    fn place(&self, steps: u64) -> usize {
        let newest = self.later.last();
        if newest.is_none_or(|newest| newest.head.steps <= steps) {
            return self.later.len();
        }
        self.later.partition_point(|c| c.head.steps <= steps)
    }

    /// True where the group of so many steps has no checkpoint yet.
    pub(super) fn lacks(&self, steps: u64) -> bool {
        let group = steps / self.stride;
        let place = self.place(steps);
        let next = self.later.get(place);
        self.before(place).group(self.stride) < group
            && next.is_none_or(|next| next.group(self.stride) > group)
    }

    pub(super) fn keep(&mut self, checkpoint: Checkpoint<T>) {
        let place = self.place(checkpoint.head.steps);
        self.later.insert(place, Arc::new(checkpoint));
        if self.later.len() > self.bound {
            self.thin();
        }
    }

    fn thin(&mut self) {
        self.stride *= 2;
        let stride = self.stride;
        let mut last = self.first.group(stride);
        self.later.retain(|checkpoint| {
            let group = checkpoint.group(stride);
            core::mem::replace(&mut last, group) != group
        });
    }

    /// Keeps so many at the most; more are kept again when somebody comes by.
    pub(super) fn rest(&mut self, most: usize) {
        let stride = self.stride;
        while self.later.len() > most {
            self.thin();
        }
        self.stride = stride;
    }

    /// Forgets those after `at`.
    pub(super) fn truncate_after(&mut self, at: Micros) {
        self.later.retain(|checkpoint| checkpoint.at <= at);
    }

    /// All of them, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Checkpoint<T>>> {
        core::iter::once(&self.first).chain(&self.later)
    }

    /// How many steps lie between two of them.
    #[cfg(test)]
    pub(super) const fn stride(&self) -> u64 {
        self.stride
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::sim::World;

    fn of(steps: u64) -> Checkpoint<()> {
        let world = World::new(&Scenario::plain(3).cluster(), 1);
        let head = Head {
            steps,
            ..Head::new(world)
        };
        let at = Micros(steps);
        Checkpoint { at, head, with: () }
    }

    fn steps(track: &Track<()>) -> Vec<u64> {
        track.iter().map(|c| c.head.steps).collect()
    }

    #[test]
    fn each_group_of_steps_has_one_checkpoint_and_too_many_are_thinned() {
        let mut track = Track::new(of(0), 10, 4);
        for n in 1..100 {
            if track.lacks(n) {
                track.keep(of(n));
            }
        }
        assert_eq!(steps(&track), [0, 20, 40, 60, 80]);
        assert_eq!(track.stride(), 20);
        assert_eq!(track.at_or_before(Micros(79)).head.steps, 60);
        assert!(!track.lacks(95) && track.lacks(101));
    }

    #[test]
    fn a_track_at_rest_is_filled_again_by_whoever_comes_by() {
        let mut track = Track::new(of(0), 10, 100);
        let fill = |track: &mut Track<()>| {
            for n in 1..100 {
                if track.lacks(n) {
                    track.keep(of(n));
                }
            }
        };
        fill(&mut track);
        let full = steps(&track);
        track.rest(3);
        assert_eq!(steps(&track), [0, 40, 80]);
        fill(&mut track);
        assert_eq!(steps(&track), full);
    }
}
