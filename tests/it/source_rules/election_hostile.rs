//! Whatever arrives at the election port: nothing panics, and the peer stays able to elect.

use std::sync::Arc;

use proptest::prelude::*;
use zabscope::base::Micros;
use zabscope::protocol::{
    ConnId, ElectionMessage, Ensemble, Epoch, Handshake, Input, LearnerType, Message, Notification,
    PeerConfig, Port, Round, Route, ServerState, Sid, Timer, Zxid,
};

use crate::conformance::bench::Bench;

/// Something a hostile peer, or a hostile network, may do.
#[derive(Clone, Debug)]
enum Attack {
    Say(i64, Notification),
    Bytes(i64, Vec<u8>),
    Connect(u64, i64, i64, String),
    Open(u64, bool),
    Close(u64),
    Refuse(i64),
    Fire(u64),
    Wait(u64),
    Look,
}

fn edge() -> impl Strategy<Value = i64> {
    prop_oneof![
        -2..6_i64,
        Just(i64::MIN),
        Just(i64::MAX),
        Just(0x1_0000_0000),
        any::<i64>(),
    ]
}

fn config() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        Just(Some("unparsable".to_owned())),
        Just(Some("server.1=a:1:2\nserver.2=b:1:2\nversion=9".to_owned())),
        Just(Some(
            "server.1=a:1:2\ngroup.1=1\nversion=7fffffffffffffff".to_owned()
        )),
        "\\PC{0,30}".prop_map(Some),
    ]
}

fn notification() -> impl Strategy<Value = Notification> {
    let longs = (edge(), edge(), edge(), edge());
    (0..4, longs, -1..4_i32, config()).prop_map(|(state, longs, version, config)| Notification {
        state: ServerState::from_ordinal(state).unwrap_or_default(),
        leader: Sid(longs.0),
        zxid: Zxid(longs.1),
        election_epoch: Round(longs.2),
        peer_epoch: Epoch(longs.3),
        version,
        config: config.map(Arc::from),
    })
}

fn attack() -> impl Strategy<Value = Attack> {
    prop_oneof![
        6 => (0..7_i64, notification()).prop_map(|(from, n)| Attack::Say(from, n)),
        1 => (0..7_i64, prop::collection::vec(any::<u8>(), 0..80))
            .prop_map(|(from, bytes)| Attack::Bytes(from, bytes)),
        1 => (1..40_u64, edge(), edge(), "\\PC{0,12}")
            .prop_map(|(conn, version, sid, text)| Attack::Connect(conn, version, sid, text)),
        1 => (1..40_u64, any::<bool>()).prop_map(|(conn, dialled)| Attack::Open(conn, dialled)),
        1 => (1..40_u64).prop_map(Attack::Close),
        1 => edge().prop_map(Attack::Refuse),
        1 => (0..3_u64).prop_map(Attack::Fire),
        2 => (0..500_u64).prop_map(Attack::Wait),
        1 => Just(Attack::Look),
    ]
}

fn suffer(bench: &mut Bench, attack: Attack) {
    match attack {
        Attack::Say(from, n) => {
            bench.receive(Sid(from), ElectionMessage::Notification(n));
        }
        Attack::Bytes(from, bytes) => {
            let bytes = Arc::from(bytes);
            bench.receive(Sid(from), ElectionMessage::Raw { bytes });
        }
        Attack::Connect(conn, protocol_version, sid, addresses) => {
            let handshake = ElectionMessage::Handshake(Handshake {
                protocol_version,
                sid: Sid(sid),
                addresses,
            });
            let message = Message::Election(handshake);
            bench.input(&Input::Received(ConnId(conn), message));
        }
        Attack::Open(conn, dialled) => {
            let route = if dialled {
                Route::To(Sid(2), Port::Election)
            } else {
                Route::Accepted(Port::Election)
            };
            bench.input(&Input::Opened(ConnId(conn), route));
        }
        Attack::Close(conn) => bench.input(&Input::Closed(ConnId(conn))),
        Attack::Refuse(sid) => bench.input(&Input::Refused(Sid(sid), Port::Election)),
        Attack::Fire(which) => bench.input(&Input::Fired(match which {
            0 => Timer::Notification,
            1 => Timer::Finalize,
            conn => Timer::Handshake(ConnId(conn)),
        })),
        Attack::Wait(ms) => bench.advance(Micros::from_ms(ms)),
        Attack::Look => {
            bench.state = ServerState::Looking;
            bench.look();
        }
    }
}

/// A LOOKING peer in an election waits for something; otherwise it would be deaf.
fn waits(bench: &Bench) -> bool {
    bench.next_deadline().is_some() || bench.state != ServerState::Looking
}

proptest! {
    #[test]
    fn nothing_that_arrives_makes_a_peer_panic_or_deaf(
        sid in 1..5_i64,
        zxid in edge(),
        reconfig_enabled in any::<bool>(),
        attacks in prop::collection::vec(attack(), 1..40),
    ) {
        let mut config = PeerConfig::sample(Sid(sid), Ensemble::plain(3, 1));
        config.reconfig_enabled = reconfig_enabled;
        let mut bench = Bench::new(config, Zxid(zxid), Epoch(1));
        bench.boot();
        bench.look();
        for attack in attacks {
            suffer(&mut bench, attack);
            prop_assert!(waits(&bench));
            if bench.state == ServerState::Leading {
                prop_assert_eq!(bench.config.learner_type(), LearnerType::Participant);
            }
        }
    }
}
