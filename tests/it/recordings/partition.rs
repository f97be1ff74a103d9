//! Links that drop packets, a host without power: nobody is told, everybody has to time out.
//!
//! Every other seed is led by another server. The fault comes right after a write; where the
//! ensemble was idle, one to two and a half seconds later. A cut-off leader's client goes on
//! writing, and clients reach every server. Where programs cut one link after another, or a host
//! off, and it is known how long that took, it takes as long here: half of it for each link, or
//! until the host is gone.

use serde_json::Value;
use zabscope::base::Micros;
use zabscope::protocol::{ServerState, Sid};
use zabscope::sim::{ClientId, Direction, Fault};

use super::Row;
use super::cluster::Cluster;
use super::recording::Recording;
use super::sample::Sample;

const WAITS: &[&str] = &[
    "cut_to_first_LOOKING_of_cut_off_followers",
    "cut_to_last_LOOKING_of_cut_off_followers",
    "cut_to_new_LEADING",
];

pub(super) const ROWS: [Row; 7] = [
    row("partition-leader-alone-3"),
    row("partition-leader-alone-3-quiet"),
    slow("asymmetric-leader-to-followers"),
    slow("asymmetric-followers-to-leader"),
    slow("link-cut-one-follower"),
    row("leader-power-loss-3"),
    row("leader-power-loss-idle-3"),
];

const fn row(id: &'static str) -> Row {
    Row {
        waits: WAITS,
        ..Row::of(id, play)
    }
}

/// Links were cut one after another, by a program each, on a busy machine: even the first follower
/// noticed up to 870 ms later than its read time-out allows after the stated instant, and only in
/// part is it known how long the programs took.
const fn slow(id: &'static str) -> Row {
    Row {
        floors: WAITS,
        ..Row::of(id, play)
    }
}

/// The fault of one seed.
struct Cut {
    at: Micros,
    healed_at: Micros,
    leader: Sid,
    /// The client on the old leader.
    writer: ClientId,
    first_write: Option<Micros>,
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
    let cut = cut_and_heal(recording, &mut cluster, (leader, seed))?;
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
    sample.fact("first_sync_mode_of_old_leader_after_heal", mode);
    let acknowledged = cluster.acknowledged(cut.at, cut.writer).count();
    sample.fact("writes_acked_by_cut_off_leader", acknowledged);
    sample.fact("probe_value_after", cluster.probe_value(leader));
    sample.tally(
        "first_sync_mode_of_old_leader_after_heal",
        mode.unwrap_or("None"),
    );
    timings(&cluster, &cut, &mut sample);
    Ok(sample.of(&cluster))
}

/// Does what was done, with the roles as they are in this seed.
fn cut_and_heal(
    recording: &Recording,
    cluster: &mut Cluster,
    (leader, seed): (Sid, u64),
) -> Result<Cut, String> {
    let others = cluster.others(leader);
    let chosen = others[usize::from(seed % 4 < 2)];
    let writer = cluster.writer_on(leader)?;
    cluster.run_past_a_write(writer)?;
    if recording.title().contains("idle") {
        cluster.run_for(1_000 + seed * 617 % 1_500);
    }
    let mut cut = Cut {
        at: cluster.now(),
        healed_at: Micros::ZERO,
        leader,
        writer,
        first_write: None,
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
    let took = recording.cut_took(seed / 2);
    match action {
        "partition" => cluster.inject(Fault::Partition {
            side: [leader].into(),
        }),
        "drop_one_way" => {
            for &other in &others {
                cluster.run_for(took / 2);
                let (from, to) = if is_outward {
                    (leader, other)
                } else {
                    (other, leader)
                };
                cluster.inject(one_way(from, to));
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
        _ => {
            cluster.run_for(took / 2);
            cluster.inject(Fault::PullPlug { sid: leader });
        }
    }
    if matches!(action, "partition" | "drop_one_way") {
        cluster.write_a_tail(writer);
    }
    if recording.timings().contains_key("cut_to_first_write") {
        cut.first_write = Some(cluster.first_write(cut.at)?);
    }
    let is_power = action == "power_loss";
    let until = recording.act_at(if is_power { "start" } else { "heal" });
    cluster.run_to(cut.at + Micros::from_ms(until));
    cut.healed_at = cluster.now();
    if is_power {
        cluster.inject(Fault::Restart { sid: leader });
    } else {
        cluster.heal();
    }
    Ok(cut)
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
    sample.span("cut_to_first_write", t0, cut.first_write);
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
