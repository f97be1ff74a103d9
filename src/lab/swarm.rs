//! The swarm: each seed draws an ensemble, its surroundings and a plan of trouble.
//!
//! While there is trouble, every promise is watched at every step. Then everything is healed and
//! started: within a bound there must be one serving leader, and everybody serves under it.

use core::fmt;

use crate::base::{Map, Micros, Ppm, Rng};
use crate::check::Checks;
use crate::protocol::{Ensemble, QuorumSpec, ServerState, Sid};
use crate::sim::{
    Cause, Clock, ClusterSpec, Command, Power, Profile, Step, TimedCommand, Trouble, World,
    survivable,
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
        while !is_well(&watched.world) {
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
        if step.notes.is_empty() && !matches!(step.cause, Cause::Persisted | Cause::Booted) {
            return Ok(());
        }
        let server = step.sid.and_then(|sid| self.world.server(sid));
        self.checks.observe(step, server.as_ref());
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

/// One serving leader, and everybody serves under it.
pub fn is_well(world: &World) -> bool {
    let mut leader = None;
    for server in world.servers() {
        if server.peer.serving && server.peer.state == ServerState::Leading {
            if leader.is_some() {
                return false;
            }
            leader = Some(server.sid);
        }
    }
    let serves_under = |leader| {
        world
            .servers()
            .all(|s| s.power == Power::Up && s.peer.serving && s.peer.leader == Some(leader))
    };
    leader.is_some_and(serves_under)
}

fn states(world: &World) -> String {
    let of =
        |s: crate::sim::ServerStatus| format!(" {} {} {}", s.sid, s.power.name(), s.peer.state);
    world.servers().map(of).collect()
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
            acks: vec![],
        }];
        step.sid = Some(Sid(1));
        watched.observe(&step).expect("the first of its epoch");
        step.sid = Some(Sid(2));
        let failure = watched.observe(&step).expect_err("the second");
        assert!(failure.what.starts_with("leadership: "), "{failure}");
    }
}
