//! Every command in every state: what is refused, what composes, what a heal undoes.

use super::*;
use crate::sim::engine::probes;
use crate::sim::{ClusterSpec, Power};

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
    ];
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
