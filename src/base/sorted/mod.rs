//! Small ordered collections: a [`Map`] and a [`Set`] kept as sorted vectors.
//!
//! An ensemble has a handful of servers, connections and timers. For so few entries a sorted
//! vector is as quick as a balanced tree, and in the page it is a tenth of the code: every pair
//! of types a `BTreeMap` is used with costs several kilobytes of WebAssembly, and every `collect`
//! into one brings a sorting algorithm along. Iteration is in ascending order of the keys, so two
//! runs agree.

mod map;
mod set;

pub use map::Map;
pub use set::Set;
