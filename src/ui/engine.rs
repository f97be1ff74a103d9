//! The run behind the page, and the clock that drives it.
//!
//! The page reads and writes the run only through this, so that one place knows both.

use super::location::{Asked, Rate};
use crate::base::{Micros, Ppm};
use crate::protocol::{PeerStatus, Sid};
use crate::sim::{Command, Power, Rejected, ServerStatus};
use crate::view::texts::Texts;
use crate::view::{Lens, Scene, Snapshot, draw};

/// A run with its player.
#[derive(Debug, Default)]
pub(super) struct Engine {
    now: Micros,
    playing: bool,
}

impl Engine {
    pub(super) fn new(asked: &Asked, plays: bool) -> Self {
        Self {
            now: Micros::ZERO,
            playing: asked.play.unwrap_or(plays),
        }
    }

    /// The instant shown.
    pub(super) const fn now(&self) -> Micros {
        self.now
    }

    /// How far the run has been executed.
    pub(super) const fn horizon(&self) -> Micros {
        self.now
    }

    /// What there is to see now.
    pub(super) fn snapshot(&self) -> Snapshot {
        let server = |sid| ServerStatus {
            sid,
            power: Power::Off,
            power_since: Micros::ZERO,
            peer: PeerStatus::default(),
        };
        let servers = self.sids().into_iter().map(server).collect();
        Snapshot {
            now: self.now,
            servers,
            ..Snapshot::default()
        }
    }

    pub(super) const fn playing(&self) -> bool {
        self.playing
    }

    pub(super) fn play(&mut self, playing: bool) {
        self.playing = playing;
    }

    pub(super) fn frame(&mut self, wall: Micros, _reduced_motion: bool) -> Ppm {
        if self.playing {
            self.now += wall;
        }
        Ppm::ONE
    }

    pub(super) fn step_forward(&mut self) {}

    pub(super) fn step_back(&mut self) {}

    pub(super) fn seek(&mut self, at: Micros) {
        self.now = at;
    }

    pub(super) fn speed(&mut self, _rate: Rate) {}

    pub(super) fn undo(&mut self) -> bool {
        false
    }

    pub(super) fn dispatch(&mut self, _command: Command) -> Result<(), Rejected> {
        Err(Rejected::EmptySide)
    }

    fn power(&self, sid: Sid) -> Option<Power> {
        self.snapshot().server(sid).map(|server| server.power)
    }

    pub(super) fn sids(&self) -> Vec<Sid> {
        (1..=5).map(Sid).collect()
    }

    pub(super) fn has(&self, sid: Sid) -> bool {
        self.sids().contains(&sid)
    }

    pub(super) fn leader(&self) -> Option<Sid> {
        None
    }

    pub(super) fn refusal(&self, _command: &Command) -> Option<Rejected> {
        None
    }

    pub(super) const fn chosen_speed(&self) -> Rate {
        Rate::Auto
    }

    pub(super) fn scene(&self, lens: &Lens, texts: &Texts) -> Scene {
        draw::scene(&self.snapshot(), self.now, lens, texts)
    }

    pub(super) fn is_down(&self, sid: Sid) -> bool {
        matches!(
            self.power(sid),
            Some(Power::Off | Power::Killed | Power::Unplugged)
        )
    }

    pub(super) fn is_paused(&self, sid: Sid) -> bool {
        self.power(sid) == Some(Power::Paused)
    }

    /// Scenario, seed and commands as the lines of a report.
    pub(super) fn report(&self) -> String {
        String::new()
    }
}
