//! Files of a finished run => verdicts: every file is read again by a reader of its format, held to the rules of the
//! program it is for, and counted against the graph it was made from.
//!
//! Nothing here uses the writers: headers and counts come from the graph, rules from the formats.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use calamine::{DataRef, Reader as _, Xlsx};
use parquet::file::reader::{FileReader, SerializedFileReader};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use crate::error::{Error, Location, Result};
use crate::export::csv::{one_line, safe};
use crate::export::files::{Counts, Export, Exports, Origin, of_articles, records, rows};
use crate::export::folder::{DOCUMENTS, RECEIPT};
use crate::export::graph_tables::GraphTable;
use crate::export::tables::{self, Column, Kind, Table};
use crate::export::view::View;
use crate::export::xml::legal;
use crate::export::{Format, gephi, xlsx};
use crate::graph::{self, Graph};
use crate::receipt::{Output, sha256};

/// Problems of one file that are told in full.
const TOLD: usize = 5;

/// What is to be said of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Its path, from the folder it lies in.
    pub file: String,
    /// What was counted in it.
    pub counts: Counts,
    /// What is wrong, the first [`TOLD`] of it.
    pub problems: Vec<String>,
    /// All that is wrong.
    pub wrong: u64,
}

impl Verdict {
    /// True where nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.wrong == 0
    }

    /// One line, and one for each problem.
    pub fn text(&self) -> String {
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|(what, n)| format!("{n} {what}"))
            .collect();
        let word = if self.is_ok() { "ok   " } else { "WRONG" };
        let mut text = format!("{word}  {:<32} {}", self.file, counts.join(", "))
            .trim_end()
            .to_owned()
            + "\n";
        for problem in &self.problems {
            text.extend(["         ", problem, "\n"]);
        }
        if self.wrong > self.problems.len() as u64 {
            text.push_str(&format!(
                "         and {} more\n",
                self.wrong - self.problems.len() as u64
            ));
        }
        text
    }
}

/// A check under way.
struct Check {
    counts: Counts,
    problems: Vec<String>,
    wrong: u64,
}

impl Check {
    fn new() -> Check {
        Check {
            counts: Counts::new(),
            problems: Vec::new(),
            wrong: 0,
        }
    }

    fn say(&mut self, problem: impl Into<String>) {
        self.wrong += 1;
        if self.problems.len() < TOLD {
            self.problems.push(crate::receipt::neutral(&problem.into()));
        }
    }

    fn at(&mut self, place: impl Display, problem: impl Display) {
        self.say(format!("{place}: {problem}"));
    }

    fn verdict(self, file: &str) -> Verdict {
        Verdict {
            file: file.to_owned(),
            counts: self.counts,
            problems: self.problems,
            wrong: self.wrong,
        }
    }
}

/// Checks all files of the run in folder `out`, and what was exported from it to `exports` (by default the same folder).
///
/// # Errors
/// There is no finished run, or nothing was written for it.
pub fn validate(out: &Path, exports: Option<&Path>) -> Result<Vec<Verdict>> {
    let mut verdicts = Vec::new();
    let documents = out.join(DOCUMENTS);
    let articles = counts_of_articles(&documents, 0.0)?;
    verdicts.extend(run(out, articles.as_ref())?);
    let path = out.join(graph::FILE);
    let master = path.is_file().then(|| -> Result<_> {
        let bytes = fs::read(&path).map_err(|e| Error::io(Location::file(&path), "read", e))?;
        Ok((graph::read(&path)?, sha256(&bytes)))
    });
    let dir = exports.unwrap_or(out);
    let receipt = Exports::read(dir)?;
    if let Some((graph, sha)) = master.transpose()? {
        let mut counts = Counts::new();
        for (what, n) in [
            ("entities", graph.entities.len()),
            ("events", graph.events.len()),
        ] {
            counts.insert(what.to_owned(), n as u64);
        }
        let mut check = Check::new();
        unique(
            &mut check,
            graph.entities.iter().map(|e| e.id.as_str()),
            "entity",
        );
        unique(
            &mut check,
            graph.events.iter().map(|e| e.id.as_str()),
            "event",
        );
        check.counts = counts;
        verdicts.push(check.verdict(graph::FILE));
        for (name, export) in receipt.iter().flat_map(|r| &r.formats) {
            verdicts.extend(format(dir, name, export, &graph, &sha, &documents)?);
        }
    } else if receipt.is_some() {
        return Err(Error::Usage(format!(
            "{}: not there, so that nothing can be compared",
            path.display()
        )));
    }
    if verdicts.is_empty() {
        return Err(Error::Usage(format!("{}: no finished run", out.display())));
    }
    Ok(verdicts)
}

fn unique<'a>(check: &mut Check, ids: impl Iterator<Item = &'a str>, what: &str) {
    let mut seen = HashSet::new();
    for id in ids {
        if id.is_empty() || !seen.insert(id) {
            check.at(what, format!("id \"{id}\" is empty or twice there"));
        }
    }
}

/// The rows that the tables of single articles must have.
fn counts_of_articles(documents: &Path, min_confidence: f32) -> Result<Option<Counts>> {
    if !documents.is_file() {
        return Ok(None);
    }
    let mut counts: Counts = Table::ALL
        .iter()
        .map(|t| (t.name().to_owned(), 0))
        .collect();
    let mut articles = 0;
    for record in records(documents)? {
        articles += 1;
        tables::rows(&record?, min_confidence, |table, _| {
            *counts.entry(table.name().to_owned()).or_default() += 1;
            Ok(())
        })?;
    }
    counts.insert("articles read".to_owned(), articles);
    Ok(Some(counts))
}

/// The files of the receipt.
fn run(out: &Path, articles: Option<&Counts>) -> Result<Vec<Verdict>> {
    let path = out.join(RECEIPT);
    let Ok(text) = fs::read(&path) else {
        return Ok(Vec::new());
    };
    let damaged = |e| {
        Error::article(
            Location::file(&path),
            format!("is no receipt of whomet: {e}"),
        )
    };
    let receipt: Value = serde_json::from_slice(&text).map_err(damaged)?;
    let outputs: Vec<Output> =
        serde_json::from_value(receipt["outputs"].clone()).map_err(damaged)?;
    let all = receipt["options"]["min_confidence"]
        .as_str()
        .is_none_or(|x| x.parse() == Ok(0.0));
    let mut verdicts = Vec::new();
    for output in outputs {
        let mut check = Check::new();
        if output.file == DOCUMENTS {
            match articles {
                None => check.say("not there"),
                Some(counts) => {
                    let n = counts.get("articles read").copied().unwrap_or(0);
                    check.counts = rows(n);
                }
            }
        } else if let Some(table) = Table::ALL
            .into_iter()
            .find(|t| t.file_name() == output.file)
        {
            csv_table(&mut check, &out.join(&output.file), &table.header().columns);
            let master = articles.and_then(|c| c.get(table.name())).copied();
            // With --min-confidence the rows are fewer; how many stands in the receipt alone.
            if let Some(master) = master.filter(|_| all) {
                compare(&mut check, &rows(master), "documents.jsonl");
            }
        } else {
            continue;
        }
        compare(&mut check, &rows(output.rows), RECEIPT);
        verdicts.push(check.verdict(&output.file));
    }
    Ok(verdicts)
}

fn compare(check: &mut Check, expected: &Counts, master: &str) {
    for (what, n) in expected {
        let found = check.counts.get(what).copied();
        if found != Some(*n) && check.counts.len() + check.problems.len() > 0 {
            let found = found.map_or("no".to_owned(), |f| f.to_string());
            check.say(format!("has {found} {what}, {master} has {n}"));
        }
    }
}

/// The files of one format.
fn format(
    dir: &Path,
    name: &str,
    export: &Export,
    graph: &Graph,
    sha: &str,
    documents: &Path,
) -> Result<Vec<Verdict>> {
    let view = View::new(graph, &export.filter);
    let origin = Origin {
        graph: sha,
        documents: Some(documents),
        bom: true,
    };
    let articles = match of_articles(&view, origin) {
        Some(path) if matches!(name, "xlsx" | "parquet") => {
            counts_of_articles(path, export.filter.min_confidence)?
        }
        _ => None,
    };
    let mut tables: BTreeMap<&str, (Vec<Column>, u64)> = BTreeMap::new();
    for table in GraphTable::ALL {
        tables.insert(
            table.name(),
            (table.header().columns, table.rows(&view).len() as u64),
        );
    }
    for table in articles.iter().flat_map(|_| Table::ALL) {
        let n = articles
            .as_ref()
            .and_then(|c| c.get(table.name()))
            .copied()
            .unwrap_or(0);
        tables.insert(table.name(), (table.header().columns, n));
    }
    let nodes_and_edges: Counts = [
        ("nodes".to_owned(), view.actors.len() as u64),
        ("edges".to_owned(), view.pairs.len() as u64),
    ]
    .into();
    let mut ids = Ids::default();
    let mut verdicts = Vec::new();
    // Nodes before what refers to them.
    let mut files: Vec<_> = export.files.iter().collect();
    files.sort_by_key(|(file, _)| {
        !(file.ends_with("nodes.csv")
            || ["entities.csv", "events.csv", "articles.csv"]
                .iter()
                .any(|f| file.ends_with(f)))
    });
    for (file, counts) in files {
        let mut check = Check::new();
        let path = dir.join(file);
        if export.graph != sha {
            check.say("was made from another graph.json: export again");
        }
        let stem = Path::new(file)
            .file_stem()
            .and_then(|s| s.to_str())
            .unwrap_or_default();
        let known = tables.get(stem);
        match Format::ALL.into_iter().find(|f| f.name() == name) {
            _ if !path.is_file() => check.say("not there"),
            Some(Format::Csv) => match known {
                Some((columns, n)) => {
                    csv_table(&mut check, &path, columns);
                    compare(&mut check, &rows(*n), graph::FILE);
                }
                None => check.say("no file of this format"),
            },
            Some(Format::Parquet) => match known {
                Some((columns, n)) => {
                    parquet_table(&mut check, &path, columns);
                    compare(&mut check, &rows(*n), "the run");
                }
                None => check.say("no file of this format"),
            },
            Some(Format::Xlsx) => {
                workbook(&mut check, &path, &tables);
                let expected = tables
                    .iter()
                    .map(|(name, (_, n))| ((*name).to_owned(), *n))
                    .collect();
                compare(&mut check, &expected, "the run");
            }
            Some(Format::Gephi) => {
                let nodes = stem == "nodes";
                gephi_table(&mut check, &path, nodes, &mut ids);
                let n = if nodes {
                    view.actors.len()
                } else {
                    view.pairs.len()
                };
                compare(&mut check, &rows(n as u64), graph::FILE);
            }
            Some(Format::Gexf | Format::Graphml) => {
                graph_xml(&mut check, &path);
                compare(&mut check, &nodes_and_edges, graph::FILE);
            }
            Some(Format::Neo4j) if stem == "import" || stem == "load" => {
                script(&mut check, &path, export)
            }
            Some(Format::Neo4j) => {
                neo4j_file(&mut check, &path, &mut ids);
                let of_graph = match stem {
                    "entities" => Some(view.entities.len()),
                    "events" => Some(view.events.len()),
                    "articles" => Some(view.articles.len()),
                    "met" => Some(view.pairs.len()),
                    "took_part" => Some(view.participants.len()),
                    "reported" => Some(view.reports.len()),
                    _ => None,
                };
                if let Some(n) = of_graph {
                    compare(&mut check, &rows(n as u64), graph::FILE);
                }
            }
            Some(Format::Jsonld) => {
                json_ld(&mut check, &path);
                let expected = [
                    ("entities", view.entities.len()),
                    ("events", view.events.len()),
                    ("articles", view.articles.len()),
                ];
                compare(
                    &mut check,
                    &expected.map(|(w, n)| (w.to_owned(), n as u64)).into(),
                    graph::FILE,
                );
            }
            Some(Format::Jsonl) | None => check.say(format!("{name} is no format of this version")),
        }
        compare(&mut check, counts, "exports.json");
        verdicts.push(check.verdict(file));
    }
    Ok(verdicts)
}

/// Ids by their space (`Entity`), and the edges seen.
#[derive(Default)]
struct Ids {
    spaces: HashMap<String, HashSet<String>>,
}

impl Ids {
    fn add(&mut self, check: &mut Check, place: impl Display, space: &str, id: &str) {
        if id.is_empty() {
            check.at(place, "empty id");
        } else if !self
            .spaces
            .entry(space.to_owned())
            .or_default()
            .insert(id.to_owned())
        {
            check.at(place, format!("id {id} is there twice"));
        }
    }

    fn known(&self, check: &mut Check, place: impl Display, space: &str, id: &str) {
        if !self.spaces.get(space).is_some_and(|ids| ids.contains(id)) {
            check.at(place, format!("\"{id}\" is the id of no {space}"));
        }
    }
}

/// The rules of an undirected edge of a pair, for all formats that have one.
fn pair_edge(
    check: &mut Check,
    place: &str,
    ids: &mut Ids,
    id: &str,
    [source, target]: [&str; 2],
    weight: &str,
) {
    ids.add(check, place, "edge", id);
    ids.known(check, place, "node", source);
    ids.known(check, place, "node", target);
    if source == target {
        check.at(place, "an edge from a node to itself");
    }
    // Gephi merges or drops parallel edges, whichever way they run.
    let pair = if source <= target {
        format!("{source}\0{target}")
    } else {
        format!("{target}\0{source}")
    };
    ids.add(check, place, "pair", &pair);
    if !weight
        .parse::<f64>()
        .is_ok_and(|w| w.is_finite() && w >= 1.0)
    {
        check.at(place, format!("weight \"{weight}\" is no number from 1"));
    }
}

/// What is wrong with `text` as a value of `kind`.
fn fits(kind: Kind, text: &str) -> bool {
    text.is_empty()
        || match kind {
            Kind::Text | Kind::List | Kind::Date => true,
            Kind::Day => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
            Kind::Int => text.parse::<u64>().is_ok(),
            Kind::Real => text.parse::<f64>().is_ok_and(f64::is_finite),
            Kind::Bool => matches!(text, "true" | "false"),
        }
}

/// Opens a CSV file; `None` with a problem said.
fn text_of(check: &mut Check, path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    if let Err(e) = File::open(path).and_then(|mut f| f.read_to_end(&mut bytes)) {
        check.say(format!("cannot be read: {e}"));
        return None;
    }
    String::from_utf8(bytes)
        .map_err(|e| {
            check.say(format!(
                "is not UTF-8 at byte {}",
                e.utf8_error().valid_up_to()
            ))
        })
        .ok()
}

/// The records of a CSV file, each given to `see` with its line; all must have as many cells as the header, which comes
/// first. Gives back the number of rows.
fn csv_rows(
    check: &mut Check,
    text: &str,
    mut see: impl FnMut(&mut Check, &str, &csv::StringRecord),
) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut width, mut rows_seen) = (None, 0);
    for record in reader.records() {
        match record {
            Err(e) => check.say(e.to_string()),
            Ok(record) => {
                let place = format!("line {}", record.position().map_or(0, csv::Position::line));
                let width = *width.get_or_insert(record.len());
                if record.len() != width {
                    check.at(
                        &place,
                        format!("{} cells, the header has {width}", record.len()),
                    );
                }
                see(check, &place, &record);
                rows_seen += 1;
            }
        }
    }
    if rows_seen == 0 {
        check.say("has no header");
    }
    check.counts = rows(u64::saturating_sub(rows_seen, 1));
}

/// A table for spreadsheets.
fn csv_table(check: &mut Check, path: &Path, columns: &[Column]) {
    let Some(text) = text_of(check, path) else {
        return;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let ids = columns
        .first()
        .filter(|c| c.name.ends_with("_id") && !repeats(columns))
        .map(|_| HashSet::new());
    let mut ids: Option<HashSet<String>> = ids;
    let mut header = true;
    csv_rows(check, text, |check, place, record| {
        if std::mem::take(&mut header) {
            if !record.iter().eq(columns.iter().map(|c| c.name)) {
                check.at(place, "columns are not those of the table");
            }
            return;
        }
        for (cell, column) in record.iter().zip(columns) {
            let kind = column.kind();
            if !fits(kind, cell) {
                check.at(place, format!("{} is \"{cell}\"", column.name));
            }
            let is_text = matches!(kind, Kind::Text | Kind::List | Kind::Date);
            if is_text && !matches!(safe(cell), std::borrow::Cow::Borrowed(_)) {
                check.at(
                    place,
                    format!("{} would act as a formula or breaks its line", column.name),
                );
            }
        }
        if let (Some(ids), Some(id)) = (&mut ids, record.get(0))
            && (id.is_empty() || !ids.insert(id.to_owned()))
        {
            check.at(place, format!("id \"{id}\" is empty or there twice"));
        }
    });
}

/// True for the tables whose first id points to another table.
fn repeats(columns: &[Column]) -> bool {
    let has = |name| columns.iter().any(|c| c.name == name);
    columns.first().is_some_and(|c| c.name == "event_id") && !has("kind")
}

fn gephi_table(check: &mut Check, path: &Path, nodes: bool, ids: &mut Ids) {
    let Some(text) = text_of(check, path) else {
        return;
    };
    if text.starts_with('\u{feff}') {
        check.say("starts with a byte-order mark, which becomes part of the first column's name");
    }
    let (first, attributes) = match nodes {
        true => (&gephi::ID_AND_LABEL[..], gephi::node_attributes()),
        false => (&gephi::EDGE[..], gephi::edge_attributes()),
    };
    let mut header = true;
    csv_rows(check, &text, |check, place, record| {
        let cell = |n: usize| record.get(n).unwrap_or_default();
        if std::mem::take(&mut header) {
            if !record.iter().take(first.len()).eq(first.iter().copied()) {
                check.at(
                    place,
                    format!("columns do not start with {}", first.join(",")),
                );
            }
            let mut seen = HashSet::new();
            if !record.iter().all(|name| seen.insert(name.to_lowercase())) {
                check.at(place, "two columns of one name");
            }
            return;
        }
        for (n, a) in attributes.iter().enumerate() {
            if !fits(a.column.kind(), cell(first.len() + n)) {
                check.at(
                    place,
                    format!("{} is \"{}\"", a.column.name, cell(first.len() + n)),
                );
            }
        }
        if nodes {
            ids.add(check, place, "node", cell(0));
            return;
        }
        pair_edge(check, place, ids, cell(3), [cell(0), cell(1)], cell(5));
        if cell(2) != "Undirected" {
            check.at(place, format!("Type is \"{}\"", cell(2)));
        }
        let time = cell(6);
        let days = time
            .strip_prefix("<[")
            .and_then(|t| t.strip_suffix("]>"))
            .and_then(|t| t.split_once(','));
        if !time.is_empty()
            && !days.is_some_and(|(a, b)| fits(Kind::Day, a) && fits(Kind::Day, b) && a <= b)
        {
            check.at(place, format!("Time Interval is \"{time}\""));
        }
    });
}

fn neo4j_file(check: &mut Check, path: &Path, ids: &mut Ids) {
    let Some(text) = text_of(check, path) else {
        return;
    };
    let mut header: Vec<String> = Vec::new();
    csv_rows(check, &text, |check, place, record| {
        if header.is_empty() {
            header = record.iter().map(str::to_owned).collect();
            let has = |part: &str| header.iter().any(|h| h.contains(part));
            if !(has(":ID(") && has(":LABEL")
                || has(":START_ID(") && has(":END_ID(") && has(":TYPE"))
            {
                check.at(
                    place,
                    "the header has neither :ID and :LABEL nor :START_ID, :END_ID and :TYPE",
                );
            }
            return;
        }
        for (cell, name) in record.iter().zip(&header) {
            if !matches!(one_line(cell), std::borrow::Cow::Borrowed(_)) {
                check.at(place, format!("{name} has a line break"));
            }
            let (property, kind) = name.rsplit_once(':').unwrap_or((name, ""));
            let space = kind
                .split_once('(')
                .map_or("", |(_, s)| s.trim_end_matches(')'));
            let kind = kind.split('(').next().unwrap_or_default();
            match kind {
                "ID" => ids.add(check, place, space, cell),
                "START_ID" | "END_ID" => ids.known(check, place, space, cell),
                "LABEL" | "TYPE" if cell.is_empty() => check.at(place, format!("{kind} is empty")),
                "LABEL" | "TYPE" | "string[]" | "" => {}
                "long" if fits(Kind::Int, cell) => {}
                "double" if fits(Kind::Real, cell) => {}
                "boolean" if fits(Kind::Bool, cell) => {}
                "date" if fits(Kind::Day, cell) => {}
                _ => check.at(
                    place,
                    format!("{property} is \"{cell}\", which is no {kind}"),
                ),
            }
        }
    });
}

fn script(check: &mut Check, path: &Path, export: &Export) {
    let Some(text) = text_of(check, path) else {
        return;
    };
    for file in export.files.keys().filter(|f| f.ends_with(".csv")) {
        let name = file.rsplit('/').next().unwrap_or(file);
        if !text.contains(name) {
            check.say(format!("does not name {name}"));
        }
    }
}

fn json_ld(check: &mut Check, path: &Path) {
    let Some(text) = text_of(check, path) else {
        return;
    };
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(e) => return check.say(e.to_string()),
    };
    let Some(objects) = value["@graph"].as_array() else {
        return check.say("has no @graph");
    };
    let mut ids = Ids::default();
    for object in objects {
        let id = object["@id"].as_str().unwrap_or_default();
        ids.add(check, "@graph", "object", id);
        if object["@type"].as_str().is_none() {
            check.at(id, "has no @type");
        }
        let what = match id.split('/').next() {
            Some("whomet:event") => "events",
            Some("whomet:article") => "articles",
            _ => "entities",
        };
        *check.counts.entry(what.to_owned()).or_default() += 1;
    }
    for what in ["entities", "events", "articles"] {
        check.counts.entry(what.to_owned()).or_default();
    }
    fn links<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
        match value {
            Value::Array(items) => items.iter().for_each(|v| links(v, out)),
            Value::Object(fields) => {
                out.extend(fields.get("@id").and_then(Value::as_str));
                fields.values().for_each(|v| links(v, out));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    objects.iter().for_each(|o| links(o, &mut all));
    for link in all {
        ids.known(check, "@graph", "object", link);
    }
}

fn parquet_table(check: &mut Check, path: &Path, columns: &[Column]) {
    let mut read = || -> std::result::Result<u64, parquet::errors::ParquetError> {
        let reader = SerializedFileReader::new(File::open(path)?)?;
        let schema = reader.metadata().file_metadata().schema();
        let names: Vec<_> = schema
            .get_fields()
            .iter()
            .map(|f| f.name().to_owned())
            .collect();
        if !names
            .iter()
            .map(String::as_str)
            .eq(columns.iter().map(|c| c.name))
        {
            check.say("columns are not those of the table");
        }
        let mut n = 0;
        for row in reader.get_row_iter(None)? {
            row?;
            n += 1;
        }
        let stated = reader.metadata().file_metadata().num_rows();
        if i64::try_from(n) != Ok(stated) {
            check.say(format!("states {stated} rows and has {n}"));
        }
        Ok(n)
    };
    match read() {
        Ok(n) => check.counts = rows(n),
        Err(e) => check.say(e.to_string()),
    }
}

fn workbook(check: &mut Check, path: &Path, tables: &BTreeMap<&str, (Vec<Column>, u64)>) {
    let mut counts = Counts::new();
    let mut read = || -> std::result::Result<(), calamine::XlsxError> {
        let mut book: Xlsx<_> = calamine::open_workbook(path)?;
        for sheet in book.sheet_names() {
            if sheet == xlsx::ABOUT {
                continue;
            }
            let table = sheet.split(" (").next().unwrap_or(&sheet);
            let Some((columns, _)) = tables.get(table) else {
                check.say(format!("sheet {sheet} is of no table"));
                continue;
            };
            let mut last = 0;
            let mut cells = book.worksheet_cells_reader(&sheet)?;
            let mut header = vec![String::new(); columns.len()];
            while let Some(cell) = cells.next_cell()? {
                let (row, column) = cell.get_position();
                last = last.max(row);
                let Some(c) = columns.get(column as usize) else {
                    check.at(
                        &sheet,
                        format!("row {}: a cell beyond the columns", row + 1),
                    );
                    continue;
                };
                if row == 0 {
                    header[column as usize] =
                        calamine::Data::from(cell.get_value().clone()).to_string();
                    continue;
                }
                let fits = match (c.kind(), cell.get_value()) {
                    (_, DataRef::Empty) => true,
                    (Kind::Int | Kind::Real, DataRef::Float(x)) => x.is_finite(),
                    (Kind::Int | Kind::Real, DataRef::Int(_)) => true,
                    (Kind::Bool, DataRef::Bool(_)) => true,
                    (Kind::Day | Kind::Date, DataRef::DateTime(_)) => true,
                    // Months and intervals, and days that Excel does not know.
                    (
                        Kind::Day | Kind::Date | Kind::Text | Kind::List,
                        DataRef::String(_) | DataRef::SharedString(_),
                    ) => true,
                    _ => false,
                };
                if !fits {
                    check.at(
                        &sheet,
                        format!("row {}: {} is {:?}", row + 1, c.name, cell.get_value()),
                    );
                }
            }
            if !header
                .iter()
                .map(String::as_str)
                .eq(columns.iter().map(|c| c.name))
            {
                check.at(&sheet, "columns are not those of the table");
            }
            *counts.entry(table.to_owned()).or_default() += u64::from(last);
            drop(cells);
            let mut formulas = book.worksheet_cells_reader(&sheet)?;
            while let Some(cell) = formulas.next_formula()? {
                if !cell.get_value().is_empty() {
                    let (row, column) = cell.get_position();
                    check.at(
                        &sheet,
                        format!("row {}, column {}: a formula", row + 1, column + 1),
                    );
                }
            }
        }
        Ok(())
    };
    let done = read();
    check.counts = counts;
    if let Err(e) = done {
        check.say(e.to_string());
    }
}

/// GEXF and GraphML, which differ in little more than names.
fn graph_xml(check: &mut Check, path: &Path) {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) => return check.say(format!("cannot be read: {e}")),
    };
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, file));
    let mut state = GraphXml::default();
    let mut buffer = Vec::new();
    let mut depth = 0usize;
    loop {
        buffer.clear();
        let place = format!("byte {}", reader.buffer_position());
        match reader.read_event_into(&mut buffer) {
            Err(e) => {
                check.at(&place, e);
                break;
            }
            Ok(Event::Eof) => break,
            Ok(Event::Start(e)) => {
                depth += 1;
                state.start(check, &place, &e);
            }
            Ok(Event::Empty(e)) => {
                state.start(check, &place, &e);
                state.end(check, &place, e.name().0);
            }
            Ok(Event::End(e)) => {
                depth = depth.saturating_sub(1);
                state.end(check, &place, e.name().0);
            }
            Ok(Event::Text(t)) => state.text.push_str(&t),
            Ok(Event::GeneralRef(r)) => {
                let c = match r.resolve_char_ref() {
                    Ok(Some(c)) => c,
                    _ => ' ',
                };
                state.text.push(c);
                if legal(&c.to_string()).1 > 0 {
                    check.at(&place, "a character that XML cannot hold");
                }
            }
            Ok(_) => {}
        }
    }
    if depth > 0 {
        check.say("ends before its last element");
    }
    if state.root.is_empty() {
        check.say("has no graph");
    }
    check.counts = [
        ("nodes".to_owned(), state.nodes),
        ("edges".to_owned(), state.edges),
    ]
    .into();
}

#[derive(Default)]
struct GraphXml {
    root: String,
    /// `node` or `edge`: the class of the attributes being declared.
    class: String,
    /// Type by class and id.
    declared: HashMap<(String, String), String>,
    /// The element the values belong to, and the values it has.
    inside: String,
    values: HashSet<String>,
    edge: Option<[String; 4]>,
    data: Option<String>,
    text: String,
    ids: Ids,
    nodes: u64,
    edges: u64,
}

impl GraphXml {
    fn start(&mut self, check: &mut Check, place: &str, e: &BytesStart<'_>) {
        let mut attributes: HashMap<String, String> = HashMap::new();
        for a in e.attributes() {
            match a.map_err(|e| e.to_string()).and_then(|a| {
                let value = a
                    .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                    .map_err(|e| e.to_string())?;
                Ok((a.key.0.to_owned(), value.into_owned()))
            }) {
                Err(problem) => check.at(place, problem),
                Ok((key, value)) => {
                    if legal(&value).1 > 0 {
                        check.at(place, format!("{key} has a character that XML cannot hold"));
                    }
                    attributes.insert(key, value);
                }
            }
        }
        let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        self.text.clear();
        match e.name().0 {
            name @ ("gexf" | "graphml") => name.clone_into(&mut self.root),
            "graph" if self.root == "gexf" => {
                if get("defaultedgetype") != "undirected" {
                    check.at(place, "edges are not undirected");
                }
                if get("mode") == "dynamic" && get("timeformat") != "date" {
                    check.at(place, "timeformat is not declared");
                }
            }
            "graph" if get("edgedefault") != "undirected" => {
                check.at(place, "edges are not undirected")
            }
            "attributes" => self.class = get("class"),
            "attribute" => self.declare(check, place, self.class.clone(), get("id"), get("type")),
            "key" => self.declare(check, place, get("for"), get("id"), get("attr.type")),
            "node" => {
                "node".clone_into(&mut self.inside);
                self.values.clear();
                self.nodes += 1;
                self.ids.add(check, place, "node", &get("id"));
                if self.root == "gexf" && get("label").is_empty() {
                    check.at(place, "a node without label");
                }
            }
            "edge" => {
                "edge".clone_into(&mut self.inside);
                self.values.clear();
                self.edges += 1;
                self.edge = Some([get("id"), get("source"), get("target"), get("weight")]);
                for day in [get("start"), get("end")] {
                    if !fits(Kind::Day, &day) {
                        check.at(place, format!("\"{day}\" is no day"));
                    }
                }
            }
            "attvalue" => self.value(check, place, &get("for"), &get("value")),
            "data" => self.data = Some(get("key")),
            _ => {}
        }
    }

    fn end(&mut self, check: &mut Check, place: &str, name: &str) {
        let text = std::mem::take(&mut self.text);
        match name {
            "data" => {
                let key = self.data.take().unwrap_or_default();
                self.value(check, place, &key, &text);
                if let Some(edge) = self.edge.as_mut().filter(|_| key == "edge_weight") {
                    edge[3] = text;
                }
            }
            "edge" => {
                if let Some([id, source, target, weight]) = self.edge.take() {
                    pair_edge(
                        check,
                        place,
                        &mut self.ids,
                        &id,
                        [&source, &target],
                        &weight,
                    );
                }
            }
            _ => {}
        }
    }

    fn declare(&mut self, check: &mut Check, place: &str, class: String, id: String, kind: String) {
        if !["string", "long", "double", "boolean"].contains(&kind.as_str()) {
            check.at(place, format!("{id} is of an unknown type \"{kind}\""));
        }
        if self.declared.insert((class, id.clone()), kind).is_some() {
            check.at(place, format!("{id} is declared twice"));
        }
    }

    fn value(&mut self, check: &mut Check, place: &str, id: &str, text: &str) {
        let Some(kind) = self.declared.get(&(self.inside.clone(), id.to_owned())) else {
            return check.at(
                place,
                format!("\"{id}\" is not declared for a {}", self.inside),
            );
        };
        let kind = match kind.as_str() {
            "long" => Kind::Int,
            "double" => Kind::Real,
            "boolean" => Kind::Bool,
            _ => Kind::Text,
        };
        // A value that is not known is left out; an empty or a None would be text to some readers and no number to others.
        if text.is_empty() || kind != Kind::Text && !fits(kind, text) {
            check.at(place, format!("{id} is \"{text}\""));
        }
        if !self.values.insert(id.to_owned()) {
            check.at(place, format!("{id} is there twice"));
        }
    }
}
