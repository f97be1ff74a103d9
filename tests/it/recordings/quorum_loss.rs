//! Too few servers: both followers of three die, groups lose their majority, late servers join.
//!
//! "Serves" is: some server leads with a quorum behind its epoch, and serves.

use serde_json::{Value, json};
use zabscope::base::Micros;
use zabscope::protocol::{QuorumSpec, ServerState, Sid};
use zabscope::sim::Fault;

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

pub(super) const ROWS: [Row; 3] = [
    Row {
        // Not the return: a fresh JVM's first election is as much class loading as finalizeWait.
        waits: &["loss_to_old_leader_LOOKING"],
        ..Row::of("quorum-loss-3", both_followers)
    },
    Row::of("hierarchical-3x3", groups),
    Row::of("late-joiners-do-not-take-over", late_joiners),
];

/// Both followers die one after the other; one comes back, then the other.
fn both_followers(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut cluster = Cluster::settled(recording.spec(), seed)?;
    let leader = cluster.leader()?;
    let mut followers = cluster.others(leader);
    if seed.is_multiple_of(2) {
        followers.reverse();
    }
    let [first, second] = followers[..] else {
        return Err("three servers have two followers".to_owned());
    };
    let client = cluster.writer_on(leader)?;
    cluster.run_for(1_000 + seed * 617 % 1_000);
    cluster.inject(Fault::Kill { sid: first });
    cluster.run_for(recording.acts()[1]["t_ms"].as_u64().unwrap_or_default());
    let lost = cluster.now();
    cluster.inject(Fault::Kill { sid: second });
    cluster.run_for(20_000);
    let mut sample = Sample::default();
    let serves = if cluster.leader().is_ok() {
        "serving"
    } else {
        "not serving"
    };
    sample.fact("serves_without_quorum", serves);
    let looked = cluster.entered(lost, leader, ServerState::Looking);
    sample.span("loss_to_old_leader_LOOKING", Some(lost), looked);

    let told = cluster.disconnected(lost, client);
    sample.span("loss_to_client_disconnected", Some(lost), told);

    let back = cluster.now();
    cluster.inject(Fault::Restart { sid: second });
    let first_write = cluster.first_write(back)?;
    cluster.until(90_000, "two serve", Cluster::all_who_run_serve)?;
    let winner = cluster.leader()?;
    let highest = winner == leader.max(second);
    sample.fact("winner_is_highest_id_of_present", highest);
    sample.tally("winners", format!("{{{leader},{second}}} -> {winner}"));
    let returned = cluster.entered(back, second, ServerState::Looking);
    sample.span(
        "returned_LOOKING_to_first_write",
        returned,
        Some(first_write),
    );
    let led = cluster.entered(back, winner, ServerState::Leading);
    sample.span("returned_LOOKING_to_LEADING", returned, led);

    cluster.inject(Fault::Restart { sid: first });
    cluster.until(90_000, "everybody serves", Cluster::all_serve)?;
    sample.fact("late_joiner_changes_leader", cluster.leader()? != winner);
    Ok(sample.of(&cluster))
}

/// Three groups of three: which of the living are a quorum, step by step on one ensemble.
///
/// Who leads among many equal servers is a race, so that only the rest of a step is compared.
fn groups(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut spec = recording.spec();
    spec.config.ensemble.quorum = QuorumSpec::Hierarchical {
        groups: (0..3)
            .map(|group| (group + 1, (1..=3).map(|n| Sid(group * 3 + n)).collect()))
            .collect(),
        weights: [].into(),
    };
    let mut cluster = Cluster::settled(spec, seed)?;
    let mut sample = Sample::default();
    sample.tally("cold_start_leader", cluster.leader()?);
    let steps = recording.deterministic()["quorum_by_step"].as_array();
    let mut done = Vec::new();
    for step in steps.ok_or("there are steps")? {
        let is_leader_only = step[0] == "leader only";
        let ids = step[1].as_array().into_iter().flatten();
        let killed: Vec<Sid> = if is_leader_only {
            vec![cluster.leader()?]
        } else {
            ids.filter_map(Value::as_i64).map(Sid).collect()
        };
        for &sid in &killed {
            cluster.inject(Fault::Kill { sid });
        }
        cluster.run_for(25_000);
        let leader = cluster.leader().ok();
        let of = |sid: Option<Sid>| sid.map_or_else(|| "nobody".to_owned(), |sid| sid.to_string());
        sample.tally("leader by step", format!("{}: {}", step[0], of(leader)));
        // The server that leads is compared as recorded: in the tally, for it is a race.
        let recorded = (step[1].clone(), step[3].clone());
        done.push(json!([step[0], recorded.0, leader.is_some(), recorded.1]));
        for &sid in &killed {
            cluster.inject(Fault::Restart { sid });
        }
        cluster.until(90_000, "everybody is back", Cluster::all_serve)?;
    }
    sample.fact("quorum_by_step", done);
    Ok(sample.of(&cluster))
}

/// Servers of higher id join a running ensemble, then its leader dies.
fn late_joiners(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let mut spec = recording.spec();
    let late = [(Sid(5), 10_000), (Sid(4), 11_417)];
    for sid in (1..=3).map(Sid) {
        spec.disks.insert(sid, super::cluster::shared_history());
    }
    for (sid, at_ms) in late {
        spec.starts.insert(sid, Micros::from_ms(at_ms));
    }
    let mut cluster = Cluster::new(&spec, seed);
    cluster.run_to(Micros::from_ms(9_000));
    let first = cluster.leader()?;
    cluster.run_to(Micros::from_ms(12_000));
    cluster.until(60_000, "all five serve", Cluster::all_serve)?;
    let mut sample = Sample::default();
    let taken = cluster.leader()? != first;
    sample.fact("late_joiner_with_higher_id_takes_over", taken);
    let t0 = cluster.fail_over(Fault::Kill { sid: first })?;
    let winner = cluster.established(t0).first().map(|(sid, _)| *sid);
    sample.tally("winner after the leader's death", winner.ok_or("nobody")?);
    Ok(sample.of(&cluster))
}
