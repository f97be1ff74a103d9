//! One future of a run: its journal, executed, with everything needed to go anywhere in it.
//!
//! Two things move: the *head*, the world at the instant shown, and the *witness* at the horizon,
//! which has watched every step once. Where the head executes again what was executed before,
//! nobody watches: that is why going back is cheap.

use std::hash::{Hash, Hasher};

use super::history::{Checkpoint, Track};
use super::tape::Tape;
use super::witness::{Audit, Witness, is_visible};
use crate::base::{Micros, StableHasher};
use crate::sim::{Step, TimedCommand, World};

/// Everything execution changes; a checkpoint is a copy of it.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) world: World,
    /// Folded over every step: two runs with equal streams did the same things in the same order.
    pub(super) stream: u64,
    /// Steps executed.
    pub(super) steps: u64,
    /// Commands of the journal applied.
    pub(super) applied: u32,
}

impl Head {
    pub(super) const fn new(world: World) -> Self {
        Self {
            world,
            stream: 0,
            steps: 0,
            applied: 0,
        }
    }

    /// When the next event or command is due, for somebody who has reached `now`.
    pub(super) fn next_at(&self, journal: &[TimedCommand], now: Micros) -> Option<Micros> {
        let pending = journal.get(self.applied as usize);
        let command = pending.map(|timed| timed.at_us.max(now));
        match (self.world.next_at(), command) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Executes the one event or command that is due at `at`; `None` for a command that has become
    /// senseless in this future and is passed over.
    pub(super) fn execute(&mut self, journal: &[TimedCommand], at: Micros) -> Option<Step> {
        let step = if self.world.next_at().is_some_and(|event| event <= at) {
            self.world.step()
        } else {
            let timed = journal.get(self.applied as usize)?;
            self.applied += 1;
            self.world.idle_until(at);
            self.world.apply(&timed.command).ok()
        }?;
        let mut hasher = StableHasher::new();
        (self.stream, &step).hash(&mut hasher);
        self.stream = hasher.finish();
        self.steps += 1;
        Some(step)
    }
}

/// One future.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) journal: Vec<TimedCommand>,
    /// The instant shown: `world.now ≤ now < world.next_at`.
    pub(super) now: Micros,
    /// How far it has ever been executed.
    pub(super) horizon: Micros,
    pub(super) head: Head,
    /// What was seen up to the horizon.
    pub(super) witness: Witness,
    pub(super) checkpoints: Track<()>,
    /// Fewer, with what only who has watched from the beginning knows.
    audits: Track<Audit>,
    /// Grows with every step that somebody can see, new or executed again.
    pub(super) seen: u64,
    /// Everything that happens, while somebody wants to see it.
    pub(super) tape: Option<Tape>,
}

impl Line {
    /// How many steps lie between two checkpoints to begin with: executed again within half a
    /// frame in a browser. Tests have them so close that short runs have many.
    const STRIDE: u64 = if cfg!(test) { 64 } else { 4_096 };
    /// The most checkpoints.
    pub(super) const BOUND: usize = if cfg!(test) { 64 } else { 1_024 };
    /// The most checkpoints of a branch that is not looked at.
    const AT_REST: usize = Self::BOUND / 8;
    /// The same of those from which watching can begin again: acting in the past takes that long.
    const AUDIT_STRIDE: u64 = Self::STRIDE * 16;
    const AUDIT_BOUND: usize = Self::BOUND / 16;

    pub(super) fn new(world: World, journal: Vec<TimedCommand>) -> Self {
        let head = Head::new(world);
        let at = Micros::ZERO;
        let first = |head: &Head| Checkpoint {
            at,
            head: head.clone(),
            with: (),
        };
        let witness = Witness::new();
        let audit = Checkpoint {
            at,
            head: head.clone(),
            with: witness.audit(),
        };
        let mut line = Self {
            checkpoints: Track::new(first(&head), Self::STRIDE, Self::BOUND),
            audits: Track::new(audit, Self::AUDIT_STRIDE, Self::AUDIT_BOUND),
            journal,
            now: at,
            horizon: at,
            head,
            witness,
            seen: 0,
            tape: None,
        };
        line.execute_to(Micros::ZERO);
        line
    }

    pub(super) fn next_at(&self) -> Option<Micros> {
        self.head.next_at(&self.journal, self.now)
    }

    /// The only place where anything happens.
    pub(super) fn execute_to(&mut self, t: Micros) {
        while let Some(at) = self.next_at().filter(|&at| at <= t) {
            self.keep_checkpoint(at);
            if let Some(step) = self.head.execute(&self.journal, at) {
                self.seen += u64::from(is_visible(&step));
                self.witness.watch(&step, &self.head.world);
                if let Some(tape) = &mut self.tape {
                    tape.take(&step, &self.head.world);
                }
            }
        }
        self.now = t.max(self.now);
        self.horizon = self.horizon.max(self.now);
        self.witness.until(self.horizon);
    }

    fn keep_checkpoint(&mut self, next: Micros) {
        // Only instants all of whose events are executed may be returned to.
        let at = self.head.world.now().max(self.now);
        if next <= at || !self.checkpoints.lacks(self.head.steps) {
            return;
        }
        self.head.world.share();
        let head = self.head.clone();
        if self.audits.lacks(head.steps) && self.witness.steps() == head.steps {
            self.audits.keep(Checkpoint {
                at,
                head: head.clone(),
                with: self.witness.audit(),
            });
        }
        self.checkpoints.keep(Checkpoint { at, head, with: () });
    }

    /// Goes to any moment: back to the nearest checkpoint and forward again, or simply forward.
    pub(super) fn seek(&mut self, t: Micros) {
        let checkpoint = self.checkpoints.at_or_before(t);
        if t < self.now || checkpoint.at > self.now {
            self.now = checkpoint.at;
            self.head = checkpoint.head.clone();
        }
        self.execute_to(t);
    }

    /// The same future up to just before `t` or somewhat earlier; nothing beyond is known to it.
    pub(super) fn rewound_before(&self, t: Micros) -> Self {
        let from = self.audits.at_or_before(Micros(t.0.saturating_sub(1)));
        self.rewound_to(from, t)
    }

    /// The same future up to `t` or somewhat earlier.
    pub(super) fn rewound(&self, t: Micros) -> Self {
        self.rewound_to(self.audits.at_or_before(t), t + Micros(1))
    }

    fn rewound_to(&self, from: &Checkpoint<Audit>, before: Micros) -> Self {
        let last = Micros(before.0.saturating_sub(1));
        let mut line = Self {
            journal: self.journal.clone(),
            now: from.at,
            horizon: from.at,
            head: from.head.clone(),
            witness: self.witness.rewound(from.at, &from.head, &from.with),
            checkpoints: self.checkpoints.clone(),
            audits: self.audits.clone(),
            seen: self.seen,
            tape: None,
        };
        line.checkpoints.truncate_after(last);
        line.audits.truncate_after(last);
        line
    }

    /// Nobody looks at it for the time being.
    pub(super) fn rest(&mut self) {
        self.checkpoints.rest(Self::AT_REST);
        let checkpoint = self.checkpoints.at_or_before(self.now);
        self.now = checkpoint.at;
        self.head = checkpoint.head.clone();
    }
}
