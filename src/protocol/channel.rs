//! The receiving end of a leader/learner connection, as the thread that reads it sees it.
//!
//! A thread that waits for a quorum or for its disk does not read: what arrives meanwhile stays in
//! the socket, the end of the stream included, and the read time-out does not run.
//! Source: `LearnerHandler.java, run`; `Learner.java, readPacket`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::message::{Message, QuorumPacket};

/// More than any honest peer sends ahead; the stream ends here.
const CAPACITY: usize = 262_144;

/// What arrived and was not read yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Channel {
    inbox: VecDeque<Message>,
    ended: bool,
    waiting: bool,
}

/// What one read yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A packet.
    Packet(QuorumPacket),
    /// Something that is no packet of this channel.
    Garbage,
    /// The other side closed, and everything it sent has been read.
    End,
    /// Nothing there: the read blocks from now on, so its time-out starts.
    Blocks,
    /// Nothing there still: the read blocks already.
    StillBlocks,
}

impl Channel {
    /// A message arrived.
    pub(super) fn push(&mut self, message: Message) {
        if self.inbox.len() < CAPACITY && !self.ended {
            self.inbox.push_back(message);
        } else {
            self.ended = true;
        }
    }

    /// The other side closed.
    pub(super) const fn end(&mut self) {
        self.ended = true;
    }

    /// Reads once.
    pub(super) fn read(&mut self) -> Read {
        match self.inbox.pop_front() {
            Some(message) => {
                self.waiting = false;
                match message {
                    Message::Quorum(packet) => Read::Packet(packet),
                    Message::Election(_) | Message::Client(_) => Read::Garbage,
                }
            }
            None if self.ended => Read::End,
            None if self.waiting => Read::StillBlocks,
            None => {
                self.waiting = true;
                Read::Blocks
            }
        }
    }

    /// True while a read blocks, that is while its time-out runs.
    pub(super) const fn blocks(&self) -> bool {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ElectionMessage, QuorumBody, Zxid};

    fn ping(zxid: i64) -> QuorumPacket {
        QuorumPacket {
            zxid: Zxid(zxid),
            body: QuorumBody::Ping,
        }
    }

    #[test]
    fn the_end_is_seen_only_after_everything_sent_before_it() {
        let mut channel = Channel::default();
        channel.push(Message::Quorum(ping(1)));
        channel.end();
        channel.push(Message::Quorum(ping(2)));
        assert_eq!(channel.read(), Read::Packet(ping(1)));
        assert_eq!(channel.read(), Read::End);
        assert_eq!(channel.read(), Read::End);
    }

    #[test]
    fn a_blocked_read_starts_its_timeout_once_per_packet() {
        let mut channel = Channel::default();
        assert_eq!(channel.read(), Read::Blocks);
        assert_eq!(channel.read(), Read::StillBlocks);
        assert!(channel.blocks());
        channel.push(Message::Quorum(ping(1)));
        assert_eq!(channel.read(), Read::Packet(ping(1)));
        assert!(!channel.blocks());
        assert_eq!(channel.read(), Read::Blocks);
    }

    #[test]
    fn a_message_of_the_election_port_is_garbage_here() {
        let mut channel = Channel::default();
        channel.push(Message::Election(ElectionMessage::Raw {
            bytes: [1_u8].into(),
        }));
        assert_eq!(channel.read(), Read::Garbage);
    }

    #[test]
    fn a_flood_ends_the_stream_instead_of_growing_for_ever() {
        let mut channel = Channel::default();
        for _ in 0..=CAPACITY {
            channel.push(Message::Quorum(ping(1)));
        }
        let read = core::iter::repeat_with(|| channel.read())
            .take_while(|read| *read != Read::End)
            .count();
        assert_eq!(read, CAPACITY);
    }
}
