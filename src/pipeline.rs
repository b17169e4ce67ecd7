//! `Config + Source => Receipt`: all articles through cleaning and extraction, in parallel, in order, once.
//!
//! One thread (the caller's) reads the source and writes the results; the workers clean, extract and serialise. What is
//! on the way is bounded in number and bytes, and results leave in input order, so that memory does not grow with the
//! number of articles and one thread gives the same bytes as many. A panic inside one article is that article's failure.

use std::any::Any;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use clap::ValueEnum;
use jiff::civil::Date;

use crate::clean::clean;
use crate::document::{Article, Extracted, RawArticle};
use crate::error::{Error, Location, Result};
use crate::export::folder::{DOCUMENTS, FailureLine, Fingerprint, Folder, RECEIPT};
use crate::export::record::Record;
use crate::export::{self, Format, TableOptions};
use crate::graph::Graph;
use crate::ingest::Source;
use crate::receipt::{Inputs, Output, Receipt, Tally, Timing, words};
use crate::registry::{By, Decision, Resolved, Verdict, store};

/// The name of the worker threads, by which a panic hook can tell that a panic will be caught and reported.
pub const WORKER: &str = "whomet-worker";

/// What a run is to do, apart from where articles come from and go to.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// Worker threads.
    pub threads: NonZeroUsize,
    /// Publication date of articles that state none.
    pub date: Option<Date>,
    /// What the tables hold and how.
    pub tables: &'a TableOptions,
    /// Everything that decides what is extracted.
    pub fingerprint: &'a Fingerprint,
    /// The model: name, version, digest.
    pub model: &'a str,
    /// The files to be read, for the receipt.
    pub inputs: &'a Inputs,
    /// Throw away what an earlier run left in the output folder.
    pub restart: bool,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Articles and failures so far, in this call and earlier ones.
    pub items: u64,
    /// Of these, taken over from earlier calls.
    pub resumed: u64,
    /// Words extracted in this call.
    pub words: u64,
    /// True once all articles are through and the tables are being written.
    pub writing: bool,
}

/// Extracts all articles of `source` into folder `dir`, going on where an earlier call was interrupted.
///
/// `observe` is called after every article. `extract` is called from several threads at once.
///
/// # Errors
/// The folder cannot be written or holds another run's work, or the inputs have changed since that run began. What is
/// finished stays and is taken up by the next call. Articles that fail are no errors: they stand in the receipt.
pub fn to_folder<F>(
    run: &Run<'_>,
    dir: &Path,
    source: &mut dyn Source,
    extract: &F,
    observe: &mut dyn FnMut(Progress),
) -> Result<Receipt>
where
    F: Fn(Article) -> Result<Extracted> + Sync,
{
    let clock = Clock::start();
    let mut folder = Folder::open(dir, run.fingerprint.clone(), run.restart)?;
    let mut progress = Progress::default();
    let mut failures = Vec::new();

    let mut past = folder.past()?;
    while let Some(item) = past.advance()? {
        let now = source.next().map(|item| match item {
            Ok(raw) => (raw.at, Some(raw.sha256)),
            Err(e) => (place(&e), None),
        });
        let same = |(at, sha256): &(Location, Option<String>)| {
            at.path.to_string_lossy() == item.path
                && at.record == item.record
                && *sha256 == item.sha256
        };
        if !now.as_ref().is_some_and(same) {
            let at = Location {
                path: item.path.into(),
                record: item.record,
            };
            return Err(changed(dir, &format!("{at} is not what it was")));
        }
        failures.extend(item.failure);
        progress.items += 1;
        progress.resumed += 1;
        observe(progress);
    }
    if folder.is_done() {
        if let Some(item) = source.next() {
            let at = item.map_or_else(|e| place(&e), |raw| raw.at);
            return Err(changed(dir, &format!("{at} is new")));
        }
    } else {
        let run_id = run.fingerprint.run_id();
        let first = past.count();
        let mut part = folder.append(past.end())?;
        drop(past);
        let work = |raw| {
            let record = record(raw, run.date, &run_id, extract)?;
            Ok((record.to_line()?, words(&record.text)))
        };
        ordered(source, Limits::new(run.threads), &work, &mut |n, result| {
            match result {
                Ok((line, words)) => {
                    part.line(&line)?;
                    progress.words += words;
                }
                Err(failed) => {
                    let failure =
                        FailureLine::new(first + n, &failed.at, failed.sha256, failed.reason);
                    part.line(&failure.to_line()?)?;
                    failures.push(failure);
                }
            }
            progress.items += 1;
            observe(progress);
            Ok(())
        })?;
        part.sync()?;
    }

    progress.writing = true;
    observe(progress);
    let mut tally = Tally::default();
    let resolved = store::resolve(&folder)?;
    let found = (&resolved.graph, &resolved.links);
    let mut outputs = export::write(&folder, run.tables, found, &mut |record| {
        tally.add(record, run.tables.min_confidence)
    })?;
    outputs.extend(store::save(&folder, &resolved)?);
    outputs.extend(export::write_graph(&folder, run.tables, found)?);
    let mut receipt = blank(run);
    receipt.set_failures(run.inputs, &failures);
    receipt.set_tally(tally);
    receipt.outputs = vec![Output {
        file: DOCUMENTS.to_owned(),
        rows: receipt.articles.read,
    }];
    receipt.outputs.extend(
        outputs
            .into_iter()
            .map(|(file, rows)| Output { file, rows }),
    );
    receipt.timing = clock.stop(run.threads, progress);
    write_receipt(&folder, &receipt)?;
    if !folder.is_done() {
        folder.complete(failures)?;
    }
    Ok(receipt)
}

/// Extracts all articles of `source` and writes the lines of `documents.jsonl` to `out`, and nothing else.
///
/// # Errors
/// `out` refuses a line; of kind [`ErrorKind::BrokenPipe`] where its reader has seen enough.
pub fn to_writer<F>(
    run: &Run<'_>,
    out: &mut dyn Write,
    source: &mut dyn Source,
    extract: &F,
    observe: &mut dyn FnMut(Progress),
) -> Result<Receipt>
where
    F: Fn(Article) -> Result<Extracted> + Sync,
{
    let clock = Clock::start();
    let (mut progress, mut tally, mut failures) =
        (Progress::default(), Tally::default(), Vec::new());
    let run_id = run.fingerprint.run_id();
    let refused = |e| Error::io(Location::file("-"), "write", e);
    let work = |raw| {
        let record = record(raw, run.date, &run_id, extract)?;
        Ok((record.to_line()?, record))
    };
    ordered(source, Limits::new(run.threads), &work, &mut |n, result| {
        match result {
            Ok((line, record)) => {
                out.write_all(&line).map_err(refused)?;
                tally.add(&record, run.tables.min_confidence);
                progress.words += words(&record.text);
            }
            Err(failed) => failures.push(FailureLine::new(
                n,
                &failed.at,
                failed.sha256,
                failed.reason,
            )),
        }
        progress.items += 1;
        observe(progress);
        Ok(())
    })?;
    out.flush().map_err(refused)?;
    let mut receipt = blank(run);
    receipt.set_failures(run.inputs, &failures);
    receipt.set_tally(tally);
    receipt.timing = clock.stop(run.threads, progress);
    Ok(receipt)
}

/// What resolving the articles of a folder made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// People, organisations, places, groups and events.
    pub entities: usize,
    /// Encounters, each once.
    pub events: usize,
    /// Articles that repeat earlier ones.
    pub copies: usize,
    /// Proposals that wait for a person.
    pub proposed: usize,
    /// A person's decisions.
    pub decided: usize,
}

impl Made {
    fn of(resolved: &Resolved) -> Made {
        let count =
            |is: &dyn Fn(&Decision) -> bool| resolved.decisions.iter().filter(|d| is(d)).count();
        let graph = &resolved.graph;
        Made {
            entities: graph.entities.len(),
            events: graph.events.len(),
            copies: graph
                .articles
                .iter()
                .filter(|a| a.copy_of.is_some())
                .count(),
            proposed: count(&|d| d.verdict == Verdict::Proposed),
            decided: count(&|d| d.by == By::Person),
        }
    }

    /// The same in words.
    pub fn summary(&self) -> String {
        let Made {
            entities,
            events,
            copies,
            proposed,
            decided,
        } = self;
        format!(
            "{entities} people, organisations, places and groups; {events} encounters; {copies} articles repeat others.\n\
             merges.csv: {decided} decisions of yours, {proposed} proposals to look at (whomet review).\n"
        )
    }
}

/// Resolves the names over all articles of folder `dir` again, by the decisions in its `merges.csv`, and writes the graph
/// and the tables anew, these with the options that its receipt states.
///
/// # Errors
/// There is no finished run in the folder, or a file cannot be read or written.
pub fn resolve(dir: &Path) -> Result<Made> {
    let folder = Folder::reopen(dir)?;
    again(&folder)
}

/// Gives the graph and the decisions of folder `dir` to `ask`, which may change the latter, and resolves by them.
///
/// # Errors
/// As for [`resolve`]; or the error of `ask`, after its changes are saved.
pub fn review<T>(
    dir: &Path,
    ask: &mut dyn FnMut(&Graph, &mut [Decision]) -> Result<T>,
) -> Result<(T, Made)> {
    let folder = Folder::reopen(dir)?;
    let Resolved {
        graph,
        mut decisions,
        ..
    } = store::resolve(&folder)?;
    let asked = ask(&graph, &mut decisions);
    store::save_decisions(&folder, &decisions)?;
    Ok((asked?, again(&folder)?))
}

fn again(folder: &Folder) -> Result<Made> {
    let mut receipt = read_receipt(folder)?;
    let options = table_options(&receipt);
    let resolved = store::resolve(folder)?;
    let found = (&resolved.graph, &resolved.links);
    let mut rows = export::write(folder, &options, found, &mut |_| {})?;
    rows.extend(store::save(folder, &resolved)?);
    rows.extend(export::write_graph(folder, &options, found)?);
    export::renew(folder, &options, found)?;
    // The receipt states the rows of the files as they are now.
    let rows: BTreeMap<String, u64> = rows.into_iter().collect();
    for output in &mut receipt.outputs {
        if let Some(&now) = rows.get(&output.file) {
            output.rows = now;
        }
    }
    write_receipt(folder, &receipt)?;
    Ok(Made::of(&resolved))
}

fn read_receipt(folder: &Folder) -> Result<Receipt> {
    let at = Location::file(folder.path(RECEIPT));
    let text = std::fs::read(&at.path).map_err(|e| Error::io(at.clone(), "read", e))?;
    serde_json::from_slice(&text).map_err(|e| Error::article(at, e.to_string()))
}

/// The options of the tables in a folder, from its receipt.
fn table_options(receipt: &Receipt) -> TableOptions {
    let option = |name: &str| receipt.options.get(name).map_or("", String::as_str);
    TableOptions {
        formats: option("format")
            .split(',')
            .filter_map(|f| Format::from_str(f, true).ok())
            .collect(),
        min_confidence: option("min_confidence").parse().unwrap_or(0.0),
        bom: option("bom") != "false",
    }
}

/// True for the error of an output whose reader has gone: no failure of ours.
pub fn is_broken_pipe(e: &Error) -> bool {
    matches!(e, Error::Io { at, source, .. } if source.kind() == ErrorKind::BrokenPipe && at.path == Path::new("-"))
}

/// Cleans and extracts one article.
fn record<F>(raw: RawArticle, date: Option<Date>, run_id: &str, extract: &F) -> Result<Record>
where
    F: Fn(Article) -> Result<Extracted> + Sync,
{
    let (at, sha256) = (raw.at.clone(), raw.sha256.clone());
    let extracted = extract(clean(raw, date)?)?;
    let mut record = Record::new(&extracted, run_id);
    // The next call finds finished articles by these, so they are the reader's, whatever the stages did.
    record.path = at.path.to_string_lossy().into_owned();
    record.record = at.record;
    record.sha256 = sha256;
    Ok(record)
}

fn changed(dir: &Path, what: &str) -> Error {
    let dir = dir.display();
    Error::Usage(format!(
        "{dir} holds a run over other inputs ({what}): use another folder, or --restart to throw away what is there and \
         start afresh"
    ))
}

fn place(e: &Error) -> Location {
    match e {
        Error::Io { at, .. } | Error::Article { at, .. } => at.clone(),
        _ => Location::default(),
    }
}

fn write_receipt(folder: &Folder, receipt: &Receipt) -> Result<()> {
    let at = Location::file(folder.path(RECEIPT));
    let mut file = folder.atomic(RECEIPT)?;
    let mut text = serde_json::to_vec_pretty(receipt)
        .map_err(|e| Error::article(at.clone(), format!("cannot be written as JSON: {e}")))?;
    text.push(b'\n');
    file.write_all(&text)
        .map_err(|e| Error::io(at, "write", e))?;
    file.finish()
}

fn blank(run: &Run<'_>) -> Receipt {
    let mut options = run.fingerprint.0.clone();
    options.remove("model");
    options.remove("whomet");
    options.insert(
        "min_confidence".to_owned(),
        run.tables.min_confidence.to_string(),
    );
    options.insert("bom".to_owned(), run.tables.bom.to_string());
    let formats: Vec<_> = run.tables.formats.iter().map(|f| f.name()).collect();
    options.insert("format".to_owned(), formats.join(","));
    Receipt {
        schema: "whomet/run".to_owned(),
        version: 1,
        run: run.fingerprint.run_id(),
        whomet: env!("CARGO_PKG_VERSION").to_owned(),
        model: run.model.to_owned(),
        options,
        ..Receipt::default()
    }
}

struct Clock {
    began: jiff::Timestamp,
    instant: Instant,
}

impl Clock {
    fn start() -> Clock {
        Clock {
            began: jiff::Timestamp::now(),
            instant: Instant::now(),
        }
    }

    fn stop(self, threads: NonZeroUsize, progress: Progress) -> Timing {
        let seconds = self.instant.elapsed().as_secs_f64();
        Timing {
            started: self.began.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            seconds: (seconds * 1000.0).round() / 1000.0,
            words_per_second: if seconds > 0.0 {
                (progress.words as f64 / seconds).round()
            } else {
                0.0
            },
            threads: threads.get(),
            resumed: progress.resumed,
        }
    }
}

/// How much may be on the way at once.
#[derive(Debug, Clone, Copy)]
struct Limits {
    threads: NonZeroUsize,
    /// Articles read and not yet written.
    articles: u64,
    /// Their bytes of text; a single larger article passes alone.
    bytes: usize,
}

impl Limits {
    fn new(threads: NonZeroUsize) -> Self {
        let n = threads.get();
        Limits {
            threads,
            articles: (n * 16) as u64,
            bytes: (4 << 20) * (n + 1),
        }
    }
}

/// The next job; an error once there will be none.
fn next_job<T>(queue: &Mutex<mpsc::Receiver<T>>) -> Result<T, mpsc::RecvError> {
    queue.lock().map_err(|_| mpsc::RecvError)?.recv()
}

/// An item that came to nothing.
#[derive(Debug)]
struct Failed {
    at: Location,
    sha256: Option<String>,
    reason: String,
}

/// Applies `work` to all items of `source` in parallel and gives the results to `sink` in order, counted from 0.
///
/// Ends at the first error of `sink`. Errors and panics of `work` are results.
fn ordered<T, F>(
    source: &mut dyn Source,
    limits: Limits,
    work: &F,
    sink: &mut dyn FnMut(u64, Result<T, Failed>) -> Result<()>,
) -> Result<()>
where
    T: Send,
    F: Fn(RawArticle) -> Result<T> + Sync,
{
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(limits.threads.get())
        .thread_name(|_| WORKER.to_owned())
        .build()
        .map_err(|e| Error::Usage(format!("cannot start {} threads: {e}", limits.threads)))?;
    let (sender, receiver) = mpsc::channel::<(u64, usize, Result<T, Failed>)>();
    // Every thread runs one loop over a queue of jobs and never returns to rayon in between. An engine that waits for
    // its own threads inside a rayon task would otherwise pick up the next task on top of this one's stack.
    let (jobs, queue) = mpsc::channel::<(u64, usize, RawArticle)>();
    let queue = &Mutex::new(queue);
    let stopped = &AtomicBool::new(false);
    pool.in_place_scope(|scope| {
        let results = &sender;
        scope.spawn_broadcast(move |_, _| {
            while let Ok((n, size, raw)) = next_job(queue) {
                // The receiver is gone only after an error of the sink.
                if stopped.load(Ordering::Relaxed)
                    || results.send((n, size, guarded(raw, work))).is_err()
                {
                    break;
                }
            }
        });
        // Dropped when this closure returns: the workers then find their queue closed.
        let jobs = jobs;
        let (mut read, mut written, mut bytes) = (0, 0, 0);
        // Results that came before an earlier one.
        let mut early: BTreeMap<u64, (usize, Result<T, Failed>)> = BTreeMap::new();
        let mut waiting: Option<RawArticle> = None;
        let mut ended = false;
        loop {
            early.extend(
                receiver
                    .try_iter()
                    .map(|(n, size, result)| (n, (size, result))),
            );
            while let Some((size, result)) = early.remove(&written) {
                sink(written, result).inspect_err(|_| stopped.store(true, Ordering::Relaxed))?;
                written += 1;
                bytes -= size;
            }
            if waiting.is_none() && !ended && read - written < limits.articles {
                match source.next() {
                    None => ended = true,
                    Some(Ok(raw)) => waiting = Some(raw),
                    Some(Err(e)) => {
                        let failed = Failed {
                            at: place(&e),
                            sha256: None,
                            reason: reason(&e),
                        };
                        early.insert(read, (0, Err(failed)));
                        read += 1;
                        continue;
                    }
                }
            }
            let fits =
                |raw: &mut RawArticle| read == written || bytes + raw.text.len() <= limits.bytes;
            if let Some(raw) = waiting.take_if(fits) {
                let (n, size) = (read, raw.text.len());
                read += 1;
                bytes += size;
                if jobs.send((n, size, raw)).is_err() {
                    return Ok(());
                }
            } else if read > written {
                // At least the next result is still on its way: it would have been written otherwise.
                let Ok((n, size, result)) = receiver.recv() else {
                    return Ok(());
                };
                early.insert(n, (size, result));
            } else if ended {
                return Ok(());
            }
        }
    })
}

fn guarded<T>(raw: RawArticle, work: impl Fn(RawArticle) -> Result<T>) -> Result<T, Failed> {
    let (at, sha256) = (raw.at.clone(), Some(raw.sha256.clone()));
    // What a panic leaves behind inside `work` is the article alone, which is dropped; state shared by articles is the
    // extractor's own to keep consistent.
    match catch_unwind(AssertUnwindSafe(|| work(raw))) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => Err(Failed {
            at,
            sha256,
            reason: reason(&e),
        }),
        Err(panic) => Err(Failed {
            at,
            sha256,
            reason: format!("internal error: {}", message(&*panic)),
        }),
    }
}

/// The error without its place, which stands beside it.
fn reason(e: &Error) -> String {
    match e {
        Error::Article { reason, .. } => reason.clone(),
        Error::Io { action, source, .. } => format!("cannot {action}: {source}"),
        other => other.to_string(),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Numbers {
        next: u64,
        end: u64,
        size: usize,
    }

    impl Source for Numbers {
        fn next(&mut self) -> Option<Result<RawArticle>> {
            let n = self.next;
            self.next += 1;
            let at = Location::record("n", n);
            (n < self.end).then(|| match n % 7 {
                3 => Err(Error::article(at, "three")),
                _ => Ok(RawArticle {
                    at,
                    id: n.to_string(),
                    text: "x".repeat(self.size),
                    ..RawArticle::default()
                }),
            })
        }
    }

    fn run(threads: usize, size: usize, peak: &AtomicBool) -> Vec<String> {
        let limits = Limits {
            threads: NonZeroUsize::new(threads).unwrap(),
            articles: 9,
            bytes: 40,
        };
        let on_the_way = std::sync::atomic::AtomicUsize::new(0);
        let mut out = Vec::new();
        let work = |raw: RawArticle| {
            if on_the_way.fetch_add(1, Ordering::SeqCst) > 9 {
                peak.store(true, Ordering::SeqCst);
            }
            let n: u64 = raw.id.parse().unwrap();
            std::thread::sleep(std::time::Duration::from_micros((n * 7919) % 300));
            assert!(n % 11 != 5, "eleven {n}");
            Ok(raw.id)
        };
        let mut source = Numbers {
            next: 0,
            end: 200,
            size,
        };
        ordered(&mut source, limits, &work, &mut |n, result| {
            if !matches!(&result, Err(f) if f.reason == "three") {
                on_the_way.fetch_sub(1, Ordering::SeqCst);
            }
            assert_eq!(n, out.len() as u64);
            out.push(result.unwrap_or_else(|f| format!("{}: {}", f.at, f.reason)));
            Ok(())
        })
        .unwrap();
        out
    }

    #[test]
    fn order_is_kept_and_panics_are_results() {
        let peak = AtomicBool::new(false);
        let one = run(1, 1, &peak);
        assert_eq!(one.len(), 200);
        assert_eq!((one[2].as_str(), one[3].as_str()), ("2", "n:3: three"));
        assert_eq!(one[5], "n:5: internal error: eleven 5");
        for (threads, size) in [(2, 1), (8, 1), (8, 39), (8, 1000)] {
            assert_eq!(run(threads, size, &peak), one);
        }
        assert!(!peak.load(Ordering::SeqCst), "too many articles on the way");
    }

    #[test]
    fn an_error_of_the_sink_ends_the_run() {
        let mut source = Numbers {
            next: 0,
            end: u64::MAX,
            size: 1,
        };
        let limits = Limits::new(NonZeroUsize::new(4).unwrap());
        let error = ordered(
            &mut source,
            limits,
            &|raw: RawArticle| Ok(raw.id),
            &mut |n, _| {
                if n < 50 {
                    Ok(())
                } else {
                    Err(Error::Usage("full".to_owned()))
                }
            },
        );
        assert_eq!(error.unwrap_err().to_string(), "full");
        assert!(source.next < 1000);
    }
}
