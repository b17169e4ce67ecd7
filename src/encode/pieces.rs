//! Words => word pieces
//!
//! Words are encoded one at a time, as in training, so that every word's first piece is known and a cache serves
//! nearly all of them.

use std::collections::HashMap;

use tokenizers::Tokenizer;

use crate::error::{Error, Result};

/// The vocabulary.
pub struct WordPieces {
    tokenizer: Tokenizer,
    /// Id of `[CLS]`, or of what begins a text in other vocabularies.
    pub cls: u32,
    /// Id of `[SEP]`, or of what ends a text.
    pub sep: u32,
    unknown: u32,
    /// A word of more pieces is one unknown piece.
    longest: usize,
    /// True where a word's pieces differ behind a space; words are then always read so, as taggers are trained.
    spaced: bool,
}

/// Pieces of words seen before; one per worker.
#[derive(Debug, Default)]
pub struct PieceCache {
    words: HashMap<String, Box<[u32]>>,
}

/// Words kept at most: about 20 MB. News has some 60,000 distinct words per million.
const CACHE_WORDS: usize = 200_000;
/// Words longer than this are one unknown piece (as WordPiece itself decides from 100 characters on).
const LONGEST_WORD: usize = 400;

impl WordPieces {
    /// Reads a tokenizer from Hugging Face JSON; `origin` names it in errors.
    ///
    /// # Errors
    /// [`Error::Model`] where the JSON is no tokenizer or lacks the special tokens.
    pub fn from_json(json: &[u8], origin: &str) -> Result<Self> {
        let fail = |reason: String| Error::Model {
            path: origin.to_owned(),
            reason,
        };
        let tokenizer =
            Tokenizer::from_bytes(json).map_err(|e| fail(format!("tokenizer.json: {e}")))?;
        Self::new(tokenizer, usize::MAX, origin)
    }

    /// Words by any `tokenizer`, those of more than `longest` pieces as one unknown piece.
    ///
    /// # Errors
    /// [`Error::Model`] where the special tokens are missing.
    pub(super) fn new(mut tokenizer: Tokenizer, longest: usize, origin: &str) -> Result<Self> {
        let fail = |reason: String| Error::Model {
            path: origin.to_owned(),
            reason,
        };
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|e| fail(format!("tokenizer.json: {e}")))?;
        // BERT's names and RoBERTa's.
        let id = |token: &str, other: &str| {
            tokenizer
                .token_to_id(token)
                .or_else(|| tokenizer.token_to_id(other))
                .ok_or_else(|| fail(format!("tokenizer.json has no {token}")))
        };
        let (cls, sep) = (id("[CLS]", "<s>")?, id("[SEP]", "</s>")?);
        let unknown = id("[UNK]", "<unk>")?;
        // Byte-level vocabularies write the space before a word into its first piece.
        let spaced = tokenizer
            .get_pre_tokenizer()
            .and_then(|p| serde_json::to_string(p).ok())
            .is_some_and(|json| json.contains("\"ByteLevel\""));
        Ok(WordPieces {
            tokenizer,
            cls,
            sep,
            unknown,
            longest,
            spaced,
        })
    }

    /// Appends the pieces of `word` to `out`; always at least one.
    pub fn encode(&self, word: &str, cache: &mut PieceCache, out: &mut Vec<u32>) {
        if let Some(ids) = cache.words.get(word) {
            out.extend_from_slice(ids);
            return;
        }
        if word.len() > LONGEST_WORD {
            out.push(self.unknown);
            return;
        }
        let encoded = if self.spaced {
            self.tokenizer.encode_fast(format!(" {word}"), false)
        } else {
            self.tokenizer.encode_fast(word, false)
        };
        let ids: Box<[u32]> = match encoded {
            Ok(e) if (1..=self.longest).contains(&e.len()) => e.get_ids().into(),
            _ => Box::new([self.unknown]),
        };
        out.extend_from_slice(&ids);
        if cache.words.len() >= CACHE_WORDS {
            cache.words.clear();
        }
        cache.words.insert(word.to_owned(), ids);
    }
}

/// The shape of a word, as the model was trained: 0 lower case or caseless, 1 Capitalised, 2 ALL CAPS, 3 mixed.
/// Twin of `shape` in scripts/train/data.py.
pub fn shape(word: &str) -> u8 {
    let (mut upper, mut lower, mut chars) = (false, false, 0usize);
    for c in word.chars() {
        upper |= c.is_uppercase();
        lower |= c.is_lowercase();
        chars += 1;
    }
    if !upper {
        0
    } else if chars > 1 && !lower {
        2
    } else if word.starts_with(char::is_uppercase) {
        1
    } else {
        3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_show_case() {
        let shapes: Vec<u8> = [
            "met", "Lavrov", "NATO", "U.S.", "iPhone", "A", "2025", "McCain", "今日",
        ]
        .map(shape)
        .into();
        assert_eq!(shapes, [0, 1, 2, 2, 3, 1, 0, 1, 0]);
    }
}
