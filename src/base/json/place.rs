//! A place in a document, asked for what should be there.

use core::ops::RangeInclusive;

use super::parse::{Field, Node, Value};
use super::problem::{
    Kind, MISSING_FIELD, MISSPELT_FIELD, MISSPELT_NAME, NOT_A_LIST, NOT_A_TEXT, NOT_A_TRUTH,
    NOT_AN_OBJECT, NOT_HEX, NOT_WHOLE, OUT_OF_RANGE, Problem, TWICE, UNKNOWN_FIELD, UNKNOWN_NAME,
};
use crate::base::text::{Args, Position, nearest, quoted};

/// The most characters of a text that a message repeats.
const QUOTED_CHARS: usize = 60;

/// A value of a document, and how one comes to it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    text: &'a str,
    node: &'a Node<'a>,
    above: Option<&'a Self>,
    step: Step<'a>,
}

/// The last step to a place.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

pub(super) fn whole<'a>(text: &'a str, node: &'a Node<'a>) -> Place<'a> {
    Place {
        text,
        node,
        above: None,
        step: Step::Index(0),
    }
}

impl<'a> Place<'a> {
    #[cfg(test)]
    pub(super) const fn value(&self) -> &'a Value<'a> {
        &self.node.value
    }

    /// Says that `kind` of thing is wrong here.
    #[inline(never)]
    pub fn refuse(&self, kind: &'static Kind, args: Args) -> Problem {
        self.refuse_at(self.node.at, kind, args)
    }

    fn refuse_at(&self, byte: usize, kind: &'static Kind, args: Args) -> Problem {
        let mut path = String::new();
        self.write_path(&mut path);
        Problem {
            kind,
            at: Position::of(self.text, byte),
            path,
            args,
        }
    }

    fn write_path(&self, out: &mut String) {
        let Some(above) = self.above else {
            return;
        };
        above.write_path(out);
        match self.step {
            Step::Field(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Step::Index(index) => {
                out.push('[');
                out.push_str(&index.to_string());
                out.push(']');
            }
        }
    }

    /// Nothing but fields of these names, and none twice.
    ///
    /// # Errors
    /// Not an object; a field that is not known, or is given twice.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let fields = self.fields()?;
        for (index, field) in fields.iter().enumerate() {
            if !known.contains(&field.name.as_str()) {
                let kinds = [MISSPELT_FIELD, UNKNOWN_FIELD];
                return Err(self.unknown(field.at, kinds, ("field", &field.name), known));
            }
            if fields[..index].iter().any(|other| other.name == field.name) {
                let args = vec![("field", field.name.clone())];
                return Err(self.refuse_at(field.at, TWICE, args));
            }
        }
        Ok(())
    }

    fn fields(&self) -> Result<&'a [Field<'a>], Problem> {
        match &self.node.value {
            Value::Object(fields) => Ok(fields),
            _ => Err(self.refuse(NOT_AN_OBJECT, Args::new())),
        }
    }

    fn down<'b>(&'b self, node: &'b Node<'b>, step: Step<'b>) -> Place<'b> {
        Place {
            text: self.text,
            node,
            above: Some(self),
            step,
        }
    }

    /// The field of this name, where it is given.
    ///
    /// # Errors
    /// Not an object.
    pub fn optional(&self, name: &str) -> Result<Option<Place<'_>>, Problem> {
        let mut fields = self.fields()?.iter();
        let found = fields.find(|field| field.name == name);
        Ok(found.map(|field| self.down(&field.value, Step::Field(&field.name))))
    }

    /// The field of this name.
    ///
    /// # Errors
    /// Not an object, or not given.
    pub fn field(&self, name: &str) -> Result<Place<'_>, Problem> {
        self.optional(name)?
            .ok_or_else(|| self.refuse(MISSING_FIELD, vec![("field", name.to_owned())]))
    }

    /// The members of the list.
    ///
    /// # Errors
    /// Not a list.
    pub fn items(&self) -> Result<impl Iterator<Item = Place<'_>>, Problem> {
        let Value::List(items) = &self.node.value else {
            return Err(self.refuse(NOT_A_LIST, Args::new()));
        };
        let numbered = items.iter().enumerate();
        Ok(numbered.map(|(index, node)| self.down(node, Step::Index(index))))
    }

    /// The text.
    ///
    /// # Errors
    /// Not a text.
    pub fn text(&self) -> Result<&'a str, Problem> {
        match &self.node.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.refuse(NOT_A_TEXT, Args::new())),
        }
    }

    /// The yes or no.
    ///
    /// # Errors
    /// Neither `true` nor `false`.
    pub fn truth(&self) -> Result<bool, Problem> {
        match self.node.value {
            Value::Bool(is) => Ok(is),
            _ => Err(self.refuse(NOT_A_TRUTH, Args::new())),
        }
    }

    /// Which of these names the text is: an index.
    ///
    /// # Errors
    /// Not a text, or none of them.
    pub fn choice(&self, names: &[&str]) -> Result<usize, Problem> {
        let text = self.text()?;
        if let Some(index) = names.iter().position(|name| *name == text) {
            return Ok(index);
        }
        let kinds = [MISSPELT_NAME, UNKNOWN_NAME];
        Err(self.unknown(self.node.at, kinds, ("name", text), names))
    }

    /// A word that is none of `known`: misspelt where one of them is much like it, else unknown.
    fn unknown(
        &self,
        byte: usize,
        [misspelt, unknown]: [&'static Kind; 2],
        (arg, word): (&'static str, &str),
        known: &[&str],
    ) -> Problem {
        let mut args = vec![(arg, quoted(word, QUOTED_CHARS))];
        if let Some(meant) = nearest(word, known) {
            args.push(("meant", meant.to_owned()));
            return self.refuse_at(byte, misspelt, args);
        }
        args.push(("known", known.join(", ")));
        self.refuse_at(byte, unknown, args)
    }

    /// The row of a table whose name the text is.
    ///
    /// # Errors
    /// As [`Place::choice`].
    pub fn row<'r, T>(
        &self,
        rows: &'r [T],
        name: fn(&T) -> &'static str,
    ) -> Result<&'r T, Problem> {
        let names: Vec<&str> = rows.iter().map(name).collect();
        self.choice(&names).map(|index| &rows[index])
    }

    /// A whole number in a range.
    ///
    /// # Errors
    /// Not a whole number, or out of the range.
    pub fn signed(&self, range: RangeInclusive<i64>) -> Result<i64, Problem> {
        let number = self.number()?;
        let parsed = number.parse().ok().filter(|n| range.contains(n));
        parsed.ok_or_else(|| self.out_of_range(number, range.start(), range.end()))
    }

    /// A whole number in a range from 0 up.
    ///
    /// # Errors
    /// Not a whole number, or out of the range.
    pub fn unsigned(&self, range: RangeInclusive<u64>) -> Result<u64, Problem> {
        let number = self.number()?;
        let parsed = number.parse().ok().filter(|n| range.contains(n));
        parsed.ok_or_else(|| self.out_of_range(number, range.start(), range.end()))
    }

    /// A number not below 0 as `ZooKeeper` writes its ids: `0x60000003c`.
    ///
    /// # Errors
    /// Another text, or more than 15 digits.
    pub fn hex(&self) -> Result<i64, Problem> {
        let is_hex =
            |digits: &&str| digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let digits = self.text()?.strip_prefix("0x").filter(is_hex);
        let number = digits.and_then(|digits| i64::from_str_radix(digits, 16).ok());
        number.ok_or_else(|| self.refuse(NOT_HEX, Args::new()))
    }

    /// The digits of a whole number; `-0` is none.
    fn number(&self) -> Result<&'a str, Problem> {
        match self.node.value {
            Value::Number(number) if number != "-0" && !number.contains(['.', 'e', 'E']) => {
                Ok(number)
            }
            _ => Err(self.refuse(NOT_WHOLE, Args::new())),
        }
    }

    #[inline(never)]
    fn out_of_range(
        &self,
        number: &str,
        least: &dyn core::fmt::Display,
        most: &dyn core::fmt::Display,
    ) -> Problem {
        let args = vec![
            ("least", least.to_string()),
            ("most", most.to_string()),
            ("value", quoted(number, QUOTED_CHARS)),
        ];
        self.refuse(OUT_OF_RANGE, args)
    }
}
