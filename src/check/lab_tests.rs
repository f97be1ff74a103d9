//! For tests: worlds that are watched, and runs of one schedule with and without a former
//! version's behaviour.

use super::*;
use crate::base::Micros;
use crate::protocol::{Bug, Bugs, Durable, Epoch, Message, QuorumBody, ServerState};
use crate::protocol::{Note, Sid, TxnBody, Zxid};
use crate::sim::{ClusterSpec, Command, Direction, Fault, Power, World};

/// A world that is watched.
pub(super) struct Lab {
    pub(super) world: World,
    pub(super) checks: Checks,
}

impl Lab {
    pub(super) fn new(mut spec: ClusterSpec, bugs: &[Bug], seed: u64) -> Self {
        spec.config.tick_time_ms = 200;
        let bugs = bugs.iter().fold(Bugs::NONE, |all, bug| all.with(*bug));
        spec.config.bugs = bugs;
        Self {
            world: World::new(&spec, seed),
            checks: Checks::default(),
        }
    }

    pub(super) fn run_ms(&mut self, ms: u64) {
        self.run_until(ms, |_, _| false);
    }

    /// Runs until a step that `ends` names, `ms` at most; whether there was one.
    pub(super) fn run_until(&mut self, ms: u64, ends: impl Fn(&Step, &World) -> bool) -> bool {
        let until = self.world.now() + Micros::from_ms(ms);
        while self.world.next_at().is_some_and(|at| at <= until) {
            if let Some(step) = self.world.step() {
                self.checks.observe(&step, &self.world);
                if ends(&step, &self.world) {
                    return true;
                }
            }
        }
        self.world.idle_until(until);
        false
    }

    pub(super) fn inject(&mut self, fault: Fault) {
        let step = self.world.apply(&Command::Inject { fault });
        let step = step.expect("makes sense");
        self.checks.observe(&step, &self.world);
    }

    /// A command, where it makes sense now.
    pub(super) fn act(&mut self, command: &Command) {
        if let Ok(step) = self.world.apply(command) {
            self.checks.observe(&step, &self.world);
        }
    }

    pub(super) fn kill(&mut self, sid: Sid) {
        self.inject(Fault::Kill { sid });
    }

    pub(super) fn start(&mut self, sid: Sid) {
        self.inject(Fault::Restart { sid });
    }

    pub(super) fn heal(&mut self) {
        let step = self.world.apply(&Command::HealAll).expect("makes sense");
        self.checks.observe(&step, &self.world);
    }

    /// The serving leader of the latest epoch.
    pub(super) fn leader(&self) -> Sid {
        let leaders = self
            .world
            .servers()
            .filter(|server| server.peer.serving && server.peer.state == ServerState::Leading);
        let latest = leaders.max_by_key(|server| server.peer.current_epoch);
        latest.expect("a leader").sid
    }

    pub(super) fn set(&mut self, sid: Sid, path: &str, data: &str) {
        let body = TxnBody::SetData {
            path: path.into(),
            data: data.into(),
            version: 1,
        };
        let step = self.world.propose(sid, body);
        self.checks.observe(&step, &self.world);
    }

    pub(super) fn write(&mut self, sid: Sid, path: &str) {
        let step = self.world.write(sid, path);
        self.checks.observe(&step, &self.world);
    }

    /// Cuts `sid` off from everybody.
    pub(super) fn cut(&mut self, sid: Sid) {
        for to in self.others(&[sid]) {
            self.cut_link(sid, to);
        }
    }

    pub(super) fn cut_link(&mut self, from: Sid, to: Sid) {
        let direction = Direction::Both;
        self.inject(Fault::Cut {
            from,
            to,
            direction,
        });
    }

    /// All but `these`, ascending.
    pub(super) fn others(&self, these: &[Sid]) -> Vec<Sid> {
        let all = self.world.sids();
        all.filter(|sid| !these.contains(sid)).collect()
    }

    pub(super) fn is_up(&self, sid: Sid) -> bool {
        self.world.power(sid) == Power::Up
    }

    /// A long reign goes by: the counter is at `counter`, and only now somebody watches.
    pub(super) fn leap(&mut self, counter: i64) {
        let leader = self.leader();
        let epoch = self
            .world
            .server(leader)
            .expect("a member")
            .peer
            .current_epoch;
        let zxid = Zxid::make(epoch, counter);
        self.world.leap(&kit::set(zxid, "late"));
        self.checks = Checks::default();
        let proposed = vec![Note::Proposed { zxid }];
        let serving = vec![Note::Serving { leader, epoch }];
        let mut told = vec![(leader, proposed), (leader, serving.clone())];
        for sid in self.others(&[leader]) {
            told.push((sid, serving.clone()));
        }
        for (sid, notes) in told {
            let mut step = self.world.propose(Sid(0), TxnBody::Multi(vec![]));
            (step.sid, step.notes) = (Some(sid), notes);
            self.checks.observe(&step, &self.world);
        }
    }

    pub(super) fn broken(&self) -> Vec<&'static str> {
        let violations = self.checks.violations().iter();
        let mut keys: Vec<_> = violations.map(|violation| violation.property).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Runs `play` without and with `bugs`, with a few seeds: the fixed engine breaks nothing, and the
/// other exactly what is `wanted`, in alphabetical order.
#[track_caller]
pub(super) fn assert_breaks(spec: &ClusterSpec, bugs: &[Bug], wanted: &[&str], play: fn(&mut Lab)) {
    let mut all = Vec::new();
    for seed in 0..8 {
        let mut fine = Lab::new(spec.clone(), &[], seed);
        play(&mut fine);
        assert_eq!(
            fine.checks.violations(),
            [],
            "without {bugs:?}, seed {seed}"
        );
        let mut broken = Lab::new(spec.clone(), bugs, seed);
        play(&mut broken);
        all.extend(broken.broken());
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all, wanted, "what {bugs:?} breaks");
}

pub(super) fn disks(counters: &[i64]) -> ClusterSpec {
    let participants = i64::try_from(counters.len()).expect("few");
    let mut spec = ClusterSpec::plain(participants, 0);
    for (sid, counter) in (1..).zip(counters) {
        let disk = Durable::with_log(Epoch(1), Zxid::make(Epoch(1), *counter));
        spec.disks.insert(Sid(sid), disk);
    }
    spec
}

/// True for a step at which `sid` stated a note that is `wanted`.
pub(super) fn states(step: &Step, sid: Sid, wanted: impl Fn(&Note) -> bool) -> bool {
    step.sid == Some(sid) && step.notes.iter().any(wanted)
}

/// True for a step at which `to` was handed a packet that is `wanted`.
pub(super) fn hands(step: &Step, to: Sid, wanted: impl Fn(&QuorumBody) -> bool) -> bool {
    let packet = seen::delivered(step);
    step.sid == Some(to) && packet.is_some_and(|(_, packet)| wanted(&packet.body))
}

/// True for a step at which `sid` sent a packet that is `wanted`.
pub(super) fn sends(
    step: &Step,
    world: &World,
    sid: Sid,
    wanted: impl Fn(&QuorumBody) -> bool,
) -> bool {
    step.sid == Some(sid)
        && step.sent.iter().any(|id| match Servers::sent(world, *id) {
            Some(Message::Quorum(packet)) => wanted(&packet.body),
            _ => false,
        })
}
