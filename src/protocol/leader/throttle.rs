//! How many learners a leader synchronises at once, one count for SNAP and one for DIFF and TRUNC.
//!
//! Source: `LearnerSyncThrottler.java`.

use serde::{Deserialize, Serialize};

/// A count of synchronisations under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SyncThrottle {
    most: u32,
    under_way: u32,
}

/// Whether a synchronisation may be put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A participant's: it is counted, and never refused.
    Essential,
    /// An observer's.
    Optional,
}

/// Too many synchronise already: the learner is disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl SyncThrottle {
    /// At most `most` optional ones beside all others.
    pub const fn new(most: u32) -> Self {
        Self { most, under_way: 0 }
    }

    /// One begins.
    ///
    /// # Errors
    /// [`TooMany`], and it is not counted.
    pub const fn begin(&mut self, need: Need) -> Result<(), TooMany> {
        if matches!(need, Need::Optional) && self.under_way >= self.most {
            return Err(TooMany);
        }
        self.under_way += 1;
        Ok(())
    }

    /// One that began has ended.
    pub const fn end(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn participants_are_counted_and_never_refused() {
        let mut throttle = SyncThrottle::new(1);
        assert_eq!(throttle.begin(Need::Essential), Ok(()));
        assert_eq!(throttle.begin(Need::Essential), Ok(()));
        assert_eq!(throttle.begin(Need::Optional), Err(TooMany));
        throttle.end();
        assert_eq!(throttle.begin(Need::Optional), Err(TooMany));
        throttle.end();
        assert_eq!(throttle.begin(Need::Optional), Ok(()));
    }
}
