//! `window.zabscope`: the page for scripts.

use super::store::Handle;

/// Puts `zabscope` on the window.
pub(super) fn install(_handle: &Handle) {}
