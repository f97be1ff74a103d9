//! Points, sizes and boxes of the stage, in CSS pixels from its top left corner.

/// A point of the stage, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Rightwards.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// A size in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// An upright box in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Point {
    /// The point `(x, y)`.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The point `dx` right and `dy` below.
    #[must_use]
    pub fn offset(self, dx: f64, dy: f64) -> Self {
        Self::new(self.x + dx, self.y + dy)
    }

    /// The point at `share` of the way to `other`; 0 is here, 1 is there.
    #[must_use]
    pub fn toward(self, other: Self, share: f64) -> Self {
        self.offset((other.x - self.x) * share, (other.y - self.y) * share)
    }

    /// The nearest point of whole pixels.
    #[must_use]
    pub fn whole(self) -> Self {
        Self::new(self.x.round_ties_even(), self.y.round_ties_even())
    }

    /// The distance to `other`.
    pub fn distance(self, other: Self) -> f64 {
        let (dx, dy) = (other.x - self.x, other.y - self.y);
        (dx * dx + dy * dy).sqrt()
    }

    /// The unit vector towards `other`; the zero vector where the two are one.
    #[must_use]
    pub fn direction(self, other: Self) -> Self {
        let length = self.distance(other);
        if length < f64::EPSILON {
            return Self::default();
        }
        Self::new((other.x - self.x) / length, (other.y - self.y) / length)
    }

    /// The point at `radius` from here, `degrees` clockwise from the top.
    #[must_use]
    pub fn polar(self, radius: f64, degrees: f64) -> Self {
        let (sin, cos) = sin_cos(degrees);
        self.offset(radius * sin, -radius * cos)
    }

    /// The distance to the nearest point of the line between two points.
    pub fn distance_to_segment(self, from: Self, to: Self) -> f64 {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let squared = dx * dx + dy * dy;
        if squared < f64::EPSILON {
            return self.distance(from);
        }
        let along = ((self.x - from.x) * dx + (self.y - from.y) * dy) / squared;
        self.distance(from.toward(to, along.clamp(0.0, 1.0)))
    }
}

/// `value`, or the nearest bound. The library's `clamp` panics where the bounds are the wrong way
/// round, and says so with 10 kB of float formatting; here the upper one wins.
pub fn within(value: f64, low: f64, high: f64) -> f64 {
    value.max(low).min(high)
}

/// Sine and cosine of an angle in degrees, to a hundred millionth.
///
/// Series, because the library's functions are exact for angles of any size, at ten times the code.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a whole number from 0 to 3; where it is none, the angle was not finite"
)]
pub fn sin_cos(degrees: f64) -> (f64, f64) {
    // The nearest quarter turn, and at most an eighth of a turn to either side of it.
    let quarters = (degrees / 90.0).round_ties_even();
    let x = (degrees - quarters * 90.0).to_radians();
    let xx = x * x;
    let sin = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0 * (1.0 - xx / 72.0))));
    let cos = 1.0
        - xx / 2.0 * (1.0 - xx / 12.0 * (1.0 - xx / 30.0 * (1.0 - xx / 56.0 * (1.0 - xx / 90.0))));
    match (quarters - (quarters / 4.0).floor() * 4.0) as i32 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

impl Frame {
    /// True where `at` lies within.
    pub fn contains(&self, at: Point) -> bool {
        (self.x..=self.x + self.w).contains(&at.x) && (self.y..=self.y + self.h).contains(&at.y)
    }

    /// True where the two share some area.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cosine_are_those_of_the_library() {
        for tenth in -9_000..=9_000 {
            let degrees = f64::from(tenth) / 10.0;
            let (sin, cos) = sin_cos(degrees);
            let (exact_sin, exact_cos) = degrees.to_radians().sin_cos();
            assert!((sin - exact_sin).abs() < 1e-8, "sine of {degrees}");
            assert!((cos - exact_cos).abs() < 1e-8, "cosine of {degrees}");
        }
    }

    #[test]
    fn the_nearest_bound_counts_and_of_crossed_bounds_the_upper() {
        assert!((within(0.5, 1.0, 2.0) - 1.0).abs() < f64::EPSILON);
        assert!((within(2.5, 1.0, 2.0) - 2.0).abs() < f64::EPSILON);
        assert!((within(1.5, 2.0, 1.0) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn polar_runs_clockwise_from_the_top() {
        let top = Point::new(0.0, 0.0).polar(10.0, 0.0);
        let right = Point::new(0.0, 0.0).polar(10.0, 90.0);
        assert!(top.distance(Point::new(0.0, -10.0)) < 1e-9);
        assert!(right.distance(Point::new(10.0, 0.0)) < 1e-9);
    }
}
