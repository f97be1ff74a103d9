//! A server's body as a small picture: the stage's shapes for lists and the scoreboard.

use yew::Html;

use super::picture;
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
    picture(svg(look, sid, size))
}

/// The same as markup.
pub(in crate::ui) fn svg(look: Look, sid: Option<Sid>, size: u32) -> String {
    let shape = body(look.standing);
    let tint = if shape.hue == Token::Elect {
        Token::ElectTint
    } else {
        Token::ZabTint
    };
    let (fill, ink) = match shape.fill {
        Fill::Solid => (Some(Token::ZabFill), Token::OnZab),
        Fill::Tint | Fill::Hatched => (Some(tint), Token::Ink),
        Fill::Empty => (Some(Token::Bg), Token::Ink),
        Fill::None => (None, Token::Down),
    };
    let fill = fill.map_or_else(|| String::from("none"), var);
    let dashes = match shape.edge {
        Edge::Solid => "none",
        Edge::Dashed => "5 3",
        Edge::Dotted => "2 3.2",
    };
    let outline = match shape.outline {
        Outline::Hexagon => "polygon points='48,26 37,45.05 15,45.05 4,26 15,6.95 37,6.95'",
        Outline::Diamond => "polygon points='50,26 26,50 2,26 26,2'",
        Outline::Square => "rect x='9' y='9' width='34' height='34' rx='6'",
        Outline::Circle => "circle cx='26' cy='26' r='20'",
    };
    let letter = if look.is_paused {
        PAUSED_LETTER
    } else {
        shape.letter
    };
    let text = sid.map_or_else(|| letter.to_owned(), |sid| sid.to_string());
    let (stroke, ink) = (var(shape.hue), var(ink));
    format!(
        "<svg width='{size}' height='{size}' viewBox='0 0 52 52' aria-hidden='true'>\
         <{outline} fill='{fill}' stroke='{stroke}' stroke-width='2.4' \
         stroke-dasharray='{dashes}' stroke-linejoin='round'/>\
         <text x='26' y='33' text-anchor='middle' font-size='20' font-weight='750' \
         style='fill:{ink}'>{text}</text></svg>"
    )
}

fn var(token: Token) -> String {
    format!("var({})", token.css_name())
}
