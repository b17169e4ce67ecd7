//! `View => nodes.csv, edges.csv` for Gephi's spreadsheet import (Data Laboratory): who met whom, undirected.
//!
//! One row per pair, because Gephi merges or drops parallel edges; ids of a pair in fixed order; `Time Interval`
//! where days are known. Texts are raw: this is no file for spreadsheets.

use std::io::Write;

use super::graph_tables::{Attribute, NODE, PAIR, pair_id, without};
use super::tables::Cell;
use super::view::View;
use crate::error::{Error, Location, Result};

/// The columns that Gephi gives a meaning, as they stand first in the file of edges.
pub const EDGE: [&str; 7] = [
    "Source",
    "Target",
    "Type",
    "Id",
    "Label",
    "Weight",
    "Time Interval",
];
/// The same of the file of nodes.
pub const ID_AND_LABEL: [&str; 2] = ["Id", "Label"];

/// Further columns of nodes.
pub fn node_attributes() -> Vec<&'static Attribute> {
    without(NODE, &["entity_id", "name"])
}

/// Further columns of edges.
pub fn edge_attributes() -> Vec<&'static Attribute> {
    without(
        PAIR,
        &[
            "pair_id", "weight", "name_1", "name_2", "id_1", "id_2", "type_1", "type_2",
        ],
    )
}

/// Writes the nodes; gives back their number.
///
/// # Errors
/// `out` refuses.
pub fn nodes(view: &View<'_>, out: &mut dyn Write) -> Result<u64> {
    let attributes = node_attributes();
    table(
        out,
        "nodes.csv",
        &ID_AND_LABEL,
        &attributes,
        view.actors.iter().copied(),
        |i, cells| {
            let e = view.entity(i);
            cells.extend([e.id.as_str().into(), e.name.as_str().into()]);
            cells.extend(attributes.iter().map(|a| (a.get)(view, i)));
        },
    )
}

/// Writes the edges; gives back their number.
///
/// # Errors
/// `out` refuses.
pub fn edges(view: &View<'_>, out: &mut dyn Write) -> Result<u64> {
    let attributes = edge_attributes();
    table(
        out,
        "edges.csv",
        &EDGE,
        &attributes,
        0..view.pairs.len(),
        |n, cells| {
            let pair = &view.pairs[n];
            let [source, target] = pair.ends.map(|e| view.entity(e));
            let time = view.days(pair).map(|[a, b]| format!("<[{a},{b}]>"));
            cells.extend([
                source.id.as_str().into(),
                target.id.as_str().into(),
                "Undirected".into(),
                pair_id(view, n).into(),
                format!("{} – {}", source.name, target.name).into(),
                Cell::Int(pair.weight().into()),
                time.map_or(Cell::Empty, Cell::from),
            ]);
            cells.extend(attributes.iter().map(|a| (a.get)(view, n)));
        },
    )
}

fn table<'v>(
    out: &mut dyn Write,
    file: &str,
    first: &[&str],
    attributes: &[&Attribute],
    rows: impl Iterator<Item = usize>,
    fill: impl Fn(usize, &mut Vec<Cell<'v>>),
) -> Result<u64> {
    let refused = |e: csv::Error| Error::io(Location::file(file), "write", e.into());
    let mut writer = csv::Writer::from_writer(out);
    let further = attributes.iter().map(|a| a.column.name);
    writer
        .write_record(first.iter().copied().chain(further))
        .map_err(refused)?;
    let (mut count, mut cells) = (0, Vec::new());
    for row in rows {
        cells.clear();
        fill(row, &mut cells);
        for cell in &cells {
            writer
                .write_field(cell.text().unwrap_or_default().as_bytes())
                .map_err(refused)?;
        }
        writer.write_record(None::<&[u8]>).map_err(refused)?;
        count += 1;
    }
    writer
        .flush()
        .map_err(|e| Error::io(Location::file(file), "write", e))?;
    Ok(count)
}
