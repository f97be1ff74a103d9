//! A session's id, password and timeout, as the server that takes the client in makes them.
//!
//! Source: `SessionTrackerImpl.java, initializeNextSessionId`; `ZooKeeperServer.java,
//! generatePasswd, setSessionTimeout`.

use crate::protocol::ids::{SessionId, Sid};

/// What proves that a client had the session it names: 16 bytes any server can work out.
pub type Password = [u8; 16];

/// The first id a server process gives in one role, `elapsed_ms` on its monotonic clock.
///
/// The top byte is the server's, the next 40 bits the time's. Later ids follow one by one.
/// QUIRK(container-owner): `i64::MIN` marks container znodes, so it is never a session.
pub const fn first_session_id(sid: Sid, elapsed_ms: i64) -> SessionId {
    let time = (elapsed_ms << 24).cast_unsigned() >> 8;
    let id = time.cast_signed() | (sid.0 << 56);
    if id == i64::MIN {
        SessionId(id + 1)
    } else {
        SessionId(id)
    }
}

/// The password of a session: what `java.util.Random` of the disguised id gives.
pub fn password(session: SessionId) -> Password {
    const SECRET: i64 = 0xb341_5c00;
    const MULTIPLIER: u64 = 0x5_deec_e66d;
    const MASK: u64 = (1 << 48) - 1;
    let mut state = ((session.0 ^ SECRET).cast_unsigned() ^ MULTIPLIER) & MASK;
    let mut password = [0; 16];
    for (n, byte) in password.iter_mut().enumerate() {
        let within = n % 4;
        if within == 0 {
            state = state.wrapping_mul(MULTIPLIER).wrapping_add(0xb) & MASK;
        }
        // The upper 32 of 48 bits, the lowest byte first.
        let [_, _, drawn @ .., _, _] = state.to_le_bytes();
        *byte = drawn.get(within).copied().unwrap_or_default();
    }
    password
}

/// Whether `password` is that of `session`. Session 0 has none.
pub fn is_password_of(session: SessionId, given: &Password) -> bool {
    session != SessionId(0) && *given == password(session)
}

/// The limits a server puts on session timeouts, ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeoutLimits {
    /// `minSessionTimeout`, or two ticks.
    pub min_ms: i64,
    /// `maxSessionTimeout`, or twenty ticks.
    pub max_ms: i64,
}

impl TimeoutLimits {
    /// The limits of a configuration; −1 is what is not configured.
    pub const fn new(tick_time_ms: i64, min_ms: i64, max_ms: i64) -> Self {
        Self {
            min_ms: or_ticks(min_ms, tick_time_ms, 2),
            max_ms: or_ticks(max_ms, tick_time_ms, 20),
        }
    }

    /// The timeout a client gets that asks for `requested_ms`.
    pub const fn negotiate(self, requested_ms: i64) -> i64 {
        let raised = if requested_ms < self.min_ms {
            self.min_ms
        } else {
            requested_ms
        };
        if raised > self.max_ms {
            self.max_ms
        } else {
            raised
        }
    }
}

const fn or_ticks(configured_ms: i64, tick_time_ms: i64, ticks: i64) -> i64 {
    if configured_ms == -1 {
        tick_time_ms.saturating_mul(ticks)
    } else {
        configured_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_creator_of_a_session_is_in_its_top_byte() {
        let id = first_session_id(Sid(3), 1_234_567);
        assert_eq!(id.to_string(), "0x3000012d6870000");
        assert_eq!(first_session_id(Sid(384), 0), SessionId(i64::MIN + 1));
    }

    #[test]
    fn only_the_right_password_opens_a_session() {
        let session = SessionId(0x0100_0000_3e80_0000);
        let right = password(session);
        assert!(is_password_of(session, &right));
        assert!(!is_password_of(SessionId(session.0 + 1), &right));
        assert!(!is_password_of(SessionId(0), &password(SessionId(0))));
    }

    #[test]
    fn the_password_is_that_of_javas_generator() {
        // new Random(42) begins with nextInt() = -1170105035 and 234785527.
        let bytes = password(SessionId(0x2a ^ 0xb341_5c00));
        let word = |n: usize| i32::from_le_bytes(bytes[n..n + 4].try_into().expect("four"));
        assert_eq!((word(0), word(4)), (-1_170_105_035, 234_785_527));
    }

    #[test]
    fn the_lower_limit_is_applied_before_the_upper() {
        let limits = TimeoutLimits::new(2_000, -1, -1);
        assert_eq!(limits.negotiate(1), 4_000);
        assert_eq!(limits.negotiate(5_001), 5_001);
        assert_eq!(limits.negotiate(99_999), 40_000);
        assert_eq!(TimeoutLimits::new(2_000, 9, 5).negotiate(1), 5);
    }
}
