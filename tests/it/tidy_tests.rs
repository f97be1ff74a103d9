//! Every rule of `tidy` fires on a bad snippet and stays silent on a good one.

use super::{
    File, browser_crates, columns, file_size, header, layers, machine_places, markdown, mentions,
    registration, strict_folders, unfinished_work,
};

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

fn silent(complaints: &[String]) {
    assert_eq!(complaints, &[] as &[String]);
}

#[test]
fn an_import_to_the_right_is_refused() {
    let bad = file("src/protocol/peer.rs", "//! x\nuse crate::sim::World;\n");
    assert_eq!(layers(&bad), ["line 2: `protocol` must not know `sim`"]);
    let inline = file("src/base/time.rs", "fn f() { crate::view::scene() }");
    assert_eq!(layers(&inline).len(), 1);
}

#[test]
fn an_import_between_siblings_is_refused() {
    let bad = file("src/check/mod.rs", "use crate::scenario::Scenario;");
    assert_eq!(layers(&bad), ["line 1: `check` must not know `scenario`"]);
}

#[test]
fn a_grouped_import_is_seen_through() {
    let bad = file(
        "src/sim/mod.rs",
        "use crate::{base::{Micros, run}, run::Run};",
    );
    assert_eq!(layers(&bad), ["line 1: `sim` must not know `run`"]);
}

#[test]
fn imports_to_the_left_and_comments_are_fine() {
    let good = "//! uses crate::ui\nuse crate::base::Micros;\nuse crate::sim::queue;\n";
    silent(&layers(&file("src/sim/mod.rs", good)));
    silent(&layers(&file("src/lib.rs", "pub use crate::ui::App;")));
}

#[test]
fn the_browser_below_ui_is_refused() {
    for line in [
        "use web_sys::Window;",
        "use gloo_timers::callback;",
        "let x = js_sys::f();",
    ] {
        assert_eq!(
            browser_crates(&file("src/view/scene.rs", line)).len(),
            1,
            "{line}"
        );
    }
    silent(&browser_crates(&file(
        "src/ui/mod.rs",
        "use yew::prelude::*;",
    )));
    silent(&browser_crates(&file("src/main.rs", "use yew::Renderer;")));
    silent(&browser_crates(&file(
        "src/view/scene.rs",
        "let renewyew = my_yew::x;",
    )));
}

#[test]
fn long_files_must_explain_themselves_and_very_long_ones_must_go() {
    let body = "x\n".repeat(600);
    assert_eq!(file_size(&file("src/a.rs", &body)).len(), 1);
    silent(&file_size(&file(
        "src/a.rs",
        &format!("//! Long because it is a table.\n{body}"),
    )));
    let excuse = format!("//! Long because.\n{}", "x\n".repeat(900));
    assert_eq!(file_size(&file("src/a.rs", &excuse)).len(), 1);
}

#[test]
fn wide_lines_are_counted_in_characters() {
    silent(&columns(&file("src/a.rs", &"é".repeat(100))));
    assert_eq!(
        columns(&file("src/a.rs", &"é".repeat(101))),
        ["line 1 is wider than 100 columns"]
    );
}

#[test]
fn a_file_without_a_header_is_refused() {
    assert_eq!(header(&file("src/a.rs", "use std::fmt;")).len(), 1);
    assert_eq!(header(&file("src/a.rs", "//! x\n")).len(), 1);
    silent(&header(&file("src/a.rs", "//! What the file is.\n")));
    silent(&header(&file("README.md", "# Title")));
}

#[test]
fn a_strict_folder_without_its_lints_is_refused() {
    assert_eq!(
        strict_folders(&file("src/sim/mod.rs", "//! The world.\n")).len(),
        3
    );
    let good = "#![deny(clippy::float_arithmetic)]\n\
                #![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]\n";
    silent(&strict_folders(&file("src/sim/mod.rs", good)));
    silent(&strict_folders(&file("src/view/mod.rs", "")));
}

#[test]
fn switched_off_tests_and_holes_are_refused() {
    for bad in [
        concat!("#[ig", "nore = \"later\"]"),
        concat!("    to", "do!()"),
        concat!("unimpl", "emented!(\"x\")"),
        concat!("#[al", "low(dead_code)]"),
    ] {
        assert_eq!(unfinished_work(&file("src/a.rs", bad)).len(), 1, "{bad}");
    }
    silent(&unfinished_work(&file(
        "src/a.rs",
        "#[expect(dead_code, reason = \"x\")]",
    )));
}

#[test]
fn a_path_of_one_machine_is_refused() {
    let bad = file("README.md", concat!("see /ho", "me/me/notes"));
    assert_eq!(machine_places(&bad).len(), 1);
    silent(&machine_places(&file(
        "README.md",
        "see https://example.org/home/x and ./home/x",
    )));
}

#[test]
fn untidy_markdown_is_refused() {
    let bad = "Title\n\n```\nnever closed \n\n[x](no/such/file.md)\n";
    assert_eq!(markdown(&file("README.md", bad)).len(), 4);
    let good = "# Title\n\n[here](Cargo.toml), [there](https://example.org)\n";
    silent(&markdown(&file("README.md", good)));
}

#[test]
fn an_undeclared_or_unlisted_file_is_refused() {
    let files = |listing: &str| {
        [
            file("src/lib.rs", "pub mod sim;"),
            file("src/sim/mod.rs", "mod fault;"),
            file("src/sim/fault/mod.rs", listing),
            file("src/sim/fault/crash.rs", "//! x"),
        ]
    };
    assert_eq!(registration(&files("mod pause;")).len(), 1);
    assert_eq!(registration(&files("mod crash;")).len(), 1);
    silent(&registration(&files(
        "mod crash;\nconst C: [X; 1] = [crash::ROW];",
    )));
}

#[test]
fn an_undeclared_module_or_folder_is_refused() {
    let files = |declared| {
        let sim = file("src/sim/mod.rs", declared);
        let network = file("src/sim/network/mod.rs", "");
        [file("src/lib.rs", "pub mod sim;"), sim, network]
    };
    silent(&registration(&files("mod network;")));
    assert_eq!(registration(&files("// mod network;")).len(), 1);
    assert_eq!(
        registration(&[file("src/lib.rs", ""), file("src/sim/mod.rs", "")]).len(),
        1
    );
}

#[test]
fn words_are_counted_whole_and_outside_comments() {
    assert_eq!(
        mentions("mod crash;\n// crash\nlet crashed = crash::x;", "crash"),
        2
    );
}
