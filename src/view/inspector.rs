//! One server looked at closely: state and phase, the ballots it holds, its timers, its epochs.

use super::logs::{Cell, WIDTH};
use super::narrate::phase_name;
use super::ring::agrees;
use super::snapshot::{Snapshot, seconds};
use super::standing::{Cluster, Standing, backs, ring_time};
use super::texts::{Args, Texts, Value, zxid_text};
use crate::base::Micros;
use crate::protocol::{ConnId, ServerState, Sid, Timer, Vote};
use crate::sim::{Power, ServerStatus};
use crate::view::decimal::decimal;
use crate::view::few::sort_few;

/// One ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Whose.
    pub from: Sid,
    /// For whom.
    pub leader: Sid,
    /// That candidate's epoch.
    pub epoch: i64,
    /// That candidate's zxid, `7:60`.
    pub zxid: String,
    /// True where it agrees with the server's own vote.
    pub agrees: bool,
}

/// One running deadline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimerRow {
    /// What it waits for.
    pub label: String,
    /// How much of it is left, 1 to 0.
    pub share: f64,
    /// `3.1 s`.
    pub left: String,
    /// True below 35 %.
    pub is_low: bool,
}

/// A label with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
    /// The same as the wire has it, where that differs.
    pub exact: Option<String>,
}

/// The panel's contents.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspector {
    /// Which server.
    pub sid: Sid,
    /// Its body.
    pub standing: Standing,
    /// True where its process is frozen.
    pub is_paused: bool,
    /// Its state in a word.
    pub state: String,
    /// Round and vote, or leader and phase.
    pub summary: String,
    /// The ballots it holds, by sender.
    pub ballots: Vec<Ballot>,
    /// How many agree with its vote; empty outside an election.
    pub agreement: Option<String>,
    /// Its deadlines, the nearest first.
    pub timers: Vec<TimerRow>,
    /// Epochs, round, zxid.
    pub facts: Vec<Fact>,
    /// The end of its log.
    pub log: Vec<Cell>,
    /// How far its log reaches, in words.
    pub log_says: String,
    /// Sessions and znodes.
    pub data: Vec<Fact>,
}

/// Server `sid` at `t`; `None` where there is no such server.
pub fn inspect(snapshot: &Snapshot, sid: Sid, t: Micros, texts: &Texts) -> Option<Inspector> {
    let server = snapshot.server(sid)?;
    let cluster = Cluster::of(snapshot);
    let standing = cluster.standing(sid);
    let is_paused = server.power == Power::Paused;
    let state = if is_paused {
        "state-paused"
    } else {
        standing.key()
    };
    Some(Inspector {
        sid,
        standing,
        is_paused,
        state: texts.get(state),
        summary: summary(server, standing, t, texts),
        ballots: ballots(server),
        agreement: agreement(&cluster, server, texts),
        timers: timers(snapshot, server, t, texts),
        facts: if standing.runs() {
            facts(server, texts)
        } else {
            Vec::new()
        },
        log: snapshot.logs.end_of(sid, WIDTH).to_vec(),
        log_says: snapshot.logs.summary(sid, texts),
        data: data(snapshot, sid, standing, texts),
    })
}

fn summary(server: &ServerStatus, standing: Standing, t: Micros, texts: &Texts) -> String {
    if server.power == Power::Paused {
        let frozen = seconds(t.saturating_sub(server.power_since));
        let args: Args = vec![("seconds", decimal(frozen, 1).into())];
        return texts.with("inspect-paused", &args);
    }
    let whom = backs(server);
    let mut args: Args = vec![
        ("round", server.peer.logical_clock.into()),
        ("phase", String::from(phase_name(server.peer.zab)).into()),
        ("leader", whom.unwrap_or_default().into()),
    ];
    let named = whom.map_or_else(|| texts.get("nobody"), |whom| texts.sid(whom));
    args.push(("for", named.into()));
    let key = match standing {
        Standing::Down | Standing::Unplugged => "inspect-down",
        Standing::Starting => "inspect-starting",
        Standing::Looking => "inspect-round",
        Standing::Following | Standing::Syncing | Standing::Observing => "inspect-follows",
        Standing::Leading | Standing::LeaderElect | Standing::Stale | Standing::WithoutQuorum => {
            "inspect-leads"
        }
    };
    texts.with(key, &args)
}

fn ballots(server: &ServerStatus) -> Vec<Ballot> {
    let row = |from: &Sid, vote: &Vote, agrees: bool| Ballot {
        from: *from,
        leader: vote.leader,
        epoch: vote.peer_epoch.0,
        zxid: zxid_text(vote.zxid),
        agrees,
    };
    if server.peer.state != ServerState::Looking {
        let settled = server.peer.settled.iter();
        return settled.map(|(from, vote)| row(from, vote, false)).collect();
    }
    let mut held = server.peer.ballots.clone();
    if let Some(mine) = server.peer.proposal {
        held.insert(server.sid, mine);
    }
    held.iter()
        .map(|(from, vote)| row(from, vote, agrees(server, *from)))
        .collect()
}

fn agreement(cluster: &Cluster<'_>, server: &ServerStatus, texts: &Texts) -> Option<String> {
    let candidate = backs(server).filter(|_| server.peer.state == ServerState::Looking)?;
    let have = cluster
        .voters
        .iter()
        .filter(|voter| agrees(server, **voter))
        .count();
    let args: Args = vec![
        ("have", have.into()),
        ("of", cluster.voters.len().into()),
        ("who", Value::Sids(vec![candidate])),
        ("need", cluster.need().unwrap_or(0).into()),
    ];
    let key = if cluster.need().is_some() {
        "inspect-agree"
    } else {
        "inspect-agree-weighted"
    };
    Some(texts.with(key, &args))
}

fn timers(snapshot: &Snapshot, server: &ServerStatus, t: Micros, texts: &Texts) -> Vec<TimerRow> {
    let t = ring_time(server, t);
    let mine = snapshot
        .deadlines
        .iter()
        .filter(|((sid, _), _)| *sid == server.sid);
    let mut rows: Vec<TimerRow> = mine
        .map(|((_, timer), deadline)| {
            let share = deadline.share_left(t);
            let left = deadline.left(t);
            let left = decimal(left, if left < 1.0 { 2 } else { 1 });
            TimerRow {
                label: timer_label(snapshot, server.sid, *timer, texts),
                share,
                left: texts.with("seconds", &vec![("value", left.into())]),
                is_low: share < super::ring::LOW,
            }
        })
        .collect();
    sort_few(&mut rows, |a, b| a.share < b.share);
    rows
}

fn timer_label(snapshot: &Snapshot, me: Sid, timer: Timer, texts: &Texts) -> String {
    let learner = |conn: ConnId| {
        let mut connections = snapshot.connections.iter();
        let connection = connections.find(|c| c.id == conn)?;
        Some(if connection.from == me {
            connection.to
        } else {
            connection.from
        })
    };
    let with = |key: &str, conn: ConnId| match learner(conn) {
        Some(sid) => texts.with(key, &vec![("who", Value::Sids(vec![sid]))]),
        None => texts.get("timer-handler-unknown"),
    };
    match timer {
        Timer::Notification => texts.get("timer-notification"),
        Timer::Finalize => texts.get("timer-finalize"),
        Timer::Handshake(_) => texts.get("timer-handshake"),
        Timer::ObserverElection => texts.get("timer-observer-election"),
        Timer::ObserverReconnect => texts.get("timer-observer-reconnect"),
        Timer::ConnectRetry => texts.get("timer-connect-retry"),
        Timer::LearnerRead => texts.get("timer-learner-read"),
        Timer::LeaderWait => texts.get("timer-leader-wait"),
        Timer::LeaderTick => texts.get("timer-leader-tick"),
        Timer::SessionExpiry => texts.get("timer-session-expiry"),
        Timer::HandlerRead(conn) => with("timer-handler-read", conn),
        Timer::HandlerWait(conn) => with("timer-handler-wait", conn),
        Timer::HandlerSnapshot(conn) => with("timer-handler-snapshot", conn),
        Timer::LogPoll => texts.get("timer-log-poll"),
    }
}

/// What a running server has in memory of its clients' data.
fn data(snapshot: &Snapshot, sid: Sid, standing: Standing, texts: &Texts) -> Vec<Fact> {
    let Some(row) = snapshot.logs.rows.get(&sid).filter(|_| standing.runs()) else {
        return Vec::new();
    };
    let fact = |key: &str, value: usize| Fact {
        label: texts.get(key),
        value: value.to_string(),
        exact: None,
    };
    vec![
        fact("inspect-sessions", row.sessions),
        fact("inspect-znodes", row.znodes),
    ]
}

fn facts(server: &ServerStatus, texts: &Texts) -> Vec<Fact> {
    let peer = &server.peer;
    let fact = |key: &str, value: String, exact: Option<String>| Fact {
        label: texts.get(key),
        value,
        exact,
    };
    vec![
        fact(
            "inspect-accepted-current",
            format!("{} / {}", peer.accepted_epoch, peer.current_epoch),
            None,
        ),
        fact(
            "inspect-election-round",
            peer.logical_clock.to_string(),
            None,
        ),
        fact(
            "inspect-last-zxid",
            zxid_text(peer.last_zxid),
            Some(peer.last_zxid.to_string()),
        ),
    ]
}
