//! The output folder => [`Resolved`], and back: `graph.json`, `merges.csv`, `.whomet/ids.jsonl`.
//!
//! Ids and decisions outlive the articles: `--restart` throws the documents away, not these.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::decisions::{self, Decision};
use super::ids::{self, Ids};
use super::{Resolved, build};
use crate::error::{Error, Location, Result};
use crate::export::folder::Folder;
use crate::graph;

/// The bytes of a file that may be missing.
fn read(path: &Path) -> Result<Vec<u8>> {
    match fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Error::io(Location::file(path), "read", e)),
    }
}

/// The decisions in the folder; none where there is no file.
///
/// # Errors
/// The file cannot be read or is damaged.
pub fn decisions(folder: &Folder) -> Result<Vec<Decision>> {
    decisions::read(&read(&folder.path(decisions::FILE))?)
}

/// Resolves the articles in `folder`. Writes nothing.
///
/// # Errors
/// A file cannot be read or is damaged.
pub fn resolve(folder: &Folder) -> Result<Resolved> {
    let decisions = decisions(folder)?;
    let path = folder.state_path(ids::FILE);
    let text = String::from_utf8(read(&path)?)
        .map_err(|e| Error::article(Location::file(&path), e.to_string()))?;
    build(folder.records()?, &decisions, Ids::read(&text)?)
}

/// Writes `resolved`; each file appears whole or stays as it was. Gives back the files' names and numbers of rows.
///
/// # Errors
/// A file cannot be written.
pub fn save(folder: &Folder, resolved: &Resolved) -> Result<Vec<(String, u64)>> {
    let put = |mut file: crate::export::folder::AtomicFile, name: &str, bytes: &[u8]| {
        file.write_all(bytes)
            .map_err(|e| Error::io(Location::file(folder.path(name)), "write", e))?;
        file.finish()
    };
    // Ids first: a graph must never show one that is not kept.
    let text = resolved.ids.write()?;
    put(folder.atomic_state(ids::FILE)?, ids::FILE, text.as_bytes())?;
    let mut json = Vec::new();
    graph::write(&resolved.graph, &mut json)?;
    put(folder.atomic(graph::FILE)?, graph::FILE, &json)?;
    save_decisions(folder, &resolved.decisions)?;
    Ok(vec![
        (graph::FILE.to_owned(), resolved.graph.entities.len() as u64),
        (decisions::FILE.to_owned(), resolved.decisions.len() as u64),
    ])
}

/// Writes `merges.csv`.
///
/// # Errors
/// The file cannot be written; it is then as it was.
pub fn save_decisions(folder: &Folder, decisions: &[Decision]) -> Result<()> {
    let mut file = folder.atomic(decisions::FILE)?;
    decisions::write(&mut file, decisions)?;
    file.finish()
}
