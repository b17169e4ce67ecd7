//! Tokens => sentences
//!
//! A sentence ends at a line end (unless the text is hard-wrapped), or at `. ! ? …` with any closing quotes and
//! brackets where the next word can start a sentence and the full stop belongs to no abbreviation.
//! Abbreviations and sentence openers are data: `data/abbreviations.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::document::{Sentence, Token};
use crate::span::{Span, TokenId};

/// The lexicon file's shape.
#[derive(Deserialize)]
struct Lexicon {
    /// Lower-case words after which a full stop never ends a sentence: titles and the like.
    never: HashSet<String>,
    /// Lower-case words after which a full stop ends a sentence only before an opener: "Inc.", "p.m.", "Feb.".
    unless_opener: HashSet<String>,
    /// Words that commonly start sentences.
    openers: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/abbreviations.toml")).expect("built-in lexicon")
});

/// Groups `tokens` into sentences; those inside `boilerplate` (sorted, disjoint) are marked.
pub fn split(body: &str, tokens: &[Token], boilerplate: &[Span]) -> Vec<Sentence> {
    let wrapped = is_hard_wrapped(body);
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut first = 0;
    let mut paragraph = 0;
    let mut close = |first: usize, end: usize, paragraph: u32| {
        let span = tokens[first].span.cover(tokens[end - 1].span);
        let i = boilerplate.partition_point(|b| b.end <= span.start);
        let boilerplate = boilerplate.get(i).is_some_and(|b| b.overlaps(span));
        sentences.push(Sentence {
            span,
            first: TokenId::new(first),
            end: TokenId::new(end),
            paragraph,
            boilerplate,
        });
    };
    for i in 1..tokens.len() {
        let gap = &body[tokens[i - 1].span.end as usize..tokens[i].span.start as usize];
        let lines = gap.bytes().filter(|b| *b == b'\n').count();
        let new_paragraph = lines > 1 || (lines == 1 && !wrapped);
        if new_paragraph || (!gap.is_empty() && ends_sentence(body, tokens, i)) {
            close(first, i, paragraph);
            first = i;
        }
        paragraph += u32::from(new_paragraph);
    }
    if first < tokens.len() {
        close(first, tokens.len(), paragraph);
    }
    sentences
}

/// True where a sentence can end between token `i - 1` and token `i`, which white space separates.
fn ends_sentence(body: &str, tokens: &[Token], i: usize) -> bool {
    let word = |t: usize| tokens[t].span.of(body);
    // Step back over closing quotes and brackets, at most four, to the mark that may end the sentence.
    let mut end = i - 1;
    let mut closers = 0;
    while end > 0 && closers < 4 && is_closer(word(end)) {
        end -= 1;
        closers += 1;
    }
    let mark = word(end);
    let next = opening_word(body, tokens, i);
    let starts = next
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_numeric() || !c.is_alphanumeric());
    match mark {
        "!" | "?" | "…" => starts,
        "." if end > 0 => {
            if !starts {
                return false;
            }
            if closers > 0 || tokens[end - 1].span.end != tokens[end].span.start {
                return true;
            }
            let before = word(end - 1);
            let lower = before.to_lowercase();
            let initial = before.chars().count() == 1 && before.chars().all(char::is_uppercase);
            if LEXICON.never.contains(&lower) {
                false
            } else if initial || LEXICON.unless_opener.contains(&lower) {
                LEXICON.openers.contains(next)
            } else {
                true
            }
        }
        // Initials hold their own full stop: "in the U.S. The rest".
        _ if mark.len() > 2 && mark.ends_with('.') => {
            closers > 0 && starts || LEXICON.openers.contains(next)
        }
        _ => false,
    }
}

/// The first token at or after `i` that is no opening quote or bracket.
fn opening_word<'a>(body: &'a str, tokens: &[Token], i: usize) -> &'a str {
    let end = (i + 3).min(tokens.len());
    let word = |t: usize| tokens[t].span.of(body);
    (i..end)
        .map(word)
        .find(|w| !matches!(*w, "\"" | "'" | "“" | "‘" | "«" | "„" | "(" | "["))
        .unwrap_or("")
}

fn is_closer(word: &str) -> bool {
    matches!(word, "\"" | "'" | "”" | "’" | "»" | ")" | "]")
}

/// True where single line ends are layout only: at least four lines are followed by one that goes on in lower case,
/// and these are at least two fifths of all single line ends.
fn is_hard_wrapped(body: &str) -> bool {
    let (mut single, mut goes_on) = (0usize, 0usize);
    let mut lines = body.split('\n').peekable();
    while let Some(line) = lines.next() {
        let Some(next) = lines.peek() else { break };
        if line.trim().is_empty() || next.trim().is_empty() {
            continue;
        }
        single += 1;
        goes_on += usize::from(next.trim_start().starts_with(char::is_lowercase));
    }
    goes_on >= 4 && goes_on * 5 >= single * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_lexicon_is_lower_case_where_it_must_be() {
        for w in LEXICON.never.iter().chain(&LEXICON.unless_opener) {
            assert_eq!(*w, w.to_lowercase());
        }
        assert!(
            LEXICON
                .openers
                .iter()
                .all(|w| w.starts_with(char::is_uppercase))
        );
    }
}
