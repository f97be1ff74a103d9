//! What only an observer does: OBSERVERINFO, INFORM, and two random sleeps that spread the load.
//!
//! Source: `Observer.java, processPacket, waitForReconnectDelay, waitForObserverElectionDelay`;
//! `ObserverZooKeeperServer.java`.

use std::sync::Arc;

use crate::base::Micros;
use crate::protocol::config::bounded;
use crate::protocol::host::Host;
use crate::protocol::message::{LearnerInfo, QuorumBody};
use crate::protocol::note::Why;
use crate::protocol::server::Txn;

/// An observer's first packet.
pub(super) const fn info(info: LearnerInfo) -> QuorumBody {
    QuorumBody::ObserverInfo(info)
}

/// The sleep before it dials: whole milliseconds in `0..observer.reconnectDelayMs`.
pub(super) fn reconnect_delay(host: &mut Host<'_, '_>) -> Option<Micros> {
    let limit_ms = host.core.config.observer_reconnect_delay_ms;
    random_delay(limit_ms, host)
}

/// The sleep before its next election: whole milliseconds in `0..observer.election.DelayMs`.
pub(in crate::protocol) fn election_delay(host: &mut Host<'_, '_>) -> Option<Micros> {
    let limit_ms = host.core.config.observer_election_delay_ms;
    random_delay(limit_ms, host)
}

/// `None` where the delay is switched off, so that nothing is drawn.
fn random_delay(limit_ms: u64, host: &mut Host<'_, '_>) -> Option<Micros> {
    (limit_ms > 0).then(|| bounded(host.ctx.rng.below(limit_ms)))
}

/// INFORM: logs where observers log, and applies; nothing is acknowledged.
///
/// # Errors
/// Why the learner must go: its own committed log got a hole.
pub(super) fn observe(txn: &Arc<Txn>, host: &mut Host<'_, '_>) -> Result<(), Why> {
    if host.core.config.storage.observers_log {
        host.log(Arc::clone(txn));
    }
    host.deliver(txn)
}
