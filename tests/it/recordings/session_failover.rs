//! A server goes, and its clients: who notices, who comes back when, whose session survives.

use std::sync::Arc;

use zabscope::base::Micros;
use zabscope::protocol::client::{ClientNote, Profile};
use zabscope::protocol::{CreateMode, Op, Sid};
use zabscope::sim::{ClientId, ClientSpec, Command, Fault, Pace, Workload};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

/// The names of what a group of clients lived through: disconnected, connected again, and the first
/// write that was acknowledged.
type Names = [&'static str; 3];

const KAZOO_THERE: Names = [
    "kazoo_on_victim_fault_to_disconnected",
    "kazoo_on_victim_fault_to_reconnected",
    "not measured",
];
const JAVA_THERE: Names = [
    "java_on_victim_fault_to_disconnected",
    "java_on_victim_fault_to_reconnected",
    "java_on_victim_fault_to_write_ok",
];
const KAZOO_ELSEWHERE: Names = [
    "kazoo_on_other_fault_to_disconnected",
    "kazoo_on_other_fault_to_reconnected",
    "not measured",
];
const JAVA_ELSEWHERE: Names = [
    "java_on_other_fault_to_disconnected",
    "java_on_other_fault_to_reconnected",
    "java_on_other_fault_to_write_ok",
];

pub(super) const ROWS: [Row; 4] = [
    // Java's 100 ms after a lost connection, and the time to hear of it.
    Row {
        waits: &["java_on_victim_fault_to_disconnected"],
        ..Row::of("session-failover-follower-kill", play)
    },
    Row {
        waits: &[
            "java_on_victim_fault_to_disconnected",
            "java_on_other_fault_to_disconnected",
        ],
        ..Row::of("session-failover-leader-kill", play)
    },
    Row {
        floors: &["java_on_victim_fault_to_disconnected"],
        ..Row::of("session-failover-follower-freeze", play)
    },
    Row::of("outage-longer-than-session", outlast),
];

/// A client with an ephemeral znode that is connected to one of `wanted`. Java's clients wrote ten
/// times a second when they were recorded, kazoo's did nothing.
fn client_on(
    cluster: &mut Cluster,
    profile: Profile,
    timeout_ms: i64,
    wanted: impl Fn(Sid) -> bool,
) -> Result<ClientId, String> {
    let workload = if profile == Profile::Kazoo {
        Workload::Idle
    } else {
        Workload::Mix {
            root: None,
            write_percent: 100,
            paths: 1,
            pace: Pace::Closed {
                think: Micros::from_ms(100),
                outstanding: 1,
            },
        }
    };
    for _ in 0..40 {
        let id = cluster.client(ClientSpec {
            profile,
            timeout_ms,
            workload: workload.clone(),
            ..ClientSpec::default()
        })?;
        let host = cluster.world.client(id).and_then(|status| status.host);
        if host.is_some_and(&wanted) {
            let create = Op::Create {
                path: Arc::from(format!("/own-{}", id.0)),
                data: Arc::from(""),
                mode: CreateMode::Ephemeral,
            };
            cluster.request(id, create);
            return Ok(id);
        }
        cluster.command(&Command::CloseClient { id });
    }
    Err("no client came to such a server".to_owned())
}

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let leader = cluster.leader()?;
    let act = &recording.acts()[0];
    let victim = if act["role"] == "LEADING" {
        leader
    } else {
        *cluster.others(leader).first().ok_or("no follower")?
    };
    let timeout = recording.fact_ms("session_timeout_ms");
    let timeout = i64::try_from(timeout).unwrap_or(i64::MAX);
    let mut groups = Vec::new();
    for (profile, there, elsewhere) in [
        (Profile::Kazoo, KAZOO_THERE, KAZOO_ELSEWHERE),
        (Profile::Java38, JAVA_THERE, JAVA_ELSEWHERE),
    ] {
        let on = client_on(&mut cluster, profile, timeout, |sid| sid == victim)?;
        let other = client_on(&mut cluster, profile, timeout, |sid| sid != victim)?;
        groups.push((profile, (on, there), (other, elsewhere)));
    }
    cluster.run_for(3_000 + seed * 397 % 4_000);

    let t0 = cluster.now();
    let is_frozen = act["action"] == "sigstop";
    cluster.inject(if is_frozen {
        Fault::Pause { sid: victim }
    } else {
        Fault::Kill { sid: victim }
    });
    cluster.run_for(9_000);
    if is_frozen {
        cluster.heal();
    }
    cluster.run_for(21_000);
    let mut sample = Sample::default();
    for (profile, on, other) in &groups {
        let survived = cluster.survives(t0, on.0) && cluster.survives(t0, other.0);
        let was_cut = cluster.disconnected(t0, other.0).is_some();
        let (kept, cut) = match profile {
            Profile::Kazoo => (
                "kazoo_sessions_survived",
                "clients_on_other_server_disconnected_kazoo",
            ),
            Profile::Java | Profile::Java38 | Profile::Raw => (
                "java_sessions_survived",
                "clients_on_other_server_disconnected_java",
            ),
        };
        sample.fact(kept, survived);
        sample.fact(cut, was_cut);
        for (id, names) in [on, other] {
            sample.span(names[0], Some(t0), cluster.disconnected(t0, *id));
            sample.span(names[1], Some(t0), reconnected(&cluster, t0, *id));
            sample.span(names[2], Some(t0), cluster.acknowledged(t0, *id).next());
        }
    }
    sample.fact("leader_changed", cluster.leader()? != leader);
    Ok(sample.of(&cluster))
}

/// The quorum is gone for longer than the sessions last, and nobody can end them.
fn outlast(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let leader = cluster.leader()?;
    let [first, second] = cluster.others(leader)[..] else {
        return Err("three servers".to_owned());
    };
    let timeout = recording.fact_ms("session_timeout_ms");
    let timeout = i64::try_from(timeout).unwrap_or(i64::MAX);
    let mut clients = Vec::new();
    for profile in [Profile::Kazoo, Profile::Java38] {
        for _ in 0..2 {
            let id = client_on(&mut cluster, profile, timeout, |_| true)?;
            clients.push((profile, id));
        }
    }
    cluster.run_for(3_000 + seed * 397 % 2_000);

    cluster.inject(Fault::Kill { sid: first });
    cluster.run_for(88);
    cluster.inject(Fault::Kill { sid: second });
    cluster.run_for(recording.fact_ms("outage_ms_requested"));
    let t0 = cluster.now();
    cluster.inject(Fault::Restart { sid: first });
    cluster.until(60_000, "somebody leads again", |cluster| {
        cluster.leader().is_ok()
    })?;
    let leads = cluster.leader()?;
    let serving = cluster.broadcasts(t0, leads);
    cluster.run_for(20_000);
    cluster.inject(Fault::Restart { sid: second });
    cluster.run_for(10_000);

    let mut sample = Sample::default();
    let java = |(profile, _): &&(Profile, ClientId)| *profile == Profile::Java38;
    let mut survived = clients.iter().filter(java);
    let all = survived.all(|(_, id)| cluster.survives(t0, *id));
    sample.fact("java_sessions_survived", all);
    for (profile, name) in [
        (Profile::Kazoo, "kazoo_serving_to_reconnected"),
        (Profile::Java38, "java_serving_to_reconnected"),
    ] {
        let mut of_it = clients.iter().filter(|(other, _)| *other == profile);
        let back = of_it.find_map(|(_, id)| reconnected(&cluster, t0, *id));
        sample.span(name, serving, back);
    }
    Ok(sample.of(&cluster))
}

fn reconnected(cluster: &Cluster, t0: Micros, id: ClientId) -> Option<Micros> {
    let is_it = |note: &ClientNote| matches!(note, ClientNote::Connected { .. });
    let mut told = cluster.told(t0, id);
    told.find(|(_, note)| is_it(note)).map(|(at, _)| at)
}
