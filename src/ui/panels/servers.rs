//! Servers: the stage as a list, complete; and what is selected of it.

use crate::ui::widgets::words;
use yew::{Html, html};

use super::super::action::Action;
use super::super::store::Handle;
use super::super::widgets::body::{Look, mini};
use super::super::widgets::glyph::glyph;
use super::super::widgets::{cells, picture};
use crate::view::Target;
use crate::view::palette::Glyph;
use crate::view::servers_table::{Row, rows};

pub(super) fn body(handle: &Handle) -> Html {
    let rows = handle.read(|store| rows(&store.engine.snapshot(), &store.texts));
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
                    <th scope="col" class="r">{ handle.said("table-zxid") }</th>
                </tr></thead>
                <tbody>{ for rows.iter().map(|row| row_html(handle, row)) }</tbody>
            </table>
            { logs(handle) }
            <h2>{ handle.said("legend-heading") }</h2>
            <ul class="legend">
                { for Glyph::ALL.into_iter().map(|kind| html! {
                    <li>{ glyph(kind) }{ handle.said(kind.key()) }</li>
                }) }
            </ul>
        </>
    }
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
