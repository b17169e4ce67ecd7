//! Trigger scores => drafts of encounters
//!
//! An actor's probability of taking part is a noisy-or over everything in the window that stands for it: its names
//! (joined by log-sum-exp, as in training) and the pronouns and descriptions that may refer to it, each weighted by how
//! likely it refers to it.

use std::collections::BTreeMap;

use super::officials;
use crate::dates::{self, DateExpression, Direction};
use crate::document::{EncounterKind, NameType, Status, When};
use crate::encode::Thresholds;
use crate::signals::{Candidate, Filler, Resolved, RoleScore, Trigger};
use crate::span::{EntityId, SentenceId, Span, TokenId};

/// An encounter as one trigger states it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub kind: EncounterKind,
    pub status: Status,
    /// Sorted by entity.
    pub participants: Vec<Actor>,
    /// The place and its probability.
    pub place: Option<(EntityId, f32)>,
    pub when: Option<Dated>,
    pub trigger: TokenId,
    pub sentence: SentenceId,
    pub evidence: Span,
    /// Evidence of the drafts merged into this one.
    pub also: Vec<Span>,
    pub confidence: f32,
}

/// A participant of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    pub entity: EntityId,
    pub probability: f32,
    /// "officials", where only these took part.
    pub words: Option<String>,
}

/// A date with its extent, for comparing drafts.
#[derive(Debug, Clone)]
pub struct Dated {
    pub when: When,
    pub value: Option<dates::Resolved>,
}

impl Draft {
    /// True where `entity` takes part.
    pub fn has(&self, entity: EntityId) -> bool {
        self.participants.iter().any(|p| p.entity == entity)
    }
}

/// The drafts of all triggers that pass, in order of position.
pub fn read(
    resolved: &Resolved,
    candidates: &[Candidate],
    dates: &[DateExpression],
    thresholds: &Thresholds,
) -> Vec<Draft> {
    resolved
        .tagged
        .triggers
        .iter()
        .filter_map(|t| draft(resolved, candidates, dates, thresholds, t))
        .collect()
}

fn draft(
    resolved: &Resolved,
    candidates: &[Candidate],
    dates: &[DateExpression],
    thresholds: &Thresholds,
    trigger: &Trigger,
) -> Option<Draft> {
    let trigger_probability = 1.0 - trigger.kind[0];
    if trigger_probability < thresholds.trigger {
        return None;
    }
    let kind = match argmax(&trigger.kind[1..]) {
        0 => EncounterKind::Meeting,
        1 => EncounterKind::Call,
        _ => EncounterKind::Visit,
    };
    let status_at = argmax(&trigger.status);
    let status = [
        Status::Occurred,
        Status::Planned,
        Status::Possible,
        Status::Not,
    ][status_at];

    let places = probabilities(resolved, candidates, trigger, |s| s.place, Role::Place);
    let place = best(&places).filter(|p| p.1 >= thresholds.place);
    let mut who = probabilities(
        resolved,
        candidates,
        trigger,
        |s| s.participant,
        Role::Participant,
    );
    if kind == EncounterKind::Visit {
        // A visitor is no place to itself, and without a place there is no visit.
        let place = place.or_else(|| best(&places).filter(|p| p.1 >= thresholds.place * 0.5))?;
        who.retain(|e, _| *e != resolved.actor_of[place.0.index()]);
        return finish(
            resolved,
            dates,
            thresholds,
            trigger,
            (kind, status),
            who,
            Some(place),
        );
    }
    finish(
        resolved,
        dates,
        thresholds,
        trigger,
        (kind, status),
        who,
        place,
    )
}

fn finish(
    resolved: &Resolved,
    dates: &[DateExpression],
    thresholds: &Thresholds,
    trigger: &Trigger,
    (kind, status): (EncounterKind, Status),
    who: BTreeMap<EntityId, f32>,
    place: Option<(EntityId, f32)>,
) -> Option<Draft> {
    let mut ranked: Vec<(EntityId, f32)> = who.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let needed = if kind == EncounterKind::Visit { 1 } else { 2 };
    let sure = ranked
        .iter()
        .take_while(|p| p.1 >= thresholds.participant)
        .count();
    let taken = if sure >= needed {
        sure
    } else if ranked.len() >= needed
        && sure + 1 == needed
        && ranked[needed - 1].1 >= thresholds.second
    {
        needed
    } else {
        return None;
    };
    ranked.truncate(taken);
    // The record is as sure as its trigger, its status and its least sure indispensable participant together.
    let weakest = ranked[needed - 1].1;
    let mut participants: Vec<Actor> = ranked
        .iter()
        .map(|(entity, probability)| Actor {
            entity: *entity,
            probability: *probability,
            words: officials::words(resolved, *entity, trigger.sentence),
        })
        .collect();
    participants.sort_by_key(|p| p.entity);
    let evidence = evidence(resolved, trigger, &participants);
    Some(Draft {
        kind,
        status,
        participants,
        place,
        when: when(resolved, dates, trigger, status),
        trigger: trigger.token,
        sentence: trigger.sentence,
        evidence,
        also: Vec::new(),
        confidence: (1.0 - trigger.kind[0]) * weakest * trigger.status[argmax(&trigger.status)],
    })
}

/// Which role is asked for: it decides what can fill it.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Participant,
    Place,
}

impl Role {
    fn admits(self, kind: NameType) -> bool {
        match self {
            Role::Participant => matches!(
                kind,
                NameType::Per | NameType::Org | NameType::Gpe | NameType::Norp
            ),
            Role::Place => kind.is_place(),
        }
    }
}

/// The probability of each possible filler entity. Participants are actors, places are entities.
fn probabilities(
    resolved: &Resolved,
    candidates: &[Candidate],
    trigger: &Trigger,
    score: impl Fn(&RoleScore) -> f32,
    role: Role,
) -> BTreeMap<EntityId, f32> {
    // Names: a soft maximum of the logits per entity, then the logistic function.
    let mut names: BTreeMap<EntityId, Vec<f32>> = BTreeMap::new();
    for s in &trigger.fillers {
        if let Filler::Mention(m) = s.filler {
            let entity = resolved.entity_of[m.index()];
            if !role.admits(resolved.entities[entity.index()].kind) {
                continue;
            }
            let key = if role == Role::Participant {
                resolved.actor_of[entity.index()]
            } else {
                entity
            };
            names.entry(key).or_default().push(score(s));
        }
    }
    let mut absent: BTreeMap<EntityId, f32> = names
        .into_iter()
        .map(|(e, logits)| (e, 1.0 - logistic(log_sum_exp(&logits))))
        .collect();
    if role == Role::Participant {
        for s in &trigger.fillers {
            let Filler::Candidate(c) = s.filler else {
                continue;
            };
            if candidates
                .get(c as usize)
                .is_none_or(|c| c.kind == crate::signals::CandidateKind::Date)
            {
                continue;
            }
            let present = logistic(score(s));
            for (entity, link) in resolved.antecedents.get(c as usize).into_iter().flatten() {
                let actor = resolved.actor_of[entity.index()];
                *absent.entry(actor).or_insert(1.0) *= 1.0 - present * link;
            }
        }
    }
    absent.into_iter().map(|(e, p)| (e, 1.0 - p)).collect()
}

/// The most probable entity; the earlier one of equals.
fn best(probabilities: &BTreeMap<EntityId, f32>) -> Option<(EntityId, f32)> {
    let mut best: Option<(EntityId, f32)> = None;
    for (e, p) in probabilities {
        if best.is_none_or(|b| *p > b.1) {
            best = Some((*e, *p));
        }
    }
    best
}

/// The date that the trigger's sentence gives the encounter.
fn when(
    resolved: &Resolved,
    all: &[DateExpression],
    trigger: &Trigger,
    status: Status,
) -> Option<Dated> {
    let article = &resolved.tagged.document.article;
    let sentence = resolved
        .tagged
        .document
        .sentences
        .get(trigger.sentence.index())?
        .span;
    let from = all.partition_point(|d| d.span.start < sentence.start);
    let to = all.partition_point(|d| d.span.start < sentence.end);
    let token = resolved.tagged.document.tokens[trigger.token.index()].span;
    let chosen = from + dates::choose(&article.body, &all[from..to], sentence, token)?;
    let direction = Direction::from(status);
    let published = article.published.map(|p| p.date);
    let anchor = dates::anchor(all, chosen, published, direction);
    let value = all[chosen].resolve(published, anchor, direction);
    let words = all[chosen].span.of(&article.body).to_owned();
    Some(Dated {
        when: When {
            iso: value.as_ref().map(|v| v.iso.clone()),
            words,
        },
        value,
    })
}

/// The words around the trigger up to the participants named nearest to it, at most [`EVIDENCE`] to each side.
fn evidence(resolved: &Resolved, trigger: &Trigger, participants: &[Actor]) -> Span {
    const EVIDENCE: usize = 8;
    let document = &resolved.tagged.document;
    let t = trigger.token.index();
    let sentence = document.sentences[trigger.sentence.index()].tokens();
    let reach =
        t.saturating_sub(EVIDENCE).max(sentence.start)..(t + EVIDENCE + 1).min(sentence.end);
    let window = document.tokens[reach.start]
        .span
        .cover(document.tokens[reach.end - 1].span);
    let mut span = document.tokens[t].span;
    let from = resolved
        .tagged
        .mentions
        .partition_point(|m| m.span.start < window.start);
    for (i, m) in resolved
        .tagged
        .mentions
        .iter()
        .enumerate()
        .skip(from)
        .take_while(|(_, m)| m.span.end <= window.end)
    {
        let actor = resolved.actor_of[resolved.entity_of[i].index()];
        if participants.iter().any(|p| p.entity == actor) {
            span = span.cover(m.span);
        }
    }
    span
}

fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (i, v) in values.iter().enumerate() {
        if *v > values[best] {
            best = i;
        }
    }
    best
}

fn log_sum_exp(values: &[f32]) -> f32 {
    let top = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    top + values.iter().map(|v| (v - top).exp()).sum::<f32>().ln()
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
