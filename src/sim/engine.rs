//! What runs in a process: a peer.
//!
//! The tests of the world put a probe in its place, which records what it is told and causes
//! nothing.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{Micros, Rng};
use crate::protocol::peer::Peer;
use crate::protocol::{Ctx, Database, Durable, Effect, Input, PeerConfig, PeerStatus};

/// The machine a process runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Engine {
    /// A `ZooKeeper` server; shared between copies of a world until one of them goes on.
    Peer(Arc<Peer>),
    /// What it was told, each with its own time.
    #[cfg(test)]
    Probe(Vec<(Micros, Input)>),
}

impl Engine {
    /// A process begins, with what its disk kept.
    pub(crate) fn start(config: &Arc<PeerConfig>, durable: &Durable) -> Self {
        Self::Peer(Arc::new(Peer::new(Arc::clone(config), durable.clone())))
    }

    /// One input, one transition; what it causes.
    pub(crate) fn step(&mut self, input: Input, now: Micros, rng: &mut Rng) -> Vec<Effect> {
        let mut effects = Vec::new();
        match self {
            Self::Peer(peer) => Arc::make_mut(peer).step(
                input,
                &mut Ctx {
                    now,
                    rng,
                    out: &mut effects,
                },
            ),
            #[cfg(test)]
            Self::Probe(seen) => seen.push((now, input)),
        }
        effects
    }

    /// Shares with another engine what both hold alike, unless copies hold this one.
    pub(crate) fn share(&mut self, other: &Self) {
        match (self, other) {
            (Self::Peer(mine), Self::Peer(its)) => {
                if let Some(mine) = Arc::get_mut(mine) {
                    mine.share(its);
                }
            }
            #[cfg(test)]
            _ => {}
        }
    }

    /// What it looks like from outside.
    pub(crate) fn status(&self) -> PeerStatus {
        match self {
            Self::Peer(peer) => peer.status(),
            #[cfg(test)]
            Self::Probe(_) => PeerStatus::default(),
        }
    }

    /// What it has in memory of its clients' data.
    #[cfg_attr(
        not(test),
        expect(clippy::unnecessary_wraps, reason = "a probe has none")
    )]
    pub(crate) fn database(&self) -> Option<&Database> {
        match self {
            Self::Peer(peer) => Some(peer.database()),
            #[cfg(test)]
            Self::Probe(_) => None,
        }
    }

    #[cfg(test)]
    pub(crate) fn seen(&self) -> &[(Micros, Input)] {
        match self {
            Self::Peer(_) => &[],
            Self::Probe(seen) => seen,
        }
    }
}

/// A world whose processes will run probes.
#[cfg(test)]
pub(crate) fn probes(spec: &super::ClusterSpec, seed: u64) -> super::World {
    let mut world = super::World::new(spec, seed);
    for process in world.processes.values_mut() {
        process.runs_probe = true;
    }
    world
}

#[cfg(test)]
impl super::World {
    /// A client that is not simulated lets a leader create `path`; the step of it.
    pub(crate) fn write(&mut self, sid: crate::protocol::Sid, path: &str) -> super::Step {
        let body = crate::protocol::TxnBody::Create {
            path: path.into(),
            data: path.into(),
            is_ephemeral: false,
            parent_cversion: 1,
        };
        self.propose(sid, body)
    }

    /// A long reign goes by of which `txn` is the last: all servers have applied it.
    pub(crate) fn leap(&mut self, txn: &Arc<crate::protocol::Txn>) {
        for process in self.processes.values_mut() {
            let record = crate::protocol::Record::Append(Arc::clone(txn));
            process.disk.durable_mut().take(&record);
            if let (Some(Engine::Peer(peer)), _) = process.engine_and_chance() {
                Arc::make_mut(peer).leap(txn);
            }
        }
    }

    /// A leader proposes `body` as if a client had asked for it.
    pub(crate) fn propose(
        &mut self,
        sid: crate::protocol::Sid,
        body: crate::protocol::TxnBody,
    ) -> super::Step {
        use crate::protocol::{Cxid, SessionId};
        let mut step = self.record(super::Cause::Internal);
        step.sid = Some(sid);
        let now = self.now;
        let mut effects = Vec::new();
        if let Some(process) = self.processes.get_mut(&sid) {
            let (engine, rng) = process.engine_and_chance();
            if let Some(Engine::Peer(peer)) = engine {
                let mut ctx = Ctx {
                    now,
                    rng,
                    out: &mut effects,
                };
                Arc::make_mut(peer).propose((SessionId(1), Cxid(0)), body, &mut ctx);
            }
        }
        for effect in effects {
            if !self.happen(sid, effect, &mut step) {
                break;
            }
        }
        step
    }
}
