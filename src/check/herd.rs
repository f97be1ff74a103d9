//! No herd: the end of one offer wakes at most one of those who wait.

use std::sync::Arc;

use super::calls::Ended;
use super::{Broken, Invariant, Property, Seen};
use crate::base::Map;
use crate::protocol::client::Outcome;
use crate::protocol::{EventType, Op, OpResult, path};
use crate::sim::ClientId;

/// R2: who has made which offer, and whom the end of an offer has woken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Herd {
    offers: Map<ClientId, Arc<str>>,
    woken: Map<Arc<str>, ClientId>,
}

impl Herd {
    /// How many ends are remembered.
    const KEPT: usize = 256;

    fn ended(&mut self, client: ClientId, ended: &Ended) {
        let Outcome::Acknowledged { result, .. } = &ended.outcome else {
            return;
        };
        if let (Op::Create { mode, .. }, OpResult::Created(path)) = (&ended.op, result)
            && mode.is_ephemeral()
            && mode.is_sequential()
        {
            self.offers.insert(client, Arc::clone(path));
        } else if let Op::Delete { path, .. } = &ended.op
            && self.offers.get(&client) == Some(path)
        {
            self.offers.remove(&client);
        }
    }

    /// Whether `path` is an offer that competes with that of `client`.
    fn competes(&self, client: ClientId, path: &str) -> bool {
        let own = self.offers.get(&client);
        let root = own.and_then(|own| Some(path::split(own)?.0));
        own.is_some_and(|own| **own != *path)
            && root.is_some()
            && root == path::split(path).map(|(root, _)| root)
    }
}

impl Invariant for Herd {
    const PROPERTY: Property = Property {
        key: "herd",
        names: "R2",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        let Some(client) = seen.heard.client else {
            return Ok(());
        };
        for ended in &seen.heard.ended {
            self.ended(client, ended);
        }
        let Some(change) = &seen.heard.fired else {
            return Ok(());
        };
        if change.event != EventType::NodeDeleted || !self.competes(client, &change.path) {
            return Ok(());
        }
        let first = *self
            .woken
            .get_or_insert_with(Arc::clone(&change.path), || client);
        let oldest = self.woken.keys().next().map(Arc::clone);
        if self.woken.len() > Self::KEPT
            && let Some(oldest) = oldest
        {
            self.woken.remove(&oldest);
        }
        if first != client {
            let numbers = [i64::from(first.0), i64::from(client.0)];
            let text = "the end of one offer woke client {} and client {}";
            return Err(Broken::of(&[], text, &numbers));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, called, outcome};
    use super::*;
    use crate::protocol::client::ClientNote;
    use crate::protocol::{Change, CreateMode};

    #[test]
    fn a_second_client_woken_by_one_end_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut Herd::default();
        for (client, offer) in [(1, "/e/n_1"), (2, "/e/n_2"), (3, "/f/n_3")] {
            let op = Op::Create {
                path: "/e/n_".into(),
                data: "".into(),
                mode: CreateMode::EphemeralSequential,
            };
            let step = scene.told(client, vec![called(1, op)]);
            scene.show(check, &step).expect("fine");
            let result = OpResult::Created(offer.into());
            let step = scene.replied(client, at(1, 1), vec![outcome(1, at(1, 1), result)]);
            scene.show(check, &step).expect("fine");
        }
        for (client, path, fine) in [
            (1, "/e/n_0", true),
            (1, "/e/n_0", true),
            (3, "/e/n_0", true),
            (2, "/e/n_1", true),
            (2, "/e/n_0", false),
        ] {
            let change = Change {
                event: EventType::NodeDeleted,
                path: path.into(),
            };
            let step = scene.told(client, vec![ClientNote::Watch(change)]);
            assert_eq!(scene.show(check, &step).is_ok(), fine, "{client} {path}");
        }
    }
}
