//! The ring round a body: a segmented one is a head-count, a continuous one a deadline.
//!
//! Not a drawing: shares and seconds only, so that the inspector and the tests read the same
//! values.

use super::snapshot::{Snapshot, seconds};
use super::standing::{Cluster, Standing, ring_time};
use crate::base::Micros;
use crate::protocol::{LearnerPhase, Port, ServerState, Sid, Timer};
use crate::sim::ServerStatus;
use crate::view::few::sort_few;

/// A ring's values.
#[derive(Clone, Debug, PartialEq)]
pub enum Ring {
    /// None: no process.
    Empty,
    /// One segment a voter, the fullest first.
    HeadCount {
        /// How much of each is lit, 1 to 0.
        shares: Vec<f64>,
        /// Behind how many segments the majority's notch lies; `None` where no count decides.
        need: Option<usize>,
    },
    /// Time until the server gives up on its leader.
    Deadline {
        /// The share left, 1 to 0.
        share: f64,
        /// Seconds left.
        left: f64,
    },
}

/// Below this share a deadline is amber and says its seconds.
pub const LOW: f64 = 0.35;
/// Above this share a deadline is a thin grey line.
pub const AMPLE: f64 = 0.8;

/// The ring of one server at `t`.
pub fn ring(cluster: &Cluster<'_>, server: &ServerStatus, t: Micros) -> Ring {
    let t = ring_time(server, t);
    let snapshot = cluster.snapshot;
    match cluster.standing(server.sid) {
        Standing::Down | Standing::Unplugged | Standing::Starting => Ring::Empty,
        Standing::Following | Standing::Syncing | Standing::Observing => {
            let deadline = snapshot.deadlines.get(&(server.sid, Timer::LearnerRead));
            deadline.map_or_else(
                || Ring::Deadline {
                    share: 1.0,
                    left: seconds(snapshot.limits.sync),
                },
                |deadline| Ring::Deadline {
                    share: deadline.share_left(t),
                    left: deadline.left(t),
                },
            )
        }
        Standing::Looking
        | Standing::Leading
        | Standing::LeaderElect
        | Standing::Stale
        | Standing::WithoutQuorum => head_count(cluster, server, t),
    }
}

fn head_count(cluster: &Cluster<'_>, server: &ServerStatus, t: Micros) -> Ring {
    let mut shares: Vec<f64> = cluster
        .voters
        .iter()
        .map(|voter| share_of(cluster.snapshot, server, *voter, t))
        .collect();
    sort_few(&mut shares, |a, b| a > b);
    Ring::HeadCount {
        shares,
        need: cluster.need(),
    }
}

/// How much `server` counts on `voter`: 1 to 0.
pub fn share_of(snapshot: &Snapshot, server: &ServerStatus, voter: Sid, t: Micros) -> f64 {
    let lit = |yes: bool| if yes { 1.0 } else { 0.0 };
    if server.peer.state == ServerState::Looking {
        return lit(agrees(server, voter));
    }
    if voter == server.sid {
        return 1.0;
    }
    let Some(learner) = server.peer.learners.get(&voter) else {
        return 0.0;
    };
    if !server.peer.serving {
        return 1.0;
    }
    if learner.phase < LearnerPhase::Acked || learner.ack_deadline < server.peer.tick {
        return 0.0;
    }
    let silent = silence(snapshot, server, voter, t).unwrap_or(Micros::ZERO);
    let limit = seconds(snapshot.limits.sync).max(0.001);
    (1.0 - seconds(silent) / limit).clamp(0.0, 1.0)
}

/// True where `server` holds a ballot of `voter` equal to its own vote; its own always is.
pub fn agrees(server: &ServerStatus, voter: Sid) -> bool {
    let Some(mine) = &server.peer.proposal else {
        return false;
    };
    voter == server.sid
        || server
            .peer
            .ballots
            .get(&voter)
            .is_some_and(|ballot| ballot.agrees_with(mine))
}

/// For how long `leader` has not heard from `learner`; `None` where it is not its learner.
///
/// The world's deadline is asked first: `heard_at` is on the leader's own clock, which may be
/// skewed.
pub fn silence(
    snapshot: &Snapshot,
    leader: &ServerStatus,
    learner: Sid,
    t: Micros,
) -> Option<Micros> {
    let status = leader.peer.learners.get(&learner)?;
    let t = ring_time(leader, t);
    let armed = snapshot
        .connections
        .iter()
        .filter(|c| c.port == Port::Quorum && c.from == learner && c.to == leader.sid)
        .filter_map(|c| {
            snapshot
                .deadlines
                .get(&(leader.sid, Timer::HandlerRead(c.id)))
        })
        .map(|deadline| deadline.armed_at)
        .max();
    Some(t.saturating_sub(armed.unwrap_or(status.heard_at)))
}
