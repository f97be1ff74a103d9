//! What a leader sends a learner from its choice of DIFF, TRUNC or SNAP on: the synchronisation,
//! and everything proposed and committed since.
//!
//! Forwarding starts in the moment of the choice, so nothing is missed; what is queued leaves only
//! after the snapshot, if there is one. Source: `LearnerHandler.java, run`; `Leader.java,
//! startForwarding`.

use std::sync::Arc;

use super::Leader;
use super::learner_handler::{LearnerHandler, Serializing, Step};
use super::sync::{self, History, Policy, SyncPlan};
use super::throttle::{Need, SyncThrottle, TooMany};
use crate::base::Micros;
use crate::protocol::bugs::Bug;
use crate::protocol::effect::{ConnId, Timer};
use crate::protocol::host::Host;
use crate::protocol::ids::{LearnerType, Zxid};
use crate::protocol::message::{QuorumBody, QuorumPacket};
use crate::protocol::note::{DropReason, Note, SyncMode};

/// How long a handler takes to come from its choice to the snapshot's header, and from there to its
/// content. Commits go on meanwhile.
const SERIALIZING: Micros = Micros::from_ms(1);

impl Leader {
    /// `syncFollower`, then NEWLEADER; from here on the learner is forwarded to.
    pub(super) fn synchronise(&mut self, conn: ConnId, host: &mut Host<'_, '_>) {
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return;
        };
        let plan = choose(handler.peer_zxid, host);
        let mode = plan.mode;
        host.ctx.note(Note::SyncChosen {
            to: handler.sid(),
            peer_zxid: handler.peer_zxid,
            mode,
        });
        handler.held = plan.queued;
        handler.step = Step::Serializing(Serializing::Header);
        self.start_forwarding(conn, plan.forward_from);
        let need = match self.handlers.get(&conn).map(|handler| handler.learner_type) {
            Some(LearnerType::Observer) => Need::Optional,
            Some(LearnerType::Participant) | None => Need::Essential,
        };
        if self.begin_sync(mode, need).is_err() {
            return self.drop_learner(conn, DropReason::TooManySyncs, host);
        }
        self.set_syncing(conn, Some(mode));
        if need == Need::Essential {
            self.update_need_oracle(host);
        }
        if mode == SyncMode::Snap {
            host.ctx.arm(Timer::HandlerSnapshot(conn), SERIALIZING);
        } else {
            self.queue_new_leader(conn, host);
            self.start_sender(conn, host);
        }
    }

    /// `startForwarding`: what the choice did not cover yet; whatever comes later is sent as it
    /// comes. Commits are applied at once here, so none waits between commit and tree.
    fn start_forwarding(&mut self, conn: ConnId, from: Zxid) {
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return;
        };
        if handler.learner_type == LearnerType::Observer {
            return;
        }
        for (zxid, proposal) in self.outstanding.iter() {
            if *zxid > from {
                handler.held.push(QuorumPacket {
                    zxid: *zxid,
                    body: QuorumBody::Proposal(Arc::clone(&proposal.txn)),
                });
            }
        }
    }

    /// The handler has come further with its snapshot.
    pub(super) fn serialize(&mut self, conn: ConnId, host: &mut Host<'_, '_>) {
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return;
        };
        let Step::Serializing(so_far) = handler.step else {
            return;
        };
        // As before ZOOKEEPER-3104: queued ahead of header and content, which are read together.
        let is_early = host.core.config.bugs.has(Bug::NewLeaderBeforeSnapshot);
        match so_far {
            Serializing::Header => {
                let zxid = host.core.db.last_processed();
                handler.step = Step::Serializing(Serializing::Content(zxid));
                host.ctx.arm(Timer::HandlerSnapshot(conn), SERIALIZING);
                if is_early {
                    self.queue_new_leader(conn, host);
                }
            }
            Serializing::Content(zxid) => {
                let zxid = if is_early {
                    host.core.db.last_processed()
                } else {
                    zxid
                };
                // Fuzzy: it may hold what is queued as well, and will be applied again.
                let content = Arc::new(host.core.db.snapshot());
                super::send(conn, zxid, QuorumBody::Snap(content), host);
                if !is_early {
                    self.queue_new_leader(conn, host);
                }
                self.start_sender(conn, host);
            }
        }
    }

    fn queue_new_leader(&mut self, conn: ConnId, host: &mut Host<'_, '_>) {
        let zxid = self.discovery.new_leader_zxid();
        if let Some(handler) = self.handlers.get_mut(&conn) {
            handler.queue(zxid, QuorumBody::NewLeader, host);
        }
    }

    /// Everything queued leaves; what is queued from now on leaves at once.
    fn start_sender(&mut self, conn: ConnId, host: &mut Host<'_, '_>) {
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return;
        };
        handler.step = Step::ReadNewLeaderAck;
        for packet in core::mem::take(&mut handler.held) {
            handler.queue(packet.zxid, packet.body, host);
        }
    }

    /// Counts the end of a synchronisation, and the beginning of another.
    pub(super) fn set_syncing(&mut self, conn: ConnId, mode: Option<SyncMode>) {
        let handler = self.handlers.get_mut(&conn);
        let ended = handler.and_then(|handler| core::mem::replace(&mut handler.syncing, mode));
        if let Some(ended) = ended {
            self.end_sync(ended);
        }
    }

    const fn begin_sync(&mut self, mode: SyncMode, need: Need) -> Result<(), TooMany> {
        self.throttle(mode).begin(need)
    }

    pub(super) const fn end_sync(&mut self, mode: SyncMode) {
        self.throttle(mode).end();
    }

    const fn throttle(&mut self, mode: SyncMode) -> &mut SyncThrottle {
        let [diffs, snaps] = &mut self.throttles;
        match mode {
            SyncMode::Snap => snaps,
            SyncMode::Diff | SyncMode::Trunc => diffs,
        }
    }
}

impl LearnerHandler {
    /// Queues a packet: it leaves at once where the sender runs.
    pub(super) fn queue(&mut self, zxid: Zxid, body: QuorumBody, host: &mut Host<'_, '_>) {
        if !self.has_sender() {
            self.held.push(QuorumPacket { zxid, body });
            return;
        }
        if matches!(body, QuorumBody::Proposal(_)) {
            self.unacked.sent(zxid, host.ctx.now);
        }
        super::send(self.conn(), zxid, body, host);
    }
}

fn choose(peer: Zxid, host: &Host<'_, '_>) -> SyncPlan {
    let core = &host.core;
    let on_disk = |peer| {
        let snapshot = core.disk.snapshot().map_or(0, |newest| newest.bytes());
        let limit = core.config.sync.log_limit(snapshot)?;
        let preallocated = core.config.storage.pre_alloc_kb.saturating_mul(1_024);
        core.disk.log.from(peer, limit, preallocated)
    };
    let policy = if core.config.sync.force_snapshot {
        Policy::Snapshot
    } else if core.config.bugs.has(Bug::NoTruncInsideCommittedLog) {
        Policy::NoTrunc
    } else {
        Policy::Any
    };
    let history = History {
        last_processed: core.db.last_processed(),
        committed: core.db.committed().txns().cloned().collect(),
        policy,
        on_disk: &on_disk,
    };
    sync::choose(peer, &history)
}
