//! Document => Tagged
//!
//! One encoder pass: windows of word pieces go in, and every head's scores are read into names, triggers, office titles
//! and the scores of who fills which role. All products between vectors are taken here, so that what leaves is small:
//! spans and numbers. Names are settled over the article (`names`), long articles section by section ([`SECTION`]
//! windows), so that however long an article is, the vectors of one section are held.

mod decode;
mod names;
mod windows;

pub use self::windows::{OVERLAP, WINDOW};

use std::ops::Range;

use self::names::Name;
use self::windows::Window;
use crate::document::{Document, Mention, NameType};
use crate::encode::{Begins, Encoder, Heads, NameModel, PieceCache, ROLES, Scores, WordPieces};
use crate::error::Result;
use crate::logits::softmax;
use crate::signals::{Candidate, Filler, RoleScore, Tagged, Title, Trigger};
use crate::span::{MentionId, SentenceId, Span, TokenId};

/// Roles in the order of the model's vectors.
const PARTICIPANT: usize = 0;
const PLACE: usize = 1;
const DATE: usize = 2;
const HOLDER: usize = 3;
const BODY: usize = 4;

/// Below this probability of being any trigger, a word is dropped at once. Well under every useful threshold.
const TRIGGER_FLOOR: f32 = 0.05;
/// Windows whose names are settled together: about 9,000 words, 30 MB of scores.
pub const SECTION: usize = 64;

/// The tag stage: an engine, its vocabulary and its heads.
pub struct Tagger<'a> {
    encoder: &'a dyn Encoder,
    vocabulary: &'a WordPieces,
    heads: &'a Heads,
    names: Option<&'a NameModel>,
}

impl<'a> Tagger<'a> {
    /// A tagger that reads scores from `encoder`.
    pub fn new(encoder: &'a dyn Encoder, vocabulary: &'a WordPieces, heads: &'a Heads) -> Self {
        Tagger {
            encoder,
            vocabulary,
            heads,
            names: None,
        }
    }

    /// The same with names from `model`, where there is one; everything else stays with the first encoder.
    pub fn with_names(self, names: Option<&'a NameModel>) -> Self {
        Tagger { names, ..self }
    }

    /// Tags `document`. `candidates`, in order of position, are what may fill roles beside names.
    ///
    /// # Errors
    /// What the encoder reports.
    pub fn tag(
        &self,
        document: Document,
        candidates: &[Candidate],
        cache: &mut PieceCache,
    ) -> Result<Tagged> {
        let windows = windows::pack(&document, self.vocabulary, cache, WINDOW);
        let mut tagged = Tagged {
            document,
            ..Tagged::default()
        };
        if let Some(model) = self.names {
            tagged.mentions = self.foreign_names(model, &tagged.document)?;
        }
        // Names of a window's right context are read in the next window; the pairs of a section's last window wait for them.
        let mut pending: Vec<(&Window, Scores)> = Vec::new();
        for section in windows.chunks(SECTION) {
            let mut names = Vec::new();
            for batch in section.chunks(self.encoder.windows_per_call().max(1)) {
                let inputs: Vec<_> = batch.iter().map(|w| w.pieces.clone()).collect();
                let scores = self.encoder.encode(&inputs)?;
                for (window, scores) in batch.iter().zip(scores) {
                    if self.names.is_none() {
                        self.names(&tagged.document, window, &scores, Begins::AtB, &mut names);
                    }
                    pending.push((window, scores));
                }
            }
            if let ([first, .., last] | [first @ last], None) = (section, self.names) {
                let tokens = first.owned.start..last.owned.end;
                let settled = names::settle(&tagged.document, tokens, names);
                tagged.mentions.extend(settled);
            }
            let waits = pending.pop();
            for (window, scores) in pending.drain(..) {
                self.pairs(&mut tagged, window, &scores, candidates);
            }
            pending.extend(waits);
        }
        for (window, scores) in pending {
            self.pairs(&mut tagged, window, &scores, candidates);
        }
        Ok(tagged)
    }

    /// Reads all names by `model`, in windows of its own pieces.
    fn foreign_names(&self, model: &NameModel, document: &Document) -> Result<Vec<Mention>> {
        // Pieces of another vocabulary need a cache of their own.
        let cache = &mut PieceCache::default();
        let windows = windows::pack(document, &model.vocabulary, cache, model.window);
        let mut names = Vec::new();
        for batch in windows.chunks(model.encoder.windows_per_call().max(1)) {
            let inputs: Vec<_> = batch.iter().map(|w| w.pieces.clone()).collect();
            for (window, scores) in batch.iter().zip(model.encoder.encode(&inputs)?) {
                self.names(document, window, &scores, model.begins, &mut names);
            }
        }
        Ok(names::settle(document, 0..document.tokens.len(), names))
    }

    /// Reads the names of the tokens that `window` owns.
    fn names(
        &self,
        document: &Document,
        window: &Window,
        scores: &Scores,
        begins: Begins,
        names: &mut Vec<Name>,
    ) {
        for tokens in sentence_runs(document, window.owned.clone()) {
            let rows: Vec<&[f32]> = tokens
                .clone()
                .map(|t| scores.names.row(window.piece(t).unwrap_or(usize::MAX)))
                .collect();
            for found in decode::spans(&rows, self.heads.names.len(), begins) {
                let Some(kind) = NameType::ALL.get(found.kind).copied() else {
                    continue;
                };
                let mut end = tokens.start + found.tokens.end;
                // A name never ends in a hyphen: "Moon Jae-|in".
                while end < tokens.end && hyphenated(document, end) {
                    end += 1;
                }
                let start = tokens.start + found.tokens.start;
                // Nor a person's in a little word: "Ann Ray |in Oslo".
                while kind == NameType::Per && end > start + 1 && is_little(document, end - 1) {
                    end -= 1;
                }
                // The hyphen's right side may have been decoded as a name of its own.
                if names.last().is_some_and(|n| n.tokens.end > start) {
                    continue;
                }
                names.push(Name {
                    tokens: start..end,
                    kind,
                    confidence: found.confidence,
                });
            }
        }
    }

    /// Reads the triggers and titles that `window` owns, and their scores with everything in the window.
    fn pairs(
        &self,
        tagged: &mut Tagged,
        window: &Window,
        scores: &Scores,
        candidates: &[Candidate],
    ) {
        let document = &tagged.document;
        // Fillers of the window: (position, what, type row, piece).
        let mut fillers: Vec<(usize, Filler, usize, usize)> = Vec::new();
        for (i, m) in tagged.mentions_in(token_span(document, window.tokens.clone())) {
            let t = document.token_at(m.span.start).index();
            if let Some(p) = window.piece(t).filter(|_| !m.boilerplate) {
                fillers.push((t, Filler::Mention(MentionId::new(i)), m.kind as usize, p));
            }
        }
        let from = candidates.partition_point(|c| c.token.index() < window.tokens.start);
        for (i, c) in candidates.iter().enumerate().skip(from) {
            let Some(p) = window.piece(c.token.index()) else {
                break;
            };
            fillers.push((
                c.token.index(),
                Filler::Candidate(i as u32),
                7 + c.kind as usize,
                p,
            ));
        }
        fillers.sort_by_key(|f| (f.0, f.1));

        let score = |query: usize,
                     at: (usize, SentenceId),
                     filler: &(usize, Filler, usize, usize),
                     role: usize| {
            self.pair_score(
                scores,
                query,
                at,
                (
                    filler.0,
                    document.sentence_at(document.tokens[filler.0].span.start),
                ),
                (filler.2, filler.3),
                role,
            )
        };
        let mut triggers = Vec::new();
        let mut titles = Vec::new();
        for tokens in sentence_runs(document, window.owned.clone()) {
            let sentence = document.sentence_at(document.tokens[tokens.start].span.start);
            if document
                .sentences
                .get(sentence.index())
                .is_none_or(|s| s.boilerplate)
            {
                continue;
            }
            for t in tokens.clone() {
                let Some(piece) = window.piece(t) else {
                    continue;
                };
                let kind = four(&softmax(scores.triggers.row(piece)));
                if 1.0 - kind[0] < TRIGGER_FLOOR {
                    continue;
                }
                let role_scores = fillers
                    .iter()
                    .map(|f| RoleScore {
                        filler: f.1,
                        participant: score(piece, (t, sentence), f, PARTICIPANT),
                        place: score(piece, (t, sentence), f, PLACE),
                        date: score(piece, (t, sentence), f, DATE),
                    })
                    .collect();
                let status = four(&softmax(scores.status.row(piece)));
                triggers.push(Trigger {
                    token: TokenId::new(t),
                    sentence,
                    kind,
                    status,
                    fillers: role_scores,
                });
            }
            let rows: Vec<&[f32]> = tokens
                .clone()
                .map(|t| scores.titles.row(window.piece(t).unwrap_or(usize::MAX)))
                .collect();
            for found in decode::spans(&rows, self.heads.titles.len(), Begins::AtB) {
                let first = tokens.start + found.tokens.start;
                let Some(piece) = window.piece(first) else {
                    continue;
                };
                let names = fillers
                    .iter()
                    .filter_map(|f| match f.1 {
                        Filler::Mention(m) => Some((
                            m,
                            score(piece, (first, sentence), f, HOLDER),
                            score(piece, (first, sentence), f, BODY),
                        )),
                        Filler::Candidate(_) => None,
                    })
                    .collect();
                titles.push(Title {
                    span: token_span(document, first..tokens.start + found.tokens.end),
                    token: TokenId::new(first),
                    sentence,
                    confidence: found.confidence,
                    fillers: names,
                });
            }
        }
        tagged.triggers.extend(triggers);
        tagged.titles.extend(titles);
    }

    /// Query of piece `query` times key of the filler's piece, plus what distance and type add.
    fn pair_score(
        &self,
        scores: &Scores,
        query: usize,
        (word, sentence): (usize, SentenceId),
        (filler_word, filler_sentence): (usize, SentenceId),
        (filler_type, filler_piece): (usize, usize),
        role: usize,
    ) -> f32 {
        let width = self.heads.width;
        let columns = role * width..(role + 1) * width;
        let q = scores.query.row(query).get(columns.clone()).unwrap_or(&[]);
        let k = scores.key.row(filler_piece).get(columns).unwrap_or(&[]);
        let product: f32 = q.iter().zip(k).map(|(a, b)| a * b).sum();
        let class = bucket(
            filler_word as i64 - word as i64,
            i64::from(filler_sentence.0) - i64::from(sentence.0),
        );
        let table = |t: &[[f32; ROLES]], i: usize| t.get(i).map_or(0.0, |r| r[role]);
        product + table(&self.heads.distance, class) + table(&self.heads.filler, filler_type)
    }
}

/// The distance class of a filler, `words` and `sentences` after the query (negative: before).
/// Twin of `bucket` in scripts/train/model.py.
fn bucket(words: i64, sentences: i64) -> usize {
    if sentences == 0 {
        let n = match words.unsigned_abs() {
            0..4 => 0,
            4..8 => 1,
            8..16 => 2,
            16..32 => 3,
            _ => 4,
        };
        return if words < 0 { n } else { 5 + n };
    }
    match sentences {
        -1 => 10,
        -2 => 11,
        -4..=-3 => 12,
        ..=-5 => 13,
        1 => 14,
        2 => 15,
        _ => 16,
    }
}

/// `tokens` cut where sentences end.
fn sentence_runs(document: &Document, tokens: Range<usize>) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut at = tokens.start;
    while at < tokens.end {
        let sentence = document.sentence_at(document.tokens[at].span.start);
        let end = document
            .sentences
            .get(sentence.index())
            .map_or(tokens.end, |s| s.end.index())
            .min(tokens.end)
            .max(at + 1);
        runs.push(at..end);
        at = end;
    }
    runs
}

/// True for a lower-case word that ends no person's name.
fn is_little(document: &Document, t: usize) -> bool {
    let little = matches!(
        document.word(TokenId::new(t)),
        "in" | "on"
            | "at"
            | "of"
            | "to"
            | "for"
            | "and"
            | "by"
            | "from"
            | "with"
            | "as"
            | "said"
            | "who"
            | "is"
            | "was"
            | "the"
    );
    little && !hyphenated(document, t)
}

/// True where token `t` follows a hyphen, and both stand close.
fn hyphenated(document: &Document, t: usize) -> bool {
    document.word(TokenId::new(t - 1)) == "-" && adjoins(document, t)
}

/// True where nothing lies between token `t` and the one before it.
fn adjoins(document: &Document, t: usize) -> bool {
    document.tokens[t - 1].span.end == document.tokens[t].span.start
}

/// From the first to the last of `tokens`.
fn token_span(document: &Document, tokens: Range<usize>) -> Span {
    document.tokens[tokens.start]
        .span
        .cover(document.tokens[tokens.end - 1].span)
}

fn four(values: &[f32]) -> [f32; 4] {
    let mut out = [0.0; 4];
    for (o, v) in out.iter_mut().zip(values) {
        *o = *v;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Article;

    #[test]
    fn little_words_end_no_name_but_hyphenated_ones_may() {
        let document = crate::segment::segment(Article {
            body: "Moon Jae-in met Bo Li in Oslo".to_owned(),
            ..Article::default()
        });
        let words = 0..document.tokens.len();
        let little: Vec<&str> = words
            .filter(|t| is_little(&document, *t))
            .map(|t| document.word(TokenId::new(t)))
            .collect();
        assert_eq!(little, ["in"]);
    }
}
