//! The tool rail: what a click or a stroke on the stage does, and two acts that need no place.

use yew::{Html, classes, function_component, html, use_context};

use super::action::Action;
use super::icons::Icon;
use super::store::Handle;
use super::tool::Tool;
use crate::sim::Command;

#[function_component(Rail)]
pub(super) fn rail() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    let held = handle.read(|store| store.tool);
    let button = |tool: Tool| {
        let harms = tool != Tool::Select;
        html! {
            <button type="button" class={classes!("tool", harms.then_some("harm"))}
                data-tool={tool.name()}
                aria-pressed={(tool == held).to_string()} title={handle.text(tool.hint())}
                onclick={handle.callback(move |_| Action::Take(tool))}>
                { tool.icon().html() }
                { handle.text(tool.key()) }
            </button>
        }
    };
    let heal = handle.callback(|_| Action::Run(Command::HealAll));
    let undo = handle.callback(|_| Action::Undo);
    html! {
        <nav class="rail" aria-label={handle.text("tools")}>
            { button(Tool::Select) }
            <hr aria-hidden="true" />
            { for Tool::ALL.into_iter().skip(1).map(button) }
            <hr aria-hidden="true" />
            <button type="button" class="tool" onclick={heal} title={handle.text("heal-all-hint")}>
                { Icon::Heal.html() }{ handle.text("heal") }
            </button>
            <button type="button" class="tool" onclick={undo} title={handle.text("undo-hint")}>
                { Icon::Undo.html() }{ handle.text("undo") }
            </button>
        </nav>
    }
}
