//! The keyboard map as a dialog, with the switch that turns single letters off.

use web_sys::HtmlInputElement;
use yew::{Event, Html, TargetCast, html};

use super::action::Action;
use super::keys::MAP;
use super::store::Handle;
use super::widgets::dialog::Dialog;

pub(super) fn help(handle: &Handle) -> Html {
    let keys_on = handle.read(|store| store.keys);
    let row = |(keys, text): &(&[&str], &str)| {
        html! {
            <tr>
                <td>{ for keys.iter().map(|key| html! { <><kbd>{ key }</kbd>{ " " }</> }) }</td>
                <td>{ handle.said(text) }</td>
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
        <Dialog heading={handle.label("help-heading")} close_label={handle.label("close")}
            close={handle.does(Action::Dialog(None))}>
            <div class="dbody">
                <p>{ handle.said("help-about") }</p>
                <table class="help">
                    <thead><tr>
                        <th scope="col">{ handle.said("help-key") }</th>
                        <th scope="col">{ handle.said("help-does") }</th>
                    </tr></thead>
                    <tbody>{ for MAP.iter().map(row) }</tbody>
                </table>
                <label class="switch">
                    <input type="checkbox" checked={keys_on} onchange={switch} />
                    { handle.said("help-switch") }
                </label>
            </div>
        </Dialog>
    }
}
