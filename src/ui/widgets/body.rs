//! A server's body as a small picture: the stage's shapes for lists and the scoreboard.

use yew::{Html, html};

use crate::protocol::Sid;
use crate::view::palette::{Edge, Fill, Outline, PAUSED_LETTER, body};
use crate::view::scene::Token;
use crate::view::standing::Standing;

/// How a body is shown: its state, frozen or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) struct Look {
    pub(in crate::ui) standing: Standing,
    pub(in crate::ui) is_paused: bool,
}

/// The body at `size` px with a server's number in it, or the letter of its state.
pub(in crate::ui) fn mini(look: Look, sid: Option<Sid>, size: u32) -> Html {
    let shape = body(look.standing);
    let var = |token: Token| format!("var({})", token.css_name());
    let tint = if shape.hue == Token::Elect {
        Token::ElectTint
    } else {
        Token::ZabTint
    };
    let (fill, ink) = match shape.fill {
        Fill::Solid => (var(Token::ZabFill), Token::OnZab),
        Fill::Tint | Fill::Hatched => (var(tint), Token::Ink),
        Fill::Empty => (var(Token::Bg), Token::Ink),
        Fill::None => (String::from("none"), Token::Down),
    };
    let dashes = match shape.edge {
        Edge::Solid => None,
        Edge::Dashed => Some("5 3"),
        Edge::Dotted => Some("2 3.2"),
    };
    let points = match shape.outline {
        Outline::Hexagon => Some("48,26 37,45.05 15,45.05 4,26 15,6.95 37,6.95"),
        Outline::Diamond => Some("50,26 26,50 2,26 26,2"),
        Outline::Circle | Outline::Square => None,
    };
    let stroke = var(shape.hue);
    let outline = match (points, shape.outline) {
        (Some(points), _) => html! {
            <polygon {points} {fill} {stroke} stroke-width="2.4" stroke-dasharray={dashes}
                stroke-linejoin="round" />
        },
        (None, Outline::Square) => html! {
            <rect x="9" y="9" width="34" height="34" rx="6" {fill} {stroke} stroke-width="2.4"
                stroke-dasharray={dashes} />
        },
        (None, _) => html! {
            <circle cx="26" cy="26" r="20" {fill} {stroke} stroke-width="2.4"
                stroke-dasharray={dashes} />
        },
    };
    let letter = if look.is_paused {
        PAUSED_LETTER
    } else {
        shape.letter
    };
    let text = sid.map_or_else(|| letter.to_owned(), |sid| sid.to_string());
    let style = format!("fill:{}", var(ink));
    html! {
        <svg width={size.to_string()} height={size.to_string()} viewBox="0 0 52 52"
            aria-hidden="true">
            { outline }
            <text x="26" y="33" text-anchor="middle" font-size="20" font-weight="750" {style}>
                { text }</text>
        </svg>
    }
}
