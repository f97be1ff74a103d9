//! The overview: the whole run as a strip, and the slider that moves through it.

use yew::{Html, function_component, html, use_context};

use super::dom;
use super::store::Handle;
use super::timebar::CLOCK;

#[function_component(Overview)]
pub(super) fn overview() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    let _ = handle;
    html! { <div class="track"></div> }
}

/// What changes with every frame: the clock.
pub(super) fn frame(handle: &Handle) {
    let now = handle.read(|store| store.engine.now());
    if let Some(clock) = dom::by_id(CLOCK) {
        clock.set_text_content(Some(&now.to_string()));
    }
}
