//! Votes: an amber arrow from voter to candidate, bowed away from the centre. Self-votes are words
//! only.

use super::Stage;
use crate::view::scene::{Point, Segment, Shape, Stroke, Style, Token};
use crate::view::standing::{Standing, backs};

impl Stage<'_> {
    pub(super) fn votes(&mut self) {
        for server in &self.cluster.snapshot.servers {
            if self.cluster.standing(server.sid) != Standing::Looking {
                continue;
            }
            if let Some(candidate) = backs(server).filter(|sid| *sid != server.sid)
                && let Some(to) = self.layout.place(candidate).map(|place| place.at)
            {
                let from = self.layout.at(server.sid);
                self.vote(from, to);
            }
        }
    }

    fn vote(&mut self, from: Point, to: Point) {
        let k = self.layout.k;
        let control = self.bow(from, to);
        let (start, end) = (from.direction(control), to.direction(control));
        let near = self.layout.ring + 6.0 * k;
        let far = near + 9.0 * k;
        let a = from.offset(start.x * near, start.y * near);
        let b = to.offset(end.x * far, end.y * far);
        let width = (3.3 * k.max(0.75)).max(if self.is_crowded() { 1.0 } else { 2.4 });
        self.add(Shape::Path {
            segments: vec![Segment::Move(a), Segment::Quad(control, b)],
            style: Style::outlined(Stroke::new(Token::Elect, width)),
        });
        let size = if self.is_crowded() {
            8.0
        } else {
            16.0 * k.max(0.75)
        };
        let tip = b.offset(-end.x * size * 0.42, -end.y * size * 0.42);
        let back = b.offset(end.x * size * 0.58, end.y * size * 0.58);
        let (nx, ny) = (-end.y * size / 2.0, end.x * size / 2.0);
        self.add(Shape::Polygon {
            points: vec![tip, back.offset(nx, ny), back.offset(-nx, -ny)],
            style: Style::filled(Token::Elect),
        });
    }

    /// The control point of the bow: beside the middle, on the side away from the centre.
    fn bow(&self, from: Point, to: Point) -> Point {
        let along = from.direction(to);
        let (mut nx, mut ny) = (along.y, -along.x);
        let middle = from.toward(to, 0.5);
        let center = self.layout.center;
        if nx * (middle.x - center.x) + ny * (middle.y - center.y) < 0.0 {
            (nx, ny) = (-nx, -ny);
        }
        let bow = (from.distance(to) * 0.16).min(58.0) * self.layout.k;
        middle.offset(nx * bow, ny * bow)
    }
}
