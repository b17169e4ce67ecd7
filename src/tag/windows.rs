//! Document => windows of word pieces
//!
//! Consecutive sentences are packed into windows of at most [`WINDOW`] pieces; each begins with up to [`OVERLAP`] pieces
//! of the sentences before it, for context. Every token is *owned* by exactly one window, in which its labels are read:
//! of the sentences two windows share, the first half by the earlier, the rest by the later one. Sentences longer than a
//! window are cut between words. Nothing is left out, whatever the length. Twin of `windows` in scripts/train/data.py.

use std::ops::Range;

use crate::document::Document;
use crate::encode::{PieceCache, PieceWindow, WordPieces, shape};
use crate::span::TokenId;

/// Pieces per window, `[CLS]` and `[SEP]` included. Longer windows cost more attention per piece and gain little.
pub const WINDOW: usize = 256;
/// Pieces of context repeated from the window before.
pub const OVERLAP: usize = 64;

/// A window over tokens `tokens`, of which `owned` are read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// All tokens in the window.
    pub tokens: Range<usize>,
    /// The tokens whose labels are read in this window.
    pub owned: Range<usize>,
    /// The first piece of each token of `tokens`, counting `[CLS]` as 0.
    pub first: Vec<u32>,
    /// What the encoder reads.
    pub pieces: PieceWindow,
}

impl Window {
    /// The first piece of token `t`, where the window holds it.
    pub fn piece(&self, t: usize) -> Option<usize> {
        t.checked_sub(self.tokens.start)
            .and_then(|i| self.first.get(i))
            .map(|p| *p as usize)
    }
}

/// A run of tokens that stays in one window: a sentence, or a part of a very long one.
struct Unit {
    tokens: Range<usize>,
    pieces: Range<usize>,
}

/// Packs `document` into windows of at most `size` pieces; [`WINDOW`] is what whomet's own model takes.
pub fn pack(
    document: &Document,
    vocabulary: &WordPieces,
    cache: &mut PieceCache,
    size: usize,
) -> Vec<Window> {
    let overlap = OVERLAP.min(size / 4);
    // The pieces of the whole document once; windows are slices of them.
    let mut ids: Vec<u32> = Vec::with_capacity(document.tokens.len() * 3 / 2);
    let mut shapes: Vec<u8> = Vec::with_capacity(ids.capacity());
    let mut first: Vec<u32> = Vec::with_capacity(document.tokens.len());
    for t in 0..document.tokens.len() {
        let word = document.word(TokenId::new(t));
        first.push(ids.len() as u32);
        vocabulary.encode(word, cache, &mut ids);
        shapes.resize(ids.len(), shape(word));
    }
    let piece = |t: usize| first.get(t).map_or(ids.len(), |p| *p as usize);

    let mut units: Vec<Unit> = Vec::new();
    for s in &document.sentences {
        let mut start = s.tokens().start;
        for t in s.tokens() {
            if t > start && piece(t + 1) - piece(start) > size - 2 {
                units.push(Unit {
                    tokens: start..t,
                    pieces: piece(start)..piece(t),
                });
                start = t;
            }
        }
        units.push(Unit {
            tokens: start..s.tokens().end,
            pieces: piece(start)..piece(s.tokens().end),
        });
    }

    let mut windows: Vec<Window> = Vec::new();
    let (mut at, mut owned_from) = (0, 0);
    while at < units.len() {
        let begin = units[at].pieces.start;
        let mut end = at + 1;
        while end < units.len() && units[end].pieces.end - begin <= size - 2 {
            end += 1;
        }
        // The next window begins with context: units of this one, never all of them, and never so many that the
        // next unit would not fit behind them.
        let mut next = end;
        while let Some(after) = units.get(end)
            && next > at + 1
            && units[end - 1].pieces.end - units[next - 1].pieces.start <= overlap
            && after.pieces.end - units[next - 1].pieces.start <= size - 2
        {
            next -= 1;
        }
        let owned_to = if end < units.len() {
            end - (end - next) / 2
        } else {
            end
        };
        let tokens = units[at].tokens.start..units[end - 1].tokens.end;
        let pieces = begin..units[end - 1].pieces.end;
        let mut window = PieceWindow::default();
        window.ids.push(vocabulary.cls);
        window.ids.extend_from_slice(&ids[pieces.clone()]);
        window.ids.push(vocabulary.sep);
        window.shapes.push(0);
        window.shapes.extend_from_slice(&shapes[pieces.clone()]);
        window.shapes.push(0);
        windows.push(Window {
            first: tokens
                .clone()
                .map(|t| first[t] + 1 - begin as u32)
                .collect(),
            owned: units[owned_from].tokens.start..units[owned_to - 1].tokens.end,
            tokens,
            pieces: window,
        });
        owned_from = owned_to;
        at = if end < units.len() { next } else { end };
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Article;
    use crate::encode::ModelFiles;
    use proptest::prelude::*;

    fn vocabulary() -> WordPieces {
        WordPieces::from_json(&ModelFiles::load(None).unwrap().tokenizer, "test").unwrap()
    }

    fn check(body: String, vocabulary: &WordPieces) {
        let d = crate::segment::segment(Article {
            body,
            ..Article::default()
        });
        let windows = pack(&d, vocabulary, &mut PieceCache::default(), WINDOW);
        let mut next = 0;
        for w in &windows {
            assert_eq!(w.owned.start, next, "owned ranges leave no gap");
            assert!(
                w.owned.end > w.owned.start
                    && w.tokens.start <= w.owned.start
                    && w.owned.end <= w.tokens.end
            );
            assert!(w.pieces.ids.len() <= WINDOW || w.tokens.len() == 1);
            assert_eq!(w.pieces.ids.len(), w.pieces.shapes.len());
            assert_eq!(w.first.len(), w.tokens.len());
            next = w.owned.end;
        }
        assert_eq!(next, d.tokens.len());
    }

    #[test]
    fn long_texts_overlap() {
        let v = vocabulary();
        let body =
            "Foreign Minister Sergei Lavrov met Alexander Darchiyev in Istanbul on Thursday. "
                .repeat(60);
        let d = crate::segment::segment(Article {
            body: body.clone(),
            ..Article::default()
        });
        let windows = pack(&d, &v, &mut PieceCache::default(), WINDOW);
        assert!(windows.len() > 3);
        assert!(
            windows[1].tokens.start < windows[0].tokens.end,
            "the second window repeats context"
        );
        assert!(windows[1].owned.start > windows[1].tokens.start);
        check(body, &v);
        check("word ".repeat(3000), &v);
        check(format!("{} .", "Zürich-".repeat(900)), &v);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_token_is_owned_once(body in "([A-Za-z]{1,12}[ .]{1,2}|\\PC){0,900}") {
            check(body, &vocabulary());
        }
    }
}
