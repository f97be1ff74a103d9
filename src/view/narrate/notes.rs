//! What a server states about itself, as sayings.

use super::{Level, Saying, Voice};
use crate::protocol::note::{DropReason, ElectedHow, Ignored, Malformed, SyncMode, Why};
use crate::protocol::{Deciding, ExitCause, Note, ServerState, Sid, ZabState};
use crate::view::texts::Value;

const fn verbose(key: &'static str) -> Saying {
    Saying::new(Level::Verbose, Voice::Election, key)
}

const fn decision(key: &'static str) -> Saying {
    Saying::new(Level::Decision, Voice::Election, key)
}

const fn zab(level: Level, key: &'static str) -> Saying {
    Saying::new(level, Voice::Zab, key)
}

/// What `me` says by `note`.
pub(super) fn note(me: Sid, note: &Note) -> Saying {
    election(me, note)
        .or_else(|| channel(me, note))
        .or_else(|| broadcast(note))
        .unwrap_or_else(|| machine(note))
}

/// The election's own notes.
fn election(me: Sid, note: &Note) -> Option<Saying> {
    let said = match note {
        Note::ElectionStarted { round, vote } if vote.leader == me => {
            decision("say-votes-for-itself").arg("round", *round)
        }
        Note::ElectionStarted { round, .. } => {
            decision("say-looks-without-vote").arg("round", *round)
        }
        Note::VoteChanged { new, deciding, .. } => decision(switch_key(*deciding))
            .arg("for", new.leader)
            .why("why-ballot"),
        Note::VoteKept {
            theirs,
            mine,
            deciding,
            ..
        } => verbose(if *deciding == Deciding::ZeroWeight {
            "say-keeps-vote-weight"
        } else {
            "say-keeps-vote"
        })
        .arg("mine", *mine)
        .arg("theirs", *theirs),
        Note::RoundJoined { old, new, .. } => decision("say-joins-round")
            .arg("old", *old)
            .arg("new", *new)
            .why("why-round"),
        Note::StaleRoundAnswered { to, theirs, mine } => verbose("say-answers-stale")
            .arg("to", *to)
            .arg("theirs", *theirs)
            .arg("mine", *mine),
        Note::LookingAnswered { to, leader } => verbose("say-answers-looking")
            .arg("to", *to)
            .arg("leader", *leader),
        Note::QuorumSeen { leader, .. } => decision("say-quorum-seen")
            .arg("leader", *leader)
            .why("why-finalize"),
        Note::FinalizeInterrupted { heard_from, leader } => decision("say-interrupted")
            .arg("from", *heard_from)
            .arg("leader", *leader),
        Note::NotificationIgnored { heard_from, why } => verbose("say-ignores")
            .arg("from", *heard_from)
            .arg("reason", Value::Word(ignored_key(*why))),
        Note::NotificationTimeout {
            next_wait_ms,
            resent,
        } => verbose(if *resent {
            "say-resends"
        } else {
            "say-reconnects"
        })
        .arg("wait", *next_wait_ms),
        Note::Elected { vote, how } => elected(me, vote.leader, *how),
        Note::ChallengeLost { to } => verbose("say-challenge-lost").arg("to", *to),
        Note::SendQueueEvicted { to } => verbose("say-evicted").arg("to", *to),
        _ => return None,
    };
    Some(said)
}

fn elected(me: Sid, leader: Sid, how: ElectedHow) -> Saying {
    let news = |key| Saying::new(Level::News, Voice::Election, key);
    match how {
        ElectedHow::Oracle => news("say-elected-oracle").arg("leader", leader),
        ElectedHow::Agreed | ElectedHow::Joined if leader == me => news("say-elected"),
        ElectedHow::Agreed => decision("say-agrees").arg("leader", leader),
        ElectedHow::Joined => decision("say-joins-leader").arg("leader", leader),
    }
}

/// Notes of the leader/learner channel.
fn channel(me: Sid, note: &Note) -> Option<Saying> {
    let said = match note {
        Note::ConnectFailed {
            leader, gave_up, ..
        } if *gave_up => zab(Level::Decision, "say-connect-given-up").arg("leader", *leader),
        Note::ConnectFailed {
            leader, attempt, ..
        } => zab(Level::Decision, "say-connect-failed")
            .arg("leader", *leader)
            .arg("attempt", *attempt),
        Note::LearnerJoined {
            sid,
            accepted_epoch,
        } => zab(Level::Verbose, "say-learner-joined")
            .arg("sid", *sid)
            .arg("epoch", *accepted_epoch),
        Note::EpochDecided { epoch, .. } => zab(Level::News, "say-epoch-proposed")
            .arg("epoch", *epoch)
            .why("why-epoch"),
        Note::EpochAccepted { leader, epoch } => zab(Level::Decision, "say-epoch-accepted")
            .arg("leader", *leader)
            .arg("epoch", *epoch)
            .why("why-accepted"),
        Note::EpochRefused {
            leader,
            offered,
            accepted,
        } => zab(Level::News, "say-epoch-refused")
            .arg("leader", *leader)
            .arg("offered", *offered)
            .arg("accepted", *accepted),
        Note::SyncChosen {
            to,
            peer_zxid,
            mode,
        } => zab(Level::Decision, "say-sync")
            .arg("to", *to)
            .arg("zxid", *peer_zxid)
            .arg("mode", String::from(sync_name(*mode))),
        Note::Established { epoch, acks } => zab(Level::Headline, "say-established")
            .arg("epoch", *epoch)
            .arg("acks", acks.len())
            .why("why-established"),
        Note::Serving { leader, epoch } => {
            let key = if *leader == me {
                zab(Level::Verbose, "say-serves")
            } else {
                zab(Level::Decision, "say-follows").arg("leader", *leader)
            };
            key.arg("epoch", *epoch)
        }
        Note::LearnerDropped { sid, why } => {
            let reason = Value::Word(drop_key(*why));
            match sid {
                Some(sid) => zab(Level::Decision, "say-drops").arg("sid", *sid),
                None => zab(Level::Decision, "say-drops-unknown"),
            }
            .arg("reason", reason)
        }
        Note::QuorumChecked { alive, enough } => {
            let (level, key) = if *enough {
                (Level::Verbose, "say-counts-enough")
            } else {
                (Level::News, "say-counts-too-few")
            };
            zab(level, key).arg("alive", alive.len())
        }
        _ => return None,
    };
    Some(said)
}

/// What becomes of transactions.
fn broadcast(note: &Note) -> Option<Saying> {
    if let Note::SessionExpiring { session } = note {
        let said = zab(Level::News, "say-session-expiring");
        return Some(said.arg("session", session.to_string()));
    }
    if let Note::TooManyConnections { most, .. } = note {
        return Some(zab(Level::News, "say-too-many-connections").arg("most", *most));
    }
    let (level, key, zxid) = match note {
        Note::Proposed { zxid } => (Level::Decision, "say-proposes", zxid),
        Note::Logged { zxid } => (Level::Verbose, "say-logged", zxid),
        Note::Committed { zxid } => (Level::Decision, "say-commits", zxid),
        Note::Applied { zxid } => (Level::Verbose, "say-applies", zxid),
        _ => return None,
    };
    Some(zab(level, key).arg("zxid", *zxid))
}

/// Changes of state and phase, and what concerns the process.
fn machine(note: &Note) -> Saying {
    match note {
        Note::State { to, why, .. } => state(*to, *why),
        Note::Phase { to } => {
            zab(Level::Verbose, "say-phase").arg("phase", String::from(phase_name(*to)))
        }
        Note::Malformed {
            heard_from: Some(from),
            fault: Malformed::Config,
        } => decision("say-config-unreadable").arg("from", *from),
        Note::Malformed { heard_from, fault } => {
            let reason = malformed(*fault);
            match heard_from {
                Some(from) => decision("say-malformed").arg("from", *from),
                None => decision("say-malformed-unknown"),
            }
            .arg("reason", reason)
        }
        Note::Exiting { cause } => Saying::new(Level::Headline, Voice::Machine, "say-exits")
            .arg("reason", Value::Word(exit_key(*cause))),
        // `election` and `channel` have answered for all others.
        _ => verbose("say-something"),
    }
}

fn state(to: ServerState, why: Why) -> Saying {
    let news = |key| Saying::new(Level::News, Voice::Election, key);
    if to != ServerState::Looking {
        return verbose("say-state").arg("state", to.to_string());
    }
    match why {
        Why::Booted | Why::Elected => verbose("say-state").arg("state", to.to_string()),
        Why::LeaderClosed { leader } => news("say-lost-leader")
            .arg("leader", leader)
            .why("why-lost-leader"),
        Why::LeaderSilent { leader, limit_ms } => news("say-leader-silent")
            .arg("leader", leader)
            .arg("limit", seconds_text(limit_ms))
            .why("why-leader-silent"),
        Why::LeaderUnreachable { leader } => news("say-leader-unreachable").arg("leader", leader),
        Why::EpochTooOld { leader } => news("say-epoch-too-old").arg("leader", leader),
        Why::IllegalPacket { leader } => news("say-illegal-packet").arg("leader", leader),
        Why::LeaderUnknown { leader } => news("say-leader-unknown").arg("leader", leader),
        Why::RolledOver => news("say-rolled-over"),
        Why::Fatal { cause } => Saying::new(Level::Headline, Voice::Machine, "say-exits")
            .arg("reason", Value::Word(exit_key(cause))),
        Why::QuorumLost => news("say-steps-down").why("why-steps-down"),
        Why::NoEpochQuorum => news("say-no-epoch-quorum"),
        Why::NoEpochAckQuorum => news("say-no-ack-quorum"),
        Why::NoNewLeaderQuorum => news("say-no-newleader-quorum"),
    }
}

/// `10`, `0.4`: seconds without needless zeros.
pub(crate) fn seconds_text(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1_000, ms % 1_000);
    String::from(text.trim_end_matches('0').trim_end_matches('.'))
}

const fn switch_key(deciding: Deciding) -> &'static str {
    match deciding {
        Deciding::PeerEpoch => "say-switch-epoch",
        Deciding::Zxid => "say-switch-zxid",
        Deciding::Sid | Deciding::ZeroWeight | Deciding::Nothing => "say-switch-id",
    }
}

const fn ignored_key(why: Ignored) -> &'static str {
    match why {
        Ignored::NotAVoter => "ignored-not-a-voter",
        Ignored::UntrustedZxid => "ignored-untrusted",
        Ignored::MyZxidUntrusted => "ignored-mine-untrusted",
        Ignored::StaleRound => "ignored-stale-round",
        Ignored::Observing => "ignored-observing",
        Ignored::WithinFinalizeWait => "ignored-within-wait",
        Ignored::LeaderUnconfirmed => "ignored-unconfirmed",
        Ignored::WeightUnknown => "ignored-weight-unknown",
    }
}

const fn drop_key(why: DropReason) -> &'static str {
    match why {
        DropReason::Closed => "drop-closed",
        DropReason::Silent => "drop-silent",
        DropReason::IllegalPacket => "drop-illegal",
        DropReason::Ahead => "drop-ahead",
        DropReason::NewerConfig => "drop-newer-config",
        DropReason::WaitedTooLong => "drop-waited",
        DropReason::LeaderLeaves => "drop-leader-leaves",
        DropReason::TooManySyncs => "drop-too-many-syncs",
        DropReason::ProposalUnacknowledged => "drop-unacknowledged",
    }
}

const fn exit_key(cause: ExitCause) -> &'static str {
    match cause {
        ExitCause::CurrentEpochBehind { .. } | ExitCause::AcceptedEpochBehind { .. } => {
            "exit-epoch-files"
        }
        ExitCause::NoSnapshot => "exit-no-snapshot",
        ExitCause::NotInPeerList => "exit-not-in-list",
        ExitCause::CommitMismatch { .. } => "exit-commit-mismatch",
        ExitCause::TruncateFailed { .. } => "exit-truncate-failed",
        ExitCause::CommittedLogGap { .. } => "exit-log-gap",
    }
}

fn malformed(fault: Malformed) -> Value {
    let number = |key, value: i64| Value::Phrase(key, vec![("value", Value::Number(value))]);
    match fault {
        Malformed::TooShort { length } => number("malformed-too-short", i64::from(length)),
        Malformed::Truncated { length } => number("malformed-truncated", i64::from(length)),
        Malformed::ConfigLength { stated } => number("malformed-config", i64::from(stated)),
        Malformed::State { ordinal } => number("malformed-state", i64::from(ordinal)),
        Malformed::FrameLength { stated } => number("malformed-frame", stated),
        Malformed::Config => Value::Word("malformed-config-text"),
        Malformed::Handshake => Value::Word("malformed-handshake"),
        Malformed::Unexpected => Value::Word("malformed-unexpected"),
    }
}

const fn sync_name(mode: SyncMode) -> &'static str {
    match mode {
        SyncMode::Diff => "DIFF",
        SyncMode::Trunc => "TRUNC",
        SyncMode::Snap => "SNAP",
    }
}

/// The phase as `ZooKeeper` writes it.
pub(crate) const fn phase_name(phase: ZabState) -> &'static str {
    match phase {
        ZabState::Election => "ELECTION",
        ZabState::Discovery => "DISCOVERY",
        ZabState::Synchronization => "SYNCHRONIZATION",
        ZabState::Broadcast => "BROADCAST",
    }
}
