//! Whole worlds with a former version's behaviour switched on: which promises it breaks, and that
//! the same run breaks none without it.

use super::*;
use crate::base::Micros;
use crate::protocol::{Bug, Bugs, Durable, Epoch, ServerState, Sid, Zxid};
use crate::sim::{ClusterSpec, Command, Direction, Fault, World};

/// A world that is watched.
struct Lab {
    world: World,
    checks: Checks,
}

impl Lab {
    fn new(mut spec: ClusterSpec, bug: Option<Bug>, seed: u64) -> Self {
        spec.config.tick_time_ms = 200;
        if let Some(bug) = bug {
            spec.config.bugs = Bugs::NONE.with(bug);
        }
        Self {
            world: World::new(&spec, seed),
            checks: Checks::default(),
        }
    }

    fn run_ms(&mut self, ms: u64) {
        let until = self.world.now() + Micros::from_ms(ms);
        while self.world.next_at().is_some_and(|at| at <= until) {
            if let Some(step) = self.world.step() {
                self.checks.observe(&step, &self.world);
            }
        }
        self.world.idle_until(until);
    }

    fn inject(&mut self, fault: Fault) {
        let step = self.world.apply(&Command::Inject { fault });
        let step = step.expect("makes sense");
        self.checks.observe(&step, &self.world);
    }

    fn kill(&mut self, sid: Sid) {
        self.inject(Fault::Kill { sid });
    }

    fn start(&mut self, sid: Sid) {
        self.inject(Fault::Restart { sid });
    }

    fn heal(&mut self) {
        let step = self.world.apply(&Command::HealAll).expect("makes sense");
        self.checks.observe(&step, &self.world);
    }

    /// The serving leader of the latest epoch.
    fn leader(&self) -> Sid {
        let leaders = self
            .world
            .servers()
            .filter(|server| server.peer.serving && server.peer.state == ServerState::Leading);
        let latest = leaders.max_by_key(|server| server.peer.current_epoch);
        latest.expect("a leader").sid
    }

    fn write(&mut self, sid: Sid, path: &str) {
        let step = self.world.write(sid, path);
        self.checks.observe(&step, &self.world);
    }

    /// Cuts `sid` off from everybody.
    fn cut(&mut self, sid: Sid) {
        let others: Vec<Sid> = self.world.sids().filter(|other| *other != sid).collect();
        for to in others {
            self.inject(Fault::Cut {
                from: sid,
                to,
                direction: Direction::Both,
            });
        }
    }

    fn broken(&self) -> Vec<&'static str> {
        let violations = self.checks.violations().iter();
        let mut keys: Vec<_> = violations.map(|violation| violation.property).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Runs `play` without and with `bug`, with a few seeds; what was broken with it.
#[track_caller]
fn assert_breaks(spec: &ClusterSpec, bug: Bug, wanted: &[&str], play: fn(&mut Lab)) {
    let mut all = Vec::new();
    for seed in 0..8 {
        let mut fine = Lab::new(spec.clone(), None, seed);
        play(&mut fine);
        assert_eq!(fine.checks.violations(), [], "without {bug:?}, seed {seed}");
        let mut broken = Lab::new(spec.clone(), Some(bug), seed);
        play(&mut broken);
        all.extend(broken.broken());
    }
    all.sort_unstable();
    all.dedup();
    for key in wanted {
        assert!(all.contains(key), "{bug:?} breaks {all:?}, not {key}");
    }
}

fn disks(counters: &[i64]) -> ClusterSpec {
    let participants = i64::try_from(counters.len()).expect("few");
    let mut spec = ClusterSpec::plain(participants, 0);
    for (sid, counter) in (1..).zip(counters) {
        let disk = Durable::with_log(Epoch(1), Zxid::make(Epoch(1), *counter));
        spec.disks.insert(Sid(sid), disk);
    }
    spec
}

fn settle(lab: &mut Lab) {
    lab.run_ms(8_000);
}

#[test]
fn zookeeper_4643_the_epoch_before_the_log() {
    let wanted = ["epoch-data"];
    assert_breaks(&disks(&[2, 5, 5]), Bug::EpochBeforeLog, &wanted, settle);
}

#[test]
fn zookeeper_3911_the_diff_after_uptodate() {
    let wanted = ["epoch-data", "new-leader-ack"];
    assert_breaks(
        &disks(&[2, 5, 5]),
        Bug::LogDiffAfterUptodate,
        &wanted,
        settle,
    );
}

#[test]
fn zookeeper_4646_new_leader_acknowledged_before_the_fsync() {
    let wanted = ["new-leader-ack"];
    assert_breaks(
        &disks(&[2, 2, 5]),
        Bug::AckNewLeaderBeforeFsync,
        &wanted,
        settle,
    );
}

#[test]
fn zookeeper_4925_past_the_committed_log() {
    let wanted = ["committed-log"];
    assert_breaks(&disks(&[2, 5, 5]), Bug::SkipCommittedLog, &wanted, settle);
}

/// A leader that is cut off writes; the others go on; then it comes back.
fn a_deposed_leader_returns(lab: &mut Lab) -> Sid {
    settle(lab);
    let old = lab.leader();
    lab.write(old, "/before");
    lab.run_ms(100);
    lab.cut(old);
    lab.write(old, "/lost");
    lab.run_ms(8_000);
    let new = lab.leader();
    assert_ne!(old, new);
    lab.heal();
    lab.run_ms(60_000);
    old
}

#[test]
fn zookeeper_2845_a_failed_write_comes_back() {
    let wanted = ["order", "follower-log"];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, Bug::KeepTreeWithoutReplay, &wanted, |lab| {
        let old = a_deposed_leader_returns(lab);
        let new = lab.leader();
        lab.write(new, "/after");
        lab.run_ms(100);
        lab.kill(old);
        lab.start(old);
        lab.run_ms(8_000);
    });
}

#[test]
fn zookeeper_1154_the_tail_of_a_deposed_leader_stays() {
    let wanted = ["order", "follower-log"];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, Bug::NoTruncInsideCommittedLog, &wanted, |lab| {
        settle(lab);
        let old = lab.leader();
        lab.write(old, "/before");
        lab.run_ms(100);
        lab.cut(old);
        lab.write(old, "/lost");
        lab.run_ms(8_000);
        let new = lab.leader();
        for path in ["/a", "/b"] {
            lab.write(new, path);
        }
        lab.run_ms(100);
        lab.heal();
        lab.run_ms(60_000);
    });
}

#[test]
fn zookeeper_335_no_epoch_files() {
    let wanted = ["epochs", "epoch-ack", "leadership"];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, Bug::EpochFromZxidOnly, &wanted, |lab| {
        settle(lab);
        let old = lab.leader();
        for sid in [1, 2, 3].map(Sid) {
            lab.kill(sid);
        }
        for sid in [1, 2, 3].map(Sid).into_iter().filter(|sid| *sid != old) {
            lab.start(sid);
        }
        lab.run_ms(8_000);
    });
}

#[test]
fn zookeeper_1294_observers_keep_a_leader_in_office() {
    let wanted = ["quorum-use"];
    let spec = ClusterSpec::plain(3, 2);
    assert_breaks(&spec, Bug::CountObserversAlive, &wanted, |lab| {
        settle(lab);
        let leader = lab.leader();
        for sid in [1, 2, 3].map(Sid).into_iter().filter(|sid| *sid != leader) {
            lab.kill(sid);
        }
        lab.run_ms(4_000);
    });
}

#[test]
fn a_thousand_writes_with_faults_break_nothing() {
    for seed in 0..4 {
        let mut lab = Lab::new(ClusterSpec::plain(5, 1), None, seed);
        settle(&mut lab);
        for round in 0..20 {
            let leader = lab.leader();
            for n in 0..50 {
                lab.write(leader, &format!("/{round}-{n}"));
                lab.run_ms(3);
            }
            let victim = Sid(1 + round % 5);
            lab.kill(victim);
            lab.run_ms(500 * u64::try_from(round % 3).expect("small"));
            lab.start(victim);
            lab.run_ms(20_000);
            assert_eq!(lab.checks.violations(), [], "seed {seed}, round {round}");
        }
        assert!(lab.checks.history.last().is_some());
    }
}
