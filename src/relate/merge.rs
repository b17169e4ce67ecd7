//! Drafts => records, one per distinct encounter
//!
//! An article tells of one encounter many times: title, lead, later details. Two drafts are one encounter where they
//! agree in kind and status, where both or none is "the last time they met", where neither place nor date contradicts, and where their participants are the same or, in
//! neighbouring sentences, those of one include those of the other.

use std::collections::BTreeMap;

use super::drafts::{Actor, Draft};
use super::journeys;
use crate::dates;
use crate::document::EncounterKind;
use crate::signals::Resolved;
use crate::span::EntityId;

/// The countries in which places lie.
type Lands = BTreeMap<EntityId, EntityId>;

/// Joins drafts that report one encounter. The first mention gives evidence; others are kept in `also`.
pub fn merge(resolved: &Resolved, drafts: Vec<Draft>) -> Vec<Draft> {
    let lands = journeys::lands(resolved, &drafts);
    let mut records: Vec<Draft> = Vec::new();
    // Records by participant, so that long articles cost no quadratic search.
    let mut by_actor: BTreeMap<EntityId, Vec<usize>> = BTreeMap::new();
    for draft in drafts {
        let near = draft
            .participants
            .iter()
            .filter_map(|p| by_actor.get(&p.entity))
            .flatten()
            .copied();
        let mut seen: Vec<usize> = near.collect();
        seen.sort_unstable();
        seen.dedup();
        match seen
            .into_iter()
            .find(|i| same(resolved, &lands, &records[*i], &draft))
        {
            Some(i) => {
                absorb(resolved, &lands, &mut records[i], draft);
                for p in &records[i].participants {
                    let list = by_actor.entry(p.entity).or_default();
                    if !list.contains(&i) {
                        list.push(i);
                    }
                }
            }
            None => {
                for p in &draft.participants {
                    by_actor.entry(p.entity).or_default().push(records.len());
                }
                records.push(draft);
            }
        }
    }
    records
}

/// Sentences that tell more of one encounter are at most this far apart.
const NEIGHBOURS: u32 = 3;

/// True where the two drafts can be the same encounter.
fn same(resolved: &Resolved, lands: &Lands, a: &Draft, b: &Draft) -> bool {
    if a.kind != b.kind || a.status != b.status || a.earlier != b.earlier {
        return false;
    }
    let within = |x: &Draft, y: &Draft| x.participants.iter().all(|p| y.has(p.entity));
    let (one_way, other_way) = (within(a, b), within(b, a));
    if !one_way && !other_way {
        return false;
    }
    // Who met two people in turn is told of in different places; one meeting's details stand together.
    if one_way != other_way && a.sentence.0.abs_diff(b.sentence.0) > NEIGHBOURS {
        return false;
    }
    if let (Some(x), Some(y)) = (a.place, b.place)
        && x.0 != y.0
    {
        let one = match a.kind {
            EncounterKind::Visit => {
                within_land(resolved, lands, x.0, y.0) || within_land(resolved, lands, y.0, x.0)
            }
            _ => near(resolved, x.0, y.0),
        };
        if !one {
            return false;
        }
    }
    match (
        a.when.as_ref().and_then(|w| w.value.as_ref()),
        b.when.as_ref().and_then(|w| w.value.as_ref()),
    ) {
        (Some(x), Some(y)) => dates::compatible(x, y),
        _ => true,
    }
}

/// True where one place may lie in the other: they are of different types, as a building or city in a country.
fn near(resolved: &Resolved, a: EntityId, b: EntityId) -> bool {
    resolved.entities[a.index()].kind != resolved.entities[b.index()].kind
}

/// True where `place` is a city or building of the country `land`, as the text or everybody knows.
fn within_land(resolved: &Resolved, lands: &Lands, place: EntityId, land: EntityId) -> bool {
    lands.get(&place) == Some(&resolved.actor_of[land.index()])
}

fn absorb(resolved: &Resolved, lands: &Lands, record: &mut Draft, draft: Draft) {
    for p in draft.participants {
        match record
            .participants
            .iter_mut()
            .find(|q| q.entity == p.entity)
        {
            Some(q) => {
                q.probability = q.probability.max(p.probability);
                q.words = q.words.take().or(p.words);
            }
            None => record.participants.push(Actor { ..p }),
        }
    }
    record.participants.sort_by_key(|p| p.entity);
    let smaller = |x: Option<(EntityId, f32)>, y: Option<(EntityId, f32)>| match (x, y) {
        (Some(x), Some(y)) => x.0 != y.0 && within_land(resolved, lands, x.0, y.0),
        _ => false,
    };
    let surer = record.place.map_or(0.0, |p| p.1) < draft.place.map_or(0.0, |p| p.1);
    let narrows = smaller(draft.place, record.place);
    if narrows || surer && !smaller(record.place, draft.place) {
        record.place = draft.place;
    }
    let dated =
        |w: &Option<super::when::Dated>| w.as_ref().map_or(0, |w| 1 + u8::from(w.value.is_some()));
    // The stop has its own days within the journey's.
    let stop = narrows && record.kind == EncounterKind::Visit && draft.when.is_some();
    if stop || dated(&draft.when) > dated(&record.when) {
        record.when = draft.when;
    }
    record.also.push(draft.evidence);
    record.also.extend(draft.also);
    // Two mentions support each other.
    record.confidence = 1.0 - (1.0 - record.confidence) * (1.0 - draft.confidence);
}
