//! The overview: the whole run as a strip, and the slider that moves through it.

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};
use yew::{Html, KeyboardEvent, TargetCast, function_component, html, use_context};

use super::action::Action;
use super::dom;
use super::icons::Icon;
use super::keys::Stroke;
use super::store::{Handle, Store};
use super::timebar::CLOCK;
use crate::base::Micros;
use crate::view::alt_text;
use crate::view::scene::Size;
use crate::view::snapshot::seconds;
use crate::view::timeline::{Band, BandKind, Pin, PinKind, Tick, timeline};

/// The ids of the strip, of the mark in it, and of the live region.
const TRACK: &str = "track";
const PLAYHEAD: &str = "playhead";
const LIVE: &str = "live";
/// A mark's text needs this much room, px.
const TICK_ROOM: f64 = 36.0;
/// Below this height there is no ruler and no lane name, px.
const THIN: f64 = 50.0;

#[function_component(Overview)]
pub(super) fn overview() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
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
        <div class="track" id={TRACK} role="slider" tabindex="0" aria-label={handle.text("moment")}
            aria-valuemin="0" aria-valuemax={most.to_string()} aria-valuenow={value.to_string()}
            aria-valuetext={text} onpointerdown={scrub(false)} onpointermove={scrub(true)}
            onkeydown={keydown}>
            { handle.read(strip) }
            <div class="playhead" id={PLAYHEAD}>
                <svg viewBox="0 0 16 14" aria-hidden="true"><path d="M0 0h16v6l-8 8-8-8z"
                    fill="var(--ink)" /></svg>
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
    let (top, height) = if thin {
        (6.0, track.h - 12.0)
    } else {
        (18.0, track.h - 22.0)
    };
    html! {
        <svg aria-hidden="true">
            <defs>
                <pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)">
                    <rect width="9" height="9" fill="var(--bg)" />
                    <rect width="3.5" height="9" fill="var(--elect-tint)" />
                </pattern>
            </defs>
            { for model.ticks.iter().map(|mark| tick(mark, x(mark.at), track)) }
            if !thin {
                <text x="0" y={px(top + height / 2.0 + 4.0)}>{ store.texts.get("lane-leader") }
                    </text>
            }
            { for model.bands.iter().map(|b| band(b, (x(b.from), x(b.to)), (top, height))) }
            { for model.pins.iter().map(|p| pin(p, x(p.at), top, track.h)) }
        </svg>
    }
}

fn px(length: f64) -> String {
    format!("{length:.1}")
}

fn tick(mark: &Tick, x: f64, track: Size) -> Html {
    let thin = track.h < THIN;
    let fits = x + TICK_ROOM < track.w;
    html! {
        <>
            <line x1={px(x)} x2={px(x)} y1={if thin { "2" } else { "12" }} y2={px(track.h)}
                stroke="var(--line)" />
            if !thin && fits { <text x={px(x + 3.0)} y="10" font-size="11">{ &mark.label }</text> }
        </>
    }
}

fn band(band: &Band, (from, to): (f64, f64), (top, height): (f64, f64)) -> Html {
    let (fill, stroke, ink) = match band.kind {
        BandKind::Leads => ("var(--zab-tint)", "var(--zab)", "fill:var(--ink)"),
        BandKind::Hollow => ("url(#hatch)", "var(--elect)", "fill:var(--elect)"),
        BandKind::Nobody => ("var(--elect-fill)", "var(--elect)", "fill:var(--on-elect)"),
    };
    let halo = (band.kind == BandKind::Hollow).then_some("var(--bg)");
    html! {
        <>
            <rect x={px(from)} y={px(top)} width={px((to - from).max(2.0))} height={px(height)}
                rx="2"
                {fill} {stroke} stroke-width="1.5" />
            if let Some(label) = &band.label {
                <text x={px(from + 8.0)} y={px(top + height / 2.0 + 4.5)} font-size="13"
                    font-weight="700"
                    style={ink} stroke={halo} stroke-width="5" paint-order="stroke">{ label }</text>
            }
        </>
    }
}

fn pin(pin: &Pin, x: f64, top: f64, height: f64) -> Html {
    let icon = match pin.kind {
        PinKind::Bolt => Icon::Kill,
        PinKind::Pause => Icon::Pause,
        PinKind::Cut => Icon::Cut,
        PinKind::Back => Icon::Undo,
    };
    let y = top - 4.0;
    let place = format!("translate({:.1} {:.1}) scale(.375)", x - 4.5, y - 4.5);
    html! {
        <>
            <line x1={px(x)} x2={px(x)} y1={px(top - 2.0)} y2={px(height)} stroke="var(--you)"
                stroke-width="2" />
            <circle cx={px(x)} cy={px(y)} r="8" fill="var(--you-fill)" stroke="var(--bg)"
                stroke-width="1.5" />
            if pin.count > 1 {
                <text x={px(x)} y={px(y + 4.0)} text-anchor="middle" font-size="11"
                    font-weight="700"
                    style="fill:var(--on-you)">{ pin.count }</text>
            } else {
                <path d={icon.path()} transform={place} fill="none" stroke="var(--on-you)"
                    stroke-width="3" />
            }
        </>
    }
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
                .set_property("transform", &format!("translateX({left:.1}px)"));
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
