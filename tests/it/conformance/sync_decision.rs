//! `sync_decision`: DIFF, TRUNC or SNAP, and what is queued with it.

use std::sync::Arc;

use serde_json::Value;
use zabscope::protocol::leader::sync::{History, Policy, choose};
use zabscope::protocol::note::SyncMode;
use zabscope::protocol::{Message, Txn, Zxid};

use super::Outcome;
use super::boot::txn;
use super::values::{bool_at, field, list_at, only, same, str_at, zxid, zxid_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let leader = field(row, "leader")?;
    only(
        leader,
        &[
            "lastProcessedZxid",
            "committedLog",
            "txnLog",
            "txnLogSyncEnabled",
            "forceSnapshotSync",
            "txnLogReadable",
        ],
    )?;
    let peer = zxid_at(row, "peerLastZxid")?;
    let disk = txns(leader, "txnLog")?;
    let begins_early = disk.first().is_none_or(|first| first.zxid <= peer);
    let is_readable = match leader.get("txnLogReadable") {
        Some(_) => bool_at(leader, "txnLogReadable")?,
        None => begins_early,
    };
    let is_of_use = is_readable && bool_at(leader, "txnLogSyncEnabled")?;
    let history = History {
        last_processed: zxid_at(leader, "lastProcessedZxid")?,
        committed: txns(leader, "committedLog")?,
        policy: if bool_at(leader, "forceSnapshotSync")? {
            Policy::Snapshot
        } else {
            Policy::Any
        },
        on_disk: &|_| is_of_use.then(|| disk.clone()),
    };
    let plan = choose(peer, &history);
    let expect = field(row, "expect")?;
    only(expect, &["snapshot", "queued", "forwardFrom"])?;
    let snapshot = plan.mode == SyncMode::Snap;
    same("snapshot", &bool_at(expect, "snapshot")?, &snapshot)?;
    same(
        "forwardFrom",
        &zxid_at(expect, "forwardFrom")?,
        &plan.forward_from,
    )?;
    let mut expected = Vec::new();
    for packet in list_at(expect, "queued")? {
        only(packet, &["type", "zxid"])?;
        expected.push((str_at(packet, "type")?, zxid_at(packet, "zxid")?));
    }
    let queued: Vec<(&str, Zxid)> = plan
        .queued
        .into_iter()
        .map(|packet| (packet.zxid, Message::Quorum(packet)))
        .map(|(zxid, message)| (message.label(), zxid))
        .collect();
    same("queued", &expected, &queued)
}

fn txns(leader: &Value, key: &str) -> Result<Vec<Arc<Txn>>, String> {
    let txns = list_at(leader, key)?.iter();
    txns.map(|logged| zxid(logged).map(txn)).collect()
}
