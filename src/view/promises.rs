//! The promises as a list: what is watched, and which of it was seen false.
//!
//! A row exists for every row of [`PROPERTIES`]; nothing is shown as kept that nobody checks.

use super::texts::{Args, Texts};
use crate::base::Micros;
use crate::check::{PROPERTIES, Violation};

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// What is promised, as a sentence.
    pub says: String,
    /// Its names in the literature, or when it was first false.
    pub note: String,
    /// When it was first false.
    pub broken_at: Option<Micros>,
}

/// Every promise, broken ones first, each group in the order of the table.
pub fn promises(violations: &[Violation], texts: &Texts) -> Vec<Promise> {
    let row = |key: &str, names: &str| {
        let first = violations
            .iter()
            .find(|violation| violation.property == key);
        let at = first.map(|violation| violation.at);
        Promise {
            says: sentence(key, texts),
            note: at.map_or_else(|| names.to_owned(), |at| first_false(at, texts)),
            broken_at: at,
        }
    };
    let rows = || {
        PROPERTIES
            .iter()
            .map(|row_of| row(row_of.key, row_of.names))
    };
    let broken = rows().filter(|promise| promise.broken_at.is_some());
    broken
        .chain(rows().filter(|promise| promise.broken_at.is_none()))
        .collect()
}

/// What is promised.
pub fn sentence(key: &str, texts: &Texts) -> String {
    texts.get(&format!("promise-{key}"))
}

fn first_false(at: Micros, texts: &Texts) -> String {
    let args: Args = vec![("at", at.to_string().into())];
    texts.with("promise-first-false", &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Broken;
    use crate::view::Language;

    fn violation(at: u64) -> Violation {
        Violation {
            property: PROPERTIES[1].key,
            at: Micros(at),
            broken: Broken {
                sids: vec![],
                detail: String::new(),
            },
        }
    }

    #[test]
    fn every_property_has_a_sentence_of_its_own_in_both_languages() {
        for language in [Language::En, Language::Zh] {
            let rows = promises(&[], &Texts::new(language));
            assert_eq!(rows.len(), PROPERTIES.len());
            for (row, property) in rows.iter().zip(PROPERTIES) {
                assert!(
                    !row.says.contains("promise-"),
                    "{} lacks words",
                    property.key
                );
                assert_eq!(
                    rows.iter().filter(|other| other.says == row.says).count(),
                    1
                );
                assert_eq!((row.note.as_str(), row.broken_at), (property.names, None));
            }
        }
    }

    #[test]
    fn a_broken_one_comes_first_with_its_first_moment() {
        let rows = promises(
            &[violation(10_930_000), violation(12_000_000)],
            &Texts::new(Language::En),
        );
        assert_eq!(rows[0].broken_at, Some(Micros(10_930_000)));
        assert_eq!(rows[0].note, "first false at 10.930 s");
        assert_eq!(
            rows[0].says,
            sentence(PROPERTIES[1].key, &Texts::new(Language::En))
        );
        assert!(rows[1..].iter().all(|row| row.broken_at.is_none()));
    }
}
