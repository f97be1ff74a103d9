//! A few election sides and ideal wires: connections cost nothing, notifications one fixed delay.
//!
//! Not the simulated world: no loss, no jitter, no other ports. A peer that ends its election takes
//! its role at once and stays there.

use std::collections::BTreeMap;

use zabscope::base::{Micros, Rng};
use zabscope::protocol::note::ElectedHow;
use zabscope::protocol::{
    ConnId, Ctx, Effect, ElectionMessage, ElectionSide, Ensemble, Epoch, Heard, Input, LearnerType,
    Me, Message, Note, OracleView, PeerConfig, Port, Round, Route, ServerState, Sid, Timer, Vote,
    Zxid,
};

#[derive(Debug)]
pub(super) struct Peer {
    pub(super) side: ElectionSide,
    pub(super) state: ServerState,
    pub(super) last_zxid: Zxid,
    pub(super) epoch: Epoch,
    /// When its last election ended, and how.
    pub(super) elected: Option<(Micros, ElectedHow)>,
    pub(super) notes: Vec<Note>,
    config: PeerConfig,
    deadlines: BTreeMap<Timer, u64>,
    rng: Rng,
}

/// Peers, wires and what is under way.
#[derive(Debug)]
pub(super) struct Gossip {
    pub(super) now: Micros,
    pub(super) peers: BTreeMap<i64, Peer>,
    /// Notifications put on a wire so far.
    pub(super) sent: u64,
    ensemble: Ensemble,
    delay: Micros,
    /// Dialler and acceptor.
    wires: BTreeMap<ConnId, (i64, i64)>,
    events: BTreeMap<(Micros, u64), (i64, Event)>,
    seq: u64,
}

#[derive(Debug)]
enum Event {
    Input(Input),
    /// A deadline, which counts only where it was not set again since.
    Deadline(Timer, u64),
}

impl Gossip {
    pub(super) fn new(ensemble: Ensemble, delay: Micros) -> Self {
        Self {
            now: Micros::ZERO,
            peers: BTreeMap::new(),
            sent: 0,
            ensemble,
            delay,
            wires: BTreeMap::new(),
            events: BTreeMap::new(),
            seq: 0,
        }
    }

    /// A process that starts; it does not look for a leader yet.
    pub(super) fn boot(&mut self, sid: i64, last_zxid: Zxid, epoch: Epoch) {
        let config = PeerConfig::sample(Sid(sid), self.ensemble.clone());
        let peer = Peer {
            side: ElectionSide::new(&config),
            state: ServerState::Looking,
            last_zxid,
            epoch,
            elected: None,
            notes: Vec::new(),
            config,
            deadlines: BTreeMap::new(),
            rng: Rng::new(0),
        };
        self.peers.insert(sid, peer);
        self.act(sid, |side, me, ctx| {
            side.boot(me, ctx);
            Heard::default()
        });
    }

    /// A process that has taken a role under `leader` before.
    pub(super) fn settle(&mut self, sid: i64, leader: i64, round: i64, vote_epoch: i64) {
        self.boot(sid, Zxid::make(Epoch(1), 5), Epoch(1));
        let zxid = Zxid::make(Epoch(1), 5);
        let vote = Vote::looking(Sid(leader), zxid, Round(round), Epoch(vote_epoch));
        let peer = self.peer(sid);
        peer.side = peer.side.clone().with_memory(Round(round), Some(vote));
        peer.state = if sid == leader {
            ServerState::Leading
        } else {
            ServerState::Following
        };
    }

    pub(super) fn peer(&mut self, sid: i64) -> &mut Peer {
        self.peers.get_mut(&sid).expect("it was booted")
    }

    /// The main loop finds the peer LOOKING.
    pub(super) fn look(&mut self, sid: i64) {
        self.peer(sid).state = ServerState::Looking;
        self.act(sid, |side, me, ctx| Heard {
            outcome: side.look(me, ctx),
            ..Heard::default()
        });
    }

    /// The process is gone, its sockets close.
    pub(super) fn kill(&mut self, sid: i64) {
        self.peers.remove(&sid);
        let of_sid = |ends: &(i64, i64)| ends.0 == sid || ends.1 == sid;
        let wires = self.wires.iter().filter(|(_, ends)| of_sid(ends));
        let cut: Vec<(ConnId, (i64, i64))> = wires.map(|(conn, ends)| (*conn, *ends)).collect();
        for (conn, (a, b)) in cut {
            self.wires.remove(&conn);
            let other = if a == sid { b } else { a };
            self.after(Micros::ZERO, other, Event::Input(Input::Closed(conn)));
        }
    }

    /// Lets everything happen up to `until`.
    pub(super) fn run_to(&mut self, until: Micros) {
        while let Some(((at, _), (sid, event))) = self.pop(until) {
            self.now = at;
            let Some(peer) = self.peers.get_mut(&sid) else {
                continue;
            };
            let input = match event {
                Event::Input(input) => input,
                Event::Deadline(timer, set) if peer.deadlines.get(&timer) == Some(&set) => {
                    peer.deadlines.remove(&timer);
                    Input::Fired(timer)
                }
                Event::Deadline(..) => continue,
            };
            self.act(sid, |side, me, ctx| side.on_input(&input, me, ctx));
        }
        self.now = until;
    }

    /// The leader each peer holds, by sid, where it has a role.
    pub(super) fn leaders(&self) -> BTreeMap<i64, i64> {
        let settled = self
            .peers
            .iter()
            .filter(|(_, p)| p.state != ServerState::Looking);
        settled
            .filter_map(|(sid, peer)| Some((*sid, peer.side.current_vote()?.leader.0)))
            .collect()
    }

    fn pop(&mut self, until: Micros) -> Option<((Micros, u64), (i64, Event))> {
        let entry = self.events.first_entry()?;
        (entry.key().0 <= until).then(|| entry.remove_entry())
    }

    fn after(&mut self, span: Micros, sid: i64, event: Event) {
        self.seq += 1;
        self.events
            .insert((self.now + span, self.seq), (sid, event));
    }

    fn act(
        &mut self,
        sid: i64,
        act: impl FnOnce(&mut ElectionSide, &Me<'_>, &mut Ctx<'_>) -> Heard,
    ) {
        let now = self.now;
        let mut out = Vec::new();
        let peer = self.peer(sid);
        let me = Me {
            config: &peer.config,
            state: peer.state,
            last_zxid: peer.last_zxid,
            current_epoch: peer.epoch,
            oracle: OracleView::default(),
        };
        let mut ctx = Ctx {
            now,
            rng: &mut peer.rng,
            out: &mut out,
        };
        let heard = act(&mut peer.side, &me, &mut ctx);
        if let Some(outcome) = heard.outcome {
            peer.elected = Some((now, outcome.how));
            peer.state = match peer.config.learner_type() {
                _ if outcome.vote.leader == Sid(sid) => ServerState::Leading,
                LearnerType::Participant => ServerState::Following,
                LearnerType::Observer => ServerState::Observing,
            };
        }
        for effect in out {
            self.obey(sid, effect);
        }
    }

    fn obey(&mut self, sid: i64, effect: Effect) {
        match effect {
            Effect::Dial { to, .. } => self.dial(sid, to),
            Effect::Send(conn, message) => self.send(sid, conn, message),
            Effect::Hangup(conn) => {
                if let Some((a, b)) = self.wires.remove(&conn) {
                    let other = if a == sid { b } else { a };
                    self.after(Micros::ZERO, other, Event::Input(Input::Closed(conn)));
                }
            }
            Effect::Arm { timer, after } => {
                let set = self.seq + 1;
                self.peer(sid).deadlines.insert(timer, set);
                self.after(after, sid, Event::Deadline(timer, set));
            }
            Effect::Disarm(timer) => {
                self.peer(sid).deadlines.remove(&timer);
            }
            Effect::Note(note) => self.peer(sid).notes.push(note),
            _ => {}
        }
    }

    fn dial(&mut self, sid: i64, to: Sid) {
        if !self.peers.contains_key(&to.0) {
            let refused = Input::Refused(to, Port::Election);
            self.after(Micros::ZERO, sid, Event::Input(refused));
            return;
        }
        self.seq += 1;
        let conn = ConnId(self.seq);
        self.wires.insert(conn, (sid, to.0));
        for (end, route) in [
            (sid, Route::To(to, Port::Election)),
            (to.0, Route::Accepted(Port::Election)),
        ] {
            self.after(Micros::ZERO, end, Event::Input(Input::Opened(conn, route)));
        }
    }

    fn send(&mut self, sid: i64, conn: ConnId, message: Message) {
        let Some(&(a, b)) = self.wires.get(&conn) else {
            return;
        };
        let other = if a == sid { b } else { a };
        let handshake = matches!(message, Message::Election(ElectionMessage::Handshake(_)));
        let delay = if handshake { Micros::ZERO } else { self.delay };
        self.sent += u64::from(!handshake);
        self.after(delay, other, Event::Input(Input::Received(conn, message)));
    }
}
