//! The leader is killed while it takes writes as fast as it can.
//!
//! One client on the leader keeps fifty creations under way and goes on with another server after
//! the kill. What it was told to be done must be there afterwards.

use std::sync::Arc;

use zabscope::base::Micros;
use zabscope::protocol::client::{ClientNote, Outcome};
use zabscope::protocol::server::{CreateMode, OpResult};
use zabscope::protocol::{Op, ServerState, Sid, Zxid};
use zabscope::sim::{ClientId, ClientSpec, Fault};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 1] = [Row {
    ..Row::of("leader-kill-under-load-3", play)
}];

/// Creations under way at a time.
const OUTSTANDING: u32 = 50;

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let killed = cluster.leader()?;
    let writer = cluster.client(ClientSpec {
        hosts: vec![killed],
        ..ClientSpec::default()
    })?;
    let onlooker = cluster.client(ClientSpec::default())?;
    let mut asked = 0;
    for _ in 0..400 + seed % 50 {
        pour(&mut cluster, writer, &mut asked);
        cluster.run_to(cluster.now() + Micros(1_000 + seed * 7 % 500));
    }
    let t0 = cluster.now();
    cluster.inject(Fault::Kill { sid: killed });
    let survivors = cluster.others(killed);
    let looks = |cluster: &Cluster, sid: Sid| cluster.entered(t0, sid, ServerState::Looking);
    let mut ends = Vec::new();
    for &sid in &survivors {
        cluster.until(60_000, "it notices", |cluster| {
            looks(cluster, sid).is_some()
        })?;
        ends.push((last_zxid(&cluster, sid), sid));
    }
    cluster.until(60_000, "the others serve again", |cluster| {
        !cluster.established(t0).is_empty() && cluster.all_who_run_serve()
    })?;
    let mut sample = Sample::default();
    let leading = cluster.entered_leading(t0);
    let &(winner, led) = leading.first().ok_or("nobody entered LEADING")?;
    let highest = ends.iter().map(|(zxid, _)| *zxid).max();
    let of_winner = ends.iter().find(|(_, sid)| *sid == winner);
    sample.fact(
        "winner_has_highest_zxid",
        of_winner.map(|(zxid, _)| *zxid) == highest,
    );
    let best = ends.iter().max().map(|(_, sid)| *sid);
    sample.fact("winner_has_highest_zxid_then_id", best == Some(winner));
    sample.tally(
        "winner_is_highest_id_survivor",
        survivors.last() == Some(&winner),
    );
    sample.tally("survivor_zxids_differ", ends[0].0 != ends[1].0);
    let survivor = survivors.iter().find(|sid| **sid != winner);
    let survivor = *survivor.ok_or("three servers, one dead, one leads")?;
    sample.fact("survivor_sync", cluster.sync_of(t0, survivor));
    sample.span("kill_to_leading", Some(t0), Some(led));

    cluster.until(60_000, "a client is served again", |cluster| {
        cluster.is_connected(onlooker)
    })?;
    cluster.request(onlooker, create("/first"));
    cluster.until(60_000, "the first write is done", |cluster| {
        cluster.acknowledged(t0, onlooker).next().is_some()
    })?;
    let first_write = cluster.acknowledged(t0, onlooker).next();
    sample.span("kill_to_first_write", Some(t0), first_write);

    let back = cluster.now();
    cluster.inject(Fault::Restart { sid: killed });
    cluster.until(60_000, "the dead server is back", Cluster::all_serve)?;
    sample.fact("old_leader_sync", cluster.sync_of(back, killed));
    sample.fact("acked_write_lost", is_any_lost(&cluster, writer)?);
    Ok(sample.of(&cluster))
}

/// Asks for more until as many creations are under way as there may be.
fn pour(cluster: &mut Cluster, writer: ClientId, asked: &mut u64) {
    let in_flight = cluster.world.client(writer).map_or(0, |c| c.in_flight);
    for _ in in_flight..OUTSTANDING {
        cluster.request(writer, create(&format!("/w{asked}")));
        *asked += 1;
    }
}

fn last_zxid(cluster: &Cluster, sid: Sid) -> Zxid {
    let status = cluster.world.server(sid);
    status.map_or(Zxid(0), |status| status.peer.last_zxid)
}

/// Whether a creation that was acknowledged is missing on any server.
fn is_any_lost(cluster: &Cluster, writer: ClientId) -> Result<bool, String> {
    let mut acknowledged = 0;
    for (_, note) in cluster.told(Micros::ZERO, writer) {
        let ClientNote::Done { outcome, .. } = note else {
            continue;
        };
        let Outcome::Acknowledged { result, .. } = outcome else {
            continue;
        };
        let OpResult::Created(path) = result else {
            continue;
        };
        acknowledged += 1;
        for sid in cluster.world.sids() {
            let database = cluster.world.database(sid).ok_or("everybody runs")?;
            if database.tree().get(path).is_none() {
                return Ok(true);
            }
        }
    }
    if acknowledged == 0 {
        return Err("nothing was ever acknowledged".to_owned());
    }
    Ok(false)
}

fn create(path: &str) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from(""),
        mode: CreateMode::Persistent,
    }
}
