//! What several peers come to, and when: `FastLeaderElection.java` at work.

use std::collections::BTreeMap;

use zabscope::base::Micros;
use zabscope::protocol::note::ElectedHow;
use zabscope::protocol::{Ensemble, Epoch, Note, Round, ServerState, Zxid};

use super::gossip::Gossip;

const DELAY: Micros = Micros::from_ms(7);

fn ms(ms: u64) -> Micros {
    Micros::from_ms(ms)
}

fn all(leader: i64, sids: impl IntoIterator<Item = i64>) -> BTreeMap<i64, i64> {
    sids.into_iter().map(|sid| (sid, leader)).collect()
}

#[test]
fn three_empty_servers_agree_on_the_largest_in_one_or_two_delays_and_200_ms() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 0), DELAY);
    for sid in 1..=3 {
        gossip.boot(sid, Zxid(0), Epoch(0));
    }
    for sid in 1..=3 {
        gossip.look(sid);
    }
    gossip.run_to(ms(1_000));
    assert_eq!(gossip.leaders(), all(3, 1..=3));
    for (sid, peer) in &gossip.peers {
        let (at, how) = peer.elected.expect("it ended");
        assert_eq!(how, ElectedHow::Agreed);
        assert!((ms(207)..=ms(221)).contains(&at), "S{sid} at {at}");
    }
    assert_eq!(gossip.peers[&3].state, ServerState::Leading);
}

#[test]
fn the_longest_log_wins_over_the_largest_id_and_the_epoch_over_both() {
    for (first, winner) in [
        ((Zxid::make(Epoch(2), 9), Epoch(2)), 1),
        ((Zxid::make(Epoch(2), 8), Epoch(2)), 3),
        ((Zxid::make(Epoch(1), 1), Epoch(3)), 1),
    ] {
        let mut gossip = Gossip::new(Ensemble::plain(3, 0), DELAY);
        gossip.boot(1, first.0, first.1);
        gossip.boot(2, Zxid::make(Epoch(2), 8), Epoch(2));
        gossip.boot(3, Zxid::make(Epoch(2), 8), Epoch(2));
        for sid in 1..=3 {
            gossip.look(sid);
        }
        gossip.run_to(ms(1_000));
        assert_eq!(gossip.leaders(), all(winner, 1..=3), "{first:?}");
    }
}

#[test]
fn a_newcomer_joins_an_established_leader_at_once_though_it_is_larger_itself() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 0), DELAY);
    gossip.settle(1, 2, 4, 1);
    gossip.settle(2, 2, 4, 1);
    gossip.boot(3, Zxid::make(Epoch(1), 5), Epoch(1));
    gossip.look(3);
    gossip.run_to(ms(1_000));
    assert_eq!(gossip.leaders(), all(2, 1..=3));
    assert_eq!(gossip.peers[&3].elected, Some((ms(14), ElectedHow::Joined)));
    assert_eq!(gossip.peers[&3].side.logical_clock(), Round(4));
}

/// `QuorumPeer.java, updateElectionVote`.
#[test]
fn a_newcomer_waits_until_a_quorum_reports_the_same_epoch() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 0), DELAY);
    gossip.settle(1, 2, 4, 1);
    gossip.settle(2, 2, 4, 1);
    gossip.peer(2).side.update_election_vote(Epoch(2));
    gossip.boot(3, Zxid::make(Epoch(1), 5), Epoch(1));
    gossip.look(3);
    gossip.run_to(ms(1_000));
    assert_eq!(gossip.peers[&3].state, ServerState::Looking);
    gossip.peer(1).side.update_election_vote(Epoch(2));
    gossip.run_to(ms(3_000));
    assert_eq!(gossip.leaders(), all(2, 1..=3));
}

#[test]
fn a_lone_survivor_does_not_follow_a_dead_leader_and_waits_for_the_other() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 0), DELAY);
    gossip.settle(1, 3, 1, 1);
    gossip.settle(2, 3, 1, 1);
    gossip.look(1);
    gossip.run_to(ms(5_000));
    assert_eq!(gossip.peers[&1].state, ServerState::Looking);
    let waits = gossip.peers[&1].notes.iter().filter_map(|note| match note {
        Note::NotificationTimeout { next_wait_ms, .. } => Some(*next_wait_ms),
        _ => None,
    });
    assert_eq!(waits.collect::<Vec<_>>(), [400, 800, 1_600, 3_200]);

    gossip.look(2);
    gossip.run_to(ms(6_000));
    assert_eq!(gossip.leaders(), all(2, 1..=2));
}

#[test]
fn a_killed_leader_leaves_the_larger_of_two_equal_survivors_to_lead() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 0), DELAY);
    for sid in 1..=3 {
        gossip.boot(sid, Zxid(0), Epoch(0));
        gossip.look(sid);
    }
    gossip.run_to(ms(1_000));
    gossip.kill(3);
    gossip.run_to(ms(1_020));
    gossip.look(1);
    gossip.run_to(ms(1_040));
    gossip.look(2);
    gossip.run_to(ms(2_000));
    assert_eq!(gossip.leaders(), all(2, 1..=2));
    let (at, _) = gossip.peers[&2].elected.expect("it ended");
    assert!((ms(1_240)..ms(1_270)).contains(&at), "{at}");
}

#[test]
fn an_observer_learns_the_leader_from_the_voters_answers() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 1), DELAY);
    gossip.settle(1, 2, 4, 1);
    gossip.settle(2, 2, 4, 1);
    gossip.boot(4, Zxid::make(Epoch(1), 5), Epoch(1));
    gossip.look(4);
    gossip.run_to(ms(1_000));
    assert_eq!(gossip.peers[&4].state, ServerState::Observing);
    assert_eq!(gossip.leaders()[&4], 2);
}

/// QUIRK(endless-answers): an observer ahead of a LOOKING voter's clock and that voter answer each
/// other as fast as the wire goes, and neither clock moves.
#[test]
fn an_observer_and_a_looking_voter_answer_each_other_without_end() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 1), DELAY);
    gossip.boot(1, Zxid(0), Epoch(0));
    gossip.look(1);
    gossip.boot(4, Zxid(0), Epoch(0));
    let observer = gossip.peer(4);
    observer.side = observer.side.clone().with_memory(Round(6), None);
    gossip.look(4);
    gossip.run_to(ms(1_000));
    let by_then = gossip.sent;
    assert!(by_then > 1_000 / 7 / 2, "{by_then}");
    gossip.run_to(ms(2_000));
    assert!(gossip.sent > by_then + 1_000 / 7 / 2);
    let clock = |sid| gossip.peers[&sid].side.logical_clock();
    assert_eq!((clock(1), clock(4)), (Round(1), Round(7)));
    gossip.peer(1).state = ServerState::Following;
    gossip.run_to(ms(2_100));
    let quiet = gossip.sent;
    gossip.run_to(ms(2_150));
    assert_eq!(
        gossip.sent, quiet,
        "it ends when one of them leaves LOOKING"
    );
}

/// `Vote`'s order looks at the new leader's weight alone.
#[test]
fn a_server_without_weight_is_never_taken_over_and_stays_with_itself() {
    let mut ensemble = Ensemble::plain(3, 0);
    ensemble.quorum = zabscope::protocol::QuorumSpec::Hierarchical {
        groups: zabscope::base::Map::from([(1, (1..=3).map(zabscope::protocol::Sid).collect())]),
        weights: zabscope::base::Map::from([(zabscope::protocol::Sid(3), 0)]),
    };
    let mut gossip = Gossip::new(ensemble, DELAY);
    for sid in 1..=3 {
        gossip.boot(sid, Zxid(0), Epoch(0));
        gossip.look(sid);
    }
    gossip.run_to(ms(150));
    assert_eq!(gossip.peers[&3].side.proposal().leader.0, 3);
    assert_eq!(gossip.peers[&1].side.proposal().leader.0, 2);
    gossip.run_to(ms(1_000));
    assert_eq!(gossip.leaders(), all(2, 1..=3), "it learns the result");
    assert_eq!(
        gossip.peers[&3].elected.map(|(_, how)| how),
        Some(ElectedHow::Joined)
    );
}

#[test]
fn a_server_with_an_untrusted_database_takes_no_part_but_may_join() {
    let mut gossip = Gossip::new(Ensemble::plain(3, 0), DELAY);
    gossip.boot(1, Zxid::UNTRUSTED, Epoch(0));
    gossip.boot(2, Zxid(5), Epoch(0));
    gossip.look(1);
    gossip.look(2);
    gossip.run_to(ms(2_000));
    assert_eq!(
        gossip.leaders(),
        BTreeMap::new(),
        "two are there, one counts"
    );
    gossip.boot(3, Zxid(4), Epoch(0));
    gossip.look(3);
    gossip.run_to(ms(8_000));
    assert_eq!(gossip.leaders(), all(2, 1..=3));
}
