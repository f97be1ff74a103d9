//! The run behind the page, the clock that drives it, and the story told of it.
//!
//! The page reads and writes the run only through this. Who leads, what was said and what got lost
//! is written down step by step as the run executes, and read at the instant shown.

use std::cell::RefCell;
use std::rc::Rc;

use super::location::{Asked, Rate};
use super::store::Motion;
use crate::base::json::Writer;
use crate::base::{Micros, Ppm};
use crate::protocol::client::ClientState;
use crate::protocol::{PeerConfig, ServerState, Sid};
use crate::run::{Playback, Run, Speed, Tape};
use crate::scenario::{Scenario, write_commands};
use crate::sim::{ClientStatus, Command, Flight, Node, Power, Rejected, ServerStatus, World};
use crate::trace::{Chain, Question, Trace};
use crate::view::spacetime::{SpaceLens, Spacetime, spacetime};
use crate::view::standing::Cluster;
use crate::view::texts::Texts;
use crate::view::{Chronicle, Loss, Snapshot};

/// With less motion, one event is shown this long.
const EVENT_SHOWN: Micros = Micros::from_ms(1_000);
/// The opening waits at most this long for a leader, in cluster time.
const OPENING: Micros = Micros::from_ms(60_000);

/// The newest messages that died, as many as may be marked on the stage at once.
const MOST_LOSSES: usize = 12;

/// A run with its player and its story.
#[derive(Debug)]
pub(super) struct Engine {
    run: Run,
    config: PeerConfig,
    playback: Playback,
    story: Chronicle,
    motion: Motion,
    /// Wall time since the last event was shown, with less motion.
    shown: Micros,
    /// The snapshot made last, with the instant and the digest of all steps it was made at.
    seen: RefCell<Option<(Moment, Rc<Snapshot>)>>,
}

/// An instant, and the digest of every step up to it.
type Moment = (Micros, u64);

impl Engine {
    /// The run the page opens with: five servers, and somebody leads already.
    pub(super) fn new(asked: &Asked, motion: Motion) -> Self {
        let scenario = Scenario::first_run();
        let seed = asked.seed.unwrap_or(scenario.seed);
        let mut engine = Self::of(scenario, seed);
        engine.open();
        engine.motion = motion;
        engine.playback.playing = asked.play.unwrap_or(motion == Motion::Full);
        engine.speed(asked.speed.unwrap_or(Rate::Auto));
        engine
    }

    fn of(scenario: Scenario, seed: u64) -> Self {
        let config = scenario.cluster().config;
        let run = Run::new(scenario, seed);
        let story = Chronicle::new(&config);
        let mut engine = Self {
            run,
            config,
            playback: Playback::default(),
            story,
            motion: Motion::Full,
            shown: Micros::ZERO,
            seen: RefCell::default(),
        };
        engine.write_down();
        engine
    }

    /// Another run, from its beginning; the way it is played stays.
    pub(super) fn load(&mut self, scenario: Scenario, seed: u64) {
        let (playback, motion) = (self.playback.clone(), self.motion);
        *self = Self {
            playback,
            motion,
            ..Self::of(scenario, seed)
        };
    }

    /// Goes on until everybody is served, so that the page opens on a cluster that lives.
    fn open(&mut self) {
        while self.run.now() < OPENING && !all_served(self.run.world()) && self.run.step_event() {}
        self.run.advance_to(self.run.now() + Micros::from_ms(1_500));
        self.write_down();
    }

    /// The instant shown.
    pub(super) const fn now(&self) -> Micros {
        self.run.now()
    }

    /// How far the run has been executed.
    pub(super) const fn horizon(&self) -> Micros {
        self.run.horizon()
    }

    pub(super) const fn run(&self) -> &Run {
        &self.run
    }

    pub(super) const fn story(&self) -> &Chronicle {
        &self.story
    }

    pub(super) const fn playing(&self) -> bool {
        self.playback.playing
    }

    pub(super) const fn play(&mut self) {
        self.playback.playing = true;
        self.shown = EVENT_SHOWN;
    }

    pub(super) const fn pause(&mut self) {
        self.playback.playing = false;
    }

    /// Lets wall time pass; the rate at the end.
    pub(super) fn frame(&mut self, wall: Micros) -> Ppm {
        let known = self.run.violations().len();
        let rate = if self.motion == Motion::Reduced {
            self.event_by_event(wall);
            self.playback.rate(&self.run)
        } else {
            self.playback.frame(&mut self.run, wall)
        };
        self.stop_where_broken(known);
        self.write_down();
        rate
    }

    /// A promise that was broken just now stops time at the first moment it was false.
    fn stop_where_broken(&mut self, known: usize) {
        if let Some(at) = self.run.violations().get(known).map(|broken| broken.at) {
            self.playback.playing = false;
            self.run.seek(at);
        }
    }

    fn event_by_event(&mut self, wall: Micros) {
        self.shown += wall.min(EVENT_SHOWN);
        if self.playback.playing && self.shown >= EVENT_SHOWN {
            self.shown = Micros::ZERO;
            self.run.step_event();
        }
    }

    pub(super) fn step_forward(&mut self) {
        self.playback.playing = false;
        self.run.step_event();
        self.write_down();
    }

    /// Back to the event before: nothing runs backwards, so the last stretch is executed again.
    pub(super) fn step_back(&mut self) {
        self.playback.playing = false;
        let now = self.run.now();
        for span_ms in [2, 20, 200, 2_000, 20_000] {
            let from = now.saturating_sub(Micros::from_ms(span_ms));
            self.run.seek(from);
            let mut last = None;
            while self.run.step_event() && self.run.now() < now {
                last = Some(self.run.now());
            }
            if let Some(last) = last {
                self.run.seek(last);
                return;
            }
            if from == Micros::ZERO {
                break;
            }
        }
        self.run.seek(Micros::ZERO);
    }

    pub(super) fn seek(&mut self, at: Micros) {
        self.run.seek(at);
        self.write_down();
    }

    pub(super) const fn speed(&mut self, rate: Rate) {
        self.playback.speed = match rate {
            Rate::Auto => Speed::Auto,
            Rate::Fixed(rate) => Speed::Fixed(rate),
        };
    }

    pub(super) fn chosen_speed(&self) -> Rate {
        match self.playback.speed {
            Speed::Auto => Rate::Auto,
            Speed::Fixed(rate) => Rate::Fixed(rate),
            Speed::Fastest => Rate::Fixed(self.playback.rate(&self.run)),
        }
    }

    pub(super) fn undo(&mut self) -> bool {
        let undone = self.run.undo();
        self.write_down();
        undone
    }

    pub(super) fn dispatch(&mut self, command: Command) -> Result<(), Rejected> {
        let done = self.run.dispatch(command);
        self.write_down();
        done.map(|_| ())
    }

    pub(super) fn has(&self, sid: Sid) -> bool {
        self.run.scenario().zoo_cfg.servers().contains_key(&sid)
    }

    /// Who leads, if anybody does.
    pub(super) fn leader(&self) -> Option<Sid> {
        let snapshot = self.snapshot();
        let leader = Cluster::of(&snapshot).leading().map(|server| server.sid);
        let calls_itself = |server: &&ServerStatus| server.peer.state == ServerState::Leading;
        leader.or_else(|| {
            snapshot
                .servers
                .iter()
                .find(calls_itself)
                .map(|server| server.sid)
        })
    }

    /// Who leads and is followed, as the scoreboard says it.
    pub(super) fn serving_leader(&self) -> Option<Sid> {
        Cluster::of(&self.snapshot())
            .leading()
            .map(|server| server.sid)
    }

    fn power(&self, sid: Sid) -> Option<Power> {
        self.run.world().server(sid).map(|server| server.power)
    }

    pub(super) fn is_down(&self, sid: Sid) -> bool {
        matches!(
            self.power(sid),
            Some(Power::Off | Power::Killed | Power::Unplugged)
        )
    }

    pub(super) fn is_paused(&self, sid: Sid) -> bool {
        self.power(sid) == Some(Power::Paused)
    }

    /// What there is to see now; made once for each moment, however many ask.
    pub(super) fn snapshot(&self) -> Rc<Snapshot> {
        let key = (self.run.now(), self.run.stream());
        if let Some((known, snapshot)) = &*self.seen.borrow()
            && *known == key
        {
            return Rc::clone(snapshot);
        }
        let snapshot = Rc::new(self.look());
        *self.seen.borrow_mut() = Some((key, Rc::clone(&snapshot)));
        snapshot
    }

    fn look(&self) -> Snapshot {
        let now = self.run.now();
        let mut snapshot = Snapshot::of(self.run.world(), &self.config, &self.story, now);
        let so_far = self.run.losses().iter().rev().filter(|loss| loss.at <= now);
        snapshot.violations = self.run.violations().to_vec();
        if snapshot.violations.is_empty() {
            snapshot.logs.acquit();
        }
        snapshot.losses = so_far
            .take(MOST_LOSSES)
            .map(|loss| Loss {
                frame: loss.frame.clone(),
                at: loss.at,
            })
            .collect();
        snapshot
    }

    /// Servers, then clients.
    pub(super) fn nodes(&self) -> Vec<Node> {
        let world = self.run.world();
        let mut nodes: Vec<Node> = world.sids().map(Node::Server).collect();
        nodes.extend(world.clients().map(|client| Node::Client(client.id)));
        nodes
    }

    /// The space–time diagram; what of its window is not on the tape is executed again.
    pub(super) fn diagram(&mut self, lens: &SpaceLens, texts: &Texts) -> Spacetime {
        let span = lens.until.saturating_sub(lens.from);
        let covers = |tape: &Tape| tape.since() <= lens.from;
        if !self.run.tape().is_some_and(covers) {
            self.run.tape_again(lens.from.saturating_sub(span));
        } else if let Some(tape) = self.run.tape_mut()
            && tape.since() + span + span + span < lens.from
        {
            tape.forget_before(lens.from.saturating_sub(span));
        }
        let flights: Vec<Flight> = self.run.world().flights().collect();
        let tape = self.run.tape();
        tape.map_or_else(Spacetime::default, |tape| {
            spacetime(tape, &flights, lens, texts)
        })
    }

    /// The chain of reasons that answers a question now.
    pub(super) fn why(&self, question: Question) -> Option<Chain> {
        self.chain(|trace| trace.why(question, self.run.now()))
    }

    /// The chain of reasons that led to a step.
    pub(super) fn why_step(&self, seq: u64) -> Option<Chain> {
        self.chain(|trace| trace.why_step(seq))
    }

    /// Goes back as far as the chain needs, and no farther.
    fn chain(&self, ask: impl Fn(&Trace<'_>) -> Option<Chain>) -> Option<Chain> {
        let now = self.run.now();
        let mut answer = None;
        for span_ms in [3_000, 15_000, 60_000, 240_000] {
            let from = now.saturating_sub(Micros::from_ms(span_ms));
            let tape = self.run.replay(from, now);
            answer = ask(&Trace::of(&tape)).or(answer);
            let is_whole = answer.as_ref().is_some_and(|chain| chain.is_whole);
            if is_whole || from == Micros::ZERO {
                break;
            }
        }
        answer
    }

    /// Scenario, seed and commands as the lines of a report.
    pub(super) fn report(&self) -> String {
        let mut commands = Writer::indented();
        write_commands(self.run.commands(), &mut commands);
        format!(
            "seed: {}\ncommands: {}\nscenario: {}",
            self.run.seed(),
            commands.finish(),
            self.run.scenario().to_json(),
        )
    }

    fn write_down(&mut self) {
        self.story.follow(&self.run);
    }
}

fn all_served(world: &World) -> bool {
    let connected = |client: ClientStatus| client.state == ClientState::Connected;
    world.servers().all(|server| server.peer.serving) && world.clients().all(connected)
}
