//! Scenarios: what a run is started from.
//!
//! ```json
//! { "version": 1, "name": "Three", "zooCfg": "tickTime=2000\n…", "network": "lan",
//!   "starts": [{ "sid": 1, "atMs": 0 }], "seed": 0, "commands": [] }
//! ```
//!
//! Everything but `version` and `zooCfg` may be left out; what is not known is refused, not
//! ignored. `docs/scenario.md` shows all of it.

use core::fmt;

use super::zoo_cfg::Diagnostics;
use super::{Disk, ZooCfg};
use crate::base::Micros;
use crate::base::json::Problem;
use crate::protocol::Sid;
use crate::sim::{ClientSpec, Clock, Profile, TimedCommand};

/// What a run is started from. Valid by construction, apart from what only the world can judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What people call it; may be empty.
    pub name: String,
    /// The ensemble.
    pub zoo_cfg: ZooCfg,
    /// How long things take.
    pub network: Profile,
    /// When which process is started; at 0 where not given.
    pub starts: Vec<Start>,
    /// What the disks hold at the beginning; nothing where not given.
    pub disks: Vec<Disk>,
    /// The seed of a run that is given no other.
    pub seed: u64,
    /// How far it runs where nobody watches, in milliseconds of the run.
    pub horizon_ms: Option<u64>,
    /// The clocks that differ from the world's.
    pub clocks: Vec<(Sid, Clock)>,
    /// The clients, numbered from 0.
    pub clients: Vec<ClientSpec>,
    /// What happens to the ensemble, in the order of time.
    pub commands: Vec<TimedCommand>,
}

/// The start of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Start {
    /// The server.
    pub sid: Sid,
    /// When, in milliseconds of the run.
    pub at_ms: u64,
}

/// Why a text is no scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScenarioError {
    /// Not JSON, not of this form, or something in it that cannot be.
    Json(Problem),
    /// The configuration in it is wrong; places are those within `zooCfg`.
    ZooCfg(Diagnostics),
}

impl From<Problem> for ScenarioError {
    fn from(problem: Problem) -> Self {
        Self::Json(problem)
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(problem) => write!(f, "{problem}"),
            Self::ZooCfg(found) => write!(f, "zooCfg: {found}"),
        }
    }
}

impl core::error::Error for ScenarioError {}

impl Scenario {
    /// `zoo_cfg` on a LAN, everything started at once, and nothing happens to it.
    pub const fn of(zoo_cfg: ZooCfg) -> Self {
        Self {
            name: String::new(),
            zoo_cfg,
            network: Profile::Lan,
            starts: Vec::new(),
            disks: Vec::new(),
            seed: 0,
            horizon_ms: None,
            clocks: Vec::new(),
            clients: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// When the process of `sid` is started.
    pub fn start_of(&self, sid: Sid) -> Micros {
        let start = self.starts.iter().find(|start| start.sid == sid);
        start.map_or(Micros::ZERO, |start| Micros::from_ms(start.at_ms))
    }
}
