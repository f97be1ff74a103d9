//! `fle_peer`: one peer's election, step by step.

use std::sync::Arc;

use serde_json::Value;
use zabscope::base::Micros;
use zabscope::protocol::{
    Effect, ElectionMessage, Epoch, LearnerType, Message, Note, Notification, PeerConfig,
    PeerStatus, Round, ServerState, Sid, Vote,
};

use super::Outcome;
use super::bench::Bench;
use super::values::{
    ensemble, field, int, int_at, list_at, only, same, sids_at, state, str_at, vote, zxid_at,
};

pub(super) fn run(row: &Value) -> Outcome {
    check_row(row).into()
}

/// Longer than any row looks at: a silence of many back-offs.
const SILENCE: Micros = Micros::from_ms(20 * 60_000);

fn check_row(row: &Value) -> Result<(), String> {
    let mut bench = bench(row)?;
    for (n, step) in list_at(row, "steps")?.iter().enumerate() {
        play(&mut bench, step).map_err(|why| format!("step {n}: {why}"))?;
    }
    Ok(())
}

fn bench(row: &Value) -> Result<Bench, String> {
    let me = field(row, "self")?;
    let known = [
        "sid",
        "role",
        "currentEpoch",
        "lastZxid",
        "logicalClock",
        "state",
        "currentVote",
        "minNotificationInterval",
        "maxNotificationInterval",
    ];
    only(me, &known)?;
    let ensemble = ensemble(field(row, "ensemble")?)?;
    let mut config = PeerConfig::sample(Sid(int_at(me, "sid")?), ensemble);
    let role = match config.learner_type() {
        LearnerType::Participant => "participant",
        LearnerType::Observer => "observer",
    };
    same("role", &str_at(me, "role")?, &role)?;
    for (key, interval) in [
        (known[7], &mut config.min_notification_interval_ms),
        (known[8], &mut config.max_notification_interval_ms),
    ] {
        if me.get(key).is_some() {
            *interval = int_at(me, key)?.unsigned_abs();
        }
    }
    let epoch = Epoch(int_at(me, "currentEpoch")?);
    let mut bench = Bench::new(config, zxid_at(me, "lastZxid")?, epoch);
    bench.boot();
    let held = match me.get("currentVote") {
        Some(given) => Some(vote(given)?),
        None => bench.side.current_vote(),
    };
    let clock = Round(int_at(me, "logicalClock")?);
    bench.side = bench.side.with_memory(clock, held);
    bench.state = me.get("state").map_or(Ok(ServerState::Looking), state)?;
    let quiet = |step: &Value| step.get("deliverQueues") == Some(&Value::Bool(false));
    bench.reachable = !list_at(row, "steps")?.iter().any(quiet);
    Ok(bench)
}

fn play(bench: &mut Bench, step: &Value) -> Result<(), String> {
    if let Some(expected) = step.get("check") {
        return check(bench, expected);
    }
    match str_at(step, "do")? {
        "start_election" => {
            bench.trace.clear();
            bench.now = Micros::ZERO;
            bench.look();
        }
        "receive" => {
            bench.trace.clear();
            let n = notification(field(step, "notification")?)?;
            let from = Sid(int_at(step, "from")?);
            bench.receive(from, ElectionMessage::Notification(n));
        }
        "receive_raw" => {
            bench.trace.clear();
            let bytes = Arc::from(raw(step)?);
            bench.receive(Sid(int_at(step, "from")?), ElectionMessage::Raw { bytes });
        }
        "advance_ms" => bench.advance(Micros::from_ms(int_at(step, "ms")?.unsigned_abs())),
        "set_state" => bench.state = state(field(step, "state")?)?,
        "silence" => {
            bench.trace.clear();
            bench.advance(SILENCE);
        }
        other => return Err(format!("no such step: {other}")),
    }
    Ok(())
}

fn notification(given: &Value) -> Result<Notification, String> {
    let vote = vote(given)?;
    Ok(Notification {
        state: vote.state,
        leader: vote.leader,
        zxid: vote.zxid,
        election_epoch: vote.election_epoch,
        peer_epoch: vote.peer_epoch,
        version: vote.version,
        config: given.get("config").and_then(Value::as_str).map(Arc::from),
    })
}

/// The bytes of a `receive_raw` step.
fn raw(step: &Value) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    if let Some(fields) = step.get("fields") {
        for (key, four) in [
            ("state", true),
            ("leader", false),
            ("zxid", false),
            ("electionEpoch", false),
            ("peerEpoch", false),
            ("version", true),
        ] {
            let Some(given) = fields.get(key) else {
                continue;
            };
            let number = match key {
                "state" if given.is_string() => i64::from(state(given)?.ordinal()),
                "zxid" => zxid_at(fields, key)?.0,
                _ => int(given)?,
            };
            let wide = number.to_be_bytes();
            bytes.extend(if four { &wide[4..] } else { &wide[..] });
        }
    }
    let text = step.get("configText").and_then(Value::as_str);
    let stated = match step.get("configLength") {
        Some(given) => Some(int(given)?),
        None => text.map(|text| i64::try_from(text.len()).unwrap_or(i64::MAX)),
    };
    if let Some(stated) = stated {
        bytes.extend(&stated.to_be_bytes()[4..]);
    }
    bytes.extend(text.unwrap_or_default().as_bytes());
    if step.get("length").is_some() {
        let length = usize::try_from(int_at(step, "length")?);
        bytes.resize(length.map_err(|error| error.to_string())?, 0);
    }
    Ok(bytes)
}

fn check(bench: &Bench, expected: &Value) -> Result<(), String> {
    let mut status = PeerStatus::default();
    bench.side.fill_status(&mut status);
    let keys = expected.as_object().ok_or("the check is no object")?;
    keys.iter()
        .try_for_each(|(key, wanted)| check_key(bench, &status, key, wanted))
}

fn check_key(bench: &Bench, status: &PeerStatus, key: &str, wanted: &Value) -> Result<(), String> {
    match key {
        "state" => same(key, &state(wanted)?, &bench.state),
        "logicalClock" => same(key, &Round(int(wanted)?), &bench.side.logical_clock()),
        "proposal" => check_vote(key, wanted, Some(bench.side.proposal())),
        "endVote" => check_vote(key, wanted, bench.side.current_vote()),
        "leader" => {
            let leader = bench.side.current_vote().map(|vote| vote.leader);
            same(key, &Some(Sid(int(wanted)?)), &leader)
        }
        "recvset" => check_sids(key, wanted, status.ballots.keys().copied().collect()),
        "sent" => check_sent(wanted, &Reaction::of(bench)),
        "repliesTo" => {
            let reaction = Reaction::of(bench);
            check_sids(key, wanted, reaction.answers.iter().map(|a| a.0).collect())
        }
        "broadcast" => {
            let found = !Reaction::of(bench).broadcast.is_empty();
            same(key, &wanted.as_bool(), &Some(found))
        }
        "broadcastTo" => {
            let mut to: Vec<Sid> = Reaction::of(bench).broadcast.iter().map(|b| b.0).collect();
            if to.is_empty() || wanted.as_array().is_some_and(|sids| sids.len() == to.len()) {
                return check_sids(key, wanted, to);
            }
            // A row may count the peer's own copy, which needs no wire.
            to.push(bench.config.my_id);
            check_sids(key, wanted, to)
        }
        "timeoutsAtMs" => check_timeouts(bench, wanted),
        "rebroadcastAtEach" => {
            let found = timeouts(bench).iter().all(|(_, resent)| *resent);
            same(key, &wanted.as_bool(), &Some(found))
        }
        other => Err(format!("cannot check {other}")),
    }
}

/// Compares the fields the row names.
fn check_vote(what: &str, wanted: &Value, found: Option<Vote>) -> Result<(), String> {
    let Some(found) = found.filter(|_| !wanted.is_null()) else {
        return same(what, &wanted.is_null(), &found.is_none());
    };
    only(wanted, &["leader", "zxid", "electionEpoch", "peerEpoch"])?;
    same(what, &int_at(wanted, "leader")?, &found.leader.0)?;
    same(what, &zxid_at(wanted, "zxid")?, &found.zxid)?;
    same(what, &int_at(wanted, "peerEpoch")?, &found.peer_epoch.0)?;
    if wanted.get("electionEpoch").is_some() {
        let round = Round(int_at(wanted, "electionEpoch")?);
        same(what, &round, &found.election_epoch)?;
    }
    Ok(())
}

fn check_sids(what: &str, wanted: &Value, mut found: Vec<Sid>) -> Result<(), String> {
    let mut wanted = sids_at(&serde_json::json!({ what: wanted }), what)?;
    wanted.sort_unstable();
    found.sort_unstable();
    same(what, &wanted, &found)
}

fn check_sent(wanted: &Value, reaction: &Reaction<'_>) -> Result<(), String> {
    let wanted = wanted.as_array().ok_or("sent is no list")?;
    same("messages sent", &wanted.len(), &reaction.answers.len())?;
    for (wanted, (to, n)) in wanted.iter().zip(&reaction.answers) {
        same("sent to", &Sid(int_at(wanted, "to")?), to)?;
        same("sent state", &state(field(wanted, "state")?)?, &n.state)?;
        let expected = vote(wanted)?;
        same("sent leader", &expected.leader, &n.leader)?;
        same("sent zxid", &expected.zxid, &n.zxid)?;
        same("sent round", &expected.election_epoch, &n.election_epoch)?;
        same("sent epoch", &expected.peer_epoch, &n.peer_epoch)?;
    }
    Ok(())
}

/// What the peer sent since the last input of the row.
struct Reaction<'a> {
    /// Answers of the receiver.
    answers: Vec<(Sid, &'a Notification)>,
    /// Everything else.
    broadcast: Vec<(Sid, &'a Notification)>,
}

impl<'a> Reaction<'a> {
    /// An answer is announced by a note and sent next.
    fn of(bench: &'a Bench) -> Self {
        let mut reaction = Self {
            answers: Vec::new(),
            broadcast: Vec::new(),
        };
        let mut announced = None;
        for (_, effect) in &bench.trace {
            match effect {
                Effect::Note(
                    Note::StaleRoundAnswered { to, .. }
                    | Note::LookingAnswered { to, .. }
                    | Note::StrangerAnswered { to, .. },
                ) => announced = Some(*to),
                Effect::Send(conn, Message::Election(ElectionMessage::Notification(n))) => {
                    let Some(to) = bench.peer_of(*conn) else {
                        continue;
                    };
                    if announced == Some(to) {
                        announced = None;
                        reaction.answers.push((to, n));
                    } else {
                        reaction.broadcast.push((to, n));
                    }
                }
                _ => {}
            }
        }
        reaction
    }
}

fn timeouts(bench: &Bench) -> Vec<(i64, bool)> {
    let notes = bench.trace.iter().filter_map(|(at, effect)| match effect {
        Effect::Note(Note::NotificationTimeout { resent, .. }) => {
            let at = i64::try_from(at.as_ms()).unwrap_or(i64::MAX);
            // What the note says must be seen on a wire at the same instant.
            let seen = |(when, effect): &(Micros, Effect)| {
                i64::try_from(when.as_ms()) == Ok(at) && matches!(effect, Effect::Send(..))
            };
            Some((at, *resent && bench.trace.iter().any(seen)))
        }
        _ => None,
    });
    notes.collect()
}

fn check_timeouts(bench: &Bench, wanted: &Value) -> Result<(), String> {
    let wanted = wanted.as_array().ok_or("timeoutsAtMs is no list")?;
    let wanted: Vec<i64> = wanted.iter().map(int).collect::<Result<_, _>>()?;
    let found = timeouts(bench).into_iter().map(|(at, _)| at);
    let found: Vec<i64> = found.take(wanted.len()).collect();
    same("timeoutsAtMs", &wanted, &found)
}
