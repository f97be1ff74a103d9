//! Menus: the verbs for a server, and on a phone the tools and the page's own buttons.
//!
//! A verb that cannot apply now is dimmed and says why; it can still be reached, so that the reason
//! can be read.

use std::collections::BTreeSet;

use web_sys::HtmlElement;
use yew::{
    Callback, Html, KeyboardEvent, Properties, function_component, html, use_context,
    use_effect_with, use_node_ref,
};

use super::action::{Action, Dialog, MenuAt};
use super::dom;
use super::icons::Icon;
use super::store::{Handle, Store};
use super::tool::Tool;
use super::widgets::tabs::neighbour;
use crate::protocol::Sid;
use crate::sim::{Command, Fault};
use crate::view::Target;
use crate::view::scene::Point;

/// One line of a menu.
#[derive(Clone, Debug, PartialEq)]
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
#[function_component(Menus)]
pub(super) fn menus() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    let Some(menu) = handle.read(|store| store.menu) else {
        return Html::default();
    };
    let (heading, items, at) = handle.read(|store| match menu {
        MenuAt::Server(sid, at) => (store.name_of(sid), verbs(store, sid), at),
        MenuAt::Tools => (
            store.texts.get("tools"),
            tools(store),
            Point::new(9_999.0, 60.0),
        ),
    });
    html! { <Menu {heading} {items} {at} /> }
}

fn verbs(store: &Store, sid: Sid) -> Vec<Item> {
    let texts = &store.texts;
    let others = store
        .engine
        .sids()
        .into_iter()
        .filter(|&other| other != sid);
    let side: BTreeSet<Sid> = others.collect();
    let act = |icon, label: &str, key, fault: Fault, apart| {
        let command = Command::Inject { fault };
        let reason = store
            .engine
            .refusal(&command)
            .map(|rejected| store.explain(&rejected));
        Item {
            icon,
            label: texts.get(label),
            key,
            reason,
            action: Action::Run(command),
            apart,
        }
    };
    let cut_off = Fault::Partition {
        side: BTreeSet::from([sid]),
    };
    let mut items = vec![
        act(Icon::Kill, "verb-kill", "K", Fault::Kill { sid }, false),
        act(
            Icon::Plug,
            "verb-plug",
            "⇧K",
            Fault::PullPlug { sid },
            false,
        ),
        act(
            Icon::Restart,
            "verb-restart",
            "K",
            Fault::Restart { sid },
            false,
        ),
        act(Icon::Pause, "verb-pause", "P", Fault::Pause { sid }, false),
        act(
            Icon::Resume,
            "verb-resume",
            "P",
            Fault::Resume { sid },
            false,
        ),
    ];
    if !side.is_empty() {
        items.push(act(Icon::Partition, "verb-cut-off", "X", cut_off, true));
    }
    items.push(Item {
        icon: Icon::Select,
        label: texts.get("verb-inspect"),
        key: "",
        reason: None,
        action: Action::Select(Some(Target::Server(sid))),
        apart: side.is_empty(),
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

#[derive(Clone, Debug, PartialEq, Properties)]
struct Props {
    heading: String,
    items: Vec<Item>,
    at: Point,
}

/// Where the items lie in the menu's element.
const MENU: &str = "menu";

#[function_component(Menu)]
fn menu(props: &Props) -> Html {
    let handle = use_context::<Handle>();
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
    let Some(handle) = handle else {
        return Html::default();
    };
    let count = props.items.len();
    let close = handle.callback(|()| Action::Menu(None));
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
                    aria-disabled={dimmed.to_string()} onclick={choose} onkeydown={keydown}>
                    { item.icon.classed(if dimmed { "plain" } else { "" }) }
                    <span>
                        { &item.label }
                        if let Some(reason) = &item.reason { <span class="reason">{ reason }</span> }
                    </span>
                    if !item.key.is_empty() && !dimmed { <kbd aria-hidden="true">{ item.key }</kbd> }
                </button>
            </>
        }
    };
    let outside = handle.callback(|_: yew::PointerEvent| Action::Menu(None));
    let style = format!("left:{:.0}px;top:{:.0}px", props.at.x, props.at.y);
    html! {
        <>
            <div class="scrim" onpointerdown={outside} aria-hidden="true"></div>
            <div ref={node} class="menu" {style}>
                <p class="mh">{ &props.heading }</p>
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
    let _ = menu.style().set_property("left", &format!("{left:.0}px"));
    let _ = menu.style().set_property("top", &format!("{top:.0}px"));
}
