//! Encounter word => whether the press is the one met, which is an interview and no encounter; transcript => who only
//! answers in it. The words are data, `data/press.toml`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::patterns::Plain;
use crate::document::{Entity, NameType};
use crate::names::text::fold;
use crate::signals::{Resolved, Tagged, Trigger};
use crate::span::{EntityId, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    words: HashSet<String>,
    between: HashSet<String>,
    ends: HashSet<String>,
    staff: HashSet<String>,
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

/// The newspapers, channels and agencies of `data/press.toml`.
pub fn outlets(entities: &[Entity]) -> BTreeSet<EntityId> {
    let outlets = entities.iter().enumerate().filter(|(_, e)| is_outlet(e));
    outlets.map(|(i, _)| EntityId::new(i)).collect()
}

fn is_outlet(entity: &Entity) -> bool {
    entity.kind == NameType::Org && LEXICON.outlets.contains(&fold(&entity.name))
}

/// True where `trigger` tells of talking to the press: outlets alone are what `plain` grammar says was met, or who met
/// them, or journalists without names follow.
pub fn hears(
    resolved: &Resolved,
    outlets: &BTreeSet<EntityId>,
    trigger: &Trigger,
    plain: &Plain,
) -> bool {
    if !plain.objects.is_empty() {
        let of_press = |actors: &[EntityId]| actors.iter().all(|e| outlets.contains(e));
        let mut askers = plain.actors.clone();
        askers.retain(|e| !plain.objects.contains(e));
        let asked = !askers.is_empty() && of_press(&askers);
        return asked || of_press(&plain.objects) && !to_staff(&resolved.tagged, trigger);
    }
    let sentence = resolved
        .tagged
        .document
        .sentences
        .get(trigger.sentence.index());
    let end = sentence.map_or(0, |s| s.end.index());
    unnamed(&resolved.tagged, trigger.token.index(), end)
}

/// True for "met with *employees* of" an outlet: it is visited as a firm.
fn to_staff(tagged: &Tagged, trigger: &Trigger) -> bool {
    let document = &tagged.document;
    let behind = document.tokens.len().min(trigger.token.index() + 1 + GAP);
    let mut words = (trigger.token.index() + 1..behind).map(|t| document.word(TokenId::new(t)));
    words.any(|w| LEXICON.staff.contains(&w.to_lowercase()))
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
        // A label opens its sentence: what stands far behind it is not collected.
        let first = sentence.first.index();
        if !colon || tokens.start - first > 2 {
            continue;
        }
        let address: Vec<&str> = (first..tokens.start).map(word).collect();
        if matches!(
            address[..],
            ["MR" | "MS" | "MRS" | "MR." | "MS." | "MRS."] | ["MR" | "MS" | "MRS", "."]
        ) {
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
fn unnamed(tagged: &Tagged, t: usize, end: usize) -> bool {
    let document = &tagged.document;
    let word = |i: usize| document.word(TokenId::new(i)).to_lowercase();
    let within = t + 1..end.min(t + 2 + GAP);
    let named = |i: usize| {
        let span = document.tokens[i].span;
        let mut mentions = tagged.mentions_in(span);
        mentions.next().map(|(_, m)| m.kind)
    };
    for i in within {
        let w = word(i);
        if LEXICON.words.contains(&w) {
            let next = i + 1;
            let goes_on = next < end
                && word(next).starts_with(char::is_alphabetic)
                && !LEXICON.ends.contains(&word(next));
            return !goes_on && (next >= end || named(next) != Some(NameType::Per));
        }
        let people = matches!(named(i), Some(NameType::Norp | NameType::Gpe));
        if !people && !LEXICON.between.contains(&w) {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Article, Mention};
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
        let tagged = Tagged {
            document,
            ..Tagged::default()
        };
        unnamed(&tagged, t, end)
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
