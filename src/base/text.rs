//! Texts and their messages: places, templates, names that were meant.

use core::fmt;

use serde::{Deserialize, Serialize};

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

impl Position {
    /// The first character.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte of `text`, where lines end with `\n`; a byte within a character is the
    /// character's place, one beyond the end is the end's.
    pub fn of(text: &str, byte: usize) -> Self {
        let mut at = Self::START;
        for (start, c) in text.char_indices() {
            if start + c.len_utf8() > byte {
                break;
            }
            if c == '\n' {
                at.line = at.line.saturating_add(1);
                at.column = 1;
            } else {
                at.column = at.column.saturating_add(1);
            }
        }
        at
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The values a message names, by the name it has for them.
pub type Args = Vec<(&'static str, String)>;

/// Replaces each `{name}` of a template by the argument of that name, once.
pub fn fill(template: &str, args: &[(&'static str, String)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = args.iter().find(|(n, _)| *n == name) {
            out.push_str(value);
        } else {
            out.push('{');
            out.push_str(name);
            out.push('}');
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The first `most` characters of a text, with `…` where that is not all of it: as much as a
/// message repeats.
pub fn quoted(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The name that `word` was probably meant to be: the first of the nearest, at most two letters
/// off and less than half of it.
pub fn nearest<'n>(word: &str, names: &[&'n str]) -> Option<&'n str> {
    let mut best = None;
    let mut bound = 3.min(word.len().div_ceil(2));
    for name in names {
        let distance = distance(word.as_bytes(), name.as_bytes());
        if distance < bound {
            bound = distance;
            best = Some(*name);
        }
    }
    best
}

/// Letters to insert, remove or replace, regardless of case; `usize::MAX` for lengths far apart.
fn distance(one: &[u8], other: &[u8]) -> usize {
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(!a.eq_ignore_ascii_case(b));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_1() {
        let text = "aé\nbc";
        let at = |byte| {
            let Position { line, column } = Position::of(text, byte);
            (line, column)
        };
        assert_eq!(
            [at(0), at(1), at(2), at(3)],
            [(1, 1), (1, 2), (1, 2), (1, 3)]
        );
        assert_eq!(
            [at(4), at(5), at(6), at(99)],
            [(2, 1), (2, 2), (2, 3), (2, 3)]
        );
    }

    #[test]
    fn templates_are_filled_once() {
        let args = [("a", String::from("{b}")), ("b", String::from("2"))];
        assert_eq!(fill("{a} {b} {c} {", &args), "{b} 2 {c} {");
    }

    #[test]
    fn very_long_texts_are_cut() {
        assert_eq!(quoted("abc", 3), "abc");
        assert_eq!(quoted("éééé", 3), "ééé…");
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = ["name", "network", "seed", "starts", "sid"];
        assert_eq!(nearest("netwrk", &names), Some("network"));
        assert_eq!(nearest("Start", &names), Some("starts"));
        assert_eq!(nearest("SID", &names), Some("sid"));
        assert_eq!(nearest("sed", &names), Some("seed"));
        assert_eq!(nearest("cluster", &names), None);
        assert_eq!(nearest("x", &names), None);
        assert_eq!(nearest("", &names), None);
    }
}
