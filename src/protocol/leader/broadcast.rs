//! What a serving leader does with transactions: proposes, counts acks, commits in order.
//!
//! The request has been checked before it comes here, and its effect on the tree is the database's
//! matter. Source: `Leader.java, propose, processAck, tryToCommit, processSync`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::learner_handler::Step;
use super::{Leader, Stage, gates};
use crate::base::Set;
use crate::protocol::bugs::Bug;
use crate::protocol::effect::ConnId;
use crate::protocol::host::Host;
use crate::protocol::ids::{Cxid, SessionId, Sid, Zxid};
use crate::protocol::message::QuorumBody;
use crate::protocol::note::{Note, Why};
use crate::protocol::server::{Txn, TxnBody};

/// A transaction that was proposed and is not committed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Proposal {
    pub(super) txn: Arc<Txn>,
    /// The voters that have it on disk.
    acks: Set<Sid>,
    /// The learners that wait with a sync until it is committed.
    syncs: Vec<ConnId>,
}

impl Leader {
    /// Proposes a transaction to all; its zxid, or `None` where the leader does not serve yet.
    ///
    /// The leader itself acknowledges like any other: when its own log is durable.
    ///
    /// # Errors
    /// [`Why::RolledOver`] where the epoch's counter is used up: nothing is proposed.
    pub(in crate::protocol) fn propose(
        &mut self,
        (session, cxid): (SessionId, Cxid),
        body: TxnBody,
        host: &mut Host<'_, '_>,
    ) -> Result<Option<Zxid>, Why> {
        if self.stage != Stage::Serving {
            return Ok(None);
        }
        let zxid = match self.last_proposed.next_proposal() {
            Ok(zxid) => zxid,
            Err(rolled) if host.core.config.bugs.has(Bug::NoRolloverGuard) => rolled.refused,
            Err(_) => return Err(Why::RolledOver),
        };
        self.last_proposed = zxid;
        let txn = Arc::new(Txn {
            zxid,
            session,
            cxid,
            body,
        });
        host.ctx.note(Note::Proposed { zxid });
        for handler in self.handlers.values_mut() {
            if handler.is_forwarding() {
                handler.queue(zxid, QuorumBody::Proposal(Arc::clone(&txn)), host);
            }
        }
        let proposal = Proposal {
            txn: Arc::clone(&txn),
            acks: Set::new(),
            syncs: Vec::new(),
        };
        self.outstanding.insert(zxid, proposal);
        host.log(txn);
        Ok(Some(zxid))
    }

    /// `processAck`: counts, and commits where it is the oldest outstanding and has its quorum.
    ///
    /// # Errors
    /// Why the leader must go: its own committed log got a hole.
    pub(super) fn process_ack(
        &mut self,
        sid: Sid,
        zxid: Zxid,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        if self.stage != Stage::Serving || zxid.is_new_epoch() || zxid <= self.last_committed {
            return Ok(());
        }
        let is_voter = gates::voters(host).admit(sid);
        let Some(proposal) = self.outstanding.get_mut(&zxid) else {
            return Ok(());
        };
        if is_voter {
            proposal.acks.insert(sid);
        }
        self.try_to_commit(zxid, host)
    }

    /// `tryToCommit`. Later ones that have their quorum wait for their own next ack.
    fn try_to_commit(&mut self, zxid: Zxid, host: &mut Host<'_, '_>) -> Result<(), Why> {
        if self.outstanding.contains_key(&Zxid(zxid.0.wrapping_sub(1))) {
            return Ok(());
        }
        let enough = self
            .outstanding
            .get(&zxid)
            .is_some_and(|proposal| gates::voters(host).contain_quorum(&proposal.acks));
        if enough {
            self.commit(zxid, host)
        } else {
            Ok(())
        }
    }

    fn commit(&mut self, zxid: Zxid, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let Some(proposal) = self.outstanding.remove(&zxid) else {
            return Ok(());
        };
        self.last_committed = zxid;
        host.ctx.note(Note::Committed { zxid });
        for handler in self.handlers.values_mut() {
            if handler.is_forwarding() {
                handler.queue(zxid, QuorumBody::Commit, host);
            }
        }
        for handler in self.handlers.values_mut() {
            if handler.is_observing() {
                handler.queue(zxid, QuorumBody::Inform(Arc::clone(&proposal.txn)), host);
            }
        }
        host.deliver(&proposal.txn)?;
        for learner in proposal.syncs {
            self.release_sync(learner, host);
        }
        Ok(())
    }

    /// `QuorumOracleMaj`: the oracle has spoken for the leader, so what is outstanding is judged
    /// again, in order.
    pub(super) fn judge_again(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        while let Some((&zxid, _)) = self.outstanding.first() {
            self.try_to_commit(zxid, host)?;
            if self.last_committed != zxid {
                break;
            }
        }
        Ok(())
    }

    /// `processSync`: answered once everything proposed so far is committed, which may be at once.
    pub(super) fn process_sync(&mut self, learner: ConnId, host: &mut Host<'_, '_>) {
        let last = self.last_proposed;
        match self.outstanding.get_mut(&last) {
            Some(proposal) => proposal.syncs.push(learner),
            None => self.release_sync(learner, host),
        }
    }

    fn release_sync(&mut self, learner: ConnId, host: &mut Host<'_, '_>) {
        if let Some(handler) = self.handlers.get_mut(&learner) {
            handler.queue(Zxid(0), QuorumBody::Sync, host);
        }
    }

    /// What a learner sends while it is served.
    pub(super) fn take_in_broadcast(
        &mut self,
        conn: ConnId,
        zxid: Zxid,
        body: &QuorumBody,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        let deadline = self.tick.saturating_add(host.core.config.sync_limit);
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return Ok(());
        };
        handler.ack_deadline = deadline;
        if matches!(body, QuorumBody::Ack) {
            handler.unacked.acked(zxid);
            let sid = handler.sid();
            return self.process_ack(sid, zxid, host);
        }
        if let QuorumBody::Request(request) = body {
            return self.take_request(conn, request, host);
        }
        if let QuorumBody::Revalidate {
            session,
            timeout_ms,
        } = body
        {
            self.revalidate(conn, (*session, *timeout_ms), host);
        } else if let QuorumBody::Touched { sessions } = body {
            Self::touch_sessions(sessions, host);
        }
        // Kinds that mean nothing here are only warned about by the original.
        Ok(())
    }

    /// Everything a follower can be owed was sent: it is served from now on.
    pub(super) fn bring_up(&mut self, conn: ConnId, host: &mut Host<'_, '_>) {
        if let Some(handler) = self.handlers.get_mut(&conn) {
            handler.step = Step::Broadcast;
            handler.queue(Zxid(-1), QuorumBody::UpToDate, host);
        }
    }
}
