//! A client hears of a change it watches for before it is shown a state that has the change in it;
//! and hears of it once, and only if it asked.
//!
//! While a client is away, a znode whose creation it watches for may come and go unheard: such a
//! watch is not judged after a reconnect.

use std::sync::Arc;

use super::calls::{Ended, Turn};
use super::{Broken, Invariant, Property, Seen};
use crate::base::{Map, Set};
use crate::protocol::client::Outcome;
use crate::protocol::{Change, ErrorCode, EventType, Op, TxnBody, WatchKind, Zxid, path};
use crate::sim::ClientId;

/// C9: what each client watches for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchOrder {
    clients: Map<ClientId, Desk>,
    /// Who watches for something at a path.
    watchers: Map<Arc<str>, Set<ClientId>>,
}

/// One client's watches, each with the change it is to be told of, if there was one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Desk {
    data: Map<Arc<str>, Option<Zxid>>,
    exist: Map<Arc<str>, Option<Zxid>>,
    child: Map<Arc<str>, Option<Zxid>>,
    /// Watched for their creation since before the last reconnect.
    vague: Set<Arc<str>>,
    /// Told at once of a deletion it watches for in two ways, it may be told twice on a reconnect.
    twice: Set<Arc<str>>,
    /// The oldest change it has not been told of.
    owed: Option<Zxid>,
}

/// How a znode changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Created,
    Changed,
    Deleted,
    Children,
}

impl Desk {
    fn owe(&mut self, path: &str, kind: Kind, zxid: Zxid) {
        let tables = match kind {
            Kind::Created => [Some(&mut self.exist), None],
            Kind::Changed => [Some(&mut self.data), None],
            Kind::Deleted => [Some(&mut self.data), Some(&mut self.child)],
            Kind::Children => [Some(&mut self.child), None],
        };
        for table in tables.into_iter().flatten() {
            if let Some(owed) = table.get_mut(path) {
                *owed = Some(owed.map_or(zxid, |before| before.min(zxid)));
                self.owed = Some(self.owed.map_or(zxid, |before| before.min(zxid)));
            }
        }
    }

    /// Takes the watches that an event uses up; false where there are none.
    fn fired(&mut self, change: &Change) -> bool {
        let path = &change.path;
        let mut taken = 0;
        if change.event != EventType::NodeChildrenChanged {
            taken += usize::from(self.data.remove(path).is_some());
            taken += usize::from(self.exist.remove(path).is_some());
            taken += usize::from(self.vague.remove(path));
        }
        if matches!(
            change.event,
            EventType::NodeDeleted | EventType::NodeChildrenChanged
        ) {
            taken += usize::from(self.child.remove(path).is_some());
        }
        let known = self.twice.remove(path) || taken > 0;
        if taken > 1 {
            self.twice.insert(Arc::clone(path));
        }
        let tables = [&self.data, &self.exist, &self.child];
        let owed = tables.into_iter().flat_map(Map::values);
        self.owed = owed.filter_map(|owed| *owed).min();
        known
    }

    fn away(&mut self) {
        let exist = core::mem::take(&mut self.exist);
        self.vague.extend(exist.keys().map(Arc::clone));
        let tables = [&self.data, &self.child];
        let owed = tables.into_iter().flat_map(Map::values);
        self.owed = owed.filter_map(|owed| *owed).min();
    }
}

impl WatchOrder {
    /// What an answered call leaves at its server.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few calls leave a watch")]
    fn answered(&mut self, client: ClientId, ended: &Ended, zxid: Zxid, seen: &Seen<'_>) {
        let is_done = matches!(ended.outcome, Outcome::Acknowledged { .. });
        let is_absent = ended.outcome == Outcome::Failed(ErrorCode::NoNode);
        let desk = self.clients.or_default(client);
        let (path, table, kind) = match &ended.op {
            Op::GetData { path, watch: true } | Op::Exists { path, watch: true } if is_done => {
                (path, &mut desk.data, WatchKind::Data)
            }
            Op::Exists { path, watch: true } if is_absent => {
                (path, &mut desk.exist, WatchKind::Data)
            }
            Op::GetChildren { path, watch: true } if is_done => {
                (path, &mut desk.child, WatchKind::Child)
            }
            _ => return,
        };
        let first = seen.ledger.first_change(path, kind, zxid);
        let owed = table.get_or_insert_with(Arc::clone(path), || None);
        *owed = [*owed, first].into_iter().flatten().min();
        desk.owed = [desk.owed, *owed].into_iter().flatten().min();
        self.watchers.or_default(Arc::clone(path)).insert(client);
    }

    fn owe(&mut self, path: &str, kind: Kind, zxid: Zxid) {
        let Some(watchers) = self.watchers.get(path) else {
            return;
        };
        for client in watchers {
            if let Some(desk) = self.clients.get_mut(client) {
                desk.owe(path, kind, zxid);
            }
        }
    }

    fn apply(&mut self, body: &TxnBody, zxid: Zxid) {
        let children = |of: &str| path::split(of).map_or("", |(parent, _)| parent).to_owned();
        match body {
            TxnBody::Create { path, .. } => {
                self.owe(path, Kind::Created, zxid);
                self.owe(&children(path), Kind::Children, zxid);
            }
            TxnBody::Delete { path } => {
                self.owe(path, Kind::Deleted, zxid);
                self.owe(&children(path), Kind::Children, zxid);
            }
            TxnBody::SetData { path, .. } => self.owe(path, Kind::Changed, zxid),
            TxnBody::CloseSession { ephemerals } => {
                for path in ephemerals {
                    self.owe(path, Kind::Deleted, zxid);
                    self.owe(&children(path), Kind::Children, zxid);
                }
            }
            TxnBody::Multi(parts) => {
                if !parts.iter().any(|part| matches!(part, TxnBody::Error(_))) {
                    for part in parts {
                        self.apply(part, zxid);
                    }
                }
            }
            TxnBody::CreateSession { .. } | TxnBody::Check { .. } | TxnBody::Error(_) => {}
        }
    }

    fn forget(&mut self, client: ClientId) {
        self.clients.remove(&client);
        self.watchers.retain(|_, watchers| {
            watchers.remove(&client);
            !watchers.is_empty()
        });
    }
}

impl Invariant for WatchOrder {
    const PROPERTY: Property = Property {
        key: "watch-order",
        names: "C9",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        if !self.watchers.is_empty() {
            for txn in seen.agreed() {
                self.apply(&txn.body, txn.zxid);
            }
        }
        let Some(client) = seen.heard.client else {
            return Ok(());
        };
        match seen.heard.turn {
            Some(Turn::New | Turn::Over) => self.forget(client),
            Some(Turn::Away) => {
                if let Some(desk) = self.clients.get_mut(&client) {
                    desk.away();
                }
            }
            Some(Turn::Back) | None => {}
        }
        let session = seen.heard.session.0;
        if let Some(change) = &seen.heard.fired {
            let known = self.clients.or_default(client).fired(change);
            if !known {
                let text = "session {} was told of a change it did not ask for";
                return Err(Broken::of(&[], text, &[session]));
            }
        }
        let Some((_, zxid)) = seen.heard.reply else {
            return Ok(());
        };
        let desk = self.clients.get_mut(&client);
        let owed = desk.and_then(|desk| desk.owed.take_if(|owed| *owed <= zxid));
        for ended in &seen.heard.ended {
            self.answered(client, ended, zxid, seen);
        }
        match owed {
            Some(owed) => {
                let text = "session {} was shown {z} and not told of {z}";
                Err(Broken::of(&[], text, &[session, zxid.0, owed.0]))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, called, connected, create, outcome, set_at};
    use super::*;
    use crate::protocol::OpResult;
    use crate::protocol::client::ClientNote;

    /// A client watches `/a`, which exists since (1,1), and `/b`, which does not.
    fn watching() -> (Scene, WatchOrder) {
        let mut scene = Scene::new(3, 0);
        let mut check = WatchOrder::default();
        scene.leads(&mut check, (1, 1), &[]).expect("leads");
        let first = create(at(1, 1), 0, "/a");
        scene.commits(&mut check, 1, &first).expect("fine");
        let watch = true;
        let asked = vec![
            connected(1, 7),
            called(
                1,
                Op::GetData {
                    path: "/a".into(),
                    watch,
                },
            ),
            called(
                2,
                Op::Exists {
                    path: "/b".into(),
                    watch,
                },
            ),
        ];
        let step = scene.told(1, asked);
        scene.show(&mut check, &step).expect("fine");
        let results = [OpResult::Done, OpResult::Error(ErrorCode::NoNode)];
        for (call, result) in (1..).zip(results) {
            let step = scene.replied(1, at(1, 1), vec![outcome(call, at(1, 1), result)]);
            scene.show(&mut check, &step).expect("fine");
        }
        (scene, check)
    }

    fn told(event: EventType, path: &str) -> ClientNote {
        let path = path.into();
        ClientNote::Watch(Change { event, path })
    }

    fn reply(scene: &mut Scene, check: &mut WatchOrder, counter: i64) -> Result<(), Broken> {
        let step = scene.replied(1, at(1, counter), vec![]);
        scene.show(check, &step)
    }

    #[test]
    fn a_state_with_a_change_that_was_not_told_breaks_it() {
        for is_told in [true, false] {
            let (mut scene, mut check) = watching();
            let txn = set_at(at(1, 2), "/a", "x");
            scene.commits(&mut check, 1, &txn).expect("fine");
            assert_eq!(reply(&mut scene, &mut check, 1), Ok(()), "not shown yet");
            if is_told {
                let step = scene.told(1, vec![told(EventType::NodeDataChanged, "/a")]);
                scene.show(&mut check, &step).expect("asked for");
            }
            assert_eq!(reply(&mut scene, &mut check, 2).is_ok(), is_told);
        }
    }

    #[test]
    fn a_watch_fires_once_and_for_its_change() {
        let (mut scene, mut check) = watching();
        let txn = create(at(1, 2), 0, "/b");
        scene.commits(&mut check, 1, &txn).expect("fine");
        for fine in [true, false] {
            let step = scene.told(1, vec![told(EventType::NodeCreated, "/b")]);
            assert_eq!(scene.show(&mut check, &step).is_ok(), fine);
        }
        assert_eq!(reply(&mut scene, &mut check, 2), Ok(()));
        let step = scene.told(1, vec![told(EventType::NodeChildrenChanged, "/a")]);
        assert!(scene.show(&mut check, &step).is_err(), "another kind");
    }

    #[test]
    fn who_was_away_may_have_missed_a_creation() {
        let (mut scene, mut check) = watching();
        let lost = ClientNote::Disconnected {
            from: crate::protocol::Sid(1),
            why: crate::protocol::client::Lost::Closed,
        };
        for note in [lost, connected(2, 7)] {
            let step = scene.told(1, vec![note]);
            scene.show(&mut check, &step).expect("fine");
        }
        let txn = create(at(1, 2), 0, "/b");
        scene.commits(&mut check, 1, &txn).expect("fine");
        assert_eq!(reply(&mut scene, &mut check, 2), Ok(()));
        let step = scene.told(1, vec![told(EventType::NodeCreated, "/b")]);
        assert_eq!(scene.show(&mut check, &step), Ok(()));
    }

    #[test]
    fn a_change_between_the_reading_and_its_answer_is_owed() {
        let (mut scene, mut check) = watching();
        let txn = set_at(at(1, 2), "/", "x");
        scene.commits(&mut check, 1, &txn).expect("fine");
        let op = Op::GetData {
            path: "/".into(),
            watch: true,
        };
        let step = scene.told(1, vec![called(3, op)]);
        scene.show(&mut check, &step).expect("fine");
        let step = scene.replied(1, at(1, 1), vec![outcome(3, at(1, 1), OpResult::Done)]);
        scene
            .show(&mut check, &step)
            .expect("shown what was before");
        assert!(reply(&mut scene, &mut check, 2).is_err());
    }
}
