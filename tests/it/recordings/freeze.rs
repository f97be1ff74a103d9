//! SIGSTOP and SIGCONT: of the leader or a follower, shorter or longer than syncLimit ticks.
//!
//! Frozen a few milliseconds after a write, which the last packet from the leader was about.

use zabscope::base::Micros;
use zabscope::protocol::{ServerState, Sid};
use zabscope::sim::Fault;

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 5] = [
    Row::of("leader-freeze-short-3", play),
    Row::of("leader-freeze-edge-3", play),
    Row {
        waits: &[
            "freeze_to_first_LOOKING_of_others",
            "freeze_to_last_first_LOOKING_of_others",
            "freeze_to_new_LEADING",
        ],
        ..Row::of("leader-freeze-long-3", play)
    },
    Row::of("follower-freeze-short-3", play),
    Row::of("follower-freeze-long-3", play),
];

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let spec = recording.spec();
    let limit_ms = spec.config.sync_time().as_ms();
    let mut cluster = Cluster::settled_in_turns(spec, seed)?;
    let leader = cluster.leader()?;
    let is_leader = recording.acts()[0]["role"] == "LEADING";
    let followers = cluster.others(leader);
    let victim = if is_leader {
        leader
    } else {
        followers[usize::from(seed % 4 < 2)]
    };
    let epoch = cluster.epoch(leader);
    let writer = cluster.writer_on(victim)?;
    cluster.run_past_a_write(writer)?;
    let t0 = cluster.now();
    cluster.inject(Fault::Pause { sid: victim });
    let first_write = if recording.timings().contains_key("freeze_to_first_write") {
        Some(cluster.first_write(t0)?)
    } else {
        None
    };
    cluster.run_to(t0 + Micros::from_ms(recording.fact_ms("freeze_ms")));
    let thaw = cluster.now();
    cluster.inject(Fault::Resume { sid: victim });
    // A short freeze must change nothing, so it is given the time to change something.
    cluster.run_for(limit_ms * 2);
    cluster.until(60_000, "everybody serves", Cluster::all_serve)?;

    let mut sample = Sample::default();
    let winner = cluster.leader()?;
    sample.fact("leader_changed", winner != leader);
    sample.fact("epoch_delta", cluster.epoch(winner).0 - epoch.0);
    sample.fact("syncLimit_x_tickTime_ms", limit_ms);
    let mode = cluster.sync_of(thaw, victim).unwrap_or("none");
    if recording.deterministic().contains_key("victim_sync_modes") {
        sample.fact("victim_sync_modes", mode);
    }
    sample.tally("winner_by_frozen", format!("{} -> {}", victim.0, winner.0));
    sample.tally("victim_sync_modes", mode);
    sample.span("freeze_to_first_write", Some(t0), first_write);
    timings(&cluster, (t0, thaw, victim), &mut sample);
    Ok(sample.of(&cluster))
}

fn timings(cluster: &Cluster, (t0, thaw, victim): (Micros, Micros, Sid), sample: &mut Sample) {
    let looking_at = |sid: Sid| cluster.entered(t0, sid, ServerState::Looking);
    let others = cluster.others(victim);
    let mut looking: Vec<Micros> = others.into_iter().filter_map(looking_at).collect();
    looking.sort_unstable();
    sample.span(
        "freeze_to_first_LOOKING_of_others",
        Some(t0),
        looking.first().copied(),
    );
    sample.span(
        "freeze_to_last_first_LOOKING_of_others",
        Some(t0),
        looking.last().copied(),
    );
    let new = cluster.entered_leading(t0);
    let led = new.first().map(|(_, at)| *at);
    sample.span("freeze_to_new_LEADING", Some(t0), led);
    let looked = cluster.entered(thaw, victim, ServerState::Looking);
    sample.span("thaw_to_victim_LOOKING", Some(thaw), looked);
    let follows = cluster.entered(thaw, victim, ServerState::Following);
    sample.span("thaw_to_victim_FOLLOWING", Some(thaw), follows);
}
