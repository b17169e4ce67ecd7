//! Reports of encounters => events, each encounter once.
//!
//! Two reports are of one event where their kind is the same, their actors are the same (or, on the same day, all of
//! the fewer are among the more), and
//!
//! - both give a day or the same interval, and it is the same; or one gives a day within the other's month or interval,
//!   and no other event of these actors lies in it; or
//! - at least one gives no date, the articles appeared within [`CLOSE`] days of each other (or of the day given), the
//!   places do not differ, and no other event fits as well.
//!
//! Two encounters that one article keeps apart stay two. A copy's report goes to the event of its original.
//!
//! The event's status: `occurred` where a report says so; else `not` where the latest report but one of `planned` or
//! `possible` says so, for what is cancelled was planned before; else the latest report's. `occurred` against `not` is
//! a conflict: the later one holds. Date and place: those that most reports give, of equals the more exact, then the
//! earlier report's. What reports disagree about stands in the event's conflicts.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{EncounterFacts, Facts, day_number};
use crate::document::{EncounterKind, Status};
use crate::export::tables::{kind_name, status_name};
use crate::graph::{ActorNode, EventNode, Report};

/// Days between the articles of undated reports of one event, and between an undated report and the event's day.
const CLOSE: i32 = 3;
/// Participants of one encounter that are paired: more are a list, not a meeting.
const MOST_PAIRED: usize = 12;

/// Days of a date or interval: first and last, both included.
fn span(iso: &str) -> Option<(i32, i32)> {
    let (from, to) = iso.split_once('/').unwrap_or((iso, iso));
    let first = |part: &str| match part.len() {
        4 => day_number(&format!("{part}-01-01")),
        7 => day_number(&format!("{part}-01")),
        _ => day_number(part),
    };
    let last = |part: &str| match part.len() {
        4 => day_number(&format!("{part}-12-31")),
        7 => (28..=31)
            .rev()
            .find_map(|d| day_number(&format!("{part}-{d}"))),
        _ => day_number(part),
    };
    let (from, to) = (first(from)?, last(to)?);
    (from <= to).then_some((from, to))
}

/// A report on its way to its event.
struct Told<'f> {
    facts: &'f EncounterFacts,
    /// Position in the facts' list.
    index: usize,
    actors: BTreeSet<usize>,
    place: Option<usize>,
    days: Option<(i32, i32)>,
    published: Option<i32>,
}

/// Reports that are of one event.
struct Group {
    told: Vec<usize>,
    articles: BTreeSet<u32>,
    actors: BTreeSet<usize>,
    days: Option<(i32, i32)>,
}

/// What the rest of the registry knows that events need.
pub(super) struct Ground<'f> {
    pub facts: &'f Facts,
    pub copy_of: &'f [Option<usize>],
    /// Position in the graph of every local entity.
    pub entity: &'f [Option<usize>],
    /// The country that an entity lies in, as a position in the graph.
    pub part_of: &'f dyn Fn(usize) -> Option<usize>,
    /// How an entity is called.
    pub name: &'f dyn Fn(usize) -> String,
}

impl Ground<'_> {
    /// True where two places do not contradict: equal, one unknown, or one the country of the other.
    fn places_agree(&self, a: Option<usize>, b: Option<usize>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => {
                a == b || (self.part_of)(a) == Some(b) || (self.part_of)(b) == Some(a)
            }
            _ => true,
        }
    }
}

/// The events, and the positions of their reports in the facts' list of encounters.
pub(super) fn join(ground: &Ground<'_>) -> Vec<(EventNode, Vec<usize>)> {
    let facts = ground.facts;
    let told: Vec<Told<'_>> = facts
        .encounters
        .iter()
        .enumerate()
        .filter_map(|(index, e)| {
            let actors: BTreeSet<usize> = e
                .actors
                .iter()
                .filter_map(|(l, _)| ground.entity[*l as usize])
                .collect();
            let needed = if e.kind == EncounterKind::Visit { 1 } else { 2 };
            (actors.len() >= needed).then(|| Told {
                facts: e,
                index,
                actors,
                place: e.place.and_then(|l| ground.entity[l as usize]),
                days: e.date.as_deref().and_then(span),
                published: facts.articles[e.article as usize].day,
            })
        })
        .collect();
    let mut groups: Vec<Group> = Vec::new();
    // Groups by kind and pair of actors; of visits by visitor and visitor.
    let mut blocks: BTreeMap<(EncounterKind, usize, usize), Vec<usize>> = BTreeMap::new();
    let mut group_of: BTreeMap<usize, usize> = BTreeMap::new();
    // Exact days first, then longer spans, then undated reports; originals before copies.
    let mut order: Vec<usize> = (0..told.len()).collect();
    order.sort_by_key(|&i| {
        let t = &told[i];
        let length = t.days.map_or(i32::MAX, |(from, to)| to - from);
        let copy = ground.copy_of[t.facts.article as usize].is_some();
        (copy, length, t.facts.article, t.facts.n)
    });
    let mut by_sentence: BTreeMap<(u32, &str), Vec<usize>> = BTreeMap::new();
    for (i, t) in told.iter().enumerate() {
        let key = (t.facts.article, t.facts.sentence.as_str());
        by_sentence.entry(key).or_default().push(i);
    }
    for i in order {
        let t = &told[i];
        let pairs = pairs(t);
        let mut near: Vec<usize> = pairs
            .iter()
            .filter_map(|pair| blocks.get(pair))
            .flatten()
            .copied()
            .collect();
        near.sort_unstable();
        near.dedup();
        let original = ground.copy_of[t.facts.article as usize].and_then(|a| {
            let same = by_sentence.get(&(a as u32, t.facts.sentence.as_str()))?;
            let same = same
                .iter()
                .find(|&&o| told[o].facts.kind == t.facts.kind && told[o].actors == t.actors)?;
            let g = *group_of.get(same)?;
            (!groups[g].articles.contains(&t.facts.article)).then_some(g)
        });
        let found = original.or_else(|| {
            let mut fitting = near
                .iter()
                .copied()
                .filter(|&g| !groups[g].articles.contains(&t.facts.article))
                .filter(|&g| fits(ground, &told, t, &groups[g]));
            // Two that fit: which of them is meant is open.
            fitting.next().filter(|_| fitting.next().is_none())
        });
        let g = found.unwrap_or_else(|| {
            groups.push(Group {
                told: Vec::new(),
                articles: BTreeSet::new(),
                actors: t.actors.clone(),
                days: t.days,
            });
            groups.len() - 1
        });
        for pair in pairs {
            let block = blocks.entry(pair).or_default();
            if !block.contains(&g) {
                block.push(g);
            }
        }
        let group = &mut groups[g];
        group.told.push(i);
        group.articles.insert(t.facts.article);
        group.actors.extend(&t.actors);
        group.days = group.days.or(t.days);
        group_of.insert(i, g);
    }
    groups
        .into_iter()
        .map(|g| {
            let reports: Vec<&Told<'_>> = g.told.iter().map(|&i| &told[i]).collect();
            let indices = reports.iter().map(|t| t.index).collect();
            (event(ground, reports), indices)
        })
        .collect()
}

fn pairs(t: &Told<'_>) -> Vec<(EncounterKind, usize, usize)> {
    let who: Vec<usize> = t.actors.iter().copied().take(MOST_PAIRED).collect();
    if t.facts.kind == EncounterKind::Visit {
        return who.into_iter().map(|a| (t.facts.kind, a, a)).collect();
    }
    let mut out = Vec::new();
    for (n, &a) in who.iter().enumerate() {
        out.extend(who[n + 1..].iter().map(|&b| (t.facts.kind, a, b)));
    }
    out
}

/// True where report `t` can be of the event in `group`.
fn fits(ground: &Ground<'_>, told: &[Told<'_>], t: &Told<'_>, group: &Group) -> bool {
    let visit = t.facts.kind == EncounterKind::Visit;
    // Visits to two places are two, whatever the day.
    if visit
        && !group
            .told
            .iter()
            .all(|&i| ground.places_agree(told[i].place, t.place))
    {
        return false;
    }
    let same_actors = t.actors == group.actors;
    let among = t.actors.is_subset(&group.actors) || group.actors.is_subset(&t.actors);
    match (t.days, group.days) {
        (Some(a), Some(b)) if a == b => {
            // A shared month says little: the same actors may have met twice in it.
            let exact = a.0 == a.1;
            match exact {
                true => among || (visit && same_actors),
                false => same_actors && published_close(told, t, group),
            }
        }
        (Some(a), Some(b)) => {
            let within = (a.0 <= b.0 && b.1 <= a.1) || (b.0 <= a.0 && a.1 <= b.1);
            within && same_actors && published_close(told, t, group)
        }
        _ => {
            same_actors
                && published_close(told, t, group)
                && group
                    .told
                    .iter()
                    .all(|&i| ground.places_agree(told[i].place, t.place))
        }
    }
}

/// True where the report appeared close to one of the group's reports or to the day that is given.
fn published_close(told: &[Told<'_>], t: &Told<'_>, group: &Group) -> bool {
    let Some(day) = t.published else { return false };
    let close = |other: i32| other.abs_diff(day) <= CLOSE.unsigned_abs();
    group
        .told
        .iter()
        .any(|&i| told[i].published.is_some_and(close))
        || group
            .days
            .is_some_and(|(from, to)| from - CLOSE <= day && day <= to + CLOSE)
}

/// The value that most reports give; of equals the one `better` prefers, then the earliest.
fn commonest<T: Clone + Ord>(values: &[T], better: impl Fn(&T) -> i32) -> Option<T> {
    let mut counts: BTreeMap<&T, (usize, usize)> = BTreeMap::new();
    for (i, v) in values.iter().enumerate() {
        counts.entry(v).or_insert((0, i)).0 += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(v, (n, first))| (*n, better(v), std::cmp::Reverse(*first)))
        .map(|(v, _)| v.clone())
}

/// Makes one event of its reports.
fn event(ground: &Ground<'_>, mut told: Vec<&Told<'_>>) -> EventNode {
    let is_copy = |t: &Told<'_>| ground.copy_of[t.facts.article as usize].is_some();
    // Articles stand in order of publication.
    told.sort_by_key(|t| (t.facts.article, t.facts.n));
    let mut counted: Vec<&&Told<'_>> = told.iter().filter(|t| !is_copy(t)).collect();
    if counted.is_empty() {
        counted = told.iter().collect();
    }
    let statuses: Vec<Status> = counted.iter().map(|t| t.facts.status).collect();
    let last = |is: &dyn Fn(Status) -> bool| statuses.iter().rev().copied().find(|s| is(*s));
    let status = last(&|s| matches!(s, Status::Occurred | Status::Not))
        .or_else(|| last(&|_| true))
        .unwrap_or(Status::Possible);
    let mut conflicts = Vec::new();
    let id = |t: &Told<'_>| ground.facts.article_id(t.facts.article);
    let differ = |what: &str, values: Vec<(String, &str)>| {
        let mut by_value: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (value, article) in &values {
            by_value.entry(value).or_default().push(article);
        }
        (by_value.len() > 1).then(|| {
            let said: Vec<String> = by_value
                .iter()
                .map(|(value, articles)| match articles[..] {
                    [one] => format!("{value} ({one})"),
                    [one, ..] => format!("{value} ({one} and {} more)", articles.len() - 1),
                    [] => (*value).to_owned(),
                })
                .collect();
            format!("{what}: {}", said.join("; "))
        })
    };
    if statuses.contains(&Status::Occurred) && statuses.contains(&Status::Not) {
        let said = counted
            .iter()
            .filter(|t| matches!(t.facts.status, Status::Occurred | Status::Not))
            .map(|t| (status_name(t.facts.status).to_owned(), id(t)));
        conflicts.extend(differ("status", said.collect()));
    }
    let dates: Vec<String> = counted
        .iter()
        .filter_map(|t| t.facts.date.clone())
        .collect();
    let length = |iso: &String| span(iso).map_or(i32::MIN, |(from, to)| from - to);
    let date = commonest(&dates, length);
    let exact: Vec<(String, &str)> = counted
        .iter()
        .filter(|t| t.days.is_some_and(|d| d.0 == d.1))
        .filter_map(|t| Some((t.facts.date.clone()?, id(t))))
        .collect();
    conflicts.extend(differ("date", exact));
    let places: Vec<usize> = counted.iter().filter_map(|t| t.place).collect();
    // A town says more than its country.
    let place = commonest(&places, |&p| i32::from((ground.part_of)(p).is_some()));
    let agree = places.iter().all(|&p| ground.places_agree(place, Some(p)));
    // Of a town and its country, the town.
    let place = match place {
        Some(p) if agree => places
            .iter()
            .copied()
            .find(|&q| (ground.part_of)(q) == Some(p))
            .or(Some(p)),
        other => other,
    };
    if !agree {
        let said = counted
            .iter()
            .filter_map(|t| Some(((ground.name)(t.place?), id(t))));
        conflicts.extend(differ("place", said.collect()));
    }
    let mut actors: BTreeMap<usize, Option<String>> = BTreeMap::new();
    for t in &counted {
        for (l, words) in &t.facts.actors {
            if let Some(entity) = ground.entity[*l as usize] {
                let known = actors.entry(entity).or_insert_with(|| words.clone());
                // Where one report says that the actor itself took part, no words stand beside it.
                if words.is_none() {
                    *known = None;
                }
            }
        }
    }
    let confidence = counted
        .iter()
        .map(|t| t.facts.confidence)
        .fold(0.0, f32::max);
    let kind = told
        .first()
        .map_or(EncounterKind::Meeting, |t| t.facts.kind);
    debug_assert!(
        told.iter().all(|t| t.facts.kind == kind),
        "{}",
        kind_name(kind)
    );
    EventNode {
        id: String::new(),
        kind,
        status,
        actors: actors
            .into_iter()
            .map(|(entity, words)| ActorNode { entity, words })
            .collect(),
        place,
        date,
        confidence,
        conflicts,
        reports: told
            .iter()
            .map(|t| Report {
                article: ground.facts.articles[t.facts.article as usize].input,
                encounter: format!("{}#m{}", id(t), t.facts.n),
                status: t.facts.status,
                date: t.facts.date.clone(),
                date_words: t.facts.date_words.clone(),
                place: t.place,
                sentence: t.facts.sentence.clone(),
                evidence: t.facts.evidence,
                confidence: t.facts.confidence,
                copy: is_copy(t),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_dates() {
        let day = day_number("2024-02-01").unwrap();
        for (iso, length) in [
            ("2024-02-01", 0),
            ("2024-02", 28),
            ("2024", 365),
            ("2024-02-01/2024-02-03", 2),
        ] {
            let (from, to) = span(iso).unwrap();
            assert_eq!(to - from, length, "{iso}");
            assert!(from <= day);
        }
        for bad in ["", "2024-13", "x", "2024-02-03/2024-02-01", "2024-02-30"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_commonest_value_wins() {
        assert_eq!(commonest(&["b", "a", "a"], |_| 0), Some("a"));
        assert_eq!(commonest(&["b", "a"], |_| 0), Some("b"));
        assert_eq!(commonest(&["b", "a"], |v| i32::from(*v == "a")), Some("a"));
    }
}
