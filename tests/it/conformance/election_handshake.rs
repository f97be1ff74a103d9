//! `election_handshake`: what an acceptor makes of an initiator's first bytes.

use serde_json::Value;
use zabscope::protocol::election::wire::Greeting;
use zabscope::protocol::{Handshake, Sid};

use super::Outcome;
use super::values::{bool_at, field, int_at, list_at, only, same, str_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let handshake = handshake(row)?;
    let by_bytes = Greeting::of_bytes(&bytes(&handshake)?);
    same("bytes and value", &Greeting::of(&handshake), &by_bytes)?;
    let expect = field(row, "expect")?;
    only(expect, &["ok", "sid", "addresses"])?;
    same("ok", &bool_at(expect, "ok")?, &by_bytes.is_ok())?;
    let Ok(greeting) = by_bytes else {
        return Ok(());
    };
    if expect.get("sid").is_some() {
        same("sid", &Sid(int_at(expect, "sid")?), &greeting.sid)?;
    }
    if expect.get("addresses").is_some() {
        let expected = list_at(expect, "addresses")?;
        let found: Vec<Value> = greeting.addresses.into_iter().map(Value::from).collect();
        same("addresses", expected, &found)?;
    }
    Ok(())
}

fn handshake(row: &Value) -> Result<Handshake, String> {
    let protocol_version = int_at(row, "protocolVersion")?;
    let addresses = match row.get("addressTextLength") {
        Some(_) => {
            let length = usize::try_from(int_at(row, "addressTextLength")?);
            "a".repeat(length.map_err(|error| error.to_string())?)
        }
        None if row.get("addressText").is_some() => str_at(row, "addressText")?.to_owned(),
        None => String::new(),
    };
    let sid = match row.get("sid") {
        Some(_) => int_at(row, "sid")?,
        None => protocol_version,
    };
    Ok(Handshake {
        protocol_version,
        sid: Sid(sid),
        addresses,
    })
}

fn bytes(handshake: &Handshake) -> Result<Vec<u8>, String> {
    let mut bytes = handshake.protocol_version.to_be_bytes().to_vec();
    if handshake.protocol_version < 0 {
        let length = i32::try_from(handshake.addresses.len());
        bytes.extend(handshake.sid.0.to_be_bytes());
        bytes.extend(length.map_err(|error| error.to_string())?.to_be_bytes());
        bytes.extend(handshake.addresses.as_bytes());
    }
    Ok(bytes)
}
