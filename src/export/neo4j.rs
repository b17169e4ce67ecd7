//! `View => ` files for `neo4j-admin database import`, with a script that imports them and one of `LOAD CSV`.
//!
//! | nodes | | relationships | |
//! |---|---|---|---|
//! | `entities.csv` | `:Entity` and `:Person`, `:Organization`, … | `met.csv` | `(Entity)-[:MET]-(Entity)`, one per pair |
//! | `events.csv` | `:Event` | `took_part.csv` | `(Entity)-[:TOOK_PART_IN]->(Event)` |
//! | `articles.csv` | `:Article` | `took_place.csv` | `(Event)-[:TOOK_PLACE_IN]->(Entity)` |
//! | | | `reported.csv` | `(Event)-[:REPORTED_IN]->(Article)` |
//! | | | `visited.csv` | `(Entity)-[:VISITED]->(Entity)` |
//! | | | `offices.csv` | `(Entity)-[:HOLDS_OFFICE`, `:AFFILIATED_WITH]->(Entity)` |
//! | | | `part_of.csv` | `(Entity)-[:PART_OF]->(Entity)` |
//! | | | `copy_of.csv` | `(Article)-[:COPY_OF]->(Article)` |
//!
//! Properties have types in the header; lists are separated by `|`; cells hold no line breaks. In Neo4j every
//! relationship has a direction: that of `MET` runs from the id that sorts first and means nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;

use super::graph_tables::{
    ARTICLE, Attribute, EVENT, NODE, OFFICE, PAIR, PARTICIPANT, REPORT, without,
};
use super::tables::{Cell, Column, Kind};
use super::view::View;
use crate::document::EncounterKind;
use crate::error::{Error, Location, Result};

/// What one file holds.
enum Content<'v> {
    /// Space of the ids, and rows: labels beside the space's own, and position.
    Nodes(&'static str, Vec<(&'static str, usize)>),
    /// Spaces of start and end, types, and rows: start, end, type, position.
    Edges(
        [&'static str; 2],
        &'static [&'static str],
        Vec<(&'v str, &'v str, &'static str, usize)>,
    ),
}

/// One file of the import.
pub struct ImportFile<'v> {
    /// Its name.
    pub name: &'static str,
    content: Content<'v>,
    attributes: Vec<&'static Attribute>,
}

/// All files that stand for `view`, nodes first.
pub fn files<'v>(view: &'v View<'v>) -> Vec<ImportFile<'v>> {
    let graph = view.graph;
    let id = |entity: usize| view.entity(entity).id.as_str();
    let some = |all: &'static [Attribute], names: &[&str]| -> Vec<&'static Attribute> {
        all.iter()
            .filter(|a| names.contains(&a.column.name))
            .collect()
    };
    let events = || view.events.iter().map(|&i| (i, &graph.events[i]));
    let label = |i: usize| match view.entity(i).kind.table_kind() {
        "person" => "Person",
        "organization" => "Organization",
        "place" => "Place",
        "group" => "Group",
        _ => "NamedEvent",
    };
    let plain = |positions: &[usize]| positions.iter().map(|&i| ("", i)).collect();
    let (known, articles): (BTreeSet<_>, BTreeSet<_>) = (
        view.entities.iter().copied().collect(),
        view.articles.iter().copied().collect(),
    );
    let file = |name, content, attributes| ImportFile {
        name,
        content,
        attributes,
    };
    let pairs = (0..view.pairs.len()).map(|n| {
        let [a, b] = view.pairs[n].ends;
        (id(a), id(b), "MET", n)
    });
    let parts = (0..view.participants.len()).map(|n| {
        let (event, actor) = view.participant(n);
        (id(actor.entity), event.id.as_str(), "TOOK_PART_IN", n)
    });
    let places =
        events().filter_map(|(i, e)| Some((e.id.as_str(), id(e.place?), "TOOK_PLACE_IN", i)));
    let visits = events()
        .filter(|(_, e)| e.kind == EncounterKind::Visit)
        .flat_map(|(i, e)| {
            let place = e.place.map(id);
            e.actors
                .iter()
                .filter_map(move |a| Some((id(a.entity), place?, "VISITED", i)))
        });
    let reports = (0..view.reports.len()).map(|n| {
        let (event, report) = view.report(n);
        (
            event.id.as_str(),
            graph.articles[report.article].id.as_str(),
            "REPORTED_IN",
            n,
        )
    });
    let offices = view.offices.iter().filter_map(|&i| {
        let o = &graph.offices[i];
        let kind = if o.title.is_empty() {
            "AFFILIATED_WITH"
        } else {
            "HOLDS_OFFICE"
        };
        Some((id(o.person), id(o.of?), kind, i))
    });
    let parts_of = view.entities.iter().filter_map(|&i| {
        let whole = view.entity(i).part_of.filter(|p| known.contains(p))?;
        Some((id(i), id(whole), "PART_OF", i))
    });
    let copies = view.articles.iter().filter_map(|&i| {
        let a = &graph.articles[i];
        let first = a.copy_of.filter(|f| articles.contains(f))?;
        Some((
            a.id.as_str(),
            graph.articles[first].id.as_str(),
            "COPY_OF",
            i,
        ))
    });
    let (entity, event, article) = ("Entity", "Event", "Article");
    let labelled = view.entities.iter().map(|&i| (label(i), i)).collect();
    let of_visit = [
        "event_id",
        "status",
        "date",
        "first_day",
        "last_day",
        "confidence",
        "sentence",
    ];
    vec![
        file(
            "entities.csv",
            Content::Nodes(entity, labelled),
            without(NODE, &["part_of", "part_of_id"]),
        ),
        file(
            "events.csv",
            Content::Nodes(event, plain(&view.events)),
            without(
                EVENT,
                &[
                    "name_ids",
                    "place_id",
                    "article_date",
                    "article_title",
                    "article_url",
                ],
            ),
        ),
        file(
            "articles.csv",
            Content::Nodes(article, plain(&view.articles)),
            without(ARTICLE, &["copy_of"]),
        ),
        file(
            "met.csv",
            Content::Edges([entity; 2], &["MET"], pairs.collect()),
            without(
                PAIR,
                &["name_1", "name_2", "type_1", "type_2", "id_1", "id_2"],
            ),
        ),
        file(
            "took_part.csv",
            Content::Edges([entity, event], &["TOOK_PART_IN"], parts.collect()),
            some(PARTICIPANT, &["words"]),
        ),
        file(
            "took_place.csv",
            Content::Edges([event, entity], &["TOOK_PLACE_IN"], places.collect()),
            Vec::new(),
        ),
        file(
            "reported.csv",
            Content::Edges([event, article], &["REPORTED_IN"], reports.collect()),
            without(REPORT, &["event_id", "article_id", "place_id"]),
        ),
        file(
            "visited.csv",
            Content::Edges([entity; 2], &["VISITED"], visits.collect()),
            some(EVENT, &of_visit),
        ),
        file(
            "offices.csv",
            Content::Edges(
                [entity; 2],
                &["HOLDS_OFFICE", "AFFILIATED_WITH"],
                offices.collect(),
            ),
            without(
                OFFICE,
                &[
                    "person",
                    "person_id",
                    "organization",
                    "organization_id",
                    "organization_type",
                ],
            ),
        ),
        file(
            "part_of.csv",
            Content::Edges([entity; 2], &["PART_OF"], parts_of.collect()),
            Vec::new(),
        ),
        file(
            "copy_of.csv",
            Content::Edges([article; 2], &["COPY_OF"], copies.collect()),
            Vec::new(),
        ),
    ]
}

/// The header's word for a property: its name and, where it is no text, its type.
fn property(column: &Column) -> Cow<'static, str> {
    let kind = match column.kind() {
        Kind::Text | Kind::Date => return column.name.into(),
        Kind::Day => "date",
        Kind::Int => "long",
        Kind::Real => "double",
        Kind::Bool => "boolean",
        Kind::List => "string[]",
    };
    format!("{}:{kind}", column.name).into()
}

impl ImportFile<'_> {
    /// True for files of nodes.
    pub fn is_nodes(&self) -> bool {
        matches!(self.content, Content::Nodes(..))
    }

    /// How many rows it will have.
    pub fn rows(&self) -> u64 {
        match &self.content {
            Content::Nodes(_, rows) => rows.len() as u64,
            Content::Edges(_, _, rows) => rows.len() as u64,
        }
    }

    /// The header.
    pub fn header(&self) -> Vec<Cow<'static, str>> {
        let mut out: Vec<Cow<'static, str>> = Vec::new();
        let mut properties = self.attributes.iter().map(|a| property(&a.column));
        match &self.content {
            Content::Nodes(space, _) => {
                out.extend(
                    properties
                        .next()
                        .map(|id| format!("{id}:ID({space})").into()),
                );
                out.push(":LABEL".into());
            }
            Content::Edges([start, end], _, _) => {
                out.extend([
                    format!(":START_ID({start})").into(),
                    format!(":END_ID({end})").into(),
                    ":TYPE".into(),
                ]);
            }
        }
        out.extend(properties);
        out
    }

    /// Writes it.
    ///
    /// # Errors
    /// `out` refuses.
    pub fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<()> {
        let refused = |e| Error::io(Location::file(self.name), "write", e);
        let mut line = self.header().join(",");
        line.push('\n');
        out.write_all(line.as_bytes()).map_err(refused)?;
        let mut put = |mut row: String| {
            row.push('\n');
            out.write_all(row.as_bytes()).map_err(refused)
        };
        match &self.content {
            Content::Nodes(space, rows) => {
                for &(label, position) in rows {
                    let mut row = String::new();
                    for (n, a) in self.attributes.iter().enumerate() {
                        add(&(a.get)(view, position), &mut row);
                        if n == 0 {
                            row.extend([",", space]);
                            row.extend([if label.is_empty() { "" } else { "|" }, label]);
                        }
                        row.extend((n + 1 < self.attributes.len()).then_some(','));
                    }
                    put(row)?;
                }
            }
            Content::Edges(_, _, rows) => {
                for &(start, end, kind, position) in rows {
                    let mut row = String::new();
                    add(&start.into(), &mut row);
                    row.push(',');
                    add(&end.into(), &mut row);
                    row.extend([",", kind]);
                    for a in &self.attributes {
                        row.push(',');
                        add(&(a.get)(view, position), &mut row);
                    }
                    put(row)?;
                }
            }
        }
        Ok(())
    }

    /// Its statements in the `LOAD CSV` script.
    fn load(&self, script: &mut String) {
        let mut set = String::new();
        let properties = match &self.content {
            Content::Nodes(..) => self.attributes.get(1..).unwrap_or_default(),
            Content::Edges(..) => &self.attributes,
        };
        for (n, a) in properties.iter().enumerate() {
            let (name, cell) = (a.column.name, format!("row.`{}`", property(&a.column)));
            let value = match a.column.kind() {
                Kind::Text | Kind::Date => cell,
                Kind::Day => format!("date({cell})"),
                Kind::Int => format!("toInteger({cell})"),
                Kind::Real => format!("toFloat({cell})"),
                Kind::Bool => format!("toBoolean({cell})"),
                Kind::List => format!("split({cell}, '|')"),
            };
            let start = if n == 0 { "\nSET" } else { "," };
            let _ = write!(set, "{start} x.`{name}` = {value}");
        }
        let from = format!(
            "LOAD CSV WITH HEADERS FROM 'file:///{}' AS row\n",
            self.name
        );
        match &self.content {
            Content::Nodes(space, _) => {
                let id = self.attributes.first().map_or("id", |a| a.column.name);
                let key = space.to_lowercase();
                let _ = write!(
                    script,
                    "CREATE CONSTRAINT whomet_{key} IF NOT EXISTS FOR (x:{space}) REQUIRE x.{id} IS UNIQUE;\n\
                     {from}MERGE (x:{space} {{{id}: row.`{id}:ID({space})`}}){set};\n\n"
                );
                if *space == "Entity" {
                    for (kind, label) in [
                        ("person", "Person"),
                        ("organization", "Organization"),
                        ("place", "Place"),
                        ("group", "Group"),
                        ("event", "NamedEvent"),
                    ] {
                        let _ =
                            writeln!(script, "MATCH (x:Entity {{type: '{kind}'}}) SET x:{label};");
                    }
                    script.push('\n');
                }
            }
            Content::Edges([start, end], types, _) => {
                let id = |space: &str| format!("{}_id", space.to_lowercase());
                for kind in *types {
                    // Only files with several types need to be sifted.
                    let sift = match types.len() {
                        1 => String::new(),
                        _ => format!("WITH row WHERE row.`:TYPE` = '{kind}'\n"),
                    };
                    let _ = write!(
                        script,
                        "{from}{sift}MATCH (a:{start} {{{}: row.`:START_ID({start})`}})\n\
                         MATCH (b:{end} {{{}: row.`:END_ID({end})`}})\nCREATE (a)-[x:{kind}]->(b){set};\n\n",
                        id(start),
                        id(end),
                    );
                }
            }
        }
    }
}

/// Adds a cell: texts and lists in quotes, the rest bare; nothing is a missing property.
fn add(cell: &Cell<'_>, row: &mut String) {
    match cell {
        _ if cell.is_empty() => {}
        Cell::Text(text) => quote(text, row),
        // The delimiter cannot be escaped inside an item.
        Cell::List(list) => quote(
            &list
                .iter()
                .map(|t| t.replace('|', "¦"))
                .collect::<Vec<_>>()
                .join("|"),
            row,
        ),
        other => row.extend(other.text()),
    }
}

/// Adds `text` in double quotes, inner ones doubled, on one line.
///
/// `LOAD CSV` takes a backslash before a quote for an escape, `neo4j-admin` does not: such a backslash becomes a slash.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\"\""),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\0' => {
                out.push(' ')
            }
            '\\' if matches!(chars.peek(), None | Some('"' | '\\')) => out.push('/'),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// `import.sh`: makes a new database of the files.
pub fn import_script(files: &[ImportFile<'_>]) -> String {
    let mut script = "#!/bin/sh\n\
        # Makes a new Neo4j database (5 or later) of the files beside this script. The server must be stopped, or the\n\
        # database be another than the running one. Usage: sh import.sh [DATABASE] [--overwrite-destination=true]\n\
        set -eu\n\
        cd \"$(dirname \"$0\")\"\n\
        database=${1:-neo4j}\n\
        [ $# -eq 0 ] || shift\n\
        exec neo4j-admin database import full \"$database\" \"$@\" \\\n  \
        --array-delimiter='|' --quote='\"' --multiline-fields=false --legacy-style-quoting=false"
        .to_owned();
    for file in files {
        let kind = if file.is_nodes() {
            "nodes"
        } else {
            "relationships"
        };
        let _ = write!(script, " \\\n  --{kind}={}", file.name);
    }
    script.push('\n');
    script
}

/// `load.cypher`: the same for a running database, whose import folder must hold the files.
pub fn load_script(files: &[ImportFile<'_>]) -> String {
    let mut script = [
        "// Loads the files into an empty database of a running Neo4j (5 or later).",
        "// Copy the .csv files to the server's import folder, then: cypher-shell -f load.cypher",
        "",
        "",
    ]
    .join("\n");
    for file in files {
        file.load(&mut script);
    }
    script
}
