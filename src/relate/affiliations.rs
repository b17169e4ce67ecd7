//! Office titles => affiliations
//!
//! Each title goes to the person it most likely belongs to and to the organisation or country it is most likely of.

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
        let holder = best(resolved, title, |f| f.1, |k| k == NameType::Per);
        let Some((person, held)) = holder.filter(|h| h.1 >= thresholds.office) else {
            continue;
        };
        let of = best(
            resolved,
            title,
            |f| f.2,
            |k| !matches!(k, NameType::Per | NameType::Event),
        )
        .filter(|b| b.1 >= thresholds.office)
        .map(|b| b.0);
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
