//! Deadlines rounded up to buckets, so that they expire together once a tick.
//!
//! Source: `ExpiryQueue.java`.

use serde::{Deserialize, Serialize};

use crate::base::Map;
use crate::protocol::ids::SessionId;

/// When each session expires, in ms of the server's monotonic clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExpiryQueue {
    interval_ms: i64,
    next_ms: i64,
    expires_at: Map<SessionId, i64>,
}

/// The end of the bucket `time_ms` lies in: always later than it, unless that is the end of time.
pub const fn bucket(time_ms: i64, interval_ms: i64) -> i64 {
    (time_ms / interval_ms + 1).saturating_mul(interval_ms)
}

impl ExpiryQueue {
    /// An empty queue whose first bucket is the one `now_ms` lies in.
    pub const fn new(interval_ms: i64, now_ms: i64) -> Self {
        // An interval of zero is no configuration, but must not stop the run.
        let interval_ms = if interval_ms < 1 { 1 } else { interval_ms };
        Self {
            interval_ms,
            next_ms: bucket(now_ms, interval_ms),
            expires_at: Map::new(),
        }
    }

    /// Puts a session's deadline `timeout_ms` from now, rounded up.
    pub fn update(&mut self, session: SessionId, timeout_ms: i64, now_ms: i64) {
        let at = bucket(now_ms.saturating_add(timeout_ms), self.interval_ms);
        self.expires_at.insert(session, at);
    }

    /// Forgets a session.
    pub fn remove(&mut self, session: SessionId) {
        self.expires_at.remove(&session);
    }

    /// When the next bucket is due.
    pub const fn next_ms(&self) -> i64 {
        self.next_ms
    }

    /// When a session expires unless it is touched.
    pub fn expires_at(&self, session: SessionId) -> Option<i64> {
        self.expires_at.get(&session).copied()
    }

    /// Takes the next bucket where it is due, and moves on to the following one.
    ///
    /// A server that was stopped has several due and polls until none is.
    pub fn poll(&mut self, now_ms: i64) -> Vec<SessionId> {
        let due_ms = self.next_ms;
        if now_ms < due_ms {
            return Vec::new();
        }
        self.next_ms = due_ms.saturating_add(self.interval_ms);
        let mut due = Vec::new();
        for (session, at) in &self.expires_at {
            if *at == due_ms {
                due.push(*session);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: SessionId = SessionId(1);

    #[test]
    fn a_deadline_is_always_later_than_its_time() {
        assert_eq!(bucket(0, 2_000), 2_000);
        assert_eq!(bucket(1_999, 2_000), 2_000);
        assert_eq!(bucket(2_000, 2_000), 4_000);
    }

    #[test]
    fn a_deadline_at_the_end_of_time_is_no_fault() {
        let mut queue = ExpiryQueue::new(2_000, 0);
        queue.update(S, i64::MAX, 5_000);
        assert_eq!(queue.expires_at(S), Some(i64::MAX));
        queue.update(S, i64::MIN, 5_000);
        assert_eq!(
            queue.poll(5_000),
            [],
            "a bucket that is over never comes again"
        );
    }

    #[test]
    fn a_session_lives_more_than_its_timeout_and_at_most_a_tick_more() {
        for touched in [0, 1, 999, 1_000, 1_001, 1_999] {
            let mut queue = ExpiryQueue::new(2_000, 0);
            queue.update(S, 4_000, touched);
            let mut now = 0;
            while queue.poll(now).is_empty() {
                now = queue.next_ms();
            }
            let life = now - touched;
            assert!(life > 4_000 && life <= 6_000, "{life} after {touched}");
        }
    }

    #[test]
    fn a_touch_moves_the_deadline() {
        let mut queue = ExpiryQueue::new(2_000, 0);
        queue.update(S, 2_000, 0);
        queue.update(S, 2_000, 1_900);
        assert_eq!(queue.expires_at(S), Some(4_000), "the bucket is the same");
        queue.update(S, 2_000, 2_100);
        assert_eq!(queue.poll(2_000), []);
        assert_eq!(queue.poll(4_000), []);
        assert_eq!(queue.poll(6_000), [S]);
        assert_eq!(queue.poll(8_000), [], "once");
    }

    #[test]
    fn buckets_missed_while_stopped_come_one_by_one() {
        let mut queue = ExpiryQueue::new(1_000, 0);
        queue.update(S, 500, 0);
        queue.update(SessionId(2), 1_500, 0);
        assert_eq!(queue.poll(9_000), [S]);
        assert_eq!(queue.poll(9_000), [SessionId(2)]);
        queue.remove(S);
        assert_eq!(queue.expires_at(S), None);
    }
}
