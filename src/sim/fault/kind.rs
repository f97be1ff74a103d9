//! The kinds of faults as values: what each is made of, and which row of the catalogue it is.

use serde::{Deserialize, Serialize};

use super::{
    Argument, FaultKind, clock, crash, disk, link, message, partition, pause, terminate, wipe,
};
use crate::base::Set;
use crate::protocol::Sid;
use crate::sim::ClientId;

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

/// Which ways between a client and a server are meant.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Ways {
    /// Both.
    #[default]
    Both,
    /// Only what the client sends.
    ToServer,
    /// Only what the server sends.
    ToClient,
}

/// Something that goes wrong, or is put right again. In JSON: `{"type":"kill","sid":3}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "type",
    deny_unknown_fields
)]
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
        side: Set<Sid>,
    },
    /// SIGTERM: the virtual machine shuts down and ends; what it appended stays.
    Terminate {
        /// The server.
        sid: Sid,
    },
    /// Power off at the worst moment: what was not synced is lost.
    PowerLoss {
        /// The server.
        sid: Sid,
    },
    /// Every fsync takes longer.
    SlowDisk {
        /// The server.
        sid: Sid,
        /// How much longer, ms.
        ms: u64,
    },
    /// No fsync ends.
    StallDisk {
        /// The server.
        sid: Sid,
    },
    /// The data directory of a server that is down is emptied.
    WipeDisk {
        /// The server.
        sid: Sid,
    },
    /// Packets between two servers take longer.
    Delay {
        /// The sender's side.
        from: Sid,
        /// The receiver's side.
        to: Sid,
        /// Which ways.
        #[serde(default)]
        direction: Direction,
        /// Added to every packet, ms.
        ms: u64,
        /// Added on top, anything from 0 to this, ms.
        jitter_ms: u64,
    },
    /// Packets between two servers are lost by chance and sent again.
    Loss {
        /// The sender's side.
        from: Sid,
        /// The receiver's side.
        to: Sid,
        /// Which ways.
        #[serde(default)]
        direction: Direction,
        /// How many of a thousand.
        permille: u64,
    },
    /// One message takes longer, and so does what follows it on its connection.
    DelayMessage {
        /// Its number.
        message: u64,
        /// How much longer, ms.
        ms: u64,
    },
    /// One message is lost on the way; its kernel sends it again.
    DropMessage {
        /// Its number.
        message: u64,
    },
    /// A server's clock runs fast or slow.
    Drift {
        /// The server.
        sid: Sid,
        /// How much faster than the world, parts per million; negative is slower.
        ppm: i64,
    },
    /// Packets between a client and a server are silently dropped.
    CutClient {
        /// The client.
        id: ClientId,
        /// The server.
        sid: Sid,
        /// Which ways.
        #[serde(default)]
        direction: Ways,
    },
}

/// A link and the ways of it that are meant.
pub(super) type Link = (Sid, Sid, Direction);

impl Fault {
    /// True where it stands until it is healed.
    pub const fn stands(&self) -> bool {
        match self {
            Self::Kill { .. }
            | Self::PullPlug { .. }
            | Self::Restart { .. }
            | Self::Resume { .. }
            | Self::Terminate { .. }
            | Self::PowerLoss { .. }
            | Self::WipeDisk { .. }
            | Self::DelayMessage { .. }
            | Self::DropMessage { .. } => false,
            Self::Pause { .. }
            | Self::Cut { .. }
            | Self::Partition { .. }
            | Self::Delay { .. }
            | Self::Loss { .. }
            | Self::SlowDisk { .. }
            | Self::StallDisk { .. }
            | Self::Drift { .. }
            | Self::CutClient { .. } => true,
        }
    }

    /// True where it makes things late that ought to be in time: packets, clocks, disks.
    pub const fn is_untimely(&self) -> bool {
        matches!(
            self,
            Self::Delay { .. }
                | Self::Loss { .. }
                | Self::DelayMessage { .. }
                | Self::DropMessage { .. }
                | Self::Drift { .. }
                | Self::SlowDisk { .. }
                | Self::StallDisk { .. }
        )
    }

    /// The link it concerns, where it is one.
    pub(super) const fn link(&self) -> Option<Link> {
        match self {
            Self::Cut {
                from,
                to,
                direction,
            }
            | Self::Delay {
                from,
                to,
                direction,
                ..
            }
            | Self::Loss {
                from,
                to,
                direction,
                ..
            } => Some((*from, *to, *direction)),
            Self::Kill { .. }
            | Self::PullPlug { .. }
            | Self::Restart { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::Partition { .. }
            | Self::Terminate { .. }
            | Self::WipeDisk { .. }
            | Self::DelayMessage { .. }
            | Self::DropMessage { .. }
            | Self::PowerLoss { .. }
            | Self::SlowDisk { .. }
            | Self::StallDisk { .. }
            | Self::Drift { .. }
            | Self::CutClient { .. } => None,
        }
    }

    /// What it was made of, one for each parameter of its row.
    pub fn arguments(&self) -> Vec<Argument> {
        let mut args = Vec::new();
        if let Some((from, to, direction)) = self.link() {
            let direction = u64::from(direction == Direction::OneWay);
            args = vec![
                Argument::Server(from),
                Argument::Server(to),
                Argument::Number(direction),
            ];
        }
        match self {
            Self::Kill { sid }
            | Self::PullPlug { sid }
            | Self::Restart { sid }
            | Self::Pause { sid }
            | Self::Resume { sid }
            | Self::Terminate { sid }
            | Self::PowerLoss { sid }
            | Self::StallDisk { sid }
            | Self::WipeDisk { sid } => args.push(Argument::Server(*sid)),
            Self::Cut { .. } => {}
            Self::Partition { side } => args.push(Argument::Servers(side.clone())),
            Self::Delay { ms, jitter_ms, .. } => {
                args.extend([Argument::Number(*ms), Argument::Number(*jitter_ms)]);
            }
            Self::Loss { permille, .. } => args.push(Argument::Number(*permille)),
            Self::DelayMessage { message, ms } => {
                args.extend([Argument::Number(*message), Argument::Number(*ms)]);
            }
            Self::SlowDisk { sid, ms } => {
                args.extend([Argument::Server(*sid), Argument::Number(*ms)]);
            }
            Self::DropMessage { message } => args.push(Argument::Number(*message)),
            Self::Drift { sid, ppm } => {
                args.extend([Argument::Server(*sid), Argument::Signed(*ppm)]);
            }
            Self::CutClient { id, sid, direction } => {
                let ways = match direction {
                    Ways::Both => 0,
                    Ways::ToServer => 1,
                    Ways::ToClient => 2,
                };
                args.push(Argument::Client(*id));
                args.extend([Argument::Server(*sid), Argument::Number(ways)]);
            }
        }
        args
    }

    /// Its row of the catalogue.
    pub const fn kind(&self) -> &'static FaultKind {
        match self {
            Self::Kill { .. } => &crash::KILL,
            Self::PullPlug { .. } => &crash::PULL_PLUG,
            Self::Restart { .. } => &crash::RESTART,
            Self::Pause { .. } => &pause::PAUSE,
            Self::Resume { .. } => &pause::RESUME,
            Self::Cut { .. } => &link::CUT,
            Self::Partition { .. } => &partition::PARTITION,
            Self::Terminate { .. } => &terminate::TERMINATE,
            Self::PowerLoss { .. } => &crash::POWER_LOSS,
            Self::SlowDisk { .. } => &disk::SLOW_DISK,
            Self::StallDisk { .. } => &disk::STALL_DISK,
            Self::WipeDisk { .. } => &wipe::WIPE_DISK,
            Self::Delay { .. } => &link::DELAY,
            Self::Loss { .. } => &link::LOSS,
            Self::DelayMessage { .. } => &message::DELAY_MESSAGE,
            Self::DropMessage { .. } => &message::DROP_MESSAGE,
            Self::Drift { .. } => &clock::DRIFT,
            Self::CutClient { .. } => &link::CUT_CLIENT,
        }
    }
}
