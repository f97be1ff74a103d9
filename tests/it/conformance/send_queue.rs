//! `send_queue`: what reaches the transport, and what a full receive queue keeps.

use serde_json::Value;
use zabscope::protocol::election::RECV_CAPACITY;
use zabscope::protocol::{
    ConnId, ElectionMessage, Epoch, Handshake, Notification, Port, Round, Route, ServerState, Sid,
    Zxid,
};

use super::Outcome;
use super::values::{field, int_at, list_at, number, only, same, str_at};
use super::wires::End;

pub(super) fn run(row: &Value) -> Outcome {
    if row.get("steps").is_some() {
        check_sending(row).into()
    } else {
        check_receiving(row).into()
    }
}

/// A notification that stands for the message named `name`: the name travels as its configuration.
pub(super) fn message(name: &str) -> Notification {
    Notification {
        state: ServerState::Looking,
        leader: Sid(1),
        zxid: Zxid(0),
        election_epoch: Round(1),
        peer_epoch: Epoch(0),
        version: 2,
        config: Some(name.into()),
    }
}

/// The sender is larger than everybody, so it owns each connection it dials.
const OWN: Sid = Sid(255);

fn check_sending(row: &Value) -> Result<(), String> {
    let mut end = End::new(OWN);
    let mut last_conn = 0;
    for step in list_at(row, "steps")? {
        let to = Sid(int_at(step, "to")?);
        match str_at(step, "do")? {
            "connect" => {
                last_conn += 1;
                open(&mut end, ConnId(last_conn), to);
            }
            "enqueue" => {
                for name in list_at(step, "messages")? {
                    let name = name.as_str().ok_or("a message is no text")?;
                    let n = message(name);
                    end.act(|manager, ctx| manager.enqueue(to, n, ctx));
                }
            }
            "drain" => end.act(|manager, ctx| manager.drain(to, ctx)),
            "break" => end.act(|manager, ctx| manager.on_closed(ConnId(last_conn), ctx)),
            other => return Err(format!("no such step: {other}")),
        }
    }
    let expect = field(row, "expect")?;
    only(expect, &["transmitted"])?;
    let found = end.sent().filter_map(|(_, n)| n.config.as_deref());
    let found: Vec<Value> = found.map(Value::from).collect();
    same("transmitted", list_at(expect, "transmitted")?, &found)
}

/// A connection to `to` without anything to say: `to` rings, and is dialled back.
fn open(end: &mut End, conn: ConnId, to: Sid) {
    let doorbell = ConnId(conn.0 + 1_000);
    let greeting = ElectionMessage::Handshake(Handshake {
        protocol_version: -65_536,
        sid: to,
        addresses: format!("zk{to}:3888"),
    });
    end.accepted(doorbell, &greeting);
    let route = Route::To(to, Port::Election);
    end.act(|manager, ctx| manager.on_opened(conn, route, ctx));
}

fn check_receiving(row: &Value) -> Result<(), String> {
    let capacity = int_at(row, "receiveCapacity")?;
    same("receiveCapacity", &capacity, &i64::from(RECV_CAPACITY))?;
    let mut end = End::new(OWN);
    let from = Sid(3);
    open(&mut end, ConnId(1), from);
    for n in 1..=int_at(row, "incoming")? {
        let message = ElectionMessage::Notification(message(&n.to_string()));
        end.act(|manager, ctx| manager.on_received(ConnId(1), &message, ctx));
    }
    let mut delivered = Vec::new();
    while let Some((sid, message)) = end.manager.poll() {
        same("sender", &from, &sid)?;
        if let ElectionMessage::Notification(n) = message {
            let name = n.config.as_deref().unwrap_or_default();
            delivered.push(number(name)?);
        }
    }
    let expect = field(row, "expect")?;
    only(expect, &["firstDelivered", "lastDelivered", "delivered"])?;
    let count = i64::try_from(delivered.len()).map_err(|error| error.to_string())?;
    for (key, found) in [
        ("firstDelivered", delivered.first().copied()),
        ("lastDelivered", delivered.last().copied()),
        ("delivered", Some(count)),
    ] {
        if expect.get(key).is_some() {
            same(key, &Some(int_at(expect, key)?), &found)?;
        }
    }
    Ok(())
}
