//! Messages: glyphs that move linearly in cluster time, ✕ where one died, labels while paused.
//!
//! Easing would lie: speed on the stage is the slope of the line in a space–time diagram.

use super::Stage;
use super::ring::count;
use super::server::cross;
use crate::base::Map;
use crate::protocol::{ElectionMessage, Message, QuorumBody, ServerState, Sid};
use crate::sim::Flight;
use crate::view::palette::{Glyph, candidate, glyph};
use crate::view::scene::{
    Align, Area, Frame, Paint, Point, Segment, Shape, Stroke, Style, Target, Text, TextClass, Token,
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
struct Placed<'a> {
    flight: &'a Flight,
    glyph: Glyph,
    at: Point,
    share: f64,
    /// The unit vector along its way.
    along: Point,
}

impl Stage<'_> {
    pub(super) fn messages(&mut self) {
        let snapshot = self.cluster.snapshot;
        let placed: Vec<Placed<'_>> = snapshot.flights.iter().map(|f| self.placed(f)).collect();
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
        let mut piles: Map<(Sid, Sid), (usize, &Placed<'_>)> = Map::new();
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
    fn placed<'f>(&self, flight: &'f Flight) -> Placed<'f> {
        let held = self.held.get(&(flight.from, flight.to)).copied();
        let share = match flight.arrives_at {
            None => self.share_between_rings(flight, held.unwrap_or(0.5)),
            Some(_) if self.lens.reduced_motion => 0.5,
            Some(arrives_at) => {
                let whole = seconds(arrives_at.saturating_sub(flight.sent_at));
                let gone = seconds(self.t.saturating_sub(flight.sent_at));
                if whole > 0.0 {
                    (gone / whole).clamp(0.0, 1.0)
                } else {
                    1.0
                }
            }
        };
        let (from, to) = self.way(flight.from, flight.to);
        Placed {
            flight,
            glyph: self.glyph_of(flight),
            at: from.toward(to, share),
            share,
            along: from.direction(to),
        }
    }

    /// A leader's PING asks and a learner's answers: the dialled side of the connection is the
    /// leader.
    fn glyph_of(&self, flight: &Flight) -> Glyph {
        let connections = &self.cluster.snapshot.connections;
        let dialled = connections
            .iter()
            .find(|c| c.id == flight.conn)
            .map(|c| c.to);
        let leads = match dialled {
            Some(sid) => sid == flight.from,
            None => self
                .cluster
                .snapshot
                .server(flight.from)
                .is_some_and(|s| s.peer.state == ServerState::Leading),
        };
        let state = if leads {
            ServerState::Leading
        } else {
            ServerState::Following
        };
        glyph(&flight.message, state)
    }

    /// A message's way from ring to ring, a little to the right of the link, so that both ways are
    /// apart.
    fn way(&self, from: Sid, to: Sid) -> (Point, Point) {
        let (a, b) = (self.layout.at(from), self.layout.at(to));
        let along = a.direction(b);
        let r = self.layout.ring + 4.0 * self.layout.k;
        let aside = 7.0 * self.layout.k;
        let start = a.offset(along.x * r - along.y * aside, along.y * r + along.x * aside);
        let end = b.offset(
            -along.x * r - along.y * aside,
            -along.y * r + along.x * aside,
        );
        (start, end)
    }

    /// A share of the way between two middles, as a share of the way between the rings.
    fn share_between_rings(&self, flight: &Flight, share: f64) -> f64 {
        let whole = self
            .layout
            .at(flight.from)
            .distance(self.layout.at(flight.to));
        let r = self.layout.ring + 4.0 * self.layout.k;
        let between = (whole - 2.0 * r).max(1.0);
        ((share * whole - r) / between).clamp(0.02, 0.98)
    }

    fn glyph_size(&self) -> f64 {
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

    fn glyph(&mut self, placed: &Placed<'_>) {
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
            Glyph::Ack => self.tick(at, s),
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
        let flight = &loss.flight;
        let (from, to) = self.way(flight.from, flight.to);
        let share = flight.arrives_at.map_or(0.5, |arrives_at| {
            let whole = seconds(arrives_at.saturating_sub(flight.sent_at));
            let gone = seconds(loss.at.saturating_sub(flight.sent_at));
            if whole > 0.0 {
                (gone / whole).clamp(0.0, 1.0)
            } else {
                1.0
            }
        });
        let s = self.glyph_size();
        self.add(Shape::Path {
            segments: cross(from.toward(to, share), s * 0.4),
            style: Style::outlined(Stroke::new(Token::You, s * 0.2).round()),
        });
    }

    /// One glyph a link, way and kind, with its number; where a link carries too many, a bar.
    fn bundles(&mut self, placed: &[Placed<'_>]) {
        let mut kinds: Map<(Sid, Sid), Map<Glyph, Vec<&Placed<'_>>>> = Map::new();
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
                let Some(first) = those.first() else { continue };
                let sum: f64 = those.iter().map(|p| p.share).sum();
                let share = sum / f64::from(count(those.len()));
                let (a, b) = self.way(*from, *to);
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

    fn bar(&mut self, way: (Sid, Sid), counts: &[(Glyph, usize)], many: usize) {
        let (a, b) = self.way(way.0, way.1);
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
        let mut ways: Map<(Sid, Sid), usize> = Map::new();
        for p in placed {
            *ways.or_default((p.flight.from, p.flight.to)) += 1;
        }
        for ((from, to), many) in ways {
            let ends = self.way(from, to);
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
