//! `zoo.cfg`: reading it as `ZooKeeper` does, saying what is wrong and where, printing it back.
//!
//! The real grammar (Java properties), every key that matters with type and default, `server.N`
//! lines, groups, weights, dynamic files, and `ZooKeeper`'s own messages. Unknown keys are kept and
//! warned about. Nothing here runs or resolves anything. Two ways in: [`ZooCfg::parse`] reads one
//! text for a whole ensemble, as a person pastes it; there is no `myid`. [`parse_for`] reads the
//! file of one server and applies the rules of its `myid`, exactly as `ZooKeeper` does. Source:
//! `QuorumPeerConfig.java`, `QuorumPeer.java` (`QuorumServer`), `QuorumMaj.java`,
//! `QuorumHierarchical.java`, `conf/zoo_sample.cfg`.

mod diagnostic;
mod dynamic;
mod ensemble;
mod host;
mod keys;
mod print;
mod problem;
mod properties;
mod quorum;
mod reader;
mod server;
mod server_line;
mod settings;
mod storage;
mod value;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use crate::base::text::Position;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use host::HostPort;
pub use keys::{ALGORITHMS, Key, Kind, Value};
pub use problem::Problem;
pub use properties::{MAX_BYTES, Properties};
pub use server::{ServerCfg, parse_for};
pub use server_line::{Address, Fault, MultiAddress, ServerLine};

use crate::base::Map;
use crate::protocol::Sid;
use crate::protocol::config::QuorumSpec;

/// A configuration that was read: valid, with everything needed to build an ensemble.
///
/// Two are equal when they say the same; where warnings stood in the text is no part of that.
/// Serialised as its canonical text. The typed getters are in `settings.rs`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZooCfg {
    settings: Map<Key, Value>,
    others: Map<String, String>,
    servers: Map<Sid, ServerLine>,
    quorum: QuorumSpec,
    version: Option<i64>,
    warnings: Vec<Diagnostic>,
}

impl ZooCfg {
    /// Reads one text for a whole ensemble, as it is pasted into the page.
    ///
    /// Here the simulation stands in for what one server's file would still need: without
    /// `dataDir`, `initLimit` or `syncLimit` there is a warning with `ZooKeeper`'s message and a
    /// value of ours. On the other hand there must be servers, not too many, and times within what
    /// can be simulated.
    ///
    /// # Errors
    /// Everything that is wrong with the text, errors in the order `ZooKeeper` would meet them.
    pub fn parse(text: &str) -> Result<Self, Diagnostics> {
        ensemble::read(&Properties::read(text))
    }

    /// The same for the bytes of a file: UTF-8, or where it is not that, ISO 8859-1 as Java reads
    /// it.
    ///
    /// # Errors
    /// As [`ZooCfg::parse`].
    pub fn parse_bytes(bytes: &[u8]) -> Result<Self, Diagnostics> {
        ensemble::read(&Properties::read_bytes(bytes))
    }

    /// What is worth a word but no error.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }
}

impl PartialEq for ZooCfg {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings
            && self.others == other.others
            && self.servers == other.servers
            && self.quorum == other.quorum
            && self.version == other.version
    }
}

impl Eq for ZooCfg {}

impl TryFrom<String> for ZooCfg {
    type Error = Diagnostics;

    fn try_from(text: String) -> Result<Self, Diagnostics> {
        Self::parse(&text)
    }
}

impl From<ZooCfg> for String {
    fn from(cfg: ZooCfg) -> Self {
        cfg.to_string()
    }
}
