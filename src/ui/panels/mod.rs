//! The panel beside the stage: tabs, and what each of them shows. On a phone it is a bottom sheet.
//!
//! A further panel is one file here and one row of [`PANELS`].

mod client;
mod events;
mod inspector;
mod promises;
mod servers;
mod why;

use yew::{AttrValue, Html, html};

use super::action::Action;
use super::store::Handle;
use super::widgets::tabs::tabs;
use crate::view::Target;

/// A panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PanelId {
    /// All servers as a list, or the selected one.
    #[default]
    Servers,
    /// What happened.
    Events,
    /// What must always hold, and whether it did.
    Promises,
    /// Why something is as it is.
    Why,
}

/// What a panel is called and how it is rendered.
#[derive(Debug)]
pub(super) struct Panel {
    pub(super) id: PanelId,
    /// The key of its name.
    pub(super) name: &'static str,
    body: fn(&Handle) -> Html,
}

/// Every panel, in the order of the tabs.
pub(super) const PANELS: &[Panel] = &[
    Panel {
        id: PanelId::Servers,
        name: "panel-servers",
        body: servers::body,
    },
    Panel {
        id: PanelId::Events,
        name: "panel-events",
        body: events::body,
    },
    Panel {
        id: PanelId::Promises,
        name: "panel-promises",
        body: promises::body,
    },
    Panel {
        id: PanelId::Why,
        name: "why",
        body: why::body,
    },
];

/// The panel region.
pub(super) fn panel_region(handle: &Handle) -> Html {
    let (open, shown) = handle.read(|store| (store.sheet, store.panel));
    let names = PANELS
        .iter()
        .map(|panel| handle.text(panel.name))
        .collect::<Vec<_>>();
    let index = PANELS
        .iter()
        .position(|panel| panel.id == shown)
        .unwrap_or_default();
    // The first panel shows the selected server or client instead of all.
    let selected = handle.read(|store| store.selection);
    let body = match (shown, selected) {
        (PanelId::Servers, Some(Target::Server(sid))) => inspector::body(handle, sid),
        (PanelId::Servers, Some(Target::Client(id))) => client::body(handle, id),
        _ => PANELS
            .get(index)
            .map(|panel| (panel.body)(handle))
            .unwrap_or_default(),
    };
    let label = AttrValue::from(handle.text("details"));
    let choose = handle.callback(|index: usize| {
        Action::Open(PANELS.get(index).map(|panel| panel.id).unwrap_or_default())
    });
    html! {
        <aside class={if open { "panel open" } else { "panel" }}
            aria-label={label.clone()}>
            { tabs(&label, "panel-body", (&names, index), &choose) }
            <div class="pbody" id="panel-body" role="tabpanel" tabindex="0"
                aria-labelledby={format!("panel-body-tab-{index}")}>
                { body }
            </div>
        </aside>
    }
}
