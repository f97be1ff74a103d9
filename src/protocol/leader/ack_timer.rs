//! How long a learner may owe the acknowledgement of a proposal.
//!
//! QUIRK(two-of-many): of all proposals sent at most two are remembered, the oldest and the latest,
//! so that a learner which acknowledges slowly but steadily may live long. Source:
//! `LearnerHandler.java, SyncLimitCheck`.

use serde::{Deserialize, Serialize};

use crate::base::Micros;
use crate::protocol::ids::Zxid;

/// The proposals of one learner that are waited for, each with when it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct AckTimer {
    is_running: bool,
    current: Option<(Zxid, Micros)>,
    next: Option<(Zxid, Micros)>,
}

impl AckTimer {
    /// The learner has acknowledged NEWLEADER: from now on proposals count.
    pub(super) const fn start(&mut self) {
        self.is_running = true;
    }

    /// A proposal was sent.
    pub(super) const fn sent(&mut self, zxid: Zxid, now: Micros) {
        if !self.is_running {
            return;
        }
        if self.current.is_none() {
            self.current = Some((zxid, now));
        } else {
            self.next = Some((zxid, now));
        }
    }

    /// One was acknowledged.
    pub(super) fn acked(&mut self, zxid: Zxid) {
        if self.current.is_some_and(|(current, _)| current == zxid) {
            self.current = self.next.take();
        } else if self.next.is_some_and(|(next, _)| next == zxid) {
            self.next = None;
        }
    }

    /// True where the oldest has waited for `limit`.
    pub(super) fn is_over(&self, now: Micros, limit: Micros) -> bool {
        self.current
            .is_some_and(|(_, sent)| now.saturating_sub(sent) >= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testkit::at;

    const LIMIT: Micros = Micros(100);

    fn timer() -> AckTimer {
        let mut timer = AckTimer::default();
        timer.start();
        timer
    }

    #[test]
    fn what_was_sent_before_newleader_was_acknowledged_does_not_count() {
        let mut timer = AckTimer::default();
        timer.sent(at(1, 1), Micros(0));
        assert!(!timer.is_over(Micros(1_000), LIMIT));
    }

    #[test]
    fn the_oldest_decides_and_its_ack_makes_the_latest_the_oldest() {
        let mut timer = timer();
        for n in 1..=3 {
            timer.sent(at(1, n), Micros(n.unsigned_abs() * 10));
        }
        assert!(!timer.is_over(Micros(109), LIMIT) && timer.is_over(Micros(110), LIMIT));
        timer.acked(at(1, 1));
        // QUIRK(two-of-many): the second was never remembered.
        assert!(!timer.is_over(Micros(129), LIMIT) && timer.is_over(Micros(130), LIMIT));
        timer.acked(at(1, 3));
        assert!(!timer.is_over(Micros(9_999), LIMIT));
    }

    #[test]
    fn an_ack_out_of_order_forgets_the_latest_alone() {
        let mut timer = timer();
        timer.sent(at(1, 1), Micros(0));
        timer.sent(at(1, 2), Micros(50));
        timer.acked(at(1, 2));
        timer.acked(at(1, 9));
        assert!(timer.is_over(Micros(100), LIMIT));
        timer.acked(at(1, 1));
        assert!(!timer.is_over(Micros(1_000), LIMIT));
    }
}
