//! What `ZooKeeper` does: election, discovery, synchronisation, heartbeats.
//!
//! No clock, no generator of its own, no idea that it is simulated. A `Peer` is a value
//! with one method; what arrives never makes it panic, it drops or closes as `ZooKeeper` does.
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

pub mod bugs;
mod channel;
pub mod client;
mod clients;
pub mod config;
pub mod durable;
pub mod effect;
pub mod election;
mod host;
pub mod ids;
pub mod leader;
pub mod learner;
pub mod message;
pub mod note;
pub mod path;
pub mod peer;
pub mod quorum;
pub mod server;
pub mod status;
pub mod storage;
pub mod txn_log;
pub mod vote;

#[cfg(test)]
mod testkit;

pub use bugs::{Bug, Bugs};
pub use config::{Ensemble, LocalSessions, Member, PeerConfig, QuorumSpec};
pub use durable::Durable;
pub use effect::{
    Address, ConnId, Ctx, Effect, ExitCause, Input, Port, Record, Route, Ticket, Timer,
};
pub use election::{ElectionSide, Heard, Me, Outcome};
pub use ids::{
    Cxid, Epoch, LearnerType, RolledOver, Round, ServerState, SessionId, Sid, ZabState, Zxid,
};
pub use message::{
    ElectionMessage, Family, Handshake, LearnerInfo, Message, Notification, QuorumBody,
    QuorumPacket,
};
pub use note::Note;
pub use peer::Peer;
pub use quorum::{OracleView, Quorum, VoteTracker};
pub use server::{
    Applied, Change, ClientMessage, CreateMode, DataTree, Database, ErrorCode, EventType, Op,
    OpResult, Request, SessionChange, SetWatches, Snapshot, Stat, Txn, TxnBody, WatchKind, Watches,
    Znode,
};
pub use status::{LearnerPhase, LearnerStatus, PeerStatus};
pub use storage::{StorageRules, SyncRules};
pub use txn_log::TxnLog;
pub use vote::{Deciding, Vote};
