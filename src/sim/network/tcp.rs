//! When a kernel tries again: Linux's retransmission times, as its defaults have them.
//!
//! Numbers only. Source: Linux `tcp(7)`, `tcp_syn_retries` 6, `tcp_retries2` 15, `TCP_RTO_MIN`
//! 200 ms, `TCP_RTO_MAX` 120 s, and eight retries for a socket that no process holds any more.

use crate::base::Micros;

/// The first retransmission of data comes this long after it was sent.
pub(crate) const RTO_MIN: Micros = Micros::from_ms(200);
const RTO_MAX: Micros = Micros::from_ms(120_000);
/// Retransmissions of data before the kernel gives a connection up.
pub(crate) const RETRIES: u32 = 15;
/// The same for a connection whose process is gone.
const ORPHAN_RETRIES: u32 = 8;
const SYN_RETRIES: u32 = 6;

/// The instant of retransmission `n` of what was first sent at `since`; the 0th is the first
/// sending.
pub(crate) fn retransmission(since: Micros, n: u32) -> Micros {
    let (mut at, mut rto) = (since, RTO_MIN);
    for _ in 0..n {
        at += rto;
        rto = Micros((rto.0 * 2).min(RTO_MAX.0));
    }
    at
}

/// The first retransmission at or after `now`; `None` where there will be none.
pub(crate) fn next_retransmission(since: Micros, now: Micros) -> Option<Micros> {
    (1..=RETRIES)
        .map(|n| retransmission(since, n))
        .find(|at| *at >= now)
}

/// When a kernel gives up a connection that has been without an acknowledgement since `since`.
pub(crate) fn gives_up_at(since: Micros) -> Micros {
    retransmission(since, RETRIES + 1)
}

/// The same where no process holds the socket any more.
pub(crate) fn forgets_orphan_at(since: Micros) -> Micros {
    retransmission(since, ORPHAN_RETRIES + 1)
}

/// When the SYN of a dial begun at `since` is sent for the `n`-th time again (from 1), while it
/// is.
pub(crate) fn syn_retry(since: Micros, n: u32) -> Option<Micros> {
    (n <= SYN_RETRIES).then(|| since + Micros::from_ms(((1 << n) - 1) * 1_000))
}

/// When a kernel gives up a dial by itself.
pub(crate) fn dial_gives_up_at(since: Micros) -> Micros {
    since + Micros::from_ms(((1 << (SYN_RETRIES + 1)) - 1) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retransmissions_double_from_200_ms_to_120_s() {
        let instants: Vec<u64> = (1..=12)
            .map(|n| retransmission(Micros::ZERO, n).as_ms())
            .collect();
        assert_eq!(
            instants,
            [
                200, 600, 1_400, 3_000, 6_200, 12_600, 25_400, 51_000, 102_200, 204_600, 324_600,
                444_600
            ]
        );
        assert_eq!(gives_up_at(Micros::ZERO), Micros::from_ms(924_600));
        assert_eq!(forgets_orphan_at(Micros::ZERO), Micros::from_ms(102_200));
    }

    #[test]
    fn a_heal_waits_for_the_next_retransmission_and_the_last_one_is_the_last() {
        let since = Micros::from_ms(10_000);
        let next = |ms| next_retransmission(since, Micros::from_ms(ms)).map(Micros::as_ms);
        assert_eq!(next(10_000), Some(10_200));
        assert_eq!(next(10_200), Some(10_200));
        assert_eq!(next(10_201), Some(10_600));
        assert_eq!(next(14_000), Some(16_200));
        assert_eq!(next(814_601), None);
    }

    #[test]
    fn syns_are_repeated_after_1_3_7_seconds_and_given_up_after_127() {
        let again: Vec<u64> = (1..9)
            .map_while(|n| syn_retry(Micros::ZERO, n).map(Micros::as_ms))
            .collect();
        assert_eq!(again, [1_000, 3_000, 7_000, 15_000, 31_000, 63_000]);
        assert_eq!(dial_gives_up_at(Micros::ZERO), Micros::from_ms(127_000));
    }
}
