//! The messages between the lanes, and what the reader did.

use super::Sheet;
use crate::base::Micros;
use crate::protocol::{Family, Message, Sid};
use crate::run::Taped;
use crate::sim::{Cause, Flight, Node};
use crate::trace::{Arrow, End, place};
use crate::view::geometry::{Frame, Point};
use crate::view::palette::candidate;
use crate::view::scene::{Align, Segment, Shape, Stroke, Style, Text, TextClass, Token};

/// More messages than this are not drawn: they would be a solid colour.
const MOST: usize = 1_500;
/// More than this have neither heads nor cards.
const MOST_DRESSED: usize = 400;

/// How a message stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// Nothing is chosen.
    Plain,
    /// It led to what is chosen.
    Heavy,
    /// It did not.
    Faded,
}

impl Sheet<'_> {
    pub(super) fn arrows(&mut self) {
        let mut shown: Vec<(u64, Point, Point, End, Message)> = Vec::new();
        for arrow in self.trace.arrows() {
            let visible = arrow.end_at >= self.lens.from && arrow.sent_at <= self.lens.until;
            if !visible || arrow.end_at > self.lens.now || !self.wants(&arrow.frame.message) {
                continue;
            }
            if let Some((from, to)) = self.ends(&arrow) {
                let frame = arrow.frame;
                shown.push((frame.id, from, to, arrow.end, frame.message.clone()));
            }
        }
        self.out.left_out = shown.len().saturating_sub(MOST);
        let is_dressed = shown.len() <= MOST_DRESSED;
        for (id, from, to, end, message) in shown.into_iter().take(MOST) {
            let weight = self.weight(id);
            self.way(&message, (from, to), weight);
            if end == End::Lost {
                self.cross(to);
            } else if is_dressed {
                self.head(&message, (from, to), weight);
            }
        }
    }

    /// What is under way at the moment shown, as far as it has come.
    pub(super) fn flights(&mut self, flights: &[Flight]) {
        for flight in flights.iter().take(MOST_DRESSED) {
            if !self.wants(&flight.message) {
                continue;
            }
            let lanes = (self.rows.get(&flight.from), self.rows.get(&flight.to));
            let (Some(y0), Some(y1)) = lanes else {
                continue;
            };
            let from = Point::new(self.lens.x(flight.sent_at), *y0);
            let now = self.lens.x(self.lens.now);
            let to = match flight.arrives_at {
                Some(at) if at > flight.sent_at => {
                    let end = Point::new(self.lens.x(at), *y1);
                    let share = (now - from.x) / (end.x - from.x).max(0.001);
                    from.toward(end, share.clamp(0.0, 1.0))
                }
                _ => from.toward(Point::new(now, *y1), 0.5),
            };
            let weight = self.weight(flight.id);
            self.way(&flight.message, (from, to), weight);
        }
    }

    fn wants(&self, message: &Message) -> bool {
        match message.family() {
            Family::Heartbeat => self.lens.heartbeats,
            Family::Handshake => false,
            Family::Ballot
            | Family::Discovery
            | Family::Sync
            | Family::Broadcast
            | Family::Client => true,
        }
    }

    fn ends(&self, arrow: &Arrow<'_>) -> Option<(Point, Point)> {
        let from = self.rows.get(&arrow.frame.from)?;
        let to = self.rows.get(&arrow.frame.to)?;
        Some((
            Point::new(self.lens.x(arrow.sent_at), *from),
            Point::new(self.lens.x(arrow.end_at), *to),
        ))
    }

    fn weight(&self, id: u64) -> Weight {
        let lit = self.lens.lit.as_ref();
        let past = self.past.as_ref().map(|past| &past.frames);
        match lit.or(past) {
            None => Weight::Plain,
            Some(frames) if frames.contains(&id) => Weight::Heavy,
            Some(_) => Weight::Faded,
        }
    }

    fn way(&mut self, message: &Message, (from, to): (Point, Point), weight: Weight) {
        let (width, opacity) = match weight {
            Weight::Plain => (1.4, 0.75),
            Weight::Heavy => (3.0, 1.0),
            Weight::Faded => (1.2, 0.22),
        };
        let pen = Stroke::new(hue(message), width);
        self.line(from, to, pen, opacity);
    }

    /// An arrowhead, and for a ballot the card with its candidate.
    fn head(&mut self, message: &Message, (from, to): (Point, Point), weight: Weight) {
        if weight == Weight::Faded {
            return;
        }
        let along = from.direction(to);
        let turned = |back: f64, side: f64| {
            to.offset(
                -along.x * back - along.y * side,
                -along.y * back + along.x * side,
            )
        };
        let style = Style::filled(hue(message));
        let points = vec![to, turned(9.0, 3.6), turned(9.0, -3.6)];
        self.add(Shape::Polygon { points, style });
        if message.family() == Family::Ballot && from.distance(to) > 34.0 {
            self.card(from.toward(to, 0.62), candidate(message));
        }
    }

    fn card(&mut self, at: Point, candidate: Option<Sid>) {
        let Some(sid) = candidate.filter(|sid| *sid != Sid::NONE) else {
            return;
        };
        self.add(Shape::Rect {
            frame: Frame {
                x: at.x - 8.0,
                y: at.y - 8.0,
                w: 16.0,
                h: 16.0,
            },
            corner: 3.0,
            style: Style::both(Token::ElectFill, Stroke::new(Token::Elect, 1.0)),
        });
        self.add(Shape::Text(Text {
            at: at.offset(0.0, 4.4),
            align: Align::Middle,
            text: sid.to_string(),
            class: TextClass::Name,
            size: 12.0,
            token: Token::OnElect,
            halo: 0.0,
        }));
    }

    /// Where a message died.
    fn cross(&mut self, at: Point) {
        let segments = vec![
            Segment::Move(at.offset(-5.0, -5.0)),
            Segment::Line(at.offset(5.0, 5.0)),
            Segment::Move(at.offset(5.0, -5.0)),
            Segment::Line(at.offset(-5.0, 5.0)),
        ];
        let style = Style::outlined(Stroke::new(Token::You, 2.4));
        self.add(Shape::Path { segments, style });
    }

    /// What the reader did: a pin on the lane it concerns, or a line through all of them.
    pub(super) fn acts(&mut self) {
        let mut acts: Vec<(Option<Node>, Micros)> = Vec::new();
        let is_act = |taped: &&Taped| matches!(taped.step.cause, Cause::Commanded { .. });
        for taped in self.tape.steps().iter().filter(is_act) {
            if self.lens.has(taped.step.at) && taped.step.at <= self.lens.now {
                acts.push((place(&taped.step), taped.step.at));
            }
        }
        let (top, bottom) = (super::TOP - 4.0, self.bottom());
        for (node, at) in acts {
            let x = self.lens.x(at);
            let lane = node.and_then(|node| self.rows.get(&node).copied());
            let Some(y) = lane else {
                let pen = Stroke::new(Token::You, 2.0).dashed(6.0, 5.0);
                self.line(Point::new(x, top), Point::new(x, bottom), pen, 1.0);
                continue;
            };
            self.add(Shape::Circle {
                center: Point::new(x, y),
                radius: 12.0,
                style: Style::both(Token::YouFill, Stroke::new(Token::Bg, 1.5)),
            });
            let bolt = [
                (1.5, -7.0),
                (-4.5, 1.2),
                (-0.4, 1.2),
                (-1.5, 7.0),
                (4.5, -1.4),
                (0.4, -1.4),
            ];
            let points = bolt.map(|(dx, dy)| Point::new(x + dx, y + dy)).to_vec();
            let style = Style::filled(Token::OnYou);
            self.add(Shape::Polygon { points, style });
        }
    }
}

const fn hue(message: &Message) -> Token {
    match message.family() {
        Family::Handshake | Family::Ballot => Token::Elect,
        Family::Discovery | Family::Sync | Family::Broadcast => Token::Zab,
        Family::Heartbeat => Token::Down,
        Family::Client => Token::Client,
    }
}
