//! Links that drop packets, a host without power: nobody is told, everybody has to time out.
//!
//! Every other seed is led by another server. The fault comes just after a packet has left the
//! leader, as the recorded ones came after a write; where the ensemble was idle, at any phase.

use serde_json::Value;
use zabscope::base::Micros;
use zabscope::protocol::{ServerState, Sid};
use zabscope::sim::{Direction, Fault};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

const WAITS: &[&str] = &[
    "cut_to_first_LOOKING_of_cut_off_followers",
    "cut_to_last_LOOKING_of_cut_off_followers",
    "cut_to_new_LEADING",
];

const WRITES: &str = "clients that write";

const CLIENTS: &[(&str, &str)] = &[
    ("writes_acked_by_cut_off_leader", WRITES),
    ("probe_value_after", WRITES),
    ("cut_to_first_write", WRITES),
];

/// Where the leader goes on alone with writes that nobody commits.
const TAIL: &[(&str, &str)] = &[
    ("writes_acked_by_cut_off_leader", WRITES),
    ("probe_value_after", WRITES),
    ("cut_to_first_write", WRITES),
    (
        "first_sync_mode_of_old_leader_after_heal",
        "a tail of writes that nobody committed",
    ),
    (
        "cut_to_old_leader_LOOKING",
        "writes before the cut: its phase in the leader's tick",
    ),
    (
        "two_leaders_overlap",
        "writes before the cut: its phase in the leader's tick",
    ),
];

pub(super) const ROWS: [Row; 7] = [
    row("partition-leader-alone-3", TAIL),
    row("partition-leader-alone-3-quiet", TAIL),
    slow("asymmetric-leader-to-followers", TAIL),
    slow("asymmetric-followers-to-leader", TAIL),
    slow("link-cut-one-follower", CLIENTS),
    row("leader-power-loss-3", CLIENTS),
    row("leader-power-loss-idle-3", CLIENTS),
];

const fn row(id: &'static str, not_built: &'static [(&'static str, &'static str)]) -> Row {
    Row {
        waits: WAITS,
        not_built,
        ..Row::of(id, play)
    }
}

/// Links were cut one after another, by a program each, on a busy machine: even the first follower
/// noticed up to 870 ms later than its read time-out allows after the stated instant.
const fn slow(id: &'static str, not_built: &'static [(&'static str, &'static str)]) -> Row {
    Row {
        waits: &[],
        floors: WAITS,
        ..row(id, not_built)
    }
}

/// The fault of one seed.
struct Cut {
    at: Micros,
    healed_at: Micros,
    leader: Sid,
    /// The server that comes back: the old leader, or the follower whose link was cut.
    victim: Sid,
    /// Whose leader it was: those that must notice.
    deprived: Vec<Sid>,
}

fn play(recording: &Recording, seed: u64) -> Result<Sample, String> {
    let spec = recording.spec();
    let limit_ms = spec.config.sync_time().as_ms();
    let mut cluster = Cluster::settled_in_turns(spec, seed)?;
    let leader = cluster.leader()?;
    let epoch = cluster.epoch(leader);
    let cut = cut_and_heal(recording, &mut cluster, (leader, seed));
    cluster.until(90_000, "everybody serves", Cluster::all_serve)?;
    cluster.run_for(1_000);

    let mut sample = Sample::default();
    let now = cluster.leader()?;
    let changed = now != leader;
    sample.fact("leader_changed", changed);
    sample.fact("epoch_delta", cluster.epoch(now).0 - epoch.0);
    sample.fact("syncLimit_x_tickTime_ms", limit_ms);
    let highest = cluster.others(leader).last() == Some(&now);
    let highest = if changed {
        Value::from(highest)
    } else {
        Value::Null
    };
    sample.fact("new_leader_is_highest_id_of_side_b", highest);
    let mode = cluster.sync_of(cut.healed_at, leader);
    if recording.acts()[0]["action"] == "power_loss" || !changed {
        sample.fact("first_sync_mode_of_old_leader_after_heal", mode);
    }
    sample.tally(
        "first_sync_mode_of_old_leader_after_heal",
        mode.unwrap_or("None"),
    );
    timings(&cluster, &cut, &mut sample);
    Ok(sample.of(&cluster))
}

/// Does what was done, with the roles as they are in this seed.
fn cut_and_heal(recording: &Recording, cluster: &mut Cluster, (leader, seed): (Sid, u64)) -> Cut {
    let others = cluster.others(leader);
    let chosen = others[usize::from(seed % 4 < 2)];
    if !recording.title().contains("idle") {
        cluster.run_past_a_heartbeat(leader);
    }
    let mut cut = Cut {
        at: cluster.now(),
        healed_at: Micros::ZERO,
        leader,
        victim: leader,
        deprived: others.clone(),
    };
    let one_way = |from, to| Fault::Cut {
        from,
        to,
        direction: Direction::OneWay,
    };
    let is_outward = recording.title().starts_with("packets from the leader");
    let action = recording.acts()[0]["action"].as_str().unwrap_or_default();
    match action {
        "partition" => cluster.inject(Fault::Partition {
            side: [leader].into(),
        }),
        "drop_one_way" if is_outward => {
            for &to in &others {
                cluster.inject(one_way(leader, to));
            }
        }
        "drop_one_way" => {
            for &from in &others {
                cluster.inject(one_way(from, leader));
            }
        }
        "cut_link" => {
            cut.victim = chosen;
            cut.deprived = vec![chosen];
            cluster.inject(Fault::Cut {
                from: chosen,
                to: leader,
                direction: Direction::Both,
            });
        }
        _ => cluster.inject(Fault::PullPlug { sid: leader }),
    }
    let is_power = action == "power_loss";
    let until = recording.act_at(if is_power { "start" } else { "heal" });
    cluster.run_for(until);
    cut.healed_at = cluster.now();
    if is_power {
        cluster.inject(Fault::Restart { sid: leader });
    } else {
        cluster.heal();
    }
    cut
}

fn timings(cluster: &Cluster, cut: &Cut, sample: &mut Sample) {
    let t0 = Some(cut.at);
    let looking_at = |sid: &Sid| cluster.entered(cut.at, *sid, ServerState::Looking);
    let mut looking: Vec<Micros> = cut.deprived.iter().filter_map(looking_at).collect();
    looking.sort_unstable();
    let (first, last) = (looking.first().copied(), looking.last().copied());
    sample.span("cut_to_first_LOOKING_of_cut_off_followers", t0, first);
    sample.span("cut_to_last_LOOKING_of_cut_off_followers", t0, last);
    let leading = cluster.entered_leading(cut.at);
    let led = leading.iter().find(|(sid, _)| *sid != cut.leader);
    let led = led.map(|(_, at)| *at);
    sample.span("cut_to_new_LEADING", t0, led);
    let old = looking_at(&cut.leader).filter(|at| *at < cut.healed_at);
    sample.span("cut_to_old_leader_LOOKING", t0, old);
    sample.span("two_leaders_overlap", led, old);

    let healed = Some(cut.healed_at);
    let follows = cluster.entered(cut.healed_at, cut.victim, ServerState::Following);
    let serves = cluster.broadcasts(cut.healed_at, cut.victim);
    sample.span("heal_to_cut_off_server_FOLLOWING", healed, follows);
    sample.span("heal_to_cut_off_server_broadcast", healed, serves);
    sample.span("boot_to_old_leader_FOLLOWING", healed, follows);
    sample.span("boot_to_old_leader_broadcast", healed, serves);
}
