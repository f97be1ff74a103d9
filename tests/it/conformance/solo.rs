//! One whole server between a test's hands: elected by a vote, on a disk that takes no time, with
//! one connection on the quorum port.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;
use zabscope::base::{Micros, Rng};
use zabscope::protocol::{
    ConnId, Ctx, Cxid, Database, Durable, Effect, ElectionMessage, Epoch, Handshake, Input,
    Message, Notification, Peer, PeerConfig, Port, QuorumBody, QuorumPacket, Record, Round, Route,
    ServerState, SessionId, Sid, Timer, Txn, TxnBody, Zxid,
};

use super::values::{field, int_at, only, same, str_at, zxid_at};

/// The other end of the quorum connection, and who votes with it.
pub(super) const OTHER: Sid = Sid(1);

const ELECTION: ConnId = ConnId(1);

/// A server and what it has done.
#[derive(Debug)]
pub(super) struct Solo {
    pub(super) peer: Peer,
    pub(super) disk: Durable,
    /// Packets sent and not looked at; no heartbeats.
    pub(super) sent: VecDeque<QuorumPacket>,
    /// Snapshots written.
    pub(super) snapshots: u32,
    config: Arc<PeerConfig>,
    appended: Vec<Record>,
    now: Micros,
    timers: BTreeMap<Timer, (Micros, u64)>,
    armed: u64,
    inputs: VecDeque<Input>,
    conns: u64,
    quorum: Option<ConnId>,
    rng: Rng,
}

impl Solo {
    /// A server that has started on `disk` and looks for a leader.
    pub(super) fn new(config: PeerConfig, disk: Durable) -> Self {
        let config = Arc::new(config);
        let mut solo = Self {
            peer: Peer::new(Arc::clone(&config), disk.clone()),
            disk,
            sent: VecDeque::new(),
            snapshots: 0,
            config,
            appended: Vec::new(),
            now: Micros::ZERO,
            timers: BTreeMap::new(),
            armed: 0,
            inputs: VecDeque::new(),
            conns: ELECTION.0,
            quorum: None,
            rng: Rng::new(1),
        };
        solo.input(Input::Boot);
        solo
    }

    /// The process dies and is started again on what the disk kept.
    pub(super) fn restart(&mut self) {
        let mut disk = self.disk.clone();
        disk.close_log();
        *self = Self::new((*self.config).clone(), disk);
    }

    /// A vote of the other server for `leader`, with this server's own history: it is elected.
    pub(super) fn elect(&mut self, leader: Sid) -> Result<(), String> {
        let status = self.peer.status();
        self.input(Input::Opened(ELECTION, Route::Accepted(Port::Election)));
        let greeting = ElectionMessage::Handshake(Handshake {
            protocol_version: -65_536,
            sid: OTHER,
            addresses: "zk1:3888".to_owned(),
        });
        self.input(Input::Received(ELECTION, Message::Election(greeting)));
        let vote = ElectionMessage::Notification(Notification {
            state: ServerState::Looking,
            leader,
            zxid: status.last_zxid,
            election_epoch: Round(1),
            peer_epoch: status.current_epoch,
            version: 2,
            config: None,
        });
        self.input(Input::Received(ELECTION, Message::Election(vote)));
        for _ in 0..100 {
            if self.peer.status().state != ServerState::Looking {
                return Ok(());
            }
            self.advance(Micros::from_ms(10));
        }
        Err("the election did not end".to_owned())
    }

    /// The other server connects to the quorum port.
    pub(super) fn accept(&mut self) {
        let conn = self.open();
        self.input(Input::Opened(conn, Route::Accepted(Port::Quorum)));
    }

    /// A packet of the other server.
    pub(super) fn receive(&mut self, packet: QuorumPacket) {
        if let Some(conn) = self.quorum {
            self.input(Input::Received(conn, Message::Quorum(packet)));
        }
    }

    /// The quorum connection breaks.
    pub(super) fn lose_connection(&mut self) {
        if let Some(conn) = self.quorum.take() {
            self.input(Input::Closed(conn));
        }
    }

    /// Lets `span` pass, each deadline at its own instant.
    pub(super) fn advance(&mut self, span: Micros) {
        let target = self.now + span;
        loop {
            let next = self.timers.iter().min_by_key(|(_, due)| **due);
            let Some((&timer, &(at, _))) = next.filter(|(_, (at, _))| *at <= target) else {
                break;
            };
            self.timers.remove(&timer);
            self.now = at;
            self.input(Input::Fired(timer));
        }
        self.now = target;
    }

    /// The next packet sent must be what the row says.
    pub(super) fn expect(&mut self, expected: &Value) -> Result<(), String> {
        only(
            expected,
            &["type", "zxid", "protocolVersion", "sid", "currentEpoch"],
        )?;
        // A snapshot takes its time.
        if self.sent.is_empty() {
            self.advance(Micros::from_ms(5));
        }
        let packet = self.sent.pop_front().ok_or("nothing was sent")?;
        let message = Message::Quorum(packet.clone());
        same("type", &str_at(expected, "type")?, &message.label())?;
        same("zxid", &zxid_at(expected, "zxid")?, &packet.zxid)?;
        let (mut sid, mut version, mut epoch) = (None, None, None);
        match packet.body {
            QuorumBody::FollowerInfo(info) | QuorumBody::ObserverInfo(info) => {
                sid = Some(info.sid.0);
                version = Some(info.protocol_version);
            }
            QuorumBody::AckEpoch { current_epoch } => epoch = Some(current_epoch.0),
            _ => {}
        }
        let given = |key| expected.get(key).map(|_| int_at(expected, key)).transpose();
        if let Some(expected) = given("sid")? {
            same("sid", &Some(expected), &sid)?;
        }
        if let Some(expected) = given("currentEpoch")? {
            same("currentEpoch", &Some(expected), &epoch)?;
        }
        match expected.get("protocolVersion") {
            Some(_) => {
                let expected = zxid_at(expected, "protocolVersion")?.0;
                same("protocolVersion", &Some(expected), &version.map(i64::from))
            }
            None => Ok(()),
        }
    }

    /// What the row says of the server must hold.
    pub(super) fn check(&self, check: &Value) -> Result<(), String> {
        let status = self.peer.status();
        for (key, value) in check.as_object().into_iter().flatten() {
            match key.as_str() {
                "acceptedEpoch" => same(key, &int_at(check, key)?, &status.accepted_epoch.0)?,
                "currentEpoch" => same(key, &int_at(check, key)?, &status.current_epoch.0)?,
                "leading" => {
                    let leads = status.state == ServerState::Leading;
                    same(key, &value, &&Value::Bool(leads))?;
                }
                "state" => same(key, &str_at(check, key)?, &&*status.state.to_string())?,
                "snapshotsTaken" => {
                    same(key, &int_at(check, key)?, &i64::from(self.snapshots))?;
                }
                // Every snapshot is fsynced before it is reported.
                "snapshotFsynced" => same(key, &value, &&Value::Bool(self.snapshots > 0))?,
                "lastProcessedZxid" => same(key, &zxid_at(check, key)?, &status.last_zxid)?,
                "durableLastZxid" => same(key, &zxid_at(check, key)?, &self.disk.last_zxid())?,
                "tree" => self.check_tree(value)?,
                other => return Err(format!("no such check: {other}")),
            }
        }
        Ok(())
    }

    fn check_tree(&self, tree: &Value) -> Result<(), String> {
        for (path, data) in tree.as_object().into_iter().flatten() {
            let found = self.peer.database().data(path).map(|data| &**data);
            same(path, &data.as_str(), &found)?;
        }
        Ok(())
    }

    fn open(&mut self) -> ConnId {
        self.conns += 1;
        let conn = ConnId(self.conns);
        self.quorum = Some(conn);
        conn
    }

    fn input(&mut self, input: Input) {
        self.inputs.push_back(input);
        while let Some(input) = self.inputs.pop_front() {
            let mut out = Vec::new();
            let mut ctx = Ctx {
                now: self.now,
                rng: &mut self.rng,
                out: &mut out,
            };
            self.peer.step(input, &mut ctx);
            for effect in out {
                self.obey(effect);
            }
        }
    }

    fn obey(&mut self, effect: Effect) {
        match effect {
            Effect::Arm { timer, after } => {
                self.armed += 1;
                self.timers.insert(timer, (self.now + after, self.armed));
            }
            Effect::Disarm(timer) => {
                self.timers.remove(&timer);
            }
            Effect::Dial {
                to,
                port: Port::Quorum,
                ..
            } if to == OTHER => {
                let conn = self.open();
                let route = Route::To(to, Port::Quorum);
                self.inputs.push_back(Input::Opened(conn, route));
            }
            Effect::Dial { to, port, .. } => self.inputs.push_back(Input::Refused(to, port)),
            Effect::Send(conn, Message::Quorum(packet))
                if self.quorum == Some(conn) && packet.body != QuorumBody::Ping =>
            {
                self.sent.push_back(packet);
            }
            Effect::Hangup(conn) if self.quorum == Some(conn) => self.quorum = None,
            Effect::Persist(record, ticket) => {
                self.snapshots += u32::from(matches!(record, Record::Snapshot(_)));
                self.disk.take(&record);
                self.inputs.push_back(Input::Persisted(ticket));
            }
            Effect::Write(record) => self.appended.push(record),
            Effect::Fsync(ticket) => {
                for record in self.appended.drain(..) {
                    self.disk.take(&record);
                }
                self.inputs.push_back(Input::Persisted(ticket));
            }
            _ => {}
        }
    }
}

/// The packet a row says the other server sends.
pub(super) fn packet(row: &Value) -> Result<QuorumPacket, String> {
    only(
        row,
        &[
            "type",
            "zxid",
            "sid",
            "protocolVersion",
            "configVersion",
            "currentEpoch",
            "state",
            "set",
            "create",
        ],
    )?;
    let zxid = zxid_at(row, "zxid")?;
    let body = match str_at(row, "type")? {
        "FOLLOWERINFO" => QuorumBody::FollowerInfo(zabscope::protocol::LearnerInfo {
            sid: Sid(int_at(row, "sid")?),
            protocol_version: i32::try_from(zxid_at(row, "protocolVersion")?.0)
                .map_err(|error| error.to_string())?,
            config_version: int_at(row, "configVersion")?,
        }),
        "LEADERINFO" => QuorumBody::LeaderInfo {
            protocol_version: 0x1_0000,
        },
        "ACKEPOCH" => QuorumBody::AckEpoch {
            current_epoch: Epoch(int_at(row, "currentEpoch")?),
        },
        "ACK" => QuorumBody::Ack,
        "DIFF" => QuorumBody::Diff,
        "TRUNC" => QuorumBody::Trunc,
        "SNAP" => QuorumBody::Snap(Arc::new(state(field(row, "state")?).snapshot())),
        "NEWLEADER" => QuorumBody::NewLeader,
        "UPTODATE" => QuorumBody::UpToDate,
        "PROPOSAL" => QuorumBody::Proposal(Arc::new(txn(zxid, body(row)))),
        "COMMIT" => QuorumBody::Commit,
        other => return Err(format!("no such packet: {other}")),
    };
    Ok(QuorumPacket { zxid, body })
}

fn body(row: &Value) -> TxnBody {
    let set = row.get("set").and_then(Value::as_object);
    let pair = set.and_then(|set| set.iter().next());
    if let Some((path, data)) = pair {
        return TxnBody::SetData {
            path: path.as_str().into(),
            data: data.as_str().unwrap_or_default().into(),
            version: 1,
        };
    }
    match row.get("create").and_then(Value::as_str) {
        Some(path) => create(path, ""),
        None => TxnBody::Multi(Vec::new()),
    }
}

fn create(path: &str, data: &str) -> TxnBody {
    TxnBody::Create {
        path: path.into(),
        data: data.into(),
        is_ephemeral: false,
        parent_cversion: 1,
    }
}

fn txn(zxid: Zxid, body: TxnBody) -> Txn {
    Txn {
        zxid,
        session: SessionId::default(),
        cxid: Cxid::default(),
        body,
    }
}

/// A database of these znodes.
fn state(znodes: &Value) -> Database {
    let mut database = Database::default();
    for (path, data) in znodes.as_object().into_iter().flatten() {
        let data = data.as_str().unwrap_or_default();
        database.process(&txn(Zxid(0), create(path, data)));
    }
    database
}
