//! Claims about applications at work: paces, mixes, and recipes among several clients.

use std::sync::Arc;

use super::tests::Stage;
use super::*;
use crate::base::Map;
use crate::protocol::client::{CallId, ClientNote, Outcome, Recipe};
use crate::protocol::{Change, EventType, Op};
use crate::sim::{Cause, Command, Fault};

const ROOT: &str = "/mixed";

fn mix(write_percent: u32, pace: Pace) -> ClientSpec {
    let workload = Workload::Mix {
        root: Some(Arc::from(ROOT)),
        write_percent,
        paths: 3,
        pace,
    };
    ClientSpec {
        workload,
        ..ClientSpec::default()
    }
}

fn follow(recipe: Recipe, hold_ms: Option<u64>) -> ClientSpec {
    let hold = hold_ms.map(Micros::from_ms);
    ClientSpec {
        workload: Workload::Follow { recipe, hold },
        ..ClientSpec::default()
    }
}

fn root() -> Arc<str> {
    Arc::from("/e")
}

const THINK: Pace = Pace::Closed {
    think: Micros::from_ms(20),
    outstanding: 2,
};

/// Every call with its outcome, where it has one.
fn calls(stage: &Stage) -> Map<(ClientId, CallId), (Op, Option<Outcome>)> {
    let mut calls = Map::new();
    for (_, id, note) in &stage.told {
        if let ClientNote::Called { call, op } = note {
            let before = calls.insert((*id, *call), (op.clone(), None));
            assert_eq!(before, None, "a number is used once");
        }
        if let ClientNote::Done { call, outcome } = note {
            let slot = calls.get_mut(&(*id, *call)).expect("was called");
            assert_eq!(slot.1.replace(outcome.clone()), None, "one outcome each");
        }
    }
    calls
}

/// How many clients stand so.
fn standing(stage: &Stage, wanted: Standing) -> Vec<ClientId> {
    let is_it = |c: &ClientStatus| c.standing == Some(wanted) && c.power == Power::Up;
    stage.world.clients().filter(is_it).map(|c| c.id).collect()
}

#[test]
fn writers_go_on_through_a_leaders_death_and_every_call_has_one_outcome() {
    let mut stage = Stage::serving(vec![mix(100, THINK), mix(50, THINK), mix(0, THINK)]);
    stage.run(5_000);
    let leader = stage.leader();
    let before: Vec<u64> = stage.world.clients().map(|c| c.acknowledged).collect();
    stage.inject(Fault::Kill { sid: leader });
    stage.run(15_000);
    let calls = calls(&stage);
    for status in stage.world.clients() {
        let known = usize::try_from(status.id.0).expect("few");
        assert!(status.acknowledged > before[known] + 50, "{status:?}");
        assert_eq!(status.expiries, 0);
        let mine = calls.iter().filter(|((id, _), _)| *id == status.id);
        let open = mine.clone().filter(|(_, (_, outcome))| outcome.is_none());
        assert_eq!(open.count(), status.in_flight as usize);
        let total = status.acknowledged + status.failed + status.unknown;
        assert_eq!(mine.count() as u64, total + u64::from(status.in_flight));
    }
    assert!(
        stage.world.clients().any(|c| c.unknown > 0),
        "some were under way"
    );
    let writes = calls
        .iter()
        .filter(|((id, _), (op, _))| id.0 == 0 && op.is_write());
    assert_eq!(
        writes.count(),
        calls.keys().filter(|(id, _)| id.0 == 0).count()
    );
    let mut reads = calls.iter().filter(|((id, _), _)| id.0 == 2).skip(1);
    assert!(reads.all(|(_, (op, _))| !op.is_write()));
}

#[test]
fn every_content_is_written_only_once() {
    let mut stage = Stage::serving(vec![mix(100, THINK), mix(100, THINK)]);
    stage.run(5_000);
    let mut contents = Vec::new();
    for (op, _) in calls(&stage).values() {
        if let Op::Create { path, data, .. } | Op::SetData { path, data, .. } = op
            && &**path != ROOT
        {
            assert!(path.starts_with("/mixed/k"));
            contents.push(Arc::clone(data));
        }
    }
    let count = contents.len();
    contents.sort_unstable();
    contents.dedup();
    assert!(count > 100 && contents.len() == count);
}

#[test]
fn an_open_pace_does_not_wait_for_answers_and_is_bounded() {
    let every = Micros::from_ms(10);
    let mut stage = Stage::serving(vec![mix(100, Pace::Open { every })]);
    stage.run(2_000);
    let called = stage.count(ClientId(0), |n| matches!(n, ClientNote::Called { .. }));
    assert!((250..=301).contains(&called), "{called}");
    let leader = stage.leader();
    for sid in 1..=3 {
        if Sid(sid) != leader {
            stage.inject(Fault::Pause { sid: Sid(sid) });
        }
    }
    stage.run(3_000);
    let worked = stage.steps.iter().filter(|s| s.cause == Cause::Worked);
    assert!(worked.count() > 400);
    assert!(stage.status(ClientId(0)).in_flight <= Workload::CALLS_MAX);
}

#[test]
fn bursts_come_all_at_once() {
    let every = Micros::from_ms(1_000);
    let mut stage = Stage::serving(vec![mix(100, Pace::Bursts { size: 7, every })]);
    stage.run(3_500);
    let sizes: Vec<usize> = stage
        .steps
        .iter()
        .filter(|step| step.cause == Cause::Worked)
        .map(|step| step.told.len())
        .collect();
    assert!(
        sizes.len() >= 4 && sizes.iter().all(|size| *size == 7),
        "{sizes:?}"
    );
}

#[test]
fn an_election_moves_on_when_the_elected_is_killed_and_wakes_one_member() {
    let clients = vec![follow(Recipe::NoHerd { root: root() }, None); 4];
    let mut stage = Stage::serving(clients);
    stage.run(2_000);
    let elected = standing(&stage, Standing::Elected);
    assert_eq!(elected.len(), 1);
    assert_eq!(standing(&stage, Standing::Ready).len(), 3);
    stage.told.clear();
    stage.act(&Command::KillClient { id: elected[0] });
    stage.run(12_000);
    let now = standing(&stage, Standing::Elected);
    assert_eq!(now.len(), 1);
    assert_ne!(now, elected);
    let is_deleted = |change: &Change| change.event == EventType::NodeDeleted;
    let deleted = |note: &ClientNote| matches!(note, ClientNote::Watch(c) if is_deleted(c));
    let woken: usize = (0..4).map(|id| stage.count(ClientId(id), deleted)).sum();
    assert_eq!(woken, 1, "no herd");
}

#[test]
fn a_controllers_death_wakes_the_whole_herd_and_one_wins() {
    let path: Arc<str> = Arc::from("/controller");
    let mut stage = Stage::serving(vec![follow(Recipe::Controller { path }, None); 4]);
    stage.run(2_000);
    let elected = standing(&stage, Standing::Elected);
    assert_eq!(elected.len(), 1);
    stage.told.clear();
    stage.act(&Command::KillClient { id: elected[0] });
    stage.run(12_000);
    assert_eq!(standing(&stage, Standing::Elected).len(), 1);
    let is_create =
        |note: &ClientNote| matches!(note, ClientNote::Called { op, .. } if op.is_write());
    let tried: usize = (0..4).map(|id| stage.count(ClientId(id), is_create)).sum();
    assert_eq!(tried, 3, "all who are left");
}

#[test]
fn a_lock_goes_round_among_those_who_release_it_and_is_never_held_twice() {
    let clients = vec![follow(Recipe::Lock { root: root() }, Some(300)); 3];
    let mut stage = Stage::serving(clients);
    let mut holders = Vec::new();
    for _ in 0..400 {
        stage.run(20);
        let elected = standing(&stage, Standing::Elected);
        assert!(elected.len() <= 1, "{elected:?}");
        if let Some(&holder) = elected.first()
            && holders.last() != Some(&holder)
        {
            holders.push(holder);
        }
    }
    for id in 0..3 {
        let times = holders.iter().filter(|holder| holder.0 == id).count();
        assert!(times >= 3, "client {id}: {holders:?}");
    }
}

#[test]
fn a_killed_holder_keeps_the_lock_until_its_session_expires() {
    let clients = vec![follow(Recipe::Lock { root: root() }, None); 2];
    let mut stage = Stage::serving(clients);
    stage.run(2_000);
    let holder = standing(&stage, Standing::Elected);
    assert_eq!(holder.len(), 1);
    stage.act(&Command::KillClient { id: holder[0] });
    stage.run(3_500);
    assert_eq!(standing(&stage, Standing::Elected), []);
    stage.run(8_000);
    assert_eq!(standing(&stage, Standing::Elected).len(), 1);
}

#[test]
fn an_expired_kazoo_client_gets_another_session_and_begins_anew() {
    let mut spec = mix(100, THINK);
    spec.profile = Profile::Kazoo;
    let mut stage = Stage::serving(vec![spec]);
    stage.run(1_000);
    let first = ClientId(0);
    let session = stage.status(first).session;
    stage.act(&Command::PauseClient { id: first });
    stage.run(12_000);
    stage.act(&Command::ResumeClient { id: first });
    stage.run(4_000);
    let status = stage.status(first);
    assert_ne!(status.session, session);
    assert_eq!((status.expiries, status.expired), (1, false));
    let before = status.acknowledged;
    stage.run(2_000);
    assert!(stage.status(first).acknowledged > before + 20);
}
