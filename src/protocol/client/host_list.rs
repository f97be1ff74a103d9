//! The order in which a client tries its servers.
//!
//! Shuffled once, then walked round and round; a pause when everybody has been tried. Source:
//! `HostConnectionManager.java`.

use serde::{Deserialize, Serialize};

use crate::base::Rng;

/// Where a client tries next.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HostList<T> {
    hosts: Vec<T>,
    /// The host tried last; `None` before the first.
    current: Option<usize>,
    /// The host of the last success; `None` before the first attempt.
    last: Option<usize>,
    rebalance: Option<Rebalance<T>>,
}

/// Leaving a server because the list has changed. Source: `nextHostInReconfigMode`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Rebalance<T> {
    /// Hosts that were not in the former list and have not been tried.
    new: Vec<T>,
    /// Hosts that were, and have not been tried.
    old: Vec<T>,
    /// The chance of an old one: this many in `of`.
    old_chance: u64,
    of: u64,
}

/// What to do before the next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Next<T> {
    /// Whom to try.
    pub host: T,
    /// True where the caller sleeps its spin delay first.
    pub pauses: bool,
}

/// Whether a client has to change its server after the list has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// It stays where it is.
    Stay,
    /// It disconnects and asks for the next host.
    Leave,
}

impl<T: Clone + PartialEq> HostList<T> {
    /// The list in an order of its own.
    pub fn new(mut hosts: Vec<T>, rng: &mut Rng) -> Self {
        shuffle(&mut hosts, rng);
        Self::in_order(hosts)
    }

    /// The list in the given order.
    pub const fn in_order(hosts: Vec<T>) -> Self {
        Self {
            hosts,
            current: None,
            last: None,
            rebalance: None,
        }
    }

    /// The hosts, in the order they are tried.
    pub fn hosts(&self) -> &[T] {
        &self.hosts
    }

    /// The host to try next; `None` for an empty list.
    ///
    /// The pause is due where the walk comes back to the host of the last success, the first host
    /// standing in for it before any, and never on the first attempt.
    pub fn next(&mut self, rng: &mut Rng) -> Option<Next<T>> {
        let mut pauses = false;
        if let Some(rebalance) = &mut self.rebalance {
            if let Some(host) = rebalance.next(rng) {
                self.current = self.hosts.iter().position(|h| *h == host);
                let pauses = false;
                return Some(Next { host, pauses });
            }
            self.rebalance = None;
            pauses = true;
        }
        let index = match self.current {
            Some(current) if current + 1 < self.hosts.len() => current + 1,
            Some(_) | None => 0,
        };
        let host = self.hosts.get(index)?.clone();
        pauses |= self.last == Some(index);
        self.current = Some(index);
        self.last = self.last.or(Some(0));
        Some(Next { host, pauses })
    }

    /// The attempt succeeded. The next failure moves on from here.
    pub fn on_connected(&mut self) {
        self.last = self.current;
        self.rebalance = None;
    }

    /// Takes another list; `mine` is the host the client is connected to.
    ///
    /// Source: `HostConnectionManager.java, updateServerList`.
    pub fn update(&mut self, mut hosts: Vec<T>, mine: Option<&T>, rng: &mut Rng) -> Move {
        shuffle(&mut hosts, rng);
        let mine = match mine {
            Some(mine) => Some(mine.clone()),
            None => self.hosts.get(self.last.unwrap_or(0)).cloned(),
        };
        let is_kept = mine.as_ref().is_some_and(|mine| hosts.contains(mine));
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for host in &hosts {
            if self.hosts.contains(host) {
                old.push(host.clone());
            } else {
                new.push(host.clone());
            }
        }
        let (before, after) = (self.hosts.len() as u64, hosts.len() as u64);
        let chance = match (after > before, is_kept) {
            // The load is to fall: leave with the chance 1 - before / after, for a new host.
            (true, true) => (rng.below(after) >= before).then_some((0, 1)),
            (true, false) => Some((0, 1)),
            (false, true) => None,
            (false, false) => Some(chance_of_old((before, after), old.len() as u64)),
        };
        let here = self
            .current
            .and_then(|index| self.hosts.get(index).cloned());
        self.hosts = hosts;
        let Some((old_chance, of)) = chance else {
            self.current = here.and_then(|here| self.hosts.iter().position(|h| *h == here));
            self.last = self.current;
            self.rebalance = None;
            return Move::Stay;
        };
        (self.current, self.last) = (None, None);
        self.rebalance = Some(Rebalance {
            new,
            old,
            old_chance,
            of,
        });
        Move::Leave
    }
}

impl<T: Clone> Rebalance<T> {
    /// A new host as chance has it or where no old one is left; otherwise an old one.
    fn next(&mut self, rng: &mut Rng) -> Option<T> {
        let takes_new = rng.below(self.of) >= self.old_chance;
        let from = if !self.new.is_empty() && (takes_new || self.old.is_empty()) {
            &mut self.new
        } else {
            &mut self.old
        };
        if from.is_empty() {
            return None;
        }
        Some(from.remove(0))
    }
}

/// The chance that an old host is taken where mine is gone and the list has not grown.
const fn chance_of_old((before, after): (u64, u64), old: u64) -> (u64, u64) {
    if after == 0 || before == old {
        return (0, 1);
    }
    (old * (before - after), after * (before - old))
}

fn shuffle<T>(hosts: &mut [T], rng: &mut Rng) {
    for end in (1..hosts.len()).rev() {
        let drawn = usize::try_from(rng.below(end as u64 + 1)).unwrap_or(0);
        hosts.swap(end, drawn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng() -> Rng {
        Rng::new(5)
    }

    /// How many of `n` clients of `before` leave, and how many of those go to an old host first.
    fn after_update(before: &[u8], after: &[u8], mine: u8, n: u64) -> (u64, u64) {
        let (mut left, mut to_old) = (0, 0);
        for seed in 0..n {
            let mut rng = Rng::new(seed);
            let mut list = HostList::in_order(before.to_vec());
            while list.next(&mut rng).expect("a host").host != mine {}
            list.on_connected();
            if list.update(after.to_vec(), Some(&mine), &mut rng) == Move::Leave {
                left += 1;
                let first = list.next(&mut rng).expect("a host").host;
                to_old += u64::from(before.contains(&first));
            }
        }
        (left, to_old)
    }

    #[test]
    fn a_list_is_shuffled_once_and_keeps_its_hosts() {
        let mut seen = Vec::new();
        for seed in 0..60 {
            let list = HostList::new(vec![1, 2, 3], &mut Rng::new(seed));
            let mut sorted = list.hosts().to_vec();
            if !seen.contains(&sorted) {
                seen.push(sorted.clone());
            }
            sorted.sort_unstable();
            assert_eq!(sorted, [1, 2, 3]);
        }
        assert_eq!(seen.len(), 6, "every order comes up");
    }

    #[test]
    fn an_empty_list_has_no_next_host() {
        let mut list = HostList::<u8>::in_order(Vec::new());
        assert_eq!(list.next(&mut rng()), None);
    }

    #[test]
    fn a_client_stays_where_the_list_has_not_grown_and_keeps_its_server() {
        assert_eq!(after_update(&[1, 2, 3], &[1, 2], 1, 50), (0, 0));
        assert_eq!(after_update(&[1, 2, 3], &[1, 4, 5], 1, 50), (0, 0));
    }

    #[test]
    fn a_grown_list_draws_its_share_of_clients_to_new_servers() {
        let (left, to_old) = after_update(&[1, 2, 3], &[1, 2, 3, 4, 5, 6], 1, 2_000);
        assert!((900..1_100).contains(&left), "half of them: {left}");
        assert_eq!(to_old, 0);
        let (left, to_old) = after_update(&[1, 2, 3], &[2, 3, 4, 5], 1, 50);
        assert_eq!((left, to_old), (50, 0));
    }

    #[test]
    fn a_lost_server_sends_its_clients_mostly_where_load_is_low() {
        // 3 hosts become 2, both old: 2 * (3 - 2) / (2 * (3 - 2)) is certain.
        assert_eq!(after_update(&[1, 2, 3], &[2, 3], 1, 50), (50, 50));
        // 4 hosts become 3, one of them new: 2 * 1 / (3 * 2) is a third.
        let (left, to_old) = after_update(&[1, 2, 3, 4], &[2, 3, 5], 1, 3_000);
        assert_eq!(left, 3_000);
        assert!((900..1_100).contains(&to_old), "{to_old}");
    }

    #[test]
    fn when_all_hosts_of_a_change_were_tried_the_walk_goes_on_after_a_pause() {
        let mut list = HostList::in_order(vec![1]);
        list.next(&mut rng());
        assert_eq!(list.update(vec![2, 3], None, &mut rng()), Move::Leave);
        let mut tried = Vec::new();
        for _ in 0..2 {
            let next = list.next(&mut rng()).expect("a host");
            assert!(!next.pauses);
            tried.push(next.host);
        }
        tried.sort_unstable();
        assert_eq!(tried, [2, 3]);
        assert!(list.next(&mut rng()).expect("a host").pauses);
    }
}
