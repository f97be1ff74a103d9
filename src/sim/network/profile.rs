//! How long things take: one table of quantiles per kind of delay, three sets of them.
//!
//! Integers only. A table lists points of the distribution, each as (per mille that are at most,
//! µs), ascending, from 0 to 1000; between two points values are spread evenly. To calibrate,
//! edit a line.

use serde::{Deserialize, Serialize};

use crate::base::{Micros, Rng};

/// A distribution of delays: points (per mille, µs), the first at 0, the last at 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(&'static [(u32, u32)]);

impl Table {
    /// Draws a delay.
    pub fn draw(&self, rng: &mut Rng) -> Micros {
        // Two halves of one number: where among 1000, and how far between two of them.
        let drawn = rng.below(1_000 << 16);
        let mut low = (0, 0);
        for &(permille, micros) in self.0 {
            let point = (u64::from(permille) << 16, u64::from(micros));
            if drawn < point.0 {
                let rise = point.1.saturating_sub(low.1);
                return Micros(low.1 + rise * (drawn - low.0) / (point.0 - low.0));
            }
            low = point;
        }
        Micros(low.1)
    }

    /// The delay that half of the draws do not exceed.
    pub fn median(&self) -> Micros {
        let mut low = (0, 0);
        for &(permille, micros) in self.0 {
            let point = (u64::from(permille), u64::from(micros));
            if point.0 > 500 {
                let rise = point.1.saturating_sub(low.1);
                return Micros(low.1 + rise * (500 - low.0) / (point.0 - low.0));
            }
            low = point;
        }
        Micros(low.1)
    }
}

/// The delays of one environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    /// One way over the wire, per frame.
    pub link: Table,
    /// From the kernel to the thread that acts on it, per frame.
    pub wake: Table,
    /// From a connection's end reaching the kernel to the process knowing it, per connection.
    pub detect: Table,
    /// The same where the process is a client.
    pub client_detect: Table,
    /// From a process's death to its sockets being closed, one draw for all of them.
    pub teardown: Table,
    /// From SIGTERM to the process's end.
    pub halt: Table,
    /// From starting a process to it being ready (a JVM).
    pub boot: Table,
    /// From a write to its being durable.
    pub fsync: Table,
    /// How late a deadline is acted on.
    pub timer: Table,
    /// Between two things a process works off after it was stopped.
    pub work: Table,
}

/// Recorded from one server's send to the other's act: 2 to 7 ms on a busy machine.
const WAKE: Table = Table(&[
    (0, 800),
    (500, 3_000),
    (900, 5_500),
    (990, 9_000),
    (1_000, 15_000),
]);
/// Spread so that of three servers one in ten dies unseen by a slower survivor (a second mode at
/// +200 ms), and of five about one election in a hundred goes to a lower id.
const DETECT: Table = Table(&[(0, 2_000), (900, 8_500), (985, 12_000), (1_000, 26_000)]);
/// Recorded from `kill -9` of a server to what 96 clients' applications were told, Java's less the
/// 100 ms it sleeps first, kazoo's and Java's together, less the tear-down: clients had no raised
/// priority on that machine, servers had.
const CLIENT_DETECT: Table = Table(&[
    (0, 1_000),
    (100, 4_000),
    (300, 16_000),
    (500, 31_000),
    (700, 58_000),
    (900, 92_000),
    (950, 120_000),
    (1_000, 200_000),
]);
const TEARDOWN: Table = Table(&[(0, 6_000), (500, 8_500), (900, 12_000), (1_000, 14_500)]);
/// Recorded: 335 to 523 ms from SIGTERM to the first survivor's LOOKING, less the tear-down and
/// detection that `kill -9` has as well.
const HALT: Table = Table(&[
    (0, 321_000),
    (100, 326_000),
    (500, 352_000),
    (900, 497_000),
    (1_000, 510_000),
]);
const BOOT: Table = Table(&[
    (0, 400_000),
    (500, 560_000),
    (900, 720_000),
    (1_000, 900_000),
]);
const FSYNC: Table = Table(&[(0, 400), (500, 1_200), (900, 4_000), (1_000, 15_000)]);
const TIMER: Table = Table(&[(0, 100), (500, 700), (900, 2_000), (1_000, 6_000)]);
const WORK: Table = Table(&[(0, 20), (500, 50), (1_000, 120)]);

/// Everything on one machine.
const LOOPBACK: Tables = Tables {
    link: Table(&[(0, 15), (500, 30), (900, 60), (1_000, 200)]),
    wake: WAKE,
    detect: DETECT,
    client_detect: CLIENT_DETECT,
    teardown: TEARDOWN,
    halt: HALT,
    boot: BOOT,
    fsync: FSYNC,
    timer: TIMER,
    work: WORK,
};

/// One data centre.
const LAN: Tables = Tables {
    link: Table(&[(0, 200), (500, 350), (900, 550), (1_000, 800)]),
    ..LOOPBACK
};

/// Data centres on different continents.
const CROSS_REGION: Tables = Tables {
    link: Table(&[(0, 38_000), (500, 41_000), (900, 46_000), (1_000, 60_000)]),
    ..LOOPBACK
};

/// A named set of delays.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Profile {
    /// Everything on one machine: about 30 µs one way.
    Loopback,
    /// One data centre: 0.2 to 0.8 ms one way.
    #[default]
    Lan,
    /// Different continents: about 41 ms one way.
    CrossRegion,
}

impl Profile {
    /// All of them, nearest first.
    pub const ALL: [Self; 3] = [Self::Loopback, Self::Lan, Self::CrossRegion];

    /// Its name, as files have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Lan => "lan",
            Self::CrossRegion => "crossRegion",
        }
    }

    /// Its delays.
    pub const fn tables(self) -> &'static Tables {
        match self {
            Self::Loopback => &LOOPBACK,
            Self::Lan => &LAN,
            Self::CrossRegion => &CROSS_REGION,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_table() -> impl Iterator<Item = Table> {
        Profile::ALL.into_iter().flat_map(|profile| {
            let t = profile.tables();
            [
                t.link,
                t.wake,
                t.detect,
                t.client_detect,
                t.teardown,
                t.halt,
                t.boot,
                t.fsync,
                t.timer,
                t.work,
            ]
        })
    }

    #[test]
    fn every_table_rises_from_0_to_1000_per_mille() {
        for table in every_table() {
            assert_eq!(table.0.first().expect("has points").0, 0, "{table:?}");
            assert_eq!(table.0.last().expect("has points").0, 1_000, "{table:?}");
            for pair in table.0.windows(2) {
                assert!(pair[0].0 < pair[1].0, "{table:?}");
                assert!(pair[0].1 <= pair[1].1, "{table:?}");
            }
        }
    }

    #[test]
    fn draws_follow_the_table() {
        let table = Table(&[(0, 100), (500, 200), (1_000, 1_000)]);
        let mut rng = Rng::new(5);
        let mut drawn: Vec<u64> = (0..10_000).map(|_| table.draw(&mut rng).0).collect();
        drawn.sort_unstable();
        assert!(drawn[0] >= 100 && drawn[9_999] < 1_000);
        assert!((185..230).contains(&drawn[5_000]), "{}", drawn[5_000]);
        assert!((560..640).contains(&drawn[7_500]), "{}", drawn[7_500]);
        assert_eq!(table.median(), Micros(200));
    }

    #[test]
    fn names_are_what_json_says() {
        for profile in Profile::ALL {
            let text = serde_json::to_string(&profile).expect("serialises");
            assert_eq!(text, format!("\"{}\"", profile.name()));
        }
    }
}
