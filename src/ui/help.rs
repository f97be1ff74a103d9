//! The keyboard map as a dialog, with the switch that turns single letters off.

use web_sys::HtmlInputElement;
use yew::{Event, Html, TargetCast, function_component, html, use_context};

use super::action::Action;
use super::keys::MAP;
use super::store::Handle;
use super::widgets::dialog::Dialog;

#[function_component(Help)]
pub(super) fn help() -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    let keys_on = handle.read(|store| store.keys);
    let row = |(keys, text): &(&[&str], &str)| {
        html! {
            <tr>
                <td>{ for keys.iter().map(|key| html! { <><kbd>{ key }</kbd>{ " " }</> }) }</td>
                <td>{ handle.text(text) }</td>
            </tr>
        }
    };
    let switch = handle.callback(|event: Event| {
        Action::Keys(
            event
                .target_dyn_into::<HtmlInputElement>()
                .is_none_or(|input| input.checked()),
        )
    });
    html! {
        <Dialog heading={handle.text("help-heading")} close_label={handle.text("close")}
            close={handle.callback(|()| Action::Dialog(None))}>
            <div class="dbody">
                <p>{ handle.text("help-about") }</p>
                <table class="help">
                    <thead><tr>
                        <th scope="col">{ handle.text("help-key") }</th>
                        <th scope="col">{ handle.text("help-does") }</th>
                    </tr></thead>
                    <tbody>{ for MAP.iter().map(row) }</tbody>
                </table>
                <label class="switch">
                    <input type="checkbox" checked={keys_on} onchange={switch} />
                    { handle.text("help-switch") }
                </label>
            </div>
        </Dialog>
    }
}
