//! What only a follower does: FOLLOWERINFO, and its packets in the broadcast phase.
//!
//! Source: `Follower.java, followLeader, processPacket`; `FollowerZooKeeperServer.java`;
//! `Learner.java, ping`.

use std::sync::Arc;

use super::observer::observe;
use super::{Learner, Stage};
use crate::protocol::effect::ExitCause;
use crate::protocol::host::Host;
use crate::protocol::ids::{LearnerType, Zxid};
use crate::protocol::message::{LearnerInfo, QuorumBody, QuorumPacket};
use crate::protocol::note::Why;
use crate::protocol::server::Txn;

/// A follower's first packet.
pub(super) const fn info(info: LearnerInfo) -> QuorumBody {
    QuorumBody::FollowerInfo(info)
}

impl Learner {
    /// `processPacket`: a PING is echoed at once; what has no meaning here is warned about and
    /// otherwise only shows that the leader lives.
    ///
    /// # Errors
    /// Why the learner must go.
    pub(super) fn take_in_broadcast(
        &mut self,
        packet: &QuorumPacket,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        debug_assert!(self.stage == Stage::Broadcast, "only a server that serves");
        match (&packet.body, self.kind) {
            (QuorumBody::Ping, _) => self.answer_ping(packet.zxid, host),
            (QuorumBody::Revalidated { session, is_valid }, _) => {
                Self::take_revalidated((*session, *is_valid), host);
            }
            (QuorumBody::Proposal(txn), LearnerType::Participant) => self.accept(txn, host),
            (QuorumBody::Commit, LearnerType::Participant) => {
                return self.commit(packet.zxid, host);
            }
            (QuorumBody::Inform(txn), LearnerType::Observer) => return observe(txn, host),
            (QuorumBody::Sync, _) => host.release_sync(),
            _ => self.warn(host),
        }
        Ok(())
    }

    /// PROPOSAL: waits for its commit, and is acknowledged once it is durable. A gap is only warned
    /// about.
    fn accept(&mut self, txn: &Arc<Txn>, host: &mut Host<'_, '_>) {
        let expected = self.last_queued.map(|last| Zxid(last.0.wrapping_add(1)));
        if expected.is_some_and(|expected| expected != txn.zxid) {
            self.warn(host);
        }
        self.last_queued = Some(txn.zxid);
        self.pending.push_back(Arc::clone(txn));
        host.log(Arc::clone(txn));
    }

    /// COMMIT: applies the oldest that waits.
    ///
    /// # Errors
    /// [`Why::Fatal`] where another one is the oldest: the process ends.
    pub(super) fn commit(&mut self, zxid: Zxid, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let Some(head) = self.pending.front() else {
            self.warn(host);
            return Ok(());
        };
        if head.zxid != zxid {
            let cause = ExitCause::CommitMismatch {
                committed: zxid,
                pending: head.zxid,
            };
            return Err(Why::Fatal { cause });
        }
        match self.pending.pop_front() {
            Some(txn) => host.deliver(&txn),
            None => Ok(()),
        }
    }

    /// A batch of the log is durable: every transaction of it is acknowledged.
    pub(super) fn ack_logged(&self, zxids: Vec<Zxid>, host: &mut Host<'_, '_>) {
        if self.kind == LearnerType::Participant {
            for zxid in zxids {
                self.send(zxid, QuorumBody::Ack, host);
            }
        }
    }
}
