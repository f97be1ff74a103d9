//! The connection manager alone, wire by wire.

use super::*;
use crate::base::Rng;
use crate::protocol::ids::{Epoch, LearnerType, Round, ServerState, Zxid};

const CONN: ConnId = ConnId(1);
const NEXT: ConnId = ConnId(2);

fn manager(own: i64) -> ConnectionManager {
    let ensemble = Ensemble::plain(3, 1);
    ConnectionManager::new(&PeerConfig::sample(Sid(own), ensemble.clone()), &ensemble)
}

/// What `act` causes.
fn effects(
    manager: &mut ConnectionManager,
    act: impl FnOnce(&mut ConnectionManager, &mut Ctx<'_>),
) -> Vec<Effect> {
    let (mut rng, mut out) = (Rng::new(0), Vec::new());
    let mut ctx = Ctx {
        now: Micros::ZERO,
        rng: &mut rng,
        out: &mut out,
    };
    act(manager, &mut ctx);
    out
}

fn vote(round: i64) -> Notification {
    Notification {
        state: ServerState::Looking,
        leader: Sid(1),
        zxid: Zxid(0),
        election_epoch: Round(round),
        peer_epoch: Epoch(0),
        version: 2,
        config: None,
    }
}

fn sent(conn: ConnId, round: i64) -> Effect {
    let message = ElectionMessage::Notification(vote(round));
    Effect::Send(conn, Message::Election(message))
}

fn greeting(sid: i64) -> ElectionMessage {
    ElectionMessage::Handshake(Handshake {
        protocol_version: wire::SINGLE_ADDRESS,
        sid: Sid(sid),
        addresses: format!("zk{sid}:3888"),
    })
}

/// Somebody connects and says `message`.
fn accept(manager: &mut ConnectionManager, conn: ConnId, message: &ElectionMessage) -> Vec<Effect> {
    effects(manager, |manager, ctx| {
        manager.on_opened(conn, Route::Accepted(Port::Election), ctx);
        manager.on_received(conn, message, ctx);
    })
}

fn dial(to: i64) -> Effect {
    Effect::Dial {
        to: Sid(to),
        port: Port::Election,
        within: Micros::from_ms(5_000),
    }
}

#[test]
fn a_message_to_oneself_needs_no_wire() {
    let mut manager = manager(2);
    let caused = effects(&mut manager, |m, ctx| m.to_send(Sid(2), vote(1), ctx));
    assert_eq!(caused, []);
    let own = ElectionMessage::Notification(vote(1));
    assert_eq!(manager.poll(), Some((Sid(2), own)));
    assert!(!manager.have_delivered(), "no send queue exists");
}

#[test]
fn there_is_one_attempt_per_peer_and_the_newest_vote_waits() {
    let mut manager = manager(3);
    let caused = effects(&mut manager, |m, ctx| {
        m.to_send(Sid(1), vote(1), ctx);
        m.to_send(Sid(1), vote(2), ctx);
    });
    let evicted = Effect::Note(Note::SendQueueEvicted { to: Sid(1) });
    assert_eq!(caused, [dial(1), evicted]);
    assert!(!manager.have_delivered());
    let caused = effects(&mut manager, |m, ctx| {
        m.on_opened(CONN, Route::To(Sid(1), Port::Election), ctx);
    });
    assert_eq!(caused.len(), 2, "the handshake and one vote: {caused:?}");
    assert_eq!(caused[1], sent(CONN, 2));
    assert!(manager.have_delivered());
}

#[test]
fn a_refused_attempt_is_retried_with_the_next_message_only() {
    let mut manager = manager(3);
    effects(&mut manager, |m, ctx| m.to_send(Sid(1), vote(1), ctx));
    assert_eq!(effects(&mut manager, ConnectionManager::connect_all), []);
    manager.on_refused(Sid(1));
    let caused = effects(&mut manager, ConnectionManager::connect_all);
    assert_eq!(caused, [dial(1)]);
}

#[test]
fn the_smaller_sid_rings_and_is_dialled_back() {
    let mut small = manager(1);
    effects(&mut small, |m, ctx| m.to_send(Sid(3), vote(1), ctx));
    let caused = effects(&mut small, |m, ctx| {
        m.on_opened(CONN, Route::To(Sid(3), Port::Election), ctx);
    });
    assert_eq!(
        caused[0],
        Effect::Send(CONN, Message::Election(greeting(1)))
    );
    assert_eq!(caused[1], Effect::Hangup(CONN));
    assert_eq!(caused[2], Effect::Note(Note::ChallengeLost { to: Sid(3) }));
    assert!(!small.owns(CONN));

    let caused = accept(&mut small, NEXT, &greeting(3));
    assert!(
        caused.contains(&sent(NEXT, 1)),
        "what waited goes out: {caused:?}"
    );
    assert_eq!(small.peer_of(NEXT), Some(Sid(3)));
}

/// QUIRK(doorbell).
#[test]
fn a_doorbell_ends_a_worker_in_good_health() {
    let mut large = manager(3);
    effects(&mut large, |m, ctx| m.to_send(Sid(1), vote(1), ctx));
    effects(&mut large, |m, ctx| {
        m.on_opened(CONN, Route::To(Sid(1), Port::Election), ctx);
    });
    let caused = accept(&mut large, NEXT, &greeting(1));
    let tail = &caused[caused.len() - 3..];
    assert_eq!(tail, [Effect::Hangup(CONN), Effect::Hangup(NEXT), dial(1)]);
    assert!(!large.owns(CONN) && !large.owns(NEXT));
}

#[test]
fn the_last_message_goes_out_again_on_a_new_connection() {
    let mut large = manager(3);
    let route = Route::To(Sid(1), Port::Election);
    effects(&mut large, |m, ctx| m.to_send(Sid(1), vote(1), ctx));
    effects(&mut large, |m, ctx| m.on_opened(CONN, route, ctx));
    let caused = effects(&mut large, |m, ctx| m.on_closed(CONN, ctx));
    assert_eq!(caused, [], "no reconnection of its own accord");
    effects(&mut large, ConnectionManager::connect_all);
    let caused = effects(&mut large, |m, ctx| m.on_opened(NEXT, route, ctx));
    assert_eq!(caused.last(), Some(&sent(NEXT, 1)));
}

#[test]
fn an_unsent_message_goes_before_the_last_one_sent() {
    let mut large = manager(3);
    let route = Route::To(Sid(1), Port::Election);
    effects(&mut large, |m, ctx| m.to_send(Sid(1), vote(1), ctx));
    effects(&mut large, |m, ctx| m.on_opened(CONN, route, ctx));
    effects(&mut large, |m, ctx| m.on_closed(CONN, ctx));
    effects(&mut large, |m, ctx| m.to_send(Sid(1), vote(2), ctx));
    let caused = effects(&mut large, |m, ctx| m.on_opened(NEXT, route, ctx));
    assert_eq!(caused[1..], [sent(NEXT, 2)]);
}

/// QUIRK(own-id).
#[test]
fn a_stranger_with_my_own_id_is_left_with_an_open_socket() {
    let mut manager = manager(2);
    let caused = accept(&mut manager, CONN, &greeting(2));
    assert!(matches!(
        caused[2],
        Effect::Note(Note::Malformed {
            heard_from: Some(Sid(2)),
            ..
        })
    ));
    assert_eq!(caused.len(), 3, "armed, disarmed, warned: {caused:?}");
    assert!(manager.owns(CONN));
    let message = ElectionMessage::Notification(vote(1));
    let caused = effects(&mut manager, |m, ctx| m.on_received(CONN, &message, ctx));
    assert_eq!((caused, manager.poll()), (vec![], None));
    effects(&mut manager, |m, ctx| m.on_closed(CONN, ctx));
    assert!(!manager.owns(CONN));
}

#[test]
fn an_unknown_smaller_sid_is_dialled_back_where_it_says_it_lives() {
    let mut manager = manager(3);
    assert!(accept(&mut manager, CONN, &greeting(0)).contains(&dial(0)));
    let wildcard = ElectionMessage::Handshake(Handshake {
        protocol_version: wire::SINGLE_ADDRESS,
        sid: Sid(-7),
        addresses: "0.0.0.0:3888".into(),
    });
    let caused = accept(&mut manager, NEXT, &wildcard);
    assert!(
        !caused.contains(&dial(-7)),
        "no address is known: {caused:?}"
    );
    let to_stranger = effects(&mut manager, |m, ctx| m.to_send(Sid(-7), vote(1), ctx));
    assert_eq!(to_stranger, []);
}

#[test]
fn silence_and_rubbish_instead_of_a_handshake_end_the_connection() {
    let mut manager = manager(2);
    let caused = effects(&mut manager, |m, ctx| {
        m.on_opened(CONN, Route::Accepted(Port::Election), ctx);
    });
    let timer = Timer::Handshake(CONN);
    let after = Micros::from_ms(10_000);
    assert_eq!(caused, [Effect::Arm { timer, after }]);
    let caused = effects(&mut manager, |m, ctx| m.on_handshake_timeout(CONN, ctx));
    assert_eq!(caused, [Effect::Hangup(CONN)]);

    let rubbish = ElectionMessage::Raw {
        bytes: [0xff_u8; 8].into(),
    };
    for first in [rubbish, ElectionMessage::Notification(vote(1))] {
        let caused = accept(&mut manager, NEXT, &first);
        assert_eq!(caused.last(), Some(&Effect::Hangup(NEXT)));
        assert!(!manager.owns(NEXT));
    }
}

#[test]
fn a_frame_of_impossible_length_ends_the_worker_and_a_bad_message_does_not() {
    let mut manager = manager(1);
    let raw = |length: usize| ElectionMessage::Raw {
        bytes: vec![0; length].into(),
    };
    for (conn, message, survives) in [
        (ConnId(10), raw(0), false),
        (ConnId(11), raw(524_289), false),
        (ConnId(12), greeting(3), false),
        (ConnId(13), raw(1), true),
        (ConnId(14), raw(524_288), true),
    ] {
        accept(&mut manager, conn, &greeting(3));
        let caused = effects(&mut manager, |m, ctx| m.on_received(conn, &message, ctx));
        assert_eq!(manager.owns(conn), survives, "{conn:?} {caused:?}");
        assert_eq!(caused.contains(&Effect::Hangup(conn)), !survives);
    }
}

#[test]
fn halting_hangs_up_everything_and_a_late_answer_too() {
    let mut manager = manager(2);
    effects(&mut manager, |m, ctx| m.to_send(Sid(1), vote(1), ctx));
    accept(&mut manager, CONN, &greeting(3));
    accept(&mut manager, NEXT, &greeting(2));
    let caused = effects(&mut manager, ConnectionManager::halt);
    assert_eq!(caused, [Effect::Hangup(CONN), Effect::Hangup(NEXT)]);

    let mut fresh = self::manager(2);
    let late = Route::To(Sid(1), Port::Election);
    let caused = effects(&mut fresh, |m, ctx| m.on_opened(ConnId(9), late, ctx));
    assert_eq!(caused, [Effect::Hangup(ConnId(9))]);
}

#[test]
fn several_addresses_are_said_in_the_newer_format() {
    let mut ensemble = Ensemble::plain(3, 0);
    let mut member = crate::protocol::config::Member::plain(2, LearnerType::Participant);
    member.election_addr = "a:3888|b:3888".into();
    ensemble.members.insert(Sid(2), member);
    let mut manager = manager(2);
    manager.learn(&ensemble);
    effects(&mut manager, |m, ctx| m.to_send(Sid(1), vote(1), ctx));
    let caused = effects(&mut manager, |m, ctx| {
        m.on_opened(CONN, Route::To(Sid(1), Port::Election), ctx);
    });
    let expected = Handshake {
        protocol_version: wire::MULTI_ADDRESS,
        sid: Sid(2),
        addresses: "a:3888|b:3888".into(),
    };
    let expected = Message::Election(ElectionMessage::Handshake(expected));
    assert_eq!(caused[0], Effect::Send(CONN, expected));
}
