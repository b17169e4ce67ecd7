//! STAND-IN for the real reader (paths → raw articles); only the names and signatures here are meant to last.
//!
//! Reads `.txt` (one article a file) and `.jsonl` (one a line); everything else in a folder is passed over.

pub mod clean;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::document::RawArticle;
use crate::error::{Error, Location, Result};

/// Where articles come from.
pub trait Source {
    /// The next article, or why it cannot be read; `None` at the end. An error does not end the source.
    fn next(&mut self) -> Option<Result<RawArticle>>;
}

/// What the fields of JSONL and CSV inputs are called; `None` stands for the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// The field with the body text.
    pub text: Option<String>,
    /// The field with the title.
    pub title: Option<String>,
    /// The field with the publication date.
    pub date: Option<String>,
    /// The field with the identifier.
    pub id: Option<String>,
    /// The field with the address.
    pub url: Option<String>,
    /// The field with the publisher or collection.
    pub source: Option<String>,
}

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Field names.
    pub fields: Fields,
    /// The encoding of text files, where it should not be detected.
    pub encoding: Option<String>,
}

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// As named, or as found below a named folder.
    pub path: PathBuf,
    /// Bytes; 0 for standard input.
    pub size: u64,
}

/// The files below the named paths, in a fixed order.
#[derive(Debug)]
pub struct Files {
    files: Vec<FileEntry>,
    skipped: Vec<(PathBuf, String)>,
    fields: Fields,
    next: usize,
    waiting: VecDeque<Result<RawArticle>>,
    bytes: u64,
}

impl Files {
    /// Lists all files.
    ///
    /// # Errors
    /// A named path does not exist or a folder cannot be listed.
    pub fn open(paths: &[PathBuf], options: ReadOptions) -> Result<Files> {
        let (mut files, mut skipped) = (Vec::new(), Vec::new());
        for path in paths {
            list(path, true, &mut files, &mut skipped)?;
        }
        Ok(Files {
            files,
            skipped,
            fields: options.fields,
            next: 0,
            waiting: VecDeque::new(),
            bytes: 0,
        })
    }

    /// The files that will be read, in order.
    pub fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// Files in folders that are no articles, with the reason.
    pub fn skipped(&self) -> &[(PathBuf, String)] {
        &self.skipped
    }

    /// Bytes of the files read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes
    }

    fn read(&mut self, path: &Path) -> Result<()> {
        let io = |e| Error::io(Location::file(path), "read", e);
        let bytes = std::fs::read(path).map_err(io)?;
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.extension().is_some_and(|e| e == "jsonl") {
            let key = |name: &Option<String>, usual: &str| {
                name.clone().unwrap_or_else(|| usual.to_owned())
            };
            for (n, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
                if line.is_empty() {
                    continue;
                }
                let at = Location::record(path, n);
                let Ok(json) = serde_json::from_slice::<serde_json::Value>(line) else {
                    self.waiting
                        .push_back(Err(Error::article(at, "not valid JSON")));
                    continue;
                };
                let get = |name: String| json.get(name).and_then(|v| v.as_str()).map(str::to_owned);
                let f = &self.fields;
                self.waiting.push_back(match get(key(&f.text, "text")) {
                    None => Err(Error::article(
                        at,
                        format!("no field \"{}\"", key(&f.text, "text")),
                    )),
                    Some(text) => Ok(RawArticle {
                        at,
                        sha256: crate::receipt::sha256(line),
                        id: get(key(&f.id, "id")).unwrap_or_else(|| format!("{stem}-{n}")),
                        title: get(key(&f.title, "title")),
                        url: get(key(&f.url, "url")),
                        source: get(key(&f.source, "source")),
                        date: get(key(&f.date, "date")),
                        text,
                        notes: Vec::new(),
                    }),
                });
            }
        } else {
            self.waiting.push_back(match String::from_utf8(bytes) {
                Err(_) => Err(Error::article(Location::file(path), "not UTF-8")),
                Ok(text) => Ok(RawArticle {
                    at: Location::file(path),
                    sha256: crate::receipt::sha256(text.as_bytes()),
                    id: stem,
                    text,
                    ..RawArticle::default()
                }),
            });
        }
        Ok(())
    }
}

impl Source for Files {
    fn next(&mut self) -> Option<Result<RawArticle>> {
        loop {
            if let Some(article) = self.waiting.pop_front() {
                return Some(article);
            }
            let FileEntry { path, size } = self.files.get(self.next)?.clone();
            self.next += 1;
            self.bytes += size;
            if let Err(e) = self.read(&path) {
                return Some(Err(e));
            }
        }
    }
}

fn list(
    path: &Path,
    named: bool,
    files: &mut Vec<FileEntry>,
    skipped: &mut Vec<(PathBuf, String)>,
) -> Result<()> {
    let io = |e| Error::io(Location::file(path), "read", e);
    let meta = std::fs::metadata(path).map_err(io)?;
    if meta.is_dir() {
        let mut inside = std::fs::read_dir(path)
            .map_err(io)?
            .map(|e| e.map(|e| e.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(io)?;
        inside.sort();
        for path in inside {
            list(&path, false, files, skipped)?;
        }
    } else if named || path.extension().is_some_and(|e| e == "txt" || e == "jsonl") {
        files.push(FileEntry {
            path: path.to_path_buf(),
            size: meta.len(),
        });
    } else {
        skipped.push((
            path.to_path_buf(),
            "not a kind of file that holds articles".to_owned(),
        ));
    }
    Ok(())
}
