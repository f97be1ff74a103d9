//! Rows of kind `session_id`: the first id a server gives.

use serde_json::Value;
use zabscope::protocol::Sid;
use zabscope::protocol::server::session_id::first_session_id;

use super::Outcome;
use super::values::{field, int_at, only, same, str_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let expect = field(row, "expect")?;
    only(expect, &["firstSessionId"])?;
    let found = first_session_id(Sid(int_at(row, "serverId")?), int_at(row, "elapsedMs")?);
    let expected = str_at(expect, "firstSessionId")?;
    same("firstSessionId", &expected.to_owned(), &found.to_string())
}
