//! One-shot watches, kept by the server a client is connected to and by nobody else.
//!
//! Not replicated: a client that moves sets its watches again. Source: `WatchManager.java`,
//! `DataTree.java, setWatches`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::tree::{Change, DataTree, EventType};
use crate::base::{Map, Set};
use crate::protocol::effect::ConnId;
use crate::protocol::ids::Zxid;

/// What a watch waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WatchKind {
    /// Creation, change, deletion: left by `exists` and `getData`.
    Data,
    /// Children coming and going, deletion: left by `getChildren`.
    Child,
}

/// The watches a client had, named by what it last knew: the request after a reconnect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetWatches {
    /// The newest zxid the client has seen.
    pub relative_zxid: Zxid,
    /// Paths it watches the content of.
    pub data: Vec<Arc<str>>,
    /// Paths that did not exist when it set the watch.
    pub exist: Vec<Arc<str>>,
    /// Paths it watches the children of.
    pub child: Vec<Arc<str>>,
}

/// The watches of a server's connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Watches {
    data: Map<Arc<str>, Set<ConnId>>,
    child: Map<Arc<str>, Set<ConnId>>,
}

impl Watches {
    /// No watch at all.
    pub const EMPTY: Self = Self {
        data: Map::new(),
        child: Map::new(),
    };

    /// Sets a watch; setting it twice is setting it once.
    pub fn add(&mut self, kind: WatchKind, path: &Arc<str>, conn: ConnId) {
        self.table(kind).or_default(Arc::clone(path)).insert(conn);
    }

    /// Forgets a connection's watches.
    pub fn forget(&mut self, conn: ConnId) {
        for kind in [WatchKind::Data, WatchKind::Child] {
            self.table(kind).retain(|_, conns| {
                conns.remove(&conn);
                !conns.is_empty()
            });
        }
    }

    /// How many watches are set.
    pub fn len(&self) -> usize {
        let tables = self.data.values().chain(self.child.values());
        tables.map(Set::len).sum()
    }

    /// Whether none is set.
    pub const fn is_empty(&self) -> bool {
        self.data.is_empty() && self.child.is_empty()
    }

    /// Takes the watches a change fires, and names whom to tell, each connection once.
    pub fn fire(&mut self, change: &Change) -> Set<ConnId> {
        let mut told = Set::new();
        for kind in Self::waiting_for(change.event) {
            if let Some(conns) = self.table(*kind).remove(&change.path) {
                told.extend(conns.iter());
            }
        }
        told
    }

    /// Sets a reconnected client's watches again; those that have fired meanwhile are returned
    /// instead, in the order the client is told. Source: `DataTree.java, setWatches`.
    pub fn set_again(&mut self, asked: &SetWatches, tree: &DataTree, conn: ConnId) -> Vec<Change> {
        let mut fired = Vec::new();
        let since = asked.relative_zxid;
        for path in &asked.data {
            let event = tree.get(path).map_or(Some(EventType::NodeDeleted), |node| {
                (node.mzxid > since).then_some(EventType::NodeDataChanged)
            });
            self.set_or_fire(WatchKind::Data, path, conn, (event, &mut fired));
        }
        for path in &asked.exist {
            let event = tree.get(path).map(|_| EventType::NodeCreated);
            self.set_or_fire(WatchKind::Data, path, conn, (event, &mut fired));
        }
        for path in &asked.child {
            let event = tree.get(path).map_or(Some(EventType::NodeDeleted), |node| {
                (node.pzxid > since).then_some(EventType::NodeChildrenChanged)
            });
            self.set_or_fire(WatchKind::Child, path, conn, (event, &mut fired));
        }
        fired
    }

    fn set_or_fire(
        &mut self,
        kind: WatchKind,
        path: &Arc<str>,
        conn: ConnId,
        (event, fired): (Option<EventType>, &mut Vec<Change>),
    ) {
        match event {
            Some(event) => fired.push(Change {
                event,
                path: Arc::clone(path),
            }),
            None => self.add(kind, path, conn),
        }
    }

    const fn waiting_for(event: EventType) -> &'static [WatchKind] {
        match event {
            EventType::NodeCreated | EventType::NodeDataChanged => &[WatchKind::Data],
            EventType::NodeDeleted => &[WatchKind::Data, WatchKind::Child],
            EventType::NodeChildrenChanged => &[WatchKind::Child],
        }
    }

    const fn table(&mut self, kind: WatchKind) -> &mut Map<Arc<str>, Set<ConnId>> {
        match kind {
            WatchKind::Data => &mut self.data,
            WatchKind::Child => &mut self.child,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::server::tree::tests::{applied, create, delete, set};

    const ME: ConnId = ConnId(7);
    const OTHER: ConnId = ConnId(9);

    fn change(event: EventType, path: &str) -> Change {
        Change {
            event,
            path: Arc::from(path),
        }
    }

    fn fired(watches: &mut Watches, event: EventType, path: &str) -> Vec<ConnId> {
        let conns = watches.fire(&change(event, path));
        conns.iter().copied().collect()
    }

    #[test]
    fn a_watch_fires_once() {
        let mut watches = Watches::default();
        watches.add(WatchKind::Data, &Arc::from("/a"), ME);
        watches.add(WatchKind::Data, &Arc::from("/a"), ME);
        assert_eq!(watches.len(), 1);
        let event = EventType::NodeDataChanged;
        assert_eq!(fired(&mut watches, event, "/a"), [ME]);
        assert_eq!(fired(&mut watches, event, "/a"), []);
        assert!(watches.is_empty());
    }

    #[test]
    fn a_deletion_is_told_once_to_who_watches_both_content_and_children() {
        let mut watches = Watches::default();
        for kind in [WatchKind::Data, WatchKind::Child] {
            watches.add(kind, &Arc::from("/a"), ME);
        }
        watches.add(WatchKind::Child, &Arc::from("/a"), OTHER);
        let told = fired(&mut watches, EventType::NodeDeleted, "/a");
        assert_eq!(told, [ME, OTHER]);
        assert!(watches.is_empty());
    }

    #[test]
    fn children_and_content_are_watched_apart() {
        let mut watches = Watches::default();
        watches.add(WatchKind::Data, &Arc::from("/a"), ME);
        assert_eq!(
            fired(&mut watches, EventType::NodeChildrenChanged, "/a"),
            []
        );
        watches.add(WatchKind::Child, &Arc::from("/a"), OTHER);
        let told = fired(&mut watches, EventType::NodeChildrenChanged, "/a");
        assert_eq!(told, [OTHER]);
        assert_eq!(watches.len(), 1);
    }

    #[test]
    fn a_closed_connection_is_told_nothing() {
        let mut watches = Watches::default();
        watches.add(WatchKind::Data, &Arc::from("/a"), ME);
        watches.add(WatchKind::Data, &Arc::from("/a"), OTHER);
        watches.forget(ME);
        assert_eq!(fired(&mut watches, EventType::NodeCreated, "/a"), [OTHER]);
    }

    #[test]
    fn what_changed_while_away_is_told_at_once_and_the_rest_is_set() {
        let (tree, _) = applied(&[
            (1, create("/same", 1)),
            (2, create("/changed", 2)),
            (3, create("/gone", 3)),
            (4, create("/came", 4)),
            (5, set("/changed", 1)),
            (6, create("/same/child", 1)),
            (7, delete("/gone")),
        ]);
        let paths = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect();
        let asked = SetWatches {
            relative_zxid: Zxid(4),
            data: paths(&["/same", "/changed", "/gone"]),
            exist: paths(&["/came", "/never"]),
            child: paths(&["/same", "/changed", "/gone"]),
        };
        let mut watches = Watches::default();
        let told = watches.set_again(&asked, &tree, ME);
        assert_eq!(
            told,
            [
                change(EventType::NodeDataChanged, "/changed"),
                change(EventType::NodeDeleted, "/gone"),
                change(EventType::NodeCreated, "/came"),
                change(EventType::NodeChildrenChanged, "/same"),
                change(EventType::NodeDeleted, "/gone"),
            ]
        );
        assert_eq!(
            watches.len(),
            3,
            "/same, /never and the children of /changed"
        );
    }
}
