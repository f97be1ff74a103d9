//! The messages' shapes for the legend, as markup.

use crate::view::palette::Glyph;

/// A message as the stage draws it.
pub(in crate::ui) fn glyph(kind: Glyph) -> String {
    let hue = kind.hue().css_name();
    let shape = match kind {
        Glyph::Heartbeat => "<circle cx='13' cy='11' r='4.5' fill='currentColor' stroke='none'/>",
        Glyph::HeartbeatReply => "<circle cx='13' cy='11' r='4' fill='var(--bg)'/>",
        Glyph::Ballot => {
            "<rect x='4' y='3' width='18' height='16' rx='3' fill='var(--elect-fill)' \
             stroke='var(--elect)' stroke-width='1.5'/>\
             <text x='13' y='16' text-anchor='middle' font-size='13' font-weight='800' \
             stroke='none' style='fill:var(--on-elect)'>4</text>"
        }
        Glyph::Handshake => "<rect x='6' y='5' width='14' height='12' rx='3' fill='var(--bg)'/>",
        Glyph::Discovery => "<path d='M9 4l7 7-7 7' stroke-width='3.2'/>",
        Glyph::Sync => "<path d='M5 4l7 7-7 7M13 4l7 7-7 7' stroke-width='3'/>",
        Glyph::Proposal => {
            "<path d='M6.500 4.500h13v13h-13z' fill='var(--bg)' stroke-width='2.600'/>"
        }
        Glyph::Commit => "<path d='M6 4h14v14H6z' fill='currentColor' stroke='none'/>",
        Glyph::Request => "<path d='M5 4h9l7 7-7 7H5z' fill='var(--client-fill)' stroke='none'/>",
        Glyph::Reply => "<path d='M5 4h9l7 7-7 7H5z' fill='var(--bg)'/>",
        Glyph::Connect => "<path d='M5 4h9l7 7-7 7H5z' fill='var(--bg)' stroke-dasharray='3 3.2'/>",
        Glyph::Ack => "<path d='M6 11.5l5 5 9-11' stroke-width='3.2'/>",
    };
    format!(
        "<svg width='26' height='22' viewBox='0 0 26 22' aria-hidden='true' fill='none' \
         style='color:var({hue})' stroke='currentColor' stroke-width='2' \
         stroke-linecap='round' stroke-linejoin='round'>{shape}</svg>"
    )
}
