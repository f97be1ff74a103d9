//! `quorum`: whether a set of acknowledgements is enough.

use std::sync::Arc;

use serde_json::Value;
use zabscope::protocol::quorum::oracle_says_one;
use zabscope::protocol::{OracleView, Quorum, QuorumSpec, VoteTracker};

use super::Outcome;
use super::values::{bool_at, ensemble, field, only, same, sids_at, str_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let config = field(row, "config")?;
    let mut ensemble = ensemble(config)?;
    let mut oracle = OracleView::default();
    match str_at(config, "kind")? {
        "majority" => ensemble.quorum = QuorumSpec::Majority,
        "hierarchical" => {}
        "oracle" => {
            let path = "oracle".to_owned();
            ensemble.quorum = QuorumSpec::Oracle { path, says: None };
            let file = field(config, "oracleSays")?.as_str();
            oracle.need_oracle = bool_at(config, "needOracle")?;
            oracle.says_one = oracle_says_one(file);
        }
        other => return Err(format!("no such kind of quorum: {other}")),
    }
    let mut tracker = VoteTracker::new(&Arc::new(Quorum::of(&ensemble)), None);
    for sid in sids_at(row, "acks")? {
        tracker.add_ack(sid);
    }
    let expect = field(row, "expect")?;
    only(expect, &["hasAllQuorums"])?;
    let expected = bool_at(expect, "hasAllQuorums")?;
    same("hasAllQuorums", &expected, &tracker.has_all_quorums(oracle))
}
