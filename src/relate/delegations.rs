//! Heads of delegations met each other
//!
//! "U.S. and Russian officials met in Istanbul … The U.S. delegation was led by Sonata Coulter, while Russia's team was
//! headed by Alexander Darchiyev": the two named people take the places of their countries. The patterns are data,
//! `data/delegations.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::drafts::{Actor, Draft};
use crate::document::{EncounterKind, NameType, Status};
use crate::signals::Resolved;
use crate::span::{EntityId, SentenceId, Span, TokenId};

#[derive(Deserialize)]
struct Lexicon {
    groups: HashSet<String>,
    passive: HashSet<String>,
    active: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/delegations.toml")).expect("built-in lexicon")
});

/// `person` heads the delegation of `actor`, as `sentence` says.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Head {
    actor: EntityId,
    person: EntityId,
    sentence: SentenceId,
}

/// Words between a country and its delegation's noun, and between that and the verb, at most.
const REACH: usize = 4;
/// Tokens between the verb and the head's name, at most: room for a long title.
const TITLE: usize = 14;
/// Sentences between a report of talks and the naming of heads, at most.
const FAR: u32 = 25;

/// Puts named heads of delegations in the places of their countries, in the occurred meeting nearest before.
pub fn name_heads(resolved: &Resolved, records: &mut [Draft]) {
    let heads = find(resolved);
    for head in &heads {
        let fits = |r: &Draft| {
            r.kind == EncounterKind::Meeting
                && matches!(r.status, Status::Occurred | Status::Planned)
                && r.has(head.actor)
                && !r.has(head.person)
                && r.sentence <= head.sentence
                && head.sentence.0 - r.sentence.0 <= FAR
                // The other side is headed too, or is a person already.
                && r.participants.iter().all(|p| {
                    p.entity == head.actor
                        || resolved.entities[p.entity.index()].kind == NameType::Per
                        || heads.iter().any(|h| h.actor == p.entity)
                })
        };
        // A country's talks may be told of several times; heads are named for the main, first told ones.
        if let Some(record) = records.iter_mut().find(|r| fits(r)) {
            for p in &mut record.participants {
                if p.entity == head.actor {
                    *p = Actor {
                        entity: head.person,
                        probability: p.probability,
                        words: None,
                    };
                }
            }
            record.participants.sort_by_key(|p| p.entity);
        }
    }
}

/// All statements of who heads whose delegation.
fn find(resolved: &Resolved) -> Vec<Head> {
    let document = &resolved.tagged.document;
    let mut out = Vec::new();
    for (s, sentence) in document
        .sentences
        .iter()
        .enumerate()
        .filter(|(_, s)| !s.boilerplate)
    {
        for t in sentence.tokens() {
            if !LEXICON
                .groups
                .contains(&document.word(TokenId::new(t)).to_lowercase())
            {
                continue;
            }
            let Some(actor) = before(resolved, t, sentence.first.index()) else {
                continue;
            };
            let Some(person) = after(resolved, t, sentence.end.index()) else {
                continue;
            };
            out.push(Head {
                actor,
                person,
                sentence: SentenceId::new(s),
            });
        }
    }
    out
}

/// The country or organisation named just before the delegation's noun at token `t`.
fn before(resolved: &Resolved, t: usize, first: usize) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let at = document.tokens[t].span.start;
    let i = resolved
        .tagged
        .mentions
        .partition_point(|m| m.span.end <= at)
        .checked_sub(1)?;
    let mention = resolved.tagged.mentions[i];
    let end = document
        .token_at(mention.span.end.saturating_sub(1))
        .index();
    if end < first || t - end > REACH || mention.kind == NameType::Per {
        return None;
    }
    Some(resolved.actor_of[resolved.entity_of[i].index()])
}

/// The person named after "led by" or "head" behind the noun at token `t`.
fn after(resolved: &Resolved, t: usize, end: usize) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let word = |t: usize| document.word(TokenId::new(t)).to_lowercase();
    let verb = (t + 1..end.min(t + 1 + REACH)).find(|v| {
        LEXICON.passive.contains(&word(*v)) && v + 1 < end && word(v + 1) == "by"
            || LEXICON.active.contains(&word(*v))
    })?;
    let from = document.tokens[verb].span.end;
    let to = document.tokens[(verb + TITLE).min(end - 1)].span.end;
    let behind = Span {
        start: from,
        end: to,
    };
    let mut names = resolved.tagged.mentions_in(behind);
    let (i, _) = names.find(|(_, m)| m.kind == NameType::Per)?;
    Some(resolved.entity_of[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexicon_reads() {
        assert!(
            LEXICON.groups.contains("delegation")
                && LEXICON.passive.contains("led")
                && !LEXICON.active.is_empty()
        );
    }
}
