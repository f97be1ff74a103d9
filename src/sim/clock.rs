//! A server's own clock: the world's time, shifted and running fast or slow.
//!
//! Only differences matter to the protocol; an offset shows in what a peer states, a drift in how
//! long its deadlines last.

use serde::{Deserialize, Serialize};

use crate::base::Micros;

/// How a server's clock differs from the world's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Clock {
    /// How far it is ahead at the world's beginning, µs; negative is behind, but it never reads
    /// below 0.
    pub offset_us: i64,
    /// How much faster than the world it runs, parts per million, within
    /// ±[`Clock::MAX_DRIFT_PPM`].
    pub drift_ppm: i64,
}

impl Clock {
    /// Half as fast, or half as fast again; beyond, values are taken as this one.
    pub const MAX_DRIFT_PPM: i64 = 500_000;

    const MILLION: i128 = 1_000_000;

    fn rate(self) -> i128 {
        let drift = self
            .drift_ppm
            .clamp(-Self::MAX_DRIFT_PPM, Self::MAX_DRIFT_PPM);
        Self::MILLION + i128::from(drift)
    }

    /// What this clock shows at an instant of the world.
    pub fn read(self, world: Micros) -> Micros {
        if self == Self::default() {
            return world;
        }
        let ran = i128::from(world.0) * self.rate() / Self::MILLION;
        clamp(ran + i128::from(self.offset_us))
    }

    /// The clock that shows the same now and runs at another rate from now on.
    #[must_use]
    pub fn from_now_on(self, now: Micros, drift_ppm: i64) -> Self {
        let mut next = Self {
            offset_us: 0,
            drift_ppm: drift_ppm.clamp(-Self::MAX_DRIFT_PPM, Self::MAX_DRIFT_PPM),
        };
        let shown = i128::from(now.0) * self.rate() / Self::MILLION + i128::from(self.offset_us);
        let offset = shown - i128::from(now.0) * next.rate() / Self::MILLION;
        next.offset_us = i64::try_from(offset).unwrap_or(self.offset_us);
        next
    }

    /// How long this clock runs while `span` of the world's time passes, rounded down.
    pub fn own_span(self, span: Micros) -> Micros {
        clamp(i128::from(span.0) * self.rate() / Self::MILLION)
    }

    /// How much of the world's time passes while this clock runs `span`, rounded up.
    pub fn world_span(self, span: Micros) -> Micros {
        if self.drift_ppm == 0 {
            return span;
        }
        let rate = self.rate();
        clamp((i128::from(span.0) * Self::MILLION + rate - 1) / rate)
    }
}

fn clamp(value: i128) -> Micros {
    Micros(u64::try_from(value.max(0)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_true_clock_shows_the_worlds_time() {
        let clock = Clock::default();
        assert_eq!(clock.read(Micros(1_234)), Micros(1_234));
        assert_eq!(clock.world_span(Micros(1_234)), Micros(1_234));
    }

    #[test]
    fn a_fast_clock_shortens_deadlines_and_a_slow_one_lengthens_them() {
        let fast = Clock {
            offset_us: 0,
            drift_ppm: 250_000,
        };
        assert_eq!(fast.read(Micros(1_000_000)), Micros(1_250_000));
        assert_eq!(fast.world_span(Micros(1_000_000)), Micros(800_000));
        let slow = Clock {
            offset_us: 0,
            drift_ppm: -200_000,
        };
        assert_eq!(slow.read(Micros(1_000_000)), Micros(800_000));
        assert_eq!(slow.world_span(Micros(1_000_000)), Micros(1_250_000));
    }

    #[test]
    fn a_clock_that_changes_its_rate_does_not_jump() {
        let clock = Clock {
            offset_us: 7_000,
            drift_ppm: 100,
        };
        let now = Micros(5_000_000);
        let slow = clock.from_now_on(now, -500_000);
        assert_eq!(slow.read(now), clock.read(now));
        let later = slow.read(Micros(7_000_000)).0 - slow.read(now).0;
        assert_eq!(later, 1_000_000);
        assert_eq!(slow.own_span(Micros(2_000_000)), Micros(1_000_000));
        assert_eq!(
            clock.from_now_on(now, i64::MAX).drift_ppm,
            Clock::MAX_DRIFT_PPM
        );
    }

    #[test]
    fn a_clock_never_reads_below_zero_and_absurd_drifts_are_limited() {
        let clock = Clock {
            offset_us: -5_000,
            drift_ppm: 0,
        };
        assert_eq!(clock.read(Micros(4_000)), Micros::ZERO);
        assert_eq!(clock.read(Micros(6_000)), Micros(1_000));
        let absurd = Clock {
            offset_us: 0,
            drift_ppm: i64::MIN,
        };
        assert_eq!(absurd.read(Micros(1_000)), Micros(500));
        assert_eq!(absurd.world_span(Micros(500)), Micros(1_000));
    }
}
