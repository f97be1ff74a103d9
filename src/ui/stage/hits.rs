//! A real button over every server and every client: one stop each in the tab order, arrows round
//! the ring and from client to client.

use crate::ui::widgets::truth;
use yew::{Html, KeyboardEvent, MouseEvent, html};

use super::super::action::{Action, MenuAt, Typed};
use super::super::dom;
use super::super::store::{Handle, Store};
use super::super::widgets::tabs::{focus_sibling, neighbour};
use crate::sim::ClientId;
use crate::view::Target;
use crate::view::scene::{Point, Size};

/// A button and where it lies.
#[derive(Clone, Debug)]
struct Hit {
    target: Target,
    at: Point,
    size: Size,
    name: String,
}

/// More clients than this share pills, which have no buttons; all are in the panel.
const CLIENTS: usize = 12;

pub(super) fn hits(handle: &Handle) -> Html {
    let (servers, clients) = handle.read(|store| (servers(store), clients(store)));
    html! {
        <>
            { group(handle, "servers-group", &servers) }
            if !clients.is_empty() { { group(handle, "clients-group", &clients) } }
        </>
    }
}

fn servers(store: &Store) -> Vec<Hit> {
    let layout = store.layout();
    let side = layout.hit_diameter();
    let mut hits = Vec::with_capacity(layout.places.len());
    for place in &layout.places {
        hits.push(Hit {
            target: Target::Server(place.sid),
            at: place.at,
            size: Size { w: side, h: side },
            name: store.name_of(place.sid),
        });
    }
    hits
}

fn clients(store: &Store) -> Vec<Hit> {
    let snapshot = store.engine.snapshot();
    if snapshot.clients.len() > CLIENTS {
        return Vec::new();
    }
    let layout = store.layout();
    let mut homes = Vec::with_capacity(snapshot.clients.len());
    homes.extend(snapshot.clients.iter().map(|client| client.home));
    let pill = layout.pill();
    let mut hits = Vec::with_capacity(homes.len());
    for (client, at) in snapshot.clients.iter().zip(layout.client_spots(&homes)) {
        let id = client.status.id;
        hits.push(Hit {
            target: Target::Client(id),
            at,
            size: Size {
                w: (pill.w + 4.0).max(44.0),
                h: (pill.h + 4.0).max(if store.coarse_pointer { 44.0 } else { 24.0 }),
            },
            name: store.client_name(id),
        });
    }
    hits
}

fn group(handle: &Handle, label: &str, hits: &[Hit]) -> Html {
    let (selected, stops) = handle.read(|store| {
        let servers = store.stop.map(Target::Server);
        let clients = store.client_stop.map(Target::Client);
        (store.selection, [servers, clients])
    });
    let known = |target: &Option<Target>| hits.iter().any(|hit| Some(hit.target) == *target);
    let first = hits.first().map(|hit| hit.target);
    let wanted = [stops[0], stops[1], selected, first];
    let current = wanted.into_iter().find(known).flatten();
    let targets: std::rc::Rc<[Target]> = hits.iter().map(|hit| hit.target).collect();
    let button = |(index, hit): (usize, &Hit)| {
        let target = hit.target;
        let (w, h) = (dom::px(hit.size.w), dom::px(hit.size.h));
        let style = format!("{};width:{w};height:{h}", dom::placed(hit.at));
        let keydown = {
            let (handle, targets) = (handle.clone(), targets.clone());
            move |event: KeyboardEvent| pressed(&handle, &event, (&targets, index))
        };
        // A click without a pointer: Space, or a screen reader. Pointers are read on the stage
        // itself.
        let click = {
            let handle = handle.clone();
            move |event: MouseEvent| {
                if event.detail() == 0 {
                    handle.act(Action::Tap(Some(target)));
                }
            }
        };
        let (class, sid, client) = match target {
            Target::Client(id) => ("hit pill", None, Some(id.to_string())),
            Target::Server(sid) => ("hit", Some(sid.to_string()), None),
            _ => ("hit", None, None),
        };
        html! {
            <button type="button" key={index} {class} data-sid={sid} data-client={client} {style}
                aria-pressed={truth(selected == Some(target))} aria-label={hit.name.clone()}
                aria-haspopup="menu" tabindex={if current == Some(target) { "0" } else { "-1" }}
                onclick={click} onkeydown={keydown}>
            </button>
        }
    };
    html! {
        <div class="hits" role="group" aria-label={handle.label(label)}>
            { for hits.iter().enumerate().map(button) }
        </div>
    }
}

/// Enter opens the menu, arrows go on to a neighbour.
fn pressed(handle: &Handle, event: &KeyboardEvent, (targets, index): (&[Target], usize)) {
    let key = event.key();
    // While something is being typed Enter ends that.
    let is_idle = handle.read(|store| store.typed == Typed::Nothing);
    if key == "Enter" && is_idle {
        let menu = handle.read(|store| match targets.get(index)? {
            Target::Server(sid) => Some(MenuAt::Server(*sid, store.beside(*sid))),
            Target::Client(id) => Some(MenuAt::Client(*id, store.beside_client(*id))),
            _ => None,
        });
        event.prevent_default();
        handle.act(Action::Menu(menu));
    } else if let Some(next) = neighbour(&key, index, targets.len()) {
        event.prevent_default();
        let target = targets.get(next).copied();
        handle.refresh(|store| stop_at(store, target));
        focus_sibling(event, next);
    }
}

fn stop_at(store: &mut Store, target: Option<Target>) {
    match target {
        Some(Target::Server(sid)) => store.stop = Some(sid),
        Some(Target::Client(ClientId(id))) => store.client_stop = Some(ClientId(id)),
        _ => {}
    }
}
