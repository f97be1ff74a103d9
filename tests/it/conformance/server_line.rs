//! Rows of kind `server_line`: the value of a `server.N` key.

use serde::Deserialize;
use serde_json::Value;
use zabscope::protocol::{LearnerType, Sid};
use zabscope::scenario::zoo_cfg::{HostPort, MultiAddress, ServerLine};

use super::{Outcome, rows};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    sid: i64,
    line: String,
    multi_address_enabled: bool,
    expect: Expect,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expect {
    ok: bool,
    error: Option<String>,
    canonical: Option<String>,
    role: Option<String>,
    quorum_addrs: Option<Vec<String>>,
    election_addrs: Option<Vec<String>>,
    client_addr: Option<String>,
    secure_client_addr: Option<String>,
}

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let row: Row = rows::read(row)?;
    let multi = if row.multi_address_enabled {
        MultiAddress::Enabled
    } else {
        MultiAddress::Disabled
    };
    let got = match ServerLine::parse(Sid(row.sid), &row.line, multi) {
        Ok(line) => accepted(&line),
        Err(fault) => Expect {
            ok: false,
            error: fault.problem.zookeeper(),
            canonical: None,
            role: None,
            quorum_addrs: None,
            election_addrs: None,
            client_addr: None,
            secure_client_addr: None,
        },
    };
    if got == row.expect {
        Ok(())
    } else {
        Err(format!("expected {:?}, got {got:?}", row.expect))
    }
}

fn accepted(line: &ServerLine) -> Expect {
    let role = match line.role {
        LearnerType::Participant => "participant",
        LearnerType::Observer => "observer",
    };
    let at = |host: &String, port| {
        let host = host.clone();
        HostPort { host, port }.to_string()
    };
    let addresses = || line.addresses.iter();
    Expect {
        ok: true,
        error: None,
        canonical: Some(line.to_string()),
        role: Some(role.to_owned()),
        quorum_addrs: Some(addresses().map(|a| at(&a.host, a.quorum_port)).collect()),
        election_addrs: Some(addresses().map(|a| at(&a.host, a.election_port)).collect()),
        client_addr: line.client.as_ref().map(ToString::to_string),
        secure_client_addr: line.secure_client.as_ref().map(ToString::to_string),
    }
}
