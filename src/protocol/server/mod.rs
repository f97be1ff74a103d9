//! What a server keeps and does for its clients: transactions, znodes, watches, sessions.
//!
//! The leader, a follower and an observer share all of it; who orders the transactions is in
//! `leader` and `learner`.

mod admission;
mod answer;
pub mod database;
pub mod expiry;
pub mod leading;
mod local_sessions;
mod log_size;
pub(super) mod log_stage;
pub mod pipeline;
pub mod prep;
pub mod reply;
pub mod request;
pub mod session_id;
pub mod session_tracker;
pub mod tree;
pub mod txn;
pub mod watch;
pub mod znode;

pub use database::{Database, Snapshot};
pub use leading::Leading;
pub use pipeline::{Desk, Limits, Server, Upstream};
pub use reply::OpResult;
pub use request::{
    ClientMessage, ConnectRequest, ConnectResponse, CreateMode, Op, PING_XID, Reply, Request,
    SET_WATCHES_XID,
};
pub use session_tracker::{Owner, SessionTable};
pub use tree::{Applied, Change, DataTree, EventType, SessionChange};
pub use txn::{ErrorCode, Txn, TxnBody};
pub use watch::{SetWatches, WatchKind, Watches};
pub use znode::{Stat, Znode};
