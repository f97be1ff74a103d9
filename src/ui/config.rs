//! `zoo.cfg` as a dialog: paste or drop, errors at their lines, nothing changes until it is valid.

use std::rc::Rc;

use yew::{Html, Properties, function_component, html, use_context};

use super::action::Action;
use super::store::Handle;
use super::widgets::dialog::Dialog;

#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct Props {
    /// The text to begin with.
    pub(super) text: Option<Rc<str>>,
}

#[function_component(Config)]
pub(super) fn config(props: &Props) -> Html {
    let Some(handle) = use_context::<Handle>() else {
        return Html::default();
    };
    let text = props.text.as_deref().unwrap_or_default().to_owned();
    html! {
        <Dialog heading={handle.text("config-heading")} close_label={handle.text("close")}
            close={handle.callback(|()| Action::Dialog(None))}>
            <div class="dbody"><pre>{ text }</pre></div>
        </Dialog>
    }
}
