//! What a pointer's path over the stage means: a tap, a held finger, a cut, a lasso.
//!
//! Plain values; the browser's events come in at `pointer`, what follows from them goes out as
//! [`Meaning`].

use crate::base::{Micros, Set};
use crate::protocol::Sid;
use crate::view::scene::{Area, Point, Scene, Target};

/// How long a finger rests until the menu opens.
const HOLD: Micros = Micros::from_ms(450);
/// How far a pointer may stray and still be resting, px.
const SLACK: f64 = 9.0;

/// What the path being drawn is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Pen {
    /// Nothing is drawn.
    None,
    /// Links the path crosses.
    Cut,
    /// Servers the path surrounds.
    Lasso,
}

/// A pointer that is down.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ui) struct Gesture {
    pen: Pen,
    on: Option<Target>,
    path: Vec<Point>,
    held: Micros,
    strayed: bool,
}

/// What a finished gesture asks for.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ui) enum Meaning {
    /// A press and release in place.
    Tap(Option<Target>),
    /// A press that stayed on a server or a client for long.
    Hold(Target),
    /// A path across these links.
    Cut(Set<(Sid, Sid)>),
    /// A path around these servers.
    Lasso(Set<Sid>),
}

impl Gesture {
    /// A pointer goes down at `at`.
    pub(in crate::ui) fn press(pen: Pen, at: Point, scene: &Scene) -> Self {
        let on = scene.hit(at);
        Self {
            pen,
            on,
            path: vec![at],
            held: Micros::ZERO,
            strayed: false,
        }
    }

    /// It moves; true where something drawn changed.
    pub(in crate::ui) fn drag(&mut self, at: Point) -> bool {
        let start = self.path.first().copied().unwrap_or(at);
        self.strayed |= start.distance(at) > SLACK;
        let far = self.path.last().is_none_or(|last| last.distance(at) >= 3.0);
        if self.strayed && self.pen != Pen::None && far {
            self.path.push(at);
            return true;
        }
        false
    }

    /// Time passes; a resting pointer on a server or a client becomes a hold.
    pub(in crate::ui) fn wait(&mut self, passed: Micros) -> Option<Meaning> {
        let before = self.held;
        self.held += passed;
        match self.on {
            Some(target @ (Target::Server(_) | Target::Client(_)))
                if !self.strayed && before < HOLD && self.held >= HOLD =>
            {
                Some(Meaning::Hold(target))
            }
            _ => None,
        }
    }

    /// It goes up.
    pub(in crate::ui) fn release(self, scene: &Scene) -> Option<Meaning> {
        if !self.strayed {
            return (self.held < HOLD).then_some(Meaning::Tap(self.on));
        }
        match self.pen {
            Pen::None => None,
            Pen::Cut => self.cut(scene),
            Pen::Lasso => {
                let inside = servers(scene).filter(|(_, at)| surrounds(&self.path, *at));
                let inside: Set<Sid> = inside.map(|(sid, _)| sid).collect();
                (!inside.is_empty()).then_some(Meaning::Lasso(inside))
            }
        }
    }

    /// The path to draw under the pointer, once it is one.
    pub(in crate::ui) fn trace(&self) -> Option<(Pen, &[Point])> {
        (self.strayed && self.pen != Pen::None).then_some((self.pen, &self.path))
    }

    /// From server to server: that link; otherwise every link the path crosses.
    fn cut(&self, scene: &Scene) -> Option<Meaning> {
        let end = self.path.last().and_then(|&at| scene.hit(at));
        if let (Some(Target::Server(a)), Some(Target::Server(b))) = (self.on, end)
            && a != b
        {
            return Some(Meaning::Cut(Set::from([(a.min(b), a.max(b))])));
        }
        let crossed = scene
            .targets
            .iter()
            .filter_map(|(target, area)| match (target, area) {
                (Target::Link(a, b), Area::Segment { from, to, .. }) => {
                    crosses(&self.path, *from, *to).then_some((*a, *b))
                }
                _ => None,
            });
        let crossed: Set<_> = crossed.collect();
        (!crossed.is_empty()).then_some(Meaning::Cut(crossed))
    }
}

fn servers(scene: &Scene) -> impl Iterator<Item = (Sid, Point)> {
    scene
        .targets
        .iter()
        .filter_map(|(target, area)| match (target, area) {
            (Target::Server(sid), Area::Disc { center, .. }) => Some((*sid, *center)),
            _ => None,
        })
}

/// True where the path crosses the straight line between two points.
fn crosses(path: &[Point], from: Point, to: Point) -> bool {
    path.windows(2).any(|pair| match pair {
        [a, b] => {
            let opposite = |p: Point, q: Point, r: Point, s: Point| {
                (side(p, q, r) > 0.0) != (side(p, q, s) > 0.0)
            };
            opposite(from, to, *a, *b) && opposite(*a, *b, from, to)
        }
        _ => false,
    })
}

fn side(a: Point, b: Point, c: Point) -> f64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// True where the closed path goes round `at` (even-odd rule).
fn surrounds(path: &[Point], at: Point) -> bool {
    let closing = path.last().copied().into_iter().zip(path.first().copied());
    let edges = path.windows(2).filter_map(|pair| match pair {
        [a, b] => Some((*a, *b)),
        _ => None,
    });
    let hits = edges.chain(closing).filter(|(a, b)| {
        (a.y > at.y) != (b.y > at.y) && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)
    });
    hits.count() % 2 == 1
}

#[cfg(test)]
#[path = "gesture_tests.rs"]
mod tests;
