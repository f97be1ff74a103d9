//! A panic becomes a page with a report that reproduces it.
//!
//! The page itself is plain HTML and script in `index.html`; here only the report is written. It
//! is kept in small cells of its own, so that nothing borrows what the panicking code may hold.
//! A release stops at once, without a message or a hook; the script then sees the trap and asks
//! for the report through [`crash_report`]. The same commands give the message natively.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::dom;
use crate::base::Micros;

thread_local! {
    static HISTORY: RefCell<String> = const { RefCell::new(String::new()) };
    static MOMENT: Cell<Micros> = const { Cell::new(Micros::ZERO) };
}

/// Remembers scenario, seed and commands, as the lines of a report.
pub(super) fn remember(history: String) {
    HISTORY.with(|cell| {
        if let Ok(mut kept) = cell.try_borrow_mut() {
            *kept = history;
        }
    });
}

/// Remembers how far the run has come.
pub(super) fn remember_moment(now: Micros) {
    MOMENT.with(|cell| cell.set(now));
}

/// From now on a panic shows the report.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|info| show(&info.to_string())));
}

/// Shows the report of a program that stopped at once; `message` is what the browser knows of it.
#[wasm_bindgen(js_name = crashReport)]
#[expect(unreachable_pub, reason = "a script calls it")]
pub fn crash_report(message: &str) {
    show(message);
}

fn show(message: &str) {
    let history = HISTORY.with(|cell| {
        cell.try_borrow()
            .map(|kept| kept.clone())
            .unwrap_or_default()
    });
    let report = report(message, MOMENT.with(Cell::get), &history);
    let stop = Reflect::get(&dom::window(), &JsValue::from_str("zabscopeStopped")).ok();
    if let Some(stop) = stop.and_then(|stop| stop.dyn_into::<Function>().ok()) {
        // Where even this fails there is nobody left to tell.
        let _ = stop.call3(
            &JsValue::NULL,
            &JsValue::NULL,
            &JsValue::NULL,
            &report.into(),
        );
    }
}

fn report(message: &str, at: Micros, history: &str) -> String {
    format!(
        "ZabScope {}\nstopped at {at} ({} us)\n{message}\n\n{history}\n",
        env!("CARGO_PKG_VERSION"),
        at.0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_the_moment_and_what_led_there() {
        let report = report("panicked at x.rs:1", Micros(12_304_000), "seed: 7");
        assert!(report.contains("stopped at 12.304 s (12304000 us)"));
        assert!(report.contains("panicked at x.rs:1") && report.contains("seed: 7"));
    }
}
