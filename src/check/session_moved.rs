//! A session's requests come through one server at a time: what was sent through a former one is
//! not committed once the session has moved.
//!
//! The end of a session may come by any way. Source: `SessionTrackerImpl.java, checkSession`.

use super::calls::spoken;
use super::{Began, Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{ClientMessage, Note, Op, QuorumBody, SessionId, Sid, TxnBody, Zxid};

/// C10: through which server each session speaks to its leader, and what came another way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionMoved {
    leader: Option<Sid>,
    ways: Map<SessionId, Sid>,
    stale: Map<Zxid, (SessionId, Sid)>,
}

impl SessionMoved {
    /// What reached the leader `sid` at this step: through whom, and whether it was a request.
    fn follow(&mut self, sid: Sid, seen: &Seen<'_>) {
        if let Some((session, message)) = spoken(seen.step, seen.calls, sid) {
            match message {
                ClientMessage::Connect(_) => {
                    self.ways.insert(session, sid);
                }
                ClientMessage::Request { op, .. } => self.request(session, op, sid, seen),
                ClientMessage::Connected(_) | ClientMessage::Reply(_) | ClientMessage::Event(_) => {
                }
            }
        }
        if let Some((from, packet)) = seen.delivered() {
            if let QuorumBody::Revalidate { session, .. } = packet.body {
                self.ways.insert(session, from);
            } else if let QuorumBody::Request(request) = &packet.body {
                self.request(request.session, &request.op, from, seen);
            }
        }
    }

    fn request(&mut self, session: SessionId, op: &Op, way: Sid, seen: &Seen<'_>) {
        if matches!(op, Op::CreateSession { .. }) {
            self.ways.insert(session, way);
        }
        if !op.is_write() || matches!(op, Op::CloseSession) {
            return;
        }
        if *self.ways.get_or_insert_with(session, || way) == way {
            return;
        }
        for note in &seen.step.notes {
            if let Note::Proposed { zxid } = note {
                self.stale.insert(*zxid, (session, way));
            }
        }
    }
}

impl Invariant for SessionMoved {
    const PROPERTY: Property = Property {
        key: "session-moved",
        names: "C10",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(sid) = seen.step.sid else {
            return Ok(());
        };
        if seen.news.began == Some(Began::Leader) {
            *self = Self {
                leader: Some(sid),
                ..Self::default()
            };
        }
        if self.leader != Some(sid) {
            return Ok(());
        }
        self.follow(sid, seen);
        for txn in seen.agreed() {
            if matches!(txn.body, TxnBody::CloseSession { .. }) {
                self.ways.remove(&txn.session);
            }
            let stale = self.stale.remove(&txn.zxid);
            if let Some((session, way)) = stale
                && txn.body.refusal().is_none()
            {
                let text = "committed {z} of session {}, which had moved away from {}";
                let numbers = [txn.zxid.0, session.0, way.0];
                return Err(Broken::of(&[sid, way], text, &numbers));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, create, packet, txn};
    use super::*;
    use crate::protocol::{Cxid, ErrorCode, Request};

    /// A request of session 7 comes through 2; before that, the session has moved to `moved`.
    fn commits(moved: i64, body: TxnBody) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        let check = &mut SessionMoved::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        let back = QuorumBody::Revalidate {
            session: SessionId(7),
            timeout_ms: 4_000,
        };
        let step = scene.delivered(1, moved, packet(at(1, 0), back));
        scene.show(check, &step).expect("fine");
        let request = QuorumBody::Request(Request {
            session: SessionId(7),
            cxid: Cxid(1),
            op: Op::Delete {
                path: "/".into(),
                version: -1,
            },
        });
        let mut step = scene.delivered(1, 2, packet(at(1, 0), request));
        step.notes.push(Note::Proposed { zxid: at(1, 1) });
        scene.show(check, &step).expect("not committed yet");
        scene.commits(check, 1, &txn(at(1, 1), 7, body))
    }

    #[test]
    fn a_request_that_came_the_former_way_breaks_it_unless_it_was_refused() {
        let body = || create(at(1, 1), 0, "/a").body.clone();
        assert_eq!(commits(2, body()), Ok(()));
        assert!(commits(3, body()).is_err());
        let refused = TxnBody::Error(ErrorCode::SessionMoved);
        assert_eq!(commits(3, refused.clone()), Ok(()));
        assert_eq!(commits(3, TxnBody::Multi(vec![refused])), Ok(()));
    }
}
