//! Which shape, letter and hue each thing has: the visual grammar as a table.
//!
//! State is shape + fill + letter + word; hue comes last. Hue says which layer speaks: amber the
//! election, blue ZAB, grey heartbeats and the dead, magenta the reader.

use super::scene::Token;
use super::standing::Standing;
use crate::protocol::{Family, Message, QuorumBody, ServerState, Sid};

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
    /// ✓: ACK.
    Ack,
}

impl Glyph {
    /// Every glyph, in the order of the legend.
    pub const ALL: [Self; 7] = [
        Self::Heartbeat,
        Self::HeartbeatReply,
        Self::Ballot,
        Self::Discovery,
        Self::Sync,
        Self::Ack,
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
            Self::Ack => "legend-ack",
        }
    }

    /// Its hue.
    pub const fn hue(self) -> Token {
        match self {
            Self::Heartbeat | Self::HeartbeatReply => Token::Down,
            Self::Ballot | Self::Handshake => Token::Elect,
            Self::Discovery | Self::Sync | Self::Ack => Token::Zab,
        }
    }
}

/// The glyph of a message from a server in state `sender`: a leader's PING asks, a learner's
/// answers.
pub const fn glyph(message: &Message, sender: ServerState) -> Glyph {
    if let Message::Quorum(packet) = message
        && matches!(packet.body, QuorumBody::Ack)
    {
        return Glyph::Ack;
    }
    match message.family() {
        Family::Heartbeat if matches!(sender, ServerState::Leading) => Glyph::Heartbeat,
        Family::Heartbeat => Glyph::HeartbeatReply,
        Family::Ballot => Glyph::Ballot,
        Family::Handshake => Glyph::Handshake,
        Family::Discovery => Glyph::Discovery,
        Family::Sync => Glyph::Sync,
        Family::Broadcast | Family::Client => Glyph::Ack,
    }
}

/// The candidate a ballot names, where the message is a readable ballot.
pub const fn candidate(message: &Message) -> Option<Sid> {
    match message {
        Message::Election(crate::protocol::ElectionMessage::Notification(n)) => Some(n.leader),
        _ => None,
    }
}
