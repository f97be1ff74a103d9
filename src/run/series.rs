//! How much went on, over time: messages by family and clients served, in buckets of equal length.
//!
//! What is kept is the sum of everything up to each bucket's end, so that a bucket is a difference,
//! two buckets become one by forgetting the end between them, and a past is cut off exactly. Where
//! there are too many buckets, their length doubles.

use crate::base::Micros;
use crate::protocol::Family;
use crate::protocol::client::{ClientNote, ClientState};
use crate::sim::{Cause, Power, Step, World};

/// Everything up to an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages that arrived or were lost, by [`Family::index`].
    pub messages: [u64; Family::COUNT],
    /// For each client the time it was connected, microseconds, summed up.
    pub served_us: u64,
    /// For each client the time it wanted to be, microseconds, summed up.
    pub wanted_us: u64,
}

impl Totals {
    /// What is in the one but not in the other, which is earlier.
    fn since(&self, earlier: &Self) -> Self {
        let mut messages = self.messages;
        for (count, before) in messages.iter_mut().zip(earlier.messages) {
            *count = count.saturating_sub(before);
        }
        Self {
            messages,
            served_us: self.served_us.saturating_sub(earlier.served_us),
            wanted_us: self.wanted_us.saturating_sub(earlier.wanted_us),
        }
    }

    /// All messages.
    pub fn all_messages(&self) -> u64 {
        self.messages.iter().sum()
    }

    /// Of a thousand units of time clients wanted to be connected, how many they were; `None` where
    /// nobody wanted to.
    pub fn served_per_mille(&self) -> Option<u64> {
        (self.served_us * 1_000).checked_div(self.wanted_us)
    }
}

/// A stretch of time with what went on in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its beginning.
    pub from: Micros,
    /// Its end.
    pub to: Micros,
    /// What went on.
    pub sums: Totals,
}

/// What went on in a branch up to its horizon.
#[derive(Clone, Debug)]
pub struct Series {
    /// How long a bucket is.
    width: Micros,
    /// The sums up to each bucket's end, in order.
    ends: Vec<Totals>,
    /// The sums up to `at`.
    sums: Totals,
    at: Micros,
    /// How many clients are connected, and how many want to be.
    now: (u64, u64),
}

impl Default for Series {
    fn default() -> Self {
        Self {
            width: Self::WIDTH,
            ends: Vec::new(),
            sums: Totals::default(),
            at: Micros::ZERO,
            now: (0, 0),
        }
    }
}

impl Series {
    /// The length of a bucket to begin with.
    const WIDTH: Micros = Micros::from_ms(250);
    /// The most buckets.
    pub const BOUND: usize = 512;

    /// The buckets, oldest first; the last one ends at the horizon.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let open = (self.at > self.start_of(self.ends.len())).then_some((self.at, self.sums));
        let ends = self.ends.iter().enumerate();
        let whole = ends.map(|(n, sums)| (self.start_of(n + 1), *sums));
        let mut before = (Micros::ZERO, Totals::default());
        whole.chain(open).map(move |end| {
            let (from, earlier) = core::mem::replace(&mut before, end);
            Bucket {
                from,
                to: end.0,
                sums: end.1.since(&earlier),
            }
        })
    }

    /// How long every bucket but the last is.
    pub const fn width(&self) -> Micros {
        self.width
    }

    /// How many clients are connected at the horizon, and how many want to be.
    pub const fn served(&self) -> (u64, u64) {
        self.now
    }

    /// Everything up to the horizon.
    pub const fn totals(&self) -> Totals {
        self.sums
    }

    const fn start_of(&self, bucket: usize) -> Micros {
        Micros(self.width.0 * bucket as u64)
    }

    pub(super) fn take(&mut self, step: &Step, world: &World) {
        self.until(step.at);
        if let Cause::Delivered { frame } | Cause::Lost { frame } = &step.cause
            && let Some(count) = self.sums.messages.get_mut(frame.message.family().index())
        {
            *count += 1;
        }
        if may_change_who_is_served(step) {
            self.now = served(world);
        }
    }

    /// Time passes.
    pub(super) fn until(&mut self, t: Micros) {
        while t >= self.start_of(self.ends.len() + 1) {
            self.pass(self.start_of(self.ends.len() + 1));
            self.ends.push(self.sums);
            if self.ends.len() >= Self::BOUND {
                let mut n = 0_u32;
                self.ends.retain(|_| {
                    n += 1;
                    n.is_multiple_of(2)
                });
                self.width = self.width + self.width;
            }
        }
        self.pass(t);
    }

    fn pass(&mut self, t: Micros) {
        let span = t.saturating_sub(self.at).0;
        self.sums.served_us += self.now.0 * span;
        self.sums.wanted_us += self.now.1 * span;
        self.at = self.at.max(t);
    }

    /// What had gone on by `at`, where the sums were these.
    pub(super) fn rewound(&self, at: Micros, sums: Totals, world: &World) -> Self {
        let whole = usize::try_from(at.0 / self.width.0).unwrap_or(usize::MAX);
        let whole = whole.min(self.ends.len());
        Self {
            width: self.width,
            ends: self.ends.get(..whole).unwrap_or_default().to_vec(),
            sums,
            at,
            now: served(world),
        }
    }
}

/// True for what may connect or end a client.
fn may_change_who_is_served(step: &Step) -> bool {
    let is_told = |note: &ClientNote| {
        !matches!(
            note,
            ClientNote::Called { .. } | ClientNote::Done { .. } | ClientNote::Watch(_)
        )
    };
    matches!(step.cause, Cause::Commanded { .. } | Cause::ClientStarted)
        || step.told.iter().any(is_told)
}

/// How many clients are connected, and how many want to be.
fn served(world: &World) -> (u64, u64) {
    let mut count = (0, 0);
    for client in world.clients() {
        let is_over = client.state == ClientState::Closed
            || matches!(client.power, Power::Killed | Power::Off);
        count.0 += u64::from(!is_over && client.state == ClientState::Connected);
        count.1 += u64::from(!is_over);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(until_ms: u64) -> Series {
        let mut series = Series::default();
        for ms in (0..=until_ms).step_by(10) {
            series.until(Micros::from_ms(ms));
            series.now = (1 + ms / 1_000 % 2, 2);
            series.sums.messages[Family::Ballot.index()] += 1;
        }
        series
    }

    #[test]
    fn buckets_hold_what_went_on_and_add_up() {
        let series = filled(1_900);
        let buckets: Vec<Bucket> = series.buckets().collect();
        assert_eq!(buckets.len(), 8);
        assert_eq!(buckets[0].sums.all_messages(), 25);
        assert_eq!(buckets[0].sums.served_per_mille(), Some(500));
        assert_eq!(buckets[5].sums.served_per_mille(), Some(1_000));
        let all: u64 = buckets.iter().map(|b| b.sums.all_messages()).sum();
        assert_eq!(all, series.totals().all_messages());
        assert_eq!(buckets[7].to, Micros::from_ms(1_900));
    }

    #[test]
    fn a_day_has_no_more_buckets_than_a_minute_may_have_and_loses_nothing() {
        let series = filled(86_400_000);
        assert!(series.buckets().count() <= Series::BOUND);
        let buckets: Vec<Bucket> = series.buckets().collect();
        let all: u64 = buckets.iter().map(|b| b.sums.all_messages()).sum();
        assert_eq!(all, 8_640_001);
        let gapless = buckets.windows(2).all(|pair| pair[0].to == pair[1].from);
        assert!(gapless && buckets[0].from == Micros::ZERO);
    }
}
