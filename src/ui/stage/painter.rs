//! A scene onto a canvas: shapes in order, nothing decided here.

use std::cell::Cell;

use web_sys::CanvasRenderingContext2d as Context;

use super::palette::Palette;
use crate::view::scene::{
    Align, Cap, Frame, HATCH_PITCH, HATCH_WIDTH, Paint, Point, Segment, Shape, Stroke, Style, Text,
    TextClass, Token,
};

/// Paints with one palette on one canvas.
#[derive(Debug)]
pub(in crate::ui) struct Painter<'a> {
    context: &'a Context,
    palette: &'a Palette,
    pen: Cell<Pen>,
}

/// What the canvas is set to. Every call leaves WebAssembly, and most shapes are like their
/// neighbours, so that only what differs is set.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pen {
    fill: Option<Token>,
    stroke: Option<Token>,
    width: Option<f64>,
    cap: Option<Cap>,
    has_round_joins: bool,
    dash: Option<(f64, f64)>,
    font: Option<(TextClass, f64)>,
    align: Option<Align>,
}

impl Pen {
    /// Nothing is known of it; a canvas begins without dashes.
    const UNSET: Self = Self {
        fill: None,
        stroke: None,
        width: None,
        cap: None,
        has_round_joins: false,
        dash: None,
        font: None,
        align: None,
    };
}

impl<'a> Painter<'a> {
    /// A painter for `context`, whose unit is already one CSS pixel.
    pub(in crate::ui) const fn new(context: &'a Context, palette: &'a Palette) -> Self {
        let pen = Cell::new(Pen::UNSET);
        Self {
            context,
            palette,
            pen,
        }
    }

    /// The colour of what is filled next.
    fn fill_with(&self, token: Token) {
        let pen = self.pen.get();
        if pen.fill != Some(token) {
            let fill = Some(token);
            self.pen.set(Pen { fill, ..pen });
            self.context.set_fill_style_str(self.palette.colour(token));
        }
    }

    /// Colour and width of what is drawn next.
    fn draw_with(&self, token: Token, width: f64) {
        let pen = self.pen.get();
        if pen.stroke != Some(token) {
            self.context
                .set_stroke_style_str(self.palette.colour(token));
        }
        if pen.width != Some(width) {
            self.context.set_line_width(width);
        }
        let (stroke, width) = (Some(token), Some(width));
        self.pen.set(Pen {
            stroke,
            width,
            ..pen
        });
    }

    /// Rounded joins: no shape that has joins is drawn with others.
    fn round_joins(&self) {
        let pen = self.pen.get();
        if !pen.has_round_joins {
            let has_round_joins = true;
            self.pen.set(Pen {
                has_round_joins,
                ..pen
            });
            self.context.set_line_join("round");
        }
    }

    /// Paints one shape.
    pub(in crate::ui) fn shape(&self, shape: &Shape) {
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
                self.round_joins();
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
            Shape::Boxes { frames, style } => {
                self.context.begin_path();
                for Frame { x, y, w, h } in frames {
                    self.context.rect(*x, *y, *w, *h);
                }
                self.finish(style, frames.first().copied().unwrap_or_default());
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
                self.fill_with(token);
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
        self.draw_with(stroke.token, stroke.width);
        let pen = self.pen.get();
        let round = stroke.cap == Cap::Round;
        if pen.cap != Some(stroke.cap) {
            self.context
                .set_line_cap(if round { "round" } else { "butt" });
        }
        if pen.dash != stroke.dash {
            self.set_dash(stroke.dash);
        }
        self.pen.set(Pen {
            cap: Some(stroke.cap),
            dash: stroke.dash,
            ..pen
        });
        if round {
            self.round_joins();
        }
        self.context.stroke();
    }

    fn set_dash(&self, dash: Option<(f64, f64)>) {
        let array = js_sys::Array::new();
        if let Some((dash, gap)) = dash {
            array.push(&dash.into());
            array.push(&gap.into());
        }
        // Fails for a list that is not numbers.
        let _ = self.context.set_line_dash(&array);
    }

    /// Stripes at 45° inside the path just traced; the path stays for the outline.
    fn hatch(&self, ground: Token, stripe: Token, area: Frame) {
        let context = self.context;
        self.fill_with(ground);
        context.fill();
        // What is set from here on is forgotten by `restore`.
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
        let (context, pen) = (self.context, self.pen.get());
        let (font, align) = (Some((text.class, text.size)), Some(text.align));
        if pen.font != font {
            context.set_font(&self.palette.font(text.class, text.size));
        }
        if pen.align != align {
            context.set_text_align(match text.align {
                Align::Start => "left",
                Align::Middle => "center",
                Align::End => "right",
            });
        }
        self.pen.set(Pen { font, align, ..pen });
        // Text outside the canvas is not an error.
        if text.halo > 0.0 {
            self.draw_with(Token::Bg, text.halo);
            self.round_joins();
            if pen.dash.is_some() {
                self.set_dash(None);
                let dash = None;
                self.pen.set(Pen {
                    dash,
                    ..self.pen.get()
                });
            }
            let _ = context.stroke_text(&text.text, text.at.x, text.at.y);
        }
        self.fill_with(text.token);
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
