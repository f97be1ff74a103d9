//! Java properties text: logical lines, separators, escapes, each with its place in the text.
//!
//! Knows no key of `ZooKeeper`. Two deliberate differences from Java: a text with control
//! characters is refused as not being text, and half a surrogate pair becomes U+FFFD, since Rust
//! strings hold none.
//! Source: `java.util.Properties` (`LineReader`, `load0`, `loadConvert`).

use super::problem::quoted;
use super::{Diagnostics, Position, Problem};

/// The longest text that is read. Real files have a few kilobytes.
pub const MAX_BYTES: usize = 1 << 20;

/// The most characters that are counted to find a place.
const STRIDE: usize = 64;

/// The entries of a properties text in the order of the text, repeated keys included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    pub(super) entries: Vec<Entry>,
    /// What the reader found wrong with the text itself.
    pub(super) found: Diagnostics,
}

/// A key and its value, both trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Placed,
    pub(super) value: Placed,
}

/// A text that knows where each of its characters stood before escapes and line ends were undone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) text: String,
    /// Byte offset in `text` and place, wherever a place does not follow from the one before, and
    /// every [`STRIDE`] characters, so that a place is found as fast in a very long line.
    breaks: Vec<(usize, Position)>,
}

impl Placed {
    /// A text that comes from nowhere.
    pub(super) fn bare(text: &str) -> Self {
        Self {
            text: trim(text).to_owned(),
            breaks: Vec::new(),
        }
    }

    /// Where the text begins.
    pub(super) fn start(&self) -> Option<Position> {
        self.at(0)
    }

    /// Where the character at byte `offset` stood.
    pub(super) fn at(&self, offset: usize) -> Option<Position> {
        let n = self.breaks.partition_point(|(from, _)| *from <= offset);
        let (from, place) = self.breaks.get(n.checked_sub(1)?)?;
        let steps = self
            .text
            .get(*from..offset)
            .map_or(0, |s| s.chars().count());
        Some(Position {
            line: place.line,
            column: place.column.saturating_add(narrow(steps)),
        })
    }

    fn of(glyphs: &[Glyph], end: Position) -> Self {
        let blank = |g: &&Glyph| g.c <= ' ';
        let skipped = glyphs.iter().take_while(blank).count();
        let kept = glyphs.len() - glyphs.iter().rev().take_while(blank).count();
        let glyphs = glyphs.get(skipped..kept).unwrap_or_default();
        let mut placed = Self::default();
        let mut next = None;
        for (n, glyph) in glyphs.iter().enumerate() {
            if next != Some(glyph.at) || n % STRIDE == 0 {
                placed.breaks.push((placed.text.len(), glyph.at));
            }
            placed.text.push(glyph.c);
            next = Some(Position {
                column: glyph.at.column + 1,
                ..glyph.at
            });
        }
        if glyphs.is_empty() {
            placed.breaks.push((0, end));
        }
        placed
    }
}

/// A character and where it stands.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    c: char,
    at: Position,
}

impl Properties {
    /// Reads a text. Never fails: what is wrong with it is kept beside what could be read.
    pub fn read(text: &str) -> Self {
        let mut properties = Self::default();
        if text.len() > MAX_BYTES {
            return Self::too_long(text.len());
        }
        if let Some(glyph) = Glyphs::new(text).find(|g| !is_text(g.c)) {
            let code = format!("U+{:04X}", u32::from(glyph.c));
            properties
                .found
                .error(Some(glyph.at), Problem::NotText { code });
            return properties;
        }
        if text.starts_with('\u{feff}') {
            properties
                .found
                .warn(Some(Position::START), Problem::ByteOrderMark {});
        }
        let mut lines = Lines::new(text);
        while let Some(end) = lines.next_into() {
            properties.take(&lines.line, end);
        }
        properties
    }

    /// Reads a file: UTF-8, or where it is not that, ISO 8859-1 as Java does.
    pub fn read_bytes(bytes: &[u8]) -> Self {
        if bytes.len() > MAX_BYTES {
            return Self::too_long(bytes.len());
        }
        match core::str::from_utf8(bytes) {
            Ok(text) => Self::read(text),
            Err(_) => Self::read(&bytes.iter().map(|&b| char::from(b)).collect::<String>()),
        }
    }

    fn too_long(bytes: usize) -> Self {
        let mut properties = Self::default();
        properties.found.error(
            Some(Position::START),
            Problem::TooLong {
                bytes: bytes as u64,
                limit: MAX_BYTES as u64,
            },
        );
        properties
    }

    /// Entries that come from no text, in order.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let entry = |(key, value)| Entry {
            key: Placed::bare(key),
            value: Placed::bare(value),
        };
        Self {
            entries: pairs.into_iter().map(entry).collect(),
            found: Diagnostics::default(),
        }
    }

    /// The value of `key`: the last one given.
    pub fn get(&self, key: &str) -> Option<&str> {
        let entry = self.entries.iter().rev().find(|e| e.key.text == key)?;
        Some(&entry.value.text)
    }

    /// One logical line: key up to the first unescaped separator, the rest is the value.
    fn take(&mut self, line: &[Glyph], end: Position) {
        let mut escaped = false;
        let is_end = |g: &Glyph| {
            let ends = !escaped && (is_separator(g.c) || is_blank(g.c));
            escaped = g.c == '\\' && !escaped;
            ends
        };
        let key_len = line.iter().position(is_end).unwrap_or(line.len());
        let (key, rest) = line.split_at(key_len);
        let mut value = rest;
        let mut separated = false;
        while let Some((glyph, tail)) = value.split_first() {
            if is_separator(glyph.c) && !separated {
                separated = true;
            } else if !is_blank(glyph.c) {
                break;
            }
            value = tail;
        }
        let key_end = rest.first().map_or(end, |g| g.at);
        let key = self.unescape(key);
        let value = self.unescape(value);
        self.entries.push(Entry {
            key: Placed::of(&key, key_end),
            value: Placed::of(&value, end),
        });
    }

    fn unescape(&mut self, glyphs: &[Glyph]) -> Vec<Glyph> {
        let mut out = Vec::with_capacity(glyphs.len());
        let mut rest = glyphs;
        while let Some((glyph, tail)) = rest.split_first() {
            rest = tail;
            let mut c = glyph.c;
            if c == '\\'
                && let Some((next, tail)) = rest.split_first()
            {
                rest = tail;
                c = match next.c {
                    't' => '\t',
                    'r' => '\r',
                    'n' => '\n',
                    'f' => '\u{c}',
                    'u' => {
                        let (decoded, tail) = decode_unicode(rest);
                        rest = tail;
                        decoded.unwrap_or_else(|| {
                            self.found
                                .error(Some(glyph.at), Problem::MalformedEscape {});
                            char::REPLACEMENT_CHARACTER
                        })
                    }
                    other => other,
                };
            }
            out.push(Glyph { c, at: glyph.at });
        }
        out
    }
}

/// What follows `\u`: four digits, and the second half of a surrogate pair where there is one.
fn decode_unicode(glyphs: &[Glyph]) -> (Option<char>, &[Glyph]) {
    let Some((first, rest)) = four_digits(glyphs) else {
        return (None, glyphs);
    };
    if let Some(c) = char::from_u32(first) {
        return (Some(c), rest);
    }
    if let Some(([Glyph { c: '\\', .. }, Glyph { c: 'u', .. }], tail)) = rest.split_first_chunk()
        && let Some((second, tail)) = four_digits(tail)
        && (0xd800..0xdc00).contains(&first)
        && (0xdc00..0xe000).contains(&second)
    {
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(code), tail);
    }
    (Some(char::REPLACEMENT_CHARACTER), rest)
}

fn four_digits(glyphs: &[Glyph]) -> Option<(u32, &[Glyph])> {
    let (digits, rest) = glyphs.split_first_chunk::<4>()?;
    let code = digits
        .iter()
        .try_fold(0, |code, glyph| Some(code * 16 + glyph.c.to_digit(16)?))?;
    Some((code, rest))
}

/// Java's `trim`: everything up to the blank goes, control characters too.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

fn is_separator(c: char) -> bool {
    matches!(c, '=' | ':')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{c}')
}

fn is_text(c: char) -> bool {
    (c >= ' ' && c != '\u{7f}') || matches!(c, '\t' | '\n' | '\r' | '\u{c}')
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// All characters of a text with their places; a line end is one `\n`, however it was written.
struct Glyphs<'a> {
    chars: core::iter::Peekable<core::str::Chars<'a>>,
    at: Position,
}

impl<'a> Glyphs<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            chars: text.chars().peekable(),
            at: Position::START,
        }
    }
}

impl Iterator for Glyphs<'_> {
    type Item = Glyph;

    fn next(&mut self) -> Option<Glyph> {
        let mut c = self.chars.next()?;
        let at = self.at;
        if c == '\r' {
            self.chars.next_if_eq(&'\n');
            c = '\n';
        }
        if c == '\n' {
            self.at.line += 1;
            self.at.column = 1;
        } else {
            self.at.column += 1;
        }
        Some(Glyph { c, at })
    }
}

/// Natural lines joined to logical ones; comments and empty lines are gone.
struct Lines<'a> {
    glyphs: Glyphs<'a>,
    line: Vec<Glyph>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            glyphs: Glyphs::new(text),
            line: Vec::new(),
        }
    }

    /// Reads the next logical line into `line` and says where it ends.
    fn next_into(&mut self) -> Option<Position> {
        self.line.clear();
        let mut leading = true;
        let mut escaped = false;
        loop {
            let end = self.glyphs.at;
            let Some(glyph) = self.glyphs.next() else {
                // A backslash at the very end continues nothing and is dropped.
                if escaped {
                    self.line.pop();
                }
                return (!self.line.is_empty()).then_some(end);
            };
            if leading && is_blank(glyph.c) {
                continue;
            }
            leading = false;
            if self.line.is_empty() && matches!(glyph.c, '#' | '!') {
                let _ = self.glyphs.find(|g| g.c == '\n');
                leading = true;
            } else if glyph.c != '\n' {
                escaped = glyph.c == '\\' && !escaped;
                self.line.push(glyph);
            } else if escaped {
                self.line.pop();
                escaped = false;
                leading = true;
            } else if self.line.is_empty() {
                leading = true;
            } else {
                return Some(end);
            }
        }
    }
}

/// A key or value as a message repeats it.
pub(super) fn quote(placed: &Placed) -> String {
    quoted(&placed.text)
}
