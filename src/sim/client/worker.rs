//! An application at work: what it has been told, what it asks next, and when it acts by itself.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::workload::{Pace, Workload};
use crate::base::{Micros, Rng};
use crate::protocol::client::{ClientNote, Member, Outcome, Recipe, Standing};
use crate::protocol::{CreateMode, ErrorCode, Op, SessionId};
use crate::sim::node::ClientId;

/// The state of an application.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Worker {
    id: ClientId,
    phase: Phase,
    /// When it acts next, and the times after that, ascending.
    due: VecDeque<Micros>,
    member: Option<Member>,
    /// How many contents it has written.
    written: u64,
    /// How many of its calls have no outcome.
    outstanding: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Phase {
    /// Waits for its first connection.
    Waiting,
    /// Creates its root.
    Preparing,
    /// Does what it is for.
    Working,
    /// Does nothing more.
    Ended,
}

/// What an application is lent.
pub(crate) struct Desk<'a> {
    pub(crate) now: Micros,
    pub(crate) rng: &'a mut Rng,
    pub(crate) workload: &'a Workload,
    pub(crate) session: SessionId,
    /// What it asks, in order.
    pub(crate) calls: &'a mut Vec<Op>,
}

impl Worker {
    pub(crate) const fn new(id: ClientId) -> Self {
        Self {
            id,
            phase: Phase::Waiting,
            due: VecDeque::new(),
            member: None,
            written: 0,
            outstanding: 0,
        }
    }

    /// When it acts by itself next.
    pub(crate) fn next_at(&self) -> Option<Micros> {
        self.due.front().copied()
    }

    /// Where its recipe stands.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.member.as_ref().map(Member::standing)
    }

    /// It does nothing more.
    pub(crate) fn end(&mut self) {
        self.phase = Phase::Ended;
        self.due.clear();
    }

    /// The session is over, and there will be another one: it begins anew.
    pub(crate) fn begin_anew(&mut self) {
        self.phase = Phase::Waiting;
        self.due.clear();
        self.member = None;
        self.outstanding = 0;
    }

    /// The session is over for good.
    pub(crate) fn expired(&mut self) {
        self.end();
        if let Some(member) = &mut self.member {
            member.expired();
        }
    }

    /// Its client tells it something that is no outcome.
    pub(crate) fn told(&mut self, note: &ClientNote, desk: &mut Desk<'_>) {
        match (note, &mut self.member) {
            (ClientNote::Connected { .. }, _) if self.phase == Phase::Waiting => {
                self.prepare(desk);
            }
            (ClientNote::Watch(change), Some(member)) if self.phase == Phase::Working => {
                let next = member.event(change, desk.session);
                self.ask(next, desk);
            }
            _ => {}
        }
    }

    /// A call of its own has ended.
    pub(crate) fn done(&mut self, outcome: &Outcome, desk: &mut Desk<'_>) {
        self.outstanding = self.outstanding.saturating_sub(1);
        match self.phase {
            Phase::Preparing if *outcome == Outcome::Unknown => self.prepare(desk),
            Phase::Preparing => self.begin(desk),
            Phase::Working => self.go_on(outcome, desk),
            Phase::Waiting | Phase::Ended => {}
        }
    }

    /// Its time has come.
    pub(crate) fn act(&mut self, desk: &mut Desk<'_>) {
        let Some(at) = self.due.pop_front() else {
            return;
        };
        match desk.workload {
            Workload::Idle => {}
            Workload::Mix { pace, .. } => match *pace {
                Pace::Closed { .. } => self.call(desk),
                Pace::Open { every } => {
                    self.due.push_back(at + every);
                    self.call(desk);
                }
                Pace::Bursts { size, every } => {
                    self.due.push_back(at + every);
                    for _ in 0..size {
                        self.call(desk);
                    }
                }
            },
            Workload::Follow { recipe, .. } => self.turn(recipe, desk),
        }
    }

    // Preparing.

    fn prepare(&mut self, desk: &mut Desk<'_>) {
        let root = match desk.workload {
            Workload::Idle => return,
            Workload::Mix { root, .. } => Some(self.root(root.as_ref())),
            Workload::Follow { recipe, .. } => match recipe {
                Recipe::NoHerd { root } | Recipe::Lock { root } => Some(Arc::clone(root)),
                Recipe::Controller { .. } => None,
            },
        };
        self.phase = Phase::Preparing;
        match root {
            Some(path) => self.ask(Some(create(path, Arc::from(""))), desk),
            None => self.begin(desk),
        }
    }

    fn begin(&mut self, desk: &mut Desk<'_>) {
        self.phase = Phase::Working;
        match desk.workload {
            Workload::Idle => {}
            Workload::Mix { pace, .. } => match *pace {
                Pace::Closed { outstanding, .. } => {
                    for _ in 0..outstanding {
                        self.call(desk);
                    }
                }
                Pace::Open { .. } | Pace::Bursts { .. } => self.due.push_back(desk.now),
            },
            Workload::Follow { recipe, .. } => self.enrol(recipe, desk),
        }
    }

    fn root(&self, given: Option<&Arc<str>>) -> Arc<str> {
        match given {
            Some(root) => Arc::clone(root),
            None => Arc::from(format!("/c{}", self.id.0)),
        }
    }

    // A mix.

    fn go_on(&mut self, outcome: &Outcome, desk: &mut Desk<'_>) {
        match desk.workload {
            Workload::Idle => {}
            Workload::Mix { pace, .. } => {
                if let Pace::Closed { think, .. } = pace {
                    // A client that is over answers at once, for ever.
                    let is_over = *outcome == Outcome::Failed(ErrorCode::SessionExpired);
                    if *think > Micros::ZERO || is_over {
                        self.due
                            .push_back(desk.now + (*think).max(Micros::from_ms(1)));
                    } else {
                        self.call(desk);
                    }
                }
            }
            Workload::Follow { hold, .. } => self.followed(outcome, *hold, desk),
        }
    }

    fn call(&mut self, desk: &mut Desk<'_>) {
        let Workload::Mix {
            root,
            write_percent,
            paths,
            ..
        } = desk.workload
        else {
            return;
        };
        if self.outstanding >= Workload::CALLS_MAX {
            return;
        }
        let root = self.root(root.as_ref());
        let number = desk.rng.below(u64::from((*paths).max(1)));
        let path: Arc<str> = Arc::from(format!("{root}/k{number}"));
        let op = if desk.rng.below(100) < u64::from(*write_percent) {
            self.write(path, desk.rng)
        } else {
            let watch = false;
            Op::GetData { path, watch }
        };
        self.ask(Some(op), desk);
    }

    fn write(&mut self, path: Arc<str>, rng: &mut Rng) -> Op {
        let kind = rng.below(6);
        let version = -1;
        if kind == 5 {
            return Op::Delete { path, version };
        }
        self.written += 1;
        let data = Arc::from(format!("{}.{}", self.id.0, self.written));
        if kind < 3 {
            Op::SetData {
                path,
                data,
                version,
            }
        } else {
            create(path, data)
        }
    }

    // A recipe.

    fn enrol(&mut self, recipe: &Recipe, desk: &mut Desk<'_>) {
        let name = Arc::from(format!("client {}", self.id.0));
        let mut member = Member::new(recipe.clone(), name);
        let first = member.start(desk.session);
        self.member = Some(member);
        self.ask(first, desk);
    }

    /// Elected for long enough: it withdraws. Withdrawn: it enrols again.
    fn turn(&mut self, recipe: &Recipe, desk: &mut Desk<'_>) {
        match &mut self.member {
            Some(member) if member.standing() == Standing::Elected => {
                let next = member.stop();
                self.ask(next, desk);
            }
            _ => self.enrol(recipe, desk),
        }
    }

    fn followed(&mut self, outcome: &Outcome, hold: Option<Micros>, desk: &mut Desk<'_>) {
        let Some(member) = &mut self.member else {
            return;
        };
        let next = member.outcome(outcome, desk.session);
        let standing = member.standing();
        self.ask(next, desk);
        if let Some(hold) = hold
            && matches!(standing, Standing::Elected | Standing::Stop)
            && self.outstanding == 0
        {
            self.due.clear();
            self.due.push_back(desk.now + hold);
        }
    }

    fn ask(&mut self, op: Option<Op>, desk: &mut Desk<'_>) {
        if let Some(op) = op {
            self.outstanding += 1;
            desk.calls.push(op);
        }
    }
}

const fn create(path: Arc<str>, data: Arc<str>) -> Op {
    Op::Create {
        path,
        data,
        mode: CreateMode::Persistent,
    }
}
