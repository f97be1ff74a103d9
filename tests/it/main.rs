//! The one native test binary.

mod conformance;
mod determinism;
mod golden;
mod source_rules;
mod swarm;
mod tidy;
