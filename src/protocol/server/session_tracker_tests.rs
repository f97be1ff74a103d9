//! Sessions as a leader and a learner track them.

use super::*;

const S: SessionId = SessionId(0x0100_0000_0000_0005);
const ME: Option<Owner> = Some(Owner::Me);
const HANDLER: Option<Owner> = Some(Owner::Handler(ConnId(4)));
const TICK: i64 = 2_000;

fn table() -> SessionTable {
    SessionTable::from([(S, 4_000)])
}

fn leader() -> LeaderSessions {
    LeaderSessions::new(Sid(1), (TICK, LocalSessions::Disabled), &table(), 0)
}

/// When the session is found due, polling as the timer does.
fn end_of(tracker: &mut SessionTracker, session: SessionId) -> i64 {
    loop {
        let now_ms = tracker.next_expiry_ms();
        if tracker.expire(now_ms).contains(&session) {
            return now_ms;
        }
    }
}

#[test]
fn a_new_leader_gives_every_session_its_full_timeout() {
    let mut tracker = SessionTracker::new(Sid(1), TICK, &table(), 7_001);
    assert_eq!(tracker.expires_at(S), Some(12_000));
    assert_eq!(end_of(&mut tracker, S), 12_000);
}

#[test]
fn a_closing_session_cannot_be_saved() {
    let mut tracker = leader().global;
    assert!(tracker.touch(S, 4_000, 1_000));
    assert_eq!(end_of(&mut tracker, S), 6_000);
    assert!(!tracker.touch(S, 4_000, 6_000));
    assert_eq!(tracker.check(S, ME), Err(SessionFault::Expired));
    assert_eq!(tracker.set_owner(S, ME), Err(SessionFault::Expired));
    assert!(tracker.is_tracking(S), "until its end is committed");
    tracker.remove(S);
    assert_eq!(tracker.check(S, ME), Err(SessionFault::Unknown));
    assert_eq!(tracker.expires_at(S), None);
}

#[test]
fn the_first_to_ask_owns_the_session_until_it_is_given_away() {
    let mut tracker = leader().global;
    assert_eq!(tracker.owner(S), None);
    assert_eq!(tracker.check(S, HANDLER), Ok(()));
    assert_eq!(tracker.check(S, ME), Err(SessionFault::Moved));
    assert_eq!(tracker.set_owner(S, ME), Ok(()));
    assert_eq!(tracker.check(S, HANDLER), Err(SessionFault::Moved));
    assert_eq!(tracker.owner(S), ME);
}

#[test]
fn ids_follow_one_another() {
    let mut sessions = leader();
    let first = sessions.create(4_000, 10);
    assert_eq!(sessions.create(4_000, 10), SessionId(first.0 + 1));
    assert!(sessions.global.is_tracking(first));
    let mut learner = LearnerSessions::new(Sid(2), (TICK, LocalSessions::Disabled), 10);
    assert_eq!(learner.create(4_000, 10).0 >> 56, 2);
}

#[test]
fn without_local_sessions_a_leader_refuses_strangers() {
    let mut sessions = leader();
    let stranger = SessionId(0x0300_0000_0000_0001);
    assert_eq!(sessions.check(stranger, ME), Err(SessionFault::Expired));
    assert_eq!(
        sessions.check_global(stranger, ME),
        Err(SessionFault::Expired)
    );
    assert!(!sessions.touch(stranger, 4_000, 1));
    assert!(sessions.track(stranger, 4_000, 1) && !sessions.track(stranger, 4_000, 1));
    assert_eq!(sessions.check(stranger, ME), Ok(()));
    sessions.remove(stranger);
    assert!(!sessions.touch(stranger, 4_000, 1));
}

#[test]
fn a_local_session_becomes_global_when_its_upgrade_is_tracked() {
    let locals = (TICK, LocalSessions::Enabled);
    let mut sessions = LeaderSessions::new(Sid(1), locals, &SessionTable::new(), 0);
    let session = sessions.create(4_000, 0);
    assert_eq!(sessions.check(session, ME), Ok(()));
    assert_eq!(
        sessions.check_global(session, ME),
        Err(SessionFault::Expired)
    );
    sessions.track(session, 4_000, 0);
    assert_eq!(sessions.check_global(session, ME), Ok(()));
}

#[test]
fn a_learner_hands_over_whom_it_heard_of_once() {
    let mut learner = LearnerSessions::new(Sid(2), (TICK, LocalSessions::Disabled), 0);
    let empty = SessionTable::new();
    assert!(
        learner.touch(S, 4_000, (&empty, 5)),
        "it cannot know better"
    );
    assert!(learner.touch(S, 4_000, (&empty, 6)));
    assert!(learner.touch(SessionId(9), 5_000, (&empty, 6)));
    learner.remove(SessionId(9));
    assert_eq!(learner.take_touched(), [(S, 4_000)]);
    assert_eq!(learner.take_touched(), []);
}

#[test]
fn a_learner_with_local_sessions_knows_whom_nobody_knows() {
    let mut learner = LearnerSessions::new(Sid(2), (TICK, LocalSessions::Enabled), 0);
    let empty = SessionTable::new();
    assert!(!learner.touch(S, 4_000, (&empty, 5)));
    assert!(learner.touch(S, 4_000, (&table(), 5)));
    let own = learner.create(4_000, 5);
    assert!(learner.touch(own, 4_000, (&empty, 6)));
    assert_eq!(learner.check(own, ME, &empty), Ok(()));
    assert_eq!(learner.check(S, ME, &empty), Err(SessionFault::Expired));
    assert_eq!(learner.take_touched(), [(S, 4_000)], "not the local one");
    learner.remove(own);
    assert_eq!(learner.check(own, ME, &empty), Err(SessionFault::Expired));
}
