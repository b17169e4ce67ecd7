//! Workbooks, Parquet, JSON-LD.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use calamine::{DataRef, Reader as _, Xlsx};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use super::Check;
use super::text::{Ids, text_of};
use crate::export::files::{Counts, rows};
use crate::export::tables::{Column, Kind};
use crate::export::xlsx;

pub(super) fn json_ld(check: &mut Check, path: &Path) {
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

pub(super) fn parquet_table(check: &mut Check, path: &Path, columns: &[Column]) {
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

pub(super) fn workbook(
    check: &mut Check,
    path: &Path,
    tables: &BTreeMap<&str, (Vec<Column>, u64)>,
) {
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
