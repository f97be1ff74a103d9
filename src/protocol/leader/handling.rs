//! The handlers' threads: what a learner's packets do, each in its step.
//!
//! Source: `LearnerHandler.java, run`; `Leader.java, LearnerCnxAcceptor`.

use super::discovery::{Caller, StateSummary};
use super::learner_handler::{LearnerHandler, Step};
use super::{Leader, PROTOCOL_VERSION, Stage};
use crate::protocol::channel::Read;
use crate::protocol::effect::{ConnId, Timer};
use crate::protocol::host::Host;
use crate::protocol::ids::{Epoch, LearnerType};
use crate::protocol::message::{LearnerInfo, QuorumBody, QuorumPacket};
use crate::protocol::note::{DropReason, Note, Why};

impl Leader {
    pub(super) fn accept(&mut self, conn: ConnId, host: &Host<'_, '_>) {
        let step = if matches!(self.stage, Stage::Loading(_)) {
            Step::Backlog
        } else {
            Step::ReadInfo
        };
        let config = &host.core.config;
        let deadline = self
            .tick
            .saturating_add(config.init_limit)
            .saturating_add(config.sync_limit);
        let handler = LearnerHandler::new(conn, step, deadline, host.ctx.now);
        self.handlers.insert(conn, handler);
    }

    /// Lets every handler's thread run until it waits or its read blocks.
    ///
    /// # Errors
    /// Why the leader must go.
    pub(super) fn settle(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let mut ran = Ran::Further;
        while ran == Ran::Further {
            ran = Ran::NoFurther;
            // One that reads may open a gate for another that was looked at before.
            let conns: Vec<ConnId> = self.handlers.keys().copied().collect();
            for conn in conns {
                while self.run_handler(conn, host)? == Ran::Further {
                    ran = Ran::Further;
                }
            }
        }
        Ok(())
    }

    fn run_handler(&mut self, conn: ConnId, host: &mut Host<'_, '_>) -> Result<Ran, Why> {
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return Ok(Ran::NoFurther);
        };
        if !handler.reads() {
            return Ok(Ran::NoFurther);
        }
        let had_timer = handler.channel.blocks();
        let ran = match handler.channel.read() {
            Read::Packet(packet) => {
                if had_timer {
                    host.ctx.disarm(Timer::HandlerRead(conn));
                }
                self.take_packet(conn, &packet, host)?;
                Ran::Further
            }
            Read::Garbage => {
                self.drop_learner(conn, DropReason::IllegalPacket, host);
                Ran::NoFurther
            }
            Read::End => {
                self.drop_learner(conn, DropReason::Closed, host);
                Ran::NoFurther
            }
            Read::Blocks => {
                // Until NEWLEADER's ack is handled the learner has the longer limit.
                let limit = if handler.step == Step::Broadcast {
                    host.core.config.sync_time()
                } else {
                    host.core.config.init_time()
                };
                host.ctx.arm(Timer::HandlerRead(conn), limit);
                Ran::NoFurther
            }
            Read::StillBlocks => Ran::NoFurther,
        };
        Ok(ran)
    }

    fn take_packet(
        &mut self,
        conn: ConnId,
        packet: &QuorumPacket,
        host: &mut Host<'_, '_>,
    ) -> Result<(), Why> {
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return Ok(());
        };
        match (handler.step, &packet.body) {
            (Step::ReadInfo, QuorumBody::FollowerInfo(info)) => {
                self.take_info(conn, *info, packet.zxid.epoch(), host);
            }
            (Step::ReadInfo, QuorumBody::ObserverInfo(info)) => {
                handler.learner_type = LearnerType::Observer;
                self.take_info(conn, *info, packet.zxid.epoch(), host);
            }
            (Step::ReadAckEpoch, QuorumBody::AckEpoch { current_epoch }) => {
                let theirs = StateSummary {
                    current_epoch: *current_epoch,
                    last_zxid: packet.zxid,
                };
                handler.step = Step::EpochAckQuorum;
                handler.peer_zxid = packet.zxid;
                let sid = handler.sid();
                self.epoch_ack(Caller::Handler(conn), sid, theirs, host);
            }
            (Step::ReadNewLeaderAck, QuorumBody::Ack) => {
                handler.step = Step::NewLeaderQuorum;
                let sid = handler.sid();
                self.newleader_ack(Caller::Handler(conn), sid, packet.zxid, host);
            }
            (Step::Broadcast, body) => {
                return self.take_in_broadcast(conn, packet.zxid, body, host);
            }
            _ => self.drop_learner(conn, DropReason::IllegalPacket, host),
        }
        Ok(())
    }

    fn take_info(
        &mut self,
        conn: ConnId,
        info: LearnerInfo,
        accepted: Epoch,
        host: &mut Host<'_, '_>,
    ) {
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return;
        };
        handler.name = Some(info.sid);
        if info.protocol_version < PROTOCOL_VERSION {
            return self.drop_learner(conn, DropReason::IllegalPacket, host);
        }
        if info.config_version > host.core.config.ensemble.version {
            return self.drop_learner(conn, DropReason::NewerConfig, host);
        }
        handler.step = Step::EpochQuorum;
        host.ctx.note(Note::LearnerJoined {
            sid: info.sid,
            accepted_epoch: accepted,
        });
        self.epoch_to_propose(Caller::Handler(conn), info.sid, accepted, host);
    }

    pub(super) fn drop_learner(&mut self, conn: ConnId, why: DropReason, host: &mut Host<'_, '_>) {
        let Some(handler) = self.handlers.remove(&conn) else {
            return;
        };
        self.discovery.give_up(Caller::Handler(conn));
        if let Some(mode) = handler.syncing {
            self.end_sync(mode);
        }
        if let Some(timer) = handler.timer() {
            host.ctx.disarm(timer);
        }
        host.ctx.hangup(conn);
        let sid = handler.name;
        host.ctx.note(Note::LearnerDropped { sid, why });
    }

    pub(super) fn set_step(&mut self, conn: ConnId, step: Step) {
        if let Some(handler) = self.handlers.get_mut(&conn) {
            handler.step = step;
        }
    }
}

/// Whether a handler's thread can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ran {
    Further,
    NoFurther,
}
