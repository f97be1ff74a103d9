//! Mouse, finger and pen on the stage: the browser's events in, gestures and acts out.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent, PointerEvent};
use yew::{Callback, TargetCast};

use super::super::action::{Action, MenuAt};
use super::super::store::Handle;
use super::super::tool::Tool;
use super::gesture::{Gesture, Meaning, Pen};
use crate::sim::{Command, Fault};
use crate::view::Target;
use crate::view::scene::Point;

/// The stage's listeners.
pub(super) struct Listeners {
    pub(super) down: Callback<PointerEvent>,
    pub(super) moved: Callback<PointerEvent>,
    pub(super) up: Callback<PointerEvent>,
    pub(super) cancel: Callback<PointerEvent>,
    pub(super) leave: Callback<PointerEvent>,
    pub(super) menu: Callback<MouseEvent>,
    pub(super) double: Callback<MouseEvent>,
}

impl Listeners {
    pub(super) fn new(handle: &Handle) -> Self {
        let with = |act: fn(&Handle, &PointerEvent)| {
            let handle = handle.clone();
            Callback::from(move |event: PointerEvent| act(&handle, &event))
        };
        let with_mouse = |act: fn(&Handle, &MouseEvent)| {
            let handle = handle.clone();
            Callback::from(move |event: MouseEvent| act(&handle, &event))
        };
        Self {
            down: with(down),
            moved: with(moved),
            up: with(up),
            cancel: with(cancel),
            leave: with(leave),
            menu: with_mouse(menu),
            double: with_mouse(double),
        }
    }
}

/// The event's place on the stage.
fn place(event: &MouseEvent) -> Option<Point> {
    let stage = event
        .target_dyn_into::<Element>()?
        .closest(".canvas")
        .ok()??;
    let area = stage.get_bounding_client_rect();
    Some(Point::new(
        f64::from(event.client_x()) - area.left(),
        f64::from(event.client_y()) - area.top(),
    ))
}

/// True where a chip's own button is meant.
fn on_chip(event: &MouseEvent) -> bool {
    let element = event.target_dyn_into::<Element>();
    element.is_some_and(|element| element.closest(".penchip").is_ok_and(|chip| chip.is_some()))
}

fn down(handle: &Handle, event: &PointerEvent) {
    if event.button() != 0 || !event.is_primary() || on_chip(event) {
        return;
    }
    let Some(at) = place(event) else { return };
    // A stroke may begin on a server's button and must go on beyond it.
    let stage = event
        .target_dyn_into::<Element>()
        .and_then(|e| e.closest(".canvas").ok()?);
    if let Some(stage) = stage.and_then(|stage| stage.dyn_into::<HtmlElement>().ok()) {
        // Fails where the pointer is already gone.
        let _ = stage.set_pointer_capture(event.pointer_id());
    }
    handle.quietly(|store| {
        let pen = if event.shift_key() {
            Pen::Lasso
        } else {
            store.tool.pen()
        };
        store.gesture = Some(Gesture::press(pen, at, &store.scene));
    });
}

fn moved(handle: &Handle, event: &PointerEvent) {
    let Some(at) = place(event) else { return };
    let touch = event.pointer_type() == "touch";
    handle.quietly(|store| {
        store.hover = if touch { None } else { store.scene.hit(at) };
        if let Some(gesture) = &mut store.gesture {
            gesture.drag(at);
        }
    });
}

fn up(handle: &Handle, _event: &PointerEvent) {
    let meaning = handle.quietly(|store| {
        let gesture = store.gesture.take()?;
        gesture.release(&store.scene)
    });
    if let Some(action) = meaning.and_then(|meaning| action(handle, meaning)) {
        handle.act(action);
    }
}

fn cancel(handle: &Handle, _event: &PointerEvent) {
    handle.quietly(|store| store.gesture = None);
}

fn leave(handle: &Handle, _event: &PointerEvent) {
    handle.quietly(|store| store.hover = None);
}

fn menu(handle: &Handle, event: &MouseEvent) {
    let hit = place(event).and_then(|at| handle.read(|store| store.scene.hit(at)));
    let at = Point::new(event.client_x().into(), event.client_y().into());
    let menu = match hit {
        Some(Target::Server(sid)) => MenuAt::Server(sid, at),
        Some(Target::Client(id)) => MenuAt::Client(id, at),
        _ => return,
    };
    event.prevent_default();
    handle.quietly(|store| store.gesture = None);
    handle.act(Action::Menu(Some(menu)));
}

fn double(handle: &Handle, event: &MouseEvent) {
    let hit = place(event).and_then(|at| handle.read(|store| store.scene.hit(at)));
    let Some(Target::Server(sid)) = hit else {
        return;
    };
    if handle.read(|store| store.tool) == Tool::Select {
        let fault = handle.read(|store| store.kill_or_restart(sid));
        handle.act(Action::Run(Command::Inject { fault }));
    }
}

/// What a finished gesture does.
pub(in crate::ui) fn action(handle: &Handle, meaning: Meaning) -> Option<Action> {
    match meaning {
        Meaning::Tap(None) if handle.read(|store| store.selection.is_none()) => None,
        Meaning::Tap(target) => Some(Action::Tap(target)),
        Meaning::Hold(target) => handle.read(|store| {
            let menu = match target {
                Target::Server(sid) => MenuAt::Server(sid, store.beside(sid)),
                Target::Client(id) => MenuAt::Client(id, store.beside_client(id)),
                _ => return None,
            };
            Some(Action::Menu(Some(menu)))
        }),
        Meaning::Cut(links) => {
            let cuts = links
                .into_iter()
                .map(|(from, to)| super::super::action::cut(from, to));
            Some(Action::RunAll(cuts.collect()))
        }
        Meaning::Lasso(side) => Some(Action::Run(Command::Inject {
            fault: Fault::Partition { side },
        })),
    }
}
