//! An ordered set of few members.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize};

/// Members in ascending order, each once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Set<T> {
    members: Vec<T>,
}

impl<T> Set<T> {
    /// An empty set.
    pub const fn new() -> Self {
        Self {
            members: Vec::new(),
        }
    }

    /// How many members there are.
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Takes every member out.
    pub fn clear(&mut self) {
        self.members.clear();
    }

    /// The members, ascending.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.members.iter()
    }

    /// The members, ascending.
    pub fn as_slice(&self) -> &[T] {
        &self.members
    }

    /// Keeps the members `keep` says yes to.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.members.retain(keep);
    }

    /// The smallest member.
    pub fn first(&self) -> Option<&T> {
        self.members.first()
    }

    /// The largest member.
    pub fn last(&self) -> Option<&T> {
        self.members.last()
    }
}

impl<T: Ord> Set<T> {
    /// Where `member` is, or where it belongs.
    fn place(&self, member: &T) -> Result<usize, usize> {
        match self.members.last() {
            Some(last) if last < member => Err(self.members.len()),
            _ => self.members.binary_search(member),
        }
    }

    /// Whether it is a member.
    pub fn contains(&self, member: &T) -> bool {
        self.place(member).is_ok()
    }

    /// Adds a member; false where it was one already.
    pub fn insert(&mut self, member: T) -> bool {
        match self.place(&member) {
            Ok(_) => false,
            Err(place) => {
                self.members.insert(place, member);
                true
            }
        }
    }

    /// Takes a member out; false where it was none.
    pub fn remove(&mut self, member: &T) -> bool {
        let place = self.place(member);
        if let Ok(place) = place {
            self.members.remove(place);
        }
        place.is_ok()
    }

    /// The members `other` has too, ascending.
    pub fn intersection<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a T> {
        self.iter().filter(|member| other.contains(member))
    }

    /// The members `other` has not, ascending.
    pub fn difference<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a T> {
        self.iter().filter(|member| !other.contains(member))
    }

    /// The members of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self
    where
        T: Copy,
    {
        let mut both = self.clone();
        both.extend(other);
        both
    }

    /// Whether `other` has every member of this.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|member| other.contains(member))
    }
}

/// Member by member: a vector of integers would be hashed as its bytes in memory.
impl<T: Hash> Hash for Set<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        for member in self {
            member.hash(state);
        }
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(&self.members).finish()
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}

impl<'a, T: Ord + Copy + 'a> Extend<&'a T> for Set<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, members: I) {
        self.extend(members.into_iter().copied());
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut set = Self::new();
        set.extend(members);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(members: [T; N]) -> Self {
        Self::from_iter(members)
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de, T: Deserialize<'de> + Ord> Deserialize<'de> for Set<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest_of;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_does_what_a_tree_does(steps in prop::collection::vec((0u8..3, 0u8..20), 0..200)) {
            let mut set = Set::new();
            let mut tree = BTreeSet::new();
            for (what, member) in steps {
                match what {
                    0 => prop_assert_eq!(set.insert(member), tree.insert(member)),
                    1 => prop_assert_eq!(set.remove(&member), tree.remove(&member)),
                    _ => {
                        set.retain(|m| m % 5 != member % 5);
                        tree.retain(|m| m % 5 != member % 5);
                    }
                }
                prop_assert!(set.iter().eq(tree.iter()));
                prop_assert_eq!(set.contains(&member), tree.contains(&member));
                prop_assert_eq!((set.first(), set.last()), (tree.first(), tree.last()));
                prop_assert_eq!(digest_of(&set), digest_of(&tree));
            }
        }

        #[test]
        fn two_sets_compare_as_trees_do(
            a in prop::collection::btree_set(0u8..12, 0..8),
            b in prop::collection::btree_set(0u8..12, 0..8),
        ) {
            let (left, right): (Set<u8>, Set<u8>) =
                (a.iter().copied().collect(), b.iter().copied().collect());
            prop_assert!(left.intersection(&right).eq(a.intersection(&b)));
            prop_assert!(left.difference(&right).eq(a.difference(&b)));
            prop_assert!(left.union(&right).iter().eq(a.union(&b)));
            prop_assert_eq!(left.is_subset(&right), a.is_subset(&b));
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
        }
    }

    #[test]
    fn it_is_written_and_read_as_a_list() {
        let set = Set::from([3, 1, 3]);
        assert_eq!(serde_json::to_string(&set).unwrap(), "[1,3]");
        assert_eq!(serde_json::from_str::<Set<u8>>("[3,1,1]").unwrap(), set);
        assert_eq!(format!("{set:?}"), "{1, 3}");
    }
}
