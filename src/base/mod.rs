//! Time, chance, digests and small ordered collections: the integers everything else is made of.
//!
//! Nothing here knows `ZooKeeper`. There is no clock, no float and no global state.

mod digest;
mod rng;
mod sorted;
mod time;

pub use digest::{StableHasher, digest_of};
pub use rng::{Ppm, Rng};
pub use sorted::{Map, Set};
pub use time::Micros;
