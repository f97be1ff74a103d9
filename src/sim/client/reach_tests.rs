//! Claims about what is between a client and its server: the machine it runs on, ways that are cut,
//! sessions that only this server knows.

use super::*;
use crate::protocol::LocalSessions;
use crate::sim::Ways;

#[test]
fn clients_of_one_machine_share_what_a_server_allows_it() {
    let on = |host: Option<&str>| ClientSpec {
        host: host.map(Arc::from),
        ..of(&[1])
    };
    let clients = vec![
        on(Some("app1")),
        on(Some("app1")),
        on(Some("app2")),
        on(None),
    ];
    let mut spec = ClusterSpec::plain(3, 0);
    spec.config.max_client_cnxns = 1;
    spec.clients = clients;
    let mut stage = Stage {
        world: World::new(&spec, 5),
        told: Vec::new(),
        steps: Vec::new(),
    };
    stage.run_to(20_000);
    let at: Vec<bool> = (0..4).map(|n| stage.host(ClientId(n)).is_some()).collect();
    assert!(at[0] != at[1], "one of the two has the only place: {at:?}");
    assert_eq!(at[2..], [true, true]);
    let addresses = (0..4).map(|n| stage.world.address_of(ClientId(n)));
    assert_eq!(addresses.collect::<Vec<_>>(), [0, 0, 2, 3].map(Address));
}

/// A client at server 1 that asks for a znode while the way between the two is cut so.
fn cut_off(direction: Ways) -> Stage {
    let mut stage = Stage::serving(vec![of(&[1, 2])]);
    let sid = stage.host(FIRST).expect("is served");
    let id = FIRST;
    stage.inject(Fault::CutClient { id, sid, direction });
    ask(&mut stage, create("/a", CreateMode::Persistent));
    stage
}

#[test]
fn a_client_cut_off_from_its_server_moves_to_another_one_with_its_session() {
    let mut stage = Stage::serving(vec![of(&[1, 2])]);
    let before = stage.status(FIRST);
    let (id, sid) = (FIRST, before.host.expect("is served"));
    let direction = Ways::Both;
    stage.inject(Fault::CutClient { id, sid, direction });
    stage.run(3_000);
    assert_eq!(stage.host(FIRST), Some(sid), "nobody is told");
    stage.run(12_000);
    let after = stage.status(FIRST);
    assert_eq!(stage.host(FIRST), Some(Sid(3 - sid.0)));
    assert_eq!((after.session, after.expiries), (before.session, 0));
}

#[test]
fn one_way_is_cut_and_the_other_is_not() {
    let asked = cut_off(Ways::ToServer);
    assert_eq!(asked.having("/a"), 0, "the request is held up");
    let done = cut_off(Ways::ToClient);
    assert_eq!(done.having("/a"), 3, "the answer is held up");
    for mut stage in [asked, done] {
        assert_eq!(stage.status(FIRST).in_flight, 1);
        stage.act(&Command::HealAll);
        stage.run(2_000);
        assert_eq!(stage.having("/a"), 3);
        let status = stage.status(FIRST);
        assert_eq!((status.acknowledged, status.unknown), (1, 0));
    }
}

#[test]
fn a_way_is_cut_once_between_ends_that_exist() {
    let mut stage = Stage::serving(vec![of(&[1])]);
    let mut cut = |id, sid, direction| {
        let fault = Fault::CutClient { id, sid, direction };
        stage.world.apply(&Command::Inject { fault }).map(|_| ())
    };
    let (id, sid, nobody) = (FIRST, Sid(1), ClientId(9));
    assert_eq!(cut(id, sid, Ways::ToServer), Ok(()));
    let twice = Err(Rejected::ClientCut { id, sid });
    assert_eq!(cut(id, sid, Ways::ToServer), twice);
    assert_eq!(cut(id, sid, Ways::Both), Ok(()));
    assert_eq!(cut(id, sid, Ways::ToClient), twice);
    let unknown = Rejected::UnknownClient { id: nobody };
    assert_eq!(cut(nobody, sid, Ways::Both), Err(unknown));
    let stranger = Rejected::UnknownServer { sid: Sid(7) };
    assert_eq!(cut(id, Sid(7), Ways::Both), Err(stranger));
}

/// Three servers whose sessions are local, and a client of each of two.
fn with_local_sessions(local_sessions: LocalSessions) -> Stage {
    let mut spec = ClusterSpec::plain(3, 0);
    spec.config.local_sessions = local_sessions;
    spec.clients = vec![of(&[1, 2]), of(&[3])];
    let mut stage = Stage {
        world: World::new(&spec, 5),
        told: Vec::new(),
        steps: Vec::new(),
    };
    stage.run_to(15_000);
    stage
}

#[test]
fn local_sessions_write_and_are_in_no_table_and_lost_with_their_server() {
    let mut stage = with_local_sessions(LocalSessions::Enabled);
    for n in 0..2 {
        assert!(stage.host(ClientId(n)).is_some(), "client {n}");
    }
    for sid in stage.world.sids() {
        let database = stage.world.database(sid).expect("runs");
        assert!(database.sessions().is_empty());
    }
    ask(&mut stage, create("/a", CreateMode::Persistent));
    assert_eq!(stage.having("/a"), 3);
    ask(&mut stage, create("/e", CreateMode::Ephemeral));
    assert_eq!(stage.having("/e"), 0);
    assert_eq!(stage.status(FIRST).failed, 1);
    stage.run(30_000);
    assert_eq!(stage.status(FIRST).expiries, 0, "pings keep it alive");
    let sid = stage.host(FIRST).expect("is served");
    stage.inject(Fault::Kill { sid });
    stage.run(20_000);
    assert_eq!(stage.status(FIRST).expiries, 1);
}

#[test]
fn a_session_that_was_upgraded_survives_its_server() {
    let mut stage = with_local_sessions(LocalSessions::Upgrading);
    ask(&mut stage, create("/e", CreateMode::Ephemeral));
    let session = stage.status(FIRST).session;
    assert_eq!(stage.having("/e"), 3);
    let sid = stage.host(FIRST).expect("is served");
    stage.inject(Fault::Kill { sid });
    stage.run(20_000);
    assert_eq!(stage.status(FIRST).session, session);
    assert_eq!((stage.status(FIRST).expiries, stage.having("/e")), (0, 2));
}
