//! `Extracted` → files: the lossless master, the tables made from it, and the folder that holds them.
//!
//! [`record`] is a line of `documents.jsonl`; [`tables`] makes rows from records, [`csv`] writes rows; [`folder`] keeps
//! the output folder whole through kills and re-runs.

pub mod csv;
pub mod folder;
pub mod record;
pub mod tables;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use self::csv::CsvTable;
use self::folder::{AtomicFile, Folder};
use self::record::Record;
use self::tables::Table;
use crate::error::Result;
use crate::graph::{ArticleView, Graph, Links};

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
    /// Tables for spreadsheets: triples, encounters, entities, mentions, affiliations.
    Csv,
    /// The lossless master alone: documents.jsonl.
    Jsonl,
}

impl Format {
    /// The name used on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
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
