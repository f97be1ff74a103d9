//! Chance: a seeded, value-stable generator of integers, and children forked from it by label.
//!
//! Every source of chance in a world is a fork of the world's seed, so that a new draw in one place
//! does not reshuffle the rest. Probabilities are parts per million, never floats.

use core::hash::{Hash, Hasher};

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Lcg64Xsh32;
use serde::{Deserialize, Serialize};

use super::{Micros, digest_of};

/// A probability or a ratio in parts per million; 1 000 000 is certain, or 1×.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Ppm(pub u64);

impl Ppm {
    /// Certain; 1×.
    pub const ONE: Self = Self(1_000_000);
}

/// A value-stable generator (PCG XSH-RR 64/32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rng(Lcg64Xsh32);

impl Rng {
    /// The generator of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Lcg64Xsh32::seed_from_u64(seed))
    }

    /// A child generator that depends on this one's present state and on `label` alone.
    /// Forking does not advance the parent.
    #[must_use]
    pub fn fork<L: Hash + ?Sized>(&self, label: &L) -> Self {
        let mut copy = self.clone();
        Self::new(digest_of(&(copy.0.next_u64(), digest_of(label))))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number in `low..=high`; `low` when `high` is smaller.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// A span in `low..=high`.
    pub fn span(&mut self, low: Micros, high: Micros) -> Micros {
        Micros(self.between(low.0, high.0))
    }

    /// True with probability `chance`.
    pub fn chance(&mut self, chance: Ppm) -> bool {
        self.below(Ppm::ONE.0) < chance.0
    }
}

impl Hash for Rng {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.clone().next_u64().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_pinned() {
        let mut rng = Rng::new(42);
        let drawn: Vec<u64> = (0..4).map(|_| rng.below(1_000)).collect();
        let mut again = Rng::new(42);
        assert_eq!(
            drawn,
            (0..4).map(|_| again.below(1_000)).collect::<Vec<_>>()
        );
        expect_test::expect!["[779, 983, 646, 325]"].assert_eq(&format!("{drawn:?}"));
    }

    #[test]
    fn forks_differ_by_label_and_leave_the_parent_alone() {
        let parent = Rng::new(1);
        let (mut a, mut b, mut c) = (parent.fork("a"), parent.fork("b"), parent.fork("a"));
        let first = a.next_u64();
        assert_ne!(first, b.next_u64());
        assert_eq!(first, c.next_u64());
        assert_eq!(parent, Rng::new(1));
    }

    #[test]
    fn ranges_are_inclusive_and_chance_is_fair_enough() {
        let mut rng = Rng::new(7);
        let mut seen = [0_u32; 3];
        for _ in 0..3_000 {
            let value = usize::try_from(rng.between(5, 7) - 5).expect("small");
            seen[value] += 1;
        }
        assert!(seen.iter().all(|&n| n > 850), "{seen:?}");
        let hits = (0..10_000).filter(|_| rng.chance(Ppm(250_000))).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert_eq!(rng.below(0), 0);
        assert!(!rng.chance(Ppm(0)) && rng.chance(Ppm::ONE));
    }
}
