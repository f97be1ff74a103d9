//! Claims about the page's source that the compiler cannot check.

use std::fs;
use std::path::Path;

use crate::base::Set;
use crate::view::actions::Verb;
use crate::view::palette::Glyph;
use crate::view::texts::{Language, Texts};

/// Everything a call with one of these beginnings names.
fn named_keys(source: &str) -> Set<String> {
    let calls = [
        ".text(\"",
        ".said(\"",
        ".label(\"",
        "texts.get(\"",
        "texts.with(\"",
        "head(\"",
    ];
    let mut keys = Set::new();
    for call in calls {
        let rests = source.split(call).skip(1);
        keys.extend(
            rests
                .filter_map(|rest| rest.split('"').next())
                .map(String::from),
        );
    }
    keys
}

fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if !path.ends_with("ui_tests.rs") {
            found.push(fs::read_to_string(path).expect("readable"));
        }
    }
    found
}

#[test]
fn every_text_the_page_names_exists_in_every_language() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut keys: Set<String> = sources(&folder)
        .iter()
        .flat_map(|s| named_keys(s))
        .collect();
    assert!(keys.len() > 30, "the scan finds too little: {keys:?}");
    let tools = super::tool::Tool::ALL;
    keys.extend(
        tools
            .iter()
            .flat_map(|tool| [tool.key(), tool.hint()])
            .map(String::from),
    );
    keys.extend(super::keys::MAP.iter().map(|(_, key)| String::from(*key)));
    keys.extend(
        super::panels::PANELS
            .iter()
            .map(|panel| String::from(panel.name)),
    );
    keys.extend(Verb::ALL.iter().map(|verb| String::from(verb.key())));
    keys.extend(
        Verb::ALL
            .iter()
            .map(|verb| String::from(super::menu::short_name(*verb))),
    );
    keys.extend(Glyph::ALL.iter().map(|glyph| String::from(glyph.key())));
    for language in Language::ALL {
        let texts = Texts::new(language);
        let missing: Vec<&String> = keys.iter().filter(|key| !texts.has(key)).collect();
        assert!(missing.is_empty(), "{language:?} lacks {missing:?}");
    }
}
