//! The reader and the writer against `serde_json`, and what their messages say.

use super::parse::Value;
use super::*;
use crate::base::text::Position;

fn refused<T: core::fmt::Debug>(result: Result<T, Problem>) -> String {
    result.expect_err("must be refused").to_string()
}

fn syntax(text: &str) -> String {
    refused(Document::parse(text, 1_000))
}

/// Asks the whole of a text for something.
fn ask<T: core::fmt::Debug>(text: &str, ask: fn(&Place<'_>) -> Result<T, Problem>) -> String {
    let document = Document::parse(text, 1_000).expect("is JSON");
    refused(ask(&document.root()))
}

#[test]
fn what_is_not_json_is_shown_at_its_place() {
    for (text, at, key) in [
        ("", (1, 1), "json-ends-early"),
        ("{\"a\": [1,", (1, 10), "json-ends-early"),
        ("\"a", (1, 3), "json-ends-early"),
        ("[1,\n ]", (2, 2), "json-no-value"),
        ("nul ", (1, 1), "json-no-value"),
        ("{a: 1}", (1, 2), "json-no-name"),
        ("{\"a\" 1}", (1, 6), "json-no-mark"),
        ("[1 2]", (1, 4), "json-no-mark"),
        ("1 2", (1, 3), "json-rest"),
        ("\"a\nb\"", (1, 3), "json-control"),
        ("\"é\\x\"", (1, 3), "json-escape"),
        ("\"\\ud800x\"", (1, 2), "json-escape"),
        ("[01]", (1, 2), "json-number"),
        ("[1., 2]", (1, 2), "json-number"),
    ] {
        let problem = Document::parse(text, 100).expect_err(text);
        let (line, column) = at;
        assert_eq!(problem.at, Position { line, column }, "{text}");
        assert_eq!(problem.kind.key, key, "{text}");
    }
    assert_eq!(syntax("[1}"), "line 1, column 3: , ] is expected here");
}

#[test]
fn size_and_depth_are_bounded() {
    let long = Document::parse("[10]", 3).expect_err("too long");
    assert_eq!(long.message(), "this text has 4 bytes; at most 3 are read");
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Document::parse(&nested(127), 1_000).is_ok());
    let deep = Document::parse(&nested(128), 1_000).expect_err("too deep");
    assert_eq!(deep.kind.key, "json-too-deep");
    assert_eq!(deep.at.column, 128);
}

#[test]
fn fields_are_known_and_given_once() {
    assert_eq!(
        ask("{\"a\": 1,\n  \"sidd\": 2}", |p| p.only(&["a", "sid"])),
        "line 2, column 3: there is no field \"sidd\" here; did you mean \"sid\"?"
    );
    assert_eq!(
        ask("{\"x\": 1}", |p| p.only(&["sid", "side"])),
        "line 1, column 2: there is no field \"x\" here; there are sid, side"
    );
    assert_eq!(
        ask("{\"a\": 1, \"a\": 1}", |p| p.only(&["a"])),
        "line 1, column 10: the field \"a\" is given twice"
    );
    assert_eq!(
        ask(" {}", |p| p.field("sid").map(|_| ())),
        "line 1, column 2: the field \"sid\" is missing"
    );
}

#[test]
fn a_wrong_value_is_named_with_its_path() {
    assert_eq!(
        ask("{\"faults\": [{}, {\"sid\": true}]}", |p| {
            for fault in p.field("faults")?.items()? {
                if let Some(sid) = fault.optional("sid")? {
                    sid.signed(0..=9)?;
                }
            }
            Ok(())
        }),
        "line 1, column 25: faults[1].sid: this must be a whole number"
    );
    for (text, wrong) in [
        ("[]", "this must be an object: fields in braces"),
        ("{}", "this must be a list in brackets"),
    ] {
        let said = if text == "[]" {
            ask(text, |p| p.only(&[]))
        } else {
            ask(text, |p| p.items().map(|_| ()))
        };
        assert_eq!(said, format!("line 1, column 1: {wrong}"));
    }
    let said = ask("\"true\"", |p| p.truth().map(drop));
    assert_eq!(said, "line 1, column 1: this must be true or false");
    let yes = Document::parse(" true", 100).expect("is JSON");
    assert_eq!(yes.root().truth(), Ok(true));
    let said = ask("null", |p| p.text().map(String::from));
    assert_eq!(said, "line 1, column 1: this must be a text in quotes");
}

#[test]
fn numbers_are_whole_and_in_range() {
    let whole = "line 1, column 1: this must be a whole number";
    for text in ["1.0", "1e3", "-0", "\"1\""] {
        assert_eq!(ask(text, |p| p.unsigned(0..=9)), whole, "{text}");
    }
    assert_eq!(
        ask("-1", |p| p.unsigned(0..=9)),
        "line 1, column 1: this must be from 0 to 9, not -1"
    );
    assert_eq!(
        ask("9223372036854775808", |p| p.signed(i64::MIN..=i64::MAX)),
        "line 1, column 1: this must be from -9223372036854775808 to 9223372036854775807, \
         not 9223372036854775808"
    );
    let read = |text| {
        let document = Document::parse(text, 100).expect("is JSON");
        let root = document.root();
        (
            root.signed(i64::MIN..=0).ok(),
            root.unsigned(0..=u64::MAX).ok(),
        )
    };
    assert_eq!(read("-9223372036854775808"), (Some(i64::MIN), None));
    assert_eq!(read("18446744073709551615"), (None, Some(u64::MAX)));
}

#[test]
fn choices_are_names_of_a_list() {
    assert_eq!(
        ask("\"lam\"", |p| p.choice(&["loopback", "lan"])),
        "line 1, column 1: \"lam\" is not known here; did you mean \"lan\"?"
    );
    assert_eq!(
        ask("\"satellite\"", |p| p.choice(&["loopback", "lan"])),
        "line 1, column 1: \"satellite\" is not known here; there are loopback, lan"
    );
    let document = Document::parse("\"lan\"", 100).expect("is JSON");
    assert_eq!(document.root().choice(&["loopback", "lan"]), Ok(1));
}

#[test]
fn keys_are_unique() {
    let keys: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.key).collect();
    assert_eq!(keys.len(), KINDS.len());
}

#[test]
fn parts_are_exact() {
    let parts = |number, unit| {
        let mut writer = Writer::compact();
        writer.parts(number, unit);
        writer.finish()
    };
    assert_eq!(parts(12_345, 1_000), "12.345");
    assert_eq!(parts(12_000, 1_000), "12");
    assert_eq!(parts(10, 1_000), "0.01");
    assert_eq!(parts(0, 1_000), "0");
}

/// The document as `serde_json` has it.
fn as_serde(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(is) => (*is).into(),
        Value::Number(number) => serde_json::from_str(number).expect("a number"),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(|item| as_serde(&item.value)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|field| (field.name.clone(), as_serde(&field.value.value)))
            .collect(),
    }
}

/// Writes what `serde_json` has.
fn write(value: &serde_json::Value, writer: &mut Writer) {
    use serde_json::Value as V;
    match value {
        V::Null => writer.null(),
        V::Bool(is) => writer.truth(*is),
        V::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => writer.unsigned(number),
            (_, Some(number)) => writer.signed(number),
            _ => panic!("not generated: {number}"),
        },
        V::String(text) => writer.text(text),
        V::Array(items) => {
            writer.list();
            for item in items {
                write(item, writer);
            }
            writer.end_list();
        }
        V::Object(fields) => {
            writer.object();
            for (name, value) in fields {
                write(value, writer.name(name));
            }
            writer.end_object();
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod against_serde_json {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = serde_json::Value> {
        let text = prop_oneof!["[\\x00-\\x20a\"\\\\é\u{10ffff}]{0,6}", ".{0,4}"];
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            text.prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map(".{0,3}", inner, 0..5)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    /// Both readers accept or both refuse, and they read the same.
    fn agree(text: &str) {
        match (
            Document::parse(text, 10_000),
            serde_json::from_str::<serde_json::Value>(text),
        ) {
            (Ok(ours), Ok(theirs)) => {
                let document = ours.root().value();
                assert_eq!(as_serde(document), theirs, "{text:?}");
            }
            (Err(_), Err(_)) => {}
            // A number beyond what a double holds; here it is refused where it is used.
            (Ok(_), Err(error)) if error.to_string().starts_with("number out of range") => {}
            (ours, theirs) => panic!("{text:?}: {ours:?} but {theirs:?}"),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_serde_json_writes_and_is_read_again(value in values()) {
            let (mut compact, mut indented) = (Writer::compact(), Writer::indented());
            write(&value, &mut compact);
            write(&value, &mut indented);
            let (compact, indented) = (compact.finish(), indented.finish());
            prop_assert_eq!(&compact, &serde_json::to_string(&value).expect("writes"));
            prop_assert_eq!(&indented, &serde_json::to_string_pretty(&value).expect("writes"));
            agree(&compact);
            agree(&indented);
        }

        #[test]
        fn a_damaged_text_is_judged_as_serde_json_does(
            value in values(),
            damage in "[\\[\\]{},:\"\\\\untrue0-9.eE+\\- \n]{0,3}",
            at in any::<prop::sample::Index>(),
            removed in 0..3_usize,
        ) {
            let text: Vec<char> = value.to_string().chars().collect();
            let at = at.index(text.len() + 1);
            let after = (at + removed).min(text.len());
            let damaged: String = text[..at].iter().copied()
                .chain(damage.chars())
                .chain(text[after..].iter().copied())
                .collect();
            agree(&damaged);
        }

        #[test]
        fn any_marks_are_judged_as_serde_json_does(
            text in "([\\[\\]{},: \"]|\\\\u(d[89a-f]|0)[0-9a-g]{2}|\\\\[a-z\"]|-?0?[0-9]|\
                     [.eE+]|true|null){0,12}",
        ) {
            agree(&text);
            agree(&format!("\"{text}\""));
        }
    }
}
