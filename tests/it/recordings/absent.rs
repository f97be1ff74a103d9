//! What was recorded and cannot be done again yet, with what it needs.

use super::Row;

pub(super) const ROWS: [Row; 16] = [
    Row::absent("leader-kill-under-load-3", &[("*", "clients that write")]),
    Row::absent("follower-return-3", &[("*", "clients that write")]),
    Row::absent(
        "follower-return-big-snapshot",
        &[("*", "clients that write")],
    ),
    Row::absent("follower-return-txnlog", &[("*", "clients that write")]),
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
    Row::absent("client-election-kill", &[("*", "clients, recipes")]),
    Row::absent("client-election-close", &[("*", "clients, recipes")]),
];
