//! `learner_conversation`: one follower and the packets of its leader.

use std::sync::Arc;

use serde_json::{Value, json};
use zabscope::protocol::{Database, Durable, Ensemble, Epoch, PeerConfig, Record, Sid};

use super::Outcome;
use super::boot::txn;
use super::solo::{OTHER, Solo, packet};
use super::values::{ensemble, field, int_at, list_at, only, same, str_at, zxid, zxid_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let learner = field(row, "learner")?;
    only(
        learner,
        &[
            "sid",
            "acceptedEpoch",
            "currentEpoch",
            "lastZxid",
            "snapshot",
            "log",
        ],
    )?;
    let me = Sid(int_at(learner, "sid")?);
    let members: Ensemble = ensemble(&json!({ "participants": [0, 1, 2] }))?;
    let mut solo = Solo::new(PeerConfig::sample(me, members), disk(learner)?);
    let last = zxid_at(learner, "lastZxid")?;
    same("lastZxid", &last, &solo.peer.status().last_zxid)?;
    solo.elect(OTHER)?;
    let steps = list_at(row, "steps")?;
    if steps
        .first()
        .is_some_and(|step| step.get("from_leader").is_some())
    {
        // It begins after ACKEPOCH.
        let epoch = int_at(learner, "acceptedEpoch")? + 1;
        solo.receive(packet(&json!({
            "type": "LEADERINFO",
            "zxid": format!("{:#x}", epoch << 32),
        }))?);
        solo.sent.clear();
    }
    for (n, step) in steps.iter().enumerate() {
        follow(&mut solo, step).map_err(|error| format!("step {n}: {error}"))?;
    }
    Ok(())
}

fn disk(learner: &Value) -> Result<Durable, String> {
    let snapshot = Database::empty(zxid_at(learner, "snapshot")?).snapshot();
    let current = Epoch(int_at(learner, "currentEpoch")?);
    let mut disk = Durable {
        accepted_epoch: Some(Epoch(int_at(learner, "acceptedEpoch")?)),
        ..Durable::with_snapshot(current, snapshot)
    };
    for logged in list_at(learner, "log")? {
        disk.take(&Record::Append(Arc::clone(&txn(zxid(logged)?))));
    }
    Ok(disk)
}

fn follow(solo: &mut Solo, step: &Value) -> Result<(), String> {
    only(step, &["from_leader", "to_leader", "check", "do"])?;
    if let Some(sent) = step.get("from_leader") {
        solo.receive(packet(sent)?);
        return Ok(());
    }
    if let Some(expected) = step.get("to_leader") {
        return solo.expect(expected);
    }
    if let Some(check) = step.get("check") {
        return solo.check(check);
    }
    match str_at(step, "do")? {
        "connection_lost" => solo.lose_connection(),
        "crash_and_restart" => solo.restart(),
        other => return Err(format!("no such act: {other}")),
    }
    Ok(())
}
