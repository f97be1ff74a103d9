//! The time bar: play, step, clock, speeds, and the overview of the whole run.

use crate::ui::widgets::truth;
use yew::{Html, html};

use super::action::Action;
use super::icons::Icon;
use super::keys::SPEEDS;
use super::location::Rate;
use super::overview::overview;
use super::store::Handle;
use super::widgets::{picture, words};
use crate::base::Ppm;

/// The id of the clock, whose text changes with every frame.
pub(super) const CLOCK: &str = "clock";

pub(super) fn time_bar(handle: &Handle) -> Html {
    let playing = handle.read(|store| store.engine.playing());
    let play_name = if playing { "pause-time" } else { "play" };
    html! {
        <section class="time" aria-label={handle.label("time")}>
            <div class="tr">
                <button type="button" class="btn opt2" aria-label={handle.label("step-back")}
                    onclick={handle.does(Action::StepBack)}>
                    { Icon::StepBack.html() }
                </button>
                <button type="button" class="play" id="play" aria-label={handle.label(play_name)}
                    onclick={handle.does(Action::Play(!playing))}>
                    { icon(if playing { PAUSE } else { PLAY }) }
                </button>
                <button type="button" class="btn" id="step"
                    aria-label={handle.label("step-forward")}
                    onclick={handle.does(Action::StepForward)}>
                    { Icon::StepForward.html() }
                </button>
                <span class="clock" id={CLOCK}></span>
                { speeds(handle) }
                <span class="sp"></span>
            </div>
            { overview(handle) }
        </section>
    }
}

const PLAY: &str = "M8 4.5v15l12-7.5z";
const PAUSE: &str = "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z";

fn icon(path: &'static str) -> Html {
    picture(format!(
        "<svg viewBox='0 0 24 24' aria-hidden='true'><path d='{path}'/></svg>"
    ))
}

fn speeds(handle: &Handle) -> Html {
    let (chosen, rate, phone) =
        handle.read(|store| (store.engine.chosen_speed(), store.rate, store.phone));
    let known = SPEEDS.iter().any(|(speed, _)| *speed == chosen);
    let button = |(index, (speed, label)): (usize, &(Rate, &'static str))| {
        // A speed set from outside shows on the button for Auto's place, so that the rate always
        // shows.
        let pressed = *speed == chosen || (!known && index == 0);
        let next = SPEEDS
            .get(index + 1)
            .or(SPEEDS.first())
            .map_or(Rate::Auto, |(rate, _)| *rate);
        let target = if phone { next } else { *speed };
        let text = match (speed, chosen) {
            (Rate::Auto, Rate::Auto) => format!("{} {}", handle.text("auto"), rate_text(rate)),
            (Rate::Auto, _) if !known => rate_text(rate),
            (Rate::Auto, _) => handle.text("auto"),
            (Rate::Fixed(_), _) => (*label).to_owned(),
        };
        html! {
            <button type="button" aria-pressed={truth(pressed)}
                onclick={handle.does(Action::Speed(target))}>
                <span class={if *speed == Rate::Auto { "auto" } else { "" }}>{ words(&text) }</span>
            </button>
        }
    };
    html! {
        <div class="speed" role="group" aria-label={handle.label("speed")}>
            { for SPEEDS.iter().enumerate().map(button) }
        </div>
    }
}

/// `1/8×`, `2×`: a rate in the fewest digits that still say it.
pub(super) fn rate_text(rate: Ppm) -> String {
    let one = Ppm::ONE.0;
    if rate.0 >= one {
        return format!("{}×", (rate.0 + one / 2) / one);
    }
    let below = one / rate.0.max(1);
    let rounded = match below {
        0..=19 => below,
        20..=199 => below / 10 * 10,
        _ => below / 100 * 100,
    };
    format!("1/{rounded}×")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_like_fractions() {
        assert_eq!(rate_text(Ppm(2_000_000)), "2×");
        assert_eq!(rate_text(Ppm(1_000_000)), "1×");
        assert_eq!(rate_text(Ppm(125_000)), "1/8×");
        assert_eq!(rate_text(Ppm(90_909)), "1/11×");
        assert_eq!(rate_text(Ppm(333)), "1/3000×");
        assert_eq!(rate_text(Ppm(0)), "1/1000000×");
    }
}
