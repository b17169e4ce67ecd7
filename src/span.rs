//! Spans and index types: the currency of every stage.
//!
//! A [`Span`] is a half-open range of *bytes* into an article's body, on character boundaries. Text is always
//! `span.of(body)`, never rebuilt from tokens. Exported offsets are characters; [`CharIndex`] converts.

use serde::{Deserialize, Serialize};

/// A half-open byte range `start..end` into an article body; both ends lie on character boundaries.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`. Bodies are limited to 4 GiB by the reader, so positions fit 32 bits.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end && end <= u32::MAX as usize);
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    /// The text of the span, or the empty string where the span does not fit `body`.
    pub fn of(self, body: &str) -> &str {
        body.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// True where the span holds no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True where the two spans share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True where `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both.
    pub fn cover(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// Defines an index newtype, so that an index of one kind cannot be used as one of another.
macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of position `i`.
            pub fn new(i: usize) -> Self {
                $name(i as u32)
            }

            /// The position in the vector that holds these items.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// Position of a token in [`crate::document::Document::tokens`].
    TokenId
);
index!(
    /// Position of a sentence in [`crate::document::Document::sentences`].
    SentenceId
);
index!(
    /// Position of a mention in an article's mentions, sorted by span.
    MentionId
);
index!(
    /// Position of an entity in an article's entities. Exported one higher: 0 stands for "unnamed" in the gold files.
    EntityId
);

/// Converts byte offsets into character offsets (Unicode scalar values).
///
/// ASCII text costs nothing; other text keeps one checkpoint per 256 bytes.
#[derive(Debug, Clone)]
pub struct CharIndex<'a> {
    body: &'a str,
    /// Characters before byte `256 * i`; empty for ASCII.
    checkpoints: Vec<u32>,
}

const STRIDE: usize = 256;

impl<'a> CharIndex<'a> {
    /// Indexes `body` in one pass.
    pub fn new(body: &'a str) -> Self {
        let mut checkpoints = Vec::new();
        if !body.is_ascii() {
            let mut chars = 0u32;
            for (i, b) in body.bytes().enumerate() {
                if i % STRIDE == 0 {
                    checkpoints.push(chars);
                }
                // A byte that is no continuation byte starts a character.
                chars += u32::from((b & 0xC0) != 0x80);
            }
        }
        CharIndex { body, checkpoints }
    }

    /// The number of characters before byte `byte` (clamped to the body's length).
    pub fn char_at(&self, byte: u32) -> u32 {
        let byte = (byte as usize).min(self.body.len());
        if self.checkpoints.is_empty() {
            return byte as u32;
        }
        let block = (byte / STRIDE).min(self.checkpoints.len() - 1);
        let rest = &self.body.as_bytes()[block * STRIDE..byte];
        self.checkpoints[block] + rest.iter().filter(|b| (**b & 0xC0) != 0x80).count() as u32
    }

    /// The span in characters, end exclusive.
    pub fn chars(&self, span: Span) -> [u32; 2] {
        [self.char_at(span.start), self.char_at(span.end)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn char_offsets_count_scalars() {
        let body = "Erdoğan met Zelenskyy — 今日 ".repeat(60);
        let index = CharIndex::new(&body);
        for (chars, (byte, _)) in body.char_indices().enumerate() {
            assert_eq!(index.char_at(byte as u32), chars as u32);
        }
        assert_eq!(
            index.char_at(body.len() as u32),
            body.chars().count() as u32
        );
        assert_eq!(index.char_at(u32::MAX), body.chars().count() as u32);
    }

    #[test]
    fn spans_are_half_open() {
        let (a, b) = (Span::new(0, 4), Span::new(4, 8));
        assert!(!a.overlaps(b) && a.cover(b) == Span::new(0, 8) && a.cover(b).contains(b));
        assert_eq!(Span::new(0, 9).of("short"), "");
    }
}
