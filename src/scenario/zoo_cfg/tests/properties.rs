//! Claims about any text at all.

use proptest::prelude::*;

use super::*;

/// Lines that look like a configuration, right and wrong.
fn line() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        proptest::sample::select(Key::ALL).prop_map(|key| key.name().to_owned()),
        (0..6_i64).prop_map(|n| format!("server.{n}")),
        (0..4_i64).prop_map(|n| format!("group.{n}")),
        (0..6_i64).prop_map(|n| format!("weight.{n}")),
        "[ -~]{0,8}",
        Just("version".to_owned()),
    ];
    let value = prop_oneof![
        "[0-9]{1,5}",
        "[a-c]{1,2}:[1-4]:[1-4](:participant|:observer)?(;[0-9]{1,5})?",
        "\\[[0-9a-f:]{0,9}\\]?:?[0-9]{0,3}(:[0-9])?[;|]{0,3}",
        "[0-5](:[0-5]){0,4}",
        Just("true".to_owned()),
        ".{0,12}",
    ];
    let separator = proptest::sample::select(&["=", ":", " ", " = ", "\t", "\\\n="][..]);
    let end = proptest::sample::select(&["\n", "\r", "\r\n", "\\\n", "\\u0041\n"][..]);
    (key, separator, value, end).prop_map(|(k, s, v, e)| format!("{k}{s}{v}{e}"))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(line(), 0..20).prop_map(|lines| lines.concat()),
        proptest::collection::vec(line(), 0..6).prop_map(|lines| with(&lines.concat())),
    ]
}

/// Lengths of the lines of a text, in characters.
fn lengths(text: &str) -> Vec<usize> {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    unix.split('\n').map(|line| line.chars().count()).collect()
}

fn assert_inside(text: &str, found: &[Diagnostic]) {
    let lengths = lengths(text);
    for at in found.iter().filter_map(|d| d.at) {
        let length = lengths.get(at.line as usize - 1);
        let length = length.unwrap_or_else(|| panic!("{at} of {text:?}"));
        assert!(
            (1..=length + 1).contains(&(at.column as usize)),
            "{at} of {text:?}"
        );
    }
}

fn assert_sound(text: &str) {
    match ZooCfg::parse(text) {
        Ok(cfg) => {
            assert_inside(text, cfg.warnings());
            let printed = cfg.to_string();
            assert_eq!(good(&printed), cfg, "{printed}");
            for sid in cfg.servers().keys() {
                assert!(cfg.peer_config(*sid).is_ok());
            }
        }
        Err(found) => {
            assert!(!found.errors().is_empty());
            assert_inside(text, found.errors());
            assert_inside(text, found.warnings());
            assert!(!found.to_string().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_survives_printing(text in text()) {
        assert_sound(&text);
    }

    #[test]
    fn any_characters_are_read_or_refused(text in "\\PC{0,60}|(.|\\n|\\\\u|=|server\\.1){0,40}") {
        assert_sound(&text);
        assert_sound(&with(&text));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ZooCfg::parse_bytes(&bytes);
    }

    #[test]
    fn any_pairs_are_read_or_refused_for_a_server(
        pairs in proptest::collection::vec(("\\PC{0,12}", "\\PC{0,20}"), 0..6),
        myid in proptest::option::of("\\PC{0,4}"),
    ) {
        let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let _ = parse_for(&Properties::from_pairs(pairs), myid.as_deref());
    }

    #[test]
    fn a_server_line_that_is_read_prints_to_itself(
        line in "(\\[[0-9a-f:]{2,6}\\]|[a-z]{1,2}):[0-9]{1,6}:[0-9]{1,6}\
                 (:observer)?(;[0-9:]{0,6}){0,3}"
    ) {
        if let Ok(read) = ServerLine::parse(Sid(1), &line, MultiAddress::Disabled) {
            let again = ServerLine::parse(Sid(1), &read.to_string(), MultiAddress::Disabled);
            prop_assert_eq!(again, Ok(read));
        }
    }
}
