//! A client comes back to another server while its old connection is still open.
//!
//! Bare sockets, as the recorded ones were: nobody pings and nobody tries again.

use std::sync::Arc;

use zabscope::protocol::client::{ClientNote, ClientState, Outcome, Profile};
use zabscope::protocol::{CreateMode, Op, Sid, Zxid};
use zabscope::sim::{ClientId, ClientSpec, ClientStatus, Command, Resume, Shown};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 1] = [Row::of("session-moved", play)];

/// Newer than whatever anybody has seen.
const FUTURE: Zxid = Zxid(0x7fff_ffff_0000_0000);

const CLOSED: &str = "connection closed";

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let mut sample = Sample::default();
    let (mut kept, mut survives) = (true, true);
    for (n, act) in recording.acts().iter().take(4).enumerate() {
        let from = Sid(act["frm"].as_i64().ok_or("it was somewhere")?);
        let to = Sid(act["to"].as_i64().ok_or("it goes somewhere")?);
        let path: Arc<str> = Arc::from(format!("/own-{n}"));
        let old = owner_of(&mut cluster, from, &path)?;
        cluster.run_for(seed * 617 % 500);
        let session = status(&cluster, old)?.session;
        let (new, refusals) = come_back(&mut cluster, old, to)?;
        sample.tally("refused_because_server_behind", refusals);
        kept &= new.session == session && new.state == ClientState::Connected;

        let set = Op::SetData {
            path: Arc::clone(&path),
            data: Arc::from("moved"),
            version: -1,
        };
        let wrote = ask_on(&mut cluster, old, set)?;
        sample.tally(
            "write_on_old_connection",
            format!("{from} -> {to} -> {wrote}"),
        );
        let watch = false;
        let asked = Arc::clone(&path);
        let read = ask_on(&mut cluster, old, Op::GetData { path: asked, watch })?;
        sample.tally("read_on_old_connection", read);
        let asked = Arc::clone(&path);
        let exists = ask_on(&mut cluster, new.id, Op::Exists { path: asked, watch })?;
        survives &= exists == "acknowledged" && cluster.has(to, &path);
        cluster.command(&Command::CloseClient { id: new.id });
        cluster.run_for(100 + seed * 271 % 400);
    }
    sample.fact("session_kept", kept);
    sample.fact("ephemeral_survives", survives);
    refusals(&mut cluster, &mut sample)?;
    Ok(sample.of(&cluster))
}

fn raw(host: Sid) -> ClientSpec {
    ClientSpec {
        profile: Profile::Raw,
        hosts: vec![host],
        ..ClientSpec::default()
    }
}

/// A client on `host` that owns an ephemeral znode.
fn owner_of(cluster: &mut Cluster, host: Sid, path: &Arc<str>) -> Result<ClientId, String> {
    let id = cluster.client(raw(host))?;
    let create = Op::Create {
        path: Arc::clone(path),
        data: Arc::from(""),
        mode: CreateMode::Ephemeral,
    };
    match ask_on(cluster, id, create)? {
        "acknowledged" => Ok(id),
        other => Err(format!("its znode was not created: {other}")),
    }
}

/// Comes to `to` with the session of `old`, again where that server has not seen as much as it has;
/// how often that was so.
fn come_back(cluster: &mut Cluster, old: ClientId, to: Sid) -> Result<(ClientStatus, u32), String> {
    for refusals in 0..10 {
        let last_zxid = status(cluster, old)?.last_zxid;
        let status = open(cluster, to, (old, Shown::Right, last_zxid))?;
        if status.state == ClientState::Connected || status.expired {
            return Ok((status, refusals));
        }
    }
    Err("it was refused ten times".to_owned())
}

/// A connection to `to` with the session of another client, once the server has answered.
fn open(
    cluster: &mut Cluster,
    to: Sid,
    (of, password, last_zxid): (ClientId, Shown, Zxid),
) -> Result<ClientStatus, String> {
    let id = cluster.add(ClientSpec {
        resume: Some(Resume {
            of,
            password,
            last_zxid,
        }),
        ..raw(to)
    });
    let settled = [ClientState::Connected, ClientState::Closed];
    cluster.until(10_000, "the server has answered", |cluster| {
        let status = cluster.world.client(id);
        status.is_some_and(|status| settled.contains(&status.state))
    })?;
    status(cluster, id)
}

fn status(cluster: &Cluster, id: ClientId) -> Result<ClientStatus, String> {
    cluster
        .world
        .client(id)
        .ok_or_else(|| "no client".to_owned())
}

/// What becomes of a request.
fn ask_on(cluster: &mut Cluster, id: ClientId, op: Op) -> Result<&'static str, String> {
    if status(cluster, id)?.state == ClientState::Closed {
        return Ok(CLOSED);
    }
    let t0 = cluster.now();
    cluster.request(id, op);
    cluster.until(10_000, "it is answered", |cluster| {
        let status = cluster.world.client(id);
        status.is_some_and(|status| status.in_flight == 0)
    })?;
    let done = cluster.told(t0, id).find_map(|(_, note)| match note {
        ClientNote::Done { outcome, .. } => Some(outcome),
        _ => None,
    });
    Ok(match done {
        Some(Outcome::Acknowledged { .. }) => "acknowledged",
        Some(Outcome::Failed(_)) => "error",
        Some(Outcome::Unknown) | None => CLOSED,
    })
}

/// Who is not let in: with a zxid of the future, a wrong password, a session that is over.
fn refusals(cluster: &mut Cluster, sample: &mut Sample) -> Result<(), String> {
    let leader = cluster.leader()?;
    let host = cluster.others(leader)[0];
    let id = cluster.client(raw(host))?;
    let ahead = open(cluster, host, (id, Shown::Right, FUTURE))?;
    let is_refused = ahead.state == ClientState::Closed && !ahead.expired;
    let said = if is_refused {
        "refused (connection closed)"
    } else {
        "let in"
    };
    sample.fact("connect_with_future_lastZxid", said);
    let answer = |status: &ClientStatus| {
        let timeout_ms = if status.expired { 0 } else { status.timeout_ms };
        format!("{{negotiated_timeout:{timeout_ms},session:0}}")
    };
    let wrong = open(cluster, leader, (id, Shown::Wrong, Zxid(0)))?;
    sample.tally("reconnect_with_wrong_password", answer(&wrong));
    cluster.command(&Command::CloseClient { id });
    cluster.run_for(500);
    let over = open(cluster, leader, (id, Shown::Right, Zxid(0)))?;
    sample.tally("reconnect_to_closed_session", answer(&over));
    Ok(())
}
