//! The animation loop: the only place where wall time enters.
//!
//! It hands on how much wall time passed since the last frame. A page that slept, or a slow
//! machine,
//! skips frames; what happens in the run does not depend on it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::dom;
use crate::base::Micros;

type Callback = Closure<dyn FnMut(f64)>;

/// Calls `act` once per animation frame with the wall time since the last one, for ever.
pub(super) fn every_frame(mut act: impl FnMut(Micros) + 'static) {
    let last = Cell::new(None);
    let slot: Rc<RefCell<Option<Callback>>> = Rc::default();
    let again = Rc::clone(&slot);
    *slot.borrow_mut() = Some(Closure::new(move |now_ms: f64| {
        let passed = last
            .replace(Some(now_ms))
            .map_or(0.0, |last: f64| now_ms - last);
        act(micros(passed));
        request(&again);
    }));
    request(&slot);
}

fn request(slot: &RefCell<Option<Callback>>) {
    if let Some(callback) = slot.borrow().as_ref() {
        // Fails only where the window is gone, and with it the page.
        let _ = dom::window().request_animation_frame(callback.as_ref().unchecked_ref());
    }
}

/// Whole microseconds of a browser's milliseconds, between 0 and one second.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=1 000 000 first"
)]
fn micros(ms: f64) -> Micros {
    Micros((ms * 1_000.0).clamp(0.0, 1_000_000.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_is_whole_microseconds_and_never_runs_back() {
        assert_eq!(micros(16.667), Micros(16_667));
        assert_eq!(micros(-3.0), Micros::ZERO);
        assert_eq!(micros(f64::NAN), Micros::ZERO);
        assert_eq!(micros(9e9), Micros::from_ms(1_000));
    }
}
