//! Sentence grammar => the place of an encounter
//!
//! "in" and "at" right behind the encounter word, or a scene set before it, name the place beyond doubt.

use std::collections::HashSet;

use super::phrases::{before_article, titles};
use super::words::LEXICON;
use crate::document::Mention;
use crate::signals::Resolved;
use crate::span::{EntityId, SentenceId, Span, TokenId};

/// Words between an encounter word and its place, at most.
const PLACE: usize = 10;

/// The place named by "in" or "at" right behind `trigger`: "met in Riyadh", "talks with Ann Ray in the capital, Oslo" not.
/// Of a visit also the one behind "to", or behind nothing: "visit Kenya".
pub fn place(
    resolved: &Resolved,
    trigger: TokenId,
    sentence: SentenceId,
    visit: bool,
) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let behind = Span {
        start: document.tokens.get(trigger.index())?.span.end,
        end: range.span.end,
    };
    let triggers = &resolved.tagged.triggers;
    let later = triggers.partition_point(|x| x.token <= trigger);
    let next = triggers[later..].iter().find(|x| x.kind[0] < 0.5);
    for (i, m) in resolved.tagged.mentions_in(behind) {
        let start = document.token_at(m.span.start).index();
        if start > trigger.index() + PLACE {
            return None;
        }
        // Another encounter's place.
        if next.is_some_and(|x| x.token.index() < start) {
            return None;
        }
        let before = before_article(document, start)?;
        let led = match word(before) {
            w if visit => before == trigger.index() || LEXICON.toward.contains(&w),
            w => matches!(w.as_str(), "in" | "at"),
        };
        if m.kind.is_place() && led {
            return Some(resolved.entity_of[i]);
        }
    }
    None
}

/// The place that the words before `trigger` set the scene with: "In Niger, she will meet …", "travel to Riga, Latvia, to
/// meet …". The last one counts; of a city with its country the city.
pub fn scene(resolved: &Resolved, trigger: TokenId, sentence: SentenceId) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let is_title = titles(resolved, range);
    let ahead = Span {
        start: range.span.start,
        end: document.tokens.get(trigger.index())?.span.start,
    };
    let set = |m: &Mention| {
        let start = document.token_at(m.span.start).index();
        let before = before_article(document, start).filter(|t| *t >= range.first.index());
        m.kind.is_place()
            && before.is_some_and(|t| {
                matches!(word(t).as_str(), "in" | "at" | "to") && !is_title(t.wrapping_sub(1))
            })
    };
    let places = resolved.tagged.mentions_in(ahead).filter(|(_, m)| set(m));
    places.last().map(|(i, _)| resolved.entity_of[i])
}

/// The place that `sentence` ends with, led by "in" or "at": where a picture was taken. Of places within each other ("at the
/// White House in Washington", "in Oslo, Norway") the first, which is the smallest.
pub fn place_at_end(resolved: &Resolved, sentence: SentenceId) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let range = document.sentences.get(sentence.index())?;
    let mut found: Option<(EntityId, usize)> = None;
    for (i, m) in resolved.tagged.mentions_in(range.span) {
        if !m.kind.is_place() {
            continue;
        }
        let tokens = document.tokens_of(m.span);
        let lead = before_article(document, tokens.start).filter(|t| *t >= range.first.index());
        let word = lead.map_or("", |t| document.word(TokenId::new(t)));
        match found {
            // Right behind the one before, which lies in it.
            Some((place, end)) if lead == Some(end) && matches!(word, "in" | "at" | ",") => {
                found = Some((place, tokens.end));
            }
            _ if matches!(word, "in" | "at") => {
                found = Some((resolved.entity_of[i], tokens.end));
            }
            _ => {}
        }
    }
    found.map(|f| f.0)
}

/// The places that `sentence` joins to `place` in a list that ends in "and": "Kenya, Mali and Chad". A comma alone also
/// stands between a city and its country, so such pairs are no list.
pub fn joined_places(resolved: &Resolved, place: EntityId, sentence: SentenceId) -> Vec<EntityId> {
    let document = &resolved.tagged.document;
    let Some(range) = document.sentences.get(sentence.index()) else {
        return Vec::new();
    };
    let word = |t: usize| document.word(TokenId::new(t));
    let mut list: Vec<EntityId> = Vec::new();
    let (mut last_end, mut ended_by_and) = (0, false);
    let finish = |list: &[EntityId], by_and: bool| by_and && list.contains(&place);
    for (i, m) in resolved.tagged.mentions_in(range.span) {
        let tokens = document.tokens_of(m.span);
        let gap: Vec<&str> = (last_end..tokens.start).map(word).collect();
        let and = gap.contains(&"and");
        // "Rabat and Casablanca, Morocco": the country of both, not a third stop.
        let link = !(list.is_empty() || ended_by_and && gap == [","])
            && m.kind.is_place()
            && matches!(
                gap[..],
                [","]
                    | ["and"]
                    | [",", "and"]
                    | ["and", "the"]
                    | ["and", "to"]
                    | [",", "the"]
                    | [",", "and", "the"]
            );
        if !link {
            if finish(&list, ended_by_and) {
                break;
            }
            list.clear();
            ended_by_and = false;
        }
        if m.kind.is_place() {
            list.push(resolved.entity_of[i]);
            ended_by_and = and && link;
        }
        last_end = tokens.end;
    }
    if !finish(&list, ended_by_and) {
        return Vec::new();
    }
    let mut seen = HashSet::from([place]);
    list.retain(|e| seen.insert(*e));
    list
}
