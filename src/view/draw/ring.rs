//! Rings round bodies: segments for a head-count, one arc for a deadline.

use super::Stage;
use crate::view::decimal::decimal;
use crate::view::ring::{AMPLE, LOW, Ring};
use crate::view::scene::{Align, Cap, Frame, Point, Shape, Stroke, Style, Text, TextClass, Token};

/// Above this many voters the segments of a head-count flow into one arc.
const SEGMENTS: usize = 15;

/// How a ring is drawn apart from its values.
#[derive(Clone, Copy)]
pub(super) struct RingLook {
    /// The middle of the body.
    pub(super) at: Point,
    /// The hue of lit segments.
    pub(super) hue: Token,
    /// True where the process is frozen.
    pub(super) is_frozen: bool,
}

impl Stage<'_> {
    pub(super) fn ring(&mut self, ring: &Ring, look: RingLook) {
        match ring {
            Ring::Empty => {}
            Ring::Deadline { share, left } => self.deadline(look, *share, *left),
            Ring::HeadCount { shares, need } => {
                if shares.len() > SEGMENTS {
                    self.flowing_count(shares, *need, look);
                } else {
                    self.segments(shares, *need, look);
                }
            }
        }
    }

    fn ring_width(&self) -> f64 {
        (6.0 * self.layout.k).max(if self.is_crowded() { 2.0 } else { 4.0 })
    }

    fn arc(&mut self, at: Point, span: (f64, f64), stroke: Stroke) {
        self.add(Shape::Arc {
            center: at,
            radius: self.layout.ring,
            from_deg: span.0,
            to_deg: span.1,
            stroke,
        });
    }

    fn deadline(&mut self, look: RingLook, share: f64, left: f64) {
        let width = self.ring_width();
        let base = Style::outlined(Stroke::new(Token::Line, width * 0.5));
        self.disc(look.at, self.layout.ring, base);
        let is_low = share < LOW && !look.is_frozen;
        let mut stroke = if is_low {
            Stroke::new(Token::Elect, width * 1.4)
        } else if share < AMPLE {
            Stroke::new(Token::Ink3, width)
        } else {
            Stroke::new(Token::Line2, width * 0.62)
        };
        if look.is_frozen {
            stroke = Stroke::new(Token::Line2, width).dashed(3.0, 5.0);
        }
        if share > 0.005 {
            self.arc(look.at, (0.0, 360.0 * share), stroke);
        }
        if is_low && !self.is_crowded() {
            self.seconds_left(look.at, left);
        }
    }

    fn seconds_left(&mut self, at: Point, left: f64) {
        let (r, k) = (self.layout.ring, self.layout.k);
        let size = (14.0 * k).max(13.0);
        let value = decimal(left, 1);
        let mut text = Text {
            at: at.offset(r * 0.62, -r * 0.93),
            align: Align::Start,
            text: self.texts.with("seconds", &vec![("value", value.into())]),
            class: TextClass::Label,
            size,
            token: Token::Elect,
            halo: 0.0,
        };
        let room = self.layout.size.w - text.width() - 4.0;
        text.at.x = text.at.x.min(room);
        self.add(Shape::Rect {
            frame: Frame {
                x: text.at.x - r * 0.06,
                y: text.at.y - size,
                w: text.width() + r * 0.12,
                h: size * 1.35,
            },
            corner: 4.0,
            style: Style::filled(Token::Bg),
        });
        self.add(Shape::Text(text));
    }

    fn segments(&mut self, shares: &[f64], need: Option<usize>, look: RingLook) {
        let width = self.ring_width();
        let step = 360.0 / f64::from(count(shares.len()));
        let gap = (step * 0.3).min(7.0);
        let mut from = 0.0;
        for share in shares {
            let (a, b) = (from + gap / 2.0, from + step - gap / 2.0);
            self.arc(look.at, (a, b), Stroke::new(Token::Line, width));
            if *share > 0.0 {
                let mut stroke = Stroke::new(look.hue, width * 1.25);
                if look.is_frozen {
                    stroke = stroke.dashed(3.0, 5.0);
                }
                self.arc(look.at, (a, a + (b - a) * share), stroke);
            }
            from += step;
        }
        self.notch(need, shares.len(), look.at);
    }

    fn flowing_count(&mut self, shares: &[f64], need: Option<usize>, look: RingLook) {
        let width = self.ring_width();
        let base = Style::outlined(Stroke::new(Token::Line, width));
        self.disc(look.at, self.layout.ring, base);
        let lit: f64 = shares.iter().sum::<f64>() / f64::from(count(shares.len()));
        if lit > 0.0 {
            let stroke = Stroke::new(look.hue, width * 1.25);
            self.arc(look.at, (0.0, 360.0 * lit), stroke);
        }
        self.notch(need, shares.len(), look.at);
    }

    /// The majority: a bar across the ring behind the segment that makes it.
    fn notch(&mut self, need: Option<usize>, of: usize, at: Point) {
        let Some(need) = need else { return };
        let width = self.ring_width();
        let degrees = 360.0 * f64::from(count(need)) / f64::from(count(of));
        let inner = at.polar(self.layout.ring - width * 1.3, degrees);
        let outer = at.polar(self.layout.ring + width * 1.5, degrees);
        let thick = (3.0 * self.layout.k).max(if self.is_crowded() { 1.5 } else { 2.5 });
        let stroke = Stroke {
            cap: Cap::Butt,
            ..Stroke::new(Token::Ink, thick)
        };
        self.line((inner, outer), stroke, 1.0);
    }
}

/// A head-count as a number for geometry; never 0.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX).max(1)
}
