//! `View => files`: the chosen formats in a folder, each file whole or not at all, and a receipt of them.
//!
//! The receipt, `exports.json` ([`EXPORTS`]), says of every format which part of the graph was asked for and what its
//! files hold. `whomet validate` reads the files again and holds them to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::csv::CsvTable;
use super::folder::AtomicFile;
use super::graph_tables::GraphTable;
use super::parquet::ParquetTable;
use super::record::{Record, Records};
use super::tables::{self, Table};
use super::view::{Filter, View};
use super::xlsx::Book;
use super::{Format, gephi, graph_xml, jsonld, neo4j};
use crate::error::{Error, Location, Result};
use crate::graph::{ArticleView, Links};

/// The receipt's name.
pub const EXPORTS: &str = "exports.json";
const SCHEMA: &str = "whomet/exports";
const VERSION: u32 = 1;

/// What the files of a folder were made from, and what they hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exports {
    schema: String,
    version: u32,
    /// By name of the format.
    pub formats: BTreeMap<String, Export>,
}

/// The files of one format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// SHA-256 of the graph.json they were made from.
    pub graph: String,
    /// The part of it that was asked for.
    pub filter: Filter,
    /// By path in the folder: how many of what the file holds.
    pub files: BTreeMap<String, Counts>,
    /// What a user should know, such as characters that the format cannot hold.
    pub notes: Vec<String>,
}

/// How many of what: `rows`, `nodes` and `edges`, or the rows of each sheet.
pub type Counts = BTreeMap<String, u64>;

impl Default for Exports {
    fn default() -> Self {
        Exports {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            formats: BTreeMap::new(),
        }
    }
}

impl Exports {
    /// The receipt in `dir`; none where nothing was exported there.
    ///
    /// # Errors
    /// It cannot be read or is of another version.
    pub fn read(dir: &Path) -> Result<Option<Exports>> {
        let at = Location::file(dir.join(EXPORTS));
        let text = match fs::read(&at.path) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io(at, "read", e)),
            Ok(text) => text,
        };
        let damaged = |e| {
            Error::article(
                at.clone(),
                format!("is no receipt of whomet: {e}; remove it and export again"),
            )
        };
        let exports: Exports = serde_json::from_slice(&text).map_err(damaged)?;
        match (exports.schema.as_str(), exports.version) {
            (SCHEMA, VERSION) => Ok(Some(exports)),
            _ => Err(Error::article(
                at,
                "is of another version; remove it and export again",
            )),
        }
    }

    fn write(&self, dir: &Path) -> Result<()> {
        let at = Location::file(dir.join(EXPORTS));
        let mut file = AtomicFile::create(dir, EXPORTS)?;
        let put = |file: &mut AtomicFile| {
            serde_json::to_writer_pretty(&mut *file, self)?;
            file.write_all(b"\n")
        };
        put(&mut file).map_err(|e| Error::io(at, "write", e))?;
        file.finish()
    }
}

/// The single articles of a run.
#[derive(Debug, Clone, Copy)]
pub struct Articles<'a> {
    /// documents.jsonl, or what it grows from.
    pub documents: &'a Path,
    /// Where their entities and encounters went in the graph.
    pub links: &'a Links,
}

/// Where the parts of a view come from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// SHA-256 of graph.json.
    pub graph: &'a str,
    /// For the tables of single articles in workbook and Parquet; left out where a part is asked for, because a part of
    /// the graph is no part of them.
    pub articles: Option<Articles<'a>>,
    /// Start CSV tables with a byte-order mark.
    pub bom: bool,
}

/// Writes `formats` into folder `dir`, which is made if need be; gives back what was written.
///
/// # Errors
/// A file cannot be written, or an article cannot be read back: finished files stay, the others are as they were.
pub fn write(
    view: &View<'_>,
    formats: &BTreeSet<Format>,
    origin: Origin<'_>,
    dir: &Path,
) -> Result<Exports> {
    fs::create_dir_all(dir)
        .map_err(|e| Error::io(Location::file(dir), "create output folder", e))?;
    let mut all = Exports::read(dir)?.unwrap_or_default();
    let mut done = Exports::default();
    for &format in formats {
        let mut out = Folder {
            dir,
            files: BTreeMap::new(),
            notes: Vec::new(),
        };
        match format {
            Format::Jsonl => continue,
            Format::Csv => out.csv(view, origin.bom)?,
            Format::Xlsx => out.xlsx(view, origin)?,
            Format::Parquet => out.parquet(view, origin)?,
            Format::Gephi => {
                out.file("gephi/nodes.csv", |out| Ok(rows(gephi::nodes(view, out)?)))?;
                out.file("gephi/edges.csv", |out| Ok(rows(gephi::edges(view, out)?)))?;
            }
            Format::Gexf => out.xml(view, "whomet.gexf", graph_xml::gexf)?,
            Format::Graphml => out.xml(view, "whomet.graphml", graph_xml::graphml)?,
            Format::Neo4j => out.neo4j(view)?,
            Format::Jsonld => out.file("whomet.jsonld", |out| {
                jsonld::write(view, out)?;
                let counts = [
                    ("entities", view.entities.len()),
                    ("events", view.events.len()),
                    ("articles", view.articles.len()),
                ];
                Ok(counts.map(|(what, n)| (what.to_owned(), n as u64)).into())
            })?,
        }
        let export = Export {
            graph: origin.graph.to_owned(),
            filter: view.filter.clone(),
            files: out.files,
            notes: out.notes,
        };
        all.formats.insert(format.name().to_owned(), export.clone());
        done.formats.insert(format.name().to_owned(), export);
        // After each format, so that a kill leaves no file unaccounted for.
        all.write(dir)?;
    }
    Ok(done)
}

/// [`Counts`] of a table.
pub fn rows(n: u64) -> Counts {
    [("rows".to_owned(), n)].into()
}

/// The articles of `path`, in order.
///
/// # Errors
/// The file cannot be opened.
pub fn records(path: &Path) -> Result<Records<BufReader<File>>> {
    let file = File::open(path).map_err(|e| Error::io(Location::file(path), "read", e))?;
    Ok(Records::new(BufReader::with_capacity(1 << 16, file), path))
}

/// A folder and what was written to it.
struct Folder<'a> {
    dir: &'a Path,
    files: BTreeMap<String, Counts>,
    notes: Vec<String>,
}

impl Folder<'_> {
    /// A file at `path`, which may lie in a folder of its own.
    fn start(&self, path: &str) -> Result<AtomicFile> {
        let (folder, name) = match path.rsplit_once('/') {
            Some((folder, name)) => (self.dir.join(folder), name),
            None => (self.dir.to_owned(), path),
        };
        fs::create_dir_all(&folder)
            .map_err(|e| Error::io(Location::file(&folder), "create folder", e))?;
        AtomicFile::create(&folder, name)
    }

    fn file(
        &mut self,
        path: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<Counts>,
    ) -> Result<()> {
        let mut file = self.start(path)?;
        let counts = write(&mut file)?;
        file.finish()?;
        self.files.insert(path.to_owned(), counts);
        Ok(())
    }

    fn replaced(&mut self, path: &str, n: u64) {
        if n > 0 {
            self.notes.push(format!(
                "{path}: {n} control character(s) replaced by U+FFFD, which the format cannot hold"
            ));
        }
    }

    fn csv(&mut self, view: &View<'_>, bom: bool) -> Result<()> {
        for table in GraphTable::ALL {
            let path = format!("{}.csv", table.name());
            let mut csv = CsvTable::with(&table.header(), self.start(&path)?, bom)?;
            table.each(view, |cells| csv.row(cells))?;
            let (file, n) = csv.finish()?;
            file.finish()?;
            self.files.insert(path, rows(n));
        }
        Ok(())
    }

    fn xml(
        &mut self,
        view: &View<'_>,
        path: &str,
        write: fn(&View<'_>, &mut dyn Write) -> Result<u64>,
    ) -> Result<()> {
        let mut bad = 0;
        self.file(path, |out| {
            bad = write(view, out)?;
            let counts = [("nodes", view.actors.len()), ("edges", view.pairs.len())];
            Ok(counts.map(|(what, n)| (what.to_owned(), n as u64)).into())
        })?;
        self.replaced(path, bad);
        Ok(())
    }

    fn neo4j(&mut self, view: &View<'_>) -> Result<()> {
        let files = neo4j::files(view);
        for file in &files {
            self.file(&format!("neo4j/{}", file.name), |out| {
                file.write(view, out)?;
                Ok(rows(file.rows()))
            })?;
        }
        for (name, script) in [
            ("import.sh", neo4j::import_script(&files)),
            ("load.cypher", neo4j::load_script(&files)),
        ] {
            self.file(&format!("neo4j/{name}"), |out| {
                out.write_all(script.as_bytes())
                    .map_err(|e| Error::io(Location::file(name), "write", e))?;
                Ok(Counts::new())
            })?;
        }
        Ok(())
    }

    fn parquet(&mut self, view: &View<'_>, origin: Origin<'_>) -> Result<()> {
        let path = |name: &str| format!("parquet/{name}.parquet");
        let mut done = Vec::new();
        for table in GraphTable::ALL {
            let mut out = ParquetTable::new(&table.header(), self.start(&path(table.name()))?)?;
            table.each(view, |cells| out.row(cells))?;
            done.push((table.name(), out.finish()?));
        }
        if let Some(articles) = origin.articles.filter(|_| has_articles(&view.filter)) {
            let mut tables = BTreeMap::new();
            for table in Table::ALL {
                tables.insert(
                    table,
                    ParquetTable::new(&table.header(), self.start(&path(table.name()))?)?,
                );
            }
            each_record(view, articles, |record, seen| {
                tables::rows(record, seen, view.filter.min_confidence, |table, cells| {
                    tables.get_mut(&table).map_or(Ok(()), |out| out.row(cells))
                })
            })?;
            for (table, out) in tables {
                done.push((table.name(), out.finish()?));
            }
        }
        for (name, (file, n)) in done {
            file.finish()?;
            self.files.insert(path(name), rows(n));
        }
        Ok(())
    }

    fn xlsx(&mut self, view: &View<'_>, origin: Origin<'_>) -> Result<()> {
        let name = "whomet.xlsx";
        let part = match view.filter.words() {
            words if words.is_empty() => "everything".to_owned(),
            words => words.join("; "),
        };
        let counted = match view.filter.statuses.is_empty() {
            true => {
                "encounters that occurred; planned, possible and denied ones stand in columns of their own"
            }
            false => "the encounters asked for",
        };
        let about = [
            ["whomet", env!("CARGO_PKG_VERSION")],
            ["contents", &part],
            ["weight counts", counted],
            ["columns", "src/export/TABLES.md of whomet"],
        ]
        .map(|line| line.map(str::to_owned));
        let mut book = Book::new(name, &about)?;
        for table in GraphTable::ALL {
            let sheet = book.table(table.header())?;
            table.each(view, |cells| book.row(sheet, cells))?;
        }
        if let Some(articles) = origin.articles.filter(|_| has_articles(&view.filter)) {
            let mut sheets = BTreeMap::new();
            for table in Table::ALL {
                sheets.insert(table, book.table(table.header())?);
            }
            each_record(view, articles, |record, seen| {
                tables::rows(
                    record,
                    seen,
                    view.filter.min_confidence,
                    |table, cells| match sheets.get(&table) {
                        Some(&sheet) => book.row(sheet, cells),
                        None => Ok(()),
                    },
                )
            })?;
        }
        let mut file = self.start(name)?;
        let (counts, changes) = book.finish(&mut file)?;
        file.finish()?;
        self.files.insert(
            name.to_owned(),
            counts
                .into_iter()
                .map(|(sheet, n)| (sheet.to_owned(), n))
                .collect(),
        );
        if changes.cut > 0 {
            self.notes.push(format!(
                "{name}: {} text(s) cut to what a cell can hold, each with a note in it",
                changes.cut
            ));
        }
        self.replaced(name, changes.replaced);
        Ok(())
    }
}

/// True where the tables of single articles go with what `filter` asks for.
pub fn has_articles(filter: &Filter) -> bool {
    let only = Filter {
        min_confidence: filter.min_confidence,
        ..Filter::default()
    };
    *filter == only
}

fn each_record<'g>(
    view: &View<'g>,
    articles: Articles<'g>,
    mut see: impl FnMut(&Record, ArticleView<'g>) -> Result<()>,
) -> Result<()> {
    for (n, record) in records(articles.documents)?.enumerate() {
        see(&record?, ArticleView::new(view.graph, articles.links, n))?;
    }
    Ok(())
}
