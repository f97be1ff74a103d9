//! The space–time diagram: time runs right, every server and client has a lane, messages cross.
//!
//! The same moment and the same selection as the stage, in the projection that holds evidence:
//! what could have caused what is what can be reached by going left along lanes and back along
//! messages. A pure function of a tape, a lens and a language.

mod arrows;
mod lanes;

use super::geometry::{Frame, Point, Size, within};
use super::scene::{Align, Shape, Stroke, Text, TextClass, Token};
use super::snapshot::seconds;
use super::texts::Texts;
use crate::base::{Map, Micros, Set};
use crate::run::Tape;
use crate::sim::{Cause, ClientId, Flight, Node};
use crate::trace::{Past, Trace, place};
use crate::view::decimal::decimal;

/// What part of the diagram is looked at, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceLens {
    /// The size of the diagram, px.
    pub size: Size,
    /// The instant at the left end.
    pub from: Micros,
    /// The instant at the right end; after `from`.
    pub until: Micros,
    /// The moment shown.
    pub now: Micros,
    /// The lanes from top to bottom.
    pub lanes: Vec<Node>,
    /// True where heartbeats are drawn.
    pub heartbeats: bool,
    /// The step whose past is lit, by number.
    pub chosen: Option<u64>,
    /// The messages that are lit instead of that past: the answer to "why?".
    pub lit: Option<Set<u64>>,
}

/// Something that happened on a lane and can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// The number of its step.
    pub seq: u64,
    /// Whose lane it is on.
    pub node: Node,
    /// When.
    pub at: Micros,
    /// Where it is drawn.
    pub point: Point,
}

/// The diagram, drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spacetime {
    /// What to paint, in order.
    pub shapes: Vec<Shape>,
    /// What decided something and can be pointed at, oldest first.
    pub spots: Vec<Spot>,
    /// The middle of each lane, from the top.
    pub lanes: Vec<(Node, f64)>,
    /// The size it was drawn for.
    pub size: Size,
    /// How many messages of the window were not drawn because there are too many.
    pub left_out: usize,
}

/// Room for the names of the lanes, px.
pub const LEFT: f64 = 76.0;
/// Room for the ruler, px.
const TOP: f64 = 40.0;
/// Room under the last lane and right of the diagram, px.
const MARGIN: f64 = 18.0;
/// The most room a lane takes, px.
const LANE_MOST: f64 = 64.0;
/// A pointer means a spot within this distance, px.
const REACH: f64 = 16.0;

impl Spacetime {
    /// The spot that a pointer at `at` means: the nearest within reach.
    pub fn hit(&self, at: Point) -> Option<&Spot> {
        let mut best: Option<(&Spot, f64)> = None;
        for spot in &self.spots {
            let distance = spot.point.distance(at);
            if distance <= REACH && best.is_none_or(|(_, least)| distance < least) {
                best = Some((spot, distance));
            }
        }
        best.map(|(spot, _)| spot)
    }
}

impl SpaceLens {
    /// The instant at `x` px from the left.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the window, which is far below the limits; the cast saturates"
    )]
    pub fn time_at(&self, x: f64) -> Micros {
        let share = within((x - LEFT) / self.width(), 0.0, 1.0);
        let span = self.until.saturating_sub(self.from);
        self.from + Micros((seconds(span) * share * 1_000_000.0) as u64)
    }

    fn width(&self) -> f64 {
        (self.size.w - LEFT - MARGIN).max(1.0)
    }

    fn x(&self, at: Micros) -> f64 {
        let span = seconds(self.until.saturating_sub(self.from)).max(0.000_001);
        let share = if at >= self.from {
            seconds(at.saturating_sub(self.from)) / span
        } else {
            -seconds(self.from.saturating_sub(at)) / span
        };
        LEFT + share * self.width()
    }

    fn has(&self, at: Micros) -> bool {
        (self.from..=self.until).contains(&at)
    }
}

/// A diagram being made.
struct Sheet<'a> {
    lens: &'a SpaceLens,
    texts: &'a Texts,
    trace: Trace<'a>,
    tape: &'a Tape,
    rows: Map<Node, f64>,
    /// Room between two lanes.
    pitch: f64,
    past: Option<Past>,
    out: Spacetime,
}

/// The diagram of what `tape` has of the window, with what is still under way.
pub fn spacetime(tape: &Tape, flights: &[Flight], lens: &SpaceLens, texts: &Texts) -> Spacetime {
    let count = lens.lanes.iter().fold(0.0, |n, _| n + 1.0);
    let room = lens.size.h - TOP - MARGIN;
    let pitch = (room / f64::max(count, 1.0)).min(LANE_MOST);
    let mut rows = Map::new();
    let mut y = TOP + pitch / 2.0;
    let mut out = Spacetime {
        size: lens.size,
        ..Spacetime::default()
    };
    for node in &lens.lanes {
        rows.insert(*node, y);
        out.lanes.push((*node, y));
        y += pitch;
    }
    let trace = Trace::of(tape);
    let past = lens.chosen.and_then(|seq| {
        let taped = tape.steps().iter().find(|taped| taped.step.seq == seq)?;
        Some(trace.past(place(&taped.step)?, taped.step.at))
    });
    let mut sheet = Sheet {
        lens,
        texts,
        trace,
        tape,
        rows,
        pitch,
        past,
        out,
    };
    sheet.ruler();
    sheet.lanes();
    sheet.arrows();
    sheet.flights(flights);
    sheet.acts();
    sheet.spots();
    sheet.now();
    sheet.out
}

impl Sheet<'_> {
    fn add(&mut self, shape: Shape) {
        self.out.shapes.push(shape);
    }

    fn line(&mut self, from: Point, to: Point, stroke: Stroke, opacity: f64) {
        self.add(Shape::Line {
            from,
            to,
            stroke,
            opacity,
        });
    }

    fn text(&mut self, at: Point, align: Align, text: String, token: Token) {
        self.add(Shape::Text(Text {
            at,
            align,
            text,
            class: TextClass::Label,
            size: 13.0,
            token,
            halo: 4.0,
        }));
    }

    /// The lower end of the last lane.
    fn bottom(&self) -> f64 {
        let last = self.out.lanes.last().map_or(TOP, |(_, y)| *y);
        last + self.pitch / 2.0
    }

    /// Marks of time with hairlines through all lanes.
    fn ruler(&mut self) {
        let (step, digits) = ruler_step(self.lens);
        let mut at = Micros(self.lens.from.0.div_ceil(step) * step);
        let bottom = self.bottom();
        while at <= self.lens.until {
            let x = self.lens.x(at);
            let hair = Stroke::new(Token::Line, 1.0);
            self.line(Point::new(x, TOP - 10.0), Point::new(x, bottom), hair, 1.0);
            if x > self.lens.size.w - 24.0 {
                break;
            }
            let value = decimal(seconds(at), digits);
            let label = self.texts.with("seconds", &vec![("value", value.into())]);
            let mark = Text {
                at: Point::new(x, TOP - 18.0),
                align: Align::Middle,
                text: label,
                class: TextClass::Quiet,
                size: 13.0,
                token: Token::Ink3,
                halo: 0.0,
            };
            self.add(Shape::Text(mark));
            at = Micros(at.0 + step);
        }
    }

    /// The moment shown.
    fn now(&mut self) {
        if !self.lens.has(self.lens.now) {
            return;
        }
        let (x, bottom) = (self.lens.x(self.lens.now), self.bottom());
        let pen = Stroke::new(Token::Ink, 2.0);
        self.line(Point::new(x, TOP - 12.0), Point::new(x, bottom), pen, 1.0);
        self.add(Shape::Rect {
            frame: Frame {
                x: x - 6.0,
                y: TOP - 16.0,
                w: 12.0,
                h: 8.0,
            },
            corner: 2.0,
            style: super::scene::Style::filled(Token::Ink),
        });
    }

    /// What decided something, oldest first.
    fn spots(&mut self) {
        for taped in self.tape.steps() {
            let step = &taped.step;
            let is_shown = self.lens.has(step.at) && step.at <= self.lens.now;
            let Some(node) = place(step).filter(|_| is_shown) else {
                continue;
            };
            let acts = matches!(step.cause, Cause::Commanded { .. });
            if !(acts || crate::trace::is_telling(step)) {
                continue;
            }
            if let Some(y) = self.rows.get(&node) {
                let point = Point::new(self.lens.x(step.at), *y);
                let (seq, at) = (step.seq, step.at);
                self.out.spots.push(Spot {
                    seq,
                    node,
                    at,
                    point,
                });
            }
        }
        let chosen = self.lens.chosen;
        let spot = self.out.spots.iter().find(|spot| Some(spot.seq) == chosen);
        if let Some(center) = spot.map(|spot| spot.point) {
            let style = super::scene::Style::outlined(Stroke::new(Token::Ink, 3.0));
            self.add(Shape::Circle {
                center,
                radius: 17.0,
                style,
            });
        }
    }
}

/// Microseconds between two marks of the ruler, and decimals of a second to write them with.
fn ruler_step(lens: &SpaceLens) -> (u64, u32) {
    const ROOM: f64 = 96.0;
    let span = seconds(lens.until.saturating_sub(lens.from));
    let least = span * ROOM / lens.width();
    let (mut step, mut digits) = (100_u64, 4_u32);
    loop {
        for factor in [1, 2, 5] {
            let candidate = step * factor;
            if seconds(Micros(candidate)) >= least || candidate > 1_000_000_000 {
                return (candidate, digits);
            }
        }
        step *= 10;
        digits = digits.saturating_sub(1);
    }
}

/// The lanes of a tape in their first order: servers, then clients.
pub fn lanes_of(tape: &Tape) -> Vec<Node> {
    let mut lanes: Vec<Node> = tape.start().keys().copied().collect();
    for taped in tape.steps() {
        for (node, _) in &taped.looks {
            if !lanes.contains(node) {
                lanes.push(*node);
            }
        }
    }
    super::few::sort_few(&mut lanes, |a, b| rank(*a) < rank(*b));
    lanes
}

const fn rank(node: Node) -> (i64, ClientId) {
    match node {
        Node::Server(sid) => (sid.0, ClientId(0)),
        Node::Client(id) => (i64::MAX, id),
    }
}

#[cfg(test)]
#[path = "spacetime_tests.rs"]
mod tests;
