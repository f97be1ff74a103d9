//! The wires on their own: two or three kernels, no processes.
//! Long because one harness serves everything that can become of a connection.

use super::*;
use crate::protocol::message::ElectionMessage;
use crate::sim::event::Event;

const A: Node = Node::Server(HOST_A);
const B: Node = Node::Server(HOST_B);
const HOST_A: Sid = Sid(1);
const HOST_B: Sid = Sid(2);
const PORT: Port = Port::Election;
const LONG: Micros = Micros::from_ms(60_000);

/// A network with a clock of its own that notes who was told what.
struct Wire {
    now: Micros,
    queue: EventQueue,
    network: Network,
    told: Vec<(Micros, Node, Signal)>,
    lost: Vec<u64>,
}

impl Wire {
    fn new() -> Self {
        let members = [HOST_A, HOST_B, Sid(3)].into();
        let mut wire = Self {
            now: Micros::ZERO,
            queue: EventQueue::new(),
            network: Network::new(Rng::new(1), Profile::Lan, &[], members),
            told: Vec::new(),
            lost: Vec::new(),
        };
        wire.network.links_mut().listen(HOST_B, PORT);
        wire
    }

    /// A and B connected, A having dialled.
    fn connected() -> (Self, ConnId) {
        let mut wire = Self::new();
        wire.dial(LONG);
        wire.run_to(Micros::from_ms(100));
        let conn = wire.network.connections().next().expect("open").conn;
        wire.told.clear();
        (wire, conn)
    }

    fn act<R>(&mut self, act: impl FnOnce(&mut Network, &mut Moment<'_>) -> R) -> R {
        let mut moment = Moment {
            now: self.now,
            queue: &mut self.queue,
        };
        act(&mut self.network, &mut moment)
    }

    fn dial(&mut self, within: Micros) {
        self.act(|network, moment| network.dial(A, (HOST_B, PORT), within, moment));
    }

    fn send(&mut self, from: Node, conn: ConnId, byte: u8) -> Option<u64> {
        let message = Message::Election(ElectionMessage::Raw {
            bytes: [byte].into(),
        });
        self.act(|network, moment| network.send(from, conn, message, moment))
    }

    fn cut(&mut self, ways: &[(Node, Node)]) {
        let faults = LinkFaults {
            cuts: ways.iter().copied().collect(),
            ..LinkFaults::default()
        };
        self.act(|network, moment| network.set_faults(faults, moment));
    }

    fn run_to(&mut self, until: Micros) {
        while self.queue.next_at().is_some_and(|at| at <= until) {
            let (at, event) = self.queue.pop().expect("there is one");
            self.now = at;
            let Event::Wire(wire) = event else {
                panic!("only the network runs here: {event:?}");
            };
            match self.act(|network, moment| network.happen(wire, moment)) {
                Outcome::Nothing => {}
                Outcome::Tell(node, signal) => self.told.push((at, node, signal)),
                Outcome::Lost(frame) => self.lost.push(frame.id),
            }
        }
        self.now = until;
    }

    /// (ms, who, what) of everything told so far.
    fn story(&self) -> Vec<(u64, i64, String)> {
        self.told
            .iter()
            .map(|(at, sid, signal)| {
                let what = match signal {
                    Signal::Opened { side, .. } => format!("opened as {side:?}"),
                    Signal::Refused { .. } => "refused".into(),
                    Signal::Closed { .. } => "closed".into(),
                    Signal::Frame(frame) => format!("frame {}", frame.id),
                };
                (at.as_ms(), sid.server().map_or(0, |sid| sid.0), what)
            })
            .collect()
    }

    fn frames(&self) -> Vec<u64> {
        self.told
            .iter()
            .filter_map(|(_, _, signal)| match signal {
                Signal::Frame(frame) => Some(frame.id),
                Signal::Opened { .. } | Signal::Refused { .. } | Signal::Closed { .. } => None,
            })
            .collect()
    }

    fn closed(&self) -> Vec<(u64, i64)> {
        self.told
            .iter()
            .filter(|(_, _, signal)| matches!(signal, Signal::Closed { .. }))
            .map(|(at, sid, _)| (at.as_ms(), sid.server().map_or(0, |sid| sid.0)))
            .collect()
    }
}

#[test]
fn a_dial_opens_the_acceptor_first_and_the_dialler_a_latency_later() {
    let mut wire = Wire::new();
    wire.dial(LONG);
    wire.run_to(Micros::from_ms(50));
    let [
        (first, B, Signal::Opened { .. }),
        (second, A, Signal::Opened { .. }),
    ] = &wire.told[..]
    else {
        panic!("{:?}", wire.told);
    };
    assert!(first < second && second.0 < 60_000, "{first} {second}");
    assert!(wire.queue.is_empty(), "no deadline of the dial is left");
}

#[test]
fn a_host_where_nobody_listens_refuses_after_a_round_trip() {
    let mut wire = Wire::new();
    wire.network.links_mut().unlisten(HOST_B, PORT);
    wire.dial(LONG);
    wire.run_to(Micros::from_ms(50));
    let [(at, A, Signal::Refused { peer: HOST_B, .. })] = &wire.told[..] else {
        panic!("{:?}", wire.told);
    };
    assert!((400..40_000).contains(&at.0), "{at}");
    assert!(wire.queue.is_empty() && wire.network.conns.is_empty());
}

#[test]
fn a_host_without_power_is_silent_until_the_diallers_patience_ends() {
    let mut wire = Wire::new();
    wire.act(|network, moment| network.host_died(B, moment));
    wire.dial(Micros::from_ms(5_000));
    wire.run_to(LONG);
    assert_eq!(wire.story(), [(5_000, 1, "refused".to_owned())]);
    assert!(wire.queue.is_empty() && wire.network.conns.is_empty());
}

#[test]
fn a_kernel_gives_a_dial_up_after_127_seconds_however_patient_the_dialler() {
    let mut wire = Wire::new();
    wire.cut(&[(A, B)]);
    wire.dial(Micros::from_ms(1_000_000));
    wire.run_to(Micros::from_ms(1_000_000));
    assert_eq!(wire.story(), [(127_000, 1, "refused".to_owned())]);
}

#[test]
fn a_heal_during_a_dial_lets_the_next_syn_succeed() {
    for ways in [&[(A, B)][..], &[(B, A)], &[(A, B), (B, A)]] {
        let mut wire = Wire::new();
        wire.cut(ways);
        wire.dial(LONG);
        wire.run_to(Micros::from_ms(1_500));
        wire.cut(&[]);
        wire.run_to(LONG);
        let story = wire.story();
        assert_eq!(story.len(), 2, "{story:?}");
        assert!(story.iter().all(|(ms, ..)| *ms >= 3_000 && *ms < 3_060));
    }
}

#[test]
fn a_name_nobody_has_is_refused_at_once() {
    let mut wire = Wire::new();
    wire.act(|network, moment| network.dial(A, (Sid(99), PORT), LONG, moment));
    wire.run_to(Micros::from_ms(50));
    assert!(matches!(
        wire.told[..],
        [(_, A, Signal::Refused { peer: Sid(99), .. })]
    ));
    assert!(wire.network.conns.is_empty());
}

#[test]
fn frames_arrive_in_order_each_way() {
    let (mut wire, conn) = Wire::connected();
    for byte in 0..20 {
        wire.send(A, conn, byte);
        wire.send(B, conn, byte);
    }
    assert_eq!(wire.network.frames().count(), 40);
    wire.run_to(Micros::from_ms(200));
    for (receiver, first) in [(B, 0), (A, 1)] {
        let ids: Vec<u64> = wire
            .told
            .iter()
            .filter(|(_, sid, _)| *sid == receiver)
            .filter_map(|(_, _, signal)| match signal {
                Signal::Frame(frame) => Some(frame.id),
                Signal::Opened { .. } | Signal::Refused { .. } | Signal::Closed { .. } => None,
            })
            .collect();
        let expected: Vec<u64> = (0..20).map(|n| first + 2 * n).collect();
        assert_eq!(ids, expected);
    }
    assert_eq!(wire.network.frames().count(), 0);
}

#[test]
fn a_flight_says_when_it_arrives_and_does() {
    let (mut wire, conn) = Wire::connected();
    wire.send(A, conn, 0);
    let at = wire.network.frames().next().expect("one").arrives_at;
    wire.run_to(Micros::from_ms(200));
    assert_eq!(Some(wire.told[0].0), at);
}

#[test]
fn a_cut_holds_what_is_on_the_way_and_a_heal_lets_it_go_at_the_next_retransmission() {
    let (mut wire, conn) = Wire::connected();
    wire.send(A, conn, 0);
    wire.cut(&[(A, B), (B, A)]);
    wire.send(A, conn, 1);
    assert!(wire.network.frames().all(|f| f.arrives_at.is_none()));
    wire.run_to(Micros::from_ms(1_000));
    assert!(wire.told.is_empty());
    wire.cut(&[]);
    wire.run_to(Micros::from_ms(20_000));
    // Sent at 100 ms; sent again at 300, 700 and then 1500 ms.
    let story = wire.story();
    assert_eq!(wire.frames(), [0, 1]);
    assert!(story.iter().all(|(ms, ..)| (1_500..1_540).contains(ms)));
    assert!(wire.queue.is_empty());
}

#[test]
fn a_second_cut_before_the_retransmission_holds_again() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B)]);
    wire.send(A, conn, 0);
    wire.run_to(Micros::from_ms(1_000));
    wire.cut(&[]);
    wire.run_to(Micros::from_ms(1_200));
    wire.cut(&[(A, B)]);
    wire.run_to(Micros::from_ms(2_000));
    assert!(wire.told.is_empty());
    wire.cut(&[]);
    wire.run_to(Micros::from_ms(9_000));
    assert!(matches!(wire.story()[..], [(3_100..3_140, 2, _)]));
}

#[test]
fn after_924_seconds_of_silence_the_sender_is_told_and_nobody_else() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B), (B, A)]);
    wire.send(A, conn, 0);
    wire.run_to(Micros::from_ms(2_000_000));
    assert!(wire.frames().is_empty());
    assert!(matches!(wire.closed()[..], [(924_700..924_900, 1)]));
    // The other end still believes in it; its next frame is answered with a reset.
    wire.cut(&[]);
    wire.send(B, conn, 1);
    wire.run_to(Micros::from_ms(2_001_000));
    assert_eq!(wire.lost, [1]);
    assert!(matches!(wire.closed()[..], [_, (2_000_000.., 2)]));
    assert!(wire.queue.is_empty() && wire.network.conns.is_empty());
}

#[test]
fn a_dead_processs_last_frames_arrive_before_its_end_does() {
    let (mut wire, conn) = Wire::connected();
    wire.send(A, conn, 0);
    wire.act(|network, moment| network.process_died(A, moment));
    assert_eq!(wire.send(A, conn, 1), None, "the dead do not send");
    wire.run_to(Micros::from_ms(108));
    wire.act(|network, moment| network.sockets_closed(A, moment));
    wire.run_to(Micros::from_ms(400));
    assert_eq!(wire.frames(), [0]);
    let closed = wire.closed();
    assert!(
        matches!(closed[..], [(109..150, 2)]),
        "told once, only the survivor: {closed:?}"
    );
    assert!(wire.queue.is_empty() && wire.network.conns.is_empty());
}

#[test]
fn a_frame_to_a_dead_process_is_lost() {
    let (mut wire, conn) = Wire::connected();
    wire.act(|network, moment| network.process_died(B, moment));
    wire.send(A, conn, 0);
    wire.run_to(Micros::from_ms(110));
    wire.act(|network, moment| network.sockets_closed(B, moment));
    wire.send(A, conn, 1);
    wire.run_to(Micros::from_ms(400));
    assert_eq!((wire.frames(), &wire.lost[..]), (vec![], &[0, 1][..]));
    assert_eq!(wire.closed().len(), 1);
}

#[test]
fn a_hangup_is_told_to_the_other_side_alone() {
    let (mut wire, conn) = Wire::connected();
    wire.send(A, conn, 0);
    wire.act(|network, moment| network.hangup(A, conn, moment));
    wire.send(B, conn, 1);
    wire.run_to(Micros::from_ms(400));
    assert_eq!((wire.frames(), &wire.lost[..]), (vec![0], &[1][..]));
    assert!(matches!(wire.closed()[..], [(_, 2)]));
    assert!(wire.queue.is_empty() && wire.network.conns.is_empty());
}

#[test]
fn with_one_way_cut_the_other_way_delivers_until_its_first_retransmission_is_due() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B)]);
    wire.send(A, conn, 0);
    wire.send(B, conn, 1);
    wire.run_to(Micros::from_ms(250));
    wire.send(B, conn, 2);
    wire.run_to(Micros::from_ms(350));
    assert_eq!(wire.frames(), [1, 2]);
    // Nothing was acknowledged for 200 ms: the window is shut.
    wire.send(B, conn, 3);
    wire.run_to(Micros::from_ms(60_000));
    assert_eq!(wire.frames(), [1, 2]);
    wire.cut(&[]);
    wire.run_to(Micros::from_ms(200_000));
    let mut all = wire.frames();
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3], "each once");
    assert!(wire.closed().is_empty() && wire.queue.is_empty());
}

#[test]
fn lost_acknowledgements_alone_end_a_connection_after_924_seconds() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B)]);
    wire.send(B, conn, 0);
    wire.run_to(Micros::from_ms(2_000_000));
    assert_eq!(wire.frames(), [0]);
    assert!(matches!(wire.closed()[..], [(924_700..924_900, 2)]));
}

#[test]
fn a_host_that_lost_power_says_nothing_and_its_new_kernel_resets_old_connections() {
    let (mut wire, conn) = Wire::connected();
    wire.send(A, conn, 0);
    wire.act(|network, moment| network.host_died(A, moment));
    wire.send(B, conn, 1);
    wire.run_to(Micros::from_ms(10_000));
    assert_eq!(wire.frames(), [0], "what was on the wire arrives");
    assert!(wire.closed().is_empty());
    wire.act(|network, moment| network.host_is_back(A, moment));
    wire.run_to(Micros::from_ms(60_000));
    assert_eq!(wire.lost, [1]);
    // Sent at 100 ms, sent again for the sixth time at 12.7 s.
    assert!(matches!(wire.closed()[..], [(12_700..12_800, 2)]));
    assert!(wire.queue.is_empty() && wire.network.conns.is_empty());
}

#[test]
fn what_a_dead_host_still_held_back_never_arrives() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B)]);
    wire.send(A, conn, 0);
    wire.act(|network, moment| network.host_died(A, moment));
    wire.cut(&[]);
    wire.run_to(Micros::from_ms(60_000));
    assert!(wire.told.is_empty());
    assert_eq!(wire.network.frames().count(), 0);
}

#[test]
fn the_end_of_a_process_that_nobody_can_hear_is_given_up_after_102_seconds() {
    let (mut wire, _) = Wire::connected();
    wire.cut(&[(A, B), (B, A)]);
    wire.act(|network, moment| {
        network.process_died(A, moment);
        network.sockets_closed(A, moment);
    });
    wire.run_to(Micros::from_ms(200_000));
    wire.cut(&[]);
    wire.run_to(Micros::from_ms(2_000_000));
    assert!(wire.told.is_empty(), "the survivor has to find out itself");
    assert!(wire.queue.is_empty());
    let conn = wire
        .network
        .conns
        .keys()
        .next()
        .copied()
        .expect("half open");
    wire.send(B, conn, 7);
    wire.run_to(Micros::from_ms(2_001_000));
    assert_eq!(wire.closed().len(), 1);
}

#[test]
fn a_dial_that_expires_after_the_other_side_took_it_is_closed_there() {
    let mut wire = Wire::new();
    // The SYN is there after 0.2 ms at the earliest, the answer back after 0.4.
    wire.dial(Micros(500));
    wire.run_to(Micros::from_ms(500));
    let what: Vec<String> = wire.story().into_iter().map(|(_, _, what)| what).collect();
    let refused_first = ["refused", "opened as Acceptor", "closed"];
    let accepted_first = ["opened as Acceptor", "refused", "closed"];
    assert!(
        what == refused_first || what == accepted_first || what == ["refused"],
        "{what:?}"
    );
    assert!(wire.queue.is_empty() && wire.network.conns.is_empty());
}

#[test]
fn a_lane_that_is_full_ends_its_connection() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B)]);
    let taken = (0..lane::Lane::CAPACITY + 10)
        .filter(|_| wire.send(A, conn, 0).is_some())
        .count();
    assert_eq!(taken, lane::Lane::CAPACITY);
    wire.run_to(Micros::from_ms(1_000));
    assert!(matches!(wire.closed()[..], [(_, 1)]));
}

#[test]
fn nothing_follows_a_gap_where_a_lane_was_full() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B)]);
    while wire.send(A, conn, 0).is_some() {}
    wire.cut(&[]);
    assert_eq!(wire.send(A, conn, 1), None, "the stream has ended");
    wire.run_to(Micros::from_ms(60_000));
    let frames = wire.network.frames().count();
    assert_eq!(frames, 0);
    assert!(matches!(wire.closed()[..], [(_, 1)]));
}

#[test]
fn nothing_follows_a_gap_where_a_host_dies_before_it_sent_again() {
    let (mut wire, conn) = Wire::connected();
    wire.cut(&[(A, B)]);
    wire.send(A, conn, 1).expect("open");
    wire.run_to(Micros::from_ms(750));
    wire.cut(&[]);
    // It is behind the first, which is sent again only at 1.4 s.
    wire.send(A, conn, 2).expect("open");
    wire.act(|network, moment| network.host_died(A, moment));
    assert_eq!(wire.network.frames().count(), 0);
}

#[test]
fn a_client_dials_a_server_and_dies_like_one() {
    let mut wire = Wire::new();
    let client = Node::Client(crate::sim::ClientId(0));
    wire.act(|network, moment| network.dial(client, (HOST_B, PORT), LONG, moment));
    wire.run_to(Micros::from_ms(100));
    let open = wire.network.connections().next().expect("open");
    assert_eq!((open.dialler, open.acceptor), (client, HOST_B));
    wire.send(B, open.conn, 1).expect("open");
    wire.run_to(Micros::from_ms(200));
    assert!(matches!(&wire.told.last(), Some((_, node, Signal::Frame(_))) if *node == client));
    wire.act(|network, moment| network.process_died(client, moment));
    wire.act(|network, moment| network.sockets_closed(client, moment));
    wire.run_to(Micros::from_ms(300));
    assert!(matches!(&wire.told.last(), Some((_, node, Signal::Closed { .. })) if *node == B));
    assert_eq!(wire.network.connections().count(), 0);
}

#[path = "links_tests.rs"]
mod links;
