//! Both languages have every key, with the same variables, and every key the code names exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;

use super::*;

#[path = "problem_texts_tests.rs"]
mod problems;

/// Key to the variables its text names.
fn entries(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut entries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in language.source().lines() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let (name, _) = line.split_once(" =").expect("a key and a text");
            key = String::from(name);
            assert!(
                entries.insert(key.clone(), BTreeSet::new()).is_none(),
                "{key} twice in {language:?}"
            );
        }
        let variables = entries.get_mut(&key).expect("a key comes first");
        for part in line.split('$').skip(1) {
            let name = part.chars().take_while(char::is_ascii_lowercase);
            variables.insert(name.collect());
        }
    }
    entries
}

#[test]
fn every_file_is_readable_as_fluent() {
    for language in Language::ALL {
        let read = FluentResource::try_new(String::from(language.source()));
        assert!(read.is_ok(), "{language:?}: {:?}", read.err().map(|e| e.1));
    }
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (en, zh) = (entries(Language::En), entries(Language::Zh));
    let keys = |entries: &BTreeMap<String, BTreeSet<String>>| {
        entries.keys().cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(keys(&en), keys(&zh));
    for (key, variables) in &en {
        // Chinese has no plural: it may leave the count aside, and nothing else.
        let mut missing: BTreeSet<_> = variables.difference(&zh[key]).cloned().collect();
        missing.remove("count");
        assert!(missing.is_empty(), "{key}: Chinese lacks {missing:?}");
        let invented: Vec<_> = zh[key].difference(variables).collect();
        assert!(invented.is_empty(), "{key}: Chinese invents {invented:?}");
    }
}

/// Prefixes by which a string in the code is known to be a key.
const PREFIXES: [&str; 22] = [
    "say-",
    "why-",
    "state-",
    "label-",
    "legend-",
    "ignored-",
    "malformed-",
    "drop-",
    "exit-",
    "caption-",
    "score-",
    "act-",
    "verb-",
    "dim-",
    "table-",
    "inspect-",
    "timer-",
    "lane-",
    "alt-",
    "chip-",
    "list-",
    "log-",
];

fn keys_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            keys_in(&path, found);
        } else if !path.to_string_lossy().ends_with("_tests.rs") {
            let text = std::fs::read_to_string(&path).expect("a text");
            let strings = text.split('"');
            found.extend(
                strings
                    .filter(|s| PREFIXES.iter().any(|prefix| s.starts_with(prefix)))
                    .filter(|s| s.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                    .filter(|s| !s.ends_with('-'))
                    .map(String::from),
            );
        }
    }
}

#[test]
fn every_key_the_code_names_exists() {
    let mut named = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/view");
    keys_in(&folder, &mut named);
    assert!(named.len() > 150, "only {} keys found", named.len());
    let known = entries(Language::En);
    let unknown: Vec<_> = named.iter().filter(|k| !known.contains_key(*k)).collect();
    assert!(unknown.is_empty(), "no text for {unknown:?}");
}

#[test]
fn lists_of_servers_read_as_the_language_writes_them() {
    let sids = [Sid(1), Sid(3), Sid(4)];
    let (en, zh) = (Texts::new(Language::En), Texts::new(Language::Zh));
    assert_eq!(en.sids(&sids[..1]), "S1");
    assert_eq!(en.sids(&sids), "S1, S3 and S4");
    assert_eq!(zh.sids(&sids), "S1、S3 和 S4");
}

#[test]
fn chinese_keeps_spaces_beside_latin_and_full_width_punctuation() {
    for line in Language::Zh.source().lines() {
        let Some((_, text)) = line.split_once(" = ") else {
            continue;
        };
        let half_width = text.chars().zip(text.chars().skip(1)).any(|(a, b)| {
            ('\u{4e00}'..='\u{9fff}').contains(&a) && matches!(b, ',' | '.' | ';' | '?' | '!')
        });
        assert!(!half_width, "half-width punctuation: {line}");
        let glued = text.chars().zip(text.chars().skip(1)).any(|(a, b)| {
            let is_cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            (is_cjk(a) && b.is_ascii_alphanumeric()) || (a.is_ascii_alphanumeric() && is_cjk(b))
        });
        assert!(!glued, "no space between CJK and Latin: {line}");
    }
}

#[test]
fn a_language_is_found_by_the_first_part_of_a_tag() {
    assert_eq!(Language::from_tag("zh-Hans-CN"), Some(Language::Zh));
    assert_eq!(Language::from_tag("en_GB"), Some(Language::En));
    assert_eq!(Language::from_tag("fr"), None);
}
