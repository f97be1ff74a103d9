//! Whole processes on a trivial bus: boot, elect, discover, serve, fail, elect again.

use super::*;
use crate::base::{Map, Micros, Rng, Set, digest_of};
use crate::protocol::config::Ensemble;
use crate::protocol::ids::{Epoch, ZabState, Zxid};
use crate::protocol::message::Message;
use crate::protocol::note::{DropReason, SyncMode};
use bus::{Bus, DELAY, Event};

#[test]
fn three_servers_elect_the_highest_discover_epoch_one_and_serve() {
    use ServerState::{Following, Leading};
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(1_000);
    assert_eq!(bus.states(), [(1, Following), (2, Following), (3, Leading)]);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(1)])));
    for sid in 1..=3 {
        let status = bus.status(sid);
        assert_eq!(status.zab, ZabState::Broadcast);
        assert_eq!(status.leader, Some(Sid(3)));
        assert_eq!(status.accepted_epoch, Epoch(1));
        assert_eq!(status.current_vote.expect("a vote").peer_epoch, Epoch(1));
        assert_eq!(bus.servers[&Sid(sid)].durable.current_epoch, Some(Epoch(1)));
    }
    assert_eq!(bus.status(3).last_zxid, Zxid::make(Epoch(1), 0));
}

#[test]
fn first_come_gets_diff_and_whoever_comes_after_service_began_gets_snap() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    bus.start(Sid(1));
    bus.start(Sid(2));
    bus.run_ms(1_000);
    bus.start(Sid(3));
    bus.run_ms(2_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.syncs(), [(1, SyncMode::Diff), (3, SyncMode::Snap)]);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(1)])));
    assert_eq!(bus.status(3).last_zxid, Zxid::make(Epoch(1), 0));
    assert_eq!(bus.status(1).last_zxid, Zxid(0));
}

#[test]
fn nothing_changes_while_heartbeats_flow() {
    let mut bus = Bus::started(&Ensemble::plain(5, 1));
    bus.run_ms(3_000);
    let states = bus.states();
    let notes = bus.notes.len();
    bus.run_ms(120_000);
    assert_eq!(bus.states(), states);
    assert_eq!(bus.notes.len() - notes, 0, "{:?}", &bus.notes[notes..]);
    assert_eq!(bus.status(5).tick, 61);
}

#[test]
fn a_killed_leader_is_replaced_at_once_in_the_next_epoch() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(5_000);
    bus.kill(Sid(3));
    bus.run_ms(1_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2], Set::from([Epoch(2)])));
    let closed = Why::LeaderClosed { leader: Sid(3) };
    assert_eq!(bus.left(1), [Why::Booted, closed]);
    bus.start(Sid(3));
    bus.run_ms(5_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
}

#[test]
fn five_servers_survive_two_deaths_and_stop_at_the_third() {
    let mut bus = Bus::started(&Ensemble::plain(5, 0));
    bus.run_ms(2_000);
    for expected in [2, 3] {
        let leader = bus.leader();
        bus.kill(Sid(leader));
        bus.run_ms(5_000);
        let (serving, epochs) = bus.serving();
        assert_eq!(serving.len(), 6 - expected, "{:?}", bus.states());
        assert_eq!(epochs.len(), 1);
    }
    bus.kill(Sid(bus.leader()));
    bus.run_ms(30_000);
    assert_eq!(bus.serving(), (vec![], Set::new()));
}

#[test]
fn a_cut_off_leader_and_its_successor_both_lead_for_a_bounded_while() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(5_000);
    bus.cut.insert(Sid(3));
    bus.run_ms(10_900);
    let leading = bus.states().into_iter();
    let leading: Vec<i64> = leading
        .filter(|(_, s)| *s == ServerState::Leading)
        .map(|(sid, _)| sid)
        .collect();
    assert_eq!(leading, [2, 3]);
    assert_ne!(bus.status(2).current_epoch, bus.status(3).current_epoch);
    let silent = Why::LeaderSilent {
        leader: Sid(3),
        limit_ms: 10_000,
    };
    assert_eq!(bus.left(1), [Why::Booted, silent]);
    bus.run_ms(3_000);
    assert_eq!(bus.status(3).state, ServerState::Looking);
    assert_eq!(bus.left(3), [Why::Booted, Why::QuorumLost]);
    bus.cut.clear();
    bus.run_ms(30_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
}

#[test]
fn a_leader_without_followers_steps_down_at_its_next_check() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(5_000);
    bus.kill(Sid(1));
    bus.kill(Sid(2));
    bus.run_ms(2_100);
    assert_eq!(bus.left(3), [Why::Booted, Why::QuorumLost]);
    assert_eq!(bus.status(3).state, ServerState::Looking);
}

#[test]
fn an_observer_observes_does_not_vote_and_finds_the_next_leader_later() {
    let mut bus = Bus::started(&Ensemble::plain(3, 1));
    bus.run_ms(3_000);
    assert_eq!(bus.status(4).state, ServerState::Observing);
    assert_eq!(bus.serving().0, [1, 2, 3, 4]);
    bus.kill(Sid(3));
    bus.run_ms(10_000);
    assert_eq!(bus.leader(), 2);
    assert_eq!(bus.serving(), (vec![1, 2, 4], Set::from([Epoch(2)])));
    bus.kill(Sid(1));
    bus.run_ms(30_000);
    assert_eq!(bus.serving().0, [0_i64; 0], "an observer is no quorum");
}

#[test]
fn a_phantom_leader_sits_init_limit_and_never_serves() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    bus.start(Sid(1));
    bus.start(Sid(2));
    // Server 1 has voted for 2, then dies before 2 leads.
    while bus.status(2).state == ServerState::Looking {
        if bus.status(2).finalizing {
            bus.kill(Sid(1));
        }
        let until = bus.now + Micros::from_ms(5_000);
        assert!(bus.step(until));
    }
    bus.run_ms(19_990);
    assert_eq!(bus.status(2).state, ServerState::Leading);
    assert_eq!(bus.status(2).zab, ZabState::Discovery);
    bus.run_ms(20);
    assert_eq!(bus.left(2), [Why::Booted, Why::NoEpochQuorum]);
    assert_eq!(bus.servers[&Sid(2)].durable.current_epoch, Some(Epoch(0)));
}

#[test]
fn a_higher_accepted_epoch_raises_the_next_one() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    let ahead = Durable {
        accepted_epoch: Some(Epoch(7)),
        current_epoch: Some(Epoch(0)),
        ..Durable::default()
    };
    bus.servers.get_mut(&Sid(1)).expect("a member").durable = ahead;
    bus.start(Sid(1));
    bus.start(Sid(2));
    bus.run_ms(2_000);
    assert_eq!(bus.serving(), (vec![1, 2], Set::from([Epoch(8)])));
}

#[test]
fn history_decides_before_the_id_and_laggards_are_brought_up() {
    let mut bus = Bus::new(&Ensemble::plain(3, 0));
    for (sid, counter) in [(1, 5), (2, 3), (3, 3)] {
        let server = bus.servers.get_mut(&Sid(sid)).expect("a member");
        server.durable = Durable::with_log(Epoch(1), Zxid::make(Epoch(1), counter));
    }
    bus.start_all();
    bus.run_ms(3_000);
    assert_eq!(bus.leader(), 1);
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
    for sid in 2..=3 {
        assert_eq!(
            bus.status(sid).last_zxid.epoch(),
            bus.servers[&Sid(sid)].durable.last_zxid().epoch()
        );
        assert!(bus.servers[&Sid(sid)].durable.last_zxid() >= Zxid::make(Epoch(1), 5));
    }
}

#[test]
fn a_learner_whose_accepted_epoch_is_higher_stays_out_until_the_next_epoch() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.kill(Sid(1));
    bus.servers
        .get_mut(&Sid(1))
        .expect("a member")
        .durable
        .accepted_epoch = Some(Epoch(9));
    bus.run_ms(3_000);
    bus.start(Sid(1));
    bus.run_ms(10_000);
    assert_eq!(bus.serving(), (vec![2, 3], Set::from([Epoch(1)])));
    assert!(bus.left(1).contains(&Why::EpochTooOld { leader: Sid(3) }));
    bus.kill(Sid(3));
    bus.run_ms(60_000);
    assert_eq!(bus.serving(), (vec![1, 2], Set::from([Epoch(10)])));
}

#[test]
fn a_leader_that_wins_again_without_writes_sends_snapshots() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(3_000);
    bus.kill(Sid(1));
    bus.kill(Sid(2));
    bus.run_ms(3_000);
    bus.start(Sid(1));
    bus.start(Sid(2));
    bus.run_ms(70_000);
    assert_eq!(bus.leader(), 3, "it holds (1, 0), the others nothing");
    assert_eq!(bus.serving(), (vec![1, 2, 3], Set::from([Epoch(2)])));
    let modes: Vec<SyncMode> = bus.syncs().into_iter().map(|(_, mode)| mode).collect();
    assert_eq!(modes[..2], [SyncMode::Diff; 2]);
    assert_eq!(modes[2..], [SyncMode::Snap; 2]);
}

#[test]
fn dropped_learners_are_named() {
    let mut bus = Bus::started(&Ensemble::plain(3, 0));
    bus.run_ms(3_000);
    bus.kill(Sid(1));
    bus.run_ms(1_000);
    let dropped = Note::LearnerDropped {
        sid: Some(Sid(1)),
        why: DropReason::Closed,
    };
    assert!(bus.notes_of(3).contains(&&dropped));
    assert_eq!(bus.status(3).learners.keys().collect::<Vec<_>>(), [&Sid(2)]);
    assert_eq!(bus.leader(), 3);
}

#[test]
fn an_observer_is_looking_already_while_it_sleeps_before_its_election() {
    let mut bus = Bus::started(&Ensemble::plain(3, 1));
    bus.run_ms(3_000);
    bus.kill(Sid(3));
    while bus.status(4).state == ServerState::Observing {
        let until = bus.now + Micros::from_ms(1_000);
        assert!(bus.step(until));
    }
    let server = &bus.servers[&Sid(4)];
    let wake = server.timers[&Timer::ObserverElection];
    assert!(wake < bus.now + Micros::from_ms(200));
    let round = bus.status(4).logical_clock;
    bus.run_ms(200);
    assert_eq!(bus.status(4).logical_clock.0, round.0 + 1);
}

#[test]
fn a_peer_survives_json_in_every_role() {
    let mut bus = Bus::started(&Ensemble::plain(3, 1));
    for n in 0..20_000 {
        for server in bus.servers.values().filter(|_| n % 10 == 0) {
            let peer = server.peer.as_ref().expect("runs");
            let text = serde_json::to_string(peer).expect("serialises");
            let back: Peer = serde_json::from_str(&text).expect("parses");
            assert_eq!(back, *peer);
            assert_eq!(digest_of(&back), digest_of(peer));
        }
        if bus.serving().0 == [1, 2, 3, 4] {
            return;
        }
        let until = bus.now + Micros::from_ms(5_000);
        bus.step(until);
    }
    panic!("not everybody serves: {:?}", bus.states());
}

#[test]
fn the_same_inputs_give_the_same_notes() {
    let play = || {
        let mut bus = Bus::started(&Ensemble::plain(5, 1));
        bus.run_ms(2_000);
        bus.kill(Sid(5));
        bus.run_ms(5_000);
        bus.start(Sid(5));
        bus.run_ms(5_000);
        bus.notes
    };
    assert_eq!(play(), play());
}

#[path = "peer_alone_tests.rs"]
mod alone;
#[path = "peer_bus_tests.rs"]
mod bus;
#[path = "client_tests.rs"]
mod client_tests;
#[path = "hostile_tests.rs"]
mod hostile;
#[path = "hostile_cell_tests.rs"]
mod hostile_cell;
#[path = "hostile_messages_tests.rs"]
mod hostile_messages;
#[path = "zab_tests.rs"]
mod zab;
