//! One process alone: what it does with single inputs.

use super::*;
use crate::protocol::config::Member;

fn step(peer: &mut Peer, input: Input) -> Vec<Effect> {
    let (mut rng, mut out) = (Rng::new(1), Vec::new());
    let mut ctx = Ctx {
        now: Micros::ZERO,
        rng: &mut rng,
        out: &mut out,
    };
    peer.step(input, &mut ctx);
    out
}

fn peer(durable: Durable) -> Peer {
    let config = PeerConfig::sample(Sid(1), Ensemble::plain(3, 0));
    Peer::new(Arc::new(config), durable)
}

#[test]
fn nothing_happens_before_boot() {
    let mut peer = peer(Durable::default());
    for input in [
        Input::Fired(Timer::LearnerRead),
        Input::Opened(ConnId(1), Route::Accepted(Port::Quorum)),
        Input::Persisted(Ticket(0)),
        Input::Oracle { says_one: true },
    ] {
        assert_eq!(step(&mut peer, input), []);
    }
    assert!(peer.core.oracle.says_one);
    assert_eq!(peer.config().my_id, Sid(1));
}

#[test]
fn missing_epoch_files_are_written_before_it_votes() {
    let mut peer = peer(Durable {
        accepted_epoch: None,
        current_epoch: None,
        ..Durable::with_log(Epoch(3), Zxid::make(Epoch(3), 7))
    });
    let out = step(&mut peer, Input::Boot);
    let [Effect::Persist(current, a), Effect::Persist(accepted, b)] = out.as_slice() else {
        panic!("two writes and nothing else: {out:?}");
    };
    assert_eq!(*current, Record::CurrentEpoch(Epoch(3)));
    assert_eq!(*accepted, Record::AcceptedEpoch(Epoch(3)));
    assert_eq!(step(&mut peer, Input::Persisted(*b)), []);
    let out = step(&mut peer, Input::Persisted(*a));
    assert!(out.contains(&Effect::Listen(Port::Election)), "{out:?}");
    assert_eq!(peer.status().current_epoch, Epoch(3));
}

#[test]
fn an_adopted_tmp_file_becomes_current_epoch() {
    let mut peer = peer(Durable {
        accepted_epoch: Some(Epoch(3)),
        current_epoch_tmp: Some(Epoch(3)),
        ..Durable::with_log(Epoch(2), Zxid::make(Epoch(3), 1))
    });
    let out = step(&mut peer, Input::Boot);
    assert!(
        matches!(
            out.as_slice(),
            [Effect::Persist(Record::CurrentEpoch(Epoch(3)), _)]
        ),
        "{out:?}"
    );
}

#[test]
fn contradicting_epoch_files_end_the_process() {
    let mut peer = peer(Durable {
        accepted_epoch: Some(Epoch(1)),
        current_epoch: Some(Epoch(2)),
        ..Durable::default()
    });
    let cause = ExitCause::AcceptedEpochBehind {
        accepted: Epoch(1),
        current: Epoch(2),
    };
    let out = step(&mut peer, Input::Boot);
    assert_eq!(
        out,
        [Effect::Note(Note::Exiting { cause }), Effect::Exit(cause)]
    );
    assert_eq!(step(&mut peer, Input::Boot), []);
    assert_eq!(step(&mut peer, Input::Fired(Timer::Notification)), []);
}

#[test]
fn a_stranger_does_not_start() {
    let mut ensemble = Ensemble::plain(2, 0);
    ensemble
        .members
        .insert(Sid(9), Member::plain(9, LearnerType::Participant));
    let config = PeerConfig::sample(Sid(3), ensemble);
    let mut peer = Peer::new(Arc::new(config), Durable::default());
    let out = step(&mut peer, Input::Boot);
    assert!(out.contains(&Effect::Exit(ExitCause::NotInPeerList)));
}

#[test]
fn a_connection_for_a_role_that_was_left_is_closed() {
    let disk = Durable {
        accepted_epoch: Some(Epoch(0)),
        current_epoch: Some(Epoch(0)),
        ..Durable::default()
    };
    let mut peer = peer(disk);
    step(&mut peer, Input::Boot);
    let conn = ConnId(77);
    for route in [
        Route::Accepted(Port::Quorum),
        Route::To(Sid(2), Port::Quorum),
    ] {
        let out = step(&mut peer, Input::Opened(conn, route));
        assert_eq!(out, [Effect::Hangup(conn)]);
    }
    let before = peer.clone();
    for input in [
        Input::Persisted(Ticket(9)),
        Input::Fired(Timer::LeaderTick),
        Input::Fired(Timer::HandlerRead(conn)),
        Input::Fired(Timer::ObserverElection),
        Input::Closed(conn),
        Input::Refused(Sid(2), Port::Quorum),
        Input::Boot,
    ] {
        assert_eq!(step(&mut peer, input), []);
    }
    assert_eq!(peer, before);
}
