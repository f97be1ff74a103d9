//! `ZabScope`: a complete `ZooKeeper` ensemble that lives in a browser page.
//!
//! A *peer* is a value with one method: input in, effects out.
//! A *world* is a value that owns time, randomness, wires and disks, and delivers one event per
//! step.
//! A *run* is scenario + seed + commands so far; those three replay it byte for byte, so they are
//! the share link, the bug report and the time machine.
//! A *scene* is a pure function of a world and an instant; the canvas only paints it.
//! Everything except painting and DOM events is tested natively, without a browser.
//!
//! Imports go only leftwards along this line, never between siblings in braces (the `tidy` test
//! enforces it):
//! `base` ‹ `protocol` ‹ `sim` ‹ {`check`, `scenario`} ‹ `run` ‹ {`trace`, `lab`} ‹ `view` ‹ {`ui`,
//! `cli`} ‹ binaries.

pub mod base;
pub mod check;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod lab;
pub mod protocol;
pub mod run;
pub mod scenario;
pub mod sim;
pub mod trace;
pub mod ui;
pub mod view;
