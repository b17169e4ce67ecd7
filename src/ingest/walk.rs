//! paths and folders => the files to read, in a fixed order.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{Compression, FoundFile, Kind};
use crate::error::{Error, Location};

/// Why a file or folder found below a given folder is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// Its name ends in nothing that a reader knows.
    Extension,
    /// A symbolic link to a folder that contains it.
    Loop {
        /// The folder it leads back to.
        to: PathBuf,
    },
    /// The operating system refused.
    Unreadable {
        /// What it said.
        why: String,
    },
    /// It was given, or found, before under another name.
    Duplicate {
        /// The name it is read under.
        of: PathBuf,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkipReason::Extension => write!(f, "not a kind of file that is read ({KNOWN})"),
            SkipReason::Loop { to } => {
                write!(f, "symbolic link back to {}; not followed", to.display())
            }
            SkipReason::Unreadable { why } => write!(f, "cannot be read: {why}"),
            SkipReason::Duplicate { of } => write!(f, "the same file as {}", of.display()),
        }
    }
}

/// A file or folder that is not read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub reason: SkipReason,
}

/// What was found below the given paths.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub files: Vec<FoundFile>,
    pub skipped: Vec<Skipped>,
    /// Files and folders whose names begin with a dot.
    pub hidden: u64,
    /// Paths that the user named and that cannot be read.
    pub errors: Vec<Error>,
}

const KNOWN: &str = ".txt .md .html .htm .jsonl .ndjson .json .csv .tsv, each also .gz or .zst";

/// Expands `paths`. The list of files is sorted bytewise by path and holds every file once.
pub(super) fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" {
            found.files.push(FoundFile {
                path: path.clone(),
                name: "stdin".to_owned(),
                size: 0,
                kind: Kind::Jsonl,
                compression: Compression::None,
            });
            continue;
        }
        match std::fs::metadata(path) {
            Err(e) => found
                .errors
                .push(Error::io(Location::file(path), "read", e)),
            Ok(meta) if meta.is_dir() => folder(path, &mut found),
            Ok(meta) => match kind_of(path) {
                Some((kind, compression)) => {
                    let name = path
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy()
                        .into_owned();
                    found.files.push(FoundFile {
                        path: path.clone(),
                        name,
                        size: meta.len(),
                        kind,
                        compression,
                    });
                }
                None => {
                    let reason = format!("{}", SkipReason::Extension);
                    found
                        .errors
                        .push(Error::article(Location::file(path), reason));
                }
            },
        }
    }
    found
        .files
        .sort_by(|a, b| bytes(&a.path).cmp(bytes(&b.path)));
    drop_duplicates(&mut found);
    found
        .skipped
        .sort_by(|a, b| bytes(&a.path).cmp(bytes(&b.path)));
    found
}

fn folder(root: &Path, found: &mut Found) {
    let mut hidden = 0;
    let walk = WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|e| {
            let skip = e.depth() > 0 && is_hidden(e);
            hidden += u64::from(skip);
            !skip
        });
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let path = entry.path();
                let (size, known) = (entry.metadata().map_or(0, |m| m.len()), kind_of(path));
                // Pipes, sockets and devices would block or never end.
                let Some((kind, compression)) = known.filter(|_| entry.file_type().is_file())
                else {
                    found.skipped.push(Skipped {
                        path: path.to_owned(),
                        reason: SkipReason::Extension,
                    });
                    continue;
                };
                let name = path
                    .strip_prefix(root)
                    .unwrap_or(path)
                    .to_string_lossy()
                    .into_owned();
                found.files.push(FoundFile {
                    path: path.to_owned(),
                    name,
                    size,
                    kind,
                    compression,
                });
            }
            Err(e) => {
                let path = e.path().unwrap_or(root).to_owned();
                let reason = match e.loop_ancestor() {
                    Some(to) => SkipReason::Loop { to: to.to_owned() },
                    None => SkipReason::Unreadable {
                        why: e
                            .io_error()
                            .map_or_else(|| e.to_string(), ToString::to_string),
                    },
                };
                found.skipped.push(Skipped { path, reason });
            }
        }
    }
    found.hidden += hidden;
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().first() == Some(&b'.')
}

/// Keeps the first of several names of one file. Links were followed, so names are compared once resolved.
fn drop_duplicates(found: &mut Found) {
    let mut first: HashMap<PathBuf, PathBuf> = HashMap::new();
    let skipped = &mut found.skipped;
    found.files.retain(|file| {
        let real = std::fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
        match first.entry(real) {
            Entry::Vacant(entry) => {
                entry.insert(file.path.clone());
                true
            }
            Entry::Occupied(entry) => {
                let reason = SkipReason::Duplicate {
                    of: entry.get().clone(),
                };
                skipped.push(Skipped {
                    path: file.path.clone(),
                    reason,
                });
                false
            }
        }
    });
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// What a file's name says of its contents: `a.jsonl.gz` is compressed JSONL. Case does not matter.
pub(super) fn kind_of(path: &Path) -> Option<(Kind, Compression)> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let (stem, compression) = match name.rsplit_once('.')? {
        (stem, "gz") => (stem, Compression::Gzip),
        (stem, "zst") => (stem, Compression::Zstd),
        _ => (name.as_str(), Compression::None),
    };
    let kind = match stem.rsplit_once('.')?.1 {
        "txt" => Kind::Text,
        "md" | "markdown" => Kind::Markdown,
        "html" | "htm" => Kind::Html,
        "jsonl" | "ndjson" => Kind::Jsonl,
        "json" => Kind::Json,
        "csv" | "tsv" => Kind::Csv,
        _ => return None,
    };
    Some((kind, compression))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn kinds_by_name() {
        assert_eq!(
            kind_of(Path::new("a/B.JSONL.Gz")),
            Some((Kind::Jsonl, Compression::Gzip))
        );
        assert_eq!(
            kind_of(Path::new("a.b.html")),
            Some((Kind::Html, Compression::None))
        );
        assert_eq!(
            kind_of(Path::new("a.csv.zst")),
            Some((Kind::Csv, Compression::Zstd))
        );
        for none in ["a", "a.gz", "a.pdf", "txt", "a.txt.bak"] {
            assert_eq!(kind_of(Path::new(none)), None, "{none}");
        }
    }

    #[test]
    fn a_folder_is_expanded_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let at = |p: &str| dir.path().join(p);
        fs::create_dir_all(at("b/c")).unwrap();
        fs::create_dir_all(at(".git")).unwrap();
        for f in [
            "z.txt",
            "b/c/1.md",
            "b.txt",
            "b/2.html",
            ".hidden.txt",
            ".git/x.txt",
            "photo.jpg",
        ] {
            fs::write(at(f), "x").unwrap();
        }
        let found = find(&[
            dir.path().to_owned(),
            at("z.txt"),
            at("gone.txt"),
            at("photo.jpg"),
        ]);
        let names: Vec<&str> = found.files.iter().map(|f| f.name.as_str()).collect();
        // Bytewise by the whole path: '.' sorts before '/'.
        assert_eq!(names, ["b.txt", "b/2.html", "b/c/1.md", "z.txt"]);
        assert_eq!(found.hidden, 2);
        assert_eq!(found.errors.len(), 2);
        assert_eq!(found.skipped.len(), 2, "{:?}", found.skipped);
    }

    #[cfg(unix)]
    #[test]
    fn loops_and_dead_links_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/1.txt"), "x").unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("nowhere.txt", dir.path().join("dead.txt")).unwrap();
        std::os::unix::fs::symlink("a/1.txt", dir.path().join("again.txt")).unwrap();
        let found = find(&[dir.path().to_owned()]);
        assert_eq!(found.files.len(), 1);
        let reasons: Vec<String> = found.skipped.iter().map(|s| s.reason.to_string()).collect();
        assert!(
            reasons.iter().any(|r| r.contains("link back")),
            "{reasons:?}"
        );
        assert!(
            reasons.iter().any(|r| r.contains("cannot be read")),
            "{reasons:?}"
        );
        assert!(
            reasons.iter().any(|r| r.contains("the same file")),
            "{reasons:?}"
        );
    }
}
