//! Controls that follow the ARIA patterns and know nothing of clusters.

pub(super) mod body;
pub(super) mod dialog;
pub(super) mod glyph;
pub(super) mod tabs;
