//! What clients asked and were told: the record that several checks read.
//!
//! Not a check. It knows of each client its session, its connection and the calls without an
//! outcome, and of each step what it ended.

use std::collections::VecDeque;

use crate::base::{Map, Micros};
use crate::protocol::client::{CallId, ClientNote, Outcome};
use crate::protocol::{Change, ClientMessage, Cxid, Message, Op, SessionId, Sid, Zxid};
use crate::sim::{Cause, ClientId, Step};

/// All clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    clients: Map<ClientId, Caller>,
}

/// One client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// Its session; 0 before it has one.
    pub session: SessionId,
    /// The server it is connected to, and since when.
    pub connected: Option<(Sid, Micros)>,
    /// Calls without an outcome, oldest first.
    pub calls: VecDeque<Call>,
}

/// A call without an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    id: CallId,
    /// What was asked.
    pub op: Op,
    /// When.
    pub at: Micros,
}

/// What one step told a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Whom.
    pub client: Option<ClientId>,
    /// Its session.
    pub session: SessionId,
    /// The number and the zxid of the reply it was handed.
    pub reply: Option<(Cxid, Zxid)>,
    /// The calls that ended, in order.
    pub ended: Vec<Ended>,
    /// The watch that fired.
    pub fired: Option<Change>,
    /// How its connection or its session changed.
    pub turn: Option<Turn>,
}

/// A call that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What was asked.
    pub op: Op,
    /// How it ended.
    pub outcome: Outcome,
    /// How many calls made before it had no outcome.
    pub before: usize,
}

/// A change of a client's connection or session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Connected with the session it had before.
    Back,
    /// Connected with a new session.
    New,
    /// No longer connected.
    Away,
    /// The session is over.
    Over,
}

impl Calls {
    /// One client.
    pub fn client(&self, id: ClientId) -> Option<&Caller> {
        self.clients.get(&id)
    }

    /// Looks at one step.
    pub(super) fn take(&mut self, step: &Step) -> Heard {
        let mut heard = Heard::default();
        let Some(id) = step.client else { return heard };
        heard.client = Some(id);
        let caller = self.clients.or_default(id);
        if let Cause::Delivered { frame } = &step.cause
            && let Message::Client(ClientMessage::Reply(reply)) = &frame.message
        {
            heard.reply = Some((reply.cxid, reply.zxid));
        }
        for note in &step.told {
            caller.take(note, step.at, &mut heard);
        }
        heard.session = caller.session;
        heard
    }
}

impl Caller {
    fn take(&mut self, note: &ClientNote, at: Micros, heard: &mut Heard) {
        match note {
            ClientNote::Connected { to, session, .. } => {
                let is_back = self.session == *session;
                heard.turn = Some(if is_back { Turn::Back } else { Turn::New });
                self.session = *session;
                self.connected = Some((*to, at));
            }
            ClientNote::Disconnected { .. } => {
                heard.turn = Some(Turn::Away);
                self.connected = None;
            }
            ClientNote::Expired { .. } | ClientNote::Closed | ClientNote::Ended => {
                heard.turn = Some(Turn::Over);
                self.connected = None;
            }
            ClientNote::Called { call, op } => {
                let (id, op) = (*call, op.clone());
                self.calls.push_back(Call { id, op, at });
            }
            ClientNote::Watch(change) => heard.fired = Some(change.clone()),
            ClientNote::Done { call, outcome } => {
                let before = self.calls.iter().position(|made| made.id == *call);
                if let Some(before) = before
                    && let Some(made) = self.calls.remove(before)
                {
                    heard.ended.push(Ended {
                        op: made.op,
                        outcome: outcome.clone(),
                        before,
                    });
                }
            }
            ClientNote::Connecting { .. } => {}
        }
    }
}

/// The session of a frame's sender, and what it says, where a client speaks to `to`.
pub(super) fn spoken<'a>(
    step: &'a Step,
    calls: &Calls,
    to: Sid,
) -> Option<(SessionId, &'a ClientMessage)> {
    if step.sid != Some(to) {
        return None;
    }
    let Cause::Delivered { frame } = &step.cause else {
        return None;
    };
    let Message::Client(message) = &frame.message else {
        return None;
    };
    let known = calls.client(frame.from.client()?).map(|c| c.session);
    let session = match message {
        ClientMessage::Connect(request) => request.session,
        ClientMessage::Request { .. }
        | ClientMessage::Connected(_)
        | ClientMessage::Reply(_)
        | ClientMessage::Event(_) => known?,
    };
    (session != SessionId(0)).then_some((session, message))
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, called, connected, done};
    use super::*;

    const ME: ClientId = ClientId(3);

    #[test]
    fn calls_end_by_their_number_and_sessions_change() {
        let scene = Scene::new(3, 0);
        let mut calls = Calls::default();
        let sync = |path: &str| Op::Sync { path: path.into() };
        let told = vec![
            connected(2, 7),
            called(1, sync("/a")),
            called(2, sync("/b")),
        ];
        let heard = calls.take(&scene.told(3, told));
        assert_eq!((heard.turn, heard.session), (Some(Turn::New), SessionId(7)));
        let heard = calls.take(&scene.told(3, vec![done(2, 5), done(9, 5)]));
        assert_eq!(heard.ended.len(), 1);
        assert_eq!(
            (&heard.ended[0].op, heard.ended[0].before),
            (&sync("/b"), 1)
        );
        let heard = calls.take(&scene.told(3, vec![connected(1, 7)]));
        assert_eq!(heard.turn, Some(Turn::Back));
        let caller = calls.client(ME).expect("known");
        assert_eq!(
            (caller.calls.len(), caller.connected),
            (1, Some((Sid(1), Micros(1))))
        );
    }
}
