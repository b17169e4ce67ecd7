//! argv + surroundings => exit status: resolves, loads, runs, reports.
//!
//! Everything it touches is handed in, so that tests run it with their own extractor, environment and outputs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clean::clean;
use crate::cli::{Args, Command, ExplainArgs, ExtractArgs};
use crate::config::{Config, Destination, ExplainConfig};
use crate::document::{Article, Extracted, RawArticle};
use crate::encode::EngineOptions;
use crate::error::{Error, Location, Result};
use crate::explain::{Style, explain};
use crate::ingest::{Files, ReadOptions, Source};
use crate::outputs;
use crate::pipeline::{self, Progress, Run, is_broken_pipe};
use crate::receipt::{Inputs, neutral, sha256};
use crate::registry;

/// The loaded extractor, as the program sees it.
pub struct Engine {
    /// The model's name, version and digest.
    pub model: String,
    /// The inference engine's settings that change what is found.
    pub settings: BTreeMap<String, String>,
    /// Extracts one article; called from several threads at once.
    pub extract: Box<dyn Fn(Article) -> Result<Extracted> + Send + Sync>,
    /// What the inference engine has to tell the user since the last call.
    pub notices: Box<dyn Fn() -> Vec<String>>,
}

/// Loads the model in a folder, or the one built in, into an engine.
pub type Load<'a> = &'a dyn Fn(Option<&Path>, &EngineOptions) -> Result<Engine>;

/// Which outputs are terminals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

/// What a program is run in.
pub struct Surroundings<'a> {
    /// Which outputs are terminals.
    pub terminal: Terminal,
    /// Looks up a variable of the environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Answers to questions.
    pub stdin: &'a mut dyn BufRead,
    /// Results that are asked for on standard output.
    pub stdout: &'a mut dyn Write,
    /// Everything meant for people.
    pub stderr: &'a mut dyn Write,
}

/// Runs the program on `argv` (with the program's name first); `load` loads the model.
///
/// Returns the exit status: 0 all articles read, 1 some failed, 2 nothing could be done.
pub fn run<A>(argv: A, io: &mut Surroundings<'_>, load: Load<'_>) -> u8
where
    A: IntoIterator<Item = OsString>,
{
    let args = match Args::try_parse_from(argv) {
        Ok(args) => args,
        Err(e) => {
            let (out, colour): (&mut dyn Write, bool) = match e.use_stderr() {
                true => (io.stderr, io.terminal.stderr),
                false => (io.stdout, io.terminal.stdout),
            };
            let colour = colour && (io.env)("NO_COLOR").is_none_or(|v| v.is_empty());
            let text = if colour {
                e.render().ansi().to_string()
            } else {
                e.render().to_string()
            };
            // Help that nobody reads any more is no failure.
            let _ = out.write_all(text.as_bytes());
            return u8::try_from(e.exit_code()).unwrap_or(2);
        }
    };
    let result = match args.command {
        Command::Extract(args) => extract(&args, io, load),
        Command::Explain(args) => show(&args, io, load),
        Command::Export(args) => outputs::export(&args, io),
        Command::Validate(args) => outputs::validate(&args, io),
        Command::Stats(args) => outputs::stats(&args, io),
        Command::Path(args) => outputs::path(&args, io),
        Command::Resolve(args) => resolve(&args.folder, args.quiet, io),
        Command::Review(args) => review(&args.folder, io),
    };
    match result {
        Ok(status) => status,
        Err(e) if is_broken_pipe(&e) => 0,
        Err(e) => {
            let _ = writeln!(io.stderr, "error: {}", neutral(&e.to_string()));
            2
        }
    }
}

fn extract(args: &ExtractArgs, io: &mut Surroundings<'_>, load: Load<'_>) -> Result<u8> {
    let config = Config::resolve(args, io.env)?;
    if let Destination::Folder(out) = &config.output
        && let Some(input) = config.articles.iter().find(|input| is_inside(out, input))
    {
        let (out, input) = (out.display(), input.display());
        return Err(Error::Usage(format!(
            "{out} lies inside {input}: the next run would read its files as articles; choose a folder beside it"
        )));
    }
    let mut files = Files::open(&config.articles, config.read.clone())?;
    let inputs = Inputs::of(&files, &config.articles);
    if inputs.files == 0 {
        if let Some(Err(e)) = files.next() {
            return Err(e);
        }
        let named: Vec<_> = config
            .articles
            .iter()
            .map(|p| p.display().to_string())
            .collect();
        return Err(Error::Usage(format!("no articles in {}", named.join(", "))));
    }
    let engine = load(config.model.as_deref(), &config.engine)?;
    let mut fingerprint = config.fingerprint(&engine.model, &inputs);
    fingerprint.0.extend(engine.settings);
    let run = Run {
        threads: config.threads,
        date: config.date,
        tables: &config.tables,
        fingerprint: &fingerprint,
        model: &engine.model,
        inputs: &inputs,
        restart: config.restart,
    };
    let bar = bar(inputs.bytes, io.terminal.stderr && !config.quiet);
    let mut source = Metered { files, bar: &bar };
    let mut seen_resumed = 0;
    let stderr = &mut io.stderr;
    let mut tell = || {
        for notice in (engine.notices)() {
            bar.suspend(|| {
                let _ = writeln!(stderr, "note: {notice}");
            });
        }
    };
    tell();
    let mut observe = |p: Progress| {
        tell();
        if p.resumed != seen_resumed {
            // Skipping is fast; the time left is that of the extraction.
            seen_resumed = p.resumed;
            bar.reset_eta();
        }
        let seconds = bar.elapsed().as_secs_f64().max(0.001);
        let rate = |n: u64| (n as f64 / seconds) as u64;
        bar.set_message(match p.writing {
            true => "writing tables".to_owned(),
            false => format!(
                "{} articles, {}/s, {} words/s",
                p.items,
                rate(p.items - p.resumed),
                rate(p.words)
            ),
        });
    };
    let result = match &config.output {
        Destination::Stdout => {
            pipeline::to_writer(&run, io.stdout, &mut source, &engine.extract, &mut observe)
        }
        Destination::Folder(dir) => {
            pipeline::to_folder(&run, dir, &mut source, &engine.extract, &mut observe)
        }
    };
    bar.finish_and_clear();
    let dir = match &config.output {
        Destination::Folder(dir) => Some(dir.as_path()),
        Destination::Stdout => None,
    };
    let receipt = result.inspect_err(|e| {
        if let (Some(dir), Error::Io { .. }) = (dir, e)
            && dir.join(crate::export::folder::PART).is_file()
        {
            let hint = "What is finished stays: give the same command again to go on from there.";
            let _ = writeln!(io.stderr, "{hint}");
        }
    })?;
    if !config.quiet {
        if dir.is_some() && receipt.timing.resumed > 0 {
            let all = receipt.timing.resumed == receipt.articles.read + receipt.articles.failed;
            let note = match all {
                true => "This run was done already; the tables are written anew.".to_owned(),
                false => format!(
                    "Went on after {} finished articles of an interrupted run.",
                    receipt.timing.resumed
                ),
            };
            let _ = writeln!(io.stderr, "{note}");
        }
        let _ = io.stderr.write_all(receipt.summary(dir).as_bytes());
    }
    if receipt.articles.read == 0 {
        let _ = writeln!(io.stderr, "error: no article could be read");
    }
    Ok(receipt.outcome().status())
}

fn show(args: &ExplainArgs, io: &mut Surroundings<'_>, load: Load<'_>) -> Result<u8> {
    let config = ExplainConfig::resolve(args, io.env)?;
    let mut source: Box<dyn Source> = if args.text == "-" || Path::new(&args.text).is_file() {
        Box::new(Files::open(
            &[PathBuf::from(&args.text)],
            ReadOptions::default(),
        )?)
    } else if is_path(&args.text) {
        return Err(Error::Usage(format!(
            "{}: no such file (nor a text: it has no spaces)",
            args.text
        )));
    } else {
        Box::new(One(Some(RawArticle {
            at: Location::file("(text)"),
            sha256: sha256(args.text.as_bytes()),
            id: "text".to_owned(),
            text: args.text.clone(),
            ..RawArticle::default()
        })))
    };
    let engine = load(config.model.as_deref(), &config.engine)?;
    let colour = io.terminal.stdout && (io.env)("NO_COLOR").is_none_or(|v| v.is_empty());
    let style = if colour { Style::Colour } else { Style::Plain };
    let (mut shown, mut failed) = (0, 0);
    while let Some(raw) = source.next() {
        let result = raw.and_then(|raw| {
            let at = raw.at.clone();
            // The engine knows the model, not the article that it failed on.
            (engine.extract)(clean(raw, config.date)?).map_err(|e| match e {
                Error::Model { .. } => Error::article(at, e.to_string()),
                other => other,
            })
        });
        for notice in (engine.notices)() {
            let _ = writeln!(io.stderr, "note: {notice}");
        }
        match result {
            Ok(extracted) => {
                let gap = if shown > 0 { "\n" } else { "" };
                let text = format!("{gap}{}", explain(&extracted, style));
                io.stdout
                    .write_all(text.as_bytes())
                    .map_err(|e| Error::io(Location::file("-"), "write", e))?;
                shown += 1;
            }
            Err(e) => {
                failed += 1;
                let _ = writeln!(io.stderr, "error: {}", neutral(&e.to_string()));
            }
        }
    }
    Ok(match (shown, failed) {
        (0, _) => 2,
        (_, 0) => 0,
        _ => 1,
    })
}

/// Applies the decisions in `merges.csv`.
fn resolve(dir: &Path, quiet: bool, io: &mut Surroundings<'_>) -> Result<u8> {
    let made = pipeline::resolve(dir)?;
    if !quiet {
        let text = made.summary();
        let _ = io.stderr.write_all(text.as_bytes());
    }
    Ok(0)
}

/// Asks about the proposals in `merges.csv` and applies the answers.
fn review(dir: &Path, io: &mut Surroundings<'_>) -> Result<u8> {
    let (answers, questions) = (&mut *io.stdin, &mut *io.stdout);
    let (reviewed, made) = pipeline::review(dir, &mut |graph, decisions| {
        registry::review::review(graph, decisions, answers, questions)
    })?;
    let _ = writeln!(
        io.stderr,
        "{} joined, {} kept apart.",
        reviewed.merged, reviewed.apart
    );
    let _ = io.stderr.write_all(made.summary().as_bytes());
    Ok(0)
}

/// True where folder `out`, which may not exist yet, is folder `input` or lies in it.
fn is_inside(out: &Path, input: &Path) -> bool {
    let Ok(input) = input.canonicalize() else {
        return false;
    };
    // The nearest part of the path that exists says where the rest will be.
    let out = std::path::absolute(out).unwrap_or_else(|_| out.to_path_buf());
    let existing = out.ancestors().find_map(|part| part.canonicalize().ok());
    input.is_dir() && existing.is_some_and(|out| out.starts_with(input))
}

/// True for a word that was meant as a file: no text is one word with a slash or a file ending.
fn is_path(text: &str) -> bool {
    let ending = Path::new(text).extension().is_some_and(|e| e.len() <= 5);
    !text.contains(char::is_whitespace) && (text.contains('/') || ending)
}

/// One article.
struct One(Option<RawArticle>);

impl Source for One {
    fn next(&mut self) -> Option<Result<RawArticle>> {
        self.0.take().map(Ok)
    }
}

/// Files with a progress bar over their bytes.
struct Metered<'a> {
    files: Files,
    bar: &'a ProgressBar,
}

impl Source for Metered<'_> {
    fn next(&mut self) -> Option<Result<RawArticle>> {
        let next = self.files.next();
        self.bar.set_position(self.files.bytes_read());
        next
    }
}

fn bar(bytes: u64, shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let template = "{wide_bar} {percent}%  {msg}  {eta} left";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr()).with_style(style)
}
