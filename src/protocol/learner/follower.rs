//! What only a follower does: FOLLOWERINFO, and its packets in the broadcast phase.
//!
//! Source: `Follower.java, followLeader, processPacket`; `Learner.java, ping`.

use super::{Learner, Stage};
use crate::protocol::host::Host;
use crate::protocol::message::{LearnerInfo, QuorumBody, QuorumPacket};
use crate::protocol::note::{Malformed, Note};

/// A follower's first packet.
pub(super) const fn info(info: LearnerInfo) -> QuorumBody {
    QuorumBody::FollowerInfo(info)
}

impl Learner {
    /// `processPacket`: a PING is echoed at once; what has no meaning here is warned about and
    /// otherwise only shows that the leader lives. Followers and observers alike.
    pub(super) fn take_in_broadcast(&self, packet: &QuorumPacket, host: &mut Host<'_, '_>) {
        debug_assert!(self.stage == Stage::Broadcast, "only a server that serves");
        match packet.body {
            QuorumBody::Ping => self.send(packet.zxid, QuorumBody::Ping, host),
            QuorumBody::FollowerInfo(_)
            | QuorumBody::ObserverInfo(_)
            | QuorumBody::LeaderInfo { .. }
            | QuorumBody::AckEpoch { .. }
            | QuorumBody::Diff
            | QuorumBody::Trunc
            | QuorumBody::Snap
            | QuorumBody::NewLeader
            | QuorumBody::Ack
            | QuorumBody::UpToDate
            | QuorumBody::Touched { .. }
            | QuorumBody::Revalidate { .. }
            | QuorumBody::Revalidated { .. }
            | QuorumBody::Request(_)
            | QuorumBody::Sync => host.ctx.note(Note::Malformed {
                heard_from: Some(self.leader),
                fault: Malformed::Unexpected,
            }),
        }
    }
}
