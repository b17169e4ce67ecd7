//! Files of a finished run => verdicts: every file is read again by a reader of its format, held to the rules of the
//! program it is for, and counted against the graph it was made from.
//!
//! Nothing here uses the writers: headers and counts come from the graph, rules from the formats.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Location, Result};
use crate::export::Format;
use crate::export::files::{Counts, Export, Exports, has_articles, records, rows};
use crate::export::folder::{DOCUMENTS, RECEIPT};
use crate::export::graph_tables::GraphTable;
use crate::export::tables::{self, Column, Table};
use crate::export::view::View;
use crate::graph::{self, ArticleView, Graph};
use crate::receipt::{Output, sha256};

mod graphs;
mod others;
mod text;

use graphs::graph_xml;
use others::{json_ld, parquet_table, workbook};
use text::{Ids, csv_table, gephi_table, neo4j_file, script};

/// Problems of one file that are told in full.
const TOLD: usize = 5;

/// What is to be said of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Its path, from the folder it lies in.
    pub file: String,
    /// What was counted in it.
    pub counts: Counts,
    /// What is wrong, the first five of it.
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
        tables::rows(
            &record?,
            ArticleView::default(),
            min_confidence,
            |table, _| {
                *counts.entry(table.name().to_owned()).or_default() += 1;
                Ok(())
            },
        )?;
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
    // They are in the files where documents.jsonl was there.
    let with_articles = match name {
        "xlsx" => export
            .files
            .values()
            .any(|sheets| sheets.contains_key(Table::Triples.name())),
        "parquet" => export.files.contains_key("parquet/triples.parquet"),
        _ => false,
    };
    let articles = match with_articles && has_articles(&export.filter) {
        true => counts_of_articles(documents, export.filter.min_confidence)?,
        false => None,
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
