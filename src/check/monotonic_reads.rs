//! A session never goes back in time: what it is shown is never older than what it was shown
//! before, whichever server it asks.

use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::{SessionId, Zxid};
use crate::sim::ClientId;

/// C7: the newest state each client's session was shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonotonicReads {
    shown: Map<ClientId, (SessionId, Zxid)>,
}

impl Invariant for MonotonicReads {
    const PROPERTY: Property = Property {
        key: "monotonic-reads",
        names: "C7",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let (Some(client), Some((_, zxid))) = (seen.heard.client, seen.heard.reply) else {
            return Ok(());
        };
        let now = (seen.heard.session, zxid);
        let before = self.shown.insert(client, now);
        if let Some((session, before)) = before
            && session == now.0
            && zxid < before
        {
            self.shown.insert(client, (session, before));
            let text = "session {} was shown {z} after {z}";
            return Err(Broken::of(&[], text, &[session.0, zxid.0, before.0]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, connected};
    use super::*;

    #[test]
    fn an_older_state_breaks_it_within_one_session() {
        let mut scene = Scene::new(3, 0);
        let check = &mut MonotonicReads::default();
        let rows = [
            (1, 7, 5, true),
            (2, 7, 5, true),
            (1, 7, 4, false),
            (1, 8, 4, true),
        ];
        for (server, session, counter, fine) in rows {
            let step = scene.told(1, vec![connected(server, session)]);
            scene.show(check, &step).expect("fine");
            let step = scene.replied(1, at(1, counter), vec![]);
            assert_eq!(
                scene.show(check, &step).is_ok(),
                fine,
                "{session} {counter}"
            );
        }
    }
}
