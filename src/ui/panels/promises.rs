//! Promises: what is watched while the run plays, and the first moment one was false.

use yew::{Html, html};

use super::super::action::Action;
use super::super::store::Handle;
use super::super::widgets::{picture, words};
use crate::view::promises::{Promise, promises};

const KEPT: &str = "<svg width='24' height='24' viewBox='0 0 24 24' aria-hidden='true'>\
    <circle cx='12' cy='12' r='10' fill='none' stroke='var(--ink-3)' stroke-width='2'/>\
    <path d='M7 12.5l3.5 3.5L17 9' fill='none' stroke='var(--ink)' stroke-width='2.6' \
    stroke-linecap='round' stroke-linejoin='round'/></svg>";
const BROKEN: &str = "<svg width='24' height='24' viewBox='0 0 24 24' aria-hidden='true'>\
    <path d='M8 2h8l6 6v8l-6 6H8l-6-6V8z' fill='var(--broken-fill)'/>\
    <path d='M8.5 8.5l7 7M15.5 8.5l-7 7' stroke='var(--on-broken)' stroke-width='2.6' \
    stroke-linecap='round'/></svg>";

pub(super) fn body(handle: &Handle) -> Html {
    let list = handle.read(|store| promises(store.engine.run().violations(), &store.texts));
    html! {
        <>
            <ul class="promises">{ for list.iter().map(|promise| row(handle, promise)) }</ul>
            <p class="note">{ handle.said("promises-note") }</p>
        </>
    }
}

fn row(handle: &Handle, promise: &Promise) -> Html {
    let show = promise.broken_at.map(|at| {
        let jump = handle.does(Action::Jump(at));
        html! {
            <button type="button" class="btn line" onclick={jump}>
                { handle.said("promise-show") }
            </button>
        }
    });
    let (class, mark, state) = if promise.broken_at.is_some() {
        ("broken", BROKEN, "promise-is-broken")
    } else {
        ("", KEPT, "promise-is-kept")
    };
    html! {
        <li {class} key={promise.says.clone()}>
            { picture(mark.to_owned()) }
            <span class="vh">{ handle.said(state) }</span>
            <div>
                <p>{ words(&promise.says) }</p>
                <p class="k">{ words(&promise.note) }</p>
            </div>
            { show.unwrap_or_default() }
        </li>
    }
}
