//! The one native test binary.

mod conformance;
mod determinism;
mod elections;
mod golden;
mod hostile;
mod played;
mod recordings;
mod scenario_docs;
mod scenes;
mod source_rules;
mod swarm;
mod tidy;
