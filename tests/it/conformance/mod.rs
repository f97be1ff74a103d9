//! The case rows of `tests/data/cases` against this engine: one file per kind of row.
//!
//! Not a test of our own making: the rows were written from `ZooKeeper`'s tests and source, those
//! in
//! `oracle/` were computed by running `ZooKeeper`'s classes. `tests/data/cases/README.md` is their
//! schema.
//! The module is compiled twice: into the native test binary, and into `examples/conformance.rs`.
//! To add a kind: write `<kind>.rs` with `pub(super) fn run(row: &Value) -> Outcome` and an arm
//! below.

pub(crate) mod bench;
mod boot;
mod config;
mod connect_string;
mod election_connection;
mod election_handshake;
mod ensemble;
mod ensemble_world;
mod expiry_bucket;
mod fle_peer;
mod host_list;
mod leader_conversation;
mod leader_discovery;
mod learner_connect;
mod learner_conversation;
mod quorum;
mod report;
mod rows;
mod send_queue;
mod sequence_order;
mod server_line;
mod session_id;
mod session_timeout;
mod session_tracker;
mod solo;
mod sync_decision;
mod sync_throttle;
mod values;
mod vote_equal;
mod vote_order;
mod vote_tracker;
mod wires;
mod zxid;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

pub(crate) use report::Report;

/// Every kind the schema knows, in the order they are reported.
const KINDS: [&str; 26] = [
    "vote_order",
    "vote_equal",
    "vote_tracker",
    "quorum",
    "zxid",
    "server_line",
    "config",
    "election_handshake",
    "election_connection",
    "send_queue",
    "fle_peer",
    "leader_discovery",
    "learner_connect",
    "boot",
    "sync_decision",
    "sync_throttle",
    "leader_conversation",
    "learner_conversation",
    "session_id",
    "session_timeout",
    "session_tracker",
    "expiry_bucket",
    "connect_string",
    "host_list",
    "sequence_order",
    "ensemble",
];

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The engine did what the row expects.
    Pass,
    /// It did not, or the row could not be read.
    Fail(String),
    /// The engine does not have this part yet.
    NotBuilt,
}

impl From<Result<(), String>> for Outcome {
    fn from(result: Result<(), String>) -> Self {
        result.map_or_else(Self::Fail, |()| Self::Pass)
    }
}

/// Runs one row of `kind`. An engine that panics fails the row, not the whole report.
pub(crate) fn run_kind(kind: &str, row: &Value) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| dispatch(kind, row)))
        .unwrap_or_else(|_| Outcome::Fail("the engine panicked".to_owned()))
}

fn dispatch(kind: &str, row: &Value) -> Outcome {
    match kind {
        "election_connection" => election_connection::run(row),
        "election_handshake" => election_handshake::run(row),
        "fle_peer" => fle_peer::run(row),
        "leader_conversation" => leader_conversation::run(row),
        "learner_conversation" => learner_conversation::run(row),
        "sync_decision" => sync_decision::run(row),
        "sync_throttle" => sync_throttle::run(row),
        "leader_discovery" => leader_discovery::run(row),
        "learner_connect" => learner_connect::run(row),
        "quorum" => quorum::run(row),
        "send_queue" => send_queue::run(row),
        "vote_equal" => vote_equal::run(row),
        "vote_order" => vote_order::run(row),
        "vote_tracker" => vote_tracker::run(row),
        "zxid" => zxid::run(row),
        "ensemble" => ensemble::run(row),
        "boot" => boot::run(row),
        "config" => config::run(row),
        "connect_string" => connect_string::run(row),
        "expiry_bucket" => expiry_bucket::run(row),
        "host_list" => host_list::run(row),
        "sequence_order" => sequence_order::run(row),
        "session_id" => session_id::run(row),
        "session_timeout" => session_timeout::run(row),
        "session_tracker" => session_tracker::run(row),
        "server_line" => server_line::run(row),
        _ if KINDS.contains(&kind) => Outcome::NotBuilt,
        _ => Outcome::Fail(format!("no such kind of row: {kind}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_built_kind_passes() {
        let report = Report::of(&[]);
        assert!(report.holds(), "{report}");
    }

    #[test]
    fn every_kind_of_the_schema_has_rows() {
        let report = Report::of(&[]);
        for kind in KINDS {
            assert!(report.total(kind) > 0, "no rows of kind {kind}");
        }
    }

    #[test]
    fn a_row_nobody_can_read_is_a_failure() {
        let row = serde_json::json!({"id": "x", "kind": "no_such_kind"});
        assert!(matches!(run_kind("no_such_kind", &row), Outcome::Fail(_)));
    }
}
