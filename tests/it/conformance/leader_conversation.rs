//! `leader_conversation`: one leader and the packets of one learner.

use serde_json::Value;
use zabscope::base::Micros;
use zabscope::protocol::{Database, Durable, Epoch, PeerConfig, Sid};

use super::Outcome;
use super::solo::{Solo, packet};
use super::values::{ensemble, field, int_at, list_at, only, same, str_at, zxid_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let leader = field(row, "leader")?;
    only(
        leader,
        &[
            "sid",
            "acceptedEpoch",
            "currentEpoch",
            "lastZxid",
            "participants",
            "tickTime",
            "initLimit",
            "syncLimit",
            "snapshotOnly",
        ],
    )?;
    let amount = |key| u64::try_from(int_at(leader, key)?).map_err(|error| error.to_string());
    let me = Sid(int_at(leader, "sid")?);
    let config = PeerConfig {
        tick_time_ms: amount("tickTime")?,
        init_limit: amount("initLimit")?,
        sync_limit: amount("syncLimit")?,
        ..PeerConfig::sample(me, ensemble(leader)?)
    };
    let snapshot = Database::empty(zxid_at(leader, "lastZxid")?).snapshot();
    let current = Epoch(int_at(leader, "currentEpoch")?);
    let mut solo = Solo::new(
        config,
        Durable {
            accepted_epoch: Some(Epoch(int_at(leader, "acceptedEpoch")?)),
            ..Durable::with_snapshot(current, snapshot)
        },
    );
    solo.elect(me)?;
    solo.accept();
    for (n, step) in list_at(row, "steps")?.iter().enumerate() {
        follow(&mut solo, step).map_err(|error| format!("step {n}: {error}"))?;
    }
    Ok(())
}

fn follow(solo: &mut Solo, step: &Value) -> Result<(), String> {
    only(step, &["from_learner", "to_learner", "check", "do", "ms"])?;
    if let Some(sent) = step.get("from_learner") {
        solo.receive(packet(sent)?);
        Ok(())
    } else if let Some(expected) = step.get("to_learner") {
        solo.expect(expected)
    } else if let Some(check) = step.get("check") {
        solo.check(check)
    } else {
        same("do", &str_at(step, "do")?, &"advance_ms")?;
        let ms = u64::try_from(int_at(step, "ms")?).map_err(|error| error.to_string())?;
        solo.advance(Micros::from_ms(ms));
        Ok(())
    }
}
