//! What is drawn and said of hand-made moments: shapes, texts and targets, no pixels.

mod clients;
mod moments;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use moments::{
    NOW, ballot, cut_off, down, election, establishing, look, of, packet, partition, peace,
    standing,
};
use zabscope::base::Micros;
use zabscope::check::PROPERTIES;
use zabscope::protocol::client::ClientState;
use zabscope::protocol::{QuorumBody, Sid};
use zabscope::run::Run;
use zabscope::scenario::Scenario;
use zabscope::sim::{Command, Fault, FaultId, Power};
use zabscope::view::actions::{Verb, menu, offer};
use zabscope::view::alt_text::{moment, server_name};
use zabscope::view::chronicle::Reign;
use zabscope::view::narrate::caption;
use zabscope::view::palette::body;
use zabscope::view::scene::{Frame, Paint, Shape, Text, TextClass, Token};
use zabscope::view::scoreboard::scoreboard;
use zabscope::view::standing::{Cluster, Standing};
use zabscope::view::{Chronicle, Language, Lens, Scene, Snapshot, Target, Texts, scene};

const SIZES: [(f64, f64); 2] = [(948.0, 544.0), (390.0, 400.0)];

fn drawn(moment: &Snapshot, size: (f64, f64), language: Language) -> Scene {
    let lens = Lens::new(size.0, size.1);
    scene(moment, NOW, &lens, &Texts::new(language))
}

fn texts_of(scene: &Scene) -> Vec<&str> {
    scene.texts().map(|text| text.text.as_str()).collect()
}

#[test]
fn labels_never_overlap() {
    for n in 3..=9 {
        let mut looking = peace(n);
        (1..=n).for_each(|sid| look(&mut looking, sid, 1));
        for (name, moment) in [("peace", peace(n)), ("looking", looking)] {
            for size in SIZES {
                let scene = drawn(&moment, size, Language::En);
                let labels: Vec<(&Text, Frame)> = scene
                    .texts()
                    .filter(|t| matches!(t.class, TextClass::Label | TextClass::Mono))
                    .map(|t| (t, t.frame()))
                    .collect();
                for (i, (a, a_box)) in labels.iter().enumerate() {
                    for (b, b_box) in labels.iter().skip(i + 1) {
                        let apart = !a_box.overlaps(b_box);
                        assert!(apart, "{name} {n} {size:?}: {} on {}", a.text, b.text);
                    }
                }
            }
        }
    }
}

#[test]
fn every_state_has_its_own_shape_and_letter() {
    let mut seen = BTreeSet::new();
    for standing in Standing::ALL {
        let b = body(standing);
        // A cut-off leader looks stale, and a host without power down: the word tells them apart.
        if !matches!(standing, Standing::WithoutQuorum | Standing::Unplugged) {
            assert!(
                seen.insert((b.outline, b.fill, b.edge, b.letter)),
                "{standing:?}"
            );
        }
    }
}

#[test]
fn each_moment_says_its_states() {
    for (moment, wanted) in [
        (peace(5), vec!["Leader · e7", "Follower · e7", "epoch", "7"]),
        (
            election(),
            vec!["Looking → S4", "Looking → itself", "Down", "0.29 s"],
        ),
        (partition(), vec!["Stale leader · e7", "Leader · e8", "8"]),
        (cut_off(), vec!["No quorum · e7", "3.1 s"]),
        (
            establishing(),
            vec!["Leader-elect · e7", "Syncing · e7", "Starting", "No leader"],
        ),
    ] {
        let scene = drawn(&moment, SIZES[0], Language::En);
        let said = texts_of(&scene);
        for text in wanted {
            assert!(said.contains(&text), "{text} is missing from {said:?}");
        }
    }
}

#[test]
fn shapes_stay_within_their_budgets() {
    for (n, most) in [(3, 60), (5, 90), (9, 180), (15, 350), (101, 700)] {
        for size in SIZES {
            let count = drawn(&peace(n), size, Language::En).shapes.len();
            assert!(count <= most, "{n} servers at {size:?}: {count} shapes");
        }
    }
    let mut busy = peace(5);
    busy.flights = (0..5_000).map(|id| ballot(id, 1, 2, id % 100)).collect();
    assert!(drawn(&busy, SIZES[0], Language::En).shapes.len() <= 120);
    busy.flights.truncate(1_000);
    assert!(drawn(&busy, SIZES[0], Language::En).shapes.len() <= 120);
}

#[test]
fn messages_move_linearly_and_can_be_hit() {
    let mut moment = peace(5);
    moment.flights = vec![ballot(7, 1, 3, 50), packet(8, (2, 4), 50, QuorumBody::Ping)];
    let scene = drawn(&moment, SIZES[0], Language::En);
    for id in [7, 8] {
        let area = scene
            .targets
            .iter()
            .find(|(t, _)| *t == Target::Message(id));
        assert!(area.is_some(), "message {id} has no target");
    }
    let s5 = zabscope::view::Layout::of(&moment, &Lens::new(948.0, 544.0)).at(Sid(5));
    assert_eq!(scene.hit(s5), Some(Target::Server(Sid(5))));
}

#[test]
fn a_log_shows_filled_what_is_committed_and_hollow_what_is_promised() {
    let scene = drawn(&peace(5), SIZES[0], Language::En);
    let boxes = |wanted: Token| {
        let of_hue = scene.shapes.iter().filter_map(move |shape| match shape {
            Shape::Boxes { frames, style } if style.fill == Some(Paint::Solid(wanted)) => {
                Some(frames.len())
            }
            _ => None,
        });
        of_hue.sum::<usize>()
    };
    assert_eq!((boxes(Token::ZabFill), boxes(Token::Bg)), (4 * 4 + 5, 4));
    let phone = drawn(&peace(5), SIZES[1], Language::En);
    let none = phone
        .shapes
        .iter()
        .all(|shape| !matches!(shape, Shape::Boxes { .. }));
    assert!(none, "a phone shows logs in its sheet");
}

#[test]
fn a_partition_has_one_chip_and_a_mark_on_each_link_it_cuts() {
    let scene = drawn(&cut_off(), SIZES[0], Language::Zh);
    assert_eq!(scene.chips.len(), 1);
    assert_eq!(scene.chips[0].text, "你隔离了 S5");
    let marks = scene
        .targets
        .iter()
        .filter(|(t, _)| *t == Target::Fault(FaultId(0)));
    assert_eq!(marks.count(), 4);
}

#[test]
fn a_leader_without_its_quorum_is_told_from_one_with_it() {
    let (peaceful, cut, two) = (peace(5), cut_off(), partition());
    let cluster = Cluster::of(&cut);
    assert_eq!(cluster.standing(Sid(5)), Standing::WithoutQuorum);
    assert!(!cluster.can_commit() && Cluster::of(&peaceful).can_commit());
    let cluster = Cluster::of(&two);
    assert_eq!(
        (cluster.leader, cluster.stale.as_slice()),
        (Some(Sid(4)), &[Sid(5)][..])
    );
}

#[test]
fn the_scoreboard_tells_the_moment() {
    let texts = Texts::new(Language::En);
    let mut lines = String::new();
    let mut with_clients = peace(5);
    with_clients.clients = (0..3).map(|id| clients::client(id, 1)).collect();
    let mut away = with_clients.clone();
    away.clients[1].status.state = ClientState::Connecting;
    let mut waits = with_clients.clone();
    waits.clients[2].status.oldest_call_at = Some(Micros(NOW.0 - 1_200_000));
    for moment in [
        peace(5),
        election(),
        cut_off(),
        partition(),
        with_clients,
        away,
        waits,
    ] {
        let board = scoreboard(&moment, NOW, &texts);
        let third = board.clients.unwrap_or(board.heartbeats);
        let promises = format!("all {} promises hold", PROPERTIES.len());
        assert_eq!(
            (board.promises.value, board.promises.note),
            ("Safe".into(), promises)
        );
        for cell in [board.leader, board.quorum, third] {
            let _ = writeln!(lines, "{} ({}) {:?}", cell.value, cell.note, cell.mood);
        }
    }
    expect_test::expect![[r"
        S5 leads epoch 7 (for 13 s) Calm
        Quorum 5 of 5 (need 3 · can commit) Calm
        4 of 4 answering (heartbeats · last answer 0.6 s ago) Calm
        No leader (4 looking · 0.29 s without a leader) Bad
        4 of 5 agree (need 3 for S4) Bad
        No heartbeats (nobody leads) Bad
        S5 leads epoch 7 (cut off, and does not know it yet) Calm
        No quorum (reaches 1 of 5, needs 3) Bad
        0 of 4 answering (heartbeats · last answer 6.9 s ago) Bad
        S4 leads epoch 8 (S5 still thinks it leads epoch 7) Calm
        Quorum 4 of 5 (need 3 · can commit) Calm
        3 of 4 answering (heartbeats · last answer 0.6 s ago) Bad
        S5 leads epoch 7 (for 13 s) Calm
        Quorum 5 of 5 (need 3 · can commit) Calm
        3 of 3 served (clients · 36 calls answered) Calm
        S5 leads epoch 7 (for 13 s) Calm
        Quorum 5 of 5 (need 3 · can commit) Calm
        2 of 3 served (1 reconnecting) Bad
        S5 leads epoch 7 (for 13 s) Calm
        Quorum 5 of 5 (need 3 · can commit) Calm
        2 of 3 served (client C waits 1.2 s) Bad
    "]]
    .assert_eq(&lines);
}

#[test]
fn the_one_action_follows_what_you_did() {
    let texts = Texts::new(Language::En);
    let label = |moment: &Snapshot| offer(moment, &texts).map(|offer| offer.label);
    assert_eq!(label(&peace(5)).as_deref(), Some("Kill the leader"));
    assert_eq!(label(&election()).as_deref(), Some("Restart S5"));
    assert_eq!(label(&partition()).as_deref(), Some("Heal"));
    assert_eq!(
        offer(&partition(), &texts).map(|offer| offer.command),
        Some(Command::HealAll)
    );
    let mut paused = peace(5);
    of(&mut paused, 2).power = Power::Paused;
    paused
        .faults
        .push(standing(0, Fault::Pause { sid: Sid(2) }));
    assert_eq!(label(&paused).as_deref(), Some("Resume S2"));
}

#[test]
fn a_menu_says_why_a_verb_is_dimmed() {
    let texts = Texts::new(Language::En);
    let mut moment = peace(5);
    down(&mut moment, 5, Power::Killed);
    let items = menu(&moment, Sid(5), &texts);
    let pull = items.iter().find(|item| item.verb == Verb::PullPlug);
    let reason = pull.and_then(|item| item.dimmed.as_deref());
    assert_eq!(reason, Some("S5 is down"));
    assert!(
        items
            .iter()
            .any(|item| item.verb == Verb::Restart && item.dimmed.is_none())
    );
}

#[test]
fn spoken_names_say_what_is_seen() {
    let texts = Texts::new(Language::En);
    let name = |moment: &Snapshot, sid| server_name(moment, Sid(sid), &texts);
    assert_eq!(name(&election(), 4), "S4, Looking, epoch 7, votes for S4");
    assert_eq!(name(&election(), 5), "S5, Down");
    assert_eq!(name(&peace(5), 1), "S1, Follower, epoch 7, follows S5");
    assert_eq!(moment(&election(), NOW, &texts), "14.742 s, no leader");
    let at = Micros(14_742_000);
    assert_eq!(moment(&peace(5), at, &texts), "14.742 s, S5 leads epoch 7");
}

/// A real run: the story, the caption and the picture agree with the world at every second of it.
#[test]
fn the_story_of_a_real_run_tells_who_leads() {
    let mut run = Run::new(Scenario::plain(5), 7);
    let config = run.scenario().cluster().config;
    let mut story = Chronicle::new(&config);
    let texts = Texts::new(Language::En);
    let mut told = Vec::new();
    for second in 1..=6_u64 {
        if second == 4 {
            let kill = Fault::Kill { sid: Sid(5) };
            run.dispatch(Command::Inject { fault: kill })
                .expect("S5 runs");
        }
        let t = Micros::from_ms(second * 1_000);
        run.advance_to(t);
        story.follow(&run);
        let snapshot = Snapshot::of(run.world(), &config, &story, t);
        let leader = Cluster::of(&snapshot).leader;
        let reigns = match story.reign_at(t).1 {
            Reign::Nobody => None,
            Reign::Leads(sid, _) | Reign::Hollow(sid, _) => Some(sid),
        };
        assert_eq!(leader, reigns, "second {second}");
        let lens = Lens::new(948.0, 544.0);
        let scene = scene(&snapshot, t, &lens, &texts);
        assert!(!scene.shapes.is_empty());
        told.push(caption(&snapshot, t, &story, &texts).text);
    }
    let led = told.iter().any(|line| line.starts_with("S5 leads"));
    assert!(led, "{told:?}");
    assert_eq!(story.established(run.now()).len(), 2, "{told:?}");
    let killed = story.latest(run.now(), |line| line.key == "say-killed");
    assert!(killed.is_some());
    run.seek(Micros::from_ms(2_500));
    run.dispatch(Command::HealAll).expect("always possible");
    run.advance_to(Micros::from_ms(6_000));
    story.follow(&run);
    let killed = story.latest(run.now(), |line| line.key == "say-killed");
    assert!(killed.is_none(), "the other future is still told");
}
