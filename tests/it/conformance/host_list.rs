//! Rows of kind `host_list`: whom a client tries, and when it pauses.

use serde_json::Value;
use zabscope::base::Rng;
use zabscope::protocol::client::HostList;

use super::Outcome;
use super::values::{field, int, list_at, only, same};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let hosts = list_at(row, "shuffledServers")?.clone();
    let mut list = HostList::in_order(hosts);
    let mut rng = Rng::new(0);
    let (mut returns, mut sleeps) = (Vec::new(), Vec::new());
    for op in list_at(row, "ops")? {
        if let Some(delay) = op.get("next") {
            let next = list.next(&mut rng).ok_or("the list is empty")?;
            let delay = if next.pauses { int(delay)? } else { 0 };
            returns.push(next.host);
            sleeps.push(Value::from(delay));
        } else {
            only(op, &["connected"])?;
            list.on_connected();
            returns.push(Value::Null);
            sleeps.push(Value::from(0));
        }
    }
    let expect = field(row, "expect")?;
    only(expect, &["returns", "sleepsMs"])?;
    same("returns", list_at(expect, "returns")?, &returns)?;
    same("sleepsMs", list_at(expect, "sleepsMs")?, &sleeps)
}
