//! What was recorded and cannot be done again yet, with what it needs.

use super::Row;

pub(super) const ROWS: [Row; 2] = [
    Row::absent(
        "session-moved",
        &[(
            "*",
            "a client that comes back elsewhere while its former connection is open",
        )],
    ),
    Row::absent(
        "session-timeout-negotiation",
        &[("*", "a client that asks for 0 ms")],
    ),
];
