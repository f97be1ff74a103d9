//! Messages as no honest server or client would send them, for the tests beside it.
//!
//! Numbers are drawn from where arithmetic breaks and from where the protocol decides: small
//! epochs, small counters, −1, the ends of the range.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::protocol::election::config_text;
use crate::protocol::ids::{Epoch, Round};
use crate::protocol::message::{
    ElectionMessage, Handshake, LearnerInfo, Message, Notification, QuorumBody, QuorumPacket,
};
use crate::protocol::server::request::{ClientMessage, ConnectRequest, ConnectResponse, Reply};
use crate::protocol::server::session_id::password;
use crate::protocol::server::{
    Change, CreateMode, ErrorCode, EventType, Op, OpResult, Request, SetWatches, Txn,
};
use crate::protocol::{Ensemble, Snapshot};

fn long() -> BoxedStrategy<i64> {
    let edges = vec![
        i64::MIN,
        i64::MIN + 1,
        -1,
        i64::MAX,
        i64::MAX - 1,
        1 << 31,
        1 << 32,
    ];
    prop_oneof![4 => 0_i64..6, 2 => select(edges), 1 => any::<i64>()].boxed()
}

fn int() -> BoxedStrategy<i32> {
    let edges = vec![i32::MIN, -8, -2, -1, i32::MAX];
    prop_oneof![4 => 0..4_i32, 2 => select(edges), 1 => any::<i32>()].boxed()
}

fn zxid() -> BoxedStrategy<Zxid> {
    let near = (0_i64..4, 0_i64..8).prop_map(|(epoch, counter)| Zxid::make(Epoch(epoch), counter));
    let last = (0_i64..4).prop_map(|epoch| Zxid::make(Epoch(epoch), 0xffff_fffe));
    prop_oneof![6 => near, 1 => last, 2 => long().prop_map(Zxid)].boxed()
}

fn sid() -> BoxedStrategy<Sid> {
    prop_oneof![4 => 0_i64..6, 1 => long()]
        .prop_map(Sid)
        .boxed()
}

fn text() -> BoxedStrategy<Arc<str>> {
    let known = vec![
        "",
        "/",
        "//",
        "/a",
        "/a/b",
        "/a/",
        "a",
        "/zookeeper",
        "/zookeeper/quota",
        "/a/../b",
        "/a/\u{0}",
        "/history",
        "/🦀",
        "-2147483648",
    ];
    let any_text = any::<String>().prop_map(Arc::from);
    prop_oneof![6 => select(known).prop_map(Arc::from), 1 => any_text].boxed()
}

/// Sessions the ensemble knows, and any number.
fn session() -> BoxedStrategy<SessionId> {
    let known = select(hostile::known_sessions());
    prop_oneof![3 => known, 2 => long().prop_map(SessionId)].boxed()
}

fn error() -> BoxedStrategy<ErrorCode> {
    use ErrorCode::{BadVersion, ConnectionLoss, NoNode, SessionExpired, SessionMoved};
    select(vec![
        BadVersion,
        ConnectionLoss,
        NoNode,
        SessionExpired,
        SessionMoved,
    ])
    .boxed()
}

fn mode() -> BoxedStrategy<CreateMode> {
    use CreateMode::{Ephemeral, EphemeralSequential, Persistent, PersistentSequential};
    select(vec![
        Ephemeral,
        EphemeralSequential,
        Persistent,
        PersistentSequential,
    ])
    .boxed()
}

fn op() -> BoxedStrategy<Op> {
    let paths = || vec(text(), 0..3);
    let leaf = prop_oneof![
        (text(), text(), mode()).prop_map(|(path, data, mode)| Op::Create { path, data, mode }),
        (text(), int()).prop_map(|(path, version)| Op::Delete { path, version }),
        (text(), text(), int()).prop_map(|(path, data, version)| Op::SetData {
            path,
            data,
            version
        }),
        (text(), int()).prop_map(|(path, version)| Op::Check { path, version }),
        (text(), any::<bool>()).prop_map(|(path, watch)| Op::GetData { path, watch }),
        (text(), any::<bool>()).prop_map(|(path, watch)| Op::Exists { path, watch }),
        (text(), any::<bool>()).prop_map(|(path, watch)| Op::GetChildren { path, watch }),
        text().prop_map(|path| Op::Sync { path }),
        (zxid(), paths(), paths(), paths()).prop_map(|(relative_zxid, data, exist, child)| {
            Op::SetWatches(Arc::new(SetWatches {
                relative_zxid,
                data,
                exist,
                child,
            }))
        }),
        Just(Op::Ping),
        long().prop_map(|timeout_ms| Op::CreateSession { timeout_ms }),
        Just(Op::CloseSession),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| vec(inner, 0..3).prop_map(Op::Multi))
        .boxed()
}

fn txn_body() -> BoxedStrategy<TxnBody> {
    let leaf = prop_oneof![
        long().prop_map(|timeout_ms| TxnBody::CreateSession { timeout_ms }),
        vec(text(), 0..3).prop_map(|ephemerals| TxnBody::CloseSession { ephemerals }),
        (text(), text(), any::<bool>(), int()).prop_map(
            |(path, data, is_ephemeral, parent_cversion)| TxnBody::Create {
                path,
                data,
                is_ephemeral,
                parent_cversion,
            }
        ),
        text().prop_map(|path| TxnBody::Delete { path }),
        (text(), text(), int()).prop_map(|(path, data, version)| TxnBody::SetData {
            path,
            data,
            version
        }),
        (text(), int()).prop_map(|(path, version)| TxnBody::Check { path, version }),
        error().prop_map(TxnBody::Error),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| vec(inner, 0..3).prop_map(TxnBody::Multi))
        .boxed()
}

fn txn(zxid: BoxedStrategy<Zxid>) -> BoxedStrategy<Arc<Txn>> {
    let whole = (zxid, session(), int(), txn_body());
    let make = |(zxid, session, cxid, body)| {
        let cxid = Cxid(cxid);
        Arc::new(Txn {
            zxid,
            session,
            cxid,
            body,
        })
    };
    whole.prop_map(make).boxed()
}

/// What a leader may have after any transactions.
fn snapshot() -> BoxedStrategy<Arc<Snapshot>> {
    let make = |txns: Vec<Arc<Txn>>| {
        let mut database = Database::default();
        for txn in txns {
            database.process(&txn);
        }
        Arc::new(database.snapshot())
    };
    vec(txn(zxid()), 0..4).prop_map(make).boxed()
}

fn info() -> BoxedStrategy<LearnerInfo> {
    let version = select(vec![0x1_0000, 0x1_0000, 0x1_0000, 0, i32::MIN, i32::MAX]);
    let config = select(vec![0, 0, 0, 1, i64::MAX, i64::MIN]);
    let make = |(sid, protocol_version, config_version)| LearnerInfo {
        sid,
        protocol_version,
        config_version,
    };
    (sid(), version, config).prop_map(make).boxed()
}

fn body() -> BoxedStrategy<QuorumBody> {
    let plain = vec![
        QuorumBody::Diff,
        QuorumBody::Trunc,
        QuorumBody::NewLeader,
        QuorumBody::Ack,
        QuorumBody::UpToDate,
        QuorumBody::Ping,
        QuorumBody::Commit,
        QuorumBody::Sync,
    ];
    let request = (session(), int(), op()).prop_map(|(session, cxid, op)| Request {
        session,
        cxid: Cxid(cxid),
        op,
    });
    let sessions = vec((session(), long()), 0..3);
    prop_oneof![
        8 => select(plain),
        2 => info().prop_map(QuorumBody::FollowerInfo),
        1 => info().prop_map(QuorumBody::ObserverInfo),
        2 => int().prop_map(|protocol_version| QuorumBody::LeaderInfo { protocol_version }),
        2 => long().prop_map(|epoch| QuorumBody::AckEpoch { current_epoch: Epoch(epoch) }),
        2 => snapshot().prop_map(QuorumBody::Snap),
        3 => txn(zxid()).prop_map(QuorumBody::Proposal),
        2 => txn(zxid()).prop_map(QuorumBody::Inform),
        1 => sessions.prop_map(|sessions| QuorumBody::Touched { sessions }),
        1 => (session(), long()).prop_map(|(session, timeout_ms)| QuorumBody::Revalidate {
            session,
            timeout_ms,
        }),
        1 => (session(), any::<bool>()).prop_map(|(session, is_valid)| {
            QuorumBody::Revalidated { session, is_valid }
        }),
        4 => request.prop_map(QuorumBody::Request),
    ]
    .boxed()
}

/// A packet; that of a proposal mostly says the transaction's own zxid.
fn packet() -> BoxedStrategy<QuorumPacket> {
    let make = |(mut zxid, body, own): (Zxid, QuorumBody, bool)| {
        if let QuorumBody::Proposal(txn) | QuorumBody::Inform(txn) = &body
            && own
        {
            zxid = txn.zxid;
        }
        QuorumPacket { zxid, body }
    };
    (zxid(), body(), any::<bool>()).prop_map(make).boxed()
}

fn config() -> BoxedStrategy<Option<Arc<str>>> {
    let mut newer = Ensemble::plain(4, 0);
    newer.version = 7;
    let newer: Arc<str> = Arc::from(config_text(&newer));
    let broken: Arc<str> = Arc::from("server.1=nonsense\nversion=zz");
    let huge: Arc<str> = Arc::from(
        "group.1=1:2\nweight.1=9223372036854775807\nweight.2=9223372036854775807\nversion=9",
    );
    let texts = vec![None, None, None, Some(newer), Some(broken), Some(huge)];
    select(texts).boxed()
}

fn notification() -> BoxedStrategy<Notification> {
    use ServerState::{Following, Leading, Looking, Observing};
    let state = select(vec![Looking, Looking, Following, Leading, Observing]);
    let numbers = (sid(), zxid(), long(), long(), int());
    let make = |(state, numbers, config): (_, (_, _, _, _, _), _)| {
        let (leader, zxid, round, epoch, version) = numbers;
        Notification {
            state,
            leader,
            zxid,
            election_epoch: Round(round),
            peer_epoch: Epoch(epoch),
            version,
            config,
        }
    };
    (state, numbers, config()).prop_map(make).boxed()
}

fn election() -> BoxedStrategy<ElectionMessage> {
    let addresses = select(vec!["zk9:3888", "", "zk9", "a|b", "[::1]:1", "zk9:99999"]);
    let handshake = (long(), sid(), addresses).prop_map(|(protocol_version, sid, addresses)| {
        ElectionMessage::Handshake(Handshake {
            protocol_version,
            sid,
            addresses: addresses.to_owned(),
        })
    });
    let versions = vec![-65_536, -65_536, -65_535];
    let greeting = (select(versions), sid()).prop_map(|(protocol_version, sid)| {
        ElectionMessage::Handshake(Handshake {
            protocol_version,
            sid,
            addresses: "zk9:3888".to_owned(),
        })
    });
    let bytes = vec(any::<u8>(), 0..70);
    prop_oneof![
        1 => handshake,
        3 => greeting,
        6 => notification().prop_map(ElectionMessage::Notification),
        1 => bytes.prop_map(|bytes| ElectionMessage::Raw { bytes: Arc::from(bytes) }),
    ]
    .boxed()
}

fn client() -> BoxedStrategy<ClientMessage> {
    let connect = (zxid(), long(), session(), any::<bool>());
    let connect = connect.prop_map(|(last_zxid_seen, timeout_ms, session, knows)| {
        ClientMessage::Connect(ConnectRequest {
            last_zxid_seen,
            timeout_ms,
            session,
            password: if knows { password(session) } else { [7; 16] },
        })
    });
    let fresh = long().prop_map(|timeout_ms| {
        ClientMessage::Connect(ConnectRequest {
            last_zxid_seen: Zxid(0),
            timeout_ms,
            session: SessionId(0),
            password: [0; 16],
        })
    });
    let request = (int(), op()).prop_map(|(cxid, op)| ClientMessage::Request {
        cxid: Cxid(cxid),
        op,
    });
    let reply = Reply {
        cxid: Cxid(1),
        zxid: Zxid(1),
        result: OpResult::Done,
    };
    let event = Change {
        event: EventType::NodeCreated,
        path: Arc::from("/a"),
    };
    prop_oneof![
        2 => connect,
        3 => fresh,
        8 => request,
        1 => Just(ClientMessage::Connected(ConnectResponse::EXPIRED)),
        1 => Just(ClientMessage::Reply(reply)),
        1 => Just(ClientMessage::Event(event)),
    ]
    .boxed()
}

/// A message of the kind that belongs on `port`, whatever it says.
pub(super) fn message_for(port: Port) -> BoxedStrategy<Message> {
    match port {
        Port::Election => election().prop_map(Message::Election).boxed(),
        Port::Quorum => packet().prop_map(Message::Quorum).boxed(),
        Port::Client => client().prop_map(Message::Client).boxed(),
    }
}

/// Any message at all.
pub(super) fn message() -> BoxedStrategy<Message> {
    prop_oneof![
        message_for(Port::Election),
        message_for(Port::Quorum),
        message_for(Port::Client),
    ]
    .boxed()
}
