//! Who is what: the state a watcher should see for each server, and who can commit.
//!
//! A server's own word is not enough for that: a server that calls itself LEADING may be one that
//! nobody follows any more. Here its word is held against what the others say and what is cut.

use super::snapshot::Snapshot;
use crate::base::{Map, Micros, Set};
use crate::protocol::quorum::{OracleView, Quorum};
use crate::protocol::{QuorumSpec, ServerState, Sid};
use crate::sim::{Power, ServerStatus};
use crate::view::few::sort_few;

/// What a server is, as the stage shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// LEADING, serves, reaches a quorum.
    Leading,
    /// LEADING, in discovery or synchronisation.
    LeaderElect,
    /// FOLLOWING and served.
    Following,
    /// FOLLOWING, not yet up to date.
    Syncing,
    /// LOOKING.
    Looking,
    /// OBSERVING.
    Observing,
    /// LEADING while another leads a higher epoch.
    Stale,
    /// LEADING without reaching a quorum, and nobody else leads.
    WithoutQuorum,
    /// The process is gone.
    Down,
    /// The host has no power.
    Unplugged,
    /// The process was started and is not ready.
    Starting,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 11] = [
        Self::Leading,
        Self::LeaderElect,
        Self::Following,
        Self::Syncing,
        Self::Looking,
        Self::Observing,
        Self::Stale,
        Self::WithoutQuorum,
        Self::Down,
        Self::Unplugged,
        Self::Starting,
    ];

    /// The key of its name in the texts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Leading => "state-leading",
            Self::LeaderElect => "state-leader-elect",
            Self::Following => "state-following",
            Self::Syncing => "state-syncing",
            Self::Looking => "state-looking",
            Self::Observing => "state-observing",
            Self::Stale => "state-stale",
            Self::WithoutQuorum => "state-without-quorum",
            Self::Down => "state-down",
            Self::Unplugged => "state-unplugged",
            Self::Starting => "state-starting",
        }
    }

    /// True where a process runs.
    pub const fn runs(self) -> bool {
        !matches!(self, Self::Down | Self::Unplugged | Self::Starting)
    }
}

/// The ensemble as a whole at one moment.
#[derive(Clone, Debug)]
pub struct Cluster<'a> {
    /// The moment.
    pub snapshot: &'a Snapshot,
    /// Who votes, and what is enough.
    pub quorum: Quorum,
    /// Voting members, ascending.
    pub voters: Vec<Sid>,
    /// The server that leads the highest epoch, whether or not it can commit.
    pub leader: Option<Sid>,
    /// Others that still lead a lower epoch, the highest epoch first.
    pub stale: Vec<Sid>,
    /// What each server is.
    pub standings: Map<Sid, Standing>,
}

impl<'a> Cluster<'a> {
    /// Reads `snapshot`.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut leading: Vec<&ServerStatus> = snapshot
            .servers
            .iter()
            .filter(|s| is_running(s) && s.peer.state == ServerState::Leading && s.peer.serving)
            .collect();
        let rank = |s: &ServerStatus| (s.peer.current_epoch, s.sid);
        sort_few(&mut leading, |a, b| rank(a) > rank(b));
        let mut leading = leading.into_iter().map(|s| s.sid);
        let mut cluster = Self {
            snapshot,
            quorum: Quorum::of(&snapshot.ensemble),
            voters: snapshot.ensemble.participants().collect(),
            leader: leading.next(),
            stale: leading.collect(),
            standings: Map::new(),
        };
        cluster.standings = snapshot
            .servers
            .iter()
            .map(|s| (s.sid, cluster.judge(s)))
            .collect();
        cluster
    }

    /// What `sid` is; down where there is no such server.
    pub fn standing(&self, sid: Sid) -> Standing {
        self.standings.get(&sid).copied().unwrap_or(Standing::Down)
    }

    /// The leader, with its status.
    pub fn leading(&self) -> Option<&'a ServerStatus> {
        self.snapshot.server(self.leader?)
    }

    /// True where the leader reaches a quorum and runs.
    pub fn can_commit(&self) -> bool {
        self.leading().is_some_and(|leader| {
            leader.power == Power::Up && self.is_quorum(&self.reached_by(leader.sid))
        })
    }

    /// The voters `leader` can count on now: those that run, follow it, and that it can talk with.
    pub fn reached_by(&self, leader: Sid) -> Set<Sid> {
        let mut reached: Set<Sid> = self
            .voters
            .iter()
            .copied()
            .filter(|sid| {
                self.snapshot.server(*sid).is_some_and(|s| {
                    s.power == Power::Up
                        && s.peer.state == ServerState::Following
                        && s.peer.leader == Some(leader)
                }) && !self.snapshot.is_cut(*sid, leader)
                    && !self.snapshot.is_cut(leader, *sid)
            })
            .collect();
        if self.voters.contains(&leader) {
            reached.insert(leader);
        }
        reached
    }

    /// Who would vote for whom right now: the candidate most servers are for, and these servers.
    pub fn favourite(&self) -> Option<(Sid, Set<Sid>)> {
        let mut backers: Map<Sid, Set<Sid>> = Map::new();
        for server in self
            .snapshot
            .servers
            .iter()
            .filter(|s| s.power == Power::Up)
        {
            if let Some(candidate) = backs(server).filter(|_| self.voters.contains(&server.sid)) {
                backers.or_default(candidate).insert(server.sid);
            }
        }
        backers
            .into_iter()
            .max_by_key(|(sid, those)| (those.len(), *sid))
    }

    /// How many servers are LOOKING.
    pub fn looking(&self) -> usize {
        self.standings
            .values()
            .filter(|standing| **standing == Standing::Looking)
            .count()
    }

    /// How many voters a majority takes; `None` where weights or an oracle decide.
    pub fn need(&self) -> Option<usize> {
        match self.snapshot.ensemble.quorum {
            QuorumSpec::Majority => Some(self.voters.len() / 2 + 1),
            QuorumSpec::Hierarchical { .. } | QuorumSpec::Oracle { .. } => None,
        }
    }

    /// True where `sids` are a quorum without the oracle's help.
    pub fn is_quorum(&self, sids: &Set<Sid>) -> bool {
        let members = self.quorum.voting_members();
        let voting: Set<Sid> = sids.intersection(members).copied().collect();
        self.quorum.contains_quorum(&voting, OracleView::default())
    }

    fn judge(&self, server: &ServerStatus) -> Standing {
        match server.power {
            Power::Off | Power::Killed => return Standing::Down,
            Power::Unplugged => return Standing::Unplugged,
            Power::Starting => return Standing::Starting,
            Power::Up | Power::Paused => {}
        }
        match (server.peer.state, server.peer.serving) {
            (ServerState::Looking, _) => Standing::Looking,
            (ServerState::Observing, _) => Standing::Observing,
            (ServerState::Following, true) => Standing::Following,
            (ServerState::Following, false) => Standing::Syncing,
            (ServerState::Leading, false) => Standing::LeaderElect,
            (ServerState::Leading, true) if self.stale.contains(&server.sid) => Standing::Stale,
            (ServerState::Leading, true) if self.is_quorum(&self.reached_by(server.sid)) => {
                Standing::Leading
            }
            (ServerState::Leading, true) => Standing::WithoutQuorum,
        }
    }
}

/// Whom a server is for: its proposal while LOOKING, else its leader.
pub fn backs(server: &ServerStatus) -> Option<Sid> {
    if server.peer.state == ServerState::Looking {
        return server
            .peer
            .proposal
            .map(|vote| vote.leader)
            .filter(|sid| *sid != Sid::NONE);
    }
    server.peer.leader
}

/// The instant a server's rings are read at: a frozen process keeps the value it had.
pub fn ring_time(server: &ServerStatus, t: Micros) -> Micros {
    if server.power == Power::Paused {
        server.power_since.min(t)
    } else {
        t
    }
}

fn is_running(server: &ServerStatus) -> bool {
    matches!(server.power, Power::Up | Power::Paused)
}
