//! The page: what a browser shows of a run, and what a reader does to it.
//!
//! Nothing here decides what happens in a cluster. Components render [`store::Handle`] and act
//! through
//! [`action::Action`]; the stage and the playhead are painted once per frame past the virtual DOM.

mod action;
mod api;
mod caption;
mod config;
mod crash;
mod dom;
mod engine;
mod files;
mod frame;
mod help;
mod icons;
mod keys;
mod location;
mod menu;
mod overview;
mod panels;
mod prefs;
mod rail;
mod scoreboard;
mod space;
mod stage;
mod store;
mod timebar;
mod tool;
mod topbar;
mod widgets;

use yew::{Callback, Html, Properties, function_component, html, use_effect_with, use_state};

use action::Dialog;
use caption::{action_row, caption};
use config::Config;
use help::help;
use location::Asked;
use menu::menus;
use panels::panel_region;
use prefs::Theme;
use rail::rail;
use scoreboard::scoreboard;
use space::{View, space};
use stage::{Canvas, stage};
use store::{Handle, Motion, Settings, Store, Switch};
use timebar::time_bar;
use topbar::top_bar;

/// Puts the page into the document and lets time run. Does nothing where there is no page to put
/// it in.
pub fn start() {
    crash::install();
    let Some(place) = dom::by_id("app") else {
        return;
    };
    let handle = Handle::new(Store::new(&settings()));
    api::install(&handle);
    keys::install(&handle);
    files::install(&handle);
    watch_looks(&handle);
    let props = AppProps {
        handle: handle.clone(),
    };
    yew::Renderer::<App>::with_root_and_props(place.into(), props).render();
    let mut canvas = Canvas::default();
    let mut diagram = space::Canvas::default();
    frame::every_frame(move |wall| {
        if let Some(meaning) = handle.frame(wall)
            && let Some(action) = stage::pointer::action(&handle, meaning)
        {
            handle.act(action);
        }
        canvas.frame(&handle, wall);
        diagram.frame(&handle);
        overview::frame(&handle);
    });
}

/// What the address, the last visit and the system say.
fn settings() -> Settings {
    let asked = Asked::here();
    let language = asked.language.unwrap_or_else(prefs::shown_language);
    let theme = asked.theme.unwrap_or_else(Theme::shown);
    prefs::show_language(language);
    theme.show();
    let reduced = dom::media("(prefers-reduced-motion: reduce)");
    Settings {
        asked,
        language,
        theme,
        keys: if prefs::kept("keys").as_deref() == Some("off") {
            Switch::Off
        } else {
            Switch::On
        },
        motion: if reduced {
            Motion::Reduced
        } else {
            Motion::Full
        },
    }
}

/// Colours are resolved anew when the system's wishes change.
fn watch_looks(handle: &Handle) {
    for query in [
        "(prefers-color-scheme: dark)",
        "(prefers-contrast: more)",
        "(forced-colors: active)",
    ] {
        let Ok(Some(list)) = dom::window().match_media(query) else {
            continue;
        };
        let handle = handle.clone();
        dom::listen(&list, "change", move |_: web_sys::Event| {
            let dark = dom::media("(prefers-color-scheme: dark)");
            let chosen = prefs::kept("theme").is_some();
            handle.refresh(|store| {
                if query.contains("scheme") && !chosen {
                    store.theme = if dark { Theme::Dark } else { Theme::Light };
                    store.theme.show();
                }
                store.look += 1;
            });
        });
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct AppProps {
    handle: Handle,
}

#[function_component(App)]
fn app(props: &AppProps) -> Html {
    let revision = use_state(|| 0_u64);
    {
        let (handle, revision) = (props.handle.clone(), revision.setter());
        use_effect_with((), move |()| {
            handle.on_change(Callback::from(move |now| revision.set(now)));
        });
    }
    let handle = &props.handle.current();
    let (dialog, toast, dropping) =
        handle.read(|store| (store.dialog.clone(), store.toast.clone(), store.dropping));
    html! {
        <>
            { top_bar(handle) }
            { scoreboard(handle) }
            { rail(handle) }
            <main class="stage" aria-label={handle.label("stage")}>
                <h1 class="vh">{ "ZabScope" }</h1>
                { match handle.read(|store| store.view) {
                    View::Stage => stage(handle),
                    View::Space => space(handle),
                } }
                { caption(handle) }
                { menus(handle) }
                if let Some((text, _)) = toast {
                    <div class="toast" role="status">{ text }</div>
                }
                if dropping {
                    <div class="droptarget">{ handle.said("drop-here") }</div>
                }
            </main>
            { action_row(handle) }
            { panel_region(handle) }
            { time_bar(handle) }
            if let Some(dialog) = dialog {
                { match dialog {
                    Dialog::Help => help(handle),
                    Dialog::Config(text) => html! { <Config handle={handle.clone()} {text} /> },
                } }
            }
        </>
    }
}

#[cfg(test)]
#[path = "ui_tests.rs"]
mod tests;
