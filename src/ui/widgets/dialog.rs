//! A modal dialog: the browser's own, with a heading, a way out, and focus put back afterwards.

use crate::ui::widgets::words;
use web_sys::HtmlDialogElement;
use yew::{
    AttrValue, Callback, Html, MouseEvent, Properties, function_component, html, use_effect_with,
    use_node_ref,
};

use super::super::icons::Icon;

#[derive(Clone, Debug, PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub(in crate::ui) heading: AttrValue,
    /// What its way out is called.
    pub(in crate::ui) close_label: AttrValue,
    pub(in crate::ui) close: Callback<()>,
    pub(in crate::ui) children: Html,
}

#[function_component(Dialog)]
pub(in crate::ui) fn dialog(props: &Props) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                // Fails where it is open already.
                let _ = dialog.show_modal();
            }
        });
    }
    let closed = props.close.reform(|_| ());
    let click = {
        let close = props.close.clone();
        let node = node.clone();
        // Only the backdrop is the dialog element itself.
        move |event: MouseEvent| {
            if event.target().as_ref() == node.get().map(Into::into).as_ref() {
                close.emit(());
            }
        }
    };
    html! {
        <dialog ref={node} aria-labelledby="dialog-heading" onclose={closed.clone()}
            onmousedown={click}>
            <div class="dlg">
                <header>
                    <h2 id="dialog-heading">{ words(&props.heading) }</h2>
                    <button type="button" class="btn" aria-label={props.close_label.clone()}
                        onclick={props.close.reform(|_| ())}>
                        { Icon::Close.html() }
                    </button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
