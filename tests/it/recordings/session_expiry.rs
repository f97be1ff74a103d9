//! Sessions of clients that fall silent: when their leader ends them.

use std::sync::Arc;

use serde_json::{Map, Value};
use zabscope::base::Micros;
use zabscope::protocol::client::Profile;
use zabscope::protocol::{CreateMode, Note, Op, Sid};
use zabscope::sim::{ClientSpec, Command, Fault};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

/// The names of one requested timeout's times: to the end of the ephemeral, to the decision, and
/// what the first is more than the timeout.
type Names = [&'static str; 3];

/// A recording that asked for one timeout after another, ms.
type Asked = (u64, Names);

macro_rules! asked {
    ($ms:literal) => {
        (
            $ms,
            [
                concat!("requested_", $ms, "_last_request_to_ephemeral_deleted"),
                concat!("requested_", $ms, "_last_request_to_expiring_logged"),
                concat!("requested_", $ms, "_deletion_minus_negotiated_timeout"),
            ],
        )
    };
}

const LONG: [Asked; 3] = [asked!(4000), asked!(6000), asked!(10000)];
const SHORT: [Asked; 4] = [asked!(500), asked!(1000), asked!(2000), asked!(5000)];

/// What a wait is made of depends on where in the leader's tick a session fell silent; the recorded
/// sessions of one timeout were made together, so only some of them came at every phase.
pub(super) const ROWS: [Row; 4] = [
    Row {
        waits: &[
            "requested_1000_last_request_to_ephemeral_deleted",
            "requested_2000_last_request_to_ephemeral_deleted",
            "requested_5000_last_request_to_ephemeral_deleted",
        ],
        ..Row::of("session-expiry-follower-t500", |recording, seed| {
            falls_silent(recording, seed, &SHORT)
        })
    },
    Row {
        waits: &[
            "requested_6000_last_request_to_ephemeral_deleted",
            "requested_10000_last_request_to_ephemeral_deleted",
        ],
        ..Row::of("session-expiry-follower-t2000", |recording, seed| {
            falls_silent(recording, seed, &LONG)
        })
    },
    Row {
        waits: &[
            "requested_4000_last_request_to_ephemeral_deleted",
            "requested_6000_last_request_to_ephemeral_deleted",
            "requested_10000_last_request_to_ephemeral_deleted",
        ],
        ..Row::of("session-expiry-leader-t2000", |recording, seed| {
            falls_silent(recording, seed, &LONG)
        })
    },
    Row {
        waits: &["new_leader_broadcast_to_deleted"],
        ..Row::of("expiry-over-leader-failover", leader_fails_meanwhile)
    },
];

/// A client with an ephemeral znode; its timeout, and whether it has fallen silent.
struct Silent {
    path: String,
    timeout_ms: u64,
    last_request: Micros,
}

/// One client asks for `timeout_ms` of `host`, creates an ephemeral znode, asks once more and ends.
fn fall_silent(
    cluster: &mut Cluster,
    host: Sid,
    timeout_ms: u64,
    pause_ms: u64,
) -> Result<Silent, String> {
    let id = cluster.client(ClientSpec {
        profile: Profile::Kazoo,
        hosts: vec![host],
        timeout_ms: i64::try_from(timeout_ms).unwrap_or(i64::MAX),
        ..ClientSpec::default()
    })?;
    let path = format!("/silent-{timeout_ms}");
    let data = Arc::from("");
    let mode = CreateMode::Ephemeral;
    let create = Op::Create {
        path: Arc::from(path.as_str()),
        data,
        mode,
    };
    let has_it = |cluster: &Cluster, path: &str| cluster.has(host, path);
    cluster.request(id, create);
    cluster.until(10_000, "the znode is there", |cluster| {
        has_it(cluster, &path)
    })?;
    cluster.run_for(pause_ms);
    let last_request = cluster.now();
    let watch = false;
    let asked = Arc::from(path.as_str());
    cluster.request(id, Op::Exists { path: asked, watch });
    cluster.run_for(20);
    let status = cluster.world.client(id).ok_or("no client")?;
    cluster.command(&Command::KillClient { id });
    let timeout_ms = u64::try_from(status.timeout_ms).unwrap_or_default();
    Ok(Silent {
        path,
        timeout_ms,
        last_request,
    })
}

fn falls_silent(recording: &Recording, seed: u64, asked: &[Asked]) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let leader = cluster.leader()?;
    let host = if recording.fact("connected_via") == "leader" {
        leader
    } else {
        *cluster.others(leader).first().ok_or("no follower")?
    };
    let mut sample = Sample::default();
    let mut negotiated = Map::new();
    let mut early = 0;
    for (n, (requested, names)) in (0..).zip(asked) {
        let pause = (seed * 617 + n * 271) % 3_000;
        let silent = fall_silent(&mut cluster, host, *requested, pause.min(requested / 3))?;
        // Another phase of the tick for each.
        let t0 = silent.last_request;
        cluster.until(120_000, "the znode is gone", |cluster| {
            !cluster.has(leader, &silent.path)
        })?;
        let deleted = cluster.now();
        let expiring = |note: &Note| matches!(note, Note::SessionExpiring { .. });
        let decided = cluster.first(t0, leader, expiring);
        let timeout = Micros::from_ms(silent.timeout_ms);
        early += u64::from(deleted < t0 + timeout);
        negotiated.insert(requested.to_string(), silent.timeout_ms.into());
        sample.span(names[0], Some(t0), Some(deleted));
        sample.span(names[1], Some(t0), decided);
        sample.span(names[2], Some(t0 + timeout), Some(deleted));
        cluster.run_for((seed * 941 + n * 433) % 2_000);
    }
    sample.fact("negotiated_timeout_by_requested", Value::Object(negotiated));
    sample.fact("expired_before_timeout", early);
    Ok(sample.of(&cluster))
}

fn leader_fails_meanwhile(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let leader = cluster.leader()?;
    let host = *cluster.others(leader).first().ok_or("no follower")?;
    let timeout = recording.fact_ms("session_timeout_ms");
    let silent = fall_silent(&mut cluster, host, timeout, seed * 617 % 1_000)?;
    let died = cluster.now();
    cluster.run_for(recording.fact_ms("leader_killed_after_client_death_ms"));
    let killed = cluster.fail_over(Fault::Kill { sid: leader })?;
    let next = cluster.leader()?;
    cluster.until(60_000, "the znode is gone", |cluster| {
        !cluster.has(next, &silent.path)
    })?;
    let deleted = Some(cluster.now());
    let mut sample = Sample::default();
    let timeout = Micros::from_ms(silent.timeout_ms);
    sample.fact(
        "ephemeral_outlives_session_timeout",
        cluster.now() > died + timeout,
    );
    let broadcast = cluster.broadcasts(killed, next);
    let leading = cluster.entered_leading(killed);
    sample.span("client_death_to_deleted", Some(died), deleted);
    sample.span("new_leader_broadcast_to_deleted", broadcast, deleted);
    let entered = leading.first().map(|(_, at)| *at);
    sample.span("new_leader_LEADING_to_deleted", entered, deleted);
    Ok(sample.of(&cluster))
}
