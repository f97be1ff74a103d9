//! Whole worlds with clients: under any trouble none of what they were promised is broken.

use super::lab::Lab;
use crate::base::{Micros, Rng};
use crate::protocol::Sid;
use crate::protocol::client::{Profile, Recipe};
use crate::sim::{ClientId, ClientSpec, ClusterSpec, Command, Fault, Pace, Workload};

fn mix(root: Option<&str>, pace: Pace) -> Workload {
    Workload::Mix {
        root: root.map(Into::into),
        write_percent: 40,
        paths: 4,
        pace,
    }
}

/// Writers and readers of the same znodes, and members of every recipe.
fn clients(seed: u64) -> Vec<ClientSpec> {
    let think = Micros::from_ms(20);
    let outstanding = 1 + u32::try_from(seed % 4).expect("few");
    let lock = || Workload::Follow {
        recipe: Recipe::Lock {
            root: "/lock".into(),
        },
        hold: Some(Micros::from_ms(300)),
    };
    let elects = || Workload::Follow {
        recipe: Recipe::NoHerd { root: "/e".into() },
        hold: None,
    };
    let controls = || Workload::Follow {
        recipe: Recipe::Controller {
            path: "/controller".into(),
        },
        hold: Some(Micros::from_ms(700)),
    };
    let all = [
        mix(Some("/m"), Pace::Closed { think, outstanding }),
        mix(Some("/m"), Pace::Closed { think, outstanding }),
        mix(Some("/m"), Pace::Open { every: think }),
        mix(
            None,
            Pace::Bursts {
                size: 20,
                every: Micros::from_ms(400),
            },
        ),
        lock(),
        lock(),
        lock(),
        elects(),
        elects(),
        elects(),
        controls(),
        controls(),
        Workload::Idle,
    ];
    let mut specs = Vec::new();
    for (n, workload) in all.into_iter().enumerate() {
        let profile = if (n + usize::try_from(seed).expect("small")) % 3 == 0 {
            Profile::Kazoo
        } else {
            Profile::Java
        };
        specs.push(ClientSpec {
            profile,
            timeout_ms: 4_000,
            workload,
            start: Micros::from_ms(100 * n as u64),
            reopen: Some(Micros::from_ms(500)),
            ..ClientSpec::default()
        });
    }
    specs
}

fn trouble(lab: &mut Lab, rng: &mut Rng) {
    let sid = Sid(1 + i64::try_from(rng.below(5)).expect("few"));
    let to = Sid(1 + sid.0 % 5);
    let id = ClientId(u32::try_from(rng.below(13)).expect("few"));
    let inject = |fault| Command::Inject { fault };
    let command = match rng.below(12) {
        0 => inject(Fault::Kill { sid }),
        1 => inject(Fault::PullPlug { sid }),
        2 => inject(Fault::Pause { sid }),
        3 => inject(Fault::PowerLoss { sid }),
        4 | 5 => inject(Fault::Cut {
            from: sid,
            to,
            direction: crate::sim::Direction::Both,
        }),
        6 => inject(Fault::Delay {
            from: sid,
            to,
            direction: crate::sim::Direction::Both,
            ms: 200,
            jitter_ms: 100,
        }),
        7 => Command::PauseClient { id },
        8 => Command::ResumeClient { id },
        9 => Command::DisconnectClient { id },
        10 => inject(Fault::SlowDisk { sid, ms: 30 }),
        _ => Command::HealAll,
    };
    lab.act(&command);
    lab.run_ms(rng.below(1_500));
    lab.act(&inject(Fault::Restart { sid }));
}

#[test]
fn whatever_happens_clients_are_promised_nothing_that_is_broken() {
    let mut acknowledged = 0;
    for seed in 0..2 {
        let mut spec = ClusterSpec::plain(5, 1);
        spec.clients = clients(seed);
        let mut lab = Lab::new(spec, &[], seed);
        let mut rng = Rng::new(seed);
        lab.run_ms(5_000);
        for round in 0..30 {
            trouble(&mut lab, &mut rng);
            lab.run_ms(rng.below(1_000));
            if round % 10 == 9 {
                lab.act(&Command::HealAll);
                lab.run_ms(20_000);
            }
            assert_eq!(lab.checks.violations(), [], "seed {seed}, round {round}");
        }
        acknowledged += lab
            .world
            .clients()
            .map(|client| client.acknowledged)
            .sum::<u64>();
    }
    assert!(acknowledged > 5_000, "{acknowledged}");
}

#[test]
fn left_alone_clients_are_served_for_minutes() {
    let mut spec = ClusterSpec::plain(3, 0);
    spec.clients = clients(0);
    let mut lab = Lab::new(spec, &[], 0);
    lab.run_ms(100_000);
    assert_eq!(lab.checks.violations(), []);
}
