//! A learner's synchronisation: from DIFF, TRUNC or SNAP through NEWLEADER to UPTODATE.
//!
//! What must be on disk before the ACK of NEWLEADER is, in this order: the truncated log, the
//! snapshot, the committed transactions, currentEpoch. Source: `Learner.java, syncWithLeader`.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::observer::observe;
use super::{Learner, Patience, Stage};
use crate::protocol::bugs::Bug;
use crate::protocol::effect::{ExitCause, Record, Ticket};
use crate::protocol::host::Host;
use crate::protocol::ids::{LearnerType, ZabState, Zxid};
use crate::protocol::message::{QuorumBody, QuorumPacket};
use crate::protocol::note::{Malformed, Note, SyncMode, Why};
use crate::protocol::server::Txn;

/// What a learner gathers until it serves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Gathered {
    /// Whether what is committed now goes to the log or straight to memory.
    into: Into,
    /// Proposed, and neither logged nor applied; oldest first.
    not_logged: VecDeque<Arc<Txn>>,
    /// Committed, and not yet looked at; oldest first.
    committed: VecDeque<Zxid>,
    /// As a former version logged them: waiting for their commit only.
    logged: VecDeque<Arc<Txn>>,
    /// The last transaction proposed.
    last_queued: Option<Zxid>,
    /// Up to where a truncation keeps the log.
    keep: Zxid,
    /// What is still to be made durable before NEWLEADER is acknowledged.
    due: Due,
}

/// Where a committed transaction goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Into {
    /// After SNAP or TRUNC, until NEWLEADER: to memory, which the snapshot then holds.
    #[default]
    Memory,
    /// After DIFF: to the log, at NEWLEADER or after UPTODATE.
    Log,
}

/// Steps of NEWLEADER that are still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Due {
    snapshot: bool,
    log: bool,
    epoch: bool,
}

impl Default for Due {
    fn default() -> Self {
        Self {
            snapshot: false,
            log: true,
            epoch: true,
        }
    }
}

impl Learner {
    /// The packet after ACKEPOCH: how the history is brought over.
    pub(super) fn take_sync(
        &mut self,
        packet: &QuorumPacket,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        self.sync = Gathered::default();
        match &packet.body {
            QuorumBody::Diff => {
                host.core.sync_mode = Some(SyncMode::Diff);
                self.sync.into = Into::Log;
                // The first snapshot ever, where a log without one was accepted.
                let trusts = host.core.config.storage.trust_empty;
                self.sync.due.snapshot = trusts && host.core.disk.snapshot().is_none();
                self.stage = Stage::Syncing;
            }
            QuorumBody::Snap(content) => {
                host.core.sync_mode = Some(SyncMode::Snap);
                host.core.db.restore(content);
                host.core.db.set_last_processed(packet.zxid);
                self.sync.due.snapshot = true;
                self.stage = Stage::Syncing;
            }
            QuorumBody::Trunc => return self.truncate(packet.zxid, host),
            QuorumBody::FollowerInfo(_)
            | QuorumBody::ObserverInfo(_)
            | QuorumBody::LeaderInfo { .. }
            | QuorumBody::AckEpoch { .. }
            | QuorumBody::NewLeader
            | QuorumBody::Ack
            | QuorumBody::UpToDate
            | QuorumBody::Ping
            | QuorumBody::Touched { .. }
            | QuorumBody::Revalidate { .. }
            | QuorumBody::Revalidated { .. }
            | QuorumBody::Request(_)
            | QuorumBody::Proposal(_)
            | QuorumBody::Commit
            | QuorumBody::Inform(_)
            | QuorumBody::Sync => return Err(self.illegal()),
        }
        Ok(())
    }

    fn truncate(&mut self, keep: Zxid, host: &mut Host<'_, '_>) -> Result<(), Why> {
        host.core.sync_mode = Some(SyncMode::Trunc);
        self.sync.keep = keep;
        self.sync.due.snapshot = true;
        if host.core.disk.log.is_empty() {
            if !host.core.config.bugs.has(Bug::IgnoreTruncFailure) {
                let cause = ExitCause::TruncateFailed { to: keep };
                return Err(Why::Fatal { cause });
            }
            host.core.db.set_last_processed(keep);
            self.stage = Stage::Syncing;
        } else {
            self.stage = Stage::Truncating(host.persist(Record::Truncate(keep)));
        }
        Ok(())
    }

    /// The log is cut back and read again. A snapshot that is newer stays, and so does what it
    /// holds; only the zxid says otherwise.
    pub(super) fn truncated(&mut self, host: &mut Host<'_, '_>) {
        host.core.reload();
        host.core.db.set_last_processed(self.sync.keep);
        self.stage = Stage::Syncing;
    }

    /// Everything up to UPTODATE. A PING only shows that the leader lives: it is not answered here.
    pub(super) fn take_while_syncing(
        &mut self,
        packet: &QuorumPacket,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        match &packet.body {
            QuorumBody::Proposal(txn) => {
                self.follows(txn.zxid)?;
                self.sync.not_logged.push_back(Arc::clone(txn));
            }
            QuorumBody::Commit => self.commit_while_syncing(packet.zxid, host)?,
            QuorumBody::Inform(txn) => {
                self.follows(txn.zxid)?;
                if self.sync.into == Into::Memory {
                    apply(txn, host)?;
                } else {
                    self.sync.not_logged.push_back(Arc::clone(txn));
                    self.sync.committed.push_back(txn.zxid);
                }
            }
            QuorumBody::NewLeader => return self.go_on_with_new_leader(host),
            QuorumBody::UpToDate => return self.serve(host),
            QuorumBody::FollowerInfo(_)
            | QuorumBody::ObserverInfo(_)
            | QuorumBody::LeaderInfo { .. }
            | QuorumBody::AckEpoch { .. }
            | QuorumBody::Diff
            | QuorumBody::Trunc
            | QuorumBody::Snap(_)
            | QuorumBody::Ack
            | QuorumBody::Ping
            | QuorumBody::Touched { .. }
            | QuorumBody::Revalidate { .. }
            | QuorumBody::Revalidated { .. }
            | QuorumBody::Request(_)
            | QuorumBody::Sync => {}
        }
        Ok(())
    }

    /// One must follow the other, or begin a higher epoch.
    fn follows(&mut self, zxid: Zxid) -> Result<(), Why> {
        let is_next = self
            .sync
            .last_queued
            .is_none_or(|last| zxid.0 == last.0.wrapping_add(1) || zxid.epoch() > last.epoch());
        self.sync.last_queued = Some(zxid);
        if is_next { Ok(()) } else { Err(self.illegal()) }
    }

    /// QUIRK(commit-without-proposal): where nothing waits, the original runs into a null pointer
    /// and the learner leaves.
    fn commit_while_syncing(&mut self, zxid: Zxid, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let Some(head) = self.sync.not_logged.front() else {
            return Err(self.illegal());
        };
        if self.sync.into == Into::Log {
            self.sync.committed.push_back(zxid);
        } else if head.zxid == zxid {
            if let Some(txn) = self.sync.not_logged.pop_front() {
                apply(&txn, host)?;
            }
        } else {
            self.warn(host);
        }
        Ok(())
    }

    /// NEWLEADER: one thing after another is made durable, then it is acknowledged.
    pub(super) fn go_on_with_new_leader(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let due = self.sync.due;
        let epoch_first = host.core.config.bugs.has(Bug::EpochBeforeLog);
        if due.snapshot {
            self.sync.due.snapshot = false;
            let snapshot = Arc::new(host.core.db.snapshot());
            self.stage = Stage::WritingSnapshot(host.persist(Record::Snapshot(snapshot)));
        } else if due.log && !(epoch_first && due.epoch) {
            self.sync.due.log = false;
            self.sync.into = Into::Log;
            match self.log_committed(host)? {
                Some(ticket) => self.stage = Stage::WritingLog(ticket),
                None => return self.go_on_with_new_leader(host),
            }
        } else if due.epoch {
            self.sync.due.epoch = false;
            let ticket = host.persist(Record::CurrentEpoch(self.epoch));
            self.stage = Stage::WritingCurrentEpoch(ticket);
        } else {
            self.ack_new_leader(host);
        }
        Ok(())
    }

    /// Logs and applies what is committed so far; the fsync to wait for. What is only proposed
    /// stays where it is. An observer does nothing here.
    fn log_committed(&mut self, host: &mut Host<'_, '_>) -> Result<Option<Ticket>, Why> {
        let bugs = host.core.config.bugs;
        let is_late = bugs.has(Bug::LogDiffAfterUptodate);
        if self.kind == LearnerType::Observer || is_late {
            return Ok(None);
        }
        let mut wrote = !self.sync.committed.is_empty();
        while let Some(zxid) = self.sync.committed.pop_front() {
            let head = self.sync.not_logged.pop_front_if(|txn| txn.zxid == zxid);
            let Some(txn) = head else {
                self.warn(host);
                continue;
            };
            if bugs.has(Bug::AckProposalsBeforeNewLeader) {
                host.log(Arc::clone(&txn));
                wrote = false;
            } else {
                host.write(Record::Append(Arc::clone(&txn)));
            }
            apply(&txn, host)?;
        }
        if bugs.has(Bug::DropOutstandingAtNewLeader) {
            for txn in core::mem::take(&mut self.sync.not_logged) {
                host.write(Record::Append(Arc::clone(&txn)));
                self.sync.logged.push_back(txn);
                wrote = true;
            }
        }
        if !wrote {
            return Ok(None);
        }
        let ticket = host.fsync();
        Ok(Some(ticket).filter(|_| !bugs.has(Bug::AckNewLeaderBeforeFsync)))
    }

    /// NEWLEADER is processed: data and epoch are on disk, so it may be acknowledged.
    fn ack_new_leader(&mut self, host: &mut Host<'_, '_>) {
        self.patience = Patience::Sync;
        host.core.sync_mode = None;
        self.send(Zxid::make(self.epoch, 0), QuorumBody::Ack, host);
        self.stage = Stage::Syncing;
    }

    /// UPTODATE: acknowledges once more, as the original does, and serves; what was proposed
    /// meanwhile takes the ordinary way.
    fn serve(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        self.send(Zxid::make(self.epoch, 0), QuorumBody::Ack, host);
        host.update_election_vote(self.epoch);
        self.stage = Stage::Broadcast;
        host.start_learning_server();
        host.set_phase(ZabState::Broadcast);
        host.ctx.note(Note::Serving {
            leader: self.leader,
            epoch: self.epoch,
        });
        let gathered = core::mem::take(&mut self.sync);
        for txn in gathered.logged {
            self.send(txn.zxid, QuorumBody::Ack, host);
            self.pending.push_back(txn);
        }
        if self.kind == LearnerType::Observer {
            return self.observe_gathered(gathered.not_logged, gathered.committed, host);
        }
        for txn in gathered.not_logged {
            self.pending.push_back(Arc::clone(&txn));
            host.log(txn);
        }
        for zxid in gathered.committed {
            self.commit(zxid, host)?;
        }
        Ok(())
    }

    fn observe_gathered(
        &self,
        proposed: VecDeque<Arc<Txn>>,
        mut committed: VecDeque<Zxid>,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        for txn in proposed {
            if committed.front() == Some(&txn.zxid) {
                committed.pop_front();
                observe(&txn, host)?;
            } else {
                self.warn(host);
            }
        }
        Ok(())
    }

    /// A packet out of place, which the original only warns about.
    pub(super) fn warn(&self, host: &mut Host<'_, '_>) {
        host.ctx.note(Note::Malformed {
            heard_from: Some(self.leader),
            fault: Malformed::Unexpected,
        });
    }
}

/// Applies what is committed before the server serves.
fn apply(txn: &Arc<Txn>, host: &mut Host<'_, '_>) -> Result<(), Why> {
    if host.core.config.bugs.has(Bug::SkipCommittedLog) {
        host.core.db.process(txn);
        return Ok(());
    }
    host.deliver(txn)
}

#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
