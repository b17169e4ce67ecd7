//! Rows => one workbook: a sheet per table, with a filter, a frozen header, numbers as numbers and days as dates.
//!
//! Text cells are typed as text, so that nothing can act as a formula and nothing has to be changed for that. Line
//! breaks become spaces, as in the CSV tables. A table beyond [`ROWS_MAX`] rows goes on in a further sheet; a text
//! beyond [`CELL_MAX`] characters ends in a note that says so, and the sheet "about" counts them.

use std::borrow::Cow;
use std::io::Write;

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::csv::one_line;
use super::tables::{Cell, Header, Kind};
use super::xml::legal;
use crate::error::{Error, Location, Result};

/// Rows of a sheet, header included.
pub const ROWS_MAX: u32 = 1_048_576;
/// Characters of a cell.
pub const CELL_MAX: usize = 32_767;
/// The first sheet: what the workbook is.
pub const ABOUT: &str = "about";

/// A table on the way.
struct Sheet {
    header: Header,
    /// Number of its current sheet in the workbook.
    index: usize,
    /// Rows in its current sheet, header included.
    row: u32,
    rows: u64,
    parts: u32,
}

/// Writes one workbook.
pub struct Book {
    workbook: Workbook,
    sheets: Vec<Sheet>,
    header: Format,
    day: Format,
    at: Location,
    about_rows: u32,
    row_limit: u32,
    cut: u64,
    replaced: u64,
}

/// What happened to texts on the way into a workbook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Texts that were too long for a cell.
    pub cut: u64,
    /// Characters that XML cannot hold.
    pub replaced: u64,
}

impl Book {
    /// Starts a workbook; `file` is its name in errors, `about` the lines of its first sheet.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub fn new(file: &str, about: &[[String; 2]]) -> Result<Self> {
        Book::with_limit(file, about, ROWS_MAX)
    }

    fn with_limit(file: &str, about: &[[String; 2]], row_limit: u32) -> Result<Self> {
        let at = Location::file(file);
        let mut book = Book {
            workbook: Workbook::new(),
            sheets: Vec::new(),
            header: Format::new().set_bold(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            at,
            about_rows: about.len() as u32,
            row_limit,
            cut: 0,
            replaced: 0,
        };
        // The same rows make the same bytes: no time of writing.
        let epoch = ExcelDateTime::from_ymd(2026, 1, 1).map_err(|e| book.refused(e))?;
        let properties = DocProperties::new()
            .set_author("whomet")
            .set_creation_datetime(&epoch);
        book.workbook.set_properties(&properties);
        let mut first = || -> std::result::Result<(), XlsxError> {
            let sheet = book.workbook.add_worksheet().set_name(ABOUT)?;
            sheet.set_column_width(0, 24)?.set_column_width(1, 100)?;
            for (row, [what, value]) in (0u32..).zip(about) {
                sheet
                    .write_string(row, 0, what)?
                    .write_string(row, 1, value)?;
            }
            Ok(())
        };
        first().map_err(|e| book.refused(e))?;
        Ok(book)
    }

    /// Adds an empty table; gives back its number.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub fn table(&mut self, header: Header) -> Result<usize> {
        self.sheets.push(Sheet {
            header,
            index: 0,
            row: 0,
            rows: 0,
            parts: 0,
        });
        let n = self.sheets.len() - 1;
        self.part(n)?;
        Ok(n)
    }

    /// A new sheet for table `n`.
    fn part(&mut self, n: usize) -> Result<()> {
        let index = self.workbook.worksheets().len();
        let sheet = &mut self.sheets[n];
        sheet.parts += 1;
        (sheet.index, sheet.row) = (index, 1);
        let name = match sheet.parts {
            1 => sheet.header.name.to_owned(),
            part => format!("{} ({part})", sheet.header.name),
        };
        let add = || -> std::result::Result<(), XlsxError> {
            let out = self
                .workbook
                .add_worksheet_with_low_memory()
                .set_name(name)?;
            out.set_freeze_panes(1, 0)?;
            for (column, c) in (0u16..).zip(&sheet.header.columns) {
                let width = match c.kind() {
                    Kind::Int | Kind::Real | Kind::Bool | Kind::Day | Kind::Date => 12,
                    _ if c.name == "sentence" => 80,
                    _ => 24,
                };
                out.set_column_width(column, width)?;
                out.write_string_with_format(0, column, c.name, &self.header)?;
            }
            Ok(())
        };
        add().map_err(|e| self.refused(e))
    }

    /// Adds a row to table `n`.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub fn row(&mut self, n: usize, cells: &[Cell<'_>]) -> Result<()> {
        if self.sheets[n].row == self.row_limit {
            self.filter(n)?;
            self.part(n)?;
        }
        let sheet = &mut self.sheets[n];
        let row = sheet.row;
        sheet.row += 1;
        sheet.rows += 1;
        let (mut cut, mut replaced) = (0, 0);
        let day = &self.day;
        let mut put = || -> std::result::Result<(), XlsxError> {
            let out: &mut Worksheet = self.workbook.worksheet_from_index(sheet.index)?;
            for ((column, cell), c) in (0u16..).zip(cells).zip(&sheet.header.columns) {
                match cell {
                    _ if cell.is_empty() => {}
                    Cell::Bool(b) => {
                        out.write_boolean(row, column, *b)?;
                    }
                    cell => match (cell.number(), cell.text()) {
                        (Some(x), _) => {
                            out.write_number(row, column, x)?;
                        }
                        (None, Some(text)) => match excel_day(c.kind(), &text) {
                            Some(date) => {
                                out.write_datetime_with_format(row, column, &date, day)?;
                            }
                            None => {
                                let (text, bad) = fitting(&text, &mut cut);
                                replaced += bad;
                                out.write_string(row, column, text)?;
                            }
                        },
                        (None, None) => {}
                    },
                }
            }
            Ok(())
        };
        put().map_err(|e| self.refused(e))?;
        self.cut += cut;
        self.replaced += replaced;
        Ok(())
    }

    fn filter(&mut self, n: usize) -> Result<()> {
        let sheet = &self.sheets[n];
        let columns = u16::try_from(sheet.header.columns.len()).unwrap_or(1);
        let (index, last) = (sheet.index, sheet.row.max(2) - 1);
        let mut add = || -> std::result::Result<(), XlsxError> {
            self.workbook.worksheet_from_index(index)?.autofilter(
                0,
                0,
                last,
                columns.max(1) - 1,
            )?;
            Ok(())
        };
        add().map_err(|e| self.refused(e))
    }

    /// Writes the workbook to `out`; gives back the rows of each table, and what had to be changed.
    ///
    /// # Errors
    /// `out` refuses.
    pub fn finish<W: Write + Send>(
        mut self,
        out: W,
    ) -> Result<(Vec<(&'static str, u64)>, Changes)> {
        for n in 0..self.sheets.len() {
            self.filter(n)?;
        }
        let changes = Changes {
            cut: self.cut,
            replaced: self.replaced,
        };
        let notes = [
            (
                changes.cut,
                "texts cut",
                "longer than a cell can hold; whole in documents.jsonl and graph.json",
            ),
            (
                changes.replaced,
                "characters replaced",
                "control characters, which a workbook cannot hold",
            ),
        ];
        let rows = self.about_rows;
        let mut say = || -> std::result::Result<(), XlsxError> {
            let about = self.workbook.worksheet_from_index(0)?;
            for (row, (n, what, why)) in (rows..).zip(notes.iter().filter(|(n, _, _)| *n > 0)) {
                about
                    .write_string(row, 0, *what)?
                    .write_string(row, 1, format!("{n}: {why}"))?;
            }
            Ok(())
        };
        say()
            .and_then(|()| self.workbook.save_to_writer(out))
            .map_err(|e| self.refused(e))?;
        Ok((
            self.sheets
                .iter()
                .map(|s| (s.header.name, s.rows))
                .collect(),
            changes,
        ))
    }

    fn refused(&self, e: XlsxError) -> Error {
        Error::io(self.at.clone(), "write", std::io::Error::other(e))
    }
}

/// The text as a cell can hold it.
fn fitting<'t>(text: &'t str, cut: &mut u64) -> (Cow<'t, str>, u64) {
    let (line, replaced) = match one_line(text) {
        Cow::Borrowed(text) => legal(text),
        Cow::Owned(text) => {
            let (text, n) = legal(&text);
            (Cow::Owned(text.into_owned()), n)
        }
    };
    // Excel counts UTF-16 units.
    let units = if line.len() > CELL_MAX {
        line.encode_utf16().count()
    } else {
        0
    };
    if units <= CELL_MAX {
        return (line, replaced);
    }
    *cut += 1;
    let note = format!(
        " … [cut: {} characters in all, the whole text is in documents.jsonl]",
        line.chars().count()
    );
    let mut room = CELL_MAX - note.len();
    let end = line.char_indices().find(|(_, c)| {
        let fits = room >= c.len_utf16();
        room = room.saturating_sub(c.len_utf16());
        !fits
    });
    let end = end.map_or(line.len(), |(at, _)| at);
    (Cow::Owned(format!("{}{note}", &line[..end])), replaced)
}

/// A day that Excel knows: it has none before 1900, and months and intervals stay text.
fn excel_day(kind: Kind, text: &str) -> Option<ExcelDateTime> {
    if !matches!(kind, Kind::Date | Kind::Day) || text.len() != 10 {
        return None;
    }
    let day: Date = text.parse().ok()?;
    let (month, date) = (
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    );
    // Excel believes that there was a 29 February 1900; the two months before it are off by one in other programs.
    let year = u16::try_from(day.year())
        .ok()
        .filter(|_| day >= jiff::civil::date(1900, 3, 1))?;
    ExcelDateTime::from_ymd(year, month, date).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tables::Column;
    use calamine::{Reader, Xlsx};

    #[test]
    fn long_tables_go_on_and_long_texts_say_so() {
        let header = Header {
            name: "t",
            columns: vec![Column {
                name: "name",
                meaning: "",
            }],
        };
        let mut book = Book::with_limit("t.xlsx", &[], 3).unwrap();
        let n = book.table(header).unwrap();
        let long = "é😀".repeat(20_000);
        for text in ["a", "b", &long, "d", "e"] {
            book.row(n, &[text.into()]).unwrap();
        }
        let mut bytes = Vec::new();
        let (counts, changes) = book.finish(&mut bytes).unwrap();
        assert_eq!((counts, changes.cut), (vec![("t", 5)], 1));
        let mut read: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        assert_eq!(read.sheet_names(), ["about", "t", "t (2)", "t (3)"]);
        let rows = |read: &mut Xlsx<_>, sheet| -> Vec<String> {
            let range = read.worksheet_range(sheet).unwrap();
            range.rows().map(|r| r[0].to_string()).collect()
        };
        assert_eq!(rows(&mut read, "t"), ["name", "a", "b"]);
        assert_eq!(rows(&mut read, "t (3)"), ["name", "e"]);
        let second = rows(&mut read, "t (2)");
        let cell = &second[1];
        assert!(cell.encode_utf16().count() <= CELL_MAX);
        assert!(
            cell.starts_with("é😀é")
                && cell.ends_with(
                    "[cut: 40000 characters in all, the whole text is in documents.jsonl]"
                )
        );
        let about = read.worksheet_range("about").unwrap();
        assert_eq!(about.rows().next().unwrap()[0].to_string(), "texts cut");
    }

    #[test]
    fn days_that_excel_knows() {
        assert!(excel_day(Kind::Date, "2025-02-27").is_some());
        for (kind, text) in [
            (Kind::Text, "2025-02-27"),
            (Kind::Date, "2025-02"),
            (Kind::Day, "1900-02-28"),
            (Kind::Date, "2025-02-30"),
        ] {
            assert!(excel_day(kind, text).is_none(), "{text}");
        }
    }
}
