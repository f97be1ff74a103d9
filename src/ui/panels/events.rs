//! Events: newest first, one sentence each; a click goes there.

use crate::ui::widgets::words;
use yew::{Html, html};

use super::super::action::Action;
use super::super::store::Handle;
use super::super::widgets::picture;
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
        return html! { <p class="note">{ handle.said("events-none") }</p> };
    }
    html! { <ol class="events">{ for list.iter().map(|event| row(handle, event)) }</ol> }
}

fn row(handle: &Handle, event: &Event) -> Html {
    let at = event.at;
    let class = match (event.is_news, event.voice == Voice::You) {
        (true, true) => "now you",
        (true, false) => "now",
        (false, true) => "you",
        (false, false) => "",
    };
    let jump = handle.does(Action::Jump(at));
    html! {
        <li {class} key={format!("{}-{}", event.seq, event.text)}>
            <button type="button" onclick={jump}>
                <time>{ words(&event.clock) }</time>
                <span class="g">{ mark(event.voice) }</span>
                <span>{ words(&event.text) }</span>
            </button>
        </li>
    }
}

/// A shape for the layer that speaks; the hue only repeats it.
fn mark(voice: Voice) -> Html {
    let hue = voice.hue().css_name();
    let shape = match voice {
        Voice::Election => {
            "<polygon points='9,1.5 16.5,9 9,16.5 1.5,9' fill='var(--elect-tint)' \
             stroke='currentColor' stroke-width='2'/>"
        }
        Voice::Zab => {
            "<path d='M4 4l5 5-5 5M9 4l5 5-5 5' fill='none' stroke='currentColor' \
             stroke-width='2.4' stroke-linecap='round' stroke-linejoin='round'/>"
        }
        Voice::Client => {
            "<rect x='1.500' y='4.500' width='15' height='9' rx='4.500' fill='currentColor'/>"
        }
        Voice::Machine => "<circle cx='9' cy='9' r='4' fill='currentColor'/>",
        Voice::You => "<path d='M10 1L3 10h5l-1.500 7L15 8h-5z' fill='currentColor'/>",
    };
    picture(format!(
        "<svg width='16' height='16' viewBox='0 0 18 18' aria-hidden='true' \
         style='color:var({hue})'>{shape}</svg>"
    ))
}
