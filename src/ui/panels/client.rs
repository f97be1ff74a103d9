//! Clients: all of them as a list, and everything about the selected one.

use crate::ui::widgets::truth;
use crate::ui::widgets::words;
use yew::{Html, html};

use super::super::action::Action;
use super::super::icons::Icon;
use super::super::menu::{client_verb_icon, short_client_name};
use super::super::store::Handle;
use super::super::widgets::picture;
use super::inspector;
use crate::sim::ClientId;
use crate::view::Target;
use crate::view::clients::{MenuItem, Row, Service, facts, menu, rows};

/// All clients; nothing in a run without any.
pub(super) fn table(handle: &Handle) -> Html {
    let rows = handle.read(|store| {
        let engine = &store.engine;
        rows(&engine.snapshot(), engine.now(), &store.texts)
    });
    if rows.is_empty() {
        return Html::default();
    }
    let head = |key: &str| html! { <th scope="col">{ handle.said(key) }</th> };
    html! {
        <>
            <h2>{ handle.said("panel-clients") }</h2>
            <table class="srv cli">
                <thead><tr>
                    { head("table-client") }
                    { head("table-state") }
                    { head("table-at") }
                    <th scope="col" class="r">{ handle.said("table-done") }</th>
                </tr></thead>
                <tbody>{ for rows.iter().map(|row| row_html(handle, row)) }</tbody>
            </table>
        </>
    }
}

fn row_html(handle: &Handle, row: &Row) -> Html {
    let select = handle.does(Action::Select(Some(Target::Client(row.id))));
    let state = match row.service {
        Service::Served => "served",
        Service::Waiting => "elect",
        _ => "dim",
    };
    html! {
        <tr key={row.id.0} onclick={select}>
            <td><button type="button" class="nm">{ words(&row.name) }</button></td>
            <td class={state}>{ words(&row.state) }</td>
            <td>{ words(&row.server) }</td>
            <td class="mono r">{ words(&row.done) }</td>
        </tr>
    }
}

/// Everything about one client.
pub(super) fn body(handle: &Handle, id: ClientId) -> Html {
    let model = handle.read(|store| {
        let snapshot = store.engine.snapshot();
        let client = snapshot.client(id)?;
        Some((
            store.client_name(id),
            menu(client, &store.texts),
            facts(client, &store.texts),
        ))
    });
    let Some((name, verbs, facts)) = model else {
        return Html::default();
    };
    let mut markup = String::new();
    inspector::facts(&mut markup, &facts);
    // `Client A, served, at S3`: the name is the heading, the rest its second line.
    let (name, state) = name.split_once([',', '，']).unwrap_or((&name, ""));
    html! {
        <>
            <div class="ihead">
                <button type="button" class="btn" aria-label={handle.label("all-servers")}
                    onclick={handle.does(Action::Select(None))}>{ Icon::Back.html() }</button>
                <div>
                    <h2 class="h">{ words(name) }</h2>
                    <p>{ words(state.trim()) }</p>
                </div>
            </div>
            <div class="acts three">{ for verbs.iter().map(|item| act(handle, item)) }</div>
            <div class="asks">{ super::why::about_client(handle, id) }</div>
            { picture(markup) }
        </>
    }
}

fn act(handle: &Handle, item: &MenuItem) -> Html {
    let dimmed = item.dimmed.is_some();
    let click = {
        let (handle, command) = (handle.clone(), item.command.clone());
        move |_: yew::MouseEvent| {
            if !dimmed {
                handle.act(Action::Run(command.clone()));
            }
        }
    };
    html! {
        <button type="button" aria-disabled={truth(dimmed)}
            title={item.dimmed.clone().unwrap_or_else(|| item.label.clone())} onclick={click}>
            { client_verb_icon(item.verb).html() }
            { handle.said(short_client_name(item.verb)) }
        </button>
    }
}
