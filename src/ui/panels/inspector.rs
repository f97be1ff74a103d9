//! Inspector: everything about the selected server.

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
            { ballots(handle, &seen) }
            if !seen.timers.is_empty() {
                <h2>{ handle.said("inspect-timers") }</h2>
                { for seen.timers.iter().map(timer) }
            }
            if !seen.facts.is_empty() {
                <h2>{ handle.said("inspect-epochs") }</h2>
                <dl class="kv">{ for seen.facts.iter().map(fact) }</dl>
            }
            if !seen.log.is_empty() {
                <h2>{ handle.said("inspect-log") }</h2>
                { picture(cells::row(&seen.log, &seen.log_says)) }
            }
            if !seen.data.is_empty() {
                <h2>{ handle.said("inspect-data") }</h2>
                <dl class="kv">{ for seen.data.iter().map(fact) }</dl>
            }
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

fn ballots(handle: &Handle, seen: &Inspector) -> Html {
    if seen.ballots.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h2>{ handle.said("inspect-ballots") }<small>{ handle.said("larger-wins") }</small></h2>
            <table class="ballots">
                <thead><tr>
                    <th scope="col">{ handle.said("inspect-from") }</th>
                    <th scope="col">{ handle.said("inspect-for") }</th>
                    <th scope="col" class="r">{ handle.said("epoch") }</th>
                    <th scope="col" class="r">{ "zxid" }</th>
                    <th scope="col" class="r">{ handle.said("inspect-id") }</th>
                    <th scope="col"><span class="vh">{ handle.said("agrees") }</span></th>
                </tr></thead>
                <tbody>{ for seen.ballots.iter().map(|ballot| row(handle, seen.sid, ballot)) }
                    </tbody>
            </table>
            if let Some(agreement) = &seen.agreement { <p class="agree">{ agreement }</p> }
        </>
    }
}

fn row(handle: &Handle, me: Sid, ballot: &Ballot) -> Html {
    let name = |sid: Sid| handle.read(|store| store.texts.sid(sid));
    html! {
        <tr class={if ballot.agrees { "win" } else { "" }}>
            <td>
                { name(ballot.from) }
                if ballot.from == me { <span class="own">{ " " }{ handle.said("itself") }</span> }
            </td>
            <td>{ name(ballot.leader) }</td>
            <td class="r mono">{ ballot.epoch }</td>
            <td class="r mono">{ words(&ballot.zxid) }</td>
            <td class="r mono">{ ballot.leader.0 }</td>
            <td class="r">if ballot.agrees { { Icon::Check.classed("i tick") } }</td>
        </tr>
    }
}

fn timer(row: &TimerRow) -> Html {
    let width = format!("width:{}%", decimal(row.share * 100.0, 1));
    html! {
        <>
            <div class="tl">
                <span>{ words(&row.label) }</span>
                <b class="mono">{ words(&row.left) }</b>
            </div>
            <div class={if row.is_low { "bar warn" } else { "bar" }} aria-hidden="true">
                <i style={width}></i>
            </div>
        </>
    }
}

fn fact(fact: &Fact) -> Html {
    html! {
        <>
            <dt>{ words(&fact.label) }</dt>
            <dd class="mono">
                { words(&fact.value) }
                if let Some(exact) = &fact.exact { <span class="own">{ " " }{ exact }</span> }
            </dd>
        </>
    }
}
