//! The three gates a leader and its learners pass together: epoch, epoch ack, NEWLEADER ack.
//!
//! In the original these are methods in which threads wait for each other; here a caller that must
//! wait is written down and named when its gate opens. No timers: who waited too long is told to
//! [`Discovery::give_up`]. Source: `Leader.java, getEpochToPropose, waitForEpochAck,
//! waitForNewLeaderAck`; `StateSummary.java`.

use serde::{Deserialize, Serialize};

use crate::base::Set;
use crate::protocol::effect::ConnId;
use crate::protocol::ids::{Epoch, Sid, Zxid};
use crate::protocol::quorum::{OracleView, Quorum};

/// Who may be counted, and when they are enough.
#[derive(Clone, Copy, Debug)]
pub struct Voters<'a> {
    /// The committed configuration's quorum system.
    pub quorum: &'a Quorum,
    /// What the leader knows of the voting oracle.
    pub oracle: OracleView,
}

impl Voters<'_> {
    /// True for a voting member.
    pub fn admit(&self, sid: Sid) -> bool {
        self.quorum.voting_members().contains(&sid)
    }

    /// True where `acks`, all of them admitted, are a quorum.
    pub fn contain_quorum(&self, acks: &Set<Sid>) -> bool {
        self.quorum.contains_quorum(acks, self.oracle)
    }
}

/// How recent a server's history is: by epoch, then by zxid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StateSummary {
    /// currentEpoch.
    pub current_epoch: Epoch,
    /// Last processed, or last logged, zxid.
    pub last_zxid: Zxid,
}

/// Whose thread stands at a gate. The leader's own goes first when a gate opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Caller {
    /// The leader's.
    Leader,
    /// That of a learner's handler.
    Handler(ConnId),
}

/// What a gate says to a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// The gate was open already: go on.
    Open,
    /// This call opened it: go on, and so do those who waited.
    Opened(Set<Caller>),
    /// Wait until somebody opens it, at most initLimit ticks.
    Waits,
    /// End this connection: its history is ahead of the leader's.
    Refused,
    /// Go on without having been counted.
    Uncounted,
}

/// A quorum's worth of servers, and who waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gate {
    counted: Set<Sid>,
    open: bool,
    waiting: Set<Caller>,
}

impl Gate {
    /// The voters that count, ascending.
    pub const fn counted(&self) -> &Set<Sid> {
        &self.counted
    }

    /// True once a quorum was complete; it never closes again.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Who waits, the leader first, then by connection.
    pub const fn waiting(&self) -> &Set<Caller> {
        &self.waiting
    }

    /// Observers and strangers are not counted.
    fn count(&mut self, sid: Sid, voters: &Voters<'_>) {
        if voters.admit(sid) {
            self.counted.insert(sid);
        }
    }

    /// Opens for good where `enough`, else makes the caller wait.
    fn pass(&mut self, caller: Caller, enough: Enough) -> Passage {
        match enough {
            Enough::Yes => {
                self.open = true;
                Passage::Opened(core::mem::take(&mut self.waiting))
            }
            Enough::No => {
                self.waiting.insert(caller);
                Passage::Waits
            }
        }
    }

    /// A quorum that must contain the leader itself.
    fn enough_with(&self, me: Sid, voters: &Voters<'_>) -> Enough {
        if self.counted.contains(&me) {
            self.enough(voters)
        } else {
            Enough::No
        }
    }

    fn enough(&self, voters: &Voters<'_>) -> Enough {
        if voters.contain_quorum(&self.counted) {
            Enough::Yes
        } else {
            Enough::No
        }
    }
}

/// Whether a gate has its quorum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enough {
    Yes,
    No,
}

/// What a leader has gathered on its way to being established.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Discovery {
    me: Sid,
    /// As the leader was when it entered LEADING.
    summary: StateSummary,
    epoch: Epoch,
    /// As before ZOOKEEPER-1343: only an epoch above the proposed one raises it.
    is_strict: bool,
    connecting: Gate,
    electing: Gate,
    new_leader: Gate,
}

impl Discovery {
    /// A leader that has heard from nobody yet.
    pub fn new(me: Sid, summary: StateSummary) -> Self {
        Self {
            me,
            summary,
            epoch: Epoch(-1),
            is_strict: false,
            connecting: Gate::default(),
            electing: Gate::default(),
            new_leader: Gate::default(),
        }
    }

    /// The same with the comparison as it was before ZOOKEEPER-1343.
    #[must_use]
    pub const fn comparing_strictly(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// The epoch to propose; tentative, and possibly −1, until [`Self::connecting`] is open.
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The leader's history as it was when it entered LEADING.
    pub const fn summary(&self) -> StateSummary {
        self.summary
    }

    /// The zxid NEWLEADER is acknowledged with.
    pub const fn new_leader_zxid(&self) -> Zxid {
        Zxid::make(self.epoch, 0)
    }

    /// The gate of `getEpochToPropose`.
    pub const fn connecting(&self) -> &Gate {
        &self.connecting
    }

    /// The gate of `waitForEpochAck`.
    pub const fn electing(&self) -> &Gate {
        &self.electing
    }

    /// The gate of `waitForNewLeaderAck`.
    pub const fn new_leader(&self) -> &Gate {
        &self.new_leader
    }

    /// `getEpochToPropose`: the epoch becomes higher than any accepted by those who connected in
    /// time.
    ///
    /// Observers raise it too; only voters count, and the leader must be among them.
    pub fn epoch_to_propose(
        &mut self,
        caller: Caller,
        sid: Sid,
        accepted: Epoch,
        voters: &Voters<'_>,
    ) -> Passage {
        if self.connecting.open {
            return Passage::Open;
        }
        let raises = if self.is_strict {
            accepted > self.epoch
        } else {
            accepted >= self.epoch
        };
        if raises {
            self.epoch = Epoch(accepted.0.saturating_add(1));
        }
        self.connecting.count(sid, voters);
        let enough = self.connecting.enough_with(self.me, voters);
        self.connecting.pass(caller, enough)
    }

    /// `waitForEpochAck`: nobody whose history is ahead of the leader's may be led by it.
    ///
    /// QUIRK(late-joiners-unchecked): once a quorum has acknowledged, histories are compared no
    /// more.
    pub fn epoch_ack(
        &mut self,
        caller: Caller,
        sid: Sid,
        theirs: StateSummary,
        voters: &Voters<'_>,
    ) -> Passage {
        if self.electing.open {
            return Passage::Open;
        }
        // −1 says: I have acknowledged this epoch before, do not count me twice.
        if theirs.current_epoch != Epoch(-1) {
            if theirs > self.summary {
                return Passage::Refused;
            }
            if theirs.last_zxid != Zxid::UNTRUSTED {
                self.electing.count(sid, voters);
            }
        }
        let enough = self.electing.enough_with(self.me, voters);
        self.electing.pass(caller, enough)
    }

    /// `waitForNewLeaderAck`: here the leader need not be among the quorum.
    ///
    /// QUIRK(wrong-newleader-ack): an ack of another zxid does not count, but its handler goes on.
    pub fn newleader_ack(
        &mut self,
        caller: Caller,
        sid: Sid,
        zxid: Zxid,
        voters: &Voters<'_>,
    ) -> Passage {
        if self.new_leader.open {
            return Passage::Open;
        }
        if zxid != self.new_leader_zxid() {
            return Passage::Uncounted;
        }
        self.new_leader.count(sid, voters);
        let enough = self.new_leader.enough(voters);
        self.new_leader.pass(caller, enough)
    }

    /// A caller waits no longer; its vote stays counted. False where it did not wait.
    pub fn give_up(&mut self, caller: Caller) -> bool {
        [
            &mut self.connecting,
            &mut self.electing,
            &mut self.new_leader,
        ]
        .into_iter()
        .any(|gate| gate.waiting.remove(&caller))
    }
}
