//! What each znode held after each agreed transaction: the record that reads and watches are
//! compared with.
//!
//! Not a check. Of each znode the last few changes are known; what is older is not judged.

use std::sync::Arc;

use super::seen::Servers;
use super::{Began, History, News, Seen};
use crate::base::Map;
use crate::protocol::{Database, Txn, TxnBody, WatchKind, Zxid, path};
use crate::sim::ServerStatus;

/// The agreed contents, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The history it continues.
    base: Option<Zxid>,
    /// Nothing older is known.
    since: Zxid,
    tracks: Map<Arc<str>, Arc<Track>>,
}

/// The changes of one znode, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Track {
    contents: Vec<(Zxid, Option<Arc<str>>)>,
    /// What made a child come or go.
    children: Vec<Zxid>,
    /// Changes up to here are forgotten.
    forgotten: Zxid,
}

/// What a znode held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Too long ago.
    Unknown,
    /// It did not exist.
    Absent,
    /// This, since then.
    Is(Arc<str>, Zxid),
}

impl Track {
    /// How many changes are remembered.
    const KEPT: usize = 64;

    fn trim(&mut self) {
        if self.contents.len() > Self::KEPT {
            let (zxid, _) = self.contents.remove(0);
            self.forgotten = self.forgotten.max(zxid);
        }
        if self.children.len() > Self::KEPT {
            let zxid = self.children.remove(0);
            self.forgotten = self.forgotten.max(zxid);
        }
    }
}

impl Ledger {
    /// How many znodes are remembered.
    const PATHS: usize = 20_000;

    /// Looks at one step.
    pub(super) fn take(
        &mut self,
        server: Option<&ServerStatus>,
        servers: &dyn Servers,
        (history, news): (&History, &News),
    ) {
        let is_other = self.base != history.base() || self.base.is_none();
        if news.began == Some(Began::Leader)
            && is_other
            && let Some(server) = server
            && let Some(database) = servers.database(server.sid)
        {
            return self.rebuild(history.base(), database);
        }
        for txn in news.agreed() {
            self.apply(txn);
        }
    }

    fn rebuild(&mut self, base: Option<Zxid>, database: &Database) {
        let mut tracks = Map::new();
        for (path, znode) in database.tree().iter() {
            let track = Track {
                contents: vec![(znode.mzxid, Some(Arc::clone(&znode.data)))],
                children: vec![znode.pzxid],
                forgotten: Zxid(0),
            };
            tracks.insert(Arc::from(path), Arc::new(track));
        }
        *self = Self {
            base,
            since: database.last_processed(),
            tracks,
        };
    }

    fn apply(&mut self, txn: &Txn) {
        self.apply_body(txn.zxid, &txn.body);
        if self.tracks.len() > Self::PATHS {
            self.tracks
                .retain(|_, track| matches!(track.contents.last(), Some((_, Some(_)))));
            self.since = txn.zxid;
        }
    }

    fn apply_body(&mut self, zxid: Zxid, body: &TxnBody) {
        match body {
            TxnBody::Create { path, data, .. } => {
                self.put(path, zxid, Some(Arc::clone(data)));
                self.child(path, zxid);
            }
            TxnBody::SetData { path, data, .. } => self.put(path, zxid, Some(Arc::clone(data))),
            TxnBody::Delete { path } => self.delete(path, zxid),
            TxnBody::CloseSession { ephemerals } => {
                for path in ephemerals {
                    self.delete(path, zxid);
                }
            }
            TxnBody::Multi(parts) => {
                if !parts.iter().any(|part| matches!(part, TxnBody::Error(_))) {
                    for part in parts {
                        self.apply_body(zxid, part);
                    }
                }
            }
            TxnBody::CreateSession { .. } | TxnBody::Check { .. } | TxnBody::Error(_) => {}
        }
    }

    fn delete(&mut self, path: &Arc<str>, zxid: Zxid) {
        let exists = matches!(self.content(path, zxid), Content::Is(..));
        if exists {
            self.put(path, zxid, None);
            self.child(path, zxid);
        }
    }

    fn put(&mut self, path: &Arc<str>, zxid: Zxid, content: Option<Arc<str>>) {
        let track = Arc::make_mut(self.tracks.or_default(Arc::clone(path)));
        track.contents.push((zxid, content));
        track.trim();
    }

    fn child(&mut self, of: &str, zxid: Zxid) {
        if let Some((parent, _)) = path::split(of) {
            let track = Arc::make_mut(self.tracks.or_default(Arc::from(parent)));
            track.children.push(zxid);
            track.trim();
        }
    }

    /// What `path` held after everything up to `zxid`.
    pub fn content(&self, path: &str, zxid: Zxid) -> Content {
        if zxid < self.since || self.base.is_none() {
            return Content::Unknown;
        }
        let Some(track) = self.tracks.get(path) else {
            return Content::Absent;
        };
        let after = track.contents.partition_point(|(at, _)| *at <= zxid);
        match after.checked_sub(1).and_then(|at| track.contents.get(at)) {
            Some((at, Some(data))) => Content::Is(Arc::clone(data), *at),
            None if track.forgotten > Zxid(0) => Content::Unknown,
            Some((_, None)) | None => Content::Absent,
        }
    }

    /// The first transaction after `zxid` that fires a watch left then on `path`; `None` where
    /// there is none or it is not known.
    pub fn first_change(&self, path: &str, kind: WatchKind, zxid: Zxid) -> Option<Zxid> {
        let track = self.tracks.get(path)?;
        if track.forgotten > zxid {
            return None;
        }
        let after = track.contents.partition_point(|(at, _)| *at <= zxid);
        let mut later = track.contents.get(after..)?.iter();
        match kind {
            WatchKind::Data => later.next().map(|(at, _)| *at),
            WatchKind::Child => {
                let gone = later.find(|(_, content)| content.is_none());
                let gone = gone.map(|(at, _)| *at);
                let after = track.children.partition_point(|at| *at <= zxid);
                let came = track.children.get(after).copied();
                gone.into_iter().chain(came).min()
            }
        }
    }
}

impl Seen<'_> {
    /// The transactions that became agreed at this step.
    pub fn agreed(&self) -> &[Arc<Txn>] {
        self.news.agreed()
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Nothing, Scene, at, create, set_at, txn};
    use super::*;

    fn ledger(txns: &[Arc<Txn>]) -> Ledger {
        let mut scene = Scene::new(3, 0);
        scene.leads(&mut Nothing, (1, 1), &[]).expect("leads");
        for txn in txns {
            scene.commits(&mut Nothing, 1, txn).expect("fine");
            scene.commits(&mut Nothing, 2, txn).expect("once");
        }
        scene.ledger
    }

    fn is(data: &str, zxid: Zxid) -> Content {
        Content::Is(data.into(), zxid)
    }

    #[test]
    fn a_znode_holds_what_the_last_change_before_left() {
        let body = TxnBody::Delete { path: "/a".into() };
        let ledger = ledger(&[
            create(at(1, 1), 0, "/a"),
            set_at(at(1, 2), "/a", "x"),
            txn(at(1, 3), 0, body),
        ]);
        assert_eq!(ledger.content("/a", at(1, 0)), Content::Absent);
        assert_eq!(ledger.content("/a", at(1, 1)), is("", at(1, 1)));
        assert_eq!(ledger.content("/a", at(1, 2)), is("x", at(1, 2)));
        assert_eq!(ledger.content("/a", at(1, 9)), Content::Absent);
        assert_eq!(ledger.content("/b", at(1, 9)), Content::Absent);
        assert_eq!(ledger.content("/a", Zxid(0)), Content::Unknown);
        let first = |path, kind, zxid| ledger.first_change(path, kind, zxid);
        assert_eq!(first("/a", WatchKind::Data, at(1, 1)), Some(at(1, 2)));
        assert_eq!(first("/a", WatchKind::Child, at(1, 1)), Some(at(1, 3)));
        assert_eq!(first("/", WatchKind::Child, at(1, 1)), Some(at(1, 3)));
        assert_eq!(first("/", WatchKind::Child, at(1, 3)), None);
    }

    #[test]
    fn sessions_take_their_ephemerals_and_a_refused_multi_changes_nothing() {
        let multi = |last| {
            let path = "/b".into();
            let first = TxnBody::Create {
                path,
                data: "".into(),
                is_ephemeral: false,
                parent_cversion: 2,
            };
            TxnBody::Multi(vec![first, last])
        };
        let refused = TxnBody::Error(crate::protocol::ErrorCode::NoNode);
        let ephemerals = vec!["/a".into()];
        let ledger = ledger(&[
            create(at(1, 1), 7, "/a"),
            txn(at(1, 2), 0, multi(refused)),
            txn(at(1, 3), 7, TxnBody::CloseSession { ephemerals }),
            txn(at(1, 4), 0, multi(TxnBody::Multi(vec![]))),
        ]);
        assert_eq!(ledger.content("/b", at(1, 3)), Content::Absent);
        assert_eq!(ledger.content("/a", at(1, 3)), Content::Absent);
        assert_eq!(ledger.content("/b", at(1, 4)), is("", at(1, 4)));
    }

    #[test]
    fn what_was_long_ago_is_not_known() {
        let mut txns = vec![create(at(1, 1), 0, "/a")];
        for n in 2..=100 {
            txns.push(set_at(at(1, n), "/a", &n.to_string()));
        }
        let ledger = ledger(&txns);
        assert_eq!(ledger.content("/a", at(1, 10)), Content::Unknown);
        assert_eq!(ledger.content("/a", at(1, 60)), is("60", at(1, 60)));
        assert_eq!(ledger.first_change("/a", WatchKind::Data, at(1, 10)), None);
    }
}
