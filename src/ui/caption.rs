//! The narration bar: one sentence, one thing to do. On a phone the act has its own row.

use crate::ui::widgets::truth;
use yew::{Html, html};

use super::action::{Action, MenuAt};
use super::icons::Icon;
use super::store::Handle;
use super::tool::Tool;
use crate::sim::{Command, Fault};
use crate::view::actions::{Offer, offer};

pub(super) fn caption(handle: &Handle) -> Html {
    let said = handle.read(|store| store.caption.clone());
    html! {
        <div class="caption">
            <p>
                { said.text }
                if let Some(why) = said.why { <span class="why">{ why }</span> }
            </p>
            { button(handle, "act") }
        </div>
    }
}

/// The row under the stage of a phone: the act, the partition tool, everything else.
pub(super) fn action_row(handle: &Handle) -> Html {
    let partition = handle.read(|store| store.tool == Tool::Partition);
    let take = if partition {
        Tool::Select
    } else {
        Tool::Partition
    };
    html! {
        <section class="pbar" aria-label={handle.label("act")}>
            { button(handle, "act-row") }
            <button type="button" class="btn line" aria-label={handle.label("tool-partition")}
                aria-pressed={truth(partition)}
                    onclick={handle.does(Action::Take(take))}>
                { Icon::Partition.html() }
            </button>
            <button type="button" class="btn line" aria-label={handle.label("more-tools")}
                aria-haspopup="menu"
                    onclick={handle.does(Action::Menu(Some(MenuAt::Tools)))}>
                { Icon::Dots.html() }
            </button>
        </section>
    }
}

/// The one magenta button. Where there is nothing to offer an empty place keeps the row's shape.
fn button(handle: &Handle, id: &'static str) -> Html {
    let offered = handle.read(|store| offer(&store.engine.snapshot(), &store.texts));
    let Some(Offer { label, command }) = offered else {
        return html! { <span></span> };
    };
    let icon = match &command {
        Command::Inject {
            fault: Fault::Kill { .. },
        } => Icon::Kill,
        Command::Inject {
            fault: Fault::Restart { .. },
        } => Icon::Restart,
        Command::Inject {
            fault: Fault::Resume { .. },
        } => Icon::Resume,
        _ => Icon::Undo,
    };
    html! {
        <button type="button" class="btn you" {id}
            onclick={handle.does(Action::Run(command))}>
            { icon.html() }{ label }
        </button>
    }
}
