//! A queue that never refuses: inserting into a full one silently drops the oldest element.
//!
//! Source: `CircularBlockingQueue.java`. Not blocking here: whoever takes finds what there is.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// `CircularBlockingQueue`: bounded, the oldest element gives way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CircularQueue<T> {
    items: VecDeque<T>,
    capacity: u32,
}

impl<T> CircularQueue<T> {
    /// An empty queue for at most `capacity` elements.
    pub const fn new(capacity: u32) -> Self {
        Self {
            items: VecDeque::new(),
            capacity,
        }
    }

    /// Appends; returns the element that had to give way.
    pub fn insert(&mut self, item: T) -> Option<T> {
        let full = self.items.len() as u64 >= u64::from(self.capacity);
        let evicted = if full { self.items.pop_front() } else { None };
        self.items.push_back(item);
        evicted
    }

    /// Takes the oldest element.
    pub fn take(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    /// True where there is nothing to take.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_gives_way() {
        let mut queue = CircularQueue::new(2);
        assert_eq!(queue.insert('a'), None);
        assert_eq!(queue.insert('b'), None);
        assert_eq!(queue.insert('c'), Some('a'));
        assert_eq!(
            (queue.take(), queue.take(), queue.take()),
            (Some('b'), Some('c'), None)
        );
        assert!(queue.is_empty());
    }
}
