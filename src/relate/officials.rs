//! The words beside a country or organisation where only its officials took part: "Russian *officials*".

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::document::{Document, NameType};
use crate::signals::Resolved;
use crate::span::{EntityId, SentenceId, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    nouns: HashSet<String>,
    groups: HashSet<String>,
    modifiers: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/officials.toml")).expect("built-in lexicon")
});

/// The officials' noun, with its modifiers, after a mention of `actor` in `sentence`. None for people.
pub fn words(resolved: &Resolved, actor: EntityId, sentence: SentenceId) -> Option<String> {
    if resolved.entities.get(actor.index())?.kind == NameType::Per {
        return None;
    }
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    for (i, m) in resolved.tagged.mentions_in(range.span) {
        if resolved.actor_of[resolved.entity_of[i].index()] != actor {
            continue;
        }
        let after = document.token_at(m.span.end).index();
        // "Israeli Prime Minister Netanyahu" is a person, not his country's officials.
        let noun = noun_after(document, after, range.end.index());
        if let Some(noun) = noun.filter(|n| !names_person(resolved, n + 1)) {
            let span = document.tokens[after]
                .span
                .cover(document.tokens[noun].span);
            return Some(span.of(&document.article.body).to_owned());
        }
    }
    None
}

/// True where an officials' noun that ends before token `t` is the office of a person named there: "Minister [Ann Ray]",
/// "Minister [of Finance Ann Ray]".
pub fn names_person(resolved: &Resolved, t: usize) -> bool {
    let document = &resolved.tagged.document;
    if is_person(resolved, t) {
        return true;
    }
    let word = |t: usize| document.word_or_empty(t);
    if !matches!(word(t), "of" | "for") {
        return false;
    }
    let portfolio = |t: &usize| is_portfolio_word(word(*t));
    let words = (t + 1..t + 1 + PORTFOLIO).take_while(portfolio);
    words.into_iter().any(|t| is_person(resolved, t))
}

/// True where a person's name begins at token `t`.
fn is_person(resolved: &Resolved, t: usize) -> bool {
    let token = resolved.tagged.document.tokens.get(t);
    let named = token.and_then(|token| resolved.tagged.mention_at(token.span.start));
    named.is_some_and(|(_, m)| m.kind == NameType::Per)
}

/// Words of "of Foreign Affairs" and the like, at most.
pub const PORTFOLIO: usize = 10;

/// True for words as in "Foreign Affairs and Trade", "the Interior".
pub fn is_portfolio_word(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        || matches!(word, "the" | "and" | "of" | "," | "for" | "(" | ")")
}

/// True where the organisation named in `tokens` is the office of the person named behind it: "the UN High Commissioner for
/// Refugees, [Ann Ray]".
pub fn is_office_of_person(resolved: &Resolved, tokens: Range<usize>) -> bool {
    let document = &resolved.tagged.document;
    let holds = |t: usize| OFFICES.contains(&document.word(TokenId::new(t)));
    let comma =
        document.tokens.get(tokens.end).is_some() && document.word(TokenId::new(tokens.end)) == ",";
    tokens.clone().any(holds) && is_person(resolved, tokens.end + usize::from(comma))
}

/// Words by which the name of an office is told from that of a body.
const OFFICES: [&str; 14] = [
    "Commissioner",
    "Secretary",
    "Minister",
    "President",
    "Representative",
    "Chair",
    "Chairman",
    "Chairwoman",
    "Director",
    "Chief",
    "Adviser",
    "Advisor",
    "Coordinator",
    "Envoy",
];

/// True for a word of an office: an officials' noun or what may stand before one.
pub fn is_office_word(lower: &str) -> bool {
    LEXICON.nouns.contains(lower)
        || LEXICON.modifiers.contains(lower)
            && lower != "s"
            && lower.chars().all(char::is_alphabetic)
}

/// True for a noun for several people or their body, not for the office of one.
pub fn is_group(lower: &str) -> bool {
    LEXICON.groups.contains(lower) || LEXICON.nouns.contains(lower) && lower.ends_with('s')
}

/// The token of the officials' noun that begins at token `after`, behind at most three modifiers.
pub fn noun_after(document: &Document, after: usize, end: usize) -> Option<usize> {
    let mut noun = None;
    for t in after..end.min(after + 4) {
        let word = document.word(TokenId::new(t)).to_lowercase();
        if LEXICON.nouns.contains(&word) {
            noun = Some(t);
        } else if noun.is_some() || !LEXICON.modifiers.contains(&word) {
            break;
        }
    }
    noun
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexicon_is_lower_case() {
        assert!(
            LEXICON
                .nouns
                .iter()
                .chain(&LEXICON.modifiers)
                .all(|w| *w == w.to_lowercase())
        );
        assert!(LEXICON.nouns.contains("officials"));
    }
}
