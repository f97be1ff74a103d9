//! What a message looks like: one small shape a kind.

use super::Stage;
use super::messages::Placed;
use super::ring::count;
use crate::protocol::Sid;
use crate::view::palette::{Glyph, candidate};
use crate::view::scene::{Frame, Point, Segment, Shape, Stroke, Style, Target, TextClass, Token};

impl Stage<'_> {
    pub(super) fn glyph_size(&self) -> f64 {
        if self.is_crowded() {
            return 9.0;
        }
        let k = if self.layout.phone {
            0.8
        } else {
            self.layout.k.max(0.9)
        };
        18.0 * k
    }

    pub(super) fn glyph(&mut self, placed: &Placed<'_>) {
        let s = self.glyph_size();
        let at = placed.at;
        match placed.glyph {
            Glyph::Heartbeat => self.disc(at, s * 0.26, Style::filled(Token::Down)),
            Glyph::HeartbeatReply => {
                let style = Style::both(Token::Bg, Stroke::new(Token::Down, 2.0));
                self.disc(at, s * 0.26, style);
            }
            Glyph::Ballot => self.ballot(at, candidate(&placed.flight.message), s),
            Glyph::Handshake => self.card(at, s * 0.8, Token::Bg),
            Glyph::Discovery => self.chevrons(placed, &[(-0.7, 0.6)], s),
            Glyph::Sync => self.chevrons(placed, &[(-1.1, 0.0), (0.0, 1.1)], s * 0.92),
            Glyph::Proposal => {
                let style = Style::both(Token::Bg, Stroke::new(Token::Zab, s * 0.17));
                self.square(at, s * 0.72, style);
            }
            Glyph::Ack => self.tick(at, s),
            Glyph::Commit => self.square(at, s * 0.86, Style::filled(Token::Zab)),
            Glyph::Request => {
                let style = Style::both(Token::ClientFill, Stroke::new(Token::Bg, 1.5).round());
                self.tag(placed, s, style);
            }
            Glyph::Reply => {
                let style = Style::both(Token::Bg, Stroke::new(Token::Client, 2.5).round());
                self.tag(placed, s * 0.9, style);
            }
            Glyph::Connect => {
                let style =
                    Style::both(Token::Bg, Stroke::new(Token::Client, 2.0).dashed(3.0, 2.0));
                self.tag(placed, s * 0.9, style);
            }
        }
        let target = Target::Message(placed.flight.id);
        if self.lens.selection == Some(target) || self.lens.hover == Some(target) {
            let style = Style::outlined(Stroke::new(Token::Ink, 2.0));
            self.disc(at, s * 0.95, style);
        }
    }

    fn card(&mut self, at: Point, s: f64, fill: Token) {
        self.add(Shape::Rect {
            frame: Frame {
                x: at.x - s * 0.625,
                y: at.y - s * 0.55,
                w: s * 1.25,
                h: s * 1.1,
            },
            corner: 3.0,
            style: Style::both(fill, Stroke::new(Token::Elect, 1.5)),
        });
    }

    fn ballot(&mut self, at: Point, candidate: Option<Sid>, s: f64) {
        self.card(at, s, Token::ElectFill);
        let number = match candidate {
            Some(sid) if sid != Sid::NONE => sid.to_string(),
            Some(_) => self.texts.get("nothing"),
            None => String::from("?"),
        };
        let many = f64::from(count(number.chars().count()));
        let size = (s * 0.86).min(s * 1.9 / many);
        let look = (TextClass::Name, Token::OnElect, 0.0);
        self.text(at.offset(0.0, s * 0.31), number, size, look);
    }

    /// Open arrowheads along the way, each from one share of the half size to another.
    fn chevrons(&mut self, placed: &Placed<'_>, spans: &[(f64, f64)], s: f64) {
        let Point { x: cos, y: sin } = placed.along;
        let h = s / 2.0;
        let turned = |x: f64, y: f64| placed.at.offset(x * cos - y * sin, x * sin + y * cos);
        let segments: Vec<Segment> = spans
            .iter()
            .flat_map(|(back, tip)| {
                [
                    Segment::Move(turned(back * h, -h)),
                    Segment::Line(turned(tip * h, 0.0)),
                    Segment::Line(turned(back * h, h)),
                ]
            })
            .collect();
        for (token, width) in [(Token::Bg, s * 0.48), (Token::Zab, s * 0.21)] {
            self.add(Shape::Path {
                segments: segments.clone(),
                style: Style::outlined(Stroke::new(token, width).round()),
            });
        }
    }

    fn square(&mut self, at: Point, side: f64, style: Style) {
        let frame = Frame {
            x: at.x - side / 2.0,
            y: at.y - side / 2.0,
            w: side,
            h: side,
        };
        let corner = 0.0;
        self.add(Shape::Rect {
            frame,
            corner,
            style,
        });
    }

    /// A label that points along its way.
    fn tag(&mut self, placed: &Placed<'_>, s: f64, style: Style) {
        let Point { x: cos, y: sin } = placed.along;
        let h = s / 2.0;
        let turned = |x: f64, y: f64| {
            let (x, y) = (x * h, y * h);
            placed.at.offset(x * cos - y * sin, x * sin + y * cos)
        };
        self.add(Shape::Polygon {
            points: vec![
                turned(-1.0, -0.8),
                turned(0.15, -0.8),
                turned(1.1, 0.0),
                turned(0.15, 0.8),
                turned(-1.0, 0.8),
            ],
            style,
        });
    }

    fn tick(&mut self, at: Point, s: f64) {
        let h = s / 2.0;
        self.disc(at, h * 1.12, Style::filled(Token::Bg));
        self.add(Shape::Path {
            segments: vec![
                Segment::Move(at.offset(-h * 0.9, h * 0.05)),
                Segment::Line(at.offset(-h * 0.2, h * 0.75)),
                Segment::Line(at.offset(h, -h * 0.7)),
            ],
            style: Style::outlined(Stroke::new(Token::Zab, s * 0.22).round()),
        });
    }
}
