//! Clients: a pill outside of its server, with a word under it, and the line that joins them.
//!
//! Proximity is the connection: a client that moves has another server. Where there are more than a
//! stage can hold, those of one server share a pill that counts them.

use super::Stage;
use super::server::cross;
use crate::base::Map;
use crate::protocol::Sid;
use crate::sim::ClientId;
use crate::view::clients::{Service, session_left};
use crate::view::few::sort_few;
use crate::view::layout::Density;
use crate::view::scene::{
    Area, Frame, Point, Segment, Shape, Stroke, Style, Target, TextClass, Token,
};
use crate::view::snapshot::Client;

/// Above this many clients those of one server share a pill.
const SINGLY: usize = 12;
/// Below this share of its timeout a session's bar appears.
const BAR_BELOW: f64 = 0.5;
/// Below this share the bar is amber.
const LOW: f64 = 0.25;

/// How a pill looks.
#[derive(Clone, Copy)]
struct Look {
    fill: Token,
    stroke: Token,
    ink: Token,
    is_dashed: bool,
}

/// An outline in one hue, dashed.
const fn hollow(hue: Token) -> Look {
    Look {
        fill: Token::Bg,
        stroke: hue,
        ink: hue,
        is_dashed: true,
    }
}

const fn look(service: Service) -> Look {
    match service {
        Service::Served => Look {
            fill: Token::ClientFill,
            stroke: Token::Client,
            ink: Token::OnClient,
            is_dashed: false,
        },
        Service::Waiting => hollow(Token::Elect),
        Service::Connecting
        | Service::Reconnecting
        | Service::Expired
        | Service::Closed
        | Service::Paused
        | Service::Killed => hollow(Token::Down),
    }
}

impl Stage<'_> {
    /// Where every client is shown, on its way to another server too.
    pub(super) fn place_clients(&mut self) {
        let clients = &self.cluster.snapshot.clients;
        let is_crowd = clients.len() > SINGLY;
        let mut homes: Vec<Sid> = clients.iter().map(|client| client.home).collect();
        if is_crowd {
            sort_few(&mut homes, |a, b| a < b);
            homes.dedup();
        }
        let spots = self.layout.client_spots(&homes);
        for (index, client) in clients.iter().enumerate() {
            let index = if is_crowd {
                homes.partition_point(|home| *home < client.home)
            } else {
                index
            };
            let Some(spot) = spots.get(index).copied() else {
                continue;
            };
            let id = client.status.id;
            let glide = self.lens.glides.iter().find(|glide| glide.id == id);
            let at = glide.map_or(spot, |glide| glide.from.toward(spot, glide.share));
            self.scene.clients.push((id, at));
        }
    }

    pub(super) fn client_at(&self, id: ClientId) -> Option<Point> {
        let mut spots = self.scene.clients.iter();
        spots.find(|(known, _)| *known == id).map(|(_, at)| *at)
    }

    /// The lines from clients to the servers they are connected to, or try.
    pub(super) fn client_links(&mut self) {
        if self.layout.phone || self.layout.density == Density::Dots {
            return;
        }
        for client in &self.cluster.snapshot.clients {
            let service = Service::of(client, self.t);
            let ends = self.client_at(client.status.id).zip(client.status.host);
            let Some((at, sid)) = ends else { continue };
            let stroke = match service {
                Service::Served | Service::Waiting => {
                    Stroke::new(Token::Client, 1.9 * self.lens.scale)
                }
                Service::Connecting | Service::Reconnecting => {
                    Stroke::new(Token::Client, 2.0).dashed(2.0, 8.0).round()
                }
                _ => continue,
            };
            let server = self.layout.at(sid);
            let along = server.direction(at);
            let r = self.layout.ring;
            self.line((at, server.offset(along.x * r, along.y * r)), stroke, 1.0);
        }
    }

    pub(super) fn clients(&mut self) {
        let clients = &self.cluster.snapshot.clients;
        if clients.len() > SINGLY {
            self.crowds(clients);
            return;
        }
        for client in clients {
            if let Some(at) = self.client_at(client.status.id) {
                self.client(client, at);
            }
        }
    }

    fn client(&mut self, client: &Client, at: Point) {
        let service = Service::of(client, self.t);
        let size = self.layout.pill();
        let look = look(service);
        let letter = self.texts.client(client.status.id);
        self.pill(at, look, letter);
        self.symbol(service, at.offset(size.w * 0.2, 0.0), look.ink);
        let gone = matches!(service, Service::Expired | Service::Killed);
        if gone {
            let (x, h) = (at.x - size.w * 0.2, size.h * 0.26);
            let ends = (Point::new(x - h, at.y + h), Point::new(x + h, at.y - h));
            self.line(ends, Stroke::new(look.ink, 2.0).round(), 1.0);
        }
        let mut below = at.y + size.h / 2.0;
        let left = session_left(client, self.t).filter(|_| !gone);
        if let Some(left) = left.filter(|left| *left < BAR_BELOW) {
            self.session_bar(Point::new(at.x, below + 3.0), left);
            below += 7.0;
        }
        let font = (self.layout.font * 0.86).max(13.0);
        if self
            .layout
            .has_client_words(self.cluster.snapshot.clients.len())
        {
            let word = service.word(client, self.t, self.texts);
            let (class, token) = if service == Service::Served {
                (TextClass::Quiet, Token::Ink2)
            } else {
                (TextClass::Label, look.ink)
            };
            let at = Point::new(at.x, below + font + 1.0);
            self.text(at, word, font, (class, token, 4.0));
        }
        let area = Area::Frame(Frame {
            x: at.x - size.w / 2.0,
            y: at.y - size.h / 2.0,
            w: size.w,
            h: size.h,
        });
        self.target(Target::Client(client.status.id), area);
    }

    fn pill(&mut self, at: Point, look: Look, letter: String) {
        let size = self.layout.pill();
        let mut stroke = Stroke::new(look.stroke, 2.5);
        if look.is_dashed {
            stroke = stroke.dashed(5.0, 4.0);
        }
        self.add(Shape::Rect {
            frame: Frame {
                x: at.x - size.w / 2.0,
                y: at.y - size.h / 2.0,
                w: size.w,
                h: size.h,
            },
            corner: size.h / 2.0,
            style: Style::both(look.fill, stroke),
        });
        let place = at.offset(-size.w * 0.2, size.h * 0.17);
        self.text(
            place,
            letter,
            size.h * 0.48,
            (TextClass::Name, look.ink, 0.0),
        );
    }

    /// ✓, ⋯, ↻, ✕ or two bars.
    fn symbol(&mut self, service: Service, at: Point, ink: Token) {
        let k = self.layout.pill().h / 36.0;
        let p = |x: f64, y: f64| at.offset(x * k, y * k);
        let mut stroke = Stroke::new(ink, 2.6 * k.max(0.8)).round();
        let segments = match service {
            Service::Served => vec![
                Segment::Move(p(-5.0, 0.0)),
                Segment::Line(p(-1.5, 4.0)),
                Segment::Line(p(5.0, -5.0)),
            ],
            Service::Waiting => {
                stroke = Stroke::new(ink, 4.5 * k).round();
                let dot = |x: f64| [Segment::Move(p(x, 0.0)), Segment::Line(p(x + 0.01, 0.0))];
                [-5.5, 0.0, 5.5].into_iter().flat_map(dot).collect()
            }
            Service::Connecting | Service::Reconnecting => vec![
                Segment::Move(p(4.5, -2.5)),
                Segment::Quad(p(1.5, -6.5), p(-3.0, -4.0)),
                Segment::Quad(p(-6.5, -0.5), p(-3.5, 3.5)),
                Segment::Quad(p(0.5, 6.5), p(5.0, 2.0)),
                Segment::Move(p(5.0, -6.5)),
                Segment::Line(p(5.0, -2.0)),
                Segment::Line(p(0.8, -2.0)),
            ],
            Service::Paused => vec![
                Segment::Move(p(-3.0, -5.0)),
                Segment::Line(p(-3.0, 5.0)),
                Segment::Move(p(3.0, -5.0)),
                Segment::Line(p(3.0, 5.0)),
            ],
            Service::Expired | Service::Closed | Service::Killed => cross(at, 4.5 * k),
        };
        self.add(Shape::Path {
            segments,
            style: Style::outlined(stroke),
        });
    }

    fn session_bar(&mut self, middle: Point, left: f64) {
        let w = self.layout.pill().w;
        let mut frame = Frame {
            x: middle.x - w / 2.0,
            y: middle.y,
            w,
            h: 4.0,
        };
        let corner = 2.0;
        let style = Style::filled(Token::Line);
        self.add(Shape::Rect {
            frame,
            corner,
            style,
        });
        frame.w = w * left;
        let hue = if left < LOW {
            Token::Elect
        } else {
            Token::Client
        };
        let style = Style::filled(hue);
        self.add(Shape::Rect {
            frame,
            corner,
            style,
        });
    }

    /// One pill a server, with how many are there and how many of them are served.
    fn crowds(&mut self, clients: &[Client]) {
        let mut counts: Map<Sid, (usize, usize, Point)> = Map::new();
        for client in clients {
            let Some(at) = self.client_at(client.status.id) else {
                continue;
            };
            let count = counts.get_or_insert_with(client.home, || (0, 0, at));
            let is_served = Service::of(client, self.t) == Service::Served;
            *count = (count.0 + 1, count.1 + usize::from(is_served), at);
        }
        for (of, have, at) in counts.into_values() {
            let service = match have {
                _ if have == of => Service::Served,
                0 => Service::Reconnecting,
                _ => Service::Waiting,
            };
            let look = look(service);
            self.pill(at, look, of.to_string());
            self.symbol(
                service,
                at.offset(self.layout.pill().w * 0.2, 0.0),
                look.ink,
            );
            if !self.layout.phone {
                let args = vec![("have", have.into()), ("of", of.into())];
                let word = self.texts.with("score-clients", &args);
                let font = (self.layout.font * 0.86).max(13.0);
                let below = at.offset(0.0, self.layout.pill().h / 2.0 + font + 1.0);
                self.text(below, word, font, (TextClass::Quiet, Token::Ink2, 4.0));
            }
        }
    }
}
