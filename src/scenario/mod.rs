//! What a run is started from: an ensemble, its surroundings, and what happens to it when.
//!
//! A scenario is a value with a versioned JSON form; together with a seed it replays byte for byte.
//! Below it is the simulated world, which knows nothing of files and formats. Not `ZooKeeper`'s:
//! only `zoo_cfg` is.

mod clients;
mod cluster;
mod disk;
mod document;
mod json;
pub mod zoo_cfg;

pub use disk::Disk;
pub use document::{Scenario, ScenarioError, Start};
pub use json::{KINDS, write_commands};
pub use zoo_cfg::ZooCfg;
