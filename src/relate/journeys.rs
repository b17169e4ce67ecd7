//! Drafts => drafts: what happens on a journey happens where it goes and while it lasts; hosts do not visit themselves
//!
//! "She will travel to Algiers from March 9 to 10. She will meet President Tebboune …": the meeting has the place and the
//! date of the stop told last, and a stop without dates those of the journey. What someone "also" did lends likewise.

use std::collections::BTreeSet;

use super::drafts::Draft;
use crate::document::{Affiliation, Document, EncounterKind, Entity, NameType, Status};
use crate::names::countries::{country, country_of_capital, country_of_demonym};
use crate::signals::Resolved;
use crate::span::{EntityId, TokenId};

/// Sentences from a stop to what happens there, at most; a journey's dates reach as far as its article.
const STOP: u32 = 3;
/// Words between "also" and the encounter word, at most: "also held a separate meeting".
const ALSO: usize = 5;

/// Fills in missing dates and places, from the nearest earlier visit of one of the participants with the same status.
/// `drafts` are in order of position.
pub fn accompany(resolved: &Resolved, drafts: &mut [Draft]) {
    let document = &resolved.tagged.document;
    let paragraph = |d: &Draft| {
        document
            .sentences
            .get(d.sentence.index())
            .map(|s| s.paragraph)
    };
    for i in 0..drafts.len() {
        let (before, rest) = drafts.split_at_mut(i);
        let Some(draft) = rest.first_mut() else {
            continue;
        };
        if !matches!(draft.status, Status::Planned | Status::Occurred) {
            continue;
        }
        let visits = || {
            before.iter().rev().filter(|v| {
                v.kind == EncounterKind::Visit
                    && v.status == draft.status
                    && v.participants.iter().any(|p| draft.has(p.entity))
            })
        };
        let stop = visits().next().filter(|v| {
            draft.sentence.0 - v.sentence.0 <= STOP && paragraph(v) == paragraph(draft)
        });
        let place = stop
            .filter(|_| draft.place.is_none() && draft.kind == EncounterKind::Meeting)
            .and_then(|v| v.place);
        let when = visits()
            .find(|v| v.when.is_some())
            .filter(|_| draft.when.is_none() && draft.kind != EncounterKind::Call)
            .and_then(|v| v.when.clone());
        draft.place = draft.place.or(place);
        draft.when = draft.when.take().or(when);
        // "He will also meet Bo Li": where he met the one told of before.
        if draft.kind == EncounterKind::Meeting && also(document, draft) {
            let last = before.iter().rev().find(|d| {
                d.kind == EncounterKind::Meeting
                    && draft.sentence.0 - d.sentence.0 <= STOP
                    && d.participants.iter().any(|p| draft.has(p.entity))
            });
            draft.place = draft.place.or(last.and_then(|d| d.place));
            let same_time = last.filter(|d| d.status == draft.status);
            draft.when = draft.when.take().or(same_time.and_then(|d| d.when.clone()));
        }
    }
}

/// Whom a traveller meets there by a list of names are met one after the other: of such a draft there is one for each.
pub fn part_ways(drafts: Vec<Draft>) -> Vec<Draft> {
    let visitors: BTreeSet<EntityId> = drafts
        .iter()
        .filter(|d| d.kind == EncounterKind::Visit)
        .flat_map(|d| d.participants.iter().map(|p| p.entity))
        .collect();
    let mut out = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let listed = |e: EntityId| draft.list.contains(&e);
        let travels = draft
            .participants
            .iter()
            .any(|p| !listed(p.entity) && visitors.contains(&p.entity));
        let met = draft.list.iter().filter(|e| draft.has(**e));
        let met: BTreeSet<EntityId> = met.copied().collect();
        if draft.kind != EncounterKind::Meeting || !travels || met.len() < 2 {
            out.push(draft);
            continue;
        }
        for one in met {
            let mut each = draft.clone();
            each.participants
                .retain(|p| p.entity == one || !listed(p.entity));
            out.push(each);
        }
    }
    out
}

/// True where "also" or "separately" stands just before the encounter word.
fn also(document: &Document, draft: &Draft) -> bool {
    let t = draft.trigger.index();
    let first = document.sentences.get(draft.sentence.index());
    let first = first.map_or(t, |s| s.first.index());
    (first.max(t.saturating_sub(ALSO))..t).any(|t| {
        matches!(
            document.word(TokenId::new(t)),
            "also" | "separately" | "Separately"
        )
    })
}

/// Takes hosts out of visits: of several who are said to visit a country or its capital, those who hold an office of it,
/// and of no other country, are at home. Envoys are not: their office names where they are sent.
pub fn leave_hosts_at_home(
    entities: &[Entity],
    affiliations: &[Affiliation],
    drafts: &mut [Draft],
) {
    let entity = |id: EntityId| entities.get(id.index());
    let lands_of = |person: EntityId| -> BTreeSet<&'static str> {
        affiliations
            .iter()
            .filter(|a| a.person == person && !is_envoy(&a.title))
            .filter_map(|a| land(entity(a.of?)?))
            .collect()
    };
    for draft in drafts {
        let place = draft.place.and_then(|p| entity(p.0));
        let Some(there) = place.and_then(|p| land(p).or_else(|| country_of_capital(&p.name)))
        else {
            continue;
        };
        if draft.kind != EncounterKind::Visit {
            continue;
        }
        let at_home = |id: EntityId| lands_of(id).into_iter().eq([there]);
        if draft.participants.iter().any(|p| !at_home(p.entity)) {
            draft.participants.retain(|p| !at_home(p.entity));
        }
    }
}

fn is_envoy(title: &str) -> bool {
    let title = title.to_lowercase();
    ["ambassador", "envoy", "representative", "consul"]
        .iter()
        .any(|word| title.contains(word))
}

/// The country that an entity is, or that a people lives in.
fn land(entity: &Entity) -> Option<&'static str> {
    match entity.kind {
        NameType::Gpe | NameType::Loc => country(&entity.name),
        NameType::Norp => country_of_demonym(&entity.name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::drafts::Actor;
    use super::*;
    use crate::span::{SentenceId, Span};

    /// Who visits Moscow of a Russian and a Finnish president, the former with `title`.
    fn visitors(title: &str, place: &str) -> Vec<u32> {
        let names = [
            ("Putin", NameType::Per),
            ("Russia", NameType::Gpe),
            ("Niinistö", NameType::Per),
            ("Finnish", NameType::Norp),
            (place, NameType::Gpe),
        ];
        let entities: Vec<Entity> = names
            .into_iter()
            .map(|(name, kind)| Entity {
                name: name.to_owned(),
                kind,
                mentions: Vec::new(),
            })
            .collect();
        let office = |person, title: &str, of| Affiliation {
            person: EntityId(person),
            title: title.to_owned(),
            of: Some(EntityId(of)),
            evidence: Span::new(0, 1),
            confidence: 1.0,
        };
        let offices = [office(0, title, 1), office(2, "President", 3)];
        let actor = |entity| Actor {
            entity: EntityId(entity),
            probability: 1.0,
            words: None,
        };
        let mut drafts = [Draft {
            list: Vec::new(),
            earlier: false,
            kind: EncounterKind::Visit,
            status: Status::Occurred,
            participants: vec![actor(0), actor(2)],
            place: Some((EntityId(4), 1.0)),
            when: None,
            trigger: TokenId(0),
            sentence: SentenceId(0),
            evidence: Span::new(0, 1),
            also: Vec::new(),
            confidence: 1.0,
        }];
        leave_hosts_at_home(&entities, &offices, &mut drafts);
        drafts[0].participants.iter().map(|p| p.entity.0).collect()
    }

    #[test]
    fn hosts_do_not_visit_themselves() {
        assert_eq!(visitors("President", "Moscow"), [2]);
        assert_eq!(visitors("President", "Russia"), [2]);
        // Neither of them is at home in Paris, and an ambassador to Russia travels.
        assert_eq!(visitors("President", "Paris"), [0, 2]);
        assert_eq!(visitors("Ambassador", "Moscow"), [0, 2]);
    }
}
