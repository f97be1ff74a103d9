//! Log cells under a server: the last few transactions, hollow as promised and filled as
//! committed.

use super::Stage;
use crate::protocol::Sid;
use crate::sim::ServerStatus;
use crate::view::logs::Cell;
use crate::view::scene::{
    Align, Frame, Point, Segment, Shape, Stroke, Style, Text, TextClass, Token,
};
use crate::view::texts::zxid_text;

/// How many cells a server shows.
const CELLS: usize = 5;
/// The room between two cells, px.
const GAP: f64 = 3.0;

impl Stage<'_> {
    /// The cells and the zxid, centred on a point of the baseline under the state label.
    pub(super) fn log(&mut self, server: &ServerStatus, middle: Point) {
        let font = self.layout.font;
        let (w, h) = (
            (font * 0.72).round_ties_even(),
            (font * 0.95).round_ties_even(),
        );
        let runs = self.cluster.standing(server.sid).runs();
        let row = self.cluster.snapshot.logs.rows.get(&server.sid);
        let on_disk = row.map(|row| row.on_disk).filter(|_| !runs);
        let zxid = zxid_text(on_disk.unwrap_or(server.peer.last_zxid));
        let mut text = Text {
            at: middle,
            align: Align::Start,
            text: zxid,
            class: TextClass::Mono,
            size: (font * 0.84).max(13.0),
            token: Token::Ink2,
            halo: 4.0,
        };
        let cells = f64::from(self.cell_count(server.sid)) * (w + GAP);
        let whole = cells + text.width();
        let left = self.kept_inside(middle, whole).x - whole / 2.0;
        text.at.x = left + cells + 2.0;
        self.cells(
            server.sid,
            (Point::new(left, middle.y - h + 2.0).whole(), w, h),
        );
        self.add(Shape::Text(text));
    }

    fn cell_count(&self, sid: Sid) -> u32 {
        let cells = self.cluster.snapshot.logs.end_of(sid, CELLS).len();
        u32::try_from(cells).unwrap_or_default()
    }

    fn cells(&mut self, sid: Sid, (corner, w, h): (Point, f64, f64)) {
        let snapshot = self.cluster.snapshot;
        let mut kinds: [Vec<Frame>; 4] = Default::default();
        let mut x = corner.x;
        for cell in snapshot.logs.end_of(sid, CELLS) {
            // An outline is drawn half inside, half outside of its box.
            let (inset, kind) = match cell {
                Cell::Committed => (0.0, 0),
                Cell::Logged => (1.0, 1),
                Cell::Written => (1.0, 2),
                Cell::Missing => (w / 2.0 - 1.5, 3),
                Cell::Lost => {
                    self.lost_cell(Frame {
                        x,
                        y: corner.y,
                        w,
                        h,
                    });
                    x += w + GAP;
                    continue;
                }
            };
            let down = if kind == 3 { h / 2.0 - 1.5 } else { inset };
            if let Some(frames) = kinds.get_mut(kind) {
                frames.push(Frame {
                    x: x + inset,
                    y: corner.y + down,
                    w: w - 2.0 * inset,
                    h: h - 2.0 * down,
                });
            }
            x += w + GAP;
        }
        let pen = Stroke::new(Token::Zab, 2.0);
        let styles = [
            Style::filled(Token::ZabFill),
            Style::both(Token::Bg, pen),
            Style::both(Token::Bg, Stroke::new(Token::Zab, 1.5).dashed(2.0, 2.0)),
            Style::filled(Token::Line2),
        ];
        for (frames, style) in kinds.into_iter().zip(styles) {
            if !frames.is_empty() {
                self.add(Shape::Boxes { frames, style });
            }
        }
    }

    /// ☒: it was committed and is gone.
    fn lost_cell(&mut self, Frame { x, y, w, h }: Frame) {
        let (left, right, top, bottom) = (x + 1.0, x + w - 1.0, y + 1.0, y + h - 1.0);
        let at = Point::new;
        self.add(Shape::Path {
            segments: vec![
                Segment::Move(at(left, top)),
                Segment::Line(at(right, top)),
                Segment::Line(at(right, bottom)),
                Segment::Line(at(left, bottom)),
                Segment::Line(at(left, top)),
                Segment::Line(at(right, bottom)),
                Segment::Move(at(right, top)),
                Segment::Line(at(left, bottom)),
            ],
            style: Style::outlined(Stroke::new(Token::Broken, 2.0)),
        });
    }
}
