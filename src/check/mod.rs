//! Promises: what must always hold, one file a property, watched while the world runs.
//!
//! Checks read steps and worlds, never change them, and are never read by the engine. A check that
//! has never fired is not a check: each file's tests show it firing.
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

mod epochs;
mod leadership;

use serde::{Deserialize, Serialize};

pub use epochs::Epochs;
pub use leadership::Leadership;

use crate::base::Micros;
use crate::protocol::Sid;
use crate::sim::{ServerStatus, Step};

/// A row of the property table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// Stable key, for texts.
    pub key: &'static str,
    /// Its names in the specification, and ZooKeeper's TLA+ name where one exists.
    pub names: &'static str,
}

/// All properties watched, in the order they are shown.
pub const PROPERTIES: [Property; 2] = [Leadership::PROPERTY, Epochs::PROPERTY];

/// What a check is shown after each step: the servers the step may have changed.
pub trait Invariant {
    /// The property it watches.
    const PROPERTY: Property;

    /// Looks at one step.
    ///
    /// # Errors
    /// The sentence's arguments, the first time the property is false.
    fn observe(&mut self, step: &Step, server: Option<&ServerStatus>) -> Result<(), Broken>;
}

/// How a property was broken.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Broken {
    /// The servers concerned.
    pub sids: Vec<Sid>,
    /// What was seen, in numbers, for people who read logs.
    pub detail: String,
}

/// A property that was seen false.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// The property's key.
    pub property: String,
    /// When it was first false.
    pub at: Micros,
    /// How.
    pub broken: Broken,
}

/// All checks of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checks {
    leadership: Leadership,
    epochs: Epochs,
    violations: Vec<Violation>,
}

impl Checks {
    /// How many violations are kept.
    pub const KEPT: usize = 64;

    /// Shows one step to every check. `server` is the status of the step's server after it.
    pub fn observe(&mut self, step: &Step, server: Option<&ServerStatus>) {
        let results = [
            (Leadership::PROPERTY, self.leadership.observe(step, server)),
            (Epochs::PROPERTY, self.epochs.observe(step, server)),
        ];
        for (property, result) in results {
            if let Err(broken) = result
                && self.violations.len() < Self::KEPT
            {
                let property = property.key.to_owned();
                self.violations.push(Violation {
                    property,
                    at: step.at,
                    broken,
                });
            }
        }
    }

    /// What was broken so far, oldest first.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}
