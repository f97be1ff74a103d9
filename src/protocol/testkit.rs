//! For tests: one role in the hands of a test, without election, wires or disk.

use std::sync::Arc;

use super::config::PeerConfig;
use super::durable::Durable;
use super::effect::{ConnId, Ctx, Effect, Input, Record, Ticket, Timer};
use super::election::ElectionSide;
use super::host::{Core, Host};
use super::ids::{Cxid, Epoch, SessionId, Sid, Zxid};
use super::message::{LearnerInfo, Message, QuorumBody, QuorumPacket};
use super::note::Note;
use super::server::{Database, Txn, TxnBody};
use crate::base::{Micros, Rng};

/// What a role is lent, owned by the test.
pub(super) struct Rig {
    pub(super) core: Core,
    pub(super) election: ElectionSide,
    pub(super) rng: Rng,
    pub(super) now: Micros,
    /// Effects of the last call alone.
    pub(super) out: Vec<Effect>,
}

impl Rig {
    pub(super) fn new(config: PeerConfig, disk: &Durable) -> Self {
        let mut rig = Self {
            election: ElectionSide::new(&config),
            core: Core::new(Arc::new(config), disk.clone()),
            rng: Rng::new(1),
            now: Micros::ZERO,
            out: Vec::new(),
        };
        let loaded = disk.load(&rig.core.config.storage, rig.core.config.bugs);
        rig.core.load(loaded.expect("a sound disk"));
        rig
    }

    /// Calls `act` with a host and keeps what it caused.
    pub(super) fn with<T>(&mut self, act: impl FnOnce(&mut Host<'_, '_>) -> T) -> T {
        self.out.clear();
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut self.rng,
            out: &mut self.out,
        };
        act(&mut Host {
            core: &mut self.core,
            election: &mut self.election,
            ctx: &mut ctx,
        })
    }

    /// The write or fsync asked for last: memory and disk take it, and its input is returned.
    pub(super) fn written(&mut self) -> Input {
        let ticket = self
            .persist()
            .map(|(_, ticket)| ticket)
            .or_else(|| self.fsync());
        let ticket = ticket.expect("a write was asked for");
        assert!(self.core.persisted(ticket), "it is awaited");
        Input::Persisted(ticket)
    }

    pub(super) fn persist(&self) -> Option<(Record, Ticket)> {
        self.out.iter().find_map(|effect| {
            if let Effect::Persist(record, ticket) = effect {
                Some((record.clone(), *ticket))
            } else {
                None
            }
        })
    }

    /// The fsync of the log asked for last.
    pub(super) fn fsync(&self) -> Option<Ticket> {
        self.out.iter().find_map(|effect| {
            if let Effect::Fsync(ticket) = effect {
                Some(*ticket)
            } else {
                None
            }
        })
    }

    /// What was appended to the log by the last call.
    pub(super) fn appended(&self) -> Vec<Zxid> {
        let appended = self.out.iter().filter_map(|effect| {
            if let Effect::Write(Record::Append(txn)) = effect {
                Some(txn.zxid)
            } else {
                None
            }
        });
        appended.collect()
    }

    /// Packets sent by the last call: whereto, kind, zxid.
    pub(super) fn sent(&self) -> Vec<(ConnId, QuorumBody, Zxid)> {
        let packets = self.out.iter().filter_map(|effect| {
            if let Effect::Send(conn, Message::Quorum(packet)) = effect {
                Some((*conn, packet.body.clone(), packet.zxid))
            } else {
                None
            }
        });
        packets.collect()
    }

    pub(super) fn labels(&self) -> Vec<&'static str> {
        let sent = self.sent().into_iter();
        sent.map(|(_, body, zxid)| Message::Quorum(QuorumPacket { zxid, body }).label())
            .collect()
    }

    pub(super) fn hung_up(&self) -> Vec<ConnId> {
        let hung = self.out.iter().filter_map(|effect| {
            if let Effect::Hangup(conn) = effect {
                Some(*conn)
            } else {
                None
            }
        });
        hung.collect()
    }

    pub(super) fn armed(&self, key: Timer) -> Option<Micros> {
        self.out.iter().rev().find_map(|effect| {
            if let Effect::Arm { timer, after } = effect
                && *timer == key
            {
                Some(*after)
            } else {
                None
            }
        })
    }

    pub(super) fn notes(&self) -> Vec<Note> {
        let notes = self.out.iter().filter_map(|effect| {
            if let Effect::Note(note) = effect {
                Some(note.clone())
            } else {
                None
            }
        });
        notes.collect()
    }
}

pub(super) fn packet(conn: ConnId, zxid: Zxid, body: QuorumBody) -> Input {
    Input::Received(conn, Message::Quorum(QuorumPacket { zxid, body }))
}

pub(super) fn info(sid: i64) -> LearnerInfo {
    LearnerInfo {
        sid: Sid(sid),
        protocol_version: 0x1_0000,
        config_version: 0,
    }
}

pub(super) const fn at(epoch: i64, counter: i64) -> Zxid {
    Zxid::make(Epoch(epoch), counter)
}

/// A disk with nothing but a snapshot.
pub(super) fn disk(accepted: i64, current: i64, last_zxid: Zxid) -> Durable {
    Durable {
        accepted_epoch: Some(Epoch(accepted)),
        ..Durable::with_snapshot(Epoch(current), Database::empty(last_zxid).snapshot())
    }
}

pub(super) fn txn(zxid: Zxid, body: TxnBody) -> Arc<Txn> {
    Arc::new(Txn {
        zxid,
        session: SessionId::default(),
        cxid: Cxid::default(),
        body,
    })
}

pub(super) fn create(zxid: Zxid, path: &str, data: &str) -> Arc<Txn> {
    let body = TxnBody::Create {
        path: path.into(),
        data: data.into(),
        is_ephemeral: false,
        parent_cversion: 1,
    };
    txn(zxid, body)
}

pub(super) fn set(zxid: Zxid, path: &str, data: &str) -> Arc<Txn> {
    let body = TxnBody::SetData {
        path: path.into(),
        data: data.into(),
        version: 1,
    };
    txn(zxid, body)
}
