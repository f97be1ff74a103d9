//! Events: newest first, one sentence each; a click goes there.

use yew::{Html, classes, html};

use super::super::action::Action;
use super::super::store::Handle;
use crate::view::events::{Event, events};
use crate::view::narrate::{Level, Voice};

/// As many as anybody reads; older ones are reached by going back in time.
const MOST: usize = 60;

pub(super) fn body(handle: &Handle) -> Html {
    let list = handle.read(|store| {
        let engine = &store.engine;
        events(
            engine.story(),
            engine.now(),
            Level::Decision,
            MOST,
            &store.texts,
        )
    });
    if list.is_empty() {
        return html! { <p class="note">{ handle.text("events-none") }</p> };
    }
    html! { <ol class="events">{ for list.iter().map(|event| row(handle, event)) }</ol> }
}

fn row(handle: &Handle, event: &Event) -> Html {
    let at = event.at;
    let class = classes!(
        event.is_news.then_some("now"),
        (event.voice == Voice::You).then_some("you"),
    );
    let jump = handle.callback(move |_| Action::Jump(at));
    html! {
        <li {class} key={format!("{}-{}", event.seq, event.text)}>
            <button type="button" onclick={jump}>
                <time>{ &event.clock }</time>
                <span class="g">{ mark(event.voice) }</span>
                <span>{ &event.text }</span>
            </button>
        </li>
    }
}

/// A shape for the layer that speaks; the hue only repeats it.
fn mark(voice: Voice) -> Html {
    let hue = format!("var({})", voice.hue().css_name());
    let (stroke, fill) = (hue.clone(), hue);
    let shape = match voice {
        Voice::Election => html! {
            <polygon points="9,1.5 16.5,9 9,16.5 1.5,9" fill="var(--elect-tint)" {stroke}
                stroke-width="2" />
        },
        Voice::Zab => html! {
            <path d="M4 4l5 5-5 5M9 4l5 5-5 5" fill="none" {stroke} stroke-width="2.4"
                stroke-linecap="round" stroke-linejoin="round" />
        },
        Voice::Machine => html! { <circle cx="9" cy="9" r="4" {fill} /> },
        Voice::You => html! { <path d="M10 1L3 10h5l-1.500 7L15 8h-5z" {fill} /> },
    };
    html! { <svg width="16" height="16" viewBox="0 0 18 18" aria-hidden="true">{ shape }</svg> }
}
