//! Claims about local sessions: who knows them, what they may own, how they end.

use super::*;

fn bench(local_sessions: LocalSessions) -> Bench {
    Bench::new(|limits| {
        let limits = Limits {
            local_sessions,
            ..limits
        };
        Server::learning(LEARNER, limits, Micros::ZERO)
    })
}

/// Takes a client in; nobody else hears of it.
fn join_locally(bench: &mut Bench, conn: ConnId) -> SessionId {
    bench.opened(conn);
    assert_eq!(bench.hear(conn, connect(SessionId(0), 0)), []);
    let told = bench.told();
    let [(to, Some(ClientMessage::Connected(response)))] = &told[..] else {
        panic!("not taken in: {told:?}");
    };
    assert_eq!((*to, response.timeout_ms), (conn, 6_000));
    response.session
}

fn ephemeral(path: &str) -> Op {
    Op::Create {
        path: Arc::from(path),
        data: Arc::from(""),
        mode: CreateMode::Ephemeral,
    }
}

#[test]
fn a_local_session_begins_and_ends_without_a_transaction() {
    let mut bench = bench(LocalSessions::Enabled);
    let session = join_locally(&mut bench, C);
    assert!(bench.server.is_local(session) && bench.sessions.is_empty());
    let write = only_request(&bench.ask(C, 1, create("/a")));
    assert_eq!(bench.ask(C, 2, Op::CloseSession), []);
    assert_eq!(bench.told(), [], "what was asked before comes first");
    bench.commit(&write);
    let told = bench.told();
    assert_eq!(cxids(&told), [1, 2]);
    assert_eq!(
        told.last(),
        Some(&(C, None)),
        "and then the connection ends"
    );
    assert!(!bench.server.is_local(session));
}

#[test]
fn a_local_session_owns_no_ephemeral_znode_and_is_told_why() {
    let mut bench = bench(LocalSessions::Enabled);
    join_locally(&mut bench, C);
    let asked = only_request(&bench.ask(C, 1, ephemeral("/e")));
    bench.apply(&Txn {
        zxid: Zxid(1),
        session: asked.session,
        cxid: asked.cxid,
        body: TxnBody::Error(ErrorCode::SessionExpired),
    });
    let told = bench.told();
    let [(C, Some(ClientMessage::Reply(reply)))] = &told[..] else {
        panic!("{told:?}");
    };
    let why = OpResult::Error(ErrorCode::EphemeralOnLocalSession);
    assert_eq!(reply.result, why);
}

#[test]
fn where_that_is_allowed_its_first_ephemeral_znode_makes_it_global() {
    let mut bench = bench(LocalSessions::Upgrading);
    let session = join_locally(&mut bench, C);
    let asked = bench.ask(C, 1, ephemeral("/e"));
    let [Upstream::Request(creation), Upstream::Request(znode)] = &asked[..] else {
        panic!("{asked:?}");
    };
    let timeout_ms = 6_000;
    assert_eq!(creation.op, Op::CreateSession { timeout_ms });
    assert_eq!((creation.session, creation.cxid), (session, Cxid(0)));
    assert!(!bench.server.is_local(session));
    let next = only_request(&bench.ask(C, 2, ephemeral("/f")));
    for request in [creation, znode, &next] {
        bench.commit(request);
    }
    assert_eq!(
        cxids(&bench.told()),
        [1, 2],
        "of the upgrade it is told nothing"
    );
    assert_eq!(bench.sessions.get(&session), Some(&6_000));
    assert_eq!(bench.server.take_touched(), [(session, 6_000)]);
}

#[test]
fn a_local_session_expires_on_its_own_server() {
    let mut bench = bench(LocalSessions::Enabled);
    let session = join_locally(&mut bench, C);
    assert!(bench.server.until_expiry(Micros::ZERO).is_some());
    bench.now = Micros::from_ms(5_000);
    bench.ask(C, 1, Op::Ping);
    bench.told();
    for (ms, lives) in [(8_000, true), (10_000, true), (12_000, false)] {
        bench.now = Micros::from_ms(ms);
        bench.with(|server, desk| server.expire_local(desk.ctx));
        assert_eq!(bench.server.is_local(session), lives, "{ms}");
    }
    assert_eq!(bench.told(), [(C, None)]);
}

#[test]
fn a_local_session_comes_back_to_its_server_and_to_no_other() {
    let mut here = bench(LocalSessions::Enabled);
    let session = join_locally(&mut here, C);
    here.opened(D);
    assert_eq!(here.hear(D, connect(session, 0)), []);
    let told = here.told();
    assert_eq!(told[0], (C, None));
    let taken_in =
        matches!(&told[1], (D, Some(ClientMessage::Connected(r))) if r.session == session);
    assert!(taken_in, "{told:?}");
    let mut there = bench(LocalSessions::Enabled);
    there.opened(C);
    let asked = there.hear(C, connect(session, 0));
    let timeout_ms = 6_000;
    let asks = Upstream::Revalidate {
        session,
        timeout_ms,
    };
    assert_eq!(asked, [asks], "the leader, who does not know it either");
}

#[test]
fn without_local_sessions_a_learner_expires_none() {
    assert_eq!(Bench::learner().server.until_expiry(Micros::ZERO), None);
    assert!(Bench::leader().server.until_expiry(Micros::ZERO).is_some());
}
