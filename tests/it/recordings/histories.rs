//! Two servers with different histories: what is compared first, and what becomes of the loser.

use std::sync::Arc;

use zabscope::base::Micros;
use zabscope::protocol::{Cxid, Durable, Epoch, SessionId, Sid, Txn, TxnBody, Zxid};
use zabscope::sim::ClusterSpec;

use super::Row;
use super::cluster::{Cluster, shared_history};
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 2] = [
    Row::of("higher-epoch-wins", higher_epoch),
    Row::of("higher-zxid-lower-id-wins", higher_zxid),
];

/// What a write of the tail leaves behind.
const TAIL: &str = "tail";

/// The shared history and `more` transactions on top of it.
fn longer(more: i64) -> Durable {
    let mut disk = shared_history();
    let last = disk.last_zxid();
    for n in 1..=more {
        disk.log.append(Arc::new(Txn {
            zxid: Zxid::make(last.epoch(), last.counter() + n),
            session: SessionId(1),
            cxid: Cxid::default(),
            body: TxnBody::SetData {
                path: Durable::INVENTED.into(),
                data: TAIL.into(),
                version: 100,
            },
        }));
    }
    disk.close_log();
    disk
}

/// Starts two of three; the third stays down.
fn start(mut spec: ClusterSpec, disks: [(i64, Durable); 2], seed: u64) -> Result<Cluster, String> {
    for sid in (1..=3).map(Sid) {
        spec.starts.insert(sid, Micros::from_ms(3_600_000));
    }
    for (sid, disk) in disks {
        spec.disks.insert(Sid(sid), disk);
        spec.starts.insert(Sid(sid), Micros::ZERO);
    }
    let mut cluster = Cluster::new(&spec, seed);
    cluster.run_to(Micros::from_ms(10));
    cluster.until(60_000, "two serve", Cluster::all_who_run_serve)?;
    Ok(cluster)
}

fn higher_epoch(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let newer = Durable {
        accepted_epoch: Some(Epoch(2)),
        current_epoch: Some(Epoch(2)),
        ..shared_history()
    };
    let cluster = start(recording.spec(), [(3, longer(10)), (1, newer)], seed)?;
    let mut sample = Sample::default();
    sample.fact("winner", cluster.leader()?.0);
    sample.fact("loser_sync", cluster.sync_of(Micros::ZERO, Sid(3)));
    let database = cluster.world.database(Sid(3)).ok_or("it runs")?;
    let data = database.data(Durable::INVENTED).ok_or("it has a history")?;
    sample.fact("uncommitted_tail_visible_afterwards", &**data == TAIL);
    Ok(sample.of(&cluster))
}

fn higher_zxid(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let disks = [(2, shared_history()), (1, longer(50))];
    let cluster = start(recording.spec(), disks, seed)?;
    let mut sample = Sample::default();
    sample.fact("winner", cluster.leader()?.0);
    sample.fact("loser_sync", cluster.sync_of(Micros::ZERO, Sid(2)));
    Ok(sample.of(&cluster))
}
