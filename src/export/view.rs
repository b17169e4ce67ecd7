//! `Graph + Filter => View`: the part of a run that is asked for, with its encounters added up by pair and by name.
//!
//! Everything made from a graph (tables, graph files, statistics, paths) is made from a view, so that all of them
//! count alike. An encounter counts once, however many articles report it. By default, all encounters are in the view
//! and those that occurred count as weight; where statuses are named, only encounters of these are in it, and count.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::tables::Cell;
use crate::document::{EncounterKind, Status};
use crate::graph::{ActorNode, EntityNode, EventNode, Graph, Report};

/// All statuses, in the order of [`Pair::statuses`].
pub const STATUSES: [Status; 4] = [
    Status::Occurred,
    Status::Planned,
    Status::Possible,
    Status::Not,
];

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Encounters (and offices seen) on this day or later; undated ones are then left out.
    pub since: Option<Date>,
    /// Encounters on this day or earlier; the same.
    pub until: Option<Date>,
    /// Encounters of these statuses; empty: all, of which only those that occurred count as weight.
    pub statuses: BTreeSet<Status>,
    /// Encounters and offices at least this certain.
    pub min_confidence: f32,
    /// Encounters that one of these took part in or that took place there, and their offices; empty: all. Ids.
    pub entities: BTreeSet<String>,
    /// Pairs with at least so many counted encounters.
    pub min_weight: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Filter {
            since: None,
            until: None,
            statuses: BTreeSet::new(),
            min_confidence: 0.0,
            entities: BTreeSet::new(),
            min_weight: 1,
        }
    }
}

impl Filter {
    /// True where everything is asked for.
    pub fn is_all(&self) -> bool {
        *self == Filter::default()
    }

    /// True where an encounter of this status adds to weights.
    pub fn counts(&self, status: Status) -> bool {
        match self.statuses.is_empty() {
            true => status == Status::Occurred,
            false => self.statuses.contains(&status),
        }
    }

    fn in_time(&self, days: Option<[Date; 2]>) -> bool {
        match (self.since, self.until, days) {
            (None, None, _) => true,
            (_, _, None) => false,
            (since, until, Some([first, last])) => {
                since.is_none_or(|s| last >= s) && until.is_none_or(|u| first <= u)
            }
        }
    }

    /// The filter in words, one phrase each, as options would say it.
    pub fn words(&self) -> Vec<String> {
        let mut out = Vec::new();
        out.extend(self.since.map(|d| format!("since {d}")));
        out.extend(self.until.map(|d| format!("until {d}")));
        if !self.statuses.is_empty() {
            let names: Vec<_> = self
                .statuses
                .iter()
                .map(|s| super::tables::status_name(*s))
                .collect();
            out.push(format!("status {}", names.join(" or ")));
        }
        if self.min_confidence > 0.0 {
            out.push(format!("confidence {} or more", self.min_confidence));
        }
        if !self.entities.is_empty() {
            let ids: Vec<_> = self.entities.iter().map(String::as_str).collect();
            out.push(format!("with {}", ids.join(" or ")));
        }
        if self.min_weight > 1 {
            out.push(format!("pairs with {} or more", self.min_weight));
        }
        out
    }
}

/// Two actors and their meetings and calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The actors, as positions in [`Graph::entities`], ascending.
    pub ends: [usize; 2],
    /// Their encounters in the view, counted or not, as positions in [`Graph::events`].
    pub events: Vec<usize>,
    /// Those that count.
    pub counted: Vec<usize>,
    /// How many of [`Self::events`] are of each of [`STATUSES`].
    pub statuses: [u32; 4],
}

/// What an entity adds up to in a view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Counted encounters it took part in.
    pub encounters: u32,
    /// Actors it forms a pair with.
    pub partners: u32,
    /// Counted encounters that took place there.
    pub here: u32,
    /// First and last day of the counted ones it took part in, where known.
    pub days: Option<[Date; 2]>,
    /// Its offices, as positions in [`Graph::offices`].
    pub offices: Vec<usize>,
}

/// A part of a graph.
#[derive(Debug)]
pub struct View<'g> {
    /// The whole.
    pub graph: &'g Graph,
    /// What was asked for.
    pub filter: Filter,
    /// Positions in [`Graph::entities`]: all, or what the chosen encounters and offices speak of.
    pub entities: Vec<usize>,
    /// The ends of pairs.
    pub actors: Vec<usize>,
    /// Positions in [`Graph::events`].
    pub events: Vec<usize>,
    /// Positions in [`Graph::offices`].
    pub offices: Vec<usize>,
    /// Positions in [`Graph::articles`].
    pub articles: Vec<usize>,
    /// Pairs of actors, sorted.
    pub pairs: Vec<Pair>,
    /// An event and a number in its actors.
    pub participants: Vec<[usize; 2]>,
    /// An event and a number in its reports.
    pub reports: Vec<[usize; 2]>,
    /// By position in [`Graph::entities`].
    pub tallies: Vec<Tally>,
}

impl<'g> View<'g> {
    /// The part of `graph` that `filter` asks for.
    pub fn new(graph: &'g Graph, filter: &Filter) -> View<'g> {
        let is_named = |entity: usize| filter.entities.contains(&graph.entities[entity].id);
        let all = filter.entities.is_empty();
        let chosen = |e: &EventNode| {
            (filter.statuses.is_empty() || filter.statuses.contains(&e.status))
                && e.confidence >= filter.min_confidence
                && filter.in_time(e.date.as_deref().and_then(days))
                && (all
                    || e.place.is_some_and(is_named)
                    || e.actors.iter().any(|a| is_named(a.entity)))
        };
        let events: Vec<usize> = (0..graph.events.len())
            .filter(|&i| chosen(&graph.events[i]))
            .collect();
        let seen = |seen: &[String; 2]| Some([days(&seen[0])?[0], days(&seen[1])?[1]]);
        let offices: Vec<usize> = (0..graph.offices.len())
            .filter(|&i| {
                let o = &graph.offices[i];
                o.confidence >= filter.min_confidence
                    && filter.in_time(o.seen.as_ref().and_then(seen))
                    && (all || is_named(o.person) || o.of.is_some_and(is_named))
            })
            .collect();

        let mut tallies = vec![Tally::default(); graph.entities.len()];
        let mut by_ends: BTreeMap<[usize; 2], Pair> = BTreeMap::new();
        let (mut participants, mut reports) = (Vec::new(), Vec::new());
        for &i in &events {
            let event = &graph.events[i];
            let counts = filter.counts(event.status);
            participants.extend((0..event.actors.len()).map(|n| [i, n]));
            reports.extend((0..event.reports.len()).map(|n| [i, n]));
            let who: BTreeSet<usize> = event.actors.iter().map(|a| a.entity).collect();
            if counts {
                let when = event.date.as_deref().and_then(days);
                for &entity in &who {
                    let tally = &mut tallies[entity];
                    tally.encounters += 1;
                    tally.days = union(tally.days, when);
                }
                if let Some(place) = event.place {
                    tallies[place].here += 1;
                }
            }
            if event.kind == EncounterKind::Visit {
                continue; // Those who visit one place together have not met by that: SEMANTICS.
            }
            let who: Vec<usize> = who.into_iter().collect();
            for (n, &a) in who.iter().enumerate() {
                for &b in &who[n + 1..] {
                    let pair = by_ends.entry([a, b]).or_insert_with(|| Pair {
                        ends: [a, b],
                        events: Vec::new(),
                        counted: Vec::new(),
                        statuses: [0; 4],
                    });
                    pair.events.push(i);
                    pair.counted.extend(counts.then_some(i));
                    pair.statuses[event.status as usize] += 1;
                }
            }
        }
        // A pair without a counted encounter would be an edge of weight 0, which Gephi throws away with a complaint.
        let least = filter.min_weight.max(1);
        let pairs: Vec<Pair> = by_ends
            .into_values()
            .filter(|p| p.weight() >= least)
            .collect();
        let mut actors = BTreeSet::new();
        for pair in &pairs {
            for end in pair.ends {
                actors.insert(end);
                tallies[end].partners += 1;
            }
        }
        for &i in &offices {
            tallies[graph.offices[i].person].offices.push(i);
        }

        let (entities, articles): (Vec<usize>, Vec<usize>) = if *filter
            == (Filter {
                min_weight: filter.min_weight,
                ..Filter::default()
            }) {
            (
                (0..graph.entities.len()).collect(),
                (0..graph.articles.len()).collect(),
            )
        } else {
            let (mut entities, mut articles) = (BTreeSet::new(), BTreeSet::new());
            for event in events.iter().map(|&i| &graph.events[i]) {
                entities.extend(event.actors.iter().map(|a| a.entity).chain(event.place));
                for report in &event.reports {
                    entities.extend(report.place);
                    articles.insert(report.article);
                }
            }
            for office in offices.iter().map(|&i| &graph.offices[i]) {
                entities.extend([office.person].into_iter().chain(office.of));
                articles.extend(office.articles.iter().copied());
            }
            entities.extend(
                entities
                    .clone()
                    .into_iter()
                    .filter_map(|e| graph.entities[e].part_of),
            );
            articles.extend(
                articles
                    .clone()
                    .into_iter()
                    .filter_map(|a| graph.articles[a].copy_of),
            );
            (
                entities.into_iter().collect(),
                articles.into_iter().collect(),
            )
        };
        View {
            graph,
            filter: filter.clone(),
            entities,
            actors: actors.into_iter().collect(),
            events,
            offices,
            articles,
            pairs,
            participants,
            reports,
            tallies,
        }
    }

    /// The entity at position `i`.
    pub fn entity(&self, i: usize) -> &'g EntityNode {
        &self.graph.entities[i]
    }

    /// The event and actor that an entry of [`Self::participants`] stands for.
    pub fn participant(&self, n: usize) -> (&'g EventNode, &'g ActorNode) {
        let [event, actor] = self.participants[n];
        let event = &self.graph.events[event];
        (event, &event.actors[actor])
    }

    /// The event and report that an entry of [`Self::reports`] stands for.
    pub fn report(&self, n: usize) -> (&'g EventNode, &'g Report) {
        let [event, report] = self.reports[n];
        let event = &self.graph.events[event];
        (event, &event.reports[report])
    }

    /// First and last day of the counted encounters of `pair`, where known.
    pub fn days(&self, pair: &Pair) -> Option<[Date; 2]> {
        let dates = pair
            .counted
            .iter()
            .filter_map(|&i| self.graph.events[i].date.as_deref());
        dates.map(days).fold(None, union)
    }

    /// The names of the entities at `positions`, each once, in first order.
    pub fn names(&self, positions: impl Iterator<Item = usize>) -> Cell<'g> {
        let mut seen = BTreeSet::new();
        let names = positions
            .filter(|i| seen.insert(*i))
            .map(|i| self.entity(i).name.as_str().into());
        Cell::List(names.collect())
    }
}

impl Pair {
    /// Counted encounters.
    pub fn weight(&self) -> u32 {
        self.counted.len() as u32
    }

    /// The most certain counted encounter of the pair, the earlier in the list of equal ones.
    pub fn best(&self, graph: &Graph) -> Option<usize> {
        let better = |a: &usize, b: &usize| {
            graph.events[*a]
                .confidence
                .total_cmp(&graph.events[*b].confidence)
                .then(b.cmp(a))
        };
        self.counted.iter().copied().max_by(better)
    }
}

/// The first and the last day of an ISO 8601 day, month, year or interval of them.
pub fn days(iso: &str) -> Option<[Date; 2]> {
    if let Some((a, b)) = iso.split_once('/') {
        let (first, last) = (days(a)?[0], days(b)?[1]);
        return (first <= last).then_some([first, last]);
    }
    let mut parts = iso.splitn(3, '-');
    let year: i16 = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
    let mut next = || {
        parts.next().map(|p| {
            if p.len() == 2 {
                p.parse::<i8>().ok()
            } else {
                None
            }
        })
    };
    let (month, day) = (next(), next());
    Some(match (month, day) {
        (None, _) => [Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?],
        (Some(month), None) => {
            let first = Date::new(year, month?, 1).ok()?;
            [first, first.last_of_month()]
        }
        (Some(month), Some(day)) => [Date::new(year, month?, day?).ok()?; 2],
    })
}

fn union(a: Option<[Date; 2]>, b: Option<[Date; 2]>) -> Option<[Date; 2]> {
    match (a, b) {
        (Some([a, z]), Some([b, y])) => Some([a.min(b), z.max(y)]),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_cover_their_days() {
        for (iso, covered) in [
            ("2025-02-27", Some("2025-02-27 2025-02-27")),
            ("2024-02", Some("2024-02-01 2024-02-29")),
            ("2025", Some("2025-01-01 2025-12-31")),
            ("2025-02/2025-03-04", Some("2025-02-01 2025-03-04")),
            ("2025-03/2025-02", None),
            ("2025-2", None),
            ("2025-02-30", None),
            ("", None),
            ("soon", None),
        ] {
            let found = days(iso).map(|[a, b]| format!("{a} {b}"));
            assert_eq!(found.as_deref(), covered, "{iso}");
        }
    }
}
