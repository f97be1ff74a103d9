//! Digests that agree on every target: a 64-bit hasher that widens `usize` to 64 bits.
//!
//! Not cryptographic: it compares runs, it does not protect them.

use core::hash::{Hash, Hasher};

const SEED: u64 = 0x5a61_6253_636f_7065;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// A [`Hasher`] whose result is the same on x86-64 and wasm32.
#[derive(Clone, Debug)]
pub struct StableHasher {
    state: u64,
}

impl StableHasher {
    /// An empty digest.
    pub const fn new() -> Self {
        Self { state: SEED }
    }

    // In the page one call is smaller than the arithmetic at each of a thousand fields.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    const fn fold(&mut self, word: u64) {
        let mixed = (self.state ^ word).wrapping_mul(MULTIPLIER);
        self.state = mixed ^ (mixed >> 29) ^ self.state.rotate_left(17);
    }
}

impl Default for StableHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        let mixed = (self.state ^ (self.state >> 32)).wrapping_mul(MULTIPLIER);
        mixed ^ (mixed >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0_u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word));
        }
        self.fold(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.fold(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.fold(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.fold(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.fold(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.fold(value as u64);
    }

    fn write_i64(&mut self, value: i64) {
        self.fold(value.cast_unsigned());
    }

    fn write_i32(&mut self, value: i32) {
        self.fold(i64::from(value).cast_unsigned());
    }

    fn write_isize(&mut self, value: isize) {
        self.fold((value as i64).cast_unsigned());
    }
}

/// The digest of one value.
pub fn digest_of<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = StableHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usize_and_u64_have_one_digest() {
        assert_eq!(digest_of(&7_usize), digest_of(&7_u64));
    }

    #[test]
    fn order_and_length_matter() {
        assert_ne!(digest_of(&[1_u8, 2]), digest_of(&[2_u8, 1]));
        assert_ne!(digest_of(&[0_u8][..]), digest_of(&[0_u8, 0][..]));
    }

    #[test]
    fn digest_is_pinned() {
        assert_eq!(digest_of("LOOKING"), digest_of(&String::from("LOOKING")));
        let digest = digest_of(&(1_u64, -1_i64, "zab"));
        expect_test::expect!["74068798e9d9f918"].assert_eq(&format!("{digest:016x}"));
    }
}
