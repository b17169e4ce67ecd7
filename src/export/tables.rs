//! `Record => rows` of the five tables. Which columns there are, and what they mean, stands in [`Table::columns`].
//!
#![doc = include_str!("TABLES.md")]

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::record::{
    CharSlices, Chars, EntityRecord, MeetingRecord, ParticipantRecord, Record, RoleRecord,
};
use crate::document::{EncounterKind, Status};
use crate::error::Result;
use crate::graph::ArticleView;

/// A value in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing known.
    Empty,
    /// Text, raw: making it safe is the writer's part.
    Text(Cow<'a, str>),
    /// A count or position.
    Int(u64),
    /// A probability.
    Real(f32),
    /// Degrees of latitude or longitude.
    Degrees(f64),
    /// Yes or no.
    Bool(bool),
    /// Several texts, in an order that means something.
    List(Vec<Cow<'a, str>>),
}

impl Cell<'_> {
    /// True where nothing is known.
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.is_empty(),
            Cell::List(list) => list.is_empty(),
            _ => false,
        }
    }

    /// The value as text, raw, as all formats that know only text write it; `None` where nothing is known.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            _ if self.is_empty() => return None,
            Cell::Empty => return None,
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Int(n) => Cow::Owned(n.to_string()),
            Cell::Real(x) => Cow::Owned(x.to_string()),
            Cell::Degrees(x) => Cow::Owned(x.to_string()),
            Cell::Bool(b) => Cow::Borrowed(if *b { "true" } else { "false" }),
            Cell::List(list) => Cow::Owned(list.join(LIST_SEPARATOR)),
        })
    }

    /// The number that [`Self::text`] shows: a probability of 0.9 is 0.9 here, not its nearest 32-bit neighbour.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Int(n) => Some(*n as f64),
            Cell::Real(x) => x.to_string().parse().ok(),
            Cell::Degrees(x) => Some(*x),
            _ => None,
        }
        .filter(|x| x.is_finite())
    }
}

/// What stands between the items of a list where a format has no lists.
pub const LIST_SEPARATOR: &str = "; ";

/// What the cells of a column are, for formats with types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Cell::Text`].
    Text,
    /// [`Cell::Text`]: ISO 8601 day, month, year or interval.
    Date,
    /// [`Cell::Text`]: ISO 8601 day, always.
    Day,
    /// [`Cell::Int`].
    Int,
    /// [`Cell::Real`] or [`Cell::Degrees`].
    Real,
    /// [`Cell::Bool`].
    Bool,
    /// [`Cell::List`].
    List,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cell::Text(Cow::Owned(text))
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Empty, Cell::from)
    }
}

/// A column: its name (stable) and its meaning.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// lower_snake_case.
    pub name: &'static str,
    /// One line for people.
    pub meaning: &'static str,
}

impl Column {
    /// What its cells are. A name means the same in every table.
    pub fn kind(&self) -> Kind {
        match self.name {
            "date" | "article_date" => Kind::Date,
            "first_day" | "last_day" => Kind::Day,
            "start" | "end" | "record" | "mentions" | "encounters" | "further_mentions"
            | "articles" | "partners" | "encounters_here" | "weight" | "meetings" | "calls"
            | "occurred_count" | "planned_count" | "possible_count" | "not_count" | "reports"
            | "copies" => Kind::Int,
            "confidence" | "latitude" | "longitude" => Kind::Real,
            "boilerplate" | "copy" => Kind::Bool,
            "aliases" | "offices" | "names" | "name_ids" | "places" | "event_ids" | "sources"
            | "conflicts" | "encounter_ids" => Kind::List,
            _ => Kind::Text,
        }
    }
}

/// A table's name and columns: all that a writer of tables needs to know of it.
#[derive(Debug, Clone)]
pub struct Header {
    /// Also the name of its file and sheet.
    pub name: &'static str,
    /// In order.
    pub columns: Vec<Column>,
}

/// The tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// One row per fact: who met, spoke with, visited, holds office. The main result.
    Triples,
    /// One row per encounter.
    Encounters,
    /// One row per person, organisation, place, … of an article.
    Entities,
    /// One row per occurrence of a name.
    Mentions,
    /// One row per office or affiliation of a person.
    Affiliations,
}

macro_rules! columns {
    ($($name:literal : $meaning:literal),* $(,)?) => { &[$(Column { name: $name, meaning: $meaning }),*] };
}

impl Table {
    /// All tables.
    pub const ALL: [Table; 5] = [
        Table::Triples,
        Table::Encounters,
        Table::Entities,
        Table::Mentions,
        Table::Affiliations,
    ];

    /// The table's name, also that of its sheet.
    pub fn name(self) -> &'static str {
        match self {
            Table::Triples => "triples",
            Table::Encounters => "encounters",
            Table::Entities => "entities",
            Table::Mentions => "mentions",
            Table::Affiliations => "affiliations",
        }
    }

    /// Name and columns.
    pub fn header(self) -> Header {
        Header {
            name: self.name(),
            columns: self.columns().to_vec(),
        }
    }

    /// The CSV file's name.
    pub fn file_name(self) -> String {
        format!("{}.csv", self.name())
    }

    /// The columns, in order.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Table::Triples => columns![
                "triple_id": "id of the row, stable over re-runs",
                "subject": "name of the first actor; of an undirected pair the one whose name sorts first",
                "subject_type": "person, organization, place, group or event",
                "relation": "met_with, spoke_with (both undirected), visited, holds_office, affiliated_with",
                "object": "name of the second actor; of visited the place; of holds_office the organisation or country",
                "object_type": "as subject_type",
                "status": "occurred, planned, possible or not; empty for holds_office and affiliated_with",
                "date": "when, ISO 8601 day, month, year or interval",
                "date_words": "the article's words for it",
                "place": "where; of visited the same as object",
                "place_type": "as subject_type",
                "confidence": "probability that the row is right, 0 to 1",
                "subject_words": "words beside the subject where only its officials took part, e.g. officials",
                "object_words": "the same for the object",
                "title": "the office, for holds_office",
                "article_id": "id of the article",
                "article_date": "its publication date",
                "article_title": "its title",
                "article_source": "its publisher or collection",
                "article_url": "its address",
                "path": "the file it was read from",
                "record": "line or record in that file",
                "sentence": "the sentence that states the fact",
                "start": "first character of the evidence in the article's text",
                "end": "one past its last character",
                "encounter_id": "id in encounters.csv; empty for offices and affiliations",
                "subject_id": "id in entities.csv",
                "subject_label": "finer type: PER ORG GPE LOC FAC NORP EVENT",
                "object_id": "id in entities.csv",
                "object_label": "finer type",
                "place_id": "id in entities.csv",
                "place_label": "finer type",
                "subject_node": "id of the subject over all articles, in graph.json: one for all its names",
                "object_node": "the same for the object",
                "place_node": "the same for the place",
                "event_id": "id of the encounter over all articles: one for all reports of it",
                "copy_of": "id of the earlier article that this one repeats (a wire copy, a re-post)",
            ],
            Table::Encounters => columns![
                "encounter_id": "id of the encounter, stable over re-runs",
                "kind": "meeting, call or visit",
                "status": "occurred, planned, possible or not",
                "participants": "names, separated by semicolons; of a visit the visitors",
                "participant_ids": "their ids in entities.csv, in the same order",
                "participant_words": "words beside them, in the same order, where only officials took part",
                "place": "where",
                "place_type": "person, organization, place, group or event",
                "date": "when, ISO 8601 day, month, year or interval",
                "date_words": "the article's words for it",
                "confidence": "probability that the row is right, 0 to 1",
                "further_mentions": "how often the article states it again",
                "article_id": "id of the article",
                "article_date": "its publication date",
                "article_title": "its title",
                "article_source": "its publisher or collection",
                "article_url": "its address",
                "path": "the file it was read from",
                "record": "line or record in that file",
                "sentence": "the sentence that states it",
                "evidence": "the part of the sentence that states it",
                "start": "first character of the evidence in the article's text",
                "end": "one past its last character",
                "place_id": "id in entities.csv",
                "place_label": "finer type: GPE LOC FAC",
                "participant_nodes": "ids of the participants over all articles, in the order of participants",
                "place_node": "id of the place over all articles",
                "event_id": "id of the encounter over all articles: one for all reports of it",
                "copy_of": "id of the earlier article that this one repeats (a wire copy, a re-post)",
            ],
            Table::Entities => columns![
                "entity_id": "id of the entity, stable over re-runs",
                "name": "the fullest name in the article",
                "type": "person, organization, place, group or event",
                "label": "finer type: PER ORG GPE LOC FAC NORP EVENT",
                "mentions": "how often the article names it",
                "encounters": "in how many of the article's encounters it takes part",
                "start": "first character of its first mention",
                "article_id": "id of the article",
                "article_date": "its publication date",
                "article_title": "its title",
                "article_source": "its publisher or collection",
                "article_url": "its address",
                "path": "the file it was read from",
                "record": "line or record in that file",
                "node": "id over all articles, in graph.json: one for all names of a person, organisation, …",
                "node_name": "its fullest name in all articles",
                "copy_of": "id of the earlier article that this one repeats (a wire copy, a re-post)",
            ],
            Table::Mentions => columns![
                "mention": "the name as written",
                "type": "person, organization, place, group or event",
                "label": "finer type: PER ORG GPE LOC FAC NORP EVENT",
                "entity": "the entity's fullest name",
                "entity_id": "id in entities.csv",
                "start": "first character in the article's text",
                "end": "one past the last character",
                "confidence": "probability of span and type, 0 to 1",
                "boilerplate": "true in menus, link lists and the like",
                "article_id": "id of the article",
                "path": "the file it was read from",
                "record": "line or record in that file",
                "node": "id of the entity over all articles",
            ],
            Table::Affiliations => columns![
                "affiliation_id": "id of the row, stable over re-runs",
                "person": "name",
                "title": "the office as written; empty for a bare affiliation",
                "organization": "the organisation or country, where named",
                "organization_type": "person, organization, place, group or event",
                "confidence": "probability that the row is right, 0 to 1",
                "article_id": "id of the article",
                "article_date": "its publication date",
                "article_title": "its title",
                "article_source": "its publisher or collection",
                "article_url": "its address",
                "path": "the file it was read from",
                "record": "line or record in that file",
                "sentence": "the sentence that states it",
                "start": "first character of the evidence in the article's text",
                "end": "one past its last character",
                "person_id": "id in entities.csv",
                "organization_id": "id in entities.csv",
                "organization_label": "finer type: ORG GPE",
                "person_node": "id of the person over all articles, in graph.json",
                "organization_node": "the same for the organisation or country",
                "copy_of": "id of the earlier article that this one repeats (a wire copy, a re-post)",
            ],
        }
    }
}

/// Gives all rows of `record` to `row`, with what the graph says of it in `view`, tables in the order of [`Table::ALL`]. Encounters and affiliations below
/// `min_confidence` are left out.
///
/// # Errors
/// The first error of `row`.
pub fn rows<'r, F>(
    record: &'r Record,
    view: ArticleView<'r>,
    min_confidence: f32,
    mut row: F,
) -> Result<()>
where
    F: FnMut(Table, &[Cell<'r>]) -> Result<()>,
{
    let made = Rows {
        record,
        view,
        text: CharSlices::new(&record.text),
        min_confidence,
    };
    made.triples(&mut row)?;
    made.encounters(&mut row)?;
    made.entities(&mut row)?;
    made.mentions(&mut row)?;
    made.affiliations(&mut row)
}

/// The pairs of an encounter's participants, each in fixed order: by name, then id. Empty for visits.
pub fn pairs<'r>(
    record: &'r Record,
    meeting: &'r MeetingRecord,
) -> Vec<[(&'r EntityRecord, &'r ParticipantRecord); 2]> {
    if meeting.kind == EncounterKind::Visit {
        return Vec::new();
    }
    let mut who: Vec<_> = meeting
        .participants
        .iter()
        .filter_map(|p| Some((record.entity(p.entity)?, p)))
        .collect();
    who.sort_by(|(a, _), (b, _)| by_name(a, b));
    who.dedup_by_key(|(e, _)| e.id);
    let mut out = Vec::with_capacity(who.len() * who.len().saturating_sub(1) / 2);
    for (i, a) in who.iter().enumerate() {
        out.extend(who[i + 1..].iter().map(|b| [*a, *b]));
    }
    out
}

/// The encounters of `record` that count at `min_confidence`, with their number from 1.
pub fn encounters(
    record: &Record,
    min_confidence: f32,
) -> impl Iterator<Item = (usize, &MeetingRecord)> {
    (1..)
        .zip(&record.meetings)
        .filter(move |(_, m)| m.confidence >= min_confidence)
}

fn by_name(a: &EntityRecord, b: &EntityRecord) -> Ordering {
    a.name.cmp(&b.name).then(a.id.cmp(&b.id))
}

/// The name of a status in files.
pub fn status_name(status: Status) -> &'static str {
    match status {
        Status::Occurred => "occurred",
        Status::Planned => "planned",
        Status::Possible => "possible",
        Status::Not => "not",
    }
}

/// The name of a kind of encounter in files.
pub fn kind_name(kind: EncounterKind) -> &'static str {
    match kind {
        EncounterKind::Meeting => "meeting",
        EncounterKind::Call => "call",
        EncounterKind::Visit => "visit",
    }
}

struct Rows<'r> {
    record: &'r Record,
    view: ArticleView<'r>,
    text: CharSlices<'r>,
    min_confidence: f32,
}

/// One row of triples.csv.
struct Triple<'r> {
    id: String,
    subject: &'r EntityRecord,
    relation: &'static str,
    /// An office without a named organisation has the title as its object.
    object: Option<&'r EntityRecord>,
    subject_words: Option<&'r str>,
    object_words: Option<&'r str>,
    fact: Fact<'r>,
}

/// What a triple rides on.
#[derive(Clone, Copy)]
enum Fact<'r> {
    Encounter(usize, &'r MeetingRecord),
    Affiliation(&'r RoleRecord),
}

type Put<'p, 'r> = &'p mut dyn FnMut(Table, &[Cell<'r>]) -> Result<()>;

impl<'r> Rows<'r> {
    fn encounter_id(&self, n: usize) -> String {
        format!("{}#m{n}", self.record.id)
    }

    fn affiliation_id(&self, n: usize) -> String {
        format!("{}#r{n}", self.record.id)
    }

    fn entity_id(&self, id: u32) -> String {
        format!("{}#{id}", self.record.id)
    }

    fn article(&self) -> [Cell<'r>; 7] {
        let r = self.record;
        [
            r.id.as_str().into(),
            r.date.as_deref().into(),
            r.title.as_deref().into(),
            r.source.as_deref().into(),
            r.url.as_deref().into(),
            r.path.as_str().into(),
            r.record.map_or(Cell::Empty, Cell::Int),
        ]
    }

    /// Name, kind, id and label of an entity that may be unknown.
    fn named(&self, e: Option<&'r EntityRecord>) -> [Cell<'r>; 4] {
        match e {
            None => [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty],
            Some(e) => [
                e.name.as_str().into(),
                e.kind.table_kind().into(),
                self.entity_id(e.id).into(),
                e.kind.label().into(),
            ],
        }
    }

    /// The id over all articles of an entity that may be unknown.
    fn node(&self, e: Option<&EntityRecord>) -> Cell<'r> {
        e.and_then(|e| self.view.entity(e.id))
            .map(|node| node.id.as_str())
            .into()
    }

    /// The event of encounter `n`.
    fn event(&self, n: usize) -> Cell<'r> {
        self.view.event(n).map(|event| event.id.as_str()).into()
    }

    fn at(&self, chars: Chars) -> [Cell<'r>; 2] {
        [Cell::Int(chars[0].into()), Cell::Int(chars[1].into())]
    }

    fn roles(&self) -> impl Iterator<Item = (usize, &'r RoleRecord)> {
        let min = self.min_confidence;
        (1..)
            .zip(&self.record.roles)
            .filter(move |(_, r)| r.confidence >= min)
    }

    fn triples(&self, put: Put<'_, 'r>) -> Result<()> {
        for (n, m) in encounters(self.record, self.min_confidence) {
            let fact = Fact::Encounter(n, m);
            let id = self.encounter_id(n);
            let relation = if m.kind == EncounterKind::Call {
                "spoke_with"
            } else {
                "met_with"
            };
            let mut part = 0;
            for [(subject, s), (object, o)] in pairs(self.record, m) {
                part += 1;
                let (subject_words, object_words) = (s.words.as_deref(), o.words.as_deref());
                let (id, object) = (format!("{id}.{part}"), Some(object));
                self.triple(
                    Triple {
                        id,
                        subject,
                        relation,
                        object,
                        subject_words,
                        object_words,
                        fact,
                    },
                    put,
                )?;
            }
            let Some(place) = m.place.filter(|_| m.kind == EncounterKind::Visit) else {
                continue;
            };
            let Some(place) = self.record.entity(place) else {
                continue;
            };
            for p in &m.participants {
                let Some(subject) = self.record.entity(p.entity) else {
                    continue;
                };
                part += 1;
                let (id, subject_words) = (format!("{id}.{part}"), p.words.as_deref());
                let (relation, object) = ("visited", Some(place));
                self.triple(
                    Triple {
                        id,
                        subject,
                        relation,
                        object,
                        subject_words,
                        object_words: None,
                        fact,
                    },
                    put,
                )?;
            }
        }
        for (n, r) in self.roles() {
            let object = r.of.and_then(|of| self.record.entity(of));
            let Some(subject) = self.record.entity(r.person) else {
                continue;
            };
            if object.is_none() && r.title.is_empty() {
                continue;
            }
            let relation = if r.title.is_empty() {
                "affiliated_with"
            } else {
                "holds_office"
            };
            let (id, fact) = (self.affiliation_id(n), Fact::Affiliation(r));
            self.triple(
                Triple {
                    id,
                    subject,
                    relation,
                    object,
                    subject_words: None,
                    object_words: None,
                    fact,
                },
                put,
            )?;
        }
        Ok(())
    }

    fn triple(&self, t: Triple<'r>, put: Put<'_, 'r>) -> Result<()> {
        let (meeting, title, evidence, sentence, confidence) = match t.fact {
            Fact::Encounter(_, m) => (Some(m), None, m.evidence, m.sentence, m.confidence),
            Fact::Affiliation(r) => (
                None,
                Some(r.title.as_str()),
                r.evidence,
                r.sentence,
                r.confidence,
            ),
        };
        let [subject, subject_type, subject_id, subject_label] = self.named(Some(t.subject));
        let [mut object, object_type, object_id, object_label] = self.named(t.object);
        if t.object.is_none() {
            object = title.into();
        }
        let place = meeting.and_then(|m| self.record.entity(m.place?));
        let place_node = self.node(place);
        let [place, place_type, place_id, place_label] = self.named(place);
        let [id, date, article_title, source, url, path, record] = self.article();
        let [start, end] = self.at(evidence);
        let (encounter, event) = match t.fact {
            Fact::Encounter(n, _) => (self.encounter_id(n).into(), self.event(n)),
            Fact::Affiliation(_) => (Cell::Empty, Cell::Empty),
        };
        let row = [
            t.id.into(),
            subject,
            subject_type,
            t.relation.into(),
            object,
            object_type,
            meeting.map(|m| status_name(m.status)).into(),
            meeting.and_then(|m| m.date.as_deref()).into(),
            meeting.and_then(|m| m.date_words.as_deref()).into(),
            place,
            place_type,
            Cell::Real(confidence),
            t.subject_words.into(),
            t.object_words.into(),
            title.filter(|t| !t.is_empty()).into(),
            id,
            date,
            article_title,
            source,
            url,
            path,
            record,
            self.text.get(sentence).into(),
            start,
            end,
            encounter,
            subject_id,
            subject_label,
            object_id,
            object_label,
            place_id,
            place_label,
            self.node(Some(t.subject)),
            self.node(t.object),
            place_node,
            event,
            self.view.copy_of().into(),
        ];
        put(Table::Triples, &row)
    }

    fn encounters(&self, put: Put<'_, 'r>) -> Result<()> {
        for (n, m) in encounters(self.record, self.min_confidence) {
            let who: Vec<_> = m
                .participants
                .iter()
                .filter_map(|p| Some((self.record.entity(p.entity)?, p)))
                .collect();
            let join = |part: &dyn Fn(&(&'r EntityRecord, &'r ParticipantRecord)) -> String| {
                who.iter().map(part).collect::<Vec<_>>().join("; ")
            };
            let words = match who.iter().any(|(_, p)| p.words.is_some()) {
                true => join(&|(_, p)| p.words.clone().unwrap_or_default()).into(),
                false => Cell::Empty,
            };
            let place = m.place.and_then(|place| self.record.entity(place));
            let place_node = self.node(place);
            let [place, place_type, place_id, place_label] = self.named(place);
            let nodes = join(&|(e, _)| {
                let node = self.view.entity(e.id);
                node.map_or_else(String::new, |node| node.id.clone())
            });
            let [id, date, title, source, url, path, record] = self.article();
            let [start, end] = self.at(m.evidence);
            let row = [
                self.encounter_id(n).into(),
                kind_name(m.kind).into(),
                status_name(m.status).into(),
                join(&|(e, _)| e.name.clone()).into(),
                join(&|(e, _)| self.entity_id(e.id)).into(),
                words,
                place,
                place_type,
                m.date.as_deref().into(),
                m.date_words.as_deref().into(),
                Cell::Real(m.confidence),
                Cell::Int(m.also.len() as u64),
                id,
                date,
                title,
                source,
                url,
                path,
                record,
                self.text.get(m.sentence).into(),
                self.text.get(m.evidence).into(),
                start,
                end,
                place_id,
                place_label,
                nodes.into(),
                place_node,
                self.event(n),
                self.view.copy_of().into(),
            ];
            put(Table::Encounters, &row)?;
        }
        Ok(())
    }

    fn entities(&self, put: Put<'_, 'r>) -> Result<()> {
        // Mentions, encounters and first character by entity id.
        let mut counts: BTreeMap<u32, (u64, u64, Option<u32>)> = BTreeMap::new();
        for m in &self.record.mentions {
            let (mentions, _, first) = counts.entry(m.entity).or_default();
            *mentions += 1;
            first.get_or_insert(m.start);
        }
        for (_, m) in encounters(self.record, self.min_confidence) {
            let who: BTreeSet<u32> = m.participants.iter().map(|p| p.entity).collect();
            for id in who {
                counts.entry(id).or_default().1 += 1;
            }
        }
        for e in &self.record.entities {
            let (count, met, first) = counts.get(&e.id).copied().unwrap_or_default();
            let [name, kind, entity_id, label] = self.named(Some(e));
            let [id, date, title, source, url, path, record] = self.article();
            let start = first.map_or(Cell::Empty, |start| Cell::Int(start.into()));
            let (count, met) = (Cell::Int(count), Cell::Int(met));
            put(
                Table::Entities,
                &[
                    entity_id,
                    name,
                    kind,
                    label,
                    count,
                    met,
                    start,
                    id,
                    date,
                    title,
                    source,
                    url,
                    path,
                    record,
                    self.node(Some(e)),
                    self.view.entity(e.id).map(|n| n.name.as_str()).into(),
                    self.view.copy_of().into(),
                ],
            )?;
        }
        Ok(())
    }

    fn mentions(&self, put: Put<'_, 'r>) -> Result<()> {
        for m in &self.record.mentions {
            let entity = self.record.entity(m.entity);
            let [name, _, entity_id, _] = self.named(entity);
            let [id, _, _, _, _, path, record] = self.article();
            let [start, end] = self.at([m.start, m.end]);
            let row = [
                self.text.get([m.start, m.end]).into(),
                m.kind.table_kind().into(),
                m.kind.label().into(),
                name,
                entity_id,
                start,
                end,
                Cell::Real(m.confidence),
                Cell::Bool(m.boilerplate),
                id,
                path,
                record,
                self.node(entity),
            ];
            put(Table::Mentions, &row)?;
        }
        Ok(())
    }

    fn affiliations(&self, put: Put<'_, 'r>) -> Result<()> {
        for (n, r) in self.roles() {
            let holder = self.record.entity(r.person);
            let body = r.of.and_then(|of| self.record.entity(of));
            let [person, _, person_id, _] = self.named(holder);
            let [of, of_type, of_id, of_label] = self.named(body);
            let [id, date, title, source, url, path, record] = self.article();
            let [start, end] = self.at(r.evidence);
            let row = [
                self.affiliation_id(n).into(),
                person,
                r.title.as_str().into(),
                of,
                of_type,
                Cell::Real(r.confidence),
                id,
                date,
                title,
                source,
                url,
                path,
                record,
                self.text.get(r.sentence).into(),
                start,
                end,
                person_id,
                of_id,
                of_label,
                self.node(holder),
                self.node(body),
                self.view.copy_of().into(),
            ];
            put(Table::Affiliations, &row)?;
        }
        Ok(())
    }
}
