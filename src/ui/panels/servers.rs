//! Servers: the stage as a list, complete, or one server in detail where one is selected.

use yew::{Html, html};

use super::super::store::Handle;

pub(super) fn body(handle: &Handle) -> Html {
    let _ = handle;
    html! {}
}
