//! The event queue: everything that will happen, in the order (instant, sequence number).
//!
//! Ties are broken by the order of pushing, so that two runs agree. A pushed event has a [`Key`]
//! by which its owner can take it back; nothing stale is ever popped. Its size is bounded by its
//! owners: one event per lane head, per armed timer, per dial step, per disk and per process.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::event::Event;
use crate::base::Micros;

/// Where an event stands in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Its instant.
    at: Micros,
    /// The how-manieth pushed.
    seq: u64,
}

/// Pending events, ordered by (instant, sequence number).
///
/// A vector with the next event last: what is pushed is mostly due soon, so little moves, and the
/// next one is popped without moving anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventQueue {
    /// Descending by key.
    events: Vec<(Key, Event)>,
    next_seq: u64,
}

impl Key {
    /// The instant it is due.
    pub(crate) const fn at(self) -> Micros {
        self.at
    }
}

/// In the order of the events, however they are kept.
impl Hash for EventQueue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        for event in self.events.iter().rev() {
            event.hash(state);
        }
        self.next_seq.hash(state);
    }
}

impl EventQueue {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `event` at `at`, behind everything already due then.
    pub fn push(&mut self, at: Micros, event: Event) -> Key {
        let key = Key {
            at,
            seq: self.next_seq,
        };
        self.next_seq += 1;
        // A fresh number is above every other, so the key is in nobody's place.
        let place = self.place(&key).unwrap_or_else(|place| place);
        self.events.insert(place, (key, event));
        key
    }

    /// Where a key is, or where it belongs.
    fn place(&self, key: &Key) -> Result<usize, usize> {
        self.events.binary_search_by(|(held, _)| key.cmp(held))
    }

    /// Takes an event back; false where it has already been popped.
    pub fn cancel(&mut self, key: Key) -> bool {
        let place = self.place(&key);
        if let Ok(place) = place {
            self.events.remove(place);
        }
        place.is_ok()
    }

    /// Takes back the event a slot names, and empties the slot.
    pub(crate) fn clear(&mut self, slot: &mut Option<Key>) {
        if let Some(key) = slot.take() {
            self.cancel(key);
        }
    }

    /// The earliest event with its instant.
    pub fn pop(&mut self) -> Option<(Micros, Event)> {
        self.events.pop().map(|(key, event)| (key.at, event))
    }

    /// When the earliest event is due.
    pub fn next_at(&self) -> Option<Micros> {
        self.events.last().map(|(key, _)| key.at)
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// True where nothing will ever happen by itself.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Sid;

    #[test]
    fn ties_are_broken_by_order_of_pushing() {
        let mut queue = EventQueue::new();
        queue.push(Micros(5), Event::Boot(Sid(1)));
        queue.push(Micros(3), Event::Boot(Sid(2)));
        queue.push(Micros(5), Event::Boot(Sid(3)));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(
            order,
            [
                (Micros(3), Event::Boot(Sid(2))),
                (Micros(5), Event::Boot(Sid(1))),
                (Micros(5), Event::Boot(Sid(3))),
            ]
        );
    }

    #[test]
    fn a_cancelled_event_never_comes_and_cancelling_twice_is_harmless() {
        let mut queue = EventQueue::new();
        let key = queue.push(Micros(1), Event::Boot(Sid(1)));
        queue.push(Micros(2), Event::Boot(Sid(2)));
        assert!(queue.cancel(key));
        assert!(!queue.cancel(key));
        assert_eq!((queue.len(), queue.next_at()), (1, Some(Micros(2))));
        queue.pop();
        assert!(queue.is_empty());
    }

    #[test]
    fn whatever_is_pushed_and_cancelled_comes_in_the_order_of_a_tree() {
        let mut queue = EventQueue::new();
        let mut tree = std::collections::BTreeMap::new();
        let mut chance = crate::base::Rng::new(11);
        let mut keys = Vec::new();
        for n in 0..2_000 {
            let at = Micros(chance.below(500));
            let key = queue.push(at, Event::Boot(Sid(n)));
            tree.insert(key, Event::Boot(Sid(n)));
            keys.push(key);
            if chance.below(3) == 0 {
                let gone = keys[usize::try_from(chance.below(keys.len() as u64)).unwrap()];
                assert_eq!(queue.cancel(gone), tree.remove(&gone).is_some());
            }
            if chance.below(3) == 0 {
                let next = tree.pop_first().map(|(key, event)| (key.at, event));
                assert_eq!(queue.pop(), next);
            }
            assert_eq!(queue.len(), tree.len());
        }
        while let Some((key, event)) = tree.pop_first() {
            assert_eq!(queue.pop(), Some((key.at, event)));
        }
        assert!(queue.is_empty());
    }

    #[test]
    fn a_queue_survives_json() {
        let mut queue = EventQueue::new();
        queue.push(Micros(9), Event::Start(Sid(4)));
        let text = serde_json::to_string(&queue).expect("serialises");
        let back: EventQueue = serde_json::from_str(&text).expect("parses");
        assert_eq!(back, queue);
    }
}
