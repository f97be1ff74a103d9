//! More whole worlds with a former version's behaviour: schedules that need an exact moment.

use super::lab::{Lab, assert_breaks, disks, hands, sends, states};
use crate::base::Micros;
use crate::protocol::note::ElectedHow;
use crate::protocol::{Bug, Epoch, Note, QuorumBody, ServerState, Sid};
use crate::sim::{ClusterSpec, Fault};

fn settle(lab: &mut Lab) {
    lab.run_ms(8_000);
}

#[test]
fn zookeeper_975_a_newcomer_leads_though_the_ensemble_is_online() {
    let mut spec = ClusterSpec::plain(3, 0);
    spec.starts.insert(Sid(3), Micros::from_ms(5_000));
    let bugs = [Bug::FinishWhenAllVoted];
    assert_breaks(&spec, &bugs, &["votes"], settle);
}

#[test]
fn zookeeper_1514_the_word_of_another_round_makes_a_leader() {
    let mut spec = ClusterSpec::plain(3, 0);
    spec.config.sync_limit = 60;
    let bugs = [Bug::CheckLeaderSelfUnconditional];
    assert_breaks(&spec, &bugs, &["votes"], |lab| {
        settle(lab);
        // A second round, so that a new process begins with an earlier one.
        let first = lab.leader();
        lab.kill(first);
        lab.start(first);
        settle(lab);
        // Nobody hears that the leader's process has ended.
        let leader = lab.leader();
        lab.inject(Fault::PullPlug { sid: leader });
        lab.start(leader);
        settle(lab);
    });
}

#[test]
fn zookeeper_1732_settled_votes_that_differ_keep_a_server_out() {
    let mut spec = ClusterSpec::plain(3, 0);
    spec.config.init_limit = 60;
    let bugs = [Bug::StrictOutOfElectionMatch, Bug::NoVoteRefresh];
    assert_breaks(&spec, &bugs, &["recovery"], |lab| {
        settle(lab);
        let leader = lab.leader();
        let [late, other] = lab.others(&[leader])[..] else {
            panic!("three servers");
        };
        lab.kill(late);
        lab.start(late);
        let joins = |note: &Note| {
            let how = ElectedHow::Joined;
            matches!(note, Note::Elected { how: by, .. } if *by == how)
        };
        assert!(lab.run_until(10_000, |step, _| states(step, late, joins)));
        lab.cut_link(late, leader);
        for sid in [leader, other] {
            lab.kill(sid);
            lab.start(sid);
        }
        lab.run_ms(4_000);
        lab.heal();
        settle(lab);
        lab.kill(other);
        lab.start(other);
        lab.run_ms(400_000);
    });
}

/// How many znodes are written to while one server takes the state over.
const ZNODES: usize = 100;

/// Server 1 takes the state over while every znode is written to twice; its process ends in the
/// moment it has acknowledged NEWLEADER.
fn synchronises_while_others_write(lab: &mut Lab, leader: Sid) {
    lab.kill(Sid(1));
    lab.inject(Fault::WipeDisk { sid: Sid(1) });
    lab.start(Sid(1));
    assert!(lab.run_until(10_000, |step, _| {
        states(step, leader, |note| {
            matches!(note, Note::LearnerJoined { .. })
        })
    }));
    for n in 0..ZNODES {
        for data in ["first", "second"] {
            lab.set(
                leader,
                &format!("/{n}"),
                &format!("{data} {}", lab.world.now().0),
            );
            let has_acked = lab.run_until(1, |step, world| {
                let acks = |body: &QuorumBody| matches!(body, QuorumBody::Ack);
                sends(step, world, Sid(1), acks)
            });
            if has_acked {
                return;
            }
        }
    }
}

#[test]
fn zookeeper_3104_newleader_overtakes_what_the_snapshot_contains() {
    let bugs = [Bug::NewLeaderBeforeSnapshot];
    let spec = disks(&[60, 60, 60]);
    assert_breaks(&spec, &bugs, &["session-table"], |lab| {
        settle(lab);
        let leader = lab.leader();
        for n in 0..ZNODES {
            lab.write(leader, &format!("/{n}"));
        }
        lab.run_ms(1_000);
        for _ in 0..16 {
            synchronises_while_others_write(lab, leader);
            lab.kill(Sid(1));
            lab.run_ms(500);
            lab.start(Sid(1));
            settle(lab);
        }
    });
}

#[test]
fn zookeeper_4394_a_commit_finds_nothing_that_waits() {
    let bugs = [Bug::DropOutstandingAtNewLeader];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, &bugs, &["follower-log", "legal"], |lab| {
        settle(lab);
        let leader = lab.leader();
        for _ in 0..12 {
            lab.kill(Sid(1));
            lab.start(Sid(1));
            for n in 0..400 {
                lab.run_ms(5);
                if lab.is_up(Sid(1)) {
                    lab.write(leader, &format!("/{n}"));
                }
            }
        }
    });
}

#[test]
fn zookeeper_4685_a_proposals_ack_comes_ahead_of_new_leaders() {
    let bugs = [Bug::AckProposalsBeforeNewLeader];
    let wanted = ["epoch-data", "kept", "legal", "new-leader-ack"];
    assert_breaks(&disks(&[2, 2, 5]), &bugs, &wanted, settle);
}

#[test]
fn zookeeper_3642_a_half_taken_snapshot_stays_in_memory() {
    let bugs = [Bug::KeepMemoryAfterPartialSnap];
    let wanted = ["epoch-data", "new-leader-ack", "order", "session-table"];
    assert_breaks(&disks(&[2, 60, 60]), &bugs, &wanted, |lab| {
        let snap = |body: &QuorumBody| matches!(body, QuorumBody::Snap(_));
        assert!(lab.run_until(10_000, |step, _| hands(step, Sid(1), snap)));
        lab.cut(Sid(1));
        lab.run_ms(4_000);
        lab.heal();
        lab.run_ms(60_000);
        lab.write(Sid(3), "/after");
        lab.run_ms(100);
        lab.kill(Sid(1));
        lab.start(Sid(1));
        settle(lab);
    });
}

#[test]
fn zookeeper_1343_two_leaders_ask_for_one_epoch() {
    let mut spec = disks(&[5, 5, 5]);
    spec.starts.insert(Sid(2), Micros::from_ms(20_000));
    let ahead = spec.disks.get_mut(&Sid(1)).expect("given");
    ahead.accepted_epoch = Some(Epoch(2));
    let bugs = [Bug::StrictGreater];
    assert_breaks(&spec, &bugs, &["epoch-ack"], settle);
}

#[test]
fn zookeeper_1192_a_leader_goes_on_without_an_ack_quorum() {
    let mut spec = disks(&[2, 2, 2, 2, 2]);
    for sid in [3, 4] {
        spec.starts.insert(Sid(sid), Micros::from_ms(900_000));
    }
    let bugs = [Bug::EpochAckNotAwaited];
    let wanted = ["kept", "primary-integrity"];
    assert_breaks(&spec, &bugs, &wanted, |lab| {
        // Twice server 5 gets as far as its epoch, and its followers end before they hear of it.
        for _ in 0..2 {
            let decides = |note: &Note| matches!(note, Note::EpochDecided { .. });
            assert!(lab.run_until(20_000, |step, _| states(step, Sid(5), decides)));
            for sid in [1, 2].map(Sid) {
                lab.kill(sid);
            }
            lab.run_ms(500);
            lab.kill(Sid(5));
            for sid in [1, 2, 5].map(Sid) {
                lab.start(sid);
            }
        }
        lab.kill(Sid(5));
        for sid in [3, 4].map(Sid) {
            lab.start(sid);
        }
        settle(lab);
        let leader = lab.leader();
        lab.write(leader, "/committed");
        lab.run_ms(100);
        for sid in [3, 4].map(Sid) {
            lab.kill(sid);
        }
        lab.start(Sid(5));
        settle(lab);
    });
}

#[test]
fn zookeeper_3701_a_truncation_that_failed_counts_as_done() {
    let mut spec = disks(&[6, 5, 5]);
    spec.starts.insert(Sid(1), Micros::from_ms(5_000));
    // The newest transaction is in a snapshot, and there is no log to cut.
    let ahead = spec.disks.get_mut(&Sid(1)).expect("given");
    let database = ahead.restore(&spec.config.storage).expect("whole");
    *ahead = crate::protocol::Durable::with_snapshot(Epoch(1), database.snapshot());
    let bugs = [Bug::IgnoreTruncFailure];
    assert_breaks(&spec, &bugs, &["session-table"], settle);
}

#[test]
fn zookeeper_4269_a_crash_between_two_files_is_the_end() {
    let bugs = [Bug::NoEpochTmpRecovery];
    let mut spec = ClusterSpec::plain(3, 0);
    spec.config.sync.force_snapshot = true;
    assert_breaks(&spec, &bugs, &["recovery"], |lab| {
        settle(lab);
        let leader = lab.leader();
        lab.write(leader, "/first");
        lab.run_ms(100);
        lab.kill(Sid(1));
        lab.run_ms(500);
        let other = lab.others(&[Sid(1)])[0];
        lab.kill(other);
        lab.start(other);
        settle(lab);
        let leader = lab.leader();
        lab.write(leader, "/second");
        lab.run_ms(100);
        lab.start(Sid(1));
        // The snapshot is of the new epoch, the file still of the old one.
        assert!(lab.run_until(10_000, |_, world| {
            world.durable(Sid(1)).is_some_and(|disk| {
                let epoch = disk.current_epoch.unwrap_or_default();
                disk.last_zxid().epoch() > epoch
            })
        }));
        lab.kill(Sid(1));
        lab.start(Sid(1));
        settle(lab);
    });
}

#[test]
fn zookeeper_4712_the_log_stage_outlives_its_role() {
    let bugs = [Bug::LogStageSurvives];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, &bugs, &["follower-log"], |lab| {
        settle(lab);
        let leader = lab.leader();
        let [slow, other] = lab.others(&[leader])[..] else {
            panic!("three servers");
        };
        lab.inject(Fault::SlowDisk {
            sid: slow,
            ms: 4_000,
        });
        // One is under way to the disk, the other waits behind it.
        lab.write(leader, "/late");
        lab.run_ms(50);
        lab.cut_link(leader, other);
        lab.write(leader, "/later");
        lab.run_ms(50);
        lab.kill(leader);
        lab.heal();
        lab.run_ms(20_000);
        let new = lab.leader();
        lab.write(new, "/after");
        lab.run_ms(1_000);
        lab.kill(slow);
        lab.start(slow);
        settle(lab);
    });
}

#[test]
fn zookeeper_1277_the_counter_runs_into_the_epoch() {
    let bugs = [Bug::NoRolloverGuard];
    let spec = ClusterSpec::plain(3, 0);
    assert_breaks(&spec, &bugs, &["primary-order"], |lab| {
        settle(lab);
        lab.leap(0xffff_fffa);
        for n in 0..12 {
            let leader = lab.leader();
            lab.write(leader, &format!("/{n}"));
            lab.run_ms(3_000);
        }
    });
}

/// Three of five servers elect the third. The first to decide finds its leader not yet listening
/// and looks again, in the next round, before the two others have decided. When somebody serves,
/// ms; `None` where the leader decides first.
fn served_after_disloyalty(max_wait_ms: Option<u64>, seed: u64) -> Option<u64> {
    let mut spec = ClusterSpec::plain(5, 0);
    spec.config.init_limit = 60;
    spec.config.max_time_to_wait_for_epoch_ms = max_wait_ms;
    for sid in [4, 5] {
        spec.starts.insert(Sid(sid), Micros::from_ms(900_000));
    }
    let mut lab = Lab::new(spec, &[], seed);
    let elected = |note: &Note| matches!(note, Note::Elected { .. });
    assert!(lab.run_until(60_000, |step, _| step.notes.iter().any(elected)));
    let has_decided = |sid: &Sid| {
        let server = lab.world.server(*sid);
        server.is_some_and(|server| server.peer.state != ServerState::Looking)
    };
    let disloyal = [1, 2].map(Sid).into_iter().find(has_decided)?;
    let others = [Sid(3 - disloyal.0), Sid(3)];
    for sid in others {
        lab.inject(Fault::Pause { sid });
    }
    let looks = |note: &Note| {
        let to = ServerState::Looking;
        matches!(note, Note::State { to: state, .. } if *state == to)
    };
    assert!(lab.run_until(60_000, |step, _| states(step, disloyal, looks)));
    for sid in others {
        lab.cut_link(disloyal, sid);
        lab.inject(Fault::Resume { sid });
    }
    lab.run_ms(500);
    lab.heal();
    let serves = |note: &Note| matches!(note, Note::Serving { .. });
    assert!(lab.run_until(120_000, |step, _| step.notes.iter().any(serves)));
    assert_eq!(lab.checks.violations(), [], "seed {seed}");
    Some(lab.world.now().as_ms())
}

#[test]
fn zookeeper_3109_one_disloyal_voter_costs_init_limit() {
    let init_limit = 12_000;
    let mut costly = 0;
    for seed in 0..24 {
        let Some(off) = served_after_disloyalty(None, seed) else {
            continue;
        };
        let on = served_after_disloyalty(Some(300), seed).expect("the same beginning");
        assert!(on < init_limit, "seed {seed}: {on} ms");
        costly += u64::from(off > init_limit);
    }
    assert!(costly > 3, "the leader waited for initLimit {costly} times");
}
