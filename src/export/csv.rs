//! Rows => CSV that spreadsheets open without harm: RFC 4180, UTF-8, `\r\n`, cells that cannot act as formulas.

use std::borrow::Cow;
use std::io::Write;

use super::tables::{Cell, Header, LIST_SEPARATOR, Table};
use crate::error::{Error, Location, Result};

/// Characters a cell of a spreadsheet can hold (Excel and LibreOffice: 32,767), less a margin.
const CELL_MAX: usize = 32_000;

/// Writes one table.
pub struct CsvTable<W: Write> {
    writer: csv::Writer<W>,
    at: Location,
    rows: u64,
}

impl<W: Write> CsvTable<W> {
    /// Starts `table` in `out` with its header; `bom` puts a byte-order mark before it.
    ///
    /// # Errors
    /// `out` refuses the header.
    pub fn new(table: Table, out: W, bom: bool) -> Result<Self> {
        CsvTable::with(&table.header(), out, bom)
    }

    /// The same for any table.
    ///
    /// # Errors
    /// `out` refuses the header.
    pub fn with(header: &Header, mut out: W, bom: bool) -> Result<Self> {
        let at = Location::file(format!("{}.csv", header.name));
        if bom {
            out.write_all("\u{feff}".as_bytes())
                .map_err(|e| Error::io(at.clone(), "write", e))?;
        }
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        let mut csv = CsvTable {
            writer,
            at,
            rows: 0,
        };
        csv.put(header.columns.iter().map(|c| Cow::Borrowed(c.name)))?;
        Ok(csv)
    }

    /// Adds a row; cells stand in the order of [`Table::columns`].
    ///
    /// # Errors
    /// The output refuses the row, or the number of cells is not that of the columns.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        self.rows += 1;
        self.put(cells.iter().map(|cell| match cell {
            Cell::Text(text) => safe(text),
            Cell::List(list) => Cow::Owned(safe(&list.join(LIST_SEPARATOR)).into_owned()),
            // Numbers below zero are no formulas.
            other => other.text().unwrap_or_default(),
        }))
    }

    /// Writes out what is buffered; gives back the output and the number of rows.
    ///
    /// # Errors
    /// The output refuses the last rows.
    pub fn finish(self) -> Result<(W, u64)> {
        let (at, rows) = (self.at, self.rows);
        let out = self
            .writer
            .into_inner()
            .map_err(|e| Error::io(at, "write", e.into_error()))?;
        Ok((out, rows))
    }

    fn put<'c>(&mut self, cells: impl Iterator<Item = Cow<'c, str>>) -> Result<()> {
        let write = || {
            for cell in cells {
                self.writer.write_field(cell.as_bytes())?;
            }
            self.writer.write_record(None::<&[u8]>)
        };
        write().map_err(|e| Error::io(self.at.clone(), "write", e.into()))
    }
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\0'
    )
}

/// `text` with spaces for line breaks, one for a carriage return with its line feed.
pub fn one_line(text: &str) -> Cow<'_, str> {
    match text.contains(is_break) {
        true => Cow::Owned(text.replace("\r\n", "\n").replace(is_break, " ")),
        false => Cow::Borrowed(text),
    }
}

/// A text cell that is one line, fits a cell and is no formula.
///
/// Line breaks become spaces. Text that starts with `= + - @` (also full-width), even behind white space, or with tab
/// or carriage return gets a leading apostrophe, which spreadsheets hide or show but never run: quoting alone does not
/// stop a formula (OWASP, CSV injection). Text beyond 32,000 characters is cut and ends in `…`.
pub fn safe(text: &str) -> Cow<'_, str> {
    let mark = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let formula = text.starts_with(['\t', '\r'])
        || text
            .trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
            .starts_with(mark);
    let long = text.len() > CELL_MAX && text.chars().nth(CELL_MAX).is_some();
    if !formula && !long && !text.contains(is_break) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1);
    out.extend(formula.then_some('\''));
    out.extend(one_line(text).chars().take(CELL_MAX));
    out.extend(long.then_some('…'));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_lose_their_power() {
        for (raw, cell) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\tx", "'\tx"),
            ("\r\nx", "' x"),
            ("  \n=cmd|' /C calc'!A0", "'   =cmd|' /C calc'!A0"),
            ("＝1", "'＝1"),
            ("plain", "plain"),
            ("a\r\nb\nc\rd\u{2028}e", "a b c d e"),
            ("a-b=c", "a-b=c"),
            ("", ""),
        ] {
            assert_eq!(safe(raw), cell, "{raw:?}");
        }
    }

    #[test]
    fn long_cells_fit() {
        let cell = safe(&"é".repeat(40_000)).into_owned();
        assert_eq!(cell.chars().count(), CELL_MAX + 1);
        assert!(cell.ends_with("é…"));
    }
}
