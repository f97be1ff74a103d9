//! One connection: two ends, two lanes, and the dial it begins with.
//!
//! An end's kernel and its process are told apart: a process that died leaves a kernel that
//! answers with FIN and RST, a host without power leaves nothing. Not here: who is told what
//! (`mod.rs`).

use serde::{Deserialize, Serialize};

use super::lane::{Item, Lane, Way};
use super::links::Links;
use super::{Moment, tcp};
use crate::base::Micros;
use crate::protocol::{ConnId, Port, Sid};
use crate::sim::event::{Event, Side, WireEvent};
use crate::sim::node::Node;
use crate::sim::queue::Key;

/// How far one end is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum EndState {
    /// No connection here yet.
    #[default]
    Waiting,
    /// In the acceptor's backlog; its process does not know yet.
    Opening,
    /// A process has it.
    Held,
    /// Its process died, its kernel has not closed it yet.
    Dying,
    /// Closed, reset, or unknown to the kernel that runs now.
    Gone,
}

/// One end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) state: EndState,
    /// When its process will notice that it is over.
    pub(crate) notice: Option<Key>,
}

/// A dial under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Dial {
    since: Micros,
    attempts: u32,
    deadline: Option<Key>,
    retry: Option<Key>,
    /// SYN-ACK or RST on its way back.
    answer: Option<Key>,
}

/// One connection, or the attempt at one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Conn {
    pub(crate) id: ConnId,
    pub(crate) port: Port,
    /// Who dialled.
    pub(crate) from: Node,
    /// Who is dialled: nobody listens but servers.
    pub(crate) to: Sid,
    dialler: End,
    acceptor: End,
    forth: Lane,
    back: Lane,
    dial: Option<Dial>,
    accept: Option<Key>,
}

impl Conn {
    /// An attempt at a connection; [`Conn::begin`] sends its first SYN.
    pub(crate) fn new(id: ConnId, port: Port, from: Node, to: Sid) -> Self {
        Self {
            id,
            port,
            from,
            to,
            dialler: End::default(),
            acceptor: End::default(),
            forth: Lane::default(),
            back: Lane::default(),
            dial: None,
            accept: None,
        }
    }

    pub(crate) const fn end(&self, side: Side) -> &End {
        match side {
            Side::Dialler => &self.dialler,
            Side::Acceptor => &self.acceptor,
        }
    }

    pub(crate) const fn end_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Dialler => &mut self.dialler,
            Side::Acceptor => &mut self.acceptor,
        }
    }

    /// What this side sends.
    pub(crate) const fn lane(&self, side: Side) -> &Lane {
        match side {
            Side::Dialler => &self.forth,
            Side::Acceptor => &self.back,
        }
    }

    pub(crate) const fn lane_mut(&mut self, side: Side) -> &mut Lane {
        match side {
            Side::Dialler => &mut self.forth,
            Side::Acceptor => &mut self.back,
        }
    }

    pub(crate) const fn way(&self, side: Side) -> Way {
        Way {
            conn: self.id,
            side,
            from: self.node(side),
            to: self.node(side.other()),
        }
    }

    /// Whose end this is.
    pub(crate) const fn node(&self, side: Side) -> Node {
        match side {
            Side::Dialler => self.from,
            Side::Acceptor => Node::Server(self.to),
        }
    }

    /// The side this node's process holds.
    pub(crate) fn side_held_by(&self, node: Node) -> Option<Side> {
        Side::BOTH
            .into_iter()
            .find(|side| self.node(*side) == node && self.end(*side).state == EndState::Held)
    }

    /// Sends the first SYN.
    pub(crate) fn begin(&mut self, within: Micros, links: &mut Links, moment: &mut Moment<'_>) {
        let since = moment.now;
        let expires_at = (since + within).min(tcp::dial_gives_up_at(since));
        let deadline = moment
            .queue
            .push(expires_at, Event::Wire(WireEvent::DialExpires(self.id)));
        self.dial = Some(Dial {
            since,
            attempts: 0,
            deadline: Some(deadline),
            retry: None,
            answer: None,
        });
        self.send_syn(links, moment);
    }

    /// Sends a SYN and sets the time of the next.
    pub(crate) fn send_syn(&mut self, links: &mut Links, moment: &mut Moment<'_>) {
        let way = self.way(Side::Dialler);
        let Some(dial) = self.dial.as_mut() else {
            return;
        };
        dial.attempts += 1;
        dial.retry = tcp::syn_retry(dial.since, dial.attempts)
            .map(|at| moment.queue.push(at, Event::Wire(WireEvent::Syn(self.id))));
        if !links.is_blocked(way.from, way.to) && !links.loses(way.from, way.to) {
            let at = moment.now + links.latency(way.from, way.to);
            moment
                .queue
                .push(at, Event::Wire(WireEvent::SynArrives(self.id)));
        }
    }

    /// A SYN reaches the other host, which answers where it can.
    pub(crate) fn syn_arrives(&mut self, links: &mut Links, moment: &mut Moment<'_>) {
        let way = self.way(Side::Dialler);
        // An answer that cannot come back is not given: the SYN counts as lost, the next one may
        // do better.
        if links.is_blocked(way.from, way.to)
            || links.is_cut(way.to, way.from)
            || links.loses(way.to, way.from)
        {
            return;
        }
        if self.acceptor.state == EndState::Waiting && links.is_listening(self.to, self.port) {
            self.acceptor.state = EndState::Opening;
            let wake = links.tables().wake;
            let at = moment.now + links.of_process(way.to, wake);
            self.forth.not_before(at);
            self.accept = Some(
                moment
                    .queue
                    .push(at, Event::Wire(WireEvent::Accept(self.id))),
            );
        }
        let answer = match self.acceptor.state {
            EndState::Opening | EndState::Held | EndState::Dying => WireEvent::SynAck(self.id),
            EndState::Waiting | EndState::Gone => WireEvent::SynReset(self.id),
        };
        self.answer(answer, links, moment);
    }

    fn answer(&mut self, answer: WireEvent, links: &mut Links, moment: &mut Moment<'_>) {
        let way = self.way(Side::Acceptor);
        let Some(dial) = self.dial.as_mut().filter(|dial| dial.answer.is_none()) else {
            return;
        };
        let at = moment.now + links.delay(way.from, way.to);
        self.back.not_before(at);
        dial.answer = Some(moment.queue.push(at, Event::Wire(answer)));
    }

    /// A dial to a name nobody has: refused without a packet.
    pub(crate) fn refuse(&mut self, at: Micros, moment: &mut Moment<'_>) {
        let event = Event::Wire(WireEvent::SynReset(self.id));
        let answer = Some(moment.queue.push(at, event));
        self.dial = Some(Dial {
            since: moment.now,
            attempts: 0,
            deadline: None,
            retry: None,
            answer,
        });
    }

    /// The dial is over; true where there was one.
    pub(crate) fn end_dial(&mut self, moment: &mut Moment<'_>) -> bool {
        let Some(mut dial) = self.dial.take() else {
            return false;
        };
        for slot in [&mut dial.deadline, &mut dial.retry, &mut dial.answer] {
            moment.queue.clear(slot);
        }
        true
    }

    /// The acceptor's process takes the connection; false where it died meanwhile.
    pub(crate) fn take_accepted(&mut self) -> bool {
        self.accept = None;
        let opens = self.acceptor.state == EndState::Opening;
        if opens {
            self.acceptor.state = EndState::Held;
        }
        opens
    }

    /// Sends FIN or RST from `side`, once.
    pub(crate) fn send_end(&mut self, side: Side, links: &mut Links, moment: &mut Moment<'_>) {
        // Before the SYN has arrived nobody knows of the connection.
        if self.lane(side).has_ended() || self.acceptor.state == EndState::Waiting {
            return;
        }
        let item = Item::End {
            sent_at: moment.now,
            arrives_at: None,
        };
        let way = self.way(side);
        // A full lane is stalled; its kernel gives up in time, and the other side has to find out
        // itself.
        let _full = self.lane_mut(side).push(way, item, links, moment);
    }

    /// The end's process will know in a while that the connection is over.
    pub(crate) fn notify(&mut self, side: Side, links: &mut Links, moment: &mut Moment<'_>) {
        let id = self.id;
        let node = self.node(side);
        let end = self.end_mut(side);
        if end.state == EndState::Held && end.notice.is_none() {
            let tables = links.tables();
            let detect = match node {
                Node::Server(_) => tables.detect,
                Node::Client(_) => tables.client_detect,
            };
            let at = moment.now + links.of_process(node, detect);
            let event = Event::Wire(WireEvent::Notice(id, side));
            end.notice = Some(moment.queue.push(at, event));
        }
    }

    /// The end is over for its process and its kernel alike.
    pub(crate) fn leave(&mut self, side: Side, moment: &mut Moment<'_>) {
        let end = self.end_mut(side);
        moment.queue.clear(&mut end.notice);
        end.state = EndState::Gone;
        match side {
            Side::Dialler => {
                self.end_dial(moment);
            }
            Side::Acceptor => moment.queue.clear(&mut self.accept),
        }
    }

    /// True where nobody will ever hear of this connection again.
    pub(crate) fn is_over(&self) -> bool {
        let idle = |end: &End| matches!(end.state, EndState::Waiting | EndState::Gone);
        self.dial.is_none()
            && idle(&self.dialler)
            && idle(&self.acceptor)
            && self.forth.is_empty()
            && self.back.is_empty()
    }

    /// Takes back everything it has in the queue; for a connection that is forgotten.
    pub(crate) fn forget(mut self, moment: &mut Moment<'_>) {
        self.end_dial(moment);
        for side in Side::BOTH {
            self.leave(side, moment);
            self.lane_mut(side).drop_held(moment);
        }
    }
}
