//! The workshop: installs what is missing, builds, serves and tests.

fn main() {}
