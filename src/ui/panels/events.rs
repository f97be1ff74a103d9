//! Events: newest first, one sentence each; a click goes there.

use yew::{Html, html};

use super::super::store::Handle;

pub(super) fn body(handle: &Handle) -> Html {
    let _ = handle;
    html! {}
}
