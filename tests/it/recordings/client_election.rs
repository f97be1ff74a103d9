//! Three clients elect one of themselves by ephemeral sequential znodes; the elected one goes.

use std::sync::Arc;

use zabscope::base::Micros;
use zabscope::protocol::client::{ClientNote, Profile, Recipe, Standing};
use zabscope::sim::{ClientId, ClientSpec, Command, Workload};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 2] = [
    Row {
        waits: &["takeover"],
        ..Row::of("client-election-kill", play)
    },
    Row::of("client-election-close", play),
];

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let timeout_ms = recording.fact_ms("session_timeout_ms");
    let mut candidates = Vec::new();
    for _ in 0..3 {
        let recipe = Recipe::NoHerd {
            root: Arc::from("/election"),
        };
        let candidate = cluster.client(ClientSpec {
            profile: Profile::Kazoo,
            timeout_ms: i64::try_from(timeout_ms).unwrap_or(i64::MAX),
            workload: Workload::Follow { recipe, hold: None },
            ..ClientSpec::default()
        })?;
        cluster.until(10_000, "the candidate has its place", |cluster| {
            let places = [Standing::Elected, Standing::Ready];
            standing(cluster, candidate).is_some_and(|standing| places.contains(&standing))
        })?;
        candidates.push(candidate);
    }
    let elected = candidates.remove(0);
    if standing(&cluster, elected) != Some(Standing::Elected) {
        return Err("the first in sequence is not elected".to_owned());
    }
    cluster.run_for(5_000 + seed * 137 % 4_000);

    let t0 = cluster.now();
    cluster.command(&if recording.acts()[0]["action"] == "client_close" {
        Command::CloseClient { id: elected }
    } else {
        Command::KillClient { id: elected }
    });
    let took_over = |cluster: &Cluster| {
        let of = |id: &ClientId| standing(cluster, *id) == Some(Standing::Elected);
        candidates.iter().copied().find(of)
    };
    cluster.until(60_000, "another one is elected", |cluster| {
        took_over(cluster).is_some()
    })?;

    let mut sample = Sample::default();
    let successor = took_over(&cluster);
    sample.fact(
        "successor_is_next_in_sequence",
        successor == candidates.first().copied(),
    );
    cluster.run_for(1_000);
    let is_notified = |id: &&ClientId| {
        let is_watch = |note: &ClientNote| matches!(note, ClientNote::Watch(_));
        cluster.told(t0, **id).any(|(_, note)| is_watch(note))
    };
    let notified = candidates.iter().filter(is_notified).count();
    sample.fact("candidates_notified_per_failover", notified);
    // It asks who is first now; with the answer it knows.
    let knows = |id: ClientId| {
        let told = cluster.told(t0, id);
        let mut done = told.filter(|(_, note)| matches!(note, ClientNote::Done { .. }));
        done.next().map(|(at, _): (Micros, _)| at)
    };
    sample.span("takeover", Some(t0), successor.and_then(knows));
    Ok(sample.of(&cluster))
}

fn standing(cluster: &Cluster, id: ClientId) -> Option<Standing> {
    cluster.world.client(id)?.standing
}
