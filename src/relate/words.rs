//! The words of sentence grammar, from `data/patterns.toml`: what each is for stands beside it there.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// The word lists of `data/patterns.toml`, lower case.
#[derive(Deserialize)]
pub struct Lexicon {
    pub before: HashSet<String>,
    pub behind: HashSet<String>,
    pub link: HashSet<String>,
    pub transitive: HashSet<String>,
    pub plural: HashSet<String>,
    pub several: HashSet<String>,
    pub leads: HashSet<String>,
    pub including: HashSet<String>,
    pub society: HashSet<String>,
    pub callings: HashSet<String>,
    pub receives: HashSet<String>,
    pub rings: HashSet<String>,
    pub says: HashSet<String>,
    pub eponyms: HashSet<String>,
    pub no_adverbs: HashSet<String>,
    pub presides: HashSet<String>,
    pub and: HashSet<String>,
    pub locative: HashSet<String>,
    pub toward: HashSet<String>,
    pub moves: HashSet<String>,
    pub light: HashSet<String>,
}

/// The lists, read once.
#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/patterns.toml")).expect("built-in lexicon")
});

/// Words between an encounter word and its actors, at most.
pub const GAP: usize = 7;
