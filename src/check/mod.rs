//! Promises: what must always hold, one file a property, watched while the world runs.
//!
//! Checks read steps and worlds, never change them, and are never read by the engine. A check that
//! has never fired is not a check: each file's tests show it firing.
//!
//! | property | specification | TLA+ |
//! |---|---|---|
//! | [`Leadership`] | S1, S2 | `Leadership1`, `Leadership2` |
//! | [`Order`] | S3, S5, S6 | `PrefixConsistency`, `Agreement`, `TotalOrder` |
//! | [`Integrity`] | S4 | `Integrity` |
//! | [`PrimaryOrder`] | S7, S8 | `LocalPrimaryOrder`, `GlobalPrimaryOrder` |
//! | [`PrimaryIntegrity`] | S9 | `PrimaryIntegrity` |
//! | [`Kept`] | S10 | |
//! | [`Epochs`] | S12 | |
//! | [`EpochAck`] | S13 | |
//! | [`EpochData`] | S14 | |
//! | [`NewLeaderAck`] | S15 | |
//! | [`ProposalAck`] | S16 | |
//! | [`FollowerLog`] | S17 | |
//! | [`Commits`] | S18 | `commitInconsistent` |
//! | [`Legal`] | S19 | `messageIllegal` |
//! | [`CommittedLog`] | S20 | |
//! | [`QuorumUse`] | S21 | |
//! | [`Votes`] | S22 | |
//! | [`SessionTable`] | C1 | |
//! | [`Ephemerals`] | C2, C3 | |
//! | [`UniqueSessions`] | C11 | |
//! | [`Recovery`] | L1, L4, L6 | |
//! | [`Departure`] | L3 | |
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

mod broken;
mod commits;
mod committed_log;
mod departure;
mod ephemerals;
mod epoch_ack;
mod epoch_data;
mod epochs;
mod follower_log;
mod history;
mod integrity;
mod kept;
mod leadership;
mod legal;
mod new_leader_ack;
mod order;
mod owed;
mod primary_integrity;
mod primary_order;
mod proposal_ack;
mod quorum_use;
mod recovery;
mod seen;
mod session_table;
mod unique_sessions;
mod votes;

#[cfg(test)]
#[path = "kit_tests.rs"]
mod kit;

#[cfg(test)]
#[path = "lab_tests.rs"]
mod lab;

#[cfg(test)]
mod broken_engine_tests;

#[cfg(test)]
mod historical_tests;

use std::sync::Arc;

pub use broken::{Broken, Violation};
pub use commits::Commits;
pub use committed_log::CommittedLog;
pub use departure::Departure;
pub use ephemerals::Ephemerals;
pub use epoch_ack::EpochAck;
pub use epoch_data::EpochData;
pub use epochs::Epochs;
pub use follower_log::FollowerLog;
pub use history::{Began, History, News, Parting};
pub use integrity::Integrity;
pub use kept::Kept;
pub use leadership::Leadership;
pub use legal::Legal;
pub use new_leader_ack::NewLeaderAck;
pub use order::Order;
pub use owed::Owed;
pub use primary_integrity::PrimaryIntegrity;
pub use primary_order::PrimaryOrder;
pub use proposal_ack::ProposalAck;
pub use quorum_use::QuorumUse;
pub use recovery::Recovery;
pub use seen::{Seen, Servers};
pub use session_table::SessionTable;
pub use unique_sessions::UniqueSessions;
pub use votes::Votes;

use crate::protocol::Quorum;
use crate::sim::{Cause, Step};

/// A row of the property table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// Stable key, for texts.
    pub key: &'static str,
    /// Its names in the specification, and ZooKeeper's TLA+ name where one exists.
    pub names: &'static str,
}

/// What a check is shown after each step that can matter.
pub trait Invariant {
    /// The property it watches.
    const PROPERTY: Property;

    /// Looks at one step.
    ///
    /// # Errors
    /// The sentence's arguments, where the property is false.
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken>;
}

macro_rules! promises {
    ($($field:ident: $check:ident,)*) => {
        /// All properties watched, in the order they are shown.
        pub const PROPERTIES: &[Property] = &[$($check::PROPERTY),*];

        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        struct Promises {
            $($field: $check,)*
        }

        impl Promises {
            fn observe(&mut self, seen: &Seen<'_>, report: &mut Vec<Violation>) {
                $(
                    if let Err(broken) = self.$field.observe(seen) {
                        Violation::report(report, $check::PROPERTY, seen.step.at, broken);
                    }
                )*
            }
        }
    };
}

promises! {
    leadership: Leadership,
    order: Order,
    integrity: Integrity,
    primary_order: PrimaryOrder,
    primary_integrity: PrimaryIntegrity,
    kept: Kept,
    epochs: Epochs,
    epoch_ack: EpochAck,
    epoch_data: EpochData,
    new_leader_ack: NewLeaderAck,
    proposal_ack: ProposalAck,
    follower_log: FollowerLog,
    commits: Commits,
    legal: Legal,
    committed_log: CommittedLog,
    quorum_use: QuorumUse,
    votes: Votes,
    session_table: SessionTable,
    ephemerals: Ephemerals,
    unique_sessions: UniqueSessions,
    recovery: Recovery,
    departure: Departure,
}

/// All checks of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    quorum: Option<Arc<Quorum>>,
    history: History,
    owed: Owed,
    promises: Promises,
    violations: Vec<Violation>,
}

impl Checks {
    /// How many violations are kept.
    pub const KEPT: usize = 64;

    /// Shows one step to every check it can matter to.
    pub fn observe(&mut self, step: &Step, servers: &dyn Servers) {
        if !seen::matters(step) {
            return;
        }
        let quorum = match &self.quorum {
            Some(quorum) => Arc::clone(quorum),
            None => match servers.config() {
                Some(config) => Arc::new(Quorum::of(&config.ensemble)),
                None => return,
            },
        };
        let speaks = !step.notes.is_empty() || !matches!(step.cause, Cause::Delivered { .. });
        let server = step.sid.filter(|_| speaks);
        let server = server.and_then(|sid| servers.status(sid));
        self.owed.take(step, servers, &quorum);
        let news = self.history.take(step, server.as_ref(), servers);
        let seen = Seen {
            step,
            server: server.as_ref(),
            servers,
            quorum: &quorum,
            history: &self.history,
            news: &news,
            owed: &self.owed,
        };
        self.promises.observe(&seen, &mut self.violations);
        self.quorum = Some(quorum);
    }

    /// What was broken so far, oldest first.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}
