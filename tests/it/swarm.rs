//! The swarm: each seed draws an ensemble, its surroundings and a plan of trouble.
//!
//! `ZABSCOPE_SEED` runs one seed alone; `ZABSCOPE_COMMIT` adds a seed made from a commit's hash.
//! `zabscope swarm --seeds N` runs as many as wanted.

use zabscope::base::{Micros, digest_of};
use zabscope::lab::swarm::{Case, is_well};
use zabscope::sim::{ClusterSpec, World};

const SEEDS: u64 = 60;

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
    let failed: Vec<String> = seeds()
        .into_iter()
        .filter_map(|seed| Case::draw(seed).run().err())
        .map(|failure| failure.to_string())
        .collect();
    assert!(failed.is_empty(), "\n{}\n", failed.join("\n"));
}

fn go(world: &mut World, until: Micros) {
    while world.next_at().is_some_and(|next| next < until) {
        world.step();
    }
    world.idle_until(until);
}

#[test]
fn an_hour_of_idle_servers_keeps_its_size() {
    let mut world = World::new(&ClusterSpec::plain(5, 0), 3);
    let mut sizes = Vec::new();
    for minute in 1..=60 {
        go(&mut world, Micros::from_ms(minute * 60_000));
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
