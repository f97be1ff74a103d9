//! The one native test binary.

mod conformance;
mod tidy;
