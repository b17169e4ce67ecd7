//! Encounter word => whether the press is the one met, which is an interview and no encounter; transcript => who only
//! answers in it. The words are data, `data/press.toml`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::patterns::Plain;
use crate::document::{Document, Entity, NameType};
use crate::names::text::fold;
use crate::signals::{Resolved, Trigger};
use crate::span::{EntityId, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    words: HashSet<String>,
    between: HashSet<String>,
    outlets: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/press.toml")).expect("built-in lexicon")
});

/// Words between an encounter word and the press, at most.
const GAP: usize = 5;

/// True for a newspaper, channel or agency of `data/press.toml`.
pub fn is_outlet(entity: &Entity) -> bool {
    entity.kind == NameType::Org && LEXICON.outlets.contains(&fold(&entity.name))
}

/// True where `trigger` tells of talking to the press: what `plain` grammar says was met are outlets alone, or journalists
/// without names follow.
pub fn hears(resolved: &Resolved, trigger: &Trigger, plain: &Plain) -> bool {
    let outlet = |e: &EntityId| is_outlet(&resolved.entities[e.index()]);
    if !plain.objects.is_empty() {
        return plain.objects.iter().all(outlet);
    }
    let document = &resolved.tagged.document;
    let sentence = document.sentences.get(trigger.sentence.index());
    let end = sentence.map_or(0, |s| s.end.index());
    unnamed(resolved, document, trigger.token.index(), end)
}

/// The actors who only answer: "MR. PRICE:" again and again in a transcript with "QUESTION:". What they are asked about are
/// the encounters of others.
pub fn spokespeople(resolved: &Resolved) -> BTreeSet<EntityId> {
    let document = &resolved.tagged.document;
    let word = |t: usize| document.word(TokenId::new(t));
    let asked = document.sentences.iter().filter(|s| {
        let t = s.first.index();
        s.tokens().len() > 1
            && matches!(word(t), "QUESTION" | "Question" | "Q")
            && word(t + 1) == ":"
    });
    if asked.take(TWICE).count() < TWICE {
        return BTreeSet::new();
    }
    let mut labels: BTreeMap<EntityId, usize> = BTreeMap::new();
    for (m, entity) in resolved.tagged.mentions.iter().zip(&resolved.entity_of) {
        let tokens = document.tokens_of(m.span);
        let Some(sentence) = document.sentences.get(m.sentence.index()) else {
            continue;
        };
        let colon = tokens.end < sentence.end.index() && word(tokens.end) == ":";
        let address: Vec<&str> = (sentence.first.index()..tokens.start).map(word).collect();
        if colon
            && matches!(
                address[..],
                ["MR" | "MS" | "MRS" | "MR." | "MS." | "MRS."] | ["MR" | "MS" | "MRS", "."]
            )
        {
            *labels.entry(resolved.actor_of[entity.index()]).or_default() += 1;
        }
    }
    labels.retain(|_, n| *n >= TWICE);
    labels.into_keys().collect()
}

/// Labels and questions that make a transcript.
const TWICE: usize = 2;

/// True where the words behind token `t` are those of [`Lexicon::between`], or names of peoples and countries, up to one
/// for the press that ends its noun phrase.
fn unnamed(resolved: &Resolved, document: &Document, t: usize, end: usize) -> bool {
    let word = |i: usize| document.word(TokenId::new(i)).to_lowercase();
    let within = t + 1..end.min(t + 2 + GAP);
    let named = |i: usize| {
        let span = document.tokens[i].span;
        let mut mentions = resolved.tagged.mentions_in(span);
        mentions.next().map(|(_, m)| m.kind)
    };
    for i in within {
        let w = word(i);
        if LEXICON.words.contains(&w) {
            let next = i + 1;
            let goes_on = next < end
                && word(next).starts_with(char::is_alphabetic)
                && !ENDS.contains(&word(next).as_str());
            return !goes_on && (next >= end || named(next) != Some(NameType::Per));
        }
        let people = matches!(named(i), Some(NameType::Norp | NameType::Gpe));
        if !people && !LEXICON.between.contains(&w) {
            return false;
        }
    }
    false
}

/// Words that may follow a noun phrase: others go on with it ("the media regulator").
const ENDS: [&str; 34] = [
    "in",
    "on",
    "at",
    "after",
    "before",
    "during",
    "from",
    "about",
    "and",
    "or",
    "but",
    "that",
    "who",
    "as",
    "while",
    "when",
    "following",
    "of",
    "to",
    "for",
    "by",
    "outside",
    "inside",
    "near",
    "ahead",
    "today",
    "yesterday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Article, Mention};
    use crate::signals::Tagged;
    use crate::span::Span;

    /// Whether the word between `<` and `>` has the press behind it.
    fn heard(example: &str) -> bool {
        let at = example.find('<').unwrap() as u32;
        let body = example.replace(['<', '>'], "");
        let document = crate::segment::segment(Article {
            body,
            ..Article::default()
        });
        let end = document.tokens.len();
        let t = document.token_at(at).index();
        let resolved = Resolved {
            tagged: Tagged::default(),
            ..Resolved::default()
        };
        unnamed(&resolved, &document, t, end)
    }

    #[test]
    fn the_press_ends_the_phrase() {
        for yes in [
            "He <met> with foreign journalists in Kyiv.",
            "during a <conversation> with the media",
            "He <spoke> to reporters, who laughed.",
            "He <met> the press.",
        ] {
            assert!(heard(yes), "{yes}");
        }
        for no in [
            "<talks> with the media regulator",
            "He <met> the minister and told reporters so.",
            "He <met> journalist unions.",
            "He <met> them.",
        ] {
            assert!(!heard(no), "{no}");
        }
    }

    #[test]
    fn who_only_answers_is_a_spokesperson() {
        let body = "QUESTION: Will he meet Ann Ray?\n\nMR PRICE: No.\n\nQUESTION: When?\n\nMR PRICE: Never.\n";
        let document = crate::segment::segment(Article {
            body: body.to_owned(),
            ..Article::default()
        });
        let mut resolved = Resolved::default();
        for (name, entity) in [("Ann Ray", 0), ("PRICE", 1), ("PRICE", 1)] {
            let from = resolved
                .tagged
                .mentions
                .last()
                .map_or(0, |m: &Mention| m.span.end as usize);
            let at = from + body[from..].find(name).unwrap();
            resolved.tagged.mentions.push(Mention {
                span: Span::new(at, at + name.len()),
                kind: NameType::Per,
                sentence: document.sentence_at(at as u32),
                confidence: 1.0,
                boilerplate: false,
            });
            resolved.entity_of.push(EntityId(entity));
        }
        resolved.actor_of = vec![EntityId(0), EntityId(1)];
        resolved.tagged = Tagged {
            document,
            ..resolved.tagged
        };
        assert_eq!(spokespeople(&resolved), BTreeSet::from([EntityId(1)]));
    }

    #[test]
    fn outlets_are_organisations() {
        let entity = |name: &str, kind| Entity {
            name: name.to_owned(),
            kind,
            mentions: Vec::new(),
        };
        assert!(is_outlet(&entity("The New York Times", NameType::Org)));
        assert!(is_outlet(&entity("CNN", NameType::Org)));
        assert!(!is_outlet(&entity("Dawn", NameType::Per)));
        assert!(!is_outlet(&entity("Westland Bank", NameType::Org)));
    }
}
