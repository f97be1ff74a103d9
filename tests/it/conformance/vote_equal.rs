//! `vote_equal`: the equality that drives every quorum count, both ways round.

use serde_json::Value;

use super::Outcome;
use super::values::{bool_at, field, only, same, vote};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let a = vote(field(row, "a")?)?;
    let b = vote(field(row, "b")?)?;
    let expect = field(row, "expect")?;
    only(expect, &["equal"])?;
    let equal = bool_at(expect, "equal")?;
    same("a equals b", &equal, &a.agrees_with(&b))?;
    same("b equals a", &equal, &b.agrees_with(&a))
}
