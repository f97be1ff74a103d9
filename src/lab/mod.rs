//! Many runs at once: what holds over seeds, not in one story.
//!
//! Knows worlds and promises; knows nothing of a screen or a terminal.
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

mod clients;
pub mod swarm;

use crate::base::Rng;

fn one_of<T: Copy>(among: &[T], rng: &mut Rng) -> T {
    let index = usize::try_from(rng.below(among.len() as u64)).unwrap_or(0);
    #[expect(clippy::indexing_slicing, reason = "drawn below the length")]
    among[index]
}
