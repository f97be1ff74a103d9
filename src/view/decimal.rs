//! Numbers with a fixed count of decimals.
//!
//! The standard library writes any float exactly, with 15 kB of code; a page needs two decimals.

/// `value` with `digits` decimals, rounded; at most 9 of them.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, and nothing shown comes near the limits"
)]
pub fn decimal(value: f64, digits: u32) -> String {
    let unit = 10_u32.pow(digits);
    let scaled = (value * f64::from(unit)).round_ties_even() as i64;
    let sign = if scaled < 0 { "-" } else { "" };
    let (scaled, unit) = (scaled.unsigned_abs(), u64::from(unit));
    let whole = scaled / unit;
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    let (part, width) = (scaled % unit, digits as usize);
    format!("{sign}{whole}.{part:0width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_read_as_the_library_writes_them() {
        for value in [
            0.0, 0.04, 0.25, 1.0, 9.996, 12.346, 100.0, -1.26, -7.6, 86_400.0,
        ] {
            assert_eq!(decimal(value, 0), format!("{value:.0}"));
            assert_eq!(decimal(value, 1), format!("{value:.1}"));
            assert_eq!(decimal(value, 2), format!("{value:.2}"));
        }
    }

    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        assert_eq!(decimal(-0.04, 1), "0.0");
    }
}
