//! What applications do with a session: elect a leader among themselves, take a lock.
//!
//! Each is a value that is told what came of its last call and says what to ask next. Source:
//! `LeaderElectionSupport.java`, `WriteLock.java`; the naive election is Kafka's `/controller`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::border::Outcome;
use super::sequence::SequenceName;
use crate::protocol::ids::SessionId;
use crate::protocol::path;
use crate::protocol::server::{Change, CreateMode, ErrorCode, EventType, Op, OpResult};

/// Which recipe is followed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Recipe {
    /// `LeaderElectionSupport`: everybody watches its predecessor.
    NoHerd {
        /// Where the offers are; it must exist.
        root: Arc<str>,
    },
    /// `WriteLock`: the same, and a creation whose outcome is unknown is looked for by its prefix.
    Lock {
        /// Where the requests are; it must exist.
        root: Arc<str>,
    },
    /// Everybody creates the same znode, and all try again when it goes.
    Controller {
        /// That znode.
        path: Arc<str>,
    },
}

/// A member that follows a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    recipe: Recipe,
    /// Who it is: the content of what it creates.
    name: Arc<str>,
    standing: Standing,
    /// What the next outcome is about; `None` where nothing was asked.
    asked: Option<Asked>,
    /// The znode it created.
    own: Option<Arc<str>>,
    /// The znode it watches.
    watched: Option<Arc<str>>,
    /// An event came while an answer was due.
    is_woken: bool,
}

/// Where a member stands, by what it has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// Has not begun.
    Start,
    /// Makes its offer.
    Offer,
    /// Looks who is first.
    Determine,
    /// Leads, or holds the lock. While disconnected it cannot know that it has lost it.
    Elected,
    /// Waits for its predecessor.
    Ready,
    /// Has withdrawn.
    Stop,
    /// An error ended it; nothing is tried again.
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Asked {
    Create,
    /// The lock's search for a request of its own.
    Search,
    List,
    Watch,
    /// Who holds the controller's znode, after a creation with unknown outcome.
    Holder,
    Delete,
}

impl Member {
    /// A member that has not begun.
    pub const fn new(recipe: Recipe, name: Arc<str>) -> Self {
        Self {
            recipe,
            name,
            standing: Standing::Start,
            asked: None,
            own: None,
            watched: None,
            is_woken: false,
        }
    }

    /// Where it stands.
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// The znode it created.
    pub const fn own(&self) -> Option<&Arc<str>> {
        self.own.as_ref()
    }

    /// The znode whose end it waits for.
    pub const fn watched(&self) -> Option<&Arc<str>> {
        self.watched.as_ref()
    }

    /// Begins: what to ask first.
    pub fn start(&mut self, session: SessionId) -> Option<Op> {
        self.standing = Standing::Offer;
        match &self.recipe {
            Recipe::Lock { .. } => self.list(Asked::Search),
            Recipe::NoHerd { .. } | Recipe::Controller { .. } => Some(self.create(session)),
        }
    }

    /// Withdraws: what to ask for that.
    pub fn stop(&mut self) -> Option<Op> {
        self.standing = Standing::Stop;
        let path = self.own.clone()?;
        self.asked = Some(Asked::Delete);
        let version = -1;
        Some(Op::Delete { path, version })
    }

    /// The session is over: what it created is gone, or will be.
    pub fn expired(&mut self) {
        self.standing = Standing::Failed;
        (self.own, self.watched, self.asked) = (None, None, None);
    }

    /// A watch has fired: what to ask next.
    pub fn event(&mut self, change: &Change, session: SessionId) -> Option<Op> {
        let is_own = self.own.as_ref() == Some(&change.path);
        if change.event != EventType::NodeDeleted || is_own {
            return None;
        }
        if !matches!(self.standing, Standing::Ready | Standing::Determine) {
            return None;
        }
        self.watched = None;
        if self.asked.is_some() {
            self.is_woken = true;
            return None;
        }
        self.look_again(session)
    }

    /// The last call has ended: what to ask next.
    pub fn outcome(&mut self, outcome: &Outcome, session: SessionId) -> Option<Op> {
        let asked = self.asked.take()?;
        if self.standing == Standing::Stop {
            return None;
        }
        let next = match outcome {
            Outcome::Acknowledged { result, .. } => self.answered(asked, result, session),
            Outcome::Failed(code) => self.refused(asked, *code, session),
            Outcome::Unknown => self.unknown(asked, session),
        };
        if next.is_none() && core::mem::take(&mut self.is_woken) {
            return self.look_again(session);
        }
        next
    }

    fn answered(&mut self, asked: Asked, result: &OpResult, session: SessionId) -> Option<Op> {
        match (asked, result) {
            (Asked::Create, OpResult::Created(path)) => {
                self.own = Some(Arc::clone(path));
                self.standing = Standing::Determine;
                match self.recipe {
                    Recipe::Controller { .. } => self.elected(),
                    Recipe::NoHerd { .. } | Recipe::Lock { .. } => self.list(Asked::List),
                }
            }
            (Asked::Search, OpResult::Children(names, _)) => self.search(names, session),
            (Asked::List, OpResult::Children(names, _)) => self.determine(names, session),
            (Asked::Watch, OpResult::Exists(_)) => {
                self.standing = Standing::Ready;
                None
            }
            (Asked::Holder, OpResult::Exists(stat)) if stat.ephemeral_owner == session => {
                self.own = self.controller();
                self.elected()
            }
            (Asked::Holder, OpResult::Exists(_)) => {
                self.watched = self.controller();
                self.standing = Standing::Ready;
                None
            }
            _ => self.failed(),
        }
    }

    fn refused(&mut self, asked: Asked, code: ErrorCode, session: SessionId) -> Option<Op> {
        match (asked, code) {
            // The predecessor went before it could be watched.
            (Asked::Watch | Asked::Holder, ErrorCode::NoNode) => {
                self.watched = None;
                self.is_woken = false;
                self.look_again(session)
            }
            (Asked::Create, ErrorCode::NodeExists) => match self.controller() {
                Some(path) => Some(self.watch(path)),
                None => self.failed(),
            },
            _ => self.failed(),
        }
    }

    /// The known gap: an offer may have been made, and nobody knows; only the lock searches.
    fn unknown(&mut self, asked: Asked, session: SessionId) -> Option<Op> {
        match (&self.recipe, asked) {
            (Recipe::Lock { .. }, Asked::Create | Asked::Search) => self.list(Asked::Search),
            (Recipe::Lock { .. }, Asked::List | Asked::Watch) => self.look_again(session),
            (Recipe::Controller { path }, Asked::Create | Asked::Watch | Asked::Holder) => {
                let path = Arc::clone(path);
                Some(self.exists(path, Asked::Holder))
            }
            _ => self.failed(),
        }
    }

    fn look_again(&mut self, session: SessionId) -> Option<Op> {
        match self.recipe {
            Recipe::Controller { .. } => Some(self.create(session)),
            Recipe::NoHerd { .. } | Recipe::Lock { .. } => {
                self.standing = Standing::Determine;
                self.list(Asked::List)
            }
        }
    }

    /// First of all: elected. Otherwise the next smaller one is watched, and nobody else.
    fn determine(&mut self, names: &[Arc<str>], session: SessionId) -> Option<Op> {
        let root = self.root()?;
        let mut offers: Vec<(Place<'_>, &str)> = Vec::with_capacity(names.len());
        for name in names {
            offers.push((Place::of(&self.recipe, name), name));
        }
        offers.sort_unstable();
        let own = self.own.as_ref().and_then(|own| path::split(own))?.1;
        let Some(mine) = offers.iter().position(|(_, name)| *name == own) else {
            // The lock asks again; in an election an offer that is gone is an error.
            return match self.recipe {
                Recipe::Lock { .. } => Some(self.create(session)),
                Recipe::NoHerd { .. } | Recipe::Controller { .. } => self.failed(),
            };
        };
        match mine.checked_sub(1).and_then(|before| offers.get(before)) {
            None => self.elected(),
            Some((_, before)) => {
                let path = Arc::from(path::child(&root, before));
                Some(self.watch(path))
            }
        }
    }

    fn search(&mut self, names: &[Arc<str>], session: SessionId) -> Option<Op> {
        let prefix = lock_prefix(session);
        let root = self.root()?;
        match names.iter().find(|name| name.starts_with(&prefix)) {
            Some(name) => {
                self.own = Some(Arc::from(path::child(&root, name)));
                self.standing = Standing::Determine;
                self.list(Asked::List)
            }
            None => Some(self.create(session)),
        }
    }

    fn create(&mut self, session: SessionId) -> Op {
        self.standing = Standing::Offer;
        self.asked = Some(Asked::Create);
        let (path, mode) = match &self.recipe {
            Recipe::NoHerd { root } => (path::child(root, "n_"), CreateMode::EphemeralSequential),
            Recipe::Lock { root } => (
                path::child(root, &lock_prefix(session)),
                CreateMode::EphemeralSequential,
            ),
            Recipe::Controller { path } => (String::from(&**path), CreateMode::Ephemeral),
        };
        Op::Create {
            path: Arc::from(path),
            data: Arc::clone(&self.name),
            mode,
        }
    }

    fn list(&mut self, asked: Asked) -> Option<Op> {
        let path = self.root()?;
        self.asked = Some(asked);
        let watch = false;
        Some(Op::GetChildren { path, watch })
    }

    fn watch(&mut self, path: Arc<str>) -> Op {
        self.watched = Some(Arc::clone(&path));
        self.standing = Standing::Determine;
        self.exists(path, Asked::Watch)
    }

    fn exists(&mut self, path: Arc<str>, asked: Asked) -> Op {
        self.asked = Some(asked);
        let watch = true;
        Op::Exists { path, watch }
    }

    const fn elected(&mut self) -> Option<Op> {
        self.standing = Standing::Elected;
        None
    }

    const fn failed(&mut self) -> Option<Op> {
        self.standing = Standing::Failed;
        None
    }

    fn root(&self) -> Option<Arc<str>> {
        match &self.recipe {
            Recipe::NoHerd { root } | Recipe::Lock { root } => Some(Arc::clone(root)),
            Recipe::Controller { .. } => None,
        }
    }

    fn controller(&self) -> Option<Arc<str>> {
        match &self.recipe {
            Recipe::Controller { path } => Some(Arc::clone(path)),
            Recipe::NoHerd { .. } | Recipe::Lock { .. } => None,
        }
    }
}

/// What offers are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    /// The number after `n_`.
    Offer(Option<i32>),
    /// The lock's order.
    Request(SequenceName<'a>),
}

impl<'a> Place<'a> {
    fn of(recipe: &Recipe, name: &'a str) -> Self {
        match recipe {
            Recipe::Lock { .. } => Self::Request(SequenceName::of(name)),
            Recipe::NoHerd { .. } | Recipe::Controller { .. } => {
                let number = name.strip_prefix("n_").and_then(|n| n.parse().ok());
                Self::Offer(number)
            }
        }
    }
}

/// What a session's requests for the lock begin with. Source: `WriteLock.java`.
fn lock_prefix(session: SessionId) -> String {
    format!("x-{}-", session.0)
}

#[cfg(test)]
#[path = "recipe_tests.rs"]
mod tests;
