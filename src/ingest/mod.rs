//! Source => RawArticle: files and folders of news articles, read one article at a time.
//!
//! | name ends in | one article is | identifier where the input has none |
//! |---|---|---|
//! | `.txt` `.md` `.html` `.htm` | the file | path below the given folder |
//! | `.jsonl` `.ndjson` and `-` (standard input) | a line that holds a JSON object | path`#`line |
//! | `.json` | the object, or each object of the array | path, path`#`position |
//! | `.csv` `.tsv` | a record below the header | path`#`record |
//!
//! Each also with `.gz` or `.zst` behind. JSONL and CSV are streamed: memory does not grow with the file. A bad line,
//! record or file is an [`Error`] with its place among the articles, never the end of the run; and an article is read
//! whole or not at all, so that nothing is cut without a word.

mod bytes;
mod csv;
mod encoding;
mod html;
mod json;
mod markdown;
mod record;
mod stream;
mod walk;

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use crate::document::RawArticle;
use crate::error::{Error, Location, Result};
pub use record::Fields;
pub use walk::{SkipReason, Skipped};

/// Where articles come from.
pub trait Source {
    /// The next article. `Some(Err(_))` is one bad article or file, and reading goes on; None is the end.
    fn next(&mut self) -> Option<Result<RawArticle>>;
}

/// How files are read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The names of the fields of JSON objects and the columns of CSV files.
    pub fields: Fields,
    /// The most bytes that one compressed file may decompress to; beyond, it is an error. Default 64 GiB.
    pub max_bytes: u64,
    /// The most bytes that a compressed file may give for each of its own, counted from 16 MiB on. Default 200: text
    /// compresses 3 to 20 times; a gzip bomb about 1,000 times.
    pub max_ratio: u64,
    /// The most bytes of one article: a text, Markdown or JSON file, a JSONL line, a CSV record. Default 256 MiB.
    pub max_article: usize,
    /// An encoding's label, such as `windows-1251`, for files without a byte-order mark. None: detected.
    pub encoding: Option<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            fields: Fields::default(),
            max_bytes: 64 << 30,
            max_ratio: 200,
            max_article: 256 << 20,
            encoding: None,
        }
    }
}

/// What a file holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// JSON objects, one a line.
    Jsonl,
    /// One JSON object or an array of them.
    Json,
    /// Comma- or otherwise separated values with a header.
    Csv,
}

/// How a file is compressed, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// `.gz`.
    Gzip,
    /// `.zst`.
    Zstd,
}

/// A file that will be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path, as given or as found below a given folder; `-` is standard input.
    pub path: PathBuf,
    /// Its path below the given folder; the file's name where the file itself was given.
    pub name: String,
    /// Its size in bytes as stored; 0 for standard input.
    pub size: u64,
    /// What it holds.
    pub kind: Kind,
    /// How it is compressed.
    pub compression: Compression,
}

/// The articles of files and folders, in the bytewise order of their paths.
pub struct Files {
    options: ReadOptions,
    encoding: Option<&'static Encoding>,
    files: Vec<FoundFile>,
    skipped: Vec<Skipped>,
    hidden: u64,
    /// Paths that the user named and that cannot be read: given out first.
    errors: VecDeque<Error>,
    next_file: usize,
    reader: Option<Reader>,
    bytes: Arc<AtomicU64>,
    ids: Ids,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files")
            .field("files", &self.files)
            .field("next_file", &self.next_file)
            .finish_non_exhaustive()
    }
}

/// The articles of the file that is being read.
enum Reader {
    Jsonl(json::Lines),
    Csv(Box<csv::Records>),
    /// All articles of a file that is read whole.
    Whole(std::vec::IntoIter<Result<RawArticle>>),
}

impl Files {
    /// Finds the files below `paths`; reads none of them yet. A folder stands for all files below it whose name a reader
    /// knows; `-` is JSONL on standard input. Links are followed, but not in circles; names that begin with a dot are
    /// passed over; a file that is found twice is read once.
    ///
    /// # Errors
    /// [`Error::Usage`] where the encoding is unknown. A path that does not exist comes out of [`Source::next`] instead.
    pub fn open(paths: &[PathBuf], options: ReadOptions) -> Result<Files> {
        let encoding = options
            .encoding
            .as_deref()
            .map(encoding::by_label)
            .transpose()
            .map_err(Error::Usage)?;
        let found = walk::find(paths);
        Ok(Files {
            options,
            encoding,
            files: found.files,
            skipped: found.skipped,
            hidden: found.hidden,
            errors: found.errors.into(),
            next_file: 0,
            reader: None,
            bytes: Arc::new(AtomicU64::new(0)),
            ids: Ids::default(),
        })
    }

    /// The files, in reading order.
    pub fn files(&self) -> &[FoundFile] {
        &self.files
    }

    /// Files and folders below the given folders that are not read, and why.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// How many files and folders were passed over because their names begin with a dot.
    pub fn hidden(&self) -> u64 {
        self.hidden
    }

    /// Bytes read so far, as stored (that is, compressed).
    pub fn bytes_read(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Opens `file`; one that is read whole is read here.
    fn start(&self, file: &FoundFile) -> Result<Reader> {
        let at = Location::file(&file.path);
        let bytes = bytes::open(
            &file.path,
            file.compression,
            Arc::clone(&self.bytes),
            &self.options,
        )
        .map_err(|e| Error::io(at.clone(), "read", e))?;
        let max = self.options.max_article;
        match file.kind {
            Kind::Jsonl => {
                let stream = stream::Stream::new(bytes, self.encoding);
                return Ok(Reader::Jsonl(json::Lines::new(&file.path, stream, max)));
            }
            Kind::Csv => {
                let stream = stream::Stream::new(bytes, self.encoding);
                return Ok(Reader::Csv(Box::new(csv::Records::new(
                    &file.path,
                    stream,
                    max,
                    &self.options.fields,
                ))));
            }
            Kind::Text | Kind::Markdown | Kind::Html | Kind::Json => {}
        }
        let mut content = Vec::new();
        bytes
            .take(max as u64 + 1)
            .read_to_end(&mut content)
            .map_err(|e| Error::io(at.clone(), "read", e))?;
        if content.len() > max {
            return Err(Error::article(
                at,
                format!("larger than the limit of {max} bytes for one article"),
            ));
        }
        if content.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::article(at, "empty"));
        }
        let declared = if file.kind == Kind::Html {
            encoding::html_charset(&content)
        } else {
            None
        };
        let decoded = encoding::decode_file(&content, self.encoding, declared);
        let raw = RawArticle {
            at,
            sha256: sha256(&content),
            notes: decoded.notes,
            ..RawArticle::default()
        };
        drop(content);
        let articles = match file.kind {
            Kind::Json => json::whole(raw, &decoded.text, &self.options.fields),
            Kind::Html => vec![html::read(raw, &decoded.text)],
            Kind::Markdown => vec![markdown::read(raw, &decoded.text)],
            Kind::Text | Kind::Jsonl | Kind::Csv => vec![Ok(RawArticle {
                text: decoded.text,
                ..raw
            })],
        };
        Ok(Reader::Whole(articles.into_iter()))
    }

    /// The next item of the open file.
    fn read(&mut self) -> Option<Result<RawArticle>> {
        match self.reader.as_mut()? {
            Reader::Jsonl(lines) => lines.next(&self.options.fields),
            Reader::Csv(records) => records.next(),
            Reader::Whole(articles) => articles.next(),
        }
    }

    /// Gives the article an identifier that no other article of this source has.
    fn name(&mut self, mut raw: RawArticle) -> RawArticle {
        if raw.id.is_empty() {
            let file = self
                .next_file
                .checked_sub(1)
                .and_then(|i| self.files.get(i));
            let name = file.map_or("", |f| f.name.as_str());
            raw.id = match raw.at.record {
                Some(n) => format!("{name}#{n}"),
                None => name.to_owned(),
            };
        }
        if raw.id.chars().any(char::is_control) {
            raw.id = raw
                .id
                .chars()
                .map(|c| if c.is_control() { '_' } else { c })
                .collect();
            raw.notes
                .push("control characters in the identifier were replaced".to_owned());
        }
        if let Some(unique) = self.ids.take(&raw.id) {
            raw.notes
                .push(format!("identifier `{}` was taken; renamed", raw.id));
            raw.id = unique;
        }
        raw
    }
}

impl Source for Files {
    fn next(&mut self) -> Option<Result<RawArticle>> {
        if let Some(error) = self.errors.pop_front() {
            return Some(Err(error));
        }
        loop {
            if let Some(item) = self.read() {
                return Some(item.map(|raw| self.name(raw)));
            }
            self.reader = None;
            let file = self.files.get(self.next_file)?;
            let started = self.start(file);
            self.next_file += 1;
            match started {
                Ok(reader) => self.reader = Some(reader),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Identifiers given out. Kept as 64-bit hashes: a million articles cost some 30 MB, and a chance collision (one in
/// thirty million runs of that size) only renames an article.
#[derive(Debug, Default)]
struct Ids {
    seen: HashMap<u64, u32>,
}

impl Ids {
    /// Marks `id` as taken. None: it was free. Some: the free one to use instead, `id~2` for the second article and so on.
    fn take(&mut self, id: &str) -> Option<String> {
        let count = self.seen.entry(hash(id)).or_insert(0);
        *count += 1;
        if *count == 1 {
            return None;
        }
        let mut n = *count;
        loop {
            let renamed = format!("{id}~{n}");
            let free = !self.seen.contains_key(&hash(&renamed));
            if free {
                self.seen.insert(hash(&renamed), 1);
                self.seen.insert(hash(id), n);
                return Some(renamed);
            }
            n += 1;
        }
    }
}

/// The standard library's SipHash with its fixed keys: the same in every run.
fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// SHA-256 in lower-case hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// The error for a read that failed in the middle of `path`: damaged data is the file's fault, not the system's.
fn read_error(path: &Path, record: u64, error: std::io::Error) -> Error {
    Error::io(Location::record(path, record), "read", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_unique() {
        let mut ids = Ids::default();
        let mut take = |id: &str| ids.take(id).unwrap_or_else(|| id.to_owned());
        let got: Vec<String> = ["a", "a~2", "a", "b", "a", "a~2"]
            .iter()
            .map(|id| take(id))
            .collect();
        assert_eq!(got, ["a", "a~2", "a~3", "b", "a~4", "a~2~2"]);
    }

    #[test]
    fn hash_of_bytes() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
