//! The scoreboard: who leads, what stands behind it, and what is checked.

use yew::{Html, html};

use super::store::Handle;
use super::widgets::body::{Look, mini};
use super::widgets::{picture, words};
use crate::view::scoreboard::{Cell, Mood, Pips, scoreboard as model};

pub(super) fn scoreboard(handle: &Handle) -> Html {
    let board = handle.read(|store| {
        let engine = &store.engine;
        model(
            &engine.snapshot(),
            engine.now(),
            engine.story(),
            &store.texts,
        )
    });
    let (standing, sid) = board.body;
    let body = mini(
        Look {
            standing,
            is_paused: false,
        },
        sid,
        48,
    );
    html! {
        <section class="score" aria-label={handle.label("scoreboard")}>
            { cell(&board.leader, body) }
            { cell(&board.quorum, pips(&board.pips)) }
            { cell(&board.heartbeats, pulse(board.heartbeats.mood)) }
            { cell(&board.promises, shield(board.promises.mood)) }
        </section>
    }
}

fn cell(cell: &Cell, picture: Html) -> Html {
    let class = match cell.mood {
        Mood::Calm => "cell",
        Mood::Bad => "cell bad",
        Mood::Broken => "cell broken",
    };
    html! {
        <div {class}>
            { picture }
            <div>
                { line("v", &cell.value, &cell.short_value) }
                { line("k", &cell.note, &cell.short_note) }
            </div>
        </div>
    }
}

/// A text with a short form for narrow pages.
fn line(class: &'static str, long: &str, short: &str) -> Html {
    html! {
        <div {class}>
            <span class="long">{ words(long) }</span>
            <span class="short">{ words(short) }</span>
        </div>
    }
}

/// One pip a voter, with a bar at the majority.
pub(super) fn pips(pips: &Pips) -> Html {
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
    picture(markup + "</span>")
}

fn pulse(mood: Mood) -> Html {
    let hue = if mood == Mood::Calm { "zab" } else { "elect" };
    picture(format!(
        "<svg width='40' height='40' viewBox='0 0 40 40' aria-hidden='true'>\
         <path d='M3 21h8l4-11 8 20 5-13 2 4h7' fill='none' stroke='var(--{hue})' \
         stroke-width='3.2' stroke-linecap='round' stroke-linejoin='round'/></svg>"
    ))
}

fn shield(mood: Mood) -> Html {
    picture(if mood == Mood::Broken {
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
    })
}
