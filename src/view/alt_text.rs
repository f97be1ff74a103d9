//! What a screen reader hears: names of things, the slider's value, the live region.

use super::chronicle::Chronicle;
use super::draw::message_label;
use super::narrate::{Level, Line};
use super::scene::Target;
use super::snapshot::Snapshot;
use super::standing::{Cluster, Standing, backs};
use super::texts::{Args, Texts};
use crate::base::Micros;
use crate::protocol::Sid;
use crate::sim::Power;

/// `S4, Looking, epoch 7, votes for S4`.
pub fn server_name(snapshot: &Snapshot, sid: Sid, texts: &Texts) -> String {
    let Some(server) = snapshot.server(sid) else {
        return texts.sid(sid);
    };
    let standing = Cluster::of(snapshot).standing(sid);
    let whom = match backs(server) {
        Some(whom) if whom == sid && standing != Standing::Looking => texts.get("itself"),
        Some(whom) => texts.sid(whom),
        None => texts.get("nobody"),
    };
    let args: Args = vec![
        ("name", texts.sid(sid).into()),
        ("state", texts.get(standing.key()).into()),
        ("epoch", server.peer.current_epoch.into()),
        ("for", whom.into()),
    ];
    let key = match standing {
        _ if server.power == Power::Paused => "alt-paused",
        Standing::Looking => "alt-looking",
        Standing::Following | Standing::Syncing | Standing::Observing => "alt-following",
        Standing::Leading | Standing::LeaderElect | Standing::Stale | Standing::WithoutQuorum => {
            "alt-leading"
        }
        Standing::Down | Standing::Unplugged | Standing::Starting => "alt-state",
    };
    texts.with(key, &args)
}

/// The name of anything that can be selected; `None` for a message that is gone.
pub fn target_name(snapshot: &Snapshot, target: Target, texts: &Texts) -> Option<String> {
    match target {
        Target::Server(sid) => Some(server_name(snapshot, sid, texts)),
        Target::Link(a, b) => {
            let is_cut = snapshot.is_cut(a, b) || snapshot.is_cut(b, a);
            let key = if is_cut { "alt-link-cut" } else { "alt-link" };
            let args: Args = vec![("from", texts.sid(a).into()), ("to", texts.sid(b).into())];
            Some(texts.with(key, &args))
        }
        Target::Message(id) => {
            let flight = snapshot.flights.iter().find(|flight| flight.id == id)?;
            let args: Args = vec![
                ("message", message_label(&flight.message).into()),
                ("from", texts.node(flight.from).into()),
                ("to", texts.node(flight.to).into()),
            ];
            Some(texts.with("alt-message", &args))
        }
        Target::Fault(_) => Some(texts.get("heal")),
        Target::Client(id) => {
            let client = snapshot.client(id)?;
            Some(super::clients::name(client, snapshot.now, texts))
        }
    }
}

/// The slider's value text: `14.742 s, no leader`.
pub fn moment(snapshot: &Snapshot, t: Micros, texts: &Texts) -> String {
    let clock = super::events::clock(t);
    let time = texts.with("seconds", &vec![("value", clock.into())]);
    let mut args: Args = vec![("time", time.into())];
    let cluster = Cluster::of(snapshot);
    let who_leads = match cluster.leading() {
        None => texts.with("alt-time-nobody", &args),
        Some(leader) => {
            args.push(("leader", texts.sid(leader.sid).into()));
            args.push(("epoch", leader.peer.current_epoch.into()));
            texts.with("alt-time-leader", &args)
        }
    };
    if snapshot.clients.is_empty() {
        return who_leads;
    }
    let (have, of) = super::clients::count(snapshot, t);
    let args: Args = vec![
        ("moment", who_leads.into()),
        ("have", have.into()),
        ("of", of.into()),
    ];
    texts.with("alt-time-clients", &args)
}

/// What the polite live region says next: the latest news up to `t` that come after step `after`.
/// The caller speaks at most one per 1.5 s and keeps the `seq` of what it said.
pub fn live(
    story: &Chronicle,
    t: Micros,
    after: Option<u64>,
    texts: &Texts,
) -> Option<(u64, String)> {
    let is_new = |line: &Line| line.level >= Level::News && after.is_none_or(|seq| line.seq > seq);
    let line = story.latest(t, is_new)?;
    Some((line.seq, line.text(texts)))
}
