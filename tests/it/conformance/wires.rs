//! Two connection managers and the wires between them, as far as the rows need a transport.

use zabscope::base::{Micros, Rng};
use zabscope::protocol::election::ConnectionManager;
use zabscope::protocol::{
    ConnId, Ctx, Effect, ElectionMessage, Ensemble, Message, Note, Notification, PeerConfig, Port,
    Route, Sid, Timer,
};

/// One connection manager with what it caused so far.
#[derive(Debug)]
pub(super) struct End {
    pub(super) manager: ConnectionManager,
    pub(super) effects: Vec<Effect>,
    rng: Rng,
}

impl End {
    /// A member of a static ensemble of the participants 1 to 255.
    pub(super) fn new(sid: Sid) -> Self {
        let ensemble = Ensemble::plain(255, 0);
        let config = PeerConfig::sample(sid, ensemble.clone());
        Self {
            manager: ConnectionManager::new(&config, &ensemble),
            effects: Vec::new(),
            rng: Rng::new(0),
        }
    }

    /// Lets the manager act.
    pub(super) fn act(&mut self, act: impl FnOnce(&mut ConnectionManager, &mut Ctx<'_>)) {
        let mut ctx = Ctx {
            now: Micros::ZERO,
            rng: &mut self.rng,
            out: &mut self.effects,
        };
        act(&mut self.manager, &mut ctx);
    }

    /// An established connection that `dialled` opened.
    pub(super) fn dialled(&mut self, conn: ConnId, dialled: Sid, n: Notification) {
        // Something to say is what makes a server dial.
        self.act(|manager, ctx| manager.to_send(dialled, n, ctx));
        let route = Route::To(dialled, Port::Election);
        self.act(|manager, ctx| manager.on_opened(conn, route, ctx));
    }

    /// A connection somebody opened, on which `message` comes first.
    pub(super) fn accepted(&mut self, conn: ConnId, message: &ElectionMessage) {
        let route = Route::Accepted(Port::Election);
        self.act(|manager, ctx| manager.on_opened(conn, route, ctx));
        self.act(|manager, ctx| manager.on_received(conn, message, ctx));
    }

    /// The first election message sent on `conn` that is a handshake.
    pub(super) fn greeting(&self, conn: ConnId) -> Option<ElectionMessage> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Send(on, Message::Election(m @ ElectionMessage::Handshake(_)))
                if *on == conn =>
            {
                Some(m.clone())
            }
            _ => None,
        })
    }

    pub(super) fn sent(&self) -> impl Iterator<Item = (ConnId, &Notification)> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Send(conn, Message::Election(ElectionMessage::Notification(n))) => {
                Some((*conn, n))
            }
            _ => None,
        })
    }

    pub(super) fn hung_up(&self, conn: ConnId) -> bool {
        self.effects.contains(&Effect::Hangup(conn))
    }

    pub(super) fn dials(&self, sid: Sid) -> bool {
        self.effects.iter().any(
            |effect| matches!(effect, Effect::Dial { to, port: Port::Election, .. } if *to == sid),
        )
    }

    pub(super) fn warned(&self) -> bool {
        let warning = |effect: &Effect| matches!(effect, Effect::Note(Note::Malformed { .. }));
        self.effects.iter().any(warning)
    }

    /// True where the deadline for a first word on `conn` was set and is still running.
    pub(super) fn waits(&self, conn: ConnId) -> bool {
        let timer = Timer::Handshake(conn);
        let last = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Arm { timer: set, .. } if *set == timer => Some(true),
            Effect::Disarm(unset) if *unset == timer => Some(false),
            _ => None,
        });
        last == Some(true)
    }
}
