//! A peer in LEADING: gathers an epoch, brings learners to its history, serves until it loses them.
//!
//! The thread of `Leader.lead` and those of its handlers as one state machine: [`Stage`] is where
//! the leader's own thread stands, [`learner_handler::Step`] where a handler's does.
//! Source: `Leader.java, lead`; `LearnerHandler.java, run`.

mod ack_timer;
pub mod broadcast;
mod clients;
pub mod discovery;
mod forwarding;
mod gates;
mod handling;
pub mod learner_handler;
mod liveness;
pub mod sync;
pub mod throttle;

#[cfg(test)]
mod broadcast_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bugs::Bug;
use super::clients::Taken;
use super::config::bounded;
use super::effect::{ConnId, Effect, Input, Port, Record, Route, Ticket, Timer};
use super::host::Host;
use super::ids::{Sid, ZabState, Zxid};
use super::message::{Message, QuorumBody, QuorumPacket};
use super::note::{DropReason, Note, Why};
use super::status::PeerStatus;
use crate::base::{Map, Micros, Set};
use broadcast::Proposal;
use discovery::{Caller, Discovery, StateSummary};
use learner_handler::{LearnerHandler, Step};
use throttle::SyncThrottle;

/// The protocol version both sides state; older ones are not spoken here.
pub(super) const PROTOCOL_VERSION: i32 = 0x1_0000;

/// A leader, established or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Leader {
    stage: Stage,
    discovery: Discovery,
    /// The write of the new acceptedEpoch, which whoever needs that epoch waits for.
    accepting: Option<Accepting>,
    /// When the leader's own wait for the epoch quorum began.
    waiting_since: Option<Micros>,
    handlers: Map<ConnId, LearnerHandler>,
    tick: u64,
    half_ticks: u64,
    last_proposed: Zxid,
    last_committed: Zxid,
    /// Proposed and not committed, by zxid.
    outstanding: Map<Zxid, Proposal>,
    /// Synchronisations under way: DIFF and TRUNC, then SNAP.
    throttles: [SyncThrottle; 2],
    /// Who was alive at the last check that was worth a note.
    last_alive: Set<Sid>,
}

/// Where the leader's own thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Stage {
    /// Writes a snapshot; nobody is accepted yet.
    Loading(Ticket),
    /// Waits for a quorum to connect.
    EpochQuorum,
    /// Waits for a quorum to accept the epoch.
    EpochAckQuorum,
    /// Writes currentEpoch.
    WritingEpoch(Ticket),
    /// Waits for a quorum to be synchronised.
    NewLeaderQuorum,
    /// Serves.
    Serving,
}

/// A decided epoch on its way to the disk. The original holds the gate's lock meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Accepting {
    ticket: Ticket,
    callers: Set<Caller>,
}

impl Leader {
    /// Enters LEADING: binds the quorum port and writes a snapshot named by the pre-election zxid.
    pub(super) fn enter(host: &mut Host<'_, '_>) -> Self {
        host.set_phase(ZabState::Discovery);
        host.core.db.remove_orphans();
        host.ctx.emit(Effect::Listen(Port::Quorum));
        let summary = StateSummary {
            current_epoch: host.core.current_epoch,
            last_zxid: host.core.db.last_processed(),
        };
        let ticket = host.persist(Record::Snapshot(Arc::new(host.core.db.snapshot())));
        Self {
            stage: Stage::Loading(ticket),
            discovery: if host.core.config.bugs.has(Bug::StrictGreater) {
                Discovery::new(host.core.config.my_id, summary).comparing_strictly()
            } else {
                Discovery::new(host.core.config.my_id, summary)
            },
            accepting: None,
            waiting_since: None,
            handlers: Map::new(),
            tick: 0,
            half_ticks: 0,
            last_proposed: Zxid(0),
            last_committed: Zxid(0),
            outstanding: Map::new(),
            throttles: [
                SyncThrottle::new(host.core.config.sync.max_diff_syncs),
                SyncThrottle::new(host.core.config.sync.max_snap_syncs),
            ],
            last_alive: Set::new(),
        }
    }

    /// Takes one input of the quorum port, of its timers or of the disk.
    ///
    /// # Errors
    /// Why the leader must go: its caller calls [`Self::leave`].
    pub(super) fn on_input(&mut self, input: Input, host: &mut Host<'_, '_>) -> Result<(), Why> {
        if host.take_client(&input) == Taken::Yes {
            return self.take_own(host);
        }
        match input {
            Input::Opened(conn, Route::Accepted(Port::Quorum)) => self.accept(conn, host),
            Input::Received(conn, message) => {
                if let Some(handler) = self.handlers.get_mut(&conn) {
                    handler.heard_at = host.ctx.now;
                    handler.channel.push(message);
                }
            }
            Input::Closed(conn) => {
                if let Some(handler) = self.handlers.get_mut(&conn) {
                    handler.channel.end();
                }
            }
            Input::Persisted(ticket) => self.persisted(ticket, host)?,
            Input::Fired(timer) => self.fired(timer, host)?,
            Input::Opened(..) | Input::Refused(..) | Input::Boot | Input::Oracle { .. } => {}
        }
        self.settle(host)?;
        self.take_own(host)
    }

    /// `reportLookingSid`: a voter is LOOKING; the leader may have waited for its epoch long
    /// enough.
    ///
    /// # Errors
    /// [`Why::NoEpochQuorum`] where `maxTimeToWaitForEpoch` is over.
    pub(super) fn report_looking(&self, host: &Host<'_, '_>) -> Result<(), Why> {
        let (Some(limit_ms), Some(since)) = (
            host.core.config.max_time_to_wait_for_epoch_ms,
            self.waiting_since,
        ) else {
            return Ok(());
        };
        let waited = host.ctx.now.saturating_sub(since);
        if !self.discovery.connecting().is_open() && waited > bounded(limit_ms) {
            return Err(Why::NoEpochQuorum);
        }
        Ok(())
    }

    /// A leader begins to leave LEADING: nobody is accepted any more.
    pub(super) fn stop_accepting(host: &mut Host<'_, '_>) {
        host.ctx.disarm(Timer::LeaderWait);
        host.ctx.disarm(Timer::LeaderTick);
        host.ctx.emit(Effect::Unlisten(Port::Quorum));
    }

    /// True where the server has started: its log is drained and replayed when it is left.
    pub(super) fn serves(&self) -> bool {
        self.stage == Stage::Serving
    }

    /// Its server is shut down: every learner is closed.
    pub(super) fn close_learners(&mut self, host: &mut Host<'_, '_>) {
        let conns: Vec<ConnId> = self.handlers.keys().copied().collect();
        for conn in conns {
            self.drop_learner(conn, DropReason::LeaderLeaves, host);
        }
    }

    /// Copies what can be seen from outside.
    pub(super) fn fill_status(&self, me: Sid, status: &mut PeerStatus) {
        status.leader = Some(me);
        status.serving = self.stage == Stage::Serving;
        status.tick = self.tick;
        status.learners = self
            .handlers
            .values()
            .filter_map(|handler| Some((handler.name?, handler.status())))
            .collect();
    }

    // The leader's own thread.

    fn persisted(&mut self, ticket: Ticket, host: &mut Host<'_, '_>) -> Result<(), Why> {
        if let Some(zxids) = host.logged(ticket) {
            let me = host.core.config.my_id;
            for zxid in zxids {
                self.process_ack(me, zxid, host)?;
            }
        } else if self.stage == Stage::Loading(ticket) {
            self.start_accepting(host);
        } else if self.stage == Stage::WritingEpoch(ticket) {
            self.await_new_leader_acks(host);
        } else if self.accepting.as_ref().is_some_and(|a| a.ticket == ticket)
            && let Some(accepting) = self.accepting.take()
        {
            for caller in accepting.callers {
                self.has_epoch(caller, host);
            }
        }
        Ok(())
    }

    fn fired(&mut self, timer: Timer, host: &mut Host<'_, '_>) -> Result<(), Why> {
        match timer {
            Timer::LeaderTick => self.half_tick(host)?,
            Timer::SessionExpiry => self.expire_sessions(host)?,
            Timer::LeaderWait if self.discovery.give_up(Caller::Leader) => {
                return Err(match self.stage {
                    Stage::Loading(_) | Stage::EpochQuorum => Why::NoEpochQuorum,
                    Stage::EpochAckQuorum => Why::NoEpochAckQuorum,
                    Stage::WritingEpoch(_) | Stage::NewLeaderQuorum | Stage::Serving => {
                        Why::NoNewLeaderQuorum
                    }
                });
            }
            Timer::HandlerWait(conn) if self.discovery.give_up(Caller::Handler(conn)) => {
                self.drop_learner(conn, DropReason::WaitedTooLong, host);
            }
            Timer::HandlerSnapshot(conn) => self.serialize(conn, host),
            Timer::HandlerRead(conn) => {
                if self.handlers.get(&conn).is_some_and(|h| h.channel.blocks()) {
                    self.drop_learner(conn, DropReason::Silent, host);
                }
            }
            Timer::LeaderWait
            | Timer::HandlerWait(_)
            | Timer::Notification
            | Timer::Finalize
            | Timer::Handshake(_)
            | Timer::ObserverElection
            | Timer::ObserverReconnect
            | Timer::ConnectRetry
            | Timer::LearnerRead
            | Timer::LogPoll => {}
        }
        Ok(())
    }

    /// The snapshot is written: those who connected meanwhile are taken in.
    fn start_accepting(&mut self, host: &mut Host<'_, '_>) {
        self.stage = Stage::EpochQuorum;
        for handler in self.handlers.values_mut() {
            handler.step = Step::ReadInfo;
        }
        let (me, accepted) = (host.core.config.my_id, host.core.accepted_epoch);
        self.epoch_to_propose(Caller::Leader, me, accepted, host);
        if !self.discovery.connecting().is_open() {
            self.waiting_since = Some(host.ctx.now);
        }
    }

    /// The epoch is decided and on disk: the leader acknowledges it itself.
    fn await_epoch_acks(&mut self, host: &mut Host<'_, '_>) {
        self.stage = Stage::EpochAckQuorum;
        self.last_proposed = self.discovery.new_leader_zxid();
        let me = host.core.config.my_id;
        let summary = self.discovery.summary();
        self.epoch_ack(Caller::Leader, me, summary, host);
    }

    fn write_current_epoch(&mut self, host: &mut Host<'_, '_>) {
        let ticket = host.persist(Record::CurrentEpoch(self.discovery.epoch()));
        self.stage = Stage::WritingEpoch(ticket);
    }

    fn await_new_leader_acks(&mut self, host: &mut Host<'_, '_>) {
        host.set_phase(ZabState::Synchronization);
        self.stage = Stage::NewLeaderQuorum;
        let me = host.core.config.my_id;
        let zxid = self.discovery.new_leader_zxid();
        self.newleader_ack(Caller::Leader, me, zxid, host);
    }

    /// A quorum is synchronised: the leader serves, and says so to those it waited for.
    fn serve(&mut self, host: &mut Host<'_, '_>) {
        let epoch = self.discovery.epoch();
        self.stage = Stage::Serving;
        let zxid = self.discovery.new_leader_zxid();
        host.core.db.set_last_processed(zxid);
        self.last_committed = zxid;
        host.start_leading_server();
        host.update_election_vote(epoch);
        host.set_phase(ZabState::Broadcast);
        host.ctx.note(Note::Serving {
            leader: host.core.config.my_id,
            epoch,
        });
        host.ctx
            .arm(Timer::LeaderTick, host.core.config.ping_interval());
        for handler in self.handlers.values_mut() {
            if handler.step == Step::Startup {
                handler.step = Step::Broadcast;
                handler.queue(Zxid(-1), QuorumBody::UpToDate, host);
            }
        }
    }
}

#[cfg(test)]
impl Leader {
    /// A long reign: everything up to `zxid` was proposed and committed.
    pub(in crate::protocol) const fn leap(&mut self, zxid: Zxid) {
        self.last_proposed = zxid;
        self.last_committed = zxid;
    }
}

fn send(conn: ConnId, zxid: Zxid, body: QuorumBody, host: &mut Host<'_, '_>) {
    host.ctx
        .send(conn, Message::Quorum(QuorumPacket { zxid, body }));
}

fn ascending(sids: &Set<Sid>) -> Vec<Sid> {
    sids.iter().copied().collect()
}
