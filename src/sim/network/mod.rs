//! The wires: TCP-like connections between nodes, with everything that can become of them.
//!
//! Ordered, in flight, refused, reset, closed, silent. The network knows kernels and sockets; it
//! does not know what a process does with what it is handed ([`Signal`]), nor when it is too busy
//! to take it. Connections that are over are forgotten with their last frame.

mod conn;
mod lane;
mod links;
pub mod profile;
mod tcp;

use serde::{Deserialize, Serialize};

use conn::{Conn, EndState};
use lane::{Full, Item};
pub use links::LinkProfile;
pub(crate) use links::{LinkFaults, Links, Shape};
pub use profile::Profile;

use super::event::{Side, WireEvent};
use super::node::Node;
use super::queue::EventQueue;
use super::step::Frame;
use crate::base::{Map, Micros, Rng, Set};
use crate::protocol::{ConnId, Message, Port, Sid};

/// The present instant, and where the future is kept.
#[derive(Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) now: Micros,
    pub(crate) queue: &'a mut EventQueue,
}

/// What the network hands to a process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Signal {
    /// A connection opened.
    Opened {
        conn: ConnId,
        peer: Node,
        port: Port,
        side: Side,
    },
    /// A dial failed.
    Refused { peer: Sid, port: Port },
    /// A connection is gone.
    Closed { conn: ConnId, peer: Node },
    /// A frame.
    Frame(Frame),
}

/// What became of a wire event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing anybody can see.
    Nothing,
    /// A process is told something.
    Tell(Node, Signal),
    /// A frame ended where nobody was.
    Lost(Frame),
}

/// A connection that is open at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Its number.
    pub conn: ConnId,
    /// Who dialled.
    pub dialler: Node,
    /// Who accepted.
    pub acceptor: Sid,
    /// The acceptor's port.
    pub port: Port,
}

/// All connections.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Network {
    conns: Map<ConnId, Conn>,
    links: Links,
    members: Set<Sid>,
    next_conn: u64,
    next_flight: u64,
}

impl Network {
    /// How many connections and attempts may exist; a dial beyond is refused at once.
    pub(crate) const CAPACITY: usize = 16_384;

    pub(crate) fn new(
        root: Rng,
        profile: Profile,
        special: &[LinkProfile],
        members: Set<Sid>,
    ) -> Self {
        Self {
            conns: Map::new(),
            links: Links::new(root, profile, special),
            members,
            next_conn: 0,
            next_flight: 0,
        }
    }

    pub(crate) const fn links(&self) -> &Links {
        &self.links
    }

    pub(crate) const fn links_mut(&mut self) -> &mut Links {
        &mut self.links
    }

    /// Frames under way, by connection, the dialler's first, oldest first.
    pub(crate) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.sided_frames().map(|(_, frame)| frame)
    }

    /// The same, each with the end that sent it.
    pub(crate) fn sided_frames(&self) -> impl Iterator<Item = (Side, &Frame)> {
        self.conns
            .values()
            .flat_map(|conn| Side::BOTH.map(|side| (side, conn.lane(side))))
            .flat_map(|(side, lane)| lane.frames().map(move |frame| (side, frame)))
    }

    /// Connections open at both ends.
    pub(crate) fn connections(&self) -> impl Iterator<Item = Connection> + '_ {
        self.conns.values().filter_map(|conn| {
            let open = |side| conn.end(side).state == EndState::Held;
            (open(Side::Dialler) && open(Side::Acceptor)).then_some(Connection {
                conn: conn.id,
                dialler: conn.from,
                acceptor: conn.to,
                port: conn.port,
            })
        })
    }

    /// A process dials.
    pub(crate) fn dial(
        &mut self,
        from: Node,
        (to, port): (Sid, Port),
        within: Micros,
        moment: &mut Moment<'_>,
    ) {
        let id = ConnId(self.next_conn);
        self.next_conn += 1;
        let mut conn = Conn::new(id, port, from, to);
        if self.members.contains(&to) && self.conns.len() < Self::CAPACITY {
            conn.begin(within, &mut self.links, moment);
        } else {
            let wake = self.links.tables().wake;
            let at = moment.now + self.links.of_process(from, wake);
            conn.refuse(at, moment);
        }
        self.conns.insert(id, conn);
    }

    /// A process sends; the frame's number, or `None` where the connection is gone.
    pub(crate) fn send(
        &mut self,
        from: Node,
        id: ConnId,
        message: Message,
        moment: &mut Moment<'_>,
    ) -> Option<u64> {
        let conn = self.conns.get_mut(&id)?;
        let side = conn.side_held_by(from)?;
        let way = conn.way(side);
        let frame = Frame {
            id: self.next_flight,
            conn: id,
            from,
            to: way.to,
            sent_at: moment.now,
            arrives_at: None,
            message,
        };
        let item = Item::Frame(frame);
        if let Err(Full) = conn.lane_mut(side).push(way, item, &mut self.links, moment) {
            conn.notify(side, &mut self.links, moment);
            return None;
        }
        let number = self.next_flight;
        self.next_flight += 1;
        Some(number)
    }

    /// A process closes its end.
    pub(crate) fn hangup(&mut self, node: Node, id: ConnId, moment: &mut Moment<'_>) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        if let Some(side) = conn.side_held_by(node) {
            conn.leave(side, moment);
            conn.send_end(side, &mut self.links, moment);
            self.retire(id, moment);
        }
    }

    /// A kernel has no room for what arrives: both ends learn that the connection is over.
    pub(crate) fn reset(&mut self, node: Node, id: ConnId, moment: &mut Moment<'_>) {
        if let Some(conn) = self.conns.get_mut(&id)
            && let Some(side) = conn.side_held_by(node)
        {
            conn.notify(side, &mut self.links, moment);
            conn.send_end(side, &mut self.links, moment);
        }
    }

    /// A process died: it sends and hears nothing more; its kernel closes the sockets in a while.
    pub(crate) fn process_died(&mut self, node: Node, moment: &mut Moment<'_>) {
        self.links.unlisten_all(node);
        for conn in self.conns.values_mut() {
            for side in Side::BOTH {
                let state = conn.end(side).state;
                if conn.node(side) == node && state != EndState::Gone {
                    // An acceptor that waits has no socket; a dialler that waits has one.
                    let has_socket = side == Side::Dialler || state != EndState::Waiting;
                    if has_socket {
                        conn.leave(side, moment);
                        conn.end_mut(side).state = EndState::Dying;
                    }
                }
            }
        }
    }

    /// The kernel has closed a dead process's sockets: the other ends will hear of it.
    pub(crate) fn sockets_closed(&mut self, node: Node, moment: &mut Moment<'_>) {
        self.each(moment, |conn, links, moment| {
            for side in Side::BOTH {
                let is_its_own = conn.node(side) == node;
                let end = conn.end_mut(side);
                if is_its_own && end.state == EndState::Dying {
                    end.state = EndState::Gone;
                    conn.send_end(side, links, moment);
                }
            }
        });
    }

    /// The host lost its power: nobody is told, what is on the wire arrives.
    pub(crate) fn host_died(&mut self, node: Node, moment: &mut Moment<'_>) {
        self.links.unlisten_all(node);
        self.links.go_dark(node);
        self.each(moment, |conn, links, moment| {
            for side in Side::BOTH {
                if conn.node(side) == node {
                    if side == Side::Dialler || conn.end(side).state != EndState::Waiting {
                        conn.leave(side, moment);
                    }
                    conn.lane_mut(side).drop_held(moment);
                }
            }
            refresh(conn, links, moment);
        });
    }

    /// The host has power again; its kernel knows none of the old connections.
    pub(crate) fn host_is_back(&mut self, node: Node, moment: &mut Moment<'_>) {
        self.links.light_up(node);
        self.each(moment, refresh);
    }

    /// Other links are cut, slow or lossy from now on.
    pub(crate) fn set_faults(&mut self, faults: LinkFaults, moment: &mut Moment<'_>) {
        let relieved = self.links.set_faults(faults);
        self.each(moment, |conn, links, moment| {
            refresh(conn, links, moment);
            for side in Side::BOTH {
                let way = conn.way(side);
                if relieved.contains(&(way.from, way.to)) {
                    conn.lane_mut(side).hasten(way, links, moment);
                }
            }
        });
    }

    /// Delays a frame by so much, or lets it be lost on the way; false where no such frame is on
    /// the wire.
    pub(crate) fn interfere(
        &mut self,
        frame: u64,
        by: Option<Micros>,
        moment: &mut Moment<'_>,
    ) -> bool {
        for conn in self.conns.values_mut() {
            for side in Side::BOTH {
                let way = conn.way(side);
                let lane = conn.lane_mut(side);
                if lane.interfere(way, (frame, by), &mut self.links, moment) {
                    return true;
                }
            }
        }
        false
    }

    /// Where a frame is: when it was sent, and when it arrives.
    pub(crate) fn frame(&self, id: u64) -> Option<&Frame> {
        self.frames().find(|frame| frame.id == id)
    }

    /// Does something to every connection and forgets those that are over.
    fn each(
        &mut self,
        moment: &mut Moment<'_>,
        mut act: impl FnMut(&mut Conn, &mut Links, &mut Moment<'_>),
    ) {
        for conn in self.conns.values_mut() {
            act(conn, &mut self.links, moment);
        }
        let over: Vec<ConnId> = self
            .conns
            .values()
            .filter(|conn| conn.is_over())
            .map(|conn| conn.id)
            .collect();
        for id in over {
            self.retire(id, moment);
        }
    }

    fn retire(&mut self, id: ConnId, moment: &mut Moment<'_>) {
        if self.conns.get(&id).is_some_and(Conn::is_over)
            && let Some(conn) = self.conns.remove(&id)
        {
            conn.forget(moment);
        }
    }

    /// Lets one of the network's own events happen.
    pub(crate) fn happen(&mut self, event: WireEvent, moment: &mut Moment<'_>) -> Outcome {
        let (WireEvent::Syn(id)
        | WireEvent::SynArrives(id)
        | WireEvent::SynAck(id)
        | WireEvent::SynReset(id)
        | WireEvent::DialExpires(id)
        | WireEvent::Accept(id)
        | WireEvent::Arrive(id, _)
        | WireEvent::GiveUp(id, _)
        | WireEvent::Notice(id, _)) = event;
        let Some(conn) = self.conns.get_mut(&id) else {
            return Outcome::Nothing; // a SYN of a dial that is over
        };
        let links = &mut self.links;
        let outcome = match event {
            WireEvent::Syn(_) => {
                conn.send_syn(links, moment);
                Outcome::Nothing
            }
            WireEvent::SynArrives(_) => {
                conn.syn_arrives(links, moment);
                Outcome::Nothing
            }
            WireEvent::SynAck(_) => {
                conn.end_dial(moment);
                conn.end_mut(Side::Dialler).state = EndState::Held;
                opened(conn, Side::Dialler)
            }
            WireEvent::SynReset(_) => refused(conn, moment),
            WireEvent::DialExpires(_) => {
                let outcome = refused(conn, moment);
                conn.send_end(Side::Dialler, links, moment);
                outcome
            }
            WireEvent::Accept(_) if conn.take_accepted() => opened(conn, Side::Acceptor),
            WireEvent::Accept(_) => Outcome::Nothing,
            WireEvent::Arrive(_, side) => arrive(conn, side, links, moment),
            WireEvent::GiveUp(_, side) => {
                conn.lane_mut(side).drop_held(moment);
                conn.notify(side, links, moment);
                Outcome::Nothing
            }
            WireEvent::Notice(_, side) => noticed(conn, side, moment),
        };
        self.retire(id, moment);
        outcome
    }
}

fn refresh(conn: &mut Conn, links: &mut Links, moment: &mut Moment<'_>) {
    for side in Side::BOTH {
        let way = conn.way(side);
        conn.lane_mut(side).refresh(way, links, moment);
    }
}

fn opened(conn: &Conn, side: Side) -> Outcome {
    let way = conn.way(side);
    Outcome::Tell(
        way.from,
        Signal::Opened {
            conn: conn.id,
            peer: way.to,
            port: conn.port,
            side,
        },
    )
}

fn refused(conn: &mut Conn, moment: &mut Moment<'_>) -> Outcome {
    let way = conn.way(Side::Dialler);
    conn.leave(Side::Dialler, moment);
    Outcome::Tell(
        way.from,
        Signal::Refused {
            peer: conn.to,
            port: conn.port,
        },
    )
}

fn noticed(conn: &mut Conn, side: Side, moment: &mut Moment<'_>) -> Outcome {
    let way = conn.way(side);
    conn.end_mut(side).notice = None;
    conn.leave(side, moment);
    conn.lane_mut(side).drop_held(moment);
    Outcome::Tell(
        way.from,
        Signal::Closed {
            conn: conn.id,
            peer: way.to,
        },
    )
}

/// The head of the lane that `side` sends on arrives.
fn arrive(conn: &mut Conn, side: Side, links: &mut Links, moment: &mut Moment<'_>) -> Outcome {
    let (way, receiver) = (conn.way(side), side.other());
    match conn.lane_mut(side).arrive(way, links, moment) {
        None => Outcome::Nothing,
        Some(Item::End { .. }) => {
            conn.notify(receiver, links, moment);
            Outcome::Nothing
        }
        Some(Item::Frame(frame)) => match conn.end(receiver).state {
            EndState::Held => Outcome::Tell(way.to, Signal::Frame(frame)),
            EndState::Waiting | EndState::Opening | EndState::Dying => Outcome::Lost(frame),
            EndState::Gone => {
                conn.send_end(receiver, links, moment);
                Outcome::Lost(frame)
            }
        },
    }
}

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;
