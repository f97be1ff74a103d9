//! Why: the chain of reasons from what is seen back to the act that began it.

use yew::{Html, html};

use super::super::action::Action;
use super::super::store::Handle;
use super::super::widgets::words;
use crate::protocol::Sid;
use crate::sim::ClientId;
use crate::trace::Question;
use crate::view::Target;
use crate::view::events::clock;

pub(super) fn body(handle: &Handle) -> Html {
    let answer = handle.read(|store| {
        let answer = store.space.answer.as_ref()?;
        let mut seqs: Vec<u64> = answer.chain.links.iter().map(|link| link.seq).collect();
        seqs.dedup();
        let lines = store.engine.story().lines_at(&seqs);
        let rows: Vec<(u64, crate::base::Micros, String, Option<String>)> = lines
            .iter()
            .map(|line| {
                let text = line.text(&store.texts);
                (line.seq, line.at, text, line.why_text(&store.texts))
            })
            .collect();
        Some((rows, answer.chain.is_whole, answer.at))
    });
    html! {
        <>
            { questions(handle) }
            { match answer {
                Some((rows, is_whole, at)) => html! {
                    <>
                        <h2 class="h">{ words(&handle.read(|store| {
                            store.texts.with("why-at", &vec![("clock", clock(at).into())])
                        })) }</h2>
                        <ol class="events why">
                            { for rows.into_iter().map(|row| link(handle, row)) }
                        </ol>
                        if !is_whole { <p class="note">{ handle.said("why-cut") }</p> }
                    </>
                },
                None => html! { <p class="note">{ handle.said("why-none") }</p> },
            } }
        </>
    }
}

fn link(
    handle: &Handle,
    (seq, at, text, why): (u64, crate::base::Micros, String, Option<String>),
) -> Html {
    html! {
        <li key={format!("{seq}-{text}")}>
            <button type="button" onclick={handle.does(Action::Jump(at))}>
                <time>{ words(&clock(at)) }</time>
                <span>
                    { words(&text) }
                    if let Some(why) = why { <span class="k">{ " " }{ words(&why) }</span> }
                </span>
            </button>
        </li>
    }
}

/// What can be asked about what is selected, or about the leader.
fn questions(handle: &Handle) -> Html {
    let (server, client) = handle.read(|store| match store.selection {
        Some(Target::Client(id)) => (None, Some(id)),
        _ => (store.subject(), None),
    });
    html! {
        <div class="asks">
            if let Some(sid) = server { { about_server(handle, sid) } }
            if let Some(id) = client { { about_client(handle, id) } }
        </div>
    }
}

/// Buttons that ask about a server.
pub(super) fn about_server(handle: &Handle, sid: Sid) -> Html {
    let ask = |key: &str, question: Question| {
        let label = handle.read(|store| {
            let args = vec![("who", store.texts.sid(sid).into())];
            store.texts.with(key, &args)
        });
        html! {
            <button type="button" class="btn line" onclick={handle.does(Action::Why(question))}>
                { words(&label) }
            </button>
        }
    };
    html! {
        <>
            { ask("why-state", Question::State(sid)) }
            { ask("why-vote", Question::Vote(sid)) }
        </>
    }
}

/// The button that asks about a client.
pub(super) fn about_client(handle: &Handle, id: ClientId) -> Html {
    html! {
        <button type="button" class="btn line"
            onclick={handle.does(Action::Why(Question::Client(id)))}>
            { handle.said("why-client") }
        </button>
    }
}
