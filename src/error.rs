//! Errors of the library: typed, and with the place they arose.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where in the input something happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The file, as the user named it or as it was found below a folder; `-` is standard input.
    pub path: PathBuf,
    /// One-based line (JSONL) or record (CSV) in the file.
    pub record: Option<u64>,
}

impl Location {
    /// The whole file `path`.
    pub fn file(path: impl AsRef<Path>) -> Self {
        Location {
            path: path.as_ref().to_path_buf(),
            record: None,
        }
    }

    /// Line or record `record` (from 1) of `path`.
    pub fn record(path: impl AsRef<Path>, record: u64) -> Self {
        Location {
            path: path.as_ref().to_path_buf(),
            record: Some(record),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match self.record {
            Some(n) => write!(f, ":{n}"),
            None => Ok(()),
        }
    }
}

/// What can go wrong. Every variant that concerns input names its place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused a read or a write.
    #[error("{at}: cannot {action}: {source}")]
    Io {
        /// Where.
        at: Location,
        /// What was tried, as a verb phrase: "read", "create folder", …
        action: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// An article cannot be used; the run goes on without it.
    #[error("{at}: {reason}")]
    Article {
        /// Where.
        at: Location,
        /// What is wrong, in words for the receipt.
        reason: String,
    },
    /// The model's files are missing, damaged or of another version.
    #[error("model {path}: {reason}")]
    Model {
        /// The model's folder or file, or `(built in)`.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The options contradict each other or the state of the output folder.
    #[error("{0}")]
    Usage(String),
    /// A lexicon or configuration file cannot be read.
    #[error("{file}: {reason}")]
    Lexicon {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    /// An [`Error::Io`] for `action` at `at`.
    pub fn io(at: Location, action: &'static str, source: std::io::Error) -> Self {
        Error::Io { at, action, source }
    }

    /// An [`Error::Article`] at `at`.
    pub fn article(at: Location, reason: impl Into<String>) -> Self {
        Error::Article {
            at,
            reason: reason.into(),
        }
    }
}

/// A result with the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
