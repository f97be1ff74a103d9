//! The keyboard map: what each key does, and the list of them for the help dialog.
//!
//! Keys never act inside a place to type in, with Ctrl, Alt or Meta, or under a dialog. Single
//! letters
//! can be turned off; what a focused control does with Space, Enter and arrows is its own affair.

use web_sys::KeyboardEvent;

use super::action::{Action, Dialog, MenuAt, Typed, cut};
use super::dom;
use super::location::Rate;
use super::space::View;
use super::store::{Handle, Store};
use super::tool::Tool;
use crate::base::{Micros, Ppm, Set};
use crate::protocol::Sid;
use crate::sim::{ClientId, Command, Fault};
use crate::trace::Question;
use crate::view::Target;
use crate::view::clients::ClientVerb;

/// One row of the help dialog: the keys as they are written, and the key of the text.
pub(super) const MAP: &[(&[&str], &str)] = &[
    (&["1 – 9"], "key-select"),
    (&["←", "→"], "key-ring"),
    (&["Esc"], "key-deselect"),
    (&["Enter", "M"], "key-menu"),
    (&["E"], "key-write"),
    (&["K"], "key-kill"),
    (&["Shift K"], "key-plug"),
    (&["P"], "key-pause"),
    (&["L", "1", "2"], "key-cut"),
    (&["X", "1", "2", "Enter"], "key-partition"),
    (&["H"], "key-heal"),
    (&["Z"], "key-undo"),
    (&["Space"], "key-play"),
    (&[".", ","], "key-step"),
    (&["<", ">"], "key-speed"),
    (&["A"], "key-auto"),
    (&["Home", "End"], "key-ends"),
    (&["T"], "key-view"),
    (&["Y"], "key-why"),
    (&["?"], "key-help"),
];

/// The speeds the buttons and the keys go through.
pub(super) const SPEEDS: [(Rate, &str); 6] = [
    (Rate::Auto, "auto"),
    (Rate::Fixed(Ppm(1_000)), "1/1000"),
    (Rate::Fixed(Ppm(10_000)), "1/100"),
    (Rate::Fixed(Ppm(100_000)), "1/10"),
    (Rate::Fixed(Ppm(1_000_000)), "1×"),
    (Rate::Fixed(Ppm(10_000_000)), "10×"),
];

/// A key and whether Shift was down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stroke {
    pub(super) key: String,
    pub(super) shift: bool,
}

impl Stroke {
    pub(super) fn of(event: &KeyboardEvent) -> Self {
        Self {
            key: event.key(),
            shift: event.shift_key(),
        }
    }
}

/// Which way a speed changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Slower,
    Faster,
}

/// Listens for keys, for as long as the page lives.
pub(super) fn install(handle: &Handle) {
    let handle = handle.clone();
    dom::listen(&dom::document(), "keydown", move |event: KeyboardEvent| {
        let busy = event.ctrl_key() || event.alt_key() || event.meta_key();
        if busy || event.default_prevented() || dom::takes_text(event.target()) {
            return;
        }
        let key = event.key();
        // A partition being typed ends with Enter wherever the focus is.
        let ends_typing = key == "Enter" && handle.read(|store| store.typed != Typed::Nothing);
        if (key == " " || key == "Enter") && !ends_typing && dom::is_control(event.target()) {
            return;
        }
        let action = handle.read(|store| meaning(store, &Stroke::of(&event)));
        if let Some(action) = action {
            event.prevent_default();
            handle.act(action);
        }
    });
}

/// What a key means now.
fn meaning(store: &Store, stroke: &Stroke) -> Option<Action> {
    let key = stroke.key.as_str();
    if store.dialog.is_some() || store.menu.is_some() {
        return None;
    }
    if key == "Escape" {
        return Some(escape(store));
    }
    if key == " " {
        return Some(Action::Play(!store.engine.playing()));
    }
    if !store.keys {
        return None;
    }
    if let Some(action) = continued(store, key) {
        return Some(action);
    }
    if let Some(sid) = server_of(store, key) {
        return Some(Action::Select(Some(Target::Server(sid))));
    }
    timed(store, key).or_else(|| verb(store, stroke))
}

/// Leaves what is being done, one thing at a time.
fn escape(store: &Store) -> Action {
    if store.typed != Typed::Nothing {
        Action::Typed(Typed::Nothing)
    } else if store.sheet {
        Action::Sheet(false)
    } else if store.selection.is_some() {
        Action::Select(None)
    } else {
        Action::Take(Tool::Select)
    }
}

/// What moves time.
fn timed(store: &Store, key: &str) -> Option<Action> {
    let action = match key {
        "." => Action::StepForward,
        "," => Action::StepBack,
        "<" => Action::Speed(neighbour(store.engine.chosen_speed(), Pace::Slower)),
        ">" => Action::Speed(neighbour(store.engine.chosen_speed(), Pace::Faster)),
        "a" | "A" => Action::Speed(Rate::Auto),
        "Home" => Action::Seek(Micros::ZERO),
        "End" => Action::Seek(store.engine.horizon()),
        _ => return None,
    };
    Some(action)
}

/// What changes the cluster, or the page.
fn verb(store: &Store, stroke: &Stroke) -> Option<Action> {
    let inject = |fault| Some(Action::Run(Command::Inject { fault }));
    if let Some(Target::Client(id)) = store.selection
        && let Some(action) = client_verb(store, id, &stroke.key)
    {
        return Some(action);
    }
    match stroke.key.as_str() {
        "e" | "E" => Some(Action::Take(Tool::Write)),
        "k" | "K" if stroke.shift => inject(Fault::PullPlug {
            sid: store.subject()?,
        }),
        "k" | "K" => inject(store.kill_or_restart(store.subject()?)),
        "p" | "P" => inject(store.pause_or_resume(store.subject()?)),
        "l" | "L" => Some(Action::Typed(Typed::Link(None))),
        "x" | "X" => Some(Action::Typed(Typed::Side(Set::new()))),
        "h" | "H" => Some(Action::Run(Command::HealAll)),
        "z" | "Z" => Some(Action::Undo),
        "m" | "M" => {
            let sid = store.subject()?;
            Some(Action::Menu(Some(MenuAt::Server(sid, store.beside(sid)))))
        }
        "t" | "T" => Some(Action::View(match store.view {
            View::Stage => View::Space,
            View::Space => View::Stage,
        })),
        "y" | "Y" => Some(Action::Why(match store.selection {
            Some(Target::Client(id)) => Question::Client(id),
            _ => Question::State(store.subject()?),
        })),
        "?" => Some(Action::Dialog(Some(Dialog::Help))),
        _ => None,
    }
}

/// What a letter means for the selected client.
fn client_verb(store: &Store, id: ClientId, key: &str) -> Option<Action> {
    let act = |verb: ClientVerb| Some(Action::Run(verb.command(id, None)));
    match key {
        "e" | "E" => act(ClientVerb::Write),
        "k" | "K" => act(ClientVerb::Kill),
        "m" | "M" => {
            let at = store.beside_client(id);
            Some(Action::Menu(Some(MenuAt::Client(id, at))))
        }
        _ => None,
    }
}

/// Goes on with `L` and two digits, `X` and digits.
fn continued(store: &Store, key: &str) -> Option<Action> {
    let sid = server_of(store, key);
    match (&store.typed, sid) {
        (Typed::Link(None), Some(sid)) => Some(Action::Typed(Typed::Link(Some(sid)))),
        (Typed::Link(Some(from)), Some(to)) => Some(Action::Run(cut(*from, to))),
        (Typed::Side(side), Some(sid)) => {
            let mut side = side.clone();
            if !side.remove(&sid) {
                side.insert(sid);
            }
            Some(Action::Typed(Typed::Side(side)))
        }
        (Typed::Side(side), None) if key == "Enter" => {
            let fault = Fault::Partition { side: side.clone() };
            Some(Action::Run(Command::Inject { fault }))
        }
        _ => None,
    }
}

/// The server a digit names.
fn server_of(store: &Store, key: &str) -> Option<Sid> {
    let sid = Sid(key.parse::<u8>().ok()?.into());
    store.engine.has(sid).then_some(sid)
}

/// The next slower or faster speed; Auto is left for 1×.
fn neighbour(now: Rate, pace: Pace) -> Rate {
    let fixed = SPEEDS.get(1..).unwrap_or_default();
    let Some(index) = fixed.iter().position(|(rate, _)| *rate == now) else {
        return Rate::Fixed(Ppm::ONE);
    };
    let next = match pace {
        Pace::Faster => index + 1,
        Pace::Slower => index.saturating_sub(1),
    };
    fixed
        .get(next)
        .or_else(|| fixed.last())
        .map_or(now, |(rate, _)| *rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_go_step_by_step_and_stop_at_the_ends() {
        let slowest = Rate::Fixed(Ppm(1_000));
        assert_eq!(neighbour(slowest, Pace::Slower), slowest);
        assert_eq!(neighbour(slowest, Pace::Faster), Rate::Fixed(Ppm(10_000)));
        let fastest = Rate::Fixed(Ppm(10_000_000));
        assert_eq!(neighbour(fastest, Pace::Faster), fastest);
        assert_eq!(neighbour(Rate::Auto, Pace::Faster), Rate::Fixed(Ppm::ONE));
    }
}
