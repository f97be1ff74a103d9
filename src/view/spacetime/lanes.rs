//! The lanes: what each server and each client was, over time.

use super::Sheet;
use crate::base::Micros;
use crate::protocol::ServerState;
use crate::protocol::client::ClientState;
use crate::run::Look;
use crate::sim::{Node, Power};
use crate::view::geometry::{Frame, Point};
use crate::view::scene::{Align, Paint, Shape, Stroke, Style, TextClass, Token, text_width};

/// How a stretch of a lane is drawn.
struct Band {
    height: f64,
    style: Style,
    /// The key of its name, and the hue it is written in.
    name: Option<(&'static str, Token)>,
}

impl Sheet<'_> {
    pub(super) fn lanes(&mut self) {
        for (node, y) in self.out.lanes.clone() {
            let mut look = self.tape.start().get(&node).copied();
            let mut since = self.lens.from;
            let changes = self.tape.steps().iter().flat_map(|taped| {
                let here = taped.looks.iter().filter(|(other, _)| *other == node);
                here.map(|(_, look)| (taped.step.at, *look))
            });
            let changes: Vec<(Micros, Look)> =
                changes.filter(|(at, _)| *at <= self.lens.now).collect();
            for (at, next) in changes {
                if at > self.lens.from && look.is_none_or(|look| !is_alike(&look, &next)) {
                    self.stretch((node, y), look, since, at);
                    since = at;
                }
                look = Some(next);
            }
            let end = self.lens.until.min(self.lens.now.max(since));
            self.stretch((node, y), look, since, end);
        }
    }

    fn stretch(&mut self, lane: (Node, f64), look: Option<Look>, from: Micros, to: Micros) {
        let to = to.min(self.lens.until);
        let Some(look) = look.filter(|_| to > from) else {
            return;
        };
        let y = lane.1;
        let (left, right) = (self.lens.x(from), self.lens.x(to));
        let Some(band) = band(&look) else {
            let pen = Stroke::new(Token::Down, 1.5).dashed(2.0, 6.0);
            self.line(Point::new(left, y), Point::new(right, y), pen, 1.0);
            return;
        };
        let height = band.height.min(self.pitch * 0.62);
        self.add(Shape::Rect {
            frame: Frame {
                x: left,
                y: y - height / 2.0,
                w: right - left,
                h: height,
            },
            corner: 2.0,
            style: band.style,
        });
        let Some((key, token)) = band.name else {
            return;
        };
        let mut name = self.texts.get(key);
        if let Look::Server {
            epoch,
            serves,
            state,
            ..
        } = look
            && serves
            && state == ServerState::Leading
        {
            name = format!("{name} · e{epoch}");
        }
        let fits = text_width(&name, 13.0, TextClass::Label) + 10.0 < right - left;
        if fits && self.pitch >= 30.0 {
            let at = Point::new(left + 6.0, y - height / 2.0 - 5.0);
            self.text(at, Align::Start, name, token);
        }
    }
}

/// True where two looks are drawn alike.
fn is_alike(one: &Look, other: &Look) -> bool {
    let key = |look: &Look| match *look {
        Look::Server {
            power,
            state,
            serves,
            epoch,
            ..
        } => (power, Some((state, serves, epoch)), None),
        Look::Client { power, state, .. } => (power, None, Some(state)),
    };
    key(one) == key(other)
}

/// `None` where nobody is there.
fn band(look: &Look) -> Option<Band> {
    let (power, state, serves) = match *look {
        Look::Server {
            power,
            state,
            serves,
            ..
        } => (power, state, serves),
        Look::Client { power, state, .. } => return client(power, state),
    };
    let pen = |token| Stroke::new(token, 2.0);
    let (height, style, key, token) = match (power, state, serves) {
        (Power::Off | Power::Killed | Power::Unplugged, ..) => return None,
        (Power::Starting, ..) => {
            let style = Style::outlined(pen(Token::Down).dashed(3.0, 4.0));
            (10.0, style, "state-starting", Token::Ink3)
        }
        (Power::Paused, ..) => {
            let style = Style {
                fill: Some(Paint::Hatch(Token::Bg, Token::Line2)),
                stroke: Some(pen(Token::You).dashed(5.0, 4.0)),
            };
            (18.0, style, "state-paused", Token::You)
        }
        (Power::Up, ServerState::Leading, true) => (
            24.0,
            Style::filled(Token::ZabFill),
            "state-leading",
            Token::Zab,
        ),
        (Power::Up, ServerState::Leading, false) => {
            let style = Style::both(Token::ZabTint, pen(Token::Zab).dashed(5.0, 4.0));
            (20.0, style, "state-leader-elect", Token::Zab)
        }
        (Power::Up, ServerState::Following, true) => {
            let style = Style::both(Token::ZabTint, pen(Token::Zab));
            (12.0, style, "state-following", Token::Zab)
        }
        (Power::Up, ServerState::Following, false) => {
            let style = Style::both(Token::Bg, pen(Token::Zab).dashed(4.0, 3.0));
            (12.0, style, "state-syncing", Token::Zab)
        }
        (Power::Up, ServerState::Looking, _) => {
            let style = Style::both(Token::ElectTint, pen(Token::Elect));
            (20.0, style, "state-looking", Token::Elect)
        }
        (Power::Up, ServerState::Observing, _) => {
            let style = Style::both(Token::Bg, pen(Token::Zab));
            (12.0, style, "state-observing", Token::Zab)
        }
    };
    Some(Band {
        height,
        style,
        name: Some((key, token)),
    })
}

fn client(power: Power, state: ClientState) -> Option<Band> {
    if !matches!(power, Power::Up | Power::Paused) {
        return None;
    }
    let dashed = Style::outlined(Stroke::new(Token::Ink3, 1.5).dashed(4.0, 3.0));
    let (height, style, name) = match state {
        ClientState::Connected => (4.0, Style::filled(Token::Client), None),
        ClientState::NotConnected | ClientState::Connecting | ClientState::Associating => {
            (12.0, dashed, Some(("client-connecting", Token::Ink2)))
        }
        ClientState::Closed => (12.0, dashed, Some(("client-closed", Token::Ink2))),
    };
    Some(Band {
        height,
        style,
        name,
    })
}
