//! The messages' shapes for the legend.

use yew::{Html, html};

use crate::view::palette::Glyph;

/// A message as the stage draws it.
pub(in crate::ui) fn glyph(kind: Glyph) -> Html {
    let stroke = format!("var({})", kind.hue().css_name());
    let shape = match kind {
        Glyph::Heartbeat => html! { <circle cx="13" cy="11" r="4.500" fill={stroke} /> },
        Glyph::HeartbeatReply => html! {
            <circle cx="13" cy="11" r="4" fill="var(--bg)" {stroke} stroke-width="2" />
        },
        Glyph::Ballot => html! {
            <>
                <rect x="4" y="3" width="18" height="16" rx="3" fill="var(--elect-fill)"
                    stroke="var(--elect)" stroke-width="1.5" />
                <text x="13" y="16" text-anchor="middle" font-size="13" font-weight="800"
                    style="fill:var(--on-elect)">{ "4" }</text>
            </>
        },
        Glyph::Handshake => html! {
            <rect x="6" y="5" width="14" height="12" rx="3" fill="var(--bg)" {stroke}
                stroke-width="2" />
        },
        Glyph::Discovery => html! { <path d="M9 4l7 7-7 7" fill="none" {stroke} stroke-width="3.2"
        stroke-linecap="round" stroke-linejoin="round" /> },
        Glyph::Sync => html! { <path d="M5 4l7 7-7 7M13 4l7 7-7 7" fill="none" {stroke}
        stroke-width="3" stroke-linecap="round" stroke-linejoin="round" /> },
        Glyph::Ack => html! { <path d="M6 11.500l5 5 9-11" fill="none" {stroke} stroke-width="3.2"
        stroke-linecap="round" stroke-linejoin="round" /> },
    };
    html! { <svg width="26" height="22" viewBox="0 0 26 22" aria-hidden="true">{ shape }</svg> }
}
