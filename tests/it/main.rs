//! The one native test binary.

mod conformance;
mod source_rules;
mod tidy;
