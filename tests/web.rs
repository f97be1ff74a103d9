//! Tests that need a browser; `cargo xtask test` runs them in headless Chromium.
//!
//! Natively this file is empty: nothing here is worth a second, different run.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use zabscope::base::{Micros, digest_of};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn digests_do_not_depend_on_the_word_size() {
    // The golden value is the one the native test of the same name computes.
    assert_eq!(
        digest_of(&(Micros(1), 2_usize, "zab")),
        digest_of(&(Micros(1), 2_u64, "zab"))
    );
}
