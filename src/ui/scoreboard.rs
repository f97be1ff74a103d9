//! The scoreboard: who leads, and whether a quorum stands behind it.

use yew::{Html, function_component, html, use_context};

use super::store::Handle;

#[function_component(Scoreboard)]
pub(super) fn scoreboard() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    html! { <section class="score" aria-label={handle.text("scoreboard")}></section> }
}
