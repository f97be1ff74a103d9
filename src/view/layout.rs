//! Where everything stands: servers on an ellipse, clockwise from the top, the first id first.
//!
//! Positions depend on the stage's size and the list of servers alone: a server never moves because
//! of what it does.

use super::geometry::{sin_cos, within};
use super::scene::{Frame, Point, Size};
use super::snapshot::{Lens, Snapshot};
use crate::protocol::Sid;

/// How much can be said about each server in the room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Density {
    /// Name, state, epoch, zxid.
    Full,
    /// Bodies: names in them, or beside them where there is room.
    Dots,
}

/// Where one server stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Which server.
    pub sid: Sid,
    /// The middle of its body.
    pub at: Point,
    /// The middle of its label's first baseline.
    pub label: Point,
    /// Where it lies seen from the centre, −1 left to 1 right.
    pub side: f64,
}

/// The stage's geometry for one size and one list of servers.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The stage.
    pub size: Size,
    /// The ellipse's centre.
    pub center: Point,
    /// Its radii.
    pub radii: Size,
    /// The scale all strokes follow; about 1 on a desktop.
    pub k: f64,
    /// A body's radius.
    pub body: f64,
    /// The radius of the ring round it.
    pub ring: f64,
    /// The size of a state label.
    pub font: f64,
    /// What is said about each server.
    pub density: Density,
    /// True on a phone.
    pub phone: bool,
    /// The room under each label where clients dock; 0 where they stand beside their server.
    pub dock: f64,
    /// Every server, in the order of ids.
    pub places: Vec<Place>,
}

/// The room for clients under a server's label, px.
const DOCK: f64 = 26.0;
/// The room between the middles of two clients of one server, px: beside it, and docked.
const BESIDE: f64 = 62.0;
const DOCKED: f64 = 48.0;

/// The widest state label in ems of its font; what neighbours must leave room for.
const LABEL_EMS: f64 = 10.0;

impl Layout {
    /// The geometry for a snapshot seen through a lens.
    ///
    /// Bodies shrink until neither rings nor labels of neighbours touch.
    pub fn of(snapshot: &Snapshot, lens: &Lens) -> Self {
        let sids: Vec<Sid> = snapshot.servers.iter().map(|s| s.sid).collect();
        // On a phone clients dock under their server.
        let dock = if lens.phone && !snapshot.clients.is_empty() {
            DOCK
        } else {
            0.0
        };
        Self::new(&sids, dock, lens)
    }

    fn new(sids: &[Sid], dock: f64, lens: &Lens) -> Self {
        let Size { w, h } = lens.size;
        let natural = if lens.phone {
            (h / 500.0).min(0.66)
        } else {
            (w / 960.0).min(h / 560.0).clamp(0.74, 1.12)
        } * lens.scale;
        let full = Self::fitted(sids, dock, lens, (Density::Full, natural));
        if sids.len() <= 9 && full.has_names_inside() {
            return full;
        }
        Self::fitted(sids, dock, lens, (Density::Dots, natural))
    }

    fn fitted(sids: &[Sid], dock: f64, lens: &Lens, (density, natural): (Density, f64)) -> Self {
        let mut k = natural;
        loop {
            let layout = Self::at_scale(sids, dock, lens, (density, k));
            if k < 0.1 || layout.is_clear() {
                return layout;
            }
            k *= 0.94;
        }
    }

    /// True where a body is large enough to hold its name.
    pub fn has_names_inside(&self) -> bool {
        self.body >= 18.0
    }

    /// The place of `sid`.
    pub fn place(&self, sid: Sid) -> Option<&Place> {
        self.places.iter().find(|place| place.sid == sid)
    }

    /// The middle of `sid`'s body; the stage's centre where there is no such server.
    pub fn at(&self, sid: Sid) -> Point {
        self.place(sid).map_or(self.center, |place| place.at)
    }

    /// The diameter of the button that lies over a server.
    pub fn hit_diameter(&self) -> f64 {
        (self.ring * 2.0 + 8.0).max(if self.density == Density::Dots {
            12.0
        } else {
            44.0
        })
    }

    /// The radius of the label in the middle.
    pub fn center_radius(&self) -> f64 {
        (72.0 * self.k).min(self.radii.h * 0.36)
    }

    /// True where the middle of the ring has room for a label.
    pub fn has_center(&self) -> bool {
        let n = self.places.len();
        n < 9 && (!self.phone || self.center_radius() > 28.0)
    }

    /// The size of a client's pill.
    pub fn pill(&self) -> Size {
        let (w, h) = if self.phone {
            (44.0, 24.0)
        } else if self.density == Density::Dots {
            (40.0, 24.0)
        } else {
            let h = 38.0 * self.k.max(0.9);
            (h * 1.62, h)
        };
        Size { w, h }
    }

    /// True where there is room for a word under the pill of each of so many clients.
    pub fn has_client_words(&self, clients: usize) -> bool {
        !self.phone && self.density == Density::Full && clients <= 9
    }

    /// Where clients are shown whose servers are these: outside of the ring beside their server, on
    /// a phone under it.
    pub fn client_spots(&self, homes: &[Sid]) -> Vec<Point> {
        let mut spots = Vec::with_capacity(homes.len());
        for (index, home) in homes.iter().enumerate() {
            let before = homes.iter().take(index).filter(|sid| *sid == home);
            let mates = homes.iter().filter(|sid| *sid == home).count();
            let nth = as_f64(before.count()) - (as_f64(mates) - 1.0) / 2.0;
            spots.push(self.client_spot(*home, nth, mates));
        }
        spots
    }

    /// The spot of a server's client that stands `nth` from the middle of all `mates`.
    fn client_spot(&self, home: Sid, nth: f64, mates: usize) -> Point {
        let Some(place) = self.place(home) else {
            return self.center;
        };
        let (at, pill) = (place.at, self.pill());
        let room = |most: f64, whole: f64| most.min(whole / as_f64(mates.max(1)));
        let (x, y) = if self.phone {
            let x = at.x + nth * room(DOCKED, self.size.w * 0.5);
            (x, at.y + self.ring + self.font + 8.0 + pill.h / 2.0)
        } else {
            // Who stands in the middle has its clients on the right, a little higher.
            let is_middle = (at.x - self.center.x).abs() < 4.0;
            let side = if is_middle || at.x > self.center.x {
                1.0
            } else {
                -1.0
            };
            let away = if self.size.w < 760.0 {
                54.0
            } else {
                84.0 * self.k.max(0.9)
            };
            let up = if is_middle { 8.0 } else { 0.0 };
            let y = at.y + nth * room(BESIDE, 200.0) - up;
            (at.x + side * (self.ring + away), y)
        };
        let (half_w, half_h) = (pill.w / 2.0 + 3.0, pill.h / 2.0 + 3.0);
        Point::new(
            within(x, half_w, self.size.w - half_w),
            within(y, half_h, self.size.h - half_h),
        )
    }

    fn at_scale(sids: &[Sid], dock: f64, lens: &Lens, (density, k): (Density, f64)) -> Self {
        let Size { w, h } = lens.size;
        let body = 44.0 * k;
        let ring = body * 1.15 + 10.0 * k;
        let font = if lens.phone {
            13.0
        } else if w < 700.0 {
            14.0
        } else {
            16.0
        } * lens.scale;
        let lines = match density {
            Density::Full if !lens.phone => font * 2.0 + 14.0,
            Density::Full => font + 12.0 + dock,
            Density::Dots => 22.0,
        };
        let above = if density == Density::Dots { 26.0 } else { 12.0 };
        let (top, bottom) = (ring + above, ring + lines + 4.0);
        let aside = match density {
            Density::Dots => ring + 34.0,
            Density::Full if lens.phone => ring + 12.0,
            Density::Full => ring + if w < 760.0 { 104.0 } else { 140.0 },
        };
        let (down, across) = extent(sids.len());
        let ry = ((h - top - bottom) / down).max(10.0);
        let most = if density == Density::Dots { 4.0 } else { 1.55 };
        let rx = ((w / 2.0 - aside) / across).min(ry * most).max(10.0);
        let mut layout = Self {
            size: lens.size,
            center: Point::new(w / 2.0, top + ry),
            radii: Size { w: rx, h: ry },
            k,
            body,
            ring,
            font,
            density,
            phone: lens.phone,
            dock,
            places: Vec::new(),
        };
        let angles = layout.angles(sids.len());
        layout.places = sids
            .iter()
            .zip(angles)
            .map(|(sid, degrees)| layout.placed(*sid, degrees))
            .collect();
        layout
    }

    fn placed(&self, sid: Sid, degrees: f64) -> Place {
        let (sin, cos) = sin_cos(degrees);
        let at = self.center.offset(self.radii.w * sin, -self.radii.h * cos);
        // Labels of the left and right servers shift outward, clear of the links.
        let shift = if sin.abs() > 0.8 && !self.phone {
            sin.signum() * self.body * 0.5
        } else {
            0.0
        };
        Place {
            sid,
            at,
            label: at.offset(shift, self.ring + self.font + 4.0),
            side: sin,
        }
    }

    /// Degrees clockwise from the top: equal ones for few servers, equal distances for many.
    fn angles(&self, n: usize) -> Vec<f64> {
        if n <= 9 {
            let step = 360.0 / as_f64(n.max(1));
            return (0..n).map(|i| as_f64(i) * step).collect();
        }
        let steps = 1440_u32;
        let point = |i: u32| {
            let (sin, cos) = sin_cos(f64::from(i) * 360.0 / f64::from(steps));
            Point::new(self.radii.w * sin, self.radii.h * cos)
        };
        let mut walked = vec![0.0];
        for i in 0..steps {
            let so_far = walked.last().copied().unwrap_or(0.0);
            walked.push(so_far + point(i).distance(point(i + 1)));
        }
        let whole = walked.last().copied().unwrap_or(1.0);
        (0..n)
            .map(|i| {
                let wanted = whole * as_f64(i) / as_f64(n);
                as_f64(walked.partition_point(|d| *d < wanted)) * 360.0 / f64::from(steps)
            })
            .collect()
    }

    /// True where no ring touches another or another's label, and no two labels touch.
    fn is_clear(&self) -> bool {
        let boxes: Vec<(Frame, Frame)> = self
            .places
            .iter()
            .map(|p| (self.ring_box(p), self.label_box(p)))
            .collect();
        boxes.iter().enumerate().all(|(i, (ring, label))| {
            boxes.iter().skip(i + 1).all(|(other_ring, other_label)| {
                !label.overlaps(other_ring)
                    && !label.overlaps(other_label)
                    && !ring.overlaps(other_label)
            })
        }) && self.rings_apart()
    }

    fn rings_apart(&self) -> bool {
        let gap = if self.density == Density::Dots {
            2.0
        } else {
            6.0
        };
        self.places.iter().enumerate().all(|(i, place)| {
            self.places
                .iter()
                .skip(i + 1)
                .all(|other| place.at.distance(other.at) >= self.ring * 2.0 + gap)
        })
    }

    fn ring_box(&self, place: &Place) -> Frame {
        // A circle's corners are empty: the box that counts is a little smaller.
        let half = self.ring * 0.9;
        Frame {
            x: place.at.x - half,
            y: place.at.y - half,
            w: half * 2.0,
            h: half * 2.0,
        }
    }

    /// The room a server's label needs: state line, then zxid where there is one.
    pub fn label_box(&self, place: &Place) -> Frame {
        let (w, h) = match self.density {
            Density::Dots => (0.0, 0.0),
            Density::Full if !self.phone => (self.font * LABEL_EMS, self.font * 2.0 + 8.0),
            Density::Full => (self.font * LABEL_EMS * 0.9, self.font + 4.0 + self.dock),
        };
        Frame {
            x: place.label.x - w / 2.0,
            y: place.label.y - self.font,
            w,
            h,
        }
    }
}

/// How far below the centre the lowest and how far beside it the outermost server stand, in radii;
/// the first is counted from the top.
fn extent(n: usize) -> (f64, f64) {
    let step = 360.0 / as_f64(n.max(1));
    let mut reach: (f64, f64) = (1.0, 0.5);
    for i in 0..n {
        let (sin, cos) = sin_cos(as_f64(i) * step);
        reach = (reach.0.max(1.0 - cos), reach.1.max(sin.abs()));
    }
    reach
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of servers and samples are small"
)]
fn as_f64(n: usize) -> f64 {
    n as f64
}
