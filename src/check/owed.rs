//! What a follower owes its leader before it may say that it is synchronised: everything it was
//! sent as committed ahead of NEWLEADER.
//!
//! Not a check: the record that two of them read.

use super::seen::{Servers, delivered, holds};
use crate::base::Map;
use crate::protocol::{Epoch, Quorum, QuorumBody, Sid, Zxid};
use crate::sim::Step;

/// What each follower owes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owed {
    debts: Map<Sid, Debt>,
}

/// What one follower owes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Debt {
    /// The leader's epoch.
    pub epoch: Epoch,
    /// The newest committed transaction sent, or where the data was replaced, cut or brought to.
    pub data: Zxid,
    /// True once NEWLEADER was sent.
    pub is_complete: bool,
    /// currentEpoch on disk when the leader was met.
    pub before: Option<Epoch>,
}

impl Owed {
    /// What `sid` owes; `None` where it has met no leader.
    pub fn by(&self, sid: Sid) -> Option<&Debt> {
        self.debts.get(&sid)
    }

    /// Looks at one step.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few packets matter")]
    pub(super) fn take(&mut self, step: &Step, servers: &dyn Servers, quorum: &Quorum) {
        let (Some(sid), Some((_, packet))) = (step.sid, delivered(step)) else {
            return;
        };
        if matches!(packet.body, QuorumBody::LeaderInfo { .. })
            && quorum.voting_members().contains(&sid)
        {
            let debt = Debt {
                epoch: packet.zxid.epoch(),
                before: servers.durable(sid).and_then(|disk| disk.current_epoch),
                ..Debt::default()
            };
            self.debts.insert(sid, debt);
        }
        let Some(debt) = self.debts.get_mut(&sid).filter(|debt| !debt.is_complete) else {
            return;
        };
        match packet.body {
            QuorumBody::Snap(_) | QuorumBody::Trunc => debt.data = packet.zxid,
            // What it had before, it has on disk. An epoch's beginning is no transaction.
            QuorumBody::Diff if !packet.zxid.is_new_epoch() => debt.data = packet.zxid,
            QuorumBody::Commit => debt.data = debt.data.max(packet.zxid),
            QuorumBody::NewLeader => debt.is_complete = true,
            _ => {}
        }
    }
}

impl Debt {
    /// True where `sid`'s disk has it all.
    pub fn is_paid(&self, sid: Sid, servers: &dyn Servers) -> bool {
        self.data == Zxid(0)
            || servers
                .durable(sid)
                .is_some_and(|disk| holds(disk, self.data))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, packet, set};
    use super::*;
    use crate::protocol::{Epoch, QuorumBody as Body};

    fn owes(scene: &Scene, packets: &[(Zxid, Body)]) -> Debt {
        let mut owed = Owed::default();
        for (zxid, body) in packets {
            let step = scene.delivered(2, 3, packet(*zxid, body.clone()));
            owed.take(&step, scene, &Quorum::of(&scene.config.ensemble));
        }
        *owed.by(Sid(2)).expect("met a leader")
    }

    #[test]
    fn what_was_committed_ahead_of_new_leader_is_owed() {
        let mut scene = Scene::new(3, 0);
        let info = Body::LeaderInfo {
            protocol_version: 0x1_0000,
        };
        let debt = owes(
            &scene,
            &[
                (at(2, 0), info),
                (at(1, 7), Body::Diff),
                (at(1, 7), Body::Proposal(set(at(1, 7), "x"))),
                (at(1, 7), Body::Commit),
                (at(1, 8), Body::Proposal(set(at(1, 8), "x"))),
                (at(2, 0), Body::NewLeader),
                (at(1, 8), Body::Commit),
            ],
        );
        assert_eq!((debt.data, debt.epoch), (at(1, 7), Epoch(2)));
        assert!(!debt.is_paid(Sid(2), &scene));
        scene.logs(2, &set(at(1, 7), "x"));
        assert!(debt.is_paid(Sid(2), &scene));
    }

    #[test]
    fn a_cut_is_owed_and_an_observer_owes_nothing() {
        let scene = Scene::new(1, 1);
        let info = Body::LeaderInfo {
            protocol_version: 0x1_0000,
        };
        let step = scene.delivered(2, 1, packet(at(2, 0), info.clone()));
        let mut owed = Owed::default();
        owed.take(&step, &scene, &Quorum::of(&scene.config.ensemble));
        assert_eq!(owed.by(Sid(2)), None);
        let scene = Scene::new(3, 0);
        let debt = owes(&scene, &[(at(2, 0), info), (at(1, 4), Body::Trunc)]);
        assert_eq!(debt.data, at(1, 4));
    }
}
