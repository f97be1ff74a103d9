//! Controls that follow the ARIA patterns and know nothing of clusters.

pub(super) mod dialog;
pub(super) mod tabs;
