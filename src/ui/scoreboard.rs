//! The scoreboard: who leads, what stands behind it, and what is checked.

use yew::{Html, html};

use super::store::Handle;
use super::widgets::body::{Look, svg};
use super::widgets::picture;
use crate::view::scoreboard::{Cell, Mood, Pips, scoreboard as model};

pub(super) fn scoreboard(handle: &Handle) -> Html {
    let board = handle.read(|store| {
        let engine = &store.engine;
        model(&engine.snapshot(), engine.now(), &store.texts)
    });
    let (standing, sid) = board.body;
    let look = Look {
        standing,
        is_paused: false,
    };
    let third = match &board.clients {
        Some(clients) => cell(clients, &pill(clients.mood)),
        None => cell(&board.heartbeats, &pulse(board.heartbeats.mood)),
    };
    html! {
        <section class="score" aria-label={handle.label("scoreboard")}>
            { cell(&board.leader, &svg(look, sid, 48)) }
            { cell(&board.quorum, &pips(&board.pips)) }
            { third }
            { cell(&board.promises, shield(board.promises.mood)) }
        </section>
    }
}

/// A cell as markup: all of it is numbers, or sentences of the page itself. Value and line have a
/// short form for narrow pages.
fn cell(cell: &Cell, picture_of_it: &str) -> Html {
    let class = match cell.mood {
        Mood::Calm => "cell",
        Mood::Bad => "cell bad",
        Mood::Broken => "cell broken",
    };
    let Cell {
        value,
        note,
        short_value,
        short_note,
        ..
    } = cell;
    picture(format!(
        "<div class='{class}'>{picture_of_it}<div><div class='v'><span class='long'>{value}</span>\
         <span class='short'>{short_value}</span></div><div class='k'>\
         <span class='long'>{note}</span><span class='short'>{short_note}</span></div></div></div>"
    ))
}

/// One pip a voter, with a bar at the majority.
fn pips(pips: &Pips) -> String {
    let lit = if pips.are_votes { "vote" } else { "on" };
    let many = if pips.of > 7 { " many" } else { "" };
    let mut markup = format!("<span class='pips{many}' aria-hidden='true'>");
    for index in 0..pips.of.min(25) {
        let lit = if index < pips.lit { lit } else { "" };
        let bar = if pips.need == Some(index + 1) {
            " maj"
        } else {
            ""
        };
        markup.extend(["<i class='pip ", lit, bar, "'></i>"]);
    }
    markup + "</span>"
}

/// A client's pill: ✓ while all are served, ⋯ while some are not.
fn pill(mood: Mood) -> String {
    let (fill, hue, dashes, mark) = if mood == Mood::Calm {
        let tick = "<path d='M14 20.500l4.500 4.500L27 15.500' stroke-width='3.200'/>";
        ("client-fill", "client", "none", tick)
    } else {
        let dots = "<path d='M12.500 20h.01M20 20h.01M27.500 20h.01' stroke-width='4.500'/>";
        ("bg", "elect", "5 3.500", dots)
    };
    let ink = if mood == Mood::Calm {
        "on-client"
    } else {
        "elect"
    };
    format!(
        "<svg width='40' height='40' viewBox='0 0 40 40' aria-hidden='true' \
         style='color:var(--{ink})' fill='none' stroke='currentColor' stroke-linecap='round' \
         stroke-linejoin='round'><rect x='2' y='9' width='36' height='22' rx='11' \
         fill='var(--{fill})' stroke='var(--{hue})' stroke-width='2.500' \
         stroke-dasharray='{dashes}'/>{mark}</svg>"
    )
}

fn pulse(mood: Mood) -> String {
    let hue = if mood == Mood::Calm { "zab" } else { "elect" };
    format!(
        "<svg width='40' height='40' viewBox='0 0 40 40' aria-hidden='true'>\
         <path d='M3 21h8l4-11 8 20 5-13 2 4h7' fill='none' stroke='var(--{hue})' \
         stroke-width='3.2' stroke-linecap='round' stroke-linejoin='round'/></svg>"
    )
}

const fn shield(mood: Mood) -> &'static str {
    if matches!(mood, Mood::Broken) {
        "<svg width='40' height='40' viewBox='0 0 40 40' aria-hidden='true'>\
         <path d='M13 3h14l10 10v14L27 37H13L3 27V13z' fill='var(--on-broken)'/>\
         <path d='M14 14l12 12M26 14L14 26' stroke='var(--broken-fill)' stroke-width='4' \
         stroke-linecap='round'/></svg>"
    } else {
        "<svg width='40' height='40' viewBox='0 0 40 40' aria-hidden='true'>\
         <path d='M20 3l14 5v11c0 9-6 15-14 18C12 34 6 28 6 19V8z' fill='none' \
         stroke='var(--ink)' stroke-width='3' stroke-linejoin='round'/>\
         <path d='M13 20l5 5 9-10' fill='none' stroke='var(--ink)' stroke-width='3.5' \
         stroke-linecap='round' stroke-linejoin='round'/></svg>"
    }
}
