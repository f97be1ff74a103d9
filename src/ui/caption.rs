//! The narration bar: one sentence, one thing to do. On a phone the act has its own row.

use yew::{Html, function_component, html, use_context};

use super::store::Handle;

#[function_component(Caption)]
pub(super) fn caption() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    html! { <div class="caption"><p>{ handle.text("starting-page") }</p></div> }
}

#[function_component(ActionRow)]
pub(super) fn action_row() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    html! { <section class="pbar" aria-label={handle.text("act")}></section> }
}
