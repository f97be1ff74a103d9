//! One direction of a connection: a first-in-first-out lane with TCP's patience.
//!
//! A frame arrives at max(previous arrival, sent + delay). Where packets do not get through, a
//! lane *stalls*: it holds what it has, its kernel retransmits at 200 ms, doubling, and what it
//! holds goes on its way at the first retransmission after the obstacle is gone. Where only the
//! acknowledgements are lost (the *other* direction is cut), data goes on arriving until the
//! first retransmission is due; then the sender's window is down to that one segment and new data
//! waits.
//!
//! Not here: what the two ends make of it (`conn.rs`).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Moment;
use super::links::Links;
use super::tcp;
use crate::base::Micros;
use crate::protocol::ConnId;
use crate::sim::event::{Event, Side, WireEvent};
use crate::sim::node::Node;
use crate::sim::queue::Key;
use crate::sim::step::Frame;

/// Which lane is meant, and between whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) conn: ConnId,
    /// The side that sends.
    pub(crate) side: Side,
    pub(crate) from: Node,
    pub(crate) to: Node,
}

/// What travels: frames, and at last the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Item {
    /// A message.
    Frame(Frame),
    /// FIN or RST: nothing follows, and the receiver's end is over. Which of the two makes no
    /// difference to a process that only learns that its connection is gone.
    End {
        sent_at: Micros,
        arrives_at: Option<Micros>,
    },
}

impl Item {
    const fn sent_at(&self) -> Micros {
        match self {
            Self::Frame(frame) => frame.sent_at,
            Self::End { sent_at, .. } => *sent_at,
        }
    }

    const fn arrives_at(&self) -> Option<Micros> {
        match self {
            Self::Frame(frame) => frame.arrives_at,
            Self::End { arrives_at, .. } => *arrives_at,
        }
    }

    const fn set_arrival(&mut self, at: Option<Micros>) {
        match self {
            Self::Frame(frame) => frame.arrives_at = at,
            Self::End { arrives_at, .. } => *arrives_at = at,
        }
    }

    const fn set_sent(&mut self, at: Micros) {
        match self {
            Self::Frame(frame) => frame.sent_at = at,
            Self::End { sent_at, .. } => *sent_at = at,
        }
    }

    /// How long it takes, retransmissions included; `None` where all of them are lost.
    fn draw(&self, way: Way, links: &mut Links) -> Option<Micros> {
        let again = links.retransmitting(way.from, way.to)?;
        Some(
            again
                + match self {
                    Self::Frame(_) => links.delay(way.from, way.to),
                    Self::End { .. } => links.latency(way.from, way.to),
                },
        )
    }
}

/// A lane did not take an item: its buffer is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The frames under way in one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Lane {
    items: VecDeque<Item>,
    /// Nothing arrives before this instant.
    last_at: Micros,
    /// The connection opens at the receiver only then.
    opens_at: Micros,
    /// The head's arrival.
    arrival: Option<Key>,
    give_up: Option<Key>,
    /// Since when nothing was acknowledged while something is held.
    stalled_since: Option<Micros>,
    /// When the oldest frame was sent that arrived but whose acknowledgement was lost.
    unacked_since: Option<Micros>,
    /// The end has been sent.
    ended: bool,
}

impl Lane {
    /// How many items a lane holds: a learner that lacks a whole file of `snapCount` transactions
    /// is sent two packets of each. Beyond, the sender's kernel gives the connection up.
    pub(crate) const CAPACITY: usize = 262_144;

    pub(crate) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.items.iter().filter_map(|item| match item {
            Item::Frame(frame) => Some(frame),
            Item::End { .. } => None,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// True where FIN or RST has been sent.
    pub(crate) const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Nothing may arrive before `at`: the connection opens there only then.
    pub(crate) fn not_before(&mut self, at: Micros) {
        self.opens_at = self.opens_at.max(at);
        self.last_at = self.last_at.max(at);
    }

    /// Sends an item.
    pub(crate) fn push(
        &mut self,
        way: Way,
        mut item: Item,
        links: &mut Links,
        moment: &mut Moment<'_>,
    ) -> Result<(), Full> {
        if self.ended {
            return Err(Full);
        }
        if self.items.len() >= Self::CAPACITY {
            self.cut_short();
            return Err(Full);
        }
        self.ended |= matches!(item, Item::End { .. });
        let waits = links.is_blocked(way.from, way.to)
            || self.window_is_shut(way, links, moment.now)
            || self.items.back().is_some_and(|i| i.arrives_at().is_none());
        let delay = if waits { None } else { item.draw(way, links) };
        if let Some(delay) = delay {
            self.last_at = self.last_at.max(moment.now + delay);
            item.set_arrival(Some(self.last_at));
            self.items.push_back(item);
            self.schedule(way, moment);
        } else {
            let since = self.unacked_since.unwrap_or(moment.now);
            self.stalled_since.get_or_insert(since);
            self.items.push_back(item);
            self.arm_give_up(way, moment);
        }
        Ok(())
    }

    /// The newest frame makes room for the end: after a gap nothing may follow.
    fn cut_short(&mut self) {
        if let Some(newest) = self.items.back_mut() {
            *newest = Item::End {
                sent_at: newest.sent_at(),
                arrives_at: newest.arrives_at(),
            };
        }
        self.ended = true;
    }

    /// The way no longer delays or loses: what was to be sent again and again gets through the next
    /// time.
    pub(crate) fn hasten(&mut self, way: Way, links: &mut Links, moment: &mut Moment<'_>) {
        let mut earliest = moment.now.max(self.opens_at);
        for item in &mut self.items {
            let again = tcp::next_retransmission(item.sent_at(), moment.now);
            let (Some(at), Some(again)) = (item.arrives_at(), again) else {
                break;
            };
            if at > again {
                let sooner = again + links.latency(way.from, way.to);
                item.set_arrival(Some(at.min(sooner.max(earliest))));
            }
            earliest = earliest.max(item.arrives_at().unwrap_or(at));
        }
        self.last_at = earliest;
        moment.queue.clear(&mut self.arrival);
        self.schedule(way, moment);
    }

    /// The ways have changed: hold what cannot arrive, let go what can.
    pub(crate) fn refresh(&mut self, way: Way, links: &mut Links, moment: &mut Moment<'_>) {
        if !links.is_cut(way.to, way.from) {
            self.unacked_since = None;
        }
        if links.is_blocked(way.from, way.to) {
            self.hold(way, moment);
        } else if !self.window_is_shut(way, links, moment.now) {
            self.release(way, links, moment);
        }
        if self.stalled_since.is_none() && self.unacked_since.is_none() {
            moment.queue.clear(&mut self.give_up);
        }
    }

    fn hold(&mut self, way: Way, moment: &mut Moment<'_>) {
        let Some(first) = self.items.front() else {
            return;
        };
        self.stalled_since.get_or_insert_with(|| first.sent_at());
        for item in &mut self.items {
            item.set_arrival(None);
        }
        moment.queue.clear(&mut self.arrival);
        self.arm_give_up(way, moment);
    }

    fn release(&mut self, way: Way, links: &mut Links, moment: &mut Moment<'_>) {
        let Some(since) = self.stalled_since else {
            return;
        };
        let Some(again_at) = tcp::next_retransmission(since, moment.now) else {
            return;
        };
        for item in &mut self.items {
            if item.arrives_at().is_none() {
                let Some(delay) = item.draw(way, links) else {
                    break; // a lossy link lost it again and again; what follows waits as well
                };
                item.set_sent(again_at);
                self.last_at = self.last_at.max(again_at + delay);
                item.set_arrival(Some(self.last_at));
            }
        }
        self.schedule(way, moment);
    }

    /// True where acknowledgements are lost and the first retransmission is already due.
    fn window_is_shut(&self, way: Way, links: &Links, now: Micros) -> bool {
        self.unacked_since
            .is_some_and(|since| now >= since + tcp::RTO_MIN)
            && links.is_cut(way.to, way.from)
    }

    fn schedule(&mut self, way: Way, moment: &mut Moment<'_>) {
        if self.arrival.is_none()
            && let Some(at) = self.items.front().and_then(Item::arrives_at)
        {
            let event = Event::Wire(WireEvent::Arrive(way.conn, way.side));
            self.arrival = Some(moment.queue.push(at, event));
        }
    }

    fn arm_give_up(&mut self, way: Way, moment: &mut Moment<'_>) {
        let Some(since) = self.stalled_since.or(self.unacked_since) else {
            return;
        };
        let at = if self.ended {
            tcp::forgets_orphan_at(since)
        } else {
            tcp::gives_up_at(since)
        };
        moment.queue.clear(&mut self.give_up);
        let event = Event::Wire(WireEvent::GiveUp(way.conn, way.side));
        self.give_up = Some(moment.queue.push(at.max(moment.now), event));
    }

    /// The head arrives: takes it out.
    pub(crate) fn arrive(
        &mut self,
        way: Way,
        links: &Links,
        moment: &mut Moment<'_>,
    ) -> Option<Item> {
        self.arrival = None;
        let item = self.items.pop_front()?;
        if links.is_cut(way.to, way.from) {
            self.unacked_since.get_or_insert_with(|| item.sent_at());
            if self.give_up.is_none() {
                self.arm_give_up(way, moment);
            }
        } else if self.stalled_since.take().is_some() {
            moment.queue.clear(&mut self.give_up);
        }
        // Behind it may be what a lossy way lost again and again: that is still unacknowledged.
        let lost = self.items.iter().find(|item| item.arrives_at().is_none());
        if self.stalled_since.is_none()
            && let Some(lost) = lost
        {
            self.stalled_since = Some(lost.sent_at());
            self.arm_give_up(way, moment);
        }
        self.schedule(way, moment);
        Some(item)
    }

    /// Delays a frame that is on the wire; what follows cannot overtake it. Where `by` is `None`
    /// the frame is lost, and its kernel sends it again.
    pub(crate) fn interfere(
        &mut self,
        way: Way,
        (frame, by): (u64, Option<Micros>),
        links: &mut Links,
        moment: &mut Moment<'_>,
    ) -> bool {
        let is_it = |item: &Item| matches!(item, Item::Frame(found) if found.id == frame);
        let Some(index) = self.items.iter().position(is_it) else {
            return false;
        };
        let mut earliest = Micros::ZERO;
        for (n, item) in self.items.iter_mut().enumerate().skip(index) {
            let Some(at) = item.arrives_at() else {
                break;
            };
            let at = match by {
                Some(by) if n == index => at + by,
                None if n == index => {
                    let again = tcp::next_retransmission(item.sent_at(), moment.now);
                    let Some((again, delay)) = again.zip(item.draw(way, links)) else {
                        return false;
                    };
                    item.set_sent(again);
                    again + delay
                }
                Some(_) | None => at,
            };
            earliest = earliest.max(at);
            item.set_arrival(Some(earliest));
        }
        self.last_at = self.last_at.max(earliest);
        if index == 0 {
            moment.queue.clear(&mut self.arrival);
            self.schedule(way, moment);
        }
        true
    }

    /// The sending kernel is gone, or has given up: nothing it still held will ever arrive, nor
    /// what followed that. What is on the wire before does.
    pub(crate) fn drop_held(&mut self, moment: &mut Moment<'_>) {
        let before = self.items.len();
        let is_held = |item: &Item| item.arrives_at().is_none() || item.sent_at() > moment.now;
        let kept = self.items.iter().position(is_held).unwrap_or(before);
        self.items.truncate(kept);
        if self.items.is_empty() {
            moment.queue.clear(&mut self.arrival);
        }
        if self.items.len() < before {
            self.ended = false;
        }
        self.stalled_since = None;
        self.unacked_since = None;
        moment.queue.clear(&mut self.give_up);
    }
}
