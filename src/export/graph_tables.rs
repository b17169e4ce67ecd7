//! `View => rows`: one description of what is known of names, pairs, encounters and their reports, with which all
//! formats are written. Names and meanings of the columns stand in `TABLES.md`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::tables::{Cell, Column, Header, kind_name, status_name};
use super::view::{Pair, View, days};
use crate::document::{EncounterKind, NameType};
use crate::error::Result;
use crate::graph::{ArticleNode, EventNode, OfficeEdge};

/// A column, and how its cell is found for the row at a position of the view's list.
pub struct Attribute {
    /// Name and meaning.
    pub column: Column,
    /// The cell.
    pub get: for<'v> fn(&'v View<'v>, usize) -> Cell<'v>,
}

/// The tables over all articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GraphTable {
    /// One row per pair of actors that met or spoke.
    Pairs,
    /// One row per encounter, however many articles report it.
    Events,
    /// One row per person.
    People,
    /// One row per organisation.
    Organizations,
    /// One row per place.
    Places,
    /// One row per people, religion or named event.
    Groups,
    /// One row per person, title and organisation.
    Offices,
    /// One row per actor of an encounter.
    Participants,
    /// One row per article that reports an encounter.
    Reports,
    /// One row per article.
    Articles,
}

macro_rules! attributes {
    ($($name:literal : $meaning:literal = $get:expr),* $(,)?) => {
        &[$(Attribute { column: Column { name: $name, meaning: $meaning }, get: $get }),*]
    };
}

/// What is known of a name. Rows are positions in the graph's entities.
pub static NODE: &[Attribute] = attributes![
    "entity_id": "id over all articles, stable over re-runs" = |v, i| v.entity(i).id.as_str().into(),
    "name": "the fullest of its commonest names" = |v, i| v.entity(i).name.as_str().into(),
    "type": "person, organization, place, group or event" = |v, i| v.entity(i).kind.table_kind().into(),
    "finer_type": "PER ORG GPE LOC FAC NORP EVENT" = |v, i| v.entity(i).kind.label().into(),
    "aliases": "its other names, commonest first" = |v, i| list(&v.entity(i).aliases),
    "offices": "titles and organisations, in the order of their names" = |v, i| offices(v, i),
    "country": "country of a place, ISO 3166-1 alpha-2" = |v, i| v.entity(i).country.as_deref().into(),
    "latitude": "degrees north" = |v, i| degrees(v, i, 0),
    "longitude": "degrees east" = |v, i| degrees(v, i, 1),
    "part_of": "name of the country or place it belongs to" = |v, i| v.entity(i).part_of.map(|p| v.entity(p).name.as_str()).into(),
    "part_of_id": "its id" = |v, i| v.entity(i).part_of.map(|p| v.entity(p).id.as_str()).into(),
    "articles": "articles that name it, copies not counted" = |v, i| Cell::Int(v.entity(i).articles.into()),
    "mentions": "mentions in them" = |v, i| Cell::Int(v.entity(i).mentions.into()),
    "encounters": "counted encounters it took part in" = |v, i| Cell::Int(v.tallies[i].encounters.into()),
    "partners": "names it forms a pair with in pairs.csv" = |v, i| Cell::Int(v.tallies[i].partners.into()),
    "encounters_here": "counted encounters that took place there" = |v, i| Cell::Int(v.tallies[i].here.into()),
    "first_day": "first day of its counted encounters, where known" = |v, i| day(v.tallies[i].days, 0),
    "last_day": "last day of them" = |v, i| day(v.tallies[i].days, 1),
];

/// What is known of a pair. Rows are positions in [`View::pairs`].
pub static PAIR: &[Attribute] = attributes![
    "pair_id": "the two ids, in fixed order" = |v, n| pair_id(v, n).into(),
    "name_1": "the one whose id sorts first" = |v, n| end(v, n, 0).name.as_str().into(),
    "name_2": "the other" = |v, n| end(v, n, 1).name.as_str().into(),
    "weight": "counted encounters: those that occurred, or those of the statuses asked for" = |v, n| Cell::Int(v.pairs[n].weight().into()),
    "relation": "met_with, spoke_with or both" = |v, n| relation(v, &v.pairs[n]).into(),
    "meetings": "meetings among them" = |v, n| Cell::Int(of_kind(v, &v.pairs[n], EncounterKind::Meeting)),
    "calls": "calls among them" = |v, n| Cell::Int(of_kind(v, &v.pairs[n], EncounterKind::Call)),
    "first_day": "first day of them, where known" = |v, n| day(v.days(&v.pairs[n]), 0),
    "last_day": "last day of them" = |v, n| day(v.days(&v.pairs[n]), 1),
    "places": "where they took place" = |v, n| v.names(v.pairs[n].counted.iter().filter_map(|&e| v.graph.events[e].place)),
    "occurred_count": "encounters of the pair that occurred" = |v, n| Cell::Int(v.pairs[n].statuses[0].into()),
    "planned_count": "that are planned" = |v, n| Cell::Int(v.pairs[n].statuses[1].into()),
    "possible_count": "that somebody proposed or considered" = |v, n| Cell::Int(v.pairs[n].statuses[2].into()),
    "not_count": "that were denied or did not happen" = |v, n| Cell::Int(v.pairs[n].statuses[3].into()),
    "articles": "articles that report the counted ones, copies not counted" = |v, n| Cell::Int(sources(v, &v.pairs[n].counted).0),
    "sources": "their publishers" = |v, n| sources(v, &v.pairs[n].counted).1,
    "confidence": "that of the most certain counted one, 0 to 1" = |v, n| best(v, n).map_or(Cell::Empty, |e| Cell::Real(e.confidence)),
    "sentence": "a sentence that states it" = |v, n| best(v, n).map(sentence).into(),
    "article_url": "the address of its article" = |v, n| best(v, n).and_then(|e| first(v, e)?.url.as_deref()).into(),
    "type_1": "person, organization, place, group or event" = |v, n| end(v, n, 0).kind.table_kind().into(),
    "type_2": "the same of the other" = |v, n| end(v, n, 1).kind.table_kind().into(),
    "id_1": "id in people.csv, organizations.csv, places.csv or groups.csv" = |v, n| end(v, n, 0).id.as_str().into(),
    "id_2": "the same of the other" = |v, n| end(v, n, 1).id.as_str().into(),
    "event_ids": "the counted encounters, as ids in events.csv" = |v, n| {
        Cell::List(v.pairs[n].counted.iter().map(|&e| v.graph.events[e].id.as_str().into()).collect())
    },
];

/// What is known of an encounter. Rows are positions in the graph's events.
pub static EVENT: &[Attribute] = attributes![
    "event_id": "id over all articles, stable over re-runs" = |v, i| event(v, i).id.as_str().into(),
    "kind": "meeting, call or visit" = |v, i| kind_name(event(v, i).kind).into(),
    "status": "occurred, planned, possible or not, by all reports" = |v, i| status_name(event(v, i).status).into(),
    "names": "who; of a visit the visitors" = |v, i| v.names(event(v, i).actors.iter().map(|a| a.entity)),
    "place": "where" = |v, i| event(v, i).place.map(|p| v.entity(p).name.as_str()).into(),
    "country": "country of the place, ISO 3166-1 alpha-2" = |v, i| event(v, i).place.and_then(|p| v.entity(p).country.as_deref()).into(),
    "date": "when, ISO 8601 day, month, year or interval" = |v, i| event(v, i).date.as_deref().into(),
    "first_day": "the first day of it" = |v, i| day(event(v, i).date.as_deref().and_then(days), 0),
    "last_day": "the last day of it" = |v, i| day(event(v, i).date.as_deref().and_then(days), 1),
    "confidence": "probability that the row is right, 0 to 1" = |v, i| Cell::Real(event(v, i).confidence),
    "reports": "reports of it, copies not counted" = |v, i| Cell::Int(event(v, i).reports.iter().filter(|r| !r.copy).count() as u64),
    "copies": "further reports in wire copies and re-posts" = |v, i| Cell::Int(event(v, i).reports.iter().filter(|r| r.copy).count() as u64),
    "sources": "publishers that report it" = |v, i| sources(v, &[i]).1,
    "conflicts": "what the reports disagree about" = |v, i| list(&event(v, i).conflicts),
    "sentence": "the sentence of its first report" = |v, i| sentence(event(v, i)).into(),
    "article_date": "the date of that article" = |v, i| first(v, event(v, i)).and_then(|a| a.date.as_deref()).into(),
    "article_title": "its title" = |v, i| first(v, event(v, i)).and_then(|a| a.title.as_deref()).into(),
    "article_url": "its address" = |v, i| first(v, event(v, i)).and_then(|a| a.url.as_deref()).into(),
    "name_ids": "ids of the names, in their order" = |v, i| {
        let mut seen = BTreeSet::new();
        let who = event(v, i).actors.iter().map(|a| a.entity).filter(|e| seen.insert(*e));
        Cell::List(who.map(|e| v.entity(e).id.as_str().into()).collect())
    },
    "place_id": "id in places.csv" = |v, i| event(v, i).place.map(|p| v.entity(p).id.as_str()).into(),
    "encounter_ids": "its reports, as ids in encounters.csv" = |v, i| {
        Cell::List(event(v, i).reports.iter().map(|r| r.encounter.as_str().into()).collect())
    },
];

/// What is known of an office. Rows are positions in the graph's offices.
pub static OFFICE: &[Attribute] = attributes![
    "person": "name" = |v, i| v.entity(office(v, i).person).name.as_str().into(),
    "title": "the office as most articles write it; empty for a bare affiliation" = |v, i| office(v, i).title.as_str().into(),
    "organization": "the organisation or country, where named" = |v, i| office(v, i).of.map(|o| v.entity(o).name.as_str()).into(),
    "organization_type": "person, organization, place, group or event" = |v, i| office(v, i).of.map(|o| v.entity(o).kind.table_kind()).into(),
    "articles": "articles that state it, copies not counted" = |v, i| Cell::Int(office(v, i).articles.len() as u64),
    "first_day": "date of the first of them, where known" = |v, i| seen(v, i, 0),
    "last_day": "date of the last of them" = |v, i| seen(v, i, 1),
    "confidence": "probability that the row is right, 0 to 1" = |v, i| Cell::Real(office(v, i).confidence),
    "sentence": "the sentence of the first of them" = |v, i| office(v, i).sentence.as_str().into(),
    "person_id": "id in people.csv" = |v, i| v.entity(office(v, i).person).id.as_str().into(),
    "organization_id": "id in organizations.csv or places.csv" = |v, i| office(v, i).of.map(|o| v.entity(o).id.as_str()).into(),
];

/// What is known of an actor of an encounter. Rows are positions in [`View::participants`].
pub static PARTICIPANT: &[Attribute] = attributes![
    "event_id": "id in events.csv" = |v, n| v.participant(n).0.id.as_str().into(),
    "entity_id": "id in people.csv, organizations.csv, places.csv or groups.csv" = |v, n| v.entity(v.participant(n).1.entity).id.as_str().into(),
    "name": "who" = |v, n| v.entity(v.participant(n).1.entity).name.as_str().into(),
    "type": "person, organization, place, group or event" = |v, n| v.entity(v.participant(n).1.entity).kind.table_kind().into(),
    "words": "the words beside the name where only its officials took part" = |v, n| v.participant(n).1.words.as_deref().into(),
];

/// What one article says of an encounter. Rows are positions in [`View::reports`].
pub static REPORT: &[Attribute] = attributes![
    "event_id": "id in events.csv" = |v, n| v.report(n).0.id.as_str().into(),
    "article_id": "id of the article" = |v, n| v.graph.articles[v.report(n).1.article].id.as_str().into(),
    "status": "the status this article gives it" = |v, n| status_name(v.report(n).1.status).into(),
    "date": "the date it gives it, ISO 8601 day, month, year or interval" = |v, n| v.report(n).1.date.as_deref().into(),
    "date_words": "its words for the date" = |v, n| v.report(n).1.date_words.as_deref().into(),
    "place": "the place it gives it" = |v, n| v.report(n).1.place.map(|p| v.entity(p).name.as_str()).into(),
    "confidence": "probability that the row is right, 0 to 1" = |v, n| Cell::Real(v.report(n).1.confidence),
    "copy": "true in a wire copy or re-post: not counted" = |v, n| Cell::Bool(v.report(n).1.copy),
    "sentence": "the sentence that states it" = |v, n| v.report(n).1.sentence.as_str().into(),
    "start": "first character of the evidence in the article's text" = |v, n| Cell::Int(v.report(n).1.evidence[0].into()),
    "end": "one past its last character" = |v, n| Cell::Int(v.report(n).1.evidence[1].into()),
    "encounter_id": "id in encounters.csv" = |v, n| v.report(n).1.encounter.as_str().into(),
    "place_id": "id in places.csv" = |v, n| v.report(n).1.place.map(|p| v.entity(p).id.as_str()).into(),
];

/// What is known of an article. Rows are positions in the graph's articles.
pub static ARTICLE: &[Attribute] = attributes![
    "article_id": "id of the article" = |v, i| v.graph.articles[i].id.as_str().into(),
    "article_title": "its title" = |v, i| v.graph.articles[i].title.as_deref().into(),
    "article_date": "its publication date" = |v, i| v.graph.articles[i].date.as_deref().into(),
    "article_source": "its publisher or collection" = |v, i| v.graph.articles[i].source.as_deref().into(),
    "article_url": "its address" = |v, i| v.graph.articles[i].url.as_deref().into(),
    "path": "the file it was read from" = |v, i| v.graph.articles[i].path.as_str().into(),
    "copy_of": "id of the earlier article that it repeats" = |v, i| v.graph.articles[i].copy_of.map(|a| v.graph.articles[a].id.as_str()).into(),
];

impl GraphTable {
    /// All tables.
    pub const ALL: [GraphTable; 10] = [
        GraphTable::Pairs,
        GraphTable::Events,
        GraphTable::People,
        GraphTable::Organizations,
        GraphTable::Places,
        GraphTable::Groups,
        GraphTable::Offices,
        GraphTable::Participants,
        GraphTable::Reports,
        GraphTable::Articles,
    ];

    /// The table's name, also that of its file and sheet.
    pub fn name(self) -> &'static str {
        match self {
            GraphTable::Pairs => "pairs",
            GraphTable::Events => "events",
            GraphTable::People => "people",
            GraphTable::Organizations => "organizations",
            GraphTable::Places => "places",
            GraphTable::Groups => "groups",
            GraphTable::Offices => "offices",
            GraphTable::Participants => "participants",
            GraphTable::Reports => "reports",
            GraphTable::Articles => "articles",
        }
    }

    /// What its columns are, in order.
    pub fn attributes(self) -> Vec<&'static Attribute> {
        let (all, without): (_, &[&str]) = match self {
            GraphTable::Pairs => (PAIR, &[]),
            GraphTable::Events => (EVENT, &[]),
            GraphTable::People => (
                NODE,
                &[
                    "type",
                    "finer_type",
                    "country",
                    "latitude",
                    "longitude",
                    "encounters_here",
                ],
            ),
            GraphTable::Organizations => (
                NODE,
                &[
                    "type",
                    "finer_type",
                    "offices",
                    "country",
                    "latitude",
                    "longitude",
                    "encounters_here",
                ],
            ),
            GraphTable::Places => (NODE, &["type", "offices"]),
            GraphTable::Groups => (
                NODE,
                &[
                    "type",
                    "offices",
                    "country",
                    "latitude",
                    "longitude",
                    "encounters_here",
                ],
            ),
            GraphTable::Offices => (OFFICE, &[]),
            GraphTable::Participants => (PARTICIPANT, &[]),
            GraphTable::Reports => (REPORT, &[]),
            GraphTable::Articles => (ARTICLE, &[]),
        };
        all.iter()
            .filter(|a| !without.contains(&a.column.name))
            .collect()
    }

    /// Name and columns.
    pub fn header(self) -> Header {
        Header {
            name: self.name(),
            columns: self.attributes().iter().map(|a| a.column).collect(),
        }
    }

    /// What its rows are: arguments of [`Attribute::get`].
    pub fn rows(self, view: &View<'_>) -> Vec<usize> {
        let of = |is: fn(NameType) -> bool| {
            view.entities
                .iter()
                .copied()
                .filter(|&i| is(view.entity(i).kind))
                .collect()
        };
        match self {
            GraphTable::Pairs => (0..view.pairs.len()).collect(),
            GraphTable::Events => view.events.clone(),
            GraphTable::People => of(|k| k == NameType::Per),
            GraphTable::Organizations => of(|k| k == NameType::Org),
            GraphTable::Places => of(NameType::is_place),
            GraphTable::Groups => of(|k| matches!(k, NameType::Norp | NameType::Event)),
            GraphTable::Offices => view.offices.clone(),
            GraphTable::Participants => (0..view.participants.len()).collect(),
            GraphTable::Reports => (0..view.reports.len()).collect(),
            GraphTable::Articles => view.articles.clone(),
        }
    }

    /// Gives all its rows to `put`.
    ///
    /// # Errors
    /// The first error of `put`.
    pub fn each(
        self,
        view: &View<'_>,
        mut put: impl FnMut(&[Cell<'_>]) -> Result<()>,
    ) -> Result<()> {
        let attributes = self.attributes();
        for row in self.rows(view) {
            let cells: Vec<Cell<'_>> = attributes.iter().map(|a| (a.get)(view, row)).collect();
            put(&cells)?;
        }
        Ok(())
    }
}

/// The attributes of `all` but those named: what a graph format writes in places of its own.
pub fn without(all: &'static [Attribute], names: &[&str]) -> Vec<&'static Attribute> {
    all.iter()
        .filter(|a| !names.contains(&a.column.name))
        .collect()
}

/// Id of the pair at position `n`: its ends' ids in fixed order.
pub fn pair_id(v: &View<'_>, n: usize) -> String {
    format!("{}-{}", end(v, n, 0).id, end(v, n, 1).id)
}

fn end<'v>(v: &'v View<'v>, n: usize, which: usize) -> &'v crate::graph::EntityNode {
    v.entity(v.pairs[n].ends[which])
}

fn event<'v>(v: &'v View<'v>, i: usize) -> &'v EventNode {
    &v.graph.events[i]
}

fn office<'v>(v: &'v View<'v>, i: usize) -> &'v OfficeEdge {
    &v.graph.offices[i]
}

/// The article of an event's first report.
fn first<'v>(v: &'v View<'v>, e: &'v EventNode) -> Option<&'v ArticleNode> {
    Some(&v.graph.articles[e.reports.first()?.article])
}

/// The sentence of an event's first report.
pub fn sentence(e: &EventNode) -> &str {
    e.reports.first().map_or("", |r| &r.sentence)
}

fn best<'v>(v: &'v View<'v>, n: usize) -> Option<&'v EventNode> {
    Some(&v.graph.events[v.pairs[n].best(v.graph)?])
}

fn list(texts: &[String]) -> Cell<'_> {
    Cell::List(texts.iter().map(|t| t.as_str().into()).collect())
}

fn degrees<'v>(v: &View<'_>, i: usize, which: usize) -> Cell<'v> {
    v.entity(i)
        .coordinates
        .map_or(Cell::Empty, |c| Cell::Degrees(c[which]))
}

fn day<'v>(days: Option<[Date; 2]>, which: usize) -> Cell<'v> {
    days.map_or(Cell::Empty, |d| d[which].to_string().into())
}

fn seen<'v>(v: &'v View<'v>, i: usize, which: usize) -> Cell<'v> {
    let seen = office(v, i).seen.as_ref().and_then(|s| days(&s[which]));
    day(seen, which)
}

fn offices<'v>(v: &'v View<'v>, i: usize) -> Cell<'v> {
    let text = |&o: &usize| -> Cow<'v, str> {
        let o = office(v, o);
        match (o.title.as_str(), o.of.map(|of| v.entity(of).name.as_str())) {
            (title, None) => title.into(),
            ("", Some(of)) => of.into(),
            (title, Some(of)) => format!("{title} ({of})").into(),
        }
    };
    Cell::List(
        v.tallies[i]
            .offices
            .iter()
            .map(text)
            .filter(|t| !t.is_empty())
            .collect(),
    )
}

fn of_kind(v: &View<'_>, pair: &Pair, kind: EncounterKind) -> u64 {
    pair.counted
        .iter()
        .filter(|&&e| v.graph.events[e].kind == kind)
        .count() as u64
}

fn relation(v: &View<'_>, pair: &Pair) -> &'static str {
    let calls = of_kind(v, pair, EncounterKind::Call);
    match calls {
        0 => "met_with",
        n if n == u64::from(pair.weight()) => "spoke_with",
        _ => "met_with; spoke_with",
    }
}

/// How many articles report any of `events`, copies not counted, and their publishers.
fn sources<'v>(v: &'v View<'v>, events: &[usize]) -> (u64, Cell<'v>) {
    let reports = events.iter().flat_map(|&e| &v.graph.events[e].reports);
    let articles: BTreeSet<usize> = reports.filter(|r| !r.copy).map(|r| r.article).collect();
    let publishers: BTreeSet<&str> = articles
        .iter()
        .filter_map(|&a| v.graph.articles[a].source.as_deref())
        .collect();
    (
        articles.len() as u64,
        Cell::List(publishers.into_iter().map(Cow::Borrowed).collect()),
    )
}
