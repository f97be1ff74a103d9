//! `boot`: what a restart finds on a disk, and what it writes where something is missing.

use std::sync::Arc;

use serde_json::Value;
use zabscope::base::{Micros, Rng};
use zabscope::protocol::{
    Ctx, Cxid, Database, Durable, Effect, Ensemble, Epoch, Input, Peer, PeerConfig, Record,
    SessionId, Sid, StorageRules, Txn, TxnBody, Zxid,
};

use super::Outcome;
use super::values::{bool_at, field, int, int_at, list_at, only, same, zxid, zxid_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let disk = field(row, "disk")?;
    let expect = field(row, "expect")?;
    only(
        expect,
        &[
            "starts",
            "currentEpoch",
            "acceptedEpoch",
            "lastZxid",
            "filesWritten",
            "votePeerEpoch",
            "committedLog",
            "initializeFileRemoved",
        ],
    )?;
    let (peer, kept, written) = boot(disk)?;
    let status = peer.status();
    let starts = written.is_some();
    same("starts", &bool_at(expect, "starts")?, &starts)?;
    for (key, value) in expect.as_object().into_iter().flatten() {
        match key.as_str() {
            "currentEpoch" => same(key, &int(value)?, &status.current_epoch.0)?,
            "acceptedEpoch" => same(key, &int(value)?, &status.accepted_epoch.0)?,
            "votePeerEpoch" => {
                let vote = status.proposal.ok_or("it does not vote")?;
                same(key, &int(value)?, &vote.peer_epoch.0)?;
            }
            "lastZxid" => same(key, &zxid(value)?, &status.last_zxid)?,
            "committedLog" => {
                let log = peer.database().committed();
                same("min", &Some(zxid_at(value, "min")?), &log.min())?;
                same("max", &Some(zxid_at(value, "max")?), &log.max())?;
            }
            "initializeFileRemoved" => same(key, &value, &&Value::Bool(!kept.has_initialize_file))?,
            "filesWritten" => {
                let written = written.clone().unwrap_or_default();
                same(key, &value, &&Value::Object(written))?;
            }
            _ => {}
        }
    }
    Ok(())
}

type Written = Option<serde_json::Map<String, Value>>;

/// A peer that starts on the row's disk, the disk afterwards, and the epoch files it wrote; `None`
/// where it refuses to start.
fn boot(disk: &Value) -> Result<(Peer, Durable, Written), String> {
    only(
        disk,
        &[
            "snapshot",
            "log",
            "currentEpoch",
            "currentEpochTmp",
            "acceptedEpoch",
            "autocreate",
            "initializeFile",
            "trustEmptySnapshot",
        ],
    )?;
    let flag = |key, default| match disk.get(key) {
        Some(_) => bool_at(disk, key),
        None => Ok(default),
    };
    let config = PeerConfig {
        storage: StorageRules {
            autocreate: flag("autocreate", true)?,
            trust_empty: flag("trustEmptySnapshot", false)?,
            ..StorageRules::default()
        },
        ..PeerConfig::sample(Sid(1), Ensemble::plain(3, 0))
    };
    let mut kept = durable(disk)?;
    kept.has_initialize_file = flag("initializeFile", false)?;
    let mut peer = Peer::new(Arc::new(config), kept.clone());
    let mut written = serde_json::Map::new();
    let mut inputs = vec![Input::Boot];
    while let Some(input) = inputs.pop() {
        let mut out = Vec::new();
        let mut ctx = Ctx {
            now: Micros::ZERO,
            rng: &mut Rng::new(1),
            out: &mut out,
        };
        peer.step(input, &mut ctx);
        for effect in out {
            match effect {
                Effect::Exit(_) => return Ok((peer, kept, None)),
                Effect::Persist(record, ticket) => {
                    kept.take(&record);
                    let file = match record {
                        Record::AcceptedEpoch(epoch) => Some(("acceptedEpoch", epoch)),
                        Record::CurrentEpoch(epoch) => Some(("currentEpoch", epoch)),
                        _ => None,
                    };
                    if let Some((file, epoch)) = file {
                        written.insert(file.to_owned(), Value::from(epoch.0));
                    }
                    inputs.push(Input::Persisted(ticket));
                }
                _ => {}
            }
        }
    }
    Ok((peer, kept, Some(written)))
}

fn durable(disk: &Value) -> Result<Durable, String> {
    let epoch = |key| match disk.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => int_at(disk, key).map(|epoch| Some(Epoch(epoch))),
    };
    let mut kept = Durable {
        accepted_epoch: epoch("acceptedEpoch")?,
        current_epoch: epoch("currentEpoch")?,
        current_epoch_tmp: epoch("currentEpochTmp")?,
        ..Durable::default()
    };
    if !field(disk, "snapshot")?.is_null() {
        let snapshot = Database::empty(zxid_at(disk, "snapshot")?).snapshot();
        kept.take(&Record::Snapshot(Arc::new(snapshot)));
    }
    for logged in list_at(disk, "log")? {
        kept.take(&Record::Append(txn(zxid(logged)?)));
    }
    Ok(kept)
}

/// A transaction of which only its place matters.
pub(super) fn txn(zxid: Zxid) -> Arc<Txn> {
    Arc::new(Txn {
        zxid,
        session: SessionId::default(),
        cxid: Cxid::default(),
        body: TxnBody::Multi(Vec::new()),
    })
}
