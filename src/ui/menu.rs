//! Menus: the verbs for a server, and on a phone the tools and the page's own buttons.
//!
//! A verb that cannot apply now is dimmed and says why; it can still be reached, so that the
//! reason can
//! be read.

use crate::ui::widgets::truth;
use crate::ui::widgets::words;
use web_sys::HtmlElement;
use yew::{
    Callback, Html, KeyboardEvent, Properties, function_component, html, use_effect_with,
    use_node_ref,
};

use super::action::{Action, Dialog, MenuAt};
use super::dom;
use super::icons::Icon;
use super::store::{Handle, Store};
use super::tool::Tool;
use super::widgets::tabs::neighbour;
use crate::protocol::Sid;
use crate::sim::{ClientId, Command};
use crate::view::Target;
use crate::view::actions::{self, Verb};
use crate::view::clients::{self, ClientVerb};
use crate::view::scene::Point;

/// One line of a menu.
#[derive(Clone, Debug)]
struct Item {
    icon: Icon,
    label: String,
    key: &'static str,
    /// Why it cannot be done now.
    reason: Option<String>,
    action: Action,
    /// True where a line separates it from the item before.
    apart: bool,
}

/// The menu that is open, if one is.
pub(super) fn menus(handle: &Handle) -> Html {
    let Some(menu) = handle.read(|store| store.menu) else {
        return Html::default();
    };
    let (heading, items, at) = handle.read(|store| match menu {
        MenuAt::Server(sid, at) => (store.name_of(sid), verbs(store, sid), at),
        MenuAt::Client(id, at) => (store.client_name(id), client_verbs(store, id), at),
        MenuAt::Tools => (
            store.texts.get("tools"),
            tools(store),
            Point::new(9_999.0, 60.0),
        ),
    });
    html! { <Menu handle={handle.clone()} {heading} {items} {at} /> }
}

/// A verb's pictogram.
pub(super) const fn verb_icon(verb: Verb) -> Icon {
    match verb {
        Verb::Kill => Icon::Kill,
        Verb::PullPlug => Icon::Plug,
        Verb::Restart => Icon::Restart,
        Verb::Pause => Icon::Pause,
        Verb::Resume => Icon::Resume,
        Verb::Isolate => Icon::Partition,
    }
}

/// The key of a verb's name where room is scarce.
pub(super) const fn short_name(verb: Verb) -> &'static str {
    match verb {
        Verb::Kill => "tool-kill",
        Verb::PullPlug => "tool-plug",
        Verb::Restart => "tool-restart",
        Verb::Pause => "tool-pause",
        Verb::Resume => "verb-resume",
        Verb::Isolate => "short-isolate",
    }
}

fn verbs(store: &Store, sid: Sid) -> Vec<Item> {
    let verbs = actions::menu(&store.engine.snapshot(), sid, &store.texts);
    let item = |item: actions::MenuItem| Item {
        icon: verb_icon(item.verb),
        label: item.label,
        key: item.verb.shortcut(),
        reason: item.dimmed,
        action: Action::Run(item.verb.command(sid)),
        apart: item.verb == Verb::Isolate,
    };
    let mut items: Vec<Item> = verbs.into_iter().map(item).collect();
    items.push(Item {
        icon: Icon::Select,
        label: store.texts.get("verb-inspect"),
        key: "",
        reason: None,
        action: Action::Show(Target::Server(sid)),
        apart: false,
    });
    items
}

/// A client's verb's pictogram.
pub(super) const fn client_verb_icon(verb: ClientVerb) -> Icon {
    match verb {
        ClientVerb::Write => Icon::Write,
        ClientVerb::Read => Icon::Read,
        ClientVerb::Ephemeral => Icon::Ephemeral,
        ClientVerb::Disconnect | ClientVerb::Cut => Icon::Cut,
        ClientVerb::Close => Icon::Close,
        ClientVerb::Kill => Icon::Kill,
    }
}

/// The key of a client's verb's name where room is scarce.
pub(super) const fn short_client_name(verb: ClientVerb) -> &'static str {
    match verb {
        ClientVerb::Write => "verb-write",
        ClientVerb::Read => "verb-read",
        ClientVerb::Ephemeral => "short-ephemeral",
        ClientVerb::Disconnect => "short-disconnect",
        ClientVerb::Cut => "tool-cut",
        ClientVerb::Close => "short-close",
        ClientVerb::Kill => "tool-kill",
    }
}

fn client_verbs(store: &Store, id: ClientId) -> Vec<Item> {
    let snapshot = store.engine.snapshot();
    let verbs = snapshot
        .client(id)
        .map(|client| clients::menu(client, &store.texts));
    let mut items = Vec::new();
    for item in verbs.unwrap_or_default() {
        items.push(Item {
            icon: client_verb_icon(item.verb),
            label: item.label,
            key: item.verb.shortcut(),
            reason: item.dimmed,
            action: Action::Run(item.command),
            apart: item.verb == ClientVerb::Disconnect,
        });
    }
    items.push(Item {
        icon: Icon::Select,
        label: store.texts.get("verb-inspect"),
        key: "",
        reason: None,
        action: Action::Show(Target::Client(id)),
        apart: false,
    });
    items
}

fn tools(store: &Store) -> Vec<Item> {
    let item = |icon, label: &str, action, apart| Item {
        icon,
        label: store.texts.get(label),
        key: "",
        reason: None,
        action,
        apart,
    };
    let tools = Tool::ALL
        .into_iter()
        .map(|tool| item(tool.icon(), tool.key(), Action::Take(tool), false));
    let mut items: Vec<Item> = tools.collect();
    items.extend([
        item(Icon::Heal, "heal", Action::Run(Command::HealAll), true),
        item(Icon::Undo, "undo", Action::Undo, false),
        item(Icon::StepBack, "step-back", Action::StepBack, false),
        item(
            Icon::File,
            "open-config",
            Action::Dialog(Some(Dialog::Config(None))),
            true,
        ),
        item(
            Icon::Help,
            "help",
            Action::Dialog(Some(Dialog::Help)),
            false,
        ),
    ]);
    items
}

#[derive(Clone, Debug, Properties)]
struct Props {
    handle: Handle,
    heading: String,
    items: Vec<Item>,
    at: Point,
}

/// All of it was read from one revision of the store.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.handle == other.handle
    }
}

/// Where the items lie in the menu's element.
const MENU: &str = "menu";

#[function_component(Menu)]
fn menu(props: &Props) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.at, move |_| {
            let before = dom::document().active_element();
            if let Some(menu) = node.cast::<HtmlElement>() {
                keep_inside(&menu);
            }
            focus_item(0);
            move || {
                let back =
                    before.and_then(|e| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(e).ok());
                // What is gone cannot take the focus back.
                let _ = back.map(|element| element.focus());
            }
        });
    }
    let handle = &props.handle;
    let count = props.items.len();
    let close = handle.does(Action::Menu(None));
    let item = |(index, item): (usize, &Item)| {
        let (dimmed, action) = (item.reason.is_some(), item.action.clone());
        let choose = {
            let handle = handle.clone();
            Callback::from(move |_: yew::MouseEvent| {
                if !dimmed {
                    handle.act(Action::Menu(None));
                    handle.act(action.clone());
                }
            })
        };
        let close = close.clone();
        let keydown = move |event: KeyboardEvent| {
            event.stop_propagation();
            match event.key().as_str() {
                "Escape" | "Tab" => {
                    event.prevent_default();
                    close.emit(());
                }
                key => {
                    if let Some(next) = neighbour(key, index, count) {
                        event.prevent_default();
                        focus_item(next);
                    }
                }
            }
        };
        html! {
            <>
                if item.apart { <hr role="separator" /> }
                <button type="button" role="menuitem" id={format!("{MENU}-{index}")} tabindex="-1"
                    aria-disabled={truth(dimmed)} onclick={choose} onkeydown={keydown}>
                    { item.icon.classed(if dimmed { "i plain" } else { "i" }) }
                    <span>
                        { words(&item.label) }
                        if let Some(reason) = &item.reason { <span class="reason">{ reason }
                            </span> }
                    </span>
                    if !item.key.is_empty() && !dimmed { <kbd aria-hidden="true">{ item.key }
                        </kbd> }
                </button>
            </>
        }
    };
    let outside = handle.does(Action::Menu(None));
    let style = dom::placed(props.at.whole());
    html! {
        <>
            <div class="scrim" onpointerdown={outside} aria-hidden="true"></div>
            <div ref={node} class="menu" {style}>
                <p class="mh">{ words(&props.heading) }</p>
                <div role="menu" aria-label={props.heading.clone()}>
                    { for props.items.iter().enumerate().map(item) }
                </div>
            </div>
        </>
    }
}

fn focus_item(index: usize) {
    if let Some(item) = dom::by_id(&format!("{MENU}-{index}")) {
        // An item that cannot take the focus just does not.
        let _ = item.focus();
    }
}

/// Moves a menu that would hang over the window's edge.
fn keep_inside(menu: &HtmlElement) {
    let area = menu.get_bounding_client_rect();
    let window = dom::window();
    let side = |length: Result<wasm_bindgen::JsValue, _>| {
        length
            .ok()
            .and_then(|length: wasm_bindgen::JsValue| length.as_f64())
            .unwrap_or_default()
    };
    let (w, h) = (side(window.inner_width()), side(window.inner_height()));
    let left = area.left().min(w - area.width() - 8.0).max(8.0);
    let top = area.top().min(h - area.height() - 8.0).max(8.0);
    // Fails for a property that does not exist.
    let _ = menu
        .style()
        .set_property("left", &dom::px(left.round_ties_even()));
    let _ = menu
        .style()
        .set_property("top", &dom::px(top.round_ties_even()));
}
