//! The overview: the whole run as a strip, and the slider that moves through it.

use std::fmt::Write as _;

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};
use yew::{Html, KeyboardEvent, TargetCast, html};

use super::action::Action;
use super::dom;
use super::icons::Icon;
use super::keys::Stroke;
use super::store::{Handle, Store};
use super::timebar::CLOCK;
use super::widgets::picture;
use crate::base::Micros;
use crate::view::alt_text;
use crate::view::decimal::decimal;
use crate::view::scene::Size;
use crate::view::snapshot::seconds;
use crate::view::timeline::{Band, BandKind, Pin, PinKind, Tick, timeline};

/// The ids of the strip, of the mark in it, and of the live region.
const TRACK: &str = "track";
const PLAYHEAD: &str = "playhead";
const LIVE: &str = "live";
/// A mark's text needs this much room, px.
const TICK_ROOM: f64 = 36.0;
/// The height of the clients' lane, px.
const CLIENTS: f64 = 10.0;
/// Below this height there is no ruler and no lane name, px.
const THIN: f64 = 50.0;

pub(super) fn overview(handle: &Handle) -> Html {
    let (value, text, most) = handle.read(|store| {
        let engine = &store.engine;
        let text = alt_text::moment(&engine.snapshot(), engine.now(), &store.texts);
        (engine.now().as_ms(), text, engine.horizon().as_ms())
    });
    let scrub = |moving: bool| {
        let handle = handle.clone();
        move |event: PointerEvent| {
            // A mouse that only passes over does not drag.
            if !moving || event.buttons() & 1 == 1 {
                drag(&handle, &event);
            }
        }
    };
    let keydown = {
        let handle = handle.clone();
        move |event: KeyboardEvent| {
            if let Some(at) = handle.read(|store| key_leads_to(store, &Stroke::of(&event))) {
                event.prevent_default();
                handle.act(Action::Jump(at));
            }
        }
    };
    html! {
        <div class="track" id={TRACK} role="slider" tabindex="0" aria-label={handle.label("moment")}
            aria-valuemin="0" aria-valuemax={most.to_string()} aria-valuenow={value.to_string()}
            aria-valuetext={text} onpointerdown={scrub(false)} onpointermove={scrub(true)}
            onkeydown={keydown}>
            { handle.read(strip) }
            <div class="playhead" id={PLAYHEAD}>
                { picture("<svg viewBox='0 0 16 14' aria-hidden='true'>\
                    <path d='M0 0h16v6l-8 8-8-8z' fill='var(--ink)'/></svg>") }
            </div>
        </div>
    }
}

/// The end of the strip: a round span that holds all there is, with some room.
fn span(horizon: Micros) -> Micros {
    let needed = horizon.as_ms() + horizon.as_ms() / 20;
    let steps = [30, 60, 120, 300, 600, 1_200, 1_800, 3_600].map(|s| s * 1_000);
    let fits = steps.into_iter().find(|ms| *ms >= needed);
    Micros::from_ms(fits.unwrap_or_else(|| needed.div_ceil(3_600_000) * 3_600_000))
}

/// The left edge of the lanes: their names stand before it.
const fn edge(track: Size) -> f64 {
    if track.h < THIN { 0.0 } else { 64.0 }
}

fn place(store: &Store, at: Micros) -> f64 {
    let left = edge(store.track);
    let share = seconds(at) / seconds(span(store.engine.horizon()));
    left + (store.track.w - left) * share
}

fn strip(store: &Store) -> Html {
    let track = store.track;
    if track.w < 1.0 {
        return Html::default();
    }
    let (left, thin) = (edge(track), track.h < THIN);
    let width = track.w - left;
    let known = store.engine.horizon();
    let model = timeline(
        store.engine.story(),
        known,
        span(known),
        width,
        &store.texts,
    );
    let x = |share: f64| left + width * share;
    let clients = if thin || model.served.is_empty() {
        0.0
    } else {
        CLIENTS + 6.0
    };
    let (top, height) = if thin {
        (6.0, track.h - 12.0)
    } else {
        (18.0, track.h - 22.0 - clients)
    };
    let mut svg = String::from(HATCH);
    for mark in &model.ticks {
        tick(&mut svg, mark, x(mark.at), track);
    }
    if !thin {
        let mut lane = |key: &str, y: f64| {
            svg.extend([
                "<text x='0' y='",
                &px(y),
                "'>",
                &store.texts.get(key),
                "</text>",
            ]);
        };
        lane("lane-leader", top + height / 2.0 + 4.0);
        if clients > 0.0 {
            lane("lane-clients", top + height + 6.0 + CLIENTS / 2.0 + 4.0);
        }
    }
    if clients > 0.0 {
        for span in &model.served {
            let x = (x(span.from), x(span.to));
            served(&mut svg, span.share, x, top + height + 6.0);
        }
    }
    for span in &model.bands {
        band(&mut svg, span, (x(span.from), x(span.to)), (top, height));
    }
    for mark in &model.pins {
        pin(&mut svg, mark, x(mark.at), (top, track.h));
    }
    picture(svg + "</svg>")
}

/// The beginning of the strip, with the stripes of a leader that is cut off.
const HATCH: &str = "<svg aria-hidden='true'><defs>\
    <pattern id='hatch' width='9' height='9' patternUnits='userSpaceOnUse' \
    patternTransform='rotate(45)'>\
    <rect width='9' height='9' fill='var(--bg)'/>\
    <rect width='3.5' height='9' fill='var(--elect-tint)'/></pattern></defs>";

fn px(length: f64) -> String {
    decimal(length, 1)
}

// The strip is written as markup: all labels are numbers, or sentences of the page itself.
// Writing to a `String` cannot fail.

fn tick(svg: &mut String, mark: &Tick, x: f64, track: Size) {
    let thin = track.h < THIN;
    let (at, top, height) = (px(x), if thin { "2" } else { "12" }, px(track.h));
    let _ = write!(
        svg,
        "<line x1='{at}' x2='{at}' y1='{top}' y2='{height}' stroke='var(--line)'/>"
    );
    if !thin && x + TICK_ROOM < track.w {
        let (x, label) = (px(x + 3.0), &mark.label);
        let _ = write!(svg, "<text x='{x}' y='10' font-size='11'>{label}</text>");
    }
}

fn band(svg: &mut String, band: &Band, (from, to): (f64, f64), (top, height): (f64, f64)) {
    let (fill, hue, ink) = match band.kind {
        BandKind::Leads => ("var(--zab-tint)", "zab", "ink"),
        BandKind::Hollow => ("url(#hatch)", "elect", "elect"),
        BandKind::Nobody => ("var(--elect-fill)", "elect", "on-elect"),
    };
    let (x, y, w, h) = (px(from), px(top), px((to - from).max(2.0)), px(height));
    let _ = write!(
        svg,
        "<rect x='{x}' y='{y}' width='{w}' height='{h}' rx='2' fill='{fill}' \
         stroke='var(--{hue})' stroke-width='1.5'/>"
    );
    if let Some(label) = &band.label {
        let halo = if band.kind == BandKind::Hollow {
            "var(--bg)"
        } else {
            "none"
        };
        let (x, y) = (px(from + 8.0), px(top + height / 2.0 + 4.5));
        let _ = write!(
            svg,
            "<text x='{x}' y='{y}' font-size='13' font-weight='700' style='fill:var(--{ink})' \
             stroke='{halo}' stroke-width='5' paint-order='stroke'>{label}</text>"
        );
    }
}

/// As high as the share of the clients that is connected; an amber outline where none is.
fn served(svg: &mut String, share: f64, (from, to): (f64, f64), top: f64) {
    let high = CLIENTS * share;
    let (x, y, w) = (px(from), px(top + CLIENTS - high), px((to - from).max(1.0)));
    let _ = if share > 0.0 {
        let h = px(high);
        write!(
            svg,
            "<rect x='{x}' y='{y}' width='{w}' height='{h}' fill='var(--client)'/>"
        )
    } else {
        let (y, h) = (px(top + 1.0), px(CLIENTS - 2.0));
        write!(
            svg,
            "<rect x='{x}' y='{y}' width='{w}' height='{h}' fill='none' stroke='var(--elect)' \
             stroke-width='1.5'/>"
        )
    };
}

fn pin(svg: &mut String, pin: &Pin, x: f64, (top, height): (f64, f64)) {
    let icon = match pin.kind {
        PinKind::Bolt => Icon::Kill,
        PinKind::Pause => Icon::Pause,
        PinKind::Cut => Icon::Cut,
        PinKind::Back => Icon::Undo,
    };
    let (at, y, above, below) = (px(x), px(top - 4.0), px(top - 2.0), px(height));
    let _ = write!(
        svg,
        "<line x1='{at}' x2='{at}' y1='{above}' y2='{below}' stroke='var(--you)' \
         stroke-width='2'/>\
         <circle cx='{at}' cy='{y}' r='8' fill='var(--you-fill)' stroke='var(--bg)' \
         stroke-width='1.5'/>"
    );
    let _ = if pin.count > 1 {
        let (y, count) = (px(top), pin.count);
        write!(
            svg,
            "<text x='{at}' y='{y}' text-anchor='middle' font-size='11' font-weight='700' \
             style='fill:var(--on-you)'>{count}</text>"
        )
    } else {
        let (x, y, path) = (px(x - 4.5), px(top - 8.5), icon.path());
        write!(
            svg,
            "<path d='{path}' transform='translate({x} {y}) scale(.375)' fill='none' \
             stroke='var(--on-you)' stroke-width='3'/>"
        )
    };
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of the strip, clamped to it first"
)]
fn drag(handle: &Handle, event: &PointerEvent) {
    let Some(track) = event
        .target_dyn_into::<Element>()
        .and_then(|e| e.closest(".track").ok()?)
    else {
        return;
    };
    // Fails where the pointer is already gone.
    let _ = track.set_pointer_capture(event.pointer_id());
    let area = track.get_bounding_client_rect();
    let at = handle.read(|store| {
        let left = edge(store.track);
        let share =
            (f64::from(event.client_x()) - area.left() - left) / (area.width() - left).max(1.0);
        let whole = span(store.engine.horizon());
        let at = Micros::from_ms((share.clamp(0.0, 1.0) * seconds(whole) * 1_000.0) as u64);
        at.min(store.engine.horizon())
    });
    handle.act(Action::Scrub(at));
}

/// Where a key moves the slider: a hundredth of a second, with Shift a millisecond; the ends.
fn key_leads_to(store: &Store, stroke: &Stroke) -> Option<Micros> {
    let (now, horizon) = (store.engine.now(), store.engine.horizon());
    let step = Micros::from_ms(if stroke.shift { 1 } else { 100 });
    let page = Micros::from_ms(1_000);
    let forward = |by: Micros| Some((now + by).min(horizon));
    match stroke.key.as_str() {
        "ArrowRight" | "ArrowUp" => forward(step),
        "ArrowLeft" | "ArrowDown" => Some(now.saturating_sub(step)),
        "PageUp" => forward(page),
        "PageDown" => Some(now.saturating_sub(page)),
        "Home" => Some(Micros::ZERO),
        "End" => Some(horizon),
        _ => None,
    }
}

/// What changes with every frame: the clock, the playhead, and what is spoken.
pub(super) fn frame(handle: &Handle) {
    if let Some(track) = dom::by_id(TRACK) {
        let track: &Element = track.unchecked_ref();
        let size = Size {
            w: track.client_width().into(),
            h: track.client_height().into(),
        };
        if handle.read(|store| store.track) != size {
            handle.refresh(|store| store.track = size);
        }
    }
    let (clock, left) = handle.read(|store| {
        (
            store.engine.now().to_string(),
            place(store, store.engine.now()),
        )
    });
    if let Some(element) = dom::by_id(CLOCK)
        && element.text_content().as_deref() != Some(&clock)
    {
        element.set_text_content(Some(&clock));
        if let Some(head) = dom::by_id(PLAYHEAD) {
            // Fails for a property that does not exist.
            let _ = head
                .style()
                .set_property("transform", &format!("translateX({}px)", px(left)));
        }
    }
    if let (Some(text), Some(live)) = (handle.quietly(Store::speak), dom::by_id(LIVE)) {
        live.set_text_content(Some(&text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_grows_in_round_steps_and_always_has_room() {
        let seconds_of = |seconds: u64| span(Micros::from_ms(seconds * 1_000)).as_ms() / 1_000;
        assert_eq!([0, 28, 29, 58].map(seconds_of), [30, 30, 60, 120]);
        assert_eq!(seconds_of(3_500), 7_200);
        assert_eq!(seconds_of(10_000), 10_800);
    }
}
