//! What was recorded and cannot be done again yet, with what it needs.

use super::Row;

pub(super) const ROWS: [Row; 10] = [
    Row::absent("outage-longer-than-session", &[("*", "clients")]),
    Row::absent(
        "expiry-over-leader-failover",
        &[("*", "clients, sessions that expire")],
    ),
    Row::absent(
        "session-expiry-follower-t500",
        &[("*", "clients, sessions that expire")],
    ),
    Row::absent(
        "session-expiry-follower-t2000",
        &[("*", "clients, sessions that expire")],
    ),
    Row::absent(
        "session-expiry-leader-t2000",
        &[("*", "clients, sessions that expire")],
    ),
    Row::absent("session-failover-follower-freeze", &[("*", "clients")]),
    Row::absent("session-failover-follower-kill", &[("*", "clients")]),
    Row::absent("session-failover-leader-kill", &[("*", "clients")]),
    Row::absent("session-moved", &[("*", "clients")]),
    Row::absent("session-timeout-negotiation", &[("*", "clients")]),
];
