//! The output folder: one run at a time, whole through kills, never two runs mixed.
//!
//! | file | what |
//! |---|---|
//! | `.whomet/lock` | locked while a run writes here |
//! | `.whomet/ids.jsonl` | the ids of people, organisations, events; kept when a run starts afresh |
//! | `.whomet/state.json` | the [`Fingerprint`] of the run; once all input is read, also what failed |
//! | `documents.jsonl.part` | one line per article in input order, finished or failed; grows during the run |
//! | `merges.csv` | decisions about names; kept when a run starts afresh, because a person's are among them |
//! | tables, `graph.json`, `run.json` | each written beside its place, synced and renamed |
//! | `documents.jsonl` | the part file without failures; appears last, and with it the run is done |
//!
//! A killed run leaves at worst a torn last line in the part file. The next run cuts it off, compares every finished
//! line with its input (path, record, SHA-256) and goes on behind it.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{EXPORTS, Exports};
use super::record::{Records, SCHEMA};
use super::tables::Table;
use crate::error::{Error, Location, Result};
use crate::graph;
use crate::receipt::sha256;

/// The lossless master.
pub const DOCUMENTS: &str = "documents.jsonl";
/// The lossless master while it grows.
pub const PART: &str = "documents.jsonl.part";
/// The receipt.
pub const RECEIPT: &str = "run.json";
const STATE_FOLDER: &str = ".whomet";
const FAILURE: &str = "whomet/failure";
const VERSION: u32 = 1;

/// Everything that decides what is extracted: options, model, program, inputs. Names and values are for people too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub BTreeMap<String, String>);

impl Fingerprint {
    /// Sixteen hex digits that stand for the run in every document.
    pub fn run_id(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            text.extend([name, "\0", value, "\0"]);
        }
        let mut id = sha256(text.as_bytes());
        id.truncate(16);
        id
    }

    /// What differs from `before`, one phrase each.
    pub fn differences(&self, before: &Fingerprint) -> Vec<String> {
        let names: std::collections::BTreeSet<_> = self.0.keys().chain(before.0.keys()).collect();
        let value = |of: &Fingerprint, name: &String| {
            of.0.get(name)
                .cloned()
                .unwrap_or_else(|| "not set".to_owned())
        };
        names
            .into_iter()
            .filter(|name| self.0.get(*name) != before.0.get(*name))
            .map(|name| {
                format!(
                    "{name} was {}, is now {}",
                    value(before, name),
                    value(self, name)
                )
            })
            .collect()
    }
}

/// An article or file that could not be read or extracted: a line of the part file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureLine {
    schema: String,
    version: u32,
    /// Position among all items of the input, from 0.
    pub n: u64,
    /// The file.
    pub path: String,
    /// Line or record in the file.
    pub record: Option<u64>,
    /// SHA-256 of the input bytes, where they could be read.
    pub sha256: Option<String>,
    /// Why.
    pub reason: String,
}

impl FailureLine {
    /// Item `n` failed.
    pub fn new(n: u64, at: &Location, sha256: Option<String>, reason: String) -> Self {
        let path = at.path.to_string_lossy().into_owned();
        FailureLine {
            schema: FAILURE.to_owned(),
            version: VERSION,
            n,
            path,
            record: at.record,
            sha256,
            reason,
        }
    }

    /// The line, with its line end.
    ///
    /// # Errors
    /// Only where the serialiser fails.
    pub fn to_line(&self) -> Result<Vec<u8>> {
        let mut line = json(self, PART)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// True for a line of the part file that stands for a failure.
pub fn is_failure(line: &[u8]) -> bool {
    line.starts_with(b"{\"schema\":\"whomet/failure\"")
}

#[derive(Debug, Serialize, Deserialize)]
struct State {
    schema: String,
    version: u32,
    run: String,
    fingerprint: Fingerprint,
    /// Set once all input is read.
    failures: Option<Vec<FailureLine>>,
}

/// A locked output folder, opened for one run.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    fingerprint: Fingerprint,
    /// Failures of a run that is done; its other items stand in `documents.jsonl`.
    done: Option<Vec<FailureLine>>,
    _lock: File,
}

impl Folder {
    /// Opens or creates folder `dir` for the run `fingerprint`. `restart` throws away what an earlier run left.
    ///
    /// # Errors
    /// The folder cannot be made or written, another run is writing here, or it holds another run's work.
    pub fn open(dir: &Path, fingerprint: Fingerprint, restart: bool) -> Result<Folder> {
        let state_dir = dir.join(STATE_FOLDER);
        fs::create_dir_all(&state_dir)
            .map_err(|e| Error::io(Location::file(dir), "create output folder", e))?;
        let lock_path = state_dir.join("lock");
        let io = |action| move |e| Error::io(Location::file(&lock_path), action, e);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(state_dir.join("lock"))
            .map_err(io("write to output folder"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Usage(format!(
                    "{}: another run is writing to this folder",
                    dir.display()
                )));
            }
            // Some network file systems have no locks; a run there is the user's own to keep alone.
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(e)) => {
                return Err(Error::io(Location::file(dir), "lock output folder", e));
            }
        }
        let mut folder = Folder {
            dir: dir.to_path_buf(),
            fingerprint,
            done: None,
            _lock: lock,
        };
        if restart {
            folder.clear()?;
        }
        folder.check()?;
        Ok(folder)
    }

    /// Opens folder `dir` as the run left it that is done there.
    ///
    /// # Errors
    /// There is no such run, or another one is writing.
    pub fn reopen(dir: &Path) -> Result<Folder> {
        let place = dir.display();
        if !dir.join(DOCUMENTS).is_file() {
            return Err(Error::Usage(match dir.join(PART).is_file() {
                true => format!("{place}: the run is not done; give its command again first"),
                false => format!("{place}: no {DOCUMENTS} there; whomet extract makes one"),
            }));
        }
        let state_dir = dir.join(STATE_FOLDER);
        let state = read_state(&state_dir.join("state.json"))?.ok_or_else(|| {
            Error::Usage(format!(
                "{place} holds documents, but no state that says of which run"
            ))
        })?;
        Folder::open(dir, state.fingerprint, false)
    }

    /// Compares what is in the folder with this run.
    fn check(&mut self) -> Result<()> {
        let (part, documents) = (self.path(PART).exists(), self.path(DOCUMENTS).exists());
        if !part && !documents {
            return self.write_state(None);
        }
        let place = self.dir.display();
        let offer = "use another folder, or --restart to throw away what is there and start afresh";
        let Some(state) = self.state()? else {
            return Err(Error::Usage(format!(
                "{place} holds documents, but no state that says of which run: {offer}"
            )));
        };
        let differences = self.fingerprint.differences(&state.fingerprint);
        if !differences.is_empty() {
            let what = differences.join("; ");
            let kind = if part {
                "an unfinished run"
            } else {
                "a finished run"
            };
            return Err(Error::Usage(format!(
                "{place} holds {kind} that differs from this one ({what}): {offer}"
            )));
        }
        if !part {
            let Some(failures) = state.failures else {
                return Err(Error::Usage(format!(
                    "{place} holds a run whose state is damaged: {offer}"
                )));
            };
            self.done = Some(failures);
        }
        Ok(())
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// True where an earlier call finished this very run.
    pub fn is_done(&self) -> bool {
        self.done.is_some()
    }

    /// The path of file `name` in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What is finished already.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn past(&self) -> Result<Past> {
        let name = if self.is_done() { DOCUMENTS } else { PART };
        let path = self.path(name);
        let file = match File::open(&path) {
            Ok(file) => Some(BufReader::with_capacity(1 << 16, file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(Error::io(Location::file(path), "read", e)),
        };
        let failures = self.done.clone().unwrap_or_default().into();
        Ok(Past {
            file,
            path,
            run: self.fingerprint.run_id(),
            failures,
            line: Vec::new(),
            n: 0,
            end: 0,
        })
    }

    /// Opens the part file for appending behind its first `end` bytes; the rest is cut off.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn append(&self, end: u64) -> Result<Part> {
        let at = Location::file(self.path(PART));
        let open = || {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&at.path)?;
            file.set_len(end)?;
            file.seek(SeekFrom::Start(end))?;
            Ok(file)
        };
        let file = open().map_err(|e| Error::io(at.clone(), "write", e))?;
        Ok(Part { file, at })
    }

    /// Where the finished articles are.
    pub fn documents(&self) -> PathBuf {
        self.path(if self.is_done() { DOCUMENTS } else { PART })
    }

    /// The articles finished, in input order.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn records(&self) -> Result<Records<BufReader<File>>> {
        let path = self.documents();
        let file = File::open(&path).map_err(|e| Error::io(Location::file(&path), "read", e))?;
        Ok(Records::new(BufReader::with_capacity(1 << 16, file), &path))
    }

    /// The path of file `name` among what is kept from run to run.
    pub fn state_path(&self, name: &str) -> PathBuf {
        self.path(STATE_FOLDER).join(name)
    }

    /// A file among what is kept from run to run that appears whole or not at all.
    ///
    /// # Errors
    /// It cannot be created.
    pub fn atomic_state(&self, name: &str) -> Result<AtomicFile> {
        AtomicFile::create(&self.path(STATE_FOLDER), name)
    }

    /// A file that appears under `name` whole or not at all.
    ///
    /// # Errors
    /// It cannot be created.
    pub fn atomic(&self, name: &str) -> Result<AtomicFile> {
        AtomicFile::create(&self.dir, name)
    }

    /// Turns the part file into `documents.jsonl`: the run is done.
    ///
    /// # Errors
    /// A file cannot be written or renamed.
    pub fn complete(&mut self, failures: Vec<FailureLine>) -> Result<()> {
        let (part, documents) = (self.path(PART), self.path(DOCUMENTS));
        self.write_state(Some(&failures))?;
        if failures.is_empty() {
            fs::rename(&part, &documents)
                .map_err(|e| Error::io(Location::file(&documents), "rename", e))?;
        } else {
            let mut out = self.atomic(DOCUMENTS)?;
            let read = |e| Error::io(Location::file(&part), "read", e);
            let mut reader = BufReader::with_capacity(1 << 16, File::open(&part).map_err(read)?);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).map_err(read)? > 0 {
                if !is_failure(&line) {
                    out.write_all(&line)
                        .map_err(|e| Error::io(Location::file(&documents), "write", e))?;
                }
                line.clear();
            }
            out.finish()?;
            fs::remove_file(&part).map_err(|e| Error::io(Location::file(&part), "remove", e))?;
        }
        sync_folder(&self.dir);
        self.done = Some(failures);
        Ok(())
    }

    fn state(&self) -> Result<Option<State>> {
        read_state(&self.state_path("state.json"))
    }

    fn write_state(&self, failures: Option<&[FailureLine]>) -> Result<()> {
        let state = State {
            schema: "whomet/state".to_owned(),
            version: VERSION,
            run: self.fingerprint.run_id(),
            fingerprint: self.fingerprint.clone(),
            failures: failures.map(<[_]>::to_vec),
        };
        let mut file = AtomicFile::create(&self.path(STATE_FOLDER), "state.json")?;
        let at = Location::file(self.path(STATE_FOLDER).join("state.json"));
        file.write_all(&json(&state, "state.json")?)
            .map_err(|e| Error::io(at, "write", e))?;
        file.finish()
    }

    /// Removes the files a run writes, and only those.
    fn clear(&self) -> Result<()> {
        let tables = Table::ALL.map(Table::file_name);
        // A damaged receipt of exports names no files; they are then written over.
        let exports = Exports::read(&self.dir).ok().flatten().unwrap_or_default();
        let exported = exports.formats.values().flat_map(|e| e.files.keys());
        let names = [DOCUMENTS, PART, RECEIPT, EXPORTS, graph::FILE]
            .into_iter()
            .chain(tables.iter().chain(exported).map(String::as_str));
        for path in names
            .map(|n| self.path(n))
            .chain([self.path(STATE_FOLDER).join("state.json")])
        {
            match fs::remove_file(&path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::io(Location::file(path), "remove", e));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The state in file `path`, if there is one.
fn read_state(path: &Path) -> Result<Option<State>> {
    let mut text = Vec::new();
    match File::open(path).and_then(|mut f| f.read_to_end(&mut text)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io(Location::file(path), "read", e)),
        Ok(_) => {}
    }
    let damaged = |e: serde_json::Error| {
        Error::Usage(format!(
            "{}: not a state of this version ({e}); --restart starts afresh",
            path.display()
        ))
    };
    serde_json::from_slice(&text).map(Some).map_err(damaged)
}

/// The part file, open for appending.
#[derive(Debug)]
pub struct Part {
    file: File,
    at: Location,
}

impl Part {
    /// Adds one line, in one write.
    ///
    /// # Errors
    /// The disk is full or refuses.
    pub fn line(&mut self, line: &[u8]) -> Result<()> {
        self.file
            .write_all(line)
            .map_err(|e| Error::io(self.at.clone(), "write", e))
    }

    /// Makes sure all lines are on the disk.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sync(&self) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|e| Error::io(self.at.clone(), "write", e))
    }
}

/// An item that an earlier call has finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastItem {
    /// The file.
    pub path: String,
    /// Line or record in the file.
    pub record: Option<u64>,
    /// SHA-256 of its bytes; `None` where they could not be read.
    pub sha256: Option<String>,
    /// The failure, where it failed.
    pub failure: Option<FailureLine>,
}

/// The finished items in input order, up to the first torn or damaged line.
#[derive(Debug)]
pub struct Past {
    file: Option<BufReader<File>>,
    path: PathBuf,
    run: String,
    failures: VecDeque<FailureLine>,
    line: Vec<u8>,
    n: u64,
    end: u64,
}

impl Past {
    /// The next finished item.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn advance(&mut self) -> Result<Option<PastItem>> {
        if self.failures.front().is_some_and(|f| f.n == self.n) {
            self.n += 1;
            return Ok(self.failures.pop_front().map(PastItem::failed));
        }
        let Some(file) = &mut self.file else {
            return Ok(None);
        };
        self.line.clear();
        let read = file.read_until(b'\n', &mut self.line);
        let length = read.map_err(|e| Error::io(Location::file(&self.path), "read", e))? as u64;
        if self.line.last() != Some(&b'\n') {
            return Ok(None);
        }
        let item = if is_failure(&self.line) {
            serde_json::from_slice(&self.line)
                .ok()
                .filter(|f: &FailureLine| f.n == self.n)
                .map(PastItem::failed)
        } else {
            #[derive(Deserialize)]
            struct Head {
                schema: String,
                path: String,
                record: Option<u64>,
                sha256: String,
                run: String,
            }
            let head = serde_json::from_slice(&self.line).ok();
            head.filter(|h: &Head| h.schema == SCHEMA && h.run == self.run)
                .map(|h| PastItem {
                    path: h.path,
                    record: h.record,
                    sha256: Some(h.sha256),
                    failure: None,
                })
        };
        if item.is_some() {
            self.end += length;
            self.n += 1;
        } else {
            self.file = None;
        }
        Ok(item)
    }

    /// How many items were given out.
    pub fn count(&self) -> u64 {
        self.n
    }

    /// Bytes of the file that hold them.
    pub fn end(&self) -> u64 {
        self.end
    }
}

impl PastItem {
    fn failed(failure: FailureLine) -> PastItem {
        let (path, record, sha256) = (failure.path.clone(), failure.record, failure.sha256.clone());
        PastItem {
            path,
            record,
            sha256,
            failure: Some(failure),
        }
    }
}

/// A file that appears under its name whole or not at all: written beside it, synced, renamed.
///
/// The temporary name is fixed, so that a killed run leaves nothing for good; the folder's lock keeps it alone.
#[derive(Debug)]
pub struct AtomicFile {
    file: Option<BufWriter<File>>,
    temporary: PathBuf,
    path: PathBuf,
}

impl AtomicFile {
    /// Starts file `name` in `dir`.
    ///
    /// # Errors
    /// It cannot be created.
    pub fn create(dir: &Path, name: &str) -> Result<AtomicFile> {
        let (temporary, path) = (dir.join(format!(".{name}.tmp")), dir.join(name));
        let file =
            File::create(&temporary).map_err(|e| Error::io(Location::file(&path), "create", e))?;
        Ok(AtomicFile {
            file: Some(BufWriter::with_capacity(1 << 16, file)),
            temporary,
            path,
        })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// The disk is full or refuses; what stood in its place stays.
    pub fn finish(mut self) -> Result<()> {
        let finish = |file: Option<BufWriter<File>>| {
            if let Some(file) = file {
                file.into_inner()
                    .map_err(io::IntoInnerError::into_error)?
                    .sync_all()?;
            }
            fs::rename(&self.temporary, &self.path)
        };
        finish(self.file.take()).map_err(|e| {
            // The error that counts is the first one.
            let _ = fs::remove_file(&self.temporary);
            Error::io(Location::file(&self.path), "write", e)
        })
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |f| f.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            // Given up: throw the buffer away without writing it.
            drop(file.into_parts());
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

fn json<T: Serialize>(value: &T, file: &str) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| {
        Error::article(
            Location::file(file),
            format!("cannot be written as JSON: {e}"),
        )
    })
}

/// Makes renames in `dir` last; not all systems can sync a folder, and none of them loses more than the rename.
fn sync_folder(dir: &Path) {
    if let Ok(dir) = File::open(dir) {
        let _ = dir.sync_all();
    }
}
