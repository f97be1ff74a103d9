//! `zxid`: making and taking apart, and where a leader stops counting.

use serde_json::Value;
use zabscope::protocol::{Epoch, ServerState, Zxid};

use super::Outcome;
use super::values::{bool_at, field, int_at, only, same, state, str_at, zxid_at};

pub(super) fn run(row: &Value) -> Outcome {
    let checked = match str_at(row, "op") {
        Ok("make") => make(row),
        Ok("rollover") => rollover(row),
        Ok(other) => Err(format!("no such op: {other}")),
        Err(why) => Err(why),
    };
    checked.into()
}

fn make(row: &Value) -> Result<(), String> {
    let zxid = Zxid::make(Epoch(int_at(row, "epoch")?), int_at(row, "counter")?);
    let expect = field(row, "expect")?;
    only(
        expect,
        &["zxid", "epochOf", "counterOf", "text", "isNewEpochZxid"],
    )?;
    same("zxid", &zxid_at(expect, "zxid")?, &zxid)?;
    same("epochOf", &Epoch(int_at(expect, "epochOf")?), &zxid.epoch())?;
    same("counterOf", &int_at(expect, "counterOf")?, &zxid.counter())?;
    same("text", &str_at(expect, "text")?, &&*format!("{:x}", zxid.0))?;
    let new_epoch = bool_at(expect, "isNewEpochZxid")?;
    same("isNewEpochZxid", &new_epoch, &zxid.is_new_epoch())
}

/// Proposes until the leader must step down, which every leader that steps down does to LOOKING.
fn rollover(row: &Value) -> Result<(), String> {
    const BOUND: i64 = 1_000_000;
    let mut last = zxid_at(row, "leaderZxid")?;
    let mut accepted = 0;
    let refused = loop {
        match last.next_proposal() {
            Ok(zxid) if accepted < BOUND => {
                last = zxid;
                accepted += 1;
            }
            Ok(_) => return Err("never refused".to_owned()),
            Err(rolled) => break rolled.refused,
        }
    };
    let expect = field(row, "expect")?;
    let known = [
        "proposalsAcceptedBeforeStepDown",
        "firstRefusedZxid",
        "thenLeaderState",
    ];
    only(expect, &known)?;
    same(known[0], &int_at(expect, known[0])?, &accepted)?;
    same(known[1], &zxid_at(expect, known[1])?, &refused)?;
    same(
        known[2],
        &state(field(expect, known[2])?)?,
        &ServerState::Looking,
    )
}
