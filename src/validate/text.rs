//! CSV files of all kinds: tables for spreadsheets, Gephi's, Neo4j's.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::fs;
use std::path::Path;

use super::Check;
use crate::export::csv::{one_line, safe};
use crate::export::files::{Export, rows};
use crate::export::gephi;
use crate::export::tables::{Column, Kind};

/// Ids by their space (`Entity`), and the edges seen.
#[derive(Default)]
pub(super) struct Ids {
    spaces: HashMap<String, HashSet<String>>,
}

impl Ids {
    pub(super) fn add(&mut self, check: &mut Check, place: impl Display, space: &str, id: &str) {
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

    pub(super) fn known(&self, check: &mut Check, place: impl Display, space: &str, id: &str) {
        if !self.spaces.get(space).is_some_and(|ids| ids.contains(id)) {
            check.at(place, format!("\"{id}\" is the id of no {space}"));
        }
    }
}

/// The rules of an undirected edge of a pair, for all formats that have one.
pub(super) fn pair_edge(
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
pub(super) fn fits(kind: Kind, text: &str) -> bool {
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
pub(super) fn text_of(check: &mut Check, path: &Path) -> Option<String> {
    let bytes = fs::read(path)
        .map_err(|e| check.say(format!("cannot be read: {e}")))
        .ok()?;
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
pub(super) fn csv_rows(
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
pub(super) fn csv_table(check: &mut Check, path: &Path, columns: &[Column]) {
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
            if is_text && !matches!(safe(cell), Cow::Borrowed(_)) {
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
pub(super) fn repeats(columns: &[Column]) -> bool {
    let has = |name| columns.iter().any(|c| c.name == name);
    columns.first().is_some_and(|c| c.name == "event_id") && !has("kind")
}

pub(super) fn gephi_table(check: &mut Check, path: &Path, nodes: bool, ids: &mut Ids) {
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

pub(super) fn neo4j_file(check: &mut Check, path: &Path, ids: &mut Ids) {
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
            if !matches!(one_line(cell), Cow::Borrowed(_)) {
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

pub(super) fn script(check: &mut Check, path: &Path, export: &Export) {
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
