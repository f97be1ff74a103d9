//! What a server keeps and does for its clients: transactions, znodes, watches, sessions.
//!
//! The leader, a follower and an observer share all of it; who orders the transactions is in
//! `leader` and `learner`.

pub mod database;
pub mod reply;
pub mod tree;
pub mod txn;
pub mod watch;
pub mod znode;

pub use database::{Database, Snapshot};
pub use reply::OpResult;
pub use tree::{Applied, Change, DataTree, EventType, SessionChange};
pub use txn::{ErrorCode, Txn, TxnBody};
pub use watch::{SetWatches, WatchKind, Watches};
pub use znode::{Stat, Znode};
