//! Whatever comes over whatever connection, in whatever state: a peer drops it or closes, and goes
//! on working.
//!
//! The states are those of an ensemble's life, from boot to broadcast and through a change of
//! leader; the peer is taken out of it and handed what nobody honest sends. Afterwards two honest
//! servers come: it must find the leader among them, be synchronised and serve.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::hostile_cell::{Cell, act, take_out};
use super::hostile_messages::{message, message_for};
use super::*;
use crate::base::Map;
use crate::protocol::config::Ensemble;
use crate::protocol::ids::Epoch;
use crate::protocol::message::{ElectionMessage, Message, QuorumBody, QuorumPacket};
use crate::protocol::server::ClientMessage;
use crate::protocol::testkit::at;

// The states.

/// Where a peer's threads stand.
fn standing(peer: &Peer) -> String {
    let role = format!("{:?}", peer.role);
    let mut standing = String::from(role.split(['(', ' ']).next().unwrap_or_default());
    for field in ["kind: ", "stage: ", "step: "] {
        let found = role.split(field).skip(1);
        let mut found: Vec<&str> = found
            .filter_map(|rest| rest.split([',', '(', ' ']).next())
            .collect();
        found.sort_unstable();
        found.dedup();
        standing = [standing, found.join("+")].join(" ");
    }
    if let Some(server) = peer.server() {
        let clients = server.clients().count();
        let waits = if server.waiting() > 0 { "waiting" } else { "" };
        standing = format!("{standing} clients:{clients} {waits}");
    }
    standing
}

/// One peer of every standing that occurs while an ensemble starts, is written to and loses its
/// leader.
static STANDINGS: LazyLock<Vec<(String, Cell)>> = LazyLock::new(|| {
    let mut found: Map<String, Cell> = Map::new();
    // currentEpoch, then the last transaction: one of them knows more than it should.
    for disks in [
        [(1, at(1, 5)), (1, at(1, 5)), (1, at(1, 5))],
        [(1, at(1, 3)), (1, at(1, 9)), (2, at(2, 3))],
        [(1, at(1, 7)), (1, at(1, 6)), (1, at(1, 5))],
        [(1, at(1, 9)), (2, at(1, 5)), (2, at(1, 5))],
    ] {
        let mut bus = Bus::new(&Ensemble::plain(3, 1));
        for (sid, (epoch, last)) in (1..).map(Sid).zip(disks) {
            let server = bus.servers.get_mut(&sid).expect("a member");
            server.durable = Durable::with_log(Epoch(epoch), last);
        }
        bus.start_all();
        for step in 0..2_400 {
            if step == 1_200 && bus.serving().0.len() > 2 {
                bus.with_clients();
            }
            if step == 1_800 {
                let leading = bus
                    .states()
                    .into_iter()
                    .find(|(_, s)| *s == ServerState::Leading);
                bus.kill(Sid(leading.map_or(3, |(sid, _)| sid)));
            }
            for sid in (1..=4).map(Sid) {
                let peer = bus.servers[&sid].peer.as_ref();
                let Some(key) = peer.map(standing).filter(|key| !found.contains_key(key)) else {
                    continue;
                };
                if let Some(cell) = take_out(&bus, sid) {
                    found.insert(key, cell);
                }
            }
            let until = bus.now + Micros::from_ms(5_000);
            bus.step(until);
        }
    }
    found
        .iter()
        .map(|(key, cell)| (key.clone(), cell.clone()))
        .collect()
});

/// The sessions that some of them know.
pub(super) fn known_sessions() -> Vec<SessionId> {
    let mut known: Vec<SessionId> = Vec::new();
    for (_, cell) in STANDINGS.iter() {
        known.extend(cell.peer.database().sessions().keys());
    }
    known.sort_unstable();
    known.dedup();
    known
}

#[test]
fn the_states_are_those_of_a_life() {
    let keys: Vec<&str> = STANDINGS.iter().map(|(key, _)| &**key).collect();
    let all = keys.join("\n");
    for needed in [
        "Booting",
        "Looking",
        "Sleeping",
        "Leading  Loading",
        "Leading  EpochQuorum",
        "EpochAckQuorum",
        "WritingEpoch",
        "NewLeaderQuorum",
        "Leading  Serving",
        "Serializing",
        "Participant Dialing",
        "ReadLeaderInfo",
        "WritingAcceptedEpoch",
        "ReadSync",
        "Truncating",
        "Syncing",
        "WritingSnapshot",
        "WritingLog",
        "WritingCurrentEpoch",
        "Participant Broadcast",
        "Observer Broadcast",
        "clients:1 waiting",
    ] {
        assert!(all.contains(needed), "{needed} is not among\n{all}");
    }
}

#[test]
fn every_state_recovers_untouched() {
    for (_, cell) in STANDINGS.iter() {
        cell.clone().recovers();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn whatever_comes_a_peer_goes_on_working(
        at in any::<Index>(),
        acts in vec(act(), 1..24),
    ) {
        let mut cell = at.get(&STANDINGS).1.clone();
        for act in acts {
            cell.act(act);
            if !cell.restart() {
                return Ok(());
            }
        }
        cell.recovers();
    }
}

/// What a new connection of `port` is told where it begins with `message`: whether it is closed.
fn closed_after(cell: &mut Cell, port: Port, message: Message) -> bool {
    let conn = cell.accept(port);
    cell.say(conn, message);
    cell.conns.iter().all(|(open, _)| *open != conn)
}

proptest! {
    #[test]
    fn what_comes_over_a_connection_that_never_was_changes_nothing(
        at in any::<Index>(),
        message in message(),
    ) {
        let mut cell = at.get(&STANDINGS).1.clone();
        let before = cell.peer.clone();
        cell.say(ConnId(u64::MAX), message);
        prop_assert_eq!(cell.peer, before);
        prop_assert!(cell.sent.is_empty());
    }

    #[test]
    fn a_client_that_does_not_say_who_it_is_is_closed(
        at in any::<Index>(),
        message in message(),
    ) {
        let mut cell = at.get(&STANDINGS).1.clone();
        let introduces = matches!(message, Message::Client(ClientMessage::Connect(_)));
        let state = cell.peer.status().state;
        let is_up = !matches!(cell.peer.role, Role::Booting(_));
        if is_up && !introduces {
            prop_assert!(closed_after(&mut cell, Port::Client, message));
            prop_assert_eq!(cell.peer.status().state, state);
        }
    }

    #[test]
    fn a_learner_that_does_not_say_who_it_is_is_closed_and_the_leader_goes_on(
        at in any::<Index>(),
        message in message(),
    ) {
        let mut cell = at.get(&STANDINGS).1.clone();
        let introduces = matches!(
            &message,
            Message::Quorum(QuorumPacket {
                body: QuorumBody::FollowerInfo(_) | QuorumBody::ObserverInfo(_),
                ..
            })
        );
        // Before its snapshot is written a leader accepts nobody: the socket waits.
        let standing = standing(&cell.peer);
        let accepts = standing.starts_with("Leading") && !standing.contains("Loading");
        if accepts && !introduces {
            prop_assert!(closed_after(&mut cell, Port::Quorum, message));
            prop_assert_eq!(cell.peer.status().state, ServerState::Leading);
        }
    }

    #[test]
    fn a_voter_that_does_not_say_who_it_is_is_closed(
        at in any::<Index>(),
        vote in message_for(Port::Election),
    ) {
        let mut cell = at.get(&STANDINGS).1.clone();
        let is_vote = matches!(vote, Message::Election(ElectionMessage::Notification(_)));
        if is_vote && !matches!(cell.peer.role, Role::Booting(_)) {
            prop_assert!(closed_after(&mut cell, Port::Election, vote));
        }
    }
}
