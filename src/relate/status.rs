//! Words near a trigger => its status, where they decide it
//!
//! The status head has seen few encounters that did not happen. These cues, `data/status.toml`, were right nearly always
//! on the gold articles and win over the head.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::document::{Document, Status};
use crate::signals::Tagged;
use crate::span::{SentenceId, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    cue: Vec<Cue>,
}

#[derive(Deserialize)]
struct Cue {
    status: Status,
    before: Vec<String>,
    behind: Vec<String>,
    that: Vec<String>,
    itself: Vec<String>,
    #[cfg(test)]
    yes: Vec<String>,
    #[cfg(test)]
    no: Vec<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/status.toml")).expect("built-in lexicon")
});

/// Words before and behind a trigger in which cues count.
const BEFORE: usize = 6;
const BEHIND: usize = 4;

/// The status that a cue near `trigger` decides, if any. The nearest cue wins.
pub fn decided(tagged: &Tagged, trigger: TokenId, sentence: SentenceId) -> Option<Status> {
    let likely = |t: usize| {
        let i = tagged.triggers.partition_point(|x| x.token.index() < t);
        tagged
            .triggers
            .get(i)
            .is_some_and(|x| x.token.index() == t && x.kind[0] < 0.5)
    };
    near(&tagged.document, trigger, sentence, likely)
        .or_else(|| headlined(&tagged.document, trigger, sentence).then_some(Status::Planned))
}

/// True for the infinitive of a headline, with nothing but names and offices before it: "Kenya's Ray to #visit# Oslo".
fn headlined(document: &Document, trigger: TokenId, sentence: SentenceId) -> bool {
    let Some(range) = document.sentences.get(sentence.index()).map(|s| s.tokens()) else {
        return false;
    };
    let word = |t: usize| document.word(TokenId::new(t));
    let Some(to) = trigger.index().checked_sub(1).filter(|t| *t > range.start) else {
        return false;
    };
    let name = |t: usize| {
        word(t).starts_with(char::is_uppercase)
            || matches!(
                word(t),
                "," | "and" | "&" | "'" | "’" | "s" | "of" | "the" | "-" | "."
            )
    };
    word(to) == "to" && (range.start..to).all(name)
}

/// [`decided`], with `other` telling which tokens are encounter words too.
fn near(
    document: &Document,
    trigger: TokenId,
    sentence: SentenceId,
    other: impl Fn(usize) -> bool,
) -> Option<Status> {
    let range = document.sentences.get(sentence.index())?.tokens();
    let t = trigger.index();
    let ends = |i: &usize| {
        other(*i)
            || matches!(
                document.word(TokenId::new(*i)),
                ";" | "," | "." | "who" | "which"
            )
    };
    let cue = |i: usize, list: fn(&Cue) -> &Vec<String>| {
        let word = document.word(TokenId::new(i)).to_lowercase();
        LEXICON
            .cue
            .iter()
            .find(|c| list(c).contains(&word))
            .map(|c| c.status)
    };
    let before = (range.start.max(t.saturating_sub(BEFORE))..t)
        .rev()
        .take_while(|i| !ends(i));
    let behind = (t + 1..range.end.min(t + 1 + BEHIND)).take_while(|i| !ends(i));
    cue(t, |c| &c.itself)
        .or_else(|| before.into_iter().find_map(|i| cue(i, |c| &c.before)))
        .or_else(|| behind.into_iter().find_map(|i| cue(i, |c| &c.behind)))
        .or_else(|| {
            let opens = |i: &usize| document.word(TokenId::new(i + 1)) == "that";
            (range.start..t.saturating_sub(1))
                .rev()
                .filter(opens)
                .find_map(|i| cue(i, |c| &c.that))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Article;

    /// The status of the word between `#`s; `<` and `>` only mark the cue for readers.
    fn status(example: &str) -> Option<Status> {
        let plain = example.replace(['<', '>'], "");
        let at = plain.find('#').unwrap() as u32;
        let body = plain.replace('#', "");
        let document = crate::segment::segment(Article {
            body,
            ..Article::default()
        });
        near(
            &document,
            document.token_at(at),
            document.sentence_at(at),
            |_| false,
        )
    }

    #[test]
    fn infinitives_of_headlines_are_planned() {
        let planned = |body: &str, word: &str| {
            let at = body.find(word).unwrap() as u32;
            let document = crate::segment::segment(Article {
                body: body.to_owned(),
                ..Article::default()
            });
            headlined(&document, document.token_at(at), document.sentence_at(at))
        };
        assert!(planned("Kenya's Ray to visit Oslo", "visit"));
        assert!(planned("Ann Ray, Bo Li to meet on Monday", "meet"));
        assert!(!planned("Ann Ray asked Bo Li to meet", "meet"));
        assert!(!planned("to meet", "meet"));
    }

    #[test]
    fn every_cue_has_its_examples() {
        for cue in &LEXICON.cue {
            assert!(!cue.yes.is_empty() && !cue.no.is_empty());
            for example in &cue.yes {
                assert_eq!(status(example), Some(cue.status), "{example}");
            }
            for example in &cue.no {
                assert_eq!(status(example), None, "{example}");
            }
        }
    }
}
