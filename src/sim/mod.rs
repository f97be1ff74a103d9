//! Where it happens: the world that owns time, chance, wires, disks and processes.
//!
//! Faults live here, never in the protocol: a killed process is a dropped `Peer` whose `Durable`
//! stays.
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

pub mod command;
pub mod fault;
pub mod step;

pub use command::{Command, Rejected, TimedCommand};
pub use fault::{ActiveFault, Direction, Fault, FaultId};
pub use step::{Cause, Flight, Power, ServerStatus, Step};
