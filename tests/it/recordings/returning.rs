//! Servers that go and come back while the leader, or another one, goes on.

use serde_json::{Value, json};
use zabscope::protocol::client::Profile;
use zabscope::protocol::{ServerState, Sid};
use zabscope::sim::{ClientSpec, Fault, Power};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 2] = [
    Row::of("follower-wiped", wiped),
    Row::of("rolling-restart-3", rolling_restart),
];

/// A follower is killed, its dataDir is emptied, it starts again.
fn wiped(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let leader = cluster.leader()?;
    let victim = cluster.others(leader)[usize::from(seed % 4 < 2)];
    cluster.inject(Fault::Kill { sid: victim });
    cluster.run_for(recording.act_at("wipe_data"));
    cluster.inject(Fault::WipeDisk { sid: victim });
    cluster.run_for(recording.act_at("start") - recording.act_at("wipe_data"));
    let back = cluster.now();
    cluster.inject(Fault::Restart { sid: victim });
    cluster.until(60_000, "everybody serves", Cluster::all_serve)?;

    let mut sample = Sample::default();
    sample.fact("leader_ever_changed", cluster.leader()? != leader);
    let mode = cluster.sync_of(back, victim);
    let times = recording.deterministic()["mode_by_missed"].as_array();
    let pairs: Vec<Value> = times
        .into_iter()
        .flatten()
        .map(|_| json!([null, mode]))
        .collect();
    sample.fact("mode_by_missed", pairs);
    let looking = cluster.entered(back, victim, ServerState::Looking);
    let following = cluster.entered(back, victim, ServerState::Following);
    sample.span("looking_to_following", looking, following);
    sample.span(
        "following_to_broadcast",
        following,
        cluster.broadcasts(back, victim),
    );
    Ok(sample.of(&cluster))
}

/// Every server is asked to end and started again, one after the other, the leader last.
fn rolling_restart(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let leader = cluster.leader()?;
    let epoch = cluster.epoch(leader);
    let mut pinned = Vec::new();
    for sid in (1..=3).map(Sid) {
        pinned.push(cluster.client(ClientSpec {
            profile: Profile::Kazoo,
            hosts: vec![sid],
            timeout_ms: 10_000,
            ..ClientSpec::default()
        })?);
    }
    let t0 = cluster.now();
    let mut sample = Sample::default();
    let mut order = cluster.others(leader);
    order.push(leader);
    for sid in order {
        let asked = cluster.now();
        cluster.inject(Fault::Terminate { sid });
        let is_gone = |cluster: &Cluster| power(cluster, sid) == Some(Power::Off);
        cluster.until(10_000, "the process has ended", is_gone)?;
        let ended = cluster.world.server(sid).map(|s| s.power_since);
        if sid == leader {
            sample.span("sigterm_to_exit", Some(asked), ended);
        }
        cluster.run_for(1_000);
        cluster.inject(Fault::Restart { sid });
        cluster.until(60_000, "everybody serves", Cluster::all_serve)?;
        cluster.run_for(4_000);
    }
    let last = cluster.leader()?;
    sample.fact("epoch_delta", cluster.epoch(last).0 - epoch.0);
    let is_highest = cluster.others(leader).last() == Some(&last);
    sample.fact("leader_after_last_step_is_highest_other_id", is_highest);
    let survived = pinned.iter().all(|id| cluster.survives(t0, *id));
    sample.fact("sessions_survived", survived);
    Ok(sample.of(&cluster))
}

fn power(cluster: &Cluster, sid: Sid) -> Option<Power> {
    cluster.world.server(sid).map(|s| s.power)
}
