//! `Extracted` → files: the lossless master, the tables made from it, and the folder that holds them.
//!
//! [`record`] is a line of `documents.jsonl`; [`tables`] makes rows from records, [`csv`] writes rows; [`folder`] keeps
//! the output folder whole through kills and re-runs.

pub mod csv;
pub mod files;
pub mod folder;
pub mod gephi;
pub mod graph_tables;
pub mod graph_xml;
pub mod jsonld;
pub mod neo4j;
pub mod parquet;
pub mod record;
pub mod tables;
pub mod view;
pub mod xlsx;
pub mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use self::csv::CsvTable;
use self::files::{Articles, Exports, Origin};
use self::folder::{AtomicFile, Folder};
use self::record::Record;
use self::tables::Table;
use self::view::{Filter, View};
use crate::error::{Error, Location, Result};
use crate::graph::{self, ArticleView, Graph, Links};
use crate::receipt::sha256;

/// A kind of output. `documents.jsonl` is always written, because everything else is made from it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Tables for spreadsheets: of each article, and over all articles.
    Csv,
    /// The lossless master alone: documents.jsonl.
    Jsonl,
    /// One workbook with all tables: whomet.xlsx.
    Xlsx,
    /// All tables as Apache Parquet, in the folder parquet.
    Parquet,
    /// Who met whom for Gephi's spreadsheet import: gephi/nodes.csv and gephi/edges.csv.
    Gephi,
    /// Who met whom as GEXF 1.3, for Gephi and NetworkX: whomet.gexf.
    Gexf,
    /// Who met whom as GraphML, for yEd, Cytoscape, igraph, NetworkX: whomet.graphml.
    Graphml,
    /// Names, encounters and articles for neo4j-admin import and LOAD CSV, in the folder neo4j.
    Neo4j,
    /// Everything as linked data in the vocabulary of schema.org: whomet.jsonld.
    Jsonld,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 9] = [
        Format::Csv,
        Format::Jsonl,
        Format::Xlsx,
        Format::Parquet,
        Format::Gephi,
        Format::Gexf,
        Format::Graphml,
        Format::Neo4j,
        Format::Jsonld,
    ];

    /// The name used on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Xlsx => "xlsx",
            Format::Parquet => "parquet",
            Format::Gephi => "gephi",
            Format::Gexf => "gexf",
            Format::Graphml => "graphml",
            Format::Neo4j => "neo4j",
            Format::Jsonld => "jsonld",
        }
    }
}

/// What the tables hold and how: options that change no extraction, so that changing them costs no new one.
#[derive(Debug, Clone, PartialEq)]
pub struct TableOptions {
    /// The kinds of files.
    pub formats: BTreeSet<Format>,
    /// Encounters and affiliations below this stay out of the tables.
    pub min_confidence: f32,
    /// Start CSV files with a byte-order mark, by which Excel knows UTF-8.
    pub bom: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        TableOptions {
            formats: BTreeSet::from([Format::Csv]),
            min_confidence: 0.0,
            bom: true,
        }
    }
}

/// Makes the files of the chosen formats that come from the graph; it must lie in `folder` already. Gives back the files'
/// names and numbers of rows, or of nodes and edges together.
///
/// # Errors
/// A file cannot be written or read back.
pub fn write_graph(
    folder: &Folder,
    options: &TableOptions,
    (graph, links): (&Graph, &Links),
) -> Result<Vec<(String, u64)>> {
    let filter = Filter {
        min_confidence: options.min_confidence,
        ..Filter::default()
    };
    let sha = sha_of_graph(folder)?;
    let done = part(
        folder,
        &sha,
        options,
        &options.formats,
        &filter,
        (graph, links),
    )?;
    let files = done.formats.into_values().flat_map(|export| export.files);
    Ok(files
        .map(|(file, counts)| (file, counts.values().sum()))
        .collect())
}

/// Makes anew what was exported to `folder` from an earlier `graph.json`: the same formats of the same parts.
///
/// # Errors
/// As for [`write_graph`]; or the receipt of the exports is damaged.
pub fn renew(folder: &Folder, options: &TableOptions, found: (&Graph, &Links)) -> Result<()> {
    let Some(exports) = Exports::read(folder.dir())? else {
        return Ok(());
    };
    let sha = sha_of_graph(folder)?;
    for (name, export) in exports.formats {
        if let (true, Ok(format)) = (export.graph != sha, Format::from_str(&name, true)) {
            part(
                folder,
                &sha,
                options,
                &[format].into(),
                &export.filter,
                found,
            )?;
        }
    }
    Ok(())
}

/// SHA-256 of the folder's `graph.json`.
fn sha_of_graph(folder: &Folder) -> Result<String> {
    let file = folder.path(graph::FILE);
    let bytes = fs::read(&file).map_err(|e| Error::io(Location::file(&file), "read", e))?;
    Ok(sha256(&bytes))
}

/// Writes `formats` of the part of `graph` that `filter` leaves.
fn part(
    folder: &Folder,
    sha: &str,
    options: &TableOptions,
    formats: &BTreeSet<Format>,
    filter: &Filter,
    (graph, links): (&Graph, &Links),
) -> Result<Exports> {
    let documents = folder.documents();
    let articles = Articles {
        documents: &documents,
        links,
    };
    let origin = Origin {
        graph: sha,
        articles: files::has_articles(filter).then_some(articles),
        bom: options.bom,
    };
    files::write(&View::new(graph, filter), formats, origin, folder.dir())
}

/// Makes all files of the chosen formats from the articles in `folder`, one article in memory at a time, and from the
/// graph that they make; `see` is shown each article. Gives back the files' names and numbers of rows.
///
/// # Errors
/// An article cannot be read back, or a file cannot be written: each is then as it was before.
pub fn write(
    folder: &Folder,
    options: &TableOptions,
    (graph, links): (&Graph, &Links),
    see: &mut dyn FnMut(&Record),
) -> Result<Vec<(String, u64)>> {
    let mut sheets: BTreeMap<Table, CsvTable<AtomicFile>> = BTreeMap::new();
    if options.formats.contains(&Format::Csv) {
        for table in Table::ALL {
            sheets.insert(
                table,
                CsvTable::new(table, folder.atomic(&table.file_name())?, options.bom)?,
            );
        }
    }
    for (n, record) in folder.records()?.enumerate() {
        let record = record?;
        see(&record);
        if !sheets.is_empty() {
            let view = ArticleView::new(graph, links, n);
            tables::rows(&record, view, options.min_confidence, |table, cells| {
                sheets
                    .get_mut(&table)
                    .map_or(Ok(()), |sheet| sheet.row(cells))
            })?;
        }
    }
    let mut files = Vec::new();
    for (table, sheet) in sheets {
        let (file, rows) = sheet.finish()?;
        file.finish()?;
        files.push((table.file_name(), rows));
    }
    Ok(files)
}
