//! The one native test binary.

mod conformance;
mod determinism;
mod elections;
mod golden;
mod played;
mod recordings;
mod scenes;
mod source_rules;
mod swarm;
mod tidy;
