//! Whatever bytes come as a scenario, the reader says what is wrong or reads them; it never panics.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, proptest};
use proptest::sample::{Index, select};
use zabscope::scenario::Scenario;

const DOC: &str = include_str!("../../docs/scenario.md");

fn examples() -> Vec<&'static str> {
    let blocks = DOC.split("```json\n").skip(1);
    blocks
        .map(|rest| rest.split("```").next().expect("a block has an end"))
        .collect()
}

/// What breaks readers: marks of JSON, escapes, numbers at the edge.
fn piece() -> impl Strategy<Value = &'static str> {
    select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\\",
        "\\u",
        "\\ud800",
        "-",
        "-0",
        "1e999",
        "null",
        "true",
        "18446744073709551616",
        "-9223372036854775809",
        "\u{0}",
        "\u{fffd}",
        "🦀",
        "",
    ])
}

/// Reads, and where it can be read, writes and reads again.
fn read(text: &str) -> Result<(), String> {
    match Scenario::from_json(text) {
        Err(wrong) if wrong.to_string().len() < 2_000 => Ok(()),
        Err(_) => Err("a message repeats what was given".to_owned()),
        Ok(scenario) if Scenario::from_json(&scenario.to_json()).as_ref() == Ok(&scenario) => {
            Ok(())
        }
        Ok(_) => Err("what was written is read otherwise".to_owned()),
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        prop_assert!(read(&text).is_ok());
    }

    #[test]
    fn a_mutated_example_is_read_or_refused(
        example in select(examples()),
        changes in vec((any::<Index>(), 0_usize..12, piece()), 1..6),
    ) {
        let mut text: Vec<char> = example.chars().collect();
        for (at, length, new) in changes {
            let from = at.index(text.len() + 1);
            let to = (from + length).min(text.len());
            text.splice(from..to, new.chars());
        }
        let text: String = text.into_iter().collect();
        let said = read(&text);
        prop_assert!(said.is_ok(), "{said:?}: {text}");
    }

    #[test]
    fn any_nesting_is_read_or_refused(pieces in vec((piece(), 1_usize..3_000), 0..8)) {
        let mut text = String::new();
        for (piece, times) in pieces {
            text.push_str(&piece.repeat(times));
        }
        prop_assert!(read(&text).is_ok());
    }
}
