//! A long list whose copies share all but the end, and which can be told to share with its equals.
//!
//! Entries lie in leaves of sixteen, sixteen leaves in a branch, and so on; a copy holds the few
//! nodes along the right edge, whatever the length. What is appended later copies one leaf at the
//! most. Not a list to insert into.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// How many entries a leaf has, and how many nodes a branch.
const WIDTH: usize = 16;

#[derive(Clone)]
enum Node<T> {
    Leaf(Vec<T>),
    Branch(Vec<Arc<Self>>),
}

/// Entries in the order of appending.
#[derive(Clone)]
pub struct Chain<T> {
    /// Whole nodes, by height, fewer than [`WIDTH`] of each; the higher ones come first.
    spine: Vec<Vec<Arc<Node<T>>>>,
    /// A leaf with the newest entries.
    last: Arc<Node<T>>,
    len: usize,
}

impl<T> Node<T> {
    fn get(&self, at: usize, height: usize) -> Option<&T> {
        match self {
            Self::Leaf(entries) => entries.get(at),
            Self::Branch(nodes) => {
                let size = size(height - 1);
                nodes.get(at / size)?.get(at % size, height - 1)
            }
        }
    }

    /// True where both hold the same, entry by entry.
    fn is_same(&self, other: &Self, same: fn(&T, &T) -> bool) -> bool {
        match (self, other) {
            (Self::Leaf(here), Self::Leaf(there)) => {
                here.len() == there.len() && here.iter().zip(there).all(|(a, b)| same(a, b))
            }
            (Self::Branch(here), Self::Branch(there)) => {
                let mut both = here.iter().zip(there).rev();
                here.len() == there.len()
                    && both.all(|(a, b)| Arc::ptr_eq(a, b) || a.is_same(b, same))
            }
            (Self::Leaf(_), Self::Branch(_)) | (Self::Branch(_), Self::Leaf(_)) => false,
        }
    }
}

/// How many entries a whole node of that height has.
const fn size(height: usize) -> usize {
    WIDTH << (4 * height)
}

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Self {
            spine: Vec::new(),
            last: Arc::new(Node::Leaf(Vec::new())),
            len: 0,
        }
    }
}

impl<T> Chain<T> {
    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entry at that place.
    pub fn get(&self, mut at: usize) -> Option<&T> {
        for (height, nodes) in self.spine.iter().enumerate().rev() {
            let size = size(height);
            if let Some(node) = nodes.get(at / size) {
                return node.get(at % size, height);
            }
            at -= nodes.len() * size;
        }
        self.last.get(at, 0)
    }

    /// The newest entry.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.iter_from(0)
    }

    /// The entries from that place on.
    #[expect(clippy::missing_panics_doc, reason = "every place is below the length")]
    pub fn iter_from(
        &self,
        start: usize,
    ) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        let places = start.min(self.len)..self.len;
        places.map(|at| self.get(at).expect("below the length"))
    }

    /// How many of the first entries are of one kind, where those come before all others.
    pub fn partition_point(&self, mut is_first: impl FnMut(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).is_some_and(&mut is_first) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Shares with `other` what both hold at the same places, so that it is kept once. What this
    /// list holds stays the same. Looks only at what came since they shared last.
    pub fn share(&mut self, other: &Self, same: fn(&T, &T) -> bool) {
        let share = |mine: &mut Arc<Node<T>>, its: &Arc<Node<T>>| {
            let is_new = !Arc::ptr_eq(mine, its);
            if is_new && mine.is_same(its, same) {
                *mine = Arc::clone(its);
            }
            is_new
        };
        share(&mut self.last, &other.last);
        for height in (0..self.spine.len()).rev() {
            let (Some(mine), Some(its)) = (self.spine.get_mut(height), other.spine.get(height))
            else {
                return;
            };
            // Both begin at the same place only where all that is higher is equally long.
            for (mine, its) in mine.iter_mut().zip(its).rev() {
                if !share(mine, its) {
                    break;
                }
            }
            if mine.len() != its.len() {
                return;
            }
        }
    }
}

impl<T: Clone> Chain<T> {
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: T) {
        self.len += 1;
        match Arc::make_mut(&mut self.last) {
            Node::Leaf(entries) if entries.len() < WIDTH => entries.push(entry),
            _ => {
                let mut leaf = Vec::with_capacity(WIDTH);
                leaf.push(entry);
                let whole = core::mem::replace(&mut self.last, Arc::new(Node::Leaf(leaf)));
                self.carry(whole);
            }
        }
    }

    fn carry(&mut self, mut whole: Arc<Node<T>>) {
        for nodes in &mut self.spine {
            nodes.push(whole);
            if nodes.len() < WIDTH {
                return;
            }
            whole = Arc::new(Node::Branch(core::mem::take(nodes)));
        }
        self.spine.push(vec![whole]);
    }

    /// Takes the newest entry out.
    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        if matches!(&*self.last, Node::Leaf(entries) if entries.is_empty()) {
            self.borrow_leaf();
        }
        match Arc::make_mut(&mut self.last) {
            Node::Leaf(entries) => entries.pop(),
            Node::Branch(_) => None,
        }
    }

    /// The newest whole leaf becomes the last one; what was higher is spread below.
    fn borrow_leaf(&mut self) {
        let Some(height) = self.spine.iter().position(|nodes| !nodes.is_empty()) else {
            return;
        };
        let mut node = self.spine.get_mut(height).and_then(Vec::pop);
        for below in (0..height).rev() {
            let Some(Node::Branch(mut nodes)) = node.map(Arc::unwrap_or_clone) else {
                return;
            };
            node = nodes.pop();
            if let Some(place) = self.spine.get_mut(below) {
                *place = nodes;
            }
        }
        if let Some(leaf) = node {
            self.last = leaf;
        }
        while self.spine.last().is_some_and(Vec::is_empty) {
            self.spine.pop();
        }
    }
}

impl<T: Clone> FromIterator<T> for Chain<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut chain = Self::default();
        for entry in entries {
            chain.push(entry);
        }
        chain
    }
}

impl<T: PartialEq> PartialEq for Chain<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Chain<T> {}

/// As a list of the entries, however they are kept.
impl<T: Hash> Hash for Chain<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        for entry in self.iter() {
            entry.hash(state);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Chain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Serialize> Serialize for Chain<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de> + Clone> Deserialize<'de> for Chain<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|entries| entries.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Rng, digest_of};

    fn of(n: u32) -> Chain<u32> {
        (0..n).collect()
    }

    #[test]
    fn whatever_is_pushed_and_popped_it_is_a_vector() {
        let mut chance = Rng::new(5);
        for most in [3, 40, 700, 9_000] {
            let (mut chain, mut vector) = (Chain::default(), Vec::new());
            let mut copies = Vec::new();
            for n in 0..20_000_u64 {
                if chance.below(most) < vector.len() as u64 {
                    assert_eq!(chain.pop(), vector.pop());
                } else {
                    chain.push(n);
                    vector.push(n);
                }
                if n % 4_999 == 0 {
                    copies.push((chain.clone(), vector.clone()));
                }
                assert_eq!((chain.len(), chain.last()), (vector.len(), vector.last()));
            }
            copies.push((chain, vector));
            for (chain, vector) in copies {
                assert!(chain.iter().eq(&vector));
                assert!(chain.iter().rev().eq(vector.iter().rev()));
            }
        }
    }

    #[test]
    fn an_empty_one_has_nothing() {
        let mut empty = Chain::<u32>::default();
        assert!(empty.is_empty() && empty.last().is_none() && empty.pop().is_none());
        let mut emptied = of(600);
        while emptied.pop().is_some() {}
        assert_eq!(emptied, empty);
    }

    #[test]
    fn places_are_found_by_halving() {
        let chain = of(5_000);
        for n in [0, 1, 16, 255, 256, 4_095, 4_999, 5_000] {
            assert_eq!(chain.partition_point(|entry| (*entry as usize) < n), n);
        }
        assert_eq!(
            chain.iter_from(4_998).copied().collect::<Vec<_>>(),
            [4_998, 4_999]
        );
    }

    #[test]
    fn a_copy_shares_all_but_the_end() {
        let mut long = of(5_000);
        let copy = long.clone();
        long.push(7);
        assert_eq!((long.len(), copy.len()), (5_001, 5_000));
        let shared = long.spine.iter().flatten().zip(copy.spine.iter().flatten());
        assert!(shared.clone().count() > 3 && shared.clone().all(|(a, b)| Arc::ptr_eq(a, b)));
    }

    #[test]
    fn equals_share_when_they_are_told_and_others_keep_what_they_hold() {
        let same = |a: &u32, b: &u32| a == b;
        let (model, mut equal, mut shorter) = (of(5_000), of(5_000), of(4_990));
        let mut other: Chain<u32> = (1..5_001).collect();
        for chain in [&mut equal, &mut shorter, &mut other] {
            let before: Vec<u32> = chain.iter().copied().collect();
            chain.share(&model, same);
            assert!(chain.iter().eq(&before));
        }
        let shares = |chain: &Chain<u32>| {
            let nodes = chain.spine.iter().flatten();
            let both = nodes.zip(model.spine.iter().flatten());
            both.filter(|(a, b)| Arc::ptr_eq(a, b)).count()
        };
        assert_eq!(shares(&equal), model.spine.iter().flatten().count());
        assert!(Arc::ptr_eq(&equal.last, &model.last));
        assert!(shares(&shorter) > 0);
        assert_eq!(shares(&other), 0);
    }

    #[test]
    fn it_hashes_and_is_written_as_a_vector() {
        let vector: Vec<Option<u32>> = (0..300).map(Some).collect();
        let chain: Chain<Option<u32>> = vector.iter().copied().collect();
        assert_eq!(digest_of(&chain), digest_of(&vector));
        let text = serde_json::to_string(&chain).expect("serialises");
        assert_eq!(text, serde_json::to_string(&vector).expect("serialises"));
        let back: Chain<Option<u32>> = serde_json::from_str(&text).expect("parses");
        assert_eq!(back, chain);
    }
}
