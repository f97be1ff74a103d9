//! A real button over every server: one stop in the tab order, arrows round the ring.

use crate::ui::widgets::truth;
use yew::{Html, KeyboardEvent, MouseEvent, html};

use super::super::action::{Action, MenuAt, Typed};
use super::super::dom;
use super::super::store::Handle;
use super::super::widgets::tabs::{focus_sibling, neighbour};
use crate::protocol::Sid;
use crate::view::Target;
use crate::view::layout::Place;

pub(super) fn hits(handle: &Handle) -> Html {
    let (layout, selected, stop) =
        handle.read(|store| (store.layout(), store.selection, store.stop));
    let selected = match selected {
        Some(Target::Server(sid)) => Some(sid),
        _ => None,
    };
    let count = layout.places.len();
    let known = |sid: &Sid| layout.places.iter().any(|place| place.sid == *sid);
    let first = layout.places.first().map(|place| place.sid);
    let current = stop.filter(known).or(selected).or(first);
    let button = |(index, place): (usize, &Place)| {
        let sid = place.sid;
        let size = dom::px(layout.hit_diameter());
        let style = format!("{};width:{size};height:{size}", dom::placed(place.at));
        let keydown = {
            let handle = handle.clone();
            let places = layout.places.clone();
            move |event: KeyboardEvent| {
                let key = event.key();
                // While something is being typed Enter ends that.
                let is_idle = handle.read(|store| store.typed == Typed::Nothing);
                if key == "Enter" && is_idle {
                    event.prevent_default();
                    let at = handle.read(|store| store.beside(sid));
                    handle.act(Action::Menu(Some(MenuAt::Server(sid, at))));
                } else if let Some(next) = neighbour(&key, index, count) {
                    event.prevent_default();
                    let stop = places.get(next).map(|place| place.sid);
                    handle.refresh(|store| store.stop = stop);
                    focus_sibling(&event, next);
                }
            }
        };
        // A click without a pointer: Space, or a screen reader. Pointers are read on the stage
        // itself.
        let click = {
            let handle = handle.clone();
            move |event: MouseEvent| {
                if event.detail() == 0 {
                    handle.act(Action::Tap(Some(Target::Server(sid))));
                }
            }
        };
        html! {
            <button type="button" key={sid.0} class="hit" data-sid={sid.to_string()} {style}
                aria-pressed={truth(selected == Some(sid))}
                aria-label={handle.read(|store| store.name_of(sid))} aria-haspopup="menu"
                tabindex={if current == Some(sid) { "0" } else { "-1" }}
                onclick={click} onkeydown={keydown}>
            </button>
        }
    };
    html! {
        <div class="hits" role="group" aria-label={handle.label("servers-group")}>
            { for layout.places.iter().enumerate().map(button) }
        </div>
    }
}
