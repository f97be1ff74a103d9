//! `window.zabscope`: the page for scripts, for slides that embed it and for tests.
//!
//! | call | does |
//! |---|---|
//! | `state()` | `timeMs`, `playing`, `speed`, `leader`, `inFlight`, `digest`, `servers`, … |
//! | `dispatch(command)` | a command: `{do:"inject",fault:{type:"kill",sid:5}}` |
//! | `play()`, `pause()` | lets time run, stops it |
//! | `step()` | stops, and goes to the next event somebody can see |
//! | `seek(ms)` | to a moment from 0 to 24 hours |
//! | `speed(x)` | `x` times the wall clock, 0.0001 to 100, or `"auto"` |
//! | `load(text)` | another cluster: text of a `zoo.cfg`, a scenario as JSON text or object |
//! | `scenario()` | the scenario, its seed and every command given so far, as an object |
//!
//! A wrong argument throws an `Error` that says what is wrong, and changes nothing.

use js_sys::{Error, JSON, Object, Reflect};
use serde::Serialize;
use serde_json::{Value, json};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::action::Action;
use super::dom;
use super::location::Rate;
use super::store::{Handle, Store};
use crate::base::Micros;
use crate::scenario::{Scenario, ZooCfg};
use crate::sim::{Command, ServerStatus};
use crate::view::standing::backs;

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
    put("state", |handle, _| to_js(&handle.read(state)));
    put("scenario", |handle, _| to_js(&handle.read(scenario)));
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
    let command: Command =
        serde_json::from_str(&text).map_err(|wrong| format!("not a command: {wrong}"))?;
    done(handle, Action::Run(command))
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
        Scenario::from_json(&text).map_err(|wrong| format!("not a scenario: {wrong}"))?
    } else {
        let zoo_cfg = ZooCfg::parse(&text).map_err(|wrong| format!("not a zoo.cfg: {wrong}"))?;
        Scenario::of(zoo_cfg)
    };
    let seed = scenario.seed;
    done(handle, Action::Load(Box::new(scenario), seed))
}

/// The argument as JSON text; `None` for what JSON cannot say.
fn text_of(argument: &JsValue) -> Option<String> {
    JSON::stringify(argument).ok()?.as_string()
}

fn to_js(value: &Value) -> Answer {
    JSON::parse(&value.to_string()).map_err(|_| String::from("the answer cannot be expressed"))
}

fn state(store: &Store) -> Value {
    let engine = &store.engine;
    let world = engine.run().world();
    let speed = match engine.chosen_speed() {
        Rate::Auto => json!("auto"),
        Rate::Fixed(rate) => json!(millionths(rate.0)),
    };
    json!({
        "timeMs": thousandths(engine.now().0),
        "horizonMs": thousandths(engine.horizon().0),
        "playing": engine.playing(),
        "speed": speed,
        "leader": engine.serving_leader(),
        "inFlight": world.flight_count(),
        "digest": format!("{:016x}", world.digest()),
        "stream": format!("{:016x}", engine.run().stream()),
        "faults": world.faults(),
        "servers": world.servers().map(|status| server(&status)).collect::<Vec<_>>(),
    })
}

fn server(status: &ServerStatus) -> Value {
    let peer = &status.peer;
    json!({
        "sid": status.sid,
        "power": status.power,
        "state": peer.state,
        "zab": peer.zab,
        "acceptedEpoch": peer.accepted_epoch,
        "currentEpoch": peer.current_epoch,
        "logicalClock": peer.logical_clock,
        "zxid": peer.last_zxid.to_string(),
        "vote": backs(status),
        "leader": peer.leader,
        "serving": peer.serving,
    })
}

/// The scenario with what has been done to it: loading this again repeats the run.
fn scenario(store: &Store) -> Value {
    let run = store.engine.run();
    let mut scenario = run.scenario().clone();
    scenario.seed = run.seed();
    scenario.commands = run.commands().to_vec();
    as_json(&scenario)
}

fn as_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a day in microseconds fits a double"
)]
fn thousandths(number: u64) -> f64 {
    number as f64 / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "at most a hundred million")]
fn millionths(number: u64) -> f64 {
    number as f64 / 1_000_000.0
}
