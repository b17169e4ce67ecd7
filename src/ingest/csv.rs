//! CSV => RawArticle: one record each, below a header that names the columns.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::record::{Fields, fill};
use super::stream::{Decoding, Stream};
use super::{read_error, sha256};
use crate::document::RawArticle;
use crate::error::{Error, Location, Result};

/// The records of a CSV file. Memory holds one record at a time.
pub(super) struct Records {
    path: PathBuf,
    reader: Reader<Tee>,
    decoding: Decoding,
    delimiter: u8,
    fields: Fields,
    /// The columns' names; None before the first call.
    header: Option<Vec<String>>,
    record: ByteRecord,
    /// Records read below the header.
    count: u64,
    done: bool,
}

impl Records {
    /// Reads `stream`, records of up to `max` bytes. The delimiter is the one of `, ; tab |` that the header uses.
    pub fn new(path: &Path, stream: Stream, max: usize, fields: &Fields) -> Self {
        let decoding = stream.decoding();
        let delimiter = delimiter(&stream.prefix);
        let tee = Tee {
            inner: stream.input,
            kept: Vec::new(),
            base: 0,
            max,
        };
        Records {
            path: path.to_owned(),
            reader: ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                .from_reader(tee),
            decoding,
            delimiter,
            fields: fields.clone(),
            header: None,
            record: ByteRecord::new(),
            count: 0,
            done: false,
        }
    }

    /// The next article or bad record. A read error ends the file.
    pub fn next(&mut self) -> Option<Result<RawArticle>> {
        if self.done {
            return None;
        }
        if self.header.is_none() {
            match self.read_header() {
                Ok(header) => self.header = Some(header),
                Err(e) => {
                    self.done = true;
                    return Some(Err(e));
                }
            }
        }
        self.count += 1;
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => Some(self.article()),
            Ok(false) => {
                self.done = true;
                // A header alone is an empty collection, which is worth a word.
                (self.count == 1).then(|| {
                    Err(Error::article(
                        Location::file(&self.path),
                        "empty: a header and no records",
                    ))
                })
            }
            Err(e) => {
                self.done = true;
                Some(Err(read_error(&self.path, self.count, io_error(e))))
            }
        }
    }

    fn read_header(&mut self) -> Result<Vec<String>> {
        let at = Location::file(&self.path);
        let any = self.reader.read_byte_record(&mut self.record);
        if !any.map_err(|e| Error::io(at.clone(), "read", io_error(e)))? {
            return Err(Error::article(at, "empty"));
        }
        self.take_raw();
        let names: Vec<String> = self
            .record
            .iter()
            .map(|f| self.decoding.decode(f).text.trim().to_owned())
            .collect();
        let has = |wanted: &[String]| {
            wanted
                .iter()
                .any(|w| names.iter().any(|n| n.eq_ignore_ascii_case(w)))
        };
        if has(&self.fields.text) || has(&self.fields.title) {
            return Ok(names);
        }
        let wanted = self.fields.text.join(", ");
        let shown = names
            .iter()
            .take(8)
            .map(|n| n.chars().take(40).collect::<String>())
            .collect::<Vec<_>>()
            .join(", ");
        Err(Error::article(
            at,
            format!("the header has no column for the text ({wanted}); it has: {shown}"),
        ))
    }

    /// The bytes of the record just read, without line ends.
    fn take_raw(&mut self) -> Vec<u8> {
        let start = self.record.position().map_or(0, csv::Position::byte);
        let end = self.reader.position().byte();
        self.reader.get_mut().take(start, end)
    }

    fn article(&mut self) -> Result<RawArticle> {
        let bytes = self.take_raw();
        let at = Location::record(&self.path, self.count);
        let header = self.header.as_deref().unwrap_or_default();
        if self.record.len() != header.len() {
            let reason = format!(
                "{} fields where the header has {}",
                self.record.len(),
                header.len()
            );
            return Err(Error::article(at, reason));
        }
        // The parser takes a missing closing quote for the end of the file and says nothing.
        if ends_quoted(&bytes, self.delimiter) {
            let reason = "a quotation mark is not closed before the end of the file";
            return Err(Error::article(at, reason));
        }
        // One decoding for the whole record: short fields alone tell a detector little.
        let decoded = self.decoding.decode(&bytes);
        let whole_is_utf8 = decoded.notes.is_empty();
        let raw = RawArticle {
            at,
            sha256: sha256(&bytes),
            notes: decoded.notes,
            ..RawArticle::default()
        };
        let record = &self.record;
        let decoding = self.decoding.settle(&bytes);
        fill(raw, &self.fields, |name| {
            let column = header.iter().position(|n| n == name);
            let column =
                column.or_else(|| header.iter().position(|n| n.eq_ignore_ascii_case(name)))?;
            let field = record.get(column)?;
            match std::str::from_utf8(field) {
                Ok(text) if whole_is_utf8 => Some(text.to_owned()),
                _ => Some(decoding.decode(field).text),
            }
        })
    }
}

fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(e) => e,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The delimiter of the header line: the candidate that stands most often outside quotes; a comma where none does.
fn delimiter(prefix: &[u8]) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut counts = [0usize; 4];
    let mut quoted = false;
    for b in prefix {
        match b {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && counts.iter().any(|n| *n > 0) => break,
            _ if quoted => {}
            _ => {
                for (count, candidate) in counts.iter_mut().zip(CANDIDATES) {
                    *count += usize::from(*b == candidate);
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    CANDIDATES
        .into_iter()
        .zip(counts)
        .find(|(_, n)| *n == most && most > 0)
        .map_or(b',', |(c, _)| c)
}

/// True where a record's last field begins with a quotation mark that nothing closes (RFC 4180, rules 5 to 7).
fn ends_quoted(record: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut field_start) = (false, true);
    let mut bytes = record.iter().peekable();
    while let Some(&b) = bytes.next() {
        if quoted {
            // A doubled mark stands for itself.
            if b == b'"' && bytes.next_if(|next| **next == b'"').is_none() {
                quoted = false;
            }
        } else {
            quoted = b == b'"' && field_start;
            field_start = b == delimiter;
        }
    }
    quoted
}

/// Keeps the bytes that the parser was given since the last record, so that a record's own bytes can be hashed.
struct Tee {
    inner: Box<dyn BufRead + Send>,
    kept: Vec<u8>,
    /// The position in the stream of `kept`'s first byte.
    base: u64,
    max: usize,
}

impl Tee {
    fn take(&mut self, start: u64, end: u64) -> Vec<u8> {
        let at = |p: u64| (p.saturating_sub(self.base) as usize).min(self.kept.len());
        let (start, end) = (at(start), at(end));
        let mut bytes = &self.kept[start.min(end)..end];
        while let [b'\r' | b'\n', rest @ ..] | [rest @ .., b'\r' | b'\n'] = bytes {
            bytes = rest;
        }
        let bytes = bytes.to_vec();
        self.kept.drain(..end);
        self.base += end as u64;
        bytes
    }
}

impl Read for Tee {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.kept.len() > self.max {
            return Err(io::Error::other(format!(
                "record longer than the limit of {} bytes for one article; is a quotation mark not closed?",
                self.max
            )));
        }
        let n = self.inner.read(buf)?;
        self.kept.extend_from_slice(&buf[..n]);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::{delimiter, ends_quoted};

    #[test]
    fn open_quotes() {
        for closed in [
            "a,\"b\"",
            "\"a\"\"b\",c",
            "5\" pipe,x",
            "\"\",\"\"",
            "a\"",
            "",
        ] {
            assert!(!ends_quoted(closed.as_bytes(), b','), "{closed}");
        }
        for open in ["a,\"b", "\"a\"\"", "\"", "x,\"a\"\",b"] {
            assert!(ends_quoted(open.as_bytes(), b','), "{open}");
        }
    }

    #[test]
    fn delimiters() {
        assert_eq!(delimiter(b"id,title,text\n1;2;3;4;5"), b',');
        assert_eq!(delimiter(b"id;\"title, long, and more\";text\n"), b';');
        assert_eq!(delimiter(b"id\ttext\r\n"), b'\t');
        assert_eq!(delimiter(b"\nid|text|url"), b'|');
        assert_eq!(delimiter(b"text"), b',');
    }
}
