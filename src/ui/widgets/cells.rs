//! Log cells for the panels: hollow as promised, filled as committed.

use std::fmt::Write as _;

use crate::view::logs::Cell;

/// Width of a column and height of a row, px.
const COLUMN: usize = 26;
const HEIGHT: usize = 20;

/// A row of cells as markup; `name` is what a screen reader hears of it.
pub(in crate::ui) fn row(cells: &[Cell], name: &str) -> String {
    let width = COLUMN * cells.len();
    let mut svg =
        format!("<svg viewBox='0 0 {width} {HEIGHT}' role='img' aria-label='{name}' fill='none'>");
    for (index, cell) in cells.iter().enumerate() {
        let x = COLUMN * index;
        let look = match cell {
            Cell::Committed => "c",
            Cell::Logged => "l",
            Cell::Written => "w",
            Cell::Lost => "x",
            Cell::Missing => "m",
        };
        // Writing to a `String` cannot fail.
        let _ = match cell {
            Cell::Missing => write!(
                svg,
                "<circle class='{look}' cx='{}' cy='10' r='1.5'/>",
                x + 12
            ),
            Cell::Committed => write!(
                svg,
                "<rect class='{look}' x='{x}' y='2' width='23' height='16' rx='2'/>"
            ),
            Cell::Logged | Cell::Written | Cell::Lost => write!(
                svg,
                "<rect class='{look}' x='{}' y='3' width='21' height='14' rx='2'/>",
                x + 1
            ),
        };
    }
    svg + "</svg>"
}

/// What stands above the columns.
pub(in crate::ui) fn heads(heads: &[String]) -> String {
    let width = COLUMN * heads.len();
    let mut svg =
        format!("<svg width='{width}' viewBox='0 0 {width} {HEIGHT}' aria-hidden='true'>");
    for (index, head) in heads.iter().enumerate() {
        let x = COLUMN * index;
        let _ = write!(svg, "<text x='{x}' y='14'>{head}</text>");
    }
    svg + "</svg>"
}
