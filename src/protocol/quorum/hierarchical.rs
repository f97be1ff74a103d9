//! More than half of the weight in more than half of the groups.
//!
//! Source: `flexible/QuorumHierarchical.java`.

use serde::{Deserialize, Serialize};

use crate::base::{Map, Set};
use crate::protocol::ids::Sid;

/// Groups and weights, prepared for counting.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Hierarchical {
    /// Weight by id: the participants', 1 where none is given, and every weight given besides.
    weights: Map<Sid, i64>,
    /// Group by id.
    group_of: Map<Sid, i64>,
    /// Sum of the weights of all ids a group lists, participants or not.
    group_weights: Map<i64, i64>,
    /// Number of groups that weigh anything.
    counted_groups: i64,
}

impl Hierarchical {
    pub(super) fn new(
        participants: &Set<Sid>,
        groups: &Map<i64, Vec<Sid>>,
        given: &Map<Sid, i64>,
    ) -> Self {
        let mut weights = given.clone();
        for &sid in participants {
            weights.get_or_insert_with(sid, || 1);
        }
        let mut group_of = Map::new();
        let mut group_weights = Map::new();
        for (&group, sids) in groups {
            let total: &mut i64 = group_weights.or_default(group);
            for &sid in sids {
                group_of.insert(sid, group);
                *total = total.wrapping_add(weights.get(&sid).copied().unwrap_or(0));
            }
        }
        let counted = group_weights.values().filter(|weight| **weight != 0);
        Self {
            counted_groups: i64::try_from(counted.count()).unwrap_or(i64::MAX),
            weights,
            group_of,
            group_weights,
        }
    }

    /// `None` for an id the configuration does not weigh: a failed look-up in the original.
    pub(super) fn weight(&self, sid: Sid) -> Option<i64> {
        self.weights.get(&sid).copied()
    }

    /// Number of groups that weigh anything.
    pub(super) const fn counted_groups(&self) -> i64 {
        self.counted_groups
    }

    pub(super) fn contains_quorum(&self, acks: &Set<Sid>) -> bool {
        if acks.is_empty() {
            return false;
        }
        let mut sums: Map<i64, i64> = Map::new();
        for sid in acks {
            // An id in no group counts nowhere.
            if let (Some(group), Some(weight)) = (self.group_of.get(sid), self.weights.get(sid)) {
                let sum = sums.or_default(*group);
                *sum = sum.wrapping_add(*weight);
            }
        }
        let won = sums.iter().filter(|(group, sum)| {
            let total = self.group_weights.get(group).copied().unwrap_or(0);
            **sum > total / 2
        });
        i64::try_from(won.count()).unwrap_or(i64::MAX) > self.counted_groups / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sids(ids: impl IntoIterator<Item = i64>) -> Set<Sid> {
        ids.into_iter().map(Sid).collect()
    }

    fn groups(lists: &[&[i64]]) -> Map<i64, Vec<Sid>> {
        (1..)
            .zip(lists)
            .map(|(group, ids)| (group, ids.iter().copied().map(Sid).collect()))
            .collect()
    }

    #[test]
    fn two_of_three_groups_by_two_of_three_members_are_enough() {
        let rule = Hierarchical::new(
            &sids(1..=9),
            &groups(&[&[1, 2, 3], &[4, 5, 6], &[7, 8, 9]]),
            &Map::new(),
        );
        assert!(rule.contains_quorum(&sids([1, 2, 4, 5])));
        assert!(!rule.contains_quorum(&sids([1, 2, 3, 4, 7])));
        assert!(!rule.contains_quorum(&sids([])));
    }

    #[test]
    fn a_group_without_weight_is_neither_counted_nor_won() {
        let weightless = (4..=5).map(|id| (Sid(id), 0)).collect();
        let rule = Hierarchical::new(&sids(1..=5), &groups(&[&[1, 2, 3], &[4, 5]]), &weightless);
        assert_eq!(rule.counted_groups(), 1);
        assert!(rule.contains_quorum(&sids([1, 2])));
        assert!(!rule.contains_quorum(&sids([1, 4, 5])));
    }

    #[test]
    fn the_weight_of_a_listed_stranger_raises_the_bar_of_its_group() {
        let stranger = Map::from([(Sid(9), 4)]);
        let rule = Hierarchical::new(&sids(1..=3), &groups(&[&[1, 2, 3, 9]]), &stranger);
        assert!(!rule.contains_quorum(&sids(1..=3)));
        assert_eq!(rule.weight(Sid(9)), Some(4));
        assert_eq!(rule.weight(Sid(8)), None);
    }
}
