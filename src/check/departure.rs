//! Nobody stays in an office that has lost its meaning: a leader cut off from every quorum leaves
//! within syncLimit + 2 ticks, a follower cut off from its leader within syncLimit ticks.
//!
//! One more tick and half a second are allowed for what was on its way, across continents too, and
//! for timers that are late. Nothing is judged
//! where a fault makes packets, clocks or disks late, nor three minutes after. What cuts off is
//! known, as it only changes by a person's act, by a process that begins, and by one that serves.
//!
//! QUIRK(newcomers count): a leader counts a learner as heard of for initLimit + syncLimit ticks
//! from its FOLLOWERINFO on, however silent it is, and may stay in office by that.
//! Source: `LearnerHandler.java`, run, synced: tickOfNextAckDeadline.

use super::{Broken, Invariant, Property, Seen};
use crate::base::{Map, Micros};
use crate::protocol::{Note, Sid, ZabState};
use crate::sim::{Cause, Power};

/// L3: who serves under whom, and since when it is cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Departure {
    serving: Map<Sid, Sid>,
    alone: Map<Sid, Micros>,
    /// When a learner last came to each leader.
    joined: Map<Sid, Micros>,
    /// When something was last late that ought to be in time.
    late_at: Option<Micros>,
}

impl Departure {
    /// What was late when a fault ended may still arrive within this time.
    const LATENESS: Micros = Micros::from_ms(180_000);

    /// How long what was sent may take to arrive and be acted on.
    const ON_ITS_WAY: Micros = Micros::from_ms(500);

    /// Brings `serving` up to date with the step's server; true where something changed.
    fn follow(&mut self, seen: &Seen<'_>) -> bool {
        let Some(server) = seen.server else {
            return false;
        };
        let serves = seen.running().is_some() && server.peer.zab == ZabState::Broadcast;
        let leader = server.peer.leader.filter(|_| serves);
        let before = match leader {
            Some(leader) => self.serving.insert(server.sid, leader),
            None => self.serving.remove(&server.sid),
        };
        before != leader
    }

    fn is_alone(sid: Sid, leader: Sid, seen: &Seen<'_>) -> bool {
        let hears = |other: Sid| other == sid || seen.servers.hear_each_other(sid, other);
        if sid != leader {
            return !hears(leader);
        }
        let voters = seen.quorum.voting_members().iter().copied();
        !seen.is_quorum(voters.filter(|voter| hears(*voter)))
    }

    const fn is_joining(note: &Note) -> bool {
        matches!(note, Note::LearnerJoined { .. })
    }

    fn look(&mut self, seen: &Seen<'_>) {
        for (sid, leader) in self.serving.iter() {
            let is_up = seen.servers.power(*sid) == Power::Up;
            if is_up && Self::is_alone(*sid, *leader, seen) {
                self.alone.get_or_insert_with(*sid, || seen.step.at);
            } else {
                self.alone.remove(sid);
            }
        }
        let serving = &self.serving;
        self.alone.retain(|sid, _| serving.contains_key(sid));
    }
}

impl Invariant for Departure {
    const PROPERTY: Property = Property {
        key: "departure",
        names: "L3",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        // An oracle's word keeps a leader in office alone.
        if seen.quorum.has_oracle() {
            return Ok(());
        }
        if seen.is_untimely() {
            self.late_at = Some(seen.step.at);
        }
        let acts = matches!(seen.step.cause, Cause::Commanded { .. } | Cause::Booted);
        if self.follow(seen) || acts {
            self.look(seen);
        }
        if let Some(sid) = seen.step.sid
            && seen.step.notes.iter().any(Self::is_joining)
        {
            self.joined.insert(sid, seen.step.at);
        }
        let is_late = |at: Micros| seen.step.at.saturating_sub(at) <= Self::LATENESS;
        if self.late_at.is_some_and(is_late) {
            self.alone.clear();
        }
        let Some(config) = seen.servers.config().filter(|_| !self.alone.is_empty()) else {
            return Ok(());
        };
        let ticks = |count: u64| Micros::from_ms(config.tick_time_ms.saturating_mul(count));
        for (sid, since) in self.alone.iter_mut() {
            let leads = self.serving.get(sid) == Some(sid);
            let more = if leads { 3 } else { 1 };
            let limit = ticks(config.sync_limit + more) + Self::ON_ITS_WAY;
            let joined = self.joined.get(sid).filter(|_| leads);
            let excused = joined.map(|at| *at + ticks(config.init_limit));
            let passed = seen.step.at.saturating_sub(*since);
            let from = (*since).max(excused.unwrap_or_default());
            if seen.step.at.saturating_sub(from) > limit {
                // Said once.
                *since = Micros(u64::MAX);
                let ms = i64::try_from(passed.as_ms()).unwrap_or(i64::MAX);
                let text = "is in office still, cut off for {} ms";
                return Err(Broken::of(&[*sid], text, &[ms]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::Scene;
    use super::*;
    use crate::protocol::Epoch;

    /// Server 1 leads, 2 and 3 follow; then `silent` are cut off, `left` look for another leader,
    /// and `ms` go by. Who is said to be in office still.
    fn after(silent: &[i64], left: &[i64], ms: u64) -> Vec<Sid> {
        after_in(Scene::new(3, 0), &[], (silent, left), ms)
    }

    /// The same, where server 1 has stated `notes` before.
    fn after_in(
        mut scene: Scene,
        notes: &[Note],
        (silent, left): (&[i64], &[i64]),
        ms: u64,
    ) -> Vec<Sid> {
        let config = &mut scene.config;
        (config.tick_time_ms, config.sync_limit, config.init_limit) = (1_000, 5, 10);
        let mut check = Departure::default();
        for sid in 1..=3 {
            scene.server(sid).status.peer.leader = Some(Sid(1));
            scene.serves(&mut check, sid, 1).expect("fine");
        }
        let step = scene.notes(1, notes.to_vec());
        scene.show(&mut check, &step).expect("fine");
        scene.silent = silent.iter().copied().map(Sid).collect();
        let mut step = scene.notes(3, vec![]);
        step.cause = Cause::Booted;
        scene.show(&mut check, &step).expect("fine");
        for sid in left {
            scene.server(*sid).status.peer.zab = ZabState::Election;
            let step = scene.notes(*sid, vec![]);
            scene.show(&mut check, &step).expect("fine");
        }
        let mut broken = Vec::new();
        for sid in 1..=3 {
            let mut step = scene.notes(sid, vec![]);
            step.at += Micros::from_ms(ms);
            if let Err(said) = scene.show(&mut check, &step) {
                broken.extend(said.sids);
            }
        }
        broken
    }

    #[test]
    fn a_leader_without_a_quorum_has_eight_ticks() {
        assert_eq!(after(&[1], &[2, 3], 8_500), []);
        assert_eq!(after(&[1], &[2, 3], 8_501), [Sid(1)], "said once");
        assert_eq!(after(&[2], &[2], 60_000), [], "it has a quorum");
    }

    #[test]
    fn nobody_is_judged_where_a_fault_makes_things_late() {
        let mut scene = Scene::new(3, 0);
        scene.is_late = true;
        assert_eq!(after_in(scene, &[], (&[1], &[2, 3]), 60_000), []);
    }

    #[test]
    fn who_has_just_come_keeps_a_leader_in_office() {
        let joined = [Note::LearnerJoined {
            sid: Sid(3),
            accepted_epoch: Epoch(1),
        }];
        let after = |ms| after_in(Scene::new(3, 0), &joined, (&[1], &[2, 3]), ms);
        assert_eq!(after(18_500), []);
        assert_eq!(after(18_501), [Sid(1)]);
    }

    #[test]
    fn a_follower_without_its_leader_has_six_ticks() {
        assert_eq!(after(&[2], &[], 6_500), []);
        assert_eq!(after(&[2], &[], 6_501), [Sid(2)]);
    }
}
