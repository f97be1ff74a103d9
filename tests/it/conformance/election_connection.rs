//! `election_connection`: which of two servers keeps the connection between them.

use serde_json::Value;
use zabscope::protocol::{ConnId, ElectionMessage, Handshake, Sid};

use super::Outcome;
use super::send_queue::message;
use super::values::{bool_at, field, int_at, only, same};
use super::wires::End;

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

const OLD: ConnId = ConnId(1);
const NEW: ConnId = ConnId(2);
const KNOWN: [&str; 4] = [
    "initiatorKeeps",
    "acceptorKeeps",
    "acceptorDialsBack",
    "warned",
];

fn check(row: &Value) -> Result<(), String> {
    let (initiator_id, acceptor_id) = (
        Sid(int_at(row, "initiator")?),
        Sid(int_at(row, "acceptor")?),
    );
    let mut acceptor = End::new(acceptor_id);
    let had_worker = bool_at(row, "existingWorkerAtAcceptor")?;
    if had_worker {
        give_worker(&mut acceptor, initiator_id, acceptor_id);
        same(
            "the row's worker",
            &Some(initiator_id),
            &acceptor.manager.peer_of(OLD),
        )?;
    }

    let mut found = Vec::new();
    let greeting = if initiator_id == acceptor_id {
        // Nobody dials itself: a stranger that claims the acceptor's id.
        greeting(initiator_id)
    } else {
        let mut initiator = End::new(initiator_id);
        initiator.dialled(NEW, acceptor_id, message("m"));
        let keeps = initiator.manager.peer_of(NEW) == Some(acceptor_id);
        same(
            "the initiator uses it or hangs up",
            &keeps,
            &!initiator.hung_up(NEW),
        )?;
        found.push((KNOWN[0], keeps));
        initiator
            .greeting(NEW)
            .ok_or("the initiator sent no handshake")?
    };
    acceptor.accepted(NEW, &greeting);

    let keeps = acceptor.manager.peer_of(NEW) == Some(initiator_id);
    found.push((KNOWN[1], keeps));
    found.push((KNOWN[2], acceptor.dials(initiator_id)));
    found.push((KNOWN[3], acceptor.warned()));
    same("the handshake's deadline", &false, &acceptor.waits(NEW))?;
    if had_worker && initiator_id != acceptor_id {
        same("the existing worker ends", &true, &acceptor.hung_up(OLD))?;
    }
    let expect = field(row, "expect")?;
    only(expect, &KNOWN)?;
    // A row may leave out what it does not ask for.
    let asked = found.iter().filter(|(key, _)| expect.get(key).is_some());
    asked
        .into_iter()
        .try_for_each(|(key, found)| same(key, &bool_at(expect, key)?, found))
}

/// A live connection to `peer` at `acceptor`, opened by whichever of them is larger.
fn give_worker(acceptor: &mut End, peer: Sid, own: Sid) {
    if peer > own {
        acceptor.accepted(OLD, &greeting(peer));
    } else {
        acceptor.dialled(OLD, peer, message("m0"));
    }
    acceptor.effects.clear();
}

fn greeting(sid: Sid) -> ElectionMessage {
    ElectionMessage::Handshake(Handshake {
        protocol_version: -65_536,
        sid,
        addresses: format!("zk{sid}:3888"),
    })
}
