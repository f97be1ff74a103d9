//! Sentences in both languages, pinned.
