//! The leader's process dies, killed or asked to end; the others elect, it comes back.
//!
//! Led in turns, as the recorded ensembles were: every other seed kills the server that took over
//! from the first. `winner` is the first that enters LEADING. The dead server starts again when all
//! others serve.

use serde_json::json;
use zabscope::base::Micros;
use zabscope::protocol::{Note, ServerState, Sid};
use zabscope::sim::Fault;

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

const ELECTION: &[&str] = &[
    "election_winner_looking_to_leading",
    "election_took_logged_by_winner",
];

pub(super) const ROWS: [Row; 7] = [
    row("leader-kill-3-t200"),
    row("leader-kill-3-t500"),
    row("leader-kill-3-t2000"),
    crowded("leader-kill-5-t200"),
    crowded("leader-kill-5-t500"),
    row("observer-leader-kill"),
    row("leader-graceful-stop-3"),
];

const fn row(id: &'static str) -> Row {
    Row {
        waits: ELECTION,
        ..Row::of(id, play)
    }
}

/// Four survivors share two cores: the third one notices 20 ms after the first, and only then can
/// the 200 ms begin.
const fn crowded(id: &'static str) -> Row {
    Row {
        waits: &[],
        floors: ELECTION,
        ..row(id)
    }
}

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled_in_turns(recording.spec(), seed)?;
    let killed = cluster.leader()?;
    let epoch = cluster.epoch(killed);
    cluster.writer_on(killed)?;
    cluster.run_for(500);
    let t0 = cluster.now();
    cluster.inject(if recording.acts()[0]["action"] == "sigterm" {
        Fault::Terminate { sid: killed }
    } else {
        Fault::Kill { sid: killed }
    });
    let first_write = cluster.first_write(t0)?;
    cluster.until(60_000, "the others serve again", Cluster::all_who_run_serve)?;
    let mut sample = Sample::default();
    sample.span("kill_to_first_write", Some(t0), Some(first_write));
    let winner = election(&cluster, (t0, killed), &mut sample)?;
    let delta = cluster.epoch(winner).0 - epoch.0;
    sample.fact("epoch_increments_by", delta);

    let leader = cluster.leader()?;
    let back = cluster.now();
    cluster.inject(Fault::Restart { sid: killed });
    cluster.until(60_000, "the dead server is back", Cluster::all_serve)?;
    sample.fact("rejoin_sync_modes", cluster.sync_of(back, killed));
    sample.fact(
        "rejoining_server_changes_leader",
        cluster.leader()? != leader,
    );
    let looking = cluster.entered(back, killed, ServerState::Looking);
    let serving = cluster.broadcasts(back, killed);
    sample.span("restarted_server_looking_to_broadcast", looking, serving);
    Ok(sample.of(&cluster))
}

/// The first election after `t0`: its winner, and what was recorded of such elections.
fn election(
    cluster: &Cluster,
    (t0, killed): (Micros, Sid),
    sample: &mut Sample,
) -> Result<Sid, String> {
    let leading = cluster.entered_leading(t0);
    let &(winner, led) = leading.first().ok_or("nobody entered LEADING")?;
    let config = |sid: Sid| cluster.world.server(sid).map(|s| s.peer.state);
    let observes = |sid: Sid| config(sid) == Some(ServerState::Observing);
    let survivors = cluster.others(killed);
    let (observers, voters): (Vec<_>, Vec<_>) = survivors.iter().partition(|sid| observes(**sid));
    let is_highest = voters.last() == Some(&winner);
    sample.fact("winner_is_highest_id_participant_survivor", is_highest);
    sample.fact(
        "winner_by_killed",
        json!({ format!("killed {}", killed.0): winner.0 }),
    );
    sample.tally(
        "winner_by_killed",
        format!("killed {}: {}", killed.0, winner.0),
    );
    sample.tally("winner_is_highest_id_participant_survivor", is_highest);

    let looking_at = |sid: &Sid| cluster.entered(t0, *sid, ServerState::Looking);
    let mut detected: Vec<Micros> = survivors.iter().filter_map(looking_at).collect();
    detected.sort_unstable();
    sample.span("detect_first", Some(t0), detected.first().copied());
    sample.span("detect_last", Some(t0), detected.last().copied());
    let looked = cluster.entered_before(led, winner, ServerState::Looking);
    sample.span("election_winner_looking_to_leading", looked, Some(led));
    let began = looked.and_then(|t| {
        cluster.first(t, winner, |note| {
            matches!(note, Note::ElectionStarted { .. })
        })
    });
    sample.span("election_took_logged_by_winner", began, Some(led));
    sample.span("kill_to_leading", Some(t0), Some(led));
    sample.span(
        "leading_to_broadcast",
        Some(led),
        cluster.broadcasts(led, winner),
    );
    let served = |sid: &Sid| cluster.broadcasts(t0, *sid);
    let last = voters
        .iter()
        .filter(|sid| **sid != winner)
        .filter_map(served)
        .max();
    sample.span("kill_to_last_follower_broadcast", Some(t0), last);
    if !observers.is_empty() {
        let last = observers.iter().filter_map(served).max();
        sample.span("kill_to_observer_broadcast", Some(t0), last);
    }

    let timed_out = |note: &Note| matches!(note, Note::NotificationTimeout { .. });
    sample.tally(
        "repetitions_with_notification_timeout_at_winner",
        cluster.count((t0, led), winner, timed_out) > 0,
    );
    let second = leading.iter().any(|(sid, _)| *sid != winner);
    sample.tally(
        "repetitions_in_which_a_second_server_entered_LEADING",
        second,
    );
    Ok(winner)
}
