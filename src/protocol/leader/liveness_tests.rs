//! Claims about a leader that serves: whom it hears of, when it gives up, what it leaves behind.

use super::*;

#[test]
fn every_half_tick_it_pings_and_every_tick_it_counts() {
    let mut lead = Lead::serving();
    for tick in [0, 1, 1, 2] {
        lead.half_ticks(1).expect("stays");
        assert_eq!(lead.rig.sent(), [(A, QuorumBody::Ping, at(5, 0))]);
        assert_eq!(lead.status().tick, tick);
    }
}

#[test]
fn a_learner_that_has_not_been_sent_anything_is_not_pinged() {
    let mut lead = Lead::serving();
    lead.join(B, 2, 4);
    lead.half_ticks(1).expect("stays");
    let pinged: Vec<ConnId> = lead.rig.sent().into_iter().map(|(conn, ..)| conn).collect();
    assert_eq!(pinged, [A]);
}

#[test]
fn every_packet_of_a_serving_learner_moves_its_deadline() {
    let mut lead = Lead::serving();
    assert_eq!(lead.status().learners[&Sid(1)].ack_deadline, 15);
    lead.half_ticks(4).expect("stays");
    lead.does(packet(A, Zxid(-1), QuorumBody::Diff));
    assert_eq!(lead.status().learners[&Sid(1)].ack_deadline, 7);
}

#[test]
fn a_leader_whose_learners_fell_silent_steps_down_after_their_deadline() {
    let mut lead = Lead::serving();
    lead.ack(A, at(5, 0));
    lead.half_ticks(10)
        .expect("five ticks are within the limit");
    assert_eq!(lead.half_ticks(2), Err(Why::QuorumLost));
    let checked = Note::QuorumChecked {
        alive: vec![Sid(3)],
        enough: false,
    };
    assert_eq!(lead.rig.notes(), [checked]);
}

#[test]
fn a_leader_whose_learners_closed_steps_down_at_its_next_check() {
    let mut lead = Lead::serving();
    lead.does(Input::Closed(A));
    assert_eq!(lead.dropped(), [DropReason::Closed]);
    lead.half_ticks(1).expect("no check on odd half ticks");
    assert_eq!(lead.half_ticks(1), Err(Why::QuorumLost));
}

#[test]
fn an_idle_connection_counts_for_server_zero() {
    // QUIRK(sid-zero)
    let ids = [0, 1, 3].map(|n| {
        (
            Sid(n),
            crate::protocol::Member::plain(n, LearnerType::Participant),
        )
    });
    let ensemble = Ensemble {
        members: ids.into_iter().collect(),
        ..Ensemble::default()
    };
    let mut lead = Lead::of(PeerConfig::sample(Sid(3), ensemble));
    lead.join(A, 1, 4);
    lead.written().expect("stays");
    lead.ack_epoch(A, 4, at(4, 7));
    lead.written().expect("stays");
    lead.ack(A, at(5, 0));
    lead.connect(C);
    lead.does(Input::Closed(A));
    lead.half_ticks(2)
        .expect("the idle connection is taken for 0");
}

#[test]
fn an_unchanged_check_is_not_worth_a_note() {
    let mut lead = Lead::serving();
    let checks = |lead: &mut Lead| {
        lead.half_ticks(2).expect("stays");
        lead.rig.notes().len()
    };
    assert_eq!((checks(&mut lead), checks(&mut lead)), (1, 0));
}

#[test]
fn of_two_the_one_left_stays_where_the_oracle_says_one() {
    for (says, expected) in [(Some("1"), Ok(())), (None, Err(Why::QuorumLost))] {
        let mut ensemble = Ensemble::plain(2, 0);
        ensemble.quorum = QuorumSpec::Oracle {
            path: "oracle".to_owned(),
            says: says.map(str::to_owned),
        };
        let mut lead = Lead::of(PeerConfig::sample(Sid(2), ensemble));
        // With the oracle's word nobody is needed; without it server 1 is.
        if says.is_some() {
            lead.written().expect("stays");
            lead.written().expect("stays");
        } else {
            lead.join(A, 1, 4);
            lead.written().expect("stays");
            lead.ack_epoch(A, 4, at(4, 7));
            assert!(
                !lead.rig.core.oracle.need_oracle,
                "a follower is forwarded to"
            );
            lead.written().expect("stays");
            lead.ack(A, at(5, 0));
            lead.does(Input::Closed(A));
        }
        assert_eq!(lead.half_ticks(2), expected);
        assert!(lead.rig.core.oracle.need_oracle);
    }
}

#[test]
fn a_single_server_needs_nobody() {
    let mut lead = Lead::of(PeerConfig::sample(Sid(1), Ensemble::plain(1, 0)));
    lead.written().expect("the epoch");
    lead.written().expect("currentEpoch");
    assert!(lead.status().serving);
    lead.half_ticks(4).expect("stays");
}

#[test]
fn a_looking_voter_ends_the_wait_for_an_epoch_only_where_that_is_switched_on_and_over() {
    let config = PeerConfig::sample(Sid(3), Ensemble::plain(3, 0));
    let mut patient = Lead::of(config.clone());
    patient.rig.now = Micros::from_ms(15_000);
    let leader = &patient.leader;
    assert_eq!(patient.rig.with(|host| leader.report_looking(host)), Ok(()));
    let mut hasty = Lead::of(PeerConfig {
        max_time_to_wait_for_epoch_ms: Some(500),
        ..config
    });
    for (now_ms, expected) in [(500, Ok(())), (501, Err(Why::NoEpochQuorum))] {
        hasty.rig.now = Micros::from_ms(now_ms);
        let leader = &hasty.leader;
        assert_eq!(hasty.rig.with(|host| leader.report_looking(host)), expected);
    }
    hasty.join(A, 1, 4);
    let leader = &hasty.leader;
    assert_eq!(hasty.rig.with(|host| leader.report_looking(host)), Ok(()));
}

#[test]
fn leaving_closes_every_learner_and_the_port() {
    let mut lead = Lead::serving();
    lead.connect(B);
    let leader = &mut lead.leader;
    lead.rig.with(|host| {
        Leader::stop_accepting(host);
        leader.close_learners(host);
    });
    assert_eq!(lead.rig.hung_up(), [A, B]);
    assert!(lead.rig.out.contains(&Effect::Unlisten(Port::Quorum)));
    for timer in [
        Timer::LeaderTick,
        Timer::HandlerRead(A),
        Timer::HandlerRead(B),
    ] {
        assert!(lead.rig.out.contains(&Effect::Disarm(timer)), "{timer:?}");
    }
    assert_eq!(lead.dropped(), [DropReason::LeaderLeaves; 2]);
}

#[test]
fn what_is_not_its_own_changes_nothing() {
    let mut lead = Lead::serving();
    let before = lead.leader.clone();
    for input in [
        Input::Closed(ConnId(99)),
        packet(ConnId(99), Zxid(0), QuorumBody::Ping),
        Input::Fired(Timer::LeaderWait),
        Input::Fired(Timer::HandlerWait(A)),
        Input::Fired(Timer::HandlerRead(ConnId(99))),
        Input::Fired(Timer::LearnerRead),
        Input::Persisted(Ticket(99)),
        Input::Refused(Sid(1), Port::Quorum),
    ] {
        lead.does(input);
        assert_eq!(lead.rig.out, []);
    }
    assert_eq!(lead.leader, before);
}
