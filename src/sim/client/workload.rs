//! What a client's application does: nothing, a mix of reads and writes, or a recipe.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::Micros;
use crate::protocol::client::Recipe;

/// What an application does all day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Workload {
    /// Nothing: it has a session and keeps it.
    #[default]
    Idle,
    /// Reads and writes on a few znodes below a root, which it creates where it is missing. Writes
    /// are setData, create and delete, three to two to one; every content is written only once.
    Mix {
        /// The root; `/c` and the client's number where it is not given.
        root: Option<Arc<str>>,
        /// How many of a hundred calls are writes.
        write_percent: u32,
        /// How many znodes there may be below the root.
        paths: u32,
        /// When it calls.
        pace: Pace,
    },
    /// A recipe; the root is created where it is missing.
    Follow {
        /// Which.
        recipe: Recipe,
        /// How long a lock is held until it is released and asked for again; for ever where not
        /// given. Means nothing to elections.
        hold: Option<Micros>,
    },
}

/// When an application calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pace {
    /// So many calls at a time, each followed by another one after a pause.
    Closed {
        /// The pause.
        think: Micros,
        /// How many calls at a time.
        outstanding: u32,
    },
    /// One call after another in even intervals, answered or not.
    Open {
        /// The interval.
        every: Micros,
    },
    /// Many at once, then a pause.
    Bursts {
        /// How many.
        size: u32,
        /// From one burst to the next.
        every: Micros,
    },
}

impl Workload {
    /// How many calls of an application may be without an answer; it makes no more then.
    pub const CALLS_MAX: u32 = 256;

    /// The recipe it follows, where it follows one.
    pub const fn recipe(&self) -> Option<&Recipe> {
        match self {
            Self::Idle | Self::Mix { .. } => None,
            Self::Follow { recipe, .. } => Some(recipe),
        }
    }
}
