//! Words: every sentence and label by key, in the reader's language.
//!
//! The sentences are Fluent files beside the page's other static files. A further language is one
//! new file there and one row of [`Language`]; the tests hold it to the same keys and variables.

mod fluent;

use core::fmt::{self, Write as _};

use fluent::{Messages, Piece};

use crate::protocol::{Epoch, Round, Sid, Zxid};
use crate::sim::{ClientId, Node};

/// A language the page speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// Every language, in the order a menu lists them.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The value of an element's `lang` attribute.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// Its own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Zh => "中文",
        }
    }

    /// The language of a tag such as `zh-Hans-CN`, by its first part.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|language| language.tag().split('-').next() == Some(first))
    }

    /// Whether a count takes the plural category `key`.
    fn is_plural(self, key: &str, count: i64) -> bool {
        match self {
            Self::En if count.unsigned_abs() == 1 => key == "one",
            Self::En | Self::Zh => key == "other",
        }
    }

    /// The Fluent source.
    pub const fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("../../../static/locales/en.ftl"),
            Self::Zh => include_str!("../../../static/locales/zh.ftl"),
        }
    }
}

/// A value a sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A count or a plain number; chooses the plural form.
    Number(i64),
    /// Text that is the same in every language: a zxid, a constant, seconds already rounded.
    Text(String),
    /// Servers, written as the language lists them: `S1, S3 and S4`.
    Sids(Vec<Sid>),
    /// Clients, written in the same way: `A, B and C`.
    Clients(Vec<ClientId>),
    /// A word of the language itself, by its key.
    Word(&'static str),
    /// A part of a sentence with values of its own.
    Phrase(&'static str, Args),
}

/// Named values, in the order the code gives them.
pub type Args = Vec<(&'static str, Value)>;

impl From<Sid> for Value {
    fn from(sid: Sid) -> Self {
        Self::Number(sid.0)
    }
}

impl From<Epoch> for Value {
    fn from(epoch: Epoch) -> Self {
        Self::Number(epoch.0)
    }
}

impl From<Round> for Value {
    fn from(round: Round) -> Self {
        Self::Number(round.0)
    }
}

impl From<Zxid> for Value {
    fn from(zxid: Zxid) -> Self {
        Self::Text(zxid_text(zxid))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// `7:60`: epoch and counter, decimal, as the stage and the tables write a zxid.
pub fn zxid_text(zxid: Zxid) -> String {
    if zxid == Zxid::NONE || zxid == Zxid::UNTRUSTED {
        return String::from("—");
    }
    format!("{}:{}", zxid.epoch(), zxid.counter())
}

/// All sentences of one language, ready to be filled in.
pub struct Texts {
    language: Language,
    messages: Messages,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Texts").field(&self.language).finish()
    }
}

impl Texts {
    /// The texts of `language`.
    ///
    /// The files are part of the program and tests read every entry.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            messages: Messages::of(language.source()),
        }
    }

    /// Which language it is.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// True where the language has this key.
    pub fn has(&self, key: &str) -> bool {
        self.messages.pattern(key).is_some()
    }

    /// The text of `key`, which takes no values.
    pub fn get(&self, key: &str) -> String {
        self.with(key, &Args::new())
    }

    /// The text of `key`, filled in. A key that does not exist is its own text.
    pub fn with(&self, key: &str, args: &Args) -> String {
        let mut text = String::new();
        self.write(key, args, &mut text);
        text
    }

    fn write(&self, key: &str, args: &Args, out: &mut String) {
        match self.messages.pattern(key) {
            Some(pattern) => self.fill(pattern, args, out),
            None => out.push_str(key),
        }
    }

    fn fill(&self, mut pattern: &str, args: &Args, out: &mut String) {
        let given = |name: &str| args.iter().rfind(|(known, _)| *known == name);
        while let Some(piece) = fluent::next_piece(&mut pattern) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable(name) => match given(name) {
                    Some((_, value)) => self.write_value(value, out),
                    None => out.extend(["{$", name, "}"]), // as Fluent shows what is missing
                },
                Piece::Choice { variable, variants } => {
                    let value = given(variable).map(|(_, value)| value);
                    let chosen = fluent::variant(variants, &|key| self.fits(key, value));
                    self.fill(chosen, args, out);
                }
            }
        }
    }

    /// A number takes its own variant or that of its plural, a text the one it is the key of.
    fn fits(&self, key: &str, value: Option<&Value>) -> bool {
        let is_number = key.starts_with(|c: char| c.is_ascii_digit());
        match value {
            Some(Value::Number(number)) if is_number => number.to_string() == key,
            Some(Value::Number(number)) => self.language.is_plural(key, *number),
            Some(Value::Text(text)) => !is_number && text == key,
            Some(Value::Sids(_) | Value::Clients(_) | Value::Word(_) | Value::Phrase(..))
            | None => false,
        }
    }

    /// `S4`.
    pub fn sid(&self, sid: Sid) -> String {
        self.with("server", &vec![("sid", sid.into())])
    }

    /// `A`, `B`, …, `Z`, and after that `client 26`.
    pub fn client(&self, id: ClientId) -> String {
        let letter = u8::try_from(id.0).ok().filter(|n| *n < 26);
        match letter {
            Some(n) => char::from(b'A' + n).to_string(),
            None => self.with("client-number", &vec![("id", id.0.into())]),
        }
    }

    /// A server or a client.
    pub fn node(&self, node: Node) -> String {
        match node {
            Node::Server(sid) => self.sid(sid),
            Node::Client(id) => self.client(id),
        }
    }

    /// `S1, S3 and S4`.
    pub fn sids(&self, sids: &[Sid]) -> String {
        self.list(sids.iter().map(|sid| self.sid(*sid)).collect())
    }

    /// `A, B and C`.
    pub fn clients(&self, ids: &[ClientId]) -> String {
        self.list(ids.iter().map(|id| self.client(*id)).collect())
    }

    fn list(&self, mut names: Vec<String>) -> String {
        let Some(last) = names.pop() else {
            return self.get("nobody");
        };
        if names.is_empty() {
            return last;
        }
        let rest = names.join(&self.separator());
        self.with(
            "list-and",
            &vec![("rest", rest.into()), ("last", last.into())],
        )
    }

    /// What stands between the members of a list: Fluent trims the ends of a text, so it is quoted.
    fn separator(&self) -> String {
        self.get("list-separator")
    }

    fn write_value(&self, value: &Value, out: &mut String) {
        match value {
            Value::Number(number) => {
                let _ = write!(out, "{number}");
            }
            Value::Text(text) => out.push_str(text),
            Value::Sids(sids) => out.push_str(&self.sids(sids)),
            Value::Clients(ids) => out.push_str(&self.clients(ids)),
            Value::Word(key) => self.write(key, &Args::new(), out),
            Value::Phrase(key, args) => self.write(key, args, out),
        }
    }
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
