//! Sentences => names that only say whose or by whom something is
//!
//! "Ann Ray, wife of *Bo Li*", "*Bo Li*'s wife", "a plan announced by *Bo Li* and *Cy Orr*", "*Parliament* Speaker Ann Ray",
//! "the Ray-*Li* administration": who is named so takes part in no encounter by these words. The words are data,
//! `data/asides.toml` and `eponyms` of `data/patterns.toml`.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::lists;
use super::phrases::{self, Unit};
use crate::document::NameType;
use crate::signals::Resolved;
use crate::span::{MentionId, SentenceId, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    kin: HashSet<String>,
    done: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/asides.toml")).expect("built-in lexicon")
});

/// The mentions that only say whose or by whom something is.
pub fn find(resolved: &Resolved) -> BTreeSet<MentionId> {
    let tagged = &resolved.tagged;
    let document = &tagged.document;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let mut out = BTreeSet::new();
    for (s, sentence) in document.sentences.iter().enumerate() {
        if sentence.boilerplate {
            continue;
        }
        let (first, end) = (sentence.first.index(), sentence.end.index());
        for t in first + 1..end {
            let lead = match document.word(TokenId::new(t)) {
                "of" if LEXICON.kin.contains(&word(t - 1)) => false,
                "by" if LEXICON.done.contains(&word(t - 1)) => true,
                _ => continue,
            };
            out.extend(lists::named_behind(resolved, SentenceId::new(s), t, lead));
        }
        for unit in phrases::units(resolved, SentenceId::new(s)) {
            out.extend(in_office(resolved, &unit));
        }
    }
    // "Bo Li's wife", "the Ray-Li administration"
    for (i, m) in tagged.mentions.iter().enumerate() {
        if phrases::is_eponym(resolved, i) {
            out.insert(MentionId::new(i));
        }
        let after = document.tokens_of(m.span).end;
        let possessive = m.kind == NameType::Per
            && after + 2 < document.tokens.len()
            && matches!(document.word(TokenId::new(after)), "'" | "’")
            && word(after + 1) == "s";
        if possessive && LEXICON.kin.contains(&word(after + 2)) {
            out.insert(MentionId::new(i));
        }
    }
    out
}

/// The bodies and regions within the office of the person that `unit` stands for: "[Parliament] Speaker Ann Ray", "envoy
/// for the [Sahel] Ann Ray". Countries stay: they may be named nowhere else.
fn in_office(resolved: &Resolved, unit: &Unit) -> Vec<MentionId> {
    let tagged = &resolved.tagged;
    if resolved.entities[unit.actor.index()].kind != NameType::Per {
        return Vec::new();
    }
    let starts = unit
        .tokens
        .clone()
        .map(|t| tagged.document.tokens[t].span.start);
    let named = starts.filter_map(|start| tagged.mention_at(start));
    named
        .filter(|(_, m)| matches!(m.kind, NameType::Org | NameType::Loc))
        .map(|(i, _)| MentionId::new(i))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_and_by_whom_is_aside() {
        let names = ["Ann Ray", "Bo Li", "Cy Orr"];
        for (body, want) in [
            ("Ann Ray, wife of President Bo Li, met Cy Orr.", &[1][..]),
            ("Bo Li's wife Ann Ray met Cy Orr.", &[0]),
            ("The Ann Ray-Bo Li Administration met Cy Orr.", &[1]),
            ("The Ann Ray-Bo Li summit pleased Cy Orr.", &[]),
            (
                "Ann Ray spoke of the plan announced by Bo Li and Cy Orr.",
                &[1, 2],
            ),
            (
                "Ann Ray spoke at the talks hosted by Bo Li and Cy Orr.",
                &[],
            ),
        ] {
            let resolved = crate::relate::testing::resolved(body, &names);
            let found: Vec<usize> = find(&resolved).iter().map(|m| m.index()).collect();
            assert_eq!(found, want, "{body}");
        }
    }
}
