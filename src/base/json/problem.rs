//! What can be wrong with a JSON text: one table of kinds, and a problem with its place.

use core::fmt;

use crate::base::text::{Args, Position, fill};

/// A kind of problem. Whoever reads a format of their own may have kinds of their own.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The name a translation is looked up by; never changes.
    pub key: &'static str,
    /// The message, with `{name}` where an argument stands.
    pub english: &'static str,
}

macro_rules! kinds {
    ($($name:ident $key:literal $english:literal;)+) => {
        $(pub(super) const $name: &Kind = &Kind { key: $key, english: $english };)+

        /// All kinds of this module; a translation needs each of them.
        pub const KINDS: &[&Kind] = &[$($name),+];
    };
}

kinds! {
    TOO_LONG "json-too-long" "this text has {bytes} bytes; at most {limit} are read";
    TOO_DEEP "json-too-deep" "lists and objects are nested more than {limit} deep";
    ENDS_EARLY "json-ends-early" "the text ends in the middle";
    NO_VALUE "json-no-value"
        "a value is expected here: a text in quotes, a number, true, false, null, a list or an \
            object";
    NO_NAME "json-no-name" "the name of a field is expected here, in quotes";
    NO_MARK "json-no-mark" "{expected} is expected here";
    REST "json-rest" "there is more text after the end";
    CONTROL "json-control" "a text in quotes must end on its line; write \\n for a new line";
    ESCAPE "json-escape" "this is no escape that JSON has";
    NUMBER "json-number" "this is no number as JSON writes them";
    UNKNOWN_FIELD "json-unknown-field" "there is no field \"{field}\" here; there are {known}";
    MISSPELT_FIELD "json-misspelt-field"
        "there is no field \"{field}\" here; did you mean \"{meant}\"?";
    MISSING_FIELD "json-missing-field" "the field \"{field}\" is missing";
    TWICE "json-twice" "the field \"{field}\" is given twice";
    NOT_AN_OBJECT "json-not-an-object" "this must be an object: fields in braces";
    NOT_A_LIST "json-not-a-list" "this must be a list in brackets";
    NOT_A_TEXT "json-not-a-text" "this must be a text in quotes";
    NOT_A_TRUTH "json-not-a-truth" "this must be true or false";
    NOT_WHOLE "json-not-whole" "this must be a whole number";
    NOT_HEX "json-not-hex" "this must be a number such as \"0x60000003c\"";
    OUT_OF_RANGE "json-out-of-range" "this must be from {least} to {most}, not {value}";
    UNKNOWN_NAME "json-unknown-name" "\"{name}\" is not known here; there are {known}";
    MISSPELT_NAME "json-misspelt-name"
        "\"{name}\" is not known here; did you mean \"{meant}\"?";
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub kind: &'static Kind,
    /// The place in the text.
    pub at: Position,
    /// The place in the value, `commands[2].fault.sid`; empty for the whole.
    pub path: String,
    /// The arguments of the message, by name.
    pub args: Args,
}

impl Problem {
    /// What is wrong, in English, without its place.
    pub fn message(&self) -> String {
        fill(self.kind.english, &self.args)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.at)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message())
    }
}

impl core::error::Error for Problem {}
