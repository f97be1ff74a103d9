//! Links that are unlike others: slower ones, and lossy ones.

use super::*;

/// What standing faults make of the way from A to B: everything on it is lost.
fn losing_all() -> LinkFaults {
    let shape = Shape {
        loss_permille: 1_000,
        ..Shape::default()
    };
    LinkFaults {
        shapes: [((A, B), shape)].into(),
        ..LinkFaults::default()
    }
}

impl Wire {
    fn suffer(&mut self, faults: LinkFaults) {
        self.act(|network, moment| network.set_faults(faults, moment));
    }
}

#[test]
fn links_may_have_delays_of_their_own() {
    let special = [LinkProfile {
        from: HOST_B,
        to: HOST_A,
        profile: Profile::CrossRegion,
    }];
    let mut links = Links::new(Rng::new(3), Profile::Lan, &special);
    for _ in 0..100 {
        assert!(links.latency(A, B).0 >= 38_000);
        assert!(links.latency(B, A).0 >= 38_000);
        assert!(links.latency(A, Sid(3).into()).0 <= 800);
    }
}

#[test]
fn a_draw_on_one_link_does_not_reshuffle_another() {
    let draws = |before: usize| {
        let mut links = Links::new(Rng::new(3), Profile::Lan, &[]);
        for _ in 0..before {
            links.latency(A, Sid(3).into());
        }
        [links.latency(A, B), links.latency(A, B)]
    };
    assert_eq!(draws(0), draws(17));
}

#[test]
fn what_a_lossy_way_loses_again_and_again_is_given_up_and_the_process_told() {
    let (mut wire, conn) = Wire::connected();
    wire.suffer(losing_all());
    let since = wire.now;
    let first = wire.send(A, conn, 1).expect("the connection is open");
    wire.send(A, conn, 2).expect("the connection is open");
    wire.run_to(since + Micros::from_ms(900_000));
    assert_eq!(wire.frames(), [] as [u64; 0]);
    let mut healed = Wire {
        now: wire.now,
        queue: wire.queue.clone(),
        network: wire.network.clone(),
        told: vec![],
        lost: vec![],
    };
    healed.suffer(LinkFaults::default());
    healed.run_to(since + Micros::from_ms(1_000_000));
    assert_eq!(
        healed.frames(),
        [] as [u64; 0],
        "the last retransmission was at 804.6 s"
    );
    wire.run_to(since + Micros::from_ms(930_000));
    let story = wire.story();
    assert_eq!(story[0].1, 1);
    assert_eq!(story[0].2, "closed");
    assert!(story[0].0 >= 924_600, "{story:?}");
    assert_eq!(first, 0);
}

#[test]
fn a_healed_way_brings_what_was_lost_at_the_next_retransmission() {
    let (mut wire, conn) = Wire::connected();
    wire.suffer(losing_all());
    let since = wire.now;
    wire.send(A, conn, 1).expect("open");
    wire.send(A, conn, 2).expect("open");
    wire.run_to(since + Micros::from_ms(700));
    wire.suffer(LinkFaults::default());
    wire.run_to(since + Micros::from_ms(1_399));
    assert_eq!(wire.frames(), [] as [u64; 0]);
    wire.run_to(since + Micros::from_ms(1_450));
    assert_eq!(wire.frames(), [0, 1]);
}

#[test]
fn what_is_lost_behind_a_frame_that_arrives_is_not_forgotten() {
    for heal in [true, false] {
        let (mut wire, conn) = Wire::connected();
        let since = wire.now;
        wire.send(A, conn, 1).expect("open");
        wire.suffer(losing_all());
        wire.send(A, conn, 2).expect("open");
        wire.run_to(since + Micros::from_ms(700));
        assert_eq!(wire.frames(), [0]);
        if heal {
            wire.suffer(LinkFaults::default());
            wire.run_to(since + Micros::from_ms(1_500));
            assert_eq!(wire.frames(), [0, 1]);
        } else {
            wire.run_to(since + Micros::from_ms(930_000));
            assert!(matches!(
                &wire.told.last(),
                Some((_, A, Signal::Closed { .. }))
            ));
        }
    }
}

#[test]
fn an_end_that_is_hastened_still_comes_after_the_opening() {
    let mut wire = Wire::new();
    let shape = Shape {
        delay: Micros::from_ms(2_000),
        ..Shape::default()
    };
    let faults = LinkFaults {
        shapes: [((B, A), shape)].into(),
        ..LinkFaults::default()
    };
    wire.act(|network, moment| network.set_faults(faults, moment));
    wire.dial(LONG);
    wire.run_to(Micros::from_ms(100));
    let (_, _, opened) = wire.told.first().expect("B accepts");
    let Signal::Opened { conn, .. } = *opened else {
        panic!("opened");
    };
    wire.act(|network, moment| network.hangup(B, conn, moment));
    wire.suffer(LinkFaults::default());
    wire.run_to(Micros::from_ms(5_000));
    let at_a = wire.told.iter().filter(|(_, node, _)| *node == A);
    let signals: Vec<&Signal> = at_a.map(|(_, _, signal)| signal).collect();
    assert!(
        matches!(signals[..], [Signal::Opened { .. }, Signal::Closed { .. }]),
        "{signals:?}"
    );
}
