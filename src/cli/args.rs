//! The words of a command: options and a file, in any order.

use core::ops::Range;

use super::Stop;

/// The words not yet used.
#[derive(Debug)]
pub(super) struct Args {
    words: Vec<String>,
}

impl Args {
    pub(super) fn of(words: &[String]) -> Self {
        Self {
            words: words.to_vec(),
        }
    }

    /// The next word, where there is one.
    pub(super) fn word(&mut self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    /// The next word that is no option: a file.
    pub(super) fn optional_file(&mut self) -> Result<Option<String>, Stop> {
        match self.words.first() {
            // An option left over is unknown, and what follows it no file.
            Some(word) if word.starts_with("--") => self.end().map(|()| None),
            Some(_) => Ok(self.word()),
            None => Ok(None),
        }
    }

    /// A file that must be named.
    pub(super) fn file(&mut self) -> Result<String, Stop> {
        self.optional_file()?
            .ok_or_else(|| Stop::Unusable("a file must be named".to_owned()))
    }

    /// True where the option is given.
    pub(super) fn has(&mut self, option: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != option);
        self.words.len() < before
    }

    /// What follows the option, where it is given.
    pub(super) fn value(&mut self, option: &str) -> Result<Option<String>, Stop> {
        let Some(at) = self.words.iter().position(|word| word == option) else {
            return Ok(None);
        };
        if at + 1 >= self.words.len() {
            return Err(Stop::Unusable(format!("{option} needs a value")));
        }
        self.words.remove(at);
        Ok(Some(self.words.remove(at)))
    }

    /// The number that follows the option, where it is given.
    pub(super) fn number(&mut self, option: &str) -> Result<Option<u64>, Stop> {
        let Some(text) = self.value(option)? else {
            return Ok(None);
        };
        let wrong = || Stop::Unusable(format!("{option} needs a whole number, not {text:?}"));
        text.parse().map(Some).map_err(|_| wrong())
    }

    /// The seeds meant by `--seed N`, `--seeds A..B` or `--seeds N`, the first N.
    pub(super) fn seeds(&mut self) -> Result<Option<Range<u64>>, Stop> {
        if let Some(seed) = self.number("--seed")? {
            return Ok(Some(seed..seed.saturating_add(1)));
        }
        let Some(text) = self.value("--seeds")? else {
            return Ok(None);
        };
        let (from, to) = text.split_once("..").unwrap_or(("0", &text));
        match (from.parse(), to.parse()) {
            (Ok(from), Ok(to)) if from < to => Ok(Some(from..to)),
            _ => Err(Stop::Unusable(format!(
                "--seeds needs N or A..B with A before B, not {text:?}"
            ))),
        }
    }

    /// Nothing may be left over.
    pub(super) fn end(&self) -> Result<(), Stop> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(Stop::Unusable(format!(
                "{word:?} is not known here; `zabscope help` says what is"
            ))),
        }
    }
}
