//! A finished run => further files and answers: the commands `export`, `validate`, `stats` and `path`.
//!
//! No article is read again: everything comes from `graph.json` (and, for the tables of single articles, from
//! `documents.jsonl`).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::civil::Date;

use crate::app::Surroundings;
use crate::cli::{ExportArgs, FilterArgs, PathArgs, StatsArgs, ValidateArgs};
use crate::error::{Error, Location, Result};
use crate::export::Format;
use crate::export::files::{self, Articles, Exports, Origin};
use crate::export::folder::{DOCUMENTS, Folder};
use crate::export::view::{Filter, View, days};
use crate::graph::{self, Graph, Links};
use crate::receipt::sha256;
use crate::registry::store;
use crate::{lookup, path as ways, stats as figures, validate as checks};

/// `export`: makes files of the formats asked for.
///
/// # Errors
/// The run is not finished, the filter makes no sense, or a file cannot be written.
pub fn export(args: &ExportArgs, io: &mut Surroundings<'_>) -> Result<u8> {
    let graph = read(&args.out)?;
    let filter = resolve(&args.filter, &graph)?;
    let view = View::new(&graph, &filter);
    let file = args.out.join(graph::FILE);
    let bytes = fs::read(&file).map_err(|e| Error::io(Location::file(&file), "read", e))?;
    let formats: BTreeSet<Format> = args.format.iter().copied().collect();
    let documents = args.out.join(DOCUMENTS);
    let of_articles = [Format::Xlsx, Format::Parquet]
        .iter()
        .any(|f| formats.contains(f));
    // Which entity of which article became what is not kept; it is found again from the same articles and decisions.
    let links = match of_articles && files::has_articles(&filter) && documents.is_file() {
        true => Some(links(&args.out, &graph)?),
        false => None,
    };
    let origin = Origin {
        graph: &sha256(&bytes),
        articles: links.as_ref().map(|links| Articles {
            documents: &documents,
            links,
        }),
        bom: !args.no_bom,
    };
    let dir = args.output.as_deref().unwrap_or(&args.out);
    let done = files::write(&view, &formats, origin, dir)?;
    if !args.quiet {
        let _ = io.stderr.write_all(summary(&done, dir).as_bytes());
    }
    Ok(0)
}

/// The files written, one per line, with what they hold.
pub fn summary(done: &Exports, dir: &Path) -> String {
    let mut text = String::new();
    for export in done.formats.values() {
        for (file, counts) in &export.files {
            let counts: Vec<_> = counts
                .iter()
                .map(|(what, n)| format!("{n} {what}"))
                .collect();
            let line = format!("{:<40} {}", dir.join(file).display(), counts.join(", "));
            let _ = writeln!(text, "{}", line.trim_end());
        }
        for note in &export.notes {
            let _ = writeln!(text, "note: {note}");
        }
    }
    text
}

/// `validate`: reads all files again.
///
/// # Errors
/// There is no finished run.
pub fn validate(args: &ValidateArgs, io: &mut Surroundings<'_>) -> Result<u8> {
    let verdicts = checks::validate(&args.out, args.exports.as_deref())?;
    let wrong = verdicts.iter().filter(|v| !v.is_ok()).count();
    let mut text: String = verdicts.iter().map(checks::Verdict::text).collect();
    let _ = match wrong {
        0 => writeln!(text, "All {} files are right.", verdicts.len()),
        n => writeln!(text, "{n} of {} files are wrong.", verdicts.len()),
    };
    print(io, &text)?;
    Ok(u8::from(wrong > 0))
}

/// `stats`: who met most.
///
/// # Errors
/// The run is not finished or the filter makes no sense.
pub fn stats(args: &StatsArgs, io: &mut Surroundings<'_>) -> Result<u8> {
    let graph = read(&args.out)?;
    let filter = resolve(&args.filter, &graph)?;
    let stats = figures::Stats::of(&View::new(&graph, &filter), args.top);
    let text = if args.json {
        let json = serde_json::to_string_pretty(&stats);
        json.map_err(|e| {
            Error::article(
                Location::file("-"),
                format!("cannot be written as JSON: {e}"),
            )
        })? + "\n"
    } else {
        stats.text()
    };
    print(io, &text)?;
    Ok(0)
}

/// `path`: how two names are connected.
///
/// # Errors
/// The run is not finished, or a name is unknown or may mean several.
pub fn path(args: &PathArgs, io: &mut Surroundings<'_>) -> Result<u8> {
    let graph = read(&args.out)?;
    let filter = resolve(&args.filter, &graph)?;
    let (from, to) = (
        lookup::find(&graph, &args.from)?,
        lookup::find(&graph, &args.to)?,
    );
    let view = View::new(&graph, &filter);
    let [a, b] = [from, to].map(|i| graph.entities[i].name.as_str());
    let Some(way) = ways::shortest(&view, from, to) else {
        let hint = match filter.statuses.is_empty() {
            true => "; --status occurred,planned,possible also takes what has not happened",
            false => "",
        };
        print(io, &format!("No encounters connect {a} and {b}{hint}.\n"))?;
        return Ok(1);
    };
    print(io, &ways::text(&view, &way))?;
    Ok(0)
}

fn links(out: &Path, graph: &Graph) -> Result<Links> {
    let resolved = store::resolve(&Folder::reopen(out)?)?;
    if resolved.graph != *graph {
        return Err(Error::Usage(format!(
            "{0}: graph.json is older than merges.csv or documents.jsonl; run whomet resolve {0} first",
            out.display()
        )));
    }
    Ok(resolved.links)
}

fn read(out: &Path) -> Result<Graph> {
    graph::read(&out.join(graph::FILE))
}

/// What `args` ask for, in terms of `graph`.
///
/// # Errors
/// A value makes no sense, or a name is unknown or may mean several.
pub fn resolve(args: &FilterArgs, graph: &Graph) -> Result<Filter> {
    let covered = |name: &str, text: &Option<String>| -> Result<Option<[Date; 2]>> {
        let Some(text) = text else { return Ok(None) };
        let days = days(text).filter(|_| !text.contains('/'));
        days.map(Some).ok_or_else(|| {
            Error::Usage(format!(
                "{name} is \"{text}\", expected a day, month or year such as 2026-01-31 or 2026-01"
            ))
        })
    };
    let min_confidence = args.min_confidence.unwrap_or(0.0);
    if !(0.0..=1.0).contains(&min_confidence) {
        return Err(Error::Usage(format!(
            "--min-confidence is \"{min_confidence}\", expected a number from 0 to 1"
        )));
    }
    let named = |name: &String| Ok(graph.entities[lookup::find(graph, name)?].id.clone());
    Ok(Filter {
        since: covered("--since", &args.since)?.map(|d| d[0]),
        until: covered("--until", &args.until)?.map(|d| d[1]),
        statuses: args.status.iter().copied().collect(),
        min_confidence,
        entities: args.entity.iter().map(named).collect::<Result<_>>()?,
        min_weight: args.min_weight.map_or(1, std::num::NonZeroU32::get),
    })
}

fn print(io: &mut Surroundings<'_>, text: &str) -> Result<()> {
    io.stdout
        .write_all(text.as_bytes())
        .map_err(|e| Error::io(Location::file("-"), "write", e))
}
