//! The stage: a canvas for what moves, real buttons over the servers, chips over the faults.
//!
//! The canvas is painted once per frame past the virtual DOM; what can be focused is rendered by
//! it.

pub(super) mod gesture;
mod hits;
pub(super) mod painter;
pub(super) mod palette;
pub(super) mod pointer;

use crate::ui::widgets::words;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use yew::{Html, html};

use super::action::{Action, Typed};
use super::dom;
use super::store::{Handle, Store};
use crate::base::Micros;
use crate::protocol::Sid;
use crate::sim::{ClientId, Command};
use crate::view::scene::{Chip, Point, Segment, Shape, Size, Stroke, Style, Token};
use crate::view::snapshot::{Glide, seconds};
use crate::view::{Lens, Snapshot, Target};
use painter::Painter;
use palette::Palette;

/// The id of the canvas.
const CANVAS: &str = "stage-canvas";

/// The stage with its buttons.
pub(super) fn stage(handle: &Handle) -> Html {
    let (tool, chips) = handle.read(|store| (store.tool.name(), store.chips.clone()));
    let listeners = pointer::Listeners::new(handle);
    html! {
        <div class="canvas" data-tool={tool}
            onpointerdown={listeners.down} onpointermove={listeners.moved}
                onpointerup={listeners.up}
            onpointercancel={listeners.cancel} onpointerleave={listeners.leave}
            oncontextmenu={listeners.menu} ondblclick={listeners.double}>
            <canvas id={CANVAS} aria-hidden="true"></canvas>
            { hits::hits(handle) }
            { for chips.iter().map(|chip| chip_html(handle, chip)) }
            { hint(handle) }
        </div>
    }
}

fn chip_html(handle: &Handle, chip: &Chip) -> Html {
    let id = chip.fault;
    let heal = handle.does(Action::Run(Command::Heal { id }));
    let style = dom::placed(chip.at.whole());
    html! {
        <div class="penchip" key={id.0} {style}>
            { super::icons::Icon::Cut.html() }
            { words(&chip.text) }
            <button type="button" onclick={heal}
                aria-label={format!("{}: {}", chip.action, chip.text)}>
                { words(&chip.action) }
            </button>
        </div>
    }
}

/// How to use the tool in hand, or what has been typed so far.
fn hint(handle: &Handle) -> Html {
    let text = handle.read(|store| match &store.typed {
        Typed::Nothing if store.tool == super::tool::Tool::Select => None,
        Typed::Nothing => Some(store.texts.get(store.tool.hint())),
        Typed::Link(None) => Some(store.texts.get("typed-link")),
        Typed::Link(Some(sid)) => Some(
            store
                .texts
                .with("typed-link-from", &vec![("sid", (*sid).into())]),
        ),
        Typed::Side(side) if side.is_empty() => Some(store.texts.get("typed-side")),
        Typed::Side(side) => {
            let who = store.texts.sids(&side.iter().copied().collect::<Vec<_>>());
            Some(
                store
                    .texts
                    .with("typed-side-with", &vec![("who", who.into())]),
            )
        }
    });
    text.map_or_else(Html::default, |text| {
        html! { <div class="corner"><span class="tag you">{ text }</span></div> }
    })
}

/// What a painting depends on; equal keys paint the same picture.
#[derive(Clone, Debug, PartialEq)]
struct PaintKey {
    now: Micros,
    revision: u64,
    size: Size,
    ratio: f64,
    look: u32,
    hover: Option<Target>,
    traced: usize,
}

/// The painter's memory between frames.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    last: Option<PaintKey>,
    palette: Palette,
    look: Option<u32>,
    /// Which server each client was shown at last.
    homes: Vec<(ClientId, Sid)>,
    /// Clients on their way to another one, with how long they have been.
    gliding: Vec<(Glide, Micros)>,
}

/// How long a client glides to its new server; reading, not measuring: only chrome eases.
const GLIDE: Micros = Micros::from_ms(420);

impl Canvas {
    /// Paints the present moment, where anything about it has changed.
    pub(super) fn frame(&mut self, handle: &Handle, wall: Micros) {
        let canvas = dom::by_id(CANVAS).and_then(|e| e.dyn_into::<HtmlCanvasElement>().ok());
        let Some(canvas) = canvas else { return };
        let size = Size {
            w: canvas.client_width().into(),
            h: canvas.client_height().into(),
        };
        if size.w < 1.0 || size.h < 1.0 {
            return;
        }
        resized(handle, &canvas, size);
        let key = handle.read(|store| PaintKey {
            now: store.engine.now(),
            revision: store.revision(),
            size,
            ratio: dom::window().device_pixel_ratio(),
            look: store.look,
            hover: store.hover,
            traced: store
                .gesture
                .as_ref()
                .map_or(0, |g| g.trace().map_or(0, |(_, path)| path.len())),
        });
        if self.last.as_ref() == Some(&key) && self.gliding.is_empty() {
            return;
        }
        if self.look != Some(key.look) {
            self.palette = Palette::resolve();
            self.look = Some(key.look);
        }
        let chips = handle.quietly(|store| {
            let snapshot = store.engine.snapshot();
            self.glide(&snapshot, store, wall);
            let mut lens = lens(store, size);
            lens.glides = self.gliding.iter().map(|(glide, _)| *glide).collect();
            store.scene =
                crate::view::draw::scene(&snapshot, store.engine.now(), &lens, &store.texts);
            let changed = store.scene.chips != store.chips;
            if changed {
                store.chips.clone_from(&store.scene.chips);
            }
            changed
        });
        if chips {
            handle.refresh(|_| {});
        }
        if let Some(context) = context(&canvas, key.size, key.ratio) {
            handle.read(|store| self.paint(&context, store));
        }
        self.last = Some(key);
    }

    /// Lets clients that have another server than before set out for it from where they are shown.
    fn glide(&mut self, snapshot: &Snapshot, store: &Store, wall: Micros) {
        self.gliding.retain_mut(|(glide, age)| {
            *age += wall;
            let left = 1.0 - seconds(*age) / seconds(GLIDE);
            glide.share = 1.0 - left.max(0.0) * left.max(0.0) * left.max(0.0);
            *age < GLIDE
        });
        for client in &snapshot.clients {
            let (id, home) = (client.status.id, client.home);
            let Some(known) = self.homes.iter_mut().find(|(known, _)| *known == id) else {
                self.homes.push((id, home));
                continue;
            };
            if known.1 == home {
                continue;
            }
            known.1 = home;
            let shown = store.scene.clients.iter().find(|(shown, _)| *shown == id);
            if let Some((_, from)) = shown.filter(|_| !store.reduced_motion) {
                let (from, share) = (*from, 0.0);
                self.gliding.retain(|(glide, _)| glide.id != id);
                self.gliding.push((Glide { id, from, share }, Micros::ZERO));
            }
        }
    }

    fn paint(&self, context: &CanvasRenderingContext2d, store: &Store) {
        let painter = Painter::new(context, &self.palette);
        for shape in &store.scene.shapes {
            painter.shape(shape);
        }
        if let Some((_, path)) = store.gesture.as_ref().and_then(gesture::Gesture::trace) {
            painter.shape(&pen_stroke(path));
        }
    }
}

/// Keeps the stage's place and size; the buttons move with it.
fn resized(handle: &Handle, canvas: &HtmlCanvasElement, size: Size) {
    if handle.read(|store| store.size) == size {
        return;
    }
    let area = canvas.get_bounding_client_rect();
    handle.refresh(|store| {
        store.size = size;
        store.corner = Point::new(area.left(), area.top());
        store.phone = dom::media("(max-width: 640px)");
        store.coarse_pointer = dom::media("(pointer: coarse)");
    });
}

/// What the reader has asked for, as the scene wants it.
pub(super) fn lens(store: &Store, size: Size) -> Lens {
    Lens {
        selection: store.selection,
        hover: store.hover,
        paused: !store.engine.playing(),
        reduced_motion: store.reduced_motion,
        coarse_pointer: store.coarse_pointer,
        phone: store.phone,
        ..Lens::new(size.w, size.h)
    }
}

/// The canvas cleared, its unit one CSS pixel.
pub(super) fn context(
    canvas: &HtmlCanvasElement,
    size: Size,
    ratio: f64,
) -> Option<CanvasRenderingContext2d> {
    let context = canvas
        .get_context("2d")
        .ok()??
        .dyn_into::<CanvasRenderingContext2d>()
        .ok()?;
    let (w, h) = (pixels(size.w * ratio), pixels(size.h * ratio));
    if (canvas.width(), canvas.height()) != (w, h) {
        canvas.set_width(w);
        canvas.set_height(h);
    }
    context
        .set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0)
        .ok()?;
    context.clear_rect(0.0, 0.0, size.w, size.h);
    Some(context)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a screen has between 1 and 32 768 pixels; the cast saturates"
)]
fn pixels(length: f64) -> u32 {
    length.round().clamp(1.0, 32_768.0) as u32
}

/// The line under the pointer, in the reader's pen.
fn pen_stroke(path: &[Point]) -> Shape {
    let first = path.first().copied().unwrap_or_default();
    let rest = path.iter().skip(1).map(|&to| Segment::Line(to));
    let segments = std::iter::once(Segment::Move(first)).chain(rest).collect();
    let stroke = Stroke::new(Token::You, 3.5).dashed(12.0, 8.0).round();
    Shape::Path {
        segments,
        style: Style::outlined(stroke),
    }
}
