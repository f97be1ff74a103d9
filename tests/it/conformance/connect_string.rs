//! Rows of kind `connect_string`: servers and chroot of a client's connect string.

use serde::Deserialize;
use serde_json::Value;
use zabscope::protocol::client::{ConnectFault, ConnectString, Host};

use super::{Outcome, rows};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    input: String,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expect {
    ok: bool,
    servers: Option<Vec<Server>>,
    chroot: Option<String>,
    error_kind: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Server {
    host: String,
    port: u16,
}

pub(super) fn run(row: &Value) -> Outcome {
    rows::read::<Row>(row).and_then(|row| check(&row)).into()
}

fn check(row: &Row) -> Result<(), String> {
    let expect = &row.expect;
    match ConnectString::parse(&row.input) {
        Ok(parsed) if expect.ok => {
            let servers = parsed.servers.into_iter();
            let servers = servers.map(|Host { name: host, port }| Server { host, port });
            let found = (Some(servers.collect::<Vec<_>>()), parsed.chroot);
            if (&found.0, &found.1) == (&expect.servers, &expect.chroot) {
                Ok(())
            } else {
                Err(format!("found {found:?}"))
            }
        }
        Err(fault) if !expect.ok => refused(&fault, expect),
        parsed => Err(format!("found {parsed:?}")),
    }
}

/// A number-format error's message is Java's business, so rows do not give it.
fn refused(fault: &ConnectFault, expect: &Expect) -> Result<(), String> {
    if expect.error_kind.as_deref() != Some("illegal_argument") {
        return Err(format!("cannot judge errorKind {:?}", expect.error_kind));
    }
    let found = match fault {
        ConnectFault::NoNumber(_) => None,
        fault => Some(fault.to_string()),
    };
    if found == expect.error {
        Ok(())
    } else {
        Err(format!("found {found:?}"))
    }
}
