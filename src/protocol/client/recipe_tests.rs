//! Members of an election in one tree, without servers between them.

use super::*;
use crate::protocol::ConnId;
use crate::protocol::LocalSessions;
use crate::protocol::ids::{Cxid, Sid, Zxid};
use crate::protocol::server::prep::{Grounds, Prep};
use crate::protocol::server::session_tracker::{LeaderSessions, SessionTable};
use crate::protocol::server::{DataTree, Request, Txn, WatchKind, Watches};

/// A tree that answers at once, and members that are told.
struct Room {
    tree: DataTree,
    watches: Watches,
    zxid: i64,
    members: Vec<Member>,
    /// How many members were woken by the last deletion.
    woken: usize,
}

fn session(n: usize) -> SessionId {
    SessionId(0x100 + i64::try_from(n).expect("small"))
}

impl Room {
    fn new(recipe: &Recipe, members: usize) -> Self {
        let member = |n: usize| Member::new(recipe.clone(), Arc::from(format!("m{n}")));
        let mut room = Self {
            tree: DataTree::default(),
            watches: Watches::default(),
            zxid: 0,
            members: (0..members).map(member).collect(),
            woken: 0,
        };
        room.ask(99, &plain("/root"));
        room
    }

    fn start(&mut self, n: usize) {
        let op = self.members[n].start(session(n));
        self.follow(n, op);
    }

    /// Lets a member go on until it has nothing to ask.
    fn follow(&mut self, n: usize, mut op: Option<Op>) {
        while let Some(asked) = op {
            let outcome = self.ask(n, &asked);
            op = self.members[n].outcome(&outcome, session(n));
        }
    }

    /// What the servers make of a request, and who is told of it.
    fn ask(&mut self, n: usize, op: &Op) -> Outcome {
        let result = if op.is_write() {
            self.write(n, op)
        } else {
            self.read(n, op)
        };
        match result.error() {
            Some(code) => Outcome::Failed(code),
            None => Outcome::Acknowledged {
                zxid: Zxid(self.zxid),
                result,
            },
        }
    }

    fn write(&mut self, n: usize, op: &Op) -> OpResult {
        self.zxid += 1;
        let zxid = Zxid(self.zxid);
        let table = SessionTable::from([(session(n), 4_000)]);
        let settings = (2_000, LocalSessions::Disabled);
        let mut sessions = LeaderSessions::new(Sid(1), settings, &table, 0);
        let mut grounds = Grounds {
            tree: &self.tree,
            sessions: &mut sessions,
            owner: None,
            now_ms: 0,
        };
        let request = Request {
            session: session(n),
            cxid: Cxid(1),
            op: op.clone(),
        };
        let body = Prep::default().prepare(&request, zxid, &mut grounds);
        let applied = self.tree.apply(&Txn {
            zxid,
            session: session(n),
            cxid: Cxid(1),
            body,
        });
        for change in &applied.changes {
            let told = self.watches.fire(change);
            if change.event == EventType::NodeDeleted {
                self.woken = told.len();
            }
            for conn in &told {
                let n = usize::try_from(conn.0).expect("small");
                let op = self.members[n].event(change, session(n));
                self.follow(n, op);
            }
        }
        applied.result
    }

    fn read(&mut self, n: usize, op: &Op) -> OpResult {
        let conn = ConnId(n as u64);
        if let Op::Exists { path, .. } = op {
            self.watches.add(WatchKind::Data, path, conn);
        }
        let (Op::Exists { path, .. } | Op::GetChildren { path, .. }) = op else {
            panic!("no recipe asks {op:?}");
        };
        match (self.tree.get(path), op) {
            (None, _) => OpResult::Error(ErrorCode::NoNode),
            (Some(node), Op::Exists { .. }) => OpResult::Exists(node.stat()),
            (Some(node), _) => OpResult::Children(node.children.as_slice().to_vec(), node.stat()),
        }
    }

    /// The session of a member is closed: what it owns goes.
    fn end(&mut self, n: usize) {
        self.members[n].expired();
        self.write(n, &Op::CloseSession);
    }

    fn elected(&self) -> Vec<usize> {
        let leads = |n: &usize| self.members[*n].standing() == Standing::Elected;
        (0..self.members.len()).filter(leads).collect()
    }
}

fn plain(path: &str) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from(""),
        mode: CreateMode::Persistent,
    }
}

fn no_herd() -> Recipe {
    Recipe::NoHerd {
        root: Arc::from("/root"),
    }
}

fn lock() -> Recipe {
    Recipe::Lock {
        root: Arc::from("/root"),
    }
}

fn controller() -> Recipe {
    Recipe::Controller {
        path: Arc::from("/controller"),
    }
}

#[test]
fn the_first_offer_leads_and_each_other_watches_the_one_before_it() {
    for recipe in [no_herd(), lock()] {
        let mut room = Room::new(&recipe, 4);
        for n in 0..4 {
            room.start(n);
        }
        assert_eq!(room.elected(), [0]);
        for n in 1..4 {
            let before = room.members[n - 1].own().expect("offered").clone();
            assert_eq!(room.members[n].watched(), Some(&before));
            assert_eq!(room.members[n].standing(), Standing::Ready);
        }
    }
}

#[test]
fn a_leaders_death_wakes_one_member_and_that_one_leads() {
    let mut room = Room::new(&no_herd(), 4);
    for n in 0..4 {
        room.start(n);
    }
    room.end(0);
    assert_eq!((room.woken, room.elected()), (1, vec![1]));
}

#[test]
fn a_death_in_the_middle_wakes_one_member_which_does_not_lead() {
    let mut room = Room::new(&no_herd(), 4);
    for n in 0..4 {
        room.start(n);
    }
    room.end(2);
    assert_eq!((room.woken, room.elected()), (1, vec![0]));
    let before = room.members[1].own().expect("offered").clone();
    assert_eq!(room.members[3].watched(), Some(&before));
}

#[test]
fn the_controllers_death_wakes_everybody_and_one_leads() {
    let mut room = Room::new(&controller(), 5);
    for n in 0..5 {
        room.start(n);
    }
    assert_eq!(room.elected(), [0]);
    room.end(0);
    assert_eq!(room.woken, 4, "a herd");
    assert_eq!(room.elected().len(), 1);
    let ready = |m: &&Member| m.standing() == Standing::Ready;
    assert_eq!(room.members.iter().filter(ready).count(), 3);
}

#[test]
fn stopping_hands_over() {
    let mut room = Room::new(&lock(), 2);
    room.start(0);
    room.start(1);
    let op = room.members[0].stop();
    room.follow(0, op);
    assert_eq!(room.members[0].standing(), Standing::Stop);
    assert_eq!(room.elected(), [1]);
}

#[test]
fn an_offer_with_unknown_outcome_is_an_orphan_in_an_election_and_found_by_a_lock() {
    for (recipe, standing) in [(no_herd(), Standing::Failed), (lock(), Standing::Elected)] {
        let mut room = Room::new(&recipe, 1);
        let mut op = room.members[0].start(session(0));
        if recipe == lock() {
            let found = room.ask(0, &op.expect("searches first"));
            op = room.members[0].outcome(&found, session(0));
        }
        room.ask(0, &op.expect("creates"));
        let next = room.members[0].outcome(&Outcome::Unknown, session(0));
        room.follow(0, next);
        assert_eq!(room.members[0].standing(), standing);
        assert_eq!(room.tree.ephemerals(session(0)).len(), 1, "never two");
    }
}

#[test]
fn after_an_unknown_outcome_the_controller_is_who_owns_the_znode() {
    for (creator, standing) in [(0, Standing::Elected), (1, Standing::Ready)] {
        let mut room = Room::new(&controller(), 2);
        let op = room.members[0].start(session(0)).expect("creates");
        room.ask(creator, &op);
        let next = room.members[0].outcome(&Outcome::Unknown, session(0));
        room.follow(0, next);
        assert_eq!(room.members[0].standing(), standing);
    }
}

#[test]
fn an_election_without_its_root_fails() {
    let recipe = Recipe::NoHerd {
        root: Arc::from("/none"),
    };
    let mut room = Room::new(&recipe, 1);
    room.start(0);
    assert_eq!(room.members[0].standing(), Standing::Failed);
}

#[test]
fn an_event_that_comes_before_the_answer_is_not_lost() {
    let mut room = Room::new(&no_herd(), 2);
    room.start(0);
    let create = room.members[1].start(session(1)).expect("creates");
    let created = room.ask(1, &create);
    let list = room.members[1]
        .outcome(&created, session(1))
        .expect("lists");
    let listed = room.ask(1, &list);
    let watch = room.members[1]
        .outcome(&listed, session(1))
        .expect("watches");
    let watched = room.ask(1, &watch);
    // The predecessor goes, and its event overtakes nothing but is told before the answer is used.
    room.end(0);
    let next = room.members[1].outcome(&watched, session(1));
    room.follow(1, next);
    assert_eq!(room.elected(), [1]);
}
