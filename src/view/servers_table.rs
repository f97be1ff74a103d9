//! The stage as a list: every server, in order, with what the stage says of it.

use super::clients::served_by;
use super::snapshot::Snapshot;
use super::standing::{Cluster, Standing, backs};
use super::texts::{Texts, zxid_text};
use crate::protocol::Sid;
use crate::sim::Power;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which server.
    pub sid: Sid,
    /// Its body.
    pub standing: Standing,
    /// True where its process is frozen.
    pub is_paused: bool,
    /// `S4`.
    pub name: String,
    /// Its state in words.
    pub state: String,
    /// currentEpoch; a dash where nothing runs.
    pub epoch: String,
    /// Whom it votes for or follows; a dash where nobody.
    pub votes_for: String,
    /// True where that is a vote of an election under way.
    pub is_voting: bool,
    /// How many clients it serves, in a run with clients; a dash where nothing runs.
    pub clients: Option<String>,
    /// `7:60`; a dash where nothing runs.
    pub zxid: String,
}

/// All rows, ascending by id.
pub fn rows(snapshot: &Snapshot, texts: &Texts) -> Vec<Row> {
    let cluster = Cluster::of(snapshot);
    let nothing = texts.get("nothing");
    let has_clients = !snapshot.clients.is_empty();
    snapshot
        .servers
        .iter()
        .map(|server| {
            let standing = cluster.standing(server.sid);
            let is_paused = server.power == Power::Paused;
            let runs = standing.runs();
            let or_nothing =
                |text: Option<String>| text.filter(|_| runs).unwrap_or_else(|| nothing.clone());
            let state = if is_paused {
                "state-paused"
            } else {
                standing.key()
            };
            Row {
                sid: server.sid,
                standing,
                is_paused,
                name: texts.sid(server.sid),
                state: texts.get(state),
                epoch: or_nothing(Some(server.peer.current_epoch.to_string())),
                votes_for: or_nothing(backs(server).map(|sid| texts.sid(sid))),
                is_voting: standing == Standing::Looking,
                clients: has_clients
                    .then(|| or_nothing(Some(served_by(snapshot, server.sid).to_string()))),
                zxid: or_nothing(Some(zxid_text(server.peer.last_zxid))),
            }
        })
        .collect()
}
