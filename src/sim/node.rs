//! Who can have a connection: a server, or a client's process.

use core::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::protocol::Sid;

/// A client's process, numbered from 0 in the order of being added; never reused within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub u32);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Node {
    /// A server of the ensemble.
    Server(Sid),
    /// A client's process.
    Client(ClientId),
}

/// A server hashes as its id does. Links and processes draw from generators forked by this hash, so
/// that chance between servers is the same whether there are clients or not.
impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Server(sid) => sid.hash(state),
            Self::Client(id) => ("client", id).hash(state),
        }
    }
}

impl Node {
    /// The server; `None` for a client.
    pub const fn server(self) -> Option<Sid> {
        match self {
            Self::Server(sid) => Some(sid),
            Self::Client(_) => None,
        }
    }

    /// The client; `None` for a server.
    pub const fn client(self) -> Option<ClientId> {
        match self {
            Self::Server(_) => None,
            Self::Client(id) => Some(id),
        }
    }
}

impl From<Sid> for Node {
    fn from(sid: Sid) -> Self {
        Self::Server(sid)
    }
}

impl From<ClientId> for Node {
    fn from(id: ClientId) -> Self {
        Self::Client(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest_of;

    #[test]
    fn a_server_hashes_as_its_id_and_a_client_as_no_server() {
        assert_eq!(digest_of(&Node::Server(Sid(3))), digest_of(&Sid(3)));
        let clients = (0..100).map(|n| digest_of(&Node::Client(ClientId(n))));
        let servers: Vec<u64> = (0..100).map(|n| digest_of(&Sid(n))).collect();
        assert!(clients.into_iter().all(|hash| !servers.contains(&hash)));
    }

    #[test]
    fn a_node_is_one_of_the_two() {
        let (server, client) = (Node::from(Sid(2)), Node::from(ClientId(2)));
        assert_eq!((server.server(), server.client()), (Some(Sid(2)), None));
        assert_eq!(
            (client.server(), client.client()),
            (None, Some(ClientId(2)))
        );
    }
}
