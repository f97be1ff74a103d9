//! Messages: glyphs that move linearly in cluster time, ✕ where one died, labels while paused.
//!
//! Easing would lie: speed on the stage is the slope of the line in a space–time diagram.

use super::Stage;
use super::ring::count;
use super::server::cross;
use crate::base::{Map, Micros};
use crate::protocol::{ElectionMessage, Message, QuorumBody, Sid};
use crate::sim::{Flight, Node};
use crate::view::palette::{Glyph, glyph};
use crate::view::scene::{
    Align, Area, Frame, Paint, Point, Shape, Stroke, Style, Target, Text, TextClass, Token,
};
use crate::view::snapshot::{Loss, seconds};
use crate::view::texts::zxid_text;

/// Above this many messages those of one link, way and kind share one glyph.
const BUNDLE_ABOVE: usize = 300;
/// Above this many on one link a bar shows the share of each kind.
const BAR_ABOVE: usize = 40;
/// Above this many only the links' thickness tells.
const FLOW_ABOVE: usize = 2_000;
/// At most this many labels while paused.
const LABELS: usize = 14;

/// A message where it is now.
pub(super) struct Placed<'a> {
    pub(super) flight: &'a Flight,
    pub(super) glyph: Glyph,
    pub(super) at: Point,
    share: f64,
    /// The unit vector along its way.
    pub(super) along: Point,
}

/// One end of a message's way.
struct Spot {
    at: Point,
    radius: f64,
}

impl Stage<'_> {
    pub(super) fn messages(&mut self) {
        let snapshot = self.cluster.snapshot;
        let placed: Vec<Placed<'_>> = snapshot
            .flights
            .iter()
            .filter_map(|f| self.placed(f))
            .collect();
        if placed.len() > FLOW_ABOVE {
            self.flows(&placed);
        } else if placed.len() > BUNDLE_ABOVE {
            self.bundles(&placed);
        } else {
            self.singly(&placed);
        }
        for loss in &snapshot.losses {
            self.loss(loss);
        }
    }

    fn singly(&mut self, placed: &[Placed<'_>]) {
        // Those held up at a cut lie on one another: the newest is shown, with their number.
        let mut piles: Map<(Node, Node), (usize, &Placed<'_>)> = Map::new();
        for p in placed {
            if p.flight.arrives_at.is_some() {
                self.glyph(p);
                self.message_target(p);
            } else {
                let pile = piles.get_or_insert_with((p.flight.from, p.flight.to), || (0, p));
                *pile = (pile.0 + 1, p);
            }
        }
        for (many, newest) in piles.into_values() {
            self.glyph(newest);
            self.message_target(newest);
            if many > 1 {
                self.times(newest.at, many);
            }
        }
        if self.lens.paused && !self.layout.phone {
            self.message_labels(placed);
        }
    }

    /// Where a message is: on its way, at mid-link, or where it is held up.
    ///
    /// `None` for one whose ends are not on the stage.
    fn placed<'f>(&self, flight: &'f Flight) -> Option<Placed<'f>> {
        let (from, to) = self.way(flight.from, flight.to)?;
        let held = flight.from.server().zip(flight.to.server());
        let held = held.and_then(|way| self.held.get(&way).copied());
        let share = match flight.arrives_at {
            None => self.share_between_rings(flight, held.unwrap_or(0.5)),
            Some(_) if self.lens.reduced_motion => 0.5,
            Some(arrives_at) => share_gone((flight.sent_at, arrives_at), self.t),
        };
        Some(Placed {
            flight,
            glyph: glyph(&flight.message, flight.side),
            at: from.toward(to, share),
            share,
            along: from.direction(to),
        })
    }

    /// A message's way from ring to ring, a little to the right of the link, so that both ways are
    /// apart.
    fn way(&self, from: Node, to: Node) -> Option<(Point, Point)> {
        let (a, b) = (self.spot(from)?, self.spot(to)?);
        let along = a.at.direction(b.at);
        let aside = 7.0 * self.layout.k;
        let (dx, dy) = (-along.y * aside, along.x * aside);
        let start =
            a.at.offset(along.x * a.radius + dx, along.y * a.radius + dy);
        let end =
            b.at.offset(dx - along.x * b.radius, dy - along.y * b.radius);
        Some((start, end))
    }

    /// Where a node stands, and how far from there messages begin and end.
    fn spot(&self, node: Node) -> Option<Spot> {
        match node {
            Node::Server(sid) => Some(Spot {
                at: self.layout.place(sid)?.at,
                radius: self.layout.ring + 4.0 * self.layout.k,
            }),
            Node::Client(_) if self.layout.phone => None,
            Node::Client(id) => Some(Spot {
                at: self.client_at(id)?,
                radius: 22.0 * self.layout.k,
            }),
        }
    }

    /// A share of the way between two middles, as a share of the way between the rings.
    fn share_between_rings(&self, flight: &Flight, share: f64) -> f64 {
        let ends = self.spot(flight.from).zip(self.spot(flight.to));
        let Some((from, to)) = ends else { return share };
        let whole = from.at.distance(to.at);
        let between = (whole - from.radius - to.radius).max(1.0);
        ((share * whole - from.radius) / between).clamp(0.02, 0.98)
    }

    fn times(&mut self, at: Point, many: usize) {
        let s = self.glyph_size();
        self.add(Shape::Text(Text {
            at: at.offset(s * 0.8, 4.5),
            align: Align::Start,
            text: format!("×{many}"),
            class: TextClass::Label,
            size: 14.0,
            token: Token::Ink,
            halo: 5.0,
        }));
    }

    fn message_target(&mut self, placed: &Placed<'_>) {
        let least: f64 = if self.lens.coarse_pointer { 24.0 } else { 12.0 };
        let radius = least.max(self.glyph_size() * 0.6);
        let area = Area::Disc {
            center: placed.at,
            radius,
        };
        self.target(Target::Message(placed.flight.id), area);
    }

    fn loss(&mut self, loss: &Loss) {
        if loss.at > self.t || self.t.saturating_sub(loss.at) > self.lens.hold {
            return;
        }
        let frame = &loss.frame;
        let Some((from, to)) = self.way(frame.from, frame.to) else {
            return;
        };
        let share = frame.arrives_at.map_or(0.5, |arrives_at| {
            share_gone((frame.sent_at, arrives_at), loss.at)
        });
        let s = self.glyph_size();
        self.add(Shape::Path {
            segments: cross(from.toward(to, share), s * 0.4),
            style: Style::outlined(Stroke::new(Token::You, s * 0.2).round()),
        });
    }

    /// One glyph a link, way and kind, with its number; where a link carries too many, a bar.
    fn bundles(&mut self, placed: &[Placed<'_>]) {
        let mut kinds: Map<(Node, Node), Map<Glyph, Vec<&Placed<'_>>>> = Map::new();
        for p in placed {
            let of_way = kinds.or_default((p.flight.from, p.flight.to));
            of_way.or_default(p.glyph).push(p);
        }
        for ((from, to), of_way) in &kinds {
            let many: usize = of_way.values().map(Vec::len).sum();
            if many > BAR_ABOVE {
                let counts: Vec<(Glyph, usize)> =
                    of_way.iter().map(|(g, those)| (*g, those.len())).collect();
                self.bar((*from, *to), &counts, many);
                continue;
            }
            for those in of_way.values() {
                let ends = self.way(*from, *to);
                let (Some(first), Some((a, b))) = (those.first(), ends) else {
                    continue;
                };
                let sum: f64 = those.iter().map(|p| p.share).sum();
                let share = sum / f64::from(count(those.len()));
                let bundle = Placed {
                    flight: first.flight,
                    glyph: first.glyph,
                    at: a.toward(b, share),
                    share,
                    along: first.along,
                };
                self.glyph(&bundle);
                self.message_target(&bundle);
                self.times(bundle.at, those.len());
            }
        }
    }

    fn bar(&mut self, way: (Node, Node), counts: &[(Glyph, usize)], many: usize) {
        let Some((a, b)) = self.way(way.0, way.1) else {
            return;
        };
        let at = a.toward(b, 0.5);
        let mut x = at.x - 24.0;
        for (glyph, n) in counts {
            let w = 48.0 * f64::from(count(*n)) / f64::from(count(many));
            self.add(Shape::Rect {
                frame: Frame {
                    x,
                    y: at.y - 4.0,
                    w,
                    h: 8.0,
                },
                corner: 0.0,
                style: Style {
                    fill: Some(Paint::Solid(glyph.hue())),
                    stroke: None,
                },
            });
            x += w;
        }
        self.times(at.offset(14.0, 0.0), many);
    }

    /// Too many to draw: a link is as thick as its traffic.
    fn flows(&mut self, placed: &[Placed<'_>]) {
        let mut ways: Map<(Node, Node), usize> = Map::new();
        for p in placed {
            *ways.or_default((p.flight.from, p.flight.to)) += 1;
        }
        for ((from, to), many) in ways {
            let Some(ends) = self.way(from, to) else {
                continue;
            };
            let width = (1.5 + logarithm(count(many))).min(9.0);
            self.line(ends, Stroke::new(Token::Zab, width).dashed(10.0, 8.0), 0.7);
        }
    }

    /// Each thing said gets one label, on the glyph nearest mid-link.
    fn message_labels(&mut self, placed: &[Placed<'_>]) {
        let mut said: Vec<(String, Point, f64)> = Vec::new();
        for p in placed {
            let is_held = p.flight.arrives_at.is_none();
            if is_held || matches!(p.glyph, Glyph::Heartbeat | Glyph::HeartbeatReply) {
                continue;
            }
            let (text, far) = (message_label(&p.flight.message), (p.share - 0.5).abs());
            match said.iter_mut().find(|(known, ..)| *known == text) {
                Some(entry) if far < entry.2 => *entry = (text, p.at, far),
                Some(_) => {}
                None => said.push((text, p.at, far)),
            }
        }
        let mut taken = self.labels.clone();
        for (text, at, _) in said.into_iter().take(LABELS) {
            self.message_label(text, at, &mut taken);
        }
    }

    /// Writes a label above a glyph, or higher where another one is; not at all where there is no
    /// room.
    fn message_label(&mut self, text: String, at: Point, taken: &mut Vec<Frame>) {
        let size = 13.0 * self.lens.scale;
        let mut label = Text {
            at: at.offset(0.0, -self.glyph_size() * 0.9),
            align: Align::Middle,
            text,
            class: TextClass::Mono,
            size,
            token: Token::Ink,
            halo: 5.0,
        };
        label.at = self.kept_inside(label.at, label.width());
        for _ in 0..3 {
            if !taken.iter().any(|frame| frame.overlaps(&label.frame())) {
                taken.push(label.frame());
                self.add(Shape::Text(label));
                return;
            }
            label.at.y -= size + 3.0;
        }
    }
}

/// How much of a message's way is behind it at `t`.
fn share_gone((sent_at, arrives_at): (Micros, Micros), t: Micros) -> f64 {
    let whole = seconds(arrives_at.saturating_sub(sent_at));
    if whole <= 0.0 {
        return 1.0;
    }
    (seconds(t.saturating_sub(sent_at)) / whole).clamp(0.0, 1.0)
}

/// `4 · 7:60`, `LEADERINFO e8`, `DIFF`.
pub(crate) fn message_label(message: &Message) -> String {
    match message {
        Message::Election(ElectionMessage::Notification(n)) if n.leader != Sid::NONE => {
            format!("{} · {}", n.leader, zxid_text(n.zxid))
        }
        Message::Election(_) | Message::Client(_) => String::from(message.label()),
        Message::Quorum(packet) => match packet.body {
            QuorumBody::AckEpoch { current_epoch } => {
                format!("{} e{current_epoch}", message.label())
            }
            QuorumBody::FollowerInfo(_)
            | QuorumBody::ObserverInfo(_)
            | QuorumBody::LeaderInfo { .. }
            | QuorumBody::NewLeader => format!("{} e{}", message.label(), packet.zxid.epoch()),
            QuorumBody::Diff
            | QuorumBody::Trunc
            | QuorumBody::Snap(_)
            | QuorumBody::Ack
            | QuorumBody::Proposal(_)
            | QuorumBody::Commit
            | QuorumBody::Inform(_) => {
                format!("{} {}", message.label(), zxid_text(packet.zxid))
            }
            QuorumBody::UpToDate
            | QuorumBody::Ping
            | QuorumBody::Touched { .. }
            | QuorumBody::Revalidate { .. }
            | QuorumBody::Revalidated { .. }
            | QuorumBody::Request(_)
            | QuorumBody::Sync => String::from(message.label()),
        },
    }
}

/// The natural logarithm of a count, straight between powers of two: for a line's thickness.
fn logarithm(n: u32) -> f64 {
    let n = n.max(1);
    let whole = n.ilog2();
    let below = f64::from(1_u32 << whole);
    (f64::from(whole) + f64::from(n) / below - 1.0) * core::f64::consts::LN_2
}
