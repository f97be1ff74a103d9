//! What all roles of one process share: configuration, epochs, memory, disk.
//!
//! Not a role itself; [`super::Peer`] decides which role holds it. Source: the fields of
//! `QuorumPeer.java` that outlive a `Leader` or a `Learner`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::config::{PeerConfig, QuorumSpec};
use super::durable::{Durable, Loaded};
use super::effect::{Ctx, Effect, Record, Ticket};
use super::election::{ElectionSide, Me};
use super::ids::{Epoch, ServerState, ZabState, Zxid};
use super::note::{Note, SyncMode, Why};
use super::quorum::{OracleView, Quorum, oracle_says_one};
use crate::base::Map;

/// A process's memory that survives its roles and is lost in a crash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Core {
    pub(super) config: Arc<PeerConfig>,
    /// The committed configuration's quorum system.
    pub(super) quorum: Quorum,
    /// What a restart would find: changes only when a write is done.
    pub(super) disk: Durable,
    pub(super) state: ServerState,
    pub(super) zab: ZabState,
    pub(super) accepted_epoch: Epoch,
    pub(super) current_epoch: Epoch,
    /// The data tree's last processed zxid: what the next vote and ACKEPOCH carry.
    pub(super) last_zxid: Zxid,
    /// The newest transaction of the committed log: what the start-up replayed.
    pub(super) committed: Option<Zxid>,
    /// How the last synchronisation began, until its NEWLEADER is processed.
    pub(super) sync_mode: Option<SyncMode>,
    pub(super) oracle: OracleView,
    tickets: u64,
    writing: Map<Ticket, Record>,
}

impl Core {
    pub(super) fn new(config: Arc<PeerConfig>, disk: Durable) -> Self {
        let says_one = match &config.ensemble.quorum {
            QuorumSpec::Oracle { says, .. } => oracle_says_one(says.as_deref()),
            QuorumSpec::Majority | QuorumSpec::Hierarchical { .. } => false,
        };
        Self {
            quorum: Quorum::of(&config.ensemble),
            config,
            state: ServerState::Looking,
            zab: ZabState::Election,
            accepted_epoch: Epoch(0),
            current_epoch: Epoch(0),
            last_zxid: disk.last_zxid,
            committed: disk.log_end,
            disk,
            sync_mode: None,
            oracle: OracleView {
                says_one,
                ..OracleView::default()
            },
            tickets: 0,
            writing: Map::new(),
        }
    }

    /// Takes what the start-up checks made of the disk.
    pub(super) const fn load(&mut self, loaded: Loaded) {
        self.accepted_epoch = loaded.accepted_epoch;
        self.current_epoch = loaded.current_epoch;
        self.last_zxid = loaded.last_zxid;
    }

    /// What the election side must know.
    pub(super) fn me(&self) -> Me<'_> {
        Me {
            config: &self.config,
            state: self.state,
            last_zxid: self.last_zxid,
            current_epoch: self.current_epoch,
            oracle: self.oracle,
        }
    }

    /// Asks for a write; whoever asked waits for the ticket.
    pub(super) fn persist(&mut self, record: Record, ctx: &mut Ctx<'_>) -> Ticket {
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        self.writing.insert(ticket, record.clone());
        ctx.emit(Effect::Persist(record, ticket));
        ticket
    }

    /// A write is done: memory follows the file. False for a ticket nobody waits for.
    pub(super) fn persisted(&mut self, ticket: Ticket) -> bool {
        let Some(record) = self.writing.remove(&ticket) else {
            return false;
        };
        self.disk.take(&record);
        match record {
            Record::AcceptedEpoch(epoch) => self.accepted_epoch = epoch,
            Record::CurrentEpoch(epoch) => self.current_epoch = epoch,
            Record::Snapshot(_) | Record::Truncate(_) => {}
        }
        true
    }

    /// The full clear after an interrupted SNAP: memory is read from disk again.
    pub(super) const fn reload(&mut self) {
        self.last_zxid = self.disk.last_zxid;
        self.committed = self.disk.log_end;
    }

    /// Changes the server state and says why.
    pub(super) fn set_state(&mut self, to: ServerState, why: Why, ctx: &mut Ctx<'_>) {
        let from = core::mem::replace(&mut self.state, to);
        ctx.note(Note::State { from, to, why });
        if to == ServerState::Looking {
            self.set_phase(ZabState::Election, ctx);
        }
    }

    /// Changes the Zab phase.
    pub(super) fn set_phase(&mut self, to: ZabState, ctx: &mut Ctx<'_>) {
        if self.zab != to {
            self.zab = to;
            ctx.note(Note::Phase { to });
        }
    }
}

/// What a role is lent for one transition.
#[derive(Debug)]
pub(super) struct Host<'a, 'c> {
    pub(super) core: &'a mut Core,
    pub(super) election: &'a mut ElectionSide,
    pub(super) ctx: &'a mut Ctx<'c>,
}

impl Host<'_, '_> {
    /// Asks for a write.
    pub(super) fn persist(&mut self, record: Record) -> Ticket {
        self.core.persist(record, self.ctx)
    }

    /// Changes the Zab phase.
    pub(super) fn set_phase(&mut self, to: ZabState) {
        self.core.set_phase(to, self.ctx);
    }
}
