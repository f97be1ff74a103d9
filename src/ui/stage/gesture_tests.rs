//! Claims about pointer paths, on a hand-made stage of three servers.

use super::*;

fn scene() -> Scene {
    let at = [(1, 100.0, 0.0), (2, 200.0, 200.0), (3, 0.0, 200.0)];
    let point = |i: usize| Point::new(at[i].1, at[i].2);
    let link = |a: usize, b: usize| {
        let (one, two) = (Sid(at[a].0), Sid(at[b].0));
        let area = Area::Segment {
            from: point(a),
            to: point(b),
            reach: 6.0,
        };
        (Target::Link(one, two), area)
    };
    let server = |i: usize| {
        let area = Area::Disc {
            center: point(i),
            radius: 30.0,
        };
        (Target::Server(Sid(at[i].0)), area)
    };
    let targets = vec![
        link(0, 1),
        link(0, 2),
        link(1, 2),
        server(0),
        server(1),
        server(2),
    ];
    Scene {
        targets,
        ..Scene::default()
    }
}

fn drawn(pen: Pen, path: &[(f64, f64)]) -> Option<Meaning> {
    let scene = scene();
    let mut points = path.iter().map(|&(x, y)| Point::new(x, y));
    let mut gesture = Gesture::press(pen, points.next()?, &scene);
    for point in points {
        gesture.drag(point);
    }
    gesture.release(&scene)
}

#[test]
fn a_press_in_place_is_a_tap_on_what_lies_there() {
    assert_eq!(
        drawn(Pen::Cut, &[(100.0, 0.0)]),
        Some(Meaning::Tap(Some(Target::Server(Sid(1)))))
    );
    assert_eq!(
        drawn(Pen::None, &[(400.0, 0.0), (403.0, 2.0)]),
        Some(Meaning::Tap(None))
    );
}

#[test]
fn a_stroke_cuts_every_link_it_crosses_and_no_other() {
    let expected = Set::from([(Sid(1), Sid(2)), (Sid(1), Sid(3))]);
    let stroke = [(-50.0, 100.0), (90.0, 101.0), (260.0, 102.0)];
    assert_eq!(drawn(Pen::Cut, &stroke), Some(Meaning::Cut(expected)));
    assert_eq!(drawn(Pen::Cut, &[(300.0, 0.0), (300.0, 300.0)]), None);
}

#[test]
fn a_stroke_from_server_to_server_cuts_their_link_whichever_way_it_is_drawn() {
    let expected = Some(Meaning::Cut(Set::from([(Sid(1), Sid(2))])));
    assert_eq!(drawn(Pen::Cut, &[(100.0, 0.0), (200.0, 200.0)]), expected);
    assert_eq!(drawn(Pen::Cut, &[(200.0, 200.0), (100.0, 0.0)]), expected);
}

#[test]
fn a_lasso_holds_the_servers_inside() {
    let round_two = [
        (140.0, 140.0),
        (260.0, 140.0),
        (260.0, 260.0),
        (140.0, 260.0),
    ];
    assert_eq!(
        drawn(Pen::Lasso, &round_two),
        Some(Meaning::Lasso(Set::from([Sid(2)])))
    );
    let empty = [(400.0, 400.0), (450.0, 400.0), (450.0, 450.0)];
    assert_eq!(drawn(Pen::Lasso, &empty), None);
}

#[test]
fn a_finger_that_rests_on_a_server_opens_its_menu_once_and_taps_no_more() {
    let scene = scene();
    let mut gesture = Gesture::press(Pen::None, Point::new(100.0, 0.0), &scene);
    assert_eq!(gesture.wait(Micros::from_ms(449)), None);
    assert_eq!(
        gesture.wait(Micros::from_ms(2)),
        Some(Meaning::Hold(Target::Server(Sid(1))))
    );
    assert_eq!(gesture.wait(Micros::from_ms(500)), None);
    assert_eq!(gesture.release(&scene), None);
}

#[test]
fn a_drag_without_a_pen_means_nothing() {
    assert_eq!(drawn(Pen::None, &[(100.0, 0.0), (200.0, 200.0)]), None);
}
