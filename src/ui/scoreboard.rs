//! The scoreboard: who leads, what stands behind it, and what is checked.

use yew::{Html, classes, function_component, html, use_context};

use super::store::Handle;
use super::widgets::body::{Look, mini};
use crate::view::scoreboard::{Cell, Mood, Pips, scoreboard as model};

#[function_component(Scoreboard)]
pub(super) fn scoreboard() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
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
        <section class="score" aria-label={handle.text("scoreboard")}>
            { cell(&board.leader, body) }
            { cell(&board.quorum, pips(&board.pips)) }
            { cell(&board.heartbeats, pulse(board.heartbeats.mood)) }
            { cell(&board.promises, shield(board.promises.mood)) }
        </section>
    }
}

fn cell(cell: &Cell, picture: Html) -> Html {
    let class = match cell.mood {
        Mood::Calm => None,
        Mood::Bad => Some("bad"),
        Mood::Broken => Some("broken"),
    };
    html! {
        <div class={classes!("cell", class)}>
            { picture }
            <div>
                <div class="v">
                    <span class="long">{ &cell.value }</span>
                    <span class="short">{ &cell.short_value }</span>
                </div>
                <div class="k">
                    <span class="long">{ &cell.note }</span>
                    <span class="short">{ &cell.short_note }</span>
                </div>
            </div>
        </div>
    }
}

/// One pip a voter, with a bar at the majority.
pub(super) fn pips(pips: &Pips) -> Html {
    let lit = if pips.are_votes { "vote" } else { "on" };
    let pip = |index: usize| {
        let class = classes!(
            "pip",
            (index < pips.lit).then_some(lit),
            (pips.need == Some(index + 1)).then_some("maj"),
        );
        html! { <i {class}></i> }
    };
    html! {
        <span class={classes!("pips", (pips.of > 7).then_some("many"))} aria-hidden="true">
            { for (0..pips.of.min(25)).map(pip) }
        </span>
    }
}

fn pulse(mood: Mood) -> Html {
    let stroke = if mood == Mood::Calm {
        "var(--zab)"
    } else {
        "var(--elect)"
    };
    html! {
        <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true">
            <path d="M3 21h8l4-11 8 20 5-13 2 4h7" fill="none" {stroke} stroke-width="3.2"
                stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}

fn shield(mood: Mood) -> Html {
    if mood == Mood::Broken {
        return html! {
            <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true">
                <path d="M13 3h14l10 10v14L27 37H13L3 27V13z" fill="var(--on-broken)" />
                <path d="M14 14l12 12M26 14L14 26" stroke="var(--broken-fill)" stroke-width="4"
                    stroke-linecap="round" />
            </svg>
        };
    }
    html! {
        <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true">
            <path d="M20 3l14 5v11c0 9-6 15-14 18C12 34 6 28 6 19V8z" fill="none"
                stroke="var(--ink)"
                stroke-width="3" stroke-linejoin="round" />
            <path d="M13 20l5 5 9-10" fill="none" stroke="var(--ink)" stroke-width="3.5"
                stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
