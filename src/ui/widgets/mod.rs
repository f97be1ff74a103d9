//! Controls that follow the ARIA patterns and know nothing of clusters.

pub(super) mod body;
pub(super) mod cells;
pub(super) mod dialog;
pub(super) mod glyph;
pub(super) mod tabs;

use yew::virtual_dom::VText;
use yew::{AttrValue, Html};

/// A text.
pub(super) fn words(text: &str) -> Html {
    VText::new(String::from(text)).into()
}

/// A picture that says nothing to a screen reader: SVG as it stands, without a reader's text.
///
/// Markup, because a picture is never changed in place, and elements cost code one by one.
pub(super) fn picture(svg: impl Into<AttrValue>) -> Html {
    Html::from_html_unchecked(svg.into())
}

/// `true` or `false`, for an attribute.
#[expect(
    clippy::fn_params_excessive_bools,
    reason = "the value itself, not a switch"
)]
pub(super) const fn truth(is: bool) -> AttrValue {
    AttrValue::Static(if is { "true" } else { "false" })
}
