//! The browser objects the page needs, without an unwrap.
//!
//! Natively none of this may be called; nothing here knows a cluster.

use crate::view::decimal::decimal;
use crate::view::geometry::Point;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;
use web_sys::{Document, Element, EventTarget, HtmlElement, Storage, Window};

/// The page's window.
pub(super) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The page's document.
pub(super) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// The root element, which carries theme and language.
pub(super) fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// The element with that id.
pub(super) fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// True where a media query holds.
pub(super) fn media(query: &str) -> bool {
    matches!(window().match_media(query), Ok(Some(list)) if list.matches())
}

/// A length as CSS writes it.
pub(super) fn px(length: f64) -> String {
    decimal(length, 1) + "px"
}

/// The style of something whose top left corner, or middle, is at `at`.
pub(super) fn placed(at: Point) -> String {
    format!("left:{};top:{}", px(at.x), px(at.y))
}

/// The value of a custom property of the root element.
pub(super) fn css_value(name: &str) -> String {
    let style = root().and_then(|root| window().get_computed_style(&root).ok().flatten());
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value
        .map(|value| value.trim().to_owned())
        .unwrap_or_default()
}

/// Storage that outlives the visit, where the browser allows it.
pub(super) fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// True where `target` is a place to type in.
pub(super) fn takes_text(target: Option<EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|e| {
        e.matches("input, select, textarea, [contenteditable]")
            .unwrap_or(false)
    })
}

/// True where `target` answers to Space and Enter by itself.
pub(super) fn is_control(target: Option<EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|e| {
        e.closest("button, a, summary, [role=menu]")
            .is_ok_and(|c| c.is_some())
    })
}

/// Calls `act` for every such event, for as long as the page lives.
pub(super) fn listen<E: FromWasmAbi + 'static>(
    target: &EventTarget,
    event: &str,
    act: impl FnMut(E) + 'static,
) {
    let closure = Closure::<dyn FnMut(E)>::new(act);
    // A target that takes no listeners cannot exist; the page would only miss this one event.
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}
