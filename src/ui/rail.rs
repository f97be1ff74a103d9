//! The tool rail: what a click or a stroke on the stage does, and two acts that need no place.

use crate::ui::widgets::truth;
use yew::{Html, html};

use super::action::Action;
use super::icons::Icon;
use super::store::Handle;
use super::tool::Tool;
use crate::sim::Command;

pub(super) fn rail(handle: &Handle) -> Html {
    let held = handle.read(|store| store.tool);
    let button = |tool: Tool| {
        let harms = !matches!(tool, Tool::Select | Tool::Write);
        html! {
            <button type="button" class={if harms { "tool harm" } else { "tool" }}
                data-tool={tool.name()}
                aria-pressed={truth(tool == held)} title={handle.label(tool.hint())}
                onclick={handle.does(Action::Take(tool))}>
                { tool.icon().html() }
                { handle.said(tool.key()) }
            </button>
        }
    };
    let heal = handle.does(Action::Run(Command::HealAll));
    let undo = handle.does(Action::Undo);
    html! {
        <nav class="rail" aria-label={handle.label("tools")}>
            { button(Tool::Select) }
            { button(Tool::Write) }
            <hr aria-hidden="true" />
            { for Tool::ALL.into_iter().skip(2).map(button) }
            <hr aria-hidden="true" />
            <button type="button" class="tool" onclick={heal} title={handle.label("heal-all-hint")}>
                { Icon::Heal.html() }{ handle.said("heal") }
            </button>
            <button type="button" class="tool" onclick={undo} title={handle.label("undo-hint")}>
                { Icon::Undo.html() }{ handle.said("undo") }
            </button>
        </nav>
    }
}
