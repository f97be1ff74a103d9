//! What everything else is made of: integer time, chance, digests, small ordered collections,
//! JSON, and texts with their messages.
//!
//! Nothing here knows `ZooKeeper`. There is no clock, no float and no global state.

mod chain;
mod digest;
pub mod json;
mod rng;
mod sorted;
pub mod text;
mod time;

pub use chain::Chain;
pub use digest::{StableHasher, digest_of};
pub use rng::{Ppm, Rng};
pub use sorted::{Map, Set};
pub use time::Micros;
