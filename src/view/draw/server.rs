//! Servers: body, name, badges, labels.

use super::Stage;
use super::ring::RingLook;
use crate::protocol::Sid;
use crate::sim::{Power, ServerStatus};
use crate::view::layout::{Density, Place};
use crate::view::palette::{self, Body, Edge, Fill, Outline};
use crate::view::ring::ring;
use crate::view::scene::{
    Area, Frame, Paint, Point, Segment, Shape, Stroke, Style, Target, TextClass, Token, text_width,
};
use crate::view::standing::{Standing, backs};

/// The bolt of a killed process, on a 24-px grid.
const BOLT: [(f64, f64); 6] = [
    (13.0, 2.0),
    (4.5, 13.5),
    (11.0, 13.5),
    (9.5, 22.0),
    (19.0, 10.0),
    (12.5, 10.0),
];

impl Stage<'_> {
    pub(super) fn servers(&mut self) {
        let snapshot = self.cluster.snapshot;
        let places = self.layout.places.clone();
        for (server, place) in snapshot.servers.iter().zip(&places) {
            self.server(server, place);
        }
        if self.layout.density == Density::Dots {
            self.names_beside(&places);
        }
    }

    fn server(&mut self, server: &ServerStatus, place: &Place) {
        let standing = self.cluster.standing(server.sid);
        let body = palette::body(standing);
        let is_frozen = server.power == Power::Paused;
        let values = ring(&self.cluster, server, self.t);
        let look = RingLook {
            at: place.at,
            hue: if body.fill == Fill::Hatched || body.hue == Token::Elect {
                Token::Elect
            } else {
                Token::Zab
            },
            is_frozen,
        };
        self.ring(&values, look);
        self.body(&body, place.at, self.layout.body);
        if matches!(standing, Standing::Down | Standing::Unplugged) {
            self.strike(place.at);
        }
        self.name(server.sid, standing, place.at);
        self.badge(&body, server.power, place.at);
        if is_frozen {
            self.bars_under_name(standing, place.at);
        }
        self.your_badge(server.power, place.at);
        if self.layout.density != Density::Dots {
            self.label(server, standing, place);
        }
        let radius = self.layout.hit_diameter() / 2.0;
        self.target(
            Target::Server(server.sid),
            Area::Disc {
                center: place.at,
                radius,
            },
        );
    }

    fn body(&mut self, body: &Body, at: Point, r: f64) {
        let width = (r * 0.075).max(if self.is_crowded() { 1.2 } else { 2.0 });
        let stroke = match (body.edge, body.fill) {
            (Edge::Solid, _) => Stroke::new(body.hue, width * 1.1),
            (Edge::Dashed, Fill::Hatched) => {
                Stroke::new(body.hue, width * 1.3).dashed(r * 0.28, r * 0.14)
            }
            (Edge::Dashed, _) => Stroke::new(body.hue, width * 1.2).dashed(r * 0.22, r * 0.13),
            (Edge::Dotted, _) => Stroke::new(body.hue, width).dashed(r * 0.1, r * 0.16),
        };
        let is_blue = body.hue == Token::Zab;
        let fill = match body.fill {
            Fill::Solid => Some(Paint::Solid(Token::ZabFill)),
            Fill::Tint if is_blue => Some(Paint::Solid(Token::ZabTint)),
            Fill::Tint => Some(Paint::Solid(Token::ElectTint)),
            Fill::Empty => Some(Paint::Solid(Token::Bg)),
            Fill::Hatched => Some(Paint::Hatch(Token::Bg, Token::ElectTint)),
            Fill::None => None,
        };
        let style = Style {
            fill,
            stroke: Some(stroke),
        };
        match body.outline {
            Outline::Hexagon => self.add(Shape::Polygon {
                points: corners(at, r * 1.1, 6, 90.0),
                style,
            }),
            Outline::Diamond => self.add(Shape::Polygon {
                points: corners(at, r * 1.2, 4, 0.0),
                style,
            }),
            Outline::Square => self.add(Shape::Rect {
                frame: Frame {
                    x: at.x - r * 0.85,
                    y: at.y - r * 0.85,
                    w: r * 1.7,
                    h: r * 1.7,
                },
                corner: r * 0.25,
                style,
            }),
            Outline::Circle => self.disc(at, r * 0.98, style),
        }
    }

    fn strike(&mut self, at: Point) {
        let (r, k) = (self.layout.body, self.layout.k);
        let ends = (
            at.offset(-r * 0.66, r * 0.66),
            at.offset(r * 0.66, -r * 0.66),
        );
        self.line(
            ends,
            Stroke::new(Token::Down, (3.0 * k).max(1.5)).round(),
            1.0,
        );
    }

    /// `S4` in the body; in a small body its letter, in a tiny one nothing.
    fn name(&mut self, sid: Sid, standing: Standing, at: Point) {
        let r = self.layout.body;
        let body = palette::body(standing);
        let (text, size) = if self.layout.has_names_inside() {
            let text = self.texts.sid(sid);
            let room = r * 1.45 / text_width(&text, 1.0, TextClass::Name);
            (text, (r * 0.68).min(room))
        } else if r >= 10.0 {
            (String::from(body.letter), 13.0)
        } else {
            return;
        };
        let halo = if matches!(standing, Standing::Down | Standing::Unplugged) {
            7.0
        } else {
            0.0
        };
        let look = (TextClass::Name, ink_on(standing), halo);
        self.text(at.offset(0.0, size * 0.36), text, size, look);
    }

    fn badge(&mut self, body: &Body, power: Power, at: Point) {
        let is_frozen = power == Power::Paused;
        if !self.layout.has_names_inside() {
            return;
        }
        let radius = (13.5 * self.layout.k).max(10.0);
        let middle = at.polar(self.layout.ring, -45.0);
        let is_solid = body.fill == Fill::Solid && !is_frozen;
        let hue = if is_frozen { Token::Down } else { body.hue };
        let (fill, ink) = if is_solid {
            (Token::ZabFill, Token::OnZab)
        } else {
            (Token::Bg, hue)
        };
        let letter = if is_frozen {
            palette::PAUSED_LETTER
        } else {
            body.letter
        };
        self.disc(middle, radius, Style::both(fill, Stroke::new(hue, 2.0)));
        let look = (TextClass::Name, ink, 0.0);
        let size = radius * 1.2;
        self.text(
            middle.offset(0.0, radius * 0.42),
            String::from(letter),
            size,
            look,
        );
    }

    fn bars_under_name(&mut self, standing: Standing, at: Point) {
        let r = self.layout.body;
        let token = if standing == Standing::Leading {
            Token::OnZab
        } else {
            Token::Down
        };
        for side in [-1.0, 1.0] {
            let x = side * r * 0.18;
            let ends = (at.offset(x, r * 0.42), at.offset(x, r * 0.78));
            self.line(ends, Stroke::new(token, r * 0.18), 1.0);
        }
    }

    /// What you did to it, in your colour: a bolt, or two bars.
    fn your_badge(&mut self, power: Power, at: Point) {
        let is_paused = power == Power::Paused;
        if !is_paused && !matches!(power, Power::Killed | Power::Unplugged) {
            return;
        }
        let scale = 1.1 * self.layout.k.max(0.45);
        let middle = at.polar(self.layout.ring, 225.0);
        self.disc(middle, 15.0 * scale, Style::filled(Token::YouFill));
        if is_paused {
            for side in [-4.5, 4.5] {
                let ends = (
                    middle.offset(side * scale, -7.0 * scale),
                    middle.offset(side * scale, 7.0 * scale),
                );
                self.line(ends, Stroke::new(Token::OnYou, 4.0 * scale), 1.0);
            }
            return;
        }
        let points = BOLT
            .iter()
            .map(|(x, y)| middle.offset((x - 12.0) * 0.8 * scale, (y - 12.0) * 0.8 * scale))
            .collect();
        self.add(Shape::Polygon {
            points,
            style: Style::filled(Token::OnYou),
        });
    }

    fn label(&mut self, server: &ServerStatus, standing: Standing, place: &Place) {
        let body = palette::body(standing);
        let text = self.state_label(server, standing);
        let font = self.layout.font;
        let width = text_width(&text, font, TextClass::Label);
        let at = self.kept_inside(place.label, width);
        self.labels.push(Frame {
            x: at.x - width / 2.0,
            y: at.y - font,
            w: width,
            h: font * 1.2,
        });
        let token = if server.power == Power::Paused {
            Token::Down
        } else {
            body.label
        };
        self.text(at, text, font, (TextClass::Label, token, 5.0));
        if self.layout.density == Density::Full && !self.layout.phone {
            self.log(server, at.offset(0.0, font + 6.0));
        }
    }

    /// `Leader · e7`, `Looking → S4`, `Down`.
    fn state_label(&self, server: &ServerStatus, standing: Standing) -> String {
        let state = self.texts.get(standing.key());
        if server.power == Power::Paused {
            return self
                .texts
                .with("label-paused", &vec![("state", state.into())]);
        }
        if !standing.runs() {
            return state;
        }
        if standing == Standing::Looking {
            let whom = match backs(server) {
                Some(sid) if sid == server.sid => self.texts.get("itself"),
                Some(sid) => self.texts.sid(sid),
                None => self.texts.get("nothing"),
            };
            let args = vec![("state", state.into()), ("for", whom.into())];
            return self.texts.with("label-looking", &args);
        }
        let epoch = if standing == Standing::LeaderElect {
            server.peer.accepted_epoch.max(server.peer.current_epoch)
        } else {
            server.peer.current_epoch
        };
        let args = vec![("state", state.into()), ("epoch", epoch.into())];
        self.texts.with("label-epoch", &args)
    }

    fn matters(&self, place: &Place) -> bool {
        let standing = self.cluster.standing(place.sid);
        !matches!(standing, Standing::Following | Standing::Observing)
            || self.lens.selection == Some(Target::Server(place.sid))
    }

    /// In a crowd, names stand outside the ring: those that matter first, then as many as fit.
    fn names_beside(&mut self, places: &[Place]) {
        if self.layout.has_names_inside() {
            return;
        }
        let (first, second): (Vec<&Place>, Vec<&Place>) =
            places.iter().partition(|place| self.matters(place));
        let mut taken: Vec<Point> = Vec::new();
        for place in first.into_iter().chain(second) {
            let outward = self.layout.center.direction(place.at);
            let distance = self.layout.ring + 15.0;
            let at = place
                .at
                .offset(outward.x * distance, outward.y * distance + 4.5);
            if taken.iter().any(|other| other.distance(at) < 34.0) {
                continue;
            }
            taken.push(at);
            let name = self.texts.sid(place.sid);
            let token = palette::body(self.cluster.standing(place.sid)).label;
            self.text(at, name, 13.0, (TextClass::Label, token, 3.0));
        }
    }
}

fn corners(at: Point, radius: f64, n: u32, from_deg: f64) -> Vec<Point> {
    (0..n)
        .map(|i| at.polar(radius, from_deg + 360.0 * f64::from(i) / f64::from(n)))
        .collect()
}

/// The colour of the name on a body.
const fn ink_on(standing: Standing) -> Token {
    match standing {
        Standing::Leading => Token::OnZab,
        Standing::Down | Standing::Unplugged | Standing::Starting => Token::Down,
        _ => Token::Ink,
    }
}

/// Lines of an ✕ round `at`.
pub(super) fn cross(at: Point, half: f64) -> Vec<Segment> {
    vec![
        Segment::Move(at.offset(-half, -half)),
        Segment::Line(at.offset(half, half)),
        Segment::Move(at.offset(half, -half)),
        Segment::Line(at.offset(-half, half)),
    ]
}
