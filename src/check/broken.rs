//! A broken promise, in numbers: for the page's list and for people who read logs.

use super::{Checks, Property};
use crate::base::Micros;
use crate::protocol::{Sid, Zxid};

/// How a property was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The servers concerned.
    pub sids: Vec<Sid>,
    /// What was seen.
    pub detail: String,
}

impl Broken {
    /// Fills the numbers into `text`: each `{}` is one in decimal, each `{z}` one as a zxid.
    pub(super) fn of(sids: &[Sid], text: &str, numbers: &[i64]) -> Self {
        let mut detail = String::new();
        let mut numbers = numbers.iter();
        for (n, part) in text.split('{').enumerate() {
            let (place, rest) = part.split_once('}').unwrap_or(("", part));
            if n > 0 {
                let number = numbers.next().copied().unwrap_or_default();
                if place == "z" {
                    detail.push_str(&Zxid(number).to_string());
                } else {
                    detail.push_str(&number.to_string());
                }
            }
            detail.push_str(rest);
        }
        Self {
            sids: sids.to_vec(),
            detail,
        }
    }
}

/// A property that was seen false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The property's key.
    pub property: &'static str,
    /// When it was first false.
    pub at: Micros,
    /// How.
    pub broken: Broken,
}

impl Violation {
    /// Adds a violation, unless the same property was broken by the same servers before.
    pub(super) fn report(all: &mut Vec<Self>, property: Property, at: Micros, broken: Broken) {
        let is_known =
            |known: &Self| known.property == property.key && known.broken.sids == broken.sids;
        if all.len() < Checks::KEPT && !all.iter().any(is_known) {
            all.push(Self {
                property: property.key,
                at,
                broken,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Epoch;

    const PROPERTY: Property = Property {
        key: "p",
        names: "",
    };

    #[test]
    fn numbers_are_filled_in_their_order() {
        let zxid = Zxid::make(Epoch(2), 5);
        let broken = Broken::of(&[Sid(1)], "{} after {z}, not {}", &[7, zxid.0, -1]);
        assert_eq!(broken.detail, format!("7 after {zxid}, not -1"));
        assert_eq!(broken.sids, [Sid(1)]);
    }

    #[test]
    fn the_same_servers_break_a_promise_once_and_the_list_is_bounded() {
        let mut all = Vec::new();
        for n in 0..200 {
            let broken = Broken::of(&[Sid(n / 2)], "", &[]);
            Violation::report(&mut all, PROPERTY, Micros(1), broken);
            assert!(all.len() <= Checks::KEPT);
        }
        assert_eq!(all.len(), Checks::KEPT);
        assert_eq!(all[1].broken.sids, [Sid(1)]);
    }
}
