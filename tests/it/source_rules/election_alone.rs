//! One peer's rules where it takes no second peer to show them.

use std::sync::Arc;
use zabscope::base::Map;

use zabscope::base::Micros;
use zabscope::protocol::election::{AnyElection, config_text};
use zabscope::protocol::note::{ElectedHow, Ignored, Malformed};
use zabscope::protocol::{
    Deciding, Effect, ElectionMessage, Ensemble, Epoch, Message, Note, Notification, PeerConfig,
    PeerStatus, QuorumSpec, Round, ServerState, Sid, Vote, Zxid,
};

use crate::conformance::bench::Bench;

const ZXID: Zxid = Zxid(0x1_0000_0005);

fn ms(ms: u64) -> Micros {
    Micros::from_ms(ms)
}

/// Peer `sid` of `ensemble`, LOOKING, its election begun.
fn looking(sid: i64, ensemble: Ensemble) -> Bench {
    let config = PeerConfig::sample(Sid(sid), ensemble);
    let mut bench = Bench::new(config, ZXID, Epoch(1));
    bench.boot();
    bench.look();
    bench.trace.clear();
    bench
}

fn says(state: ServerState, leader: i64, round: i64) -> Notification {
    Notification {
        state,
        leader: Sid(leader),
        zxid: ZXID,
        election_epoch: Round(round),
        peer_epoch: Epoch(1),
        version: 2,
        config: None,
    }
}

fn tell(bench: &mut Bench, from: i64, n: Notification) {
    bench.receive(Sid(from), ElectionMessage::Notification(n));
}

fn notes(bench: &Bench) -> Vec<Note> {
    let notes = bench.trace.iter().filter_map(|(_, effect)| match effect {
        Effect::Note(note) => Some(note.clone()),
        _ => None,
    });
    notes.collect()
}

fn status(bench: &Bench) -> PeerStatus {
    let mut status = PeerStatus::default();
    bench.side.fill_status(&mut status);
    status
}

#[test]
fn a_change_of_vote_names_what_decided() {
    let mut bench = looking(2, Ensemble::plain(5, 0));
    tell(&mut bench, 4, says(ServerState::Looking, 4, 1));
    assert!(notes(&bench).iter().any(|note| matches!(
        note,
        Note::VoteChanged {
            heard_from: Sid(4),
            old: Sid(2),
            new: Vote { leader: Sid(4), .. },
            deciding: Deciding::Sid,
        }
    )));
    bench.trace.clear();
    tell(&mut bench, 1, says(ServerState::Looking, 1, 1));
    assert_eq!(
        notes(&bench),
        [Note::VoteKept {
            heard_from: Sid(1),
            theirs: Sid(1),
            mine: Sid(4),
            deciding: Deciding::Sid,
        }]
    );
}

/// QUIRK(finalize-drops).
#[test]
fn within_the_200_ms_a_vote_that_is_not_greater_is_lost_and_restarts_the_wait() {
    let mut bench = looking(2, Ensemble::plain(5, 0));
    tell(&mut bench, 1, says(ServerState::Looking, 2, 1));
    tell(&mut bench, 3, says(ServerState::Looking, 2, 1));
    assert!(status(&bench).finalizing);
    bench.advance(ms(150));
    bench.trace.clear();
    tell(&mut bench, 5, says(ServerState::Following, 1, 1));
    let why = Ignored::WithinFinalizeWait;
    let heard_from = Sid(5);
    assert_eq!(
        notes(&bench),
        [Note::NotificationIgnored { heard_from, why }]
    );
    let voted: Vec<i64> = status(&bench).ballots.keys().map(|sid| sid.0).collect();
    assert_eq!(voted, [1, 2, 3]);
    bench.advance(ms(199));
    assert_eq!(bench.state, ServerState::Looking);
    bench.advance(ms(1));
    assert_eq!(bench.state, ServerState::Leading);
}

/// QUIRK(finalize-interrupts).
#[test]
fn a_greater_vote_of_a_stale_round_interrupts_the_wait_for_a_whole_back_off() {
    let mut bench = looking(1, Ensemble::plain(3, 0));
    bench.look();
    tell(&mut bench, 2, says(ServerState::Looking, 2, 2));
    assert!(status(&bench).finalizing);
    tell(&mut bench, 3, says(ServerState::Looking, 3, 1));
    assert!(
        !status(&bench).finalizing,
        "the quorum is there, but nobody looks"
    );
    bench.advance(ms(399));
    assert_eq!(bench.state, ServerState::Looking);
    bench.advance(ms(1));
    assert_eq!(
        bench.state,
        ServerState::Following,
        "its own next broadcast, and 200 ms"
    );
    assert_eq!(bench.now, ms(400));
}

/// QUIRK(outofelection-accumulates) and QUIRK(clock-goes-back).
#[test]
fn settled_votes_of_different_rounds_add_up() {
    let mut bench = looking(5, Ensemble::plain(5, 0));
    tell(&mut bench, 1, says(ServerState::Following, 2, 9));
    tell(&mut bench, 3, says(ServerState::Following, 2, 7));
    tell(&mut bench, 4, says(ServerState::Looking, 4, 3));
    assert_eq!(bench.side.logical_clock(), Round(3));
    tell(&mut bench, 2, says(ServerState::Leading, 2, 1));
    assert_eq!(bench.state, ServerState::Following);
    assert_eq!(bench.side.logical_clock(), Round(1));
}

#[test]
fn followers_alone_do_not_make_a_leader() {
    let mut bench = looking(3, Ensemble::plain(3, 0));
    tell(&mut bench, 1, says(ServerState::Following, 2, 1));
    tell(&mut bench, 2, says(ServerState::Following, 2, 1));
    assert_eq!(bench.state, ServerState::Looking);
    tell(&mut bench, 2, says(ServerState::Leading, 2, 1));
    assert_eq!(bench.state, ServerState::Following);
}

/// QUIRK(stranger-gets-former-vote).
#[test]
fn a_stranger_is_told_the_former_vote_and_the_present_clock() {
    let mut bench = looking(1, Ensemble::plain(3, 1));
    tell(&mut bench, 2, says(ServerState::Looking, 2, 5));
    bench.trace.clear();
    tell(&mut bench, 4, says(ServerState::Looking, i64::MIN, 5));
    let answer = bench.trace.iter().find_map(|(_, effect)| match effect {
        Effect::Send(_, Message::Election(ElectionMessage::Notification(n))) => Some(n),
        _ => None,
    });
    let answer = answer.expect("it is answered");
    assert_eq!((answer.leader, answer.election_epoch), (Sid(1), Round(5)));
    assert_eq!(bench.side.proposal().leader, Sid(2));
}

#[test]
fn without_a_current_vote_nothing_is_answered() {
    let mut bench = looking(1, Ensemble::plain(3, 1));
    bench.state = ServerState::Following;
    tell(&mut bench, 4, says(ServerState::Looking, 4, 1));
    assert_eq!(bench.side.current_vote(), None, "the election was aborted");
    assert_eq!(notes(&bench), []);
    tell(&mut bench, 3, says(ServerState::Looking, 3, 1));
    assert_eq!(notes(&bench), []);
    assert_eq!(bench.next_deadline(), None, "and its deadline is gone");
}

#[test]
fn a_leader_is_told_which_voter_is_looking() {
    let config = PeerConfig::sample(Sid(2), Ensemble::plain(3, 1));
    let mut bench = Bench::new(config, ZXID, Epoch(1));
    bench.boot();
    bench.state = ServerState::Leading;
    tell(&mut bench, 1, says(ServerState::Looking, 1, 1));
    assert_eq!(bench.looking_voter, Some(Sid(1)));
    tell(&mut bench, 4, says(ServerState::Looking, 4, 1));
    assert_eq!(bench.looking_voter, None, "an observer is no voter");
    tell(&mut bench, 3, says(ServerState::Following, 1, 1));
    assert_eq!(bench.looking_voter, None);
}

#[test]
fn a_bad_state_is_dropped_from_voters_and_answered_to_strangers() {
    let mut bytes = zabscope::protocol::election::wire::encode(&says(ServerState::Looking, 1, 1));
    bytes[3] = 9;
    let mut bench = looking(1, Ensemble::plain(3, 1));
    for (from, answered) in [(2, false), (4, true)] {
        bench.trace.clear();
        let bytes = Arc::from(bytes.as_slice());
        bench.receive(Sid(from), ElectionMessage::Raw { bytes });
        let expected = if answered {
            let (to, leader) = (Sid(from), Sid(1));
            Note::StrangerAnswered { to, leader }
        } else {
            Note::Malformed {
                heard_from: Some(Sid(from)),
                fault: Malformed::State { ordinal: 9 },
            }
        };
        assert!(
            notes(&bench).contains(&expected),
            "S{from}: {:?}",
            notes(&bench)
        );
    }
}

fn with_config(mut n: Notification, ensemble: &Ensemble) -> Notification {
    n.config = Some(Arc::from(config_text(ensemble)));
    n
}

#[test]
fn a_newer_configuration_with_other_members_is_adopted_and_restarts_the_election() {
    let mut bench = looking(1, Ensemble::plain(3, 0));
    bench.config.reconfig_enabled = true;
    bench.look();
    let newer = Ensemble {
        version: 7,
        ..Ensemble::plain(4, 0)
    };
    tell(
        &mut bench,
        2,
        with_config(says(ServerState::Looking, 2, 2), &newer),
    );
    let (heard_from, version) = (Sid(2), 7);
    let restarted = Note::ElectionRestarted {
        heard_from,
        version,
    };
    assert!(notes(&bench).contains(&restarted));
    assert_eq!(bench.side.committed(), &newer);
    assert_eq!(
        bench.side.logical_clock(),
        Round(1),
        "a new election object"
    );
    assert_eq!(
        bench.side.proposal().leader,
        Sid(1),
        "the message was dropped"
    );
}

/// QUIRK(restart-without-adopting).
#[test]
fn without_reconfiguration_a_newer_configuration_restarts_every_time() {
    let mut bench = looking(1, Ensemble::plain(3, 0));
    let newer = Ensemble {
        version: 7,
        ..Ensemble::plain(4, 0)
    };
    for _ in 0..2 {
        bench.look();
        bench.trace.clear();
        tell(
            &mut bench,
            2,
            with_config(says(ServerState::Looking, 2, 2), &newer),
        );
        assert_eq!(bench.side.logical_clock(), Round(1));
        assert_eq!(bench.side.committed().version, 0);
    }
}

#[test]
fn a_newer_version_of_the_same_members_costs_nothing() {
    let mut bench = looking(1, Ensemble::plain(3, 0));
    bench.config.reconfig_enabled = true;
    let newer = Ensemble {
        version: 7,
        ..Ensemble::plain(3, 0)
    };
    tell(
        &mut bench,
        2,
        with_config(says(ServerState::Looking, 2, 1), &newer),
    );
    assert_eq!(bench.side.committed().version, 7);
    assert_eq!(bench.side.proposal().leader, Sid(2), "the message was used");
}

#[test]
fn a_settled_peer_does_not_look_at_configurations() {
    let mut bench = looking(1, Ensemble::plain(3, 0));
    tell(&mut bench, 2, says(ServerState::Looking, 2, 1));
    bench.advance(ms(200));
    assert_eq!(bench.state, ServerState::Following);
    let newer = Ensemble {
        version: 7,
        ..Ensemble::plain(4, 0)
    };
    tell(
        &mut bench,
        3,
        with_config(says(ServerState::Looking, 3, 1), &newer),
    );
    assert_eq!(bench.side.committed().version, 0);
    assert_eq!(bench.side.logical_clock(), Round(1));
}

/// `QuorumHierarchical.java, getWeight`: an id without weight ends the call with an exception.
#[test]
fn a_leader_of_unknown_weight_makes_the_election_begin_anew() {
    let mut ensemble = Ensemble::plain(3, 0);
    ensemble.quorum = QuorumSpec::Hierarchical {
        groups: Map::from([(1, vec![Sid(1), Sid(2), Sid(3)])]),
        weights: Map::new(),
    };
    let mut bench = looking(1, ensemble);
    bench.side.see_proposed(&Ensemble {
        version: 1,
        ..Ensemble::plain(5, 0)
    });
    tell(&mut bench, 2, says(ServerState::Looking, 5, 1));
    let (heard_from, why) = (Sid(2), Ignored::WeightUnknown);
    assert!(notes(&bench).contains(&Note::NotificationIgnored { heard_from, why }));
    assert_eq!(bench.side.logical_clock(), Round(2));
    assert_eq!(bench.side.proposal().leader, Sid(1));
}

fn two_with_oracle() -> Ensemble {
    Ensemble {
        quorum: QuorumSpec::Oracle {
            path: "/oracle".into(),
            says: None,
        },
        ..Ensemble::plain(2, 0)
    }
}

/// `QuorumOracleMaj.java, revalidateVoteset`.
#[test]
fn the_oracle_may_decide_at_a_timeout_and_not_before() {
    let mut bench = looking(1, two_with_oracle());
    bench.oracle.says_one = true;
    bench.advance(ms(199));
    assert_eq!(bench.state, ServerState::Looking);
    bench.advance(ms(1));
    assert_eq!(bench.state, ServerState::Leading);
    let how = ElectedHow::Oracle;
    assert!(
        notes(&bench)
            .iter()
            .any(|n| matches!(n, Note::Elected { how: h, .. } if *h == how))
    );
}

#[test]
fn of_two_servers_the_one_the_oracle_does_not_name_takes_the_leaders_word() {
    let mut bench = looking(1, two_with_oracle());
    tell(&mut bench, 2, says(ServerState::Leading, 2, 8));
    assert_eq!(bench.state, ServerState::Following);
    assert_eq!(
        bench.side.logical_clock(),
        Round(1),
        "the clock is unchanged"
    );

    let mut named = looking(1, two_with_oracle());
    named.oracle.says_one = true;
    tell(&mut named, 2, says(ServerState::Following, 2, 8));
    assert_eq!(named.state, ServerState::Looking);
}

#[test]
fn while_nothing_is_delivered_a_timeout_connects_instead_of_resending() {
    let config = PeerConfig::sample(Sid(1), Ensemble::plain(3, 0));
    let mut bench = Bench::new(config, ZXID, Epoch(1));
    bench.reachable = false;
    bench.boot();
    bench.look();
    bench.trace.clear();
    bench.advance(ms(200));
    assert_eq!(
        notes(&bench),
        [Note::NotificationTimeout {
            next_wait_ms: 400,
            resent: false,
        }]
    );
    let dials = bench
        .trace
        .iter()
        .filter(|(_, e)| matches!(e, Effect::Dial { .. }));
    assert_eq!(dials.count(), 2);
}

#[test]
fn a_peer_outside_the_configuration_proposes_nobody() {
    let bench = looking(9, Ensemble::plain(3, 0));
    let proposal = bench.side.proposal();
    assert_eq!((proposal.leader, proposal.zxid), (Sid::NONE, ZXID));
}

#[test]
fn election_algorithms_go_by_number_and_name() {
    assert_eq!(AnyElection::of_config("3").map(|a| a.name), Some("fast"));
    assert_eq!(AnyElection::of_config("Fast").map(|a| a.number), Some(3));
    for other in ["", "0", "4", "slow", "3x"] {
        assert!(AnyElection::of_config(other).is_none(), "{other}");
    }
}
