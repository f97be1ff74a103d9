//! From a text to a tree of values that remember where they stood.
//!
//! Exactly RFC 8259: no comments, no trailing commas, no lone surrogates. Numbers stay text, for
//! nobody here wants a float; they are bounded where they are used.

use super::problem::{
    CONTROL, ENDS_EARLY, ESCAPE, Kind, NO_MARK, NO_NAME, NO_VALUE, NUMBER, Problem, REST, TOO_DEEP,
    TOO_LONG,
};
use super::{Place, place};
use crate::base::text::{Args, Position};

/// How deep lists and objects may be nested.
const DEPTH_MAX: usize = 127;

/// A text that was read as JSON.
#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    root: Node<'a>,
}

/// A value and the byte it begins at.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) at: usize,
    pub(super) value: Value<'a>,
}

#[derive(Debug)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    Text(String),
    List(Vec<Node<'a>>),
    Object(Vec<Field<'a>>),
}

/// A field of an object; `at` is where its name begins.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) value: Node<'a>,
}

impl<'a> Document<'a> {
    /// Reads a text of at most `limit` bytes.
    ///
    /// # Errors
    /// The first thing that is not JSON; a text that is too long or nested too deep.
    pub fn parse(text: &'a str, limit: usize) -> Result<Self, Problem> {
        let mut parser = Parser {
            text,
            at: 0,
            depth: 0,
        };
        if text.len() > limit {
            let args = vec![
                ("bytes", text.len().to_string()),
                ("limit", limit.to_string()),
            ];
            return Err(parser.problem(TOO_LONG, args));
        }
        let root = parser.value()?;
        match parser.peek() {
            None => Ok(Self { text, root }),
            Some(_) => Err(parser.wrong(REST)),
        }
    }

    /// The whole of it.
    pub fn root(&self) -> Place<'_> {
        place::whole(self.text, &self.root)
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    #[inline(never)]
    fn wrong(&self, kind: &'static Kind) -> Problem {
        self.problem(kind, Args::new())
    }

    fn problem(&self, kind: &'static Kind, args: Args) -> Problem {
        let ended = self.at >= self.text.len();
        Problem {
            kind: if ended { ENDS_EARLY } else { kind },
            at: Position::of(self.text, self.at),
            path: String::new(),
            args: if ended { Args::new() } else { args },
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    #[inline(never)]
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn value(&mut self) -> Result<Node<'a>, Problem> {
        let next = self.peek();
        let at = self.at;
        let value = match next {
            Some(b'{') => Value::Object(self.object()?),
            Some(b'[') => Value::List(self.list()?),
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Node { at, value })
    }

    fn word(&mut self) -> Result<Value<'a>, Problem> {
        let rest = &self.text[self.at..];
        let (value, length) = if rest.starts_with("null") {
            (Value::Null, 4)
        } else if rest.starts_with("true") {
            (Value::Bool(true), 4)
        } else if rest.starts_with("false") {
            (Value::Bool(false), 5)
        } else {
            return Err(self.wrong(NO_VALUE));
        };
        self.at += length;
        Ok(value)
    }

    fn list(&mut self) -> Result<Vec<Node<'a>>, Problem> {
        let mut items = Vec::new();
        let mut more = self.open(b']')?;
        while more {
            items.push(self.value()?);
            more = self.more(b']')?;
        }
        Ok(items)
    }

    fn object(&mut self) -> Result<Vec<Field<'a>>, Problem> {
        let mut fields = Vec::new();
        let mut more = self.open(b'}')?;
        while more {
            if self.peek() != Some(b'"') {
                return Err(self.wrong(NO_NAME));
            }
            let at = self.at;
            let name = self.string()?;
            if self.peek() != Some(b':') {
                return Err(self.expected(":"));
            }
            self.at += 1;
            let value = self.value()?;
            fields.push(Field { at, name, value });
            more = self.more(b'}')?;
        }
        Ok(fields)
    }

    /// Enters a list or an object; false where it is empty.
    fn open(&mut self, close: u8) -> Result<bool, Problem> {
        if self.depth == DEPTH_MAX {
            return Err(self.problem(TOO_DEEP, vec![("limit", DEPTH_MAX.to_string())]));
        }
        self.at += 1;
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        self.depth += 1;
        Ok(true)
    }

    /// After a member: true where another one follows.
    fn more(&mut self, close: u8) -> Result<bool, Problem> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            _ => Err(self.expected(if close == b']' { ", ]" } else { ", }" })),
        }
    }

    fn expected(&self, marks: &str) -> Problem {
        self.problem(NO_MARK, vec![("expected", marks.to_owned())])
    }

    fn string(&mut self) -> Result<String, Problem> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self
                .byte()
                .is_some_and(|b| b >= b' ' && b != b'"' && b != b'\\')
            {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong(CONTROL)),
            }
        }
    }

    /// The character of an escape. What is wrong is shown at its backslash.
    fn escape(&mut self) -> Result<char, Problem> {
        let start = self.at;
        let found = self.escaped();
        found.ok_or_else(|| {
            if self.at < self.text.len() {
                self.at = start;
            }
            self.wrong(ESCAPE)
        })
    }

    fn escaped(&mut self) -> Option<char> {
        let code = *self.text.as_bytes().get(self.at + 1)?;
        self.at += 2;
        Some(match code {
            b'"' | b'\\' | b'/' => char::from(code),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                if high & 0xfc00 != 0xd800 {
                    return char::from_u32(high);
                }
                // The other half of a surrogate pair must follow.
                if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                    return None;
                }
                self.at += 2;
                let low = self.hex().filter(|low| low & 0xfc00 == 0xdc00)?;
                return char::from_u32(0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff));
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number << 4 | char::from(self.byte()?).to_digit(16)?;
            self.at += 1;
        }
        Some(number)
    }

    fn number(&mut self) -> Result<&'a str, Problem> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        let zero = self.byte() == Some(b'0');
        let whole = self.digits();
        let mut fine = whole == 1 || whole > 1 && !zero;
        if self.byte() == Some(b'.') {
            self.at += 1;
            fine &= self.digits() > 0;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            fine &= self.digits() > 0;
        }
        if fine {
            return Ok(&self.text[start..self.at]);
        }
        self.at = start;
        Err(self.wrong(NUMBER))
    }

    /// Passes digits; how many there were.
    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }
}
