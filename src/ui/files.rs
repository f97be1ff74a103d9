//! Files dropped anywhere on the page: read here, shown in the `zoo.cfg` dialog.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File};

use super::action::{Action, Dialog};
use super::dom;
use super::store::Handle;

/// Larger files are not read at all; the parser refuses far smaller ones.
const LARGEST: f64 = 64.0 * 1024.0 * 1024.0;

/// Listens for files, for as long as the page lives.
pub(super) fn install(handle: &Handle) {
    let target = dom::window();
    let over = handle.clone();
    dom::listen(&target, "dragover", move |event: DragEvent| {
        if carries_files(&event) {
            event.prevent_default();
            if !over.read(|store| store.dropping) {
                over.act(Action::Dropping(true));
            }
        }
    });
    let leave = handle.clone();
    dom::listen(&target, "dragleave", move |event: DragEvent| {
        // Leaving for another element of the page is not leaving.
        if event.related_target().is_none() {
            leave.act(Action::Dropping(false));
        }
    });
    let drop = handle.clone();
    dom::listen(&target, "drop", move |event: DragEvent| {
        drop.act(Action::Dropping(false));
        let file = event
            .data_transfer()
            .and_then(|data| data.files())
            .and_then(|f| f.get(0));
        if let Some(file) = file {
            event.prevent_default();
            open(&drop, &file);
        }
    });
}

/// Reads a file and opens the dialog with it.
pub(super) fn open(handle: &Handle, file: &File) {
    if file.size() > LARGEST {
        let text = handle.text("config-too-large");
        handle.quietly(|store| store.say(text));
        return;
    }
    let (handle, text) = (handle.clone(), JsFuture::from(read(file)));
    spawn_local(async move {
        // A file that vanished or may not be read has no text.
        let text = text
            .await
            .ok()
            .and_then(|text| text.as_string())
            .unwrap_or_default();
        handle.act(Action::Dialog(Some(Dialog::Config(Some(text.into())))));
    });
}

fn read(file: &File) -> js_sys::Promise {
    // `File` is a `Blob`; its `text` decodes UTF-8 and replaces what is not.
    let blob: &web_sys::Blob = file.unchecked_ref();
    blob.text()
}

fn carries_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| {
        types
            .iter()
            .any(|kind| kind.as_string().as_deref() == Some("Files"))
    })
}
