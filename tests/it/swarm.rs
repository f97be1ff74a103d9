//! The swarm: each seed draws a cluster, its surroundings and a schedule of faults.
//!
//! Two phases. While faults happen: safety, at every step. Then everything is healed and started:
//! within a bound there must be one serving leader and nobody who does not serve under it.
//! `ZABSCOPE_SEED` runs one seed alone; `ZABSCOPE_COMMIT` adds a seed made from a commit's hash.

use std::collections::BTreeMap;

use zabscope::base::{Micros, Ppm, Rng, digest_of};
use zabscope::check::Checks;
use zabscope::protocol::{Epoch, Note, ServerState, Sid, ZabState};
use zabscope::sim::{
    ClusterSpec, Command, Direction, Fault, FaultId, Power, Profile, Step, TimedCommand, World,
};

const SEEDS: u64 = 60;
/// How long faults happen.
const TROUBLE: Micros = Micros::from_ms(60_000);
/// How long a healed cluster may take: a notification time-out and a retransmission time that have
/// both grown to about a minute, and the tries after them.
const RECOVERY: Micros = Micros::from_ms(240_000);

/// What a seed draws.
#[derive(Clone, Debug)]
struct Plan {
    spec: ClusterSpec,
    commands: Vec<TimedCommand>,
}

fn plan(seed: u64) -> Plan {
    let mut rng = Rng::new(seed).fork("swarm");
    let participants = [1, 2, 3, 3, 3, 4, 5, 5, 5, 7][pick(&mut rng, 10)];
    let observers = i64::try_from(rng.below(3)).expect("small");
    let mut spec = ClusterSpec::plain(participants, observers);
    spec.profile = Profile::ALL[pick(&mut rng, 3)];
    spec.config.tick_time_ms = [200, 500, 2_000][pick(&mut rng, 3)];
    if rng.chance(Ppm(500_000)) {
        for sid in spec.config.ensemble.members.keys() {
            let start = rng.span(Micros::ZERO, Micros::from_ms(5_000));
            spec.starts.insert(*sid, start);
        }
    }
    let servers = u64::try_from(participants + observers).expect("small");
    let mut commands: Vec<TimedCommand> = (0..rng.below(16))
        .map(|_| TimedCommand {
            at_us: rng.span(Micros::from_ms(500), TROUBLE),
            command: command(&mut rng, servers),
        })
        .collect();
    commands.sort_by_key(|timed| timed.at_us);
    Plan { spec, commands }
}

fn pick(rng: &mut Rng, among: u64) -> usize {
    usize::try_from(rng.below(among)).expect("small")
}

fn someone(rng: &mut Rng, servers: u64) -> Sid {
    Sid(i64::try_from(1 + rng.below(servers)).expect("small"))
}

fn command(rng: &mut Rng, servers: u64) -> Command {
    let sid = someone(rng, servers);
    let fault = match rng.below(12) {
        0..=2 => Fault::Kill { sid },
        3 => Fault::PullPlug { sid },
        4 | 5 => Fault::Restart { sid },
        6 => Fault::Pause { sid },
        7 => Fault::Resume { sid },
        8 => Fault::Cut {
            from: sid,
            to: someone(rng, servers),
            direction: [Direction::Both, Direction::OneWay][pick(rng, 2)],
        },
        9 => Fault::Partition {
            side: (0..=rng.below(servers))
                .map(|_| someone(rng, servers))
                .collect(),
        },
        10 => {
            let id = FaultId(u32::try_from(rng.below(8)).expect("small"));
            return Command::Heal { id };
        }
        _ => return Command::HealAll,
    };
    Command::Inject { fault }
}

/// What must hold at every step.
#[derive(Debug, Default)]
struct Safety {
    /// Who was established as the leader of an epoch.
    established: BTreeMap<Epoch, Sid>,
    /// The epochs each server was last seen with: accepted, current.
    epochs: BTreeMap<Sid, (Epoch, Epoch)>,
    /// Established leaders at this moment.
    leading: BTreeMap<Sid, Epoch>,
    /// Every promise of the page.
    checks: Checks,
}

impl Safety {
    fn observe(&mut self, step: &Step, world: &World) -> Result<(), String> {
        self.checks.observe(step, world);
        if let Some(broken) = self.checks.violations().first() {
            return Err(format!("{broken:?}"));
        }
        let Some(sid) = step.sid else { return Ok(()) };
        for note in &step.notes {
            if let Note::Established { epoch, .. } = note
                && let Some(other) = self.established.insert(*epoch, sid)
            {
                return Err(format!("epoch {epoch} has two leaders: {other} and {sid}"));
            }
        }
        let server = world.server(sid).ok_or("a step at no server")?;
        if !matches!(server.power, Power::Up | Power::Paused) {
            self.leading.remove(&sid);
            return Ok(());
        }
        let peer = &server.peer;
        let now = (peer.accepted_epoch, peer.current_epoch);
        if let Some(before) = self.epochs.insert(sid, now)
            && (now.0 < before.0 || now.1 < before.1)
        {
            return Err(format!(
                "server {sid}'s epochs went from {before:?} to {now:?}"
            ));
        }
        if peer.state == ServerState::Leading && peer.zab == ZabState::Broadcast {
            self.leading.insert(sid, peer.accepted_epoch);
            let same =
                |(other, epoch): (&Sid, &Epoch)| *other != sid && *epoch == peer.accepted_epoch;
            if self.leading.iter().any(same) {
                return Err(format!("two leaders of one epoch: {:?}", self.leading));
            }
        } else {
            self.leading.remove(&sid);
        }
        Ok(())
    }
}

/// One serving leader, and everybody serves under it.
fn is_well(world: &World) -> bool {
    let leaders: Vec<Sid> = world
        .servers()
        .filter(|s| s.peer.serving && s.peer.state == ServerState::Leading)
        .map(|s| s.sid)
        .collect();
    let [leader] = leaders[..] else { return false };
    world
        .servers()
        .all(|s| s.power == Power::Up && s.peer.serving && s.peer.leader == Some(leader))
}

fn mend(world: &mut World, safety: &mut Safety) -> Result<(), String> {
    let sids: Vec<Sid> = world.sids().collect();
    let starts = sids.into_iter().map(|sid| Command::Inject {
        fault: Fault::Restart { sid },
    });
    for command in core::iter::once(Command::HealAll).chain(starts) {
        // A start is rejected where the server runs.
        if let Ok(step) = world.apply(&command) {
            safety.observe(&step, world)?;
        }
    }
    Ok(())
}

fn go(world: &mut World, until: Micros, safety: &mut Safety) -> Result<(), String> {
    while world.next_at().is_some_and(|next| next < until) {
        let step = world.step().ok_or("nothing was due")?;
        safety
            .observe(&step, world)
            .map_err(|wrong| format!("step {} at {}: {wrong}", step.seq, step.at))?;
    }
    world.idle_until(until);
    Ok(())
}

fn run(seed: u64) -> Result<(), String> {
    let plan = plan(seed);
    let mut world = World::new(&plan.spec, seed);
    let mut safety = Safety::default();
    for timed in &plan.commands {
        go(&mut world, timed.at_us, &mut safety)?;
        if let Ok(step) = world.apply(&timed.command) {
            safety.observe(&step, &world)?;
        }
    }
    go(&mut world, TROUBLE, &mut safety)?;
    mend(&mut world, &mut safety)?;
    let limit = world.now() + RECOVERY;
    while !is_well(&world) {
        let next = world.now() + Micros::from_ms(50);
        if next > limit {
            let states: Vec<String> = world
                .servers()
                .map(|s| format!("{} {:?} {}", s.sid, s.power, s.peer.state))
                .collect();
            return Err(format!("not well {RECOVERY} after the heal: {states:?}"));
        }
        go(&mut world, next, &mut safety)?;
    }
    Ok(())
}

fn seeds() -> Vec<u64> {
    if let Ok(seed) = std::env::var("ZABSCOPE_SEED") {
        return vec![seed.parse().expect("ZABSCOPE_SEED is a number")];
    }
    let kept = include_str!("../data/seeds.txt")
        .lines()
        .filter_map(|line| {
            let first = line.split_whitespace().next().filter(|w| *w != "#")?;
            Some(
                first
                    .parse()
                    .expect("seeds.txt: a line starts with a number"),
            )
        });
    let of_commit = std::env::var("ZABSCOPE_COMMIT")
        .ok()
        .map(|hash| digest_of(hash.as_str()));
    (0..SEEDS).chain(kept).chain(of_commit).collect()
}

#[test]
fn swarm_is_safe_under_faults_and_recovers_from_them() {
    let mut failed = Vec::new();
    for seed in seeds() {
        if let Err(wrong) = run(seed) {
            failed.push(format!(
                "ZABSCOPE_SEED={seed} cargo nextest run swarm_is_safe   # {wrong}"
            ));
        }
    }
    assert!(failed.is_empty(), "\n{}\n", failed.join("\n"));
}

#[test]
fn the_safety_check_fires() {
    let mut world = World::new(&ClusterSpec::plain(1, 0), 1);
    let mut step = world.step().expect("starts");
    step.sid = Some(Sid(1));
    step.notes = vec![Note::Established {
        epoch: Epoch(4),
        acks: vec![Sid(1)],
    }];
    let mut safety = Safety::default();
    safety
        .observe(&step, &world)
        .expect("the first of its epoch");
    assert!(safety.observe(&step, &world).is_err());
}

#[test]
fn an_hour_of_idle_servers_keeps_its_size() {
    let mut world = World::new(&ClusterSpec::plain(5, 0), 3);
    let mut safety = Safety::default();
    let mut sizes = Vec::new();
    for minute in 1..=60 {
        go(&mut world, Micros::from_ms(minute * 60_000), &mut safety).expect("safe");
        assert!(is_well(&world), "minute {minute}");
        sizes.push((
            world.pending_events(),
            world.connections().count(),
            serde_json::to_string(&world).expect("serialises").len(),
        ));
    }
    let (events, connections, bytes) = sizes[0];
    for size in &sizes {
        assert!(size.0 <= events + 12, "{sizes:?}");
        assert_eq!(size.1, connections, "{sizes:?}");
        assert!(size.2 <= bytes + bytes / 4, "{sizes:?}");
    }
}
