//! Which shape, letter and hue each thing has: the visual grammar as a table.
//!
//! State is shape + fill + letter + word; hue comes last. Hue says which layer speaks: amber the
//! election, blue ZAB, grey heartbeats and the dead, magenta the reader.

use super::scene::Token;
use super::standing::Standing;
use crate::protocol::{ClientMessage, Family, Message, QuorumBody, Sid};
use crate::sim::Side;

/// The outline of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outline {
    /// A hexagon: leads, or means to.
    Hexagon,
    /// A circle: follows.
    Circle,
    /// A diamond: looking.
    Diamond,
    /// A rounded square: observes.
    Square,
}

/// What a body is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fill {
    /// The full hue.
    Solid,
    /// A tint of it.
    Tint,
    /// The background.
    Empty,
    /// Stripes.
    Hatched,
    /// Nothing at all.
    None,
}

/// How a body's edge is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// A line.
    Solid,
    /// Dashes.
    Dashed,
    /// Dots.
    Dotted,
}

/// How a server looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its outline.
    pub outline: Outline,
    /// Its fill.
    pub fill: Fill,
    /// Its edge.
    pub edge: Edge,
    /// The edge's hue.
    pub hue: Token,
    /// The letter of its badge.
    pub letter: &'static str,
    /// The hue of its label.
    pub label: Token,
}

/// The letter of a frozen process.
pub const PAUSED_LETTER: &str = "Ⅱ";

/// How a server of that standing looks.
pub const fn body(standing: Standing) -> Body {
    use Standing as S;
    match standing {
        S::Leading => BLUE,
        S::LeaderElect => Body {
            fill: Fill::Tint,
            edge: Edge::Dashed,
            ..BLUE
        },
        S::Following => FOLLOWER,
        S::Syncing => Body {
            fill: Fill::Empty,
            edge: Edge::Dashed,
            ..FOLLOWER
        },
        S::Observing => Body {
            outline: Outline::Square,
            fill: Fill::Empty,
            letter: "O",
            ..FOLLOWER
        },
        S::Looking => Body {
            outline: Outline::Diamond,
            fill: Fill::Tint,
            letter: "?",
            hue: Token::Elect,
            label: Token::Elect,
            ..BLUE
        },
        S::Stale | S::WithoutQuorum => Body {
            fill: Fill::Hatched,
            edge: Edge::Dashed,
            hue: Token::Elect,
            label: Token::Elect,
            ..BLUE
        },
        S::Down | S::Unplugged => DEAD,
        S::Starting => Body {
            fill: Fill::Empty,
            letter: "…",
            ..DEAD
        },
    }
}

const BLUE: Body = Body {
    outline: Outline::Hexagon,
    fill: Fill::Solid,
    edge: Edge::Solid,
    hue: Token::Zab,
    letter: "L",
    label: Token::Zab,
};

const FOLLOWER: Body = Body {
    outline: Outline::Circle,
    fill: Fill::Tint,
    letter: "F",
    label: Token::Ink,
    ..BLUE
};

const DEAD: Body = Body {
    outline: Outline::Circle,
    fill: Fill::None,
    edge: Edge::Dotted,
    hue: Token::Down,
    letter: "✕",
    label: Token::Down,
};

/// What a message is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Glyph {
    /// •: a leader's PING.
    Heartbeat,
    /// ○: its answer.
    HeartbeatReply,
    /// A card with the candidate's number.
    Ballot,
    /// A small open card: who dialled says its name.
    Handshake,
    /// ›: FOLLOWERINFO, OBSERVERINFO, LEADERINFO, ACKEPOCH.
    Discovery,
    /// »: DIFF, TRUNC, SNAP, NEWLEADER, UPTODATE.
    Sync,
    /// □: PROPOSAL.
    Proposal,
    /// ✓: ACK.
    Ack,
    /// ■: COMMIT and INFORM.
    Commit,
    /// A solid tag: what a client asks, as itself and as a learner passes it on.
    Request,
    /// A hollow tag: its answer.
    Reply,
    /// A dashed tag: a client comes for a session.
    Connect,
}

impl Glyph {
    /// Every glyph, in the order of the legend.
    pub const ALL: [Self; 12] = [
        Self::Heartbeat,
        Self::HeartbeatReply,
        Self::Ballot,
        Self::Discovery,
        Self::Sync,
        Self::Proposal,
        Self::Ack,
        Self::Commit,
        Self::Request,
        Self::Reply,
        Self::Connect,
        Self::Handshake,
    ];

    /// The key of its name in the legend.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Heartbeat => "legend-heartbeat",
            Self::HeartbeatReply => "legend-heartbeat-reply",
            Self::Ballot => "legend-ballot",
            Self::Handshake => "legend-handshake",
            Self::Discovery => "legend-discovery",
            Self::Sync => "legend-sync",
            Self::Proposal => "legend-proposal",
            Self::Ack => "legend-ack",
            Self::Commit => "legend-commit",
            Self::Request => "legend-request",
            Self::Reply => "legend-reply",
            Self::Connect => "legend-connect",
        }
    }

    /// Its hue.
    pub const fn hue(self) -> Token {
        match self {
            Self::Heartbeat | Self::HeartbeatReply => Token::Down,
            Self::Ballot | Self::Handshake => Token::Elect,
            Self::Discovery | Self::Sync | Self::Proposal | Self::Ack | Self::Commit => Token::Zab,
            Self::Request | Self::Reply | Self::Connect => Token::Client,
        }
    }
}

/// The glyph of a message from that end of its connection: learners dial their leader, so a PING
/// from the other end asks and one from the dialler answers; clients dial their server.
pub const fn glyph(message: &Message, side: Side) -> Glyph {
    match message {
        Message::Quorum(packet) => match packet.body {
            QuorumBody::Ack => return Glyph::Ack,
            QuorumBody::Proposal(_) => return Glyph::Proposal,
            QuorumBody::Commit | QuorumBody::Inform(_) => return Glyph::Commit,
            _ => {}
        },
        Message::Client(ClientMessage::Connect(_) | ClientMessage::Connected(_)) => {
            return Glyph::Connect;
        }
        Message::Client(message) if message.is_ping() => {
            return match side {
                Side::Dialler => Glyph::Heartbeat,
                Side::Acceptor => Glyph::HeartbeatReply,
            };
        }
        Message::Client(_) | Message::Election(_) => {}
    }
    match (message.family(), side) {
        (Family::Heartbeat, Side::Acceptor) => Glyph::Heartbeat,
        (Family::Heartbeat, Side::Dialler) => Glyph::HeartbeatReply,
        (Family::Ballot, _) => Glyph::Ballot,
        (Family::Handshake, _) => Glyph::Handshake,
        (Family::Discovery, _) => Glyph::Discovery,
        (Family::Sync, _) => Glyph::Sync,
        (Family::Broadcast, _) => Glyph::Ack,
        (Family::Client, Side::Dialler) => Glyph::Request,
        (Family::Client, Side::Acceptor) => Glyph::Reply,
    }
}

/// The candidate a ballot names, where the message is a readable ballot.
pub const fn candidate(message: &Message) -> Option<Sid> {
    match message {
        Message::Election(crate::protocol::ElectionMessage::Notification(n)) => Some(n.leader),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{QuorumPacket, Zxid};

    fn packet(body: QuorumBody) -> Message {
        let zxid = Zxid(0);
        Message::Quorum(QuorumPacket { zxid, body })
    }

    #[test]
    fn a_ping_asks_from_who_was_dialled_and_answers_from_who_dialled() {
        let ping = packet(QuorumBody::Ping);
        assert_eq!(glyph(&ping, Side::Acceptor), Glyph::Heartbeat);
        assert_eq!(glyph(&ping, Side::Dialler), Glyph::HeartbeatReply);
    }

    #[test]
    fn what_a_learner_passes_on_looks_like_the_request_it_is() {
        let sync = packet(QuorumBody::Sync);
        assert_eq!(glyph(&sync, Side::Dialler), Glyph::Request);
        assert_eq!(glyph(&sync, Side::Acceptor), Glyph::Reply);
        assert_eq!(
            glyph(&packet(QuorumBody::Commit), Side::Acceptor),
            Glyph::Commit
        );
    }
}
