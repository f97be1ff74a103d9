//! A follower is killed, misses a number of writes, and comes back: how is it brought up to date?
//!
//! Every seed takes another of the recorded numbers. The transactions are counted from the moment
//! the follower is down, sessions being created before.

use std::sync::Arc;

use serde_json::{Value, json};
use zabscope::protocol::server::CreateMode;
use zabscope::protocol::{Op, ServerState, StorageRules};
use zabscope::sim::{ClientId, ClientSpec, Fault};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 3] = [
    Row::of("follower-return-3", play),
    Row::of("follower-return-big-snapshot", play),
    Row::of("follower-return-txnlog", play),
];

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut spec = recording.spec();
    let storage = &mut spec.config.storage;
    *storage = StorageRules {
        snap_count: recording.option("zookeeper.snapCount", storage.snap_count),
        pre_alloc_kb: recording.option("zookeeper.preAllocSize", storage.pre_alloc_kb),
        ..*storage
    };
    let has_big_snapshot = storage.snap_count == 100;
    let mut cluster = Cluster::settled_in_turns(spec, seed)?;
    let leader = cluster.leader()?;
    let writer = cluster.client(ClientSpec {
        hosts: vec![leader],
        ..ClientSpec::default()
    })?;
    cluster.request(writer, create("/w", ""));
    if has_big_snapshot {
        let megabyte: Arc<str> = Arc::from("m".repeat(1_000_000));
        for n in 0..10 {
            cluster.request(writer, create(&format!("/big{n}"), &megabyte));
        }
        write(&mut cluster, writer, 160)?;
    }
    write(&mut cluster, writer, 1)?;
    cluster.run_for(50);

    let pairs = recording.deterministic()["mode_by_missed"].as_array();
    let pairs: &[Value] = pairs.map_or(&[], Vec::as_slice);
    let at = usize::try_from(seed).unwrap_or(0) % pairs.len().max(1);
    let missed = pairs.get(at).and_then(|pair| pair[0].as_u64());
    let missed = missed.ok_or("the recording says how many were missed")?;
    let victim = cluster.others(leader)[usize::from(seed % 4 < 2)];
    cluster.inject(Fault::Kill { sid: victim });
    cluster.run_for(50);
    write(&mut cluster, writer, missed)?;
    let back = cluster.now();
    cluster.inject(Fault::Restart { sid: victim });
    cluster.until(60_000, "everybody serves", Cluster::all_serve)?;

    let mut sample = Sample::default();
    sample.fact("leader_ever_changed", cluster.leader()? != leader);
    // The others of the table are other seeds'.
    let mut table = pairs.to_vec();
    table[at] = json!([missed, cluster.sync_of(back, victim)]);
    sample.fact("mode_by_missed", table);
    let looking = cluster.entered(back, victim, ServerState::Looking);
    let following = cluster.entered(back, victim, ServerState::Following);
    let serving = cluster.broadcasts(back, victim);
    sample.span("looking_to_following", looking, following);
    sample.span("following_to_broadcast", following, serving);
    Ok(sample.of(&cluster))
}

/// So many writes, all of them acknowledged.
fn write(cluster: &mut Cluster, writer: ClientId, count: u64) -> Result<(), String> {
    for n in 0..count {
        let op = Op::SetData {
            path: Arc::from("/w"),
            data: Arc::from(n.to_string()),
            version: -1,
        };
        cluster.request(writer, op);
    }
    cluster.until(60_000, "every write is acknowledged", |cluster| {
        let status = cluster.world.client(writer);
        status.is_some_and(|status| status.in_flight == 0)
    })?;
    match cluster.world.client(writer) {
        Some(status) if status.failed + status.unknown == 0 => Ok(()),
        status => Err(format!("not every write was done: {status:?}")),
    }
}

fn create(path: &str, data: &str) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from(data),
        mode: CreateMode::Persistent,
    }
}
