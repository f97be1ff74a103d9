//! Which session timeout a client gets that asks for this or that, of servers with these limits.
//!
//! Bare sockets ask, as the recorded ones did: neither Java nor kazoo would wait for the answer to
//! a request of 0 or 1 ms.

use serde_json::{Value, json};
use zabscope::protocol::Sid;
use zabscope::protocol::client::Profile;
use zabscope::sim::ClientSpec;

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 1] = [Row::of("session-timeout-negotiation", play)];

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let recorded = recording.deterministic()["table"].as_array();
    let recorded = recorded.ok_or("the recording has a table")?;
    let mut sample = Sample::default();
    let mut table: Vec<Value> = Vec::new();
    for rows in recorded.chunk_by(|a, b| a[0] == b[0] && a[1] == b[1]) {
        let tick_ms = rows[0][0].as_u64().ok_or("an ensemble has a tick")?;
        let extra = rows[0][1].as_str().unwrap_or_default();
        let mut spec = recording.spec();
        spec.config.tick_time_ms = tick_ms;
        spec.config.min_session_timeout_ms = setting(extra, "minSessionTimeout");
        spec.config.max_session_timeout_ms = setting(extra, "maxSessionTimeout");
        let mut cluster = Cluster::settled_in_turns(spec, seed)?;
        let mut granted = Vec::new();
        for (n, row) in (seed..).zip(rows) {
            let timeout_ms = row[2].as_i64().ok_or("a client asks for a time")?;
            let got = ask(&mut cluster, n, timeout_ms)?;
            table.push(json!([tick_ms, extra, timeout_ms, got]));
            granted.push(got);
        }
        if extra.is_empty() {
            let in_ticks = |ms: Option<&i64>| {
                let tick_ms = i64::try_from(tick_ms).unwrap_or(i64::MAX);
                let ms = ms.copied().unwrap_or_default();
                if ms % tick_ms == 0 {
                    format!("{}*tickTime", ms / tick_ms)
                } else {
                    format!("{ms} ms")
                }
            };
            sample.fact("default_min", in_ticks(granted.iter().min()));
            sample.fact("default_max", in_ticks(granted.iter().max()));
        }
        sample.broken.extend(cluster.broken());
    }
    sample.fact("table", table);
    Ok(sample)
}

/// What some lines of a `zoo.cfg` say, or that they do not.
fn setting(lines: &str, name: &str) -> i64 {
    let mut lines = lines.lines().filter_map(|line| line.split_once('='));
    let found = lines.find(|(key, _)| *key == name);
    found
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(-1)
}

/// One client asks one of the three servers.
fn ask(cluster: &mut Cluster, n: u64, timeout_ms: i64) -> Result<i64, String> {
    let host = Sid(i64::try_from(n % 3).unwrap_or_default() + 1);
    let id = cluster.client(ClientSpec {
        profile: Profile::Raw,
        hosts: vec![host],
        timeout_ms,
        ..ClientSpec::default()
    })?;
    let status = cluster.world.client(id).ok_or("no client")?;
    Ok(status.timeout_ms)
}
