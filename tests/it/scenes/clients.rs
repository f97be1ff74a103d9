//! Clients on the stage: where they stand, what they say, what can be hit.

use zabscope::base::Micros;
use zabscope::protocol::client::ClientState;
use zabscope::protocol::{PeerConfig, SessionId, Sid, Zxid};
use zabscope::run::Run;
use zabscope::scenario::Scenario;
use zabscope::sim::{
    ActiveFault, ClientId, ClientStatus, Command, Fault, FaultId, Pace, Power, Ways, Workload,
};
use zabscope::view::clients::Service;
use zabscope::view::scene::{Frame, Point, Text, TextClass};
use zabscope::view::snapshot::{Client, Glide};
use zabscope::view::{Chronicle, Language, Layout, Lens, Scene, Snapshot, Target, Texts, scene};

use super::moments::{NOW, peace};
use super::{SIZES, drawn, texts_of};

/// A served client of `sid`.
pub(super) fn client(id: u32, sid: i64) -> Client {
    let status = ClientStatus {
        id: ClientId(id),
        power: Power::Up,
        state: ClientState::Connected,
        since: Micros(1_000_000),
        host: Some(Sid(sid)),
        session: SessionId(0x300_0000 + i64::from(id)),
        timeout_ms: 6_000,
        expired: false,
        expiries: 0,
        last_zxid: Zxid(0),
        heard_at: NOW,
        in_flight: 0,
        oldest_call_at: None,
        acknowledged: 12,
        failed: 0,
        unknown: 0,
        standing: None,
    };
    Client {
        status,
        home: Sid(sid),
    }
}

fn with_clients(n: i64, homes: &[i64]) -> Snapshot {
    let mut moment = peace(n);
    for (id, home) in (0_u32..).zip(homes) {
        moment.clients.push(client(id, *home));
    }
    moment
}

fn labels(scene: &Scene) -> Vec<(&Text, Frame)> {
    let of_class = |t: &&Text| t.class != TextClass::Name;
    let texts = scene.texts().filter(of_class);
    texts.map(|t| (t, t.frame())).collect()
}

#[test]
fn words_of_clients_and_servers_never_overlap() {
    for n in [3, 5, 7] {
        for homes in [vec![1, 3, n], vec![1, 1, 2], vec![2, 2, 2], vec![n, n, 3]] {
            for size in SIZES {
                let moment = with_clients(n, &homes);
                let scene = drawn(&moment, size, Language::En);
                let labels = labels(&scene);
                for (i, (a, a_box)) in labels.iter().enumerate() {
                    for (b, b_box) in labels.iter().skip(i + 1) {
                        let apart = !a_box.overlaps(b_box);
                        assert!(apart, "{n} {homes:?} {size:?}: {} on {}", a.text, b.text);
                    }
                }
            }
        }
    }
}

#[test]
fn a_client_stands_outside_its_server_on_the_stage_and_can_be_hit() {
    for n in [1, 2, 3, 4, 5, 6, 7, 9] {
        for size in SIZES {
            let homes: Vec<i64> = (1..=n).chain(1..=3.min(n)).collect();
            let moment = with_clients(n, &homes);
            let scene = drawn(&moment, size, Language::En);
            let layout = Layout::of(&moment, &Lens::new(size.0, size.1));
            for (id, at) in &scene.clients {
                let inside = at.x > 0.0 && at.x < size.0 && at.y > 0.0 && at.y < size.1;
                assert!(inside, "{n} {size:?}: client {id} at {at:?}");
                if homes.len() <= 12 {
                    let hit = scene.hit(*at);
                    assert_eq!(hit, Some(Target::Client(*id)), "{n} {size:?}");
                }
                let home = moment.client(*id).expect("a client").home;
                let away = layout.at(home).distance(*at);
                let near = layout.ring * 2.0 + 220.0;
                assert!(away > layout.ring && away < near, "{n} {size:?}: {away}");
            }
        }
    }
}

#[test]
fn many_clients_share_a_pill_that_counts_them() {
    let mut moment = with_clients(5, &[2; 40]);
    for client in moment.clients.iter_mut().take(4) {
        client.status.state = ClientState::Connecting;
    }
    let scene = drawn(&moment, SIZES[0], Language::En);
    assert!(texts_of(&scene).contains(&"36 of 40 served"));
    assert!(scene.shapes.len() <= 120, "{} shapes", scene.shapes.len());
}

#[test]
fn a_client_glides_from_where_it_was() {
    let moment = with_clients(5, &[1]);
    let mut lens = Lens::new(SIZES[0].0, SIZES[0].1);
    let texts = Texts::new(Language::En);
    let there = scene(&moment, NOW, &lens, &texts).clients[0].1;
    let from = Point::new(100.0, 300.0);
    let (id, share) = (ClientId(0), 0.25);
    lens.glides = vec![Glide { id, from, share }];
    let at = scene(&moment, NOW, &lens, &texts).clients[0].1;
    assert!(at.distance(from.toward(there, 0.25)) < 1e-9);
}

/// A real run: clients stand beside the server they have, and when it dies they come back on
/// another one with the session they had.
#[test]
fn the_story_of_a_real_run_tells_where_clients_are() {
    let mut run = Run::new(Scenario::plain(5), 7);
    for _ in 0..3 {
        let client = zabscope::sim::ClientSpec {
            workload: Workload::Mix {
                root: None,
                write_percent: 100,
                paths: 4,
                pace: Pace::Closed {
                    think: Micros::from_ms(500),
                    outstanding: 1,
                },
            },
            ..Default::default()
        };
        run.dispatch(Command::AddClient { client }).expect("adds");
    }
    let config: PeerConfig = run.scenario().cluster().config;
    let mut story = Chronicle::new(&config);
    let mut look = |run: &Run| {
        story.follow(run);
        let snapshot = Snapshot::of(run.world(), &config, &story, run.now());
        (snapshot, story.clone())
    };
    run.advance_to(Micros::from_ms(6_000));
    let (before, _) = look(&run);
    assert_eq!(before.clients.len(), 3);
    for client in &before.clients {
        assert_eq!(Service::of(client, run.now()), Service::Served);
        assert_eq!(Some(client.home), client.status.host);
    }
    let home = before.clients[0].home;
    let fault = Fault::Kill { sid: home };
    run.dispatch(Command::Inject { fault }).expect("it runs");
    run.advance_to(Micros::from_ms(16_000));
    let (after, story) = look(&run);
    let (was, is) = (&before.clients[0], &after.clients[0]);
    assert_ne!(is.home, home);
    assert_eq!(is.status.session, was.status.session);
    assert_eq!(
        story.home_of(ClientId(0), Micros::from_ms(6_000)),
        Some(home)
    );
    let back = story.latest(run.now(), |line| line.key == "say-client-back");
    let text = back.map(|line| line.text(&Texts::new(Language::En)));
    assert!(text.is_some_and(|text| text.contains("Same session")));
    let spans = story.served_until(run.now());
    assert!(spans.iter().any(|(_, _, (have, of))| have < of));
    assert_eq!(spans.last().map(|(_, _, count)| *count), Some((3, 3)));
}

#[test]
fn a_cut_between_a_client_and_its_server_has_a_mark_on_their_line_that_heals_it() {
    let way = |direction| {
        let mut moment = with_clients(3, &[2]);
        let (id, sid) = (ClientId(0), Sid(2));
        let fault = Fault::CutClient { id, sid, direction };
        moment.faults.push(ActiveFault {
            id: FaultId(4),
            fault,
            since: NOW,
        });
        drawn(&moment, SIZES[0], Language::En)
    };
    let whole = drawn(&with_clients(3, &[2]), SIZES[0], Language::En);
    let both = way(Ways::Both);
    let marks = both.targets.iter();
    let marks = marks.filter(|(target, _)| *target == Target::Fault(FaultId(4)));
    assert_eq!(marks.count(), 1);
    let shapes = |scene: &Scene| scene.shapes.len();
    assert!(shapes(&both) > shapes(&whole));
    for one_way in [Ways::ToServer, Ways::ToClient] {
        assert!(
            shapes(&way(one_way)) > shapes(&both),
            "an arrow says which way"
        );
    }
}
