//! A list of tabs: one stop in the tab order, arrows inside, Home and End.

use crate::ui::widgets::truth;
use web_sys::HtmlElement;
use yew::{AttrValue, Callback, Html, KeyboardEvent, TargetCast, html};

/// The list called `label`, of which one is chosen; `controls` is the id of the tab panel.
pub(in crate::ui) fn tabs(
    label: &AttrValue,
    controls: &'static str,
    (names, chosen): (&[String], usize),
    choose: &Callback<usize>,
) -> Html {
    let count = names.len();
    let tab = |(index, name): (usize, &String)| {
        let is_chosen = index == chosen;
        let click = choose.reform(move |_| index);
        let choose = choose.clone();
        let keydown = move |event: KeyboardEvent| {
            if let Some(next) = neighbour(&event.key(), index, count) {
                event.prevent_default();
                event.stop_propagation();
                focus_sibling(&event, next);
                choose.emit(next);
            }
        };
        html! {
            <button role="tab" type="button" id={format!("{controls}-tab-{index}")}
                aria-controls={controls} aria-selected={truth(is_chosen)}
                tabindex={if is_chosen { "0" } else { "-1" }} onclick={click} onkeydown={keydown}>
                { name }
            </button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label={label.clone()}>
            { for names.iter().enumerate().map(tab) }
        </div>
    }
}

/// The place a key leads to from `index` in a row of `count`.
pub(in crate::ui) fn neighbour(key: &str, index: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowRight" | "ArrowDown" => Some(if index >= last { 0 } else { index + 1 }),
        "ArrowLeft" | "ArrowUp" => Some(index.checked_sub(1).unwrap_or(last)),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

/// Moves the focus to the `index`-th child of the event target's parent.
pub(in crate::ui) fn focus_sibling(event: &KeyboardEvent, index: usize) {
    let parent = event
        .target_dyn_into::<HtmlElement>()
        .and_then(|e| e.parent_element());
    let index = u32::try_from(index).unwrap_or_default();
    let sibling = parent.and_then(|parent| parent.children().item(index));
    if let Some(sibling) =
        sibling.and_then(|s| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(s).ok())
    {
        // Something that cannot take the focus just does not.
        let _ = sibling.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round() {
        assert_eq!(neighbour("ArrowRight", 2, 3), Some(0));
        assert_eq!(neighbour("ArrowLeft", 0, 3), Some(2));
        assert_eq!(neighbour("End", 0, 3), Some(2));
        assert_eq!(neighbour("x", 0, 3), None);
        assert_eq!(neighbour("End", 0, 0), None);
    }
}
