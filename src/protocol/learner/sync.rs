//! A learner's synchronisation: from DIFF, TRUNC or SNAP through NEWLEADER to UPTODATE.
//!
//! What must be on disk before the ACK of NEWLEADER is, in this order: the truncated log, the
//! snapshot, currentEpoch. Transactions are not proposed yet; DIFF brings nothing.
//! Source: `Learner.java, syncWithLeader`.

use std::sync::Arc;

use super::{Learner, Patience, Stage};
use crate::protocol::effect::Record;
use crate::protocol::host::Host;
use crate::protocol::ids::{ZabState, Zxid};
use crate::protocol::message::{QuorumBody, QuorumPacket};
use crate::protocol::note::{Note, SyncMode, Why};

impl Learner {
    /// The packet after ACKEPOCH: how the history is brought over.
    pub(super) fn take_sync(
        &mut self,
        packet: &QuorumPacket,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        match packet.body {
            QuorumBody::Diff => {
                host.core.sync_mode = Some(SyncMode::Diff);
                self.stage = Stage::Syncing;
            }
            QuorumBody::Snap => {
                host.core.sync_mode = Some(SyncMode::Snap);
                host.core.db.set_last_processed(packet.zxid);
                self.needs_snapshot = true;
                self.stage = Stage::Syncing;
            }
            QuorumBody::Trunc => {
                host.core.sync_mode = Some(SyncMode::Trunc);
                let ticket = host.persist(Record::Truncate(packet.zxid));
                host.core.db.set_last_processed(packet.zxid);
                self.needs_snapshot = true;
                self.stage = Stage::Truncating(ticket);
            }
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
            | QuorumBody::Sync => return Err(self.illegal()),
        }
        Ok(())
    }

    /// The log is cut back and read again.
    pub(super) fn truncated(&mut self, host: &mut Host<'_, '_>) {
        host.core.reload();
        self.stage = Stage::Syncing;
    }

    /// Everything up to UPTODATE. A PING only shows that the leader lives: it is not answered here.
    pub(super) fn take_while_syncing(&mut self, packet: &QuorumPacket, host: &mut Host<'_, '_>) {
        match packet.body {
            QuorumBody::NewLeader => self.take_new_leader(host),
            QuorumBody::UpToDate => self.serve(host),
            QuorumBody::FollowerInfo(_)
            | QuorumBody::ObserverInfo(_)
            | QuorumBody::LeaderInfo { .. }
            | QuorumBody::AckEpoch { .. }
            | QuorumBody::Diff
            | QuorumBody::Trunc
            | QuorumBody::Snap
            | QuorumBody::Ack
            | QuorumBody::Ping
            | QuorumBody::Touched { .. }
            | QuorumBody::Revalidate { .. }
            | QuorumBody::Revalidated { .. }
            | QuorumBody::Request(_)
            | QuorumBody::Sync => {}
        }
    }

    fn take_new_leader(&mut self, host: &mut Host<'_, '_>) {
        if core::mem::take(&mut self.needs_snapshot) {
            let ticket = host.persist(Record::Snapshot(Arc::new(host.core.db.snapshot())));
            self.stage = Stage::WritingSnapshot(ticket);
        } else {
            self.write_current_epoch(host);
        }
    }

    pub(super) fn write_current_epoch(&mut self, host: &mut Host<'_, '_>) {
        let ticket = host.persist(Record::CurrentEpoch(self.epoch));
        self.stage = Stage::WritingCurrentEpoch(ticket);
    }

    /// NEWLEADER is processed: the epoch is on disk, so it may be acknowledged.
    pub(super) fn ack_new_leader(&mut self, host: &mut Host<'_, '_>) {
        self.patience = Patience::Sync;
        host.core.sync_mode = None;
        self.send(Zxid::make(self.epoch, 0), QuorumBody::Ack, host);
        self.stage = Stage::Syncing;
    }

    /// UPTODATE: acknowledges once more, as the original does, and serves.
    fn serve(&mut self, host: &mut Host<'_, '_>) {
        self.send(Zxid::make(self.epoch, 0), QuorumBody::Ack, host);
        host.election.update_election_vote(self.epoch);
        self.stage = Stage::Broadcast;
        host.set_phase(ZabState::Broadcast);
        host.ctx.note(Note::Serving {
            leader: self.leader,
            epoch: self.epoch,
        });
    }
}
