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
//! | [`Acknowledged`] | S11 | |
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
//! | [`Expiry`] | C4, L5 | |
//! | [`EphemeralEnd`] | C5 | |
//! | [`SessionOrder`] | C6 | |
//! | [`MonotonicReads`] | C7 | |
//! | [`OwnWrites`] | C8 | |
//! | [`WatchOrder`] | C9 | |
//! | [`SessionMoved`] | C10 | |
//! | [`Offers`] | R1 | |
//! | [`Herd`] | R2 | |
//! | [`Recovery`] | L1, L4, L6 | |
//! | [`Progress`] | L2 | |
//! | [`Departure`] | L3 | |
#![deny(clippy::float_arithmetic)]
#![warn(clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

mod acknowledged;
mod broken;
mod calls;
mod commits;
mod committed_log;
mod departure;
mod ephemeral_end;
mod ephemerals;
mod epoch_ack;
mod epoch_data;
mod epochs;
mod expiry;
mod follower_log;
mod herd;
mod history;
mod integrity;
mod kept;
mod leadership;
mod ledger;
mod legal;
mod monotonic_reads;
mod new_leader_ack;
mod offers;
mod order;
mod owed;
mod own_writes;
mod primary_integrity;
mod primary_order;
mod progress;
mod proposal_ack;
mod quorum_use;
mod recovery;
mod seen;
mod session_moved;
mod session_order;
mod session_table;
mod unique_sessions;
mod votes;
mod watch_order;

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

#[cfg(test)]
mod client_runs_tests;

use std::sync::Arc;

pub use acknowledged::Acknowledged;
pub use broken::{Broken, Violation};
pub use calls::{Call, Caller, Calls, Ended, Heard, Turn};
pub use commits::Commits;
pub use committed_log::CommittedLog;
pub use departure::Departure;
pub use ephemeral_end::EphemeralEnd;
pub use ephemerals::Ephemerals;
pub use epoch_ack::EpochAck;
pub use epoch_data::EpochData;
pub use epochs::Epochs;
pub use expiry::Expiry;
pub use follower_log::FollowerLog;
pub use herd::Herd;
pub use history::{Began, History, News, Parting};
pub use integrity::Integrity;
pub use kept::Kept;
pub use leadership::Leadership;
pub use ledger::{Content, Ledger};
pub use legal::Legal;
pub use monotonic_reads::MonotonicReads;
pub use new_leader_ack::NewLeaderAck;
pub use offers::Offers;
pub use order::Order;
pub use owed::Owed;
pub use own_writes::OwnWrites;
pub use primary_integrity::PrimaryIntegrity;
pub use primary_order::PrimaryOrder;
pub use progress::Progress;
pub use proposal_ack::ProposalAck;
pub use quorum_use::QuorumUse;
pub use recovery::Recovery;
pub use seen::{Seen, Servers};
pub use session_moved::SessionMoved;
pub use session_order::SessionOrder;
pub use session_table::SessionTable;
pub use unique_sessions::UniqueSessions;
pub use votes::Votes;
pub use watch_order::WatchOrder;

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
    acknowledged: Acknowledged,
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
    expiry: Expiry,
    ephemeral_end: EphemeralEnd,
    session_order: SessionOrder,
    monotonic_reads: MonotonicReads,
    own_writes: OwnWrites,
    watch_order: WatchOrder,
    session_moved: SessionMoved,
    unique_sessions: UniqueSessions,
    offers: Offers,
    herd: Herd,
    recovery: Recovery,
    progress: Progress,
    departure: Departure,
}

/// All checks of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    quorum: Option<Arc<Quorum>>,
    history: History,
    owed: Owed,
    calls: Calls,
    ledger: Ledger,
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
        let heard = self.calls.take(step);
        let news = self.history.take(step, server.as_ref(), servers);
        self.ledger
            .take(server.as_ref(), servers, (&self.history, &news));
        let seen = Seen {
            step,
            server: server.as_ref(),
            servers,
            quorum: &quorum,
            history: &self.history,
            news: &news,
            owed: &self.owed,
            calls: &self.calls,
            heard: &heard,
            ledger: &self.ledger,
        };
        self.promises.observe(&seen, &mut self.violations);
        self.quorum = Some(quorum);
    }

    /// What was agreed on so far.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// What was broken so far, oldest first.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}
