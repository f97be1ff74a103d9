//! `vote_order`: the total order on votes.

use serde_json::Value;
use zabscope::protocol::Quorum;

use super::Outcome;
use super::values::{bool_at, ensemble, field, only, same, vote};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let quorum = Quorum::of(&ensemble(field(row, "ensemble")?)?);
    let new = vote(field(row, "new")?)?;
    let current = vote(field(row, "current")?)?;
    let expect = field(row, "expect")?;
    only(expect, &["supersedes"])?;
    let weight = quorum
        .weight(new.leader)
        .ok_or("the leader has no weight")?;
    let found = new.supersedes(&current, weight);
    same("supersedes", &bool_at(expect, "supersedes")?, &found)
}
