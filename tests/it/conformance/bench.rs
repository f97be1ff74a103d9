//! One election side on a bench: its deadlines, and connections to peers that only listen.
//!
//! Messages take no time. Whoever is dialled answers at once; a larger sid dials back.

use std::collections::{BTreeMap, VecDeque};

use zabscope::base::{Micros, Rng};
use zabscope::protocol::{
    ConnId, Ctx, Effect, ElectionMessage, ElectionSide, Epoch, Handshake, Heard, Input,
    LearnerType, Me, Message, OracleView, PeerConfig, Port, Route, ServerState, Sid, Timer, Zxid,
};

/// A peer without anything but its election side.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) config: PeerConfig,
    pub(crate) side: ElectionSide,
    pub(crate) state: ServerState,
    pub(crate) last_zxid: Zxid,
    pub(crate) current_epoch: Epoch,
    pub(crate) oracle: OracleView,
    pub(crate) now: Micros,
    /// What the last input made the peer report to its leader.
    pub(crate) looking_voter: Option<Sid>,
    /// False where nobody can be reached.
    pub(crate) reachable: bool,
    /// Everything caused since it was last cleared, with its instant.
    pub(crate) trace: Vec<(Micros, Effect)>,
    deadlines: BTreeMap<Timer, (Micros, u64)>,
    dials: VecDeque<Sid>,
    conns: BTreeMap<ConnId, Sid>,
    last_conn: u64,
    armed: u64,
    rng: Rng,
}

impl Bench {
    /// A peer that has not begun an election.
    pub(crate) fn new(config: PeerConfig, last_zxid: Zxid, current_epoch: Epoch) -> Self {
        Self {
            side: ElectionSide::new(&config),
            config,
            state: ServerState::Looking,
            last_zxid,
            current_epoch,
            oracle: OracleView::default(),
            now: Micros::ZERO,
            looking_voter: None,
            reachable: true,
            trace: Vec::new(),
            deadlines: BTreeMap::new(),
            dials: VecDeque::new(),
            conns: BTreeMap::new(),
            last_conn: 0,
            armed: 0,
            rng: Rng::new(0),
        }
    }

    pub(crate) fn boot(&mut self) {
        self.act(|side, me, ctx| {
            side.boot(me, ctx);
            Heard::default()
        });
    }

    pub(crate) fn look(&mut self) {
        self.act(|side, me, ctx| Heard {
            outcome: side.look(me, ctx),
            ..Heard::default()
        });
    }

    pub(crate) fn input(&mut self, input: &Input) {
        self.act(|side, me, ctx| side.on_input(input, me, ctx));
    }

    /// A message from `from`, over a connection that is made first where there is none.
    pub(crate) fn receive(&mut self, from: Sid, message: ElectionMessage) {
        if !self.conns.values().any(|sid| *sid == from) {
            self.accept(from);
        }
        let conn = self.conns.iter().find(|(_, sid)| **sid == from);
        if let Some((&conn, _)) = conn {
            self.input(&Input::Received(conn, Message::Election(message)));
        }
    }

    /// Whom a connection leads to.
    pub(crate) fn peer_of(&self, conn: ConnId) -> Option<Sid> {
        self.conns.get(&conn).copied()
    }

    /// Lets `span` pass, each deadline at its own instant.
    pub(crate) fn advance(&mut self, span: Micros) {
        let target = self.now + span;
        while let Some((at, timer)) = self.next_deadline().filter(|(at, _)| *at <= target) {
            self.now = at;
            self.deadlines.remove(&timer);
            self.input(&Input::Fired(timer));
        }
        self.now = target;
    }

    /// The next deadline, if any.
    pub(crate) fn next_deadline(&self) -> Option<(Micros, Timer)> {
        let next = self.deadlines.iter().min_by_key(|(_, when)| **when);
        next.map(|(timer, (at, _))| (*at, *timer))
    }

    fn act(&mut self, act: impl FnOnce(&mut ElectionSide, &Me<'_>, &mut Ctx<'_>) -> Heard) {
        let mut out = Vec::new();
        let me = Me {
            config: &self.config,
            state: self.state,
            last_zxid: self.last_zxid,
            current_epoch: self.current_epoch,
            oracle: self.oracle,
        };
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut self.rng,
            out: &mut out,
        };
        let heard = act(&mut self.side, &me, &mut ctx);
        self.looking_voter = heard.looking_voter;
        if let Some(outcome) = heard.outcome {
            self.state = if outcome.vote.leader == self.config.my_id {
                ServerState::Leading
            } else if self.config.learner_type() == LearnerType::Participant {
                ServerState::Following
            } else {
                ServerState::Observing
            };
        }
        for effect in out {
            self.obey(&effect);
            self.trace.push((self.now, effect));
        }
        while let Some(sid) = self.dials.pop_front() {
            self.connect(sid);
        }
    }

    fn obey(&mut self, effect: &Effect) {
        match effect {
            Effect::Arm { timer, after } => {
                self.armed += 1;
                self.deadlines
                    .insert(*timer, (self.now + *after, self.armed));
            }
            Effect::Disarm(timer) => {
                self.deadlines.remove(timer);
            }
            Effect::Dial { to, .. } => self.dials.push_back(*to),
            Effect::Hangup(conn) => {
                self.conns.remove(conn);
            }
            _ => {}
        }
    }

    /// The peer has dialled `sid`.
    fn connect(&mut self, sid: Sid) {
        if !self.reachable {
            self.input(&Input::Refused(sid, Port::Election));
            return;
        }
        let conn = self.open(sid);
        self.input(&Input::Opened(conn, Route::To(sid, Port::Election)));
        if sid > self.config.my_id {
            // It was a doorbell: the larger sid dials back.
            self.accept(sid);
        }
    }

    /// `sid` has dialled the peer and says who it is.
    fn accept(&mut self, sid: Sid) {
        let conn = self.open(sid);
        self.input(&Input::Opened(conn, Route::Accepted(Port::Election)));
        let greeting = ElectionMessage::Handshake(Handshake {
            protocol_version: -65_536,
            sid,
            addresses: format!("zk{sid}:3888"),
        });
        self.input(&Input::Received(conn, Message::Election(greeting)));
    }

    fn open(&mut self, sid: Sid) -> ConnId {
        self.last_conn += 1;
        let conn = ConnId(self.last_conn);
        self.conns.insert(conn, sid);
        conn
    }
}
