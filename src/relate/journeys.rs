//! Drafts => drafts: what happens on a journey happens where it goes and while it lasts; hosts do not visit themselves
//!
//! "She will travel to Algiers from March 9 to 10. She will meet President Tebboune …": the meeting has the place and the
//! date of the stop told last, and a stop without dates those of the journey. What someone "also" did lends likewise.

use std::collections::{BTreeMap, BTreeSet};

use super::drafts::{Actor, Draft};
use crate::document::{Affiliation, Document, EncounterKind, Entity, NameType, Status};
use crate::names::countries::{country, country_of_capital, country_of_demonym};
use crate::signals::Resolved;
use crate::span::{EntityId, TokenId};

/// Sentences from a stop to what happens there, at most; a journey's dates reach as far as its article.
const STOP: u32 = 3;
/// People whom a traveller meets one by one, at most: more are an audience.
const LIST: usize = 24;
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

/// Whom a traveller meets without a name, "senior government officials", are those of the country there: it takes part. Drafts
/// in which nobody travels, or whose country is not known, are left out.
pub fn name_officials(resolved: &Resolved, drafts: &mut Vec<Draft>) {
    let lands = lands(resolved, drafts);
    let there = |d: &Draft| lands.get(&d.place?.0).copied();
    let visits: BTreeSet<(EntityId, EntityId)> = drafts
        .iter()
        .filter(|d| d.kind == EncounterKind::Visit)
        .filter_map(|d| Some((d, there(d)?)))
        .flat_map(|(d, land)| d.participants.iter().map(move |p| (p.entity, land)))
        .collect();
    let body = &resolved.tagged.document.article.body;
    drafts.retain_mut(|draft| {
        let Some(words) = draft.unnamed else {
            return true;
        };
        let Some(land) = there(draft).filter(|land| {
            let mut all = draft.participants.iter();
            all.any(|p| visits.contains(&(p.entity, *land)))
        }) else {
            return false;
        };
        draft.participants.push(Actor {
            entity: land,
            probability: draft.confidence,
            words: Some(words.of(body).to_owned()),
        });
        draft.participants.sort_by_key(|p| p.entity);
        true
    });
}

/// The countries in which the drafts' places lie, or which they are, by place.
pub fn lands(resolved: &Resolved, drafts: &[Draft]) -> BTreeMap<EntityId, EntityId> {
    let places = drafts.iter().filter_map(|d| d.place);
    let places: BTreeSet<EntityId> = places.map(|p| p.0).collect();
    let land = |p: EntityId| Some((p, land_of(resolved, p)?));
    places.into_iter().filter_map(land).collect()
}

/// The actor of the country that a place is, or lies in as the text says: "Oslo, Norway", or as everybody knows of capitals.
fn land_of(resolved: &Resolved, place: EntityId) -> Option<EntityId> {
    let entities = &resolved.entities;
    let entity = entities.get(place.index())?;
    let is_land = |e: &Entity| e.kind == NameType::Gpe && country(&e.name).is_some();
    if is_land(entity) {
        return resolved.actor_of.get(place.index()).copied();
    }
    let tagged = &resolved.tagged;
    let behind = entity.mentions.iter().find_map(|m| {
        let span = tagged.mentions.get(m.index())?.span;
        let end = tagged.document.tokens_of(span).end;
        let comma = tagged.document.tokens.get(end)?.span;
        let next = tagged.document.tokens.get(end + 1)?.span;
        let (i, named) = tagged.mention_at(next.start)?;
        let land = resolved.entity_of[i];
        // "Gaza, Kenya, and Mali": a list.
        let after = tagged.document.tokens_of(named.span).end;
        let word = |t: usize| match tagged.document.tokens.get(t) {
            Some(_) => tagged.document.word(TokenId::new(t)),
            None => "",
        };
        let place = tagged.document.tokens.get(after + 1);
        let place = place.and_then(|t| tagged.mention_at(t.span.start));
        let listed = word(after) == ","
            && (word(after + 1) == "and" || place.is_some_and(|(_, m)| m.kind.is_place()));
        if listed {
            return None;
        }
        (comma.of(&tagged.document.article.body) == "," && is_land(&entities[land.index()]))
            .then_some(land)
    });
    let by_capital = || {
        let land = country_of_capital(&entity.name)?;
        let same = |e: &Entity| is_land(e) && country(&e.name) == Some(land);
        entities.iter().position(same).map(EntityId::new)
    };
    let land = behind.or_else(by_capital)?;
    resolved.actor_of.get(land.index()).copied()
}

/// Whom a traveller meets there by a list of names are met one after the other: of such a draft there is one for each.
pub fn part_ways(drafts: Vec<Draft>) -> Vec<Draft> {
    let visitors: BTreeSet<EntityId> = drafts
        .iter()
        .filter(|d| d.kind == EncounterKind::Visit)
        .flat_map(|d| d.participants.iter().map(|p| p.entity))
        .collect();
    let mut out = Vec::with_capacity(drafts.len());
    let mut last: Vec<Actor> = Vec::new();
    let mut told = None;
    for mut draft in drafts {
        if draft.kind == EncounterKind::Visit {
            told = Some(draft.sentence);
            last.clone_from(&draft.participants);
        }
        // "He will travel to Oslo to meet the president, the minister and the speaker": these did not meet each other.
        let alone = draft
            .participants
            .iter()
            .all(|p| draft.list.contains(&p.entity));
        if draft.kind == EncounterKind::Meeting && alone && told == Some(draft.sentence) {
            let more = last.iter().filter(|p| !draft.list.contains(&p.entity));
            let more: Vec<Actor> = more.cloned().collect();
            draft.participants.extend(more);
            draft.participants.sort_by_key(|p| p.entity);
        }
        let listed = |e: EntityId| draft.list.contains(&e);
        let travels = draft
            .participants
            .iter()
            .any(|p| !listed(p.entity) && visitors.contains(&p.entity));
        let met = draft.list.iter().filter(|e| draft.has(**e));
        let met: BTreeSet<EntityId> = met.copied().collect();
        if draft.kind != EncounterKind::Meeting || !travels || !(2..=LIST).contains(&met.len()) {
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
    use super::*;
    use crate::span::{SentenceId, Span};

    fn draft(kind: EncounterKind, who: &[u32], place: Option<u32>) -> Draft {
        let actor = |entity: &u32| Actor {
            entity: EntityId(*entity),
            probability: 1.0,
            words: None,
        };
        Draft {
            unnamed: None,
            list: Vec::new(),
            earlier: false,
            kind,
            status: Status::Occurred,
            participants: who.iter().map(actor).collect(),
            place: place.map(|p| (EntityId(p), 1.0)),
            when: None,
            trigger: TokenId(0),
            sentence: SentenceId(0),
            evidence: Span::new(0, 1),
            also: Vec::new(),
            confidence: 1.0,
        }
    }

    fn who(drafts: &[Draft]) -> Vec<Vec<u32>> {
        let of = |d: &Draft| d.participants.iter().map(|p| p.entity.0).collect();
        drafts.iter().map(of).collect()
    }

    #[test]
    fn a_traveller_meets_a_list_one_by_one() {
        let visit = draft(EncounterKind::Visit, &[0], Some(9));
        let mut met = draft(EncounterKind::Meeting, &[0, 1, 2], Some(9));
        met.list = vec![EntityId(1), EntityId(2)];
        let parted = part_ways(vec![visit, met.clone()]);
        assert_eq!(who(&parted), [vec![0], vec![0, 1], vec![0, 2]]);
        // The traveller is not said again.
        let mut unsaid = met.clone();
        unsaid.participants.remove(0);
        let visit = draft(EncounterKind::Visit, &[0], Some(9));
        let parted = part_ways(vec![visit, unsaid]);
        assert_eq!(who(&parted), [vec![0], vec![0, 1], vec![0, 2]]);
        // Nobody travels.
        assert_eq!(who(&part_ways(vec![met])), [vec![0, 1, 2]]);
    }

    #[test]
    fn officials_without_a_name_are_those_of_the_country_visited() {
        let body = "Ann Ray flew to Oslo, Norway, and met senior officials.";
        let mut resolved = crate::relate::testing::resolved(body, &["Ann Ray", "+Oslo", "+Norway"]);
        for (i, e) in resolved.entities.iter_mut().enumerate() {
            e.mentions = vec![crate::span::MentionId::new(i)];
        }
        let visit = draft(EncounterKind::Visit, &[0], Some(1));
        let mut met = draft(EncounterKind::Meeting, &[0], Some(1));
        met.unnamed = Some(Span::new(38, 54));
        let mut drafts = vec![visit, met.clone()];
        name_officials(&resolved, &mut drafts);
        assert_eq!(who(&drafts), [vec![0], vec![0, 2]]);
        let words = drafts[1].participants[1].words.as_deref();
        assert_eq!(words, Some("senior officials"));
        // Nobody travels.
        let mut drafts = vec![met];
        name_officials(&resolved, &mut drafts);
        assert!(drafts.is_empty());
    }

    #[test]
    fn a_comma_leads_a_citys_country_but_not_in_lists() {
        let land = |body: &str, names: &[&str]| {
            let mut resolved = crate::relate::testing::resolved(body, names);
            for (i, e) in resolved.entities.iter_mut().enumerate() {
                e.mentions = vec![crate::span::MentionId::new(i)];
            }
            land_of(&resolved, EntityId(0)).map(|e| e.0)
        };
        let names = ["+Riverton", "+Kenya", "+Mali"];
        assert_eq!(
            land("She flew to Riverton, Kenya, to speak.", &names[..2]),
            Some(1)
        );
        assert_eq!(land("She flew to Riverton, Kenya, and Mali.", &names), None);
        assert_eq!(land("She flew to Riverton.", &names[..1]), None);
    }

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
        let mut drafts = [draft(EncounterKind::Visit, &[0, 2], Some(4))];
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
