//! Many runs at once: what holds over seeds, not in one story.
//!
//! Knows worlds and promises; knows nothing of a screen or a terminal.
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

pub mod swarm;
