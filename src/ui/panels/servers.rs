//! Servers: the stage as a list, complete; and what is selected of it.

use crate::ui::widgets::words;
use yew::{Html, html};

use super::super::action::Action;
use super::super::store::{Handle, Store};
use super::super::widgets::body::{Look, mini};
use super::super::widgets::glyph::glyph;
use super::super::widgets::{cells, picture};
use crate::view::Target;
use crate::view::palette::Glyph;
use crate::view::servers_table::{Row, rows};

pub(super) fn body(handle: &Handle) -> Html {
    let rows = handle.read(|store| rows(&store.engine.snapshot(), &store.texts));
    let has_clients = rows.iter().any(|row| row.clients.is_some());
    let head = |key: &str| html! { <th scope="col">{ handle.said(key) }</th> };
    html! {
        <>
            { selected(handle) }
            <table class="srv">
                <thead><tr>
                    { head("table-server") }
                    { head("table-state") }
                    { head("table-epoch") }
                    { head("table-votes-for") }
                    if has_clients {
                        <th scope="col" class="n">{ handle.said("table-clients") }</th>
                    }
                    <th scope="col" class="r">{ handle.said("table-zxid") }</th>
                </tr></thead>
                <tbody>{ for rows.iter().map(|row| row_html(handle, row)) }</tbody>
            </table>
            { super::client::table(handle) }
            { logs(handle) }
            <h2>{ handle.said("legend-heading") }</h2>
            { picture(handle.read(legend)) }
        </>
    }
}

/// What moves on the stage, as markup.
fn legend(store: &Store) -> String {
    let mut markup = String::from("<ul class='legend'>");
    for kind in Glyph::ALL {
        markup.extend(["<li>", &glyph(kind), &store.texts.get(kind.key()), "</li>"]);
    }
    markup + "</ul>"
}

/// The ends of all logs under one another.
fn logs(handle: &Handle) -> Html {
    let markup = handle.read(|store| {
        let snapshot = store.engine.snapshot();
        let logs = &snapshot.logs;
        if logs.columns.is_empty() {
            return None;
        }
        let mut markup = String::from("<div class='logs'><span></span>");
        markup += &cells::heads(&logs.heads());
        for (sid, row) in &logs.rows {
            let name = store.texts.sid(*sid);
            markup.extend(["<b>", &name, "</b>"]);
            markup += &cells::row(&row.cells, &logs.summary(*sid, &store.texts));
        }
        Some(markup + "</div>")
    });
    markup.map_or_else(Html::default, |markup| {
        html! {
            <>
                <h2>
                    { handle.said("logs-heading") }
                    <small>{ handle.said("logs-filled") }</small>
                </h2>
                { picture(markup) }
            </>
        }
    })
}

fn row_html(handle: &Handle, row: &Row) -> Html {
    let sid = row.sid;
    let select = handle.does(Action::Select(Some(Target::Server(sid))));
    let look = Look {
        standing: row.standing,
        is_paused: row.is_paused,
    };
    let votes = if row.is_voting { "elect" } else { "dim" };
    html! {
        <tr key={sid.0} onclick={select}>
            <td>
                <button type="button" class="nm">
                    { mini(look, Some(sid), 30) }{ words(&row.name) }
                </button>
            </td>
            <td>{ words(&row.state) }</td>
            <td class="mono">{ words(&row.epoch) }</td>
            <td class={votes}>{ words(&row.votes_for) }</td>
            if let Some(clients) = &row.clients { <td class="n">{ words(clients) }</td> }
            <td class="mono r">{ words(&row.zxid) }</td>
        </tr>
    }
}

/// What is said of a selected link or message.
fn selected(handle: &Handle) -> Html {
    let name = handle.read(|store| {
        let target = store.selection?;
        crate::view::alt_text::target_name(&store.engine.snapshot(), target, &store.texts)
    });
    name.map_or_else(
        Html::default,
        |name| html! { <p class="picked"><b>{ name }</b></p> },
    )
}
