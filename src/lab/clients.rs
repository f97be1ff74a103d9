//! The clients of a swarm's case: who they are, what becomes of them, and that they are served once
//! all is well.

use std::sync::Arc;

use crate::base::{Micros, Ppm, Rng};
use crate::protocol::client::{Profile, Recipe};
use crate::protocol::{CreateMode, Op, Sid};
use crate::sim::{ClientId, ClientSpec, Command, Fault, Pace, TimedCommand, Ways, Workload};

/// How many clients a case has at most, besides those added on the way.
pub(super) const MOST: u64 = 4;

/// How many commands for clients a case has at most.
const COMMANDS: u64 = 6;

/// Each at a place of its own: those who follow different recipes do not know each other's names.
const RECIPES: [fn() -> Recipe; 3] = [
    || Recipe::NoHerd {
        root: Arc::from("/members"),
    },
    || Recipe::Lock {
        root: Arc::from("/lock"),
    },
    || Recipe::Controller {
        path: Arc::from("/controller"),
    },
];

/// Draws a case's clients.
pub(super) fn draw(sids: &[Sid], tick_ms: u64, rng: &mut Rng) -> Vec<ClientSpec> {
    let mut clients = Vec::new();
    for _ in 0..rng.below(MOST + 1) {
        clients.push(client(sids, tick_ms, rng));
    }
    clients
}

fn client(sids: &[Sid], tick_ms: u64, rng: &mut Rng) -> ClientSpec {
    let profiles = [Profile::Java38, Profile::Java, Profile::Kazoo];
    let profile = super::one_of(&profiles, rng);
    let mut hosts = Vec::new();
    if rng.chance(Ppm(300_000)) {
        for sid in sids {
            if rng.chance(Ppm(500_000)) {
                hosts.push(*sid);
            }
        }
    }
    let ticks = rng.between(2, 20);
    let reopens = rng.chance(Ppm(800_000));
    ClientSpec {
        profile,
        hosts,
        host: None,
        timeout_ms: i64::try_from(ticks * tick_ms).unwrap_or(6_000),
        workload: workload(rng),
        start: rng.span(Micros::ZERO, Micros::from_ms(10_000)),
        resume: None,
        reopen: reopens.then(|| rng.span(Micros::ZERO, Micros::from_ms(3_000))),
    }
}

fn workload(rng: &mut Rng) -> Workload {
    let kind = rng.below(8);
    if kind == 0 {
        return Workload::Idle;
    }
    if kind <= 2 {
        let recipe = super::one_of(&RECIPES, rng)();
        let holds = rng.chance(Ppm(500_000));
        let hold = holds.then(|| rng.span(Micros::from_ms(50), Micros::from_ms(2_000)));
        return Workload::Follow { recipe, hold };
    }
    let pause = rng.span(Micros::from_ms(50), Micros::from_ms(800));
    let size = u32::try_from(rng.between(1, 4)).unwrap_or(1);
    let pace = match rng.below(3) {
        0 => Pace::Closed {
            think: pause,
            outstanding: size,
        },
        1 => Pace::Open { every: pause },
        _ => Pace::Bursts {
            size: size * 4,
            every: Micros(pause.0 * 8),
        },
    };
    let shares_root = rng.chance(Ppm(700_000));
    Workload::Mix {
        root: shares_root.then(|| Arc::from("/mixed")),
        write_percent: super::one_of(&[100, 80, 20], rng),
        paths: 3,
        pace,
    }
}

/// Draws what happens to clients: some of it makes no sense when its time comes.
pub(super) fn commands(
    sids: &[Sid],
    tick_ms: u64,
    until: Micros,
    rng: &mut Rng,
) -> Vec<TimedCommand> {
    let mut commands = Vec::new();
    for _ in 0..rng.below(COMMANDS + 1) {
        let id = ClientId(u32::try_from(rng.below(MOST)).unwrap_or(0));
        let path = Arc::from(super::one_of(&["/mixed", "/mixed/k0", "/hand"], rng));
        let command = match rng.below(8) {
            0 => Command::KillClient { id },
            1 | 2 => Command::PauseClient { id },
            3 | 4 => Command::DisconnectClient { id },
            5 => Command::CloseClient { id },
            6 => Command::AddClient {
                client: client(sids, tick_ms, rng),
            },
            _ => Command::Request {
                id,
                op: by_hand(path, rng),
            },
        };
        let at_us = rng.span(Micros::from_ms(1_000), until);
        let resumes = matches!(command, Command::PauseClient { .. });
        commands.push(TimedCommand { at_us, command });
        if resumes {
            let at_us = at_us + rng.span(Micros::from_ms(100), Micros::from_ms(15_000));
            let command = Command::ResumeClient { id };
            commands.push(TimedCommand { at_us, command });
        }
    }
    commands.retain(|timed| timed.at_us < until);
    commands
}

/// Draws which clients are cut off from which servers: in three cases of ten, a few times.
pub(super) fn cuts(sids: &[Sid], until: Micros, rng: &mut Rng) -> Vec<TimedCommand> {
    let mut commands = Vec::new();
    if !rng.chance(Ppm(300_000)) {
        return commands;
    }
    for _ in 0..rng.between(1, 4) {
        let fault = Fault::CutClient {
            id: ClientId(u32::try_from(rng.below(MOST)).unwrap_or(0)),
            sid: super::one_of(sids, rng),
            direction: super::one_of(&[Ways::Both, Ways::ToServer, Ways::ToClient], rng),
        };
        commands.push(TimedCommand {
            at_us: rng.span(Micros::from_ms(1_000), until),
            command: Command::Inject { fault },
        });
    }
    commands
}

fn by_hand(path: Arc<str>, rng: &mut Rng) -> Op {
    let (version, data) = (-1, Arc::from("hand"));
    match rng.below(5) {
        0 => Op::Create {
            path,
            data,
            mode: CreateMode::Ephemeral,
        },
        1 => Op::Multi(vec![
            Op::Check {
                path: Arc::clone(&path),
                version,
            },
            Op::SetData {
                path,
                data,
                version,
            },
        ]),
        2 => Op::GetChildren { path, watch: true },
        3 => Op::Exists { path, watch: true },
        _ => Op::Sync { path },
    }
}

/// The client that must be served once all is well: it writes until it is killed.
pub(super) fn witness() -> ClientSpec {
    let think = Micros::from_ms(200);
    ClientSpec {
        timeout_ms: 30_000,
        workload: Workload::Mix {
            root: None,
            write_percent: 100,
            paths: 1,
            pace: Pace::Closed {
                think,
                outstanding: 1,
            },
        },
        reopen: Some(think),
        ..ClientSpec::default()
    }
}
