//! Sketches of texts => which articles repeat an earlier one: wire copies, re-posts.
//!
//! A text is the set of its runs of five words (shingles); a [`Sketch`] keeps the smallest hashes of them (bottom-k
//! MinHash: A. Z. Broder, "On the resemblance and containment of documents", 1997), from which resemblance and
//! containment of two texts are estimated. Articles that share one of their very smallest hashes are compared, so that
//! the work grows with the number of articles. Written here in a few lines because the maintained crates (gaoya,
//! probminhash) estimate resemblance alone, while a shortened copy shows in containment, and each brings its own thread
//! pool.

use std::collections::BTreeSet;

use super::facts::Facts;
use crate::export::record::{CharSlices, Chars};

/// Words of a shingle; five is usual for news (W3C's and Broder's experiments use 4 to 10).
const SHINGLE: usize = 5;
/// Hashes kept: the estimate's standard error is at most 1/(2·√128), 4.4 %.
const KEPT: usize = 128;
/// Of these, the smallest, under which articles meet.
const KEYS: usize = 24;
/// Originals looked at for one hash: more than this share a phrase of the trade ("for immediate release"), not a story.
const MOST_SHARING: usize = 40;
/// Shorter texts tell too little: only equal ones are copies.
const SHORT: usize = 40;
/// A later article is a copy where this share of it stands in the earlier one.
const CONTAINED: f64 = 0.8;
/// Times the copy's length that the original may have.
const LONGER: u32 = 4;
/// Days within which a story goes over the wire.
const CLOSE: u32 = 7;
/// One in so many names may be new in a copy: a desk's own by-line.
const NEW_NAMES: usize = 12;

/// The smallest hashes of a text's shingles.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Sketch {
    /// Ascending.
    hashes: Vec<u32>,
    /// Distinct shingles of the text.
    shingles: u32,
}

impl Sketch {
    /// Sketches the parts of a text of `end` characters outside `skipped`.
    pub fn of(text: &CharSlices<'_>, skipped: &[Chars], end: u32) -> Sketch {
        let mut words: Vec<String> = Vec::new();
        let mut at = 0;
        for part in skipped.iter().chain([&[end, end]]) {
            if at < part[0] {
                words.extend(
                    text.get([at, part[0]])
                        .split(|c: char| !c.is_alphanumeric())
                        .filter(|w| !w.is_empty())
                        .map(str::to_lowercase),
                );
            }
            at = at.max(part[1]);
        }
        Sketch::of_words(&words)
    }

    fn of_words(words: &[String]) -> Sketch {
        if words.is_empty() {
            return Sketch::default();
        }
        let size = SHINGLE.min(words.len());
        let hashes: Vec<u64> = words.iter().map(|w| hash(w)).collect();
        let mut all: Vec<u64> = hashes
            .windows(size)
            .map(|run| run.iter().fold(0, |h, w| mix(h ^ w)))
            .collect();
        all.sort_unstable();
        all.dedup();
        Sketch {
            shingles: all.len() as u32,
            hashes: all.iter().take(KEPT).map(|h| (h >> 32) as u32).collect(),
        }
    }

    /// The share of `self`'s text that stands in `other`'s, estimated.
    fn contained_in(&self, other: &Sketch) -> f64 {
        // Hashes of both texts among the KEPT smallest of their union estimate the resemblance.
        let (mut i, mut j, mut seen, mut both) = (0, 0, 0usize, 0usize);
        while seen < KEPT && (i < self.hashes.len() || j < other.hashes.len()) {
            let (a, b) = (self.hashes.get(i), other.hashes.get(j));
            match (a, b) {
                (Some(a), Some(b)) if a == b => {
                    both += 1;
                    i += 1;
                    j += 1;
                }
                (Some(a), Some(b)) if a < b => i += 1,
                (Some(_), None) => i += 1,
                _ => j += 1,
            }
            seen += 1;
        }
        if seen == 0 || self.shingles == 0 {
            return 0.0;
        }
        let resemblance = both as f64 / seen as f64;
        let union = f64::from(self.shingles + other.shingles) / (1.0 + resemblance);
        (resemblance * union / f64::from(self.shingles)).min(1.0)
    }

    fn is_copy_of(&self, earlier: &Sketch) -> bool {
        if (self.shingles as usize) < SHORT || (earlier.shingles as usize) < SHORT {
            return self.shingles > 8 && self == earlier;
        }
        // Of a text many times as long, too few hashes are common for an estimate.
        earlier.shingles <= self.shingles.saturating_mul(LONGER)
            && self.contained_in(earlier) >= CONTAINED
    }
}

/// True where article `i` repeats article `earlier`: its text stands there, it names nobody and nothing new, and it
/// appeared within [`CLOSE`] days, unless the texts are the same. Forms filled in anew (a readout of the next call, a
/// monthly statement) share most of their words, but not their names or not their days.
fn repeats(facts: &Facts, names: &[BTreeSet<u32>], i: usize, earlier: usize) -> bool {
    let (a, b) = (&facts.articles[i], &facts.articles[earlier]);
    let close = match (a.day, b.day) {
        (Some(x), Some(y)) => x.abs_diff(y) <= CLOSE,
        _ => true,
    };
    let fresh = names[i].difference(&names[earlier]).count();
    a.sketch.is_copy_of(&b.sketch)
        && fresh * NEW_NAMES <= names[i].len()
        && (close || a.sketch == b.sketch)
}

/// FNV-1a with a final mix.
fn hash(word: &str) -> u64 {
    mix(word.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    }))
}

/// The finaliser of SplitMix64: every bit of the input moves half of those of the output.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// For each article the earlier one that it repeats, itself no copy.
pub(super) fn find(facts: &Facts) -> Vec<Option<usize>> {
    let articles = &facts.articles;
    let names: Vec<BTreeSet<u32>> = articles
        .iter()
        .map(|a| {
            facts.locals[a.locals.clone()]
                .iter()
                .map(|l| l.name)
                .collect()
        })
        .collect();
    let mut index: Vec<(u32, u32)> = (0..)
        .zip(articles)
        .flat_map(|(i, a)| a.sketch.hashes.iter().map(move |&h| (h, i)))
        .collect();
    index.sort_unstable();
    let mut copy_of: Vec<Option<usize>> = vec![None; articles.len()];
    for (i, article) in articles.iter().enumerate() {
        let mut earlier: Vec<usize> = Vec::new();
        for &h in article.sketch.hashes.iter().take(KEYS) {
            let from = index.partition_point(|e| *e < (h, 0));
            earlier.extend(
                index[from..]
                    .iter()
                    .take_while(|e| e.0 == h && (e.1 as usize) < i)
                    .map(|e| e.1 as usize)
                    .filter(|&j| copy_of[j].is_none())
                    .take(MOST_SHARING),
            );
        }
        earlier.sort_unstable();
        earlier.dedup();
        copy_of[i] = earlier.into_iter().find(|&j| repeats(facts, &names, i, j));
    }
    copy_of
}
