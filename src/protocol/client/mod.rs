//! The client's side: how it finds servers, keeps a session, and what recipes do with it.
//!
//! Source: `ClientCnxn.java`, `client/*`, `zookeeper-recipes`.

pub mod connect_string;
pub mod host_list;
pub mod sequence;

pub use connect_string::{ConnectFault, ConnectString, Host};
pub use host_list::{HostList, Move, Next};
pub use sequence::{SequenceName, sequential_path};
