//! What all roles of one process share: configuration, epochs, memory, disk.
//!
//! Not a role itself; [`super::Peer`] decides which role holds it. Source: the fields of
//! `QuorumPeer.java` that outlive a `Leader` or a `Learner`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bugs::Bug;
use super::config::{PeerConfig, QuorumSpec};
use super::durable::{Durable, Loaded};
use super::effect::{Ctx, Effect, ExitCause, Input, Record, Ticket, Timer};
use super::election::{ElectionSide, Me};
use super::ids::{Epoch, ServerState, ZabState, Zxid};
use super::note::{Note, SyncMode, Why};
use super::quorum::{OracleView, Quorum, oracle_says_one};
use super::server::log_stage::{After, LogStage, Next};
use super::server::{Database, Server, Txn};
use crate::base::Map;

/// A process's memory that survives its roles and is lost in a crash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Core {
    pub(super) config: Arc<PeerConfig>,
    /// The committed configuration's quorum system.
    pub(super) quorum: Quorum,
    /// The disk as this process reads it: files once they are written, the log at once.
    pub(super) disk: Durable,
    pub(super) state: ServerState,
    pub(super) zab: ZabState,
    pub(super) accepted_epoch: Epoch,
    pub(super) current_epoch: Epoch,
    /// The data, the sessions and the committed log.
    pub(super) db: Database,
    /// How the last synchronisation began, until its NEWLEADER is processed.
    pub(super) sync_mode: Option<SyncMode>,
    pub(super) oracle: OracleView,
    /// Transactions on their way to the log.
    pub(super) log: LogStage,
    /// What serves the clients while the role serves.
    pub(super) server: Option<Box<Server>>,
    tickets: u64,
    writing: Map<Ticket, Option<Record>>,
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
            db: Database::default(),
            disk,
            sync_mode: None,
            oracle: OracleView {
                says_one,
                ..OracleView::default()
            },
            log: LogStage::default(),
            server: None,
            tickets: 0,
            writing: Map::new(),
        }
    }

    /// Takes what the start-up checks made of the disk.
    pub(super) fn load(&mut self, loaded: Loaded) {
        self.accepted_epoch = loaded.accepted_epoch;
        self.current_epoch = loaded.current_epoch;
        self.db = loaded.database;
    }

    /// What the election side must know.
    pub(super) fn me(&self) -> Me<'_> {
        Me {
            config: &self.config,
            state: self.state,
            last_zxid: self.db.last_processed(),
            current_epoch: self.current_epoch,
            oracle: self.oracle,
        }
    }

    /// Asks for a write; whoever asked waits for the ticket.
    pub(super) fn persist(&mut self, record: Record, ctx: &mut Ctx<'_>) -> Ticket {
        let ticket = self.ticket(Some(record.clone()));
        ctx.emit(Effect::Persist(record, ticket));
        ticket
    }

    /// Writes to the log.
    pub(super) fn write(&mut self, record: Record, ctx: &mut Ctx<'_>) {
        self.disk.take(&record);
        ctx.emit(Effect::Write(record));
    }

    /// Asks for the log to be durable; whoever asked waits for the ticket.
    pub(super) fn fsync(&mut self, ctx: &mut Ctx<'_>) -> Ticket {
        let ticket = self.ticket(None);
        ctx.emit(Effect::Fsync(ticket));
        ticket
    }

    fn ticket(&mut self, record: Option<Record>) -> Ticket {
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        self.writing.insert(ticket, record);
        ticket
    }

    /// A write is done: memory follows the file. False for a ticket nobody waits for.
    pub(super) fn persisted(&mut self, ticket: Ticket) -> bool {
        let Some(record) = self.writing.remove(&ticket) else {
            return false;
        };
        let Some(record) = record else {
            return true;
        };
        self.disk.take(&record);
        match record {
            Record::AcceptedEpoch(epoch) => self.accepted_epoch = epoch,
            Record::CurrentEpoch(epoch) => self.current_epoch = epoch,
            Record::Truncate(_) => self.log.truncated(),
            Record::Snapshot(_) | Record::Append(_) | Record::Roll => {}
        }
        true
    }

    /// Everything in memory is cleared and read from disk again. A disk that cannot be read leaves
    /// an empty, untrusted database.
    pub(super) fn reload(&mut self) {
        let restored = self.disk.restore(&self.config.storage);
        self.db = restored.unwrap_or_else(|_| {
            let count = self.config.storage.commit_log_count;
            Database::empty(Zxid::UNTRUSTED).holding(count)
        });
    }

    /// Lets the log stage work: appends what waits, then waits for more or asks for one fsync.
    pub(super) fn run_log(&mut self, ctx: &mut Ctx<'_>) {
        let rules = self.config.storage;
        while let Some(txn) = self.log.next() {
            self.write(Record::Append(Arc::clone(&txn)), ctx);
            if self.log.append(&txn, (&rules, ctx.now), ctx.rng) == After::Snapshot {
                self.write(Record::Roll, ctx);
                let snapshot = Arc::new(self.db.snapshot());
                self.persist(Record::Snapshot(snapshot), ctx);
            }
        }
        match self.log.turn(&rules, ctx.now) {
            Next::Rest => {}
            Next::Poll(time) => {
                self.log.poll();
                ctx.arm(Timer::LogPoll, time);
            }
            Next::Flush => self.flush_log(ctx),
        }
    }

    fn flush_log(&mut self, ctx: &mut Ctx<'_>) {
        if self.log.end_poll() {
            ctx.disarm(Timer::LogPoll);
        }
        let ticket = self.fsync(ctx);
        self.log.flush(ticket);
    }

    /// The log stage has waited for more long enough.
    pub(super) fn log_polled(&mut self, ctx: &mut Ctx<'_>) {
        if self.log.end_poll() {
            self.flush_log(ctx);
        }
    }

    /// The server is shut down: the log stage makes durable what it has, without waiting for more.
    pub(super) fn close_log(&mut self, ctx: &mut Ctx<'_>) {
        self.log.close();
        self.run_log(ctx);
    }

    /// An fsync has ended: what it made durable, where it was the log stage's, which goes on.
    pub(super) fn logged(&mut self, ticket: Ticket, ctx: &mut Ctx<'_>) -> Option<Vec<Zxid>> {
        let zxids = self.log.flushed(ticket, ctx.now)?;
        if let Some(&zxid) = zxids.last() {
            ctx.note(Note::Logged { zxid });
        }
        self.run_log(ctx);
        Some(zxids)
    }

    /// `fastForwardDataBase`: what is logged and was never committed becomes part of the state that
    /// the next vote is about (ZOOKEEPER-2845).
    pub(super) fn fast_forward(&mut self) {
        if !self.config.bugs.has(Bug::KeepTreeWithoutReplay) {
            self.disk.replay(&mut self.db);
        }
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

    /// Writes to the log directly, past its stage.
    pub(super) fn write(&mut self, record: Record) {
        self.core.write(record, self.ctx);
    }

    /// Asks for what was written directly to be durable.
    pub(super) fn fsync(&mut self) -> Ticket {
        self.core.fsync(self.ctx)
    }

    /// Hands a transaction to the log stage.
    pub(super) fn log(&mut self, txn: Arc<Txn>) {
        self.core.log.push(txn);
        self.core.run_log(self.ctx);
    }

    /// An fsync has ended: what it made durable, where it was the log stage's.
    pub(super) fn logged(&mut self, ticket: Ticket) -> Option<Vec<Zxid>> {
        self.core.logged(ticket, self.ctx)
    }

    /// Something came for a role that was left: connections are closed, the log stage goes on.
    pub(super) fn take_late(&mut self, input: &Input) {
        if let Input::Opened(conn, _) = input {
            self.ctx.hangup(*conn);
        } else if let Input::Persisted(ticket) = input {
            self.logged(*ticket);
        }
    }

    /// The commit stage: applies a committed transaction. All of a server's transactions pass here,
    /// in order; its clients are told.
    ///
    /// # Errors
    /// [`Why::Fatal`] where the committed log gets a hole.
    pub(super) fn deliver(&mut self, txn: &Arc<Txn>) -> Result<(), Why> {
        let applied = self.core.db.apply(txn);
        self.ctx.note(Note::Applied { zxid: txn.zxid });
        match applied {
            Ok(applied) => {
                self.tell_clients(txn, &applied);
                Ok(())
            }
            Err(gap) => Err(Why::Fatal {
                cause: ExitCause::CommittedLogGap {
                    max: gap.max,
                    next: gap.next,
                },
            }),
        }
    }

    /// `updateElectionVote`: the epoch settled by synchronisation replaces the vote's.
    pub(super) fn update_election_vote(&mut self, epoch: Epoch) {
        if !self.core.config.bugs.has(Bug::NoVoteRefresh) {
            self.election.update_election_vote(epoch);
        }
    }

    /// Changes the Zab phase.
    pub(super) fn set_phase(&mut self, to: ZabState) {
        self.core.set_phase(to, self.ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::config::Ensemble;
    use crate::protocol::ids::Sid;
    use crate::protocol::testkit::{Rig, at, disk, set};

    #[test]
    fn what_is_logged_can_be_read_at_once_and_is_durable_later() {
        let config = PeerConfig::sample(Sid(1), Ensemble::plain(3, 0));
        let mut rig = Rig::new(config, &disk(1, 1, at(1, 1)));
        let record = Record::Append(set(at(1, 2), "/a", ""));
        let ticket = rig.with(|host| {
            host.core.write(record.clone(), host.ctx);
            host.core.fsync(host.ctx)
        });
        assert_eq!(rig.out, [Effect::Write(record), Effect::Fsync(ticket)]);
        assert_eq!(rig.core.disk.last_zxid(), at(1, 2));
        assert!(rig.core.persisted(ticket) && !rig.core.persisted(ticket));
        rig.core.reload();
        assert_eq!(rig.core.db.last_processed(), at(1, 2));
    }
}
