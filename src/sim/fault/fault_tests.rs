//! Every command in every state: what is refused, what composes, what a heal undoes.
//! Long because every kind of fault has its claims here.

use super::*;
use crate::base::Set;
use crate::protocol::Message;
use crate::sim::engine::probes;
use crate::sim::{ClientId, ClusterSpec, Power};

const A: Sid = Sid(1);
const B: Sid = Sid(2);
const C: Sid = Sid(3);
const NOBODY: Sid = Sid(9);

fn ready() -> World {
    let mut world = probes(&ClusterSpec::plain(3, 0), 7);
    while world.step().is_some() {}
    world
}

fn inject(world: &mut World, fault: Fault) -> Result<(), Rejected> {
    let before = world.clone();
    let outcome = world.apply(&Command::Inject { fault });
    if outcome.is_err() {
        assert_eq!(*world, before, "a rejected command changes nothing");
    }
    outcome.map(|_| ())
}

fn cut(from: Sid, to: Sid, direction: Direction) -> Fault {
    Fault::Cut {
        from,
        to,
        direction,
    }
}

fn slow(from: Sid, to: Sid, direction: Direction) -> Fault {
    Fault::Delay {
        from,
        to,
        direction,
        ms: 300,
        jitter_ms: 50,
    }
}

fn lossy(from: Sid, to: Sid, direction: Direction) -> Fault {
    Fault::Loss {
        from,
        to,
        direction,
        permille: 500,
    }
}

fn power(world: &World, sid: Sid) -> Power {
    world.server(sid).expect("there").power
}

#[test]
fn the_catalogue_names_every_kind_as_json_does() {
    let faults = [
        Fault::Kill { sid: A },
        Fault::PullPlug { sid: A },
        Fault::Restart { sid: A },
        Fault::Pause { sid: A },
        Fault::Resume { sid: A },
        cut(A, B, Direction::Both),
        Fault::Partition { side: [A].into() },
        Fault::Terminate { sid: A },
        Fault::PowerLoss { sid: A },
        Fault::WipeDisk { sid: A },
        Fault::SlowDisk { sid: A, ms: 9 },
        Fault::StallDisk { sid: A },
        slow(A, B, Direction::Both),
        lossy(A, B, Direction::Both),
        Fault::CutClient {
            id: ClientId(0),
            sid: A,
            direction: Ways::ToClient,
        },
        Fault::DelayMessage { message: 1, ms: 1 },
        Fault::DropMessage { message: 1 },
        Fault::Drift { sid: A, ppm: 1 },
    ];
    assert_eq!(faults.len(), CATALOGUE.len());
    for (fault, row) in faults.iter().zip(CATALOGUE) {
        assert_eq!(fault.kind(), &row);
        let json = serde_json::to_value(fault).expect("serialises");
        assert_eq!(json["type"], row.key);
        // One parameter of the row for each field besides the type.
        let fields = json.as_object().expect("an object").len() - 1;
        assert_eq!(fields, row.parameters.len(), "{}", row.key);
    }
}

#[test]
fn unknown_servers_are_refused_by_every_kind() {
    let mut world = ready();
    for fault in [
        Fault::Kill { sid: NOBODY },
        Fault::PullPlug { sid: NOBODY },
        Fault::Restart { sid: NOBODY },
        Fault::Pause { sid: NOBODY },
        Fault::Resume { sid: NOBODY },
        cut(A, NOBODY, Direction::Both),
        cut(NOBODY, A, Direction::OneWay),
        slow(A, NOBODY, Direction::Both),
        lossy(NOBODY, A, Direction::Both),
        Fault::Terminate { sid: NOBODY },
        Fault::WipeDisk { sid: NOBODY },
        Fault::PowerLoss { sid: NOBODY },
        Fault::SlowDisk { sid: NOBODY, ms: 9 },
        Fault::StallDisk { sid: NOBODY },
        Fault::Drift {
            sid: NOBODY,
            ppm: 1,
        },
        Fault::Partition {
            side: [A, NOBODY].into(),
        },
    ] {
        assert_eq!(
            inject(&mut world, fault),
            Err(Rejected::UnknownServer { sid: NOBODY })
        );
    }
}

#[test]
fn a_dead_process_cannot_die_pause_or_resume_and_a_running_one_cannot_start() {
    let mut world = ready();
    let down = Err(Rejected::Down { sid: A });
    assert_eq!(
        inject(&mut world, Fault::Restart { sid: A }),
        Err(Rejected::Running { sid: A })
    );
    inject(&mut world, Fault::Kill { sid: A }).expect("runs");
    for fault in [
        Fault::Kill { sid: A },
        Fault::Pause { sid: A },
        Fault::Resume { sid: A },
    ] {
        assert_eq!(inject(&mut world, fault), down);
    }
    inject(&mut world, Fault::PullPlug { sid: A }).expect("the host is still on");
    assert_eq!(inject(&mut world, Fault::PullPlug { sid: A }), down);
    inject(&mut world, Fault::Restart { sid: A }).expect("is down");
    assert_eq!(power(&world, A), Power::Starting);
    assert_eq!(inject(&mut world, Fault::Pause { sid: A }), down);
    inject(&mut world, Fault::Kill { sid: A }).expect("a starting process can be killed");
    while world.step().is_some() {}
    assert_eq!(power(&world, A), Power::Killed);
}

#[test]
fn a_pause_stands_until_it_is_resumed_healed_or_killed() {
    let ends: [fn(&mut World); 5] = [
        |world| inject(world, Fault::Resume { sid: A }).expect("paused"),
        |world| {
            let id = world.faults()[0].id;
            world.apply(&Command::Heal { id }).expect("stands");
        },
        |world| {
            world.apply(&Command::HealAll).expect("always");
        },
        |world| inject(world, Fault::Kill { sid: A }).expect("SIGKILL works on the stopped"),
        |world| inject(world, Fault::PullPlug { sid: A }).expect("has power"),
    ];
    for (n, end) in ends.into_iter().enumerate() {
        let mut world = ready();
        assert_eq!(
            inject(&mut world, Fault::Resume { sid: A }),
            Err(Rejected::NotPaused { sid: A })
        );
        inject(&mut world, Fault::Pause { sid: A }).expect("runs");
        assert_eq!(
            inject(&mut world, Fault::Pause { sid: A }),
            Err(Rejected::Paused { sid: A })
        );
        assert_eq!(world.faults().len(), 1);
        end(&mut world);
        assert!(world.faults().is_empty());
        assert_ne!(power(&world, A), Power::Paused);
        assert_eq!(power(&world, A) == Power::Up, n < 3);
    }
}

#[test]
fn a_cut_is_refused_only_where_cuts_do_it_already() {
    let mut world = ready();
    let (both, one_way) = (Direction::Both, Direction::OneWay);
    assert_eq!(
        inject(&mut world, cut(A, A, both)),
        Err(Rejected::SameServer { sid: A })
    );
    inject(&mut world, cut(A, B, one_way)).expect("whole");
    assert!(world.link_is_cut(A, B) && !world.link_is_cut(B, A));
    assert_eq!(
        inject(&mut world, cut(A, B, one_way)),
        Err(Rejected::AlreadyCut { from: A, to: B })
    );
    inject(&mut world, cut(A, B, both)).expect("one way was whole");
    assert!(world.link_is_cut(B, A));
    assert_eq!(
        inject(&mut world, cut(B, A, both)),
        Err(Rejected::AlreadyCut { from: B, to: A })
    );
    inject(&mut world, Fault::Partition { side: [C].into() }).expect("two sides");
    inject(&mut world, cut(A, C, both)).expect("the partition may be healed before");
}

#[test]
fn overlapping_faults_compose_and_each_heal_undoes_only_its_own() {
    let mut world = ready();
    inject(&mut world, Fault::Partition { side: [A].into() }).expect("two sides");
    inject(&mut world, cut(A, B, Direction::Both)).expect("no cut yet");
    let [partition, link] = [world.faults()[0].id, world.faults()[1].id];
    assert!(world.link_is_cut(A, B) && world.link_is_cut(C, A) && !world.link_is_cut(B, C));
    world
        .apply(&Command::Heal { id: partition })
        .expect("stands");
    assert!(world.link_is_cut(A, B) && !world.link_is_cut(C, A));
    world.apply(&Command::Heal { id: link }).expect("stands");
    assert!(!world.link_is_cut(A, B));
    assert_eq!(
        world.apply(&Command::Heal { id: link }),
        Err(Rejected::UnknownFault { id: link })
    );
}

#[test]
fn a_partition_needs_servers_on_both_sides() {
    let mut world = ready();
    for side in [vec![], vec![A, B, C]] {
        let fault = Fault::Partition {
            side: side.into_iter().collect(),
        };
        assert_eq!(inject(&mut world, fault), Err(Rejected::EmptySide));
    }
}

#[test]
fn heal_all_makes_links_whole_and_starts_nobody() {
    let mut world = ready();
    inject(&mut world, Fault::Kill { sid: C }).expect("runs");
    inject(&mut world, Fault::Partition { side: [A].into() }).expect("two sides");
    inject(&mut world, Fault::Pause { sid: B }).expect("runs");
    let ids: Vec<u32> = world.faults().iter().map(|active| active.id.0).collect();
    assert_eq!(ids, [1, 2], "the kill was number 0 and does not stand");
    world.apply(&Command::HealAll).expect("always");
    assert!(world.faults().is_empty() && !world.link_is_cut(A, B));
    assert_eq!(
        [power(&world, A), power(&world, B), power(&world, C)],
        [Power::Up, Power::Up, Power::Killed]
    );
}

#[test]
fn so_many_faults_cannot_stand_at_once() {
    let mut world = ready();
    for _ in 0..FAULTS_MAX {
        inject(&mut world, Fault::Partition { side: [A].into() }).expect("room");
    }
    assert_eq!(
        inject(&mut world, Fault::Pause { sid: A }),
        Err(Rejected::TooManyFaults { limit: FAULTS_MAX })
    );
    inject(&mut world, Fault::Kill { sid: A }).expect("does not stand");
}

/// The delays of one way, of a hundred packets, in ms: the least and the most.
fn delays(world: &mut World, from: Sid, to: Sid) -> (u64, u64) {
    let links = world.network.links_mut();
    let drawn = (0..100).map(|_| links.latency(from.into(), to.into()).as_ms());
    drawn.fold((u64::MAX, 0), |(least, most), ms| {
        (least.min(ms), most.max(ms))
    })
}

#[test]
fn a_slow_way_is_slow_one_way_and_two_faults_add_up() {
    let mut world = ready();
    inject(&mut world, slow(A, B, Direction::OneWay)).expect("a link");
    let (least, most) = delays(&mut world, A, B);
    assert!(least >= 300 && (320..352).contains(&most), "{least} {most}");
    assert_eq!(delays(&mut world, B, A).1, 0);
    inject(&mut world, slow(B, A, Direction::Both)).expect("another fault");
    assert!(delays(&mut world, A, B).0 >= 600);
    assert!(delays(&mut world, B, A).0 >= 300);
    world.apply(&Command::HealAll).expect("always");
    assert_eq!(delays(&mut world, A, B).1, 0);
}

#[test]
fn what_one_fault_lets_through_the_other_may_lose() {
    let mut world = ready();
    inject(&mut world, lossy(A, B, Direction::Both)).expect("a link");
    inject(&mut world, lossy(A, B, Direction::OneWay)).expect("another fault");
    let mut lost = |from: Sid, to: Sid| {
        let links = world.network.links_mut();
        (0..2_000)
            .filter(|_| links.loses(from.into(), to.into()))
            .count()
    };
    assert!((1_400..1_600).contains(&lost(A, B)), "{}", lost(A, B));
    assert!((900..1_100).contains(&lost(B, A)), "{}", lost(B, A));
    assert_eq!(lost(A, C), 0);
}

#[test]
fn a_lost_segment_costs_200_ms_then_600_then_1400() {
    let mut world = ready();
    inject(&mut world, lossy(A, B, Direction::Both)).expect("a link");
    let links = world.network.links_mut();
    let drawn: Set<u64> = (0..400)
        .filter_map(|_| links.retransmitting(A.into(), B.into()))
        .map(Micros::as_ms)
        .collect();
    let first: Vec<u64> = drawn.iter().copied().take(4).collect();
    assert_eq!(first, [0, 200, 600, 1_400]);
}

#[test]
fn a_process_that_is_asked_to_end_does_so_in_a_while_and_its_sockets_close() {
    let mut world = World::new(&ClusterSpec::plain(3, 0), 7);
    while world.now() < Micros::from_ms(5_000) {
        world.step();
    }
    let at = world.now();
    inject(&mut world, Fault::Terminate { sid: A }).expect("runs");
    inject(&mut world, Fault::Terminate { sid: A }).expect("asking twice is harmless");
    assert_eq!(power(&world, A), Power::Up);
    while power(&world, A) == Power::Up {
        world.step();
    }
    assert_eq!(power(&world, A), Power::Off);
    let took = (world.now() - at).as_ms();
    assert!((321..=510).contains(&took), "{took}");
    while world.now() < at + Micros::from_ms(600) {
        world.step();
    }
    let is_as = |c: crate::sim::Connection| c.acceptor == A || c.dialler == A.into();
    assert!(!world.connections().any(is_as));
    inject(&mut world, Fault::Restart { sid: A }).expect("is down");
}

#[test]
fn sigterm_waits_for_a_stopped_process_and_is_forgotten_by_a_killed_one() {
    let mut world = ready();
    inject(&mut world, Fault::Pause { sid: A }).expect("runs");
    inject(&mut world, Fault::Terminate { sid: A }).expect("a stopped process runs");
    while world.step().is_some() {}
    assert_eq!(power(&world, A), Power::Paused);
    inject(&mut world, Fault::Resume { sid: A }).expect("paused");
    while world.step().is_some() {}
    assert_eq!(power(&world, A), Power::Off);
    inject(&mut world, Fault::Restart { sid: A }).expect("down");
    inject(&mut world, Fault::Terminate { sid: A }).expect("starts");
    inject(&mut world, Fault::Kill { sid: A }).expect("starts");
    inject(&mut world, Fault::Restart { sid: A }).expect("down");
    while world.step().is_some() {}
    assert_eq!(power(&world, A), Power::Up);
    // Asked before it is stopped: the end comes while it is, and has to wait.
    inject(&mut world, Fault::Terminate { sid: A }).expect("runs");
    inject(&mut world, Fault::Pause { sid: A }).expect("runs still");
    while world.step().is_some() {}
    assert_eq!(power(&world, A), Power::Paused);
    world.apply(&Command::HealAll).expect("always");
    while world.step().is_some() {}
    assert_eq!(power(&world, A), Power::Off);
}

#[test]
fn only_a_server_that_is_down_loses_its_disk() {
    let mut world = World::new(&ClusterSpec::plain(3, 0), 7);
    while world.now() < Micros::from_ms(8_000) {
        world.step();
    }
    assert_eq!(
        inject(&mut world, Fault::WipeDisk { sid: A }),
        Err(Rejected::Running { sid: A })
    );
    inject(&mut world, Fault::Kill { sid: A }).expect("runs");
    assert_ne!(
        process(&world, A).expect("there").disk,
        crate::sim::disk::Disk::default()
    );
    inject(&mut world, Fault::WipeDisk { sid: A }).expect("is down");
    assert_eq!(
        process(&world, A).expect("there").disk,
        crate::sim::disk::Disk::default()
    );
}

#[test]
fn a_drift_moves_deadlines_already_set_and_a_heal_moves_them_back() {
    let mut world = World::new(&ClusterSpec::plain(3, 0), 7);
    while world.now() < Micros::from_ms(8_000) {
        world.step();
    }
    let left = |world: &World| -> Vec<u64> {
        let now = world.now();
        let due = world
            .deadlines(A)
            .map(|(_, _, due)| due.saturating_sub(now).0);
        due.collect()
    };
    let before = left(&world);
    assert!(!before.is_empty());
    let shown = process(&world, A).expect("there").clock.read(world.now());
    inject(
        &mut world,
        Fault::Drift {
            sid: A,
            ppm: -500_000,
        },
    )
    .expect("a clock");
    assert_eq!(
        process(&world, A).expect("there").clock.read(world.now()),
        shown
    );
    for (slow, usual) in left(&world).iter().zip(&before) {
        assert!(slow.abs_diff(usual * 2) <= 2, "{slow} {usual}");
    }
    inject(
        &mut world,
        Fault::Drift {
            sid: A,
            ppm: 500_000,
        },
    )
    .expect("they add up");
    for (now, usual) in left(&world).iter().zip(&before) {
        assert!(now.abs_diff(*usual) <= 4, "{now} {usual}");
    }
    world.apply(&Command::HealAll).expect("always");
    for (now, usual) in left(&world).iter().zip(&before) {
        assert!(now.abs_diff(*usual) <= 4, "{now} {usual}");
    }
}

/// A world with a message on the wire, and its number.
fn with_message() -> (World, u64) {
    let mut world = World::new(&ClusterSpec::plain(3, 0), 7);
    loop {
        world.step();
        let sent = world.frames().find(|frame| frame.sent_at == world.now());
        if let Some(id) = sent.map(|frame| frame.id) {
            return (world, id);
        }
    }
}

fn arrival(world: &World, message: u64) -> Option<Micros> {
    world.frames().find(|frame| frame.id == message)?.arrives_at
}

#[test]
fn a_delayed_message_is_late_and_a_dropped_one_is_sent_again() {
    let (mut world, message) = with_message();
    let usual = arrival(&world, message).expect("on the wire");
    inject(&mut world, Fault::DelayMessage { message, ms: 70 }).expect("on the wire");
    assert_eq!(arrival(&world, message), Some(usual + Micros::from_ms(70)));
    let (mut world, message) = with_message();
    let sent = world.now();
    inject(&mut world, Fault::DropMessage { message }).expect("on the wire");
    let again = arrival(&world, message).expect("will arrive");
    assert!((again - sent).as_ms() >= 200 && (again - sent).as_ms() < 220);
    assert_eq!(
        inject(&mut world, Fault::DropMessage { message }),
        Err(Rejected::HeldUp { message })
    );
    while arrival(&world, message).is_some() {
        world.step();
    }
    assert_eq!(world.now(), again, "it arrives then");
    let message = u64::MAX;
    assert_eq!(
        inject(&mut world, Fault::DelayMessage { message, ms: 1 }),
        Err(Rejected::UnknownMessage { message })
    );
}

#[test]
fn what_follows_a_delayed_message_on_its_connection_waits_behind_it() {
    let (mut world, _) = with_message();
    let message = loop {
        world.step();
        let of_quorum = |f: &&crate::sim::Frame| matches!(f.message, Message::Quorum(_));
        let late = world.now() > Micros::from_ms(8_000);
        if let Some(frame) = world.frames().find(of_quorum).filter(|_| late) {
            break frame.id;
        }
    };
    let conn = world
        .frames()
        .find(|f| f.id == message)
        .expect("there")
        .conn;
    inject(&mut world, Fault::DelayMessage { message, ms: 3_000 }).expect("on the wire");
    let limit = arrival(&world, message).expect("on the wire");
    let from = world
        .frames()
        .find(|f| f.id == message)
        .expect("there")
        .from;
    let mut followed = 0;
    while world.now() < limit {
        for frame in world.frames().filter(|f| f.conn == conn && f.from == from) {
            if frame.id > message {
                followed += 1;
                assert!(frame.arrives_at.is_none_or(|at| at >= limit));
            }
        }
        world.step();
    }
    assert!(followed > 0, "nothing followed");
}

#[test]
fn a_stalled_disk_keeps_a_server_from_starting_an_epoch_until_it_goes_on() {
    let mut world = World::new(&ClusterSpec::plain(3, 0), 7);
    for sid in [A, B, C] {
        inject(&mut world, Fault::StallDisk { sid }).expect("a disk");
    }
    let serving = |world: &World| world.servers().filter(|s| s.peer.serving).count();
    let until = |world: &mut World, ms: u64| {
        let end = Micros::from_ms(ms);
        while world.next_at().is_some_and(|next| next < end) {
            world.step();
        }
        world.idle_until(end);
    };
    until(&mut world, 9_000);
    assert_eq!(serving(&world), 0);
    world.apply(&Command::HealAll).expect("always");
    until(&mut world, 60_000);
    assert_eq!(serving(&world), 3);
}

#[test]
fn slow_disks_delay_an_epoch_by_what_they_are_slower() {
    let first_leader = |ms: u64| {
        let mut world = World::new(&ClusterSpec::plain(3, 0), 7);
        for sid in [A, B, C].into_iter().filter(|_| ms > 0) {
            inject(&mut world, Fault::SlowDisk { sid, ms }).expect("a disk");
        }
        while !world.servers().any(|s| s.peer.serving) {
            world.step();
        }
        world.now()
    };
    let (usual, slow) = (first_leader(0), first_leader(400));
    assert!((slow - usual).as_ms() >= 2 * 400, "{usual} {slow}");
}
