//! Empty disks, processes started together or one after another.
//!
//! Leaders are counted when a quorum stands behind their epoch: a phantom never gets that far.

use serde_json::Value;
use zabscope::base::Micros;
use zabscope::protocol::{Note, ServerState, Sid};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

/// No waits: a fresh JVM's first election is as much class loading as finalizeWait.
pub(super) const ROWS: [Row; 4] = [
    Row::of("cold-start-3", play),
    Row::of("staggered-3-ascending", play),
    Row::of("staggered-3-descending", play),
    Row::of("staggered-5-ascending", play),
];

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut spec = recording.spec();
    let mut last_start = Micros::ZERO;
    for act in recording.acts() {
        let sid = Sid(act["target"].as_i64().ok_or("a server is started")?);
        let at = Micros::from_ms(act["t_ms"].as_u64().ok_or("at an instant")?);
        spec.starts.insert(sid, at);
        last_start = last_start.max(at);
    }
    let quorum = spec.starts.len() / 2 + 1;
    let mut cluster = Cluster::new(&spec, seed);
    cluster.run_to(last_start);
    cluster.until(90_000, "everybody serves", Cluster::all_serve)?;
    cluster.run_for(2_000);

    let mut sample = Sample::default();
    let leaders = cluster.established(Micros::ZERO);
    let &(first, _) = leaders.first().ok_or("nobody led")?;
    let last = cluster.leader()?;
    let replaced = leaders.iter().any(|(sid, _)| *sid != first);
    sample.fact("epoch_counts", cluster.epoch(last).0);
    sample.fact("leader_ever_replaced", replaced);
    if recording.deterministic().contains_key("winner") {
        sample.fact("first_leader_counts", first.0);
        sample.fact("final_leader_counts", last.0);
        sample.fact("winner", first.0);
    }
    sample.tally("first_leader_counts", first.0);
    let phantoms = cluster.entered_leading(Micros::ZERO).len() - leaders.len();
    sample.tally("entered LEADING without an epoch quorum", phantoms > 0);
    timings(&cluster, (first, quorum), &mut sample);
    Ok(sample.of(&cluster))
}

fn timings(cluster: &Cluster, (winner, quorum): (Sid, usize), sample: &mut Sample) {
    let start = Micros::ZERO;
    let led = cluster.entered(start, winner, ServerState::Leading);
    let looked = led.and_then(|t| cluster.entered_before(t, winner, ServerState::Looking));
    sample.span("election_ms", looked, led);
    let began = looked.and_then(|t| {
        cluster.first(t, winner, |note| {
            matches!(note, Note::ElectionStarted { .. })
        })
    });
    sample.span("election_took_logged_ms", began, led);
    let serving = led.and_then(|t| cluster.broadcasts(t, winner));
    sample.span("leading_to_broadcast_ms", led, serving);
    sample.span("leading_at_ms", Some(start), led);
    let servers = cluster.world.servers();
    let mut looking: Vec<Micros> = servers
        .filter_map(|s| cluster.entered(start, s.sid, ServerState::Looking))
        .collect();
    looking.sort_unstable();
    // It decides with those that have spoken before it leads, at least with a quorum.
    let before = looking.iter().filter(|t| led.is_some_and(|led| **t < led));
    let completed = before.copied().nth(quorum - 1);
    sample.span("last_quorum_member_looking_to_leading_ms", completed, led);
    debug_assert!(sample.facts.iter().all(|(_, value)| *value != Value::Null));
}
