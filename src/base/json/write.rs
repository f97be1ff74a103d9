//! Writing JSON, piece by piece in the order of the text.

/// A text that grows. Values follow names in objects and each other in lists; who writes must open
/// and close in pairs.
#[derive(Debug)]
pub struct Writer {
    out: String,
    /// True where lines and blanks are for people.
    lines: bool,
    depth: usize,
    /// True right after a name and at the very beginning: no comma, no new line.
    ready: bool,
    /// True where the innermost list or object has no member yet.
    empty: bool,
}

impl Writer {
    /// Everything on one line.
    pub const fn compact() -> Self {
        Self {
            out: String::new(),
            lines: false,
            depth: 0,
            ready: true,
            empty: true,
        }
    }

    /// A line for each member, indented by two.
    pub const fn indented() -> Self {
        let mut writer = Self::compact();
        writer.lines = true;
        writer
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    fn next(&mut self) {
        if core::mem::take(&mut self.ready) {
            return;
        }
        if !core::mem::take(&mut self.empty) {
            self.out.push(',');
        }
        self.line();
    }

    fn line(&mut self) {
        if self.lines {
            self.out.push('\n');
            for _ in 0..self.depth {
                self.out.push_str("  ");
            }
        }
    }

    #[inline(never)]
    fn open(&mut self, mark: char) {
        self.next();
        self.out.push(mark);
        self.depth += 1;
        self.empty = true;
    }

    #[inline(never)]
    fn close(&mut self, mark: char) {
        self.depth = self.depth.saturating_sub(1);
        if !core::mem::take(&mut self.empty) {
            self.line();
        }
        self.out.push(mark);
    }

    /// Begins an object.
    pub fn object(&mut self) {
        self.open('{');
    }

    /// Ends it.
    pub fn end_object(&mut self) {
        self.close('}');
    }

    /// Begins a list.
    pub fn list(&mut self) {
        self.open('[');
    }

    /// Ends it.
    pub fn end_list(&mut self) {
        self.close(']');
    }

    /// The name of a field, whose value comes next.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.text(name);
        self.out.push_str(if self.lines { ": " } else { ":" });
        self.ready = true;
        self
    }

    /// `null`, `true`, a number: what is written as it is.
    #[inline(never)]
    fn raw(&mut self, text: &str) {
        self.next();
        self.out.push_str(text);
    }

    /// Nothing.
    pub fn null(&mut self) {
        self.raw("null");
    }

    /// A yes or no.
    #[expect(clippy::fn_params_excessive_bools, reason = "it writes one")]
    pub fn truth(&mut self, is: bool) {
        self.raw(if is { "true" } else { "false" });
    }

    /// A whole number from 0 up.
    pub fn unsigned(&mut self, number: u64) {
        self.raw(&number.to_string());
    }

    /// A whole number.
    pub fn signed(&mut self, number: i64) {
        self.raw(&number.to_string());
    }

    /// `number` divided by `unit`, a power of ten, exactly.
    pub fn parts(&mut self, number: u64, unit: u64) {
        let mut text = (number / unit).to_string();
        let (mut rest, mut unit) = (number % unit, unit);
        if rest > 0 {
            text.push('.');
        }
        while rest > 0 {
            unit /= 10;
            text.push(char::from(b'0' + u8::try_from(rest / unit).unwrap_or(9)));
            rest %= unit;
        }
        self.raw(&text);
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.next();
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '\0'..' ' => {
                    self.out.push_str("\\u00");
                    for digit in [u32::from(c) >> 4, u32::from(c) & 15] {
                        self.out.push(char::from_digit(digit, 16).unwrap_or('0'));
                    }
                }
                _ => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}
