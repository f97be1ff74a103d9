//! Undisturbed, everybody comes to serve: a leader emerges, no election goes on for ever, and who
//! was away comes back.
//!
//! Judged only while no fault stands and a quorum runs, a generous while after the last act of a
//! person and the last start of a process: notification time-outs and retransmission times may
//! have grown to a minute each. A server whose acceptedEpoch is above the leader's waits for the
//! next election, and that is legal. A crash while currentEpoch is replaced is no reason not to
//! start again.

use super::{Broken, Invariant, Property, Seen};
use crate::base::{Map, Micros};
use crate::protocol::{Epoch, ExitCause, Note, Sid, ZabState};
use crate::sim::{Cause, Power};

/// L1, L4 and L6.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Since when nobody acted and nothing was started.
    calm_since: Micros,
    /// Who serves under whom, in which epoch.
    serving: Map<Sid, (Sid, Epoch)>,
    /// True where this calm was judged.
    is_judged: bool,
}

impl Recovery {
    /// How long a cluster of any tickTime may take.
    const LEAST: Micros = Micros::from_ms(240_000);

    fn follow(&mut self, seen: &Seen<'_>) {
        let Some(server) = seen.server else { return };
        let peer = &server.peer;
        let serves = seen.running().is_some() && peer.zab == ZabState::Broadcast;
        match peer.leader.filter(|_| serves) {
            Some(leader) => self
                .serving
                .insert(server.sid, (leader, peer.current_epoch)),
            None => self.serving.remove(&server.sid),
        };
    }

    /// True where the step's server ends for an epoch that its disk explains.
    fn refuses(seen: &Seen<'_>) -> Option<Sid> {
        let sid = seen.step.sid?;
        let written = seen.servers.durable(sid)?.current_epoch_tmp?;
        let explained = |note: &Note| {
            matches!(note, Note::Exiting { cause: ExitCause::CurrentEpochBehind { last, .. } }
                if last.epoch() <= written)
        };
        seen.step.notes.iter().any(explained).then_some(sid)
    }

    /// The leader that serves, and its epoch.
    fn leader(&self) -> Option<(Sid, Epoch)> {
        let mut leaders = self
            .serving
            .iter()
            .filter(|(sid, (leader, _))| *sid == leader);
        let leader = leaders.next().map(|(_, leader)| *leader);
        leader.filter(|_| leaders.next().is_none())
    }

    /// Who runs and does not serve.
    fn late(&self, seen: &Seen<'_>) -> Vec<Sid> {
        let Some(config) = seen.servers.config() else {
            return Vec::new();
        };
        let members = config.ensemble.members.keys().copied();
        let running = members.filter(|sid| seen.servers.power(*sid) == Power::Up);
        let running: Vec<Sid> = running.collect();
        if !seen.is_quorum(running.iter().copied()) {
            return Vec::new();
        }
        let Some((leader, epoch)) = self.leader() else {
            return running;
        };
        let may_wait = |sid: &Sid| {
            let status = seen.servers.status(*sid);
            status.is_some_and(|status| status.peer.accepted_epoch > epoch)
        };
        let serves = |sid: &Sid| self.serving.get(sid).is_some_and(|under| under.0 == leader);
        let late = running
            .into_iter()
            .filter(|sid| !serves(sid) && !may_wait(sid));
        late.collect()
    }
}

impl Invariant for Recovery {
    const PROPERTY: Property = Property {
        key: "recovery",
        names: "L1, L4, L6",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        self.follow(seen);
        if let Some(sid) = Self::refuses(seen) {
            let text = "does not start though currentEpoch.tmp is whole";
            return Err(Broken::of(&[sid], text, &[]));
        }
        let acts = matches!(seen.step.cause, Cause::Commanded { .. } | Cause::Booted);
        if acts || !seen.servers.are_undisturbed() {
            self.calm_since = seen.step.at;
            self.is_judged = false;
            return Ok(());
        }
        let passed = seen.step.at.saturating_sub(self.calm_since);
        if self.is_judged || passed <= Self::LEAST {
            return Ok(());
        }
        let Some(config) = seen.servers.config() else {
            return Ok(());
        };
        // Six attempts of the longest kind.
        let attempts = Micros(config.init_time().0.saturating_mul(6));
        if passed <= attempts {
            return Ok(());
        }
        self.is_judged = true;
        let late = self.late(seen);
        if late.is_empty() {
            return Ok(());
        }
        let ms = i64::try_from(passed.as_ms()).unwrap_or(i64::MAX);
        Err(Broken::of(&late, "do not serve after {} ms of calm", &[ms]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at};
    use super::*;

    /// Server 1 leads and `followers` follow it, in epoch 9; much later somebody looks.
    fn after(followers: &[i64], ms: u64, prepare: fn(&mut Scene)) -> Vec<Sid> {
        let mut scene = Scene::new(3, 0);
        let mut check = Recovery::default();
        let mut show = |scene: &mut Scene, sid: i64, ms: u64| {
            let mut step = scene.notes(sid, vec![]);
            step.at = Micros::from_ms(ms);
            scene.show(&mut check, &step).err()
        };
        for sid in 1..=3 {
            let serves = sid == 1 || followers.contains(&sid);
            let peer = &mut scene.server(sid).status.peer;
            peer.leader = Some(Sid(1)).filter(|_| serves);
            if !serves {
                peer.zab = ZabState::Election;
            }
            assert_eq!(show(&mut scene, sid, 0), None);
        }
        prepare(&mut scene);
        let broken = show(&mut scene, 3, ms);
        assert_eq!(show(&mut scene, 3, ms + 1), None, "said once");
        broken.map_or(Vec::new(), |broken| broken.sids)
    }

    #[test]
    fn who_does_not_come_back_is_named() {
        assert_eq!(after(&[2, 3], 300_000, |_| ()), []);
        assert_eq!(after(&[2], 300_000, |_| ()), [Sid(3)]);
        assert_eq!(after(&[2], 239_999, |_| ()), [], "not yet");
        let stop = |scene: &mut Scene| scene.server(3).status.power = Power::Killed;
        assert_eq!(after(&[2], 300_000, stop), [], "it does not run");
        let disturb = |scene: &mut Scene| scene.is_disturbed = true;
        assert_eq!(after(&[2], 300_000, disturb), [], "a fault stands");
    }

    #[test]
    fn who_does_not_start_after_a_crash_between_two_files_breaks_it() {
        for (written, fine) in [(None, true), (Some(1), true), (Some(2), false)] {
            let mut scene = Scene::new(3, 0);
            scene.server(2).disk.current_epoch_tmp = written.map(Epoch);
            let cause = ExitCause::CurrentEpochBehind {
                current: Epoch(1),
                last: at(2, 7),
            };
            let mut step = scene.notes(2, vec![Note::Exiting { cause }]);
            step.cause = Cause::Booted;
            let shown = scene.show(&mut Recovery::default(), &step);
            assert_eq!(shown.is_ok(), fine, "{written:?}");
        }
    }

    #[test]
    fn with_two_leaders_all_are_late() {
        let two = |scene: &mut Scene| {
            scene.server(3).status.peer.zab = ZabState::Broadcast;
            scene.server(3).status.peer.leader = Some(Sid(3));
        };
        assert_eq!(after(&[2], 300_000, two), [1, 2, 3].map(Sid));
    }

    #[test]
    fn who_has_accepted_a_later_epoch_may_wait() {
        let prepare = |scene: &mut Scene| {
            scene.server(3).status.peer.accepted_epoch = Epoch(10);
        };
        assert_eq!(after(&[2], 300_000, prepare), []);
    }
}
