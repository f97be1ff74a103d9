//! What a server keeps and does for its clients: transactions, znodes, watches, sessions.
//!
//! The leader, a follower and an observer share all of it; who orders the transactions is in
//! `leader` and `learner`.

pub mod txn;

pub use txn::{ErrorCode, Txn, TxnBody};
