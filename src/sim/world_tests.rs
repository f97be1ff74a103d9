//! The world around its processes, with probes instead of peers: what each is told, and when.

use super::engine::probes;
use super::*;
use crate::protocol::{
    Durable, Effect, ElectionMessage, Epoch, Message, Port, Record, Route, Ticket,
};

const A: Sid = Sid(1);
const B: Sid = Sid(2);
const LONG: Micros = Micros::from_ms(60_000);

fn inject(world: &mut World, fault: Fault) {
    world
        .apply(&Command::Inject { fault })
        .expect("makes sense now");
}

fn run_to(world: &mut World, until: Micros) {
    while world.next_at().is_some_and(|at| at <= until) {
        world.step();
    }
    world.idle_until(until);
}

fn run_for(world: &mut World, ms: u64) {
    let until = world.now() + Micros::from_ms(ms);
    run_to(world, until);
}

/// Three probes, all up, at 1 s.
fn ready() -> World {
    let mut world = probes(&ClusterSpec::plain(3, 0), 7);
    run_to(&mut world, Micros::from_ms(1_000));
    assert!(world.servers().all(|server| server.power == Power::Up));
    world
}

impl World {
    /// What a peer would have caused, at once.
    fn cause(&mut self, sid: Sid, effect: Effect) -> Step {
        let mut step = self.record(Cause::Internal);
        self.happen(sid, effect, &mut step);
        step
    }

    fn seen(&self, sid: Sid) -> Vec<Input> {
        self.processes
            .get(&sid)
            .and_then(|process| process.engine.as_ref())
            .map(|engine| {
                engine
                    .seen()
                    .iter()
                    .map(|(_, input)| input.clone())
                    .collect()
            })
            .unwrap_or_default()
    }

    fn connect(&mut self) -> ConnId {
        self.cause(B, Effect::Listen(Port::Election));
        self.cause(
            A,
            Effect::Dial {
                to: B,
                port: Port::Election,
                within: LONG,
            },
        );
        run_for(self, 50);
        self.connections().last().expect("open").conn
    }
}

use crate::protocol::ConnId;

fn frame(byte: u8) -> Message {
    Message::Election(ElectionMessage::Raw {
        bytes: [byte].into(),
    })
}

fn arm(ms: u64) -> Effect {
    Effect::Arm {
        timer: Timer::LeaderTick,
        after: Micros::from_ms(ms),
    }
}

#[test]
fn processes_start_when_the_spec_says_and_are_ready_a_while_later() {
    let mut spec = ClusterSpec::plain(2, 0);
    spec.starts.insert(B, Micros::from_ms(5_000));
    let mut world = probes(&spec, 1);
    assert_eq!(world.server(A).expect("there").power, Power::Off);
    world.step();
    assert_eq!(world.server(A).expect("there").power, Power::Starting);
    run_to(&mut world, Micros::from_ms(1_000));
    assert_eq!(world.seen(A), [Input::Boot]);
    assert_eq!(world.server(B).expect("there").power, Power::Off);
    run_to(&mut world, Micros::from_ms(6_000));
    assert_eq!(world.seen(B), [Input::Boot]);
    assert_eq!(world.next_at(), None);
}

#[test]
fn steps_are_numbered_without_gaps_and_never_go_back_in_time() {
    let mut world = ready();
    let mut last = (world.steps, world.now());
    world.connect();
    inject(&mut world, Fault::Kill { sid: B });
    while let Some(step) = world.step() {
        assert!(step.seq >= last.0 && step.at >= last.1);
        last = (step.seq + 1, step.at);
    }
}

#[test]
fn a_deadline_fires_shortly_after_it_is_due_and_never_when_it_was_replaced() {
    let mut world = ready();
    world.cause(A, arm(100));
    run_for(&mut world, 50);
    world.cause(A, arm(100));
    let (armed_at, due_at) = world.deadline(A, Timer::LeaderTick).expect("armed");
    assert_eq!(
        (armed_at, due_at),
        (Micros::from_ms(1_050), Micros::from_ms(1_150))
    );
    let step = world.step().expect("fires");
    assert_eq!(
        step.cause,
        Cause::Fired {
            timer: Timer::LeaderTick
        }
    );
    assert!(step.at > due_at && step.at < due_at + Micros::from_ms(2));
    assert_eq!(world.deadline(A, Timer::LeaderTick), None);
    world.cause(A, arm(100));
    world.cause(A, Effect::Disarm(Timer::LeaderTick));
    assert_eq!(world.step(), None);
}

#[test]
fn deadlines_last_as_long_as_the_servers_own_clock_says() {
    let mut spec = ClusterSpec::plain(1, 0);
    let fast = Clock {
        offset_us: 9_000_000,
        drift_ppm: 250_000,
    };
    spec.clocks.insert(A, fast);
    let mut world = probes(&spec, 1);
    run_to(&mut world, Micros::from_ms(1_000));
    world.cause(A, arm(1_000));
    let (_, due_at) = world.deadline(A, Timer::LeaderTick).expect("armed");
    assert_eq!(due_at, Micros::from_ms(1_800));
    run_to(&mut world, Micros::from_ms(2_000));
    let engine = world.processes[&A].engine.as_ref().expect("runs");
    let (own_time, _) = engine.seen().last().expect("fired");
    assert!((11_250_000..11_253_000).contains(&own_time.0), "{own_time}");
}

#[test]
fn a_write_is_reported_when_it_is_durable_and_a_restart_reads_it() {
    let mut world = ready();
    let record = Record::AcceptedEpoch(Epoch(4));
    world.cause(A, Effect::Persist(record, Ticket(9)));
    run_for(&mut world, 100);
    assert_eq!(world.seen(A), [Input::Boot, Input::Persisted(Ticket(9))]);
    let lost = Record::AcceptedEpoch(Epoch(5));
    world.cause(A, Effect::Persist(lost, Ticket(10)));
    inject(&mut world, Fault::Kill { sid: A });
    inject(&mut world, Fault::Restart { sid: A });
    run_for(&mut world, 1_000);
    assert_eq!(world.seen(A), [Input::Boot], "nothing of the life before");
    let kept = Durable {
        accepted_epoch: Some(Epoch(4)),
        ..Durable::default()
    };
    assert_eq!(world.processes[&A].disk.durable(), &kept);
}

#[test]
fn a_kill_is_noticed_in_10_to_40_ms_and_a_pulled_plug_is_not() {
    for seed in 0..50 {
        let mut world = probes(&ClusterSpec::plain(3, 0), seed);
        run_to(&mut world, Micros::from_ms(1_000));
        let conn = world.connect();
        let killed_at = world.now();
        inject(&mut world, Fault::Kill { sid: B });
        let told_at = loop {
            let step = world.step().expect("the survivor is told");
            if step.cause
                == (Cause::Closed {
                    conn,
                    peer: B.into(),
                })
            {
                break step.at;
            }
        };
        let took = told_at - killed_at;
        assert!(
            took >= Micros::from_ms(9) && took <= Micros::from_ms(45),
            "{took}"
        );
        assert_eq!(world.seen(A).last(), Some(&Input::Closed(conn)));
    }
    let mut world = ready();
    world.connect();
    inject(&mut world, Fault::PullPlug { sid: B });
    assert_eq!(world.step(), None, "silence");
}

#[test]
fn a_paused_process_hears_nothing_until_it_continues_and_then_everything_in_order() {
    let mut world = ready();
    let conn = world.connect();
    let (timer, after) = (Timer::LearnerRead, Micros::from_ms(100));
    world.cause(B, Effect::Arm { timer, after });
    inject(&mut world, Fault::Pause { sid: B });
    let frozen = world.seen(B);
    for byte in 0..3 {
        world.cause(A, Effect::Send(conn, frame(byte)));
    }
    run_for(&mut world, 10);
    world.cause(A, Effect::Hangup(conn));
    run_for(&mut world, 5_000);
    assert_eq!(world.seen(B), frozen);
    assert_eq!(world.flight_count(), 0, "its kernel has taken them");
    inject(&mut world, Fault::Resume { sid: B });
    run_for(&mut world, 10);
    let mut expected = frozen;
    expected.extend((0..3).map(|byte| Input::Received(conn, frame(byte))));
    expected.push(Input::Closed(conn));
    expected.push(Input::Fired(timer));
    assert_eq!(world.seen(B), expected);
    assert_eq!(world.next_at(), None);
}

#[test]
fn a_paused_processs_kernel_goes_on_accepting() {
    let mut world = ready();
    world.cause(B, Effect::Listen(Port::Election));
    inject(&mut world, Fault::Pause { sid: B });
    let conn = world.connect();
    let route = Route::To(B, Port::Election);
    assert_eq!(world.seen(A).last(), Some(&Input::Opened(conn, route)));
    assert_eq!(world.seen(B), [Input::Boot]);
    inject(&mut world, Fault::Resume { sid: B });
    run_for(&mut world, 10);
    let route = Route::Accepted(Port::Election);
    assert_eq!(world.seen(B), [Input::Boot, Input::Opened(conn, route)]);
}

#[test]
fn overdue_deadlines_pass_by_the_time_they_were_due_and_a_renewed_one_waits() {
    let mut world = ready();
    let timers = [
        (Timer::LeaderTick, 300),
        (Timer::Finalize, 100),
        (Timer::LeaderWait, 200),
    ];
    for (timer, ms) in timers {
        let after = Micros::from_ms(ms);
        world.cause(A, Effect::Arm { timer, after });
    }
    inject(&mut world, Fault::Pause { sid: A });
    run_for(&mut world, 1_000);
    inject(&mut world, Fault::Resume { sid: A });
    // As a peer does that hears from its leader in time: the deadline is set anew.
    world.cause(A, arm(5_000));
    run_for(&mut world, 1_000);
    assert_eq!(
        world.seen(A),
        [
            Input::Boot,
            Input::Fired(Timer::Finalize),
            Input::Fired(Timer::LeaderWait)
        ]
    );
}

#[test]
fn a_leaders_tick_races_with_what_arrived_while_it_was_stopped() {
    let mut world = ready();
    let conn = world.connect();
    let (timer, after) = (Timer::LeaderTick, Micros::from_ms(10));
    let mut places = [0; 4];
    for _ in 0..40 {
        world.cause(B, Effect::Arm { timer, after });
        inject(&mut world, Fault::Pause { sid: B });
        for n in 0..3 {
            world.cause(A, Effect::Send(conn, frame(n)));
        }
        run_for(&mut world, 100);
        let before = world.seen(B).len();
        inject(&mut world, Fault::Resume { sid: B });
        run_for(&mut world, 100);
        let seen = world.seen(B);
        let is_tick = |input: &Input| *input == Input::Fired(timer);
        let place = seen[before..].iter().position(is_tick).expect("it passes");
        places[place] += 1;
        assert_eq!(seen.len(), before + 4, "and nothing is lost");
    }
    assert!(places[0] > 10 && places[1] > 3, "{places:?}");
    assert_eq!(places.iter().sum::<usize>(), 40);
}

#[test]
fn a_connection_that_floods_a_stopped_process_is_reset() {
    let mut world = ready();
    let conn = world.connect();
    inject(&mut world, Fault::Pause { sid: B });
    for round in 0..8_u8 {
        for _ in 0..5_000 {
            world.cause(A, Effect::Send(conn, frame(round)));
        }
        run_for(&mut world, 100);
    }
    assert_eq!(world.seen(A).last(), Some(&Input::Closed(conn)));
}

#[test]
fn a_process_that_ends_itself_is_off_and_its_connections_close() {
    let mut world = ready();
    let conn = world.connect();
    world.cause(B, Effect::Exit(crate::protocol::ExitCause::NoSnapshot));
    assert_eq!(world.server(B).expect("there").power, Power::Off);
    run_for(&mut world, 100);
    assert_eq!(world.seen(A).last(), Some(&Input::Closed(conn)));
    inject(&mut world, Fault::Restart { sid: B });
    run_for(&mut world, 1_000);
    assert_eq!(world.server(B).expect("there").power, Power::Up);
}

#[test]
fn what_is_closed_is_not_heard_of_again_even_where_it_waited() {
    let mut world = ready();
    let conn = world.connect();
    inject(&mut world, Fault::Pause { sid: B });
    world.cause(A, Effect::Send(conn, frame(1)));
    world.cause(A, Effect::Send(conn, frame(2)));
    run_for(&mut world, 100);
    inject(&mut world, Fault::Resume { sid: B });
    world.step();
    world.cause(B, Effect::Hangup(conn));
    run_for(&mut world, 100);
    assert_eq!(world.seen(B).last(), Some(&Input::Received(conn, frame(1))));
}

#[test]
fn time_can_pass_without_an_event_but_not_beyond_one_nor_back() {
    let mut world = ready();
    world.cause(A, arm(100));
    let due = world.next_at().expect("armed");
    world.idle_until(Micros::from_ms(1_050));
    assert_eq!(world.now(), Micros::from_ms(1_050));
    world.idle_until(Micros::from_ms(1_020));
    assert_eq!(world.now(), Micros::from_ms(1_050));
    world.idle_until(LONG);
    assert_eq!(world.now(), due);
    let digest = world.clone().digest();
    assert_eq!(world.digest(), digest);
}

#[test]
fn a_world_survives_json_and_goes_on_the_same() {
    let mut world = ready();
    let conn = world.connect();
    world.cause(A, Effect::Send(conn, frame(1)));
    world.cause(A, arm(20));
    inject(&mut world, Fault::Pause { sid: B });
    let text = serde_json::to_string(&world).expect("serialises");
    let mut back: World = serde_json::from_str(&text).expect("parses");
    assert_eq!(back, world);
    assert_eq!(back.digest(), world.digest());
    while let Some(step) = world.step() {
        assert_eq!(back.step(), Some(step));
    }
    assert_eq!(back.digest(), world.digest());
}
