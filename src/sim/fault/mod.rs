//! Faults: what can go wrong, one file a kind, one row each in the catalogue.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::Micros;
use crate::protocol::Sid;

/// A standing fault's number: the how-manieth injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u32);

/// Which ways of a link are meant.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Both.
    #[default]
    Both,
    /// Only what travels from the first to the second server.
    OneWay,
}

/// Something that goes wrong, or is put right again. In JSON: `{"type":"kill","sid":3}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type", deny_unknown_fields)]
pub enum Fault {
    /// `kill -9`: the process ends, its sockets close.
    Kill {
        /// The server.
        sid: Sid,
    },
    /// Power off: silence; nobody is told.
    PullPlug {
        /// The server.
        sid: Sid,
    },
    /// Start a process that is down; it boots from its disk.
    Restart {
        /// The server.
        sid: Sid,
    },
    /// SIGSTOP: the process freezes, its sockets stay.
    Pause {
        /// The server.
        sid: Sid,
    },
    /// SIGCONT.
    Resume {
        /// The server.
        sid: Sid,
    },
    /// Packets between two servers are silently dropped.
    Cut {
        /// The sender's side.
        from: Sid,
        /// The receiver's side.
        to: Sid,
        /// Which ways.
        #[serde(default)]
        direction: Direction,
    },
    /// Every link between `side` and the others is cut, both ways.
    Partition {
        /// The servers on one side.
        side: BTreeSet<Sid>,
    },
}

/// A fault that stands until it is healed: a pause, a cut, a partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveFault {
    /// Its number.
    pub id: FaultId,
    /// What it is.
    pub fault: Fault,
    /// Since when.
    pub since: Micros,
}
