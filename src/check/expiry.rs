//! A session that its leader does not hear of ends when its timeout is over, and no session before.
//!
//! Counted from the last sign of life that reached the leader, or from the beginning of its reign.
//! Clocks may differ by a twentieth. The end may come one tick later, and one more until the leader
//! looks; nothing is judged while a fault stands, and every session gets its time anew after it.

use super::calls::spoken;
use super::{Began, Broken, Invariant, Property, Seen};
use crate::base::{Map, Micros, Set};
use crate::protocol::{
    ClientMessage, Note, Op, QuorumBody, Request, SessionId, Sid, TxnBody, ZabState,
};

/// C4 and L5: when each leader heard of its sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expiry {
    reigns: Map<Sid, Reign>,
    /// When a fault was last seen.
    disturbed_at: Micros,
    /// When a fault was last seen that makes clocks or packets late.
    late_at: Option<Micros>,
}

/// One leader's sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Reign {
    since: Micros,
    heard: Map<SessionId, Micros>,
    /// Created in this reign and never heard of since.
    fresh: Map<SessionId, Micros>,
    /// Their end was asked for, by their clients or by the leader. Until it is agreed on nothing
    /// touches them, and the leader may well ask again.
    closing: Set<SessionId>,
}

impl Reign {
    fn hear(&mut self, session: SessionId, at: Micros) {
        self.heard.insert(session, at);
        self.fresh.remove(&session);
    }

    fn follow(&mut self, sid: Sid, seen: &Seen<'_>) {
        let at = seen.step.at;
        if let Some((session, message)) = spoken(seen.step, seen.calls, sid) {
            self.hear(session, at);
            let close = Op::CloseSession;
            if matches!(message, ClientMessage::Request { op, .. } if *op == close) {
                self.closing.insert(session);
            }
        }
        if let Some((_, packet)) = seen.delivered() {
            if let QuorumBody::Touched { sessions } = &packet.body {
                for (session, _) in sessions {
                    self.hear(*session, at);
                }
            } else if let QuorumBody::Revalidate { session, .. } = packet.body {
                self.hear(session, at);
            } else if let QuorumBody::Request(Request {
                session,
                op: Op::CloseSession,
                ..
            }) = packet.body
            {
                self.closing.insert(session);
            }
        }
        for txn in seen.agreed() {
            if matches!(txn.body, TxnBody::CreateSession { .. }) {
                self.fresh.insert(txn.session, at);
            } else if matches!(txn.body, TxnBody::CloseSession { .. }) {
                self.heard.remove(&txn.session);
                self.fresh.remove(&txn.session);
                self.closing.remove(&txn.session);
            }
        }
    }

    /// The session is about to end: how long it has been silent, where that is too short.
    fn ends(
        &mut self,
        session: SessionId,
        late_at: Option<Micros>,
        seen: &Seen<'_>,
    ) -> Option<Micros> {
        let heard = self.heard.remove(&session).unwrap_or(self.since);
        let is_fresh = self.fresh.remove(&session).is_some();
        // What happens at the leader between two signs of life need not be seen here.
        let was_closing = !self.closing.insert(session);
        let was_late = late_at.is_some_and(|late_at| heard <= late_at);
        if is_fresh || was_closing || was_late {
            return None;
        }
        let passed = seen.step.at.saturating_sub(heard);
        let timeout = timeout(session, seen)?;
        (passed.0 + timeout.0 / 20 < timeout.0).then_some(passed)
    }

    /// A session that ought to have ended.
    fn overdue(&self, from: Micros, seen: &Seen<'_>) -> Option<(SessionId, Micros)> {
        let tick = seen.servers.config()?.tick();
        let all = self.heard.iter().chain(self.fresh.iter());
        all.filter(|(session, _)| !self.closing.contains(session))
            .map(|(session, heard)| (*session, *heard))
            .find(|(session, heard)| {
                let passed = seen.step.at.saturating_sub((*heard).max(from));
                let limit = timeout(*session, seen).map(|timeout| timeout.0 + timeout.0 / 20);
                limit.is_some_and(|limit| passed.0 > limit + 3 * tick.0)
            })
    }
}

fn timeout(session: SessionId, seen: &Seen<'_>) -> Option<Micros> {
    let ms = seen.database()?.sessions().get(&session)?;
    Some(Micros::from_ms(u64::try_from(*ms).ok()?))
}

impl Expiry {
    fn begin(&mut self, sid: Sid, seen: &Seen<'_>) {
        let mut reign = Reign {
            since: seen.step.at,
            ..Reign::default()
        };
        for session in seen
            .database()
            .into_iter()
            .flat_map(|db| db.sessions().keys())
        {
            reign.heard.insert(*session, seen.step.at);
        }
        self.reigns.insert(sid, reign);
    }
}

impl Invariant for Expiry {
    const PROPERTY: Property = Property {
        key: "expiry",
        names: "C4, L5",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        if let Some(server) = seen.server {
            let serves = seen.running().is_some() && server.peer.zab == ZabState::Broadcast;
            if !serves {
                self.reigns.remove(&sid);
            } else if seen.news.began == Some(Began::Leader) {
                self.begin(sid, seen);
                return Ok(());
            }
        }
        let Some(reign) = self.reigns.get_mut(&sid) else {
            return Ok(());
        };
        reign.follow(sid, seen);
        if !seen.servers.are_undisturbed() {
            self.disturbed_at = seen.step.at;
        }
        if !seen.servers.are_on_time() {
            self.late_at = Some(seen.step.at);
        }
        for note in &seen.step.notes {
            if let Note::SessionExpiring { session } = note
                && let Some(passed) = reign.ends(*session, self.late_at, seen)
            {
                let ms = i64::try_from(passed.as_ms()).unwrap_or(i64::MAX);
                let text = "ends session {} after {} ms of silence";
                return Err(Broken::of(&[sid], text, &[session.0, ms]));
            }
            if let Note::QuorumChecked { enough: true, .. } = note
                && let Some((session, heard)) = reign.overdue(self.disturbed_at, seen)
            {
                reign.heard.remove(&session);
                reign.fresh.remove(&session);
                let ms = i64::try_from(seen.step.at.saturating_sub(heard).as_ms());
                let text = "has not ended session {} after {} ms of silence";
                let numbers = [session.0, ms.unwrap_or(i64::MAX)];
                return Err(Broken::of(&[sid], text, &numbers));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet, txn};
    use super::*;
    use crate::protocol::Cxid;

    /// Server 1 leads with session 7, which lasts 4 s; it is heard of at `touched`, and at `now`
    /// the leader states `note`.
    fn after(touched: Option<u64>, now: u64, note: Note) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        scene.config.tick_time_ms = 1_000;
        let check = &mut Expiry::default();
        let start = TxnBody::CreateSession { timeout_ms: 4_000 };
        let held = [txn(at(1, 1), 7, start)];
        scene.leads(check, (1, 2), &held).expect("leads");
        if let Some(ms) = touched {
            let sessions = vec![(SessionId(7), 4_000)];
            let body = QuorumBody::Touched { sessions };
            let mut step = scene.delivered(1, 2, packet(at(1, 1), body));
            step.at = Micros::from_ms(ms);
            scene.show(check, &step).expect("fine");
        }
        let mut step = scene.notes(1, vec![note]);
        step.at = Micros::from_ms(now);
        scene.show(check, &step)
    }

    fn expiring() -> Note {
        let session = SessionId(7);
        Note::SessionExpiring { session }
    }

    #[test]
    fn an_end_before_the_timeout_breaks_it() {
        assert_eq!(after(None, 4_000, expiring()), Ok(()));
        assert!(after(None, 3_000, expiring()).is_err());
        assert_eq!(after(Some(2_000), 6_000, expiring()), Ok(()));
        assert!(after(Some(2_000), 5_000, expiring()).is_err());
    }

    /// Server 1 leads with session 7, which lasts 4 s, from the first instant on.
    fn reign(check: &mut Expiry) -> Scene {
        let mut scene = Scene::new(3, 0);
        let start = TxnBody::CreateSession { timeout_ms: 4_000 };
        let held = [txn(at(1, 1), 7, start)];
        scene.leads(check, (1, 2), &held).expect("leads");
        scene
    }

    #[test]
    fn a_session_whose_client_has_asked_for_its_end_may_end_at_any_time() {
        let check = &mut Expiry::default();
        let mut scene = reign(check);
        let body = QuorumBody::Request(Request {
            session: SessionId(7),
            cxid: Cxid(1),
            op: Op::CloseSession,
        });
        let step = scene.delivered(1, 2, packet(at(1, 1), body));
        scene.show(check, &step).expect("fine");
        let mut step = scene.notes(1, vec![expiring()]);
        step.at = Micros::from_ms(1_000);
        assert_eq!(scene.show(check, &step), Ok(()));
    }

    #[test]
    fn an_end_that_was_asked_for_may_take_its_time_to_be_agreed_on() {
        let check = &mut Expiry::default();
        let mut scene = reign(check);
        let mut step = scene.notes(1, vec![expiring()]);
        step.at = Micros::from_ms(4_000);
        scene.show(check, &step).expect("in time");
        let body = QuorumBody::Revalidate {
            session: SessionId(7),
            timeout_ms: 4_000,
        };
        let mut step = scene.delivered(1, 2, packet(at(1, 1), body));
        step.at = Micros::from_ms(5_000);
        scene.show(check, &step).expect("somebody asks after it");
        let ticks = Note::QuorumChecked {
            alive: vec![],
            enough: true,
        };
        let mut step = scene.notes(1, vec![ticks]);
        step.at = Micros::from_ms(60_000);
        assert_eq!(scene.show(check, &step), Ok(()));
    }

    #[test]
    fn silence_that_began_before_the_clocks_were_right_again_is_not_judged() {
        let check = &mut Expiry::default();
        let mut scene = reign(check);
        scene.is_late = true;
        let sessions = vec![(SessionId(7), 4_000)];
        let heard = packet(at(1, 1), QuorumBody::Touched { sessions });
        let mut step = scene.delivered(1, 2, heard);
        step.at = Micros::from_ms(500);
        scene.show(check, &step).expect("fine");
        scene.is_late = false;
        let mut step = scene.notes(1, vec![expiring()]);
        step.at = Micros::from_ms(3_000);
        assert_eq!(scene.show(check, &step), Ok(()));
    }

    #[test]
    fn a_session_that_is_never_ended_breaks_it() {
        let ticks = || Note::QuorumChecked {
            alive: vec![],
            enough: true,
        };
        assert_eq!(after(None, 7_000, ticks()), Ok(()));
        assert!(after(None, 7_300, ticks()).is_err());
        assert_eq!(after(Some(2_000), 9_000, ticks()), Ok(()));
    }
}
