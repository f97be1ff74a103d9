//! Links: a hairline where two servers are connected, blue between follower and leader, dots where
//! nobody is there or where you cut.

use super::Stage;
use crate::protocol::{ServerState, Sid};
use crate::sim::ServerStatus;
use crate::view::scene::{Area, Point, Stroke, Target, Token};

impl Stage<'_> {
    pub(super) fn links(&mut self) {
        let servers = &self.cluster.snapshot.servers;
        for (i, a) in servers.iter().enumerate() {
            for b in servers.iter().skip(i + 1) {
                self.link(a, b);
            }
        }
    }

    fn link(&mut self, a: &ServerStatus, b: &ServerStatus) {
        let ends = self.link_ends(a.sid, b.sid);
        let is_strong = follows(a, b) || follows(b, a);
        let is_cut = self.is_cut_at_all(a.sid, b.sid);
        if self.is_crowded() {
            // Among many servers only the links that carry a leadership are drawn.
            if is_strong && !is_cut {
                self.line(ends, Stroke::new(Token::Zab, 0.8), 0.35);
            }
            return;
        }
        let dotted = Stroke::new(Token::Line2, 1.5).dashed(2.0, 7.0);
        let is_dead = !(self.cluster.standing(a.sid).runs() && self.cluster.standing(b.sid).runs());
        if is_cut || is_dead || !self.are_connected(a.sid, b.sid) {
            self.line(ends, dotted, 0.75);
        } else if is_strong {
            self.line(ends, Stroke::new(Token::Zab, 2.4 * self.lens.scale), 0.6);
        } else {
            self.line(ends, Stroke::new(Token::Line2, 1.125), 0.75);
        }
        let target = Target::Link(a.sid, b.sid);
        if self.lens.selection == Some(target) || self.lens.hover == Some(target) {
            self.line(ends, Stroke::new(Token::Ink, 3.0), 1.0);
        }
        let reach = if self.lens.coarse_pointer { 16.0 } else { 8.0 };
        let area = Area::Segment {
            from: ends.0,
            to: ends.1,
            reach,
        };
        self.target(target, area);
    }

    /// Where a link meets the two rings.
    pub(super) fn link_ends(&self, a: Sid, b: Sid) -> (Point, Point) {
        let (from, to) = (self.layout.at(a), self.layout.at(b));
        let along = from.direction(to);
        let r = self.layout.ring;
        (
            from.offset(along.x * r, along.y * r),
            to.offset(-along.x * r, -along.y * r),
        )
    }

    fn are_connected(&self, a: Sid, b: Sid) -> bool {
        let mut connections = self.cluster.snapshot.connections.iter();
        connections.any(|c| (c.from == a && c.to == b) || (c.from == b && c.to == a))
    }

    fn is_cut_at_all(&self, a: Sid, b: Sid) -> bool {
        self.cluster.snapshot.is_cut(a, b) || self.cluster.snapshot.is_cut(b, a)
    }
}

/// True where `a` follows or observes `b` and `b` leads.
fn follows(a: &ServerStatus, b: &ServerStatus) -> bool {
    let learns = matches!(
        a.peer.state,
        ServerState::Following | ServerState::Observing
    );
    learns && a.peer.leader == Some(b.sid) && b.peer.state == ServerState::Leading
}
