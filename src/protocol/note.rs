//! Typed facts a peer states while it works: for checks, timeline and narration.
//!
//! Nothing in the protocol reads a note; a world without readers behaves the same.

use serde::{Deserialize, Serialize};

use super::effect::{Address, ExitCause};
use super::ids::{Epoch, Round, ServerState, SessionId, Sid, ZabState, Zxid};
use super::vote::{Deciding, Vote};

/// One fact, stated by the peer it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "note")]
pub enum Note {
    /// The server state changed.
    State {
        /// Before.
        from: ServerState,
        /// After.
        to: ServerState,
        /// The reason.
        why: Why,
    },
    /// The Zab phase changed.
    Phase {
        /// After.
        to: ZabState,
    },
    /// A new election began; the peer votes for itself.
    ElectionStarted {
        /// Its round.
        round: Round,
        /// Its own first vote.
        vote: Vote,
    },
    /// The proposal changed because of a greater vote of the same round.
    VoteChanged {
        /// Whose notification did it.
        heard_from: Sid,
        /// The leader proposed before.
        old: Sid,
        /// The new proposal.
        new: Vote,
        /// What decided.
        deciding: Deciding,
    },
    /// A vote of the same round was not greater: nothing is sent.
    VoteKept {
        /// Whose notification it was.
        heard_from: Sid,
        /// What it proposed.
        theirs: Sid,
        /// The proposal that stays.
        mine: Sid,
        /// What decided.
        deciding: Deciding,
    },
    /// A later round was heard of: the clock jumps, votes so far are forgotten.
    RoundJoined {
        /// Whose notification it was.
        heard_from: Sid,
        /// The clock before.
        old: Round,
        /// The clock now.
        new: Round,
        /// The proposal in the new round.
        proposal: Vote,
    },
    /// A vote of an earlier round was not stored; its sender was answered.
    StaleRoundAnswered {
        /// The sender.
        to: Sid,
        /// Its round.
        theirs: Round,
        /// Mine.
        mine: Round,
    },
    /// A settled peer told a looking one whom it follows.
    LookingAnswered {
        /// The looking peer.
        to: Sid,
        /// The leader named.
        leader: Sid,
    },
    /// A peer without a vote was told the current vote at once.
    StrangerAnswered {
        /// The peer without a vote: an observer, or not in the configuration.
        to: Sid,
        /// The leader of the current vote.
        leader: Sid,
    },
    /// A newer configuration was heard of: the election starts again from nothing, clock 0.
    ElectionRestarted {
        /// Who told.
        heard_from: Sid,
        /// The newer configuration's version.
        version: i64,
    },
    /// A quorum agrees with the proposal; the 200 ms wait begins.
    QuorumSeen {
        /// The proposed leader.
        leader: Sid,
        /// Who agrees, ascending.
        supporters: Vec<Sid>,
    },
    /// A greater vote arrived within the 200 ms.
    FinalizeInterrupted {
        /// Its sender.
        heard_from: Sid,
        /// What it proposes.
        leader: Sid,
    },
    /// A notification was dropped without effect.
    NotificationIgnored {
        /// Its sender.
        heard_from: Sid,
        /// The reason.
        why: Ignored,
    },
    /// No notification came in time.
    NotificationTimeout {
        /// The next wait, ms.
        next_wait_ms: u64,
        /// True where the proposal was sent again; false where connections are tried instead.
        resent: bool,
    },
    /// An election ended.
    Elected {
        /// The end vote.
        vote: Vote,
        /// How.
        how: ElectedHow,
    },
    /// A message was dropped because it cannot be read.
    Malformed {
        /// Its sender, where known.
        heard_from: Option<Sid>,
        /// What is wrong with it.
        fault: Malformed,
    },
    /// An attempt to reach the leader failed.
    ConnectFailed {
        /// The leader dialled.
        leader: Sid,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// True where there will be no further one.
        gave_up: bool,
    },
    /// A learner connected and said its epoch.
    LearnerJoined {
        /// The learner.
        sid: Sid,
        /// Its acceptedEpoch.
        accepted_epoch: Epoch,
    },
    /// The leader has a quorum for its epoch.
    EpochDecided {
        /// The epoch.
        epoch: Epoch,
        /// The voters that connected, ascending.
        connecting: Vec<Sid>,
    },
    /// A learner accepted the leader's epoch.
    EpochAccepted {
        /// The leader.
        leader: Sid,
        /// The epoch.
        epoch: Epoch,
    },
    /// A learner refused an epoch below its own.
    EpochRefused {
        /// The leader.
        leader: Sid,
        /// The epoch offered.
        offered: Epoch,
        /// The epoch accepted before.
        accepted: Epoch,
    },
    /// The leader chose how to bring a learner up to date.
    SyncChosen {
        /// The learner.
        to: Sid,
        /// Its last zxid.
        peer_zxid: Zxid,
        /// DIFF, TRUNC or SNAP.
        mode: SyncMode,
    },
    /// A quorum acknowledged NEWLEADER: the leader is established.
    Established {
        /// Its epoch.
        epoch: Epoch,
        /// The voters that acknowledged, ascending.
        acks: Vec<Sid>,
    },
    /// The peer serves.
    Serving {
        /// The leader served under.
        leader: Sid,
        /// Its epoch.
        epoch: Epoch,
    },
    /// The leader dropped a learner.
    LearnerDropped {
        /// The learner; `None` where it never said who it is.
        sid: Option<Sid>,
        /// The reason.
        why: DropReason,
    },
    /// The leader has not heard of a session in time and proposes its end.
    SessionExpiring {
        /// Which.
        session: SessionId,
    },
    /// A client's connection was refused: its host has as many here as it may.
    TooManyConnections {
        /// The host.
        address: Address,
        /// `maxClientCnxns`.
        most: usize,
    },
    /// The leader proposed a transaction.
    Proposed {
        /// Its zxid.
        zxid: Zxid,
    },
    /// The log is durable up to here.
    Logged {
        /// The newest transaction of the batch.
        zxid: Zxid,
    },
    /// The leader committed a transaction: a quorum has logged it.
    Committed {
        /// Its zxid.
        zxid: Zxid,
    },
    /// A transaction was applied.
    Applied {
        /// Its zxid.
        zxid: Zxid,
    },
    /// The leader's check at a tick.
    QuorumChecked {
        /// Those heard from within the limit, itself included, ascending.
        alive: Vec<Sid>,
        /// True where they are a quorum.
        enough: bool,
    },
    /// An election connection was resolved: the larger sid keeps it.
    ChallengeLost {
        /// The peer that will dial back.
        to: Sid,
    },
    /// A message waiting to be sent was replaced by a newer one.
    SendQueueEvicted {
        /// Whom it was for.
        to: Sid,
    },
    /// The process ends.
    Exiting {
        /// The cause.
        cause: ExitCause,
    },
}

/// Why a server state changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "why")]
pub enum Why {
    /// The process started.
    Booted,
    /// An election ended.
    Elected,
    /// The leader's connection closed.
    LeaderClosed {
        /// The leader.
        leader: Sid,
    },
    /// Nothing was heard from the leader for too long.
    LeaderSilent {
        /// The leader.
        leader: Sid,
        /// The limit, ms.
        limit_ms: u64,
    },
    /// The leader could not be reached.
    LeaderUnreachable {
        /// The leader.
        leader: Sid,
    },
    /// The leader's epoch is below the accepted one.
    EpochTooOld {
        /// The leader.
        leader: Sid,
    },
    /// The leader sent what its phase does not allow.
    IllegalPacket {
        /// The leader.
        leader: Sid,
    },
    /// The leader no longer hears from a quorum.
    QuorumLost,
    /// No quorum of learners came for the epoch within initLimit.
    NoEpochQuorum,
    /// No quorum acknowledged the epoch within initLimit.
    NoEpochAckQuorum,
    /// No quorum acknowledged NEWLEADER within initLimit.
    NoNewLeaderQuorum,
    /// The epoch's counter is used up: a new epoch is needed.
    RolledOver,
    /// The process ends.
    Fatal {
        /// The cause.
        cause: ExitCause,
    },
    /// The elected leader is not in the configuration.
    LeaderUnknown {
        /// The leader.
        leader: Sid,
    },
}

/// How an election ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ElectedHow {
    /// A quorum of looking peers agreed for 200 ms.
    Agreed,
    /// A quorum already follows that leader.
    Joined,
    /// The oracle broke the tie.
    Oracle,
}

/// Why a notification had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ignored {
    /// Its sender or its leader may not vote.
    NotAVoter,
    /// It proposes a server with an untrusted database.
    UntrustedZxid,
    /// My own database is untrusted.
    MyZxidUntrusted,
    /// It is of an earlier round.
    StaleRound,
    /// Observers' states do not count.
    Observing,
    /// It arrived within the 200 ms and was not greater.
    WithinFinalizeWait,
    /// It names a leader whose own word is missing, or that is not a quorum's.
    LeaderUnconfirmed,
    /// The quorum system has no weight for its leader: the election begins anew.
    WeightUnknown,
}

/// What is wrong with an unreadable message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Malformed {
    /// Below 28 bytes.
    TooShort {
        /// Its length.
        length: u32,
    },
    /// A field ends beyond the buffer.
    Truncated {
        /// Its length.
        length: u32,
    },
    /// The configuration's length is negative or beyond the message.
    ConfigLength {
        /// The length stated.
        stated: i32,
    },
    /// No such state ordinal.
    State {
        /// The ordinal.
        ordinal: i32,
    },
    /// The configuration's text cannot be parsed; the rest of the message is used.
    Config,
    /// A length prefix outside 1..=524288.
    FrameLength {
        /// The length stated.
        stated: i64,
    },
    /// A handshake that cannot be accepted.
    Handshake,
    /// A message that does not belong on this port or in this phase.
    Unexpected,
}

/// How a learner is brought to the leader's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SyncMode {
    /// It lacks some transactions, or none.
    Diff,
    /// It has some that must go.
    Trunc,
    /// Its state is replaced.
    Snap,
}

/// Why a leader dropped a learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DropReason {
    /// Its connection closed.
    Closed,
    /// Nothing was heard within the limit.
    Silent,
    /// It sent what its phase does not allow.
    IllegalPacket,
    /// Its history is ahead of the leader's.
    Ahead,
    /// Its configuration is newer than the leader's.
    NewerConfig,
    /// A wait for a quorum timed out.
    WaitedTooLong,
    /// Too many learners synchronise already.
    TooManySyncs,
    /// It owed the acknowledgement of a proposal for too long.
    ProposalUnacknowledged,
    /// The leader steps down.
    LeaderLeaves,
}
