//! What a run is started from: configuration texts and scenarios.
//!
//! Below it is the simulated world, which knows nothing of files and formats.

pub mod zoo_cfg;

pub use zoo_cfg::ZooCfg;
