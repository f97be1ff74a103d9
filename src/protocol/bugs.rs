//! Behaviour of former versions that can be switched on, to show what it broke.
//!
//! The ids are those of the catalogue of known bugs; each is one branch where the behaviour is, and
//! all are off by default.

use serde::{Deserialize, Serialize};

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident $id:literal,)*) => {
        /// One former behaviour.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bug {
            $($(#[$doc])* $name,)*
        }

        impl Bug {
            /// All of them, in the catalogue's order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its id in the catalogue.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

bugs! {
    /// ZOOKEEPER-975: an election ends when all voters have voted, whatever they voted.
    FinishWhenAllVoted "fle.finish_when_all_voted",
    /// ZOOKEEPER-1514: who is told that it leads believes it, whatever the round.
    CheckLeaderSelfUnconditional "fle.checkleader_self_unconditional",
    /// ZOOKEEPER-1732: votes of settled servers must agree in everything.
    StrictOutOfElectionMatch "fle.strict_out_of_election_match",
    /// ZOOKEEPER-1732: a vote keeps its epoch after synchronisation, and answers name the clock.
    NoVoteRefresh "fle.no_vote_refresh",
    /// ZOOKEEPER-1154: a learner within the committed log gets DIFF, though it may hold what the
    /// leader lacks.
    NoTruncInsideCommittedLog "sync.no_trunc_inside_committed_log",
    /// ZOOKEEPER-2845: leaving a role keeps the tree without replaying the log's tail.
    KeepTreeWithoutReplay "restart.keep_tree_without_replay",
    /// ZOOKEEPER-3104: NEWLEADER is queued before the snapshot is serialised.
    NewLeaderBeforeSnapshot "sync.newleader_before_snapshot",
    /// ZOOKEEPER-3642: an interrupted SNAP leaves the half-replaced tree in memory.
    KeepMemoryAfterPartialSnap "sync.keep_memory_after_partial_snap",
    /// ZOOKEEPER-3911: a DIFF's transactions are logged only after UPTODATE.
    LogDiffAfterUptodate "sync.log_diff_after_uptodate",
    /// ZOOKEEPER-4643: currentEpoch is written before the data it stands for.
    EpochBeforeLog "sync.epoch_before_log",
    /// ZOOKEEPER-4646: NEWLEADER is acknowledged before the fsync.
    AckNewLeaderBeforeFsync "sync.ack_newleader_before_fsync",
    /// ZOOKEEPER-4685: proposals may be acknowledged before NEWLEADER is.
    AckProposalsBeforeNewLeader "sync.ack_proposals_before_newleader",
    /// ZOOKEEPER-4394: NEWLEADER takes the outstanding proposals off the waiting list.
    DropOutstandingAtNewLeader "sync.drop_outstanding_at_newleader",
    /// ZOOKEEPER-1277: the counter runs into the epoch.
    NoRolloverGuard "leader.no_rollover_guard",
    /// ZOOKEEPER-335: no epoch files; the epoch is the log's.
    EpochFromZxidOnly "epoch.from_zxid_only",
    /// ZOOKEEPER-1343: an accepted epoch equal to the proposed one does not raise it.
    StrictGreater "discovery.strict_greater",
    /// ZOOKEEPER-1192: the leader goes on without an epoch-ack quorum.
    EpochAckNotAwaited "discovery.epochack_not_awaited",
    /// ZOOKEEPER-1294: observers count as learners that keep a leader in office.
    CountObserversAlive "leader.count_observers_alive",
    /// ZOOKEEPER-4925: what is applied during synchronisation bypasses the committed log.
    SkipCommittedLog "sync.skip_committed_log",
    /// ZOOKEEPER-4712: leaving a role does not stop the log stage.
    LogStageSurvives "restart.log_stage_survives",
    /// ZOOKEEPER-3701: a failed truncation counts as done.
    IgnoreTruncFailure "sync.ignore_trunc_failure",
    /// ZOOKEEPER-4269: `currentEpoch.tmp` is not looked at.
    NoEpochTmpRecovery "disk.no_epoch_tmp_recovery",
}

impl Bug {
    /// The bug of an id.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| bug.id() == id)
    }
}

/// The bugs that are switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bugs(u64);

impl Bugs {
    /// The behaviour of the version described.
    pub const NONE: Self = Self(0);

    /// True where `bug` is switched on.
    pub const fn has(self, bug: Bug) -> bool {
        self.0 & (1 << bug as u64) != 0
    }

    /// The same with `bug`.
    #[must_use]
    pub const fn with(self, bug: Bug) -> Self {
        Self(self.0 | (1 << bug as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bug_is_found_by_its_id_and_switched_alone() {
        for &bug in Bug::ALL {
            assert_eq!(Bug::of(bug.id()), Some(bug));
            let only = Bugs::NONE.with(bug);
            let on = Bug::ALL.iter().filter(|other| only.has(**other)).count();
            assert_eq!((on, only.has(bug), Bugs::NONE.has(bug)), (1, true, false));
        }
        assert_eq!(Bug::of("sync.unknown"), None);
    }
}
