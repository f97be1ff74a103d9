//! What is worth going to: the instants at which something turned, not the heartbeats between them.

use crate::base::Micros;
use crate::check::Violation;
use crate::protocol::client::ClientNote;
use crate::protocol::note::{SyncMode, Why};
use crate::protocol::{Epoch, Note, ServerState, SessionId, Sid};
use crate::sim::{Cause, ClientId, Step};

/// Something that turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// When.
    pub at: Micros,
    /// The number of the step it is part of.
    pub seq: u64,
    /// The server it happened at.
    pub sid: Option<Sid>,
    /// The client it happened at.
    pub client: Option<ClientId>,
    /// What turned.
    pub what: Turn,
}

/// What turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The reader did something.
    Commanded,
    /// A server's process began to run.
    Booted,
    /// A server's process ended by itself or by SIGTERM.
    Ended,
    /// A server state changed.
    State {
        /// Before.
        from: ServerState,
        /// After.
        to: ServerState,
    },
    /// A learner gave up on its leader.
    LeaderLost {
        /// The leader.
        leader: Sid,
    },
    /// A leader stepped down.
    SteppedDown,
    /// A server knows who won an election.
    Elected {
        /// Who.
        leader: Sid,
    },
    /// A leader has a quorum for its epoch.
    EpochDecided {
        /// The epoch.
        epoch: Epoch,
    },
    /// A quorum acknowledged NEWLEADER.
    Established {
        /// The epoch.
        epoch: Epoch,
    },
    /// A learner's history was cut or replaced.
    Rewritten {
        /// How.
        mode: SyncMode,
    },
    /// A server serves.
    Serving {
        /// Under whom.
        leader: Sid,
    },
    /// A leader proposes the end of a session.
    SessionExpiring {
        /// Which.
        session: SessionId,
    },
    /// A client has a connection.
    ClientConnected,
    /// A client lost its connection.
    ClientDisconnected,
    /// A client's session has expired.
    ClientExpired,
    /// A promise was broken.
    Broken {
        /// The property's key.
        property: &'static str,
    },
}

/// All that turned in a branch, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Highlights(Vec<Highlight>);

impl Highlights {
    /// The most kept; the oldest go first.
    const BOUND: usize = 20_000;

    /// The first one after `t`.
    pub(super) fn after(&self, t: Micros) -> Option<&Highlight> {
        self.0.get(self.0.partition_point(|known| known.at <= t))
    }

    /// The first one of the latest instant before `t` that has any.
    pub(super) fn before(&self, t: Micros) -> Option<&Highlight> {
        let end = self.0.partition_point(|known| known.at < t);
        let last = self.0.get(end.checked_sub(1)?)?.at;
        self.0.get(self.0.partition_point(|known| known.at < last))
    }

    /// All at one instant.
    pub(super) fn at(&self, t: Micros) -> &[Highlight] {
        let from = self.0.partition_point(|known| known.at < t);
        let to = self.0.partition_point(|known| known.at <= t);
        self.0.get(from..to).unwrap_or_default()
    }

    pub(super) fn take(&mut self, step: &Step) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "few causes turn something")]
        let of_cause = match &step.cause {
            Cause::Commanded { .. } => Some(Turn::Commanded),
            Cause::Booted => Some(Turn::Booted),
            Cause::Halted => Some(Turn::Ended),
            _ => None,
        };
        if let Some(what) = of_cause {
            self.push(step, what);
        }
        for note in &step.notes {
            if let Some(what) = turn(note) {
                self.push(step, what);
            }
        }
        for note in &step.told {
            #[expect(clippy::wildcard_enum_match_arm, reason = "few notes turn something")]
            let what = match note {
                ClientNote::Connected { .. } => Turn::ClientConnected,
                ClientNote::Disconnected { .. } => Turn::ClientDisconnected,
                ClientNote::Expired { .. } => Turn::ClientExpired,
                _ => continue,
            };
            self.push(step, what);
        }
    }

    pub(super) fn take_broken(&mut self, step: &Step, broken: &[Violation]) {
        for violation in broken {
            let property = violation.property;
            self.push(step, Turn::Broken { property });
        }
    }

    fn push(&mut self, step: &Step, what: Turn) {
        if self.0.len() >= Self::BOUND {
            self.0.drain(..Self::BOUND / 10);
        }
        self.0.push(Highlight {
            at: step.at,
            seq: step.seq,
            sid: step.sid,
            client: step.client,
            what,
        });
    }

    /// Those before the step of that number.
    pub(super) fn until(&self, next_seq: u64) -> Self {
        let end = self.0.partition_point(|known| known.seq < next_seq);
        Self(self.0.get(..end).unwrap_or_default().to_vec())
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "most notes turn nothing")]
const fn turn(note: &Note) -> Option<Turn> {
    Some(match note {
        Note::State { from, to, why } => match (why, from) {
            (
                Why::LeaderClosed { leader }
                | Why::LeaderSilent { leader, .. }
                | Why::LeaderUnreachable { leader },
                _,
            ) => Turn::LeaderLost { leader: *leader },
            (_, ServerState::Leading) => Turn::SteppedDown,
            _ => Turn::State {
                from: *from,
                to: *to,
            },
        },
        Note::Elected { vote, .. } => Turn::Elected {
            leader: vote.leader,
        },
        Note::EpochDecided { epoch, .. } => Turn::EpochDecided { epoch: *epoch },
        Note::Established { epoch, .. } => Turn::Established { epoch: *epoch },
        Note::SyncChosen { mode, .. } if !matches!(mode, SyncMode::Diff) => {
            Turn::Rewritten { mode: *mode }
        }
        Note::Serving { leader, .. } => Turn::Serving { leader: *leader },
        Note::SessionExpiring { session } => Turn::SessionExpiring { session: *session },
        Note::Exiting { .. } => Turn::Ended,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Round, Zxid};

    fn step(seq: u64, at: u64, notes: Vec<Note>) -> Step {
        Step {
            seq,
            at: Micros(at),
            sid: Some(Sid(3)),
            cause: Cause::Internal,
            sent: vec![],
            client: None,
            told: Vec::new(),
            notes,
        }
    }

    fn lost() -> Note {
        Note::State {
            from: ServerState::Following,
            to: ServerState::Looking,
            why: Why::LeaderClosed { leader: Sid(5) },
        }
    }

    #[test]
    fn a_lost_leader_is_worth_going_to_and_a_commit_is_not() {
        let mut all = Highlights::default();
        all.take(&step(1, 5, vec![Note::Committed { zxid: Zxid(1) }]));
        let stale = Note::StaleRoundAnswered {
            to: Sid(1),
            theirs: Round(1),
            mine: Round(2),
        };
        all.take(&step(2, 6, vec![stale]));
        assert_eq!(all.after(Micros::ZERO), None);
        all.take(&step(3, 9, vec![lost()]));
        let what = all.after(Micros::ZERO).map(|found| found.what);
        assert_eq!(what, Some(Turn::LeaderLost { leader: Sid(5) }));
    }

    #[test]
    fn the_way_back_leads_to_the_same_instants_as_the_way_forward() {
        let mut all = Highlights::default();
        for (seq, at) in [(1, 5), (2, 5), (3, 8), (4, 12), (5, 12)] {
            all.take(&step(seq, at, vec![lost()]));
        }
        let mut t = Micros::ZERO;
        let mut forward = Vec::new();
        while let Some(next) = all.after(t) {
            t = next.at;
            forward.push((t, next.seq));
        }
        assert_eq!(forward, [(Micros(5), 1), (Micros(8), 3), (Micros(12), 4)]);
        let mut t = Micros(99);
        let mut back = Vec::new();
        while let Some(previous) = all.before(t) {
            t = previous.at;
            back.push((t, previous.seq));
        }
        back.reverse();
        assert_eq!(back, forward);
        assert_eq!(all.at(Micros(12)).len(), 2);
        assert_eq!(all.until(3).at(Micros(12)), []);
    }

    #[test]
    fn their_number_is_bounded() {
        let mut all = Highlights::default();
        for n in 0..50_000 {
            all.take(&step(n, n, vec![lost()]));
        }
        assert!(all.0.len() <= Highlights::BOUND);
        assert_eq!(
            all.before(Micros(90_000)).map(|last| last.seq),
            Some(49_999)
        );
    }
}
