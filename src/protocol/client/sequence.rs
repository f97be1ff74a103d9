//! The order of sequential znodes in the lock and election recipes.
//!
//! Source: `ZNodeName.java`, `LeaderElectionSupport.java`; `PrepRequestProcessor.java` for what the
//! leader appends.

use core::cmp::Ordering;

/// A sequential znode's name, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SequenceName<'a> {
    /// The whole name.
    pub name: &'a str,
    /// What stands before the number; the whole name where it has no dash.
    pub prefix: &'a str,
    /// The number after the last dash; `None` where something else follows it.
    pub sequence: Option<i32>,
}

impl<'a> SequenceName<'a> {
    /// Takes a name apart at its last dash.
    ///
    /// QUIRK(double-dash): two dashes mean a negative number, which a counter that has overflown
    /// gives, and the prefix ends before both.
    pub fn of(name: &'a str) -> Self {
        let Some((mut prefix, mut number)) = name.rsplit_once('-') else {
            return Self {
                name,
                prefix: name,
                sequence: None,
            };
        };
        if let Some(shorter) = prefix.strip_suffix('-') {
            prefix = shorter;
            number = name.get(prefix.len() + 1..).unwrap_or_default();
        }
        Self {
            name,
            prefix,
            sequence: number.parse().ok(),
        }
    }
}

impl PartialOrd for SequenceName<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SequenceName<'_> {
    /// By number, then prefix; names without a number come last.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |name: &Self| (name.sequence.is_none(), name.sequence);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.prefix.cmp(other.prefix))
            .then_with(|| self.name.cmp(other.name))
    }
}

/// What the leader makes of a sequential path where the parent has had `creates` children.
pub fn sequential_path(path: &str, creates: i32) -> String {
    format!("{path}{creates:010}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_before_prefixes() {
        let mut names = ["x-9", "y-1", "z", "a-1", "b-x"].map(SequenceName::of);
        names.sort_unstable();
        assert_eq!(names.map(|n| n.name), ["a-1", "y-1", "x-9", "b-x", "z"]);
    }

    #[test]
    fn an_overflown_counter_gives_a_negative_number() {
        let path = sequential_path("/lock/x-", i32::MIN);
        assert_eq!(path, "/lock/x--2147483648");
        let name = SequenceName::of("x--2147483648");
        assert_eq!((name.prefix, name.sequence), ("x", Some(i32::MIN)));
        assert_eq!(sequential_path("/n_", 7), "/n_0000000007");
    }
}
