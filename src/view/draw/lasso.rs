//! What you cut: a dashed lasso round the smaller side of a partition, ✕ where a link crosses it, ✕
//! on a link cut alone.

use super::Stage;
use super::server::cross;
use crate::base::Set;
use crate::protocol::Sid;
use crate::sim::{Direction, Fault, FaultId, Ways};
use crate::view::few::sort_few;
use crate::view::geometry::within;
use crate::view::layout::{Density, Place};
use crate::view::scene::{
    Area, Chip, Frame, Point, Segment, Shape, Stroke, Style, Target, TextClass, Token, text_width,
};

/// An ✕ to be painted over everything but messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    at: Point,
    fault: FaultId,
    /// For a one-way cut: which way is cut.
    along: Option<Point>,
}

impl Mark {
    const fn share(direction: Direction) -> f64 {
        match direction {
            Direction::Both => 0.5,
            Direction::OneWay => 0.62,
        }
    }

    fn new(fault: FaultId, (from, to): (Point, Point), direction: Direction) -> Self {
        Self {
            at: from.toward(to, Self::share(direction)),
            fault,
            along: (direction == Direction::OneWay).then(|| from.direction(to)),
        }
    }
}

impl Stage<'_> {
    /// Paints the lassos and says where the ✕ belong.
    pub(super) fn lassos(&mut self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for active in &self.cluster.snapshot.faults {
            match &active.fault {
                Fault::Partition { side } => marks.extend(self.partition(active.id, side)),
                Fault::Cut {
                    from,
                    to,
                    direction,
                } => marks.push(self.cut(active.id, (*from, *to), *direction)),
                Fault::CutClient { id, sid, direction } => {
                    if let Some(at) = self.client_at(*id) {
                        let server = self.layout.at(*sid);
                        marks.push(match direction {
                            Ways::Both => Mark::new(active.id, (at, server), Direction::Both),
                            Ways::ToServer => Mark::new(active.id, (at, server), Direction::OneWay),
                            Ways::ToClient => Mark::new(active.id, (server, at), Direction::OneWay),
                        });
                    }
                }
                _ => {}
            }
        }
        marks
    }

    pub(super) fn cut_marks(&mut self, marks: &[Mark]) {
        let k = self.layout.k.max(0.6);
        for mark in marks {
            self.disc(mark.at, 12.0 * k, Style::filled(Token::Bg));
            self.add(Shape::Path {
                segments: cross(mark.at, 8.0 * k),
                style: Style::outlined(Stroke::new(Token::You, 4.0 * k).round()),
            });
            if let Some(along) = mark.along {
                self.chevron(mark.at, along, k);
            }
            let radius = if self.lens.coarse_pointer { 22.0 } else { 12.0 };
            let area = Area::Disc {
                center: mark.at,
                radius,
            };
            self.target(Target::Fault(mark.fault), area);
        }
    }

    /// A chevron before the ✕: the way that is cut.
    fn chevron(&mut self, at: Point, along: Point, k: f64) {
        let tip = at.offset(-along.x * 15.0 * k, -along.y * 15.0 * k);
        let back = tip.offset(-along.x * 9.0 * k, -along.y * 9.0 * k);
        let (nx, ny) = (-along.y * 8.0 * k, along.x * 8.0 * k);
        self.add(Shape::Path {
            segments: vec![
                Segment::Move(back.offset(nx, ny)),
                Segment::Line(tip),
                Segment::Line(back.offset(-nx, -ny)),
            ],
            style: Style::outlined(Stroke::new(Token::You, 3.0 * k).round()),
        });
    }

    fn cut(&mut self, fault: FaultId, ways: (Sid, Sid), direction: Direction) -> Mark {
        let ends = (self.layout.at(ways.0), self.layout.at(ways.1));
        let share = Mark::share(direction);
        self.held.insert(ways, share - 0.06);
        if direction == Direction::Both {
            self.held.insert((ways.1, ways.0), share - 0.06);
        }
        Mark::new(fault, ends, direction)
    }

    fn partition(&mut self, fault: FaultId, side: &Set<Sid>) -> Vec<Mark> {
        let inside = self.smaller_side(side);
        let mut marks = Vec::new();
        let mut chip_at: Option<(Point, Point)> = None;
        for run in self.runs(&inside) {
            // Only the first lasso carries the chip on its upper edge.
            let above = if chip_at.is_none() { 46.0 } else { 22.0 };
            let outline = self.outline(&run, above);
            self.lasso(&outline);
            let top = outline.iter().map(|p| p.y).fold(f64::MAX, f64::min);
            let bottom = outline.iter().map(|p| p.y).fold(f64::MIN, f64::max);
            let left = outline.iter().map(|p| p.x).fold(f64::MAX, f64::min);
            let right = outline.iter().map(|p| p.x).fold(f64::MIN, f64::max);
            let x = f64::midpoint(left, right);
            chip_at.get_or_insert_with(|| (Point::new(x, top), Point::new(x, bottom)));
            for place in &run {
                marks.extend(self.crossings(fault, (place, &inside), &outline));
            }
        }
        if let Some(edges) = chip_at {
            self.chip(fault, edges, &inside);
        }
        marks
    }

    fn smaller_side(&self, side: &Set<Sid>) -> Set<Sid> {
        let (inside, outside): (Set<Sid>, Set<Sid>) = self
            .layout
            .places
            .iter()
            .map(|place| place.sid)
            .partition(|sid| side.contains(sid));
        if outside.len() < inside.len() {
            outside
        } else {
            inside
        }
    }

    /// Members that are neighbours on the ring share a lasso.
    fn runs(&self, inside: &Set<Sid>) -> Vec<Vec<Place>> {
        let places = &self.layout.places;
        let n = places.len();
        let is_in = |i: usize| places.get(i % n).is_some_and(|p| inside.contains(&p.sid));
        let mut runs: Vec<Vec<Place>> = Vec::new();
        for start in (0..n).filter(|i| is_in(*i) && !is_in(i + n - 1)) {
            let run = (start..start + n).take_while(|i| is_in(*i));
            runs.push(run.filter_map(|i| places.get(i % n).copied()).collect());
        }
        runs
    }

    /// The convex hull of the room its members and their labels take.
    fn outline(&self, run: &[Place], above: f64) -> Vec<Point> {
        let (r, k) = (self.layout.ring, self.layout.k);
        let size = self.layout.size;
        let is_plain = self.layout.density == Density::Dots;
        let below = if is_plain {
            22.0
        } else {
            self.layout.font * 2.0 + 22.0
        };
        let above = if is_plain { 22.0 * k } else { above * k };
        let mut corners = Vec::new();
        for place in run {
            let label = self.layout.label_box(place).w / 2.0 + (place.label.x - place.at.x).abs();
            let half = (r + 22.0 * k).max(label + 6.0);
            let (left, right) = (place.at.x - half, place.at.x + half);
            for x in [left.max(5.0), right.min(size.w - 5.0)] {
                corners.push(Point::new(x, (place.at.y - r - above).max(5.0)));
                corners.push(Point::new(x, (place.at.y + r + below).min(size.h - 5.0)));
            }
        }
        hull(corners)
    }

    fn lasso(&mut self, outline: &[Point]) {
        let corner = 34.0 * self.layout.k;
        let pen = Stroke::new(Token::You, 3.5 * self.lens.scale)
            .dashed(12.0, 8.0)
            .round();
        self.add(Shape::Path {
            segments: rounded(outline, corner),
            style: Style::outlined(pen),
        });
    }

    /// Where the links of one member to the other side cross the lasso.
    fn crossings(
        &mut self,
        fault: FaultId,
        member: (&Place, &Set<Sid>),
        outline: &[Point],
    ) -> Vec<Mark> {
        if self.is_crowded() {
            return Vec::new();
        }
        let (place, inside) = member;
        let others: Vec<Place> = self
            .layout
            .places
            .iter()
            .filter(|other| !inside.contains(&other.sid))
            .copied()
            .collect();
        let mut marks = Vec::new();
        for other in others {
            let share = exit_share(place.at, other.at, outline).unwrap_or(0.5);
            let share = self.clear_of_rings(share, place.at.distance(other.at));
            self.held.insert((place.sid, other.sid), share - 0.05);
            self.held.insert((other.sid, place.sid), 1.0 - share - 0.05);
            marks.push(Mark {
                at: place.at.toward(other.at, share),
                fault,
                along: None,
            });
        }
        marks
    }

    fn clear_of_rings(&self, share: f64, distance: f64) -> f64 {
        let near = ((self.layout.ring + 14.0 * self.layout.k) / distance.max(1.0)).min(0.5);
        within(share, near, 1.0 - near)
    }

    /// The chip lies on the lasso's upper edge, or on its lower one where it would hide a server.
    fn chip(&mut self, fault: FaultId, edges: (Point, Point), inside: &Set<Sid>) {
        let sids: Vec<Sid> = inside.iter().copied().collect();
        let who = self.texts.sids(&sids);
        let text = self
            .texts
            .with("chip-partition", &vec![("who", who.into())]);
        let action = self.texts.get("heal");
        let width = text_width(&text, 14.0, TextClass::Label) + 130.0;
        let lowest = self.layout.size.h - 30.0;
        let places = [edges.0, edges.1].map(|edge| {
            let at = self.kept_inside(edge, width);
            Point::new(at.x, within(at.y, 30.0, lowest))
        });
        let free = places.iter().find(|at| !self.hides_a_server(**at, width));
        self.scene.chips.push(Chip {
            at: free.copied().unwrap_or(places[0]),
            fault,
            text,
            action,
        });
    }

    fn hides_a_server(&self, at: Point, width: f64) -> bool {
        let chip = Frame {
            x: at.x - width / 2.0,
            y: at.y - 22.0,
            w: width,
            h: 44.0,
        };
        let r = self.layout.ring;
        self.layout.places.iter().any(|place| {
            chip.overlaps(&Frame {
                x: place.at.x - r,
                y: place.at.y - r,
                w: r * 2.0,
                h: r * 2.0,
            })
        })
    }
}

/// How far along `from`–`to` the line last leaves the polygon.
fn exit_share(from: Point, to: Point, polygon: &[Point]) -> Option<f64> {
    let next = polygon.iter().cycle().skip(1);
    polygon
        .iter()
        .zip(next)
        .filter_map(|(a, b)| {
            let (rx, ry) = (to.x - from.x, to.y - from.y);
            let (sx, sy) = (b.x - a.x, b.y - a.y);
            let cross = rx * sy - ry * sx;
            if cross.abs() < f64::EPSILON {
                return None;
            }
            let (qx, qy) = (a.x - from.x, a.y - from.y);
            let along = (qx * sy - qy * sx) / cross;
            let beside = (qx * ry - qy * rx) / cross;
            ((0.0..=1.0).contains(&along) && (0.0..=1.0).contains(&beside)).then_some(along)
        })
        .max_by(f64::total_cmp)
}

/// The convex hull, in order.
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    sort_few(&mut points, |a, b| (a.x, a.y) < (b.x, b.y));
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain.as_slice() {
                let turn = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
                if turn > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut outline = half(&mut points.iter().copied());
    outline.extend(half(&mut points.iter().rev().copied()));
    outline
}

/// A closed outline with rounded corners.
fn rounded(outline: &[Point], corner: f64) -> Vec<Segment> {
    let n = outline.len();
    let at = |i: usize| outline.get(i % n.max(1)).copied().unwrap_or_default();
    let mut segments = Vec::new();
    for i in 0..n {
        let (before, here, after) = (at(i + n - 1), at(i), at(i + 1));
        let room = here.distance(before).min(here.distance(after)) / 2.0;
        let cut = corner.min(room);
        let (back, on) = (here.direction(before), here.direction(after));
        let enter = here.offset(back.x * cut, back.y * cut);
        segments.push(if i == 0 {
            Segment::Move(enter)
        } else {
            Segment::Line(enter)
        });
        segments.push(Segment::Quad(here, here.offset(on.x * cut, on.y * cut)));
    }
    segments.push(Segment::Close);
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hull_has_only_outer_corners_and_a_line_leaves_it_once() {
        let square = [
            (0.0, 0.0),
            (10.0, 0.0),
            (10.0, 10.0),
            (0.0, 10.0),
            (5.0, 5.0),
        ];
        let outline = hull(square.iter().map(|(x, y)| Point::new(*x, *y)).collect());
        assert_eq!(outline.len(), 4);
        let share = exit_share(Point::new(5.0, 5.0), Point::new(25.0, 5.0), &outline);
        assert!((share.expect("leaves") - 0.25).abs() < 1e-9);
        assert_eq!(
            exit_share(Point::new(20.0, 5.0), Point::new(25.0, 5.0), &outline),
            None
        );
    }
}
