//! Whoever stays connected to a server that serves is answered.
//!
//! Judged while no fault stands, a generous while after the last act of a person and the last start
//! of a process.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Micros;
use crate::sim::Cause;

/// L2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Since when nobody acted and nothing was started.
    calm_since: Micros,
}

impl Progress {
    /// How long an answer may take at any tickTime.
    const LEAST: Micros = Micros::from_ms(120_000);
}

impl Invariant for Progress {
    const PROPERTY: Property = Property {
        key: "progress",
        names: "L2",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let at = seen.step.at;
        let acts = matches!(seen.step.cause, Cause::Commanded { .. } | Cause::Booted);
        if acts || !seen.servers.are_undisturbed() {
            self.calm_since = at;
            return Ok(());
        }
        let Some(client) = seen.heard.client else {
            return Ok(());
        };
        let Some(caller) = seen.calls.client(client) else {
            return Ok(());
        };
        let (Some((sid, connected)), Some(call)) = (caller.connected, caller.calls.front()) else {
            return Ok(());
        };
        let since = call.at.max(connected).max(self.calm_since);
        let passed = at.saturating_sub(since);
        let config = seen.servers.config();
        let attempts = config.map_or(0, |config| config.init_time().0.saturating_mul(6));
        if passed <= Self::LEAST.max(Micros(attempts)) {
            return Ok(());
        }
        let ms = i64::try_from(passed.as_ms()).unwrap_or(i64::MAX);
        let text = "has not answered client {} for {} ms";
        Err(Broken::of(&[sid], text, &[i64::from(client.0), ms]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, called, connected};
    use super::*;
    use crate::protocol::Op;

    fn after(ms: u64, prepare: fn(&mut Scene)) -> Result<(), Broken> {
        let mut scene = Scene::new(3, 0);
        scene.config.tick_time_ms = 1_000;
        let check = &mut Progress::default();
        let op = || Op::Sync { path: "/".into() };
        let step = scene.told(1, vec![connected(2, 7), called(1, op())]);
        scene.show(check, &step).expect("fine");
        prepare(&mut scene);
        let mut step = scene.told(1, vec![called(2, op())]);
        step.at = Micros::from_ms(ms);
        scene.show(check, &step)
    }

    #[test]
    fn a_connected_client_without_an_answer_breaks_it() {
        assert_eq!(after(120_000, |_| ()), Ok(()));
        let broken = after(120_002, |_| ()).expect_err("fires");
        assert_eq!(broken.sids, [crate::protocol::Sid(2)]);
        assert_eq!(after(120_002, |scene| scene.is_disturbed = true), Ok(()));
    }
}
