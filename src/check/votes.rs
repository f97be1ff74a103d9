//! An election that ends by agreement had a quorum for its leader, nobody is made leader by the
//! followers of another round, and a round is left backwards only to join a leader that others
//! already follow.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::note::ElectedHow;
use crate::protocol::{Note, Round, Sid};
use crate::sim::Cause;

/// S22: whom each looking server has seen a quorum for, and its round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Votes {
    quorum_for: Map<Sid, Sid>,
    rounds: Map<Sid, Round>,
}

impl Invariant for Votes {
    const PROPERTY: Property = Property {
        key: "votes",
        names: "S22",
    };

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a check reads few of the notes"
    )]
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(server) = seen.running() else {
            return Ok(());
        };
        let sid = server.sid;
        let mut may_go_back = seen.step.cause == Cause::Booted;
        let mut clock = self.rounds.get(&sid).copied();
        for note in &seen.step.notes {
            match note {
                Note::QuorumSeen { leader, .. } => {
                    self.quorum_for.insert(sid, *leader);
                }
                Note::ElectionStarted { round, .. } | Note::RoundJoined { new: round, .. } => {
                    clock = Some(*round);
                    self.quorum_for.remove(&sid);
                }
                Note::FinalizeInterrupted { .. } => {
                    self.quorum_for.remove(&sid);
                }
                Note::ElectionRestarted { .. } => may_go_back = true,
                Note::Elected { vote, how } => {
                    may_go_back |= *how == ElectedHow::Joined;
                    let quorum_for = self.quorum_for.remove(&sid);
                    if *how == ElectedHow::Agreed && quorum_for != Some(vote.leader) {
                        let text = "agreed on {} without a quorum for it";
                        return Err(Broken::of(&[sid], text, &[vote.leader.0]));
                    }
                    let (leads, round) = (vote.leader == sid, vote.election_epoch);
                    if let Some(clock) = clock.filter(|clock| leads && *clock != round) {
                        let text = "in round {}, leads by the word of round {}";
                        return Err(Broken::of(&[sid], text, &[clock.0, round.0]));
                    }
                }
                _ => {}
            }
        }
        let round = server.peer.logical_clock;
        let before = self.rounds.insert(sid, round).unwrap_or(round);
        if round < before && !may_go_back {
            let text = "went back to round {} from {}";
            return Err(Broken::of(&[sid], text, &[round.0, before.0]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at};
    use super::*;
    use crate::protocol::{Epoch, Vote};

    fn elected(leader: i64, how: ElectedHow) -> Note {
        let vote = Vote::looking(Sid(leader), at(1, 1), Round(1), Epoch(1));
        Note::Elected { vote, how }
    }

    fn quorum(leader: i64) -> Note {
        Note::QuorumSeen {
            leader: Sid(leader),
            supporters: vec![Sid(1), Sid(2)],
        }
    }

    fn look(check: &mut Votes, round: i64, notes: Vec<Note>) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        scene.server(1).status.peer.logical_clock = Round(round);
        let step = scene.notes(1, notes);
        scene.show(check, &step)
    }

    #[test]
    fn agreement_needs_a_quorum_that_was_not_interrupted() {
        let check = &mut Votes::default();
        let agreed = |leader| elected(leader, ElectedHow::Agreed);
        assert!(look(check, 1, vec![agreed(3)]).is_err());
        assert_eq!(look(check, 1, vec![quorum(3), agreed(3)]), Ok(()));
        assert!(look(check, 1, vec![quorum(2), agreed(3)]).is_err());
        let interrupted = Note::FinalizeInterrupted {
            heard_from: Sid(3),
            leader: Sid(3),
        };
        assert!(look(check, 1, vec![quorum(3), interrupted, agreed(3)]).is_err());
    }

    #[test]
    fn who_leads_by_the_word_of_another_round_breaks_it() {
        for (round, leader, fine) in [(1, 1, true), (5, 1, false), (5, 3, true)] {
            let check = &mut Votes::default();
            assert_eq!(look(check, round, vec![]), Ok(()));
            let joined = elected(leader, ElectedHow::Joined);
            assert_eq!(look(check, 1, vec![joined]).is_ok(), fine);
        }
    }

    #[test]
    fn a_round_goes_back_only_to_join() {
        let check = &mut Votes::default();
        assert_eq!(look(check, 5, vec![]), Ok(()));
        assert_eq!(look(check, 3, vec![elected(3, ElectedHow::Joined)]), Ok(()));
        assert!(look(check, 2, vec![]).is_err());
    }
}
