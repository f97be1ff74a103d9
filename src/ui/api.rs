//! `window.zabscope`: the page for scripts, for slides that embed it and for tests.
//!
//! | call | does |
//! |---|---|
//! | `state()` | `timeMs`, `playing`, `speed`, `leader`, `stream`, `servers`, `clients`, … |
//! | `dispatch(command)` | a command: `{do:"inject",fault:{type:"kill",sid:5}}` |
//! | `play()`, `pause()` | lets time run, stops it |
//! | `step()` | stops, and goes to the next event somebody can see |
//! | `seek(ms)` | to a moment from 0 to 24 hours |
//! | `speed(x)` | `x` times the wall clock, 0.0001 to 100, or `"auto"` |
//! | `load(text)` | another cluster: text of a `zoo.cfg`, a scenario as JSON text or object |
//! | `scenario()` | the scenario, its seed and every command given so far, as an object |
//!
//! A wrong argument throws an `Error` that says what is wrong, a text with its place and in the
//! language of the page, and changes nothing.

use js_sys::{Error, JSON, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::action::Action;
use super::dom;
use super::location::Rate;
use super::store::{Handle, Store};
use crate::base::Micros;
use crate::base::json::{Document, Problem, Writer};
use crate::protocol::Sid;
use crate::protocol::client::ClientState;
use crate::scenario::{Scenario, ZooCfg};
use crate::sim::{Command, ServerStatus};
use crate::view::clients::Service;
use crate::view::narrate::phase_name;
use crate::view::problems;
use crate::view::snapshot::Client;
use crate::view::standing::backs;
use crate::view::texts::Texts;

/// The longest text of one command that is read.
const COMMAND_BYTES: usize = 1 << 20;

/// A day: further nobody looks.
const LAST_MS: f64 = 86_400_000.0;

/// What a call answers: a value, or what is wrong.
type Answer = Result<JsValue, String>;

/// Puts `zabscope` on the window.
pub(super) fn install(handle: &Handle) {
    let api = Object::new();
    let put = |name: &str, call: fn(&Handle, &JsValue) -> Answer| {
        let handle = handle.clone();
        let closure = Closure::<dyn FnMut(JsValue) -> Result<JsValue, JsValue>>::new(
            move |argument: JsValue| {
                call(&handle, &argument).map_err(|wrong| Error::new(&wrong).into())
            },
        );
        // Fails for an object that is frozen; this one is new.
        let _ = Reflect::set(&api, &name.into(), closure.as_ref().unchecked_ref());
        closure.forget();
    };
    put("state", |handle, _| to_js(handle.read(state)));
    put("scenario", |handle, _| to_js(handle.read(scenario)));
    put("dispatch", dispatch);
    put("play", |handle, _| done(handle, Action::Play(true)));
    put("pause", |handle, _| done(handle, Action::Play(false)));
    put("step", |handle, _| done(handle, Action::StepForward));
    put("seek", seek);
    put("speed", speed);
    put("load", load);
    // Fails for a window whose `zabscope` somebody has frozen.
    let _ = Reflect::set(&dom::window(), &"zabscope".into(), &api);
}

fn done(handle: &Handle, action: Action) -> Answer {
    handle.try_act(action).map_or(Ok(JsValue::UNDEFINED), Err)
}

fn dispatch(handle: &Handle, argument: &JsValue) -> Answer {
    let text = text_of(argument).ok_or("dispatch needs a command, an object with \"do\"")?;
    let command = command(&text).map_err(|wrong| {
        refused(handle, "api-not-a-command", |texts| {
            problems::in_json(texts, &wrong)
        })
    })?;
    done(handle, Action::Run(command))
}

fn command(text: &str) -> Result<Command, Problem> {
    Command::read(&Document::parse(text, COMMAND_BYTES)?.root())
}

/// Why an argument was refused, in the language of the page.
fn refused(handle: &Handle, key: &str, why: impl FnOnce(&Texts) -> String) -> String {
    handle.read(|store| {
        let args = vec![("why", why(&store.texts).into())];
        store.texts.with(key, &args)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked first"
)]
fn seek(handle: &Handle, argument: &JsValue) -> Answer {
    let ms = argument.as_f64().filter(|ms| (0.0..=LAST_MS).contains(ms));
    let ms = ms.ok_or("seek needs milliseconds from 0 to 86400000")?;
    done(handle, Action::Seek(Micros((ms * 1_000.0).round() as u64)))
}

fn speed(handle: &Handle, argument: &JsValue) -> Answer {
    let rate = match (argument.as_f64(), argument.as_string()) {
        (Some(times), _) => Rate::of(times),
        (_, Some(text)) if text == "auto" => Some(Rate::Auto),
        _ => None,
    };
    let rate = rate.ok_or("speed needs a number from 0.0001 to 100, or \"auto\"")?;
    done(handle, Action::Speed(rate))
}

fn load(handle: &Handle, argument: &JsValue) -> Answer {
    let text = match argument.as_string() {
        Some(text) => text,
        None => text_of(argument)
            .filter(|_| argument.is_object())
            .ok_or("load needs the text of a zoo.cfg, or a scenario")?,
    };
    let scenario = if text.trim_start().starts_with('{') {
        Scenario::from_json(&text).map_err(|wrong| {
            let why = |texts: &Texts| problems::in_scenario(texts, &wrong);
            refused(handle, "api-not-a-scenario", why)
        })?
    } else {
        let zoo_cfg = ZooCfg::parse(&text).map_err(|wrong| {
            let why = |texts: &Texts| problems::in_zoo_cfg(texts, &wrong);
            refused(handle, "api-not-a-zoo-cfg", why)
        })?;
        Scenario::of(zoo_cfg)
    };
    let seed = scenario.seed;
    done(handle, Action::Load(Box::new(scenario), seed))
}

/// The argument as JSON text; `None` for what JSON cannot say.
fn text_of(argument: &JsValue) -> Option<String> {
    JSON::stringify(argument).ok()?.as_string()
}

fn to_js(value: Writer) -> Answer {
    JSON::parse(&value.finish()).map_err(|_| String::from("the answer cannot be expressed"))
}

fn state(store: &Store) -> Writer {
    let engine = &store.engine;
    let world = engine.run().world();
    let mut out = Writer::compact();
    out.object();
    out.name("timeMs").parts(engine.now().0, 1_000);
    out.name("horizonMs").parts(engine.horizon().0, 1_000);
    out.name("playing").truth(engine.playing());
    out.name("speed");
    match engine.chosen_speed() {
        Rate::Auto => out.text("auto"),
        Rate::Fixed(rate) => out.parts(rate.0, 1_000_000),
    }
    sid_or_null(&mut out, "leader", engine.serving_leader());
    out.name("inFlight").unsigned(world.flight_count() as u64);
    out.name("stream").text(&hex(engine.run().stream()));
    out.name("faults").list();
    for fault in world.faults() {
        fault.write(&mut out);
    }
    out.end_list();
    out.name("servers").list();
    for status in world.servers() {
        server(&mut out, &status);
    }
    out.end_list();
    out.name("clients").list();
    for seen in &engine.snapshot().clients {
        client(&mut out, seen, (engine.now(), &store.texts));
    }
    out.end_list();
    out.end_object();
    out
}

fn server(out: &mut Writer, status: &ServerStatus) {
    let peer = &status.peer;
    out.object();
    out.name("sid").signed(status.sid.0);
    out.name("power").text(status.power.name());
    out.name("state").text(&peer.state.to_string());
    out.name("zab").text(phase_name(peer.zab));
    out.name("acceptedEpoch").signed(peer.accepted_epoch.0);
    out.name("currentEpoch").signed(peer.current_epoch.0);
    out.name("logicalClock").signed(peer.logical_clock.0);
    out.name("zxid").text(&peer.last_zxid.to_string());
    sid_or_null(out, "vote", backs(status));
    sid_or_null(out, "leader", peer.leader);
    out.name("serving").truth(peer.serving);
    out.end_object();
}

fn client(out: &mut Writer, client: &Client, (now, texts): (Micros, &Texts)) {
    let status = &client.status;
    let service = Service::of(client, now);
    out.object();
    out.name("id").unsigned(status.id.0.into());
    out.name("name").text(&texts.client(status.id));
    out.name("power").text(status.power.name());
    // `client-served`: the page's word for it, without what it begins with.
    let word = service.key().trim_start_matches("client-");
    out.name("service").text(word);
    out.name("connected")
        .truth(status.state == ClientState::Connected);
    sid_or_null(out, "host", status.host);
    out.name("session").text(&status.session.to_string());
    out.name("timeoutMs").signed(status.timeout_ms);
    out.name("zxid").text(&status.last_zxid.to_string());
    out.name("inFlight").unsigned(status.in_flight.into());
    out.name("acknowledged").unsigned(status.acknowledged);
    out.name("failed").unsigned(status.failed);
    out.name("unknown").unsigned(status.unknown);
    out.end_object();
}

fn sid_or_null(out: &mut Writer, name: &str, sid: Option<Sid>) {
    match sid {
        Some(sid) => out.name(name).signed(sid.0),
        None => out.name(name).null(),
    }
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

/// The scenario with what has been done to it: loading this again repeats the run.
fn scenario(store: &Store) -> Writer {
    let run = store.engine.run();
    let mut scenario = run.scenario().clone();
    scenario.seed = run.seed();
    scenario.commands = run.commands().to_vec();
    let mut out = Writer::compact();
    scenario.write(&mut out);
    out
}
