//! Rows => Apache Parquet: typed, nullable columns, lists as lists, days as dates, compressed with Snappy.
//!
//! Written with the column writers of Apache's own crate; rows are gathered into groups of 65,536.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::tables::{Cell, Header, Kind};
use crate::error::{Error, Location, Result};

/// Rows per row group: what a reader takes into memory at once.
const GROUP: usize = 65_536;

/// The values of one column in the group that is being gathered, and for each row whether there is one.
enum Values {
    Text(Vec<ByteArray>),
    Int(Vec<i64>),
    Real(Vec<f64>),
    Bool(Vec<bool>),
    Day(Vec<i32>),
}

struct ColumnBuffer {
    kind: Kind,
    values: Values,
    /// 0 for nothing, 1 for a value; of lists 0 nothing, 1 an empty one, 2 an item.
    definition: Vec<i16>,
    /// Of lists 0 for the first item of a row, 1 for further ones.
    repetition: Vec<i16>,
}

/// Writes one table.
pub struct ParquetTable<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    at: Location,
    columns: Vec<ColumnBuffer>,
    pending: usize,
    rows: u64,
}

impl<W: Write + Send> ParquetTable<W> {
    /// Starts `table` in `out`.
    ///
    /// # Errors
    /// `out` refuses.
    pub fn new(table: &Header, out: W) -> Result<Self> {
        let at = Location::file(format!("{}.parquet", table.name));
        let refused = |e| refused(&at, e);
        let schema = parse_message_type(&schema(table)).map_err(refused)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))
            .map_err(refused)?;
        Ok(ParquetTable {
            writer,
            columns: table
                .columns
                .iter()
                .map(|c| ColumnBuffer::new(c.kind()))
                .collect(),
            at,
            pending: 0,
            rows: 0,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The output refuses, or the cells do not fit the columns.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        if cells.len() != self.columns.len() {
            return Err(Error::article(
                self.at.clone(),
                "a row does not fit the columns",
            ));
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
        self.pending += 1;
        self.rows += 1;
        if self.pending == GROUP {
            self.group()
        } else {
            Ok(())
        }
    }

    /// Writes the last rows and the footer; gives back the output and the number of rows.
    ///
    /// # Errors
    /// The output refuses.
    pub fn finish(mut self) -> Result<(W, u64)> {
        if self.pending > 0 {
            self.group()?;
        }
        let (at, rows) = (self.at, self.rows);
        Ok((self.writer.into_inner().map_err(|e| refused(&at, e))?, rows))
    }

    fn group(&mut self) -> Result<()> {
        let mut write = || {
            let mut group = self.writer.next_row_group()?;
            for buffer in &mut self.columns {
                let kind = buffer.kind;
                let buffer = std::mem::replace(buffer, ColumnBuffer::new(kind));
                let Some(mut column) = group.next_column()? else {
                    break;
                };
                let definition = Some(buffer.definition.as_slice());
                let repetition = (kind == Kind::List).then_some(buffer.repetition.as_slice());
                match &buffer.values {
                    Values::Text(v) => column
                        .typed::<ByteArrayType>()
                        .write_batch(v, definition, repetition),
                    Values::Int(v) => column
                        .typed::<Int64Type>()
                        .write_batch(v, definition, repetition),
                    Values::Real(v) => column
                        .typed::<DoubleType>()
                        .write_batch(v, definition, repetition),
                    Values::Bool(v) => column
                        .typed::<BoolType>()
                        .write_batch(v, definition, repetition),
                    Values::Day(v) => column
                        .typed::<Int32Type>()
                        .write_batch(v, definition, repetition),
                }?;
                column.close()?;
            }
            group.close()
        };
        write().map_err(|e| refused(&self.at, e))?;
        self.pending = 0;
        Ok(())
    }
}

impl ColumnBuffer {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text | Kind::Date | Kind::List => Values::Text(Vec::new()),
            Kind::Day => Values::Day(Vec::new()),
            Kind::Int => Values::Int(Vec::new()),
            Kind::Real => Values::Real(Vec::new()),
            Kind::Bool => Values::Bool(Vec::new()),
        };
        ColumnBuffer {
            kind,
            values,
            definition: Vec::new(),
            repetition: Vec::new(),
        }
    }

    /// A cell of another kind than the column's is nothing; tests hold the tables to their kinds.
    fn push(&mut self, cell: &Cell<'_>) {
        let bytes = |text: &str| ByteArray::from(text.as_bytes().to_vec());
        let known = match (&mut self.values, cell) {
            (Values::Text(values), Cell::List(list)) if self.kind == Kind::List => {
                values.extend(list.iter().map(|text| bytes(text)));
                let items = list.len().max(1);
                self.definition.extend(std::iter::repeat_n(
                    if list.is_empty() { 1 } else { 2 },
                    items,
                ));
                self.repetition.extend((0..items).map(|n| i16::from(n > 0)));
                return;
            }
            (Values::Text(values), Cell::Text(text)) if !text.is_empty() => {
                values.push(bytes(text));
                true
            }
            (Values::Int(values), Cell::Int(n)) => {
                values.push(i64::try_from(*n).unwrap_or(i64::MAX));
                true
            }
            (Values::Real(values), cell) => {
                let number = cell.number();
                values.extend(number);
                number.is_some()
            }
            (Values::Bool(values), Cell::Bool(b)) => {
                values.push(*b);
                true
            }
            (Values::Day(values), Cell::Text(text)) => {
                let day = text.parse().ok().and_then(since_1970);
                values.extend(day);
                day.is_some()
            }
            _ => false,
        };
        self.definition.push(known.into());
        if self.kind == Kind::List {
            self.repetition.push(0);
        }
    }
}

fn since_1970(day: jiff::civil::Date) -> Option<i32> {
    (day - jiff::civil::date(1970, 1, 1)).get_days().into()
}

/// The schema of `table` in Parquet's own notation.
pub fn schema(table: &Header) -> String {
    let mut text = "message whomet {".to_owned();
    for column in &table.columns {
        let (kind, note) = match column.kind() {
            Kind::List => {
                text.extend([" optional group ", column.name]);
                text.push_str(
                    " (LIST) { repeated group list { required binary element (STRING); } }",
                );
                continue;
            }
            Kind::Text | Kind::Date => ("binary", " (STRING)"),
            Kind::Day => ("int32", " (DATE)"),
            Kind::Int => ("int64", ""),
            Kind::Real => ("double", ""),
            Kind::Bool => ("boolean", ""),
        };
        text.extend([" optional ", kind, " ", column.name, note, ";"]);
    }
    text + " }"
}

fn refused(at: &Location, e: ParquetError) -> Error {
    Error::io(at.clone(), "write", std::io::Error::other(e))
}
