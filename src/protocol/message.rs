//! Everything that travels between servers, with the label and the family it is drawn by.
//!
//! Byte layouts are in `election::wire`; here are the values. Source: `FastLeaderElection.java`,
//! `QuorumCnxManager.java`, `Leader.java`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::{Epoch, Round, ServerState, SessionId, Sid, Zxid};
use super::server::request::{ClientMessage, Request};
use super::server::{Snapshot, Txn};

/// One message on a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "channel")]
pub enum Message {
    /// On the election port.
    Election(ElectionMessage),
    /// On the quorum port, between a leader and its learner.
    Quorum(QuorumPacket),
    /// On the client port.
    Client(ClientMessage),
}

/// A message on the election port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum ElectionMessage {
    /// The initiator's first message.
    Handshake(Handshake),
    /// A vote.
    Notification(Notification),
    /// Bytes as a broken or hostile peer may send them: an election frame without its length
    /// prefix.
    Raw {
        /// The frame's content.
        bytes: Arc<[u8]>,
    },
}

/// The initiator's first message on an election connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handshake {
    /// −65536 with one address, −65535 with several.
    pub protocol_version: i64,
    /// The initiator.
    pub sid: Sid,
    /// `host:port[|host:port…]` of its election port.
    pub addresses: String,
}

/// A vote as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The sender's state.
    pub state: ServerState,
    /// The leader it votes for.
    pub leader: Sid,
    /// That leader's last logged zxid.
    pub zxid: Zxid,
    /// The sender's round.
    pub election_epoch: Round,
    /// That leader's currentEpoch.
    pub peer_epoch: Epoch,
    /// Format version; 2 from this engine.
    pub version: i32,
    /// The sender's committed configuration as text, absent from old versions.
    pub config: Option<Arc<str>>,
}

/// A packet on the leader/learner channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuorumPacket {
    /// The packet's zxid field; its meaning depends on the kind.
    pub zxid: Zxid,
    /// The packet's type with its data.
    pub body: QuorumBody,
}

/// A packet's type and data. Numbers are the wire's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "type")]
pub enum QuorumBody {
    /// 11: a follower's first packet.
    FollowerInfo(LearnerInfo),
    /// 16: an observer's first packet.
    ObserverInfo(LearnerInfo),
    /// 17: the new epoch.
    LeaderInfo {
        /// 0x10000.
        protocol_version: i32,
    },
    /// 18: the learner's old currentEpoch, or −1.
    AckEpoch {
        /// −1 where it must not count as a second ack.
        current_epoch: Epoch,
    },
    /// 13: the learner is a prefix; proposals follow.
    Diff,
    /// 14: the learner must forget what is above the packet's zxid.
    Trunc,
    /// 15: the learner's state is replaced by this one; the packet's zxid may be older.
    Snap(Arc<Snapshot>),
    /// 10: synchronisation data is complete.
    NewLeader,
    /// 3: acknowledges NEWLEADER or a proposal.
    Ack,
    /// 12: the leader serves.
    UpToDate,
    /// 5: heartbeat and its answer.
    Ping,
    /// 2: a transaction the leader proposes.
    Proposal(Arc<Txn>),
    /// 4: a quorum has logged the transaction of the packet's zxid.
    Commit,
    /// 8: a transaction that is committed, for observers.
    Inform(Arc<Txn>),
    /// 5: a learner's answer where its clients were heard of.
    Touched {
        /// The sessions with their timeouts, ms.
        sessions: Vec<(SessionId, i64)>,
    },
    /// 6: a learner asks whether a session lives.
    Revalidate {
        /// Which.
        session: SessionId,
        /// The timeout it has there, ms.
        timeout_ms: i64,
    },
    /// 6: the leader's answer.
    Revalidated {
        /// Which.
        session: SessionId,
        /// Whether it lives.
        is_valid: bool,
    },
    /// 1: a learner's client wants something of the leader.
    Request(Request),
    /// 7: the learner's oldest sync is answered.
    Sync,
}

/// Data of FOLLOWERINFO and OBSERVERINFO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LearnerInfo {
    /// The learner.
    pub sid: Sid,
    /// 0x10000.
    pub protocol_version: i32,
    /// Version of its configuration.
    pub config_version: i64,
}

/// Which layer of the system speaks: decides hue and glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// Connection set-up on the election port.
    Handshake,
    /// Ballots.
    Ballot,
    /// FOLLOWERINFO, LEADERINFO, ACKEPOCH.
    Discovery,
    /// DIFF, TRUNC, SNAP, NEWLEADER, its ACK, UPTODATE.
    Sync,
    /// PING and its answer.
    Heartbeat,
    /// PROPOSAL, ACK, COMMIT.
    Broadcast,
    /// Client traffic.
    Client,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Handshake,
        Self::Ballot,
        Self::Discovery,
        Self::Sync,
        Self::Heartbeat,
        Self::Broadcast,
        Self::Client,
    ];

    /// How many there are.
    pub const COUNT: usize = 7;

    /// Its place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl QuorumPacket {
    /// The wire number of the packet's type.
    pub const fn type_number(&self) -> i32 {
        match self.body {
            QuorumBody::Proposal(_) => 2,
            QuorumBody::Ack => 3,
            QuorumBody::Request(_) => 1,
            QuorumBody::Ping | QuorumBody::Touched { .. } => 5,
            QuorumBody::Revalidate { .. } | QuorumBody::Revalidated { .. } => 6,
            QuorumBody::Sync => 7,
            QuorumBody::Commit => 4,
            QuorumBody::Inform(_) => 8,
            QuorumBody::NewLeader => 10,
            QuorumBody::FollowerInfo(_) => 11,
            QuorumBody::UpToDate => 12,
            QuorumBody::Diff => 13,
            QuorumBody::Trunc => 14,
            QuorumBody::Snap(_) => 15,
            QuorumBody::ObserverInfo(_) => 16,
            QuorumBody::LeaderInfo { .. } => 17,
            QuorumBody::AckEpoch { .. } => 18,
        }
    }
}

impl Message {
    /// `ZooKeeper`'s name for it.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Election(ElectionMessage::Handshake(_)) => "HANDSHAKE",
            Self::Election(ElectionMessage::Notification(_)) => "NOTIFICATION",
            Self::Election(ElectionMessage::Raw { .. }) => "RAW",
            Self::Client(message) => message.label(),
            Self::Quorum(packet) => match packet.body {
                QuorumBody::FollowerInfo(_) => "FOLLOWERINFO",
                QuorumBody::ObserverInfo(_) => "OBSERVERINFO",
                QuorumBody::LeaderInfo { .. } => "LEADERINFO",
                QuorumBody::AckEpoch { .. } => "ACKEPOCH",
                QuorumBody::Diff => "DIFF",
                QuorumBody::Trunc => "TRUNC",
                QuorumBody::Snap(_) => "SNAP",
                QuorumBody::NewLeader => "NEWLEADER",
                QuorumBody::Ack => "ACK",
                QuorumBody::UpToDate => "UPTODATE",
                QuorumBody::Ping | QuorumBody::Touched { .. } => "PING",
                QuorumBody::Revalidate { .. } | QuorumBody::Revalidated { .. } => "REVALIDATE",
                QuorumBody::Request(_) => "REQUEST",
                QuorumBody::Proposal(_) => "PROPOSAL",
                QuorumBody::Commit => "COMMIT",
                QuorumBody::Inform(_) => "INFORM",
                QuorumBody::Sync => "SYNC",
            },
        }
    }

    /// The layer it belongs to.
    pub const fn family(&self) -> Family {
        match self {
            Self::Election(ElectionMessage::Handshake(_)) => Family::Handshake,
            Self::Election(ElectionMessage::Notification(_) | ElectionMessage::Raw { .. }) => {
                Family::Ballot
            }
            Self::Client(_) => Family::Client,
            Self::Quorum(packet) => match packet.body {
                QuorumBody::FollowerInfo(_)
                | QuorumBody::ObserverInfo(_)
                | QuorumBody::LeaderInfo { .. }
                | QuorumBody::AckEpoch { .. } => Family::Discovery,
                QuorumBody::Diff
                | QuorumBody::Trunc
                | QuorumBody::Snap(_)
                | QuorumBody::NewLeader
                | QuorumBody::UpToDate => Family::Sync,
                QuorumBody::Ack if packet.zxid.is_new_epoch() => Family::Sync,
                QuorumBody::Ack
                | QuorumBody::Proposal(_)
                | QuorumBody::Commit
                | QuorumBody::Inform(_) => Family::Broadcast,
                QuorumBody::Ping | QuorumBody::Touched { .. } => Family::Heartbeat,
                QuorumBody::Request(_)
                | QuorumBody::Revalidate { .. }
                | QuorumBody::Revalidated { .. }
                | QuorumBody::Sync => Family::Client,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ack_of_newleader_belongs_to_sync_and_one_of_a_proposal_to_broadcast() {
        let ack = |zxid| {
            Message::Quorum(QuorumPacket {
                zxid: Zxid(zxid),
                body: QuorumBody::Ack,
            })
        };
        assert_eq!(ack(7 << 32).family(), Family::Sync);
        assert_eq!(ack((7 << 32) | 1).family(), Family::Broadcast);
        assert_eq!(ack(1).label(), "ACK");
    }

    #[test]
    fn families_are_listed_by_their_index() {
        for (n, family) in Family::ALL.into_iter().enumerate() {
            assert_eq!(family.index(), n);
        }
    }

    #[test]
    fn messages_survive_json() {
        let message = Message::Election(ElectionMessage::Raw {
            bytes: Arc::from([1_u8, 2]),
        });
        let text = serde_json::to_string(&message).expect("serialises");
        assert_eq!(
            serde_json::from_str::<Message>(&text).expect("parses"),
            message
        );
    }
}
