//! What of the diagram is looked at, and the answer to the last "why?".

use crate::base::{Micros, Set};
use crate::sim::Node;
use crate::trace::Chain;
use crate::ui::store::Store;
use crate::view::scene::Point;
use crate::view::snapshot::seconds;
use crate::view::spacetime::{LEFT, SpaceLens, Spacetime};

/// What the middle of the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ui) enum View {
    /// The ring.
    #[default]
    Stage,
    /// Lanes over time.
    Space,
}

/// Which way the diagram is zoomed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Zoom {
    Closer,
    Farther,
}

/// What a reader does to the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum SpaceAct {
    /// Zooms; the instant stays where it is, or the moment shown does.
    Zoom(Zoom, Option<Micros>),
    /// Lets the window go with the moment shown.
    Follow,
    /// Draws heartbeats, or no longer.
    Heartbeats,
    /// Hides a lane.
    Hide(Node),
    /// Shows all lanes again.
    ShowAll,
    /// Chooses what was decided at a step, by number.
    Choose(Option<u64>),
}

/// The answer to a "why?".
#[derive(Clone, Debug)]
pub(in crate::ui) struct Answer {
    /// The chain of reasons.
    pub(in crate::ui) chain: Chain,
    /// The moment it was asked at.
    pub(in crate::ui) at: Micros,
}

/// The diagram as the reader has arranged it.
#[derive(Debug)]
pub(in crate::ui) struct Space {
    /// How much time is shown.
    span: Micros,
    /// The left end; `None` where the window goes with the moment shown.
    pub(in crate::ui) from: Option<Micros>,
    pub(in crate::ui) hidden: Vec<Node>,
    pub(in crate::ui) heartbeats: bool,
    /// The step chosen, by number.
    pub(in crate::ui) chosen: Option<u64>,
    /// Where a pointer went down, and where it is.
    pub(in crate::ui) grip: Option<(Point, Point)>,
    /// Grows when the window is dragged.
    pub(in crate::ui) moved: u32,
    /// What was painted last; pointers are held against it.
    pub(in crate::ui) drawn: Spacetime,
    pub(in crate::ui) answer: Option<Answer>,
}

impl Default for Space {
    fn default() -> Self {
        Self {
            span: Micros::from_ms(1_200),
            from: None,
            hidden: Vec::new(),
            heartbeats: false,
            chosen: None,
            grip: None,
            moved: 0,
            drawn: Spacetime::default(),
            answer: None,
        }
    }
}

impl Space {
    /// The least and the most time shown.
    const SPANS: (Micros, Micros) = (Micros(2_000), Micros(120_000_000));

    /// Where the moment shown stands while the window goes with it, in hundredths of the width.
    const NOW_AT: u64 = 88;

    fn window(&self, now: Micros) -> (Micros, Micros) {
        let following = now.saturating_sub(Micros(self.span.0 / 100 * Self::NOW_AT));
        let from = self.from.unwrap_or(following);
        (from, from + self.span)
    }

    /// The part looked at.
    pub(in crate::ui) fn lens(&self, store: &Store) -> SpaceLens {
        let now = store.engine.now();
        let (from, until) = self.window(now);
        let mut lanes = store.engine.nodes();
        lanes.retain(|node| !self.hidden.contains(node));
        let lit = self.answer.as_ref().filter(|_| self.chosen.is_none());
        SpaceLens {
            size: store.size,
            from,
            until,
            now,
            lanes,
            heartbeats: self.heartbeats,
            chosen: self.chosen,
            lit: lit.map(|answer| answer.chain.frames.iter().copied().collect::<Set<u64>>()),
        }
    }

    /// When what is chosen happened, where it is in the window.
    pub(in crate::ui) fn chosen_at(&self) -> Option<Micros> {
        let spots = &self.drawn.spots;
        let spot = spots.iter().find(|spot| Some(spot.seq) == self.chosen)?;
        Some(spot.at)
    }

    /// Drags the window by so many px.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a drag of less than a window; the cast saturates"
    )]
    pub(in crate::ui) fn pan(&mut self, px: f64, now: Micros) {
        let width = (self.width() - LEFT).max(1.0);
        let by = (seconds(self.span) * px / width * 1_000_000.0) as i64;
        let (from, _) = self.window(now);
        self.from = Some(Micros(from.0.saturating_add_signed(by)));
        self.moved = self.moved.wrapping_add(1);
    }

    fn width(&self) -> f64 {
        let spots = self.drawn.size.w;
        if spots > 0.0 { spots } else { 900.0 }
    }

    fn zoom(&mut self, zoom: Zoom, about: Option<Micros>, now: Micros) {
        let (from, _) = self.window(now);
        let (least, most) = Self::SPANS;
        let next = match zoom {
            Zoom::Closer => Micros(self.span.0 / 8 * 5),
            Zoom::Farther => Micros(self.span.0 / 5 * 8),
        };
        let next = next.clamp(least, most);
        if let Some(about) = about.filter(|_| self.from.is_some() || about != Some(now)) {
            // What is under the pointer stays there.
            let before = about.saturating_sub(from).0;
            let before = u128::from(before) * u128::from(next.0) / u128::from(self.span.0.max(1));
            let before = Micros(u64::try_from(before).unwrap_or(u64::MAX));
            self.from = Some(about.saturating_sub(before));
        }
        self.span = next;
    }
}

impl Store {
    /// Does something to the diagram.
    pub(in crate::ui) fn arrange_space(&mut self, act: SpaceAct) {
        let now = self.engine.now();
        match act {
            SpaceAct::Zoom(zoom, about) => {
                let pinned = self.space.from.map(|_| now);
                self.space.zoom(zoom, about.or(pinned), now);
            }
            SpaceAct::Follow => self.space.from = None,
            SpaceAct::Heartbeats => self.space.heartbeats = !self.space.heartbeats,
            SpaceAct::Hide(node) => {
                if self.engine.nodes().len() > self.space.hidden.len() + 1 {
                    self.space.hidden.push(node);
                }
            }
            SpaceAct::ShowAll => self.space.hidden.clear(),
            SpaceAct::Choose(seq) => {
                self.space.chosen = seq;
                if seq.is_some() {
                    self.engine.pause();
                }
            }
        }
    }
}

/// Draws the diagram anew; true where what lies over it as buttons has changed.
pub(super) fn draw(store: &mut Store) -> bool {
    let lens = store.space.lens(store);
    let drawn = store.engine.diagram(&lens, &store.texts);
    let before = &store.space.drawn;
    let changed = before.lanes != drawn.lanes || before.size != drawn.size;
    store.space.drawn = drawn;
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Micros {
        Micros::from_ms(ms)
    }

    #[test]
    fn the_window_goes_with_the_moment_until_it_is_dragged() {
        let mut space = Space::default();
        let (from, until) = space.window(ms(10_000));
        assert!(from < ms(10_000) && ms(10_000) < until);
        space.pan(100.0, ms(10_000));
        let pinned = space.window(ms(10_000));
        assert!(pinned.0 > from);
        assert_eq!(space.window(ms(20_000)), pinned);
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let mut space = Space::default();
        let now = ms(10_000);
        let about = ms(9_500);
        let share = |space: &Space| {
            let (from, until) = space.window(now);
            seconds(about.saturating_sub(from)) / seconds(until.saturating_sub(from))
        };
        let before = share(&space);
        space.zoom(Zoom::Closer, Some(about), now);
        assert!((share(&space) - before).abs() < 0.01);
        for _ in 0..60 {
            space.zoom(Zoom::Closer, Some(about), now);
        }
        assert_eq!(space.span, Space::SPANS.0);
        for _ in 0..60 {
            space.zoom(Zoom::Farther, Some(about), now);
        }
        assert_eq!(space.span, Space::SPANS.1);
    }

    #[test]
    fn early_in_a_run_the_window_begins_at_its_beginning() {
        let space = Space::default();
        assert_eq!(space.window(ms(1)).0, Micros::ZERO);
    }
}
