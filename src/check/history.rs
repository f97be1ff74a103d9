//! What a run has agreed on: every transaction that a serving server has applied, in one order.
//!
//! Not a check: the record that several of them read. A leader makes it longer, by what it holds
//! when it begins to serve and by what it commits; a learner is compared with it. The engine never
//! sees it.

use std::sync::Arc;

use super::seen::Servers;
use crate::base::Map;
use crate::protocol::{Database, Durable, Epoch, Note, ServerState, Sid, Txn, ZabState, Zxid};
use crate::sim::{Power, ServerStatus, Step};

/// How many transactions lie together; copies of a history share all but the last part.
const CHUNK: usize = 256;

/// The agreed transactions, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    chunks: Vec<Arc<Vec<Arc<Txn>>>>,
    /// What is not above it lies in snapshots and is not compared; `None` before anybody served.
    base: Option<Zxid>,
    /// Up to where each serving server was compared.
    reached: Map<Sid, Zxid>,
}

/// What one step changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// How the step's server began to serve, if it did.
    pub began: Option<Began>,
    /// What the step's server applied; for a leader that began, what was agreed on thereby.
    pub applied: Vec<Arc<Txn>>,
    /// How many of these, the last ones, became agreed thereby. A leader that was deposed unawares
    /// commits what is agreed already.
    pub fresh: usize,
    /// Where its history and the agreed one part.
    pub parting: Option<Parting>,
}

/// As what a server began to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Began {
    /// What it holds is committed from now on.
    Leader,
    /// What it holds must have been committed.
    Learner,
}

/// How a server's history differs from the agreed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// It has another transaction under this zxid.
    Differs(Zxid),
    /// It has a later one but not this one.
    Lacks(Zxid),
    /// It has this one, which nobody agreed on.
    Stray(Zxid),
    /// It leads, and its history ends before this one.
    Short(Zxid),
}

impl News {
    /// The transactions that became agreed at this step.
    pub fn agreed(&self) -> &[Arc<Txn>] {
        let known = self.applied.len().saturating_sub(self.fresh);
        self.applied.get(known..).unwrap_or_default()
    }
}

impl Parting {
    /// Where.
    pub const fn zxid(self) -> Zxid {
        match self {
            Self::Differs(zxid) | Self::Lacks(zxid) | Self::Stray(zxid) | Self::Short(zxid) => zxid,
        }
    }
}

impl History {
    /// What is not above it is not known; `None` before anybody served.
    pub const fn base(&self) -> Option<Zxid> {
        self.base
    }

    /// True for a zxid that an agreed transaction would be known by.
    pub fn covers(&self, zxid: Zxid) -> bool {
        self.base.is_some_and(|base| zxid > base)
    }

    /// The newest agreed transaction.
    pub fn last(&self) -> Option<&Arc<Txn>> {
        self.chunks.last()?.last()
    }

    /// The agreed transaction `zxid`.
    pub fn find(&self, zxid: Zxid) -> Option<&Arc<Txn>> {
        let at = self.after(zxid).checked_sub(1)?;
        self.get(at).filter(|txn| txn.zxid == zxid)
    }

    /// How many agreed transactions lie between two.
    pub fn between(&self, one: Zxid, other: Zxid) -> usize {
        let below = self.after(Zxid(other.0.wrapping_sub(1)));
        below.saturating_sub(self.after(one))
    }

    /// Whether a server may hold `txn`: agreed, too old to be known, or too new to be decided.
    pub fn allows(&self, txn: &Arc<Txn>) -> bool {
        let is_outside = |base| txn.zxid <= base || self.last().is_none_or(|l| l.zxid < txn.zxid);
        self.base.is_none_or(is_outside)
            || self.find(txn.zxid).is_some_and(|agreed| same(agreed, txn))
    }

    /// Whether a server in `epoch` may hold `txn`: as above, or not decided when a later epoch
    /// began elsewhere.
    pub fn allows_in(&self, epoch: Epoch, txn: &Arc<Txn>) -> bool {
        let next = Zxid::make(Epoch(epoch.0.saturating_add(1)), 0);
        let last = self.after(next).checked_sub(1).and_then(|at| self.get(at));
        let is_tail = txn.zxid.epoch() == epoch && last.is_none_or(|last| last.zxid < txn.zxid);
        is_tail || self.allows(txn)
    }

    /// True where both have processed the same part of what was agreed on.
    pub fn is_same_place(&self, one: &Database, other: &Database) -> bool {
        let place = |database: &Database| self.after(database.last_processed());
        let is_known = |database: &Database| {
            let base = self.base.unwrap_or_default();
            database.last_processed() >= base
        };
        is_known(one) && is_known(other) && place(one) == place(other)
    }

    /// Looks at one step of a server.
    pub(super) fn take(
        &mut self,
        step: &Step,
        server: Option<&ServerStatus>,
        servers: &dyn Servers,
    ) -> News {
        let mut news = News::default();
        let server = server.filter(|server| server.power != Power::Paused);
        let Some(server) = server else { return news };
        let serves = server.power == Power::Up && server.peer.zab == ZabState::Broadcast;
        let database = servers.database(server.sid).filter(|_| serves);
        let Some(database) = database else {
            self.reached.remove(&server.sid);
            return news;
        };
        let notes = &step.notes;
        let began = notes.iter().find_map(|note| {
            let Note::Serving { epoch, .. } = note else {
                return None;
            };
            Some(*epoch)
        });
        if let Some(epoch) = began {
            if server.peer.state == ServerState::Leading {
                news.began = Some(Began::Leader);
                let held = servers.durable(server.sid).map(Durable::last_zxid);
                self.begin_leader(database, held.unwrap_or_default(), &mut news);
                // What later epochs agreed on while it was slow to begin is not its to have.
                news.parting = news.parting.filter(|parting| match parting {
                    Parting::Short(zxid) | Parting::Lacks(zxid) => zxid.epoch() < epoch,
                    Parting::Differs(_) | Parting::Stray(_) => true,
                });
            } else {
                news.began = Some(Began::Learner);
                self.begin_learner(database, &mut news);
            }
        } else if notes
            .iter()
            .any(|note| matches!(note, Note::Applied { .. }))
        {
            let reached = self.reached.get(&server.sid).copied().unwrap_or_default();
            let committed = database.committed();
            let oldest = committed.min().unwrap_or_default();
            // More at once than it remembers: a leader's disk worked again.
            let disk = servers.durable(server.sid).filter(|_| reached < oldest);
            let earlier = disk.into_iter().flat_map(|disk| disk.log.txns().rev());
            let earlier = earlier.skip_while(|txn| txn.zxid >= oldest);
            let newest = committed.txns().rev().chain(earlier);
            news.applied
                .extend(newest.take_while(|txn| txn.zxid > reached).cloned());
            news.applied.reverse();
            let mut at = self.after(reached);
            let before = self.len();
            for txn in &news.applied {
                if !self.step_over(txn, &mut at, server.peer.state, &mut news.parting) {
                    break;
                }
            }
            news.fresh = self.len().saturating_sub(before);
        }
        let reached = database.committed().max().unwrap_or_default();
        self.reached
            .insert(server.sid, reached.max(database.last_processed()));
        news
    }

    /// A leader serves: all it holds, up to `held`, is committed.
    fn begin_leader(&mut self, database: &Database, held: Zxid, news: &mut News) {
        let known = database.committed();
        let first = known.min().unwrap_or_else(|| Zxid(held.0.wrapping_add(1)));
        // What lies between what is agreed and what is known of it is in its snapshot.
        let end = self.last().map(|txn| txn.zxid).or(self.base);
        if end.is_none_or(|end| end < first) && !self.joins(first) {
            self.chunks.clear();
            self.base = Some(Zxid(first.0.wrapping_sub(1)));
        }
        let mut at = self.after(Zxid(first.0.wrapping_sub(1)));
        for txn in known.txns() {
            let length = at;
            let extends = self.get(length).is_none();
            if !self.step_over(txn, &mut at, ServerState::Leading, &mut news.parting) {
                return;
            }
            if extends && at > length {
                news.applied.push(Arc::clone(txn));
            }
        }
        news.fresh = news.applied.len();
        let missing = self.get(at.max(self.after(held))).map(|txn| txn.zxid);
        news.parting = missing.map(Parting::Short);
    }

    /// True where `first` follows the last agreed transaction directly.
    fn joins(&self, first: Zxid) -> bool {
        let last = self.last().map_or(self.base, |txn| Some(txn.zxid));
        last.is_some_and(|last| first.0 == last.0.wrapping_add(1))
    }

    /// A learner serves: it must hold a prefix.
    fn begin_learner(&self, database: &Database, news: &mut News) {
        let known = database.committed();
        let last = database.last_processed();
        let mut at = self.after(Zxid(known.min().unwrap_or(last).0.wrapping_sub(1)));
        for txn in known.txns() {
            if !self.compare(txn, &mut at, &mut news.parting) {
                return;
            }
        }
        let is_place = last.is_new_epoch()
            || self.base.is_none_or(|base| last <= base)
            || self.find(last).is_some();
        if !is_place {
            news.parting = Some(Parting::Stray(last));
        }
    }

    /// As [`Self::compare`]; at the end, what a leader has is agreed from now on.
    fn step_over(
        &mut self,
        txn: &Arc<Txn>,
        at: &mut usize,
        state: ServerState,
        parting: &mut Option<Parting>,
    ) -> bool {
        if state == ServerState::Leading
            && self.get(*at).is_none()
            && self.base.is_none_or(|base| txn.zxid > base)
        {
            self.push(txn);
            *at += 1;
            return true;
        }
        self.compare(txn, at, parting)
    }

    /// Compares a server's transaction with the agreed one at `at`, and goes on to the next.
    fn compare(&self, txn: &Arc<Txn>, at: &mut usize, parting: &mut Option<Parting>) -> bool {
        if self.base.is_none_or(|base| txn.zxid <= base) {
            return true;
        }
        *parting = match self.get(*at) {
            Some(agreed) if agreed.zxid == txn.zxid => {
                *at += 1;
                (!same(agreed, txn)).then_some(Parting::Differs(txn.zxid))
            }
            Some(agreed) if agreed.zxid < txn.zxid => Some(Parting::Lacks(agreed.zxid)),
            Some(_) | None => Some(Parting::Stray(txn.zxid)),
        };
        parting.is_none()
    }

    fn get(&self, at: usize) -> Option<&Arc<Txn>> {
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)
    }

    /// How many agreed transactions are not above `zxid`.
    fn after(&self, zxid: Zxid) -> usize {
        let is_whole = |chunk: &Arc<Vec<Arc<Txn>>>| {
            let last = chunk.last();
            last.is_some_and(|txn| txn.zxid <= zxid)
        };
        let whole = self.chunks.partition_point(is_whole);
        let rest = self
            .chunks
            .get(whole)
            .map_or(0, |chunk| chunk.partition_point(|txn| txn.zxid <= zxid));
        match self.chunks.get(whole) {
            Some(_) => whole * CHUNK + rest,
            None => self.len(),
        }
    }

    fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, |chunk| chunk.len());
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }

    fn push(&mut self, txn: &Arc<Txn>) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(Arc::clone(txn)),
            _ => self.chunks.push(Arc::new(vec![Arc::clone(txn)])),
        }
    }
}

fn same(one: &Arc<Txn>, other: &Arc<Txn>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
