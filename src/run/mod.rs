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
mod branch;
mod compare;
mod highlight;
mod history;
mod line;
mod log;
mod overview;
mod playback;
mod series;
mod tape;
mod travel;
mod witness;

pub use bands::Band;
pub use branch::{Branch, BranchId};
pub use compare::{Contrast, Difference, contrasts};
pub use highlight::{Highlight, Turn};
pub use log::{Fact, LogEntry, Loss};
pub use overview::{Pin, Pinned};
pub use playback::{Playback, Speed};
pub use series::{Bucket, Series, Totals};
pub use tape::{Look, Tape, Taped};
pub use travel::Found;

use crate::base::Micros;
use crate::check::Violation;
use crate::scenario::Scenario;
use crate::sim::{Command, Rejected, TimedCommand, World};
use line::Line;

/// One execution of a scenario, with everything needed to go anywhere in it.
#[derive(Clone, Debug)]
pub struct Run {
    scenario: Scenario,
    seed: u64,
    /// The branch shown.
    current: Branch,
    /// The others.
    left: Vec<Branch>,
    /// How many branches there ever were.
    forks: u32,
    /// Branches that an undo led away from, each with the one it led to; the latest last.
    undone: Vec<(BranchId, BranchId)>,
    /// The branch held at the same instant.
    beside: Option<BranchId>,
}

/// Why a branch cannot be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// There is no such branch.
    Unknown,
    /// It is the one shown: show another one first.
    Shown,
}

impl Run {
    /// The first instant of `scenario` under `seed`, with the scenario's own commands in the
    /// journal.
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let world = World::new(&scenario.cluster(), seed);
        let mut journal = scenario.commands.clone();
        journal.sort_by_key(|timed| timed.at_us);
        Self {
            current: Branch::main(Line::new(world, journal)),
            left: Vec::new(),
            forks: 0,
            undone: Vec::new(),
            beside: None,
            scenario,
            seed,
        }
    }

    const fn line(&self) -> &Line {
        &self.current.line
    }

    const fn line_mut(&mut self) -> &mut Line {
        &mut self.current.line
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
        self.current.commands()
    }

    /// The instant shown.
    pub const fn now(&self) -> Micros {
        self.line().now
    }

    /// How far the current branch has been executed.
    pub const fn horizon(&self) -> Micros {
        self.line().horizon
    }

    /// The world at [`Run::now`].
    pub const fn world(&self) -> &World {
        &self.line().head.world
    }

    /// The facts stated so far in the current branch, up to its horizon, oldest first.
    pub fn log(&self) -> &[LogEntry] {
        self.line().witness.log.entries()
    }

    /// The messages that ended where nobody was, up to the horizon, oldest first.
    pub fn losses(&self) -> &[Loss] {
        self.line().witness.log.losses()
    }

    /// Who led when, in the current branch, up to its horizon.
    pub fn bands(&self) -> &[Band] {
        self.current.bands()
    }

    /// Promises broken up to [`Run::now`].
    pub fn violations(&self) -> &[Violation] {
        self.line().witness.violations(self.now())
    }

    /// The digest of every step up to [`Run::now`]: equal on every target, for every frame rate.
    pub const fn stream(&self) -> u64 {
        self.line().head.stream
    }

    /// Steps executed up to [`Run::now`].
    pub const fn steps(&self) -> u64 {
        self.line().head.steps
    }

    /// When the next event or command is due.
    pub fn next_at(&self) -> Option<Micros> {
        self.line().next_at()
    }

    /// Executes every event up to `t`, each at its own instant. An earlier `t` changes nothing.
    pub fn advance_to(&mut self, t: Micros) {
        if t >= self.now() {
            self.line_mut().execute_to(t);
            self.keep_step();
        }
    }

    /// Goes to any moment: back to the nearest checkpoint and forward again, or simply forward.
    pub fn seek(&mut self, t: Micros) {
        self.line_mut().seek(t);
        self.keep_step();
    }

    /// Gives a command now. In the past this forks: the old future stays as a branch.
    ///
    /// # Errors
    /// Why the command cannot apply; nothing changes then.
    pub fn dispatch(&mut self, command: Command) -> Result<BranchId, Rejected> {
        let now = self.now();
        let mut trial = self.world().clone();
        trial.idle_until(now);
        trial.apply(&command)?;
        if now < self.horizon() {
            let mut line = self.line().rewound(now);
            line.execute_to(now);
            self.fork(line, now);
        }
        self.undone.clear();
        let line = self.line_mut();
        // What the scenario or an earlier life of this branch had still planned is part of the old
        // future.
        line.journal.truncate(line.head.applied as usize);
        line.journal.push(TimedCommand {
            at_us: now,
            command,
        });
        line.execute_to(now);
        self.keep_step();
        Ok(self.branch())
    }

    /// Takes back the last command given at or before now: forks just before it, and goes on
    /// without it to the same instant. Where a branch is without it already, shows that. False
    /// where there is none.
    pub fn undo(&mut self) -> bool {
        let line = self.line();
        let Some(last) = (line.head.applied as usize).checked_sub(1) else {
            return false;
        };
        let now = line.now;
        let Some(at) = line.journal.get(last).map(|timed| timed.at_us) else {
            return false;
        };
        let mut journal = line.journal.clone();
        journal.remove(last);
        let from = self.branch();
        let known = self.left.iter().find(|b| b.line.journal == journal);
        if let Some(id) = known.map(Branch::id) {
            self.switch_to(id);
        } else {
            let mut line = line.rewound_before(at);
            line.journal = journal;
            line.execute_to(now);
            self.fork(line, at);
        }
        self.undone.push((from, self.branch()));
        true
    }

    /// Takes back the last undo: shows the branch it led away from, at the same instant. False
    /// where there is none, or where something else was done since.
    pub fn redo(&mut self) -> bool {
        let can = self.can_redo();
        if can && let Some((from, _)) = self.undone.pop() {
            self.switch_to(from);
        }
        can
    }

    /// True where [`Run::undo`] would do something.
    pub const fn can_undo(&self) -> bool {
        self.line().head.applied > 0
    }

    /// True where [`Run::redo`] would do something.
    pub fn can_redo(&self) -> bool {
        let last = self.undone.last();
        last.is_some_and(|(_, to)| *to == self.branch())
    }

    /// The branches of this run, by number; the current one is among them.
    pub fn branches(&self) -> Vec<&Branch> {
        let mut all: Vec<&Branch> = self.left.iter().collect();
        all.push(&self.current);
        all.sort_by_key(|branch| branch.id());
        all
    }

    /// One branch.
    pub fn find(&self, id: BranchId) -> Option<&Branch> {
        if id == self.branch() {
            return Some(&self.current);
        }
        self.left.iter().find(|branch| branch.id() == id)
    }

    fn find_mut(&mut self, id: BranchId) -> Option<&mut Branch> {
        if id == self.branch() {
            return Some(&mut self.current);
        }
        self.left.iter_mut().find(|branch| branch.id() == id)
    }

    /// The branch being shown.
    pub const fn branch(&self) -> BranchId {
        self.current.id()
    }

    /// Shows another branch, at the same instant. False where there is no such branch.
    pub fn switch_to(&mut self, id: BranchId) -> bool {
        if id == self.branch() {
            return true;
        }
        let Some(place) = self.left.iter().position(|branch| branch.id() == id) else {
            return false;
        };
        let other = self.left.swap_remove(place);
        let now = self.now();
        self.leave(other);
        self.seek(now);
        true
    }

    /// Names a branch; a name of spaces alone takes the name away. False where there is no such
    /// branch.
    pub fn rename(&mut self, id: BranchId, name: &str) -> bool {
        let branch = self.find_mut(id);
        branch.is_some_and(|branch| {
            branch.rename(name);
            true
        })
    }

    /// Deletes a branch that is not shown, the first one too. What left it stays whole, and counts
    /// as having left what the deleted one had left.
    ///
    /// # Errors
    /// Why it stays.
    pub fn delete(&mut self, id: BranchId) -> Result<(), Kept> {
        if id == self.branch() {
            return Err(Kept::Shown);
        }
        let place = self.left.iter().position(|branch| branch.id() == id);
        let gone = self.left.swap_remove(place.ok_or(Kept::Unknown)?);
        for branch in self.left.iter_mut().chain([&mut self.current]) {
            branch.adopt(&gone);
        }
        self.undone
            .retain(|(from, to)| *from != gone.id() && *to != gone.id());
        self.beside = self.beside.filter(|beside| *beside != gone.id());
        Ok(())
    }

    /// Leaves the current branch as it is and goes on in a new one.
    fn fork(&mut self, line: Line, at: Micros) {
        self.forks += 1;
        let id = BranchId(self.forks);
        let branch = Branch::fork(id, (self.branch(), at), line);
        self.leave(branch);
    }

    /// Shows another branch in place of the current one.
    fn leave(&mut self, other: Branch) {
        let shown = core::mem::replace(&mut self.current, other);
        self.left.push(shown);
        if self.beside == Some(self.branch()) {
            self.beside = None;
        }
        let is_beside = |branch: &Branch| self.beside == Some(branch.id());
        if let Some(branch) = self.left.last_mut()
            && !is_beside(branch)
        {
            branch.line.rest();
        }
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "branch_tests.rs"]
mod branch_tests;
