//! `sync_throttle`: how many learners may synchronise at once.

use serde_json::Value;
use zabscope::protocol::leader::throttle::{Need, SyncThrottle};

use super::Outcome;
use super::values::{field, int_at, list_at, only, same};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let most = u32::try_from(int_at(row, "max")?).map_err(|error| error.to_string())?;
    let mut throttle = SyncThrottle::new(most);
    let mut results = Vec::new();
    for op in list_at(row, "ops")? {
        let begun = match op.as_str() {
            Some("begin") => throttle.begin(Need::Optional),
            Some("begin_essential") => throttle.begin(Need::Essential),
            Some("end") => {
                throttle.end();
                Ok(())
            }
            _ => return Err(format!("no such op: {op}")),
        };
        results.push(Value::from(if begun.is_ok() { "ok" } else { "rejected" }));
    }
    let expect = field(row, "expect")?;
    only(expect, &["results"])?;
    same("results", list_at(expect, "results")?, &results)
}
