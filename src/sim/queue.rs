//! The event queue: everything that will happen, in the order (instant, sequence number).
//!
//! Ties are broken by the order of pushing, so that two runs agree. A pushed event has a [`Key`]
//! by which its owner can take it back; nothing stale is ever popped. Its size is bounded by its
//! owners: one event per lane head, per armed timer, per dial step, per disk and per process.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::pairs;
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventQueue {
    #[serde(with = "pairs")]
    events: BTreeMap<Key, Event>,
    next_seq: u64,
}

impl Key {
    /// The instant it is due.
    pub(crate) const fn at(self) -> Micros {
        self.at
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
        self.events.insert(key, event);
        key
    }

    /// Takes an event back; false where it has already been popped.
    pub fn cancel(&mut self, key: Key) -> bool {
        self.events.remove(&key).is_some()
    }

    /// Takes back the event a slot names, and empties the slot.
    pub(crate) fn clear(&mut self, slot: &mut Option<Key>) {
        if let Some(key) = slot.take() {
            self.cancel(key);
        }
    }

    /// The earliest event with its instant.
    pub fn pop(&mut self) -> Option<(Micros, Event)> {
        self.events.pop_first().map(|(key, event)| (key.at, event))
    }

    /// When the earliest event is due.
    pub fn next_at(&self) -> Option<Micros> {
        self.events.first_key_value().map(|(key, _)| key.at)
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
    fn a_queue_survives_json() {
        let mut queue = EventQueue::new();
        queue.push(Micros(9), Event::Start(Sid(4)));
        let text = serde_json::to_string(&queue).expect("serialises");
        let back: EventQueue = serde_json::from_str(&text).expect("parses");
        assert_eq!(back, queue);
    }
}
