//! The one sentence under the stage: what just happened, or else how things stand.

use super::super::chronicle::Chronicle;
use super::super::snapshot::Snapshot;
use super::super::standing::{Cluster, Standing};
use super::super::texts::{Args, Texts, Value};
use super::notes::seconds_text;
use super::{Level, Line, Voice};
use crate::base::Micros;

/// For how long news keep the bar when nothing newer comes, in cluster time.
const NEWS_HOLD: Micros = Micros::from_ms(2_200);

/// The narration bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// The sentence.
    pub text: String,
    /// A second, explaining one.
    pub why: Option<String>,
    /// Which layer speaks.
    pub voice: Voice,
}

/// The sentence for `t`.
pub fn caption(snapshot: &Snapshot, t: Micros, story: &Chronicle, texts: &Texts) -> Caption {
    let cluster = Cluster::of(snapshot);
    let latest = story.latest(t, |line| {
        line.level >= Level::News || line.why == Some("why-ballot")
    });
    let is_fresh = latest
        .as_ref()
        .is_some_and(|line| t.saturating_sub(line.at) <= NEWS_HOLD);
    if let Some(line) = latest.as_ref().filter(|_| is_fresh) {
        return spoken(line, texts);
    }
    if let Some(state) = standing(&cluster, texts) {
        return state;
    }
    latest.map_or_else(
        || still(texts.get("caption-starting"), None, Voice::Machine),
        |line| spoken(&line, texts),
    )
}

fn spoken(line: &Line, texts: &Texts) -> Caption {
    Caption {
        text: line.text(texts),
        why: line.why_text(texts),
        voice: line.voice,
    }
}

const fn still(text: String, why: Option<String>, voice: Voice) -> Caption {
    Caption { text, why, voice }
}

/// How things stand while nothing new happens; `None` without a leader.
fn standing(cluster: &Cluster<'_>, texts: &Texts) -> Option<Caption> {
    let leader = cluster.leading()?;
    let of = cluster.voters.len();
    let mut args: Args = vec![("leader", leader.sid.into()), ("of", of.into())];
    if let Some(stale) = cluster.stale.first() {
        args.push(("stale", (*stale).into()));
        args.push(("reached", cluster.reached_by(*stale).len().into()));
        let text = texts.with("caption-two-leaders", &args);
        let why = texts.with("caption-two-leaders-why", &args);
        return Some(still(text, Some(why), Voice::Election));
    }
    if cluster.standing(leader.sid) == Standing::WithoutQuorum {
        args.push(("reached", cluster.reached_by(leader.sid).len().into()));
        let text = texts.with("caption-without-quorum", &args);
        let why = texts.with("caption-without-quorum-why", &args);
        return Some(still(text, Some(why), Voice::Election));
    }
    let half_tick_ms = cluster.snapshot.limits.tick.as_ms() / 2;
    let interval: Value = if half_tick_ms.is_multiple_of(1_000) {
        (half_tick_ms / 1_000).into()
    } else {
        seconds_text(half_tick_ms).into()
    };
    args.push(("followers", leader.peer.learners.len().into()));
    args.push(("interval", interval));
    let text = texts.with("caption-leads", &args);
    let why = texts.get("caption-leads-why");
    Some(still(text, Some(why), Voice::Zab))
}
