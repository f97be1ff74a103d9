//! Claims about transactions in whole ensembles: nothing committed is lost, nobody differs.

use super::*;
use crate::protocol::bugs::{Bug, Bugs};
use crate::protocol::ids::{Cxid, SessionId};
use crate::protocol::note::SyncMode;
use crate::protocol::server::{Txn, TxnBody};

impl Peer {
    /// A long reign goes by: `txn` is the last of it, applied and on disk.
    pub(crate) fn leap(&mut self, txn: &Arc<Txn>) {
        self.core.db.apply(txn).expect("a later one");
        self.core.disk.take(&Record::Append(Arc::clone(txn)));
        if let Role::Leading(leader) = &mut self.role {
            leader.leap(txn.zxid);
        }
    }
}

impl Bus {
    fn with_bug(ensemble: &Ensemble, bug: Bug) -> Self {
        let mut bus = Self::new(ensemble);
        for server in bus.servers.values_mut() {
            Arc::make_mut(&mut server.config).bugs = Bugs::NONE.with(bug);
        }
        bus.start_all();
        bus
    }

    /// A client of the leader `sid` writes to `path`.
    fn write(&mut self, sid: i64, path: &str) -> Option<Zxid> {
        let mut out = Vec::new();
        let server = self.servers.get_mut(&Sid(sid)).expect("a member");
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut server.rng,
            out: &mut out,
        };
        let body = TxnBody::Create {
            path: path.into(),
            data: path.into(),
            is_ephemeral: false,
            parent_cversion: 1,
        };
        let peer = server.peer.as_mut().expect("runs");
        let zxid = peer.propose((SessionId(1), Cxid(1)), body, &mut ctx);
        let life = server.life;
        for effect in out {
            self.effect(Sid(sid), life, effect);
        }
        zxid
    }

    /// Who has `path` in memory.
    pub(super) fn having(&self, path: &str) -> Vec<i64> {
        let having = self.servers.iter().filter(|(_, server)| {
            let database = server.peer.as_ref().map(Peer::database);
            database.is_some_and(|database| database.data(path).is_some())
        });
        having.map(|(sid, _)| sid.0).collect()
    }

    /// How `of` was brought up to date last.
    fn last_sync(&self, of: i64) -> Option<SyncMode> {
        self.notes.iter().rev().find_map(|(_, _, note)| {
            if let Note::SyncChosen { to, mode, .. } = note
                && to.0 == of
            {
                Some(*mode)
            } else {
                None
            }
        })
    }

    fn kill_all(&mut self) {
        for sid in self.servers.keys().copied().collect::<Vec<_>>() {
            self.kill(sid);
        }
    }
}

#[test]
fn what_is_committed_is_applied_everywhere_and_on_every_participants_disk() {
    let mut bus = Bus::started(&Ensemble::plain(3, 1));
    bus.run_ms(2_000);
    let leader = bus.leader();
    for path in ["/a", "/b", "/c"] {
        assert!(bus.write(leader, path).is_some());
    }
    bus.run_ms(100);
    for path in ["/a", "/b", "/c"] {
        assert_eq!(bus.having(path), [1, 2, 3, 4], "{path}");
    }
    for server in bus.servers.values() {
        assert_eq!(server.durable.log.last(), Some(Zxid::make(Epoch(1), 3)));
    }
    assert_eq!(
        bus.write(leader % 3 + 1, "/d"),
        None,
        "a follower proposes nothing"
    );
}

#[test]
fn a_restart_of_all_loses_nothing_that_was_committed() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(2_000);
    bus.write(bus.leader(), "/a");
    bus.run_ms(100);
    bus.kill_all();
    bus.start_all();
    bus.run_ms(2_000);
    assert_eq!(bus.having("/a"), [1, 2, 3]);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
}

#[test]
fn who_was_away_is_sent_what_it_missed() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(2_000);
    let leader = bus.leader();
    bus.write(leader, "/a");
    bus.run_ms(100);
    let away = leader % 3 + 1;
    bus.kill(Sid(away));
    bus.write(leader, "/b");
    bus.write(leader, "/c");
    bus.run_ms(100);
    bus.start(Sid(away));
    bus.run_ms(2_000);
    assert_eq!(bus.last_sync(away), Some(SyncMode::Diff));
    assert_eq!(bus.having("/c"), [1, 2, 3]);
}

/// A leader that is cut off writes `/lost`; the others go on and write `kept`, if it is given; then
/// the cut is healed.
fn after_a_cut(mut bus: Bus, kept: Option<&str>) -> (Bus, i64) {
    bus.run_ms(2_000);
    let old = bus.leader();
    bus.write(old, "/before");
    bus.run_ms(100);
    bus.cut.insert(Sid(old));
    bus.write(old, "/lost");
    bus.run_ms(30_000);
    let others: Vec<i64> = bus.serving().0;
    assert!(!others.contains(&old) && others.len() == 2, "{others:?}");
    if let Some(path) = kept {
        let new = bus.leader();
        bus.write(new, path);
        bus.run_ms(100);
    }
    bus.cut.clear();
    bus.run_ms(120_000);
    (bus, old)
}

#[test]
fn the_uncommitted_tail_of_a_deposed_leader_is_cut_off() {
    let (bus, old) = after_a_cut(Bus::started(&Ensemble::plain(3, 0)), None);
    assert_eq!(bus.last_sync(old), Some(SyncMode::Trunc));
    assert_eq!(
        (bus.having("/before"), bus.having("/lost")),
        (vec![1, 2, 3], vec![])
    );
    let (bus, old) = after_a_cut(Bus::started(&Ensemble::plain(3, 0)), Some("/kept"));
    assert_eq!(bus.last_sync(old), Some(SyncMode::Snap), "across epochs");
    assert_eq!(
        (bus.having("/kept"), bus.having("/lost")),
        (vec![1, 2, 3], vec![])
    );
}

#[test]
fn before_2845_a_failed_write_came_back_after_a_restart() {
    for (bug, back) in [
        (Bug::NoEpochTmpRecovery, false),
        (Bug::KeepTreeWithoutReplay, true),
    ] {
        let bus = Bus::with_bug(&Ensemble::plain(3, 0), bug);
        let (mut bus, old) = after_a_cut(bus, None);
        bus.write(bus.leader(), "/after");
        bus.run_ms(100);
        bus.kill(Sid(old));
        bus.start(Sid(old));
        bus.run_ms(3_000);
        assert_eq!(!bus.having("/lost").is_empty(), back, "{bug:?}");
    }
}

/// Three servers that serve, each with this delay before it flushes its log.
fn delaying(flush_delay_ms: u64) -> Bus {
    let mut bus = Bus::with(&Ensemble::plain(3, 0), |mut config| {
        config.storage.flush_delay_ms = flush_delay_ms;
        config.storage.max_poll_ms = flush_delay_ms / 3;
        config
    });
    bus.start_all();
    bus.run_ms(5_000);
    bus
}

#[test]
fn with_a_flush_delay_the_first_is_flushed_at_once_and_the_next_waits_for_more() {
    let mut bus = delaying(300);
    bus.write(3, "/first").expect("leads");
    bus.run_ms(10);
    assert_eq!(bus.having("/first"), [1, 2, 3]);
    bus.write(3, "/second").expect("leads");
    bus.run_ms(90);
    assert_eq!(
        bus.having("/second"),
        [0_i64; 0],
        "appended, and no more has come"
    );
    bus.write(3, "/third").expect("leads");
    bus.run_ms(90);
    assert_eq!(
        bus.having("/third"),
        [0_i64; 0],
        "it waits anew for as long"
    );
    bus.run_ms(30);
    assert_eq!(bus.having("/second"), [1, 2, 3]);
    assert_eq!(bus.having("/third"), [1, 2, 3], "one fsync for both");
}

#[test]
fn what_waits_for_more_is_flushed_when_the_leader_goes() {
    let mut bus = delaying(60_000);
    bus.write(3, "/a").expect("leads");
    bus.run_ms(10);
    assert_eq!(bus.having("/a"), [0_i64; 0]);
    bus.kill(Sid(3));
    bus.run_ms(3_000);
    assert_eq!(bus.having("/a"), [1, 2], "both had it in their logs");
}
