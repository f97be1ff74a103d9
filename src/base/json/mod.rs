//! JSON: the one way it is read, with places and messages, and the one way it is written.
//!
//! A text becomes a [`Document`]; a [`Place`] in it is asked for what it should be, and what is
//! wrong becomes a [`Problem`] that names the path, the line and the column, and can be said in any
//! language. A [`Writer`] takes the same things in order. Types read and write themselves with
//! these two; nothing is generated.

mod parse;
mod place;
mod problem;
mod write;

#[cfg(test)]
mod tests;

pub use parse::Document;
pub use place::Place;
pub use problem::{KINDS, Kind, Problem};
pub use write::Writer;
