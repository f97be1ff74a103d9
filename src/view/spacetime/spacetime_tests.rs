//! The diagram shows what the tape has, where it was.

use super::*;
use crate::protocol::Sid;
use crate::run::Run;
use crate::scenario::Scenario;
use crate::sim::{Command, Fault};
use crate::view::scene::Style;
use crate::view::texts::Language;

fn ms(ms: u64) -> Micros {
    Micros::from_ms(ms)
}

/// Five servers, the leader killed at 4 s, up to 5 s.
fn run() -> Run {
    let mut run = Run::new(Scenario::plain(5), 2);
    run.advance_to(ms(4_000));
    let fault = Fault::Kill { sid: Sid(5) };
    run.dispatch(Command::Inject { fault }).expect("applies");
    run.advance_to(ms(5_000));
    run
}

fn lens(tape: &Tape) -> SpaceLens {
    SpaceLens {
        size: Size { w: 960.0, h: 540.0 },
        from: ms(3_900),
        until: ms(5_000),
        now: ms(5_000),
        lanes: lanes_of(tape),
        heartbeats: false,
        chosen: None,
        lit: None,
    }
}

fn draw(run: &Run, change: impl FnOnce(&mut SpaceLens, &Tape)) -> Spacetime {
    let tape = run.replay(ms(3_000), run.now());
    let mut lens = lens(&tape);
    change(&mut lens, &tape);
    let flights: Vec<Flight> = run.world().flights().collect();
    spacetime(&tape, &flights, &lens, &Texts::new(Language::En))
}

fn lines(drawn: &Spacetime, wanted: Token) -> Vec<(Point, Point, f64)> {
    let of = |shape: &Shape| match shape {
        Shape::Line {
            from, to, stroke, ..
        } if stroke.token == wanted => Some((*from, *to, stroke.width)),
        _ => None,
    };
    drawn.shapes.iter().filter_map(of).collect()
}

#[test]
fn time_runs_right_and_an_instant_is_where_it_is_read() {
    let run = run();
    let tape = run.replay(ms(3_000), run.now());
    let lens = lens(&tape);
    for at in [3_900, 4_000, 4_444, 5_000].map(ms) {
        let read = lens.time_at(lens.x(at));
        assert!(read.0.abs_diff(at.0) <= 1, "{at} {read}");
    }
    assert_eq!(lens.time_at(0.0), lens.from);
    assert_eq!(lens.time_at(5_000.0), lens.until);
}

#[test]
fn messages_go_from_lane_to_lane_and_never_back_in_time() {
    let drawn = draw(&run(), |_, _| {});
    let ballots = lines(&drawn, Token::Elect);
    assert!(ballots.len() > 10, "{}", ballots.len());
    let rows: Vec<f64> = drawn.lanes.iter().map(|(_, y)| *y).collect();
    for (from, to, _) in &ballots {
        assert!(to.x >= from.x, "{from:?} {to:?}");
        assert!(rows.contains(&from.y));
    }
    assert_eq!(drawn.left_out, 0);
}

#[test]
fn heartbeats_are_drawn_where_they_are_wanted() {
    let run = run();
    let drawn = |heartbeats: bool| {
        let drawn = draw(&run, |lens, _| {
            lens.from = ms(3_000);
            lens.heartbeats = heartbeats;
        });
        lines(&drawn, Token::Down).len()
    };
    assert!(drawn(true) > drawn(false));
}

#[test]
fn the_past_of_what_is_chosen_is_heavy_and_the_rest_fades() {
    let run = run();
    let plain = draw(&run, |_, _| {});
    let last = plain.spots.last().expect("something was decided").seq;
    let drawn = draw(&run, |lens, _| lens.chosen = Some(last));
    let widths = |drawn: &Spacetime| {
        let ballots = lines(drawn, Token::Elect);
        let heavy = ballots.iter().filter(|(_, _, width)| *width > 2.0).count();
        (heavy, ballots.len())
    };
    assert_eq!(widths(&plain).0, 0);
    let (heavy, all) = widths(&drawn);
    assert!(heavy > 0 && heavy < all, "{heavy} of {all}");
}

#[test]
fn lanes_can_be_hidden_and_reordered() {
    let run = run();
    let nodes = [Node::Server(Sid(4)), Node::Server(Sid(1))];
    let drawn = draw(&run, |lens, _| lens.lanes = nodes.to_vec());
    let shown: Vec<Node> = drawn.lanes.iter().map(|(node, _)| *node).collect();
    assert_eq!(shown, nodes);
    assert!(drawn.spots.iter().all(|spot| nodes.contains(&spot.node)));
}

#[test]
fn a_pointer_means_the_nearest_spot_within_reach() {
    let drawn = draw(&run(), |_, _| {});
    let spot = drawn.spots[drawn.spots.len() / 2];
    let hit = drawn.hit(spot.point.offset(0.5, 0.5)).expect("near");
    assert!(hit.point.distance(spot.point) <= 1.0);
    assert_eq!(drawn.hit(Point::new(-100.0, -100.0)), None);
}

#[test]
fn what_the_reader_did_is_a_pin_on_its_lane() {
    let drawn = draw(&run(), |_, _| {});
    let pin = Style::both(Token::YouFill, Stroke::new(Token::Bg, 1.5));
    let is_pin = |shape: &&Shape| matches!(shape, Shape::Circle { style, .. } if *style == pin);
    let pins = drawn.shapes.iter().filter(is_pin);
    assert_eq!(pins.count(), 1);
}

#[test]
fn the_ruler_has_room_for_its_marks_at_every_zoom() {
    let run = run();
    let tape = run.replay(ms(3_000), run.now());
    for span in [1, 10, 100, 1_000, 60_000, 600_000] {
        let mut lens = lens(&tape);
        lens.until = lens.from + ms(span);
        let (step, _) = ruler_step(&lens);
        let room = lens.x(lens.from + Micros(step)) - lens.x(lens.from);
        assert!(room >= 95.0, "{span} ms: {room} px");
    }
}
