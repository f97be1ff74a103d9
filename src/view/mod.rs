//! What a watcher sees and reads, as plain values: pictures, sentences, tables.
//!
//! No web crate is named here and nothing is painted; `ui` puts these values on the page.
//! Floats are allowed: nothing here flows back into a run.

pub mod decimal;
mod few;
pub mod geometry;
pub mod logs;
pub mod scene;
pub mod snapshot;

pub mod texts;

pub mod standing;

pub mod palette;
pub mod ring;

pub mod layout;

pub mod draw;

pub mod chronicle;
pub mod narrate;
mod shadow;

pub mod actions;
pub mod alt_text;
pub mod clients;
pub mod events;
pub mod inspector;
pub mod problems;
pub mod promises;
pub mod scoreboard;
pub mod servers_table;
pub mod spacetime;
pub mod timeline;

pub use chronicle::Chronicle;
pub use draw::scene;
pub use layout::Layout;
pub use scene::{Scene, Shape, Target};
pub use snapshot::{Lens, Loss, Snapshot};
pub use texts::{Language, Texts};
