//! Simulated time: whole microseconds since the world began.
//!
//! Not a clock: nobody here can ask what time it is.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// An instant of the simulated world, or a span of it, in microseconds.
///
/// Arithmetic is checked: overflow is a bug and stops the run on every target alike.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// The beginning of the world; the empty span.
    pub const ZERO: Self = Self(0);

    /// `ms` milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms * 1_000)
    }

    /// Whole milliseconds, rounded down.
    pub const fn as_ms(self) -> u64 {
        self.0 / 1_000
    }

    /// `self - other`, or zero where `other` is later.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Micros {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Micros {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Display for Micros {
    /// Seconds with millisecond precision: `14.742 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s", self.0 / 1_000_000, self.as_ms() % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_seconds_with_milliseconds() {
        assert_eq!(Micros(14_742_999).to_string(), "14.742 s");
        assert_eq!(Micros::from_ms(5).to_string(), "0.005 s");
    }

    #[test]
    fn subtraction_can_saturate() {
        assert_eq!(Micros(3).saturating_sub(Micros(5)), Micros::ZERO);
        assert_eq!(Micros(5).saturating_sub(Micros(3)), Micros(2));
    }
}
