//! How an established leader notices that it has lost its quorum, and learners that it lives.
//!
//! Every half tick a ping; every whole tick one is added to the counter and the quorum is checked.
//! Source: `Leader.java, lead` (its loop); `QuorumOracleMaj.java, updateNeedOracle`.

use super::discovery::Voters;
use super::{Leader, ascending};
use crate::base::Set;
use crate::protocol::bugs::Bug;
use crate::protocol::effect::{ConnId, Timer};
use crate::protocol::host::Host;
use crate::protocol::ids::Sid;
use crate::protocol::message::QuorumBody;
use crate::protocol::note::{DropReason, Note, Why};

impl Leader {
    /// One turn of the leader's loop: tickTime / 2 after the last.
    ///
    /// # Errors
    /// [`Why::QuorumLost`] where the synced learners are no quorum and the oracle does not help.
    pub(super) fn half_tick(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        self.half_ticks += 1;
        if self.half_ticks.is_multiple_of(2) {
            self.tick += 1;
            self.check_quorum(host)?;
        }
        let conns: Vec<ConnId> = self.handlers.keys().copied().collect();
        for conn in conns {
            self.ping(conn, host);
        }
        let half = host.core.config.ping_interval();
        host.ctx.arm(Timer::LeaderTick, half);
        Ok(())
    }

    /// A learner that owes an acknowledgement for too long is closed instead.
    fn ping(&mut self, conn: ConnId, host: &mut Host<'_, '_>) {
        let limit = host.core.config.sync_time();
        let Some(handler) = self.handlers.get_mut(&conn) else {
            return;
        };
        if !handler.has_sender() {
            return;
        }
        if handler.unacked.is_over(host.ctx.now, limit) {
            self.drop_learner(conn, DropReason::ProposalUnacknowledged, host);
        } else {
            handler.queue(self.last_proposed, QuorumBody::Ping, host);
        }
    }

    fn check_quorum(&mut self, host: &mut Host<'_, '_>) -> Result<(), Why> {
        let alive = self.alive(host);
        let voters = Voters {
            quorum: &host.core.quorum,
            oracle: host.core.oracle,
        };
        let enough = voters.contain_quorum(&alive);
        if !enough || alive != self.last_alive {
            host.ctx.note(Note::QuorumChecked {
                alive: ascending(&alive),
                enough,
            });
            self.last_alive = alive;
        }
        if enough {
            Ok(())
        } else if self.oracle_overrides(host) {
            self.judge_again(host)
        } else {
            Err(Why::QuorumLost)
        }
    }

    /// The voters heard from within the limit; a learner that still synchronises counts.
    fn alive(&self, host: &Host<'_, '_>) -> Set<Sid> {
        let all = host.core.config.bugs.has(Bug::CountObserversAlive);
        let synced = self.handlers.values().filter(|h| h.is_synced(self.tick));
        core::iter::once(host.core.config.my_id)
            .chain(synced.map(super::LearnerHandler::sid))
            .filter(|sid| all || host.core.quorum.voting_members().contains(sid))
            .collect()
    }

    /// `overrideQuorumDecision`: of two participants one is left, and the oracle says it may stay.
    fn oracle_overrides(&self, host: &mut Host<'_, '_>) -> bool {
        self.update_need_oracle(host);
        host.core.quorum.has_oracle() && host.core.oracle.need_oracle && host.core.oracle.says_one
    }

    /// `updateNeedOracle`: recomputed only when a follower is added to the forwarding set and when
    /// a check fails.
    pub(super) fn update_need_oracle(&self, host: &mut Host<'_, '_>) {
        let nobody = !self
            .handlers
            .values()
            .any(super::LearnerHandler::is_forwarding);
        let participants = host.core.quorum.voting_members().len();
        host.core.oracle.need_oracle = nobody && participants == 2;
    }
}
