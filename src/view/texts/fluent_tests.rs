//! Our reader says what Fluent says, and the files stay inside what it reads.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

use super::*;
use crate::view::texts::{Args, Language, Texts, Value};

/// Fluent's own library, as a browser's page would set it up.
fn fluent(language: Language, source: &str) -> FluentBundle<FluentResource> {
    let tag = language.tag().parse().expect("a language tag");
    let mut bundle = FluentBundle::new(vec![tag]);
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(String::from(source)).expect("a Fluent file");
    bundle.add_resource(resource).expect("no key twice");
    bundle
}

fn by_fluent(bundle: &FluentBundle<FluentResource>, key: &str, args: &Args) -> String {
    let mut values = FluentArgs::new();
    for (name, value) in args {
        let value = match value {
            Value::Number(number) => FluentValue::from(*number),
            Value::Text(text) => FluentValue::from(text.clone()),
            Value::Sids(_) | Value::Clients(_) | Value::Word(_) | Value::Phrase(..) => {
                unreachable!("not tried here")
            }
        };
        values.set(*name, value);
    }
    let pattern = bundle.get_message(key).and_then(|message| message.value());
    let pattern = pattern.unwrap_or_else(|| panic!("Fluent lacks {key}"));
    let said = bundle.format_pattern(pattern, Some(&values), &mut Vec::new());
    said.into_owned()
}

/// The variables of the files, which are few.
fn variables(source: &'static str) -> Vec<&'static str> {
    let mut names: Vec<_> = source
        .split('$')
        .skip(1)
        .filter_map(|part| part.split(|c: char| !c.is_ascii_lowercase()).next())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Values that meet every kind of variant, and some that meet none.
fn tried() -> Vec<Value> {
    let numbers = [
        -1,
        0,
        1,
        2,
        3,
        5,
        6,
        7,
        11,
        21,
        1_000_000,
        9_007_199_254_740_991,
    ];
    let texts = [
        "",
        "0",
        "1",
        "one",
        "other",
        "S1, S3 and S4",
        "{ $who }",
        "甲",
    ];
    let numbers = numbers.into_iter().map(Value::Number);
    numbers
        .chain(texts.into_iter().map(|text| Value::Text(text.into())))
        .collect()
}

#[test]
fn every_message_reads_as_fluent_reads_it() {
    for language in Language::ALL {
        let (ours, theirs) = (Texts::new(language), fluent(language, language.source()));
        let keys: Vec<_> = Messages::of(language.source()).keys().collect();
        let names = variables(language.source());
        assert!(keys.len() > 350 && names.len() > 40, "{language:?}");
        for key in keys {
            assert_eq!(
                ours.get(key),
                by_fluent(&theirs, key, &Args::new()),
                "{key} in {language:?} without values"
            );
            for (turn, value) in tried().into_iter().enumerate() {
                // Every variable its own value, so that none can stand in for another.
                let given = |n: usize| match (n + turn) % 3 {
                    0 => Value::Number(i64::try_from(n + turn).expect("small")),
                    _ => value.clone(),
                };
                let args: Args = names.iter().copied().zip((0..).map(given)).collect();
                let theirs = by_fluent(&theirs, key, &args);
                assert_eq!(ours.with(key, &args), theirs, "{key} {args:?}");
            }
        }
    }
}

#[test]
fn our_reader_finds_every_message_of_the_file() {
    for language in Language::ALL {
        let source = language.source();
        let starts = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
        let messages = Messages::of(source);
        assert_eq!(
            messages.keys().count(),
            source.lines().filter(starts).count()
        );
        assert!(messages.pattern("stage").is_some() && messages.pattern("stag").is_none());
    }
}

/// What our reader does not read, with its line from 1.
fn refused(source: &str) -> Option<(usize, &'static str)> {
    let mut check = Check { source, at: 0 };
    while check.at < source.len() {
        if let Err(why) = check.entry() {
            let line = source[..check.at].matches('\n').count() + 1;
            return Some((line, why));
        }
    }
    None
}

/// A reader that says no wherever [`Messages`] would not read what Fluent reads.
struct Check<'a> {
    source: &'a str,
    at: usize,
}

type Checked = Result<(), &'static str>;

impl<'a> Check<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn take_while(&mut self, wanted: fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn entry(&mut self) -> Checked {
        if self.take("\n") {
            return Ok(());
        }
        if self.take("#") {
            self.take_while(|c| c != '\n');
            return Ok(());
        }
        let key = self.take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err("not a message: a term, an attribute, or a second line of text");
        }
        if !self.take(" = ") {
            return Err("a message is written `key = text`, on one line");
        }
        self.pattern()?;
        self.end_of_line()
    }

    fn end_of_line(&mut self) -> Checked {
        if self.take("\n") || self.rest().is_empty() {
            return Ok(());
        }
        Err("a brace without its partner")
    }

    fn pattern(&mut self) -> Checked {
        if self.rest().starts_with(['\n', ' ']) {
            return Err("text begins on the line of its key, after one space");
        }
        loop {
            let text = self.take_while(|c| !matches!(c, '{' | '}' | '\n'));
            if self.rest().starts_with('\n') && text.ends_with(' ') {
                return Err("a space at the end of a text does not show");
            }
            if !self.rest().starts_with('{') {
                return Ok(());
            }
            self.placeable()?;
        }
    }

    fn placeable(&mut self) -> Checked {
        if self.take("{\"") {
            let text = self.take_while(|c| !matches!(c, '"' | '\\' | '{' | '}' | '\n'));
            if !text.is_empty() && self.take("\"}") {
                return Ok(());
            }
            return Err("quoted text has no escapes and no braces");
        }
        if !self.take("{ $") || self.take_while(|c| c.is_ascii_lowercase()).is_empty() {
            return Err("a placeable is `{ $variable }`, a selector over one, or quoted text");
        }
        if self.take(" }") {
            return Ok(());
        }
        if !self.take(" ->\n") {
            return Err("a placeable is `{ $variable }`, a selector over one, or quoted text");
        }
        let mut defaults = 0;
        while !self.take("}") {
            defaults += usize::from(self.rest().starts_with("   *["));
            self.variant()?;
        }
        match defaults {
            1 => Ok(()),
            _ => Err("a selector has one default, marked with *"),
        }
    }

    fn variant(&mut self) -> Checked {
        if !self.take("    [") && !self.take("   *[") {
            return Err("a variant is `    [key] text` or `   *[key] text`");
        }
        let key = self.take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if key.is_empty() || !self.take("] ") {
            return Err("a variant's key is a whole number or a word");
        }
        self.pattern()?;
        self.end_of_line()
    }
}

#[test]
fn the_files_use_only_what_the_reader_reads() {
    for language in Language::ALL {
        assert_eq!(refused(language.source()), None, "{language:?}");
    }
}

#[test]
fn what_the_reader_does_not_read_is_refused_with_its_line() {
    let good =
        "# A comment.\n\na = b\nc = { $n ->\n    [0] none\n   *[other] { $n }{\", \"}\n} d\n";
    assert_eq!(refused(good), None);
    let bad = [
        ("-term = x\n", 0, "term"),
        ("a = x\n    .attribute = y\n", 1, "attribute"),
        ("a = x\n    y\n", 1, "second line"),
        ("a =\n    x\n", 0, "on one line"),
        ("a = { -term }\n", 0, "placeable"),
        ("a = { other }\n", 0, "placeable"),
        ("a = { NUMBER($n) }\n", 0, "placeable"),
        ("a = { $n.attribute }\n", 0, "placeable"),
        ("a = {\"\\u0041\"}\n", 0, "escapes"),
        ("a = {\"{\"}\n", 0, "escapes"),
        ("a = x }\n", 0, "brace"),
        ("a = x \n", 0, "space"),
        ("a =  x\n", 0, "one space"),
        ("a = { $n ->\n    [0] x\n}\n", 2, "one default"),
        (
            "a = { $n ->\n    [1.5] x\n   *[other] y\n}\n",
            1,
            "whole number",
        ),
        (
            "a = { $n ->\n    [0] x\n     y\n   *[other] z\n}\n",
            2,
            "variant is",
        ),
    ];
    for (source, line, why) in bad {
        let (at, said) = refused(&format!("{good}{source}")).expect(source);
        assert_eq!(at, 8 + line, "{source}: {said}");
        assert!(said.contains(why), "{source}: {said}");
    }
}

#[test]
fn numbers_choose_before_plurals_and_words_only_by_themselves() {
    let variants = "->\n    [0] none\n    [one] one\n   *[other] many { $n ->\n   *[other] x\n}\n";
    let chosen = |key: &'static str| variant(variants, &|k| k == key);
    assert_eq!(chosen("0"), "none");
    assert_eq!(chosen("one"), "one");
    assert_eq!(chosen("few"), "many { $n ->\n   *[other] x\n}");
}
