//! What the page's address asks for: `?seed=7&speed=1/10&play=0&lang=zh&theme=dark`.
//!
//! The same pairs may stand in the fragment. Something unreadable counts as not said: an address
//! comes
//! from anywhere, and the plain page is a better answer than none.

use web_sys::UrlSearchParams;

use super::dom;
use super::prefs::Theme;
use crate::base::Ppm;
use crate::view::texts::Language;

/// The slowest and the fastest speed that can be asked for.
const SPEEDS: std::ops::RangeInclusive<u64> = 100..=100_000_000;

/// What the address says; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) seed: Option<u64>,
    pub(super) speed: Option<Rate>,
    pub(super) play: Option<bool>,
    pub(super) language: Option<Language>,
    pub(super) theme: Option<Theme>,
}

/// A speed as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rate {
    Auto,
    Fixed(Ppm),
}

impl Asked {
    /// Reads the address of this page.
    pub(super) fn here() -> Self {
        let location = dom::window().location();
        let query = location.search().unwrap_or_default();
        let fragment = location.hash().unwrap_or_default();
        let pairs =
            |text: &str| UrlSearchParams::new_with_str(text.trim_start_matches(['?', '#'])).ok();
        let (query, fragment) = (pairs(&query), pairs(&fragment));
        Self::read(|key| {
            let said = |pairs: &Option<UrlSearchParams>| pairs.as_ref().and_then(|p| p.get(key));
            said(&query).or_else(|| said(&fragment))
        })
    }

    fn read(said: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            seed: said("seed").and_then(|seed| seed.parse().ok()),
            speed: said("speed").and_then(|speed| Rate::parse(&speed)),
            play: said("play").and_then(|play| match play.as_str() {
                "0" => Some(false),
                "1" => Some(true),
                _ => None,
            }),
            language: said("lang").and_then(|tag| Language::from_tag(&tag)),
            theme: said("theme").and_then(|name| Theme::from_name(&name)),
        }
    }
}

impl Rate {
    /// `auto`, `1/1000`, `0.1`, `10`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "auto" {
            return Some(Self::Auto);
        }
        match text.split_once('/') {
            Some((above, below)) => {
                let (above, below) = (number(above)?, number(below)?);
                Self::of(above / below)
            }
            None => Self::of(number(text)?),
        }
    }

    /// `times` the speed of the wall clock; `None` outside 1/10000 to 100.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and the range is checked right after"
    )]
    pub(super) fn of(times: f64) -> Option<Self> {
        let ppm = (times * 1_000_000.0).round() as u64;
        SPEEDS.contains(&ppm).then_some(Self::Fixed(Ppm(ppm)))
    }
}

/// Digits, with a point among them or without.
fn number(text: &str) -> Option<f64> {
    let (mut value, mut unit, mut is_part) = (0.0, 1.0, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                unit *= if is_part { 10.0 } else { 1.0 };
            }
            b'.' if !is_part => is_part = true,
            _ => return None,
        }
    }
    (!text.is_empty()).then_some(value / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Asked {
        Asked::read(|key| {
            pairs
                .iter()
                .find(|(k, _)| *k == key)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn everything_can_be_asked_for() {
        let pairs = [
            ("seed", "7"),
            ("speed", "1/10"),
            ("play", "0"),
            ("lang", "zh-TW"),
            ("theme", "dark"),
        ];
        let expected = Asked {
            seed: Some(7),
            speed: Some(Rate::Fixed(Ppm(100_000))),
            play: Some(false),
            language: Some(Language::Zh),
            theme: Some(Theme::Dark),
        };
        assert_eq!(read(&pairs), expected);
    }

    #[test]
    fn nonsense_counts_as_not_said() {
        let pairs = [
            ("seed", "-1"),
            ("speed", "1/0"),
            ("play", "yes"),
            ("lang", "tlh"),
            ("theme", "pink"),
        ];
        assert_eq!(read(&pairs), Asked::default());
    }

    #[test]
    fn speeds_are_plain_numbers_and_fractions_of_them() {
        let parsed = |text| Rate::parse(text);
        assert_eq!(parsed("0.125"), Some(Rate::Fixed(Ppm(125_000))));
        assert_eq!(parsed("1/1000"), Some(Rate::Fixed(Ppm(1_000))));
        assert_eq!(parsed("10."), Some(Rate::Fixed(Ppm(10_000_000))));
        for bad in ["", ".", "-1", "1.2.3", "1e1", "1/", "/2", "x"] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }

    #[test]
    fn speeds_have_bounds() {
        assert_eq!(Rate::of(10.0), Some(Rate::Fixed(Ppm(10_000_000))));
        for bad in [0.0, -1.0, 1e9, f64::NAN, f64::INFINITY] {
            assert_eq!(Rate::of(bad), None);
        }
    }
}
