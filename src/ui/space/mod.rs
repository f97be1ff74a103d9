//! The space–time diagram on the page: a canvas, buttons over the lanes, and what was chosen in
//! words.

mod state;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, PointerEvent, WheelEvent};
use yew::{Html, KeyboardEvent, html};

use super::action::Action;
use super::dom;
use super::icons::Icon;
use super::stage::palette::Palette;
use super::stage::{context, painter::Painter};
use super::store::{Handle, Store};
use super::widgets::{truth, words};
use crate::base::Micros;
use crate::sim::Node;
use crate::view::Target;
use crate::view::scene::{Point, Size};
use crate::view::spacetime::LEFT;
pub(super) use state::{Answer, Space, SpaceAct, View, Zoom};

/// The id of the canvas.
const CANVAS: &str = "space-canvas";

/// The diagram with its buttons.
pub(super) fn space(handle: &Handle) -> Html {
    let lanes = handle.read(|store| store.space.drawn.lanes.clone());
    html! {
        <div class="canvas space" role="group" tabindex="0" aria-label={handle.label("space-time")}
            aria-describedby="space-help" onpointerdown={grip(handle)} onpointermove={drag(handle)}
            onpointerup={choose(handle)} onwheel={wheel(handle)} onkeydown={keys(handle)}>
            <canvas id={CANVAS} aria-hidden="true"></canvas>
            <p class="vh" id="space-help">{ handle.said("space-help") }</p>
            { for lanes.iter().map(|(node, y)| lane(handle, *node, *y)) }
            { tools(handle) }
            { callout(handle) }
        </div>
    }
}

/// The name of a lane: selects who it is of; its small button hides it.
fn lane(handle: &Handle, node: Node, y: f64) -> Html {
    let (name, spoken, target, is_selected) = handle.read(|store| {
        let (name, spoken, target) = match node {
            Node::Server(sid) => (
                store.texts.sid(sid),
                store.name_of(sid),
                Target::Server(sid),
            ),
            Node::Client(id) => (
                store.texts.client(id),
                store.client_name(id),
                Target::Client(id),
            ),
        };
        (name, spoken, target, store.selection == Some(target))
    });
    let hide = handle.does(Action::Space(SpaceAct::Hide(node)));
    let hide_label = handle.read(|store| {
        let args = vec![("who", name.clone().into())];
        store.texts.with("space-hide", &args)
    });
    let style = dom::placed(Point::new(0.0, y).whole());
    html! {
        <div class="lane" key={name.clone()} {style}>
            <button type="button" class="who" aria-label={spoken}
                aria-pressed={truth(is_selected)} onclick={handle.does(Action::Show(target))}>
                { words(&name) }
            </button>
            <button type="button" class="hide" aria-label={hide_label} onclick={hide}>
                { Icon::Close.html() }
            </button>
        </div>
    }
}

/// Zoom, heartbeats, back to now, hidden lanes.
fn tools(handle: &Handle) -> Html {
    let (heartbeats, follows, hidden, left_out) = handle.read(|store| {
        let space = &store.space;
        let left_out = space.drawn.left_out;
        (
            space.heartbeats,
            space.from.is_none(),
            space.hidden.len(),
            left_out,
        )
    });
    let does = |act: SpaceAct| handle.does(Action::Space(act));
    let button = |act: SpaceAct, sign: &str, label: &str| {
        html! {
            <button type="button" class="btn line" aria-label={handle.label(label)}
                onclick={does(act)}>{ words(sign) }</button>
        }
    };
    let count = |key: &str, n: usize| {
        handle.read(|store| store.texts.with(key, &vec![("count", n.into())]))
    };
    html! {
        <div class="spacetools">
            { button(SpaceAct::Zoom(Zoom::Closer, None), "+", "space-closer") }
            { button(SpaceAct::Zoom(Zoom::Farther, None), "−", "space-farther") }
            <button type="button" class="btn line" aria-pressed={truth(heartbeats)}
                onclick={does(SpaceAct::Heartbeats)}>
                { handle.said("space-heartbeats") }
            </button>
            if !follows {
                <button type="button" class="btn line" onclick={does(SpaceAct::Follow)}>
                    { handle.said("space-follow") }
                </button>
            }
            if hidden > 0 {
                <button type="button" class="btn line" onclick={does(SpaceAct::ShowAll)}>
                    { words(&count("space-show-all", hidden)) }
                </button>
            }
            if left_out > 0 {
                <span class="tag">{ words(&count("space-left-out", left_out)) }</span>
            }
        </div>
    }
}

/// What was chosen, in words, and what can be done about it.
fn callout(handle: &Handle) -> Html {
    let chosen = handle.read(|store| {
        let seq = store.space.chosen?;
        let spots = &store.space.drawn.spots;
        let spot = spots.iter().find(|spot| spot.seq == seq).copied();
        let lines = store.engine.story().lines_at(&[seq]);
        let texts: Vec<String> = lines.iter().map(|line| line.text(&store.texts)).collect();
        let at = lines
            .first()
            .map_or_else(|| spot.map(|spot| spot.at), |line| Some(line.at))?;
        Some((seq, at, texts, spot.map(|spot| spot.point), store.size))
    });
    let Some((seq, at, texts, point, size)) = chosen else {
        return html! { <div role="status" class="vh"></div> };
    };
    let point = point.unwrap_or_else(|| Point::new(size.w / 2.0, 60.0));
    let x = (point.x - 40.0).clamp(8.0, (size.w - 330.0).max(8.0));
    let below = point.y + 26.0;
    let y = if below + 130.0 > size.h {
        (point.y - 156.0).max(8.0)
    } else {
        below
    };
    html! {
        <div class="callout" style={dom::placed(Point::new(x, y).whole())}>
            <div role="status">
                { for texts.iter().map(|text| html! { <p>{ words(text) }</p> }) }
                <p class="k">{ words(&crate::view::events::clock(at)) }</p>
            </div>
            <button type="button" class="btn line" onclick={handle.does(Action::Jump(at))}>
                { handle.said("space-go") }
            </button>
            <button type="button" class="btn line" onclick={handle.does(Action::WhyStep(seq))}>
                { handle.said("why") }
            </button>
        </div>
    }
}

fn inside(event: &web_sys::MouseEvent) -> Option<Point> {
    let canvas = dom::by_id(CANVAS)?;
    let target = event.target()?.dyn_into::<Element>().ok()?;
    if target
        .closest("button")
        .is_ok_and(|button| button.is_some())
    {
        return None;
    }
    let area = canvas.get_bounding_client_rect();
    Some(Point::new(
        f64::from(event.client_x()) - area.left(),
        f64::from(event.client_y()) - area.top(),
    ))
}

fn grip(handle: &Handle) -> impl Fn(PointerEvent) + use<> {
    let handle = handle.clone();
    move |event| {
        let at = inside(&event);
        handle.quietly(|store| store.space.grip = at.map(|at| (at, at)));
    }
}

fn drag(handle: &Handle) -> impl Fn(PointerEvent) + use<> {
    let handle = handle.clone();
    move |event| {
        let Some(at) = inside(&event).filter(|_| event.buttons() & 1 == 1) else {
            return;
        };
        handle.quietly(|store| {
            let Some((start, last)) = store.space.grip else {
                return;
            };
            // A click that trembles is a click.
            if start.distance(at) > 4.0 || last != start {
                let now = store.engine.now();
                store.space.pan(last.x - at.x, now);
                store.space.grip = Some((start, at));
            }
        });
    }
}

fn choose(handle: &Handle) -> impl Fn(PointerEvent) + use<> {
    let handle = handle.clone();
    move |event| {
        let grip = handle.quietly(|store| store.space.grip.take());
        let Some((at, (start, last))) = inside(&event).zip(grip) else {
            return;
        };
        if last != start {
            handle.refresh(|_| {});
            return;
        }
        let spot = handle.read(|store| store.space.drawn.hit(at).map(|spot| spot.seq));
        handle.act(Action::Space(SpaceAct::Choose(spot)));
    }
}

fn wheel(handle: &Handle) -> impl Fn(WheelEvent) + use<> {
    let handle = handle.clone();
    move |event| {
        let Some(at) = inside(&event) else { return };
        event.prevent_default();
        let zoom = if event.delta_y() < 0.0 {
            Zoom::Closer
        } else {
            Zoom::Farther
        };
        let about = handle.read(|store| store.space.lens(store).time_at(at.x));
        handle.act(Action::Space(SpaceAct::Zoom(zoom, Some(about))));
    }
}

/// Arrows walk through what was decided; `+` and `-` zoom; Enter goes there.
fn keys(handle: &Handle) -> impl Fn(KeyboardEvent) + use<> {
    let handle = handle.clone();
    move |event| {
        let on_lane = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|element| element.tag_name() == "BUTTON");
        let action = handle.read(|store| match event.key().as_str() {
            "ArrowRight" => Some(step(store, 1)),
            "ArrowLeft" => Some(step(store, -1)),
            "+" | "=" => Some(Action::Space(SpaceAct::Zoom(Zoom::Closer, None))),
            "-" => Some(Action::Space(SpaceAct::Zoom(Zoom::Farther, None))),
            "Enter" if !on_lane => store.space.chosen_at().map(Action::Jump),
            "Escape" if store.space.chosen.is_some() => Some(Action::Space(SpaceAct::Choose(None))),
            _ => None,
        });
        if let Some(action) = action {
            event.prevent_default();
            event.stop_propagation();
            handle.act(action);
        }
    }
}

/// The next thing decided, or the one before.
fn step(store: &Store, by: isize) -> Action {
    let spots = &store.space.drawn.spots;
    let current = spots
        .iter()
        .position(|spot| Some(spot.seq) == store.space.chosen);
    let index = match current {
        Some(index) => index.saturating_add_signed(by),
        None if by < 0 => spots.len().saturating_sub(1),
        None => 0,
    };
    let index = index.min(spots.len().saturating_sub(1));
    Action::Space(SpaceAct::Choose(spots.get(index).map(|spot| spot.seq)))
}

/// The painter's memory between frames.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    last: Option<(Micros, u64, Size, u32, u32)>,
    palette: Palette,
    look: Option<u32>,
}

impl Canvas {
    /// Paints the present moment, where the diagram is shown and anything about it has changed.
    pub(super) fn frame(&mut self, handle: &Handle) {
        let canvas = dom::by_id(CANVAS).and_then(|e| e.dyn_into::<HtmlCanvasElement>().ok());
        let Some(canvas) = canvas else { return };
        let size = Size {
            w: canvas.client_width().into(),
            h: canvas.client_height().into(),
        };
        if size.w < LEFT || size.h < 1.0 {
            return;
        }
        let key = handle.read(|store| {
            (
                store.engine.now(),
                store.revision(),
                size,
                store.look,
                store.space.moved,
            )
        });
        if self.last == Some(key) {
            return;
        }
        if self.look != Some(key.3) {
            self.palette = Palette::resolve();
            self.look = Some(key.3);
        }
        let changed = handle.quietly(|store| {
            store.size = size;
            state::draw(store)
        });
        if changed {
            handle.refresh(|_| {});
        }
        let ratio = dom::window().device_pixel_ratio();
        if let Some(context) = context(&canvas, size, ratio) {
            let painter = Painter::new(&context, &self.palette);
            handle.read(|store| {
                for shape in &store.space.drawn.shapes {
                    painter.shape(shape);
                }
            });
        }
        self.last = Some(key);
    }
}
