//! What the reader prefers, remembered between visits where the browser allows it.
//!
//! Light and dark follow the system until the reader chooses. Nothing here touches a run.

use super::dom;
use crate::view::texts::Language;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// Ink on paper; the projector's theme.
    #[default]
    Light,
    /// For dim rooms.
    Dark,
}

impl Theme {
    /// The value of `data-theme`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.name() == name)
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    /// What the root element shows now: the page's first script has set it.
    pub(super) fn shown() -> Self {
        let name = dom::root().and_then(|root| root.get_attribute("data-theme"));
        name.and_then(|name| Self::from_name(&name))
            .unwrap_or_default()
    }

    pub(super) fn show(self) {
        if let Some(root) = dom::root() {
            // Fails for a name that is not a name.
            let _ = root.set_attribute("data-theme", self.name());
        }
    }
}

/// The language the root element says: the page's first script has set it.
pub(super) fn shown_language() -> Language {
    let tag = dom::root().map(|root| root.lang()).unwrap_or_default();
    Language::from_tag(&tag).unwrap_or_default()
}

pub(super) fn show_language(language: Language) {
    if let Some(root) = dom::root() {
        root.set_lang(language.tag());
    }
}

/// Keeps a preference.
pub(super) fn keep(key: &str, value: &str) {
    if let Some(storage) = dom::storage() {
        // Full or forbidden: then it is not remembered.
        let _ = storage.set_item(&format!("zabscope.{key}"), value);
    }
}

/// A preference kept before.
pub(super) fn kept(key: &str) -> Option<String> {
    dom::storage()?
        .get_item(&format!("zabscope.{key}"))
        .ok()
        .flatten()
}
