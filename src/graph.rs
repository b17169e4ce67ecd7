//! The nouns of a whole run: who and what the articles speak of, once each, and what happened between them.
//!
//! The registry ([`crate::registry`]) makes a [`Graph`] from `documents.jsonl` and the decisions in `merges.csv`; graph files, tables
//! over all articles, statistics and paths are made from it. It is kept in the output folder as `graph.json`
//! ([`FILE`]), whole and sorted, so that the same articles and decisions give the same bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::document::{EncounterKind, NameType, Status};
use crate::error::{Error, Location, Result};

/// The schema's name.
pub const SCHEMA: &str = "whomet/graph";
/// The schema's version; readers refuse any other.
pub const VERSION: u32 = 1;
/// The file's name in the output folder.
pub const FILE: &str = "graph.json";

/// Everything known after all articles were read. Numbers in it are positions in its own lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Always [`VERSION`].
    pub version: u32,
    /// The articles, in input order.
    pub articles: Vec<ArticleNode>,
    /// People, organisations, places, groups and events, sorted by id.
    pub entities: Vec<EntityNode>,
    /// Encounters, each once however many articles report it, sorted by id.
    pub events: Vec<EventNode>,
    /// Offices and affiliations, each once, sorted by person, title, organisation.
    pub offices: Vec<OfficeEdge>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArticleNode {
    /// Its id in `documents.jsonl`.
    pub id: String,
    /// Publisher or collection.
    pub source: Option<String>,
    /// Publication date, ISO 8601.
    pub date: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// The file it was read from.
    pub path: String,
    /// The earlier article that this one repeats (a wire copy, a re-post). What it says is provenance, counted once.
    pub copy_of: Option<usize>,
}

/// One real-world person, organisation, place, group or event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityNode {
    /// Stable over re-runs: a letter for the kind and a number, such as `P17`.
    pub id: String,
    /// Type (the finer type; tables show [`NameType::table_kind`]).
    pub kind: NameType,
    /// The name shown: the fullest of the commonest.
    pub name: String,
    /// Other names, commonest first.
    pub aliases: Vec<String>,
    /// Country of a place, ISO 3166-1 alpha-2, where the gazetteer and the articles decide it.
    pub country: Option<String>,
    /// Degrees north and east of a place, WGS 84.
    pub coordinates: Option<[f64; 2]>,
    /// The country entity that a city or a people's name belongs to: a link, never a merge.
    pub part_of: Option<usize>,
    /// Articles that name it, copies not counted.
    pub articles: u32,
    /// Mentions in them.
    pub mentions: u32,
}

/// An actor of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActorNode {
    /// Position in [`Graph::entities`].
    pub entity: usize,
    /// The words beside it where only its officials took part.
    pub words: Option<String>,
}

/// One encounter with all its reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventNode {
    /// Stable over re-runs.
    pub id: String,
    /// Meeting, call or visit.
    pub kind: EncounterKind,
    /// By the stated rule over its reports (see the registry).
    pub status: Status,
    /// Who, sorted by entity; of a visit the visitors.
    pub actors: Vec<ActorNode>,
    /// Position of the place in [`Graph::entities`].
    pub place: Option<usize>,
    /// ISO 8601 day, month, year or interval of them (`a/b`).
    pub date: Option<String>,
    /// Probability that it is right: that of its best report.
    pub confidence: f32,
    /// What its reports disagree about, in words; empty where they agree.
    pub conflicts: Vec<String>,
    /// The reports, earliest article first; at least one.
    pub reports: Vec<Report>,
}

/// What one article says of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Position in [`Graph::articles`].
    pub article: usize,
    /// The encounter's id in `encounters.csv`, such as `ARTICLE#m2`.
    pub encounter: String,
    /// The status this article gives it.
    pub status: Status,
    /// The date this article gives it, ISO 8601.
    pub date: Option<String>,
    /// The article's words for the date.
    pub date_words: Option<String>,
    /// Position of the place this article gives it.
    pub place: Option<usize>,
    /// The sentence that states it.
    pub sentence: String,
    /// Characters of the evidence in the article's text, end exclusive.
    pub evidence: [u32; 2],
    /// Probability that the report is right.
    pub confidence: f32,
    /// True in a wire copy or re-post: not counted.
    pub copy: bool,
}

/// A person's office or affiliation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfficeEdge {
    /// Position of the person in [`Graph::entities`].
    pub person: usize,
    /// The title as most articles write it; empty for a bare affiliation.
    pub title: String,
    /// Position of the organisation or country.
    pub of: Option<usize>,
    /// Articles that state it, copies not counted, as positions in [`Graph::articles`].
    pub articles: Vec<usize>,
    /// Publication dates of the first and the last of them, where known.
    pub seen: Option<[String; 2]>,
    /// The sentence of the first of them.
    pub sentence: String,
    /// Probability of the best statement.
    pub confidence: f32,
}

impl Default for Graph {
    fn default() -> Self {
        Graph {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            articles: Vec::new(),
            entities: Vec::new(),
            events: Vec::new(),
            offices: Vec::new(),
        }
    }
}

/// Reads the graph in file `path` and checks that its numbers are positions in its lists.
///
/// # Errors
/// There is none, it cannot be read, it is of another version, or it is damaged.
pub fn read(path: &Path) -> Result<Graph> {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
        version: u32,
    }
    let at = || Location::file(path);
    let file = File::open(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => Error::Usage(format!(
            "{}: not there; give the folder of a finished run (whomet extract ARTICLES -o OUT)",
            path.display()
        )),
        _ => Error::io(at(), "read", e),
    })?;
    let text =
        std::io::read_to_string(BufReader::new(file)).map_err(|e| Error::io(at(), "read", e))?;
    let damaged =
        |e: serde_json::Error| Error::article(at(), format!("is no graph of whomet: {e}"));
    // The version first: of another one, other fields are to be expected.
    let head: Head = serde_json::from_str(&text).map_err(damaged)?;
    if (head.schema.as_str(), head.version) != (SCHEMA, VERSION) {
        let reason = format!(
            "is {} version {}; this program reads {SCHEMA} version {VERSION}: run whomet extract again",
            head.schema, head.version
        );
        return Err(Error::article(at(), reason));
    }
    let graph: Graph = serde_json::from_str(&text).map_err(damaged)?;
    graph
        .check()
        .map_err(|reason| Error::article(at(), reason))?;
    Ok(graph)
}

/// Writes `graph` as one JSON object: a line for each article, entity, event and office, so that two versions can be
/// compared line by line.
///
/// # Errors
/// `out` refuses it.
pub fn write(graph: &Graph, out: &mut dyn Write) -> Result<()> {
    fn list<T: Serialize>(out: &mut dyn Write, name: &str, items: &[T]) -> std::io::Result<()> {
        write!(out, ",\n\"{name}\":[")?;
        for (i, item) in items.iter().enumerate() {
            out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, item)?;
        }
        out.write_all(b"]")
    }
    let mut all = || {
        write!(out, "{{\"schema\":\"{SCHEMA}\",\"version\":{VERSION}")?;
        list(out, "articles", &graph.articles)?;
        list(out, "entities", &graph.entities)?;
        list(out, "events", &graph.events)?;
        list(out, "offices", &graph.offices)?;
        out.write_all(b"}\n")
    };
    all().map_err(|e| Error::io(Location::file(FILE), "write", e))
}

impl Graph {
    /// That every position lies in its list: a file edited by hand must not make anything else fail.
    fn check(&self) -> std::result::Result<(), String> {
        let (articles, entities) = (self.articles.len(), self.entities.len());
        let within = |what: &str, length: usize, mut positions: &mut dyn Iterator<Item = usize>| {
            let outside = Iterator::find(&mut positions, |&i| i >= length);
            outside.map_or(Ok(()), |i| {
                Err(format!("is damaged: {what} {i} of {length}"))
            })
        };
        within(
            "article",
            articles,
            &mut self.articles.iter().filter_map(|a| a.copy_of),
        )?;
        within(
            "entity",
            entities,
            &mut self.entities.iter().filter_map(|e| e.part_of),
        )?;
        for event in &self.events {
            let places = event
                .reports
                .iter()
                .filter_map(|r| r.place)
                .chain(event.place);
            within(
                "entity",
                entities,
                &mut event.actors.iter().map(|a| a.entity).chain(places),
            )?;
            within(
                "article",
                articles,
                &mut event.reports.iter().map(|r| r.article),
            )?;
            if event.reports.is_empty() {
                return Err(format!("is damaged: event {} has no report", event.id));
            }
        }
        for office in &self.offices {
            within(
                "entity",
                entities,
                &mut office.of.into_iter().chain([office.person]),
            )?;
            within("article", articles, &mut office.articles.iter().copied())?;
        }
        Ok(())
    }
}

/// Where the entities and encounters of the articles went.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Links {
    /// By position of the article: its entities' ids and their positions in [`Graph::entities`], sorted.
    pub entities: Vec<Vec<(u32, usize)>>,
    /// By position of the article and number of the encounter in it (from 1), positions in [`Graph::events`].
    pub events: BTreeMap<(usize, u32), usize>,
}

/// What the graph says of one article's entities and encounters; by default nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct ArticleView<'g> {
    of: Option<(&'g Graph, &'g Links, usize)>,
}

impl<'g> ArticleView<'g> {
    /// The view of the article at position `article`.
    pub fn new(graph: &'g Graph, links: &'g Links, article: usize) -> Self {
        ArticleView {
            of: Some((graph, links, article)),
        }
    }

    /// The node of the article's entity `id`.
    pub fn entity(&self, id: u32) -> Option<&'g EntityNode> {
        let (graph, links, article) = self.of?;
        let list = links.entities.get(article)?;
        let i = list.binary_search_by_key(&id, |e| e.0).ok()?;
        graph.entities.get(list[i].1)
    }

    /// The event that the article's encounter `n` (from 1) reports.
    pub fn event(&self, n: usize) -> Option<&'g EventNode> {
        let (graph, links, article) = self.of?;
        let event = links.events.get(&(article, u32::try_from(n).ok()?))?;
        graph.events.get(*event)
    }

    /// The id of the article that this one repeats.
    pub fn copy_of(&self) -> Option<&'g str> {
        let (graph, _, article) = self.of?;
        let original = graph.articles.get(article)?.copy_of?;
        Some(&graph.articles.get(original)?.id)
    }
}
