//! Office titles => affiliations
//!
//! Each title goes to the person and the organisation or country that stand right beside it or, where none do, to those it
//! most likely belongs to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::document::{Affiliation, NameType};
use crate::encode::Thresholds;
use crate::signals::{Resolved, Title};
use crate::span::EntityId;

/// Every distinct office of a named person, in order of position.
pub fn read(resolved: &Resolved, thresholds: &Thresholds) -> Vec<Affiliation> {
    let body = &resolved.tagged.document.article.body;
    let mut seen: BTreeSet<(EntityId, String, Option<EntityId>)> = BTreeSet::new();
    let mut out = Vec::new();
    for title in &resolved.tagged.titles {
        let holder = named_behind(resolved, title)
            .map(|e| (e, title.confidence))
            .or_else(|| best(resolved, title, |f| f.1, |k| k == NameType::Per));
        let Some((person, held)) = holder.filter(|h| h.1 >= thresholds.office) else {
            continue;
        };
        let body_of = |k| !matches!(k, NameType::Per | NameType::Event);
        let of = named_beside(resolved, title).or_else(|| {
            best(resolved, title, |f| f.2, body_of)
                .filter(|b| b.1 >= thresholds.office)
                .map(|b| b.0)
        });
        let words = title.span.of(body).to_owned();
        if seen.insert((person, words.to_lowercase(), of)) {
            let confidence = title.confidence * held;
            out.push(Affiliation {
                person,
                title: words,
                of,
                evidence: title.span,
                confidence,
            });
        }
    }
    // A title repeated without its organisation says nothing new.
    let full: BTreeSet<(EntityId, String)> = out
        .iter()
        .filter(|a| a.of.is_some())
        .map(|a| (a.person, a.title.to_lowercase()))
        .collect();
    out.retain(|a| a.of.is_some() || !full.contains(&(a.person, a.title.to_lowercase())));
    out
}

/// The person whose name begins right behind the title: "Foreign Minister [Sergei Lavrov]".
fn named_behind(resolved: &Resolved, title: &Title) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let next = document
        .tokens
        .get(document.token_at(title.span.end).index())?
        .span
        .start;
    let (i, m) = resolved.tagged.mention_at(next)?;
    (m.kind == NameType::Per).then(|| resolved.entity_of[i])
}

/// The body or country named right before the title, or behind it by "of": "[Russian] Foreign Minister", "[Kenya]'s
/// president", "president of the [Republic of Kenya]".
fn named_beside(resolved: &Resolved, title: &Title) -> Option<EntityId> {
    let document = &resolved.tagged.document;
    let mentions = &resolved.tagged.mentions;
    let word = |t: usize| {
        document
            .tokens
            .get(t)
            .map_or("", |t| t.span.of(&document.article.body))
    };
    let fits = |i: usize| {
        let kind = mentions[i].kind;
        (!matches!(kind, NameType::Per | NameType::Event)).then(|| resolved.entity_of[i])
    };
    let end = document.token_at(title.span.end).index();
    if word(end) == "of" {
        let at = end + if word(end + 1) == "the" { 2 } else { 1 };
        let start = document.tokens.get(at)?.span.start;
        if let Some((i, _)) = resolved.tagged.mention_at(start) {
            return fits(i);
        }
    }
    let mut before = title.token.index();
    if before >= 2 && word(before - 1) == "s" && matches!(word(before - 2), "'" | "’") {
        before -= 2;
    }
    let last = document.tokens.get(before.checked_sub(1)?)?.span;
    let i = mentions.partition_point(|m| m.span.end < last.end);
    mentions
        .get(i)
        .filter(|m| m.span.end == last.end)
        .and_then(|_| fits(i))
}

/// The entity with the highest soft maximum of its mentions' scores, with its probability.
fn best(
    resolved: &Resolved,
    title: &Title,
    score: impl Fn(&(crate::span::MentionId, f32, f32)) -> f32,
    admits: impl Fn(NameType) -> bool,
) -> Option<(EntityId, f32)> {
    let mut sums: BTreeMap<EntityId, f32> = BTreeMap::new();
    for f in &title.fillers {
        let entity = resolved.entity_of[f.0.index()];
        if admits(resolved.entities[entity.index()].kind) {
            *sums.entry(entity).or_default() += score(f).exp();
        }
    }
    let mut best: Option<(EntityId, f32)> = None;
    for (entity, odds) in sums {
        let p = odds / (1.0 + odds);
        if best.is_none_or(|b| p > b.1) {
            best = Some((entity, p));
        }
    }
    best
}
