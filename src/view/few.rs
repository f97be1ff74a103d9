//! Sorting a few things: servers, timers, corners.
//!
//! The library's sort is made anew for every kind of thing, 4 kB each time.

/// Sorts in place; equal things stay in the order they came. Slow for more than a few hundred.
pub(super) fn sort_few<T>(things: &mut [T], before: impl Fn(&T, &T) -> bool) {
    for end in 1..things.len() {
        let mut at = end;
        while at > 0 && before(&things[at], &things[at - 1]) {
            things.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_library_does_and_keeps_equal_things_in_order() {
        let mut things: Vec<(u64, u64)> = (0..200).map(|n| (n * 7919 % 37, n)).collect();
        let mut expected = things.clone();
        expected.sort_by_key(|(key, _)| *key);
        sort_few(&mut things, |a, b| a.0 < b.0);
        assert_eq!(things, expected);
        sort_few(&mut [0_u8; 0], |a, b| a < b);
    }
}
