//! Rows of kind `session_timeout`: what a requested timeout becomes.

use serde_json::Value;
use zabscope::protocol::server::session_id::TimeoutLimits;

use super::Outcome;
use super::values::{field, int_at, only, same};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let expect = field(row, "expect")?;
    only(expect, &["negotiated"])?;
    let limits = TimeoutLimits::new(
        int_at(row, "tickTime")?,
        int_at(row, "minSessionTimeout")?,
        int_at(row, "maxSessionTimeout")?,
    );
    let found = limits.negotiate(int_at(row, "requested")?);
    same("negotiated", &int_at(expect, "negotiated")?, &found)
}
