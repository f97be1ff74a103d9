//! A peer in FOLLOWING or OBSERVING: finds its leader, accepts its epoch and history, stays with
//! it.
//!
//! The one thread of `followLeader` and `observeLeader` as a state machine: it dials, reads, or
//! waits for its disk, never two at once. Source: `Learner.java`, `Follower.java`, `Observer.java`.

mod clients;
pub mod connect;
mod follower;
mod observer;
mod sync;

#[cfg(test)]
mod tests;

pub(super) use observer::election_delay;

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bugs::Bug;
use super::channel::{Channel, Read};
use super::clients::Taken;
use super::effect::{ConnId, Effect, Input, Port, Record, Route, Ticket, Timer};
use super::host::Host;
use super::ids::{Epoch, LearnerType, Sid, ZabState, Zxid};
use super::leader::PROTOCOL_VERSION;
use super::message::{LearnerInfo, Message, QuorumBody, QuorumPacket};
use super::note::{Note, SyncMode, Why};
use super::server::Txn;
use super::status::PeerStatus;
use crate::base::Micros;
use connect::{Connector, Next};
use sync::Gathered;

/// A learner, from the moment it knows whom to follow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Learner {
    leader: Sid,
    kind: LearnerType,
    stage: Stage,
    conn: Option<ConnId>,
    channel: Channel,
    patience: Patience,
    /// Last logged zxid when it registered; ACKEPOCH carries it.
    last_logged: Zxid,
    /// The leader's epoch, once LEADERINFO was read.
    epoch: Epoch,
    /// What was gathered on the way to serving.
    sync: Gathered,
    /// `pendingTxns`: proposed, not committed; oldest first.
    pending: VecDeque<Arc<Txn>>,
    /// The last transaction proposed in the broadcast phase.
    last_queued: Option<Zxid>,
}

/// What the learner's thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Stage {
    /// An observer's random sleep before it dials.
    Sleeping,
    /// Waits for its dial to succeed or fail.
    Dialing(Connector),
    /// Sleeps between two attempts.
    Pausing(Connector),
    /// Reads LEADERINFO.
    ReadLeaderInfo,
    /// Writes acceptedEpoch.
    WritingAcceptedEpoch(Ticket),
    /// Reads DIFF, TRUNC or SNAP.
    ReadSync,
    /// Truncates its log.
    Truncating(Ticket),
    /// Reads what follows, up to UPTODATE.
    Syncing,
    /// NEWLEADER was read: writes the snapshot.
    WritingSnapshot(Ticket),
    /// NEWLEADER was read: writes what is committed to the log.
    WritingLog(Ticket),
    /// NEWLEADER was read: writes currentEpoch.
    WritingCurrentEpoch(Ticket),
    /// Serves.
    Broadcast,
}

/// How long a read may block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Patience {
    /// initLimit ticks, until NEWLEADER is processed.
    Init,
    /// syncLimit ticks, afterwards.
    Sync,
}

impl Learner {
    /// Enters FOLLOWING or OBSERVING under the leader the last election named.
    ///
    /// # Errors
    /// [`Why::LeaderUnknown`] where the committed view has no such member.
    pub(super) fn enter(leader: Sid, host: &mut Host<'_, '_>) -> Result<Self, Why> {
        host.set_phase(ZabState::Discovery);
        let config = &host.core.config;
        if !config.ensemble.members.contains_key(&leader) {
            return Err(Why::LeaderUnknown { leader });
        }
        let mut learner = Self {
            leader,
            kind: config.learner_type(),
            stage: Stage::Sleeping,
            conn: None,
            channel: Channel::default(),
            patience: Patience::Init,
            last_logged: Zxid(0),
            epoch: Epoch(-1),
            sync: Gathered::default(),
            pending: VecDeque::new(),
            last_queued: None,
        };
        match learner.kind {
            LearnerType::Observer => match observer::reconnect_delay(host) {
                Some(delay) => host.ctx.arm(Timer::ObserverReconnect, delay),
                None => learner.start_dialing(host)?,
            },
            LearnerType::Participant => learner.start_dialing(host)?,
        }
        Ok(learner)
    }

    /// Takes one input of the leader's connection, of its timers or of the disk.
    ///
    /// # Errors
    /// Why the learner must go: its caller calls [`Self::leave`].
    pub(super) fn on_input(&mut self, input: Input, host: &mut Host<'_, '_>) -> Result<(), Why> {
        if host.take_client(&input) == Taken::Yes {
            self.send_upstream(host);
            return Ok(());
        }
        match input {
            Input::Opened(conn, Route::To(sid, Port::Quorum)) => self.opened(conn, sid, host),
            Input::Refused(sid, Port::Quorum) => self.refused(sid, host)?,
            Input::Received(conn, message) if self.conn == Some(conn) => {
                self.channel.push(message);
            }
            Input::Closed(conn) if self.conn == Some(conn) => self.channel.end(),
            Input::Persisted(ticket) => self.persisted(ticket, host)?,
            Input::Fired(timer) => self.fired(timer, host)?,
            Input::Opened(conn, Route::Accepted(Port::Quorum)) => host.ctx.hangup(conn),
            Input::Opened(..)
            | Input::Refused(..)
            | Input::Received(..)
            | Input::Closed(..)
            | Input::Boot
            | Input::Oracle { .. } => {}
        }
        while self.run(host)? == Ran::Further {}
        self.send_upstream(host);
        Ok(())
    }

    /// Leaves FOLLOWING or OBSERVING: closes the connection and shuts the server down.
    ///
    /// QUIRK(sync-mode-stays): the full clear after an interrupted SNAP looks at how the last
    /// synchronisation began, and only a processed NEWLEADER ends one; so even a later failed
    /// connect clears the memory again.
    pub(super) fn leave(&mut self, host: &mut Host<'_, '_>) {
        match self.stage {
            Stage::Sleeping => host.ctx.disarm(Timer::ObserverReconnect),
            Stage::Pausing(_) => host.ctx.disarm(Timer::ConnectRetry),
            Stage::Dialing(_)
            | Stage::ReadLeaderInfo
            | Stage::WritingAcceptedEpoch(_)
            | Stage::ReadSync
            | Stage::Truncating(_)
            | Stage::Syncing
            | Stage::WritingSnapshot(_)
            | Stage::WritingLog(_)
            | Stage::WritingCurrentEpoch(_)
            | Stage::Broadcast => {
                if self.channel.blocks() {
                    host.ctx.disarm(Timer::LearnerRead);
                }
            }
        }
        if let Some(conn) = self.conn.take() {
            host.ctx.hangup(conn);
        }
        let keeps = host.core.config.bugs.has(Bug::KeepMemoryAfterPartialSnap);
        if host.core.sync_mode == Some(SyncMode::Snap) && !keeps {
            host.core.reload();
        }
    }

    /// True where the server has started: its log is drained and replayed when it is left.
    pub(super) const fn serves(&self) -> bool {
        matches!(self.stage, Stage::Broadcast)
    }

    /// Copies what can be seen from outside.
    pub(super) fn fill_status(&self, status: &mut PeerStatus) {
        status.leader = Some(self.leader);
        status.serving = self.stage == Stage::Broadcast;
    }

    // Dialling.

    fn start_dialing(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let connector = Connector::new(&host.core.config, host.ctx.now);
        self.dial(connector, host)
    }

    fn dial(&mut self, mut connector: Connector, host: &mut Host<'_, '_>) -> Result<(), Why> {
        match connector.dial(host.ctx.now) {
            Next::Dial(within) => {
                self.stage = Stage::Dialing(connector);
                host.ctx.emit(Effect::Dial {
                    to: self.leader,
                    port: Port::Quorum,
                    within,
                });
                Ok(())
            }
            Next::Pause(_) | Next::GiveUp => Err(self.unreachable(connector, host)),
        }
    }

    fn refused(&mut self, sid: Sid, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let Stage::Dialing(connector) = self.stage else {
            return Ok(());
        };
        if sid != self.leader {
            return Ok(());
        }
        match connector.failed(host.ctx.now) {
            Next::Pause(pause) => {
                self.stage = Stage::Pausing(connector);
                host.ctx.note(Note::ConnectFailed {
                    leader: self.leader,
                    attempt: connector.attempts(),
                    gave_up: false,
                });
                host.ctx.arm(Timer::ConnectRetry, pause);
                Ok(())
            }
            Next::Dial(_) | Next::GiveUp => {
                self.stage = Stage::Sleeping;
                Err(self.unreachable(connector, host))
            }
        }
    }

    fn unreachable(&self, connector: Connector, host: &mut Host<'_, '_>) -> Why {
        host.ctx.note(Note::ConnectFailed {
            leader: self.leader,
            attempt: connector.attempts(),
            gave_up: true,
        });
        Why::LeaderUnreachable {
            leader: self.leader,
        }
    }

    /// The connection stands: says who it is and which epoch it accepted last.
    fn opened(&mut self, conn: ConnId, sid: Sid, host: &mut Host<'_, '_>) {
        if !matches!(self.stage, Stage::Dialing(_)) || sid != self.leader {
            return host.ctx.hangup(conn);
        }
        self.conn = Some(conn);
        self.last_logged = host.core.db.last_processed();
        self.stage = Stage::ReadLeaderInfo;
        let info = LearnerInfo {
            sid: host.core.config.my_id,
            protocol_version: PROTOCOL_VERSION,
            config_version: host.core.config.ensemble.version,
        };
        let body = match self.kind {
            LearnerType::Participant => follower::info(info),
            LearnerType::Observer => observer::info(info),
        };
        self.send(Zxid::make(host.core.accepted_epoch, 0), body, host);
    }

    // Reading.

    fn fired(&mut self, timer: Timer, host: &mut Host<'_, '_>) -> Result<(), Why> {
        match (timer, self.stage) {
            (Timer::ObserverReconnect, Stage::Sleeping) => self.start_dialing(host),
            (Timer::ConnectRetry, Stage::Pausing(connector)) => self.dial(connector, host),
            (Timer::SessionExpiry, Stage::Broadcast) => {
                // Only local ones end here: nothing is asked of the leader.
                host.expire_sessions();
                Ok(())
            }
            (Timer::LearnerRead, _) if self.channel.blocks() => Err(Why::LeaderSilent {
                leader: self.leader,
                limit_ms: self.read_limit(host).as_ms(),
            }),
            _ => Ok(()),
        }
    }

    /// Lets the learner's thread run until it waits for the disk or its read blocks.
    fn run(&mut self, host: &mut Host<'_, '_>) -> Result<Ran, Why> {
        if !self.reads() {
            return Ok(Ran::NoFurther);
        }
        let had_timer = self.channel.blocks();
        match self.channel.read() {
            Read::Packet(packet) => {
                if had_timer {
                    host.ctx.disarm(Timer::LearnerRead);
                }
                self.take_packet(&packet, host)?;
                Ok(Ran::Further)
            }
            Read::Garbage => Err(self.illegal()),
            Read::End => Err(Why::LeaderClosed {
                leader: self.leader,
            }),
            Read::Blocks => {
                let limit = self.read_limit(host);
                host.ctx.arm(Timer::LearnerRead, limit);
                Ok(Ran::NoFurther)
            }
            Read::StillBlocks => Ok(Ran::NoFurther),
        }
    }

    fn take_packet(&mut self, packet: &QuorumPacket, host: &mut Host<'_, '_>) -> Result<(), Why> {
        match self.stage {
            Stage::ReadLeaderInfo => self.take_leader_info(packet, host),
            Stage::ReadSync => self.take_sync(packet, host),
            Stage::Syncing => self.take_while_syncing(packet, host),
            Stage::Broadcast => self.take_in_broadcast(packet, host),
            Stage::Sleeping
            | Stage::Dialing(_)
            | Stage::Pausing(_)
            | Stage::WritingAcceptedEpoch(_)
            | Stage::Truncating(_)
            | Stage::WritingSnapshot(_)
            | Stage::WritingLog(_)
            | Stage::WritingCurrentEpoch(_) => Ok(()),
        }
    }

    /// `registerWithLeader`, after its read: accepts the epoch, or not.
    fn take_leader_info(
        &mut self,
        packet: &QuorumPacket,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        if !matches!(packet.body, QuorumBody::LeaderInfo { .. }) {
            return Err(self.illegal());
        }
        let (offered, accepted) = (packet.zxid.epoch(), host.core.accepted_epoch);
        self.epoch = offered;
        match offered.cmp(&accepted) {
            core::cmp::Ordering::Greater => {
                let ticket = host.persist(Record::AcceptedEpoch(offered));
                self.stage = Stage::WritingAcceptedEpoch(ticket);
                Ok(())
            }
            core::cmp::Ordering::Equal => {
                // Acknowledged before, to whomever: this one must not count again.
                self.ack_epoch(Epoch(-1), host);
                Ok(())
            }
            core::cmp::Ordering::Less => {
                let leader = self.leader;
                host.ctx.note(Note::EpochRefused {
                    leader,
                    offered,
                    accepted,
                });
                Err(Why::EpochTooOld { leader })
            }
        }
    }

    fn ack_epoch(&mut self, current_epoch: Epoch, host: &mut Host<'_, '_>) {
        let body = QuorumBody::AckEpoch { current_epoch };
        self.send(self.last_logged, body, host);
        self.stage = Stage::ReadSync;
        host.set_phase(ZabState::Synchronization);
    }

    fn persisted(&mut self, ticket: Ticket, host: &mut Host<'_, '_>) -> Result<(), Why> {
        if let Some(zxids) = host.logged(ticket) {
            self.ack_logged(zxids, host);
            return Ok(());
        }
        match self.stage {
            Stage::WritingAcceptedEpoch(waited) if waited == ticket => {
                host.ctx.note(Note::EpochAccepted {
                    leader: self.leader,
                    epoch: self.epoch,
                });
                self.ack_epoch(host.core.current_epoch, host);
            }
            Stage::Truncating(waited) if waited == ticket => self.truncated(host),
            Stage::WritingSnapshot(waited)
            | Stage::WritingLog(waited)
            | Stage::WritingCurrentEpoch(waited)
                if waited == ticket =>
            {
                return self.go_on_with_new_leader(host);
            }
            Stage::WritingAcceptedEpoch(_)
            | Stage::Truncating(_)
            | Stage::WritingSnapshot(_)
            | Stage::WritingLog(_)
            | Stage::WritingCurrentEpoch(_)
            | Stage::Sleeping
            | Stage::Dialing(_)
            | Stage::Pausing(_)
            | Stage::ReadLeaderInfo
            | Stage::ReadSync
            | Stage::Syncing
            | Stage::Broadcast => {}
        }
        Ok(())
    }

    const fn reads(&self) -> bool {
        matches!(
            self.stage,
            Stage::ReadLeaderInfo | Stage::ReadSync | Stage::Syncing | Stage::Broadcast
        )
    }

    fn read_limit(&self, host: &Host<'_, '_>) -> Micros {
        match self.patience {
            Patience::Init => host.core.config.init_time(),
            Patience::Sync => host.core.config.sync_time(),
        }
    }

    const fn illegal(&self) -> Why {
        Why::IllegalPacket {
            leader: self.leader,
        }
    }

    fn send(&self, zxid: Zxid, body: QuorumBody, host: &mut Host<'_, '_>) {
        if let Some(conn) = self.conn {
            host.ctx
                .send(conn, Message::Quorum(QuorumPacket { zxid, body }));
        }
    }
}

/// Whether the learner's thread can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ran {
    Further,
    NoFurther,
}
