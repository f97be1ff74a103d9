//! The futures of a run: what is left behind stays, has a number, and may have a name.

use super::bands::Band;
use super::line::Line;
use super::overview::{Pin, pins};
use super::series::Series;
use crate::base::Micros;
use crate::check::Violation;
use crate::sim::TimedCommand;

/// A branch's number: the how-manieth future of this run. Never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

/// A future of this run.
#[derive(Clone, Debug)]
pub struct Branch {
    id: BranchId,
    name: Option<String>,
    forked_at: Micros,
    parent: Option<BranchId>,
    pub(super) line: Line,
}

impl Branch {
    /// How many characters a name may have.
    pub const NAME_MAX: usize = 40;

    /// The first branch.
    pub(super) const fn main(line: Line) -> Self {
        Self {
            id: BranchId(0),
            name: None,
            forked_at: Micros::ZERO,
            parent: None,
            line,
        }
    }

    /// A branch that leaves `parent` at `forked_at`.
    pub(super) const fn fork(
        id: BranchId,
        (parent, forked_at): (BranchId, Micros),
        line: Line,
    ) -> Self {
        Self {
            id,
            name: None,
            forked_at,
            parent: Some(parent),
            line,
        }
    }

    /// Its number.
    pub const fn id(&self) -> BranchId {
        self.id
    }

    /// What the reader calls it.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Names it; a name of spaces alone is none, and one that is too long is cut.
    pub(super) fn rename(&mut self, name: &str) {
        let name: String = name.trim().chars().take(Self::NAME_MAX).collect();
        self.name = (!name.is_empty()).then_some(name);
    }

    /// The branch it left; `None` for the first. Where that was deleted, the one it had left.
    pub const fn parent(&self) -> Option<BranchId> {
        self.parent
    }

    /// When it left its parent.
    pub const fn forked_at(&self) -> Micros {
        self.forked_at
    }

    /// The branch `gone`, which had left another one, is deleted.
    pub(super) fn adopt(&mut self, gone: &Self) {
        if self.parent == Some(gone.id) {
            self.parent = gone.parent;
            self.forked_at = self.forked_at.min(gone.forked_at);
        }
    }

    /// Its commands, in order, those still to come included.
    pub fn commands(&self) -> &[TimedCommand] {
        &self.line.journal
    }

    /// How far it was executed.
    pub const fn horizon(&self) -> Micros {
        self.line.horizon
    }

    /// Who led when, up to its horizon.
    pub fn bands(&self) -> &[Band] {
        self.line.witness.bands.all()
    }

    /// What went on when, up to its horizon.
    pub const fn series(&self) -> &Series {
        &self.line.witness.series
    }

    /// What the reader did and which promises were broken, up to its horizon.
    pub fn pins(&self) -> Vec<Pin<'_>> {
        pins(self)
    }

    /// Promises broken up to its horizon.
    pub fn violations(&self) -> &[Violation] {
        self.line.witness.violations(self.line.horizon)
    }
}
