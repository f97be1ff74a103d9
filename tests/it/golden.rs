//! The runs whose digests are pinned, and how they are executed.
//!
//! Nothing here is native only: the browser executes the same runs and compares with the same
//! files.

use std::fmt::Write as _;

use zabscope::base::Micros;
use zabscope::protocol::Sid;
use zabscope::protocol::client::Profile as Library;
use zabscope::sim::{
    ClientId, ClientSpec, ClusterSpec, Command, Direction, Fault, Pace, Profile, Step,
    TimedCommand, Ways, Workload, World, resolve,
};

/// One pinned run.
#[derive(Clone, Debug)]
pub(crate) struct GoldenRun {
    /// Its file's name below `tests/data/golden`, without `.txt`.
    pub(crate) name: &'static str,
    /// The cluster.
    pub(crate) spec: ClusterSpec,
    /// The seed.
    pub(crate) seed: u64,
    /// What happens to it.
    pub(crate) commands: Vec<TimedCommand>,
    /// Where it ends.
    pub(crate) until: Micros,
}

fn at(ms: u64, fault: Fault) -> TimedCommand {
    TimedCommand {
        at_us: Micros::from_ms(ms),
        command: Command::Inject { fault },
    }
}

/// Three servers whose highest is killed, restarted, and paused for long.
pub(crate) fn kill_and_pause() -> GoldenRun {
    let sid = Sid(3);
    GoldenRun {
        name: "kill_and_pause",
        spec: ClusterSpec::plain(3, 0),
        seed: 42,
        commands: vec![
            at(3_000, Fault::Kill { sid }),
            at(5_000, Fault::Restart { sid }),
            at(8_000, Fault::Pause { sid: Sid(2) }),
            at(30_000, Fault::Resume { sid: Sid(2) }),
        ],
        until: Micros::from_ms(40_000),
    }
}

/// Five servers and an observer, partitioned, cut and healed.
pub(crate) fn partition_and_cut() -> GoldenRun {
    let mut commands = vec![
        at(
            3_000,
            Fault::Partition {
                side: [Sid(4), Sid(5)].into(),
            },
        ),
        at(
            20_000,
            Fault::Cut {
                from: Sid(1),
                to: Sid(3),
                direction: Direction::OneWay,
            },
        ),
        at(40_000, Fault::PullPlug { sid: Sid(2) }),
        at(60_000, Fault::Restart { sid: Sid(2) }),
    ];
    commands.push(TimedCommand {
        at_us: Micros::from_ms(30_000),
        command: Command::HealAll,
    });
    commands.sort_by_key(|timed| timed.at_us);
    GoldenRun {
        name: "partition_and_cut",
        spec: ClusterSpec::plain(5, 1),
        seed: 7,
        commands,
        until: Micros::from_ms(90_000),
    }
}

/// Staggered starts across continents, on clocks that differ.
pub(crate) fn far_and_staggered() -> GoldenRun {
    let mut spec = ClusterSpec::plain(3, 1);
    spec.profile = Profile::CrossRegion;
    for (n, sid) in (1..=4).map(|n| (n, Sid(5 - n))) {
        let ms = 700 * u64::try_from(n).expect("small");
        spec.starts.insert(sid, Micros::from_ms(ms));
        let clock = zabscope::sim::Clock {
            offset_us: n * 1_000_000,
            drift_ppm: n * 300 - 600,
        };
        spec.clocks.insert(sid, clock);
    }
    GoldenRun {
        name: "far_and_staggered",
        spec,
        seed: 1_000_003,
        commands: vec![at(10_000, Fault::Kill { sid: Sid(2) })],
        until: Micros::from_ms(20_000),
    }
}

/// A client hears nothing from one of its servers.
const ANSWERS_LOST: Fault = Fault::CutClient {
    id: ClientId(0),
    sid: Sid(4),
    direction: Ways::ToClient,
};

/// Five servers, three clients that write, and one fault of every kind; what stands is healed four
/// seconds later.
pub(crate) fn every_fault() -> GoldenRun {
    let (sid, from, to) = (Sid(2), Sid(1), Sid(3));
    let direction = Direction::Both;
    let faults = [
        Fault::Pause { sid },
        Fault::Resume { sid },
        Fault::SlowDisk { sid, ms: 300 },
        Fault::StallDisk { sid: Sid(5) },
        Fault::Delay {
            from,
            to,
            direction,
            ms: 250,
            jitter_ms: 90,
        },
        Fault::Loss {
            from,
            to: Sid(5),
            direction,
            permille: 200,
        },
        Fault::Drift { sid, ppm: 40_000 },
        Fault::Cut {
            from,
            to,
            direction: Direction::OneWay,
        },
        ANSWERS_LOST,
        Fault::Partition {
            side: [Sid(5), Sid(4)].into(),
        },
        Fault::Kill { sid },
        Fault::WipeDisk { sid },
        Fault::Restart { sid },
        Fault::Terminate { sid: Sid(4) },
        Fault::PullPlug { sid: Sid(1) },
        Fault::PowerLoss { sid: Sid(5) },
    ];
    let mut commands = Vec::new();
    let mut ms = 4_000;
    // Most of them find nothing on the wire.
    for n in 0..60 {
        let (message, ms) = (n, 4_000 + n * 26);
        commands.push(at(ms, Fault::DelayMessage { message, ms: 40 }));
        commands.push(at(ms + 13, Fault::DropMessage { message }));
    }
    ms += 2_000;
    for fault in faults {
        let stands = fault.stands() && !matches!(fault, Fault::Pause { .. });
        commands.push(at(ms, fault));
        if stands {
            ms += 4_000;
            let at_us = Micros::from_ms(ms);
            commands.push(TimedCommand {
                at_us,
                command: Command::HealAll,
            });
        }
        ms += 2_000;
    }
    for sid in [Sid(4), Sid(1), Sid(5)] {
        commands.push(at(ms, Fault::Restart { sid }));
    }
    GoldenRun {
        name: "every_fault",
        spec: writing(ClusterSpec::plain(5, 0)),
        seed: 99,
        commands,
        until: Micros::from_ms(ms + 20_000),
    }
}

/// The same with a client of each library that writes.
fn writing(mut spec: ClusterSpec) -> ClusterSpec {
    for profile in [Library::Java38, Library::Java, Library::Kazoo] {
        let pace = Pace::Closed {
            think: Micros::from_ms(900),
            outstanding: 1,
        };
        spec.clients.push(ClientSpec {
            profile,
            workload: Workload::Mix {
                root: None,
                write_percent: 80,
                paths: 3,
                pace,
            },
            reopen: Some(Micros::from_ms(500)),
            ..ClientSpec::default()
        });
    }
    spec
}

/// All of them.
pub(crate) fn all() -> [GoldenRun; 4] {
    [
        kill_and_pause(),
        partition_and_cut(),
        far_and_staggered(),
        every_fault(),
    ]
}

impl GoldenRun {
    /// Executes the run, showing every step with the world after it; commands that make no sense at
    /// their instant are skipped.
    pub(crate) fn execute(&self, mut see: impl FnMut(&Step, &World)) -> World {
        let mut world = World::new(&self.spec, self.seed);
        for timed in &self.commands {
            run_to(&mut world, timed.at_us, &mut see);
            if let Ok(step) = world.apply(&resolve(&timed.command, &world)) {
                see(&step, &world);
            }
        }
        run_to(&mut world, self.until, &mut see);
        world
    }

    /// What its file holds: a digest every 250 steps, and the last one.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |seq: u64, at: Micros, digest: u64| {
            writeln!(text, "step {seq} at {at}: {digest:016x}").expect("a string takes all");
        };
        let mut steps = 0;
        let world = self.execute(|step, world| {
            steps = step.seq + 1;
            if step.seq % 250 == 0 {
                line(step.seq, step.at, world.digest());
            }
        });
        line(steps, world.now(), world.digest());
        text
    }
}

/// Every event before `until`, then the clock to it: a command at that instant comes before the
/// events of that instant.
pub(crate) fn run_to(world: &mut World, until: Micros, see: &mut impl FnMut(&Step, &World)) {
    while world.next_at().is_some_and(|next| next < until) {
        if let Some(step) = world.step() {
            see(&step, world);
        }
    }
    world.idle_until(until);
}
