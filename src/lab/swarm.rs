//! The swarm: each seed draws an ensemble, its surroundings and a plan of trouble.
//!
//! While there is trouble, every promise is watched at every step. Then everything is healed and
//! started: within a bound there must be one serving leader, and everybody serves under it who can.

use core::fmt::{self, Write as _};

use crate::base::{Map, Micros, Ppm, Rng};
use crate::check::Checks;
use crate::protocol::{Ensemble, QuorumSpec, ServerState, Sid};
use crate::sim::{
    Clock, ClusterSpec, Command, Power, Profile, ServerStatus, Step, TimedCommand, Trouble, World,
    describe, survivable,
};

/// How long there is trouble.
const TROUBLE: Micros = Micros::from_ms(60_000);

/// How long a healed ensemble may take to serve: a notification time-out and a retransmission time
/// that have both grown to about a minute, what a slow link still has under way, and the tries
/// after them.
pub const RECOVERY: Micros = Micros::from_ms(400_000);

/// What a seed draws.
#[derive(Clone, Debug)]
pub struct Case {
    /// The seed, which gives the run its chance as well.
    pub seed: u64,
    /// The ensemble and its surroundings.
    pub spec: ClusterSpec,
    /// What happens to it; at the end everything is healed and started.
    pub commands: Vec<TimedCommand>,
}

/// How a case that went well went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Events and commands executed.
    pub steps: u64,
    /// From the heal to everybody serving.
    pub recovered_in: Micros,
}

/// Why a case did not go well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The seed that shows it again.
    pub seed: u64,
    /// When.
    pub at: Micros,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, at, what } = self;
        write!(f, "zabscope swarm --seed {seed}   # at {at}: {what}")
    }
}

impl Case {
    /// Draws the case of a seed.
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("swarm");
        let servers = 3 + below(&mut rng, 7);
        let observers = below(&mut rng, 3).min(servers - 3);
        let mut spec = ClusterSpec::plain(servers - observers, observers);
        spec.config.ensemble.quorum = quorum(&spec.config.ensemble, &mut rng);
        spec.profile = one_of(&Profile::ALL, &mut rng);
        spec.config.tick_time_ms = one_of(&[200, 500, 2_000], &mut rng);
        let sids: Vec<Sid> = spec.config.ensemble.members.keys().copied().collect();
        if rng.chance(Ppm(500_000)) {
            for sid in &sids {
                let start = rng.span(Micros::ZERO, Micros::from_ms(5_000));
                spec.starts.insert(*sid, start);
            }
        }
        if rng.chance(Ppm(300_000)) {
            for sid in &sids {
                let clock = Clock {
                    offset_us: below(&mut rng, 10_000_000),
                    drift_ppm: below(&mut rng, 401) - 200,
                };
                spec.clocks.insert(*sid, clock);
            }
        }
        let trouble = Trouble {
            sids: &sids,
            most: 24,
            from: Micros::from_ms(500),
            until: TROUBLE,
        };
        let kinds: Vec<_> = survivable().collect();
        let commands = trouble.draw(&kinds, &mut rng);
        Self {
            seed,
            spec,
            commands,
        }
    }

    /// The ensemble and the plan, as lines of text.
    pub fn describe(&self) -> String {
        let ensemble = &self.spec.config.ensemble;
        let (members, observers) = (ensemble.members.len(), ensemble.observers().count());
        let (network, tick) = (self.spec.profile.name(), self.spec.config.tick_time_ms);
        let quorum = match &ensemble.quorum {
            QuorumSpec::Hierarchical { groups, weights } => {
                format!("groups {groups:?}, weights {weights:?}")
            }
            QuorumSpec::Majority | QuorumSpec::Oracle { .. } => "majority".to_owned(),
        };
        let plan = describe(&self.commands);
        format!(
            "{members} servers, the last {observers} observing, {quorum}; {network}, \
             tickTime {tick} ms\n{plan}"
        )
    }

    /// Runs it.
    ///
    /// # Errors
    /// The first promise that was broken, or that the ensemble did not recover.
    pub fn run(&self) -> Result<Done, Failure> {
        let mut watched = Watched {
            seed: self.seed,
            world: World::new(&self.spec, self.seed),
            checks: Checks::default(),
            steps: 0,
        };
        for timed in &self.commands {
            watched.go(timed.at_us)?;
            watched.apply(&timed.command)?;
        }
        let healed_at = watched.world.now();
        while !has_recovered(&watched.world) {
            let next = watched.world.now() + Micros::from_ms(50);
            if next > healed_at + RECOVERY {
                let states = states(&watched.world);
                return Err(watched.failure(format!("not well {RECOVERY} after the heal:{states}")));
            }
            watched.go(next)?;
        }
        Ok(Done {
            steps: watched.steps,
            recovered_in: watched.world.now() - healed_at,
        })
    }
}

/// Nine in ten are majorities; the others have groups, some of whose members weigh nothing.
fn quorum(ensemble: &Ensemble, rng: &mut Rng) -> QuorumSpec {
    let voters: Vec<Sid> = ensemble.participants().collect();
    if voters.len() < 3 || rng.chance(Ppm(700_000)) {
        return QuorumSpec::Majority;
    }
    let count = one_of(&[1, 3], rng);
    let mut groups: Map<i64, Vec<Sid>> = Map::new();
    let mut weights = Map::new();
    for (n, sid) in (0_i64..).zip(&voters) {
        groups.or_default(1 + n % count).push(*sid);
        // The first of each group weighs something, or the group would never count.
        let weight = if n < count { 1 } else { below(rng, 4) };
        weights.insert(*sid, weight);
    }
    QuorumSpec::Hierarchical { groups, weights }
}

fn below(rng: &mut Rng, n: u64) -> i64 {
    i64::try_from(rng.below(n)).unwrap_or(0)
}

fn one_of<T: Copy>(among: &[T], rng: &mut Rng) -> T {
    let index = usize::try_from(rng.below(among.len() as u64)).unwrap_or(0);
    #[expect(clippy::indexing_slicing, reason = "drawn below the length")]
    among[index]
}

/// A world whose every step is shown to the checks.
struct Watched {
    seed: u64,
    world: World,
    checks: Checks,
    steps: u64,
}

impl Watched {
    fn go(&mut self, until: Micros) -> Result<(), Failure> {
        while self.world.next_at().is_some_and(|next| next < until) {
            if let Some(step) = self.world.step() {
                self.observe(&step)?;
            }
        }
        self.world.idle_until(until);
        Ok(())
    }

    /// What makes no sense now is passed over.
    fn apply(&mut self, command: &Command) -> Result<(), Failure> {
        match self.world.apply(command) {
            Ok(step) => self.observe(&step),
            Err(_) => Ok(()),
        }
    }

    fn observe(&mut self, step: &Step) -> Result<(), Failure> {
        self.steps += 1;
        self.checks.observe(step, &self.world);
        match self.checks.violations().first() {
            None => Ok(()),
            Some(violation) => {
                let (property, broken) = (&violation.property, &violation.broken.detail);
                Err(self.failure(format!("{property}: {broken}")))
            }
        }
    }

    fn failure(&self, what: String) -> Failure {
        Failure {
            seed: self.seed,
            at: self.world.now(),
            what,
        }
    }
}

/// The one serving leader, where there is one.
fn leader(world: &World) -> Option<ServerStatus> {
    let leads = |s: &ServerStatus| s.peer.serving && s.peer.state == ServerState::Leading;
    let mut leaders = world.servers().filter(leads);
    leaders.next().filter(|_| leaders.next().is_none())
}

fn serves_under(server: &ServerStatus, leader: &ServerStatus) -> bool {
    server.power == Power::Up && server.peer.serving && server.peer.leader == Some(leader.sid)
}

/// One serving leader, and everybody serves under it.
pub fn is_well(world: &World) -> bool {
    leader(world).is_some_and(|leader| world.servers().all(|s| serves_under(&s, &leader)))
}

/// As well as `ZooKeeper` gets by itself.
///
/// QUIRK(ahead of its leader): a server that led and died before its followers had acknowledged its
/// epoch has accepted a higher epoch than those who elect another leader without it. It refuses
/// that leader's LEADERINFO, looks, and finds the same leader, until further elections have raised
/// the others' epoch to its own.
/// Source: Learner.java, registerWithLeader: "Leaders epoch, … is less than accepted epoch, …".
fn has_recovered(world: &World) -> bool {
    leader(world).is_some_and(|leader| {
        let epoch = leader.peer.accepted_epoch;
        let is_ahead = |s: &ServerStatus| s.power == Power::Up && s.peer.accepted_epoch > epoch;
        world
            .servers()
            .all(|s| serves_under(&s, &leader) || is_ahead(&s))
    })
}

fn states(world: &World) -> String {
    let mut text = String::new();
    for server in world.servers() {
        let (sid, peer) = (server.sid, &server.peer);
        let serves = if peer.serving { "serves" } else { "waits" };
        let (power, state) = (server.power.name(), peer.state);
        let _ = write!(text, " {sid} {power} {state} {serves} {};", peer.last_zxid);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Set;
    use crate::protocol::{Epoch, LearnerType, Note};

    #[test]
    fn seeds_draw_every_size_with_observers_weights_and_groups() {
        let mut sizes = Set::new();
        let (mut groups, mut weightless, mut observers) = (0, 0, 0);
        for seed in 0..200 {
            let case = Case::draw(seed);
            let ensemble = &case.spec.config.ensemble;
            sizes.insert(ensemble.members.len());
            observers += usize::from(ensemble.observers().count() > 0);
            assert!(ensemble.participants().count() >= 3);
            if let QuorumSpec::Hierarchical {
                groups: of,
                weights,
            } = &ensemble.quorum
            {
                groups += usize::from(of.len() > 1);
                weightless += usize::from(weights.values().any(|weight| *weight == 0));
            }
            let observes = |sid: &Sid| ensemble.members[sid].learner_type == LearnerType::Observer;
            assert_eq!(
                ensemble.observers().count(),
                ensemble.members.keys().filter(|s| observes(s)).count()
            );
        }
        assert_eq!(
            sizes.iter().copied().collect::<Vec<_>>(),
            [3, 4, 5, 6, 7, 8, 9]
        );
        assert!(groups > 10 && weightless > 10 && observers > 50);
    }

    #[test]
    fn a_seed_does_the_same_every_time() {
        let case = Case::draw(4);
        let first = case.run().expect("goes well");
        assert_eq!(Case::draw(4).run(), Ok(first));
        assert!(first.steps > 1_000);
    }

    #[test]
    fn an_ensemble_without_a_quorum_is_not_called_well() {
        let mut case = Case::draw(1);
        let last = case.commands.len() - 1;
        // Nobody is healed or started, and everybody dies.
        let sids: Vec<Sid> = case.spec.config.ensemble.members.keys().copied().collect();
        case.commands.truncate(last - sids.len());
        for sid in sids {
            let fault = crate::sim::Fault::PullPlug { sid };
            case.commands.push(TimedCommand {
                at_us: TROUBLE,
                command: Command::Inject { fault },
            });
        }
        let failure = case.run().expect_err("nobody can serve");
        assert!(failure.what.starts_with("not well"), "{failure}");
        let line = failure.to_string();
        assert!(
            line.starts_with("zabscope swarm --seed 1   # at "),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn a_server_ahead_of_its_leader_stays_out_until_the_others_have_caught_up() {
        // Found by the swarm: server 5 has accepted epoch 4, the others have established 2.
        let case = Case::draw(21);
        let mut world = World::new(&case.spec, case.seed);
        let go = |world: &mut World, until: Micros| {
            while world.next_at().is_some_and(|next| next < until) {
                world.step();
            }
            world.idle_until(until);
        };
        for timed in &case.commands {
            go(&mut world, timed.at_us);
            let _senseless = world.apply(&timed.command);
        }
        go(&mut world, TROUBLE + RECOVERY);
        assert!(has_recovered(&world) && !is_well(&world));
        let leads = leader(&world).expect("has recovered");
        let ahead: Vec<ServerStatus> = world
            .servers()
            .filter(|s| s.peer.accepted_epoch > leads.peer.accepted_epoch)
            .collect();
        assert!(ahead.iter().all(|s| !s.peer.serving) && !ahead.is_empty());
        // Each election raises the epoch by one at least: two are enough for 2 to reach 4.
        for _ in 0..2 {
            let sid = leader(&world).expect("leads").sid;
            let fault = crate::sim::Fault::Kill { sid };
            world.apply(&Command::Inject { fault }).expect("runs");
            let later = world.now() + Micros::from_ms(60_000);
            go(&mut world, later);
            let fault = crate::sim::Fault::Restart { sid };
            world.apply(&Command::Inject { fault }).expect("is down");
            let later = world.now() + Micros::from_ms(120_000);
            go(&mut world, later);
        }
        assert!(is_well(&world), "{}", states(&world));
    }

    #[test]
    fn a_broken_promise_ends_a_case() {
        let mut watched = Watched {
            seed: 9,
            world: World::new(&ClusterSpec::plain(3, 0), 9),
            checks: Checks::default(),
            steps: 0,
        };
        let mut step = watched.world.step().expect("starts");
        step.notes = vec![Note::Established {
            epoch: Epoch(4),
            acks: vec![Sid(1), Sid(2)],
        }];
        step.sid = Some(Sid(1));
        watched.observe(&step).expect("the first of its epoch");
        step.sid = Some(Sid(2));
        let failure = watched.observe(&step).expect_err("the second");
        assert!(failure.what.starts_with("leadership: "), "{failure}");
    }
}
