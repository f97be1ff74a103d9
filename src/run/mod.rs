//! A run: scenario + seed + commands so far, executed, with its history.
//!
//! Those three replay it byte for byte. There is no undo code: going back takes the nearest
//! checkpoint and executes again; acting in the past leaves the old future behind as a branch.
//!
//! **Invariant:** between calls every event at or before [`Run::now`] has been executed, so a
//! command given now comes after all of them, however the run got here.
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

mod bands;
mod history;
mod log;
mod playback;

pub use bands::Band;
pub use history::{Branch, BranchId};
pub use log::{Fact, LogEntry, Loss};
pub use playback::{Playback, Speed};

use std::hash::{Hash, Hasher};

use crate::base::{Micros, StableHasher};
use crate::check::{Checks, Violation};
use crate::scenario::Scenario;
use crate::sim::{Command, Rejected, Step, TimedCommand, World};
use history::{Checkpoint, Checkpoints};
use log::Log;

/// One execution of a scenario, with everything needed to go anywhere in it.
#[derive(Clone, Debug)]
pub struct Run {
    scenario: Scenario,
    seed: u64,
    /// The instant shown: `world.now ≤ now < world.next_at`.
    now: Micros,
    /// How far this branch has ever been executed.
    horizon: Micros,
    head: Head,
    log: Log,
    journal: Vec<TimedCommand>,
    checkpoints: Checkpoints,
    branches: Vec<Branch>,
    current: BranchId,
}

/// Everything execution changes; a checkpoint is a copy of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    world: World,
    checks: Checks,
    /// Folded over every step: two runs with equal streams did the same things in the same order.
    stream: u64,
    /// Steps executed.
    steps: u64,
    /// Commands of the journal applied.
    applied: u32,
}

impl Run {
    /// The first instant of `scenario` under `seed`, with the scenario's own commands in the
    /// journal.
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let world = World::new(&scenario.cluster(), seed);
        let head = Head {
            world,
            checks: Checks::default(),
            stream: 0,
            steps: 0,
            applied: 0,
        };
        let mut journal = scenario.commands.clone();
        journal.sort_by_key(|timed| timed.at_us);
        let mut run = Self {
            checkpoints: Checkpoints::new(Checkpoint {
                at: Micros::ZERO,
                head: head.clone(),
            }),
            branches: vec![Branch::main()],
            current: BranchId(0),
            log: Log::default(),
            now: Micros::ZERO,
            horizon: Micros::ZERO,
            scenario,
            seed,
            head,
            journal,
        };
        run.execute_to(Micros::ZERO);
        run
    }

    /// The scenario it started from.
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The seed of all its chance.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The commands of the current branch, in order, those still to come included.
    pub fn commands(&self) -> &[TimedCommand] {
        &self.journal
    }

    /// The instant shown.
    pub const fn now(&self) -> Micros {
        self.now
    }

    /// How far the current branch has been executed.
    pub const fn horizon(&self) -> Micros {
        self.horizon
    }

    /// The world at [`Run::now`].
    pub const fn world(&self) -> &World {
        &self.head.world
    }

    /// The facts stated so far in the current branch, up to its horizon, oldest first.
    pub fn log(&self) -> &[LogEntry] {
        self.log.entries()
    }

    /// The messages that ended where nobody was, up to the horizon, oldest first.
    pub fn losses(&self) -> &[Loss] {
        self.log.losses()
    }

    /// Who led when, in the current branch, up to its horizon.
    pub fn bands(&self) -> &[Band] {
        self.log.bands()
    }

    /// Promises broken up to [`Run::now`].
    pub fn violations(&self) -> &[Violation] {
        self.head.checks.violations()
    }

    /// The digest of every step up to [`Run::now`]: equal on every target, for every frame rate.
    pub const fn stream(&self) -> u64 {
        self.head.stream
    }

    /// Steps executed up to [`Run::now`].
    pub const fn steps(&self) -> u64 {
        self.head.steps
    }

    /// When the next event or command is due.
    pub fn next_at(&self) -> Option<Micros> {
        let command = self.pending().map(|timed| timed.at_us.max(self.now));
        match (self.head.world.next_at(), command) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Executes every event up to `t`, each at its own instant. An earlier `t` changes nothing.
    pub fn advance_to(&mut self, t: Micros) {
        if t >= self.now {
            self.execute_to(t);
        }
    }

    /// Goes on to the instant of the next event somebody can see, executing everything due then.
    /// False where nothing will ever happen again.
    pub fn step_event(&mut self) -> bool {
        let seen = self.head.steps;
        while let Some(at) = self.next_at() {
            let log_before = self.log.seen();
            self.execute_to(at);
            if self.log.seen() != log_before {
                return true;
            }
        }
        self.head.steps != seen
    }

    /// Goes to any moment: back to the nearest checkpoint and forward again, or simply forward.
    pub fn seek(&mut self, t: Micros) {
        if t < self.now {
            let checkpoint = self.checkpoints.at_or_before(t);
            self.now = checkpoint.at;
            self.head = checkpoint.head.clone();
        }
        self.execute_to(t);
    }

    /// Gives a command now. In the past this forks: the old future stays as a branch.
    ///
    /// # Errors
    /// Why the command cannot apply; nothing changes then.
    pub fn dispatch(&mut self, command: Command) -> Result<BranchId, Rejected> {
        let mut trial = self.head.world.clone();
        trial.idle_until(self.now);
        trial.apply(&command)?;
        if self.now < self.horizon {
            self.fork();
        }
        // What the scenario or an earlier life of this branch had still planned is part of the old
        // future.
        self.journal.truncate(self.head.applied as usize);
        self.journal.push(TimedCommand {
            at_us: self.now,
            command,
        });
        self.execute_to(self.now);
        Ok(self.current)
    }

    /// Takes back the last command given at or before now: forks just before it, and goes on
    /// without it to the same instant. False where there is none.
    pub fn undo(&mut self) -> bool {
        let Some(last) = (self.head.applied as usize).checked_sub(1) else {
            return false;
        };
        let now = self.now;
        let Some(at) = self.journal.get(last).map(|timed| timed.at_us) else {
            return false;
        };
        self.fork();
        self.journal.remove(last);
        self.rewind_before(at);
        self.execute_to(now);
        true
    }

    /// The branches of this run, oldest first; the current one is among them.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch being shown.
    pub const fn branch(&self) -> BranchId {
        self.current
    }

    /// Shows another branch, at the same instant. False where there is no such branch.
    pub fn switch_to(&mut self, id: BranchId) -> bool {
        let Some(branch) = self.branches.get(id.0 as usize).cloned() else {
            return false;
        };
        if id == self.current {
            return true;
        }
        self.store_current();
        let now = self.now;
        let parting = history::parting(&self.journal, &branch.journal);
        self.current = id;
        self.journal = branch.journal;
        let shared = self.horizon.min(branch.horizon);
        self.rewind_before(parting.unwrap_or(shared));
        self.execute_to(branch.horizon.max(now));
        self.seek(now);
        true
    }

    fn store_current(&mut self) {
        let (journal, horizon) = (self.journal.clone(), self.horizon);
        if let Some(branch) = self.branches.get_mut(self.current.0 as usize) {
            branch.journal = journal;
            branch.horizon = horizon;
        }
    }

    /// Leaves the current branch as it is and goes on in a new one that shares everything up to
    /// now.
    fn fork(&mut self) {
        self.store_current();
        self.current = Branch::fork(&mut self.branches, self.current, self.now);
        self.forget_future();
    }

    /// Back to a checkpoint strictly before `at`, forgetting what this branch executed since.
    fn rewind_before(&mut self, at: Micros) {
        let checkpoint = self
            .checkpoints
            .at_or_before(Micros(at.0.saturating_sub(1)));
        self.now = checkpoint.at;
        self.head = checkpoint.head.clone();
        self.forget_future();
    }

    fn forget_future(&mut self) {
        self.log.truncate_after(self.now, self.head.steps);
        self.checkpoints.truncate_after(self.now);
        self.horizon = self.now;
    }

    fn pending(&self) -> Option<&TimedCommand> {
        self.journal.get(self.head.applied as usize)
    }

    /// The only place where anything happens.
    fn execute_to(&mut self, t: Micros) {
        while let Some(at) = self.next_at().filter(|&at| at <= t) {
            self.keep_checkpoint(at);
            if self.head.world.next_at().is_some_and(|event| event <= at) {
                if let Some(step) = self.head.world.step() {
                    self.record(&step);
                }
            } else if let Some(timed) = self.pending().cloned() {
                self.head.applied += 1;
                // A planned command may have become senseless in this future; it is passed over.
                self.head.world.idle_until(at);
                if let Ok(step) = self.head.world.apply(&timed.command) {
                    self.record(&step);
                }
            }
        }
        self.now = t.max(self.now);
        self.horizon = self.horizon.max(self.now);
    }

    fn keep_checkpoint(&mut self, at: Micros) {
        // Only instants all of whose events are executed may be returned to.
        let reached = self.head.world.now().max(self.now);
        if at > reached && self.checkpoints.due(reached) {
            self.checkpoints.keep(Checkpoint {
                at: reached,
                head: self.head.clone(),
            });
        }
    }

    fn record(&mut self, step: &Step) {
        let mut hasher = StableHasher::new();
        (self.head.stream, step).hash(&mut hasher);
        self.head.stream = hasher.finish();
        self.head.steps += 1;
        self.head.checks.observe(step, &self.head.world);
        self.log.take(step);
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
