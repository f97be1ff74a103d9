//! What a watcher sees and reads, as plain values: pictures, sentences, tables.
//!
//! No web crate is named here and nothing is painted; `ui` puts these values on the page.
//! Floats are allowed: nothing here flows back into a run.

pub mod scene;
pub mod snapshot;

pub use scene::{Scene, Shape, Target};
pub use snapshot::{Lens, Snapshot};
