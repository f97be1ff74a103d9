//! The client's side: how it finds servers, keeps a session, and what recipes do with it.
//!
//! Source: `ClientCnxn.java`, `client/*`, `zookeeper-recipes`; kazoo.

pub mod border;
pub mod connect_string;
pub mod host_list;
pub mod recipe;
mod registry;
pub mod sequence;
pub mod session;
mod timing;
pub mod walk;

pub use border::{
    CallId, ClientCtx, ClientEffect, ClientInput, ClientNote, ClientTimer, ExpiredBy, Lost, Outcome,
};
pub use connect_string::{ConnectFault, ConnectString, Host};
pub use host_list::{HostList, Move, Next};
pub use recipe::{Member, Recipe, Standing};
pub use sequence::{SequenceName, sequential_path};
pub use session::{Client, ClientState, Pass};
pub use walk::Profile;
