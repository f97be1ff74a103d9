//! Inspector: everything about the selected server.

use std::fmt::Write as _;

use crate::ui::widgets::truth;
use crate::ui::widgets::words;
use yew::{Html, html};

use super::super::action::{Action, MenuAt};
use super::super::icons::Icon;
use super::super::menu::verb_icon;
use super::super::store::Handle;
use super::super::widgets::body::{Look, mini};
use super::super::widgets::{cells, picture};
use crate::protocol::Sid;
use crate::view::actions::{MenuItem, menu};
use crate::view::decimal::decimal;
use crate::view::inspector::{Ballot, Fact, Inspector, TimerRow, inspect};
use crate::view::texts::Texts;

pub(super) fn body(handle: &Handle, sid: Sid) -> Html {
    let model = handle.read(|store| {
        let snapshot = store.engine.snapshot();
        let seen = inspect(&snapshot, sid, store.engine.now(), &store.texts)?;
        Some((seen, menu(&snapshot, sid, &store.texts)))
    });
    let Some((seen, verbs)) = model else {
        return Html::default();
    };
    html! {
        <>
            { head(handle, &seen) }
            <div class="acts">{ for verbs.iter().map(|item| act(handle, sid, item)) }</div>
            <div class="asks">{ super::why::about_server(handle, sid) }</div>
            { picture(handle.read(|store| details(&store.texts, &seen))) }
        </>
    }
}

fn head(handle: &Handle, seen: &Inspector) -> Html {
    let look = Look {
        standing: seen.standing,
        is_paused: seen.is_paused,
    };
    let name = handle.read(|store| store.texts.sid(seen.sid));
    html! {
        <div class="ihead">
            <button type="button" class="btn" aria-label={handle.label("all-servers")}
                onclick={handle.does(Action::Select(None))}>
                { Icon::Back.html() }
            </button>
            { mini(look, Some(seen.sid), 64) }
            <div>
                <h2 class="h">{ format!("{name} · {}", seen.state) }</h2>
                <p>{ words(&seen.summary) }</p>
            </div>
        </div>
    }
}

fn act(handle: &Handle, sid: Sid, item: &MenuItem) -> Html {
    let (verb, dimmed) = (item.verb, item.dimmed.is_some());
    let click = {
        let handle = handle.clone();
        move |_| {
            if dimmed {
                let at = handle.read(|store| store.beside(sid));
                handle.act(Action::Menu(Some(MenuAt::Server(sid, at))));
            } else {
                handle.act(Action::Run(verb.command(sid)));
            }
        }
    };
    html! {
        <button type="button" aria-disabled={truth(dimmed)} title={item.dimmed.clone()}
            onclick={click}>
            { verb_icon(verb).html() }
            { handle.said(super::super::menu::short_name(verb)) }
        </button>
    }
}

// What only says something is written as markup: elements cost code one by one, and all of it is
// numbers, or sentences of the page itself. Writing to a `String` cannot fail.

/// Ballots, timers, epochs, log and data.
fn details(texts: &Texts, seen: &Inspector) -> String {
    let mut out = String::from("<div class='rest'>");
    ballots(&mut out, texts, seen);
    if !seen.timers.is_empty() {
        heading(&mut out, &texts.get("inspect-timers"));
        for row in &seen.timers {
            timer(&mut out, row);
        }
    }
    if !seen.facts.is_empty() {
        heading(&mut out, &texts.get("inspect-epochs"));
        facts(&mut out, &seen.facts);
    }
    if !seen.log.is_empty() {
        heading(&mut out, &texts.get("inspect-log"));
        out += &cells::row(&seen.log, &seen.log_says);
    }
    if !seen.data.is_empty() {
        heading(&mut out, &texts.get("inspect-data"));
        facts(&mut out, &seen.data);
    }
    out + "</div>"
}

fn heading(out: &mut String, text: &str) {
    out.extend(["<h2>", text, "</h2>"]);
}

fn ballots(out: &mut String, texts: &Texts, seen: &Inspector) {
    if seen.ballots.is_empty() {
        return;
    }
    let said = |key: &str| texts.get(key);
    let (title, note) = (said("inspect-ballots"), said("larger-wins"));
    heading(out, &format!("{title}<small>{note}</small>"));
    *out += "<table class='ballots'><thead><tr>";
    for (class, head) in [
        ("", said("inspect-from")),
        ("", said("inspect-for")),
        ("r", said("epoch")),
        ("r", String::from("zxid")),
        ("r", said("inspect-id")),
        ("vh", said("agrees")),
    ] {
        let _ = write!(out, "<th scope='col' class='{class}'>{head}</th>");
    }
    *out += "</tr></thead><tbody>";
    for ballot in &seen.ballots {
        row(out, texts, (seen.sid, ballot));
    }
    *out += "</tbody></table>";
    if let Some(agreement) = &seen.agreement {
        out.extend(["<p class='agree'>", agreement, "</p>"]);
    }
}

fn row(out: &mut String, texts: &Texts, (me, ballot): (Sid, &Ballot)) {
    let own = if ballot.from == me {
        format!(" <span class='own'>{}</span>", texts.get("itself"))
    } else {
        String::new()
    };
    let (class, tick) = if ballot.agrees {
        ("win", Icon::Check.svg("i tick"))
    } else {
        ("", String::new())
    };
    let (from, leader) = (texts.sid(ballot.from), texts.sid(ballot.leader));
    let (epoch, zxid, id) = (ballot.epoch, &ballot.zxid, ballot.leader);
    let _ = write!(
        out,
        "<tr class='{class}'><td>{from}{own}</td><td>{leader}</td><td class='r mono'>{epoch}</td>\
         <td class='r mono'>{zxid}</td><td class='r mono'>{id}</td><td class='r'>{tick}</td></tr>"
    );
}

fn timer(out: &mut String, row: &TimerRow) {
    let (label, left, width) = (&row.label, &row.left, decimal(row.share * 100.0, 1));
    let class = if row.is_low { "bar warn" } else { "bar" };
    let _ = write!(
        out,
        "<div class='tl'><span>{label}</span><b class='mono'>{left}</b></div>\
         <div class='{class}' aria-hidden='true'><i style='width:{width}%'></i></div>"
    );
}

/// Labels with their values.
pub(super) fn facts(out: &mut String, facts: &[Fact]) {
    *out += "<dl class='kv'>";
    for Fact {
        label,
        value,
        exact,
    } in facts
    {
        let _ = write!(out, "<dt>{label}</dt><dd class='mono'>{value}");
        if let Some(exact) = exact {
            out.extend([" <span class='own'>", exact, "</span>"]);
        }
        *out += "</dd>";
    }
    *out += "</dl>";
}
