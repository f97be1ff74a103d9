//! Numbers and choices as Java reads them from text.
//!
//! Only ASCII digits count; Java would also take other scripts' digits.

/// `Integer.parseInt`: an optional sign and digits, within 32 bits.
#[inline(never)]
pub(super) fn int(text: &str) -> Option<i64> {
    text.parse::<i32>().ok().map(i64::from)
}

/// `Long.parseLong`.
#[inline(never)]
pub(super) fn long(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// `Long.parseLong(text, 16)`.
#[inline(never)]
pub(super) fn hex(text: &str) -> Option<i64> {
    i64::from_str_radix(text, 16).ok()
}

/// `Long.decode`, behind `Integer.getInteger` and `Long.getLong`: also `0x1f`, `#1f` and octal
/// `017`.
#[inline(never)]
pub(super) fn decode(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = if let Some(rest) = strip_any(digits, &["0x", "0X", "#"]) {
        (16, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&[sign, digits].concat(), radix).ok()
}

/// `true` or `false` in any case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn strip_any<'a>(text: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    prefixes.iter().find_map(|prefix| text.strip_prefix(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_take_signs_and_zeros_but_no_blanks() {
        assert_eq!(int("+02888"), Some(2888));
        assert_eq!(int("-1"), Some(-1));
        for bad in ["", "+", " 1", "1 ", "1.5", "0x10", "2147483648", "--1"] {
            assert_eq!(int(bad), None, "{bad:?}");
        }
        assert_eq!(long("9223372036854775807"), Some(i64::MAX));
        assert_eq!(hex("1f"), Some(31));
    }

    #[test]
    fn properties_are_decoded_with_their_radix() {
        assert_eq!(decode("200"), Some(200));
        assert_eq!(decode("0x10"), Some(16));
        assert_eq!(decode("-#f"), Some(-15));
        assert_eq!(decode("017"), Some(15));
        assert_eq!(decode("0"), Some(0));
        for bad in ["", "09", "0x", "1ms", "+-1", "0x-1"] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn choices_take_any_case_and_nothing_else() {
        assert_eq!(boolean("True"), Some(true));
        assert_eq!(boolean("FALSE"), Some(false));
        assert_eq!(boolean("yes"), None);
    }
}
