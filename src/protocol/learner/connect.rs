//! How long a learner goes on dialling its leader: the retry budget, as a pure machine.
//!
//! Knows neither sockets nor timers: it is told when an attempt failed and says what to do next.
//! Source: `Learner.java, LeaderConnector.connectToLeader`.

use serde::{Deserialize, Serialize};

use crate::base::Micros;
use crate::protocol::config::{PeerConfig, bounded};

/// Attempts in all; a constant of the real thing.
pub const MAX_ATTEMPTS: u32 = 5;

/// The dialling of one address of the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Connector {
    started_at: Micros,
    budget: Micros,
    pause: Micros,
    attempts: u32,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Dial, and give that attempt this long.
    Dial(Micros),
    /// Wait this long, then ask [`Connector::dial`].
    Pause(Micros),
    /// Stop dialling.
    GiveUp,
}

impl Connector {
    /// Dialling that starts at `now` under `config`'s limits.
    pub const fn new(config: &PeerConfig, now: Micros) -> Self {
        Self {
            started_at: now,
            budget: config.connect_budget(),
            pause: bounded(config.leader_connect_delay_ms),
            attempts: 0,
        }
    }

    /// Attempts begun so far.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Begins an attempt: it may last as long as the budget does.
    ///
    /// Gives up where the pause before it outlasted the budget, as a frozen process sees it.
    pub const fn dial(&mut self, now: Micros) -> Next {
        let remaining = self.remaining(now);
        if remaining.0 == 0 {
            return Next::GiveUp;
        }
        self.attempts += 1;
        Next::Dial(remaining)
    }

    /// The attempt begun last failed.
    ///
    /// QUIRK(no-last-pause): where no more than one pause remains of the budget, it is not waited
    /// for; a tiny budget ends early.
    pub const fn failed(&self, now: Micros) -> Next {
        if self.remaining(now).0 <= self.pause.0 || self.attempts >= MAX_ATTEMPTS {
            Next::GiveUp
        } else {
            Next::Pause(self.pause)
        }
    }

    const fn remaining(&self, now: Micros) -> Micros {
        self.budget
            .saturating_sub(now.saturating_sub(self.started_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Ensemble, Sid};

    const MS: fn(u64) -> Micros = Micros::from_ms;

    fn config(tick_ms: u64, init_limit: u64) -> PeerConfig {
        PeerConfig {
            tick_time_ms: tick_ms,
            init_limit,
            ..PeerConfig::sample(Sid(1), Ensemble::plain(3, 0))
        }
    }

    #[test]
    fn five_refusals_cost_four_pauses() {
        let mut connector = Connector::new(&config(2_000, 5), MS(7));
        let mut now = MS(7);
        while let Next::Dial(_) = connector.dial(now) {
            if let Next::Pause(pause) = connector.failed(now) {
                now += pause;
            } else {
                break;
            }
        }
        assert_eq!((connector.attempts(), now), (5, MS(407)));
    }

    #[test]
    fn an_attempt_may_last_as_long_as_the_budget() {
        let mut connector = Connector::new(&config(2_000, 5), MS(0));
        assert_eq!(connector.dial(MS(0)), Next::Dial(MS(10_000)));
        assert_eq!(connector.failed(MS(4_000)), Next::Pause(MS(100)));
        assert_eq!(connector.dial(MS(4_100)), Next::Dial(MS(5_900)));
    }

    #[test]
    fn the_last_pause_is_not_waited_for() {
        let mut connector = Connector::new(&config(1_000, 1), MS(0));
        connector.dial(MS(0));
        assert_eq!(connector.failed(MS(899)), Next::Pause(MS(100)));
        assert_eq!(connector.failed(MS(900)), Next::GiveUp);
    }

    #[test]
    fn the_master_limit_takes_the_place_of_init_limit() {
        let limits = PeerConfig {
            connect_to_learner_master_limit: 3,
            ..config(2_000, 5)
        };
        assert_eq!(
            Connector::new(&limits, MS(0)).dial(MS(0)),
            Next::Dial(MS(6_000))
        );
    }

    #[test]
    fn a_pause_that_outlasts_the_budget_ends_the_dialling_without_an_attempt() {
        let mut connector = Connector::new(&config(2_000, 1), MS(0));
        connector.dial(MS(0));
        assert_eq!(connector.dial(MS(2_000)), Next::GiveUp);
        assert_eq!(connector.attempts(), 1);
    }
}
