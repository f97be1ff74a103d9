//! A scene onto a canvas: shapes in order, nothing decided here.

use web_sys::CanvasRenderingContext2d as Context;

use super::palette::Palette;
use crate::view::scene::{
    Align, Cap, Frame, HATCH_PITCH, HATCH_WIDTH, Paint, Point, Segment, Shape, Stroke, Style, Text,
    Token,
};

/// Paints with one palette on one canvas.
#[derive(Debug)]
pub(super) struct Painter<'a> {
    context: &'a Context,
    palette: &'a Palette,
}

impl<'a> Painter<'a> {
    /// A painter for `context`, whose unit is already one CSS pixel.
    pub(super) const fn new(context: &'a Context, palette: &'a Palette) -> Self {
        Self { context, palette }
    }

    /// Paints one shape.
    pub(super) fn shape(&self, shape: &Shape) {
        match shape {
            Shape::Circle {
                center,
                radius,
                style,
            } => {
                self.trace_arc(*center, *radius, (0.0, 360.0));
                self.finish(style, square(*center, *radius));
            }
            Shape::Arc {
                center,
                radius,
                from_deg,
                to_deg,
                stroke,
            } => {
                self.trace_arc(*center, *radius, (*from_deg, *to_deg));
                self.stroke(stroke);
            }
            Shape::Polygon { points, style } => {
                self.context.begin_path();
                self.context.set_line_join("round");
                for point in points {
                    self.context.line_to(point.x, point.y);
                }
                self.context.close_path();
                self.finish(style, bounds(points));
            }
            Shape::Rect {
                frame,
                corner,
                style,
            } => {
                self.trace_box(frame, *corner);
                self.finish(style, *frame);
            }
            Shape::Line {
                from,
                to,
                stroke,
                opacity,
            } => {
                self.context.set_global_alpha(*opacity);
                self.context.begin_path();
                self.context.move_to(from.x, from.y);
                self.context.line_to(to.x, to.y);
                self.stroke(stroke);
                self.context.set_global_alpha(1.0);
            }
            Shape::Path { segments, style } => {
                self.trace_path(segments);
                self.finish(style, bounds(&ends(segments)));
            }
            Shape::Text(text) => self.text(text),
        }
    }

    fn trace_arc(&self, center: Point, radius: f64, (from, to): (f64, f64)) {
        self.context.begin_path();
        let radians = |degrees: f64| (degrees - 90.0).to_radians();
        // Fails for a negative radius only; then there is nothing to see.
        let _ = self.context.arc(
            center.x,
            center.y,
            radius.max(0.0),
            radians(from),
            radians(to),
        );
    }

    fn trace_box(&self, frame: &Frame, corner: f64) {
        let Frame { x, y, w, h } = *frame;
        let r = corner.min(w / 2.0).min(h / 2.0).max(0.0);
        let context = self.context;
        context.begin_path();
        context.move_to(x + r, y);
        for (ax, ay, bx, by) in [
            (x + w, y, x + w, y + h),
            (x + w, y + h, x, y + h),
            (x, y + h, x, y),
            (x, y, x + w, y),
        ] {
            // Fails for a negative radius only.
            let _ = context.arc_to(ax, ay, bx, by, r);
        }
        context.close_path();
    }

    fn trace_path(&self, segments: &[Segment]) {
        self.context.begin_path();
        for segment in segments {
            match *segment {
                Segment::Move(to) => self.context.move_to(to.x, to.y),
                Segment::Line(to) => self.context.line_to(to.x, to.y),
                Segment::Quad(by, to) => self.context.quadratic_curve_to(by.x, by.y, to.x, to.y),
                Segment::Close => self.context.close_path(),
            }
        }
    }

    /// Fills and outlines the path just traced, which lies within `area`.
    fn finish(&self, style: &Style, area: Frame) {
        match style.fill {
            Some(Paint::Solid(token)) => {
                self.context.set_fill_style_str(self.palette.colour(token));
                self.context.fill();
            }
            Some(Paint::Hatch(ground, stripe)) => self.hatch(ground, stripe, area),
            None => {}
        }
        if let Some(stroke) = &style.stroke {
            self.stroke(stroke);
        }
    }

    fn stroke(&self, stroke: &Stroke) {
        let context = self.context;
        context.set_stroke_style_str(self.palette.colour(stroke.token));
        context.set_line_width(stroke.width);
        let round = stroke.cap == Cap::Round;
        context.set_line_cap(if round { "round" } else { "butt" });
        if round {
            context.set_line_join("round");
        }
        if let Some((dash, gap)) = stroke.dash {
            self.set_dash(&[dash, gap]);
            context.stroke();
            self.set_dash(&[]);
        } else {
            context.stroke();
        }
    }

    fn set_dash(&self, lengths: &[f64]) {
        let array: js_sys::Array = lengths
            .iter()
            .map(|&l| wasm_bindgen::JsValue::from(l))
            .collect();
        // Fails for a list that is not numbers.
        let _ = self.context.set_line_dash(&array);
    }

    /// Stripes at 45° inside the path just traced; the path stays for the outline.
    fn hatch(&self, ground: Token, stripe: Token, area: Frame) {
        let context = self.context;
        context.set_fill_style_str(self.palette.colour(ground));
        context.fill();
        context.save();
        context.clip();
        // Filling boxes leaves the current path alone, so that the outline can still be drawn.
        context.set_fill_style_str(self.palette.colour(stripe));
        let reach = area.w + area.h;
        // Translating and rotating cannot fail for finite numbers.
        let _ = context.translate(area.x, area.y);
        let _ = context.rotate(std::f64::consts::FRAC_PI_4);
        let mut x = 0.0;
        while x < reach {
            context.fill_rect(x, -reach, HATCH_WIDTH, reach * 2.0);
            x += HATCH_PITCH;
        }
        context.restore();
    }

    fn text(&self, text: &Text) {
        let context = self.context;
        context.set_font(&self.palette.font(text.class, text.size));
        context.set_text_align(match text.align {
            Align::Start => "left",
            Align::Middle => "center",
            Align::End => "right",
        });
        // Text outside the canvas is not an error.
        if text.halo > 0.0 {
            context.set_stroke_style_str(self.palette.colour(Token::Bg));
            context.set_line_width(text.halo);
            context.set_line_join("round");
            let _ = context.stroke_text(&text.text, text.at.x, text.at.y);
        }
        context.set_fill_style_str(self.palette.colour(text.token));
        let _ = context.fill_text(&text.text, text.at.x, text.at.y);
    }
}

fn square(center: Point, radius: f64) -> Frame {
    Frame {
        x: center.x - radius,
        y: center.y - radius,
        w: radius * 2.0,
        h: radius * 2.0,
    }
}

fn ends(segments: &[Segment]) -> Vec<Point> {
    let end = |segment: &Segment| match *segment {
        Segment::Move(to) | Segment::Line(to) | Segment::Quad(_, to) => Some(to),
        Segment::Close => None,
    };
    segments.iter().filter_map(end).collect()
}

fn bounds(points: &[Point]) -> Frame {
    let low = |f: fn(&Point) -> f64| points.iter().map(f).fold(f64::INFINITY, f64::min);
    let high = |f: fn(&Point) -> f64| points.iter().map(f).fold(f64::NEG_INFINITY, f64::max);
    if points.is_empty() {
        return Frame::default();
    }
    let (x, y) = (low(|p| p.x), low(|p| p.y));
    Frame {
        x,
        y,
        w: high(|p| p.x) - x,
        h: high(|p| p.y) - y,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_every_point() {
        let points = [Point::new(3.0, 9.0), Point::new(-1.0, 4.0)];
        assert_eq!(
            bounds(&points),
            Frame {
                x: -1.0,
                y: 4.0,
                w: 4.0,
                h: 5.0
            }
        );
        assert_eq!(bounds(&[]), Frame::default());
    }
}
