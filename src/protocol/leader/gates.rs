//! Threads at the three gates: who must wait gets a deadline, who may pass goes on.
//!
//! The counting is `discovery`'s; here are its consequences. Source: `Leader.java,
//! getEpochToPropose, waitForEpochAck, waitForNewLeaderAck`; `LearnerHandler.java, run`.

use super::discovery::{Caller, Passage, StateSummary, Voters};
use super::learner_handler::Step;
use super::{Accepting, Leader, PROTOCOL_VERSION, Stage, ascending, send};
use crate::base::Set;
use crate::protocol::bugs::Bug;
use crate::protocol::effect::{Record, Timer};
use crate::protocol::host::Host;
use crate::protocol::ids::{Epoch, Sid, Zxid};
use crate::protocol::message::QuorumBody;
use crate::protocol::note::{DropReason, Malformed, Note};

impl Leader {
    pub(super) fn epoch_to_propose(
        &mut self,
        caller: Caller,
        sid: Sid,
        accepted: Epoch,
        host: &mut Host<'_, '_>,
    ) {
        if let Some(accepting) = &mut self.accepting {
            accepting.callers.insert(caller);
            return;
        }
        let voters = voters(host);
        match self
            .discovery
            .epoch_to_propose(caller, sid, accepted, &voters)
        {
            Passage::Opened(mut callers) => {
                stop_waits(&callers, host);
                callers.insert(caller);
                let epoch = self.discovery.epoch();
                host.ctx.note(Note::EpochDecided {
                    epoch,
                    connecting: ascending(self.discovery.connecting().counted()),
                });
                let ticket = host.persist(Record::AcceptedEpoch(epoch));
                self.accepting = Some(Accepting { ticket, callers });
            }
            Passage::Waits => start_wait(caller, host),
            Passage::Open | Passage::Refused | Passage::Uncounted => self.has_epoch(caller, host),
        }
    }

    pub(super) fn has_epoch(&mut self, caller: Caller, host: &mut Host<'_, '_>) {
        match caller {
            Caller::Leader => self.await_epoch_acks(host),
            Caller::Handler(conn) => {
                let zxid = self.discovery.new_leader_zxid();
                let protocol_version = PROTOCOL_VERSION;
                send(
                    conn,
                    zxid,
                    QuorumBody::LeaderInfo { protocol_version },
                    host,
                );
                self.set_step(conn, Step::ReadAckEpoch);
            }
        }
    }

    pub(super) fn epoch_ack(
        &mut self,
        caller: Caller,
        sid: Sid,
        theirs: StateSummary,
        host: &mut Host<'_, '_>,
    ) {
        let voters = voters(host);
        match self.discovery.epoch_ack(caller, sid, theirs, &voters) {
            Passage::Opened(mut callers) => {
                stop_waits(&callers, host);
                callers.insert(caller);
                for caller in callers {
                    self.has_epoch_acks(caller, host);
                }
            }
            // As before ZOOKEEPER-1192: the wrong flag was looked at.
            Passage::Waits
                if caller == Caller::Leader
                    && host.core.config.bugs.has(Bug::EpochAckNotAwaited) =>
            {
                self.discovery.give_up(caller);
                self.has_epoch_acks(caller, host);
            }
            Passage::Waits => start_wait(caller, host),
            Passage::Refused => {
                if let Caller::Handler(conn) = caller {
                    self.drop_learner(conn, DropReason::Ahead, host);
                }
            }
            Passage::Open | Passage::Uncounted => self.has_epoch_acks(caller, host),
        }
    }

    fn has_epoch_acks(&mut self, caller: Caller, host: &mut Host<'_, '_>) {
        match caller {
            Caller::Leader => self.write_current_epoch(host),
            Caller::Handler(conn) => self.synchronise(conn, host),
        }
    }

    pub(super) fn newleader_ack(
        &mut self,
        caller: Caller,
        sid: Sid,
        zxid: Zxid,
        host: &mut Host<'_, '_>,
    ) {
        let voters = voters(host);
        match self.discovery.newleader_ack(caller, sid, zxid, &voters) {
            Passage::Opened(mut callers) => {
                stop_waits(&callers, host);
                callers.insert(caller);
                host.ctx.note(Note::Established {
                    epoch: self.discovery.epoch(),
                    acks: ascending(self.discovery.new_leader().counted()),
                });
                for caller in callers {
                    self.has_new_leader_acks(caller, host);
                }
            }
            Passage::Waits => start_wait(caller, host),
            Passage::Uncounted => {
                host.ctx.note(Note::Malformed {
                    heard_from: Some(sid),
                    fault: Malformed::Unexpected,
                });
                self.has_new_leader_acks(caller, host);
            }
            Passage::Open | Passage::Refused => self.has_new_leader_acks(caller, host),
        }
    }

    fn has_new_leader_acks(&mut self, caller: Caller, host: &mut Host<'_, '_>) {
        match caller {
            Caller::Leader => self.serve(host),
            Caller::Handler(conn) => {
                self.set_syncing(conn, None);
                if let Some(handler) = self.handlers.get_mut(&conn) {
                    handler.unacked.start();
                    handler.step = Step::Startup;
                }
                if self.stage == Stage::Serving {
                    self.bring_up(conn, host);
                }
            }
        }
    }
}

fn stop_waits(callers: &Set<Caller>, host: &mut Host<'_, '_>) {
    for caller in callers {
        host.ctx.disarm(wait_timer(*caller));
    }
}

const fn wait_timer(caller: Caller) -> Timer {
    match caller {
        Caller::Leader => Timer::LeaderWait,
        Caller::Handler(conn) => Timer::HandlerWait(conn),
    }
}

/// Every wait lasts initLimit ticks from its own beginning.
fn start_wait(caller: Caller, host: &mut Host<'_, '_>) {
    let limit = host.core.config.init_time();
    host.ctx.arm(wait_timer(caller), limit);
}

pub(super) fn voters<'h>(host: &'h Host<'_, '_>) -> Voters<'h> {
    Voters {
        quorum: &host.core.quorum,
        oracle: host.core.oracle,
    }
}
