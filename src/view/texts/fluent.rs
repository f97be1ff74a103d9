//! Fluent files, as far as ours use Fluent, read where they lie.
//!
//! Read are messages of one line, `{ $variable }`, `{"text"}`, selectors over a variable with
//! number, plural and word keys, and comments. There are no terms, attributes, functions, message
//! references, escapes or texts of several lines; a test refuses them with their line, and another
//! formats every message through Fluent's own library too.

/// The messages of one file by key: slices of the file itself.
pub(super) struct Messages(Vec<(&'static str, &'static str)>);

impl Messages {
    /// The messages of `source`, whose later entries overrule earlier ones of the same key.
    pub(super) fn of(source: &'static str) -> Self {
        let mut messages = Self(Vec::with_capacity(512));
        let mut rest = source;
        while !rest.is_empty() {
            let (entry, after) = rest.split_at(end_of_pattern(rest));
            rest = after.strip_prefix('\n').unwrap_or(after);
            if !entry.starts_with('#')
                && let Some((key, pattern)) = entry.split_once('=')
            {
                messages.put(key.trim_ascii(), pattern.trim_ascii());
            }
        }
        messages
    }

    fn put(&mut self, key: &'static str, pattern: &'static str) {
        match self.place(key) {
            Ok(at) => self.0[at].1 = pattern,
            Err(at) => self.0.insert(at, (key, pattern)),
        }
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (*known).cmp(key))
    }

    /// The pattern of `key`.
    pub(super) fn pattern(&self, key: &str) -> Option<&'static str> {
        self.place(key).ok().map(|at| self.0[at].1)
    }

    /// Every key, sorted.
    #[cfg(test)]
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(key, _)| *key)
    }
}

/// What a pattern is made of.
pub(super) enum Piece<'a> {
    /// Text as it is.
    Text(&'a str),
    /// The value of a variable.
    Variable(&'a str),
    /// One of several patterns, by the value of a variable: see [`variant`].
    Choice {
        /// The variable.
        variable: &'a str,
        /// The variants, as they stand in the file.
        variants: &'a str,
    },
}

/// Takes the first piece off `pattern`.
pub(super) fn next_piece<'a>(pattern: &mut &'a str) -> Option<Piece<'a>> {
    if pattern.is_empty() {
        return None;
    }
    let Some(inside) = pattern.strip_prefix('{') else {
        let (text, rest) = pattern.split_at(pattern.find('{').unwrap_or(pattern.len()));
        *pattern = rest;
        return Some(Piece::Text(text));
    };
    let (inside, rest) = inside.split_at(end_of_placeable(inside));
    *pattern = rest.strip_prefix('}').unwrap_or(rest);
    let inside = inside.trim_ascii();
    let Some(name) = inside.strip_prefix('$') else {
        return Some(Piece::Text(inside.trim_matches('"')));
    };
    Some(match name.split_once(' ') {
        None => Piece::Variable(name),
        Some((variable, variants)) => Piece::Choice { variable, variants },
    })
}

/// The first of `variants` whose key `fits`, or the one marked with `*`.
pub(super) fn variant<'a>(variants: &'a str, fits: &dyn Fn(&str) -> bool) -> &'a str {
    let mut default = "";
    let mut rest = variants;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(end_of_pattern(rest));
        rest = after.strip_prefix('\n').unwrap_or(after);
        let line = line.trim_ascii();
        let plain = line.strip_prefix('*').unwrap_or(line);
        let Some((key, pattern)) = plain.strip_prefix('[').and_then(|l| l.split_once(']')) else {
            continue; // the arrow behind the variable
        };
        let pattern = pattern.trim_ascii();
        if fits(key) {
            return pattern;
        }
        if line.len() != plain.len() {
            default = pattern;
        }
    }
    default
}

/// Where the first line ends that is not inside a placeable.
fn end_of_pattern(text: &str) -> usize {
    end(text, b'\n')
}

/// Where the brace is that closes a placeable, given what follows its opening brace.
fn end_of_placeable(text: &str) -> usize {
    end(text, b'}')
}

/// Where `stop` is for the first time outside braces, or the end.
fn end(text: &str, stop: u8) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if byte == stop && depth == 0 => return at,
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
#[path = "fluent_tests.rs"]
mod tests;
