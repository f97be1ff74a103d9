//! The one native test binary.

mod conformance;
