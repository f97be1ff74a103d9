//! `vote_tracker`: who agrees with a vote, whether they are enough, and `checkLeader`.

use std::sync::Arc;
use zabscope::base::Map;

use serde_json::Value;
use zabscope::protocol::election::check_leader;
use zabscope::protocol::{OracleView, Quorum, Round, Sid, Vote, VoteTracker};

use super::Outcome;
use super::values::{bool_at, ensemble, field, int_at, number, only, same, sids_at, vote};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let quorum = Arc::new(Quorum::of(&ensemble(field(row, "ensemble")?)?));
    let votes = votes(field(row, "votes")?)?;
    let probe = vote(field(row, "probe")?)?;
    let expect = field(row, "expect")?;
    only(expect, &["acks", "hasAllQuorums", "checkLeader"])?;

    let mut tracker = VoteTracker::new(&quorum, None);
    for (sid, vote) in &votes {
        if vote.agrees_with(&probe) {
            tracker.add_ack(*sid);
        }
    }
    let mut acks = sids_at(expect, "acks")?;
    acks.sort_unstable();
    same("acks", &acks, &tracker.acks())?;
    let enough = tracker.has_all_quorums(OracleView::default());
    same("hasAllQuorums", &bool_at(expect, "hasAllQuorums")?, &enough)?;
    if expect.get("checkLeader").is_some() {
        let me = field(row, "self")?;
        let me = (Sid(int_at(me, "sid")?), Round(int_at(me, "logicalClock")?));
        let found = check_leader(&votes, probe.leader, probe.election_epoch, me);
        same("checkLeader", &bool_at(expect, "checkLeader")?, &found)?;
    }
    Ok(())
}

fn votes(value: &Value) -> Result<Map<Sid, Vote>, String> {
    let given = value.as_object().ok_or("votes is no object")?;
    given
        .iter()
        .map(|(sid, given)| Ok((Sid(number(sid)?), vote(given)?)))
        .collect()
}
