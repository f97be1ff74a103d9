//! Rows of kind `expiry_bucket`: when a touched session expires.

use serde_json::Value;
use zabscope::protocol::SessionId;
use zabscope::protocol::server::expiry::ExpiryQueue;

use super::Outcome;
use super::values::{field, int_at, only, same};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let expect = field(row, "expect")?;
    only(expect, &["expiresAt"])?;
    let now = int_at(row, "now")?;
    let mut queue = ExpiryQueue::new(int_at(row, "interval")?, now);
    queue.update(SessionId(1), int_at(row, "timeout")?, now);
    let expected = int_at(expect, "expiresAt")?;
    same(
        "expiresAt",
        &Some(expected),
        &queue.expires_at(SessionId(1)),
    )
}
