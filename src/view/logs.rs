//! The servers' logs side by side: the newest transactions of all, and what each server has of
//! them.
//!
//! Not the logs themselves: a window on their ends, wide enough for the stage and the panel.

use super::texts::{Args, Texts, Value, zxid_text};
use crate::base::{Map, Set};
use crate::protocol::{Database, Durable, Sid, Zxid};
use crate::sim::World;

/// How many transactions the window holds.
pub const WIDTH: usize = 12;

/// What one server has of one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Missing,
    /// Appended, not yet on disk.
    Written,
    /// On disk, not known committed.
    Logged,
    /// Committed, as far as this server knows; of one that is down, as far as anybody does.
    Committed,
    /// Committed elsewhere, and absent from a server that serves what came after it.
    Lost,
}

/// The window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logs {
    /// The newest transactions of all logs, oldest first.
    pub columns: Vec<Zxid>,
    /// What each server has of them.
    pub rows: Map<Sid, Row>,
}

/// One server's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A cell for every column.
    pub cells: Vec<Cell>,
    /// The last transaction a restart would find.
    pub on_disk: Zxid,
    /// How many sessions its database knows; 0 where no process runs.
    pub sessions: usize,
    /// How many znodes its database holds; 0 where no process runs.
    pub znodes: usize,
}

/// What is known of one server's log.
struct Known<'a> {
    sid: Sid,
    disk: &'a Durable,
    unsynced: Vec<Zxid>,
    /// Up to where a running process has applied it.
    applied: Option<Zxid>,
    serves: bool,
}

impl Known<'_> {
    fn has(&self, zxid: Zxid) -> bool {
        self.is_durable(zxid) || self.unsynced.contains(&zxid)
    }

    fn is_durable(&self, zxid: Zxid) -> bool {
        let in_snapshot = self.disk.snapshot().is_some_and(|s| s.zxid >= zxid);
        in_snapshot || self.disk.log.find(zxid).is_some()
    }

    fn applied(&self, zxid: Zxid) -> bool {
        self.applied.is_some_and(|applied| applied >= zxid) && self.has(zxid)
    }

    fn cell(&self, zxid: Zxid, all: &[Self]) -> Cell {
        let somewhere = || all.iter().any(|other| other.applied(zxid));
        if !self.has(zxid) {
            let passed = self.serves && self.applied.is_some_and(|applied| applied > zxid);
            return if passed && somewhere() {
                Cell::Lost
            } else {
                Cell::Missing
            };
        }
        if self.applied(zxid) || (self.applied.is_none() && somewhere()) {
            Cell::Committed
        } else if self.is_durable(zxid) {
            Cell::Logged
        } else {
            Cell::Written
        }
    }
}

impl Logs {
    /// The ends of the logs in `world`.
    pub fn of(world: &World) -> Self {
        let known: Vec<Known<'_>> = world
            .servers()
            .filter_map(|s| {
                let applied = world.database(s.sid).map(Database::last_processed);
                Some(Known {
                    sid: s.sid,
                    disk: world.durable(s.sid)?,
                    unsynced: world.unsynced(s.sid).collect(),
                    applied,
                    serves: s.peer.serving,
                })
            })
            .collect();
        let mut newest: Set<Zxid> = Set::new();
        for server in &known {
            newest.extend(server.unsynced.iter().copied().rev().take(WIDTH));
            newest.extend(server.disk.log.txns().rev().take(WIDTH).map(|txn| txn.zxid));
        }
        let skipped = newest.len().saturating_sub(WIDTH);
        let columns: Vec<Zxid> = newest.iter().copied().skip(skipped).collect();
        let rows = known.iter().map(|server| {
            let cells = columns.iter().map(|zxid| server.cell(*zxid, &known));
            let database = world.database(server.sid);
            let row = Row {
                cells: cells.collect(),
                on_disk: server.disk.last_zxid(),
                sessions: database.map_or(0, |database| database.sessions().len()),
                znodes: database.map_or(0, |database| database.tree().len()),
            };
            (server.sid, row)
        });
        Self {
            rows: rows.collect(),
            columns,
        }
    }

    /// While every promise is kept nothing was lost: what is missing is only not there yet.
    pub fn acquit(&mut self) {
        for row in self.rows.values_mut() {
            for cell in row.cells.iter_mut().filter(|cell| **cell == Cell::Lost) {
                *cell = Cell::Missing;
            }
        }
    }

    /// In words how far a server's log reaches: `S1: committed up to 7:49, on disk up to 7:50`.
    pub fn summary(&self, sid: Sid, texts: &Texts) -> String {
        let row = self.rows.get(&sid);
        let cells = row.map(|row| row.cells.as_slice()).unwrap_or_default();
        let mut with_zxid = cells.iter().zip(&self.columns);
        let committed = with_zxid.rfind(|(cell, _)| **cell == Cell::Committed);
        let nothing = || Value::Word("nothing");
        let args: Args = vec![
            ("who", Value::Sids(vec![sid])),
            (
                "committed",
                committed.map_or_else(nothing, |(_, zxid)| (*zxid).into()),
            ),
            ("logged", row.map_or_else(nothing, |row| row.on_disk.into())),
        ];
        texts.with("log-summary", &args)
    }

    /// What stands above the columns: `7:38` where an epoch begins, the counter at every fourth.
    pub fn heads(&self) -> Vec<String> {
        let mut heads = Vec::with_capacity(self.columns.len());
        let mut epoch = None;
        // A long head covers the next column too.
        let mut free_at = 0;
        for (index, zxid) in self.columns.iter().enumerate() {
            let is_new = epoch.replace(zxid.epoch()) != Some(zxid.epoch());
            let is_due = index % 4 == 0 || index + 1 == self.columns.len();
            heads.push(if is_new {
                free_at = index + 2;
                zxid_text(*zxid)
            } else if is_due && index >= free_at {
                zxid.counter().to_string()
            } else {
                String::new()
            });
        }
        heads
    }

    /// The last `most` cells of one server, oldest first.
    pub fn end_of(&self, sid: Sid, most: usize) -> &[Cell] {
        let row = self.rows.get(&sid);
        let cells = row.map(|row| row.cells.as_slice()).unwrap_or_default();
        cells
            .get(cells.len().saturating_sub(most)..)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Micros;
    use crate::run::Run;
    use crate::scenario::Scenario;
    use crate::sim::{Command, Fault};

    #[test]
    fn a_history_that_all_share_is_committed_everywhere_once_they_run() {
        let mut run = Run::new(Scenario::first_run(), 7);
        run.advance_to(Micros::from_ms(4_000));
        let logs = Logs::of(run.world());
        assert!(!logs.columns.is_empty());
        assert!(logs.columns.is_sorted());
        for (sid, row) in &logs.rows {
            assert!(
                row.cells.iter().all(|cell| *cell == Cell::Committed),
                "{sid}: {row:?}"
            );
        }
    }

    #[test]
    fn heads_name_where_an_epoch_begins_and_leave_room_for_it() {
        let zxid = |epoch, counter| Zxid::make(crate::protocol::Epoch(epoch), counter);
        let logs = Logs {
            columns: vec![zxid(6, 59), zxid(6, 60), zxid(7, 1), zxid(7, 2), zxid(7, 3)],
            rows: Map::new(),
        };
        assert_eq!(logs.heads(), ["6:59", "", "7:1", "", "3"]);
    }

    #[test]
    fn a_server_that_is_down_shows_what_the_others_know_of_its_log() {
        let mut run = Run::new(Scenario::first_run(), 7);
        run.advance_to(Micros::from_ms(4_000));
        let fault = Fault::Kill { sid: Sid(2) };
        run.dispatch(Command::Inject { fault }).expect("S2 runs");
        let logs = Logs::of(run.world());
        let cells = logs.end_of(Sid(2), 3);
        assert_eq!(cells, [Cell::Committed; 3]);
    }

    #[test]
    fn a_wiped_server_that_is_down_misses_everything_and_is_not_accused() {
        let mut run = Run::new(Scenario::first_run(), 7);
        run.advance_to(Micros::from_ms(4_000));
        for fault in [Fault::Kill { sid: Sid(2) }, Fault::WipeDisk { sid: Sid(2) }] {
            run.dispatch(Command::Inject { fault }).expect("applies");
        }
        let logs = Logs::of(run.world());
        assert!(
            logs.rows[&Sid(2)]
                .cells
                .iter()
                .all(|cell| *cell == Cell::Missing)
        );
        assert!(
            logs.rows[&Sid(1)]
                .cells
                .iter()
                .all(|cell| *cell == Cell::Committed)
        );
    }
}
