//! From wall time to run time: play, pause, speeds, and Auto.
//!
//! The frame callback hands in how much wall time passed; nothing here reads a clock. What happens
//! in the run never depends on how the wall time is sliced: only how far the run gets by a given
//! moment. Whoever has a clock may say when a frame's time is up.
//!
//! Auto looks at what is on its way: the faster a message travels, the slower time goes, so that
//! every ballot can be watched on any network, while a silent ensemble passes quickly. The rate is
//! taken anew after every event, inside a frame too, so a heartbeat is never jumped over.

use serde::{Deserialize, Serialize};

use super::Run;
use crate::base::{Micros, Ppm};
use crate::protocol::{Family, ServerState};

/// How fast the run goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Speed {
    /// By what is happening.
    #[default]
    Auto,
    /// A fixed ratio of run time to wall time; 1 000 000 is 1×.
    Fixed(Ppm),
    /// As fast as the machine can.
    Fastest,
}

/// The player: whether it runs, how fast, and the wall time not yet spent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Playback {
    /// True while it plays.
    pub playing: bool,
    /// The speed chosen.
    pub speed: Speed,
    /// Wall time too short for a microsecond of run time, kept for the next frame; in picoseconds.
    carry: u128,
    /// How fast the last frame went, where the machine decides.
    reached: Ppm,
}

/// Asks from time to time whether there is time left.
struct Leash<'a> {
    /// Ask again when so many steps are executed.
    ask_at: u64,
    more: &'a mut dyn FnMut() -> bool,
}

impl Leash<'_> {
    fn is_out(&mut self, run: &Run) -> bool {
        if run.steps() < self.ask_at {
            return false;
        }
        self.ask_at = run.steps() + Playback::BATCH;
        !(self.more)()
    }
}

impl Playback {
    /// The longest wall time one call spends; a page that slept does not catch up.
    pub const LONGEST_FRAME: Micros = Micros::from_ms(250);
    /// The most events one call executes: a slow machine falls behind, it does not hang.
    pub const MOST_EVENTS: u64 = 20_000;
    /// How many events are executed before it is asked whether there is time for more.
    pub const BATCH: u64 = 200;
    /// The slowest speed there is to choose, 1/1000×.
    pub const LEAST: Ppm = Ppm(1_000);
    /// Auto: nothing on its way, everybody settled.
    const IDLE: Ppm = Ppm(2_000_000);
    /// Auto: somebody looks for a leader or joins one, nothing on its way.
    const LOOKING: Ppm = Ppm(200_000);
    /// Auto: how long a ballot or a sync packet takes to cross the stage.
    const WATCHED: Micros = Micros::from_ms(600);
    /// Auto: how long a heartbeat takes to cross the stage.
    const GLANCED: Micros = Micros::from_ms(350);
    /// Auto: how long a step of a transaction, or a client's request, takes to cross the stage.
    const FOLLOWED: Micros = Micros::from_ms(300);
    /// Auto: the slowest it gets.
    const SLOWEST: Ppm = Ppm(200);

    /// Spends `wall` of wall time, executing no more than [`Self::MOST_EVENTS`] or a few beyond;
    /// returns the rate at the end.
    pub fn frame(&mut self, run: &mut Run, wall: Micros) -> Ppm {
        let mut batches = Self::MOST_EVENTS / Self::BATCH;
        self.frame_while(run, wall, &mut || {
            batches = batches.saturating_sub(1);
            batches > 0
        })
    }

    /// Spends `wall` of wall time, or less where `more` says after [`Self::BATCH`] events that the
    /// frame's time is up; returns the rate at the end.
    pub fn frame_while(
        &mut self,
        run: &mut Run,
        wall: Micros,
        more: &mut dyn FnMut() -> bool,
    ) -> Ppm {
        if !self.playing {
            return self.rate(run);
        }
        let mut leash = Leash {
            ask_at: run.steps() + Self::BATCH,
            more,
        };
        let spent = wall.min(Self::LONGEST_FRAME);
        match self.speed {
            Speed::Fixed(rate) => self.fixed(run, (spent, rate), &mut leash),
            Speed::Auto => self.auto(run, spent, &mut leash),
            Speed::Fastest => {
                let from = run.now();
                while let Some(at) = run.next_at()
                    && !leash.is_out(run)
                {
                    run.advance_to(at);
                }
                let gone = run.now().saturating_sub(from);
                self.reached = Ppm(gone.0.saturating_mul(Ppm::ONE.0) / wall.0.max(1));
            }
        }
        self.rate(run)
    }

    /// The present ratio of run time to wall time.
    pub fn rate(&self, run: &Run) -> Ppm {
        match self.speed {
            Speed::Fixed(rate) => rate,
            Speed::Auto => Self::auto_rate(run),
            Speed::Fastest => self.reached,
        }
    }

    fn fixed(&mut self, run: &mut Run, (wall, rate): (Micros, Ppm), leash: &mut Leash<'_>) {
        let budget = Budget::of(wall, self.carry);
        let reach = budget.reach(rate);
        self.carry = budget.less(reach, rate).0;
        let target = run.now() + reach;
        while let Some(at) = run.next_at().filter(|&at| at <= target) {
            if leash.is_out(run) {
                return;
            }
            run.advance_to(at);
        }
        run.advance_to(target);
    }

    /// Goes from event to event, each stretch at the rate that holds in it.
    fn auto(&mut self, run: &mut Run, wall: Micros, leash: &mut Leash<'_>) {
        let mut budget = Budget::of(wall, self.carry);
        while !leash.is_out(run) {
            let rate = Self::auto_rate(run);
            let reach = budget.reach(rate);
            let event = run.next_at().filter(|&at| at <= run.now() + reach);
            let stretch = event.map_or(reach, |at| at.saturating_sub(run.now()));
            budget = budget.less(stretch, rate);
            run.advance_to(run.now() + stretch);
            if event.is_none() {
                break;
            }
        }
        self.carry = budget.0;
    }

    fn auto_rate(run: &Run) -> Ppm {
        let world = run.world();
        let settled = world.servers().all(|server| match server.peer.state {
            ServerState::Looking => server.power != crate::sim::Power::Up,
            ServerState::Leading | ServerState::Following | ServerState::Observing => {
                server.peer.serving
            }
        });
        let ground = if settled { Self::IDLE } else { Self::LOOKING };
        let watched = world
            .frames()
            .filter_map(|frame| {
                let span = frame
                    .arrives_at?
                    .saturating_sub(frame.sent_at)
                    .max(Micros(1));
                let shown = match frame.message.family() {
                    Family::Heartbeat => Self::GLANCED,
                    Family::Handshake => return None,
                    Family::Ballot | Family::Discovery | Family::Sync => Self::WATCHED,
                    Family::Broadcast | Family::Client => Self::FOLLOWED,
                };
                Some(Ppm(span.0 * Ppm::ONE.0 / shown.0))
            })
            .min();
        watched.map_or(ground, |rate| rate.min(ground).max(Self::SLOWEST))
    }
}

/// Wall time still to be spent, in picoseconds: fine enough that 1/1000× loses nothing.
#[derive(Clone, Copy)]
struct Budget(u128);

impl Budget {
    const PICOS: u128 = 1_000_000;

    fn of(wall: Micros, carry: u128) -> Self {
        Self(u128::from(wall.0) * Self::PICOS + carry)
    }

    /// How much run time it buys.
    fn reach(self, rate: Ppm) -> Micros {
        let micros = self.0 * u128::from(rate.0) / (Self::PICOS * u128::from(Ppm::ONE.0));
        Micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// What is left after `run_time` at `rate`.
    fn less(self, run_time: Micros, rate: Ppm) -> Self {
        let unit = Self::PICOS * u128::from(Ppm::ONE.0);
        let cost = u128::from(run_time.0) * unit / u128::from(rate.0.max(1));
        Self(self.0.saturating_sub(cost))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_motion_loses_no_time_to_rounding() {
        let rate = Ppm(1_000);
        let (mut carry, mut reached) = (0, 0);
        for _ in 0..1_000 {
            let budget = Budget::of(Micros(16_700), carry);
            let reach = budget.reach(rate);
            reached += reach.0;
            carry = budget.less(reach, rate).0;
        }
        assert_eq!(reached, 16_700);
    }
}
