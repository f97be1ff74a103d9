//! For tests: a few servers in the hands of a test, and steps that never happened.

use std::sync::Arc;

use super::calls::Calls;
use super::history::{History, News};
use super::ledger::Ledger;
use super::owed::Owed;
use super::seen::{Seen, Servers};
use super::{Broken, Invariant};
use crate::base::{Map, Micros};
use crate::protocol::client::{CallId, ClientNote, Outcome};
use crate::protocol::server::Reply;
use crate::protocol::{
    ClientMessage, ConnId, Cxid, Database, Durable, Ensemble, Epoch, Message, Note, Op, OpResult,
    PeerConfig, PeerStatus, Quorum, QuorumBody, QuorumPacket, ServerState, SessionId, Sid, Txn,
    TxnBody, ZabState, Zxid,
};
use crate::sim::{Cause, ClientId, Frame, Power, ServerStatus, Step};

/// Servers that do what the test says.
pub(super) struct Scene {
    pub(super) config: PeerConfig,
    pub(super) servers: Map<Sid, Server>,
    pub(super) history: History,
    pub(super) ledger: Ledger,
    /// Who is cut off from all others.
    pub(super) silent: Vec<Sid>,
    pub(super) is_disturbed: bool,
    /// A fault makes things late.
    pub(super) is_late: bool,
    now: Micros,
    owed: Owed,
    calls: Calls,
    sent: Vec<Message>,
}

pub(super) struct Server {
    pub(super) status: ServerStatus,
    pub(super) disk: Durable,
    pub(super) database: Database,
}

impl Scene {
    /// Servers that follow in BROADCAST, with empty disks.
    pub(super) fn new(participants: i64, observers: i64) -> Self {
        let ensemble = Ensemble::plain(participants, observers);
        let mut servers = Map::new();
        for &sid in ensemble.members.keys() {
            let peer = PeerStatus {
                state: ServerState::Following,
                zab: ZabState::Broadcast,
                accepted_epoch: Epoch(9),
                current_epoch: Epoch(9),
                ..PeerStatus::default()
            };
            let status = ServerStatus {
                sid,
                power: Power::Up,
                power_since: Micros::ZERO,
                peer,
            };
            let server = Server {
                status,
                disk: Durable::default(),
                database: Database::default(),
            };
            servers.insert(sid, server);
        }
        Self {
            config: PeerConfig::sample(Sid(1), ensemble),
            servers,
            history: History::default(),
            ledger: Ledger::default(),
            silent: Vec::new(),
            is_disturbed: false,
            is_late: false,
            now: Micros(1),
            owed: Owed::default(),
            calls: Calls::default(),
            sent: Vec::new(),
        }
    }

    pub(super) fn server(&mut self, sid: i64) -> &mut Server {
        self.servers.get_mut(&Sid(sid)).expect("a member")
    }

    pub(super) fn logs(&mut self, sid: i64, txn: &Arc<Txn>) {
        self.server(sid).disk.log.append(Arc::clone(txn));
    }

    pub(super) fn applies(&mut self, sid: i64, txn: &Arc<Txn>) {
        let _ = self.server(sid).database.apply(txn);
    }

    /// A step at which `sid` states `notes`.
    pub(super) fn notes(&self, sid: i64, notes: Vec<Note>) -> Step {
        Step {
            seq: 0,
            at: self.now,
            sid: Some(Sid(sid)),
            cause: Cause::Internal,
            sent: vec![],
            client: None,
            told: Vec::new(),
            notes,
        }
    }

    /// A step at which a write of `sid` ended, whereupon it sent `packets`.
    pub(super) fn wrote(&mut self, sid: i64, packets: Vec<QuorumPacket>) -> Step {
        self.sent = packets.into_iter().map(Message::Quorum).collect();
        Step {
            cause: Cause::Persisted,
            sent: (0..self.sent.len() as u64).collect(),
            client: None,
            told: Vec::new(),
            ..self.notes(sid, vec![])
        }
    }

    /// A step at which `to` received a packet of `from`.
    pub(super) fn delivered(&self, to: i64, from: i64, packet: QuorumPacket) -> Step {
        let frame = Frame {
            id: 0,
            conn: ConnId(0),
            from: Sid(from).into(),
            to: Sid(to).into(),
            sent_at: Micros(0),
            arrives_at: None,
            message: Message::Quorum(packet),
        };
        Step {
            cause: Cause::Delivered { frame },
            ..self.notes(to, vec![])
        }
    }

    /// A step at which a client was told something.
    pub(super) fn told(&self, client: u32, told: Vec<ClientNote>) -> Step {
        Step {
            sid: None,
            client: Some(ClientId(client)),
            told,
            ..self.notes(0, vec![])
        }
    }

    /// A step at which a client got a reply that shows `zxid`; its request was the first.
    pub(super) fn replied(&self, client: u32, zxid: Zxid, told: Vec<ClientNote>) -> Step {
        let reply = Reply {
            cxid: Cxid(0),
            zxid,
            result: OpResult::Done,
        };
        let frame = Frame {
            id: 0,
            conn: ConnId(0),
            from: Sid(1).into(),
            to: ClientId(client).into(),
            sent_at: Micros(0),
            arrives_at: None,
            message: Message::Client(ClientMessage::Reply(reply)),
        };
        Step {
            cause: Cause::Delivered { frame },
            ..self.told(client, told)
        }
    }

    /// Shows `check` one step.
    pub(super) fn show(&mut self, check: &mut impl Invariant, step: &Step) -> Result<(), Broken> {
        let quorum = Quorum::of(&self.config.ensemble);
        let server = step.sid.and_then(|sid| self.status(sid));
        let mut history = core::mem::take(&mut self.history);
        let mut owed = core::mem::take(&mut self.owed);
        let mut calls = core::mem::take(&mut self.calls);
        let mut ledger = core::mem::take(&mut self.ledger);
        let news: News = history.take(step, server.as_ref(), self);
        owed.take(step, self, &quorum);
        let heard = calls.take(step);
        ledger.take(server.as_ref(), self, (&history, &news));
        let shown = check.observe(&Seen {
            step,
            server: server.as_ref(),
            servers: self,
            quorum: &quorum,
            history: &history,
            news: &news,
            owed: &owed,
            calls: &calls,
            heard: &heard,
            ledger: &ledger,
        });
        (self.history, self.owed) = (history, owed);
        (self.calls, self.ledger) = (calls, ledger);
        shown
    }

    /// `sid` begins to serve in `epoch`, as what its status says.
    pub(super) fn serves(
        &mut self,
        check: &mut impl Invariant,
        sid: i64,
        epoch: i64,
    ) -> Result<(), Broken> {
        self.server(sid).status.peer.serving = true;
        let note = Note::Serving {
            leader: Sid(sid),
            epoch: Epoch(epoch),
        };
        self.show(check, &self.notes(sid, vec![note]))
    }

    /// `sid` leads and begins to serve in `epoch` with `txns` in memory and on disk.
    pub(super) fn leads(
        &mut self,
        check: &mut impl Invariant,
        (sid, epoch): (i64, i64),
        txns: &[Arc<Txn>],
    ) -> Result<(), Broken> {
        self.server(sid).status.peer.state = ServerState::Leading;
        for txn in txns {
            self.logs(sid, txn);
            self.applies(sid, txn);
        }
        self.server(sid).database.set_last_processed(at(epoch, 0));
        self.serves(check, sid, epoch)
    }

    /// `sid` applies `txn` while it serves.
    pub(super) fn commits(
        &mut self,
        check: &mut impl Invariant,
        sid: i64,
        txn: &Arc<Txn>,
    ) -> Result<(), Broken> {
        self.applies(sid, txn);
        let note = Note::Applied { zxid: txn.zxid };
        self.show(check, &self.notes(sid, vec![note]))
    }
}

impl Servers for Scene {
    fn config(&self) -> Option<&PeerConfig> {
        Some(&self.config)
    }

    fn status(&self, sid: Sid) -> Option<ServerStatus> {
        Some(self.servers.get(&sid)?.status.clone())
    }

    fn power(&self, sid: Sid) -> Power {
        let server = self.servers.get(&sid);
        server.map_or(Power::Off, |server| server.status.power)
    }

    fn hear_each_other(&self, one: Sid, other: Sid) -> bool {
        !self.silent.contains(&one) && !self.silent.contains(&other)
    }

    fn are_undisturbed(&self) -> bool {
        !self.is_disturbed
    }

    fn are_on_time(&self) -> bool {
        !self.is_late
    }

    fn durable(&self, sid: Sid) -> Option<&Durable> {
        Some(&self.servers.get(&sid)?.disk)
    }

    fn database(&self, sid: Sid) -> Option<&Database> {
        Some(&self.servers.get(&sid)?.database)
    }

    fn sent(&self, id: u64) -> Option<&Message> {
        self.sent.get(usize::try_from(id).expect("small"))
    }
}

pub(super) const fn packet(zxid: Zxid, body: QuorumBody) -> QuorumPacket {
    QuorumPacket { zxid, body }
}

pub(super) const fn at(epoch: i64, counter: i64) -> Zxid {
    Zxid::make(Epoch(epoch), counter)
}

pub(super) fn txn(zxid: Zxid, session: i64, body: TxnBody) -> Arc<Txn> {
    Arc::new(Txn {
        zxid,
        session: SessionId(session),
        cxid: Cxid(0),
        body,
    })
}

pub(super) fn set(zxid: Zxid, data: &str) -> Arc<Txn> {
    let body = TxnBody::SetData {
        path: "/".into(),
        data: data.into(),
        version: 1,
    };
    txn(zxid, 0, body)
}

/// A write to `path`.
pub(super) fn set_at(zxid: Zxid, path: &str, data: &str) -> Arc<Txn> {
    let body = TxnBody::SetData {
        path: path.into(),
        data: data.into(),
        version: 1,
    };
    txn(zxid, 0, body)
}

/// A transaction that nobody minds, by its session and number.
pub(super) fn numbered(zxid: Zxid, (session, cxid): (i64, i32)) -> Arc<Txn> {
    Arc::new(Txn {
        zxid,
        session: SessionId(session),
        cxid: Cxid(cxid),
        body: TxnBody::Multi(vec![]),
    })
}

pub(super) const fn connected(to: i64, session: i64) -> ClientNote {
    ClientNote::Connected {
        to: Sid(to),
        session: SessionId(session),
        timeout_ms: 4_000,
    }
}

pub(super) const fn called(call: u64, op: Op) -> ClientNote {
    let call = CallId(call);
    ClientNote::Called { call, op }
}

pub(super) fn done(call: u64, zxid: i64) -> ClientNote {
    outcome(call, Zxid(zxid), OpResult::Done)
}

pub(super) fn outcome(call: u64, zxid: Zxid, result: OpResult) -> ClientNote {
    let outcome = if let OpResult::Error(code) = result {
        Outcome::Failed(code)
    } else {
        Outcome::Acknowledged { zxid, result }
    };
    let call = CallId(call);
    ClientNote::Done { call, outcome }
}

pub(super) fn create(zxid: Zxid, owner: i64, path: &str) -> Arc<Txn> {
    let body = TxnBody::Create {
        path: path.into(),
        data: "".into(),
        is_ephemeral: owner != 0,
        parent_cversion: 1,
    };
    txn(zxid, owner, body)
}

/// A check of nothing, for tests of the history.
#[derive(Default)]
pub(super) struct Nothing;

impl Invariant for Nothing {
    const PROPERTY: super::Property = super::Property {
        key: "nothing",
        names: "",
    };

    fn observe(&mut self, _seen: &Seen<'_>) -> Result<(), Broken> {
        Ok(())
    }
}
