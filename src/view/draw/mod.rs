//! The stage: one moment of a cluster as a [`Scene`].
//!
//! A pure function of a snapshot, an instant, a lens and a language. Painting order is the reading
//! order from back to front: links, the middle, votes, lassos, servers, cut marks, messages,
//! clients.

mod clients;
mod glyphs;
mod lasso;
mod links;
mod log;
mod messages;
mod ring;
mod server;
mod votes;

pub(crate) use messages::message_label;

use super::geometry::within;
use super::layout::Layout;
use super::scene::{
    Align, Area, Frame, Point, Scene, Shape, Stroke, Style, Target, Text, TextClass, Token,
};
use super::snapshot::{Lens, Snapshot, seconds};
use super::standing::Cluster;
use super::texts::Texts;
use crate::base::{Map, Micros};
use crate::protocol::Sid;
use crate::view::decimal::decimal;

/// The moment `t` of `snapshot`, where `snapshot.now <= t` and nothing happens between the two.
pub fn scene(snapshot: &Snapshot, t: Micros, lens: &Lens, texts: &Texts) -> Scene {
    let mut stage = Stage {
        cluster: Cluster::of(snapshot),
        layout: Layout::of(snapshot, lens),
        lens,
        texts,
        t,
        held: Map::new(),
        labels: Vec::new(),
        scene: Scene {
            size: lens.size,
            ..Scene::default()
        },
    };
    stage.place_clients();
    stage.links();
    stage.client_links();
    stage.middle();
    stage.votes();
    let marks = stage.lassos();
    stage.servers();
    stage.cut_marks(&marks);
    stage.messages();
    stage.clients();
    stage.scene
}

/// A picture being made.
struct Stage<'a> {
    cluster: Cluster<'a>,
    layout: Layout,
    lens: &'a Lens,
    texts: &'a Texts,
    t: Micros,
    /// Where what is held up on its way from one server to another waits: share of the way.
    held: Map<(Sid, Sid), f64>,
    /// The state labels so far: nothing else is written over them.
    labels: Vec<Frame>,
    scene: Scene,
}

/// Class and colour of a text, and the width of the halo that keeps it readable over lines.
type Look = (TextClass, Token, f64);

impl Stage<'_> {
    fn add(&mut self, shape: Shape) {
        self.scene.shapes.push(shape);
    }

    fn target(&mut self, target: Target, area: Area) {
        self.scene.targets.push((target, area));
    }

    fn line(&mut self, ends: (Point, Point), stroke: Stroke, opacity: f64) {
        self.add(Shape::Line {
            from: ends.0,
            to: ends.1,
            stroke,
            opacity,
        });
    }

    fn disc(&mut self, center: Point, radius: f64, style: Style) {
        self.add(Shape::Circle {
            center,
            radius,
            style,
        });
    }

    /// A text centred on `at`.
    fn text(&mut self, at: Point, text: String, size: f64, look: Look) {
        self.add(Shape::Text(Text {
            at,
            align: Align::Middle,
            text,
            class: look.0,
            size,
            token: look.1,
            halo: look.2,
        }));
    }

    /// Moves a point so that a text of that width, centred on it, stays on the stage.
    fn kept_inside(&self, at: Point, width: f64) -> Point {
        let half = (width / 2.0 + 4.0).min(self.layout.size.w / 2.0);
        Point::new(within(at.x, half, self.layout.size.w - half), at.y)
    }

    /// True where the ensemble is too large for anything but bodies and the links that matter.
    fn is_crowded(&self) -> bool {
        self.layout.places.len() > 15
    }

    /// What the ensemble is doing: the epoch, or how long nobody has led.
    fn middle(&mut self) {
        if !self.layout.has_center() {
            return;
        }
        let (at, radius, font) = (
            self.layout.center,
            self.layout.center_radius(),
            self.layout.font,
        );
        if self.layout.places.len().is_multiple_of(2) {
            self.disc(at, radius * 1.1, Style::filled(Token::Bg));
        }
        if let Some(leader) = self.cluster.leading() {
            let epoch = leader.peer.current_epoch.to_string();
            let word = self.texts.get("epoch");
            let quiet = (TextClass::Quiet, Token::Ink3, 0.0);
            self.text(at.offset(0.0, -radius * 0.36), word, font * 0.92, quiet);
            let look = (TextClass::Name, Token::Zab, 0.0);
            self.text(at.offset(0.0, radius * 0.5), epoch, radius * 1.05, look);
            return;
        }
        let word = self.texts.get("no-leader");
        let look = (TextClass::Label, Token::Elect, 5.0);
        self.text(at.offset(0.0, -radius * 0.2), word, font, look);
        if let Some(since) = self.cluster.snapshot.leaderless_since {
            let clock = decimal(seconds(self.t.saturating_sub(since)), 2);
            let clock = self.texts.with("seconds", &vec![("value", clock.into())]);
            let look = (TextClass::Name, Token::Elect, 5.0);
            self.text(at.offset(0.0, radius * 0.42), clock, radius * 0.56, look);
        }
    }
}
