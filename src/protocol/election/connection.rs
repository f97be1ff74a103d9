//! `QuorumCnxManager`: one connection per pair of servers, one waiting message per server.
//!
//! Knows nothing of votes. The larger sid of a pair owns the connection; a smaller one's dial is a
//! doorbell that makes the larger one dial back. There is no automatic reconnection and no
//! heartbeat: a connection comes back when somebody has something to say.
//! Source: `QuorumCnxManager.java`.

use core::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::queue::CircularQueue;
use super::wire::{self, Greeting};
use crate::base::{Map, Micros, Set};
use crate::protocol::config::{Ensemble, PeerConfig};
use crate::protocol::effect::{ConnId, Ctx, Effect, Port, Route, Timer};
use crate::protocol::ids::Sid;
use crate::protocol::message::{ElectionMessage, Handshake, Message, Notification};
use crate::protocol::note::{Malformed, Note};

/// `SEND_CAPACITY`: only the newest vote is ever transmitted to a slow or unreachable peer.
pub const SEND_CAPACITY: u32 = 1;
/// `RECV_CAPACITY`.
pub const RECV_CAPACITY: u32 = 100;

/// The connections, queues and attempts of one server's election port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConnectionManager {
    my_id: Sid,
    /// What this server says of itself as an initiator.
    greeting: Handshake,
    /// Members of the configurations: whom `connectOne` finds an address for.
    known: Set<Sid>,
    cnx_timeout: Micros,
    handshake_timeout: Micros,
    /// The live worker of a sid (`senderWorkerMap`).
    workers: Map<Sid, ConnId>,
    /// The same, by connection.
    peers: Map<ConnId, Sid>,
    /// Accepted, and silent so far.
    unnamed: Set<ConnId>,
    /// Accepted from a peer that claims this server's own id: open, and nobody reads them.
    orphans: Set<ConnId>,
    /// One attempt in progress per sid at most (`inprogressConnections`).
    attempts: Set<Sid>,
    /// `queueSendMap`.
    send_queues: Map<Sid, CircularQueue<Notification>>,
    /// `lastMessageSent`.
    last_sent: Map<Sid, Notification>,
    /// `recvQueue`.
    received: CircularQueue<(Sid, ElectionMessage)>,
}

impl ConnectionManager {
    /// A manager without connections for the member `config.my_id` of `ensemble`.
    pub fn new(config: &PeerConfig, ensemble: &Ensemble) -> Self {
        let mut manager = Self {
            my_id: config.my_id,
            greeting: Handshake {
                protocol_version: wire::SINGLE_ADDRESS,
                sid: config.my_id,
                addresses: String::new(),
            },
            known: Set::new(),
            cnx_timeout: Micros::from_ms(config.cnx_timeout_ms),
            handshake_timeout: config.handshake_timeout(),
            workers: Map::new(),
            peers: Map::new(),
            unnamed: Set::new(),
            orphans: Set::new(),
            attempts: Set::new(),
            send_queues: Map::new(),
            last_sent: Map::new(),
            received: CircularQueue::new(RECV_CAPACITY),
        };
        manager.learn(ensemble);
        manager
    }

    /// Takes the addresses of a configuration: the own one to say, the others' to dial.
    pub fn learn(&mut self, ensemble: &Ensemble) {
        self.known.extend(ensemble.members.keys());
        if let Some(member) = ensemble.members.get(&self.my_id) {
            self.greeting.addresses.clone_from(&member.election_addr);
            self.greeting.protocol_version = if member.election_addr.contains('|') {
                wire::MULTI_ADDRESS
            } else {
                wire::SINGLE_ADDRESS
            };
        }
    }

    /// True for a connection this manager holds.
    pub fn owns(&self, conn: ConnId) -> bool {
        self.peers.contains_key(&conn)
            || self.unnamed.contains(&conn)
            || self.orphans.contains(&conn)
    }

    /// The sid with a live worker on `conn`.
    pub fn peer_of(&self, conn: ConnId) -> Option<Sid> {
        self.peers.get(&conn).copied()
    }

    /// `haveDelivered`: some send queue is empty. False where there is no queue.
    pub fn have_delivered(&self) -> bool {
        self.send_queues.values().any(CircularQueue::is_empty)
    }

    /// The oldest message received and not taken yet.
    pub fn poll(&mut self) -> Option<(Sid, ElectionMessage)> {
        self.received.take()
    }

    /// `toSend`: queues `n` for `to` and sees to a connection; a message to itself is received
    /// at once.
    pub fn to_send(&mut self, to: Sid, n: Notification, ctx: &mut Ctx<'_>) {
        if to == self.my_id {
            self.received.insert((to, ElectionMessage::Notification(n)));
            return;
        }
        self.enqueue(to, n, ctx);
        self.connect_one(to, ctx);
        self.drain(to, ctx);
    }

    /// Puts `n` into the send queue of `to`, where an unsent older one gives way.
    pub fn enqueue(&mut self, to: Sid, n: Notification, ctx: &mut Ctx<'_>) {
        if self.send_queue(to).insert(n).is_some() {
            ctx.note(Note::SendQueueEvicted { to });
        }
    }

    /// `SendWorker`'s loop: hands what is queued to the transport, where there is a worker.
    pub fn drain(&mut self, to: Sid, ctx: &mut Ctx<'_>) {
        let Some(&conn) = self.workers.get(&to) else {
            return;
        };
        while let Some(n) = self.send_queue(to).take() {
            self.last_sent.insert(to, n.clone());
            transmit(conn, n, ctx);
        }
    }

    /// `connectAll`: tries every sid that has a send queue.
    pub fn connect_all(&mut self, ctx: &mut Ctx<'_>) {
        let sids: Vec<Sid> = self.send_queues.keys().copied().collect();
        for sid in sids {
            self.connect_one(sid, ctx);
        }
    }

    /// `connectOne`: nothing where a worker lives or no address is known.
    fn connect_one(&mut self, sid: Sid, ctx: &mut Ctx<'_>) {
        if !self.workers.contains_key(&sid) && self.known.contains(&sid) {
            self.dial(sid, ctx);
        }
    }

    fn dial(&mut self, to: Sid, ctx: &mut Ctx<'_>) {
        if self.attempts.insert(to) {
            ctx.emit(Effect::Dial {
                to,
                port: Port::Election,
                within: self.cnx_timeout,
            });
        }
    }

    /// A dial failed: nothing but the end of the attempt; the retry comes with the next message.
    pub fn on_refused(&mut self, sid: Sid) {
        self.attempts.remove(&sid);
    }

    /// A connection of the election port is there.
    pub fn on_opened(&mut self, conn: ConnId, route: Route, ctx: &mut Ctx<'_>) {
        match route {
            Route::To(sid, Port::Election) => self.on_dialled(conn, sid, ctx),
            Route::Accepted(Port::Election) => {
                self.unnamed.insert(conn);
                ctx.arm(Timer::Handshake(conn), self.handshake_timeout);
            }
            Route::To(_, Port::Quorum | Port::Client)
            | Route::Accepted(Port::Quorum | Port::Client)
            | Route::Client(_) => {}
        }
    }

    fn on_dialled(&mut self, conn: ConnId, sid: Sid, ctx: &mut Ctx<'_>) {
        if !self.attempts.remove(&sid) {
            // Dialled by a manager that a newer configuration has replaced meanwhile.
            ctx.hangup(conn);
            return;
        }
        let greeting = ElectionMessage::Handshake(self.greeting.clone());
        ctx.send(conn, Message::Election(greeting));
        if sid > self.my_id {
            ctx.hangup(conn);
            ctx.note(Note::ChallengeLost { to: sid });
        } else {
            self.start_worker(sid, conn, ctx);
        }
    }

    /// The other side closed the connection, or it broke: the worker ends, nobody reconnects.
    pub fn on_closed(&mut self, conn: ConnId, ctx: &mut Ctx<'_>) {
        self.orphans.remove(&conn);
        if self.unnamed.remove(&conn) {
            ctx.disarm(Timer::Handshake(conn));
        }
        if let Some(sid) = self.peers.remove(&conn) {
            self.workers.remove(&sid);
        }
    }

    /// An accepted connection has not said in time who it is.
    pub fn on_handshake_timeout(&mut self, conn: ConnId, ctx: &mut Ctx<'_>) {
        if self.unnamed.remove(&conn) {
            ctx.hangup(conn);
        }
    }

    /// A message arrived on a connection of the election port.
    pub fn on_received(&mut self, conn: ConnId, message: &ElectionMessage, ctx: &mut Ctx<'_>) {
        if self.unnamed.remove(&conn) {
            ctx.disarm(Timer::Handshake(conn));
            let greeting = match message {
                ElectionMessage::Handshake(handshake) => Greeting::of(handshake),
                ElectionMessage::Raw { bytes } => Greeting::of_bytes(bytes),
                ElectionMessage::Notification(_) => Err(Malformed::Handshake),
            };
            match greeting {
                Ok(greeting) => self.accept(conn, &greeting, ctx),
                Err(fault) => {
                    malformed(None, fault, ctx);
                    ctx.hangup(conn);
                }
            }
        } else if let Some(sid) = self.peer_of(conn) {
            match frame_length(message) {
                Ok(()) => {
                    self.received.insert((sid, message.clone()));
                }
                Err(fault) => {
                    malformed(Some(sid), fault, ctx);
                    self.finish_worker(sid, ctx);
                }
            }
        }
    }

    /// `handleConnection`: the larger sid keeps the connection.
    fn accept(&mut self, conn: ConnId, greeting: &Greeting, ctx: &mut Ctx<'_>) {
        let sid = greeting.sid;
        match sid.cmp(&self.my_id) {
            Ordering::Greater => self.start_worker(sid, conn, ctx),
            Ordering::Equal => {
                // QUIRK(own-id): a warning, and the socket stays open with nobody reading it.
                malformed(Some(sid), Malformed::Handshake, ctx);
                self.orphans.insert(conn);
            }
            Ordering::Less => {
                // QUIRK(doorbell): also a worker in good health ends.
                self.finish_worker(sid, ctx);
                ctx.hangup(conn);
                if greeting.addresses.is_empty() {
                    self.connect_one(sid, ctx);
                } else {
                    // Even a stranger is dialled back where it says it lives.
                    self.dial(sid, ctx);
                }
            }
        }
    }

    /// A worker begins on `conn`; an existing one of that sid ends.
    fn start_worker(&mut self, sid: Sid, conn: ConnId, ctx: &mut Ctx<'_>) {
        self.finish_worker(sid, ctx);
        self.workers.insert(sid, conn);
        self.peers.insert(conn, sid);
        if self.send_queue(sid).is_empty()
            && let Some(last) = self.last_sent.get(&sid)
        {
            // Taken from the queue once and perhaps lost with the former connection.
            transmit(conn, last.clone(), ctx);
        }
        self.drain(sid, ctx);
    }

    fn finish_worker(&mut self, sid: Sid, ctx: &mut Ctx<'_>) {
        if let Some(conn) = self.workers.remove(&sid) {
            self.peers.remove(&conn);
            ctx.hangup(conn);
        }
    }

    /// `halt`: every connection ends, as when the configuration replaces the manager.
    pub fn halt(&mut self, ctx: &mut Ctx<'_>) {
        for &conn in &self.unnamed {
            ctx.disarm(Timer::Handshake(conn));
        }
        let named = self.peers.keys();
        for &conn in named.chain(&self.unnamed).chain(&self.orphans) {
            ctx.hangup(conn);
        }
        self.workers.clear();
        self.peers.clear();
        self.unnamed.clear();
        self.orphans.clear();
    }

    fn send_queue(&mut self, sid: Sid) -> &mut CircularQueue<Notification> {
        self.send_queues
            .get_or_insert_with(sid, || CircularQueue::new(SEND_CAPACITY))
    }
}

fn transmit(conn: ConnId, n: Notification, ctx: &mut Ctx<'_>) {
    let message = ElectionMessage::Notification(n);
    ctx.send(conn, Message::Election(message));
}

pub(super) fn malformed(heard_from: Option<Sid>, fault: Malformed, ctx: &mut Ctx<'_>) {
    ctx.note(Note::Malformed { heard_from, fault });
}

/// What the length prefix of a message on an established connection would be, judged.
fn frame_length(message: &ElectionMessage) -> Result<(), Malformed> {
    match message {
        ElectionMessage::Notification(_) => Ok(()),
        ElectionMessage::Raw { bytes } => {
            wire::check_frame_length(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
        }
        // The first four bytes of its protocolVersion are read as a length.
        ElectionMessage::Handshake(handshake) => {
            wire::check_frame_length(handshake.protocol_version >> 32)
        }
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
