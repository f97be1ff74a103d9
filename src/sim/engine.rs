//! What runs in a process: a peer. Tests of the world put a probe there that records what it is
//! told.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{Micros, Rng};
use crate::protocol::{Durable, Effect, Input, PeerConfig, PeerStatus};

/// The machine a process runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Engine {
    /// Records its inputs with its own time, causes nothing by itself.
    Probe(Vec<(Micros, Input)>),
}

impl Engine {
    /// A process begins, with what its disk kept.
    pub(crate) const fn start(_config: &Arc<PeerConfig>, _durable: &Durable) -> Self {
        Self::Probe(Vec::new())
    }

    /// One input, one transition.
    pub(crate) fn step(
        &mut self,
        input: Input,
        now: Micros,
        _rng: &mut Rng,
        _out: &mut Vec<Effect>,
    ) {
        match self {
            Self::Probe(seen) => seen.push((now, input)),
        }
    }

    #[cfg(test)]
    pub(crate) fn seen(&self) -> &[(Micros, Input)] {
        match self {
            Self::Probe(seen) => seen,
        }
    }

    /// What it looks like from outside.
    pub(crate) fn status(&self) -> PeerStatus {
        match self {
            Self::Probe(_) => PeerStatus::default(),
        }
    }
}

#[cfg(test)]
pub(crate) fn probes(spec: &super::ClusterSpec, seed: u64) -> super::World {
    super::World::new(spec, seed)
}
