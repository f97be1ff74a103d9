//! Tests that need a browser; `cargo xtask test` runs them in headless Chromium.
//!
//! They execute what the native tests pinned and compare with the same files: a run must not depend
//! on the target, nor on the length of the frames it is played in. Natively this file is empty.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use zabscope::base::{Micros, digest_of};

#[path = "it/golden.rs"]
mod golden;
#[path = "it/played.rs"]
mod played;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn digests_do_not_depend_on_the_word_size() {
    assert_eq!(
        digest_of(&(Micros(1), 2_usize, "zab")),
        digest_of(&(Micros(1), 2_u64, "zab"))
    );
}

#[wasm_bindgen_test]
fn worlds_have_the_digests_they_have_natively() {
    for run in golden::all() {
        let expected = match run.name {
            "kill_and_pause" => include_str!("data/golden/kill_and_pause.txt"),
            "partition_and_cut" => include_str!("data/golden/partition_and_cut.txt"),
            "every_fault" => include_str!("data/golden/every_fault.txt"),
            "far_and_staggered" => include_str!("data/golden/far_and_staggered.txt"),
            other => panic!("{other} has no file"),
        };
        assert_eq!(run.text(), expected, "{}", run.name);
    }
}

#[wasm_bindgen_test]
fn a_run_played_in_any_frames_has_the_stream_it_has_natively() {
    for frame_us in played::FRAMES_US {
        assert_eq!(
            played::text(frame_us),
            include_str!("data/golden/played.txt")
        );
    }
}
