//! The keyboard map as a dialog, with the switch that turns single letters off.

use web_sys::HtmlInputElement;
use yew::{Event, Html, TargetCast, html};

use super::action::Action;
use super::keys::MAP;
use super::store::{Handle, Store};
use super::widgets::dialog::Dialog;
use super::widgets::picture;

pub(super) fn help(handle: &Handle) -> Html {
    let keys_on = handle.read(|store| store.keys);
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
                { picture(handle.read(map)) }
                <label class="switch">
                    <input type="checkbox" checked={keys_on} onchange={switch} />
                    { handle.said("help-switch") }
                </label>
            </div>
        </Dialog>
    }
}

/// The keys and what they do, as markup: nothing in it ever changes but the language.
fn map(store: &Store) -> String {
    let (key, does) = (store.texts.get("help-key"), store.texts.get("help-does"));
    let mut out = format!(
        "<table class='help'><thead><tr><th scope='col'>{key}</th><th scope='col'>{does}</th></tr>\
         </thead><tbody>"
    );
    for (keys, text) in MAP {
        out += "<tr><td>";
        for key in *keys {
            // Two of the keys are marks of markup itself.
            let key = match *key {
                "<" => "&lt;",
                ">" => "&gt;",
                key => key,
            };
            out.extend(["<kbd>", key, "</kbd> "]);
        }
        out.extend(["</td><td>", &store.texts.get(text), "</td></tr>"]);
    }
    out + "</tbody></table>"
}
