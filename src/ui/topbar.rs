//! The top bar: the name, `zoo.cfg`, language, theme, help.

use yew::{Html, html};

use super::action::{Action, Dialog, MenuAt};
use super::icons::Icon;
use super::prefs::Theme;
use super::space::View;
use super::store::Handle;
use super::widgets::picture;
use crate::view::texts::Language;

pub(super) fn top_bar(handle: &Handle) -> Html {
    let (language, theme) = handle.read(|store| (store.texts.language(), store.theme));
    let other = if language == Language::En {
        Language::Zh
    } else {
        Language::En
    };
    let config = handle.does(Action::Dialog(Some(Dialog::Config(None))));
    let help = handle.does(Action::Dialog(Some(Dialog::Help)));
    let tools = handle.does(Action::Menu(Some(MenuAt::Tools)));
    let switch_language = handle.does(Action::Language(other));
    let switch_theme = handle.does(Action::Theme(theme.other()));
    let theme_icon = if theme == Theme::Dark {
        Icon::Sun
    } else {
        Icon::Moon
    };
    let theme_name = if theme == Theme::Dark {
        "theme-to-light"
    } else {
        "theme-to-dark"
    };
    // The name of a language is written, and read out, in that language.
    let (short, name) = match other {
        Language::En => ("EN", "EN, English"),
        Language::Zh => ("中", "中文"),
    };
    html! {
        <header class="top">
            <div class="brand">{ logo() }{ "ZabScope" }</div>
            { views(handle) }
            <div class="tools">
                <button type="button" class="btn wide" onclick={config}>
                    { Icon::File.html() }{ handle.said("open-config") }
                </button>
                <button type="button" class="btn" id="language" lang={other.tag()} aria-label={name}
                    onclick={switch_language}>
                    { short }
                </button>
                <button type="button" class="btn" id="theme" aria-label={handle.label(theme_name)}
                    onclick={switch_theme}>
                    { theme_icon.html() }
                </button>
                <button type="button" class="btn wide" aria-label={handle.label("help")}
                    onclick={help}>
                    { Icon::Help.html() }
                </button>
                <button type="button" class="btn narrow" aria-haspopup="menu" id="more"
                    aria-label={handle.label("more")} onclick={tools}>
                    { Icon::Menu.html() }
                </button>
            </div>
        </header>
    }
}

/// The stage or the diagram.
fn views(handle: &Handle) -> Html {
    let shown = handle.read(|store| store.view);
    let tab = |view: View, key: &str| {
        let current = (shown == view).then_some("page");
        html! {
            <button type="button" class="btn" aria-current={current}
                onclick={handle.does(Action::View(view))}>
                { handle.said(key) }
            </button>
        }
    };
    html! {
        <nav class="views" aria-label={handle.label("views")}>
            { tab(View::Stage, "view-stage") }
            { tab(View::Space, "view-space") }
        </nav>
    }
}

fn logo() -> Html {
    picture(
        "<svg viewBox='0 0 32 32' aria-hidden='true'>\
         <circle cx='16' cy='16' r='13.5' fill='none' stroke='var(--ink)' stroke-width='3' \
         stroke-dasharray='14.5 2.46'/>\
         <polygon points='24,16 20,22.93 12,22.93 8,16 12,9.07 20,9.07' fill='var(--zab-fill)'/>\
         </svg>",
    )
}
